// The judge's look-ups, compiled: folded texts and their words, phrases of rules, weights of words, elements of paths.
//
// Python says what everything means: what a character folds to, which phrases and weights there are, how a name in a
// script other than Latin is read. Here it is only looked up, for a whole page at once. `fold.py`, `rule_match.py`,
// `token_model.py` and `ways.py` do the same in Python and say why; tests hold both equal, to the last bit.
// Tables live in capsules that their makers own; what they learn from pages is bounded.
//
// Here is the door of the module; each look-up has a header of its own.

#include "../door.h"

#include "look_up_evidence.h"
#include "look_up_paths.h"
#include "look_up_phrases.h"
#include "look_up_recurring.h"
#include "look_up_texts.h"
#include "look_up_verdicts.h"
#include "look_up_ways.h"

namespace {

PyMethodDef METHODS[] = {
    {"make_letters", call<make_letters, 0>, METH_VARARGS, "make_letters() -> letters"},
    {"read", call<read, 4>, METH_VARARGS, "read(letters, alone, fold, texts) -> read texts"},
    {"folded", call<folded, 1>, METH_VARARGS, "folded(read) -> folded texts"},
    {"terms", call<terms, 1>, METH_VARARGS, "terms(read) -> the words of each text"},
    {"squeezed", call<squeezed, 1>, METH_VARARGS, "squeezed(read) -> the words of each text, joined"},
    {"words", call<words, 1>, METH_VARARGS, "words(read) -> how many words each text has"},
    {"recurring", call<recurring, 5>, METH_VARARGS,
     "recurring(read, lines, paragraphs, least, dense) -> (words, that come back, that do so repeatedly) of each line"},
    {"make_phrases", call<make_phrases, 3>, METH_VARARGS, "make_phrases(gates, entries, woken) -> phrases"},
    {"search", call<search, 7>, METH_VARARGS,
     "search(phrases, read, letters, alone, blocks, kinds, links) -> (block, phrases, patterns) where any is found"},
    {"make_weights", call<make_weights, 8>, METH_VARARGS,
     "make_weights(rows, table, alone, keys, told, wholes, parts, shapes) -> weights"},
    {"score", call<score, 2>, METH_VARARGS, "score(weights, read) -> sums, counts, loudest, known, different"},
    {"score_paths", call<score_paths, 7>, METH_VARARGS,
     "score_paths(weights, read, (kinds, shown, links), of_blocks, outer, spelt, spellings) -> scores without the bias"},
    {"strongest", call<strongest, 6>, METH_VARARGS,
     "strongest(weights, outer, spelt, spellings, wanted, most) -> of each wanted way (weight, token), the loudest first"},
    {"tell", call<tell, 10>, METH_VARARGS,
     "tell(Reason, rule, said, (likely, asked, scores, links, words, ways), loudest words, (named, wanted, loudest)"
     " of ways, left out, categories by links, sides, (close, most, named)) -> (block, reason)"},
    {"decide", call<decide, 5>, METH_VARARGS, "decide(Verdict, Reason, said, least, unspoken) -> verdicts"},
    {"removed", call<removed, 3>, METH_VARARGS, "removed(Reason, said, enough) -> the category that removes each"},
    {"make_elements", call<make_elements, 7>, METH_VARARGS,
     "make_elements(tags, roles, box_parts, box_words, category_parts, category_words, none) -> elements"},
    {"read_ways", call<read_ways, 3>, METH_VARARGS,
     "read_ways(elements, element_of, paths) -> of_blocks, outer, number, boxes, depth, rank, spelt, spellings"},
    {nullptr, nullptr, 0, nullptr},
};

PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, "_look_up", "The judge's look-ups, compiled.", 0, METHODS, nullptr, nullptr, nullptr, nullptr,
};

}  // namespace

PyMODINIT_FUNC PyInit__look_up() { return PyModule_Create(&MODULE); }
