"""An open element of the walk: what the text inside it inherits, and what the element means for that text.

The table `MEANS` says it tag by tag; `kind_of` says what a block becomes whose text began in a frame.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pipeline.document import BlockKind
from pipeline.segment.elements import EMPHASIS, HEADINGS, LISTS, PREFORMATTED
from pipeline.segment.inline import safe_target

Attributes = Mapping[str, str | None]

_PATH_ELEMENTS = 12  # a path names this many elements around a block at most


@dataclass(slots=True)
class Frame:
    """An open element: what the text inside it inherits."""

    node: int
    tag: str
    token: str
    outer: Frame | None
    block: bool = False
    skipped: bool = False
    hidden: str = ""
    closed: bool = False
    preformatted: bool = False
    in_link: bool = False
    quoted: bool = False
    heading: int = 0
    depth: int = 0
    mark: str = ""
    marker: str = ""
    numbers: int = 0
    data_table: bool = False
    rows: int = 0
    cells: int = 0
    row: Frame | None = None


def inherit(frame: Frame, outer: Frame) -> None:
    """What an element takes over from the one around it."""
    frame.skipped = outer.skipped
    frame.hidden = outer.hidden
    frame.closed = outer.closed
    frame.preformatted = outer.preformatted
    frame.in_link = outer.in_link
    frame.quoted = outer.quoted
    frame.heading = outer.heading
    frame.depth = outer.depth
    frame.data_table = outer.data_table
    frame.row = outer.row


def kind_of(home: Frame) -> tuple[BlockKind, str, bool]:
    """Kind, marker and tightness of a block whose text began in `home`."""
    if home.row is not None:
        table = next((frame for frame in _outward(home.row) if frame.tag == "table"), home.row)
        table.rows += 1
        return "row", "", table.rows > 1
    if home.preformatted:
        return "code", "", False
    if home.heading:
        return "heading", "", False
    for frame in _outward(home):
        if frame.marker:
            marker, frame.marker = frame.marker, ""
            listing = frame.outer
            first = listing is None or listing.rows == 0
            if listing is not None:
                listing.rows += 1
            return "item", marker, not first or home.depth > 1
        if frame.tag in ("li", "td", "section", "article"):
            break
    return ("quote" if home.quoted else "paragraph"), "", home.tag == "dd"


def _outward(frame: Frame | None) -> Iterator[Frame]:
    """The frame and those around it."""
    while frame is not None:
        yield frame
        frame = frame.outer


def token_of(tag: str, attributes: Attributes) -> str:
    """An element in a path: name, id and classes, as `div#main.story`, shortened where a page exaggerates."""
    if not attributes:
        return tag
    name, classes = attributes.get("id"), attributes.get("class")
    token = tag
    if name:
        token += "#" + name.strip()[:40].replace(">", "")
    if classes:
        token += "." + ".".join(classes[:100].replace(">", "").split())
    role = attributes.get("role")
    return f"{token}[{role[:20]}]" if role else token


def path_of(home: Frame) -> str:
    """The elements around a block, outermost first; emphasis and links are not part of it."""
    tokens = []
    for frame in _outward(home):
        if frame.tag not in EMPHASIS and frame.tag not in ("a", "html"):
            tokens.append(frame.token)
            if len(tokens) == _PATH_ELEMENTS:
                break
    return ">".join(reversed(tokens))


def _number(value: str | None, default: int) -> int:
    """A number of an attribute, if it is a small plain one."""
    return int(value) if value and value.isdecimal() and len(value) < 7 else default


def _link(frame: Frame, attributes: Attributes) -> None:
    frame.in_link = True
    frame.mark = safe_target(attributes.get("href"))


def _emphasis(frame: Frame, _: Attributes) -> None:
    frame.mark = "" if frame.preformatted else EMPHASIS[frame.tag]


def _heading(frame: Frame, _: Attributes) -> None:
    frame.heading = HEADINGS[frame.tag]


def _preformatted(frame: Frame, _: Attributes) -> None:
    frame.preformatted = True


def _quoted(frame: Frame, _: Attributes) -> None:
    frame.quoted = True


def _listing(frame: Frame, attributes: Attributes) -> None:
    frame.depth += 1
    frame.numbers = _number(attributes.get("start"), 1)


def _item(frame: Frame, attributes: Attributes) -> None:
    """What stands before a list item: its number in an ordered list, else a dash."""
    outer = frame.outer
    if outer is None or outer.tag != "ol":
        frame.marker = "-"
        return
    number = _number(attributes.get("value"), outer.numbers)
    outer.numbers = number + 1
    frame.marker = f"{number}."


def _table_row(frame: Frame, _: Attributes) -> None:
    frame.row = frame if frame.data_table else None


MEANS: dict[str, Callable[[Frame, Attributes], None]] = {
    "a": _link,
    "blockquote": _quoted,
    "li": _item,
    "tr": _table_row,
    **dict.fromkeys((*LISTS, "ol"), _listing),
    **dict.fromkeys(EMPHASIS, _emphasis),
    **dict.fromkeys(HEADINGS, _heading),
    **dict.fromkeys(PREFORMATTED, _preformatted),
}
"""What elements mean for the text inside them, beyond starting a block."""
