"""The walk over the tags of a page: its blocks, in the order of the page.

A page comes as the parser writes it, so it falls into its tags at each `<`, and the walk is a loop over them: elements
open and close `Place`s, text goes into the `Inline` at hand, and every border of a block flushes it.

This is what `walk.cpp` does as well, and several times as fast; it runs wherever that could be compiled, and the loop
here is what it has to equal. What both need to know of attributes is said in `place.py` alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from pipeline.document import Block
from pipeline.segment.bare import bare
from pipeline.segment.drafts import Draft, blocks_of, taken_back, text_of
from pipeline.segment.elements import DULL, LAYOUT, LISTS, NAME, SPACED, element_of, facts_of
from pipeline.segment.hidden import HELPERS, STYLES
from pipeline.segment.inline import BREAK, Inline, markup_of, target_of
from pipeline.segment.place import TELLING, Flow, Place, marker_of, number_in, tells, token_of, unseen

try:
    from pipeline.segment import _walk as compiled
except ImportError:  # where there was no compiler
    compiled = None  # type: ignore[assignment]


class TooComplexError(Exception):
    """A page has more elements than the settings allow."""


class Walked(NamedTuple):
    """The blocks of a page, and `written`, which gives some of them with their Markdown, where that is not their text.

    It knows each by its `line`, as they may be cut and numbered anew until somebody asks.
    """

    blocks: list[Block]
    written: Callable[[Sequence[Block]], list[Block]]


def walk(source: str, hiding: frozenset[str], most: int, until: int | None = None) -> Walked:
    """The blocks of a page as the parser wrote it, of its first `until` tags if that is given.

    `hiding` are the classes that the page's own style does not display. Raises `TooComplexError` for a page of `most`
    elements or more.
    """
    if compiled is None:
        return walk_in_python(source, hiding, most, until)
    return (
        _compiled(source, hiding, most, until)
        or _compiled(bare(source), hiding, most, until, is_bare=True)
        or walk_in_python(source, hiding, most, until)
    )


def _compiled(
    source: str, hiding: frozenset[str], most: int, until: int | None, *, is_bare: bool = False
) -> Walked | None:
    """The same as `walk`, compiled; None for a page that is not `bare` enough, or odd, or too big."""
    asked = (facts_of, partial(unseen, hiding=hiding), number_in, marker_of, token_of, text_of, taken_back)
    end = len(source) + 1 if until is None else until
    telling = (TELLING, STYLES, HELPERS.keys() | hiding)
    found = compiled.walk(source, end, until is None, is_bare, most, telling, Block, asked)
    return Walked(found[0], partial(compiled.written, found[1], Block, (target_of, markup_of))) if found else None


def walk_in_python(source: str, hiding: frozenset[str], most: int, until: int | None = None) -> Walked:
    """The same as `walk`, in Python alone; it takes whatever page comes."""
    source = bare(source)
    tags = source.split("<")
    if len(tags) - 1 - source.count("</") >= most:
        raise TooComplexError
    walker = _Walker(hiding)
    walker.walk(tags if source.count(">") == len(tags) - 1 else _mended(tags), until)
    blocks, made_of = blocks_of(walker.drafts, whole=until is None)
    return Walked(blocks, partial(_written, [block.text for block in blocks], made_of))


def _written(texts: Sequence[str], made_of: Sequence[Draft], blocks: Sequence[Block]) -> list[Block]:
    """Blocks with their Markdown, from the drafts of all blocks of the page and the texts that these were given."""
    result: list[Block] = []
    for block in blocks:
        number = block.line - 1
        markup = markup_of(made_of[number].pieces, made_of[number].marks) if number < len(made_of) else ""
        result.append(replace(block, markup=markup) if markup and markup != texts[number] else block)
    return result


def _mended(tags: list[str]) -> list[str]:
    """Tags whose attributes have names with a `<` in them put together again; such a name is no attribute of ours."""
    whole = [tags[0]]
    for tag in tags[1:]:
        if len(whole) > 1 and ">" not in whole[-1]:
            whole[-1] += tag
        else:
            whole.append(tag)
    return whole


_NOWHERE = Place(None, element_of("img"), "", frozenset())
"""The place of all that is void and holds nothing."""


class _Walker:
    """The state of the pass: the open marks and the block at hand; `hiding` are the classes that are not displayed."""

    def __init__(self, hiding: frozenset[str]) -> None:
        self.hiding = hiding
        self.drafts: list[Draft] = []
        self.open_marks: dict[bool, list[str]] = {False: [], True: []}  # by whether their element is hidden
        self.shown = Inline([])
        self.aside = Inline([])  # hidden text inside a visible block becomes a block of its own after it

    def walk(self, tags: list[str], until: int | None = None) -> None:  # noqa: C901, PLR0912 - the loop over every tag: calls would cost
        """Read the tags of a page and the texts behind them. What is done for each of them is done here, for speed."""
        place = Place(None, element_of("html"), "", self.hiding)
        waiting = False  # whether there is anything to flush
        for number, piece in enumerate(tags[1:until], 1):
            tag, _, text = piece.partition(">")
            if tag[:1] == "/":
                if place.ends:
                    self.close(place)
                    waiting = True
                if place.border and waiting:
                    self.flush()
                    waiting = False
                (self.aside if place.flow.hidden else self.shown).gap = 1
                place = place.outer or place
            else:
                inner = place.inner.get(tag) or self.enter(place, tag, tags, number)
                if inner.border and waiting:
                    self.flush()
                    waiting = False
                if inner.acts:
                    self.open(inner, tag)
                    waiting = True
                if not inner.element.void:
                    place = inner
                    inline = self.aside if place.flow.hidden else self.shown
                    inline.gap = 2 if inline.gap else 0
            if text:
                flow = place.flow
                if flow.skipped:
                    continue
                inline = self.aside if flow.hidden else self.shown
                if bare := text.strip():
                    waiting = True
                    inline.broken = False
                    if inline.home is None:
                        inline.home = place
                    if flow.in_link:
                        inline.linked += len(bare)
                    else:
                        inline.plain += len(bare)
                elif not inline.pieces and not flow.preformatted:
                    continue
                if not flow.preformatted:
                    inline.bridge(text)
                inline.pieces.append(text)
        self.flush()

    def enter(self, place: Place, tag: str, tags: list[str], number: int) -> Place:
        """The place of an element within another that was not met by this start tag before."""
        name, _, rest = tag.partition(" ")
        if name in DULL:
            return _NOWHERE
        data = False
        if name == "table" and not place.flow.skipped and not place.flow.preformatted:
            data = _holds_data(tags, number)
            key = f"{tag}/{data}"  # no start tag: met again, a table is looked into again
        elif name == "a" and not tells(rest, self.hiding):
            key = name  # the tags of links differ by their targets, which no path names
        else:
            key = tag
        inner = place.inner.get(key)
        if inner is None:
            inner = place.inner[key] = Place(place, element_of(name), rest, self.hiding)
            if name == "table":
                inner.own_flow().data_table = data
        return inner

    def open(self, place: Place, tag: str) -> None:
        """An element starts that does more than to begin a block."""
        name, _, _, sign, *_ = place.element
        flow = place.flow
        inline = self.aside if flow.hidden else self.shown
        if place.lines:
            inline.end_line()
        if name == "a":
            inline.space_if_touched()
            self.mark(flow.hidden, tag)
        elif sign:
            if not flow.preformatted:
                self.mark(flow.hidden, sign)
        elif name == "br":
            self.line_break(flow, inline)
        elif name == "rt":
            inline.pieces.append("(")
        elif name in SPACED:
            inline.space_if_touched()
        else:
            place.begin()
        if flow.row is not None:
            self.cell(place, flow, inline)

    def mark(self, hidden: str, mark: str) -> None:
        """A link or an emphasis opens, or the one that opened last closes with ""."""
        inline = self.aside if hidden else self.shown
        inline.marks.append((len(inline.pieces), mark))
        if mark:
            self.open_marks[bool(hidden)].append(mark)
        else:
            self.open_marks[bool(hidden)].pop()

    def close(self, place: Place) -> None:
        """An element ends that does more than to end a block."""
        name, _, _, sign, *_ = place.element
        flow = place.flow
        if name == "a" or (sign and not flow.preformatted):
            self.mark(flow.hidden, "")
        inline = self.aside if flow.hidden else self.shown
        if place.lines:
            inline.end_line()
        if name == "rt":
            inline.pieces.append(")")
        elif name in SPACED:
            inline.touched = len(inline.pieces)

    def line_break(self, flow: Flow, inline: Inline) -> None:
        """A `<br>`: a line, or at the second in a row a new block, but in code; inside a table row a space."""
        if flow.row is not None:
            inline.pieces.append(" ")
        elif flow.preformatted:
            inline.pieces.append(BREAK)
        elif inline.line_break():
            self.flush()

    def cell(self, place: Place, flow: Flow, inline: Inline) -> None:
        """A cell of a data table starts, or a box within one: cells and items are told apart, boxes only spaced."""
        if place.element.tag in ("td", "th") and flow.row is not None:
            flow.row.cells += 1
            inline.pieces.append(" | " if flow.row.cells > 1 else " ")
        elif place.element.tag == "li" and place.outer is not None:
            inline.pieces.append("; " if place.outer.rows else " ")
            place.outer.rows += 1
        elif place.element.block:
            inline.pieces.append(" ")

    def flush(self) -> None:
        """End the block at hand, and the hidden text that stood inside it."""
        if self.shown.pieces:
            self.keep(self.shown)
            self.shown = Inline(self.open_marks[False])
        if self.aside.pieces:
            self.keep(self.aside)
            self.aside = Inline(self.open_marks[True])

    def keep(self, inline: Inline) -> None:
        """Make a draft of what was read, if it is more than white space."""
        home = inline.home
        if home is None:
            return
        flow = home.flow
        kind, marker, tight = home.kind()
        level = flow.heading if kind == "heading" else flow.depth if flow.item is not None and kind != "row" else 0
        pieces, marks = (inline.pieces, inline.marks) if inline.marks and kind != "code" else ([], [])
        raw, way = "".join(inline.pieces), home.way or home.path
        parts = (raw, kind, marker, tight, level, way, inline.linked, inline.plain, flow.hidden, flow.closed)
        self.drafts.append(Draft(*parts, pieces, marks))


def _holds_data(tags: list[str], number: int) -> bool:
    """Whether the table that starts at `tags[number]` holds data: cells side by side, none of which lays out a page."""
    after_paragraph = headed = columns = False
    lists = characters = cells = 0
    filled = True
    for piece in tags[number + 1 :]:
        tag, _, text = piece.partition(">")
        name = tag.partition(" ")[0]
        if name == "/table":
            break
        if name == "tr":
            cells = 0
        if name.removeprefix("/") in ("td", "th"):
            filled = name[:1] == "/"
        if not filled and text.strip():
            filled, columns, cells = True, columns or cells > 0, cells + 1
        headed = headed or name == "th"
        if name in LISTS and headed:
            lists += 1
        elif name in LAYOUT or (name == "p" and after_paragraph):
            return False
        lists -= name[:1] == "/" and name[1:] in LISTS
        characters = (0 if name == "li" else characters) + len(text.strip())
        if lists > 0 and characters > NAME:
            return False
        after_paragraph = name == "/p" and not text.strip()
    return columns
