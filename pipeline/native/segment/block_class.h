// The class `Block` of `document.py`, filled and read here field by field.

#pragma once

#include "../objects.h"

namespace {

class BlockClass : public Dataclass {
  public:
    static constexpr size_t LINE = 3, MARKUP = 7, HIDDEN = 10, FIELDS = 13;

    explicit BlockClass(PyObject* type)
        : Dataclass(type, {"index", "kind", "text", "line", "level", "marker", "tight", "markup", "path", "link_share",
                           "hidden", "closed", "joint"}),
          type(type) {}

    // A field of what must be a block.
    PyObject* field(PyObject* object, size_t number) const {
        if (!Py_IS_TYPE(object, reinterpret_cast<PyTypeObject*>(type))) refuse(PyExc_TypeError, "a block was expected");
        PyObject* value = get(object, number);
        if (value == nullptr) refuse(PyExc_AttributeError, "a block without all of its fields");
        return value;
    }

    // A block with other Markdown.
    Ref with_markup(PyObject* object, const Ref& markup) const {
        const Ref made = make();
        for (size_t i = 0; i < FIELDS; ++i)
            set(made.get(), i, i == MARKUP ? markup : borrowed(field(object, i)));
        return made;
    }

  private:
    PyObject* type;
};

}  // namespace
