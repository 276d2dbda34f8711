// Elements, their attributes, and the places where they stand: what `elements.py` and `place.py` know, as the walk holds
// it. What is rare is asked of Python, so that it is said once.

#pragma once

#include "walk_tags.h"

#include <array>
#include <bitset>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace {

// The Python side of a walk, in the order in which `walk` takes it.
struct Asked {
    PyObject* facts_of;    // (tag) -> (bits, sign)
    PyObject* unseen;      // (tag, written, hidden, closed) -> (hidden, closed)
    PyObject* number;      // (written, attribute, default) -> int
    PyObject* marker;      // (number, written) -> str
    PyObject* token;       // (tag, written) -> str
    PyObject* text;        // (raw, kind) -> str
    PyObject* taken_back;  // (characters by reason for hiding) -> set of reasons
};

// What may hide an element: names of attributes, parts of inline styles in small letters and without white space, and
// names of classes.
struct Telling {
    PyObject *attributes, *styles, *classes;
};

// What `elements.facts_of` says of an element; the bits are its own.
enum Fact : long {
    BLOCK = 1, IS_VOID = 2, CHANGES = 4, WAITS = 8, ACTS = 16, ENDS = 32, SPACED = 64, LAYOUT = 128, PATHLESS = 256,
    DULL = 512, LIST = 1024, PREFORMATTED = 2048, SKIPPED = 4096, PHRASING = 8192, SOFT = 1 << 14, RAW = 1 << 15, HEADING = 1 << 16,
};

enum class Name { other, a, br, rt, li, table, tr, td, th, blockquote, ol, dd, p };

template <class C>
struct Element {
    Slice<C> spelt;
    Ref tag;
    Ref sign;  // of an emphasis, none for all others
    long facts = 0;
    Name name = Name::other;
    bool is(Fact fact) const { return (facts & fact) != 0; }
    int heading() const { return static_cast<int>(facts / HEADING); }
};

template <class C>
class Elements {
  public:
    Elements(PyObject* facts_of, bool bare) : facts_of(facts_of), bare(bare) {}

    // What the parser writes unescaped must be bare first, and a name that has a hard space in it is for Python.
    const Element<C>& of(Slice<C> name) {
        const Element<C>*& latest = recent[name.sketch()];
        if (!latest || latest->spelt.bytes() != name.bytes()) latest = &look_up(name);
        return *latest;
    }

  private:
    PyObject* facts_of;
    bool bare;
    std::unordered_map<std::string_view, Element<C>> known;
    std::array<const Element<C>*, 1024> recent{};

    const Element<C>& look_up(Slice<C> name) {
        const auto met = known.find(name.bytes());
        if (met != known.end()) return met->second;
        Element<C> made;
        made.spelt = name;
        made.tag = name.text();
        const Ref told(PyObject_CallOneArg(facts_of, made.tag.get()));
        PyObject* sign = nullptr;
        if (!PyArg_ParseTuple(told.get(), "lU", &made.facts, &sign)) throw Raised{};
        if ((made.is(RAW) && !bare) || name.has_hard_space()) throw NotOurs{};
        if (PyUnicode_GET_LENGTH(sign)) made.sign = borrowed(sign);
        made.name = name_of(name);
        return known.emplace(name.bytes(), std::move(made)).first->second;
    }

    static Name name_of(Slice<C> name) {
        static constexpr std::pair<std::string_view, Name> names[] = {
            {"a", Name::a}, {"br", Name::br}, {"rt", Name::rt}, {"li", Name::li}, {"table", Name::table},
            {"tr", Name::tr}, {"td", Name::td}, {"th", Name::th}, {"blockquote", Name::blockquote},
            {"ol", Name::ol}, {"dd", Name::dd}, {"p", Name::p},
        };
        for (const auto& [text, value] : names)
            if (name.is(text)) return value;
        return Name::other;
    }
};

// Of a start tag, what paths are made of; `telling`: another of its attributes may hide the element; `styled`: there is
// one that could have, but for what it says.
template <class C>
struct Attributes {
    Slice<C> id, classes, role;
    bool telling = false, styled = false;
};

// Reads start tags: every `name="value"`, of which the last of its name counts.
template <class C>
class Reader {
  public:
    explicit Reader(const Telling& telling) : hints(words(telling.attributes)), styles(words(telling.styles)) {
        const Items names(telling.classes);
        for (size_t i = 0; i < names.size(); ++i) learn(names.text(i));
    }

