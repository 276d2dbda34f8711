// The text of a block, normalised where that takes no more than one space for white space between words. All else is for
// `drafts.text_of`, which says what is right.

#pragma once

#include "walk_tags.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace {

// The entities that the parser writes in texts: the character that one means, and its length; 0 for all others.
template <class C>
std::pair<char, Py_ssize_t> entity(Slice<C> text) {
    static constexpr std::pair<std::string_view, char> known[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'},
    };
    for (const auto& [written, meant] : known)
        if (text.starts(written)) return {meant, static_cast<Py_ssize_t>(written.size())};
    return {'\0', 0};
}

template <class C>
class Settler {
  public:
    // With `entities` texts are as the parser writes them.
    explicit Settler(bool entities) : entities(entities) {}

    // Whether the text is settled. With `lines` a line break (NUL) stays one.
    bool settle(const std::vector<Slice<C>>& pieces, bool lines) {
        make_room(pieces);
        C* to = made.data();
        pending = 0;
        for (const Slice<C>& piece : pieces) {
            to = lines ? take<true>(piece, to) : take<false>(piece, to);
            if (to == nullptr) return false;
        }
        size = to - made.data();
        return true;
    }

    Slice<C> text() const { return {made.data(), size}; }

    // The pieces as they stand.
    Slice<C> joined(const std::vector<Slice<C>>& pieces) {
        make_room(pieces);
        C* to = made.data();
        for (const Slice<C>& piece : pieces) to = std::copy(piece.begin(), piece.end(), to);
        size = to - made.data();
        return text();
    }

  private:
    bool entities;
    Characters<C> made;  // never longer than what it is made of
    Py_ssize_t size = 0;
    C pending = 0;  // what stands before the next word: nothing, a space, or a line break

    void make_room(const std::vector<Slice<C>>& pieces) {
        size_t most = 0;
        for (const Slice<C>& piece : pieces) most += static_cast<size_t>(piece.size);
        if (made.size() < most) made.resize(most);
    }

    // Writes a piece behind what is made; null where it is not settled.
    template <bool lines>
    C* take(Slice<C> piece, C* to) {
        for (Py_ssize_t at = 0; at < piece.size;) {
            C character = piece.at[at++];
            if (character > ' ' && character < 0x7F && character != '&') {
                if (pending) *to++ = std::exchange(pending, C{0});
                *to++ = character;
                continue;
            }
            if (is_blank(character) || (lines && character == 0)) {
                if (to != made.data() && pending != '\n') pending = character == 0 ? '\n' : ' ';
                continue;
            }
            if (is_unseen(character)) continue;
            if (character == '&' && entities) {
                const auto [meant, length] = entity(piece.part(at - 1, piece.size));
                if (length == 0) return nullptr;
                character = static_cast<C>(meant);
                at += length - 1;
            } else if (!is_plain(character)) {
                return nullptr;
            }
            if (pending) *to++ = std::exchange(pending, C{0});
            *to++ = character;
        }
        return to;
    }

    static bool is_blank(C character) {
        if (character < 0x2000) return character == ' ' || character == '\n' || character == '\t' || character == 0xA0;
        return character <= 0x200A || character == 0x202F || character == 0x3000;
    }

    // Soft hyphens and spaces without width go.
    static bool is_unseen(C character) {
        return character == 0xAD || character == 0x200B || character == 0x2060 || character == 0xFEFF;
    }

    // Whether a character is printed, composed already and drawn alone: Latin, Greek, Cyrillic, Hebrew and Arabic
    // letters, the signs of typography, pictures, and the letters of Chinese, Japanese and Korean.
    static bool is_plain(C character) {
        const Py_UCS4 code = character;
        if (code > ' ' && code < 0x7F) return true;
        static constexpr std::pair<Py_UCS4, Py_UCS4> ranges[] = {
            {0x80, 0x2FF}, {0x388, 0x3FF}, {0x400, 0x482}, {0x48A, 0x52F}, {0x5D0, 0x5EA}, {0x61D, 0x64A},
            {0x660, 0x66F}, {0x671, 0x6D5}, {0x1EA0, 0x1EF9}, {0x2010, 0x2027}, {0x2030, 0x205E}, {0x20A0, 0x20C0},
            {0x2100, 0x2125}, {0x2190, 0x2328}, {0x232B, 0x2ADB}, {0x3001, 0x3029}, {0x3041, 0x3096},
            {0x30A1, 0x30FF}, {0x4E00, 0x9FFF}, {0xAC00, 0xD7A3}, {0xFE0E, 0xFE0F}, {0xFF01, 0xFF9F},
            {0x1F000, 0x1FAFF},
        };
        for (const auto& [first, last] : ranges)
            if (code >= first && code <= last) return Py_UNICODE_ISPRINTABLE(code);
        return false;
    }
};

}  // namespace
