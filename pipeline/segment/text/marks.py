"""Inline Markdown in a line of text: links and strong emphasis, told from what only looks like them.

Observation: pages reach us as Markdown more and more, from converters that keep every link with its target. To who
reads them `[Home](/)` is the word "Home", and so it has to be for the rules, the counting of words and the share of
links; the target is of use only where Markdown is written again. A program may hold the same signs (`calls[i](a.b)`),
so what is no plain address must stand apart from the word before it. Converters break links over lines, put pictures
into them, and lose the beginnings of some. Code between backticks stays as it is, ticks and all, and nothing in it is
a mark. Single stars and underscores stay: in text without markup they are as often names (`__init__`), notes and
multiplications.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from pipeline.segment.inline import linked, markup_of, safe_target

# Repetitions are bounded and give nothing back: a page of brackets is read in one pass.
_LABEL = r"(?:[^\[\]\\]{1,500}+|\\.|\[[^\[\]]{0,200}\]){0,20}+"
_PATH = r"[^\s()<>]{0,2000}+(?:\([^\s()<>]{0,500}+\)[^\s()<>]{0,2000}+){0,9}+"
_TITLE = r"(?:\s+(?:\"(?:[^\"]|\"(?!\s?\))){0,500}+\"|'(?:[^']|'(?!\s?\))){0,500}+'))?"
_TARGET = rf"\]\(\s?<?(?P<target>{_PATH})>?{_TITLE}\s?\)"
_CODE = r"(?<![`\\\w])`(?![`\s])(?P<code>[^`]{1,500}+)(?<!\s)`(?!`)"
_TOKEN = re.compile(rf"\*\*|\[(?P<label>{_LABEL}){_TARGET}|{_CODE}")
_ONE_LINK = re.compile(rf"\[(?P<label>[^\[\]\\*_`&<]{{1,500}}+){_TARGET}$")  # as most lines of a menu are
_TAIL = re.compile(rf"(?P<label>[^\[\]]{{0,1000}}+){_TARGET}")
_SURE = r"(?:[a-zA-Z][\w+.-]{0,20}:|[/#?]|\.{1,2}/)"  # so begins what leads somewhere, whatever stands before the link
_NEAR = r"(?:[\w%-]{1,200}[./?#]|$)"  # a page of the same folder, or none
_OPEN_TARGET = re.compile(rf"\]\(<?{_SURE}{_PATH}(?:\([^\s()<>]{{0,500}}+)?(?:\s\"[^\"]{{0,500}}+)?$")
_OPEN_LABEL = re.compile(r"\[[^\[\]]{0,500}+$")
_END_OF_LABEL = re.compile(rf"[^\[\]]{{0,500}}+\]\(\s?<?{_SURE}")
_BROKEN = 20  # lines over which a link may be broken
_LABEL_LINES = 4  # likewise what is left of its label
_INNER = re.compile(rf"\*\*|{_CODE}")
PICTURE = rf"!\[{_LABEL}\]\([^()\n]{{0,2000}}+(?:\([^()\n]{{0,500}}+\)[^()\n]{{0,500}}+){{0,9}}+\)"
"""A picture of Markdown, as a regular expression."""
_PICTURED = re.compile(rf"\[(?P<label>(?:[^\[\]!]{{1,500}}+|!(?!\[)|{PICTURE}){{0,20}}+)(?={_TARGET})")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_BLANKS = re.compile(r" {2,}")
# What a converter escaped, where nothing else can be meant: a path, an expression or a formula holds the same signs.
_ESCAPED = re.compile(
    r"`[^`]{1,500}+`|(?<=\w)\\(?P<inner>_)(?=\w)|(?<=\w)\\(?P<empty>\[)(?=\])|(?<![\\*])\\(?P<star>\*)(?![\\*])"
    r"|^(?P<number>\s{0,20}\d{1,3})\\(?P<dot>[.)])(?=\s)|^(?P<indent>\s{0,20})\\(?P<first>[-+#>])(?=\s)"
)


class Marked(NamedTuple):
    """A line as a reader sees it, the same with its marks as Markdown, "" where it has none, and its share of links."""

    text: str
    markup: str = ""
    link_share: float = 0.0


class _Mark(NamedTuple):
    """Characters `start` to `end` of a line that are a mark, and what they open: see `Inline`.

    `link`: of a link. `shown` is what a reader sees of it.
    """

    start: int
    end: int
    opens: str
    link: bool = False
    shown: str = ""


def whole_links(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Lines with the number of the first that each is made of: a link that was broken over several is whole again."""
    number = 0
    while number < len(lines):
        first, line = number, lines[number]
        number += 1
        for after in lines[number : number + _BROKEN]:
            if "](" in line and _OPEN_TARGET.search(line):
                line += (" " if line.count('"', line.rindex("](")) else "") + after.lstrip()
            elif "[" in line and _OPEN_LABEL.search(line) and _ends_label(lines[number : number + _LABEL_LINES]):
                line = f"{line.rstrip()} {after.lstrip()}"
            else:
                break
            number += 1
        yield first, line


