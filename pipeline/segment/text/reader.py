"""Text without markup to blocks: lines, soft-wrapped paragraphs, and what is left of lost markup.

Observation: saved text has one paragraph a line, or one a group of lines that an editor wrapped at a fixed width
(`wrapping.py` tells these from verse, lists and scores). Markup that lost its page (`<image>…`, `![](…)`, data URIs)
stands in the way of both; it becomes blocks of its own, for the judge to see. Plain Markdown (headings, items, quotes,
fences, tables, and in lines links and strong words, see `marks.py`) is read as what it is, for much text on disk
is that. But `#` begins a comment as often as a heading, and `>>>` a line of Python: what stands before a line stays
there as its marker, and nothing is lost where the guess was wrong.

Most lines are plain, and those `text.cpp` reads, compiled; it asks for what is said here of the others.
"""

from __future__ import annotations

import functools
import html
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pipeline.document import Block, BlockKind
from pipeline.segment.normalise import normalise, normalise_code
from pipeline.segment.text.groups import FENCE, LINE_ENDS, Line, Stretch, groups, stretches
from pipeline.segment.text.marks import read_marks, unescaped, whole_links, without_pictures
from pipeline.segment.text.program import is_program
from pipeline.segment.text.references import references_in, with_targets
from pipeline.segment.text.tags import is_island, pictures_in, speaks_of_tags, untagged
from pipeline.segment.text.underlined import TITLE_LINES, title_of
from pipeline.segment.text.wrapping import ITEM, in_columns, is_wrapped, is_wrapped_everywhere, joined, whole_items

try:
    from pipeline.segment.text import _text
except ImportError:  # where there was no compiler
    _text = None  # type: ignore[assignment]

COMPILED = _text is not None
"""Whether `text.cpp` could be built."""

_HEADING = re.compile(r"^(#{1,6})\s+([^\s|].*)$")  # "# | Name" is a table's head
_QUOTE = re.compile(r"^\s{0,3}(>+)\s(?=\S)")
_ROW = re.compile(r"^\s*\|(.+)\|\s*$")
_ROW_RULE = re.compile(r"^\s*\|[\s|:]*-[\s|:-]*$")  # without it below the head, a row is a line with bars in it
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30});")
_IS_MARKDOWN = re.compile(r"```|\]\(|^#{1,6} \S", re.MULTILINE)  # comments and backslashes of others are theirs
_SHORT_LINE = 80  # characters; longer lines are paragraphs
_ITEM_STARTS = frozenset("-*+•‣▪◦·–—0123456789")


class _Draft(NamedTuple):
    """A block whose place among the others is not known yet."""

    line: int
    kind: BlockKind
    text: str
    level: int = 0
    marker: str = ""
    tight: bool = False
    markup: str = ""
    link_share: float = 0.0
    hidden: str = ""


def segment_text(text: str, *, front: int = 0, compiled: bool = True) -> list[Block]:
    """The blocks of a text without markup, in order; nothing of it is left out but white space, marks and tags.

    Its first `front` lines are front matter. Nothing but the time depends on `compiled`.
    """
    reader = _Reader(text)
    blocks: list[Block] = []
    for first, lines, what in reader.stretches(front):
        if not what and compiled and _text is not None:
            asked = (reader.drafts_of_group, reader.drafts_of_line, normalise, unicodedata.is_normalized)
            _text.read("\n".join(lines), first, bool(reader.references), blocks, Block, *asked)
            continue
        drafts = reader.enclosed(first, lines, what) if what else reader.between(first, lines)
        for number, kind, words, level, marker, tight, markup, links, hidden in drafts:
            one = Block(len(blocks), kind, words, number, level, marker, tight, markup, link_share=links, hidden=hidden)
            blocks.append(one)
    return blocks


