"""Lines that an editor wrapped at a fixed width, told from lines that their author ended.

Observation: wrapping is greedy: every line but the last is so full that the next word did not fit. Verse, lists, scores
and name lines are not. And an editor wraps all of a text; where it does, a paragraph that its author mended by hand has
shorter lines, too, but these go on within a sentence. Where most paragraphs are longer lines, those that look
wrapped do so by chance as often as not; there they must begin as lines do within a sentence, with small letters. What
stands in columns is a table, whatever its width. What goes on in an item of a list stands further in than its sign.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

ITEM = re.compile(r"^(\s*)([-*+•‣▪◦·–—]|\d{1,3}[.)])\s+(?=\S)")
"""How an item of a list begins: white space, and its sign."""

_ADDRESS = re.compile(r"\s*(?:https?:|www\.)")
_KEY = re.compile(r"\s*[\w.]+:(?:\s|$)")  # in lists of settings
_OWN = re.compile(rf"{_KEY.pattern}|\s*[$%#>]\s")  # settings, and commands behind a prompt
_MARKED = ("#", ">", "|")
_BLANKS = re.compile(r"(?<=\S) {3,}(?=\S)")  # two blanks are what justified lines hold
_WITHIN = re.compile(r"[^\W_][,'’\"”»)]{0,2}$")
_BROKEN_WORD = re.compile(r"[^\W\d_]-$")
_AND = re.compile(r"(?:und|oder|bzw|and|or|och|og|en|of|i|ja)\b")  # "town- and village-wide" is no broken word
_WIDTHS = range(45, 121)
_SURE = 65  # a width at which two lines are enough
_ADDRESSES = 40  # characters of the longest word
_RARELY = 20  # lines among which one may be too long
_OF_GROUP, _OF_ALL, _OF_RAGGED = 1 / 4, 1 / 8, 1 / 2  # of lines that may go on, how many begin within a sentence


def is_wrapped_everywhere(text: str) -> bool:
    """Whether an editor wrapped all of a text.

    Hardly a line is longer than editors make them, but for addresses, which they cannot break; and of lines below long
    ones an eighth goes on within a sentence, which those of verse and of lists do not.
    """
    lines = text.splitlines()
    long = sum(len(line) > _WIDTHS[-1] and len(max(line.split(), default="", key=len)) < _ADDRESSES for line in lines)
    pairs = [(line, after) for line, after in itertools.pairwise(lines) if len(line) in _WIDTHS and after.strip()]
    going_on = sum(itertools.starmap(_goes_on, pairs))
    return _RARELY * long <= sum(map(bool, lines)) and going_on >= max(_OF_ALL * len(pairs), 1)


def is_wrapped(lines: Sequence[str], everywhere: Callable[[], bool]) -> bool:
    """Whether lines are one paragraph that an editor wrapped; `everywhere` says whether all of the text was."""
    if len(lines) < 2:
        return False
    width = _width(lines)
    if width not in _WIDTHS or any(ITEM.match(line) for line in lines[1:]):
        return False
    if _has_blanks(lines) or any(line.lstrip().startswith(_MARKED) or " | " in line for line in lines):
        return False
    if len(lines) == 2 and not _is_pair(*lines, sure=width >= _SURE or everywhere()):
        return False
    pairs = list(itertools.pairwise(lines))
    going_on = sum(itertools.starmap(_goes_on, pairs))
    if all(_is_full(line, after, width) for line, after in pairs):
        return going_on >= _OF_GROUP * len(pairs) or everywhere()
    is_ragged = going_on >= _OF_RAGGED * len(pairs) and min(map(len, lines[:-1])) >= _WIDTHS[0]
    return is_ragged and everywhere()


def in_columns(lines: Sequence[str]) -> bool:
    """Whether some lines are rows of a table: blanks part half of them into cells, and two begin at one place."""
    if any(line.lstrip().startswith(_MARKED) or " | " in line or ITEM.match(line) for line in lines):
        return False  # Markdown sets tables and lists so as well, and says more of them
    begins = [{found.end() for found in _BLANKS.finditer(line)} for line in lines]
    return _has_blanks(lines) and any(one & other for one, other in itertools.pairwise(filter(None, begins)))


def _has_blanks(lines: Sequence[str]) -> bool:
    """Whether blanks part half of some lines."""
    return 2 * sum(bool(_BLANKS.search(line)) for line in lines) >= len(lines)


def _is_pair(line: str, after: str, *, sure: bool) -> bool:
    """Whether two lines may be a paragraph: they are no pattern, so the first must stop within a sentence."""
    return sure and bool(_WITHIN.search(line)) and " " in after.strip()


def whole_items(lines: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Numbered lines with the items of lists made whole, and paragraphs in them: what goes on further in than the sign.

    It goes on below a line that is full, or that is long and stops within a sentence.
    """
    width = _width([text for _, text in lines])
    open_lines: list[str] = []
    first = inside = -1
    for number, text in lines:
        found = ITEM.match(text)
        hangs = inside >= 0 and not found and _indent(text) > inside
        if not (hangs and width in _WIDTHS and _is_open(open_lines[-1], text, width)):
            if open_lines:
                yield first, joined(open_lines)
            first, open_lines = number, []
        if not hangs:
            inside = _indent(text) if found else -1
        open_lines.append(text)
    if open_lines:
        yield first, joined(open_lines)


def joined(lines: Iterable[str]) -> str:
    """Wrapped lines as one, with the white space before the first; a word broken at its hyphen is whole again."""
    parts: list[str] = []
    for line in lines:
        text = line.strip() if parts else line.rstrip()
        if parts and not (_BROKEN_WORD.search(parts[-1]) and text[:1].isalpha() and not _AND.match(text)):
            parts.append(" ")
        parts.append(text)
    return "".join(parts)


def _width(lines: Sequence[str]) -> int:
    """The width that lines may be wrapped at: no editor breaks a long address."""
    return max((len(line.rstrip()) for line in lines if " " in line.strip()), default=0)


def _is_full(line: str, after: str, width: int) -> bool:
    """Whether the first word of the next line did not fit."""
    return len(line.rstrip()) + 1 + len(after.split(None, 1)[0]) > width


def _is_open(line: str, after: str, width: int) -> bool:
    """Whether a line of an item goes on in the next."""
    stops_within = len(line) >= _WIDTHS[0] and bool(_WITHIN.search(line.rstrip()) or _goes_on(line, after))
    return (stops_within or _is_full(line, after, width)) and not _OWN.match(after)


def _goes_on(line: str, after: str) -> bool:
    """Whether the next line begins within a sentence, or all is capitals, and it is neither address nor setting."""
    first = after.lstrip()[:1]
    begins_within = first.isalpha() and (not first.isupper() or (line + after).isupper())
    return begins_within and not _ADDRESS.match(after) and not _KEY.match(after)


def _indent(line: str) -> int:
    """The columns before a line begins."""
    return len(line) - len(line.lstrip())