def _ends_label(lines: Sequence[str]) -> bool:
    """Whether the label of a link ends in these lines before another begins."""
    return _END_OF_LABEL.match(" ".join(line[:500] for line in lines)) is not None


def unescaped(text: str) -> str:
    """A line of Markdown without the backslashes that keep its signs from being marks; code is as it was."""
    return _ESCAPED.sub(lambda found: "".join(filter(None, found.groups())) or found[0], text)


def without_pictures(text: str) -> str:
    """A line in which pictures stand before the links that they were in."""
    return _PICTURED.sub(_picture_first, text) if "![" in text else text


def _picture_first(found: re.Match[str]) -> str:
    label = found["label"]
    return " ".join([*re.findall(PICTURE, label), f"[{re.sub(PICTURE, ' ', label).strip()}"])


@lru_cache(maxsize=1)  # a long line is asked how long it is to see, and then for its marks
def read_marks(text: str) -> Marked:
    """The links and the strong words of a line, resolved; it is normalised."""
    if "](" not in text and "**" not in text and "`" not in text:
        return Marked(text)
    if (one := _ONE_LINK.match(text)) and (label := one["label"].strip()) and _leads(one):
        markup = linked(label, safe_target(one["target"]))
        return Marked(label, "" if markup == label else markup, 1.0)
    marks = _paired(text, _marks(text))
    if not marks:
        return Marked(text)
    return _resolved(text, marks)


def _resolved(text: str, marks: Sequence[_Mark]) -> Marked:
    """A line and its marks, put together."""
    pieces: list[str] = []
    shown: list[str] = []
    opened: list[tuple[int, str]] = []
    letters = {False: 0, True: 0}  # by whether they stand in a link
    at, inside, closed = 0, False, -1
    for mark in marks:
        piece = text[at : mark.start]
        touching = mark.link and mark.start == closed  # such links are drawn apart
        pieces.append(" " if touching else _ESCAPE.sub(r"\1", piece) if inside else piece)
        shown += (pieces[-1], mark.shown)
        opened.append((len(pieces), mark.opens))
        letters[inside] += len(piece.strip())
        at = mark.end
        if mark.link:
            inside, closed = bool(mark.opens), -1 if mark.opens else at
    pieces.append(text[at:])
    letters[False] += len(text[at:].strip())
    told = _BLANKS.sub(" ", "".join([*shown, pieces[-1]])).strip()
    written = [html.escape(piece, quote=False) for piece in pieces] if "&" in text or "<" in text else pieces
    markup = markup_of(written, opened)
    if markup == told and not any(mark.shown for mark in marks):  # what is no code would be escaped
        markup = ""
    return Marked(told, markup, round(letters[True] / max(sum(letters.values()), 1), 3))


def _marks(text: str) -> Iterator[_Mark]:
    """The brackets of links, with the targets behind them, and all double stars and code outside these."""
    tail = _TAIL.match(text)  # of a link that begins above
    for found in [*filter(None, [tail]), *_TOKEN.finditer(text, tail.end() if tail else 0)]:
        start, end = found.span("label")
        if start < 0:
            yield from _inner_marks(found)
        elif _leads(found):
            yield _Mark(found.start(), start, f' href="{html.escape(found["target"])}"', link=True)
            for inner in _INNER.finditer(text, start, end):
                yield from _inner_marks(inner)
            yield _Mark(end, found.end(), "", link=True)


def _inner_marks(found: re.Match[str]) -> Iterator[_Mark]:
    """The marks of double stars, or of code."""
    if found["code"]:
        yield _Mark(found.start(), found.start() + 1, "`", shown="`")
        yield _Mark(found.end() - 1, found.end(), "", shown="`")
    else:
        yield _Mark(*found.span(), "**")


def _leads(link: re.Match[str]) -> bool:
    """Whether what is built like a link has the target of one; `calls[i](a.b)` has none."""
    before = link.string[link.start() - 1 : link.start()]
    apart = not (before.isascii() and before.isalnum()) and before not in ("_", "]")
    return re.match(f"{_SURE}|{_NEAR}" if apart else _SURE, link["target"]) is not None


def _paired(text: str, marks: Iterable[_Mark]) -> list[_Mark]:
    """Marks without the double stars that stand around no words: those stay text."""
    result: list[_Mark] = []
    opening: int | None = None
    for mark in marks:
        before, after = text[mark.start - 1 : mark.start] or " ", text[mark.end : mark.end + 1] or " "
        if mark.link or mark.shown:
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
