"""What the style sheets of a page hide.

Observation: a page marks what waits for its script, or is for other screens, with a class that its own sheet does not
display. Only rules for one class, outside @media and the like, are believed: all else depends on screen or script.

Sheets are long, and few of their rules hide. So they are read as bytes, and looked at only around the words that hide.
`pipeline/native/segment/sheets.cpp` does the same compiled.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

try:
    from pipeline.segment import _sheets
except ImportError:  # installed without a compiler
    _sheets = None  # type: ignore[assignment]

COMPILED = _sheets is not None

_CAP = 300_000  # characters of one sheet
_HIDES = (
    re.compile(rb"display(?<=[{; \t\r\n\f]display)\s*:\s*none"),  # else it is the end of another word
    re.compile(rb"visibility(?<!backface-visibility)\s*:\s*(?:hidden|collapse)"),  # backs are turned away from a reader
)
_COMMENT = re.compile(rb"/\*.*?(?:\*/|\Z)", re.DOTALL)
_CLASSES = re.compile(r"(?:^|,)\s*\.([\w-]+)\s*(?=,|\Z)")


def classes_hidden_by(styles: Iterable[Any]) -> frozenset[str]:
    """Classes that these `<style>` elements (of selectolax) do not display on any screen.

    Sheets with another `media` hide for paper, or for small screens.
    """
    media = ((style, style.attributes.get("media") or "all") for style in styles)
    return classes_that_hide(style.text() for style, where in media if where.strip().lower() in ("all", "screen"))


def classes_that_hide(sheets: Iterable[str], *, compiled: bool = True) -> frozenset[str]:
    """Classes that a page's own style sheets simply do not display."""
    selectors_in = _sheets.hiding_selectors if compiled and _sheets is not None else _hiding_selectors
    names: set[str] = set()
    for sheet in sheets:
        for selectors in selectors_in(sheet[:_CAP].encode(errors="replace")):
            names.update(_CLASSES.findall(selectors))
    return frozenset(names)


def _hiding_selectors(sheet: bytes) -> Iterator[str]:
    """The selectors of the rules outside @media and the like that display nothing, in one pass, however broken."""
    sheet = _COMMENT.sub(b"", sheet)
    lowered = sheet.lower()
    depth = last = 0
    for place in sorted(found.start() for pattern in _HIDES for found in pattern.finditer(lowered)):
        opening = sheet.rfind(b"{", last, place)
        if opening < 0:
            continue  # the second time in one rule, or in no rule at all
        depth = max(0, depth + sheet.count(b"{", last, opening) - sheet.count(b"}", last, opening))
        if depth == 0 and sheet.find(b"}", opening) > place:
            start = max(sheet.rfind(b"}", last, opening), sheet.rfind(b";", last, opening), last - 1) + 1
            yield sheet[start:opening].decode(errors="replace")
        depth, last = depth + 1, opening + 1
