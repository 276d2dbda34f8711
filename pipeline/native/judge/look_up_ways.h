// The paths of a page and the names of their elements read, as `ways.py` does it and says why.

#pragma once

#include "look_up_texts.h"

#include <algorithm>
#include <array>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

// Words that are a part of a name, or stand inside one, each with its number.
struct Vocabulary {
    Dictionary<int64_t, char> whole;
    std::array<std::vector<std::pair<std::string, int64_t>>, 128> inside;  // by first letter

    // The numbers of all words that stand in `name`, or are all of it.
    template <class Take>
    void find(const WordOf<char>& name, Take take) const {
        if (const int64_t* found = whole.find(name)) take(*found);
        for (size_t at = 0; at < name.text.size(); ++at) {
            for (const auto& [word, number] : inside[static_cast<size_t>(name.text[at])]) {
                if (name.text.compare(at, word.size(), word) == 0) take(number);
            }
        }
    }
};

struct Element {
    int64_t number = 0, boxes = 0, rank = 0, spelt = 0;  // `spelt` is a place in `Elements::spellings`
};

// A part of a name: what it says, and when it was met last.
struct Part {
    int64_t boxes = 0, rank = 0;
    uint64_t turn = 0;
};

// Elements as they are written in paths, and what was read of them.
struct Elements {
    static constexpr const char* NAME = "thresher.elements";
    static constexpr size_t MOST = 50'000;
    Dictionary<int64_t, char> tags, roles;
    Vocabulary boxes, categories;
    int64_t none = 0;  // the rank of what names no category
    Dictionary<Element, char> known;
    Dictionary<Part, char> parts;
    Dictionary<int64_t, char> spelt;
    std::vector<Ref> spellings;
    size_t readers = 0;

    void forget() {
        if (readers > 0 || (known.size() <= MOST && parts.size() <= MOST)) return;
        known = {};
        parts = {};
        spelt = {};
        spellings.clear();
    }

    // What an element says. An outermost one may have a sign before it that is no part of it.
    const Element& read(std::string_view written, bool outermost, PyObject* element_of) {
        const WordOf<char> word(written);
        if (const Element* found = known.find(word)) return *found;
        if (outermost && !written.empty() && written[0] == '>') written.remove_prefix(1);
        const bool ascii = std::all_of(written.begin(), written.end(), [](char c) { return (c & 0x80) == 0; });
        Element element = ascii ? read_ascii(written) : asked(written, element_of);
        element.number = static_cast<int64_t>(known.size());
        return known.keep(word, element);
    }

  private:
    std::string spelling;  // of the element that is read
    uint64_t turn = 0;     // one for each that is

    Element asked(std::string_view written, PyObject* element_of) {
        const Items element(Ref(PyObject_CallFunctionObjArgs(element_of, decoded(written).get(), nullptr)).get(), 5);
        return {0, whole_number(element[2]), whole_number(element[3]), number_of(utf8(element.text(4)))};
    }

    int64_t number_of(std::string_view spelling) {
        const WordOf<char> word(spelling);
        if (const int64_t* found = spelt.find(word)) return *found;
        spellings.push_back(decoded(spelling));
        return spelt.keep(word, static_cast<int64_t>(spellings.size()) - 1);
    }

    Element read_ascii(std::string_view written) {
        const size_t sign = std::min(written.find_first_of(".#["), written.size());
        const WordOf<char> tag(written.substr(0, sign));
        Element element{0, 0, part(tag).rank, 0};
        if (const int64_t* box = tags.find(tag)) element.boxes |= int64_t{1} << *box;
        const size_t bracket = written.rfind('[');
        const int64_t* role = bracket == written.npos ? nullptr : roles.find(WordOf<char>(written.substr(bracket)));
        if (role) element.boxes |= int64_t{1} << *role;
        spelling = tag.text;
        ++turn;
        for (size_t at = sign; at < written.size();) {
            const size_t end = end_of_part(written, at);
            add_part(written.substr(at, end - at), element);
            at = std::max(end, at + 1);
        }
        element.spelt = number_of(spelling);
        return element;
    }

