// The blocks of a page as columns, as `columns.py` and `view.py` read them and say why.

#pragma once

#include "features_page.h"

#include <string>

namespace {

// The name of an attribute of many objects, most of one class: what that keeps in a slot is read from its memory.
class Name {
  public:
    explicit Name(const char* name) : text(PyUnicode_InternFromString(name)) {}

    Ref of(PyObject* object) {
        if (Py_TYPE(object) != type) look_at(Py_TYPE(object));
        PyObject* held = place == 0 ? nullptr : *reinterpret_cast<PyObject**>(reinterpret_cast<char*>(object) + place);
        return held ? borrowed(held) : Ref(PyObject_GetAttr(object, text.get()));
    }
    bool is_true(PyObject* object) {
        const int truth = PyObject_IsTrue(of(object).get());
        check(truth >= 0);
        return truth == 1;
    }

  private:
    Ref text;
    PyTypeObject* type = nullptr;  // of the last object
    Py_ssize_t place = 0;          // where it keeps the attribute, 0 if elsewhere than in a slot

    void look_at(PyTypeObject* of) {
        type = of;
        place = 0;
        if (of->tp_getattro != PyObject_GenericGetAttr) return;
        PyObject* found = PyObject_GetAttr(reinterpret_cast<PyObject*>(of), text.get());
        if (found == nullptr) return PyErr_Clear();
        const Ref slot(found);
        if (!Py_IS_TYPE(found, &PyMemberDescr_Type) || !PyType_IsSubtype(of, PyDescr_TYPE(found))) return;
        const PyMemberDef* member = reinterpret_cast<PyMemberDescrObject*>(found)->d_member;
        if (member->type == T_OBJECT_EX) place = member->offset;
    }
};

// Whether a text ends as sentences do: by a sign of `ends`, if need be before some of `closing`.
class Sentences {
  public:
    Sentences(PyObject* ends, PyObject* closing) : ends(characters(ends)), closing(characters(closing)) {}

    bool has(PyObject* text) const {
        if (!PyUnicode_Check(text)) refuse(PyExc_TypeError, "a str was expected");
        check(PyUnicode_READY(text) == 0);
        for (Py_ssize_t i = PyUnicode_GET_LENGTH(text); i > 0; --i) {
            const char32_t last = PyUnicode_READ_CHAR(text, i - 1);
            if (closing.find(last) == closing.npos) return ends.find(last) != ends.npos;
        }
        return false;
    }

  private:
    std::u32string ends, closing;
};

constexpr double PROSE = 12, LONG = 40;  // words from which a text may be prose, and is without an end

// read_blocks(blocks, words, ways, numbers of kinds, signs that end a sentence, signs that close behind them) ->
// kinds, words, levels, links, shown, closed, tight, prose, ends, paths, boxes
Ref read_blocks(const Items& given) {
    const Items blocks(given[0]);
    const Numbers words = real_numbers(given[1]);
    const Ways ways(given[2]);
    const size_t count = blocks.size();
    if (words.size() != count || ways.of_blocks.size() != count) {
        refuse(PyExc_ValueError, "as many blocks as numbers of words and ways were expected");
    }
    const Sentences sentences(given[4], given[5]);
    Name kind("kind"), text("text"), level("level"), link_share("link_share"), hidden("hidden"), closed("closed"),
        tight("tight"), joint("joint");
    std::vector<int64_t> kinds(count), paths(count), boxes(count);
    Numbers levels(count), links(count);
    std::vector<char> is_shown(count), is_closed(count), is_tight(count), is_prose(count), ends(count);
    for (size_t i = 0; i < count; ++i) {
        PyObject* block = blocks[i];
        kinds[i] = whole_number(Ref(PyObject_GetItem(given[3], kind.of(block).get())).get());
        levels[i] = real_number(level.of(block).get());
        links[i] = real_number(link_share.of(block).get());
        is_shown[i] = !hidden.is_true(block);
        is_closed[i] = closed.is_true(block);
        is_tight[i] = tight.is_true(block) && joint.of(block).get() == Py_None;
        ends[i] = sentences.has(text.of(block).get());
        is_prose[i] = words[i] >= PROSE && links[i] < 0.5 && (ends[i] || words[i] >= LONG);
        const size_t way = ways.of_blocks[i];
        paths[i] = static_cast<int64_t>(ways.number[way]);
        boxes[i] = static_cast<int64_t>(ways.number[ways.around(way)]);
    }
    return tuple_of(bytes_of(kinds), bytes_of(words), bytes_of(levels), bytes_of(links), bytes_of(is_shown),
                    bytes_of(is_closed), bytes_of(is_tight), bytes_of(is_prose), bytes_of(ends), bytes_of(paths),
                    bytes_of(boxes));
}

}  // namespace
