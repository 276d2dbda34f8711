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
// known, and the loudest against content, as a pair for Python too.
struct Side {
    double sum = 0, known = 0, least = 0;
    std::string token;
    Ref loudest;

    void hear(double weight, const std::string& name) {
        if (weight == 0) return;
        if (known == 0 || weight < least || (weight == least && name < token)) {
            least = weight;
            token = name;
        }
        sum += weight;
        known += 1;
    }
    // All is heard: name the loudest as the token that it is. Nothing known counts as one that says nothing.
    void close(const char* side) {
        if (known > 0) token = std::string(side) + (token.front() == ':' ? "" : "c:") + token;
        known = std::max(known, 1.0);
        const auto size = static_cast<Py_ssize_t>(token.size());
        loudest = tuple_of(Ref(PyFloat_FromDouble(least)), Ref(PyUnicode_DecodeUTF8(token.data(), size, "surrogatepass")));
    }
    bool operator<(const Side& other) const { return std::tie(least, token) < std::tie(other.least, other.token); }
    bool operator==(const Side& other) const { return least == other.least && token == other.token; }
};

struct Told {
    Side around, own;
};

struct Weights {
    static constexpr const char* NAME = "thresher.weights";
    static constexpr size_t ROLES = 6;
    Dictionary<size_t> rows;
    std::vector<double> table;  // (rows + 1, ROLES)
    size_t alone = 0;           // rows up to here have a weight of their own
    std::unordered_map<uint64_t, Loud, HashOf> pairs;
    Dictionary<Loud> wholes;
    std::unordered_map<std::string, std::pair<double, double>> parts;  // of a tag or a part of a name, around and own
    std::unordered_map<std::string, Told> told;                        // of elements by their spelling
    size_t readers = 0;                                                // of these
};

