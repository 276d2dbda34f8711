"""A place in the tree of a page: what the text there inherits, and what its element means for that text.

Observation: a page repeats its structure. Of a thousand elements two or three hundred differ in what they are and where
they stand, so a place is made once for each way of nesting and met again by its start tag; all that depends on nothing
but the elements around it is worked out then. What counts (the numbers of a list, the rows of a table) starts anew
whenever the element opens.
"""

from __future__ import annotations

import html
import re

from pipeline.document import SITE_RULE, BlockKind
from pipeline.segment.elements import HEADINGS, LISTS, PATHLESS, PHRASING, PREFORMATTED, Element
from pipeline.segment.hidden import HELPERS, can_be_opened, may_hide, why_hidden
from pipeline.segment.sites.siterules import MARK

WAITING = {"noscript": "shown only without JavaScript", "template": "a template that waits for JavaScript"}
"""Elements whose content waits for a script, or for its absence, and why no reader sees it."""
TELLING = ("hidden", "style", MARK)
"""Attributes that may hide an element; the class is another."""
_PATH_ELEMENTS = 12  # a path names this many elements around a block at most
_ATTRIBUTE = re.compile(r'([^\s="]+)="([^"]*)"')
_TOLD = frozenset(("class id role hidden style open start type value shadowrootmode " + MARK).split())
_ROMAN = {
    1000: "M", 900: "CM", 500: "D", 400: "CD", 100: "C", 90: "XC", 50: "L", 40: "XL", 10: "X", 9: "IX", 5: "V",
    4: "IV", 1: "I",
}  # fmt: skip


class Flow:
    """What text inherits from all elements around it. Shared by the places that change nothing of it."""

    __slots__ = (
        "closed", "data_table", "depth", "heading", "hidden", "in_link", "item", "phrasing", "preformatted", "quoted",
        "row", "skipped", "table",
    )  # fmt: skip

    def __init__(self) -> None:
        self.skipped = self.preformatted = self.in_link = self.quoted = self.closed = self.data_table = False
        self.phrasing = False
        self.hidden = ""
        self.heading = self.depth = 0
        self.row: Place | None = None
        self.table: Place | None = None
        self.item: Place | None = None

    def copy(self) -> Flow:
        """One like this, to be changed."""
        new = Flow.__new__(Flow)
        new.skipped, new.hidden, new.closed = self.skipped, self.hidden, self.closed
        new.preformatted, new.in_link, new.quoted = self.preformatted, self.in_link, self.quoted
        new.heading, new.depth, new.data_table = self.heading, self.depth, self.data_table
        new.row, new.table, new.item = self.row, self.table, self.item
        new.phrasing = self.phrasing
        return new


class Place:
    """An element as it stands in the tree, and what it means there.

    `written` is its start tag as the parser writes it, without brackets and name. `border`: it starts and ends a block.
    `acts`: it does something else to the text when it opens; `ends`: when it closes. `lines`: it is a line of code.
    """

    __slots__ = (
        "acts", "border", "cells", "element", "ends", "flow", "inner", "lines", "marker", "named", "numbers", "outer",
        "rows", "start", "way", "written",
    )  # fmt: skip

    def __init__(self, outer: Place | None, element: Element, written: str, hiding: frozenset[str]) -> None:
        self.outer = outer
        self.element = element
        self.written = written
        self.inner: dict[str, Place] = {}
        self.way: str | None = None
        self.named: str | None = None
        self.rows = 0
        self.flow: Flow = outer.flow if outer is not None else Flow()
        flow = self.flow
        self.border = self.acts = self.ends = self.lines = False
        if flow.skipped:
            return
        if element.changes:
            self.change(element.tag)
        if element.waits or (written and may_hide(written, hiding)):
            self.hide(element.tag, hiding)
        if not self.flow.skipped:
            in_row = flow.row is not None
            self.lines = element.block and not in_row and outer is not None and outer.flow.preformatted
            in_sentence = element.soft and outer is not None and outer.flow.phrasing
            self.border = element.block and not in_row and not self.lines and not in_sentence
            self.acts = element.acts or in_row or self.lines
            self.ends = element.ends or self.lines

    def own_flow(self) -> Flow:
        """The flow of this place alone, to be changed."""
        if self.outer is not None and self.flow is self.outer.flow:
            self.flow = self.flow.copy()
        return self.flow

    def hide(self, tag: str, hiding: frozenset[str]) -> None:
        """Flag an element that no reader sees, or that a reader must open first."""
        flow = self.flow
        told = unseen(tag, self.written, flow.hidden, flow.closed, hiding)
        if told != (flow.hidden, flow.closed):
            flow = self.own_flow()
            flow.hidden, flow.closed = told

    def change(self, tag: str) -> None:
        """What the element does to the text inside it."""
        flow = self.own_flow()
        if tag == "a":
            flow.in_link = True
        elif tag in PHRASING:
            flow.phrasing = True
            flow.heading = HEADINGS.get(tag, flow.heading)
        elif tag in LISTS:
            flow.depth += 1
            self.numbers = 0
            self.start = self.number("start", 1)
        elif tag == "li":
            flow.item = self
            self.marker = ""
            self.start = self.number("value", -1)
        elif tag in PREFORMATTED:
            flow.preformatted = True
        elif tag == "blockquote":
            flow.quoted = True
        elif tag == "table":
            flow.table = self
        elif tag == "tr":
            flow.row = self if flow.data_table else None
            self.cells = 0
        elif tag in ("td", "section", "article"):
            flow.item = None  # a block in these is not the item's own
        else:
            flow.skipped = True

    def number(self, attribute: str, default: int) -> int:
        """A number of an attribute, if it is a small plain one."""
        return number_in(self.written, attribute, default) if attribute in self.written else default

    @property
    def token(self) -> str:
        """The element as paths write it."""
        if self.named is None:
            self.named = token_of(self.element.tag, self.written) if self.written else self.element.tag
        return self.named

    @property
    def path(self) -> str:
        """The elements around a block, outermost first; emphasis and links are not part of it."""
        if self.way is None:
            tokens: list[str] = []
            place: Place | None = self
            while place is not None and len(tokens) < _PATH_ELEMENTS:
                if place.element.tag not in PATHLESS:
                    tokens.append(place.named or place.token)
                place = place.outer
            self.way = ">".join(reversed(tokens))
        return self.way

    def begin(self) -> None:
        """The element opens: what it counts starts anew."""
        tag = self.element.tag
        if tag == "li":
            self.marker = self.next_marker()
        elif tag in LISTS:
            self.numbers, self.rows = self.start, 0
        elif tag == "table":
            self.rows = 0
        elif tag == "tr":
            self.cells = 0

    def next_marker(self) -> str:
        """What stands before this list item: its number in an ordered list, else a dash."""
        listing = self.outer
        if listing is None or listing.element.tag != "ol":
            return "-"
        number = listing.numbers if self.start < 0 else self.start
        listing.numbers = number + 1
        return marker_of(number, listing.written) if "type" in listing.written else f"{number}."

    def kind(self) -> tuple[BlockKind, str, bool]:
        """Kind, marker and tightness of a block whose text begins here; an item marks its first that is seen."""
        flow = self.flow
        if flow.row is not None:
            table = flow.table or flow.row
            table.rows += 1
            return "row", "", table.rows > 1
        if flow.preformatted:
            return "code", "", False
        if flow.heading:
            return "heading", "", False
        item = flow.item
        if item is not None and item.marker and (not flow.hidden or item.flow.hidden):
            marker, item.marker = item.marker, ""
            listing = item.outer or item
            listing.rows += 1
            return "item", marker, listing.rows > 1 or flow.depth > 1
        return ("quote" if flow.quoted else "paragraph"), "", self.element.tag == "dd"


