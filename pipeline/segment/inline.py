"""One block of inline text while it is being read: words, links and emphasis, then one normalised string.

Observation: words glue together where two links or buttons touch without white space, because the space between
them is drawn by the style sheet; elsewhere touching elements may be one word ("<b>T</b><i>hresher</i>"), so these get a
space only where the letters on both sides say that a word ends: "Weight" and "640 g", "15:00" and "Ferry".
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from pipeline.segment.elements import EMPHASIS
from pipeline.segment.normalise import normalise, normalise_lines

if TYPE_CHECKING:
    from pipeline.segment.place import Place

BREAK = "\x00"  # decoded text never holds it
_CARRIED = 100  # marks; a block that begins within more takes the innermost, or each would hold all of a deep page
_SIGNS = frozenset(EMPHASIS.values())
_STOPS = frozenset(".!?)")
_CURRENCIES = frozenset("$£€¥₹")
_HREF = re.compile(r'\shref="([^"]*)"')
_ESCAPED = re.compile(r"([\\`*_\[\]<]|&(?=#?[0-9A-Za-z]+;)|~(?=~)|(?<=~)~)")
_SPECIAL = re.compile(r"[&\\`*_\[\]<~]")  # of HTML or of Markdown
_TICKS = re.compile(r"`+")
_WHITE = re.compile(r"[ \t\r\n\f]+")
_SAFE_TARGET = re.compile(r"(?i)^(?:https?://|mailto:|/(?!/)|#|\.{0,2}/|[\w%-]+(?:[/.?#]|$))(?!.*[\s<>])")


class Inline:
    """The pieces of one block, in order, as they stand in the source; and where in them marks open and close.

    A mark is (number of the piece before which it stands, what opens), with "" for what closes: the sign of an
    emphasis, or the start tag of a link. `home` is the place where the first words stood.
    """

    __slots__ = ("broken", "gap", "home", "linked", "marks", "pieces", "plain", "touched")

    def __init__(self, open_marks: list[str]) -> None:
        self.pieces: list[str] = []
        self.marks: list[tuple[int, str]] = [(0, mark) for mark in open_marks[-_CARRIED:]]
        self.home: Place | None = None
        self.plain = self.linked = 0  # characters outside links and inside
        self.broken = False  # whether a line break stands at the end
        self.touched = -1  # the number of pieces when something closed that is drawn apart from its neighbours
        self.gap = 0  # since the last text: 1 if an element closed, 2 if another opened after it

    def line_break(self) -> bool:
        """A `<br>`; True if it is the second in a row, which ends the block."""
        if self.broken:
            return True
        self.broken = True
        self.pieces.append(BREAK)
        return False

    def space_if_touched(self) -> None:
        """Something begins that is drawn apart from a neighbour like it."""
        if self.touched == len(self.pieces):
            self.pieces.append(" ")

    def bridge(self, text: str) -> None:
        """A text begins: if it stands in another element than the one before, they may be words apart."""
        if self.gap == 2 and self.pieces and are_apart(self.pieces[-1], text):
            self.pieces.append(" ")
        self.gap = 0

    def end_line(self) -> None:
        """An element that is a line of code begins or ends: what stands before it is a line, if anything does."""
        if self.pieces and not self.pieces[-1].endswith(("\n", BREAK)):
            self.pieces.append(BREAK)


def are_apart(left: str, right: str) -> bool:
    """Whether two texts in touching elements are words apart, by the characters on both sides.

    A word ends before a capital or a number, a number before a word, a sentence of some words before the next.
    """
    before, first, second = left[-1:], right[:1], right[1:2]
    if first in _CURRENCIES:
        return before == ":" or before.isalnum()
    if before.isdecimal():
        return first.isupper() and second.islower()
    if before in _STOPS:
        return first.isupper() and second.islower() and left[-3:-1].isalpha() and " " in left
    if before == ":":
        return first.isalnum() and left[-3:-1].isalpha() and len(left) > 2
    if len(left) < 3 or not (before.islower() or before.isupper()) or not left[-3:].isalpha():
        return False
    return first.isdecimal() or (first.isupper() and (before.islower() or second.islower()))


def markup_of(pieces: list[str], marks: list[tuple[int, str]]) -> str:
    """The words of a block as Markdown, with links and emphasis; "" where there is none."""
    if not marks:
        return ""
    special = _SPECIAL.search("".join(pieces)) is not None  # asked first: most blocks hold nothing of it
    open_marks: list[tuple[str, list[str]]] = [("", [])]
    upcoming = iter([*marks, (len(pieces), None)])
    at, mark = next(upcoming)
    for number, piece in enumerate([*pieces, ""]):
        while at == number and mark is not None:
            if mark:
                open_marks.append((mark, []))
            elif len(open_marks) > 1:
                _close(open_marks)
            at, mark = next(upcoming)
        open_marks[-1][1].append(_escaped(piece, open_marks) if special else piece)
    while len(open_marks) > 1:
        _close(open_marks)
    joined = "".join(open_marks[0][1])
    if BREAK in joined:
        return normalise_lines(_WHITE.sub(" ", joined).replace(BREAK, "\n"))
    return normalise(joined)


def _escaped(piece: str, open_marks: list[tuple[str, list[str]]]) -> str:
    """A piece of text as Markdown takes it for nothing but text."""
    plain = html.unescape(piece) if "&" in piece else piece
    if any(opened == "`" for opened, _ in open_marks):
        return plain
    return _ESCAPED.sub(r"\\\1", plain)


def _close(open_marks: list[tuple[str, list[str]]]) -> None:
    """Wrap the innermost open mark around its words; spaces at their ends go outside, as Markdown wants them."""
    mark, parts = open_marks.pop()
    inner = "".join(parts)
    core = inner.strip(" \t\r\n\f" + BREAK)
    if core and BREAK not in core:
        start = inner.index(core)
        inner = inner[:start] + _wrap(mark, core) + inner[start + len(core) :]
    open_marks[-1][1].append(inner)


def _wrap(mark: str, core: str) -> str:
    """`core` with its emphasis, or as a link if its target is one that a reader may follow."""
    if mark == "`" and mark in core:
        ticks = mark * (1 + max(map(len, _TICKS.findall(core))))
        return f"{ticks} {core} {ticks}"
    if mark in _SIGNS:
        return core if mark in core else f"{mark}{core}{mark}"
    return linked(core, target_of(mark))


def linked(words: str, target: str) -> str:
    """Words of Markdown as a link to a target that is safe; the words alone where it is ""."""
    if not target:
        return words
    return f"[{words}](<{target}>)" if "(" in target or ")" in target else f"[{words}]({target})"


def target_of(start_tag: str) -> str:
    """The target of a link by its start tag, if Markdown may carry it; "" for scripts, data and the like."""
    found = _HREF.search(start_tag)
    return safe_target(html.unescape(found[1])) if found else ""


def safe_target(target: str | None) -> str:
    """A link target that Markdown may carry: http(s), mail or relative; "" for scripts, data and the like."""
    target = (target or "").strip()
    return target if len(target) <= 2000 and _SAFE_TARGET.match(target) else ""
