// Arrays as NumPy holds them, and what is counted over them: sums, windows, groups, and columns of a model.
//
// Everything is added from the first to the last, as `np.cumsum` and `np.bincount` do it, so that the sums are those of
// the Python beside it to the last bit. Built without contraction (-ffp-contract=off): one rounding for each operation.
// Read by one file of every module alone, so its names stay in an unnamed space.

#pragma once

#include "buffers.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <vector>

namespace {

using Numbers = std::vector<double>;

// Numbers that are places in an array of `count`, each checked.
class Places {
  public:
    Places(PyObject* object, size_t expected, size_t count) : numbers(object, expected), beyond(count) {
        for (const int64_t number : numbers) {
            if (number < 0 || static_cast<size_t>(number) >= count) refuse(PyExc_ValueError, "a place lies outside");
        }
    }
    size_t size() const { return numbers.size(); }
    size_t count() const { return beyond; }
    size_t operator[](size_t index) const { return static_cast<size_t>(numbers[index]); }

  private:
    Array<int64_t> numbers;
    size_t beyond;
};

// A column of n numbers, each made by `make(i)`.
template <class Make>
Numbers numbers_of(size_t size, Make make) {
    Numbers made(size);
    for (size_t i = 0; i < size; ++i) made[i] = make(i);
    return made;
}

// The sum of `make(i)` over the first n, from the first to the last.
template <class Make>
double total_of(size_t size, Make make) {
    double sum = 0;
    for (size_t i = 0; i < size; ++i) sum += make(i);
    return sum;
}

// Sums up to each place: 0 first, then as many as there are values.
template <class Make>
Numbers running_of(size_t size, Make make) {
    Numbers sums(size + 1, 0.0);
    for (size_t i = 0; i < size; ++i) sums[i + 1] = sums[i] + make(i);
    return sums;
}

// From such sums the one over a place and so many on either side.
inline double window_of(const Numbers& running, size_t place, size_t reach) {
    const size_t high = std::min(place + reach + 1, running.size() - 1), low = place < reach ? 0 : place - reach;
    return running[high] - running[low];
}

// The sum of `make(i)` in each group of the n that `groups` numbers.
template <class Groups, class Make>
Numbers sums_by(const Groups& groups, size_t count, Make make) {
    Numbers sums(count, 0.0);
    for (size_t i = 0; i < groups.size(); ++i) sums[groups[i]] += make(i);
    return sums;
}

// The value `step` places before a place (behind it, if negative); `beyond` outside.
template <class Values, class T>
T shifted(const Values& values, size_t place, int64_t step, T beyond) {
    const int64_t from = static_cast<int64_t>(place) - step;
    return from < 0 || from >= static_cast<int64_t>(values.size()) ? beyond : values[static_cast<size_t>(from)];
}

// How many places ago the last flagged one was: 0 on it, `beyond` where there was none.
template <class Flags>
Numbers since(size_t size, Flags flagged, double beyond) {
    double last = -1;
    return numbers_of(size, [&](size_t i) {
        if (flagged(i)) last = static_cast<double>(i);
        return last < 0 ? beyond : static_cast<double>(i) - last;
    });
}

inline double clipped(double value, double low, double high) { return std::min(std::max(value, low), high); }

inline double sigmoid(double value) { return 1.0 / (1.0 + std::exp(-clipped(value, -30, 30))); }

// Equal texts of a page: of each the place of the first that equals it, and how many there are of each first.
class Copies {
  public:
    explicit Copies(const Items& texts) : firsts(texts.size()), amounts(texts.size(), 0) {
        const Ref met(PyDict_New());
        for (size_t i = 0; i < texts.size(); ++i) {
            const Ref own(PyLong_FromSize_t(i));
            PyObject* first = PyDict_SetDefault(met.get(), texts.text(i), own.get());
            check(first != nullptr);
            firsts[i] = first == own.get() ? i : PyLong_AsSize_t(first);
            ++amounts[firsts[i]];
        }
    }
    size_t first(size_t place) const { return firsts[place]; }
    bool again(size_t place) const { return firsts[place] != place; }
    size_t amount(size_t place) const { return amounts[firsts[place]]; }

  private:
    std::vector<size_t> firsts, amounts;
};

// Columns of n numbers each for a model, one after the other as float32, in bytes that NumPy reads in place.
class Table {
  public:
    Table(size_t rows, size_t columns)
        : rows(rows), columns(columns), bytes(PyBytes_FromStringAndSize(nullptr, size_of(rows, columns))) {}

    template <class Make>
    void add(Make make) {
        float* column = next();
        for (size_t i = 0; i < rows; ++i) column[i] = static_cast<float>(make(i));
    }
    // The same number for every row.
    void fill(double value) { std::fill_n(next(), rows, static_cast<float>(value)); }

    // All columns, of which none may be missing.
    Ref whole() {
        if (made != columns) refuse(PyExc_SystemError, "there are not as many columns as were promised");
        return bytes;
    }

  private:
    size_t rows, columns, made = 0;
    Ref bytes;

    static Py_ssize_t size_of(size_t rows, size_t columns) {
        const size_t most = static_cast<size_t>(PY_SSIZE_T_MAX) / sizeof(float);
        if (columns != 0 && rows > most / columns) throw std::bad_alloc();
        return static_cast<Py_ssize_t>(rows * columns * sizeof(float));
    }

    float* next() {
        if (made == columns) refuse(PyExc_SystemError, "there are more columns than were promised");
        return reinterpret_cast<float*>(PyBytes_AS_STRING(bytes.get())) + rows * made++;
    }
};

}  // namespace
