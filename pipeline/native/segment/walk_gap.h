// Whether two texts in touching elements are words apart: `are_apart` of `inline.py`.

#pragma once

#include "walk_slice.h"

namespace {

template <class C>
bool is_upper(Slice<C> text, Py_ssize_t at) {
    return at < text.size && Py_UNICODE_ISUPPER(text.at[at]);
}

template <class C>
bool is_lower(Slice<C> text, Py_ssize_t at) {
    return at < text.size && Py_UNICODE_ISLOWER(text.at[at]);
}

// Whether the characters `from` to `to` before the end are letters.
template <class C>
bool are_letters(Slice<C> text, Py_ssize_t from, Py_ssize_t to) {
    if (text.size < from) return false;
    return std::all_of(text.end() - from, text.end() - to, [](C one) { return Py_UNICODE_ISALPHA(one); });
}

template <class C>
bool is_currency(C one) {
    const auto code = static_cast<Py_UCS4>(one);
    return code == '$' || code == 0xA3 || code == 0xA5 || code == 0x20AC || code == 0x20B9;
}

template <class C>
bool are_apart(Slice<C> left, Slice<C> right) {
    if (!left.size || !right.size) return false;
    const C before = left.at[left.size - 1], first = right.at[0];
    const bool begins = is_upper(right, 0) && is_lower(right, 1);
    if (is_currency(first)) return before == ':' || Py_UNICODE_ISALNUM(before);
    if (Py_UNICODE_ISDECIMAL(before)) return begins;
    if (before == '.' || before == '!' || before == '?' || before == ')')
        return begins && left.has(' ') && are_letters(left, 3, 1);
    if (before == ':') return Py_UNICODE_ISALNUM(first) && are_letters(left, 3, 1);
    const bool small = Py_UNICODE_ISLOWER(before);
    if (!(small || Py_UNICODE_ISUPPER(before)) || !are_letters(left, 3, 0)) return false;
    return Py_UNICODE_ISDECIMAL(first) || begins || (small && is_upper(right, 0));
}

}  // namespace
