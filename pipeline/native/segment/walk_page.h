// The walk over the tags of a page: `_Walker` of `walk.py`, with the same names.

#pragma once

#include "walk_blocks.h"
#include "walk_table.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <memory_resource>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace {

// How a page is read: its first `until` tags, or the `whole` of it, and not at all if it has `most` elements. A `bare`
// one has been through `bare.py`.
struct Manner {
    Py_ssize_t until, most;
    int whole, bare;
};

template <class C>
class Walk {
  public:
    Walk(Slice<C> source, const Manner& manner, const Asked& asked, const Telling& telling, Blocks<C>& blocks)
        : tags(source, manner.bare != 0, blocks.loose()), manner(manner), asked(asked), reader(telling), blocks(blocks),
          elements(asked.facts_of, manner.bare != 0), empty(PyUnicode_FromString("")) {}

    void run() {
        static const C html[] = {'h', 't', 'm', 'l'};
        Place<C>* place = &places.emplace_back();
        place->element = &elements.of({html, 4});
        Py_ssize_t at = tags.first(), begun = 0;
        for (Py_ssize_t number = 1; tags.left(at) && number < manner.until; ++number) {
            const Piece<C> piece = tags.next(at);
            begun += piece.begun;
            if (begun >= manner.most) throw NotOurs{};
            if (piece.tag.size && piece.tag.at[0] == '/') {
                place = leave(place);
            } else {
                place = come(place, piece.tag, at);
            }
            if (piece.text.size) read(place, piece.text);
        }
        flush();
        if (manner.whole) blocks.take_back();
    }

  private:
    Tags<C> tags;
    const Manner& manner;
    const Asked& asked;
    Reader<C> reader;
    Blocks<C>& blocks;
    Elements<C> elements;
    Ref empty;
    std::array<std::byte, 1 << 16> room;  // enough for most pages
    std::pmr::monotonic_buffer_resource memory{room.data(), room.size()};  // of what goes with the walk
    std::pmr::deque<Place<C>> places{&memory};
    std::pmr::unordered_map<Key, Place<C>*, HashOfKey> known{&memory};
    std::vector<Ref> reasons;                     // for hiding
    std::vector<Mark<C>> open_marks, open_aside;  // of what is shown, and of what is hidden
    Inline<C> shown, aside;                       // hidden text inside a visible block becomes a block after it
    bool waiting = false;                         // whether there is anything to flush

    // An element starts, or stands alone.
    Place<C>* come(Place<C>* place, Slice<C> tag, Py_ssize_t behind) {
        const Slice<C> name = tag.part(0, tag.find(' '));
        const Element<C>& told = elements.of(name);
        if (told.is(DULL)) return place;
        Place<C>* inner = told.name == Name::a || told.name == Name::table ? enter(place, told, name, tag, behind)
                                                                           : met({place, tag.bytes()}, place, told, tag);
        if (inner->border) pause();
        if (inner->acts) {
            open(inner, tag);
            waiting = true;
        }
        if (told.is(IS_VOID)) return place;
        int& gap = at_hand(inner->flow).gap;
        gap = gap ? 2 : 0;
        return inner;
    }

    Inline<C>& at_hand(const Flow<C>& flow) { return flow.hidden ? aside : shown; }

    // An element ends.
    Place<C>* leave(Place<C>* place) {
        if (place->ends) {
            close(place);
            waiting = true;
        }
        if (place->border) pause();
        at_hand(place->flow).gap = 1;
        return place->outer ? place->outer : place;
    }

    void pause() {
        if (waiting) flush();
        waiting = false;
    }

    void read(Place<C>* place, Slice<C> written) {
        const Flow<C>& flow = place->flow;
        if (flow.skipped) return;
        Inline<C>& block = at_hand(flow);
        const Slice<C> text = blocks.loose().spaced(written);
        const Py_ssize_t bare = text.stripped().size;
        if (bare) {
            waiting = true;
            block.broken = false;
            if (!block.home) block.home = place;
            (flow.in_link ? block.linked : block.plain) += bare;
        } else if (block.pieces.empty() && !flow.preformatted) {
            return;
        }
        if (!flow.preformatted) block.bridge(text);
        block.pieces.push_back(text);
    }

