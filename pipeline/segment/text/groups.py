"""Text to runs of lines: what stands together without a blank line, and what signs enclose, blank lines and all.

Observation: Markdown encloses code between fences, and what no reader should see between the signs of a comment. But
tildes below a title, or across the page, are no fence; and a comment that nobody closes is none.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pipeline.segment.hidden import COMMENT, FRONT_MATTER
from pipeline.segment.normalise import normalise
from pipeline.segment.text.references import defines

LINE_ENDS = re.compile(r"\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
"""What ends a line."""
FENCE = re.compile(r"^\s{0,3}(`{3,}|~{3,})")
"""What opens or ends a fenced block of code."""
_COMMENT = re.compile(r" {0,3}<!--")  # what stands further in is code
_TILDES = 4  # more, or some below a line, are a rule across the page or below a title


class Line(NamedTuple):
    """A source line: its number from 1, and its text as it stands."""

    number: int
    text: str


class Stretch(NamedTuple):
    """Lines that follow each other, the number of the first, and what they are: code, comment, front matter, or ""."""

    first: int
    lines: Sequence[str]
    what: str


def stretches(text: str, references: Mapping[str, str], *, front: int = 0, comments: bool = False) -> Iterator[Stretch]:
    """A text in stretches: what signs enclose, and what stands between.

    The first `front` lines are front matter, comments are looked for only where `comments` says so, and lines that
    define `references` are blank.
    """
    lines = LINE_ENDS.split(text)
    enclosures = _Enclosures(lines, comments=comments)
    if front:
        yield Stretch(1, lines[:front], FRONT_MATTER)
    first, held, what = front + 1, list[str](), ""
    for number, line in enumerate(lines[front:], front + 1):
        opened = "" if what else enclosures.opened(number, line, held[-1] if held else "")
        if opened:
            if held:
                yield Stretch(first, held, "")
            first, held, what = number, [], opened
        held.append("" if not what and references and defines(line, references) else line)
        if what and (not opened or what == COMMENT) and enclosures.ends(number, line):
            yield Stretch(first, held, what)
            first, held, what = number + 1, [], ""
    if held:
        yield Stretch(first, held, what)


def groups(first: int, lines: Sequence[str]) -> Iterator[list[Line]]:
    """Runs of lines without a blank one between; `first` is the number of the first."""
    group: list[Line] = []
    for number, line in enumerate(lines, first):
        if _is_seen(line):
            group.append(Line(number, line))
        elif group:
            yield group
            group = []
    if group:
        yield group


def _is_seen(line: str) -> bool:
    """Whether anything is left of a line when what nobody sees is gone."""
    return bool(line.strip()) and (line.isprintable() or bool(normalise(line)))


class _Enclosures:
    """What stands around lines: fences of code, and if asked for the signs of comments, in lines of their own."""

    def __init__(self, lines: Sequence[str], *, comments: bool) -> None:
        self._lines = lines
        self._tildes = next((n for n in range(len(lines), 0, -1) if "~~~" in lines[n - 1]), 0)
        self._closing = [n for n, line in enumerate(lines, 1) if "-->" in line] if comments else []
        self._fence = ""
        self._last = 0  # line of a comment

    def opened(self, number: int, line: str, above: str) -> str:
        """What a line opens below another: "code", "comment", or nothing.

        It is closed further down, but for code between ticks.
        """
        found = FENCE.match(line) if "```" in line or "~~~" in line else None
        self._fence = found[1] if found else ""
        if self._fence[:1] == "`" or (
            0 < len(self._fence) <= _TILDES and number < self._tildes and not _is_seen(above)
        ):
            return "code"
        self._fence = ""
        return COMMENT if self._closing and _COMMENT.match(line) and self._is_closed(number) else ""

    def _is_closed(self, number: int) -> bool:
        """Whether a comment that begins in a line ends with one, and no words stand behind it."""
        at = bisect_left(self._closing, number)
        self._last = self._closing[at] if at < len(self._closing) else 0
        return self._last > 0 and self._lines[self._last - 1].rstrip().endswith("-->")

    def ends(self, number: int, line: str) -> bool:
        """Whether what was opened last ends with a line."""
        if not self._fence:
            return number == self._last
        return FENCE.match(line) is not None and line.strip().startswith(self._fence)