    // Where a part of a name ends: before what is no letter, and before a capital unless all letters are capitals.
    static size_t end_of_part(std::string_view names, size_t at) {
        size_t end = at;
        while (end < names.size() && is_capital(names[end])) ++end;
        const size_t capitals = end - at;
        if (capitals <= 1) {
            while (end < names.size() && is_small(names[end])) ++end;
        } else if (end < names.size() && is_small(names[end])) {
            --end;  // the last capital begins the next part
        }
        return end;
    }

    // Hear a part of a name in small letters, unless the element has it already.
    void add_part(std::string_view name, Element& element) {
        if (name.size() < 2 || name.size() >= 20) return;
        const size_t start = spelling.size() + 1;
        spelling.append(" ").append(name);
        for (size_t i = start; i < spelling.size(); ++i) spelling[i] += is_capital(spelling[i]) ? 32 : 0;
        Part& said = part(WordOf<char>(std::string_view(spelling).substr(start)));
        if (std::exchange(said.turn, turn) == turn) return spelling.resize(start - 1);
        element.boxes |= said.boxes;
        element.rank = std::min(element.rank, said.rank);
    }

    static bool is_small(char c) { return 'a' <= c && c <= 'z'; }
    static bool is_capital(char c) { return 'A' <= c && c <= 'Z'; }

    Part& part(const WordOf<char>& name) {
        const size_t before = parts.size();
        Part& part = parts.keep(name);
        if (parts.size() == before) return part;
        part.rank = none;
        boxes.find(name, [&](int64_t number) { part.boxes |= int64_t{1} << number; });
        categories.find(name, [&](int64_t number) { part.rank = std::min(part.rank, number); });
        return part;
    }
};

// The ways of a page as columns, outer ones first.
class Ways {
  public:
    Ways(Elements& elements, PyObject* element_of) : elements(elements), element_of(element_of) {}

    // Add a path, which must last as long as these ways.
    int64_t add(std::string_view path) {
        const size_t same = begin_alike(path, last);
        const auto is_begun = [&](const Begun& one) {
            return one.end <= same && (one.end == path.size() || (one.end > 0 && path[one.end] == '>'));
        };
        while (!begun.empty() && !is_begun(begun.back())) begun.pop_back();
        last = path;
        while (begun.empty() || begun.back().end < path.size()) {
            const size_t start = begun.empty() ? 0 : begun.back().end + 1;
            const size_t end = std::min(path.find('>', std::max<size_t>(start, 1)), path.size());
            begun.push_back({end, inside(begun.empty() ? -1 : begun.back().way, path.substr(start, end - start))});
            if (end == path.size()) break;
        }
        return begun.back().way;
    }

    std::vector<int64_t> outer, number, boxes, depth, rank, spelt;
    std::vector<int64_t> spellings;  // of the elements that the page has

  private:
    // The beginnings of the last path, and their ways: most paths begin like the one before.
    struct Begun {
        size_t end = 0;
        int64_t way = 0;
    };
    static constexpr size_t INNERMOST = 6;  // elements of a path whose names are asked for its category
    Elements& elements;
    PyObject* element_of;
    std::string_view last;
    std::vector<Begun> begun;
    Numbers ways;     // by outer way and element
    Numbers numbers;  // by outer number and spelling
    Numbers places;   // of spellings
    int64_t known = 0;  // how many numbers
    std::vector<int64_t> ranks;  // of the element of each way

    // How many characters two paths have in common from the beginning.
    static size_t begin_alike(std::string_view one, std::string_view other) {
        const size_t size = std::min(one.size(), other.size());
        size_t same = 0;
        while (same + 8 <= size && std::memcmp(&one[same], &other[same], 8) == 0) same += 8;
        while (same < size && one[same] == other[same]) ++same;
        return same;
    }

