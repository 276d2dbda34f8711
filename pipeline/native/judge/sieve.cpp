// The sieve of blocks that may hold a prompt, compiled: the places where one may begin, as `prompts.py` reads them and
// says why. Most of these begin with a word that no prompt begins with. Words in ASCII are looked up here, of others
// Python says what they fold to, and remembers which begin no prompt.

#include "../door.h"

#include <algorithm>

namespace {

constexpr Py_ssize_t SHORTEST = 24, SHORTEST_ASCII = 60, HEAD = 60, TAIL = 240;  // characters
constexpr double LINKED = 0.85;

bool is_one_of(Py_UCS4 c, std::u32string_view signs) { return signs.find(c) != signs.npos; }

bool ends_sentence(Py_UCS4 c) {
    return c < 0x80 ? c == '.' || c == '!' || c == '?' : is_one_of(c, U"…।॥؟۔။។。！？");
}

bool ends_part(Py_UCS4 c) {
    if (c < 0x80) return c == '.' || c == '!' || c == '?' || c == '"' || c == ')' || c == ']';
    return c > 0xbb ? is_one_of(c, U"…।॥؟۔။“”。！？」』）") : c == 0xab || c == 0xbb;
}

bool is_of_word(Py_UCS4 c) { return Py_UNICODE_ISALNUM(c) || c == '_'; }

bool is_sign(Py_UCS4 c) { return c != 0 && is_one_of(c, U".,:;!?|-()[]{}*_\"'"); }

// What Python knows of words that begin prompts.
struct Prompts {
    PyObject* seconds;  // first word of prompts, bare and folded -> their second words, "" for one of a single word
    PyObject* known;    // word as it stands -> None where no prompt begins with it
    PyObject* opens;    // beginning of a text -> whether it may be that of a prompt
};

template <class C>
class Sieve {
  public:
    Sieve(const C* text, Py_ssize_t size, const Prompts& prompts) : text(text), size(size), prompts(prompts) {}

    bool holds(bool linked, bool in_page) const {
        if (has('\n') && any_part([](Py_UCS4 c) { return c == '\n'; }, true)) return true;
        if (any_part([](Py_UCS4 c) { return c == '(' || c == 0xff08; }, false)) return true;
        const bool thai = text[0] >= 0x0e00 && text[0] <= 0x0eff;
        if (thai && any_part([](Py_UCS4 c) { return c == ' '; }, true)) return true;
        if (linked || !ends_sentence(text[size - 1])) return any_sentence();
        return !in_page && opens(last_sentence(), size);
    }

  private:
    const C* text;
    const Py_ssize_t size;
    const Prompts& prompts;

    bool has(Py_UCS4 c) const { return std::find(text, text + size, c) != text + size; }

    template <class Divides>
    bool any_part(Divides divides, bool first) const {
        for (Py_ssize_t start = 0, end = 0; start <= size; start = end + 1, first = true) {
            end = std::find_if(text + start, text + size, divides) - text;
            if (first && opens(start, end)) return true;
        }
        return false;
    }

    bool any_sentence() const {
        for (Py_ssize_t start = 0, end = 0; end < size; start = end) {
            end = std::find_if(text + start, text + size, ends_part) - text;
            if (opens(start, end)) return true;
            if (end < size) end = std::find_if(text + end + 1, text + size, is_of_word) - text;
        }
        return false;
    }

    // Where the last sentence begins; behind the text where there is only one, or a long one.
    Py_ssize_t last_sentence() const {
        const Py_ssize_t first = std::max<Py_ssize_t>(size - TAIL, 0);
        Py_ssize_t at = size - 3;
        while (at >= first && !ends_sentence(text[at])) --at;
        while (at > first && text[at] == '.' && Py_UNICODE_ISALNUM(text[at + 1])) {  // within a number or an address
            do --at;
            while (at >= first && text[at] != '.');
        }
        return at >= first ? at + 1 : size;
    }

    // The first word between two places.
    struct Word {
        const C *first, *last;

        Word(const C* from, const C* end)
            : first(std::find_if_not(from, end, space)), last(std::find_if(first, end, space)) {}
        bool is_ascii() const {
            return std::all_of(first, last, [](C c) { return c < 0x80; });
        }
        template <class Kept>
        Word& strip(Kept kept) {
            while (first < last && !kept(*first)) ++first;
            while (first < last && !kept(last[-1])) --last;
            return *this;
        }
        // The same in lower case; of ASCII alone.
        Ref folded() const {
            char small[HEAD];
            const auto lower = [](C c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); };
            return Ref(PyUnicode_FromStringAndSize(small, std::transform(first, last, small, lower) - small));
        }

      private:
        static bool space(C c) { return Py_UNICODE_ISSPACE(c); }
    };

