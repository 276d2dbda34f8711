"""Text to runs of lines: what stands together without a blank line, and what signs enclose, blank lines and all.

Observation: Markdown encloses code between fences, and what no reader should see between the signs of a comment. But
tildes below a title, or across the page, are no fence; and a comment that nobody closes is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pipeline.segment.hidden import COMMENT, FRONT_MATTER
from pipeline.segment.normalise import normalise
from pipeline.segment.text.references import defines

_LINE_ENDS = re.compile(r"\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
FENCE = re.compile(r"^\s{0,3}(`{3,}|~{3,})")
"""What opens or ends a fenced block of code."""
_TILDES = 4  # more, or some below a line, are a rule across the page or below a title


class Line(NamedTuple):
    """A source line: its number from 1, and its text as it stands."""

    number: int
    text: str


def groups(
    text: str, references: Mapping[str, str], *, front: int = 0, comments: bool = False
) -> Iterator[tuple[list[Line], str]]:
    """Runs of lines without a blank one between, and what they are: "code", "comment", "front matter", or "".

    Those with a name may hold blank lines. The first `front` lines are front matter, comments are looked for only where
    `comments` says so, and lines that define `references` are no text.
    """
    lines = _LINE_ENDS.split(text)
    enclosures = _Enclosures(lines, comments=comments)
    if front:
        yield [Line(number, line) for number, line in enumerate(lines[:front], 1)], FRONT_MATTER
    group: list[Line] = []
    what = ""
    for number, line in enumerate(lines[front:], front + 1):
        ends = False
        if what:
            group.append(Line(number, line))
            ends = enclosures.ends(line)
        elif what := enclosures.opened(number, line, below_text=bool(group)):
            if group:
                yield group, ""
            group = [Line(number, line)]
            ends = what == COMMENT and enclosures.ends(line)
        elif references and defines(line, references):
            continue
        elif line.strip() and (line.isprintable() or normalise(line)):
            group.append(Line(number, line))
        else:
            ends = bool(group)
        if ends:
            yield group, what
            group, what = [], ""
    if group:
        yield group, what


class _Enclosures:
    """What stands around lines: fences of code, and if asked for the signs of comments, in lines of their own."""

    def __init__(self, lines: Sequence[str], *, comments: bool) -> None:
        count = len(lines)
        self._tildes = next((n for n in range(count, 0, -1) if "~~~" in lines[n - 1]), 0)
        self._comment = next((n for n in range(count, 0, -1) if _ends_comment(lines[n - 1])), 0) if comments else 0
        self._fence = ""

    def opened(self, number: int, line: str, *, below_text: bool) -> str:
        """What a line opens: "code", "comment", or nothing; it is closed further down, but for code between ticks."""
        found = FENCE.match(line) if "```" in line or "~~~" in line else None
        self._fence = found[1] if found else ""
        is_rule = len(self._fence) > _TILDES or below_text or number >= self._tildes
        if self._fence[:1] == "`" or (found and not is_rule):
            return "code"
        self._fence = ""
        return COMMENT if number <= self._comment and line.lstrip().startswith("<!--") else ""

    def ends(self, line: str) -> bool:
        """Whether what was opened last ends with a line."""
        if not self._fence:
            return _ends_comment(line)
        return FENCE.match(line) is not None and line.strip().startswith(self._fence)


def _ends_comment(line: str) -> bool:
    return line.rstrip().endswith("-->")