class Scores {
  public:
    Scores(const Weights& weights, const Texts& texts) : weights(weights), texts(texts) {
        for (const Word& word : texts.different) {
            const bool digits = std::any_of(word.text.begin(), word.text.end(), is_digit);
            const size_t* row = weights.rows.find(digits ? Word(folded(word.text)) : word);
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

    static bool is_digit(char32_t c) { return c >= '0' && Py_UNICODE_ISDECIMAL(c); }

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
        const auto found = weights.pairs.find(((is_short ? 0 : size) + row(term)) * size + row(term + 1));
        if (found != weights.pairs.end()) hear(found->second);
    }

    void add_whole(Span terms) {
        buffer.clear();
        for (size_t k = terms.start; k < terms.end; ++k) {
            if (k > terms.start) buffer += U' ';
            append_folded(texts.term(k));
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
        weights->pairs.emplace(whole_number(keys[i]), Loud{real_number(pair[0]), characters(pair[1])});
    }
    for (size_t i = 0; i < wholes.size(); ++i) {
        const Items pair(wholes[i], 2);
        weights->wholes.keep(characters(pair[0])) = {real_number(pair[1]), characters(pair[0])};
    }
    for (size_t i = 0; i < parts.size(); ++i) {
        const Items part(parts[i], 3);
        weights->parts[utf8(part[0])] = {real_number(part[1]), real_number(part[2])};
    }
    return capsule_of(std::move(weights));
}

Ref score(const Items& given) {
    const auto& texts = in_capsule<Texts>(given[1]);
    const Scores scores(in_capsule<Weights>(given[0]), texts);
    const Ref loudest = list_of(scores.loudest.size(), [&](size_t i) {
        return tuple_of(Ref(PyFloat_FromDouble(scores.least[i])), text_of(scores.loudest[i]));
    });
    const Ref known(PyLong_FromSize_t(scores.known)), different(PyLong_FromSize_t(texts.different.size()));
    return tuple_of(bytes_of(scores.sums), bytes_of(scores.counts), loudest, known, different);
}

// The elements of a page's paths, heard from the outside in.
class Paths {
  public:
    Paths(Weights& weights, PyObject* outer, PyObject* spelt, PyObject* spellings)
        : outer(numbers<int64_t>(outer)), spelt(numbers<int64_t>(spelt)), reading(forgetting(weights).readers) {
        const Items items(spellings);
        for (size_t i = 0; i < items.size(); ++i) told.push_back(&tell(weights, utf8(items[i])));
        if (this->outer.size() != this->spelt.size()) refuse(PyExc_ValueError, "columns of one length were expected");
        for (size_t way = 0; way < this->outer.size(); ++way) {
            const bool fine = -1 <= this->outer[way] && this->outer[way] < static_cast<int64_t>(way);
            if (!fine || static_cast<uint64_t>(this->spelt[way]) >= told.size()) refuse(PyExc_IndexError, "no such way");
        }
    }

    Ref score() const {
        std::vector<double> sums, known, around(1), around_known(1);  // around no element: nothing
        for (size_t way = 0; way < outer.size(); ++way) {
            const Told& element = *told[static_cast<size_t>(spelt[way])];
            const auto before = static_cast<size_t>(outer[way] + 1);
            sums.push_back(around[before] + element.own.sum);
            known.push_back(around_known[before] + element.own.known);
            around.push_back(around[before] + element.around.sum);
            around_known.push_back(around_known[before] + element.around.known);
        }
        return tuple_of(bytes_of(sums), bytes_of(known));
    }

    // The loudest of a way against content, at most so many.
    Ref strongest(int64_t way, size_t most) const {
        if (way < 0 || static_cast<size_t>(way) >= outer.size()) refuse(PyExc_IndexError, "no such way");
        std::vector<const Side*> sides{&element(way).own};
        while ((way = outer[static_cast<size_t>(way)]) >= 0) sides.push_back(&element(way).around);
        std::sort(sides.begin(), sides.end(), [](const Side* one, const Side* other) { return *one < *other; });
        const auto same = [](const Side* one, const Side* other) { return *one == *other; };
        sides.erase(std::unique(sides.begin(), sides.end(), same), sides.end());
        const auto loud = std::partition_point(sides.begin(), sides.end(), [](const Side* side) { return side->least < 0; });
        const auto heard = std::min(most, static_cast<size_t>(loud - sides.begin()));
        return list_of(heard, [&](size_t i) { return sides[i]->loudest; });
    }

  private:
    static constexpr size_t MOST = 50'000;
    std::vector<int64_t> outer, spelt;
    Reading reading;
    std::vector<const Told*> told;

    static Weights& forgetting(Weights& weights) {
        if (weights.readers == 0 && weights.told.size() > MOST) weights.told.clear();
        return weights;
    }

    const Told& element(int64_t way) const { return *told[static_cast<size_t>(spelt[static_cast<size_t>(way)])]; }

    static const Told& tell(Weights& weights, const std::string& spelling) {
        const auto [found, is_new] = weights.told.try_emplace(spelling);
        Told& told = found->second;
        if (!is_new) return told;
        const std::string tokens = ':' + spelling;
        for (size_t at = 0; at <= tokens.size();) {
            const size_t end = std::min(tokens.find(' ', at), tokens.size());
            const auto part = weights.parts.find(tokens.substr(at, end - at));
            if (part != weights.parts.end()) {
                told.around.hear(part->second.first, part->first);
                told.own.hear(part->second.second, part->first);
            }
            at = end + 1;
        }
        told.around.close("a");
        told.own.close("o");
        return told;
    }
};

Ref score_ways(const Items& given) {
    return Paths(in_capsule<Weights>(given[0]), given[1], given[2], given[3]).score();
}

Ref strongest(const Items& given) {
    const Paths paths(in_capsule<Weights>(given[0]), given[1], given[2], given[3]);
    const auto wanted = whole_numbers(given[4]);
    const auto most = static_cast<size_t>(std::max<int64_t>(0, whole_number(given[5])));
    return list_of(wanted.size(), [&](size_t i) { return paths.strongest(wanted[i], most); });
}

}  // namespace
