"""A page of HTML to blocks, in one pass over its tags.

The parser (lexbor) is C and forgiving like a browser; it builds the tree and writes it out again, well nested, every
element closed, every `<` of text and attributes escaped. So the page falls into its tags at each `<`, and `walk.py`
reads them one by one. What no reader sees becomes blocks too, flagged with the reason. Tables of the elements are in
`elements.py`, what they mean in `place.py`, hiding in `hidden.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser

from pipeline.document import Block
from pipeline.segment.elements import STRIPPED
from pipeline.segment.head.metadata import Head, read_head
from pipeline.segment.sheets import classes_hidden_by
from pipeline.segment.sites.siterules import MARK
from pipeline.segment.transcribe import transcribe
from pipeline.segment.unwrap import unwrapped
from pipeline.segment.walk import TooComplexError, walk

__all__ = ["Parsed", "TooComplexError", "first_texts", "rewritten", "segment_html"]

# In XML any element may be empty (`<script/>`, `<a id="p1"/>`); for a parser of HTML it would swallow what follows.
_XML = re.compile(r"\s*<\?xml\b")
_EMPTY = re.compile(r"<(title|script|style|textarea|iframe|noscript|div|span|p|a|b|i|em|td|li)\b([^<>]{0,2000})/>")


class Parsed(NamedTuple):
    """A page of HTML: its blocks in order, without Markdown; what its head says; and `written` as of `Walked`."""

    blocks: list[Block]
    head: Head
    written: Callable[[Sequence[Block]], list[Block]]


def rewritten(text: str) -> str:
    """A page as our parser writes it: the form in which `siterules.mark` takes it."""
    return _parsed(text).html or ""


def _parsed(text: str, utf8: bytes | None = None) -> LexborHTMLParser:
    """The tree of a page; the parser wants bytes, and makes them of the text unless `utf8` are the same."""
    if _XML.match(text):
        return LexborHTMLParser(_EMPTY.sub(r"<\1\2></\1>", text))
    return LexborHTMLParser(text if utf8 is None else utf8)


def segment_html(text: str, max_elements: int, *, marked: bool = False, utf8: bytes | None = None) -> Parsed:
    """The blocks of a page, which may bear the marks of `siterules`; `utf8` is the text once more, if it is at hand.

    Raises `TooComplexError` beyond `max_elements`.
    """
    tree = _parsed(text, utf8)
    transcribe(tree)
    head = read_head(tree)
    blocks, written = unwrapped(*walk(_source(tree, marked=marked), head.hiding, max_elements))
    return Parsed(blocks, head, written)


def first_texts(text: str, max_elements: int, most_tags: int, *, utf8: bytes | None = None) -> list[str]:
    """The texts of the visible blocks among the first tags of a page, as in `segment_html`; raises as it does."""
    tree = _parsed(text, utf8)
    transcribe(tree)
    hiding = classes_hidden_by(tree.css("style"))
    blocks, written = walk(_source(tree, marked=False), hiding, max_elements, most_tags + 1)
    whole, _ = unwrapped(blocks[:-2], written)  # two may be cut short
    return [block.text for block in whole if not block.hidden]


def _source(tree: LexborHTMLParser, *, marked: bool) -> str:
    """The page as the parser writes it, without what is for machines."""
    tree.strip_tags(STRIPPED)
    body = tree.body
    source = (tree.html if body is None else body.html) or ""
    return source if marked or MARK not in source else source.replace(MARK, "data-was")  # a page does not mark itself
