// The phrases and patterns of a rule book looked for in the texts of a page, as `rule_match.py` does it and says why.

#pragma once

#include "../buffers.h"
#include "look_up_automaton.h"
#include "look_up_texts.h"

#include <algorithm>
#include <bitset>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace {

// What a block must have for a rule to be asked at all.
struct Gate {
    int64_t least = 0, most = 0, kinds = 0;  // words; a bit for each kind
    double links = 0;
    std::u32string ends;  // with none of which it may end

    bool opens(int64_t words, int64_t kind, double share, char32_t last) const {
        if (words < least || most < words || (kinds >> kind & 1) == 0 || share < links) return false;
        return ends.empty() || (last != 0 && ends.find(last) == ends.npos);
    }
};

// The patterns of a rule: for the folded text, for the text as it is, and for the path of a block.
struct Patterns {
    std::optional<Automaton> folded, raw, place;

    bool may_find(std::u32string_view text, PyObject* as_it_is) {
        if (!folded && !raw) return true;
        return (folded && folded->may_find(text.data(), text.size())) || (raw && raw->may_find(as_it_is));
    }
};

struct Phrase {
    std::u32string text;
    size_t rule = 0;
    bool label = false;
    bool at_word = false;  // it begins with the word that tells of it
};

// What a word tells: phrases that begin with it at the start of a text, anywhere in it, phrases that end with it at the
// end, and the rules whose patterns it wakes.
struct Telling {
    std::vector<size_t> first, phrases, last, patterns;
};

// The phrases of a rule book by their keys, and what wakes its patterns.
struct Phrases {
    static constexpr const char* NAME = "thresher.phrases";
    std::vector<Gate> gates;
    std::vector<Patterns> patterns;  // of each rule
    std::vector<size_t> awake;       // rules that no word wakes
    std::vector<Phrase> phrases;
    Dictionary<std::vector<size_t>> whole;
    Dictionary<Telling> telling;
    size_t longest = 0;           // characters of one that is a whole text
    std::vector<size_t> dense;    // phrases inside texts without spaces
    std::bitset<0x10000> signs;   // digits, and by their low bits single characters that wake patterns
};

// Looks for the phrases of a book in the texts of a page.
class Search {
  public:
    Search(Phrases& book, const Texts& texts, Letters& letters, PyObject* alone)
        : book(book), texts(texts), letters(letters), alone(alone), digit(book.telling.find(Word(U"0"))) {
        for (const Word& word : texts.different) telling.push_back(book.telling.find(word));
        spoken.resize(book.gates.size());
        placed.resize(book.gates.size());
    }

    std::vector<size_t> found;     // phrases, in the order in which they are believed
    std::vector<size_t> patterns;  // rules whose patterns are worth a try, in order

    // Look into one block; true if there is anything.
    bool in(size_t block, int64_t kind, double links, PyObject* object) {
        const Text& text = texts.blocks[block];
        found.clear();
        patterns = book.awake;
        whole = texts.view(text.folded);
        if (whole.empty()) return false;
        const bool long_text = text.size > LONG_TEXT;
        const bool dense = !text.ascii && std::any_of(whole.begin(), whole.end(), [](char32_t c) { return is_dense(c); });
        if (text.terms.size() > 0) at_ends(text.terms, long_text);
        if (long_text) patterns.clear();
        if (!long_text) inside(text, dense);
        int64_t words = 1 + (long_text ? text.blanks : std::count(whole.begin(), whole.end(), U' '));
        if (dense) words = std::max(words, text.size / 2);
        ++blocks;
        const auto is_shut = [&](size_t rule) {
            return spoken[rule] == blocks || !book.gates[rule].opens(words, kind, links, text.last) || !stands_in(rule, object);
        };
        const auto is_silent = [&](size_t phrase) {
            const size_t rule = book.phrases[phrase].rule;
            if (is_shut(rule)) return true;
            spoken[rule] = blocks;  // the first phrase of a rule is the one that is told
            return false;
        };
        const auto finds_nothing = [&](size_t rule) {
            return is_shut(rule) || !book.patterns[rule].may_find(whole, texts.raw[block].get());
        };
        found.erase(std::remove_if(found.begin(), found.end(), is_silent), found.end());
        patterns.erase(std::remove_if(patterns.begin(), patterns.end(), finds_nothing), patterns.end());
        return !found.empty() || !patterns.empty();
    }

