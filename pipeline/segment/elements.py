"""What each HTML element means for the flow of text. The table decides; `html.py` only walks.

An element that is not listed is inline, unless its name has a hyphen: custom elements are used as boxes.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

# Their content is for machines, or stands for something that is not text.
SKIPPED = frozenset(
    "head title meta link base style svg object embed applet canvas audio video map datalist select option optgroup "
    "colgroup col param source track progress meter frame rp annotation annotation-xml".split()
)
# Never even walked: removed by the parser before we look.
STRIPPED = ["script", "style", "svg", "iframe"]

# The parser writes their text unescaped.
RAW = ("xmp", "plaintext", "noframes", "noembed", "script", "style", "iframe")

BLOCKS = frozenset(
    "address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html label legend li listing main menu nav "
    "noframes noscript ol p plaintext pre search section summary table tbody td template textarea tfoot th thead tr ul "
    "xmp".split()
)
HEADINGS = {f"h{level}": level for level in range(1, 7)}
LISTS = frozenset(("ul", "ol", "menu", "dir"))
PREFORMATTED = frozenset(("pre", "listing", "xmp", "plaintext", "textarea"))
EMPHASIS = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`", "kbd": "`", "samp": "`"}

# A table that holds one of these (or two paragraphs in a row) lays out the page; any other holds data, read row by row.
# Below a `th` so do lists of which no item has more than `NAME` characters.
LAYOUT = frozenset("table h1 h2 h3 h4 ul ol blockquote pre form article section".split())
NAME = 40

DULL = frozenset("img input meta link source track wbr col area param embed".split())
"""Void, and no text of theirs: not even a place."""

PATHLESS = frozenset((*EMPHASIS, "a", "html"))
"""Elements that paths do not name."""

SPACED = frozenset(("a", "button", "label", "option"))
"""Touching neighbours of these are drawn apart."""

PHRASING = frozenset(("p", "dt", *HEADINGS))
"""In these a button, a label or a custom element is a word of the sentence."""

VOID = frozenset(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr".split()
)
"""Elements without an end tag."""


_CHANGES = frozenset(("a", "li", "blockquote", "table", "tr", "td", "section", "article")) | PHRASING


class Element(NamedTuple):
    """What the name of an element alone says.

    `block`: it starts and ends a block of text; `void`: it has no end tag; `changes`: it changes what the text inside
    it is; `waits`: what it holds may be unseen for its name; `acts`, `ends`: it does something when it opens, closes;
    `soft`: it is no block within a sentence.
    """

    tag: str
    block: bool
    void: bool
    sign: str
    changes: bool
    waits: bool
    acts: bool
    ends: bool
    soft: bool


@lru_cache(maxsize=2000)
def element_of(tag: str) -> Element:
    """The element of that name."""
    sign = EMPHASIS.get(tag, "")
    changes = tag in _CHANGES or tag in SKIPPED or tag in HEADINGS or tag in LISTS or tag in PREFORMATTED
    waits = tag in ("noscript", "template", "details", "dialog")
    ends = bool(sign) or tag in SPACED or tag == "rt"
    acts = ends or tag in LISTS or tag in ("br", "table", "tr", "li")
    soft = tag in ("button", "label") or "-" in tag
    return Element(tag, is_block(tag), tag in VOID, sign, changes, waits, acts, ends, soft)


_FACTS = ("block", "void", "changes", "waits", "acts", "ends")  # bits 1, 2, 4 … in this order, then these:
_TABLES = (SPACED, LAYOUT, PATHLESS, DULL, LISTS, PREFORMATTED, SKIPPED, PHRASING)


@lru_cache(maxsize=2000)
def facts_of(tag: str) -> tuple[int, str]:
    """All that these tables say of an element, for the compiled walk: bits (heading's level from 16 on), and a sign."""
    element = element_of(tag)
    truths = [
        *(getattr(element, name) for name in _FACTS),
        *(tag in table for table in _TABLES),
        element.soft,
        tag.startswith(RAW),
    ]
    return sum(bool(true) << bit for bit, true in enumerate(truths)) + (HEADINGS.get(tag, 0) << 16), element.sign


def is_block(tag: str) -> bool:
    """Whether an element of that name starts and ends a block of text."""
    return tag in BLOCKS or "-" in tag
