// Text without markup to blocks, compiled: lines and groups of them, as `reader.py` reads them and says why.
//
// What is plain is read here: lines and items of words of which only the white space must be settled. Groups that may
// be code or wrapped, and lines with a sign of Markdown, of markup or of characters that nobody sees, are for Python.

#include "../door.h"

#include <optional>

#include "block_class.h"
#include "text_characters.h"
#include "walk_slice.h"

namespace {

constexpr Py_ssize_t SHORT_LINE = 80, WRAPPED_FROM = 45, WRAPPED_TO = 120;  // characters

// What is asked of Python, and what blocks are made of.
struct House {
    const BlockClass block;
    PyObject* const group;       // [(number, line), …] -> drafts
    PyObject* const line;        // number, line, kind of the line before -> its kind, drafts
    PyObject* const normalise;   // text -> text
    PyObject* const normalised;  // "NFC", text -> whether it is
    const bool brackets;         // whether one may begin a link that names its target

    const Ref lines{PyUnicode_InternFromString("line")}, paragraph{PyUnicode_InternFromString("paragraph")};
    const Ref item{PyUnicode_InternFromString("item")}, nothing{PyUnicode_InternFromString("")};
    const Ref form{PyUnicode_InternFromString("NFC")}, zero{PyLong_FromLong(0)}, no_links{PyFloat_FromDouble(0.0)};

    bool is_composed(PyObject* text) const {
        const Ref told(PyObject_CallFunctionObjArgs(normalised, form.get(), text, nullptr));
        return told.get() == Py_True;
    }
};

// What a line is, if it is plain.
struct Plain {
    Ref kind, text, level, marker;
};

template <class C>
class Reader {
  public:
    Reader(Slice<C> text, const House& house, PyObject* blocks) : text(text), house(house), blocks(borrowed(blocks)) {}

    // Adds the blocks of a text whose first line has a number.
    void read(Py_ssize_t first) {
        Py_ssize_t number = first - 1;
        for (Py_ssize_t at = 0, end = 0; at <= text.size; at = end + 1) {
            for (end = at; end < text.size && !ends_line(text.at[end]);) ++end;
            const Slice<C> line = text.part(at, end), bare = line.stripped();
            ++number;
            if (holds_any(bare)) {
                group.push_back({number, line, bare});
            } else {
                close();
            }
            if (end + 1 < text.size && text.at[end] == '\r' && text.at[end + 1] == '\n') ++end;
        }
        close();
    }

  private:
    struct Line {
        Py_ssize_t number;
        Slice<C> whole, bare;
        Py_ssize_t width() const { return bare.end() - whole.begin(); }
    };

    const Slice<C> text;
    const House& house;
    std::vector<Line> group;
    std::vector<C> made;  // a text, while it is normalised
    const Ref blocks;

    // Whether anything is left of a line when what nobody sees is gone.
    bool holds_any(Slice<C> line) const {
        for (const C c : line) {
            if (!is_blank(c) && is_printed(c)) return true;
        }
        if (line.size == 0) return false;
        const Ref left(PyObject_CallFunctionObjArgs(house.normalise, line.text().get(), nullptr));
        const int truth = PyObject_IsTrue(left.get());
        if (truth < 0) throw Raised{};
        return truth == 1;
    }

    // The end of a run of lines.
    void close() {
        if (group.size() >= 2 && may_be_more()) {
            ask_for_group();
        } else {
            Ref before = house.nothing;
            for (const Line& line : group) before = add_line(line, before);
        }
        group.clear();
    }

    // Whether the lines may be one block, or go on in each other.
    bool may_be_more() const {
        return may_be_title() || may_be_code() || may_be_wrapped() || may_break_links() || may_be_table() ||
               may_be_columns() || may_hang();
    }

    // Whether a heading of Markdown stands above others; or the second line is a run of signs, or the third.
    bool may_be_title() const {
        return group[0].whole.starts("#") || is_run(group[1].bare) || (group.size() > 2 && is_run(group[2].bare));
    }

