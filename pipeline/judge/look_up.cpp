// The judge's look-ups, compiled: folded texts and their words, phrases of rules, weights of words, elements of paths.
//
// Python says what everything means: what a character folds to, which phrases and weights there are, how a name in a
// script other than Latin is read. Here it is only looked up, for a whole page at once. `fold.py`, `rule_match.py`,
// `token_model.py` and `ways.py` do the same in Python and say why; tests hold both equal, to the last bit.
// Tables live in capsules that their makers own; what they learn from pages is bounded.
//
// Here are the door of the module and `make_many`; each look-up has a header of its own.

#include "look_up_python.h"

#include <structmember.h>

#include <exception>
#include <new>
#include <vector>

#include "look_up_phrases.h"
#include "look_up_texts.h"
#include "look_up_ways.h"
#include "look_up_weights.h"

namespace {

constexpr const char* NO_SLOTS = "a plain dataclass with slots for all its fields was expected";

// An attribute of a class that is made by lists, which has it if it is what it must be.
Ref attribute(PyTypeObject* type, PyObject* name) {
    PyObject* found = PyObject_GetAttr(reinterpret_cast<PyObject*>(type), name);
    if (found == nullptr && PyErr_ExceptionMatches(PyExc_AttributeError)) refuse(PyExc_TypeError, NO_SLOTS);
    return Ref(found);
}

// The places of the slots of a dataclass, in the order of its fields.
std::vector<Py_ssize_t> slots_of(PyTypeObject* type) {
    const Items names(attribute(type, Ref(PyUnicode_FromString("__match_args__")).get()).get());
    std::vector<Py_ssize_t> places;
    for (size_t i = 0; i < names.size(); ++i) {
        const Ref slot = attribute(type, names.text(i));
        const bool is_member = Py_IS_TYPE(slot.get(), &PyMemberDescr_Type);
        const auto* member = is_member ? reinterpret_cast<PyMemberDescrObject*>(slot.get())->d_member : nullptr;
        if (!member || member->type != T_OBJECT_EX) refuse(PyExc_TypeError, NO_SLOTS);
        places.push_back(member->offset);
    }
    const auto size = static_cast<Py_ssize_t>(sizeof(PyObject) + places.size() * sizeof(PyObject*));
    const bool plain = type->tp_basicsize == size && type->tp_itemsize == 0 && type->tp_new == PyBaseObject_Type.tp_new;
    if (!plain || PyObject_HasAttrString(reinterpret_cast<PyObject*>(type), "__post_init__")) {
        refuse(PyExc_TypeError, NO_SLOTS);
    }
    return places;
}

Ref make_many(const Items& given) {
    if (!PyType_Check(given[0])) refuse(PyExc_TypeError, "a class was expected");
    auto* type = reinterpret_cast<PyTypeObject*>(given[0]);
    const auto slots = slots_of(type);
    const Items columns(given[1], slots.size());
    std::vector<Items> fields;
    for (size_t i = 0; i < columns.size(); ++i) fields.emplace_back(columns[i]);
    for (const Items& field : fields) {
        if (field.size() != fields[0].size()) refuse(PyExc_ValueError, "columns of one length were expected");
    }
    return list_of(fields.empty() ? 0 : fields[0].size(), [&](size_t row) {
        Ref made(type->tp_alloc(type, 0));
        for (size_t i = 0; i < slots.size(); ++i) {
            auto** slot = reinterpret_cast<PyObject**>(reinterpret_cast<char*>(made.get()) + slots[i]);
            *slot = fields[i].share(row).release();
        }
        return made;
    });
}

// Call `Body` with the arguments as they must be, and let no C++ exception out.
template <Ref (*Body)(const Items&), size_t Arguments>
PyObject* call(PyObject*, PyObject* given) {
    try {
        if (PyTuple_GET_SIZE(given) != Arguments) refuse(PyExc_TypeError, "another number of arguments was expected");
        return Body(Items(given)).release();
    } catch (const Raised&) {
        return nullptr;
    } catch (const std::bad_alloc&) {
        return PyErr_NoMemory();
    } catch (const std::exception& error) {
        PyErr_SetString(PyExc_RuntimeError, error.what());
        return nullptr;
    }
}

PyMethodDef METHODS[] = {
    {"make_letters", call<make_letters, 0>, METH_VARARGS, "make_letters() -> letters"},
    {"read", call<read, 4>, METH_VARARGS, "read(letters, alone, fold, texts) -> read texts"},
    {"folded", call<folded, 1>, METH_VARARGS, "folded(read) -> folded texts"},
    {"terms", call<terms, 1>, METH_VARARGS, "terms(read) -> the words of each text"},
    {"squeezed", call<squeezed, 1>, METH_VARARGS, "squeezed(read) -> the words of each text, joined"},
    {"words", call<words, 1>, METH_VARARGS, "words(read) -> how many words each text has"},
    {"make_phrases", call<make_phrases, 3>, METH_VARARGS, "make_phrases(gates, entries, woken) -> phrases"},
    {"search", call<search, 7>, METH_VARARGS,
     "search(phrases, read, letters, alone, kinds, links, awake) -> (block, words, phrases, patterns) where any is found"},
    {"make_weights", call<make_weights, 7>, METH_VARARGS,
     "make_weights(rows, table, alone, keys, told, wholes, parts) -> weights"},
    {"score", call<score, 2>, METH_VARARGS, "score(weights, read) -> sums, counts, loudest, known, different"},
    {"score_ways", call<score_ways, 4>, METH_VARARGS, "score_ways(weights, outer, spelt, spellings) -> sums, known"},
    {"strongest", call<strongest, 6>, METH_VARARGS,
     "strongest(weights, outer, spelt, spellings, wanted, most) -> of each wanted way (weight, token), the loudest first"},
    {"make_elements", call<make_elements, 7>, METH_VARARGS,
     "make_elements(tags, roles, box_parts, box_words, category_parts, category_words, none) -> elements"},
    {"read_ways", call<read_ways, 3>, METH_VARARGS,
     "read_ways(elements, element_of, paths) -> of_blocks, outer, number, boxes, depth, rank, spelt, spellings"},
    {"make_many", call<make_many, 2>, METH_VARARGS, "make_many(dataclass with slots, columns) -> list of its objects"},
    {nullptr, nullptr, 0, nullptr},
};

PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, "_look_up", "The judge's look-ups, compiled.", 0, METHODS, nullptr, nullptr, nullptr, nullptr,
};

}  // namespace

PyMODINIT_FUNC PyInit__look_up() { return PyModule_Create(&MODULE); }
