// Objects of Python that C++ makes: dataclasses filled at once, and objects of C++ that Python holds.
//
// Like `reference.h` this is read by one file of every module alone.

#pragma once

#include "reference.h"

#include <structmember.h>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

// An attribute of a class; `error`, a TypeError, where it has none.
inline Ref attribute_of(PyObject* type, const char* name, const char* error) {
    PyObject* found = PyObject_GetAttrString(type, name);
    if (found == nullptr && PyErr_ExceptionMatches(PyExc_AttributeError)) refuse(PyExc_TypeError, error);
    return Ref(found);
}

// A plain dataclass with slots. A frozen one sets each field by a call; here they are set in its memory, all at once.
class Dataclass {
  public:
    // `fields` are the names that it must have, in this order.
    Dataclass(PyObject* type, const std::vector<std::string>& fields) : held(borrowed(type)) {
        if (!PyType_Check(type)) refuse(PyExc_TypeError, "a class was expected");
        for (const std::string& field : fields) places.push_back(place_of(field.c_str()));
        const auto size = static_cast<Py_ssize_t>(sizeof(PyObject) + fields.size() * sizeof(PyObject*));
        const PyTypeObject* given = this->type();
        const bool plain = given->tp_basicsize == size && given->tp_itemsize == 0;
        if (!plain || given->tp_new != PyBaseObject_Type.tp_new) refuse(PyExc_TypeError, OTHER);
    }

    // One without any field yet.
    Ref make() const { return Ref(type()->tp_alloc(type(), 0)); }

    void set(PyObject* object, size_t field, Ref value) const {
        PyObject* before = std::exchange(*slot(object, field), value.release());
        Py_XDECREF(before);
    }
    PyObject* get(PyObject* object, size_t field) const { return *slot(object, field); }

    static constexpr const char* OTHER = "a plain dataclass with slots for these fields alone was expected";

  private:
    Ref held;
    std::vector<Py_ssize_t> places;

    PyObject** slot(PyObject* object, size_t field) const {
        return reinterpret_cast<PyObject**>(reinterpret_cast<char*>(object) + places[field]);
    }
    PyTypeObject* type() const { return reinterpret_cast<PyTypeObject*>(held.get()); }

    Py_ssize_t place_of(const char* field) const {
        const Ref slot = attribute_of(held.get(), field, OTHER);
        const bool is_member = Py_IS_TYPE(slot.get(), &PyMemberDescr_Type);
        const auto* member = is_member ? reinterpret_cast<PyMemberDescrObject*>(slot.get())->d_member : nullptr;
        if (!member || member->type != T_OBJECT_EX) refuse(PyExc_TypeError, OTHER);
        return member->offset;
    }
};

// An object of C++ that Python holds; T::NAME tells what it is.
template <class T>
Ref capsule_of(std::unique_ptr<T> object) {
    Ref capsule(PyCapsule_New(object.get(), T::NAME, [](PyObject* held) {
        std::unique_ptr<T> freed(static_cast<T*>(PyCapsule_GetPointer(held, T::NAME)));
    }));
    object.release();
    return capsule;
}

template <class T>
T& in_capsule(PyObject* capsule) {
    void* object = PyCapsule_GetPointer(capsule, T::NAME);
    check(object != nullptr);
    return *static_cast<T*>(object);
}

}  // namespace