    static bool is_run(Slice<C> line) {
        const C first = line.at[0];
        if (first != '=' && first != '-' && first != '~') return false;
        return line.size > 2 && std::all_of(line.begin(), line.end(), [first](C c) { return c == first; });
    }

    // Whether blanks stand between words of a line.
    bool may_be_columns() const {
        static constexpr C blanks[] = {' ', ' ', ' '};
        return std::any_of(group.begin(), group.end(), [](const Line& line) {
            return std::search(line.bare.begin(), line.bare.end(), blanks, blanks + 3) != line.bare.end();
        });
    }

    // Whether all is indented, or half of it holds what programs hold.
    bool may_be_code() const {
        const auto indented = [](const Line& line) { return line.whole.starts("    ") || line.whole.starts("\t"); };
        if (std::all_of(group.begin(), group.end(), indented)) return true;
        const auto told = [](const Line& line) { return may_be_of_code(line.bare); };
        return 2 * static_cast<size_t>(std::count_if(group.begin(), group.end(), told)) >= group.size();
    }

    static bool may_be_of_code(Slice<C> line) {
        static constexpr std::string_view signs = ";{}()[]=\\&|$<>/@";
        static constexpr C option[] = {'-', '-'};
        const auto is_sign = [](C c) { return c < 0x7f && signs.find(static_cast<char>(c)) != std::string_view::npos; };
        return std::any_of(line.begin(), line.end(), is_sign) || line.at[line.size - 1] == ':' ||
               line.starts("import") || line.starts("from") || line.starts("#include") ||
               std::search(line.begin(), line.end(), option, option + 2) != line.end();
    }

    // Whether a line below an item of a list stands further in than its sign, as what goes on in it does.
    bool may_hang() const {
        Py_ssize_t inside = -1;
        for (const Line& line : group) {
            const Py_ssize_t indent = line.bare.begin() - line.whole.begin();
            const Py_ssize_t mark = marker_of(line.bare);
            const bool item = mark > 0 && mark < line.bare.size && is_blank(line.bare.at[mark]);  // unlike "1.7.9"
            if (!item && inside >= 0 && indent > inside) return true;
            inside = item ? indent : -1;
        }
        return false;
    }

    bool may_be_table() const {
        return std::any_of(group.begin(), group.end(), [](const Line& line) { return line.bare.starts("|"); });
    }

    // Whether a link of Markdown stands in it, which may go on in the next line.
    bool may_break_links() const {
        static constexpr C sign[] = {']', '('};
        return std::any_of(group.begin(), group.end(), [](const Line& line) {
            return std::search(line.bare.begin(), line.bare.end(), sign, sign + 2) != line.bare.end();
        });
    }

    // Whether each line but the last is so full that the first word of the next did not fit, or at least long.
    bool may_be_wrapped() const {
        Py_ssize_t width = 0;
        for (const Line& line : group) {
            if (std::find(line.bare.begin(), line.bare.end(), C{' '}) != line.bare.end()) {
                width = std::max(width, line.width());
            }
        }
        if (width < WRAPPED_FROM || width > WRAPPED_TO) return false;
        bool full = true, ragged = true;
        for (size_t i = 0; i + 1 < group.size(); ++i) {
            const Slice<C> next = group[i + 1].bare;
            const auto word = std::find_if(next.begin(), next.end(), is_blank) - next.begin();
            full = full && group[i].width() + 1 + word > width;
            ragged = ragged && group[i].whole.size >= WRAPPED_FROM;
        }
        return full || ragged;
    }

    void ask_for_group() {
        const Ref lines(PyList_New(0));
        for (const Line& line : group) {
            const Ref pair(Py_BuildValue("(nN)", line.number, line.whole.text().release()));
            append(lines.get(), pair.get());
        }
        add_drafts(Ref(PyObject_CallFunctionObjArgs(house.group, lines.get(), nullptr)).get());
    }