    // The place of a link or a table, which are not always known by their start tag.
    Place<C>* enter(Place<C>* outer, const Element<C>& told, Slice<C> name, Slice<C> tag, Py_ssize_t behind) {
        Key key{outer, tag.bytes()};
        if (told.name == Name::table && !outer->flow.skipped && !outer->flow.preformatted) {
            key.table = holds_data(tags, elements, behind) ? Table::data : Table::layout;  // met again, it is looked into again
        } else if (told.name == Name::a) {
            const Attributes<C> attributes = reader.read(rest_of(tag));
            const bool tells = attributes.styled || reader.may_hide(attributes);
            if (!tells) key.written = name.bytes();  // the tags of links differ by their targets, which no path names
        }
        Place<C>* inner = met(key, outer, told, tag);
        if (told.name == Name::table) inner->flow.data_table = key.table == Table::data;
        return inner;
    }

    static Slice<C> rest_of(Slice<C> tag) {
        return tag.part(std::min(tag.find(' ') + 1, tag.size), tag.size);
    }

    // The place of an element within another, a new one if it was not met before.
    Place<C>* met(const Key& key, Place<C>* outer, const Element<C>& told, Slice<C> tag) {
        const auto found = known.find(key);
        return found != known.end() ? found->second : known.emplace(key, make(outer, told, rest_of(tag))).first->second;
    }

    Place<C>* make(Place<C>* outer, const Element<C>& told, Slice<C> written) {
        Place<C>& place = places.emplace_back();
        place.outer = outer;
        place.element = &told;
        place.written = written;
        place.attributes = reader.read(written);
        place.flow = outer->flow;
        if (place.flow.skipped) return &place;
        const bool in_row = place.flow.row != nullptr;
        if (told.is(CHANGES)) change(place);
        if (place.flow.skipped) return &place;
        if (told.is(WAITS) || reader.may_hide(place.attributes)) hide(place);
        place.lines = told.is(BLOCK) && !in_row && outer->flow.preformatted;
        const bool in_sentence = told.is(SOFT) && outer->flow.phrasing;
        place.border = told.is(BLOCK) && !in_row && !place.lines && !in_sentence;
        place.acts = told.is(ACTS) || in_row || place.lines;
        place.ends = told.is(ENDS) || place.lines;
        return &place;
    }

