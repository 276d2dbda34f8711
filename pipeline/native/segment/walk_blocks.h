// Blocks: a text while it is being read, what is made of it, and what is kept of it for whoever wants its Markdown.

#pragma once

#include "block_class.h"
#include "walk_gap.h"
#include "walk_path.h"
#include "walk_markup.h"

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

// What the walk itself puts between the texts of a page.
template <class C>
struct Sign {
    static constexpr C space[] = {' '}, bar[] = {' ', '|', ' '}, semicolon[] = {';', ' '};
    static constexpr C opening[] = {'('}, closing[] = {')'}, line[] = {0};
};

// One block of inline text while it is being read; see `inline.py`.
template <class C>
struct Inline {
    std::vector<Slice<C>> pieces;
    std::vector<Mark<C>> marks;
    Place<C>* home = nullptr;
    Py_ssize_t plain = 0, linked = 0, touched = -1;
    bool broken = false;
    int gap = 0;

    Py_ssize_t size() const { return static_cast<Py_ssize_t>(pieces.size()); }
    void push(const C* text, Py_ssize_t length) { pieces.push_back({text, length}); }

    // A text begins: if it stands in another element than the one before, they may be words apart.
    void bridge(Slice<C> text) {
        if (gap == 2 && !pieces.empty() && are_apart(pieces.back(), text)) push(Sign<C>::space, 1);
        gap = 0;
    }

    // An element that is a line of code begins or ends.
    void end_line() {
        const C last = pieces.empty() || !pieces.back().size ? C{'\n'} : pieces.back().at[pieces.back().size - 1];
        if (last != '\n' && last != C{0}) push(Sign<C>::line, 1);
    }
};

// The Python side of Markdown.
struct Writers {
    PyObject* target_of;  // (start tag) -> what a link may carry, "" for nothing
    PyObject* markup_of;  // (pieces, marks), as `Inline` of `inline.py` has them -> Markdown
};

// What the blocks of a page were made of. Python holds it as long as it may ask.
struct Parts {
    static constexpr const char* NAME = "parts of blocks";
    virtual ~Parts() = default;
    // The Markdown of a block by its number; none where that is its text.
    virtual Ref markup(size_t block, const Writers& asked) const = 0;

    // A block with its Markdown, if it has any: its line is its number on the page and one, whatever became of others.
    Ref written(PyObject* block, const BlockClass& type, const Writers& asked) const {
        const Py_ssize_t line = PyLong_AsSsize_t(type.field(block, BlockClass::LINE));
        check(line != -1 || !PyErr_Occurred());
        const Ref made = line > 0 ? markup(static_cast<size_t>(line - 1), asked) : Ref();
        return made ? type.with_markup(block, made) : borrowed(block);
    }
};

template <class C>
class PartsOf : public Parts {
  public:
    explicit PartsOf(PyObject* page) : page(borrowed(page)), empty(PyUnicode_FromString("")) {}

    Loose<C> loose;

    // The next block; what is not marked has no parts, and neither has code.
    void keep(const Inline<C>& block, const Ref& text, bool code) {
        const bool marked = !block.marks.empty() && !code;
        if (marked) {
            pieces.insert(pieces.end(), block.pieces.begin(), block.pieces.end());
            marks.insert(marks.end(), block.marks.begin(), block.marks.end());
        }
        ends.push_back({pieces.size(), marks.size(), marked ? text : Ref()});
    }

    Ref markup(size_t block, const Writers& asked) const override {
        if (block >= ends.size() || !ends[block].text) return {};
        Markdown<C> markdown(asked.target_of);
        const bool made = markdown.write(part_of(pieces, block, &End::pieces), part_of(marks, block, &End::marks));
        Ref text = made ? markdown.text() : from_python(block, asked.markup_of);
        const bool same = PyUnicode_Compare(text.get(), ends[block].text.get()) == 0;
        return same || !PyUnicode_GET_LENGTH(text.get()) ? Ref() : text;
    }

