// Tables by words and by numbers, in one row each: what every look-up is made of.

#pragma once

#include "../values.h"

#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

// Characters that know their hash, so that each word of a page is read once and looked up in many tables.
template <class Character>
struct WordOf {
    using View = std::basic_string_view<Character>;
    using Unsigned = std::conditional_t<sizeof(Character) == 1, uint8_t, uint32_t>;

    // Where a hash begins: another in every process that lies elsewhere, so that no page can prepare words that collide.
    static uint64_t seed() {
        static const char here = 0;
        return reinterpret_cast<uintptr_t>(&here) ^ 0xcbf29ce484222325;
    }
    static uint64_t mix(uint64_t hash, uint64_t some) {
        hash ^= some;
        hash = (hash ^ hash >> 32) * 0x9e3779b97f4a7c15;
        return hash ^ hash >> 29;
    }
    // Eight bytes at a time; the size is in it, so that what fills up the last ones makes no difference.
    static uint64_t hash_of(View text) {
        constexpr size_t STEP = sizeof(uint64_t) / sizeof(Character);
        uint64_t hash = seed() ^ text.size(), some = 0;
        for (; text.size() >= STEP; text.remove_prefix(STEP)) {
            std::memcpy(&some, text.data(), sizeof some);
            hash = mix(hash, some);
        }
        some = 0;
        for (const Character c : text) some = some << 8 * sizeof(Character) | static_cast<Unsigned>(c);
        return text.empty() ? hash : mix(hash, some);
    }

    View text;
    uint64_t hash = hash_of({});

    WordOf() = default;
    WordOf(View text, uint64_t hash) : text(text), hash(hash) {}
    explicit WordOf(View text) : text(text), hash(hash_of(text)) {}
    bool operator==(const WordOf& other) const {
        const bool alike = hash == other.hash && text.size() == other.text.size();
        return alike && (text.empty() || std::memcmp(text.data(), other.text.data(), text.size() * sizeof(Character)) == 0);
    }
};

using Word = WordOf<char32_t>;

// Places in a list by the hashes of what stands there: open places, a power of two of them and never more than half full.
class Index {
  public:
    explicit Index(size_t expected) {
        size_t places = 16;
        while (places < 2 * expected) places *= 2;
        slots.resize(places);
    }

    // The place of what has this hash and `is_it(place)`, or `size`, where it shall be added.
    template <class IsIt>
    size_t find(uint64_t hash, size_t size, IsIt is_it) const {
        const uint64_t mask = slots.size() - 1;
        for (uint64_t at = hash & mask; slots[at].place > 0; at = (at + 1) & mask) {
            if (slots[at].check == check_of(hash) && is_it(slots[at].place - 1)) return slots[at].place - 1;
        }
        return size;
    }

    // Add the next one to the list of `size` that there are, whose hashes `hash_at` tells.
    template <class HashAt>
    void add(uint64_t hash, size_t size, HashAt hash_at) {
        if (2 * size >= slots.size()) {
            slots.assign(2 * slots.size(), {});
            for (size_t i = 0; i < size; ++i) put(hash_at(i), i);
        }
        put(hash, size);
    }

  private:
    struct Slot {
        uint32_t place = 0, check = 0;  // from 1 on; half of the hash
    };
    std::vector<Slot> slots;

    static uint32_t check_of(uint64_t hash) { return static_cast<uint32_t>(hash >> 32); }

    void put(uint64_t hash, size_t place) {
        uint64_t at = hash & (slots.size() - 1);
        while (slots[at].place > 0) at = (at + 1) & (slots.size() - 1);
        slots[at] = {static_cast<uint32_t>(place + 1), check_of(hash)};
    }
};

// Words and what is known of each, which stays where it is.
template <class Value, class Character = char32_t>
class Dictionary {
    using Word = WordOf<Character>;

  public:
    using Entry = std::pair<Word, Value>;

    const Entry* entry(const Word& word) const {
        const size_t place = place_of(word);
        return place < entries.size() ? &entries[place] : nullptr;
    }
    const Value* find(const Word& word) const {
        const Entry* found = entry(word);
        return found ? &found->second : nullptr;
    }

    // What is known of a word, at first the given value. A copy of its characters is kept.
    Value& keep(const Word& word, const Value& first = {}) {
        const size_t place = place_of(word);
        if (place < entries.size()) return entries[place].second;
        index.add(word.hash, place, [&](size_t i) { return entries[i].first.hash; });
        entries.emplace_back(Word(keys.emplace_back(word.text), word.hash), first);
        return entries.back().second;
    }
    Value& keep(typename Word::View text, const Value& first = {}) { return keep(Word(text), first); }

    size_t size() const { return entries.size(); }

  private:
    Index index{8};
    std::deque<Entry> entries;
    std::deque<std::basic_string<Character>> keys;

    size_t place_of(const Word& word) const {
        return index.find(word.hash, entries.size(), [&](size_t place) { return entries[place].first == word; });
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

    const int64_t* find(uint64_t key) const {
        const Slot& slot = slots[place_of(key)];
        return slot.key > 0 ? &slot.number : nullptr;
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

}  // namespace
