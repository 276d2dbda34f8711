// The walk of `html.py`, compiled: a page cut at each `<` goes in, drafts of blocks come out.
//
// It does what `walk.py` does, step by step and with the same names; that file says why, and tests hold the two equal.
// What is rare (attributes that hide, numbers of lists, names with entities) is asked of Python, so that it is said once.
// Everything lives as long as one call; a page can make it big, but not keep it.

#include "../reference.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <new>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace {

Ref borrowed(PyObject* object) {
    Py_XINCREF(object);
    return Ref(object);
}

bool is_true(PyObject* object) {
    const int truth = PyObject_IsTrue(object);
    if (truth < 0) throw Raised{};
    return truth != 0;
}

// What `elements.facts_of` says of an element; the bits are its own.
enum Fact : long {
    BLOCK = 1, IS_VOID = 2, CHANGES = 4, WAITS = 8, ACTS = 16, ENDS = 32, SPACED = 64, LAYOUT = 128, PATHLESS = 256,
    DULL = 512, LIST = 1024, PREFORMATTED = 2048, SKIPPED = 4096, HEADING = 1 << 16,
};

enum class Name { other, a, br, rt, li, table, tr, td, th, blockquote, ol, dd, p };

struct Element {
    Ref tag;
    Ref sign;  // of an emphasis, none for all others
    long facts = 0;
    Name name = Name::other;
    bool is(Fact fact) const { return (facts & fact) != 0; }
    int heading() const { return static_cast<int>(facts / HEADING); }
};

// The Python side of a walk, in the order in which `walk` takes it.
struct Asked {
    PyObject* facts_of;  // (tag) -> (bits, sign)
    PyObject* unseen;    // (tag, written, hidden, closed) -> (hidden, closed)
    PyObject* number;    // (written, attribute, default) -> int
    PyObject* token;     // (tag, written) -> str
    PyObject* names;                 // of classes that hide, a set
    std::vector<std::string> hints;  // attributes that may hide, and are neither of `Attributes`
};

// Some characters of the page.
template <class C>
struct Slice {
    const C* at = nullptr;
    Py_ssize_t size = 0;

    Slice part(Py_ssize_t from, Py_ssize_t to) const { return {at + from, to - from}; }
    Py_ssize_t find(C wanted, Py_ssize_t from = 0) const {
        if constexpr (sizeof(C) == 1) {
            const void* found = from < size ? std::memchr(at + from, wanted, static_cast<size_t>(size - from)) : nullptr;
            return found ? static_cast<const C*>(found) - at : size;
        } else {
            return std::find(at + std::min(from, size), at + size, wanted) - at;  // the size if there is none
        }
    }
    bool starts(const char* text, Py_ssize_t length) const {
        for (Py_ssize_t i = 0; i < length; ++i)
            if (at[i] != static_cast<C>(text[i])) return false;
        return true;
    }
    bool is(std::string_view text) const {
        const auto length = static_cast<Py_ssize_t>(text.size());
        return size == length && starts(text.data(), length);
    }
    bool holds(std::string_view text) const {
        const auto length = static_cast<Py_ssize_t>(text.size());
        for (Py_ssize_t from = 0; from + length <= size; ++from)
            if (part(from, size).starts(text.data(), length)) return true;
        return false;
    }
    Slice stripped() const {
        Py_ssize_t from = 0, to = size;
        while (from < to && Py_UNICODE_ISSPACE(at[from])) ++from;
        while (to > from && Py_UNICODE_ISSPACE(at[to - 1])) --to;
        return part(from, to);
    }
    template <class Do>
    void each_word(Do&& act) const {
        for (Py_ssize_t from = 0, to = 0; from < size; from = to) {
            while (from < size && Py_UNICODE_ISSPACE(at[from])) ++from;
            for (to = from; to < size && !Py_UNICODE_ISSPACE(at[to]);) ++to;
            if (to > from) act(part(from, to));
        }
    }
    std::string_view bytes() const {
        return {reinterpret_cast<const char*>(at), static_cast<size_t>(size) * sizeof(C)};
    }
    Ref text() const { return Ref(PyUnicode_FromKindAndData(static_cast<int>(sizeof(C)), at, size)); }
};

