// The phrases and patterns of a rule book looked for in the texts of a page, as `rule_match.py` does it and says why.

#pragma once

#include "look_up_texts.h"

#include <algorithm>
#include <bitset>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

// What a block must have for a rule to be asked at all.
struct Gate {
    int64_t least = 0, most = 0, kinds = 0;  // words; a bit for each kind
    double links = 0;
};

struct Phrase {
    std::u32string text;
    size_t rule = 0;
    bool label = false;
};

// What a word tells: phrases that begin with it, anywhere in a text, and the rules whose patterns it wakes.
struct Telling {
    std::vector<size_t> phrases, patterns;
};

// The phrases of a rule book by their keys, and what wakes its patterns.
struct Phrases {
    static constexpr const char* NAME = "thresher.phrases";
    std::vector<Gate> gates;
    std::vector<Phrase> phrases;
    Dictionary<std::vector<size_t>> whole, first, last;
    Dictionary<Telling> telling;
    std::vector<size_t> dense;    // phrases inside texts without spaces
    std::bitset<0x10000> signs;   // by the low bits of single characters that wake patterns
};

// Looks for the phrases of a book in the texts of a page.
class Search {
  public:
    Search(const Phrases& book, const Texts& texts, Letters& letters, PyObject* alone)
        : book(book), texts(texts), letters(letters), alone(alone), digit(book.telling.find(Word(U"0"))) {
        for (const Word& word : texts.different) telling.push_back(book.telling.find(word));
    }

    std::vector<size_t> found;     // phrases, in the order in which they are believed
    std::vector<size_t> patterns;  // rules whose patterns are worth a try, in order

    // Look into one block, where `patterns` holds those that need no word; true if there is anything.
    bool in(const Text& text, int64_t kind, double links) {
        found.clear();
        whole = texts.view(text.folded);
        if (whole.empty()) return false;
        const bool long_text = text.size > LONG_TEXT;
        const bool dense = !text.ascii && std::any_of(whole.begin(), whole.end(), sets_no_spaces_or_rare);
        if (text.terms.size() > 0) at_ends(text.terms, long_text);
        if (long_text) patterns.clear();
        if (!long_text) inside(text.terms, dense);
        words = 1 + (long_text ? text.blanks : std::count(whole.begin(), whole.end(), U' '));
        if (dense) words = std::max(words, text.size / 2);
        const auto shut = [&](size_t rule) { return !open(book.gates[rule], kind, links); };
        patterns.erase(std::remove_if(patterns.begin(), patterns.end(), shut), patterns.end());
        const auto silent = [&](size_t phrase) { return shut(book.phrases[phrase].rule); };
        found.erase(std::remove_if(found.begin(), found.end(), silent), found.end());
        return !found.empty() || !patterns.empty();
    }

    int64_t words = 0;

  private:
    static constexpr int64_t LONG_TEXT = 600;
    static constexpr size_t END = 160;
    const Phrases& book;
    const Texts& texts;
    Letters& letters;
    PyObject* alone;
    std::vector<const Telling*> telling;  // of each different word
    const Telling* digit;
    std::u32string_view whole;

