// The paths of a page and the names of their elements read, as `ways.py` does it and says why.

#pragma once

#include "look_up_texts.h"

#include <algorithm>
#include <array>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace {

// Words that are a part of a name, or stand inside one, each with its number.
struct Vocabulary {
    std::unordered_map<std::string, int64_t> whole;
    std::array<std::vector<std::pair<std::string, int64_t>>, 128> inside;  // by first letter

    // The numbers of all words that stand in `name`, or are all of it.
    template <class Take>
    void find(std::string_view name, Take take) const {
        if (const auto found = whole.find(std::string(name)); found != whole.end()) take(found->second);
        for (size_t at = 0; at < name.size(); ++at) {
            for (const auto& [word, number] : inside[static_cast<size_t>(name[at])]) {
                if (name.compare(at, word.size(), word) == 0) take(number);
            }
        }
    }
};

struct Element {
    int64_t number = 0, boxes = 0, rank = 0, spelt = 0;  // `spelt` is a place in `Elements::spellings`
};

// Elements as they are written in paths, and what was read of them.
struct Elements {
    static constexpr const char* NAME = "thresher.elements";
    static constexpr size_t MOST = 50'000;
    std::unordered_map<std::string, int64_t> tags, roles;
    Vocabulary boxes, categories;
    int64_t none = 0;  // the rank of what names no category
    Dictionary<Element, char> known;
    std::unordered_map<std::string, std::pair<int64_t, int64_t>> parts;  // boxes and rank
    std::unordered_map<std::string, int64_t> spelt;
    std::vector<Ref> spellings;
    size_t readers = 0;

    void forget() {
        if (readers > 0 || (known.size() <= MOST && parts.size() <= MOST)) return;
        known = Dictionary<Element, char>();
        parts.clear();
        spelt.clear();
        spellings.clear();
    }

    // What an element says. An outermost one may have a sign before it that is no part of it.
    const Element& read(std::string_view written, bool outermost, PyObject* element_of) {
        const WordOf<char> word(written);
        if (const Element* found = known.find(word)) return *found;
        const std::string bare(outermost && !written.empty() && written[0] == '>' ? written.substr(1) : written);
        const bool ascii = std::all_of(bare.begin(), bare.end(), [](char c) { return static_cast<signed char>(c) >= 0; });
        Element element = ascii ? read_ascii(bare) : asked(bare, element_of);
        element.number = static_cast<int64_t>(known.size());
        return known.keep(written, element);
    }

  private:
    Element asked(const std::string& written, PyObject* element_of) {
        const Ref text(PyUnicode_DecodeUTF8(written.data(), static_cast<Py_ssize_t>(written.size()), "surrogatepass"));
        const Items element(Ref(PyObject_CallFunctionObjArgs(element_of, text.get(), nullptr)).get(), 5);
        return {0, whole_number(element[2]), whole_number(element[3]), number_of(utf8(element.text(4)))};
    }

    int64_t number_of(const std::string& spelling) {
        const auto found = spelt.emplace(spelling, static_cast<int64_t>(spellings.size()));
        if (found.second) {
            const auto size = static_cast<Py_ssize_t>(spelling.size());
            spellings.emplace_back(PyUnicode_DecodeUTF8(spelling.data(), size, "surrogatepass"));
        }
        return found.first->second;
    }

    Element read_ascii(const std::string& written) {
        const size_t sign = std::min(written.find_first_of(".#["), written.size());
        std::string spelling = written.substr(0, sign);
        Element element{0, 0, part(spelling).second, 0};
        if (const auto tag = tags.find(spelling); tag != tags.end()) element.boxes |= int64_t{1} << tag->second;
        const size_t bracket = written.rfind('[');
        if (bracket != written.npos) {
            const auto role = roles.find(written.substr(bracket));
            if (role != roles.end()) element.boxes |= int64_t{1} << role->second;
        }
        for (const std::string& name : parts_of(std::string_view(written).substr(sign))) {
            const auto [some, rank] = part(name);
            element.boxes |= some;
            element.rank = std::min(element.rank, rank);
            spelling += ' ' + name;
        }
        element.spelt = number_of(spelling);
        return element;
    }

