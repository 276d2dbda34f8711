"""Cutting a block where its text allows it, with its markup and links: nothing is lost and nothing is added.

The text of a block is plain, its markup is the same words as Markdown. To cut both at one place, the marks are read
once: which stretches of the text lie outside of every mark (there a cut is safe), and which are links.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.document import Block

# As `Inline` writes it: an escaped character, code, emphasis, the two halves of a link. Text never holds these bare.
_MARK = re.compile(r"\\([\\`*_\[\]<])|`([^`]*)`|(\*\*?)|(\[)|\]\((?:<[^<>]*>|[^()]*)\)")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where marks stand in the text of a block.

    `links` are the spans of the text that are links, in order. `open` are the stretches outside of all marks, each
    with its first and last border in the text and the offset of the first in the markup; None for a block without.
    """

    links: tuple[tuple[int, int], ...] = ()
    open: tuple[tuple[int, int, int], ...] | None = None

    def allows(self, at: int) -> bool:
        """Whether the markup can be cut before character `at` of the text."""
        return self.open is None or self._stretch(at) is not None

    def offset(self, at: int) -> int:
        """The place in the markup of a border that `allows` a cut; for a block without markup the same number."""
        stretch = self._stretch(at)
        return at if stretch is None else stretch[2] + at - stretch[0]

    def _stretch(self, at: int) -> tuple[int, int, int] | None:
        place = bisect_right(self.open or (), (at, len(self.open or ()) + 1 << 40)) - 1
        if self.open and place >= 0 and at <= self.open[place][1]:
            return self.open[place]
        return None


def layout_of(block: Block) -> Layout | None:
    """The marks of a block; None if markup and text do not say the same, so that no place is known."""
    if not block.markup:
        return Layout()
    plain: list[str] = []
    links: list[tuple[int, int]] = []
    stretches: list[tuple[int, int, int]] = []
    marks: set[str] = set()
    starts: list[int] = []
    size = at = 0
    for found in _MARK.finditer(block.markup):
        plain.append(block.markup[at : found.start()])
        if not marks and not starts:
            stretches.append((size, size + found.start() - at, at))
        size += found.start() - at
        at = found.end()
        inside = found[1] or found[2] or ""
        plain.append(inside)
        if found[3]:
            marks ^= {found[3]}
        elif found[4]:
            starts.append(size)
        elif found[0][0] == "]" and starts:
            links.append((starts.pop(), size))
        size += len(inside)
    plain.append(block.markup[at:])
    if not marks and not starts:
        stretches.append((size, size + len(block.markup) - at, at))
    return Layout(tuple(sorted(links)), tuple(stretches)) if "".join(plain) == block.text else None


def cut(block: Block, layout: Layout, borders: Sequence[int]) -> list[Block]:
    """The pieces of a block between `borders` (places in the text, sorted), without the white space around each.

    Their texts and joints, one after the other, are the text of the block.
    """
    pieces: list[Block] = []
    last = 0
    for start, end in zip((0, *borders), (*borders, len(block.text)), strict=True):
        text = block.text[start:end]
        begin = start + len(text) - len(text.lstrip())
        stop = start + len(text.rstrip())
        pieces.append(
            replace(
                block,
                text=block.text[begin:stop],
                markup=block.markup and block.markup[layout.offset(begin) : layout.offset(stop)],
                link_share=_link_share(block, layout, begin, stop),
                joint=block.text[last:begin] if pieces else block.joint,
            )
        )
        last = stop
    return pieces


def _link_share(block: Block, layout: Layout, begin: int, stop: int) -> float:
    """Which share of a piece is link text; that of the whole block where links left no mark."""
    if not layout.links:
        return block.link_share
    linked = sum(max(0, min(stop, end) - max(begin, start)) for start, end in layout.links)
    return round(min(1.0, linked / max(1, stop - begin)), 3)
