// Regular expressions read, as far as automata need it (`look_up_automaton.h`).
//
// What is read lets through more than the expression itself: what looks around (borders of words, look-ahead) is
// nothing, long counts have no end, and letters of any case are told apart by ASCII only. All else is not read at all.

#pragma once

#include "../values.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace {

// Characters that may stand at one place.
struct Range {
    char32_t first = 0, last = 0;
};

struct Class {
    std::vector<Range> ranges;
    std::vector<char32_t> kinds;  // of \w, \d, \s and their opposites, the letters
    bool others = false;          // all characters but these
    bool any_case = false;

    bool has(char32_t c) const {
        if (!any_case) return holds(c) != others;
        if (others) return !holds(c);
        const bool letter = (c | 32) >= 'a' && (c | 32) <= 'z';
        return c > 127 || holds(c) || (letter && holds(c ^ 32)) || holds_beyond_ascii();
    }

    // Characters between two of these, which are of the same kinds, are alike to this class.
    void add_borders(std::vector<char32_t>& borders) const {
        for (const Range& some : ranges) {
            borders.insert(borders.end(), {some.first, some.last + 1});
        }
        if (!any_case) return;
        for (char32_t c = 'A'; c <= 'Z' + 1; ++c) borders.insert(borders.end(), {c, c | 32});
        borders.push_back(128);
    }

    // Of which of the kinds that a class may ask for a character is, as a number below KINDS.
    static uint32_t kinds_of(char32_t c) { return 4 * is(c, 'd') + 2 * is(c, 's') + is(c, 'w'); }
    static constexpr uint32_t KINDS = 8;

  private:
    bool holds(char32_t c) const {
        const auto in_range = [c](const Range& some) { return some.first <= c && c <= some.last; };
        const auto is_kind = [c](char32_t kind) { return is(c, kind); };
        return std::any_of(ranges.begin(), ranges.end(), in_range) || std::any_of(kinds.begin(), kinds.end(), is_kind);
    }
    bool holds_beyond_ascii() const {
        return std::any_of(ranges.begin(), ranges.end(), [](const Range& some) { return some.last > 127; });
    }
    static bool is(char32_t c, char32_t kind) {
        if (kind == 'd' || kind == 'D') return (Py_UNICODE_ISDECIMAL(c) != 0) == (kind == 'd');
        if (kind == 's' || kind == 'S') return (Py_UNICODE_ISSPACE(c) != 0) == (kind == 's');
        return (Py_UNICODE_ISALNUM(c) || c == '_') == (kind == 'w');
    }
};

// A piece of a pattern. A sequence without parts is nothing at all.
struct Piece {
    enum Sort { SEQUENCE, CHOICE, REPEAT, CLASS, START, END };
    Sort sort = SEQUENCE;
    std::vector<Piece> parts;
    Class characters;
    size_t least = 0;
    std::optional<size_t> most;  // none: without end
};

// Reads the language of Python's `re`, as much of it as is needed. `Unread` is thrown at all else.
class PatternReader {
  public:
    struct Unread {};
    explicit PatternReader(std::u32string_view source) : left(source) {}

    Piece read() {
        Piece all = choice(0);
        if (!left.empty()) throw Unread{};
        return all;
    }

  private:
    static constexpr size_t DEEP = 50, MOST = 3;  // groups in groups; times that are counted
    std::u32string_view left;
    bool any_case = false;

    bool at(std::u32string_view some) const { return left.substr(0, some.size()) == some; }
    bool skip(std::u32string_view some) {
        const bool here = at(some);
        if (here) left.remove_prefix(some.size());
        return here;
    }
    char32_t next() {
        if (left.empty()) throw Unread{};
        const char32_t c = left.front();
        left.remove_prefix(1);
        return c;
    }

    Piece choice(size_t depth) {
        if (depth > DEEP) throw Unread{};
        Piece any;
        any.sort = Piece::CHOICE;
        do {
            Piece some;
            while (!left.empty() && !at(U"|") && !at(U")")) some.parts.push_back(repeated(one(depth)));
            any.parts.push_back(std::move(some));
        } while (skip(U"|"));
        return any;
    }