// What the walk itself puts between the texts of a page.
template <class C>
struct Sign {
    static constexpr C space[] = {' '}, bar[] = {' ', '|', ' '}, opening[] = {'('}, closing[] = {')'}, line[] = {0};
};

// Of a start tag, what paths are made of; `telling`: another of its attributes may hide the element.
template <class C>
struct Attributes {
    Slice<C> id, classes, role;
    bool telling = false;
};

template <class C>
struct Place;

// What text inherits from all elements around it.
template <class C>
struct Flow {
    bool skipped = false, preformatted = false, in_link = false, quoted = false, closed = false, data_table = false;
    PyObject* hidden = nullptr;  // why, borrowed from the walk
    int heading = 0;
    long depth = 0;
    Place<C>*row = nullptr, *table = nullptr, *item = nullptr;
};

// An element as it stands in the tree, and what it means there.
template <class C>
struct Place {
    Place* outer = nullptr;
    const Element* element = nullptr;
    Slice<C> written;
    Attributes<C> attributes;
    Flow<C> flow;
    bool border = false, acts = false, ends = false;
    long cells = 0, numbers = 0, rows = 0, start = 0;
    std::string marker;
    Ref named, way;
};

// One block of inline text while it is being read.
template <class C>
struct Inline {
    std::vector<Slice<C>> pieces;
    std::vector<std::pair<Py_ssize_t, Ref>> marks;
    Place<C>* home = nullptr;
    Py_ssize_t plain = 0, linked = 0, touched = -1;
    bool broken = false;

    Py_ssize_t size() const { return static_cast<Py_ssize_t>(pieces.size()); }
    void space_if_touched() {
        if (touched == size()) pieces.push_back({Sign<C>::space, 1});
    }
};

enum class Table { none, layout, data };

// Where an element is met again: within which place, and by what of its start tag.
struct Key {
    const void* outer;
    std::string_view written;
    Table table = Table::none;
    bool operator==(const Key& other) const {
        return outer == other.outer && written == other.written && table == other.table;
    }
};

struct HashOfKey {
    size_t operator()(const Key& key) const {
        const size_t place = reinterpret_cast<size_t>(key.outer) + static_cast<size_t>(key.table);
        return std::hash<std::string_view>{}(key.written) ^ (place * 0x9E3779B97F4A7C15U);
    }
};

template <class C>
class Walk {
  public:
    Walk(Slice<C> source, Py_ssize_t until, const Asked& asked)
        : source(source), until(until), asked(asked), empty(PyUnicode_FromString("")), drafts(PyList_New(0)) {
        nowhere.element = &element({});
    }

    PyObject* run() {
        static const C html[] = {'h', 't', 'm', 'l'};
        Place<C>* place = &places.emplace_back();
        place->element = &element({html, 4});
        bool waiting = false;  // whether there is anything to flush
        Py_ssize_t at = source.find('<');
        for (Py_ssize_t number = 1; at < source.size && number < until; ++number) {
            const auto [tag, text] = next(at);
            place = tag.size && tag.at[0] == '/' ? leave(place, waiting) : come(place, tag, at, waiting);
            if (text.size) read(place, text, waiting);
        }
        flush();
        return drafts.release();
    }

  private:
    Slice<C> source;
    Py_ssize_t until;
    const Asked& asked;
    Ref empty;
    Ref drafts;
    std::deque<Place<C>> places;
    std::unordered_map<Key, Place<C>*, HashOfKey> known;
    std::unordered_map<std::string_view, Element> elements;
    std::vector<Ref> reasons;                // for hiding
    std::vector<Ref> open_marks, open_aside;  // of what is shown, and of what is hidden
    Inline<C> shown, aside;                   // hidden text inside a visible block becomes a block of its own after it
    Place<C> nowhere;                         // of all that is void and holds nothing

    // The tag that begins at a `<`, without its brackets, and the text behind it; moves to the next `<`.
    std::pair<Slice<C>, Slice<C>> next(Py_ssize_t& at) const {
        const Py_ssize_t start = at + 1;
        at = source.find('<', start);
        const Slice<C> piece = source.part(start, at);
        const Py_ssize_t end = piece.find('>');
        return {piece.part(0, end), piece.part(std::min(end + 1, piece.size), piece.size)};
    }

