// What a learned model says of the blocks of a page, as `learned.py` says it.

#pragma once

#include "../buffers.h"
#include "look_up_verdicts.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace {

// What is known of each block: how likely it is content, what is asked for, how loudly the difference speaks, its share
// of links, its words, and its way.
struct Heard {
    explicit Heard(const Items& given)
        : likely(given[0]), asked(given[1], likely.size()), scores(given[2], likely.size()),
          links(given[3], likely.size()), words(given[4], likely.size()), ways(given[5], likely.size()) {}

    Array<double> likely, asked, scores, links, words;
    Array<int64_t> ways;
};

// What speaks against the blocks on each way: a category that its elements name, if any, and the weights and tokens of
// the loudest of these.
class Around {
  public:
    Around(PyObject* named, PyObject* wanted, PyObject* loudest) : named(named), of_way(this->named.size()) {
        const auto ways = whole_numbers(wanted);
        const Items tokens(loudest, ways.size());
        for (size_t i = 0; i < ways.size(); ++i) of_way.at(static_cast<size_t>(ways[i])).emplace(tokens[i]);
    }
    PyObject* category(int64_t way) const { return static_cast<size_t>(way) < named.size() ? named[way] : Py_None; }
    const Items& loudest(int64_t way) const {
        const auto& found = of_way.at(static_cast<size_t>(way));
        if (!found) refuse(PyExc_KeyError, "nothing is told of a way");
        return *found;
    }

  private:
    Items named;
    std::vector<std::optional<Items>> of_way;
};

// Writes what is seen of a block.
class Evidence {
  public:
    // `sides` says what the signs before a token mean; at most so many things are named.
    Evidence(PyObject* sides, size_t most) : sides(sides), most(most) {
        if (!PyDict_Check(sides)) refuse(PyExc_TypeError, "a dict was expected");
    }

    void begin(double likely, double asked) {
        told.clear();
        parts = 0;
        add_percent(likely);
        add(U"% likely content, ");
        add_percent(asked);
        add(U"% asked for");
    }

    // The strongest of what spoke against a block: its links, the loudest word, the loudest elements.
    void because(double share, const Items& word, const Items& around) {
        if (share > 0.5) {
            next();
            add_share(share);
        }
        PyObject* const said = word.text(1);
        const size_t size = around.size();
        const bool is_heard = PyUnicode_GET_LENGTH(said) > 0;
        if (is_heard && (size < most || size == 0 || is_louder(word, Items(around[size - 1], 2)))) {
            next();
            const size_t at = told.size();
            add(said);
            const bool several = told.find(U' ', at) != told.npos;
            told.insert(at, several ? U"words “" : U"word “");
            told += U'”';
        }
        for (size_t i = 0; i < size && parts < most; ++i) {
            next();
            told += in_words(Items(around[i], 2).text(1));
        }
    }

    void add(std::u32string_view some) { told.append(some); }
    Ref made() const { return text_of(told); }

  private:
    PyObject* sides;
    size_t most, parts = 0;
    std::u32string told;
    std::unordered_map<PyObject*, std::u32string> elements;  // in words; whose tokens last as long as the call

    void next() { add(parts++ == 0 ? U"; " : U", "); }

    void add(PyObject* text) {
        if (!PyUnicode_Check(text)) refuse(PyExc_TypeError, "a str was expected");
        check(PyUnicode_READY(text) == 0);
        const auto size = PyUnicode_GET_LENGTH(text);
        const auto append = [&](const auto* from) { told.append(from, from + size); };
        switch (PyUnicode_KIND(text)) {
            case PyUnicode_1BYTE_KIND: return append(PyUnicode_1BYTE_DATA(text));
            case PyUnicode_2BYTE_KIND: return append(PyUnicode_2BYTE_DATA(text));
            default: return append(PyUnicode_4BYTE_DATA(text));
        }
    }

    void add_digits(const std::string& digits) { told.append(digits.begin(), digits.end()); }

    void add_percent(double probability) { add_digits(std::to_string(std::lrint(probability * 100))); }

    void add_share(double share) {
        add(U"link share ");
        if (share == 1.0) return add(U"1.00");  // as most have that have any
        char digits[32];
        std::snprintf(digits, sizeof digits, "%.2f", share);
        add_digits(digits);
    }

    // A token of an element as a person would say it.
    const std::u32string& in_words(PyObject* token) {
        const auto [known, is_new] = elements.try_emplace(token);
        if (!is_new) return known->second;
        const auto written = characters(token);
        const size_t sign = std::min(written.find(U':'), written.size());
        PyObject* const meant = PyDict_GetItemWithError(sides, text_of(written.substr(0, sign)).get());
        if (meant == nullptr && !PyErr_Occurred()) refuse(PyExc_KeyError, "a side that is none");
        check(meant != nullptr);
        const auto name = written.substr(std::min(sign + 1, written.size()));
        return known->second = characters(meant) + U" “" + name + U"”";
    }

    // Whether a pair of a weight and a text comes before another.
    static bool is_louder(const Items& one, const Items& other) {
        const double first = real_number(one[0]), second = real_number(other[0]);
        return first < second || (first == second && PyUnicode_Compare(one.text(1), other.text(1)) < 0);
    }
};

// (block, reason) of each block that goes, is a close call, or of which somebody spoke.
Ref tell(const Items& given) {
    const ReasonClass reasons(given[0]);
    const Heard heard(Items(given[3], 6));
    const size_t size = heard.likely.size();
    const Said said(given[2], size);
    const Items words(given[4], size), around_of(given[5], 3), by_links(given[7], 3), bounds(given[9], 3);
    const Around around(around_of[0], around_of[1], around_of[2]);
    std::optional<Array<bool>> left_out;
    if (given[6] != Py_None) left_out.emplace(given[6], size);
    Evidence evidence(given[8], static_cast<size_t>(std::max<int64_t>(0, whole_number(bounds[2]))));
    const double close = real_number(bounds[0]), loudest = real_number(bounds[1]);
    const Ref told(PyList_New(0));
    for (size_t i = 0; i < size; ++i) {
        if (!(heard.likely[i] < heard.asked[i] + close) && said.amount(i) == 0) continue;
        double score = std::min(heard.scores[i], loudest);
        for (size_t k = 0; k < said.amount(i); ++k) {
            if (reasons.score(said.reason(i, k)) < 0) score = heard.scores[i];
        }
        PyObject* category = by_links[0];
        evidence.begin(heard.likely[i], heard.asked[i]);
        if (heard.likely[i] < heard.asked[i]) {
            const int64_t way = heard.ways[i];
            evidence.because(heard.links[i], Items(words[i], 2), around.loudest(way));
            if (left_out && (*left_out)[i]) evidence.add(U", trafilatura leaves it out");
            if (heard.links[i] > 0.5) category = by_links[heard.words[i] > 4 ? 2 : 1];
            if (around.category(way) != Py_None) category = around.category(way);
        }
        const Ref place(PyLong_FromSize_t(i));
        const Ref pair = tuple_of(place, reasons.make(given[1], category, score, evidence.made()));
        check(PyList_Append(told.get(), pair.get()) == 0);
    }
    return told;
}

}  // namespace
