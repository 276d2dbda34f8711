// The words of a block as Markdown, as `markup_of` of `inline.py` writes them; that file says why.

#pragma once

#include "walk_text.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace {

// Where in a text a link or an emphasis opens, by its start tag or its sign; neither where one closes.
template <class C>
struct Mark {
    Py_ssize_t before;  // the number of a piece
    Slice<C> tag;
    Ref sign;
    bool opens() const { return tag.size > 0 || sign; }
};

// Some items that stand one after the other.
template <class T>
struct Range {
    const T *from, *to;
    const T* begin() const { return from; }
    const T* end() const { return to; }
};

template <class C>
class Markdown {
  public:
    // `target_of`: (start tag) -> what a link may carry, "" for nothing
    explicit Markdown(PyObject* target_of) : target_of(target_of) {}

    // Whether it is written; where a text needs more than plain letters do, it is for Python.
    bool write(Range<Slice<C>> pieces, Range<Mark<C>> marks) {
        const Mark<C>* mark = marks.begin();
        Py_ssize_t number = 0;
        for (const Slice<C>& piece : pieces) {
            for (; mark != marks.end() && mark->before == number; ++mark)
                if (!meet(*mark)) return false;
            if (!append(piece)) return false;
            ++number;
        }
        for (; mark != marks.end(); ++mark)
            if (!meet(*mark)) return false;
        while (!open.empty())
            if (!close()) return false;
        const std::vector<Slice<C>> whole{slice_of(made)};
        return settler.settle(whole, true);
    }

    Ref text() const { return settler.text().text(); }

  private:
    struct Open {
        const Mark<C>* mark;
        size_t start;  // of its words in what is made
    };
    PyObject* target_of;
    Characters<C> made;
    std::vector<Open> open;
    Settler<C> settler{false};
    int in_code = 0;

    bool meet(const Mark<C>& mark) {
        if (!mark.opens()) return open.empty() || close();
        open.push_back({&mark, made.size()});
        in_code += is_code(mark);
        return true;
    }

    static bool is_code(const Mark<C>& mark) { return mark.sign && PyUnicode_READ_CHAR(mark.sign.get(), 0) == '`'; }

    // A piece of text as Markdown takes it for nothing but text.
    bool append(Slice<C> piece) {
        static constexpr std::string_view special = "\\`*_[]<";
        for (Py_ssize_t at = 0; at < piece.size; ++at) {
            C character = piece.at[at];
            if (character == '&') {
                const auto [meant, size] = entity(piece.part(at, piece.size));
                if (size == 0) return false;
                character = static_cast<C>(meant);
                at += size - 1;
            }
            if (character == '&' && !in_code) {
                const Py_ssize_t end = word_after(piece, at);
                if (end < piece.size && piece.at[end] == '&') return false;  // which may stand for what ends an entity
                if (end < piece.size && end > at + 1 && piece.at[end] == ';' && piece.at[end - 1] != '#')
                    made.push_back('\\');
            }
            if (character == '~' && !in_code && (is_tilde(piece, at - 1) || is_tilde(piece, at + 1)))
                made.push_back('\\');
            const bool ascii = character > ' ' && character < 0x7F;
            if (ascii && !in_code && special.find(static_cast<char>(character)) != std::string_view::npos)
                made.push_back('\\');
            made.push_back(character);
        }
        return true;
    }

    static bool is_tilde(Slice<C> piece, Py_ssize_t at) { return at >= 0 && at < piece.size && piece.at[at] == '~'; }

    // Where the name or number of an entity would end that begins behind a place.
    static Py_ssize_t word_after(Slice<C> piece, Py_ssize_t at) {
        ++at;
        if (at < piece.size && piece.at[at] == '#') ++at;
        while (at < piece.size && piece.at[at] < 0x7F && Py_ISALNUM(static_cast<char>(piece.at[at]))) ++at;
        return at;
    }

