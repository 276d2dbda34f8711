// What tells the kind of a page (`kind.py`) and what is asked of its blocks (`asked.py`), from how likely each is to be
// content.

#pragma once

#include "features_page.h"

#include <functional>
#include <numeric>

namespace {

// kind_numbers(likely, columns, ways, how many kinds of blocks there are) -> numbers of the page
Ref kind_numbers(const Items& given) {
    const Page page(given[1], given[2]);
    const size_t count = page.size();
    const Array<double> likely(given[0], count);
    const auto kinds = static_cast<size_t>(std::max<int64_t>(whole_number(given[3]), 0));
    const auto every = static_cast<double>(count);
    Numbers text(count), chosen(count), prose(count), mass(count);
    for (size_t i = 0; i < count; ++i) {
        text[i] = page.words[i] * (1 - page.links[i]) * page.shown[i];
        chosen[i] = likely[i] >= 0.5;
        prose[i] = page.prose[i] && page.shown[i];
        mass[i] = likely[i] * text[i];
    }
    const auto sum = [&](auto make) { return total_of(count, make); };
    const double told = std::max(sum([&](size_t i) { return mass[i]; }), 1.0);
    const double whole = std::max(sum([&](size_t i) { return text[i]; }), 1.0);
    const double words = std::max(sum([&](size_t i) { return page.words[i]; }), 1.0);
    Numbers boxes = sums_by(page.boxes, page.ways.size(), [&](size_t i) { return mass[i] * prose[i]; });
    boxes.resize(std::max<size_t>(boxes.size(), 3), 0.0);
    std::partial_sort(boxes.begin(), boxes.begin() + 3, boxes.end(), std::greater<double>());
    const double kept = std::max(sum([&](size_t i) { return text[i] * chosen[i]; }), 1.0);
    const double paragraphs = sum([&](size_t i) { return prose[i] * chosen[i]; });
    const double in_prose = sum([&](size_t i) { return mass[i] * prose[i]; });
    const double kept_words = sum([&](size_t i) { return page.words[i] * chosen[i]; });
    const double kept_prose = sum([&](size_t i) { return text[i] * chosen[i] * prose[i]; });
    const double kept_words_of_prose = sum([&](size_t i) { return page.words[i] * chosen[i] * prose[i]; });
    Numbers numbers = {
        boxes[0] / told,
        (boxes[0] + boxes[1] + boxes[2]) / told,
        in_prose / told,
        std::log1p(in_prose),
        std::log1p(told),
        std::log1p(paragraphs),
        told / whole,
        kept_words / words,
        kept_prose / std::max(paragraphs, 1.0) / 40,
        kept_prose / kept,
        kept_words_of_prose / std::max(kept_words, 1.0),
        whole / words,
        std::log1p(every),
        sum([&](size_t i) { return likely[i]; }) / every,
        sum([&](size_t i) { return likely[i] > 0.9; }) / every,
        sum([&](size_t i) { return likely[i] * (1 - likely[i]) * page.words[i]; }) / words,
        sum([&](size_t i) { return page.links[i] > 0.5; }) / every,
        sum([&](size_t i) { return page.prose[i]; }) / every,
        sum([&](size_t i) { return likely[i] * page.words[i]; }) / words,
        sum([&](size_t i) { return page.shown[i]; }) / every,
    };
    for (size_t kind = 0; kind < kinds; ++kind) {
        numbers.push_back(sum([&](size_t i) { return page.is(i, kind); }) / every);
    }
    return bytes_of(numbers);
}

// body(likely, columns, ways) -> share, paragraphs, words, whether each block is outside
Ref body(const Items& given) {
    const Page page(given[1], given[2]);
    const size_t count = page.size();
    const Array<double> likely(given[0], count);
    Numbers text(count), prose(count);
    for (size_t i = 0; i < count; ++i) {
        text[i] = likely[i] >= 0.5 ? page.words[i] * (1 - page.links[i]) * page.shown[i] : 0.0;
        prose[i] = text[i] * page.prose[i];
    }
    const Numbers sums = sums_by(page.boxes, page.ways.size(), [&](size_t i) { return prose[i]; });
    const auto most = std::max_element(sums.begin(), sums.end());
    const auto box = static_cast<size_t>(most - sums.begin());
    size_t first = count, last = 0, paragraphs = 0;
    for (size_t i = 0; i < count; ++i) {
        if (page.boxes[i] != box || !(prose[i] > 0)) continue;
        first = std::min(first, i);
        last = i;
        ++paragraphs;
    }
    std::vector<char> outside(count, 0);
    for (size_t i = 0; paragraphs > 0 && i < count; ++i) outside[i] = i < first || i > last;
    const double whole = total_of(count, [&](size_t i) { return text[i]; });
    return tuple_of(Ref(PyFloat_FromDouble(*most / std::max(whole, 1.0))), Ref(PyLong_FromSize_t(paragraphs)),
                    Ref(PyFloat_FromDouble(*most)), bytes_of(outside));
}

// promise(likely, words) -> the best F1 that a choice of blocks promises
Ref promise(const Items& given) {
    const Array<double> likely(given[0]), words(given[1], likely.size());
    std::vector<size_t> order(likely.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return likely[a] > likely[b]; });
    const double every = total_of(likely.size(), [&](size_t i) { return likely[i] * words[i]; });
    double gained = 0, taken = 0, best = 0;
    for (const size_t block : order) {
        gained += likely[block] * words[block];
        taken += words[block];
        best = std::max(best, 2 * gained / (taken + every + 1e-9));
    }
    return Ref(PyFloat_FromDouble(best));
}

}  // namespace
