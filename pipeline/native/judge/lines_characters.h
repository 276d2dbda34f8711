// The characters of the lines of a text, counted once, and the long words among them. `lines.py` says why.

#pragma once

#include "../arrays.h"

#include <array>

namespace {

// Classes of characters, numbered as in `lines.py`.
enum Class : uint8_t { STOP, COMMA, COLON, QUOTE, BRACKET, MARK, DIGIT, UPPER, LOWER, OTHER, SPACE, SIGN, CLASSES };

constexpr size_t LONG_WORD = 4;  // letters

// What the characters of a line tell. One without any is as good as its line break.
struct Line {
    size_t size = 0;
    std::array<uint32_t, CLASSES> counts{};
    uint8_t first = SPACE, last = SPACE, before = SPACE;
    char32_t final = U'\n';
    uint32_t capitals = 0, small = 0;  // words that begin so
    bool address = false, question = false;
    uint32_t words = 0, shared = 0, alone = 0;  // long ones: all, those in other prose, those in no other line

    double count(Class of) const { return counts[of]; }
    bool stops() const { return last == STOP || ((last == QUOTE || last == BRACKET) && before == STOP); }
    bool trails() const { return final == U'…' || (last == STOP && before == STOP); }
};

// The long words of a page, each known by a number made of its letters: in how many lines, and in how much prose.
class Vocabulary {
  public:
    struct Entry {
        uint64_t key = 0;
        size_t last = 0;  // line, from 1 on; 0 where the place is open
        uint32_t lines = 0, prose = 0;
    };

    Vocabulary() : places(256) {}

    void add(uint64_t key, size_t line, bool prose) {
        size_t place = place_of(key);
        if (places[place].last == 0 && 2 * ++used > places.size()) {
            grow();
            place = place_of(key);
        }
        Entry& entry = places[place];
        entry.key = key;
        if (entry.last != line + 1) {
            entry.last = line + 1;
            ++entry.lines;
            entry.prose += prose;
        }
        said.push_back({key, line});
    }

    // Tell each line how many of its words stand elsewhere.
    void tell(std::vector<Line>& lines, const Array<bool>& prose) const {
        for (const auto& [key, line] : said) {
            const Entry& entry = places[place_of(key)];
            ++lines[line].words;
            lines[line].shared += entry.prose > static_cast<uint32_t>(prose[line]);
            lines[line].alone += entry.lines <= 1;
        }
    }

  private:
    std::vector<Entry> places;  // a power of two of them, never more than half full
    std::vector<std::pair<uint64_t, size_t>> said;
    size_t used = 0;

    // Another start in every process that lies elsewhere, so that no page can prepare words that collide.
    size_t place_of(uint64_t key) const {
        static const char here = 0;
        uint64_t mixed = (key ^ reinterpret_cast<uintptr_t>(&here)) * 0x9e3779b97f4a7c15;
        mixed = (mixed ^ mixed >> 31) * 0xbf58476d1ce4e5b9;
        size_t place = (mixed ^ mixed >> 29) & (places.size() - 1);
        while (places[place].last > 0 && places[place].key != key) place = (place + 1) & (places.size() - 1);
        return place;
    }

    void grow() {
        const std::vector<Entry> before = std::exchange(places, std::vector<Entry>(2 * places.size()));
        for (const Entry& entry : before) {
            if (entry.last > 0) places[place_of(entry.key)] = entry;
        }
    }
};

// A word while its letters come by: the sum of each, capitals of ASCII folded, times a power of a prime by its place.
class Letters {
  public:
    explicit Letters(const std::array<uint64_t, 32>& powers) : powers(powers) {}
    void add(char32_t c, bool upper) { sum += (static_cast<uint64_t>(c) | (upper ? 32 : 0)) * powers[size++ % 32]; }
    template <class Act>
    void end(Act act) {
        if (size >= LONG_WORD) act(sum);
        sum = size = 0;
    }

  private:
    const std::array<uint64_t, 32>& powers;
    uint64_t sum = 0;
    size_t size = 0;
};

// Reads lines, one after the other. `table` holds the class of every character below 0x10000.
class Characters {
  public:
    Characters(PyObject* table, const Items& texts, const Array<bool>& prose) : classes(table), lines(texts.size()) {
        if (!PyBytes_Check(table) || PyBytes_GET_SIZE(table) != TABLE) {
            refuse(PyExc_ValueError, "a class for each character was expected");
        }
        uint64_t power = 1;
        for (uint64_t& one : powers) one = power *= 1'099'511'628'211;
        for (size_t i = 0; i < texts.size(); ++i) lines[i] = read(texts.text(i), i, prose[i]);
        vocabulary.tell(lines, prose);
    }

    std::vector<Line> take() { return std::move(lines); }

  private:
    static constexpr Py_ssize_t TABLE = 0x10000;
    PyObject* classes;
    std::vector<Line> lines;
    Vocabulary vocabulary;
    std::array<uint64_t, 32> powers;

    Line read(PyObject* text, size_t number, bool prose) {
        check(PyUnicode_READY(text) == 0);
        const auto size = static_cast<size_t>(PyUnicode_GET_LENGTH(text));
        switch (PyUnicode_KIND(text)) {
            case PyUnicode_1BYTE_KIND: return read(PyUnicode_1BYTE_DATA(text), size, number, prose);
            case PyUnicode_2BYTE_KIND: return read(PyUnicode_2BYTE_DATA(text), size, number, prose);
            default: return read(PyUnicode_4BYTE_DATA(text), size, number, prose);
        }
    }

    // What is counted stays in variables of this function: in memory that anyone may see, all would take twice as long.
    template <class Character>
    Line read(const Character* text, size_t size, size_t number, bool prose) {
        const auto* table = reinterpret_cast<const uint8_t*>(PyBytes_AS_STRING(classes));
        const auto class_of = [&](char32_t c) {
            return std::min<uint8_t>(table[std::min<char32_t>(c, TABLE - 1)], SIGN);
        };
        const auto add = [&](uint64_t key) { vocabulary.add(key, number, prose); };
        Letters letters(powers);
        Line line;
        line.size = size;
        for (size_t i = 0; i < size; ++i) {
            const char32_t c = text[i];
            const uint8_t of = class_of(c);
            ++line.counts[of];
            if (of >= DIGIT && of <= OTHER) {
                letters.add(c, of == UPPER);
                if (line.last == SPACE && of != DIGIT) ++(of == UPPER ? line.capitals : line.small);
                if (c == U'p' && i >= 3) line.address |= ends_with("http", text + i);
            } else {
                letters.end(add);
                line.question |= c == U'?' || c == U'？';
                if (c == U'.' && i >= 3) line.address |= ends_with("www.", text + i);
            }
            line.before = line.last;
            line.last = of;
        }
        letters.end(add);
        if (size == 0) return line;
        line.first = class_of(text[0]);
        line.final = text[size - 1];
        if (size == 1) line.before = line.last;
        return line;
    }

    template <class Character>
    static bool ends_with(const char (&four)[5], const Character* last) {
        return std::equal(four, four + 4, last - 3, [](char a, Character b) { return static_cast<Character>(a) == b; });
    }
};

}  // namespace
