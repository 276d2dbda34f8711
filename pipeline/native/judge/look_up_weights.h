// What the words and elements of a page weigh, as `token_model.py` does it and says why: the sums are the same to the
// last bit, because they are added in the same order.

#pragma once

#include "look_up_texts.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

namespace {

struct Loud {
    double weight = 0;
    std::u32string phrase;
};

// What the tokens of an element say on one side (around a block, or as its own): the sum of the weights, how many are
// known, and the loudest against content. Nothing known counts as one that says nothing.
struct Side {
    double sum = 0, known = 1, least = 0;
    std::string_view side, name;  // of the loudest, which lasts as long as the weights

    void hear(double weight, std::string_view said_on, std::string_view said) {
        if (weight == 0) return;
        const bool first = name.empty();
        known += !first;
        sum += weight;
        if (!first && std::tie(least, name) < std::tie(weight, said)) return;
        least = weight;
        side = said_on;
        name = said;
    }
    bool operator<(const Side& other) const {
        return least < other.least || (least == other.least && !(*this == other) && token() < other.token());
    }
    bool operator==(const Side& other) const {
        return least == other.least && side == other.side && name == other.name;
    }
    // The loudest as the token that it is, and as a pair for Python, which is made once.
    std::string token() const {
        const bool is_part = !name.empty() && name.front() != ':';
        return std::string(side).append(is_part ? "c:" : "").append(name);
    }
    const Ref& loudest() const {
        if (!pair) pair = tuple_of(Ref(PyFloat_FromDouble(least)), decoded(token()));
        return pair;
    }

  private:
    mutable Ref pair;
};

struct Told {
    Side around, own;
};

// What the shape of a block says: its kind, last character, being hidden or shown, words (as many as make a
// difference) and share of links (in equal steps).
struct Shapes {
    std::vector<double> kinds, hidden, words, links;
    std::unordered_map<char32_t, double> ends;
};

struct Weights {
    static constexpr const char* NAME = "thresher.weights";
    static constexpr size_t ROLES = 6;
    Dictionary<size_t> rows;
    std::vector<double> table;  // (rows + 1, ROLES)
    size_t alone = 0;           // rows up to here have a weight of their own
    Numbers pairs;              // places among `phrases`
    std::vector<Loud> phrases;
    Dictionary<Loud> wholes;
    Dictionary<std::pair<double, double>, char> parts;  // of a tag or a part of a name, around and own
    Dictionary<Told, char> told;                        // of elements by their spelling
    size_t readers = 0;                                 // of these
    Shapes shapes;
};

class Scores {
  public:
    Scores(const Weights& weights, const Texts& texts) : weights(weights), texts(texts) {
        rows.reserve(texts.different.size());
        for (size_t i = 0; i < texts.different.size(); ++i) {
            const Word& word = texts.different[i];
            const size_t* row = weights.rows.find(texts.numeric[i] ? Word(folded(word.text)) : word);
            rows.push_back(row ? *row : 0);
            known += rows.back() > 0 && rows.back() <= weights.alone;
        }
        for (const Text& text : texts.blocks) score(text.terms);
    }

    std::vector<double> sums, counts, least;
    std::vector<std::u32string_view> loudest;  // of each block what weighs `least`
    size_t known = 0;

  private:
    static constexpr size_t SHORT = 6, FIRST = 8, LAST = 6, INSIDE = 60;
    const Weights& weights;
    const Texts& texts;
    std::vector<size_t> rows;  // of the different words
    double sum = 0, count = 0, loud = 0;
    std::u32string_view louder;
    std::u32string buffer;

    static bool is_digit(char32_t c) { return c < 128 ? within(c, '0', '9') : Py_UNICODE_ISDECIMAL(c) != 0; }

    // A word with its digits as one 0; it lasts until the next is folded.
    const std::u32string& folded(std::u32string_view word) {
        buffer.clear();
        append_folded(word);
        return buffer;
    }

    void append_folded(std::u32string_view word) {
        bool before = false;
        for (const char32_t c : word) {
            const bool digit = is_digit(c);
            if (!digit || !before) buffer += digit ? U'0' : c;
            before = digit;
        }
    }

    size_t row(size_t term) const { return rows[texts.numbers[term]]; }

