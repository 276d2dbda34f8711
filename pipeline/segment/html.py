"""A page of HTML to blocks, in one pass over its tags.

The parser (lexbor) is C and forgiving like a browser; it builds the tree and writes it out again, well nested, every
element closed, every `<` of text and attributes escaped. So the page falls into its tags at each `<`, and `walk.py`
reads them one by one. What no reader sees becomes blocks too, flagged with the reason. Tables of the elements are in
`elements.py`, what they mean in `place.py`, hiding in `hidden.py`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser

from pipeline.document import SITE_RULE, Block
from pipeline.segment.elements import STRIPPED
from pipeline.segment.hidden import believable, classes_that_hide, holds_everywhere
from pipeline.segment.inline import BREAK, markup_of
from pipeline.segment.metadata import Head, read_head
from pipeline.segment.normalise import normalise, normalise_code, normalise_lines
from pipeline.segment.place import WAITING
from pipeline.segment.siterules import MARK
from pipeline.segment.walk import Draft, walk

_FEW_CHARACTERS = 1500  # a body with less visible text than this may keep its text in <noscript> or <template>

# In XML any element may be empty (`<script/>`, `<a id="p1"/>`); for a parser of HTML it would swallow what follows.
_XML = re.compile(r"\s*<\?xml\b")
_EMPTY = re.compile(r"<(title|script|style|textarea|iframe|noscript|div|span|p|a|b|i|em|td|li)\b([^<>]{0,2000})/>")
_COMMENT = re.compile(r"<!--.*?-->|<[!?][^>]*>", re.DOTALL)
_RAW = re.compile(r"<(xmp|plaintext|noframes|noembed|script|style|iframe)\b([^>]*)>(.*?)</\1>", re.DOTALL)
_ANY_RAW = re.compile(r"<(?:xmp|plaintext|noframes|noembed|script|style|iframe)\b")  # written out unescaped


class TooComplexError(Exception):
    """A page has more elements than the settings allow."""


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
    head, hiding = read_head(tree), _hiding(tree)
    blocks, made_of = _blocks(walk(_source(tree, max_elements, marked=marked), hiding))

    def markup(index: int) -> str:
        """The Markdown of a block, with links and emphasis; "" where it is its text, or not of this page's tags."""
        if index >= len(made_of) or blocks[index].kind == "code":
            return ""
        written = markup_of(made_of[index].pieces, made_of[index].marks)
        return "" if written == blocks[index].text else written

    return Parsed(blocks, head, markup)


def first_texts(text: str, max_elements: int, most_tags: int) -> list[str]:
    """The texts of the visible blocks among the first tags of a page, as in `segment_html`; raises as it does."""
    tree = _parsed(text)
    hiding = _hiding(tree)
    drafts = walk(_source(tree, max_elements, marked=False), hiding, most_tags + 1)
    return _texts([draft for draft in drafts[:-2] if not draft.hidden])  # two may be cut short


def _hiding(tree: LexborHTMLParser) -> frozenset[str]:
    """The classes that the page's own style sheets do not display."""
    return classes_that_hide(
        node.text() for node in tree.css("style") if holds_everywhere(node.attributes.get("media"))
    )


def _source(tree: LexborHTMLParser, max_elements: int, *, marked: bool) -> str:
    """The page as the parser writes it, without what is for machines; raises `TooComplexError`."""
    tree.strip_tags(STRIPPED)
    body = tree.body
    source = (tree.html if body is None else body.html) or ""
    if not marked and MARK in source:
        source = source.replace(MARK, "data-was")  # a page does not mark itself
    source = _COMMENT.sub("", source) if "<!" in source or "<?" in source else source
    if _ANY_RAW.search(source):
        source = _RAW.sub(_written, source)
    if source.count("<") - source.count("</") >= max_elements:
        raise TooComplexError
    return source.replace("&nbsp;", "\xa0")


def _written(found: re.Match[str]) -> str:
    """An element of raw text as the parser writes others: escaped, parsed (for those without frames), or left out."""
    tag, attributes, content = found.groups()
    if tag == "noframes":
        body = LexborHTMLParser(content).body
        return (body.html or "") if body is not None else ""
    kept = tag in ("xmp", "plaintext")
    return f"<{tag}{attributes}>{html.escape(content, quote=False)}</{tag}>" if kept else ""


def _blocks(drafts: list[Draft]) -> tuple[list[Block], list[Draft]]:
    """The blocks of a page, and what each was made of; drafts that hold no characters are left out."""
    texts = _texts(drafts)
    taken_back = _taken_back([draft.hidden for draft in drafts], texts)
    blocks: list[Block] = []
    made_of: list[Draft] = []
    for draft, text in zip(drafts, texts, strict=True):
        if not text:
            continue
        _, _, kind, marker, tight, level, path, linked, plain, why, closed, _, _ = draft
        number = len(blocks)
        hidden = "" if why in taken_back else why
        share = round(linked / (linked + plain), 3) if linked else 0.0
        blocks.append(Block(number, kind, text, number + 1, level, marker, tight, "", path, share, hidden, closed))
        made_of.append(draft)
    return blocks, made_of


def _texts(drafts: list[Draft]) -> list[str]:
    """The normalised text of each draft."""
    texts = [draft.raw if draft.done else _text(draft) for draft in drafts]
    for number, draft in enumerate(drafts):
        if draft.kind == "row" and not texts[number].strip(" |"):
            texts[number] = ""
    return texts


def _text(draft: Draft) -> str:
    """The normalised text of a draft; single line breaks stay lines."""
    raw = html.unescape(draft.raw) if "&" in draft.raw else draft.raw
    if draft.kind == "code":
        return normalise_code(raw.replace(BREAK, "\n"))
    if BREAK in raw and draft.kind != "row":
        return normalise_lines(" ".join(raw.split()).replace(BREAK, "\n"))
    return normalise(raw)


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
