// What characters are to who reads lines: white space, ends of lines, letters, signs of lists, and what is settled.

#pragma once

#include "../reference.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace {

bool within(Py_UCS4 c, Py_UCS4 first, Py_UCS4 last) { return first <= c && c <= last; }

bool is_blank(Py_UCS4 c) { return Py_UNICODE_ISSPACE(c); }

bool ends_line(Py_UCS4 c) {
    return within(c, 0x0a, 0x0d) || within(c, 0x1c, 0x1e) || c == 0x85 || within(c, 0x2028, 0x2029);
}

// Whether a character is composed and never joins another before it: those below U+0300, signs of typography, letters
// of Greek, Cyrillic, Hebrew and Arabic, Chinese and Japanese signs, syllables of Hangul.
bool stands_alone(Py_UCS4 c) {
    static constexpr std::pair<Py_UCS4, Py_UCS4> ranges[] = {
        {0x0388, 0x0482}, {0x048a, 0x052f}, {0x05d0, 0x05ea}, {0x0620, 0x064a}, {0x2010, 0x2027},
        {0x3001, 0x3029}, {0x3041, 0x3096}, {0x30a1, 0x30ff}, {0x4e00, 0x9fff}, {0xac00, 0xd7a3},
    };
    const auto has = [c](const auto& range) { return within(c, range.first, range.second); };
    return c < 0x300 || std::any_of(std::begin(ranges), std::end(ranges), has);
}

bool is_printed(Py_UCS4 c) { return c < 0x7f ? c >= ' ' : Py_UNICODE_ISPRINTABLE(c); }

bool is_letter(Py_UCS4 c) { return within(c, 'a', 'z') || within(c, 'A', 'Z'); }

bool is_bullet(Py_UCS4 c) {
    static constexpr char32_t bullets[] = U"-*+•‣▪◦·–—";
    return std::u32string_view(bullets).find(c) != std::u32string_view::npos;
}

}  // namespace