    void score(Span terms) {
        sum = count = loud = 0;
        louder = {};
        const bool is_short = terms.size() <= SHORT;
        for (size_t k = terms.start; k < terms.end; ++k) {
            const size_t place = k - terms.start, left = terms.end - 1 - k;
            const double* of = &weights.table[row(k) * Weights::ROLES + (is_short ? 0 : 3)];
            const double one = place < FIRST ? of[0] : 0.0;
            const double two = (is_short ? place == 0 : left < LAST) ? of[1] : 0.0;
            const double three = (is_short ? left == 0 : place < INSIDE) ? of[2] : 0.0;
            sum += one + two + three;
            count += (one != 0) + (two != 0) + (three != 0);
            const double lowest = std::min({one, two, three});
            if (lowest < loud) {
                loud = lowest;
                louder = texts.term(k);
            }
        }
        for (size_t k = terms.start; k + 1 < terms.end && (is_short || k == terms.start); ++k) add_pair(k, is_short);
        if (is_short) add_whole(terms);
        sums.push_back(sum);
        counts.push_back(count);
        least.push_back(loud);
        loudest.push_back(louder);
    }

    void hear(const Loud& told) {
        sum += told.weight;
        count += 1;
        if (told.weight < loud || (told.weight == loud && told.phrase < louder)) {
            loud = told.weight;
            louder = told.phrase;
        }
    }

    void add_pair(size_t term, bool is_short) {
        const size_t size = weights.table.size() / Weights::ROLES;
        const int64_t* found = weights.pairs.find(((is_short ? 0 : size) + row(term)) * size + row(term + 1));
        if (found) hear(weights.phrases[static_cast<size_t>(*found)]);
    }

    void add_whole(Span terms) {
        buffer.clear();
        for (size_t k = terms.start; k < terms.end; ++k) {
            if (k > terms.start) buffer += U' ';
            if (texts.numeric[texts.numbers[k]]) {
                append_folded(texts.term(k));
            } else {
                buffer += texts.term(k);
            }
        }
        if (const Loud* told = weights.wholes.find(Word(buffer))) hear(*told);
    }
};

Ref make_weights(const Items& given) {
    auto weights = std::make_unique<Weights>();
    const Items rows(given[0]), keys(given[3]), told(given[4], keys.size()), wholes(given[5]), parts(given[6]);
    for (size_t i = 0; i < rows.size(); ++i) weights->rows.keep(characters(rows[i])) = i + 1;
    weights->table = numbers<double>(given[1]);
    if (weights->table.size() != (rows.size() + 1) * Weights::ROLES) refuse(PyExc_ValueError, "a weight for each role");
    weights->alone = static_cast<size_t>(whole_number(given[2]));
    for (size_t i = 0; i < keys.size(); ++i) {
        const Items pair(told[i], 2);
        weights->pairs.add(static_cast<uint64_t>(whole_number(keys[i])), static_cast<int64_t>(i));
        weights->phrases.push_back({real_number(pair[0]), characters(pair[1])});
    }
    for (size_t i = 0; i < wholes.size(); ++i) {
        const Items pair(wholes[i], 2);
        weights->wholes.keep(characters(pair[0])) = {real_number(pair[1]), characters(pair[0])};
    }
    for (size_t i = 0; i < parts.size(); ++i) {
        const Items part(parts[i], 3);
        weights->parts.keep(utf8(part.text(0))) = {real_number(part[1]), real_number(part[2])};
    }
    const Items shapes(given[7], 5), ends(shapes[1]);
    weights->shapes = {numbers<double>(shapes[0]), numbers<double>(shapes[2]), numbers<double>(shapes[3]),
                       numbers<double>(shapes[4]), {}};
    for (size_t i = 0; i < ends.size(); ++i) {
        const Items pair(ends[i], 2);
        if (const auto end = characters(pair[0]); end.size() == 1) weights->shapes.ends[end[0]] = real_number(pair[1]);
    }
    return capsule_of(std::move(weights));
}

Ref score(const Items& given) {
    const auto& texts = in_capsule<Texts>(given[1]);
    const Scores scores(in_capsule<Weights>(given[0]), texts);
    const Ref nothing = tuple_of(Ref(PyFloat_FromDouble(0)), text_of({}));
    const Ref loudest = list_of(scores.loudest.size(), [&](size_t i) {
        if (scores.loudest[i].empty() && scores.least[i] == 0) return nothing;
        return tuple_of(Ref(PyFloat_FromDouble(scores.least[i])), text_of(scores.loudest[i]));
    });
    const Ref known(PyLong_FromSize_t(scores.known)), different(PyLong_FromSize_t(texts.different.size()));
    return tuple_of(bytes_of(scores.sums), bytes_of(scores.counts), loudest, known, different);
}

}  // namespace