  private:
    static bool is_dense(char32_t c) { return c >= 0xe00 && sets_no_spaces_or_rare(c); }

    static constexpr int64_t LONG_TEXT = 600;
    static constexpr size_t END = 160;
    Phrases& book;
    const Texts& texts;
    Letters& letters;
    PyObject* alone;
    // A word that phrases begin with, and its place in the text.
    struct Begun {
        std::u32string_view term;
        size_t at = 0;
        const Telling* told = nullptr;
        bool operator<(const Begun& other) const { return std::tie(term, at) < std::tie(other.term, other.at); }
    };
    std::vector<Begun> begun;
    std::vector<const Telling*> telling;  // of each different word
    const Telling* digit;
    std::u32string_view whole;
    size_t blocks = 0;
    std::vector<size_t> spoken;  // of each rule the last block of which a phrase of it spoke
    std::vector<std::pair<Ref, bool>> placed;  // of each rule the last path, and whether it may speak there

    bool stands_in(size_t rule, PyObject* block) {
        auto& automaton = book.patterns[rule].place;
        if (!automaton) return true;
        const Ref path(PyObject_GetAttrString(block, "path"));
        if (!PyUnicode_Check(path.get())) refuse(PyExc_TypeError, "a str was expected");
        auto& [last, stands] = placed[rule];
        const bool is_same = last && (last.get() == path.get() || PyUnicode_Compare(last.get(), path.get()) == 0);
        if (!is_same) stands = automaton->may_find(path.get());
        last = path;
        return stands;
    }

    bool letter_at(std::u32string_view some, size_t at) {
        return at < some.size() && letters.of(some[at], alone).is(Letter::LETTER);
    }

    std::u32string_view bare(std::u32string_view some) {
        while (!some.empty() && !letter_at(some, 0)) some.remove_prefix(1);
        while (!some.empty() && !letter_at(some, some.size() - 1)) some.remove_suffix(1);
        return some;
    }

    void at_ends(Span terms, bool long_text) {
        const auto first = texts.term(terms.start), last = texts.term(terms.end - 1);
        const Telling* begins = telling[texts.numbers[terms.start]];
        const Telling* ends = telling[texts.numbers[terms.end - 1]];
        if (is_dense(first.front())) begins = book.telling.find(Word(first.substr(0, 2)));
        if (is_dense(last.back())) ends = book.telling.find(Word(last.substr(last.size() - std::min<size_t>(2, last.size()))));
        std::u32string_view core = long_text ? std::u32string_view() : bare(whole);
        const auto* all = core.size() > book.longest ? nullptr : book.whole.find(Word(core));
        const auto& begun = begins ? begins->first : none;
        const auto& ended = ends ? ends->last : none;
        if ((!all && begun.empty() && ended.empty()) || is_speech(whole.substr(0, END))) return;
        if (core.empty()) core = bare(whole.substr(0, END));
        const auto ending = long_text ? bare(whole.substr(whole.size() - std::min(END, whole.size()))) : core;
        if (all) found = *all;
        for (const size_t i : begun) {
            if (core.substr(0, book.phrases[i].text.size()) == book.phrases[i].text && at_border(core, book.phrases[i])) {
                found.push_back(i);
            }
        }
        for (const size_t i : ended) {
            const std::u32string& phrase = book.phrases[i].text;
            if (ending.size() < phrase.size() || ending.substr(ending.size() - phrase.size()) != phrase) continue;
            if (!letter_at(ending, ending.size() - phrase.size() - 1)) found.push_back(i);
        }
    }

