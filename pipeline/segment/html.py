"""A page of HTML to blocks, in one walk over the tree.

The parser (lexbor) is C and forgiving like a browser; the walk is flat, so depth costs nothing. Elements open and
close `Frame`s, text nodes go into the `Inline` at hand, and every border of a block flushes it. What no reader sees
becomes blocks too, flagged with the reason. Tables of the elements are in `elements.py`, hiding in `hidden.py`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from pipeline.document import Block
from pipeline.segment.elements import LAYOUT_CONTENT, SKIPPED, STRIPPED, is_block
from pipeline.segment.frame import MEANS, Attributes, Frame, inherit, kind_of, path_of, token_of
from pipeline.segment.hidden import believable, can_be_opened, classes_that_hide, why_hidden
from pipeline.segment.inline import Inline
from pipeline.segment.metadata import Head, read_head

_TEXT = 2  # lexbor's number of a text node
_WAITING = {"noscript": "shown only without JavaScript", "template": "a template that waits for JavaScript"}
_FEW_CHARACTERS = 1500  # a body with less visible text than this may keep its text in <noscript> or <template>
_SPACED = frozenset(("a", "button", "label", "option"))  # touching neighbours of these are drawn apart
_NOTHING: Attributes = {}

# In XML any element may be empty (`<script/>`, `<a id="p1"/>`); for a parser of HTML it would swallow what follows.
_XML = re.compile(r"\s*<\?xml\b")
_EMPTY = re.compile(r"<(title|script|style|textarea|iframe|noscript|div|span|p|a|b|i|em|td|li)\b([^<>]{0,2000})/>")


class TooComplexError(Exception):
    """A page has more elements than the settings allow."""


def segment_html(text: str, max_elements: int) -> tuple[list[Block], Head]:
    """The blocks of a page, in order, and what its head says. Raises `TooComplexError` beyond `max_elements`."""
    tree = LexborHTMLParser(_EMPTY.sub(r"<\1\2></\1>", text) if _XML.match(text) else text)
    head = read_head(tree)
    sheets = [node.text() for node in tree.css("style")]
    tree.strip_tags(STRIPPED)
    walker = _Walker(classes_that_hide(sheets), max_elements)
    root = tree.root
    try:
        if root is not None:
            walker.walk(root)
    except RecursionError:  # hundreds of templates, one inside the other
        raise TooComplexError from None
    return walker.finish(), head


class _Walker:
    """The state of one walk: the open frames and the block at hand."""

    def __init__(self, hiding_classes: frozenset[str], max_elements: int) -> None:
        self.hiding_classes = hiding_classes
        self.left = max_elements
        self.blocks: list[Block] = []
        self.stack: list[Frame] = []
        self.shown = Inline()
        self.aside = Inline()  # hidden inline text inside a visible block becomes a block of its own after it
        self.home: Frame | None = None  # the frame whose text came first into `shown`
        self.aside_home: Frame | None = None
        self.closed_tag = ""  # the element that closed last, if no text came since

    def walk(self, root: Any) -> None:
        """Read a subtree; shadow roots are read where they stand, for browsers show them."""
        base = len(self.stack)
        for node in root.traverse(include_text=True):
            parent = node.parent
            above = parent.mem_id if parent is not None else 0
            while len(self.stack) > base and self.stack[-1].node != above:
                self.close()
            if node.tag_id == _TEXT:
                self.text(node.text_content or "")
            elif node.is_element_node:
                self.left -= 1
                if self.left < 0:
                    raise TooComplexError
                self.open(node)
        while len(self.stack) > base:
            self.close()

    def open(self, node: Any) -> None:
        """An element starts: its frame inherits from the one around it."""
        tag = node.tag
        outer = self.stack[-1] if self.stack else None
        attributes = node.attributes or _NOTHING
        frame = Frame(node.mem_id, tag, token_of(tag, attributes), outer)
        if outer is not None:
            inherit(frame, outer)
        if frame.skipped or tag in SKIPPED:
            frame.skipped = True
            self.stack.append(frame)
            return
        if (attributes or tag == "dialog") and not frame.hidden:
            self.hide(frame, attributes)
        if tag in _WAITING and not frame.hidden and "shadowrootmode" not in attributes:
            frame.hidden = _WAITING[tag]
        if tag == "details" and "open" not in attributes:
            frame.closed = True
        self.shape(frame, node, attributes)
        self.stack.append(frame)
        if tag == "template":
            for child in node.template_fragments()[0].iter(include_text=True):
                self.walk(child)
        elif tag == "noframes":  # the parser knows frames and leaves the text for those who do not unread
            self.walk(LexborHTMLParser(node.text()).body)
            frame.skipped = True

    def hide(self, frame: Frame, attributes: Attributes) -> None:
        """Flag an element that no reader sees, or that a reader must open first."""
        reason = why_hidden(frame.tag, attributes, self.hiding_classes)
        if not reason:
            return
        if can_be_opened(frame.tag, attributes) or (frame.closed and not frame.hidden):
            frame.closed = True
        else:
            frame.hidden = reason

    def shape(self, frame: Frame, node: Any, attributes: Attributes) -> None:
        """What the element does to the flow of text."""
        tag, outer = frame.tag, frame.outer
        in_row = outer is not None and outer.row is not None
        frame.block = is_block(tag) and not in_row
        if frame.block:
            self.flush()
        elif in_row and is_block(tag):
            self.cell(frame)
        if tag in MEANS:
            MEANS[tag](frame, attributes)
        if tag == "br":
            self.line_break(frame)
        elif tag == "table":
            inner = node.css(LAYOUT_CONTENT)
            frame.data_table = not any(found.mem_id != frame.node for found in inner)
        target = self.aside if frame.hidden else self.shown
        if self.closed_tag in _SPACED and tag in _SPACED:
            target.space()
        if frame.mark:
            target.mark("<", frame.mark)

    def close(self) -> None:
        """The innermost element ends."""
        frame = self.stack.pop()
        if frame.skipped:
            return
        if frame.mark:
            (self.aside if frame.hidden else self.shown).mark(">", frame.mark)
        if frame.block:
            self.flush()
        elif frame.tag == "rt":
            self.shown.add(")", in_link=False)
        self.closed_tag = frame.tag

    def text(self, data: str) -> None:
        """A text node arrives."""
        frame = self.stack[-1] if self.stack else None
        if frame is None or frame.skipped:
            return
        if frame.tag == "rt":
            data = "(" + data
        if not data.isspace():
            self.closed_tag = ""
        target = self.shown
        if frame.hidden:
            target = self.aside
            self.aside_home = self.aside_home or (frame if not data.isspace() else None)
        elif self.home is None and not data.isspace():
            self.home = frame
        if frame.preformatted and not target.pieces:
            target.preformatted = True
        target.add(data, in_link=frame.in_link)

    def line_break(self, frame: Frame) -> None:
        """A `<br>`: a line, or at the second in a row a new block; inside a table row a space."""
        target = self.aside if frame.hidden else self.shown
        if frame.row is not None:
            target.space()
        elif target.line_break():
            self.flush()

    def cell(self, frame: Frame) -> None:
        """A cell of a data table starts, or a box within one: cells are told apart, boxes only spaced."""
        target = self.aside if frame.hidden else self.shown
        if frame.tag in ("td", "th") and frame.row is not None:
            frame.row.cells += 1
            if frame.row.cells > 1:
                target.add(" | ", in_link=False)
                return
        target.space()

    def flush(self) -> None:
        """End the block at hand, and the hidden text that stood inside it."""
        shown, aside, home, aside_home = self.shown, self.aside, self.home, self.aside_home
        if shown.pieces:
            self.shown, self.home = Inline(), None
            self.reopen(self.shown, hidden=False)
            if home is not None:
                self.append(shown, home)
        if aside.pieces:
            self.aside, self.aside_home = Inline(), None
            self.reopen(self.aside, hidden=True)
            if aside_home is not None:
                self.append(aside, aside_home)

    def reopen(self, inline: Inline, *, hidden: bool) -> None:
        """Marks that are still open go on in the next block."""
        for frame in self.stack:
            if frame.mark and bool(frame.hidden) == hidden:
                inline.mark("<", frame.mark)

    def append(self, inline: Inline, home: Frame) -> None:
        """Make a block of what was read."""
        text = inline.text()
        if home.row is not None:
            text = text if text.strip(" |") else ""
        if not text:
            return
        kind, marker, tight = kind_of(home)
        markup = inline.markup()
        number = len(self.blocks)
        self.blocks.append(
            Block(
                index=number,
                kind=kind,
                text=text,
                line=number + 1,
                level=home.heading if kind == "heading" else home.depth if kind == "item" else 0,
                marker=marker,
                tight=tight,
                markup="" if markup == text else markup,
                path=path_of(home),
                link_share=inline.link_share(),
                hidden=home.hidden,
                closed=home.closed,
            )
        )

    def finish(self) -> list[Block]:
        """All blocks, after a look at the whole: text that waits for a script, or stands in <noscript>, is shown."""
        self.flush()
        shown = sum(len(block.text) for block in self.blocks if not block.hidden)
        for reason in _WAITING.values():
            if shown < _FEW_CHARACTERS and sum(len(b.text) for b in self.blocks if b.hidden == reason) > shown:
                self.show(reason)
        everything = sum(len(block.text) for block in self.blocks if block.hidden not in _WAITING.values())
        for reason in sorted({block.hidden for block in self.blocks} - {"", *_WAITING.values()}):
            if not believable(sum(len(block.text) for block in self.blocks if block.hidden == reason), everything):
                self.show(reason)
        return self.blocks

    def show(self, reason: str) -> None:
        """Take back one reason for hiding."""
        self.blocks = [replace(block, hidden="") if block.hidden == reason else block for block in self.blocks]
