"""A page of HTML to blocks, in one pass over its tags.

The parser (lexbor) is C and forgiving like a browser; it builds the tree and writes it out again, well nested, every
element closed, every `<` of text and attributes escaped. So the page falls into its tags at each `<`, and the pass is a
loop over them: elements open and close `Place`s, text goes into the `Inline` at hand, and every border of a block
flushes it. What no reader sees becomes blocks too, flagged with the reason. Tables of the elements are in
`elements.py`, what they mean in `place.py`, hiding in `hidden.py`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser

from pipeline.document import SITE_RULE, Block, BlockKind
from pipeline.segment.elements import LAYOUT, SPACED, STRIPPED, element_of
from pipeline.segment.hidden import believable, classes_that_hide, holds_everywhere, may_hide
from pipeline.segment.inline import BREAK, Inline
from pipeline.segment.metadata import Head, read_head
from pipeline.segment.normalise import normalise, normalise_code, normalise_lines
from pipeline.segment.place import WAITING, Flow, Place
from pipeline.segment.siterules import MARK

_FEW_CHARACTERS = 1500  # a body with less visible text than this may keep its text in <noscript> or <template>

# In XML any element may be empty (`<script/>`, `<a id="p1"/>`); for a parser of HTML it would swallow what follows.
_XML = re.compile(r"\s*<\?xml\b")
_EMPTY = re.compile(r"<(title|script|style|textarea|iframe|noscript|div|span|p|a|b|i|em|td|li)\b([^<>]{0,2000})/>")
_COMMENT = re.compile(r"<!--.*?-->|<[!?][^>]*>", re.DOTALL)
_RAW = re.compile(r"<(xmp|plaintext|noframes|noembed|script|style|iframe)\b([^>]*)>(.*?)</\1>", re.DOTALL)
_ANY_RAW = re.compile(r"<(?:xmp|plaintext|noframes|noembed|script|style|iframe)\b")  # written out unescaped
_DULL = frozenset("img input meta link source track wbr col area param embed".split())  # void, and no text of theirs


class TooComplexError(Exception):
    """A page has more elements than the settings allow."""


class Draft(NamedTuple):
    """A block whose text is not made yet."""

    inline: Inline
    home: Place
    kind: BlockKind
    marker: str
    tight: bool


class Parsed(NamedTuple):
    """A page of HTML: its blocks in order, without Markdown; what its head says; and the Markdown of a block."""

    blocks: list[Block]
    head: Head
    markup: Callable[[int], str]


def rewritten(text: str) -> str:
    """A page as our parser writes it: the form in which `siterules.mark` takes it."""
    return _parsed(text).html or ""


def _parsed(text: str) -> LexborHTMLParser:
    return LexborHTMLParser(_EMPTY.sub(r"<\1\2></\1>", text) if _XML.match(text) else text)


def segment_html(text: str, max_elements: int, *, marked: bool = False) -> Parsed:
    """The blocks of a page, which may bear the marks of `siterules`. Raises `TooComplexError` beyond `max_elements`."""
    tree = _parsed(text)
    head = read_head(tree)
    walker = _Walker(tree)
    walker.walk(_tags(tree, max_elements, marked=marked))
    blocks, made_of = _blocks(walker.drafts)

    def markup(index: int) -> str:
        """The Markdown of a block, with links and emphasis; "" where it is its text, or not of this page's tags."""
        if index >= len(made_of) or blocks[index].kind == "code":
            return ""
        written = made_of[index].markup()
        return "" if written == blocks[index].text else written

    return Parsed(blocks, head, markup)


def first_texts(text: str, max_elements: int, most_tags: int) -> list[str]:
    """The texts of the visible blocks among the first tags of a page, as in `segment_html`; raises as it does."""
    tree = _parsed(text)
    walker = _Walker(tree)
    walker.walk(_tags(tree, max_elements, marked=False), most_tags + 1)
    return _texts([draft for draft in walker.drafts[:-2] if not draft.home.flow.hidden])  # two may be cut short


def _tags(tree: LexborHTMLParser, max_elements: int, *, marked: bool) -> list[str]:
    """The page cut at each `<`: every piece but the first is a tag without its `<`, and the text behind it."""
    body = tree.body
    source = (tree.html if body is None else body.html) or ""
    if not marked and MARK in source:
        source = source.replace(MARK, "data-was")  # a page does not mark itself
    source = _COMMENT.sub("", source) if "<!" in source or "<?" in source else source
    if _ANY_RAW.search(source):
        source = _RAW.sub(_written, source)
    tags = source.replace("&nbsp;", "\xa0").split("<")
    if len(tags) - source.count("</") > max_elements:
        raise TooComplexError
    return tags if source.count(">") == len(tags) - 1 else _mended(tags)


def _mended(tags: list[str]) -> list[str]:
    """Tags whose attributes have names with a `<` in them put together again; such a name is no attribute of ours."""
    whole = [tags[0]]
    for tag in tags[1:]:
        if len(whole) > 1 and ">" not in whole[-1]:
            whole[-1] += tag
        else:
            whole.append(tag)
    return whole


def _written(found: re.Match[str]) -> str:
    """An element of raw text as the parser writes others: escaped, parsed (for those without frames), or left out."""
    tag, attributes, content = found.groups()
    if tag == "noframes":
        body = LexborHTMLParser(content).body
        return (body.html or "") if body is not None else ""
    kept = tag in ("xmp", "plaintext")
    return f"<{tag}{attributes}>{html.escape(content, quote=False)}</{tag}>" if kept else ""


