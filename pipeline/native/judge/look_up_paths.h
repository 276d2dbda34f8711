// What the elements around blocks weigh, and the shapes of blocks, as `token_model.py` does it and says why: the sums are
// the same to the last bit, because they are added in the same order.

#pragma once

#include "look_up_weights.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace {

// A sum of weights, and of how many that are known.
struct Sum {
    double weight = 0, known = 0;

    void add(double one) {
        weight += one;
        known += one != 0;
    }
};

// The elements of a page's paths, heard from the outside in.
class Paths {
  public:
    Paths(Weights& weights, PyObject* outer, PyObject* spelt, PyObject* spellings)
        : outer(numbers<int64_t>(outer)), spelt(numbers<int64_t>(spelt)), reading(forgetting(weights).readers) {
        const Items items(spellings);
        for (size_t i = 0; i < items.size(); ++i) told.push_back(&tell(weights, Utf8(items.text(i)).view));
        if (this->outer.size() != this->spelt.size()) refuse(PyExc_ValueError, "columns of one length were expected");
        for (size_t way = 0; way < this->outer.size(); ++way) {
            const bool fine = -1 <= this->outer[way] && this->outer[way] < static_cast<int64_t>(way);
            if (!fine || static_cast<uint64_t>(this->spelt[way]) >= told.size()) refuse(PyExc_IndexError, "no such way");
        }
    }

    // The sum of the weights of all elements around a block on each way, and how many are known.
    std::vector<Sum> sums() const {
        std::vector<Sum> all, around(1);  // around no element: nothing
        for (size_t way = 0; way < outer.size(); ++way) {
            const Told& element = *told[static_cast<size_t>(spelt[way])];
            const Sum& before = around[static_cast<size_t>(outer[way] + 1)];
            all.push_back({before.weight + element.own.sum, before.known + element.own.known});
            around.push_back({before.weight + element.around.sum, before.known + element.around.known});
        }
        return all;
    }

    // The loudest of a way against content, at most so many.
    Ref strongest(int64_t way, size_t most, std::vector<const Side*>& loud) const {
        if (way < 0 || static_cast<size_t>(way) >= outer.size()) refuse(PyExc_IndexError, "no such way");
        loud.clear();
        const auto hear = [&](const Side& side) {
            if (side.least >= 0) return;
            const auto place = std::lower_bound(loud.begin(), loud.end(), side, [](const Side* one, const Side& other) {
                return *one < other;
            });
            if (place != loud.end() && **place == side) return;
            loud.insert(place, &side);
            if (loud.size() > most) loud.pop_back();
        };
        hear(element(way).own);
        while ((way = outer[static_cast<size_t>(way)]) >= 0) hear(element(way).around);
        return list_of(loud.size(), [&](size_t i) { return loud[i]->loudest(); });
    }

  private:
    static constexpr size_t MOST = 50'000;
    std::vector<int64_t> outer, spelt;
    Reading reading;
    std::vector<const Told*> told;

    static Weights& forgetting(Weights& weights) {
        if (weights.readers == 0 && weights.told.size() > MOST) weights.told = {};
        return weights;
    }

    const Told& element(int64_t way) const { return *told[static_cast<size_t>(spelt[static_cast<size_t>(way)])]; }

    static const Told& tell(Weights& weights, std::string_view spelling) {
        const WordOf<char> word(spelling);
        if (const Told* known = weights.told.find(word)) return *known;
        Told& told = weights.told.keep(word);
        const std::string first = ':' + std::string(spelling);
        const std::string_view tokens = first;
        for (size_t at = 0; at <= tokens.size();) {
            const size_t end = std::min(tokens.find(' ', at), tokens.size());
            if (const auto* part = weights.parts.entry(WordOf<char>(tokens.substr(at, end - at)))) {
                told.around.hear(part->second.first, "a", part->first.text);
                told.own.hear(part->second.second, "o", part->first.text);
            }
            at = end + 1;
        }
        return told;
    }
};

// What the shape of a block says, added in the order in which Python adds it.
class Shape {
  public:
    Shape(const Shapes& shapes, const Items& columns)
        : shapes(shapes), kinds(numbers<int64_t>(columns[0])), shown(numbers<char>(columns[1])),
          links(numbers<double>(columns[2])) {}

    Sum of(size_t block, const Text& text) const {
        const auto end = shapes.ends.find(text.end);
        const auto words = std::min<int64_t>(text.words, static_cast<int64_t>(shapes.words.size()) - 1);
        const double step = links[block] * (static_cast<double>(shapes.links.size()) - 0.01);
        Sum sum;
        sum.add(shapes.kinds.at(static_cast<size_t>(kinds[block])));
        sum.add(text.size > 0 && end != shapes.ends.end() ? end->second : 0.0);
        sum.add(shapes.hidden.at(shown[block] != 0));
        sum.add(shapes.words.at(static_cast<size_t>(words)));
        sum.add(shapes.links.at(static_cast<size_t>(step)));
        return sum;
    }

    bool has(size_t blocks) const { return kinds.size() == blocks && shown.size() == blocks && links.size() == blocks; }

  private:
    const Shapes& shapes;
    std::vector<int64_t> kinds;
    std::vector<char> shown;
    std::vector<double> links;
};

Ref score_paths(const Items& given) {
    auto& weights = in_capsule<Weights>(given[0]);
    const auto& texts = in_capsule<Texts>(given[1]).blocks;
    const Shape shape(weights.shapes, Items(given[2], 3));
    const auto of_blocks = numbers<int64_t>(given[3]);
    const auto ways = Paths(weights, given[4], given[5], given[6]).sums();
    if (of_blocks.size() != texts.size() || !shape.has(texts.size())) refuse(PyExc_ValueError, "one for each block");
    std::vector<double> scores;
    for (size_t i = 0; i < texts.size(); ++i) {
        const Sum& way = ways.at(static_cast<size_t>(of_blocks[i])), own = shape.of(i, texts[i]);
        scores.push_back((own.weight + way.weight) / std::sqrt(std::max(own.known + way.known, 1.0)));
    }
    return bytes_of(scores);
}

Ref strongest(const Items& given) {
    const Paths paths(in_capsule<Weights>(given[0]), given[1], given[2], given[3]);
    const auto wanted = whole_numbers(given[4]);
    const auto most = static_cast<size_t>(std::max<int64_t>(0, whole_number(given[5])));
    std::vector<const Side*> loud;
    return list_of(wanted.size(), [&](size_t i) { return paths.strongest(wanted[i], most, loud); });
}

}  // namespace