    Attributes<C> read(Slice<C> written) const {
        Attributes<C> told;
        for (Py_ssize_t at = 0; at < written.size;) {
            const Py_ssize_t start = at;
            while (at < written.size && !ends_name(written.at[at])) ++at;
            const Slice<C> name = written.part(start, at);
            if (!name.size || at + 1 >= written.size || written.at[at] != '=' || written.at[at + 1] != '"') {
                if (name.has_hard_space()) throw NotOurs{};
                at += name.size ? 0 : 1;
                continue;
            }
            const Py_ssize_t end = written.find('"', at + 2);
            if (end == written.size) continue;
            note(told, name, written.part(at + 2, end));
            at = end + 1;
        }
        return told;
    }

    // Whether it is worth asking Python why: few elements have a style of their own, or a class that hides.
    bool may_hide(const Attributes<C>& told) const {
        if (told.telling || told.classes.has('&')) return true;
        bool found = false;
        told.classes.each_word([&](Slice<C> name) {
            found = found || (sketches[name.sketch()] && hiding.count(name.bytes()) != 0);
        });
        return found;
    }

  private:
    std::vector<std::string> hints, styles;
    std::deque<Characters<C>> spelt;
    std::unordered_set<std::string_view> hiding;
    std::bitset<1024> sketches;  // of these; few other classes have one of them

    static bool ends_name(C character) {
        return character == '=' || character == '"' || Py_UNICODE_ISSPACE(character);
    }

    // Hard spaces, which the parser writes as entities, part names and classes.
    void note(Attributes<C>& told, Slice<C> name, Slice<C> value) const {
        if (name.has_hard_space()) throw NotOurs{};
        if (name.is("class")) {
            if (value.has_hard_space()) throw NotOurs{};
            told.classes = value;
        } else if (name.is("id")) {
            told.id = value;
        } else if (name.is("role")) {
            told.role = value;
        } else if (name.is("style")) {
            told.styled = true;
            told.telling = told.telling || may_hide(value);
        } else {
            for (const auto& hint : hints) told.telling = told.telling || name.is(hint);
        }
    }

    // Whether an inline style may; what is beyond plain letters could be anything.
    bool may_hide(Slice<C> style) const {
        std::string plain;
        for (const C character : style) {
            if (character == '&' || character > 0x7E) return true;
            if (!Py_UNICODE_ISSPACE(character)) plain.push_back(static_cast<char>(Py_TOLOWER(character)));
        }
        return std::any_of(styles.begin(), styles.end(),
                           [&](const std::string& part) { return plain.find(part) != std::string::npos; });
    }

    static std::vector<std::string> words(PyObject* sequence) {
        const Items items(sequence);
        std::vector<std::string> read;
        for (size_t i = 0; i < items.size(); ++i) read.push_back(utf8(items.text(i)));
        return read;
    }

    void learn(PyObject* name) {
        if (PyUnicode_KIND(name) > static_cast<int>(sizeof(C))) return;  // no page of these characters has it
        Characters<C>& made = spelt.emplace_back();
        for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(name); ++i)
            made.push_back(static_cast<C>(PyUnicode_READ_CHAR(name, i)));
        hiding.insert(slice_of(made).bytes());
        sketches.set(slice_of(made).sketch());
    }
};

template <class C>
struct Place;

// What text inherits from all elements around it.
template <class C>
struct Flow {
    bool skipped = false, preformatted = false, in_link = false, quoted = false, closed = false, data_table = false;
    bool phrasing = false;
    PyObject* hidden = nullptr;  // why, borrowed from the walk
    int heading = 0;
    long depth = 0;
    Place<C>*row = nullptr, *table = nullptr, *item = nullptr;
};

// An element as it stands in the tree, and what it means there.
template <class C>
struct Place {
    Place* outer = nullptr;
    const Element<C>* element = nullptr;
    Slice<C> written;
    Attributes<C> attributes;
    Flow<C> flow;
    bool border = false, acts = false, ends = false, lines = false;
    long cells = 0, numbers = 0, rows = 0, start = 0;
    std::string marker;
    Slice<C> token;
    Ref way;
};

enum class Table { none, layout, data };

// Where an element is met again: within which place, and by what of its start tag.
struct Key {
    const void* outer;
    std::string_view written;
    Table table = Table::none;
    bool operator==(const Key& other) const {
        return outer == other.outer && table == other.table && written == other.written;
    }
};

struct HashOfKey {
    size_t operator()(const Key& key) const {
        const size_t place = reinterpret_cast<size_t>(key.outer) + static_cast<size_t>(key.table);
        return std::hash<std::string_view>{}(key.written) ^ (place * 0x9E3779B97F4A7C15U);
    }
};

}  // namespace
