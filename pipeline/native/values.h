// Values of Python in C++ and back: sequences, numbers, texts.

#pragma once

#include "objects.h"

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

// A copy of a sequence, which nobody can change while it is read.
class Items {
  public:
    explicit Items(PyObject* sequence) : tuple(PySequence_Tuple(sequence)) {}
    Items(PyObject* sequence, size_t expected) : Items(sequence) {
        if (size() != expected) refuse(PyExc_ValueError, "a sequence of another length was expected");
    }
    size_t size() const { return static_cast<size_t>(PyTuple_GET_SIZE(tuple.get())); }
    PyObject* operator[](size_t index) const { return PyTuple_GET_ITEM(tuple.get(), static_cast<Py_ssize_t>(index)); }
    Ref share(size_t index) const {
        Py_INCREF((*this)[index]);
        return Ref((*this)[index]);
    }
    PyObject* text(size_t index) const {
        if (!PyUnicode_Check((*this)[index])) refuse(PyExc_TypeError, "a str was expected");
        return (*this)[index];
    }

  private:
    Ref tuple;
};

inline int64_t whole_number(PyObject* object) {
    const int64_t number = PyLong_AsLongLong(object);
    check(number != -1 || !PyErr_Occurred());
    return number;
}

inline double real_number(PyObject* object) {
    const double number = PyLong_CheckExact(object) ? PyLong_AsDouble(object) : PyFloat_AsDouble(object);
    check(number != -1.0 || !PyErr_Occurred());
    return number;
}

inline std::vector<int64_t> whole_numbers(PyObject* sequence) {
    const Items items(sequence);
    std::vector<int64_t> numbers;
    for (size_t i = 0; i < items.size(); ++i) numbers.push_back(whole_number(items[i]));
    return numbers;
}

inline std::vector<double> real_numbers(PyObject* sequence) {
    const Items items(sequence);
    std::vector<double> numbers;
    for (size_t i = 0; i < items.size(); ++i) numbers.push_back(real_number(items[i]));
    return numbers;
}

// Numbers as bytes, for NumPy to read.
template <class T>
Ref bytes_of(const std::vector<T>& numbers) {
    const auto size = static_cast<Py_ssize_t>(numbers.size() * sizeof(T));
    return Ref(PyBytes_FromStringAndSize(reinterpret_cast<const char*>(numbers.data()), size));
}

// And numbers from such bytes.
template <class T>
std::vector<T> numbers(PyObject* bytes) {
    if (!PyBytes_Check(bytes)) refuse(PyExc_TypeError, "bytes were expected");
    std::vector<T> read(static_cast<size_t>(PyBytes_GET_SIZE(bytes)) / sizeof(T));
    if (!read.empty()) std::memcpy(read.data(), PyBytes_AS_STRING(bytes), read.size() * sizeof(T));
    return read;
}

inline std::string utf8(PyObject* text) {
    if (PyUnicode_Check(text) && PyUnicode_IS_COMPACT_ASCII(text)) {  // which is written so already
        const auto* written = PyUnicode_1BYTE_DATA(text);
        return std::string(written, written + PyUnicode_GET_LENGTH(text));
    }
    const Ref bytes(PyUnicode_AsEncodedString(text, "utf-8", "surrogatepass"));
    return std::string(PyBytes_AS_STRING(bytes.get()), static_cast<size_t>(PyBytes_GET_SIZE(bytes.get())));
}

// A text as UTF-8, which is held where the text itself is none.
class Utf8 {
  public:
    explicit Utf8(PyObject* text) {
        const bool plain = PyUnicode_IS_ASCII(text);
        if (!plain) held = Ref(PyUnicode_AsEncodedString(text, "utf-8", "surrogatepass"));
        const char* data = plain ? reinterpret_cast<const char*>(PyUnicode_1BYTE_DATA(text)) : PyBytes_AS_STRING(held.get());
        const Py_ssize_t size = plain ? PyUnicode_GET_LENGTH(text) : PyBytes_GET_SIZE(held.get());
        view = std::string_view(data, static_cast<size_t>(size));
    }
    std::string_view view;

  private:
    Ref held;
};

inline Ref decoded(std::string_view utf8) {
    return Ref(PyUnicode_DecodeUTF8(utf8.data(), static_cast<Py_ssize_t>(utf8.size()), "surrogatepass"));
}

// A list of n objects, each made by `make(i)`.
template <class Make>
Ref list_of(size_t size, Make make) {
    Ref list(PyList_New(static_cast<Py_ssize_t>(size)));
    for (size_t i = 0; i < size; ++i) PyList_SET_ITEM(list.get(), static_cast<Py_ssize_t>(i), make(i).release());
    return list;
}

template <class... Refs>
Ref tuple_of(const Refs&... items) {
    return Ref(PyTuple_Pack(sizeof...(items), items.get()...));
}

inline std::u32string characters(PyObject* text) {
    if (!PyUnicode_Check(text)) refuse(PyExc_TypeError, "a str was expected");
    std::u32string read(static_cast<size_t>(PyUnicode_GET_LENGTH(text)), U'\0');
    auto* into = reinterpret_cast<Py_UCS4*>(read.data());
    check(read.empty() || PyUnicode_AsUCS4(text, into, static_cast<Py_ssize_t>(read.size()), 0) != nullptr);
    return read;
}

inline Ref text_of(std::u32string_view some) {
    return Ref(PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, some.data(), static_cast<Py_ssize_t>(some.size())));
}

// Whoever reads a table that is emptied when it grows too big. Python may run another thread in the middle of a call,
// and nothing is emptied while anyone reads.
class Reading {
  public:
    explicit Reading(size_t& readers) : readers(readers) { ++readers; }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;
    ~Reading() { --readers; }

  private:
    size_t& readers;
};

}  // namespace
