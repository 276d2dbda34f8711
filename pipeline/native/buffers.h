// Numbers of Python that are read where they lie: arrays of NumPy, and whatever else shows its memory.
//
// Read by one file of every module alone, so its names stay in an unnamed space.

#pragma once

#include "values.h"

#include <cstddef>
#include <type_traits>

namespace {

// The letter by which Python's buffers call a type of ours.
template <class T>
constexpr char format_of() {
    if (std::is_same<T, double>::value) return 'd';
    if (std::is_same<T, float>::value) return 'f';
    if (std::is_same<T, bool>::value) return '?';
    if (sizeof(T) == sizeof(int)) return 'i';
    return sizeof(T) == sizeof(long) ? 'l' : 'q';
}

// An array of NumPy, or whatever else shows numbers of this type, held as long as this lives. Without an expected size
// any will do.
template <class T>
class Array {
    static_assert(sizeof(T) != 1 || std::is_same<T, bool>::value, "bytes are read otherwise");

  public:
    static constexpr size_t ANY = static_cast<size_t>(-1);

    explicit Array(PyObject* object, size_t expected = ANY) {
        check(PyObject_GetBuffer(object, &held, PyBUF_FORMAT | PyBUF_C_CONTIGUOUS) == 0);
        const char* format = held.format == nullptr ? "B" : held.format;
        const bool same = format[0] == format_of<T>() && format[1] == '\0' && held.itemsize == sizeof(T);
        if (same && (expected == ANY || expected == size())) return;
        PyBuffer_Release(&held);
        refuse(PyExc_ValueError, same ? "an array of another length was expected" : "other numbers were expected");
    }
    Array(const Array&) = delete;
    Array& operator=(const Array&) = delete;
    ~Array() { PyBuffer_Release(&held); }

    size_t size() const { return static_cast<size_t>(held.len) / sizeof(T); }
    const T& operator[](size_t index) const { return begin()[index]; }
    const T* begin() const { return static_cast<const T*>(held.buf); }
    const T* end() const { return begin() + size(); }

  private:
    Py_buffer held{};
};

}  // namespace
