// What the second stage of the judge counts over the blocks of a page, compiled: its features, what the scores of
// tokens say around each block, the answers of the trees, the numbers that tell its kind and its body.
//
// `columns.py`, `features.py`, `body.py`, `trees.py`, `kind.py` and `asked.py` do the same in NumPy and say why; tests
// hold both equal. A page has a few hundred blocks, so that NumPy spends its time on being called; here a column is a
// loop. Nothing is kept between calls.
//
// Here is the door of the module; each subject has a header of its own.

#include "../door.h"

#include "features_blocks.h"
#include "features_body.h"
#include "features_context.h"
#include "features_kind.h"
#include "features_place.h"
#include "features_text.h"
#include "features_trees.h"

namespace {

// features(columns, ways, blocks, squeezed, title, kinds, boxes) -> columns, and the numbers of the second and the
// third box around each block
Ref features(const Items& given) {
    const Page page(given[0], given[1]);
    const size_t count = page.size();
    const Items blocks(given[2], count), squeezed(given[3], count);
    const Names names(given[5], given[6]);
    if (!PyUnicode_Check(given[4])) refuse(PyExc_TypeError, "a str was expected");
    const OwnNumbers own(page, blocks, names);
    const Numbers on_path = sums_by(page.paths, page.ways.size(), [](size_t) { return 1.0; });
    const size_t named = names.kinds.size() + names.boxes.size();
    Table table(count, OF_TEXT + OF_PLACE + OF_PAGE + OF_BODY + named);
    add_text(table, page, own, names);
    add_place(table, page, own, squeezed, given[4], on_path);
    add_boxes(table, page, names);
    add_page(table, page, own, names, on_path);
    add_body(table, page, own, names, on_path);
    std::vector<int64_t> second(count), third(count);
    for (size_t i = 0; i < count; ++i) {
        const size_t box = page.ways.around(page.ways.around(page.ways.of_blocks[i]));
        second[i] = static_cast<int64_t>(page.ways.number[box]);
        third[i] = static_cast<int64_t>(page.ways.number[page.ways.around(box)]);
    }
    return tuple_of(table.whole(), bytes_of(second), bytes_of(third));
}

PyMethodDef METHODS[] = {
    {"read_blocks", call<read_blocks, 6>, METH_VARARGS,
     "read_blocks(blocks, words, ways, kinds, ends, closing) -> kinds, words, levels, links, shown, closed, tight, "
     "prose, ends, paths, boxes"},
    {"features", call<features, 7>, METH_VARARGS,
     "features(columns, ways, blocks, squeezed, title, kinds, boxes) -> columns, second boxes, third boxes"},
    {"context", call<context, 5>, METH_VARARGS, "context(paths, texts, words, groupings, groups) -> columns"},
    {"logits", call<logits, 7>, METH_VARARGS,
     "logits(rows, known, columns, thresholds, depth, leaves, bias) -> log odds of each row"},
    {"kind_numbers", call<kind_numbers, 4>, METH_VARARGS, "kind_numbers(likely, columns, ways, kinds) -> numbers"},
    {"body", call<body, 3>, METH_VARARGS, "body(likely, columns, ways) -> share, paragraphs, words, outside"},
    {"promise", call<promise, 2>, METH_VARARGS, "promise(likely, words) -> the best F1 that a choice promises"},
    {nullptr, nullptr, 0, nullptr},
};

PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, "_features", "What the judge counts over a page, compiled.", 0, METHODS, nullptr, nullptr,
    nullptr, nullptr,
};

}  // namespace

PyMODINIT_FUNC PyInit__features() { return PyModule_Create(&MODULE); }
