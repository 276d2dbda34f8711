// Texts folded and cut into words, as `fold.py` does it and says why.

#pragma once

#include "look_up_tables.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

bool within(char32_t c, char32_t first, char32_t last) { return first <= c && c <= last; }

bool is_kana_or_han(char32_t c) { return within(c, 0x3040, 0x30ff) || within(c, 0x3400, 0x9fff); }

bool has_marks_for_vowels(char32_t c) {
    return within(c, 0x900, 0x963) || within(c, 0x966, 0xdff) || within(c, 0xe30, 0xe4e) ||
           within(c, 0x1000, 0x109f) || within(c, 0x1780, 0x17d3);
}

bool sets_no_spaces(char32_t c) {
    return within(c, 0xe00, 0xeff) || within(c, 0x1000, 0x109f) || within(c, 0x1780, 0x17ff) || is_kana_or_han(c);
}

bool sets_no_spaces_or_rare(char32_t c) { return sets_no_spaces(c) || within(c, 0xf900, 0xfaff); }

// What is known of a character.
struct Letter {
    enum Trait : uint16_t {
        KNOWN = 1, WORD = 2, SIGN = 4, LETTER = 8, DECIMAL = 16, SPACE = 32, DENSE = 64,
        PLAIN = 128,  // it folds to one that is no space, and is counted like most
        LATIN = 256, OTHER = 512, SCRIPTS = LATIN | OTHER,  // of what a plain one folds to
    };
    static constexpr int32_t NOTHING = -1, DEPENDS = -2, LONG = -3;  // LONG and below: a place in `Letters::longer`

    uint16_t traits = 0;
    int32_t folded = NOTHING;
    bool is(int trait) const { return (traits & trait) != 0; }
};

// The scripts that look alike, as a trait.
int script_of(char32_t c) { return within(c, 'a', 'z') ? Letter::LATIN : within(c, 0x370, 0x4ff) ? Letter::OTHER : 0; }

// What a letter, a digit and the low line of ASCII are, without a look at a table that grows.
using AsciiTraits = std::array<uint8_t, 128>;
constexpr AsciiTraits ascii_traits() {
    AsciiTraits traits{};
    for (char32_t c = '0'; c <= '9'; ++c) traits[c] = Letter::WORD | Letter::LETTER | Letter::DECIMAL;
    for (char32_t c = 'a'; c <= 'z'; ++c) traits[c] = traits[c - 32] = Letter::WORD | Letter::LETTER;
    traits['_'] = Letter::WORD;
    return traits;
}
constexpr AsciiTraits ASCII = ascii_traits();

// All characters that were met so far. Python is asked once for each.
class Letters {
  public:
    static constexpr const char* NAME = "thresher.letters";
    std::vector<std::u32string> longer;

    const Letter& of(char32_t c, PyObject* alone) {
        auto& page = pages[c >> 8];
        if (!page) page = std::make_unique<std::array<Letter, 256>>();
        Letter& letter = (*page)[c & 0xff];
        if (!letter.is(Letter::KNOWN)) learn(c, letter, alone);
        return letter;
    }

  private:
    std::array<std::unique_ptr<std::array<Letter, 256>>, 0x1100> pages;

    void learn(char32_t c, Letter& letter, PyObject* alone) {
        const Ref told(PyObject_CallFunctionObjArgs(alone, text_of({&c, 1}).get(), nullptr));  // (folded or None, a mark?)
        if (!PyTuple_Check(told.get()) || PyTuple_GET_SIZE(told.get()) != 2) refuse(PyExc_TypeError, "a pair was expected");
        PyObject* folded = PyTuple_GET_ITEM(told.get(), 0);
        letter.folded = folded == Py_None ? Letter::DEPENDS : place_of(characters(folded));
        const bool mark = PyTuple_GET_ITEM(told.get(), 1) == Py_True, letters = Py_UNICODE_ISALNUM(c);
        int traits = Letter::KNOWN;
        if (letters || c == '_' || has_marks_for_vowels(c)) traits |= Letter::WORD;
        if (is_kana_or_han(c)) traits |= Letter::SIGN;
        if (letters || mark) traits |= Letter::LETTER;
        if (Py_UNICODE_ISDECIMAL(c)) traits |= Letter::DECIMAL;
        if (Py_UNICODE_ISSPACE(c)) traits |= Letter::SPACE;
        if (sets_no_spaces(c)) traits |= Letter::DENSE;
        const auto one = static_cast<char32_t>(letter.folded);
        if (letter.folded >= 0 && (traits & (Letter::SPACE | Letter::DENSE)) == 0 && !Py_UNICODE_ISSPACE(one)) {
            traits |= Letter::PLAIN | script_of(one);
        }
        letter.traits = static_cast<uint16_t>(traits);
    }

