// Where each block stands among the others, and in which boxes: `features.py` says why.

#pragma once

#include "features_text.h"

namespace {

constexpr size_t OF_PLACE = 19;  // and one for every box

// The blocks around each: sums over so many on either side, and how many there are.
class Neighbours {
  public:
    Neighbours(const Page& page, const OwnNumbers& own)
        : count(page.size()),
          words(running_of(count, [&](size_t i) { return page.words[i] / 20; })),
          links(running_of(count, [&](size_t i) { return page.links[i]; })),
          prose(running_of(count, [&](size_t i) { return own.prose[i]; })),
          ends(running_of(count, [&](size_t i) { return page.ends[i]; })) {}

    double mean(const Numbers& running, size_t place, size_t reach) const {
        const size_t high = std::min(place + reach + 1, count), low = place < reach ? 0 : place - reach;
        return window_of(running, place, reach) / static_cast<double>(high - low);
    }

    size_t count;
    Numbers words, links, prose, ends;
};

// Columns of how far the first headline is that readers see.
void add_headline(Table& table, const Page& page, const OwnNumbers& own) {
    size_t first = 0;
    while (first < page.size() && !(own.is_title(first) && page.shown[first])) ++first;
    if (first == page.size()) {
        table.fill(0);
        return table.fill(0);
    }
    const auto away = [&](size_t i) { return static_cast<double>(i) - static_cast<double>(first); };
    table.add([&](size_t i) { return clipped(away(i) / 50, -3, 10); });
    table.add([&](size_t i) { return i >= first; });
}

// Columns of texts that stand on the page more than once, or are its title.
void add_copies(Table& table, const Items& squeezed, PyObject* title) {
    const Copies copies(squeezed);
    const bool named = PyUnicode_GET_LENGTH(title) > 0;
    table.add([&](size_t i) {
        const int order = named ? PyUnicode_Compare(squeezed[i], title) : 1;
        check(order != -1 || !PyErr_Occurred());
        return order == 0;
    });
    table.add([&](size_t i) {
        const size_t amount = copies.amount(i);
        return amount == 1 ? 0.0 : std::log(static_cast<double>(amount));
    });
    table.add([&](size_t i) { return copies.again(i); });
}

// A column of the mean of what is on the same path.
template <class Make>
void add_on_path(Table& table, const Page& page, const Numbers& on_path, Make make) {
    const Numbers sums = sums_by(page.paths, page.ways.size(), make);
    table.add([&](size_t i) { return sums[page.paths[i]] / on_path[page.paths[i]]; });
}

void add_place(Table& table, const Page& page, const OwnNumbers& own, const Items& squeezed, PyObject* title,
               const Numbers& on_path) {
    const size_t count = page.size();
    const double steps = std::max(static_cast<double>(count) - 1, 1.0);
    const Numbers told = running_of(count, [&](size_t i) { return own.shown[i]; });
    const Numbers told_on_path = sums_by(page.paths, page.ways.size(), [&](size_t i) { return own.shown[i]; });
    table.add([&](size_t i) { return static_cast<double>(i) / steps; });
    table.add([&](size_t i) { return told[i + 1] / own.total; });
    table.add([&](size_t i) { return own.logarithm[static_cast<size_t>(on_path[page.paths[i]])]; });
    table.add([&](size_t i) { return told_on_path[page.paths[i]] / own.total; });
    add_headline(table, page, own);
    add_copies(table, squeezed, title);
    const Neighbours around(page, own);
    table.add([&](size_t i) { return around.mean(around.words, i, 2); });
    table.add([&](size_t i) { return around.mean(around.words, i, 5); });
    table.add([&](size_t i) { return around.mean(around.links, i, 2); });
    table.add([&](size_t i) { return around.mean(around.links, i, 5); });
    table.add([&](size_t i) { return around.mean(around.prose, i, 3); });
    table.add([&](size_t i) { return around.mean(around.prose, i, 8); });
    table.add([&](size_t i) { return around.mean(around.ends, i, 3); });
    add_on_path(table, page, on_path, [&](size_t i) { return own.words[i]; });
    add_on_path(table, page, on_path, [&](size_t i) { return page.links[i]; });
    add_on_path(table, page, on_path, [&](size_t i) { return page.ends[i]; });
}

void add_boxes(Table& table, const Page& page, const Names& names) {
    std::vector<int64_t> bits(page.size());
    for (size_t i = 0; i < page.size(); ++i) bits[i] = page.ways.boxes[page.ways.of_blocks[i]];
    for (size_t box = 0; box < names.boxes.size(); ++box) {
        table.add([&](size_t i) { return bits[i] >> box & 1; });
    }
}

}  // namespace
