// Regular expressions as automata: whether one may find something in a text at all.
//
// Of the patterns that words and signs wake, one in a hundred finds something, and asking Python's `re` of each costs
// more than the whole rest of a rule book. So a pattern is read as an automaton that lets through more than it finds:
// it never says no where Python would find something, and whatever it lets through is asked of Python. A pattern that
// cannot be read lets everything through.

#pragma once

#include "look_up_expressions.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace {

class Automaton {
  public:
    explicit Automaton(std::u32string_view source) {
        try {
            const Piece piece = PatternReader(source).read();
            add(Step::FOUND, 0);
            entry = build(piece, 0);
            for (const Step& step : steps) step.characters.add_borders(borders);
            std::sort(borders.begin(), borders.end());
            borders.erase(std::unique(borders.begin(), borders.end()), borders.end());
        } catch (const PatternReader::Unread&) {
            steps.clear();
        }
    }

    // False only where the pattern finds nothing in this text, a row of characters of any width.
    template <class Character>
    bool may_find(const Character* text, size_t size) {
        const bool breaks = size > 0 && text[size - 1] == U'\n';  // `$` also stands before a last line break
        if (steps.empty() || breaks) return true;
        if (is_full() || states.empty()) begin_anew();
        if (states[BEGIN].found) return true;
        uint32_t at = BEGIN;
        for (size_t i = 0; i < size; ++i) {
            const char32_t c = text[i];
            const uint32_t known = c < ASCII ? after[at * ASCII + c] : 0;
            at = known > 0 ? known : step(at, c);
            if (at >= SETTLED) return states[at - SETTLED].found;
        }
        return states[at].ends;
    }

    bool may_find(PyObject* text) {
        const auto size = static_cast<size_t>(PyUnicode_GET_LENGTH(text));
        if (PyUnicode_KIND(text) == PyUnicode_1BYTE_KIND) return may_find(PyUnicode_1BYTE_DATA(text), size);
        if (PyUnicode_KIND(text) == PyUnicode_2BYTE_KIND) return may_find(PyUnicode_2BYTE_DATA(text), size);
        return may_find(PyUnicode_4BYTE_DATA(text), size);
    }

  private:
    static constexpr size_t MOST_STEPS = 20'000, MOST_HELD = 200'000, MOST_STATES = 1'000, ASCII = 128;
    static constexpr uint32_t GAVE_UP = 0, BEGIN = 1, SETTLED = 1U << 31;  // states; a sign that no character matters
    static constexpr uint64_t OF_SORT = 1U << 31;  // beyond all characters

    struct Step {
        enum Sort { FOUND, SPLIT, CLASS, START, END };
        Sort sort = FOUND;
        uint32_t next = 0, other = 0;
        Class characters;
    };
    using Steps = std::vector<uint32_t>;
    struct State {
        Steps steps;         // that wait for a character
        bool found = false;  // whatever comes
        bool ends = false;   // found, if the text ends here
    };

    uint32_t entry = 0;
    std::vector<Step> steps;
    std::vector<char32_t> borders;  // where sorts of characters begin that a step may tell apart
    std::vector<State> states;      // made as texts ask for them, forgotten when they are many
    std::vector<uint32_t> after;  // of each state the one after an ASCII character; 0 if nobody asked yet
    std::map<std::pair<Steps, bool>, uint32_t> numbers;  // of states, by what they are reached from, and at the start
    std::unordered_map<uint64_t, uint32_t> beyond;      // (state, character beyond ASCII, or sort) -> state
    size_t held = 0;
    std::vector<uint64_t> seen;  // of each step the last round of looking that met it
    uint64_t round = 0;

    bool is_full() const { return states.size() + beyond.size() / 8 > MOST_STATES || held > MOST_HELD; }

    void begin_anew() {
        states.clear();
        after.clear();
        numbers.clear();
        beyond.clear();
        held = 0;
        add_state({{}, true, true});  // where too many states are wanted all is let through
        state_of({entry}, true);
    }

    uint32_t add_state(State state) {
        after.resize((states.size() + 1) * ASCII);
        held += state.steps.size();
        states.push_back(std::move(state));
        return static_cast<uint32_t>(states.size() - 1);
    }

    uint32_t add(Step::Sort sort, uint32_t next, uint32_t other = 0) {
        if (steps.size() > MOST_STEPS) throw PatternReader::Unread{};
        steps.push_back({sort, next, other, {}});
        return static_cast<uint32_t>(steps.size() - 1);
    }