    const Element& element(Slice<C> name) {
        const auto found = elements.find(name.bytes());
        if (found != elements.end()) return found->second;
        static const std::pair<const char*, Name> names[] = {
            {"a", Name::a}, {"br", Name::br}, {"rt", Name::rt}, {"li", Name::li}, {"table", Name::table},
            {"tr", Name::tr}, {"td", Name::td}, {"th", Name::th}, {"blockquote", Name::blockquote},
            {"ol", Name::ol}, {"dd", Name::dd}, {"p", Name::p},
        };
        Element made;
        made.tag = name.text();
        const Ref told(PyObject_CallOneArg(asked.facts_of, made.tag.get()));
        PyObject* sign = nullptr;
        if (!PyArg_ParseTuple(told.get(), "lU", &made.facts, &sign)) throw Raised{};
        if (PyUnicode_GET_LENGTH(sign)) made.sign = borrowed(sign);
        for (const auto& [text, value] : names)
            if (name.is(text)) made.name = value;
        return elements.emplace(name.bytes(), std::move(made)).first->second;
    }

    // Whether it is worth asking Python why: few elements have a style of their own, or a class that hides.
    bool may_hide(const Attributes<C>& told) const {
        if (told.telling || told.classes.find('&') < told.classes.size) return true;
        bool found = false;
        told.classes.each_word([&](Slice<C> name) {
            const int hides = found ? 1 : PySet_Contains(asked.names, name.text().get());
            if (hides < 0) throw Raised{};
            found = hides != 0;
        });
        return found;
    }

    // Every `name="value"`, of which the last of its name counts.
    Attributes<C> read_attributes(Slice<C> written) const {
        Attributes<C> told;
        for (Py_ssize_t at = 0; at < written.size;) {
            const Py_ssize_t start = at;
            while (at < written.size && written.at[at] != '=' && written.at[at] != '"' &&
                   !Py_UNICODE_ISSPACE(written.at[at]))
                ++at;
            const Slice<C> name = written.part(start, at);
            if (!name.size || at + 1 >= written.size || written.at[at] != '=' || written.at[at + 1] != '"') {
                at += name.size ? 0 : 1;
                continue;
            }
            const Py_ssize_t end = written.find('"', at + 2);
            if (end == written.size) continue;
            const Slice<C> value = written.part(at + 2, end);
            at = end + 1;
            if (name.is("class")) {
                told.classes = value;
            } else if (name.is("id")) {
                told.id = value;
            } else if (name.is("role")) {
                told.role = value;
            } else {
                for (const auto& hint : asked.hints) told.telling = told.telling || name.is(hint);
            }
        }
        return told;
    }

    // An element starts, or stands alone.
    Place<C>* come(Place<C>* place, Slice<C> tag, Py_ssize_t behind, bool& waiting) {
        const auto met = known.find({place, tag.bytes()});
        Place<C>* inner = met != known.end() ? met->second : enter(place, tag, behind);
        if (inner->border && waiting) {
            flush();
            waiting = false;
        }
        if (inner->acts) {
            open(inner, tag);
            waiting = true;
        }
        return inner == &nowhere || inner->element->is(IS_VOID) ? place : inner;
    }

    // An element ends.
    Place<C>* leave(Place<C>* place, bool& waiting) {
        if (place->ends) {
            close(place);
            waiting = true;
        }
        if (place->border && waiting) {
            flush();
            waiting = false;
        }
        return place->outer ? place->outer : place;
    }

    void read(Place<C>* place, Slice<C> text, bool& waiting) {
        const Flow<C>& flow = place->flow;
        if (flow.skipped) return;
        Inline<C>& block = flow.hidden ? aside : shown;
        const Py_ssize_t bare = text.stripped().size;
        if (bare) {
            waiting = true;
            block.broken = false;
            if (!block.home) block.home = place;
            (flow.in_link ? block.linked : block.plain) += bare;
        } else if (block.pieces.empty() && !flow.preformatted) {
            return;
        }
        block.pieces.push_back(text);
    }

