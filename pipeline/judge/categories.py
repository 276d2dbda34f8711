"""What sort of clutter a block is, where no rule says so: told by the names of the elements around it and its links."""

from __future__ import annotations

from pipeline.document import Category
from pipeline.judge.view import View

_INNERMOST = 6  # elements of a path that are asked


def category(view: View, index: int) -> Category:
    """A guess at what a block is that goes."""
    block = view.blocks[index]
    named = view.ways[block.path].category(_INNERMOST)
    if named:
        return named
    if block.link_share > 0.5:
        return "related" if view.words[index] > 4 else "nav"
    return "other"
