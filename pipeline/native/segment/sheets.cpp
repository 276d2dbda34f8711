// The rules of a style sheet that display nothing, compiled: one pass over its bytes, as `sheets.py` says why.

#include "../door.h"

#include <algorithm>
#include <array>

namespace {

constexpr size_t NONE = std::string_view::npos;
constexpr std::string_view SPACES = " \t\n\r\f\v";

std::string without_comments(std::string_view sheet) {
    std::string kept;
    for (size_t at = 0; at != NONE;) {
        const size_t opening = sheet.find("/*", at);
        kept += sheet.substr(at, opening - at);
        const size_t closing = opening == NONE ? NONE : sheet.find("*/", opening + 2);
        at = closing == NONE ? NONE : closing + 2;
    }
    return kept;
}

// Whether a text begins with a word of small letters, whatever the case of its own.
bool begins_with(std::string_view text, std::string_view word) {
    const auto same = [](char small, char letter) { return (letter | 0x20) == small; };
    return text.size() >= word.size() && std::equal(word.begin(), word.end(), text.begin(), same);
}

class Sheet {
  public:
    explicit Sheet(std::string_view sheet) : sheet(sheet), last_closing(sheet.rfind('}')) {}

    Ref hiding_selectors() {
        const Ref found(PyList_New(0));
        for (size_t at = next(0); at < sheet.size(); at = next(at + 1)) {
            if (sheet[at] == '{') {
                before = depth++;
                opening = at;
                closed = false;
            } else if (sheet[at] == '}') {
                --depth;
                closed = true;
            } else if (opening != NONE && hides(at)) {
                note_rule(at, found.get());
            }
        }
        return found;
    }

  private:
    const std::string_view sheet;
    const size_t last_closing;
    size_t opening = NONE, past = 0;  // of the rule we are in, if it is not noted; and behind that of the one noted last
    Py_ssize_t depth = 0, before = 0;  // now, and in front of the opening
    bool closed = false;               // since the opening

    // The next byte that tells something: a brace, or the last letter of `display` and `visibility`.
    size_t next(size_t at) const {
        static constexpr auto tells = [] {
            std::array<bool, 256> table{};
            for (const unsigned char c : {'{', '}', 'y', 'Y'}) table[c] = true;
            return table;
        }();
        const auto told = [](char c) { return tells[static_cast<unsigned char>(c)]; };
        return static_cast<size_t>(std::find_if(sheet.begin() + at, sheet.end(), told) - sheet.begin());
    }

    bool hides(size_t at) const {
        if (ends_word(at, "visibility")) {  // that of the backface does not hide what is turned to the reader
            return !ends_word(at, "backface-visibility") && (is_value(at + 1, "hidden") || is_value(at + 1, "collapse"));
        }
        if (!ends_word(at, "display") || !is_value(at + 1, "none")) return false;
        constexpr size_t length = std::string_view("display").size();  // there is an opening in front of it
        return std::string_view("{; \t\r\n\f").find(sheet[at - length]) != NONE;
    }
    bool ends_word(size_t at, std::string_view word) const {
        return at + 1 >= word.size() && begins_with(sheet.substr(at + 1 - word.size()), word);
    }
    bool is_value(size_t at, std::string_view word) const {
        const size_t colon = std::min(sheet.find_first_not_of(SPACES, at), sheet.size());
        if (colon == sheet.size() || sheet[colon] != ':') return false;
        const size_t value = sheet.find_first_not_of(SPACES, colon + 1);
        return value != NONE && begins_with(sheet.substr(value), word);
    }

    void note_rule(size_t at, PyObject* found) {
        depth -= std::min<Py_ssize_t>(before, 0);  // what was closed too often is forgotten
        if (before <= 0 && !closed && last_closing != NONE && last_closing > at) {
            std::string_view selectors = sheet.substr(past, opening - past);
            selectors.remove_prefix(selectors.find_last_of("};") + 1);  // of nothing, where there is none
            const Ref text(PyUnicode_DecodeUTF8(selectors.data(), static_cast<Py_ssize_t>(selectors.size()), "replace"));
            check(PyList_Append(found, text.get()) == 0);
        }
        past = std::exchange(opening, NONE) + 1;
    }
};

Ref hiding_selectors(const Items& given) {
    char* data = nullptr;
    Py_ssize_t size = 0;
    check(PyBytes_AsStringAndSize(given[0], &data, &size) == 0);
    const std::string_view sheet(data, static_cast<size_t>(size));
    if (sheet.find("/*") == NONE) return Sheet(sheet).hiding_selectors();
    return Sheet(without_comments(sheet)).hiding_selectors();
}

PyMethodDef METHODS[] = {
    {"hiding_selectors", call<hiding_selectors, 1>, METH_VARARGS, "hiding_selectors(sheet) -> selectors of its rules"},
    {nullptr, nullptr, 0, nullptr},
};

PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, "_sheets", "The rules of a style sheet that display nothing, compiled.", 0, METHODS, nullptr,
    nullptr, nullptr, nullptr,
};

}  // namespace

PyMODINIT_FUNC PyInit__sheets() { return PyModule_Create(&MODULE); }