    // Adds a line; given the kind of the one before in its group, it tells its own.
    Ref add_line(const Line& line, const Ref& before) {
        if (const std::optional<Plain> plain = read_line(line)) {
            const bool tight = plain->kind.get() != house.paragraph.get() && is_same(plain->kind.get(), before.get());
            const Ref number(PyLong_FromSsize_t(line.number)), is_tight(PyBool_FromLong(tight));
            add_block(number, plain->kind, plain->text, plain->level, plain->marker, is_tight, house.nothing,
                      house.no_links, house.nothing);
            return plain->kind;
        }
        const Ref number(PyLong_FromSsize_t(line.number)), source = line.whole.text();
        const Ref told(PyObject_CallFunctionObjArgs(house.line, number.get(), source.get(), before.get(), nullptr));
        const bool pair = PyTuple_Check(told.get()) && PyTuple_GET_SIZE(told.get()) == 2;
        if (!pair) refuse(PyExc_TypeError, "a pair was expected");
        add_drafts(PyTuple_GET_ITEM(told.get(), 1));
        const Ref kind = borrowed(PyTuple_GET_ITEM(told.get(), 0));
        if (!PyUnicode_Check(kind.get())) refuse(PyExc_TypeError, "a str was expected");
        return kind;
    }

    static bool is_same(PyObject* one, PyObject* other) { return one == other || PyUnicode_Compare(one, other) == 0; }

    std::optional<Plain> read_line(const Line& line) {
        const Slice<C> bare = line.bare;
        const C first = bare.at[0];
        if (first == '#' || first == '|' || first == '>') return std::nullopt;
        const Py_ssize_t mark = marker_of(bare);
        Py_ssize_t start = mark;
        while (start < bare.size && is_blank(bare.at[start])) ++start;
        const bool item = mark > 0 && start > mark && start < bare.size;
        const Ref text = plain(item ? bare.part(start, bare.size) : bare);
        if (!text) return std::nullopt;
        if (!item) {
            const bool is_short = PyUnicode_GET_LENGTH(text.get()) <= SHORT_LINE;
            return Plain{is_short ? house.lines : house.paragraph, text, house.zero, house.nothing};
        }
        const Ref level(PyLong_FromSsize_t(1 + indent_of(line) / 2));
        return Plain{house.item, text, level, bare.part(0, mark).text()};
    }

    // How long the mark of an item is that a text begins with; 0 without.
    static Py_ssize_t marker_of(Slice<C> text) {
        if (is_bullet(text.at[0])) return 1;
        Py_ssize_t digits = 0;
        while (digits < std::min<Py_ssize_t>(text.size, 4) && Py_UNICODE_ISDECIMAL(text.at[digits])) ++digits;
        if (digits == 0 || digits > 3 || digits == text.size) return 0;
        return text.at[digits] == '.' || text.at[digits] == ')' ? digits + 1 : 0;
    }

    // The columns before a line begins, where each fourth is a stop of tabs.
    static Py_ssize_t indent_of(const Line& line) {
        Py_ssize_t columns = 0;
        for (const C* at = line.whole.begin(); at < line.bare.begin(); ++at) {
            columns = *at == '\t' ? (columns / 4 + 1) * 4 : columns + 1;
        }
        return columns;
    }

    // A text with its white space settled; nothing where it holds what must be asked of Python.
    Ref plain(Slice<C> bare) {
        made.clear();
        bool alone = true;
        for (Py_ssize_t i = 0; i < bare.size; ++i) {
            const C c = bare.at[i];
            if (is_blank(c)) {
                if (made.back() != ' ') made.push_back(' ');
            } else if (is_printed(c) && !is_special(bare, i) && !(c == '[' && house.brackets)) {
                made.push_back(c);
                alone = alone && stands_alone(c);
            } else {
                return Ref();
            }
        }
        const Slice<C> settled{made.data(), static_cast<Py_ssize_t>(made.size())};
        const Ref text = settled.text();
        return alone || house.is_composed(text.get()) ? text : Ref();
    }