    // The place of an element within another that was not met by this start tag before.
    Place<C>* enter(Place<C>* outer, Slice<C> tag, Py_ssize_t behind) {
        const Py_ssize_t end = tag.find(' ');
        const Slice<C> name = tag.part(0, end);
        const Slice<C> rest = end < tag.size ? tag.part(end + 1, tag.size) : tag.part(end, end);
        const Element& told = element(name);
        if (told.is(DULL)) return &nowhere;
        const Attributes<C> attributes = read_attributes(rest);
        Key key{outer, tag.bytes()};
        if (told.name == Name::table && !outer->flow.skipped) {
            key.table = holds_data(behind) ? Table::data : Table::layout;  // met again, it is looked into again
        } else if (told.name == Name::a && !may_hide(attributes)) {
            key.written = name.bytes();  // the tags of links differ by their targets, which no path names
        }
        const auto met = known.find(key);
        if (met != known.end()) return met->second;
        Place<C>* inner = make(outer, told, rest, attributes);
        if (told.name == Name::table) inner->flow.data_table = key.table == Table::data;
        return known.emplace(key, inner).first->second;
    }

    Place<C>* make(Place<C>* outer, const Element& told, Slice<C> written, const Attributes<C>& attributes) {
        Place<C>& place = places.emplace_back();
        place.outer = outer;
        place.element = &told;
        place.written = written;
        place.attributes = attributes;
        place.flow = outer->flow;
        if (place.flow.skipped) return &place;
        const bool in_row = place.flow.row != nullptr;
        if (told.is(CHANGES)) change(place);
        if (place.flow.skipped) return &place;
        if (told.is(WAITS) || may_hide(attributes)) hide(place);
        place.border = told.is(BLOCK) && !in_row;
        place.acts = told.is(ACTS) || in_row;
        place.ends = told.is(ENDS);
        return &place;
    }

    // What the element does to the text inside it.
    void change(Place<C>& place) {
        Flow<C>& flow = place.flow;
        const Element& told = *place.element;
        if (told.name == Name::a) {
            flow.in_link = true;
        } else if (told.heading()) {
            flow.heading = told.heading();
        } else if (told.is(LIST)) {
            flow.depth += 1;
            place.start = number(place, "start", 1);
        } else if (told.name == Name::li) {
            flow.item = &place;
            place.start = number(place, "value", -1);
        } else if (told.is(PREFORMATTED)) {
            flow.preformatted = true;
        } else if (told.name == Name::blockquote) {
            flow.quoted = true;
        } else if (told.name == Name::table) {
            flow.table = &place;
        } else if (told.name == Name::tr) {
            flow.row = flow.data_table ? &place : nullptr;
        } else if (told.is(SKIPPED)) {
            flow.skipped = true;
        } else {
            flow.item = nullptr;  // a block in these is not the item's own
        }
    }

    long number(const Place<C>& place, const char* attribute, long otherwise) {
        if (!place.written.holds(attribute)) return otherwise;
        const Ref told(PyObject_CallFunction(asked.number, "Osl", place.written.text().get(), attribute, otherwise));
        const long value = PyLong_AsLong(told.get());
        if (value == -1 && PyErr_Occurred()) throw Raised{};
        return value;
    }

    // Flag an element that no reader sees, or that a reader must open first.
    void hide(Place<C>& place) {
        Flow<C>& flow = place.flow;
        PyObject* hidden = flow.hidden ? flow.hidden : empty.get();
        const Ref told(PyObject_CallFunctionObjArgs(asked.unseen, place.element->tag.get(), place.written.text().get(),
                                                    hidden, flow.closed ? Py_True : Py_False, nullptr));
        PyObject *reason = nullptr, *closed = nullptr;
        if (!PyArg_ParseTuple(told.get(), "UO", &reason, &closed)) throw Raised{};
        flow.closed = is_true(closed);
        flow.hidden = PyUnicode_GET_LENGTH(reason) ? reason : nullptr;
        reasons.push_back(borrowed(reason));
    }

    // Whether the table that starts before the `<` at `at` holds data: nothing in it that lays out a page.
    bool holds_data(Py_ssize_t at) {
        bool after_paragraph = false;
        while (at < source.size) {
            const auto [tag, text] = next(at);
            const Slice<C> name = tag.part(0, tag.find(' '));
            if (name.is("/table")) return true;
            if (!name.size || name.at[0] != '/') {
                const Element& told = element(name);
                if (told.is(LAYOUT) || (told.name == Name::p && after_paragraph)) return false;
            }
            after_paragraph = name.is("/p") && !text.stripped().size;
        }
        return true;
    }