    // What the element does to the text inside it.
    void change(Place<C>& place) {
        Flow<C>& flow = place.flow;
        const Element<C>& told = *place.element;
        if (told.name == Name::a) {
            flow.in_link = true;
        } else if (told.is(PHRASING)) {
            flow.phrasing = true;
            if (told.heading()) flow.heading = told.heading();
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
        const Ref written = place.written.text();
        const Ref told(PyObject_CallFunction(asked.number, "Osl", written.get(), attribute, otherwise));
        const long value = PyLong_AsLong(told.get());
        if (value == -1 && PyErr_Occurred()) throw Raised{};
        return value;
    }

    // Flag an element that no reader sees, or that a reader must open first.
    void hide(Place<C>& place) {
        Flow<C>& flow = place.flow;
        PyObject* hidden = flow.hidden ? flow.hidden : empty.get();
        const Ref written = place.written.text();
        const Ref told(PyObject_CallFunctionObjArgs(asked.unseen, place.element->tag.get(), written.get(), hidden,
                                                    flow.closed ? Py_True : Py_False, nullptr));
        PyObject* reason = nullptr;
        int closed = 0;
        if (!PyArg_ParseTuple(told.get(), "Up", &reason, &closed)) throw Raised{};
        flow.closed = closed != 0;
        flow.hidden = PyUnicode_GET_LENGTH(reason) ? reason : nullptr;
        reasons.push_back(borrowed(reason));
    }

    // An element starts that does more than to begin a block.
    void open(Place<C>* place, Slice<C> tag) {
        const Element<C>& told = *place->element;
        const Flow<C>& flow = place->flow;
        Inline<C>& block = at_hand(flow);
        if (place->lines) block.end_line();
        if (told.name == Name::a) {
            space_if_touched(block);
            mark(flow, tag, Ref());
        } else if (told.sign) {
            if (!flow.preformatted) mark(flow, {}, told.sign);
        } else if (told.name == Name::br) {
            line_break(flow, block);
        } else if (told.name == Name::rt) {
            block.push(Sign<C>::opening, 1);
        } else if (told.is(SPACED)) {
            space_if_touched(block);
        } else {
            begin(place);
        }
        if (flow.row) cell(*place, *flow.row, block);
    }

    static void space_if_touched(Inline<C>& block) {
        if (block.touched == block.size()) block.push(Sign<C>::space, 1);
    }

    // Cells and items are told apart, boxes within one only spaced.
    static void cell(const Place<C>& place, Place<C>& row, Inline<C>& block) {
        if (place.element->name == Name::td || place.element->name == Name::th) {
            if (++row.cells > 1)
                block.push(Sign<C>::bar, 3);
            else
                block.push(Sign<C>::space, 1);
        } else if (place.element->name == Name::li && place.outer && place.outer->rows++) {
            block.push(Sign<C>::semicolon, 2);
        } else if (place.element->is(BLOCK)) {
            block.push(Sign<C>::space, 1);
        }
    }

    // An element ends that does more than to end a block.
    void close(Place<C>* place) {
        const Element<C>& told = *place->element;
        const Flow<C>& flow = place->flow;
        if (told.name == Name::a || (told.sign && !flow.preformatted)) mark(flow, {}, Ref());
        Inline<C>& block = at_hand(flow);
        if (place->lines) block.end_line();
        if (told.name == Name::rt)
            block.push(Sign<C>::closing, 1);
        else if (told.is(SPACED))
            block.touched = block.size();
    }

    // A link or an emphasis opens, or the one that opened last closes.
    void mark(const Flow<C>& flow, Slice<C> tag, Ref sign) {
        Inline<C>& block = at_hand(flow);
        auto& opened = flow.hidden ? open_aside : open_marks;
        const Mark<C> made{block.size(), tag, std::move(sign)};
        block.marks.push_back(made);
        if (made.opens())
            opened.push_back({0, made.tag, made.sign});
        else if (!opened.empty())
            opened.pop_back();
    }

    void line_break(const Flow<C>& flow, Inline<C>& block) {
        if (flow.row) {
            block.push(Sign<C>::space, 1);
        } else if (block.broken && !flow.preformatted) {
            flush();
        } else {
            block.broken = !flow.preformatted;
            block.push(Sign<C>::line, 1);
        }
    }

    // The element opens: what it counts starts anew.
    void begin(Place<C>* place) {
        const Element<C>& told = *place->element;
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
        if (!listing->written.holds("type")) return std::to_string(number) + ".";
        const Ref written = listing->written.text();
        return utf8(Ref(PyObject_CallFunction(asked.marker, "lO", number, written.get())).get());
    }

    void flush() {
        end_block(shown, open_marks);
        end_block(aside, open_aside);
    }

    static constexpr size_t CARRIED = 100;  // as in `inline.py`

    void end_block(Inline<C>& block, const std::vector<Mark<C>>& opened) {
        if (block.pieces.empty()) return;
        if (block.home) blocks.keep(block);
        block.pieces.clear();
        block.marks.assign(opened.end() - static_cast<std::ptrdiff_t>(std::min(opened.size(), CARRIED)), opened.end());
        block.home = nullptr;
        block.plain = block.linked = 0;
        block.touched = -1;
        block.broken = false;
        block.gap = 0;
    }
};

}  // namespace