    // Whether a text begins as speech does, which is no prompt.
    static bool is_speech(std::u32string_view head) {
        if (head.front() == U'«') return head.substr(0, head.find(U'\n')).find(U'»') != head.npos;
        return head.front() == U'"' || head.front() == U'「' || head.front() == U'『';
    }

    // Whether a phrase at the start ends where a word ends, or where a label does.
    bool at_border(std::u32string_view core, const Phrase& phrase) {
        size_t at = phrase.text.size();
        if (!phrase.label) return !letter_at(core, at) || sets_no_spaces_or_rare(phrase.text.back());
        while (at < core.size() && Py_UNICODE_ISSPACE(core[at])) ++at;
        if (at == core.size() || std::u32string_view(U":|»>›→▶►–—•").find(core[at]) != core.npos) return true;
        return at > phrase.text.size() && core[at] == U'-' && at + 1 < core.size() && Py_UNICODE_ISSPACE(core[at + 1]);
    }

    // The phrases anywhere in a block, and its patterns, found by the words and signs that they need.
    void inside(const Text& text, bool dense) {
        begun.clear();
        for (size_t k = text.terms.start; k < text.terms.end; ++k) {
            const Telling* told = telling[texts.numbers[k]];
            if (!told) continue;
            if (!told->phrases.empty()) begun.push_back({texts.term(k), texts.terms[k].start - text.folded.start, told});
            patterns.insert(patterns.end(), told->patterns.begin(), told->patterns.end());
        }
        bool digits = false;
        for (const char32_t& c : whole) {
            if (c < 128 && !book.signs[c]) continue;
            digits = digits || (c < 128 ? within(c, '0', '9') : Py_UNICODE_ISDECIMAL(c) != 0);
            if (within(c, '0', '9')) continue;
            if (book.signs[c & 0xffff]) wake(book.telling.find(Word(std::u32string_view(&c, 1))));
        }
        if (digits) wake(digit);
        std::sort(patterns.begin(), patterns.end());
        patterns.erase(std::unique(patterns.begin(), patterns.end()), patterns.end());
        std::sort(begun.begin(), begun.end());
        for (size_t from = 0, to = 0; from < begun.size(); from = to) {
            while (to < begun.size() && begun[to].term == begun[from].term) ++to;
            for (const size_t i : begun[from].told->phrases) {
                if (says(i, from, to, text.odd)) found.push_back(i);
            }
        }
        if (!dense) return;
        for (const size_t i : book.dense) {
            if (whole.find(book.phrases[i].text) != whole.npos) found.push_back(i);
        }
    }

    void wake(const Telling* told) {
        if (told) patterns.insert(patterns.end(), told->patterns.begin(), told->patterns.end());
    }

    // Whether a phrase stands in the text as whole words, given where its first word does. Where words have signs in
    // them that are no letters, or the phrase itself begins with one, it may stand inside a word too.
    bool says(size_t index, size_t from, size_t to, bool odd) {
        const Phrase& phrase = book.phrases[index];
        if (phrase.at_word && !odd) {
            const auto first = begun.begin() + from, last = begun.begin() + to;
            return std::any_of(first, last, [&](const Begun& one) { return stands_at(one.at, phrase.text); });
        }
        size_t at = whole.find(phrase.text);
        while (at != whole.npos && !stands_at(at, phrase.text)) at = whole.find(phrase.text, at + 1);
        return at != whole.npos;
    }

    bool stands_at(size_t at, const std::u32string& phrase) {
        if (whole.compare(at, phrase.size(), phrase) != 0) return false;
        return !(at > 0 && letter_at(whole, at - 1)) && !letter_at(whole, at + phrase.size());
    }

    inline static const std::vector<size_t> none{};
};