    bool open(const Gate& gate, int64_t kind, double links) const {
        return gate.least <= words && words <= gate.most && (gate.kinds >> kind & 1) != 0 && links >= gate.links;
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
        std::u32string_view first = texts.term(terms.start), last = texts.term(terms.end - 1);
        if (sets_no_spaces_or_rare(first.front())) first = first.substr(0, 2);
        if (sets_no_spaces_or_rare(last.back())) last = last.substr(last.size() - std::min<size_t>(2, last.size()));
        std::u32string_view core = long_text ? std::u32string_view() : bare(whole);
        const auto *all = book.whole.find(Word(core)), *begun = book.first.find(Word(first)), *ended = book.last.find(Word(last));
        if ((!all && !begun && !ended) || is_speech(whole.substr(0, END))) return;
        if (core.empty()) core = bare(whole.substr(0, END));
        const auto ending = long_text ? bare(whole.substr(whole.size() - std::min(END, whole.size()))) : core;
        if (all) found = *all;
        for (const size_t i : begun ? *begun : none) {
            if (core.substr(0, book.phrases[i].text.size()) == book.phrases[i].text && at_border(core, book.phrases[i])) {
                found.push_back(i);
            }
        }
        for (const size_t i : ended ? *ended : none) {
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
    void inside(Span terms, bool dense) {
        std::vector<std::pair<std::u32string_view, const Telling*>> begun;
        for (size_t k = terms.start; k < terms.end; ++k) {
            const Telling* told = telling[texts.numbers[k]];
            if (told && !told->phrases.empty()) begun.emplace_back(texts.term(k), told);
            wake(told);
        }
        bool digits = false;
        for (const char32_t& c : whole) {
            if (within(c, 'a', 'z') || c == U' ') continue;
            digits = digits || Py_UNICODE_ISDECIMAL(c);
            if (book.signs[c & 0xffff]) wake(book.telling.find(Word(std::u32string_view(&c, 1))));
        }
        if (digits) wake(digit);
        std::sort(patterns.begin(), patterns.end());
        patterns.erase(std::unique(patterns.begin(), patterns.end()), patterns.end());
        std::sort(begun.begin(), begun.end());
        begun.erase(std::unique(begun.begin(), begun.end()), begun.end());
        for (const auto& [term, told] : begun) {
            const auto& some = told->phrases;
            std::copy_if(some.begin(), some.end(), std::back_inserter(found), [&](size_t i) { return says(i); });
        }
        if (!dense) return;
        for (const size_t i : book.dense) {
            if (whole.find(book.phrases[i].text) != whole.npos) found.push_back(i);
        }
    }

    void wake(const Telling* told) {
        if (told) patterns.insert(patterns.end(), told->patterns.begin(), told->patterns.end());
    }

    // Whether a phrase stands in the text as whole words.
    bool says(size_t index) {
        const std::u32string& phrase = book.phrases[index].text;
        for (size_t at = whole.find(phrase); at != whole.npos; at = whole.find(phrase, at + 1)) {
            if (!(at > 0 && letter_at(whole, at - 1)) && !letter_at(whole, at + phrase.size())) return true;
        }
        return false;
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
    } else if (place == U"ends") {
        book.last.keep(key).push_back(number);
    } else if (place != U"has") {
        book.first.keep(key).push_back(number);
    } else if (key.empty()) {
        book.dense.push_back(number);
    } else {
        book.telling.keep(key).phrases.push_back(number);
    }
}

Ref make_phrases(const Items& given) {
    auto book = std::make_unique<Phrases>();
    const Items gates(given[0]), entries(given[1]), woken(given[2]);
    for (size_t i = 0; i < gates.size(); ++i) {
        const Items gate(gates[i], 4);
        book->gates.push_back({whole_number(gate[0]), whole_number(gate[1]), whole_number(gate[2]), real_number(gate[3])});
    }
    for (size_t i = 0; i < entries.size(); ++i) add_phrase(*book, Items(entries[i], 5));
    for (size_t i = 0; i < woken.size(); ++i) {
        const Items pair(woken[i], 2);
        const auto need = characters(pair[0]);
        book->telling.keep(need).patterns.push_back(place_in(pair[1], book->gates.size()));
        if (need.size() == 1 && !within(need[0], 'a', 'z') && !within(need[0], '0', '9')) book->signs.set(need[0] & 0xffff);
    }
    return capsule_of(std::move(book));
}

Ref numbers_of(const std::vector<size_t>& numbers) {
    return list_of(numbers.size(), [&](size_t i) { return Ref(PyLong_FromSize_t(numbers[i])); });
}

Ref search(const Items& given) {
    const auto& book = in_capsule<Phrases>(given[0]);
    const auto& texts = in_capsule<Texts>(given[1]);
    const auto kinds = whole_numbers(given[4]);
    const auto links = real_numbers(given[5]);
    const Items awake(given[6], texts.blocks.size());
    if (kinds.size() != awake.size() || links.size() != awake.size()) refuse(PyExc_ValueError, "one for each block");
    Search look(book, texts, in_capsule<Letters>(given[2]), given[3]);
    Ref found(PyList_New(0));
    for (size_t i = 0; i < kinds.size(); ++i) {
        if (!within(static_cast<char32_t>(kinds[i]), 0, 62)) continue;
        const Items patterns(awake[i]);
        look.patterns.clear();
        for (size_t k = 0; k < patterns.size(); ++k) look.patterns.push_back(place_in(patterns[k], book.gates.size()));
        if (!look.in(texts.blocks[i], kinds[i], links[i])) continue;
        const Ref place(PyLong_FromSize_t(i)), words(PyLong_FromLongLong(look.words));
        check(PyList_Append(found.get(), tuple_of(place, words, numbers_of(look.found), numbers_of(look.patterns)).get()) == 0);
    }
    return found;
}

}  // namespace
