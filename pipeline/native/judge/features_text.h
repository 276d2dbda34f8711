// What each block says by itself, and what all blocks of a page share: `features.py` says why.

#pragma once

#include "features_blocks.h"

#include <array>

namespace {

// The kinds of blocks and the boxes of paths that columns speak of, by their numbers.
struct Names {
    Names(PyObject* kinds, PyObject* boxes)
        : kinds(kinds), boxes(boxes), heading(place_of(this->kinds, "heading")), item(place_of(this->kinds, "item")),
          row(place_of(this->kinds, "row")), told{place_of(this->boxes, "article"), place_of(this->boxes, "main"),
                                                  place_of(this->boxes, "comment"), place_of(this->boxes, "product")} {
        if (this->boxes.size() > 63) refuse(PyExc_ValueError, "there are more boxes than bits");
    }
    Items kinds, boxes;
    size_t heading, item, row;
    std::array<size_t, 4> told;
};

// The logarithms of 1 + n for the numbers up to that of the blocks, which many columns ask for, and of all others.
class Logarithms {
  public:
    explicit Logarithms(size_t most)
        : known(numbers_of(most + 1, [](size_t i) { return std::log1p(static_cast<double>(i)); })) {}
    double operator[](size_t number) const { return known[number]; }
    double of(double number) const {
        const size_t whole = number >= 0 && number < static_cast<double>(known.size()) ? static_cast<size_t>(number) : 0;
        return static_cast<double>(whole) == number ? known[whole] : std::log1p(number);
    }

  private:
    Numbers known;
};

constexpr Py_ssize_t SAMPLE = 200;    // characters of a block that are counted
constexpr Py_UCS4 LETTERS = 0x970;    // code points below which there are capitals, and digits of use
constexpr Py_UCS4 ARABIC_COMMA = 0x60C, IDEOGRAPHIC_COMMA = 0x3001;

// The letters at the beginning of a block.
struct Sample {
    double size = 0, digits = 0, capitals = 0, commas = 0;

    explicit Sample(PyObject* text) {
        if (!PyUnicode_Check(text)) refuse(PyExc_TypeError, "a str was expected");
        check(PyUnicode_READY(text) == 0);
        const Py_ssize_t most = std::min(PyUnicode_GET_LENGTH(text), SAMPLE);
        size = static_cast<double>(most);
        switch (PyUnicode_KIND(text)) {
            case PyUnicode_1BYTE_KIND: count(PyUnicode_1BYTE_DATA(text), most); break;
            case PyUnicode_2BYTE_KIND: count(PyUnicode_2BYTE_DATA(text), most); break;
            default: count(PyUnicode_4BYTE_DATA(text), most);
        }
    }

  private:
    // What a letter counts as, so that one sum counts all three: each has ten bits, more than a sample needs.
    static constexpr uint32_t DIGIT = 1, CAPITAL = 1 << 10, COMMA = 1 << 20, BITS = 0x3FF;
    using Classes = std::array<uint32_t, LETTERS>;

    static Classes classes() {
        Classes table{};
        for (Py_UCS4 code = 0; code < LETTERS; ++code) {
            table[code] = Py_UNICODE_ISDIGIT(code) ? DIGIT : Py_UNICODE_ISUPPER(code) ? CAPITAL : 0;
        }
        table[','] = table[ARABIC_COMMA] = COMMA;
        return table;
    }

