"""The compiled look-ups, where they could be built: `look_up.cpp`, which does what this room does, for a page at once.

Without a compiler the package installs all the same, and the Python code beside each look-up runs; both give the same
documents. What belongs here: whether the module is there, and what of it is no look-up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

try:
    from pipeline.judge import _look_up as look_up

    COMPILED = True
    """Whether the compiled look-ups are there. A `View` may be made to do without them."""
except ImportError:  # where there was no compiler
    look_up = None  # type: ignore[assignment]
    COMPILED = False

__all__ = ["COMPILED", "look_up", "make_many"]

_Made = TypeVar("_Made")


def make_many(made: type[_Made], columns: Sequence[Sequence[object]]) -> list[_Made]:
    """Objects of a plain dataclass with slots, one for each row of `columns` (as many as it has fields, of one length).

    A frozen dataclass sets each field by a call; compiled, all are set at once. Raises `ValueError` for columns of
    different lengths, and compiled `TypeError` for a class that is more than its fields.
    """
    if COMPILED:
        return look_up.make_many(made, columns)
    return [made(*row) for row in zip(*columns, strict=True)]
