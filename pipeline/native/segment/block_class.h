// The class `Block` of `document.py`, filled here field by field.

#pragma once

#include "../objects.h"

namespace {

class BlockClass : public Dataclass {
  public:
    static constexpr size_t HIDDEN = 10;

    explicit BlockClass(PyObject* type)
        : Dataclass(type, {"index", "kind", "text", "line", "level", "marker", "tight", "markup", "path", "link_share",
                           "hidden", "closed", "joint"}) {}
};

}  // namespace
