// The way to a block through the elements around it, as `Place.path` of `place.py` writes it.

#pragma once

#include "walk_place.h"

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

namespace {

template <class C>
class Paths {
  public:
    explicit Paths(PyObject* token) : token_in_python(token) {}

    // The elements around a block, outermost first; emphasis and links are not part of it.
    const Ref& to(Place<C>& home) {
        if (home.way) return home.way;
        std::array<Slice<C>, 12> tokens;
        size_t named = 0;
        for (Place<C>* place = &home; place && named < tokens.size(); place = place->outer)
            if (!place->element->is(PATHLESS)) tokens[named++] = token(*place);
        written.clear();
        for (size_t left = named; left > 0; --left) {
            if (left < named) written.push_back('>');  // also behind a name that is empty
            append(tokens[left - 1]);
        }
        home.way = slice_of(written).text();
        return home.way;
    }

  private:
    PyObject* token_in_python;
    Characters<C> written;             // reused
    std::deque<Characters<C>> tokens;  // of all places that have any attribute to show

    // The element as paths write it: `div#main.story[role]`.
    Slice<C> token(Place<C>& place) {
        if (!place.token.size) place.token = token_of(place);
        return place.token;
    }

    Slice<C> token_of(const Place<C>& place) {
        const auto& [id, classes, role, telling, styled] = place.attributes;
        const Slice<C> name = place.element->spelt;
        if (!id.size && !classes.size && !role.size) return name;
        if (id.has('&') || classes.has('&') || role.has('&')) return from_python(place);
        written.assign(name.begin(), name.end());
        if (id.size) {
            written.push_back('#');
            const Slice<C> bare = id.stripped();
            append_shown(bare.part(0, std::min<Py_ssize_t>(bare.size, 40)));
        }
        if (classes.size) append_classes(classes.part(0, std::min<Py_ssize_t>(classes.size, 100)));
        if (role.size) {
            written.push_back('[');
            append(role.part(0, std::min<Py_ssize_t>(role.size, 20)));
            written.push_back(']');
        }
        return kept();
    }

    Slice<C> from_python(const Place<C>& place) {
        const Ref start = place.written.text();
        const Ref token(PyObject_CallFunctionObjArgs(token_in_python, place.element->tag.get(), start.get(), nullptr));
        if (!PyUnicode_Check(token.get())) refuse(PyExc_TypeError, "a token must be a str");
        if (PyUnicode_KIND(token.get()) > static_cast<int>(sizeof(C))) throw NotOurs{};
        written.clear();
        for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(token.get()); ++i)
            written.push_back(static_cast<C>(PyUnicode_READ_CHAR(token.get(), i)));
        return kept();
    }

    Slice<C> kept() { return slice_of(tokens.emplace_back(written)); }

    void append(Slice<C> text) { written.insert(written.end(), text.begin(), text.end()); }

    void append_shown(Slice<C> text) {
        for (const C character : text)
            if (character != '>') written.push_back(character);
    }

    // Names parted by white space, from which a `>` goes as if it had not been there.
    void append_classes(Slice<C> names) {
        const size_t first = written.size();
        C before = '.';
        for (const C character : names) {
            if (Py_UNICODE_ISSPACE(character)) {
                before = '.';
            } else if (character != '>') {
                if (before) written.push_back(std::exchange(before, C{0}));
                written.push_back(character);
            }
        }
        if (written.size() == first) written.push_back('.');
    }
};

}  // namespace
