"""Inline Markdown in a line of text: links and strong emphasis, told from what only looks like them.

Observation: pages reach us as Markdown more and more, from converters that keep every link with its target. To who
reads them `[Home](/)` is the word "Home", and so it has to be for the rules, the counting of words and the share of
links; the target is of use only where Markdown is written again. A program may hold the same signs (`calls[i](a.b)`),
so a link stands apart from the word before it, and leads somewhere. Single stars and underscores stay: in text without
markup they are as often names (`__init__`), notes and multiplications.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pipeline.segment.inline import markup_of

_TOKEN = re.compile(
    r"\*\*|(?<![A-Za-z0-9_\]])\[(?P<label>(?:[^\[\]\\]{1,500}+|\\.|\[[^\[\]]{0,200}\]){0,20}+)\]\(\s?<?"
    r"(?P<target>(?:[a-zA-Z][\w+.-]{0,20}:|/|\#|\?|\.{1,2}/|[\w%-]{1,200}[./?\#])[^\s()<>]{0,2000}+"
    r"(?:\([^\s()<>]{0,500}+\)[^\s()<>]{0,2000}+){0,9}+)>?"
    r"(?:\s+(?:\"[^\"]{0,500}\"|'[^']{0,500}'))?\s?\)"
)
_PICTURED = re.compile(r"\[\s*(?P<image>!\[[^\[\]]{0,500}\]\([^()\s]{0,2000}\))\s*(?P<label>[^\[\]]{0,1000})\](?=\()")
_STRONG = re.compile(r"\*\*")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_BLANKS = re.compile(r" {2,}")


class Marked(NamedTuple):
    """A line as a reader sees it, the same with its marks as Markdown, "" where it has none, and its share of links."""

    text: str
    markup: str = ""
    link_share: float = 0.0


class _Mark(NamedTuple):
    """Characters `start` to `end` of a line that are no text, and what they open: see `Inline`; `link`: of a link."""

    start: int
    end: int
    opens: str
    link: bool = False


def without_pictures(text: str) -> str:
    """A line in which pictures stand before the links that they were in."""
    return _PICTURED.sub(lambda found: f"{found['image']} [{found['label']}]", text) if "![" in text else text


def read_marks(text: str) -> Marked:
    """The links and the strong words of a line, resolved; it is normalised."""
    if "](" not in text and "**" not in text:
        return Marked(text)
    marks = _paired(text, _marks(text))
    if not marks:
        return Marked(text)
    pieces: list[str] = []
    opened: list[tuple[int, str]] = []
    letters = {False: 0, True: 0}  # by whether they stand in a link
    at, inside, closed = 0, False, -1
    for mark in marks:
        piece = text[at : mark.start]
        touching = mark.link and mark.start == closed  # such links are drawn apart
        pieces.append(" " if touching else _ESCAPE.sub(r"\1", piece) if inside else piece)
        opened.append((len(pieces), mark.opens))
        letters[inside] += len(piece.strip())
        at = mark.end
        if mark.link:
            inside, closed = bool(mark.opens), -1 if mark.opens else at
    pieces.append(text[at:])
    letters[False] += len(text[at:].strip())
    shown = _BLANKS.sub(" ", "".join(pieces)).strip()
    markup = markup_of([html.escape(piece, quote=False) for piece in pieces], opened)
    markup = "" if markup == shown else markup
    return Marked(shown, markup, round(letters[True] / max(sum(letters.values()), 1), 3))


def _marks(text: str) -> Iterator[_Mark]:
    """The brackets of links, with the targets behind them, and all double stars outside these."""
    for found in _TOKEN.finditer(text):
        if found["label"] is None:
            yield _Mark(*found.span(), "**")
            continue
        start, end = found.span("label")
        yield _Mark(found.start(), start, f' href="{html.escape(found["target"])}"', link=True)
        for stars in _STRONG.finditer(text, start, end):
            yield _Mark(*stars.span(), "**")
        yield _Mark(end, found.end(), "", link=True)


def _paired(text: str, marks: Iterable[_Mark]) -> list[_Mark]:
    """Marks without the double stars that stand around no words: those stay text."""
    result: list[_Mark] = []
    opening: int | None = None
    for mark in marks:
        before, after = text[mark.start - 1 : mark.start] or " ", text[mark.end : mark.end + 1] or " "
        if mark.link:
            result.append(mark)
        elif opening is not None and not before.isspace() and not after.isalnum():
            result.append(mark._replace(opens=""))
            opening = None
        elif opening is None and not before.isalnum() and not after.isspace() and after != "*":
            opening = len(result)
            result.append(mark)
    if opening is not None:
        del result[opening]
    return result