    int32_t place_of(const std::u32string& folded) {
        if (folded.size() == 1) return static_cast<int32_t>(folded[0]);
        if (folded.empty()) return Letter::NOTHING;
        longer.push_back(folded);
        return Letter::LONG - static_cast<int32_t>(longer.size() - 1);
    }
};

struct Span {
    size_t start = 0, end = 0;
    size_t size() const { return end - start; }
};

// A block: where its folded text and its words stand, and what is counted in its text as it was.
struct Text {
    Span folded, terms;
    int64_t size = 0, blanks = 0, words = 0;
    char32_t end = 0, last = 0;  // the last character, and the last that is no space; 0 if there is none
    bool ascii = true;
    bool odd = false;  // has a word with a sign in it that is no letter, such as a low line
};

// The texts of a page. A word is told by the number of its first like.
struct Texts {
    static constexpr const char* NAME = "thresher.texts";
    std::u32string all;
    std::vector<Ref> raw;
    std::vector<Text> blocks;
    std::vector<Span> terms;
    std::vector<uint32_t> numbers;  // of each term, among the different ones
    std::vector<Word> different;
    std::vector<char> numeric;  // of each different one, whether it has a digit

    std::u32string_view view(Span span) const { return std::u32string_view(all).substr(span.start, span.size()); }
    std::u32string_view term(size_t index) const { return view(terms[index]); }
};

class Reader {
  public:
    Reader(Letters& letters, PyObject* alone, PyObject* fold) : letters(letters), alone(alone), fold(fold) {}

    std::unique_ptr<Texts> read(const Items& texts) {
        size_t size = 0;
        for (size_t i = 0; i < texts.size(); ++i) size += static_cast<size_t>(PyUnicode_GET_LENGTH(texts.text(i)));
        page->all.reserve(size);
        for (size_t i = 0; i < texts.size(); ++i) add(texts.text(i));
        for (Text& text : page->blocks) cut(text);
        return std::move(page);
    }

  private:
    Letters& letters;
    PyObject* alone;  // character -> (what it folds to or None, whether it is a mark)
    PyObject* fold;   // text -> folded text
    std::unique_ptr<Texts> page = std::make_unique<Texts>();
    Index met{1000};     // places of the different words
    std::u32string raw;  // the text that is read

    void add(PyObject* object) {
        Text text;
        text.ascii = PyUnicode_IS_ASCII(object);
        text.size = static_cast<int64_t>(PyUnicode_GET_LENGTH(object));
        text.folded.start = page->all.size();
        const bool plain = text.ascii && add_ascii(PyUnicode_1BYTE_DATA(object), text);
        if (!plain) add_any(object, text);
        text.folded.end = page->all.size();
        page->blocks.push_back(text);
        Py_INCREF(object);
        page->raw.push_back(Ref(object));
    }

    // Add an ASCII text in small letters. False where it has line breaks, and folds to something else.
    bool add_ascii(const Py_UCS1* some, Text& text) {
        const auto size = static_cast<size_t>(text.size);
        if (std::memchr(some, '\n', size) != nullptr) return false;
        page->all.resize(text.folded.start + size);
        char32_t* into = &page->all[text.folded.start];
        int64_t blanks = 0;
        for (size_t i = 0; i < size; ++i) {
            const char32_t c = some[i];
            into[i] = c + (within(c, 'A', 'Z') ? 32 : 0);
            blanks += c == ' ';
        }
        text.blanks = blanks;
        text.words = blanks + 1;
        look_at_end(some, size, text);
        return true;
    }

    void add_any(PyObject* object, Text& text) {
        raw.resize(static_cast<size_t>(text.size));
        auto* into = reinterpret_cast<Py_UCS4*>(raw.data());
        check(raw.empty() || PyUnicode_AsUCS4(object, into, static_cast<Py_ssize_t>(raw.size()), 0) != nullptr);
        look_at_end(raw.data(), raw.size(), text);
        if (add_letters(text)) return;
        page->all.resize(text.folded.start);
        page->all += characters(Ref(PyObject_CallFunctionObjArgs(fold, object, nullptr)).get());
    }

    template <class Character>
    static void look_at_end(const Character* some, size_t size, Text& text) {
        if (size > 0) text.end = some[size - 1];
        while (size > 0 && Py_UNICODE_ISSPACE(some[size - 1])) --size;
        if (size > 0) text.last = some[size - 1];
    }