size_t place_in(PyObject* object, size_t size) {
    const int64_t number = whole_number(object);
    if (number < 0 || static_cast<size_t>(number) >= size) refuse(PyExc_IndexError, "a number is out of range");
    return static_cast<size_t>(number);
}

// An entry is (rule, place, phrase, as it is shown, key).
void add_phrase(Phrases& book, const Items& entry) {
    const auto place = characters(entry[1]), key = characters(entry[4]);
    const size_t number = book.phrases.size();
    book.phrases.push_back({characters(entry[2]), place_in(entry[0], book.gates.size()), place == U"label"});
    if (book.phrases.back().text.empty()) refuse(PyExc_ValueError, "a phrase is empty");
    if (place == U"is") {
        book.whole.keep(key).push_back(number);
        book.longest = std::max(book.longest, key.size());
    } else if (place == U"ends") {
        book.telling.keep(key).last.push_back(number);
    } else if (place != U"has") {
        book.telling.keep(key).first.push_back(number);
    } else if (key.empty()) {
        book.dense.push_back(number);
    } else {
        book.phrases.back().at_word = book.phrases.back().text.compare(0, key.size(), key) == 0;
        book.telling.keep(key).phrases.push_back(number);
    }
}

Ref make_phrases(const Items& given) {
    auto book = std::make_unique<Phrases>();
    for (char32_t c = '0'; c <= '9'; ++c) book->signs.set(c);
    const Items gates(given[0]), entries(given[1]), woken(given[2]);
    for (size_t i = 0; i < gates.size(); ++i) {
        const Items gate(gates[i], 8);
        const auto least = whole_number(gate[0]), most = whole_number(gate[1]), kinds = whole_number(gate[2]);
        book->gates.push_back({least, most, kinds, real_number(gate[3]), characters(gate[4])});
        Patterns& patterns = book->patterns.emplace_back();
        if (const auto folded = characters(gate[5]); !folded.empty()) patterns.folded.emplace(folded);
        if (const auto raw = characters(gate[6]); !raw.empty()) patterns.raw.emplace(raw);
        if (const auto place = characters(gate[7]); !place.empty()) patterns.place.emplace(place);
    }
    for (size_t i = 0; i < entries.size(); ++i) add_phrase(*book, Items(entries[i], 5));
    for (size_t i = 0; i < woken.size(); ++i) {
        const Items pair(woken[i], 2);
        const auto need = characters(pair[0]);
        const size_t rule = place_in(pair[1], book->gates.size());
        if (need.empty()) {
            book->awake.push_back(rule);
            continue;
        }
        book->telling.keep(need).patterns.push_back(rule);
        if (need.size() == 1 && !within(need[0], 'a', 'z') && !within(need[0], '0', '9')) book->signs.set(need[0] & 0xffff);
    }
    return capsule_of(std::move(book));
}

Ref numbers_of(const std::vector<size_t>& numbers) {
    return list_of(numbers.size(), [&](size_t i) { return Ref(PyLong_FromSize_t(numbers[i])); });
}

Ref search(const Items& given) {
    auto& book = in_capsule<Phrases>(given[0]);
    const auto& texts = in_capsule<Texts>(given[1]);
    const Items blocks(given[4], texts.blocks.size());
    const Array<int64_t> kinds(given[5], blocks.size());
    const Array<double> links(given[6], blocks.size());
    Search look(book, texts, in_capsule<Letters>(given[2]), given[3]);
    Ref found(PyList_New(0));
    for (size_t i = 0; i < blocks.size(); ++i) {
        if (!within(static_cast<char32_t>(kinds[i]), 0, 62) || !look.in(i, kinds[i], links[i], blocks[i])) continue;
        const Ref place(PyLong_FromSize_t(i));
        check(PyList_Append(found.get(), tuple_of(place, numbers_of(look.found), numbers_of(look.patterns)).get()) == 0);
    }
    return found;
}

}  // namespace
