// The door of a compiled module: calls come in here, and no C++ exception goes out.

#pragma once

#include "values.h"

#include <exception>
#include <new>

namespace {

// Call `body`; what it throws becomes an exception of Python.
template <class Body>
PyObject* guarded(Body&& body) {
    try {
        return body().release();
    } catch (const Raised&) {
        return nullptr;
    } catch (const std::bad_alloc&) {
        return PyErr_NoMemory();
    } catch (const std::exception& error) {
        PyErr_SetString(PyExc_RuntimeError, error.what());
        return nullptr;
    }
}

// Call `Body` with the arguments, as many as there must be.
template <Ref (*Body)(const Items&), size_t Arguments>
PyObject* call(PyObject*, PyObject* given) {
    return guarded([&] {
        if (PyTuple_GET_SIZE(given) != Arguments) refuse(PyExc_TypeError, "another number of arguments was expected");
        return Body(Items(given));
    });
}

}  // namespace
