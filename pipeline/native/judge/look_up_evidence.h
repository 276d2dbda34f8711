// What is said of the blocks that a learned model speaks of, as `learned.py` says it.

#pragma once

#include "../values.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

// What spoke loudest against the blocks on one way: weight and token of each element, and each as a person says it.
struct Around {
    Items loudest, named;
};

// What is known of the blocks of a page: of each how likely it is content and what is asked for, in per cent, its share
// of links, the word or phrase that speaks loudest against it, its way, and whether a second witness leaves it out.
struct Heard {
    explicit Heard(const Items& given)
        : likely(numbers<int64_t>(given[0])), asked(numbers<int64_t>(given[1])), links(numbers<double>(given[2])),
          words(given[3], likely.size()), ways(numbers<int64_t>(given[4])), left_out(numbers<char>(given[5])) {
        const size_t size = likely.size();
        const bool fits = asked.size() == size && links.size() == size && ways.size() == size && left_out.size() == size;
        if (!fits) refuse(PyExc_ValueError, "one for each block");
    }

    std::vector<int64_t> likely, asked;
    std::vector<double> links;
    Items words;
    std::vector<int64_t> ways;
    std::vector<char> left_out;
};

void append(std::string& to, PyObject* text) {
    if (!PyUnicode_Check(text)) refuse(PyExc_TypeError, "a str was expected");
    Py_ssize_t size = 0;
    if (const char* known = PyUnicode_AsUTF8AndSize(text, &size)) {  // which the text keeps: most are told again
        to.append(known, static_cast<size_t>(size));
    } else {
        check(PyErr_ExceptionMatches(PyExc_UnicodeEncodeError));
        PyErr_Clear();
        to += utf8(text);
    }
}

void append_share(std::string& to, double share) {
    to += "link share ";
    if (share == 1.0) {  // as most have that have any
        to += "1.00";
        return;
    }
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.2f", share);
    to += digits;
}

// Whether a pair of a weight and a text comes before another.
bool is_louder(const Items& one, const Items& other) {
    const double first = real_number(one[0]), second = real_number(other[0]);
    return first < second || (first == second && PyUnicode_Compare(one.text(1), other.text(1)) < 0);
}

// Add the strongest of what spoke against a block, in words: at most so many things.
void append_because(std::string& told, double share, const Items& word, const Around& around, size_t most) {
    size_t parts = 0;
    const auto begin_part = [&] { told += parts++ == 0 ? "; " : ", "; };
    if (share > 0.5) {
        begin_part();
        append_share(told, share);
    }
    const size_t size = around.loudest.size();
    PyObject* said = word.text(1);
    const bool is_heard = PyUnicode_GET_LENGTH(said) > 0;
    if (is_heard && (size < most || size == 0 || is_louder(word, Items(around.loudest[size - 1], 2)))) {
        begin_part();
        const bool several = PyUnicode_FindChar(said, ' ', 0, PyUnicode_GET_LENGTH(said), 1) >= 0;
        told += several ? "words “" : "word “";
        append(told, said);
        told += "”";
    }
    for (size_t i = 0; i < around.named.size() && parts < most; ++i) {
        begin_part();
        append(told, around.named[i]);
    }
}

// The evidence for each of some blocks, given whether they go; `around` is told of the ways of those that do.
Ref tell(const Items& given) {
    const auto blocks = numbers<int64_t>(given[0]);
    const auto against = numbers<char>(given[1]);
    const Heard heard(Items(given[2], 6));
    const Items wanted(given[3]), loudest(given[4], wanted.size()), named(given[5], wanted.size());
    const auto most = static_cast<size_t>(std::max<int64_t>(0, whole_number(given[6])));
    std::unordered_map<int64_t, Around> around;
    for (size_t i = 0; i < wanted.size(); ++i) {
        around.emplace(whole_number(wanted[i]), Around{Items(loudest[i]), Items(named[i])});
    }
    std::string told;
    return list_of(blocks.size(), [&](size_t i) {
        const auto block = static_cast<size_t>(blocks[i]);
        if (block >= heard.likely.size() || block >= against.size()) refuse(PyExc_IndexError, "no such block");
        told = std::to_string(heard.likely[block]);
        told += "% likely content, ";
        told += std::to_string(heard.asked[block]) + "% asked for";
        if (against[block] != 0) {
            const auto found = around.find(heard.ways[block]);
            if (found == around.end()) refuse(PyExc_KeyError, "nothing is told of a way");
            append_because(told, heard.links[block], Items(heard.words[block], 2), found->second, most);
            if (heard.left_out[block] != 0) told += ", trafilatura leaves it out";
        }
        return Ref(PyUnicode_DecodeUTF8(told.data(), static_cast<Py_ssize_t>(told.size()), "surrogatepass"));
    });
}

}  // namespace
