// What a table is for: `_holds_data` of `walk.py`.

#pragma once

#include "walk_place.h"

namespace {

constexpr Py_ssize_t NAME = 40;  // as in `elements.py`

// Whether the table that starts before the `<` at `at` holds data: cells side by side, none of which lays out a page.
template <class C>
bool holds_data(Tags<C>& tags, Elements<C>& elements, Py_ssize_t at) {
    bool after_paragraph = false, headed = false, columns = false, filled = true;
    Py_ssize_t lists = 0, characters = 0, cells = 0;
    while (tags.left(at)) {
        const Piece<C> piece = tags.next(at);
        const Slice<C> name = piece.tag.part(0, piece.tag.find(' '));
        if (name.is("/table")) break;
        const bool ends = name.size && name.at[0] == '/';
        const Element<C>& told = elements.of(name.part(ends, name.size));
        if (!ends && told.name == Name::tr) cells = 0;
        if (told.name == Name::td || told.name == Name::th) filled = ends;
        if (!filled && !is_blank(piece.text)) {
            filled = true;
            columns = columns || cells > 0;
            ++cells;
        }
        headed = headed || (!ends && told.name == Name::th);
        if (told.is(LIST) && (ends || headed))
            lists += ends ? -1 : 1;
        else if (!ends && (told.is(LAYOUT) || (told.name == Name::p && after_paragraph)))
            return false;
        if (!ends && told.name == Name::li) characters = 0;
        characters += piece.text.stripped().size;
        if (lists > 0 && characters > NAME) return false;
        after_paragraph = name.is("/p") && is_blank(piece.text);
    }
    return columns;
}

}  // namespace
