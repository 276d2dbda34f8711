// What the reasons about a block add up to, as `decide.py` and `structure.py` say it.

#pragma once

#include "../values.h"

#include <string>
#include <vector>

namespace {

// The class of all reasons, whose fields are read where they lie.
class ReasonClass {
  public:
    enum Field : size_t { RULE, CATEGORY, SCORE, EVIDENCE };

    explicit ReasonClass(PyObject* type) : type(type), dataclass(type, {"rule", "category", "score", "evidence"}) {}

    double score(PyObject* reason) const { return real_number(field(reason, SCORE)); }
    PyObject* category(PyObject* reason) const { return field(reason, CATEGORY); }

    Ref make(PyObject* rule, PyObject* category, double score, Ref evidence) const {
        Ref made = dataclass.make();
        dataclass.set(made.get(), RULE, borrowed(rule));
        dataclass.set(made.get(), CATEGORY, borrowed(category));
        dataclass.set(made.get(), SCORE, Ref(PyFloat_FromDouble(score)));
        dataclass.set(made.get(), EVIDENCE, std::move(evidence));
        return made;
    }

  private:
    PyObject* type;
    Dataclass dataclass;

    PyObject* field(PyObject* reason, Field place) const {
        PyObject* found = Py_TYPE(reason) == reinterpret_cast<PyTypeObject*>(type) ? dataclass.get(reason, place) : nullptr;
        if (found == nullptr) refuse(PyExc_TypeError, "a reason was expected");
        return found;
    }
};

// The reasons about each block of a page, a tuple for each.
class Said {
  public:
    explicit Said(PyObject* sequence) : blocks(sequence) {
        for (size_t i = 0; i < size(); ++i) {
            if (!PyTuple_CheckExact(blocks[i])) refuse(PyExc_TypeError, "a tuple of reasons was expected");
        }
    }
    Said(PyObject* sequence, size_t expected) : Said(sequence) {
        if (size() != expected) refuse(PyExc_ValueError, "one for each block");
    }
    size_t size() const { return blocks.size(); }
    Ref share(size_t block) const { return blocks.share(block); }
    size_t amount(size_t block) const { return static_cast<size_t>(PyTuple_GET_SIZE(blocks[block])); }
    PyObject* reason(size_t block, size_t place) const {
        return PyTuple_GET_ITEM(blocks[block], static_cast<Py_ssize_t>(place));
    }

  private:
    Items blocks;
};

// The verdicts over blocks: what nobody spoke of, and what adds up to less than `least`, stays.
Ref decide(const Items& given) {
    const Dataclass verdict(given[0], {"kept", "reasons"});
    const ReasonClass reasons(given[1]);
    const Said said(given[2]);
    const double least = real_number(given[3]);
    const Ref made = list_of(said.size(), [&](size_t block) {
        if (said.amount(block) == 0) return borrowed(given[4]);
        double total = 0;
        for (size_t i = 0; i < said.amount(block); ++i) total += reasons.score(said.reason(block, i));
        Ref one = verdict.make();
        verdict.set(one.get(), 0, borrowed(total < least ? Py_True : Py_False));
        verdict.set(one.get(), 1, said.share(block));
        return one;
    });
    return Ref(PyList_AsTuple(made.get()));
}

// The category of the loudest reason against each block whose reasons add up to `enough`; None where it stays.
Ref removed(const Items& given) {
    const ReasonClass reasons(given[0]);
    const Said said(given[1]);
    const double enough = real_number(given[2]);
    return list_of(said.size(), [&](size_t block) {
        double total = 0, loudest = 0;
        PyObject* category = Py_None;
        for (size_t i = 0; i < said.amount(block); ++i) {
            PyObject* const reason = said.reason(block, i);
            const double score = reasons.score(reason);
            total += score;
            if (score > loudest) {
                loudest = score;
                category = reasons.category(reason);
            }
        }
        return borrowed(total >= enough ? category : Py_None);
    });
}

}  // namespace
