// Which words of a line come back below it, as `headline.py` counts them.

#pragma once

#include "../values.h"
#include "look_up_texts.h"

#include <cstdint>
#include <utility>
#include <vector>

namespace {

class Recurring {
  public:
    Recurring(const Texts& texts, int64_t least, int64_t dense)
        : texts(texts), least(static_cast<size_t>(least)), dense(static_cast<char32_t>(dense)),
          stands(texts.different.size()), met(texts.different.size()) {}

    // Read a paragraph.
    void add(const Text& text) {
        for (size_t k = text.terms.start; k < text.terms.end; ++k) ++stands[texts.numbers[k]];
    }

    // Of a line its different words that are long, those that stand in the paragraphs, and those that do so repeatedly.
    Ref count(const Text& line) {
        size_t telling = 0, again = 0, often = 0;
        ++lines;
        for (size_t k = line.terms.start; k < line.terms.end; ++k) {
            const uint32_t number = texts.numbers[k];
            if (std::exchange(met[number], lines) == lines) continue;
            if (texts.terms[k].size() < least && texts.term(k).front() < dense) continue;
            ++telling;
            again += stands[number] > 0;
            often += stands[number] > 1;
        }
        return tuple_of(Ref(PyLong_FromSize_t(telling)), Ref(PyLong_FromSize_t(again)), Ref(PyLong_FromSize_t(often)));
    }

  private:
    const Texts& texts;
    const size_t least;    // characters of a long word
    const char32_t dense;  // where scripts begin in which every word is long enough
    std::vector<uint32_t> stands;
    std::vector<uint32_t> met;  // the line in which each word was met last
    uint32_t lines = 0;
};

Ref recurring(const Items& given) {
    const auto& texts = in_capsule<Texts>(given[0]);
    const auto text_at = [&](int64_t place) -> const Text& {
        if (place < 0 || static_cast<size_t>(place) >= texts.blocks.size()) refuse(PyExc_ValueError, "no such text");
        return texts.blocks[static_cast<size_t>(place)];
    };
    Recurring counted(texts, whole_number(given[3]), whole_number(given[4]));
    for (const int64_t place : whole_numbers(given[2])) counted.add(text_at(place));
    const std::vector<int64_t> lines = whole_numbers(given[1]);
    return list_of(lines.size(), [&](size_t i) { return counted.count(text_at(lines[i])); });
}

}  // namespace