    // The way of an element in the way around it.
    int64_t inside(int64_t around, std::string_view written) {
        const Element& element = elements.read(written, around < 0, element_of);
        const uint64_t key = static_cast<uint64_t>(around + 1) << 32 | static_cast<uint64_t>(element.number);
        const auto [way, is_new] = ways.add(key, static_cast<int64_t>(outer.size()));
        if (is_new) add(around, element);
        return way;
    }

    void add(int64_t around, const Element& element) {
        const auto from = static_cast<size_t>(around);
        const uint64_t outer_number = around < 0 ? 0 : static_cast<uint64_t>(number[from]) + 1;
        const uint64_t key = outer_number << 32 | static_cast<uint64_t>(element.spelt);
        const auto [one, is_new] = numbers.add(key, known);
        known += is_new;
        const auto [place, is_first] = places.add(static_cast<uint64_t>(element.spelt), spellings.size());
        if (is_first) spellings.push_back(element.spelt);
        outer.push_back(around);
        number.push_back(one);
        boxes.push_back(element.boxes | (around < 0 ? 0 : boxes[from]));
        depth.push_back(around < 0 ? 0 : depth[from] + 1);
        rank.push_back(least_rank(element.rank, around));
        ranks.push_back(element.rank);
        spelt.push_back(place);
    }

    // The least of an element's rank and those of the elements around it, as far as they are near.
    int64_t least_rank(int64_t least, int64_t way) const {
        for (size_t near = 1; near < INNERMOST && way >= 0; ++near, way = outer[static_cast<size_t>(way)]) {
            least = std::min(least, ranks[static_cast<size_t>(way)]);
        }
        return least;
    }
};

// Words and their numbers, each of which is a bit.
template <class Take>
void for_each_pair(PyObject* pairs, Take take) {
    const Items items(pairs);
    for (size_t i = 0; i < items.size(); ++i) {
        const Items pair(items[i], 2);
        const int64_t number = whole_number(pair[1]);
        if (number < 0 || number > 62) refuse(PyExc_ValueError, "a number is no bit");
        take(Utf8(pair.text(0)).view, number);
    }
}

Dictionary<int64_t, char> table_of(PyObject* pairs) {
    Dictionary<int64_t, char> table;
    for_each_pair(pairs, [&](std::string_view word, int64_t number) { table.keep(word) = number; });
    return table;
}

Ref make_elements(const Items& given) {
    auto elements = std::make_unique<Elements>();
    elements->tags = table_of(given[0]);
    elements->roles = table_of(given[1]);
    for (size_t i = 0; i < 2; ++i) {
        auto& vocabulary = i == 0 ? elements->boxes : elements->categories;
        vocabulary.whole = table_of(given[2 + 2 * i]);
        for_each_pair(given[3 + 2 * i], [&](std::string_view word, int64_t number) {
            if (word.empty()) refuse(PyExc_ValueError, "a word is empty");
            vocabulary.inside.at(static_cast<unsigned char>(word[0])).emplace_back(word, number);
        });
    }
    elements->none = whole_number(given[6]);
    return capsule_of(std::move(elements));
}

Ref read_ways(const Items& given) {
    auto& elements = in_capsule<Elements>(given[0]);
    const Items paths(given[2]);
    elements.forget();
    const Reading reading(elements.readers);
    Ways ways(elements, given[1]);
    std::deque<Utf8> texts;  // as long as they are looked at
    std::vector<int64_t> of_blocks;
    for (size_t i = 0; i < paths.size(); ++i) {
        const bool same = i > 0 && paths[i] == paths[i - 1];
        of_blocks.push_back(same ? of_blocks.back() : ways.add(texts.emplace_back(paths.text(i)).view));
    }
    const Ref spellings = list_of(ways.spellings.size(), [&](size_t i) {
        return elements.spellings[static_cast<size_t>(ways.spellings[i])];
    });
    return tuple_of(bytes_of(of_blocks), bytes_of(ways.outer), bytes_of(ways.number), bytes_of(ways.boxes),
                    bytes_of(ways.depth), bytes_of(ways.rank), bytes_of(ways.spelt), spellings);
}

}  // namespace