    // An element starts that does more than to begin a block.
    void open(Place<C>* place, Slice<C> tag) {
        const Element& told = *place->element;
        const Flow<C>& flow = place->flow;
        Inline<C>& block = flow.hidden ? aside : shown;
        if (told.name == Name::a) {
            block.space_if_touched();
            mark(flow, tag.text());
        } else if (told.sign) {
            if (!flow.preformatted) mark(flow, told.sign);
        } else if (told.name == Name::br) {
            line_break(flow, block);
        } else if (told.name == Name::rt) {
            block.pieces.push_back({Sign<C>::opening, 1});
        } else if (told.is(SPACED)) {
            block.space_if_touched();
        } else {
            begin(place);
        }
        if (!flow.row) return;
        if (told.name == Name::td || told.name == Name::th) {  // cells are told apart, boxes only spaced
            flow.row->cells += 1;
            if (flow.row->cells > 1)
                block.pieces.push_back({Sign<C>::bar, 3});
            else
                block.pieces.push_back({Sign<C>::space, 1});
        } else if (told.is(BLOCK)) {
            block.pieces.push_back({Sign<C>::space, 1});
        }
    }

    // An element ends that does more than to end a block.
    void close(Place<C>* place) {
        const Element& told = *place->element;
        const Flow<C>& flow = place->flow;
        if (told.name == Name::a || (told.sign && !flow.preformatted)) mark(flow, Ref());
        Inline<C>& block = flow.hidden ? aside : shown;
        if (told.name == Name::rt)
            block.pieces.push_back({Sign<C>::closing, 1});
        else if (told.is(SPACED))
            block.touched = block.size();
    }

    // A link or an emphasis opens, or the one that opened last closes.
    void mark(const Flow<C>& flow, Ref text) {
        Inline<C>& block = flow.hidden ? aside : shown;
        auto& opened = flow.hidden ? open_aside : open_marks;
        block.marks.emplace_back(block.size(), text ? text : empty);
        if (text)
            opened.push_back(std::move(text));
        else if (!opened.empty())
            opened.pop_back();
    }

    void line_break(const Flow<C>& flow, Inline<C>& block) {
        if (flow.row) {
            block.pieces.push_back({Sign<C>::space, 1});
        } else if (block.broken) {
            flush();
        } else {
            block.broken = true;
            block.pieces.push_back({Sign<C>::line, 1});
        }
    }

    // The element opens: what it counts starts anew.
    void begin(Place<C>* place) {
        const Element& told = *place->element;
        if (told.name == Name::li) {
            place->marker = next_marker(place);
        } else if (told.is(LIST)) {
            place->numbers = place->start;
            place->rows = 0;
        } else if (told.name == Name::table) {
            place->rows = 0;
        } else if (told.name == Name::tr) {
            place->cells = 0;
        }
    }

    std::string next_marker(const Place<C>* item) {
        Place<C>* listing = item->outer;
        if (!listing || listing->element->name != Name::ol) return "-";
        const long number = item->start < 0 ? listing->numbers : item->start;
        listing->numbers = number + 1;
        return std::to_string(number) + ".";
    }

    void flush() {
        end_block(shown, open_marks);
        end_block(aside, open_aside);
    }

    void end_block(Inline<C>& block, const std::vector<Ref>& opened) {
        if (block.pieces.empty()) return;
        if (block.home) keep(block);
        block = Inline<C>();
        for (const Ref& text : opened) block.marks.emplace_back(0, text);
    }