def attributes_of(written: str) -> dict[str, str]:
    """The attributes that matter here, from a start tag as the parser writes it: no value holds a quotation mark."""
    found = {name: value for name, value in _ATTRIBUTE.findall(written) if name in _TOLD}
    if "&" in written:
        return {name: html.unescape(value) for name, value in found.items()}
    return found


def tells(written: str, hiding: frozenset[str]) -> bool:
    """Whether a start tag has an attribute that may hide its element; what it comes to, `unseen` says."""
    if not (may_hide(written, hiding) or "&" in written):
        return False
    found = dict(_ATTRIBUTE.findall(written))
    classes = found.get("class", "")
    return (
        "&" in classes
        or any(name in found for name in TELLING)
        or not (HELPERS.keys() | hiding).isdisjoint(classes.split())
    )


def unseen(tag: str, written: str, hidden: str, closed: bool, hiding: frozenset[str]) -> tuple[str, bool]:
    """Why no reader sees an element, and whether a reader must open it first, given the same of what is around it."""
    if hidden and tag != "details" and MARK not in written:
        return hidden, closed
    attributes = attributes_of(written)
    told = attributes.get(MARK)
    if told is not None and (told or hidden.startswith(SITE_RULE)):
        hidden = told
    if not hidden and (reason := why_hidden(tag, attributes, hiding)):
        if closed or can_be_opened(tag, attributes):
            closed = True
        else:
            hidden = reason
    if tag in WAITING and not hidden and "shadowrootmode" not in attributes:
        hidden = WAITING[tag]
    elif tag == "details" and "open" not in attributes:
        closed = True
    return hidden, closed


def number_in(written: str, attribute: str, default: int) -> int:
    """The number of an attribute in a start tag, if it is a small plain one."""
    value = attributes_of(written).get(attribute, "")
    return int(value) if value.isdecimal() and len(value) < 7 else default


def marker_of(number: int, written: str) -> str:
    """The marker of an item with that number in an ordered list with such a start tag: 3., c., C., iii. or III."""
    style = attributes_of(written).get("type", "")
    if style.lower() == "a" and number > 0:
        letters = ""
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(ord(style) + rest) + letters
        return letters + "."
    if style.lower() == "i" and 0 < number < 4000:
        roman = ""
        for value, sign in _ROMAN.items():
            roman += sign * (number // value)
            number %= value
        return (roman if style == "I" else roman.lower()) + "."
    return f"{number}."


def token_of(tag: str, written: str) -> str:
    """An element in a path: name, id and classes, as `div#main.story`, shortened where a page exaggerates."""
    token, attributes = tag, attributes_of(written)
    if name := attributes.get("id"):
        token += "#" + name.strip()[:40].replace(">", "")
    if classes := attributes.get("class"):
        token += "." + ".".join(classes[:100].replace(">", "").split())
    role = attributes.get("role")
    return f"{token}[{role[:20]}]" if role else token
