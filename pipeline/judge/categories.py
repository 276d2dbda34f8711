"""What sort of clutter a block is, where no rule says so: told by the names of the elements around it and its links."""

from __future__ import annotations

from pipeline.document import Category
from pipeline.judge.view import View

BY_LINKS: tuple[Category, Category, Category] = ("other", "nav", "related")
"""What is left to guess of a block of which nothing is named: one that is no link, a short link, a longer one."""

_SHORT = 4  # words


def category(view: View, index: int) -> Category:
    """A guess at what a block is that goes."""
    named: Category | None = view.ways.named[view.ways.of_blocks[index]]
    if named:
        return named
    no_link, short, longer = BY_LINKS
    if view.blocks[index].link_share <= 0.5:
        return no_link
    return longer if view.words[index] > _SHORT else short
