// The walk of `html.py`, compiled: a page as the parser wrote it goes in, its blocks come out.
//
// It does what `walk.py` does, step by step and with the same names; that file says why, and tests hold the two equal.
// What is rare (attributes that hide, numbers of lists, names with entities, texts beyond plain letters) is asked of
// Python, so that it is said once. A page can make what is held here big, but not keep it: all but the parts of its
// blocks goes with the call, and those with whoever holds them.
//
// Here is the door of the module; each part of the walk has a header of its own.

#include "../door.h"

#include <string>
#include <utility>
#include <vector>

#include "walk_page.h"

namespace {

template <class C>
Ref walk_as(PyObject* page, const Manner& manner, const Asked& asked, const Telling& telling, PyObject* type) {
    const Slice<C> source{static_cast<const C*>(PyUnicode_DATA(page)), PyUnicode_GET_LENGTH(page)};
    Blocks<C> blocks(page, type, asked);
    try {
        Walk<C>(source, manner, asked, telling, blocks).run();
    } catch (const NotOurs&) {
        return borrowed(Py_None);
    }
    return blocks.release();
}

PyObject* walk(PyObject*, PyObject* args) {
    PyObject *page = nullptr, *type = nullptr;
    Manner manner{};
    Telling telling{};
    Asked asked{};
    if (!PyArg_ParseTuple(args, "Unppn(OOO)O(OOOOOOO)", &page, &manner.until, &manner.whole, &manner.bare, &manner.most,
                          &telling.attributes, &telling.styles, &telling.classes, &type, &asked.facts_of,
                          &asked.unseen, &asked.number, &asked.marker, &asked.token, &asked.text, &asked.taken_back))
        return nullptr;
    return guarded([&] {
        switch (PyUnicode_KIND(page)) {
            case PyUnicode_1BYTE_KIND: return walk_as<Py_UCS1>(page, manner, asked, telling, type);
            case PyUnicode_2BYTE_KIND: return walk_as<Py_UCS2>(page, manner, asked, telling, type);
            default: return walk_as<Py_UCS4>(page, manner, asked, telling, type);
        }
    });
}

PyObject* written(PyObject*, PyObject* args) {
    PyObject *held = nullptr, *type = nullptr, *given = nullptr;
    Writers asked{};
    if (!PyArg_ParseTuple(args, "OO(OO)O", &held, &type, &asked.target_of, &asked.markup_of, &given)) return nullptr;
    return guarded([&] {
        const Parts& parts = in_capsule<Parts>(held);
        const BlockClass block(type);
        const Items blocks(given);
        return list_of(blocks.size(), [&](size_t i) { return parts.written(blocks[i], block, asked); });
    });
}

PyMethodDef METHODS[] = {
    {"walk", walk, METH_VARARGS,
     "walk(source, until, whole, bare, most, (attributes, styles, classes that may hide), Block, (facts_of, unseen,"
     " number, marker, token, text, taken_back)) -> (blocks, parts), None for a page that must be bare, or is for"
     " Python; raises what those seven raise."},
    {"written", written, METH_VARARGS,
     "written(parts, Block, (target_of, markup_of), blocks) -> the blocks, those that have any with their Markdown;"
     " raises what those two raise."},
    {nullptr, nullptr, 0, nullptr},
};

PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, "_walk", "The walk over the tags of a page, compiled.", 0, METHODS, nullptr, nullptr,
    nullptr, nullptr,
};

}  // namespace

PyMODINIT_FUNC PyInit__walk() { return PyModule_Create(&MODULE); }