    // The steps of a piece, built from its end: what follows is there already. Gives the first.
    uint32_t build(const Piece& piece, uint32_t next) {
        if (piece.sort == Piece::REPEAT) return build_repeated(piece, next);
        if (piece.sort == Piece::CHOICE) return build_choice(piece, next);
        if (piece.sort == Piece::START) return add(Step::START, next);
        if (piece.sort == Piece::END) return add(Step::END, next);
        if (piece.sort == Piece::CLASS) {
            next = add(Step::CLASS, next);
            steps[next].characters = piece.characters;
        }
        for (auto part = piece.parts.rbegin(); part != piece.parts.rend(); ++part) next = build(*part, next);
        return next;
    }

    uint32_t build_choice(const Piece& piece, uint32_t next) {
        uint32_t first = build(piece.parts[0], next);
        for (size_t i = 1; i < piece.parts.size(); ++i) {
            const uint32_t one = build(piece.parts[i], next);
            first = add(Step::SPLIT, one, first);
        }
        return first;
    }

    uint32_t build_repeated(const Piece& piece, uint32_t next) {
        const Piece& part = piece.parts[0];
        if (!piece.most) {
            const uint32_t again = add(Step::SPLIT, 0, next);
            const uint32_t first = build(part, again);
            steps[again].next = first;
            next = again;
        } else {
            const uint32_t after = next;
            for (size_t i = piece.least; i < *piece.most; ++i) {
                const uint32_t one = build(part, next);
                next = add(Step::SPLIT, one, after);
            }
        }
        for (size_t i = 0; i < piece.least; ++i) next = build(part, next);
        return next;
    }

    // The state after a character, and after all of its sort.
    uint32_t step(uint32_t from, char32_t c) {
        const uint64_t key = static_cast<uint64_t>(from) << 32 | c;
        if (const auto found = beyond.find(key); found != beyond.end()) return found->second;
        if (is_full()) return SETTLED | GAVE_UP;
        const uint64_t sort = static_cast<uint64_t>(from) << 32 | OF_SORT | sort_of(c);
        const auto [known, is_new] = beyond.try_emplace(sort);
        if (is_new) known->second = reached(from, c);
        const uint32_t to = known->second;
        if (c < ASCII) {
            after[from * ASCII + c] = to;
        } else {
            beyond.emplace(key, to);
        }
        return to;
    }

    // Characters of one sort are alike to every step.
    uint32_t sort_of(char32_t c) const {
        const auto part = std::upper_bound(borders.begin(), borders.end(), c) - borders.begin();
        return static_cast<uint32_t>(part) * Class::KINDS + Class::kinds_of(c);
    }

    uint32_t reached(uint32_t from, char32_t c) {
        Steps next{entry};  // it may also begin here
        for (const uint32_t at : states[from].steps) {
            if (steps[at].characters.has(c)) next.push_back(steps[at].next);
        }
        const uint32_t to = state_of(std::move(next), false);
        const bool is_settled = states[to].found || (states[to].steps.empty() && !states[to].ends);
        return is_settled ? to | SETTLED : to;
    }

    // The state of all that is reached from some steps without a character.
    uint32_t state_of(Steps from, bool at_start) {
        std::sort(from.begin(), from.end());
        from.erase(std::unique(from.begin(), from.end()), from.end());
        const auto [known, is_new] = numbers.try_emplace({from, at_start});
        if (!is_new) return known->second;
        held += from.size();
        State state;
        const bool may_end = reach(from, at_start, false, state.steps, state.found);
        state.ends = state.found;
        Steps also;
        if (may_end) reach(std::move(from), at_start, true, also, state.ends);
        return known->second = add_state(std::move(state));
    }

    // What waits for a character, or is found; true if it matters whether the text ends here.
    bool reach(Steps open, bool at_start, bool at_end, Steps& waiting, bool& found) {
        bool may_end = false;
        seen.resize(steps.size());
        ++round;
        while (!open.empty()) {
            const uint32_t at = open.back();
            const Step& step = steps[at];
            open.pop_back();
            if (std::exchange(seen[at], round) == round) continue;
            found = found || step.sort == Step::FOUND;
            may_end = may_end || step.sort == Step::END;
            if (step.sort == Step::CLASS) waiting.push_back(at);
            if (step.sort == Step::SPLIT) open.push_back(step.other);
            const bool passes = (step.sort == Step::START && at_start) || (step.sort == Step::END && at_end);
            if (passes || step.sort == Step::SPLIT) open.push_back(step.next);
        }
        return may_end;
    }
};

}  // namespace
