"""Page -> blocks. Bytes become characters (`decode`), characters become HTML or text (`look`), and both become blocks.

`segment` is the one door of the room. It never raises for a bad page, but for `TooComplexError`, which the recipe
turns into a `Failure`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pipeline.document import Block, Kind, Page
from pipeline.segment.decode import decode
from pipeline.segment.embedded import embedded_article, is_markup
from pipeline.segment.head.front_matter import front_matter
from pipeline.segment.head.metadata import Head
from pipeline.segment.html import TooComplexError, first_texts, rewritten, segment_html
from pipeline.segment.look import look
from pipeline.segment.sites.siterules import NO_RULES, SiteRules, mark
from pipeline.segment.text.reader import segment_text
from pipeline.settings import Settings

__all__ = ["Segmented", "TooComplexError", "opening", "segment"]

_OPENING = 1_000  # tags that are looked at to see whether a page shows much
_SHELL = 500  # characters; a page that shows less may carry its article only as data for machines


@dataclass(frozen=True, slots=True)
class Segmented:
    """A page in blocks: the decoded `text` they come from, the encoding it was in, and what its head says.

    `written` gives blocks with their Markdown, where that is not their text. Most blocks go, so none has it yet.
    `notes` says which rules of its site did not fit.
    """

    kind: Kind
    encoding: str
    text: str
    blocks: list[Block]
    head: Head
    written: Callable[[Sequence[Block]], list[Block]]
    notes: tuple[str, ...] = ()


def segment(page: Page, settings: Settings, rules: SiteRules = NO_RULES) -> Segmented:
    """The blocks of a page, in order; `rules` are those of its site.

    Raises `TooComplexError` beyond `settings.max_elements` elements or lines.
    """
    decoded = decode(page.data, page.charset)
    kind = page.kind or look(decoded.text, page.path, page.content_type)
    notes: tuple[str, ...] = ()
    if kind == "html":
        text, utf8 = decoded.text, decoded.utf8
        if rules:
            (text, notes), utf8 = mark(rewritten(text), rules), None
        blocks, head, written = segment_html(text, settings.max_elements, marked=bool(rules), utf8=utf8)
        if not _shows(blocks, _SHELL):
            blocks += _article_of_data(text, head, len(blocks), settings)
    else:
        front, head = front_matter(decoded.text)
        blocks, written = segment_text(decoded.text, front=front), list
    if len(blocks) > settings.max_elements:
        raise TooComplexError
    return Segmented(kind, decoded.encoding, decoded.text, blocks, head, written, notes)


def opening(page: Page, settings: Settings) -> list[str]:
    """Texts of visible blocks from the beginning of a page: of a long one the first few, of others maybe none.

    For who asks whether a page shows much at all, at a fraction of the cost of `segment`. Raises `TooComplexError`.
    """
    decoded = decode(page.data, page.charset)
    if (page.kind or look(decoded.text, page.path, page.content_type)) != "html":
        return []
    return first_texts(decoded.text, settings.max_elements, _OPENING, utf8=decoded.utf8)


def _shows(blocks: list[Block], characters: int) -> bool:
    """Whether a page shows at least so many characters."""
    for block in blocks:
        if not block.hidden:
            characters -= len(block.text)
            if characters <= 0:
                return True
    return False


def _article_of_data(text: str, head: Head, start: int, settings: Settings) -> list[Block]:
    """The article that an empty shell carries only as data, for machines or for its script; numbered from `start`."""
    if len(head.article_body) >= _SHELL:
        return _numbered(segment_text(head.article_body), start, lambda _: "script[ld+json]")
    found = embedded_article(text)
    if is_markup(found):
        blocks = segment_html(found, settings.max_elements).blocks
        return _numbered(blocks, start, lambda path: f"script[data]>{path.removeprefix('body>')}")
    return _numbered(segment_text(found), start, lambda _: "script[data]")


def _numbered(blocks: list[Block], start: int, path: Callable[[str], str]) -> list[Block]:
    """Blocks that come after `start` others, with their paths written anew."""
    return [
        replace(block, index=start + number, line=start + number + 1, path=path(block.path))
        for number, block in enumerate(blocks)
    ]
