// The judge's look-ups, compiled: folded texts and their words, phrases of rules, weights of words, elements of paths.
//
// Python says what everything means: what a character folds to, which phrases and weights there are, how a name in a
// script other than Latin is read. Here it is only looked up, for a whole page at once. `fold.py`, `rule_match.py`,
// `token_model.py` and `ways.py` do the same in Python and say why; tests hold both equal, to the last bit.
// Tables live in capsules that their makers own; what they learn from pages is bounded.
//
// Here are the door of the module and `make_many`; each look-up has a header of its own.

#include "../door.h"

#include <string>
#include <vector>

#include "look_up_evidence.h"
#include "look_up_paths.h"
#include "look_up_phrases.h"
#include "look_up_texts.h"
#include "look_up_ways.h"

namespace {

// The fields of a dataclass that is made by lists, in order.
std::vector<std::string> fields_of(PyObject* type) {
    if (PyObject_HasAttrString(type, "__post_init__")) refuse(PyExc_TypeError, Dataclass::OTHER);
    const Ref names = attribute_of(type, "__match_args__", Dataclass::OTHER);
    const Items items(names.get());
    std::vector<std::string> fields;
    for (size_t i = 0; i < items.size(); ++i) fields.push_back(utf8(items.text(i)));
    return fields;
}

Ref make_many(const Items& given) {
    if (!PyType_Check(given[0])) refuse(PyExc_TypeError, "a class was expected");
    const auto names = fields_of(given[0]);
    const Dataclass dataclass(given[0], names);
    const Items columns(given[1], names.size());
    std::vector<Items> fields;
    for (size_t i = 0; i < columns.size(); ++i) fields.emplace_back(columns[i]);
    for (const Items& field : fields) {
        if (field.size() != fields[0].size()) refuse(PyExc_ValueError, "columns of one length were expected");
    }
    return list_of(fields.empty() ? 0 : fields[0].size(), [&](size_t row) {
        Ref made = dataclass.make();
        for (size_t i = 0; i < fields.size(); ++i) dataclass.set(made.get(), i, fields[i].share(row));
        return made;
    });
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
     "search(phrases, read, letters, alone, kinds, links, paths) -> (block, phrases, patterns) where any is found"},
    {"make_weights", call<make_weights, 8>, METH_VARARGS,
     "make_weights(rows, table, alone, keys, told, wholes, parts, shapes) -> weights"},
    {"score", call<score, 2>, METH_VARARGS, "score(weights, read) -> sums, counts, loudest, known, different"},
    {"score_paths", call<score_paths, 7>, METH_VARARGS,
     "score_paths(weights, read, (kinds, shown, links), of_blocks, outer, spelt, spellings) -> scores without the bias"},
    {"strongest", call<strongest, 6>, METH_VARARGS,
     "strongest(weights, outer, spelt, spellings, wanted, most) -> of each wanted way (weight, token), the loudest first"},
    {"tell", call<tell, 7>, METH_VARARGS,
     "tell(blocks, against, (likely, asked, links, words, ways, left_out), ways, loudest, named, most) -> evidence"},
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
