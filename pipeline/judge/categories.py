"""What sort of clutter a block is, where no rule says so: told by the names of the elements around it and its links."""

from __future__ import annotations

from pipeline.document import Category
from pipeline.judge.view import View


def category(view: View, index: int) -> Category:
    """A guess at what a block is that goes."""
    return view.ways.named[view.ways.of_blocks[index]] or told_by_links(view, index)


def told_by_links(view: View, index: int) -> Category:
    """What is left to guess of a block of which nothing is named."""
    if view.blocks[index].link_share > 0.5:
        return "related" if view.words[index] > 4 else "nav"
    return "other"