class _Reader:
    """Reads lines as drafts; what it asks of the whole text, it asks only where a line leaves doubt."""

    def __init__(self, text: str) -> None:
        self._is_wrapped = functools.cache(lambda: is_wrapped_everywhere(text))
        self._speaks_of_tags = functools.cache(lambda: speaks_of_tags(text))
        self._is_markdown = functools.cache(lambda: _IS_MARKDOWN.search(text) is not None)
        self.references = references_in(text)
        self._text = text

    def stretches(self, front: int) -> Iterable[Stretch]:
        """The text in stretches; all of it at once where no sign stands that may enclose anything."""
        comments = "<!--" in self._text and self._is_markdown()
        if front or comments or self.references or "```" in self._text or "~~~" in self._text:
            return stretches(self._text, self.references, front=front, comments=comments)
        return [Stretch(1, (self._text,), "")]

    def enclosed(self, first: int, lines: Sequence[str], what: str) -> Iterable[_Draft]:
        """The block of a stretch that something encloses."""
        if what == "code":
            return self._pieces(_fenced(first, lines))
        return [_Draft(first, "paragraph", normalise(" ".join(lines)), hidden=what)]

    def between(self, first: int, lines: Sequence[str]) -> Iterator[_Draft]:
        """The blocks of a stretch that nothing encloses."""
        for group in groups(first, LINE_ENDS.split("\n".join(lines))):
            yield from self.read_group(group)

    def drafts_of_group(self, lines: list[tuple[int, str]]) -> Iterable[_Draft]:
        """The same as `read_group`, as the compiled reader asks for it."""
        return self.read_group([Line(*line) for line in lines])

    def read_group(self, group: list[Line]) -> Iterable[_Draft]:
        """The blocks of one run of lines: headings that are underlined, and what stands below them."""
        headings: list[_Draft] = []
        at = 0
        while title := title_of([line.text for line in group[at : at + TITLE_LINES]]):
            headings += self._pieces(_Draft(group[at].number, "heading", self._plain(title.text), title.level))
            at += title.lines
        below = group[at:]
        return [*headings, *self._read_below(below)] if below else headings

    def _read_below(self, group: list[Line]) -> Iterable[_Draft]:
        """The blocks of lines that begin with no such heading."""
        texts = [line.text for line in group]
        if texts[0].lstrip()[:1] == "<" and not self._speaks_of_tags() and is_island("\n".join(texts)):
            return self._pieces(self._read_line(Line(group[0].number, " ".join(texts))))
        ended = [text.rstrip() for text in texts]
        if is_program(ended) or in_columns(ended):
            return self._pieces(_Draft(group[0].number, "code", normalise_code("\n".join(texts))))
        headings = sum(1 for _ in itertools.takewhile(_HEADING.match, texts))
        if 0 < headings < len(group):
            return [*self._lines(group[:headings]), *self._read_below(group[headings:])]
        one = is_wrapped(ended, self._is_wrapped)
        if any("](" in text for text in texts):
            group = [Line(group[at].number, text) for at, text in whole_links(texts)]
        if not one:
            return self._lines(list(itertools.starmap(Line, whole_items(group))))
        draft = self._read_line(Line(group[0].number, joined(line.text for line in group)))
        return self._pieces(draft._replace(kind="paragraph") if draft.kind == "line" else draft)

    def _lines(self, group: list[Line]) -> Iterator[_Draft]:
        """Each line by itself, as what its first characters make of it."""
        before: BlockKind | str = ""
        in_table = any(_ROW_RULE.match(line.text) for line in group)
        for number, text in group:
            before, drafts = self.drafts_of_line(number, text, before, in_table=in_table)
            yield from drafts

    def drafts_of_line(
        self, number: int, text: str, before: str, *, in_table: bool = False
    ) -> tuple[BlockKind, Iterable[_Draft]]:
        """The kind of a line and its blocks, given the kind of the line before it in its group."""
        draft = self._read_line(Line(number, text), in_table=in_table)
        tight = before == draft.kind and before in ("line", "item", "row", "quote")
        return draft.kind, self._pieces(draft._replace(tight=True) if tight else draft)

    def _read_line(self, line: Line, *, in_table: bool = False) -> _Draft:
        """One line: heading, item, quote, table row, short line or paragraph."""
        number, source = line
        first = source.lstrip()[:1]
        if first == "#" and (found := _HEADING.match(source)):
            return _Draft(number, "heading", self._plain(_without_closing(found[2])), len(found[1]), found[1])
        if in_table and first == "|" and (found := _ROW.match(source)):
            cells = "" if _ROW_RULE.match(source) else " | ".join(cell.strip() for cell in found[1].split("|"))
            return _Draft(number, "row", self._plain(cells))
        if first == ">" and (found := _QUOTE.match(source)):
            return _Draft(number, "quote", self._plain(source[found.end() :]), 0, found[1])
        if (first in _ITEM_STARTS or not first.isascii()) and (found := ITEM.match(source)):
            depth = 1 + len(found[1].expandtabs(4)) // 2
            return _Draft(number, "item", self._plain(source[found.end() :]), depth, found[2])
        text = self._plain(source)
        is_short = len(text) <= _SHORT_LINE or len(read_marks(text).text) <= _SHORT_LINE
        return _Draft(number, "line" if is_short else "paragraph", text)

    def _plain(self, text: str) -> str:
        """A line without bare tags and entities that lost their page."""
        if "<" in text and not self._speaks_of_tags():
            text = untagged(text)
        if "\\" in text and self._is_markdown():
            text = unescaped(text)
        if "&" in text:
            text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
        return normalise(with_targets(text, self.references) if self.references else text)

    def _pieces(self, draft: _Draft) -> list[_Draft]:
        """A draft without the image markup in it, and that markup as drafts of its own; none is empty."""
        if draft.kind == "code":
            return [draft] if draft.text else []
        text = without_pictures(draft.text)
        pictures = pictures_in(text, tags="<" in text and not self._speaks_of_tags())
        pieces: list[_Draft] = []
        start = 0
        for found in pictures.finditer(text) if pictures else ():
            before = text[start : found.start()].strip()
            pieces.append(_resolved(draft._replace(tight=draft.tight and not start), before))
            pieces.append(_Draft(draft.line, "line", found[0]))
            start = found.end()
        rest = draft._replace(marker="", tight=False) if start else draft
        pieces.append(_resolved(rest, text[start:].strip()))
        return [piece for piece in pieces if piece.text]


def _without_closing(heading: str) -> str:
    """A heading without the number signs that may close it; those of "C#" stay."""
    bare = heading.rstrip().rstrip("#")
    return bare if not bare or bare[-1].isspace() else heading


def _fenced(first: int, lines: Sequence[str]) -> _Draft:
    """Code between fences; the fences themselves are not text."""
    last = len(lines) - 1 if len(lines) > 1 and FENCE.match(lines[-1]) else len(lines)
    return _Draft(first, "code", normalise_code("\n".join(lines[1:last])))


def _resolved(draft: _Draft, text: str) -> _Draft:
    """A draft with some of its text, whose inline marks are resolved."""
    shown, markup, link_share = read_marks(text)
    return draft._replace(text=shown, markup=markup, link_share=link_share)