    // Whether a tag, an entity, an image, a mark of Markdown or a data URI may begin at a sign, or before it.
    static bool is_special(Slice<C> text, Py_ssize_t at) {
        const auto next = at + 1 < text.size ? static_cast<Py_UCS4>(text.at[at + 1]) : U' ';
        switch (text.at[at]) {
            case '<': return !is_blank(next);
            case '&': return next == '#' || is_letter(next);
            case '!': return next == '[';
            case ']': return next == '(';
            case '`': case '\\': return true;
            case '*': return next == '*';
            case ':': return at >= 4 && is_data(text.at + at - 4);
            default: return false;
        }
    }

    static bool is_data(const C* four) {
        return std::equal(four, four + 4, "data", [](C a, char b) { return (a | 0x20) == static_cast<C>(b); });
    }

    void add_drafts(PyObject* drafts) {
        const Ref items(PySequence_Tuple(drafts));
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(items.get()); ++i) {
            const Ref draft(PySequence_Tuple(PyTuple_GET_ITEM(items.get(), i)));
            if (PyTuple_GET_SIZE(draft.get()) != 9) refuse(PyExc_ValueError, "a draft of nine parts was expected");
            const auto part = [&](Py_ssize_t k) { return borrowed(PyTuple_GET_ITEM(draft.get(), k)); };
            add_block(part(0), part(1), part(2), part(3), part(4), part(5), part(6), part(7), part(8));
        }
    }

    void add_block(const Ref& line, const Ref& kind, const Ref& text, const Ref& level, const Ref& marker,
                   const Ref& tight, const Ref& markup, const Ref& link_share, const Ref& hidden) {
        const Ref block = house.block.make();
        const Ref index(PyLong_FromSsize_t(PyList_GET_SIZE(blocks.get())));
        const Ref no = borrowed(Py_False), none = borrowed(Py_None);
        const Ref* const values[] = {
            &index, &kind, &text, &line, &level, &marker, &tight,
            &markup, &house.nothing, &link_share, &hidden, &no, &none,
        };
        for (size_t i = 0; i < std::size(values); ++i) house.block.set(block.get(), i, *values[i]);
        append(blocks.get(), block.get());
    }

    static void append(PyObject* list, PyObject* object) {
        if (PyList_Append(list, object) < 0) throw Raised{};
    }
};

Ref read(PyObject* given) {
    PyObject *text, *blocks, *type, *group, *line, *normalise, *normalised;
    Py_ssize_t first;
    int brackets;
    if (!PyArg_ParseTuple(given, "UnpO!OOOOO", &text, &first, &brackets, &PyList_Type, &blocks, &type, &group, &line,
                          &normalise, &normalised)) {
        throw Raised{};
    }
    if (PyUnicode_READY(text) < 0) throw Raised{};
    const House house{BlockClass(type), group, line, normalise, normalised, brackets != 0};
    const Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    switch (PyUnicode_KIND(text)) {
        case PyUnicode_1BYTE_KIND:
            Reader<Py_UCS1>({PyUnicode_1BYTE_DATA(text), size}, house, blocks).read(first);
            break;
        case PyUnicode_2BYTE_KIND:
            Reader<Py_UCS2>({PyUnicode_2BYTE_DATA(text), size}, house, blocks).read(first);
            break;
        default: Reader<Py_UCS4>({PyUnicode_4BYTE_DATA(text), size}, house, blocks).read(first);
    }
    return borrowed(Py_None);
}

PyObject* call_read(PyObject*, PyObject* given) {
    return guarded([&] { return read(given); });
}

PyMethodDef METHODS[] = {
    {"read", call_read, METH_VARARGS,
     "read(text, number of its first line, whether brackets are asked for, blocks, Block, drafts of a group, "
     "drafts of a line, normalise, is_normalized): adds to blocks"},
    {nullptr, nullptr, 0, nullptr},
};

PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, "_text", "Text without markup to blocks, compiled.", 0, METHODS, nullptr, nullptr, nullptr,
    nullptr,
};

}  // namespace

PyMODINIT_FUNC PyInit__text() { return PyModule_Create(&MODULE); }