_NOWHERE = Place(None, element_of("img"), "", frozenset())
"""The place of all that is void and holds nothing."""


class _Walker:
    """The state of the pass: the open marks and the block at hand. Takes out of the tree what is for machines."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        sheets = [node.text() for node in tree.css("style") if holds_everywhere(node.attributes.get("media"))]
        self.hiding = classes_that_hide(sheets)
        tree.strip_tags(STRIPPED)
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
            if tag[0] == "/":
                if place.ends:
                    self.close(place)
                    waiting = True
                if place.border and waiting:
                    self.flush()
                    waiting = False
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
                inline.pieces.append(text)
        self.flush()

    def enter(self, place: Place, tag: str, tags: list[str], number: int) -> Place:
        """The place of an element within another that was not met by this start tag before."""
        name, _, rest = tag.partition(" ")
        if name in _DULL:
            return _NOWHERE
        data = False
        if name == "table" and not place.flow.skipped:
            data = _holds_data(tags, number)
            key = f"{tag}/{data}"  # no start tag: met again, a table is looked into again
        elif name == "a" and not may_hide(rest, self.hiding):
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
        if name == "a":
            if inline.touched == len(inline.pieces):
                inline.pieces.append(" ")
            self.mark(flow.hidden, tag)
        elif sign:
            if not flow.preformatted:
                self.mark(flow.hidden, sign)
        elif name == "br":
            self.line_break(flow, inline)
        elif name == "rt":
            inline.pieces.append("(")
        elif name in SPACED:
            if inline.touched == len(inline.pieces):
                inline.pieces.append(" ")
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
        if name == "rt":
            inline.pieces.append(")")
        elif name in SPACED:
            inline.touched = len(inline.pieces)

    def line_break(self, flow: Flow, inline: Inline) -> None:
        """A `<br>`: a line, or at the second in a row a new block; inside a table row a space."""
        if flow.row is not None:
            inline.pieces.append(" ")
        elif inline.line_break():
            self.flush()

    def cell(self, place: Place, flow: Flow, inline: Inline) -> None:
        """A cell of a data table starts, or a box within one: cells are told apart, boxes only spaced."""
        if place.element.tag in ("td", "th") and flow.row is not None:
            flow.row.cells += 1
            inline.pieces.append(" | " if flow.row.cells > 1 else " ")
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
        if inline.home is not None:
            self.drafts.append(Draft(inline, inline.home, *inline.home.kind()))


def _holds_data(tags: list[str], number: int) -> bool:
    """Whether the table that starts at `tags[number]` holds data: nothing in it that lays out a page."""
    after_paragraph = False
    for piece in tags[number + 1 :]:
        tag, _, text = piece.partition(">")
        name = tag.partition(" ")[0]
        if name == "/table":
            return True
        if name in LAYOUT or (name == "p" and after_paragraph):
            return False
        after_paragraph = name == "/p" and not text.strip()
    return True


def _blocks(drafts: list[Draft]) -> tuple[list[Block], list[Inline]]:
    """The blocks of a page, and what each was made of; drafts that hold no characters are left out."""
    texts = _texts(drafts)
    taken_back = _taken_back([draft.home.flow.hidden for draft in drafts], texts)
    blocks: list[Block] = []
    made_of: list[Inline] = []
    for draft, text in zip(drafts, texts, strict=True):
        if not text:
            continue
        inline, home, kind, marker, tight = draft
        flow = home.flow
        number = len(blocks)
        level = flow.heading if kind == "heading" else flow.depth if kind == "item" else 0
        hidden = "" if flow.hidden in taken_back else flow.hidden
        share = round(inline.linked / (inline.linked + inline.plain), 3) if inline.linked else 0.0
        way = home.way or home.path
        blocks.append(Block(number, kind, text, number + 1, level, marker, tight, "", way, share, hidden, flow.closed))
        made_of.append(inline)
    return blocks, made_of


def _texts(drafts: list[Draft]) -> list[str]:
    """The normalised text of each draft; single line breaks stay lines."""
    raw = ["".join(draft.inline.pieces) for draft in drafts]
    raw = [html.unescape(text) if "&" in text else text for text in raw]
    texts = [normalise(text) for text in raw]
    for number, draft in enumerate(drafts):
        if draft.home.flow.row is not None:
            texts[number] = texts[number] if texts[number].strip(" |") else ""
        elif draft.home.flow.preformatted:
            texts[number] = normalise_code(raw[number].replace(BREAK, "\n"))
        elif BREAK in raw[number]:
            lines = " ".join(raw[number].split()).replace(BREAK, "\n")
            texts[number] = normalise_lines(lines)
    return texts


def _taken_back(hidden: list[str], texts: list[str]) -> set[str]:
    """The reasons for hiding that a look at the whole refutes: what a script will show, or <noscript> holds."""
    sizes: dict[str, int] = {"": 0}
    for reason, text in zip(hidden, texts, strict=True):
        sizes[reason] = sizes.get(reason, 0) + len(text)
    if len(sizes) == 1:
        return set()
    waiting = set(WAITING.values())
    shown = sizes[""]
    refuted = {reason for reason in waiting if shown < _FEW_CHARACTERS and sizes.get(reason, 0) > shown}
    everything = sum(size for reason, size in sizes.items() if reason not in waiting or reason in refuted)
    others = {reason for reason in sizes.keys() - waiting if reason and not reason.startswith(SITE_RULE)}
    return refuted | {reason for reason in others if not believable(sizes[reason], everything)}