  private:
    struct End {
        size_t pieces, marks;
        Ref text;  // of a block that is marked
    };
    Ref page;  // the characters of all slices
    Ref empty;
    std::vector<Slice<C>> pieces;  // of all blocks, one after the other
    std::vector<Mark<C>> marks;
    std::vector<End> ends;

    template <class T>
    Range<T> part_of(const std::vector<T>& all, size_t block, size_t End::*end) const {
        return {all.data() + (block ? ends[block - 1].*end : 0), all.data() + ends[block].*end};
    }

    Ref from_python(size_t block, PyObject* markup_of) const {
        const Ref texts(PyList_New(0)), places(PyList_New(0));
        for (const Slice<C>& piece : part_of(pieces, block, &End::pieces)) append(texts, piece.text());
        for (const Mark<C>& mark : part_of(marks, block, &End::marks)) {
            const Ref opens = mark.sign ? mark.sign : mark.tag.size ? mark.tag.text() : empty;
            append(places, Ref(Py_BuildValue("(nO)", mark.before, opens.get())));
        }
        Ref text(PyObject_CallFunctionObjArgs(markup_of, texts.get(), places.get(), nullptr));
        if (!PyUnicode_Check(text.get())) refuse(PyExc_TypeError, "Markdown must be a str");
        return text;
    }

    static void append(const Ref& list, const Ref& item) {
        if (PyList_Append(list.get(), item.get()) < 0) throw Raised{};
    }
};

enum class Kind { heading, paragraph, item, row, quote, code };

// What a block is, but for its text; see `Block` of `document.py`.
struct Nature {
    Kind kind = Kind::paragraph;
    std::string marker;
    bool tight = false;
    long level = 0;
};

// Kind, marker and tightness of a block whose text begins at a place; an item marks its first that is seen.
template <class C>
Nature nature_of(Place<C>& home) {
    const Flow<C>& flow = home.flow;
    if (flow.row) {
        Place<C>* table = flow.table ? flow.table : flow.row;
        return {Kind::row, {}, ++table->rows > 1, 0};
    }
    const long depth = flow.item ? flow.depth : 0;
    if (flow.preformatted) return {Kind::code, {}, false, depth};
    if (flow.heading) return {Kind::heading, {}, false, flow.heading};
    if (flow.item && !flow.item->marker.empty() && (!flow.hidden || flow.item->flow.hidden)) {
        Place<C>* listing = flow.item->outer ? flow.item->outer : flow.item;
        const bool tight = ++listing->rows > 1 || flow.depth > 1;
        return {Kind::item, std::exchange(flow.item->marker, {}), tight, flow.depth};
    }
    return {flow.quoted ? Kind::quote : Kind::paragraph, {}, home.element->name == Name::dd, depth};
}

template <class C>
class Blocks {
  public:
    Blocks(PyObject* page, PyObject* type, const Asked& asked)
        : block(type), asked(asked), paths(asked.token), empty(PyUnicode_FromString("")),
          dash(PyUnicode_FromString("-")), list(PyList_New(0)), parts(std::make_unique<PartsOf<C>>(page)) {
        static constexpr const char* words[] = {"heading", "paragraph", "item", "row", "quote", "code"};
        for (size_t i = 0; i < kinds.size(); ++i) kinds[i] = Ref(PyUnicode_InternFromString(words[i]));
    }

    Loose<C>& loose() { return parts->loose; }

    // Make a block of what was read, if a character of it is left.
    void keep(const Inline<C>& read) {
        const Nature nature = nature_of(*read.home);
        const Ref text = text_of(read, nature.kind);
        if (!PyUnicode_GET_LENGTH(text.get())) return;
        const Flow<C>& flow = read.home->flow;
        const Ref hidden = flow.hidden ? borrowed(flow.hidden) : empty;
        const Py_ssize_t number = PyList_GET_SIZE(list.get());
        const Ref made = block.make();
        Ref fields[] = {
            Ref(PyLong_FromSsize_t(number)), kinds[static_cast<size_t>(nature.kind)], text,
            Ref(PyLong_FromSsize_t(number + 1)), Ref(PyLong_FromLong(nature.level)), marker(nature.marker),
            truth(nature.tight), empty, paths.to(*read.home), link_share(read), hidden, truth(flow.closed),
            borrowed(Py_None),
        };
        for (size_t i = 0; i < std::size(fields); ++i) block.set(made.get(), i, std::move(fields[i]));
        if (PyList_Append(list.get(), made.get()) < 0) throw Raised{};
        count(hidden, PyUnicode_GET_LENGTH(text.get()));
        parts->keep(read, text, nature.kind == Kind::code);
    }

