// The fingerprint of documents, compiled: texts to hashed words, words to sets of shingles, and sets to their smallest
// hashes. The Python in `words.py` and `fingerprint.py` says what each step means and why.
//
// All numbers are unsigned and wrap, so the results are those of NumPy to the last bit. The table of characters and the
// constants are Python's and come with each call; a text with characters that do not fold alone is folded there.

#include "../door.h"

#include "fingerprint_words.h"

#include <array>

namespace {

constexpr size_t SHINGLE = 3, BANDS = 32, ROWS = 4, HASHES = BANDS * ROWS;

// The runs that fill an array of `size`: their borders, from 0 to the end.
class Runs {
  public:
    Runs(PyObject* given, size_t size) : borders(given) {
        bool rise = borders.size() > 0 && borders[0] == 0;
        for (size_t i = 0; rise && i < count(); ++i) rise = borders[i] <= borders[i + 1];
        if (!rise || start(count()) != size) refuse(PyExc_ValueError, "the borders do not rise from 0 to the end");
    }
    size_t count() const { return borders.size() - 1; }
    size_t start(size_t run) const { return static_cast<size_t>(borders[run]); }
    size_t size(size_t run) const { return start(run + 1) - start(run); }

  private:
    Array<int64_t> borders;
};

// words(texts, table, slowly, places, mix) -> hashes, digits, borders of the texts, letters of each text
Ref words(const Items& given) {
    const Items texts(given[0]);
    const Array<uint32_t> table(given[1], CHARACTERS);
    const Array<uint64_t> places(given[3], PLACES);
    const Mixer mixed(given[4]);
    Words words(places, mixed);
    std::vector<int64_t> borders{0};
    const Ref letters = list_of(texts.size(), [&](size_t i) {
        const std::u32string text = characters(texts[i]);
        const std::vector<uint32_t> entries = entries_of(text, table);
        Ref own;
        if (entries.size() == text.size()) {
            own = words.read(entries.data(), entries.data() + entries.size());
        } else {
            const Ref folded(PyObject_CallFunctionObjArgs(given[2], texts[i], nullptr));
            const Array<uint32_t> slow(folded.get());
            own = words.read(slow.begin(), slow.end());
        }
        borders.push_back(static_cast<int64_t>(words.hashes.size()));
        return own;
    });
    return tuple_of(bytes_of(words.hashes), bytes_of(words.digits), bytes_of(borders), letters);
}

// Sorts hashes: by each of their bytes, the least first, as no order of theirs may cost more than another.
void sort_hashes(uint32_t* first, size_t size, std::vector<uint32_t>& scratch) {
    constexpr size_t FEW = 128, VALUES = 256;
    if (size < FEW) return std::sort(first, first + size);
    scratch.resize(std::max(scratch.size(), size));
    uint32_t *from = first, *to = scratch.data();
    for (int bits = 0; bits < 32; bits += 8, std::swap(from, to)) {
        std::array<size_t, VALUES> next{};
        for (size_t i = 0; i < size; ++i) ++next[from[i] >> bits & (VALUES - 1)];
        size_t sum = 0;
        for (size_t& place : next) sum += std::exchange(place, sum);
        for (size_t i = 0; i < size; ++i) to[next[from[i] >> bits & (VALUES - 1)]++] = from[i];
    }
}

// The shingle of the `size` words from a place on, three or all that there are; bit 0 says that one holds a digit.
uint32_t shingle_of(const uint64_t* hashes, const bool* digits, size_t size, const uint64_t* times, const Mixer& mix) {
    uint64_t sum = 0;
    bool digit = false;
    for (size_t i = 0; i < size; ++i) {
        sum += hashes[i] * times[i];
        digit |= digits[i];
    }
    return (static_cast<uint32_t>(mix(sum) >> 32) & ~1u) | (digit ? 1 : 0);
}

// shingles(hashes, digits, borders of the texts, factors, mix) -> sorted sets one after the other, and their borders
Ref shingles(const Items& given) {
    const Array<uint64_t> hashes(given[0]), factors(given[3], SHINGLE);
    const Array<bool> digits(given[1], hashes.size());
    const Runs texts(given[2], hashes.size());
    const Mixer mixed(given[4]);
    std::vector<uint32_t> sets, scratch;
    sets.reserve(hashes.size());
    std::vector<int64_t> borders{0};
    for (size_t i = 0; i < texts.count(); ++i) {
        const size_t before = sets.size(), words = texts.size(i), size = std::min(words, SHINGLE);
        for (size_t k = 0; words > 0 && k + size <= words; ++k) {
            const size_t at = texts.start(i) + k;
            sets.push_back(shingle_of(hashes.begin() + at, digits.begin() + at, size, factors.begin(), mixed));
        }
        sort_hashes(sets.data() + before, sets.size() - before, scratch);
        sets.erase(std::unique(sets.begin() + static_cast<std::ptrdiff_t>(before), sets.end()), sets.end());
        borders.push_back(static_cast<int64_t>(sets.size()));
    }
    return tuple_of(bytes_of(sets), bytes_of(borders));
}

// The smallest images of a set under so many functions at once: each element is read once for all of them, and all that
// is compared stays in registers.
constexpr size_t AT_ONCE = 4;

void smallest(const uint32_t* at, const uint32_t* end, const uint64_t* times, const uint64_t* plus, uint32_t* into) {
    uint64_t a = ~uint64_t{0}, b = a, c = a, d = a;
    for (; at != end; ++at) {
        a = std::min(a, *at * times[0] + plus[0]);
        b = std::min(b, *at * times[1] + plus[1]);
        c = std::min(c, *at * times[2] + plus[2]);
        d = std::min(d, *at * times[3] + plus[3]);
    }
    const uint64_t found[AT_ONCE] = {a, b, c, d};
    for (size_t i = 0; i < AT_ONCE; ++i) into[i] = static_cast<uint32_t>(found[i] >> 32);
}

// minima(shingles, borders of the sets, multiply, add) -> the smallest of each hash over each set, 0 for an empty one
Ref minima(const Items& given) {
    const Array<uint32_t> shingles(given[0]);
    const Runs sets(given[1], shingles.size());
    const Array<uint64_t> multiply(given[2], HASHES), add(given[3], HASHES);
    std::vector<uint32_t> found(sets.count() * HASHES, 0);
    for (size_t i = 0; i < sets.count(); ++i) {
        if (sets.size(i) == 0) continue;
        const uint32_t *const first = shingles.begin() + sets.start(i), *const last = first + sets.size(i);
        for (size_t hash = 0; hash < HASHES; hash += AT_ONCE) {
            smallest(first, last, multiply.begin() + hash, add.begin() + hash, &found[i * HASHES + hash]);
        }
    }
    return bytes_of(found);
}

// band_keys(minima, factors and number, mix) -> the key of each band
Ref band_keys(const Items& given) {
    const Array<uint32_t> minima(given[0]);
    const Array<uint64_t> factors(given[1], ROWS + 1);
    const Mixer mixed(given[2]);
    if (minima.size() % HASHES != 0) refuse(PyExc_ValueError, "whole rows of minima were expected");
    std::vector<uint64_t> keys(minima.size() / ROWS);
    for (size_t i = 0; i < keys.size(); ++i) {
        uint64_t sum = (i % BANDS + 1) * factors[ROWS];
        for (size_t k = 0; k < ROWS; ++k) sum += minima[i * ROWS + k] * factors[k];
        keys[i] = mixed(sum);
    }
    return bytes_of(keys);
}

PyMethodDef METHODS[] = {
    {"words", call<words, 5>, METH_VARARGS,
     "words(texts, table, slowly, places, mix) -> hashes, digits, borders, letters"},
    {"shingles", call<shingles, 5>, METH_VARARGS, "shingles(hashes, digits, borders, factors, mix) -> sets, borders"},
    {"minima", call<minima, 4>, METH_VARARGS, "minima(shingles, borders, multiply, add) -> the smallest hashes"},
    {"band_keys", call<band_keys, 3>, METH_VARARGS, "band_keys(minima, factors, mix) -> keys"},
    {nullptr, nullptr, 0, nullptr},
};

PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, "_fingerprint", "The fingerprint of documents, compiled.", 0, METHODS, nullptr, nullptr,
    nullptr, nullptr,
};

}  // namespace

PyMODINIT_FUNC PyInit__fingerprint() { return PyModule_Create(&MODULE); }
