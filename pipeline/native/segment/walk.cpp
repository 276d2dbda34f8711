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
Ref walk_as(PyObject* page, const Manner& manner, const Asked& asked, std::vector<std::string> hints,
                  PyObject* names, PyObject* type) {
    const Slice<C> source{static_cast<const C*>(PyUnicode_DATA(page)), PyUnicode_GET_LENGTH(page)};
    Blocks<C> blocks(page, type, asked);
    try {
        Walk<C>(source, manner, asked, Reader<C>(std::move(hints), names), blocks).run();
    } catch (const NotOurs&) {
        return borrowed(Py_None);
    }
    return blocks.release();
}

std::vector<std::string> strings(PyObject* sequence) {
    const Ref fast(PySequence_Fast(sequence, "hints must be a sequence"));
    std::vector<std::string> found;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(fast.get()); ++i) {
        const char* text = PyUnicode_AsUTF8(PySequence_Fast_GET_ITEM(fast.get(), i));
        if (text == nullptr) throw Raised{};
        found.emplace_back(text);
    }
    return found;
}

PyObject* walk(PyObject*, PyObject* args) {
    PyObject *page = nullptr, *hints = nullptr, *names = nullptr, *type = nullptr;
    Manner manner{};
    Asked asked{};
    if (!PyArg_ParseTuple(args, "UnppnOOO(OOOOOO)", &page, &manner.until, &manner.whole, &manner.bare, &manner.most, &hints, &names,
                          &type, &asked.facts_of, &asked.unseen, &asked.number, &asked.token, &asked.text,
                          &asked.taken_back))
        return nullptr;
    return guarded([&] {
        switch (PyUnicode_KIND(page)) {
            case PyUnicode_1BYTE_KIND: return walk_as<Py_UCS1>(page, manner, asked, strings(hints), names, type);
            case PyUnicode_2BYTE_KIND: return walk_as<Py_UCS2>(page, manner, asked, strings(hints), names, type);
            default: return walk_as<Py_UCS4>(page, manner, asked, strings(hints), names, type);
        }
    });
}

PyObject* parts(PyObject*, PyObject* args) {
    PyObject* held = nullptr;
    Py_ssize_t block = 0;
    if (!PyArg_ParseTuple(args, "On", &held, &block)) return nullptr;
    return guarded([&] { return in_capsule<Parts>(held).of(static_cast<size_t>(block)); });
}

PyObject* markup(PyObject*, PyObject* args) {
    PyObject *held = nullptr, *target_of = nullptr;
    Py_ssize_t block = 0;
    if (!PyArg_ParseTuple(args, "OOn", &held, &target_of, &block)) return nullptr;
    return guarded([&] { return in_capsule<Parts>(held).markup(static_cast<size_t>(block), target_of); });
}

PyMethodDef METHODS[] = {
    {"walk", walk, METH_VARARGS,
     "walk(source, until, whole, bare, most, hints, names, Block, (facts_of, unseen, number, token, text, taken_back))"
     " -> (blocks, parts), None for a page that must be bare, or is for Python; raises what those six raise."},
    {"parts", parts, METH_VARARGS, "parts(parts, block) -> (pieces, marks); raises IndexError."},
    {"markup", markup, METH_VARARGS,
     "markup(parts, target_of, block) -> its Markdown, None where that is for Python; raises IndexError."},
    {nullptr, nullptr, 0, nullptr},
};

PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, "_walk", "The walk over the tags of a page, compiled.", 0, METHODS, nullptr, nullptr,
    nullptr, nullptr,
};

}  // namespace

PyMODINIT_FUNC PyInit__walk() { return PyModule_Create(&MODULE); }