    Piece repeated(Piece piece) {
        Piece more;
        more.sort = Piece::REPEAT;
        if (skip(U"?")) {
            more.most = 1;
        } else if (skip(U"+")) {
            more.least = 1;
        } else if (at(U"{")) {
            counted(more);
        } else if (!skip(U"*")) {
            return piece;
        }
        if (!skip(U"?")) skip(U"+");  // lazy or not, what it finds is the same; and less if it is possessive
        if (at(U"?") || at(U"*") || at(U"+") || at(U"{")) throw Unread{};
        more.parts.push_back(std::move(piece));
        return more;
    }

    void counted(Piece& piece) {
        next();
        const auto least = number();
        const bool exact = !skip(U",");
        const auto most = exact ? least : number();
        if ((exact && !least) || !skip(U"}")) throw Unread{};
        piece.least = std::min(least.value_or(0), MOST);
        if (most && *most <= MOST) piece.most = most;
    }

    std::optional<size_t> number() {
        std::optional<size_t> read;
        while (!left.empty() && left.front() >= '0' && left.front() <= '9') {
            read = std::min<size_t>(1'000'000, 10 * read.value_or(0) + (next() - '0'));
        }
        return read;
    }

    Piece one(size_t depth) {
        const char32_t c = next();
        Piece piece;
        if (c == '(') return group(depth);
        if (c == '^' || c == '$') {
            piece.sort = c == '^' ? Piece::START : Piece::END;
        } else if (c == '\\' && (at(U"b") || at(U"B"))) {
            next();  // a border of a word: nothing that stands there
        } else if (c == '*' || c == '+' || c == '?' || c == '{') {
            throw Unread{};
        } else {
            piece.sort = Piece::CLASS;
            piece.characters.any_case = any_case;
            read_class(c, piece.characters);
        }
        return piece;
    }

    Piece group(size_t depth) {
        const bool cases = any_case;
        bool looks = false;
        if (skip(U"?")) {
            looks = skip(U"=") || skip(U"!") || skip(U"<=") || skip(U"<!");
            if (skip(U"i)")) {  // for all that follows; Python has it at the start only
                any_case = true;
                return {};
            }
            if (skip(U"i:")) {
                any_case = true;
            } else if (!looks && !skip(U":") && !skip(U">")) {
                throw Unread{};
            }
        }
        Piece inside = choice(depth + 1);
        if (!skip(U")")) throw Unread{};
        any_case = cases;
        return looks ? Piece{} : inside;
    }

    void read_class(char32_t c, Class& into) {
        if (c == '.') {
            into.others = true;
            into.any_case = false;
            into.ranges.push_back({'\n', '\n'});
        } else if (c == '[') {
            read_set(into);
        } else if (c != '\\') {
            into.ranges.push_back({c, c});
        } else if (const auto escaped = escape(into)) {
            into.ranges.push_back({*escaped, *escaped});
        }
    }

    void read_set(Class& into) {
        into.others = skip(U"^");
        for (bool first = true; first || !at(U"]"); first = false) {
            const char32_t c = next();
            if (c == '[' || (c == '-' && at(U"-"))) throw Unread{};  // Python keeps these for later
            const auto from = c == '\\' ? escape(into) : c;
            if (!at(U"-") || at(U"-]")) {
                if (from) into.ranges.push_back({*from, *from});
                continue;
            }
            next();
            const char32_t d = next();
            const auto to = d == '\\' ? escape(into) : d;
            if (!from || !to || *to < *from) throw Unread{};
            into.ranges.push_back({*from, *to});
        }
        next();
    }

    // What a backslash makes of the next character; none if it is a kind of characters, which `into` gets.
    std::optional<char32_t> escape(Class& into) {
        const char32_t c = next();
        if (std::u32string_view(U"wWdDsS").find(c) != std::u32string_view::npos) {
            into.kinds.push_back(c);
            return std::nullopt;
        }
        if (c == 'n') return U'\n';
        if (c == 't') return U'\t';
        if (Py_UNICODE_ISALNUM(c)) throw Unread{};
        return c;
    }
};

}  // namespace