    // Make a draft of what was read: the fields of `Draft`, in its order.
    void keep(const Inline<C>& block) {
        const Flow<C>& flow = block.home->flow;
        std::string marker;
        bool tight = false;
        const char* kind = kind_of(*block.home, marker, tight);
        const long level = !std::strcmp(kind, "heading") ? flow.heading : !std::strcmp(kind, "item") ? flow.depth : 0;
        PyObject* hidden = flow.hidden ? flow.hidden : empty.get();
        bool done = !flow.preformatted;
        const Ref raw = joined(block.pieces, done), pieces = pieces_of(block), marks = marks_of(block);
        const Ref word(PyUnicode_InternFromString(kind));
        const Ref draft(Py_BuildValue("(OOOsOlOnnOOOO)", raw.get(), done ? Py_True : Py_False, word.get(), marker.c_str(), tight ? Py_True : Py_False,
                                      level, path(block.home), block.linked, block.plain, hidden,
                                      flow.closed ? Py_True : Py_False, pieces.get(), marks.get()));
        if (PyList_Append(drafts.get(), draft.get()) < 0) throw Raised{};
    }

    const char* kind_of(Place<C>& home, std::string& marker, bool& tight) {
        const Flow<C>& flow = home.flow;
        if (flow.row) {
            Place<C>* table = flow.table ? flow.table : flow.row;
            tight = ++table->rows > 1;
            return "row";
        }
        if (flow.preformatted) return "code";
        if (flow.heading) return "heading";
        if (flow.item && !flow.item->marker.empty()) {
            marker = std::exchange(flow.item->marker, {});
            Place<C>* listing = flow.item->outer ? flow.item->outer : flow.item;
            tight = ++listing->rows > 1 || flow.depth > 1;
            return "item";
        }
        tight = home.element->name == Name::dd;
        return flow.quoted ? "quote" : "paragraph";
    }

    // The pieces as one text, and whether it is normalised: one space for white space between words, if nothing in it
    // needs more than that. The rest is for `normalise`.
    Ref joined(const std::vector<Slice<C>>& pieces, bool& done) const {
        std::vector<C> raw, text;
        for (const auto& piece : pieces) raw.insert(raw.end(), piece.at, piece.at + piece.size);
        done = done && std::all_of(raw.begin(), raw.end(), is_plain);
        const Slice<C> whole{raw.data(), static_cast<Py_ssize_t>(raw.size())};
        if (!done) return whole.text();
        whole.each_word([&](Slice<C> word) {
            if (!text.empty()) text.push_back(' ');
            text.insert(text.end(), word.at, word.at + word.size);
        });
        return Slice<C>{text.data(), static_cast<Py_ssize_t>(text.size())}.text();
    }

    // White space, or what is printed, composed already and no entity: Latin letters, and the signs of typography.
    static bool is_plain(C character) {
        const Py_UCS4 code = character;
        if (code == ' ' || code == '\n' || code == '\t' || code == 0xA0) return true;
        const bool known = code < 0x300 || (code >= 0x2010 && code <= 0x2027) || (code >= 0x2030 && code <= 0x205E);
        return known && code != '&' && Py_UNICODE_ISPRINTABLE(code);
    }