    // Count the words of the text that is read, and add what it folds to, letter by letter. False where that is not
    // enough: a letter depends on its neighbours, or a word has letters of more than one script.
    bool add_letters(Text& text) {
        const size_t start = page->all.size();
        page->all.resize(start + raw.size());  // a letter folds to one at most, or makes room itself
        size_t end = start;
        int64_t dense = 0;
        int scripts = 0;  // of the word
        bool inside = false, gap = false, fine = true;
        const auto put = [&](char32_t c) {
            if (std::exchange(gap, false)) page->all[end++] = ' ';
            page->all[end++] = c;
        };
        const auto put_any = [&](char32_t c) {
            scripts |= script_of(c);
            if (c == ' ') {
                fine = fine && (scripts & Letter::SCRIPTS) != Letter::SCRIPTS;
                scripts = 0;
            }
            if (!Py_UNICODE_ISSPACE(c)) return put(c);
            gap = end > start;
        };
        for (const char32_t c : raw) {
            const Letter& letter = letters.of(c, alone);
            if (letter.is(Letter::PLAIN)) {
                scripts |= letter.traits;
                text.words += !inside;
                inside = true;
                put(static_cast<char32_t>(letter.folded));
                continue;
            }
            const bool space = letter.is(Letter::SPACE);
            text.blanks += c == ' ';
            text.words += !space && !inside;
            inside = !space;
            dense += letter.is(Letter::DENSE);
            if (letter.folded >= 0) {
                put_any(static_cast<char32_t>(letter.folded));
            } else if (letter.folded == Letter::DEPENDS) {
                fine = false;
            } else if (letter.folded != Letter::NOTHING) {
                const std::u32string& several = letters.longer[static_cast<size_t>(Letter::LONG - letter.folded)];
                page->all.resize(page->all.size() + several.size());
                std::for_each(several.begin(), several.end(), put_any);
            }
        }
        text.words += dense / 2;
        page->all.resize(end);
        return fine && (scripts & Letter::SCRIPTS) != Letter::SCRIPTS;
    }

    void cut(Text& text) {
        text.terms.start = page->terms.size();
        const char32_t* const all = page->all.data();
        for (size_t end = text.folded.start; end < text.folded.end;) {
            const size_t start = end;
            int traits = traits_of(all[end++]), any = traits ^ Letter::LETTER;  // of the word: a digit, what is no letter
            if ((traits & Letter::SIGN) == 0) {
                if ((traits & Letter::WORD) == 0) continue;
                for (; end < text.folded.end && goes_on(traits = traits_of(all[end])); ++end) {
                    any |= traits ^ Letter::LETTER;
                }
                text.odd = text.odd || (any & Letter::LETTER) != 0;
            }
            add_term({start, end}, (any & Letter::DECIMAL) != 0);
        }
        text.terms.end = page->terms.size();
    }

    // Whether a word goes on with a character; a sign is one by itself.
    static bool goes_on(int traits) { return (traits & (Letter::WORD | Letter::SIGN)) == Letter::WORD; }

    int traits_of(char32_t c) { return c < 128 ? ASCII[c] : letters.of(c, alone).traits; }

    void add_term(Span span, bool numeric) {
        std::vector<Word>& different = page->different;
        const Word word(page->view(span));
        const size_t number = met.find(word.hash, different.size(), [&](size_t i) { return different[i] == word; });
        if (number == different.size()) {
            met.add(word.hash, number, [&](size_t i) { return different[i].hash; });
            different.push_back(word);
            page->numeric.push_back(numeric);
        }
        page->terms.push_back(span);
        page->numbers.push_back(static_cast<uint32_t>(number));
    }
};

Ref make_letters(const Items&) { return capsule_of(std::make_unique<Letters>()); }

Ref read(const Items& given) {
    return capsule_of(Reader(in_capsule<Letters>(given[0]), given[1], given[2]).read(Items(given[3])));
}

Ref folded(const Items& given) {
    const auto& texts = in_capsule<Texts>(given[0]);
    return list_of(texts.blocks.size(), [&](size_t i) { return text_of(texts.view(texts.blocks[i].folded)); });
}

Ref words(const Items& given) {
    const auto& blocks = in_capsule<Texts>(given[0]).blocks;
    return list_of(blocks.size(), [&](size_t i) { return Ref(PyLong_FromLongLong(blocks[i].words)); });
}

Ref terms(const Items& given) {
    const auto& texts = in_capsule<Texts>(given[0]);
    return list_of(texts.blocks.size(), [&](size_t i) {
        const Span span = texts.blocks[i].terms;
        return list_of(span.size(), [&](size_t k) { return text_of(texts.term(span.start + k)); });
    });
}

Ref squeezed(const Items& given) {
    const auto& texts = in_capsule<Texts>(given[0]);
    std::u32string joined;
    return list_of(texts.blocks.size(), [&](size_t i) {
        joined.clear();
        for (size_t k = texts.blocks[i].terms.start; k < texts.blocks[i].terms.end; ++k) joined += texts.term(k);
        return text_of(joined);
    });
}

}  // namespace
