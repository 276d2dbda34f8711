// The answers of oblivious trees, as `trees.py` gives them and says why.

#pragma once

#include "../arrays.h"

#include <array>

namespace {

// Blocks that go through the trees side by side: so many that the compiler asks a question of several at once.
constexpr size_t TOGETHER = 16;

// What trees ask and answer, as `trees.py` holds it.
struct Trees {
    Trees(PyObject* columns, PyObject* thresholds, PyObject* leaves, PyObject* bias, size_t depth, size_t known)
        : depth(depth), columns(columns, Array<int32_t>::ANY), thresholds(thresholds, this->columns.size()),
          leaves(leaves, depth == 0 || depth > 8 ? 0 : this->columns.size() / depth << depth),
          bias(static_cast<float>(real_number(bias))) {
        if (depth == 0 || depth > 8) refuse(PyExc_ValueError, "trees of a depth of 1 to 8 were expected");
        for (const int32_t column : this->columns) {
            const bool inside = column >= 0 && static_cast<size_t>(column) < known;
            if (!inside) refuse(PyExc_ValueError, "a tree asks for a column that is not there");
        }
    }

    // Add what the trees say of some blocks, of which `rows` shows the first; columns lie `stride` apart.
    void answer(const float* rows, size_t stride, float* sums) const {
        const size_t trees = columns.size() / depth;
        for (size_t tree = 0; tree < trees; ++tree) {
            std::array<uint32_t, TOGETHER> leaf{};
            for (size_t level = tree * depth; level < (tree + 1) * depth; ++level) {
                const float* asked = rows + static_cast<size_t>(columns[level]) * stride;
                const float threshold = thresholds[level];
                for (size_t k = 0; k < TOGETHER; ++k) leaf[k] += leaf[k] + (asked[k] > threshold ? 1U : 0U);
            }
            const float* answers = leaves.begin() + (tree << depth);
            for (size_t k = 0; k < TOGETHER; ++k) sums[k] += answers[leaf[k]];
        }
        for (size_t k = 0; k < TOGETHER; ++k) sums[k] += bias;
    }

    size_t depth;
    Array<int32_t> columns;
    Array<float> thresholds, leaves;
    float bias;
};

// logits(columns of blocks, their number, columns that trees ask for, thresholds, depth, leaves, bias) -> log odds
Ref logits(const Items& given) {
    const Array<float> rows(given[0]);
    const auto known = static_cast<size_t>(std::max<int64_t>(whole_number(given[1]), 1));
    if (rows.size() % known != 0) refuse(PyExc_ValueError, "as many columns in every row were expected");
    const size_t count = rows.size() / known;
    const auto depth = static_cast<size_t>(std::clamp<int64_t>(whole_number(given[4]), 0, 9));
    const Trees trees(given[2], given[3], given[5], given[6], depth, known);
    std::vector<float> sums((count + TOGETHER - 1) / TOGETHER * TOGETHER, 0.0F);
    size_t done = 0;
    for (; done + TOGETHER <= count; done += TOGETHER) trees.answer(rows.begin() + done, count, &sums[done]);
    if (done < count) {  // the last ones, where a whole set would reach beyond the end
        std::vector<float> rest(known * TOGETHER, 0.0F);
        for (size_t column = 0; column < known; ++column) {
            std::copy_n(rows.begin() + column * count + done, count - done, rest.begin() + column * TOGETHER);
        }
        trees.answer(rest.data(), TOGETHER, &sums[done]);
    }
    sums.resize(count);
    return bytes_of(sums);
}

}  // namespace