    // The parts of names, in small letters: cut at capitals too, unless all letters are small.
    static std::vector<std::string> parts_of(std::string_view names) {
        std::vector<std::string> found;
        for (size_t at = 0; at < names.size();) {
            size_t end = at;
            while (end < names.size() && is_capital(names[end])) ++end;
            const size_t capitals = end - at;
            if (capitals <= 1) {
                while (end < names.size() && is_small(names[end])) ++end;
            } else if (end < names.size() && is_small(names[end])) {
                --end;  // the last capital begins the next part
            }
            std::string part(names.substr(at, end - at));
            std::transform(part.begin(), part.end(), part.begin(), [](char c) { return is_capital(c) ? c + 32 : c; });
            const bool fits = 1 < part.size() && part.size() < 20;
            if (fits && std::find(found.begin(), found.end(), part) == found.end()) found.push_back(part);
            at = std::max(end, at + 1);
        }
        return found;
    }

    static bool is_small(char c) { return 'a' <= c && c <= 'z'; }
    static bool is_capital(char c) { return 'A' <= c && c <= 'Z'; }

    std::pair<int64_t, int64_t> part(const std::string& name) {
        const auto found = parts.find(name);
        if (found != parts.end()) return found->second;
        int64_t bits = 0, rank = none;
        boxes.find(name, [&](int64_t number) { bits |= int64_t{1} << number; });
        categories.find(name, [&](int64_t number) { rank = std::min(rank, number); });
        return parts.emplace(name, std::make_pair(bits, rank)).first->second;
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
    Elements& elements;
    PyObject* element_of;
    std::string_view last;
    std::vector<Begun> begun;
    Numbers ways;     // by outer way and element
    Numbers numbers;  // by outer number and spelling
    Numbers places;   // of spellings
    int64_t known = 0;  // how many numbers

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
        rank.push_back(element.rank);
        spelt.push_back(place);
    }
};

std::unordered_map<std::string, int64_t> table_of(PyObject* pairs) {
    const Items items(pairs);
    std::unordered_map<std::string, int64_t> table;
    for (size_t i = 0; i < items.size(); ++i) {
        const Items pair(items[i], 2);
        const char* word = PyUnicode_AsUTF8(pair.text(0));
        check(word != nullptr);
        const int64_t number = whole_number(pair[1]);
        if (number < 0 || number > 62) refuse(PyExc_ValueError, "a number is no bit");
        table.emplace(word, number);
    }
    return table;
}

Ref make_elements(const Items& given) {
    auto elements = std::make_unique<Elements>();
    elements->tags = table_of(given[0]);
    elements->roles = table_of(given[1]);
    for (size_t i = 0; i < 2; ++i) {
        auto& vocabulary = i == 0 ? elements->boxes : elements->categories;
        vocabulary.whole = table_of(given[2 + 2 * i]);
        for (const auto& [word, number] : table_of(given[3 + 2 * i])) {
            vocabulary.inside.at(static_cast<unsigned char>(word[0])).emplace_back(word, number);
        }
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
    std::deque<Ref> encoded;  // paths, as long as they are looked at
    std::vector<int64_t> of_blocks;
    for (size_t i = 0; i < paths.size(); ++i) {
        if (i > 0 && paths[i] == paths[i - 1]) {
            of_blocks.push_back(of_blocks.back());
            continue;
        }
        PyObject* path = paths.text(i);
        if (PyUnicode_IS_ASCII(path)) {
            const auto size = static_cast<size_t>(PyUnicode_GET_LENGTH(path));
            of_blocks.push_back(ways.add({reinterpret_cast<const char*>(PyUnicode_1BYTE_DATA(path)), size}));
            continue;
        }
        encoded.emplace_back(PyUnicode_AsEncodedString(path, "utf-8", "surrogatepass"));
        path = encoded.back().get();
        of_blocks.push_back(ways.add({PyBytes_AS_STRING(path), static_cast<size_t>(PyBytes_GET_SIZE(path))}));
    }
    const Ref spellings = list_of(ways.spellings.size(), [&](size_t i) {
        return elements.spellings[static_cast<size_t>(ways.spellings[i])];
    });
    return tuple_of(bytes_of(of_blocks), bytes_of(ways.outer), bytes_of(ways.number), bytes_of(ways.boxes),
                    bytes_of(ways.depth), bytes_of(ways.rank), bytes_of(ways.spelt), spellings);
}

}  // namespace