    // Whether a prompt may begin with the first two words of a part, or three where the first is a sign.
    bool opens(Py_ssize_t start, Py_ssize_t length) const {
        const C *const from = text + start, *const end = text + std::min(length, start + HEAD);
        Word word(from, end);
        for (int signs = 0; signs < 2 && word.first < word.last; ++signs) {
            const C* const next = word.last;
            if (!word.is_ascii()) return is_known(word) && asked(from, end);
            if (word.strip([](C c) { return Py_UNICODE_ISALNUM(c) != 0; }); word.first < word.last) {
                PyObject* seconds = PyDict_GetItemWithError(prompts.seconds, word.folded().get());
                check(seconds != nullptr || !PyErr_Occurred());
                return seconds != nullptr && is_second(seconds, Word(next, end), from, end);
            }
            word = Word(next, end);
        }
        return false;
    }

    // Whether prompts go on with a word, or end before it.
    bool is_second(PyObject* seconds, Word word, const C* from, const C* end) const {
        if (has(seconds, Ref(PyUnicode_New(0, 0)))) return true;
        if (word.first == word.last) return false;
        if (!word.is_ascii()) return asked(from, end);
        return has(seconds, word.strip([](C c) { return !is_sign(c); }).folded());
    }

    static bool has(PyObject* words, const Ref& word) {
        const int found = PySequence_Contains(words, word.get());
        check(found >= 0);
        return found == 1;
    }

    // False where Python remembers that no prompt begins with a word.
    bool is_known(const Word& word) const {
        PyObject* seconds = PyDict_GetItemWithError(prompts.known, made(word.first, word.last).get());
        check(seconds != nullptr || !PyErr_Occurred());
        return seconds != Py_None;
    }

    bool asked(const C* from, const C* end) const {
        const Ref told(PyObject_CallFunctionObjArgs(prompts.opens, made(from, end).get(), nullptr));
        const int truth = PyObject_IsTrue(told.get());
        check(truth >= 0);
        return truth == 1;
    }

    static Ref made(const C* first, const C* last) {
        return Ref(PyUnicode_FromKindAndData(static_cast<int>(sizeof(C)), first, last - first));
    }
};

bool may_hold(PyObject* text, bool linked, bool in_page, const Prompts& prompts) {
    const Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    const auto sifted = [&](const auto* characters) { return Sieve(characters, size, prompts).holds(linked, in_page); };
    switch (PyUnicode_KIND(text)) {
        case PyUnicode_1BYTE_KIND: return sifted(PyUnicode_1BYTE_DATA(text));
        case PyUnicode_2BYTE_KIND: return sifted(PyUnicode_2BYTE_DATA(text));
        default: return sifted(PyUnicode_4BYTE_DATA(text));
    }
}

// suspects(blocks, kinds, second words, known words, opens) -> the places of the blocks that may hold a prompt
Ref suspects(const Items& given) {
    const Items blocks(given[0]);
    if (!PyDict_Check(given[2]) || !PyDict_Check(given[3])) refuse(PyExc_TypeError, "a dict was expected");
    const Prompts prompts{given[2], given[3], given[4]};
    const auto name = [](const char* of) { return Ref(PyUnicode_InternFromString(of)); };
    const Ref kind = name("kind"), text = name("text"), link_share = name("link_share"), path = name("path");
    const Ref found(PyList_New(0));
    for (size_t i = 0; i < blocks.size(); ++i) {
        const auto field = [&](const Ref& of) { return Ref(PyObject_GetAttr(blocks[i], of.get())); };
        const Ref own = field(text);
        if (!PyUnicode_Check(own.get())) refuse(PyExc_TypeError, "a str was expected");
        check(PyUnicode_READY(own.get()) == 0);
        const Py_ssize_t size = PyUnicode_GET_LENGTH(own.get());
        if (size < SHORTEST || (size < SHORTEST_ASCII && PyUnicode_IS_ASCII(own.get()))) continue;
        const double linked = real_number(field(link_share).get());
        const int fits = linked < LINKED ? PySequence_Contains(given[1], field(kind).get()) : 0;
        check(fits >= 0);
        if (fits == 0) continue;
        const int in_page = PyObject_IsTrue(field(path).get());
        check(in_page >= 0);
        if (may_hold(own.get(), linked != 0, in_page == 1, prompts)) {
            check(PyList_Append(found.get(), Ref(PyLong_FromSize_t(i)).get()) == 0);
        }
    }
    return found;
}

PyMethodDef METHODS[] = {
    {"suspects", call<suspects, 5>, METH_VARARGS,
     "suspects(blocks, kinds, second words, known words, opens) -> their places"},
    {nullptr, nullptr, 0, nullptr},
};

PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, "_sieve", "The sieve of blocks that may hold a prompt, compiled.", 0, METHODS, nullptr,
    nullptr, nullptr, nullptr,
};

}  // namespace

PyMODINIT_FUNC PyInit__sieve() { return PyModule_Create(&MODULE); }