    // What a look at all blocks refutes hides none of them.
    void take_back() {
        if (!by_reason) return;
        add(empty, shown);
        const Ref refuted(PyObject_CallOneArg(asked.taken_back, by_reason.get()));
        for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list.get()); ++i) {
            PyObject* made = PyList_GET_ITEM(list.get(), i);
            const int wrong = PySet_Contains(refuted.get(), block.get(made, BlockClass::HIDDEN));
            if (wrong < 0) throw Raised{};
            if (wrong) block.set(made, BlockClass::HIDDEN, empty);
        }
    }

    // (the blocks, their parts); nothing is left.
    Ref release() {
        const Ref capsule = capsule_of<Parts>(std::move(parts));
        return Ref(PyTuple_Pack(2, list.get(), capsule.get()));
    }

  private:
    BlockClass block;
    const Asked& asked;
    Paths<C> paths;
    Settler<C> settler{true};
    Ref empty, dash, list;
    std::array<Ref, 6> kinds;
    std::unique_ptr<PartsOf<C>> parts;
    Py_ssize_t shown = 0;
    Ref by_reason;  // characters that each reason hides

    Ref text_of(const Inline<C>& read, Kind kind) {
        if (kind != Kind::code && settler.settle(read.pieces, kind != Kind::row)) {
            const Slice<C> text = settler.text();
            return kind == Kind::row && only_bars(text) ? empty : text.text();
        }
        const Ref raw = settler.joined(read.pieces).text();
        Ref text(PyObject_CallFunctionObjArgs(asked.text, raw.get(), kinds[static_cast<size_t>(kind)].get(), nullptr));
        if (!PyUnicode_Check(text.get())) refuse(PyExc_TypeError, "a text must be a str");
        return text;
    }

    static bool only_bars(Slice<C> text) {
        return std::all_of(text.begin(), text.end(), [](C character) { return character == ' ' || character == '|'; });
    }

    Ref marker(const std::string& text) const {
        return text.empty() ? empty : text == "-" ? dash : Ref(PyUnicode_FromString(text.c_str()));
    }

    static Ref truth(bool value) { return borrowed(value ? Py_True : Py_False); }

    // The share of characters in links to three digits, as Python rounds.
    static Ref link_share(const Inline<C>& read) {
        if (!read.linked || !read.plain) return Ref(PyFloat_FromDouble(read.linked ? 1.0 : 0.0));
        const double share = static_cast<double>(read.linked) / static_cast<double>(read.linked + read.plain);
        const std::unique_ptr<char, decltype(&PyMem_Free)> digits(
            PyOS_double_to_string(share, 'f', 3, 0, nullptr), PyMem_Free);
        if (!digits) throw Raised{};
        return Ref(PyFloat_FromDouble(PyOS_string_to_double(digits.get(), nullptr, nullptr)));
    }

    void count(const Ref& reason, Py_ssize_t characters) {
        if (PyUnicode_GET_LENGTH(reason.get()))
            add(reason, characters);
        else
            shown += characters;
    }

    void add(const Ref& reason, Py_ssize_t characters) {
        if (!by_reason) by_reason = Ref(PyDict_New());
        PyObject* before = PyDict_GetItemWithError(by_reason.get(), reason.get());
        if (before == nullptr && PyErr_Occurred()) throw Raised{};
        const Py_ssize_t sum = characters + (before ? PyLong_AsSsize_t(before) : 0);
        const Ref total(PyLong_FromSsize_t(sum));
        if (PyDict_SetItem(by_reason.get(), reason.get(), total.get()) < 0) throw Raised{};
    }
};

}  // namespace
