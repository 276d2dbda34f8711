// A page as arrays: its blocks (`columns.py`) and their paths (`ways.py`), checked once, so that whatever is counted
// over them needs no check of its own. And how both are read from Python.

#pragma once

#include "../arrays.h"

#include <string_view>

namespace {

Ref attribute(PyObject* object, const char* name) { return Ref(PyObject_GetAttrString(object, name)); }

// The place of a name among names.
size_t place_of(const Items& names, const char* name) {
    for (size_t i = 0; i < names.size(); ++i) {
        if (PyUnicode_CompareWithASCIIString(names.text(i), name) == 0) return i;
    }
    PyErr_Format(PyExc_ValueError, "'%s' was expected among the names", name);
    throw Raised{};
}

// The `Ways` of a page: paths and all their beginnings, outer ones first.
struct Ways {
    explicit Ways(PyObject* ways)
        : outer(attribute(ways, "outer").get()),
          number(attribute(ways, "number").get(), outer.size(), outer.size()),
          boxes(attribute(ways, "boxes").get(), outer.size()),
          depth(attribute(ways, "depth").get(), outer.size()),
          of_blocks(attribute(ways, "of_blocks").get(), Array<int64_t>::ANY, outer.size()) {
        for (size_t i = 0; i < outer.size(); ++i) {
            const bool before = outer[i] >= -1 && outer[i] < static_cast<int64_t>(i);
            if (!before) refuse(PyExc_ValueError, "an outer way must stand before its inner ones");
        }
    }
    size_t size() const { return outer.size(); }
    // The way around one; an outermost one stands for itself.
    size_t around(size_t way) const { return outer[way] < 0 ? way : static_cast<size_t>(outer[way]); }

    Array<int64_t> outer;
    Places number;
    Array<int64_t> boxes, depth;
    Places of_blocks;
};

// The `Columns` of a page of n blocks, and its ways.
struct Page {
    Page(PyObject* columns, PyObject* given)
        : ways(given),
          kinds(attribute(columns, "kinds").get(), ways.of_blocks.size()),
          words(attribute(columns, "words").get(), size()),
          levels(attribute(columns, "levels").get(), size()),
          links(attribute(columns, "links").get(), size()),
          shown(attribute(columns, "shown").get(), size()),
          closed(attribute(columns, "closed").get(), size()),
          prose(attribute(columns, "prose").get(), size()),
          ends(attribute(columns, "ends").get(), size()),
          paths(attribute(columns, "paths").get(), size(), ways.size()),
          boxes(attribute(columns, "boxes").get(), size(), ways.size()) {
        if (size() == 0) refuse(PyExc_ValueError, "a page of at least one block was expected");
    }
    size_t size() const { return ways.of_blocks.size(); }
    bool is(size_t block, size_t kind) const { return kinds[block] == static_cast<int64_t>(kind); }

    Ways ways;
    Array<int64_t> kinds;
    Array<double> words, levels, links;
    Array<bool> shown, closed, prose, ends;
    Places paths, boxes;
};

}  // namespace
