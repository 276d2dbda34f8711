// Tables by words and by numbers, in one row each: what every look-up is made of.

#pragma once

#include "../values.h"

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

// Characters that know their hash, so that each word of a page is read once and looked up in many tables.
template <class Character>
struct WordOf {
    using View = std::basic_string_view<Character>;

    // Where a hash begins: another in every process that lies elsewhere, so that no page can prepare words that collide.
    static uint64_t seed() {
        static const char here = 0;
        return reinterpret_cast<uintptr_t>(&here) ^ 0xcbf29ce484222325;
    }
    static uint64_t mix(uint64_t hash, Character c) {
        hash = (hash ^ c) * 0x9e3779b97f4a7c15;
        return hash ^ hash >> 31;
    }

    View text;
    uint64_t hash = seed();

    WordOf() = default;
    WordOf(View text, uint64_t hash) : text(text), hash(hash) {}
    explicit WordOf(View text) : text(text) {
        for (const Character c : text) hash = mix(hash, c);
    }
    bool operator==(const WordOf& other) const { return hash == other.hash && text == other.text; }
};

using Word = WordOf<char32_t>;

// Words and what is known of each: a table with open places, a power of two of them and never more than half full.
template <class Value, class Character = char32_t>
class Dictionary {
    using Word = WordOf<Character>;

  public:
    explicit Dictionary(size_t expected = 8) {
        size_t places = 16;
        while (places < 2 * expected) places *= 2;
        slots.resize(places);
    }

    const Value* find(const Word& word) const {
        const Slot slot = slots[place_of(word)];
        return slot.entry > 0 ? &entries[slot.entry - 1].second : nullptr;
    }

    // What is known of a word, at first the given value. Its characters must last as long as the table.
    Value& at(const Word& word, const Value& first = {}) {
        size_t place = place_of(word);
        if (slots[place].entry == 0) {
            if (2 * entries.size() >= slots.size()) {
                grow();
                place = place_of(word);
            }
            entries.emplace_back(word, first);
            slots[place] = {static_cast<uint32_t>(entries.size()), check_of(word)};
        }
        return entries[slots[place].entry - 1].second;
    }

    // The same, with a copy of the characters.
    Value& keep(typename Word::View key, const Value& first = {}) {
        const Word word(key);
        return find(word) ? at(word) : at(Word(keys.emplace_back(key), word.hash), first);
    }

    size_t size() const { return entries.size(); }

  private:
    struct Slot {
        uint32_t entry = 0, check = 0;  // a place in `entries`, from 1 on; half of the hash of its word
    };
    std::vector<Slot> slots;
    std::deque<std::pair<Word, Value>> entries;
    std::deque<std::basic_string<Character>> keys;

    size_t place_of(const Word& word) const {
        size_t place = word.hash & (slots.size() - 1);
        const uint32_t check = check_of(word);
        const auto is_other = [&](Slot slot) { return slot.check != check || !(entries[slot.entry - 1].first == word); };
        while (slots[place].entry > 0 && is_other(slots[place])) place = (place + 1) & (slots.size() - 1);
        return place;
    }

    static uint32_t check_of(const Word& word) { return static_cast<uint32_t>(word.hash >> 32); }

    void grow() {
        slots.assign(2 * slots.size(), {});
        for (size_t i = 0; i < entries.size(); ++i) {
            const Word& word = entries[i].first;
            slots[place_of(word)] = {static_cast<uint32_t>(i + 1), check_of(word)};
        }
    }
};

// Numbers by numbers below 2^63, as they come: the first of each key stays.
class Numbers {
  public:
    // The number of a key, and whether it is a new one that got `first`.
    std::pair<int64_t, bool> add(uint64_t key, int64_t first) {
        if (2 * size >= slots.size()) grow();
        Slot& slot = slots[place_of(key)];
        const bool is_new = slot.key == 0;
        if (is_new) slot = {key + 1, first};
        size += is_new;
        return {slot.number, is_new};
    }

  private:
    struct Slot {
        uint64_t key = 0;  // from 1 on
        int64_t number = 0;
    };
    size_t size = 0;
    std::vector<Slot> slots = std::vector<Slot>(256);

    size_t place_of(uint64_t key) const {
        size_t place = Word::mix(Word::seed() ^ key, 0) & (slots.size() - 1);
        while (slots[place].key > 0 && slots[place].key != key + 1) place = (place + 1) & (slots.size() - 1);
        return place;
    }

    void grow() {
        const std::vector<Slot> before = std::exchange(slots, std::vector<Slot>(2 * slots.size()));
        for (const Slot& slot : before) {
            if (slot.key > 0) slots[place_of(slot.key - 1)] = slot;
        }
    }
};

struct HashOf {
    size_t operator()(uint64_t number) const { return number * 0x9e3779b97f4a7c15 >> 7; }
};

}  // namespace