    // Wrap the innermost open mark around its words; spaces at their ends go outside, as Markdown wants them.
    bool close() {
        const auto [mark, start] = open.back();
        open.pop_back();
        in_code -= is_code(*mark);
        size_t from = start, to = made.size();
        while (from < to && is_outside(made[from])) ++from;
        while (to > from && is_outside(made[to - 1])) --to;
        const Slice<C> core = slice_of(made).part(static_cast<Py_ssize_t>(from), static_cast<Py_ssize_t>(to));
        if (!core.size || std::find(core.begin(), core.end(), C{0}) != core.end()) return true;
        return mark->sign ? emphasise(core, from, to, mark->sign) : link(from, to, mark->tag);
    }

    static bool is_outside(C character) {
        return character == ' ' || (character >= '\t' && character <= '\r' && character != '\v') || character == 0;
    }

    bool emphasise(Slice<C> core, size_t from, size_t to, const Ref& sign) {
        const char* const text = PyUnicode_AsUTF8(sign.get());
        if (text == nullptr) throw Raised{};
        const bool holds = core.holds(text);
        if (!holds) insert(from, to, std::string_view(text), std::string_view(text));
        return !holds || *text != '`';  // code with a sign of code in it is for Python
    }

    bool link(size_t from, size_t to, Slice<C> tag) {
        static constexpr std::string_view opening[] = {"](", "](<"}, closing[] = {")", ">)"};
        Characters<C> target = plain_target(tag);
        if (target.empty() && !ask_target(tag, target)) return false;
        if (target.empty()) return true;
        const bool odd = slice_of(target).has('(') || slice_of(target).has(')');
        target.insert(target.begin(), opening[odd].begin(), opening[odd].end());
        target.insert(target.end(), closing[odd].begin(), closing[odd].end());
        insert(from, to, std::string_view("["), target);
        return true;
    }

    // What Python says, empty for nothing; false where no page of these characters holds it.
    bool ask_target(Slice<C> tag, Characters<C>& target) const {
        const Ref start_tag = tag.text(), told(PyObject_CallOneArg(target_of, start_tag.get()));
        if (!PyUnicode_Check(told.get())) refuse(PyExc_TypeError, "a target must be a str");
        if (PyUnicode_KIND(told.get()) > static_cast<int>(sizeof(C))) return false;
        for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(told.get()); ++i)
            target.push_back(static_cast<C>(PyUnicode_READ_CHAR(told.get(), i)));
        return true;
    }

    // The target of a link, where it is of plain letters and goes where any link may; empty where Python must say.
    static Characters<C> plain_target(Slice<C> tag) {
        static constexpr std::string_view name = "href=\"";
        for (Py_ssize_t at = tag.find('h', 1); at < tag.size; at = tag.find('h', at + 1)) {
            if (!Py_UNICODE_ISSPACE(tag.at[at - 1]) || !tag.part(at, tag.size).starts(name)) continue;
            const Py_ssize_t start = at + static_cast<Py_ssize_t>(name.size());
            return read_target(tag.part(start, tag.find('"', start)));
        }
        return {};
    }

    static Characters<C> read_target(Slice<C> value) {
        static constexpr std::string_view ways[] = {"https://", "http://", "/", "#"};
        const auto leads = [&](std::string_view way) { return value.starts(way); };
        if (value.size > 2000 || !std::any_of(std::begin(ways), std::end(ways), leads)) return {};
        Characters<C> target;
        for (Py_ssize_t at = 0; at < value.size; ++at) {
            const C character = value.at[at];
            if (character <= ' ' || character >= 0x7F || character == '<' || character == '>') return {};
            target.push_back(character);
            if (character != '&') continue;
            const auto [meant, size] = entity(value.part(at, value.size));
            if (meant != '&') return {};
            at += size - 1;
        }
        return target;
    }

    template <class After>
    void insert(size_t from, size_t to, std::string_view before, const After& after) {
        made.insert(made.begin() + static_cast<std::ptrdiff_t>(to), after.begin(), after.end());
        made.insert(made.begin() + static_cast<std::ptrdiff_t>(from), before.begin(), before.end());
    }
};

}  // namespace
