// References to Python's objects, and the sign that Python raised: what all compiled modules are built on.
//
// A call of Python that fails becomes `Raised`, which the door of each module hands back to Python. This is read by one
// file of every module alone, so its names stay in an unnamed space.

#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <utility>

namespace {

struct Raised {};  // a Python exception is set

// A reference that is ours.
class Ref {
  public:
    Ref() = default;
    explicit Ref(PyObject* owned) : held(owned) {
        if (owned == nullptr) throw Raised{};
    }
    Ref(const Ref& other) : held(other.held) { Py_XINCREF(held); }
    Ref(Ref&& other) noexcept : held(std::exchange(other.held, nullptr)) {}
    Ref& operator=(Ref other) noexcept {
        std::swap(held, other.held);
        return *this;
    }
    ~Ref() { Py_XDECREF(held); }
    PyObject* get() const { return held; }
    PyObject* release() { return std::exchange(held, nullptr); }
    explicit operator bool() const { return held != nullptr; }

  private:
    PyObject* held = nullptr;
};

inline Ref borrowed(PyObject* object) {
    Py_XINCREF(object);
    return Ref(object);
}

[[noreturn]] inline void refuse(PyObject* error, const char* message) {
    PyErr_SetString(error, message);
    throw Raised{};
}

inline void check(bool fine) {
    if (!fine) throw Raised{};
}

}  // namespace
