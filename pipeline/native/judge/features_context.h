// What the token scores of a page say around each block, as `context` of `features.py` does it.

#pragma once

#include "../arrays.h"

#include <array>

namespace {

constexpr size_t BESIDE = 3;                            // blocks on either side whose scores are told one by one
constexpr std::array<size_t, 3> REACHES = {4, 10, 25};  // of windows
constexpr size_t OF_CONTEXT = 4 + 2 * BESIDE + REACHES.size() + 6;  // and one for every grouping
constexpr double MOST = 8;                              // log odds beyond which a score says no more

double score_of(double log_odds) { return clipped(log_odds, -MOST, MOST); }

// A column of the weighted mean over the group of each block.
void add_mean(Table& table, const Places& groups, const Numbers& likely, const Numbers& weights) {
    Numbers means = sums_by(groups, groups.count(), [&](size_t i) { return likely[i] * weights[i]; });
    const Numbers totals = sums_by(groups, groups.count(), [&](size_t i) { return weights[i]; });
    for (size_t group = 0; group < means.size(); ++group) means[group] /= std::max(totals[group], 1e-9);
    table.add([&](size_t i) { return means[groups[i]]; });
}

// Columns of the likeliest up to each block and from it on, and of the share of likely words up to it.
void add_on_either_side(Table& table, const Numbers& likely, const Numbers& told) {
    const size_t count = likely.size();
    Numbers most = likely;
    for (size_t i = 1; i < count; ++i) most[i] = std::max(most[i], most[i - 1]);
    table.add([&](size_t i) { return most[i]; });
    most = likely;
    for (size_t i = count - 1; i-- > 0;) most[i] = std::max(most[i], most[i + 1]);
    table.add([&](size_t i) { return most[i]; });
    const double every = std::max(told[count], 1e-9);
    table.add([&](size_t i) { return told[i + 1] / every; });
}

// context(paths, texts, words, groupings, number of groups) -> columns
Ref context(const Items& given) {
    const Array<double> paths(given[0]);
    const size_t count = paths.size();
    const Array<double> texts(given[1], count), words(given[2], count);
    if (count == 0) refuse(PyExc_ValueError, "a page of at least one block was expected");
    const Items groupings(given[3]);
    const auto groups = static_cast<size_t>(std::max<int64_t>(whole_number(given[4]), 0));
    const Numbers scores = numbers_of(count, [&](size_t i) { return score_of(paths[i] + texts[i]); });
    const Numbers likely = numbers_of(count, [&](size_t i) { return sigmoid(scores[i]); });
    const Numbers weights = numbers_of(count, [&](size_t i) { return std::sqrt(words[i] + 1); });
    const Numbers weighed = running_of(count, [&](size_t i) { return likely[i] * weights[i]; });
    const Numbers weight = running_of(count, [&](size_t i) { return weights[i]; });
    const Numbers told = running_of(count, [&](size_t i) { return likely[i] * words[i]; });
    const double every = total_of(count, [&](size_t i) { return words[i]; });
    Table table(count, OF_CONTEXT + groupings.size());
    table.add([&](size_t i) { return scores[i]; });
    table.add([&](size_t i) { return likely[i]; });
    for (size_t step = 1; step <= BESIDE; ++step) {
        const auto steps = static_cast<int64_t>(step);
        table.add([&](size_t i) { return shifted(likely, i, steps, 0.0); });
        table.add([&](size_t i) { return shifted(likely, i, -steps, 0.0); });
    }
    for (const size_t reach : REACHES) {
        table.add([&](size_t i) { return window_of(weighed, i, reach) / window_of(weight, i, reach); });
    }
    for (size_t i = 0; i < groupings.size(); ++i) add_mean(table, Places(groupings[i], count, groups), likely, weights);
    table.fill(weighed[count] / weight[count]);
    table.fill(told[count] / std::max(every, 1.0));
    table.fill(*std::max_element(likely.begin(), likely.end()));
    add_on_either_side(table, likely, told);
    table.add([&](size_t i) { return score_of(paths[i]); });
    table.add([&](size_t i) { return score_of(texts[i]); });
    return table.whole();
}

}  // namespace
