// Texts to hashed words: characters looked up in the table, words found and hashed, and their letters for `exact`.

#pragma once

#include "../arrays.h"

#if PY_BIG_ENDIAN
#error "the letters of a text are hashed with their least byte first; Python does it here"
#endif

namespace {

template <>
constexpr char format_of<uint32_t>() {
    return 'I';
}
template <>
constexpr char format_of<uint64_t>() {
    return sizeof(uint64_t) == sizeof(long) ? 'L' : 'Q';
}

// Bits of an entry of the table, and the sign before a word, as in `words.py`.
constexpr uint32_t CODE = 0x1FFFFF, SIGN = 1u << 24, DIGIT = 1u << 25, MARK = 1u << 26, SLOW = 1u << 27;
constexpr uint32_t START = 1u << 31;
constexpr size_t CHARACTERS = 0x110000, PLACES = 1024;

// Scatters a number over all 64 bits.
class Mixer {
  public:
    explicit Mixer(PyObject* given) {
        const Array<uint64_t> factors(given, 2);
        first = factors[0];
        second = factors[1];
    }
    uint64_t operator()(uint64_t value) const {
        value = (value ^ (value >> 32)) * first;
        value = (value ^ (value >> 29)) * second;
        return value ^ (value >> 32);
    }

  private:
    uint64_t first, second;
};

// Hashed words, text by text.
class Words {
  public:
    std::vector<uint64_t> hashes;
    std::vector<char> digits;

    Words(const Array<uint64_t>& places, const Mixer& mixed) : places(places), mixed(mixed) {}

    // Adds the words of a text, and gives its letters with a sign before each word.
    Ref read(const uint32_t* at, const uint32_t* end) {
        std::vector<uint32_t> letters(static_cast<size_t>(end - at));
        uint32_t* into = letters.data();
        while (at != end) {
            if (*at == 0) {
                ++at;
                continue;
            }
            const size_t size = read_word(at, end, into);
            at += size;
            into += size;
        }
        letters.resize(static_cast<size_t>(into - letters.data()));
        return bytes_of(letters);
    }

  private:
    const Array<uint64_t>& places;
    const Mixer& mixed;

    // The size of the word.
    size_t read_word(const uint32_t* at, const uint32_t* end, uint32_t* letters) {
        const size_t most = static_cast<size_t>(end - at);
        uint64_t sum = 0;
        uint32_t seen = 0;
        size_t size = 0;
        do {
            letters[size] = at[size] & CODE;
            sum += letters[size] * places[size % PLACES];
            seen |= at[size++];
        } while (size < most && goes_on(at[size - 1], at[size]));
        letters[0] |= START;
        hashes.push_back(mixed(sum));
        digits.push_back((seen & DIGIT) != 0);
        return size;
    }

    // A word ends before a separator and before a sign, and behind a sign and its marks.
    static bool goes_on(uint32_t before, uint32_t entry) {
        return entry != 0 && (entry & SIGN) == 0 && ((before & SIGN) == 0 || (entry & MARK) != 0);
    }
};

// The entries of the characters of a text; nothing where one does not fold alone.
std::vector<uint32_t> entries_of(const std::u32string& text, const Array<uint32_t>& table) {
    std::vector<uint32_t> entries(text.size());
    uint32_t seen = 0;
    for (size_t i = 0; i < text.size(); ++i) seen |= entries[i] = table[text[i]];
    if ((seen & SLOW) != 0) entries.clear();
    return entries;
}

}  // namespace