    template <class Code>
    void count(const Code* codes, Py_ssize_t most) {
        static const Classes table = classes();
        uint32_t sum = 0;
        for (Py_ssize_t i = 0; i < most; ++i) {
            const Py_UCS4 code = codes[i];
            sum += code < LETTERS ? table[code] : code == IDEOGRAPHIC_COMMA ? COMMA : 0;
        }
        digits = sum & BITS;
        capitals = sum >> 10 & BITS;
        commas = sum >> 20;
    }
};

// What is known of each block by itself, for columns and for what is counted over them.
struct OwnNumbers {
    OwnNumbers(const Page& page, const Items& blocks, const Names& names) : logarithm(page.size()) {
        Name text("text");
        for (size_t i = 0; i < page.size(); ++i) {
            const Ref held = text.of(blocks[i]);
            samples.emplace_back(held.get());
            characters.push_back(logarithm.of(static_cast<double>(PyUnicode_GET_LENGTH(held.get()))));
            words.push_back(logarithm.of(page.words[i]));
            shown.push_back(page.words[i] * page.shown[i]);
            prose.push_back(page.prose[i] && page.shown[i]);
            heading.push_back(page.is(i, names.heading));
            level.push_back(page.levels[i] / 6 * heading[i]);
            digits.push_back(samples[i].size > 0 ? samples[i].digits / samples[i].size : 0.0);
        }
        total = std::max(total_of(page.size(), [&](size_t i) { return shown[i]; }), 1.0);
    }
    bool is_title(size_t block) const { return heading[block] > 0 && level[block] == 1.0 / 6; }

    Logarithms logarithm;  // first, because it is asked while the others are made
    std::vector<Sample> samples;
    Numbers words, characters, shown, prose, heading, level, digits;
    double total;  // words that readers see
};

constexpr size_t OF_TEXT = 12;  // and one for every kind of block

void add_text(Table& table, const Page& page, const OwnNumbers& own, const Names& names) {
    const auto& samples = own.samples;
    table.add([&](size_t i) { return own.words[i]; });
    table.add([&](size_t i) { return own.characters[i]; });
    table.add([&](size_t i) { return page.links[i]; });
    table.add([&](size_t i) { return page.ends[i]; });
    table.add([&](size_t i) { return samples[i].commas / std::max(page.words[i], 1.0); });
    table.add([&](size_t i) { return own.digits[i]; });
    table.add([&](size_t i) { return samples[i].size > 0 ? samples[i].capitals / samples[i].size : 0.0; });
    table.add([&](size_t i) { return !page.shown[i]; });
    table.add([&](size_t i) { return page.closed[i]; });
    for (size_t kind = 0; kind < names.kinds.size(); ++kind) {
        table.add([&](size_t i) { return page.is(i, kind); });
    }
    table.add([&](size_t i) { return own.level[i]; });
    table.add([&](size_t i) { return static_cast<double>(page.ways.depth[page.ways.of_blocks[i]]) / 12; });
    table.add([&](size_t i) { return own.prose[i]; });
}

constexpr size_t OF_PAGE = 16;

void add_page(Table& table, const Page& page, const OwnNumbers& own, const Names& names, const Numbers& on_path) {
    const size_t count = page.size();
    const auto every = static_cast<double>(count);
    const auto mean = [&](auto make) { return total_of(count, make) / every; };
    const Numbers characters = numbers_of(count, [&](size_t i) { return std::expm1(own.characters[i]); });
    const double linked = total_of(count, [&](size_t i) { return page.links[i] * characters[i]; });
    double titles = 0, longest = 0;
    for (size_t i = 0; i < count; ++i) {
        titles = std::max<double>(titles, own.is_title(i));
        longest = std::max(longest, own.shown[i]);
    }
    table.fill(std::log1p(own.total));
    table.fill(std::log1p(every));
    table.fill(linked / std::max(total_of(count, [&](size_t i) { return characters[i]; }), 1.0));
    table.fill(mean([&](size_t i) { return own.prose[i]; }));
    table.fill(total_of(count, [&](size_t i) { return own.prose[i] * page.words[i]; }) / own.total);
    table.fill(titles);
    table.fill(mean([&](size_t i) { return page.words[i]; }) / 20);
    for (const size_t box : names.told) {
        table.fill(mean([&](size_t i) { return page.ways.boxes[page.ways.of_blocks[i]] >> box & 1; }));
    }
    table.fill(mean([&](size_t i) { return page.is(i, names.item); }));
    table.fill(mean([&](size_t i) { return page.is(i, names.row); }));
    table.fill(mean([&](size_t i) { return own.digits[i]; }));
    table.fill(mean([&](size_t i) { return on_path[page.paths[i]] > 5; }));
    table.fill(longest / own.total);
}

}  // namespace
