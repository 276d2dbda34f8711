// Some characters of a page: where they stand, and what the walk asks of them.
//
// Python keeps a text in one, two or four bytes a character, and what walks over it is made for each of these. The
// headers of this module are read by one file alone, `walk.cpp`, so their names stay in an unnamed space.

#pragma once

#include "../values.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace {

template <class C>
struct Slice {
    const C* at = nullptr;
    Py_ssize_t size = 0;

    const C* begin() const { return at; }
    const C* end() const { return at + size; }
    Slice part(Py_ssize_t from, Py_ssize_t to) const { return {at + from, to - from}; }

    // The first place of a character of ASCII, the size if there is none.
    Py_ssize_t find(char wanted, Py_ssize_t from = 0) const {
        if (from >= size) return size;
        if constexpr (sizeof(C) == 4) {
            return std::find(at + from, end(), static_cast<C>(wanted)) - at;
        } else {
            return find_byte(wanted, from);
        }
    }
    bool has(char wanted) const { return find(wanted) < size; }
    Py_ssize_t count(char wanted) const { return std::count(begin(), end(), static_cast<C>(wanted)); }
    bool starts(std::string_view text) const {
        return size >= static_cast<Py_ssize_t>(text.size()) && std::equal(text.begin(), text.end(), at, same);
    }
    bool is(std::string_view text) const { return size == static_cast<Py_ssize_t>(text.size()) && starts(text); }
    bool holds(std::string_view text) const {
        return std::search(begin(), end(), text.begin(), text.end(), [](C a, char b) { return same(b, a); }) != end() ||
               text.empty();
    }
    bool has_hard_space() const { return has('&') && holds("&nbsp;"); }
    Slice stripped() const {
        Py_ssize_t from = 0, to = size;
        while (from < to && Py_UNICODE_ISSPACE(at[from])) ++from;
        while (to > from && Py_UNICODE_ISSPACE(at[to - 1])) --to;
        return part(from, to);
    }
    template <class Do>
    void each_word(Do&& act) const {
        for (Py_ssize_t from = 0, to = 0; from < size; from = to) {
            while (from < size && Py_UNICODE_ISSPACE(at[from])) ++from;
            for (to = from; to < size && !Py_UNICODE_ISSPACE(at[to]);) ++to;
            if (to > from) act(part(from, to));
        }
    }
    std::string_view bytes() const {
        return {reinterpret_cast<const char*>(at), static_cast<size_t>(size) * sizeof(C)};
    }
    // A number below 1024 by which most short names differ, at next to no cost.
    size_t sketch() const {
        if (size == 0) return 0;
        return (static_cast<size_t>(at[0]) * 37 + static_cast<size_t>(at[size - 1]) * 5 + static_cast<size_t>(size)) % 1024;
    }
    Ref text() const { return Ref(PyUnicode_FromKindAndData(static_cast<int>(sizeof(C)), at, size)); }

  private:
    static bool same(char a, C b) { return static_cast<C>(a) == b; }

    // `memchr` is many times as fast as a loop, and few characters beyond ASCII hold the byte of one within it.
    Py_ssize_t find_byte(char wanted, Py_ssize_t from) const {
        const char* const start = bytes().data();
        const char* const stop = start + bytes().size();
        for (const char* next = start + static_cast<size_t>(from) * sizeof(C); next < stop;) {
            const void* found = std::memchr(next, wanted, static_cast<size_t>(stop - next));
            if (found == nullptr) return size;
            const auto place = static_cast<const char*>(found) - start;
            const auto index = static_cast<Py_ssize_t>(static_cast<size_t>(place) / sizeof(C));
            if (same(wanted, at[index])) return index;
            next = start + static_cast<size_t>(index + 1) * sizeof(C);
        }
        return size;
    }
};

}  // namespace