    // Pieces and marks are for Markdown: where nothing is marked, nobody asks for either.
    Ref pieces_of(const Inline<C>& block) const {
        Ref list(PyList_New(block.marks.empty() ? 0 : block.size()));
        for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list.get()); ++i)
            PyList_SET_ITEM(list.get(), i, block.pieces[static_cast<size_t>(i)].text().release());
        return list;
    }

    Ref marks_of(const Inline<C>& block) const {
        Ref list(PyList_New(static_cast<Py_ssize_t>(block.marks.size())));
        Py_ssize_t at = 0;
        for (const auto& [number, text] : block.marks)
            PyList_SET_ITEM(list.get(), at++, Ref(Py_BuildValue("(nO)", number, text.get())).release());
        return list;
    }

    PyObject* token(Place<C>* place) {
        if (!place->named)
            place->named = place->written.size ? token_of(*place) : place->element->tag;
        return place->named.get();
    }

    // The element as paths write it: `div#main.story[role]`.
    Ref token_of(const Place<C>& place) {
        if (place.written.find('&') < place.written.size)
            return Ref(PyObject_CallFunctionObjArgs(asked.token, place.element->tag.get(), place.written.text().get(),
                                                    nullptr));
        const auto& [id, classes, role, telling] = place.attributes;
        std::vector<C> rest;
        if (id.size) {
            rest.push_back('#');
            const Slice<C> bare = id.stripped();
            append(rest, bare.part(0, std::min<Py_ssize_t>(bare.size, 40)));
        }
        if (classes.size) append_classes(rest, classes.part(0, std::min<Py_ssize_t>(classes.size, 100)));
        if (role.size) {
            rest.push_back('[');
            rest.insert(rest.end(), role.at, role.at + std::min<Py_ssize_t>(role.size, 20));
            rest.push_back(']');
        }
        const Ref text = Slice<C>{rest.data(), static_cast<Py_ssize_t>(rest.size())}.text();
        return Ref(PyUnicode_Concat(place.element->tag.get(), text.get()));
    }

    static void append(std::vector<C>& to, Slice<C> text) {
        for (Py_ssize_t i = 0; i < text.size; ++i)
            if (text.at[i] != '>') to.push_back(text.at[i]);
    }

    static void append_classes(std::vector<C>& to, Slice<C> names) {
        std::vector<C> bare;
        append(bare, names);
        to.push_back('.');
        const size_t first = to.size();
        Slice<C>{bare.data(), static_cast<Py_ssize_t>(bare.size())}.each_word([&](Slice<C> name) {
            if (to.size() > first) to.push_back('.');
            to.insert(to.end(), name.at, name.at + name.size);
        });
    }

    static constexpr size_t PATH_ELEMENTS = 12;

    // The elements around a block, outermost first; emphasis and links are not part of it.
    PyObject* path(Place<C>* home) {
        if (home->way) return home->way.get();
        std::vector<PyObject*> tokens;
        for (Place<C>* place = home; place && tokens.size() < PATH_ELEMENTS; place = place->outer)
            if (!place->element->is(PATHLESS)) tokens.push_back(token(place));
        const Ref list(PyList_New(static_cast<Py_ssize_t>(tokens.size())));
        Py_ssize_t at = PyList_GET_SIZE(list.get());
        for (PyObject* text : tokens) PyList_SET_ITEM(list.get(), --at, borrowed(text).release());
        const Ref between(PyUnicode_FromString(">"));
        home->way = Ref(PyUnicode_Join(between.get(), list.get()));
        return home->way.get();
    }
};

template <class C>
PyObject* walk_as(PyObject* source, Py_ssize_t until, const Asked& asked) {
    const Slice<C> text{static_cast<const C*>(PyUnicode_DATA(source)), PyUnicode_GET_LENGTH(source)};
    return Walk<C>(text, until, asked).run();
}

std::vector<std::string> strings(PyObject* sequence) {
    const Ref fast(PySequence_Fast(sequence, "hints must be a sequence"));
    std::vector<std::string> found;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(fast.get()); ++i) {
        const char* text = PyUnicode_AsUTF8(PySequence_Fast_GET_ITEM(fast.get(), i));
        if (text == nullptr) throw Raised{};
        found.emplace_back(text);
    }
    return found;
}

PyObject* walk(PyObject*, PyObject* args) {
    PyObject *source = nullptr, *hints = nullptr;
    Py_ssize_t until = 0;
    Asked asked{};
    if (!PyArg_ParseTuple(args, "UnOOOOOO", &source, &until, &hints, &asked.names, &asked.facts_of, &asked.unseen, &asked.number,
                          &asked.token))
        return nullptr;
    try {
        asked.hints = strings(hints);
        switch (PyUnicode_KIND(source)) {
            case PyUnicode_1BYTE_KIND: return walk_as<Py_UCS1>(source, until, asked);
            case PyUnicode_2BYTE_KIND: return walk_as<Py_UCS2>(source, until, asked);
            default: return walk_as<Py_UCS4>(source, until, asked);
        }
    } catch (const Raised&) {
        return nullptr;
    } catch (const std::bad_alloc&) {
        return PyErr_NoMemory();
    }
}

PyMethodDef METHODS[] = {
    {"walk", walk, METH_VARARGS,
     "walk(source, until, hints, names, facts_of, unseen, number, token) -> list of drafts; raises what those four raise."},
    {nullptr, nullptr, 0, nullptr},
};

PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, "_walk", "The walk over the tags of a page, compiled.", 0, METHODS, nullptr, nullptr,
    nullptr, nullptr,
};

}  // namespace

PyMODINIT_FUNC PyInit__walk() { return PyModule_Create(&MODULE); }
