"""Drafts to blocks: the text of each is normalised, and what hides it is judged once more by what it takes.

The walk finds blocks while it reads, and knows neither how long their texts will be nor how much of the page one reason
hides. Both are said here, for the walk in Python and for the compiled one, which asks.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipeline.document import SITE_RULE, Block, BlockKind
from pipeline.segment.hidden import believable
from pipeline.segment.inline import BREAK
from pipeline.segment.normalise import normalise, normalise_code, normalise_lines
from pipeline.segment.place import WAITING

_FEW_CHARACTERS = 1500  # a body with less visible text than this may keep its text in <noscript> or <template>


class Draft(NamedTuple):
    """A block whose text is not made yet: `raw` is as it stands in the source.

    `linked` and `plain` count characters in links and outside. `pieces` of the text and the `marks` between them are as
    `Inline` holds them, for Markdown; both are empty where nothing is marked.
    """

    raw: str
    kind: BlockKind
    marker: str
    tight: bool
    level: int
    path: str
    linked: int
    plain: int
    hidden: str
    closed: bool
    pieces: list[str]
    marks: list[tuple[int, str]]


def blocks_of(drafts: Sequence[Draft], *, whole: bool) -> tuple[list[Block], list[Draft]]:
    """The blocks of a page, and what each was made of; drafts that hold no characters are left out.

    Only of a `whole` page it is known what its reasons for hiding take.
    """
    texts = [text_of(draft.raw, draft.kind) for draft in drafts]
    refuted = taken_back(_sizes(drafts, texts)) if whole else set()
    blocks: list[Block] = []
    made_of: list[Draft] = []
    for draft, text in zip(drafts, texts, strict=True):
        if not text:
            continue
        _, kind, marker, tight, level, path, linked, plain, why, closed, _, _ = draft
        number = len(blocks)
        hidden = "" if why in refuted else why
        share = round(linked / (linked + plain), 3) if linked else 0.0
        blocks.append(Block(number, kind, text, number + 1, level, marker, tight, "", path, share, hidden, closed))
        made_of.append(draft)
    return blocks, made_of


def text_of(raw: str, kind: BlockKind) -> str:
    """The normalised text of a draft, "" for a row without a word; single line breaks stay lines."""
    raw = html.unescape(raw) if "&" in raw else raw
    if kind == "code":
        return normalise_code(raw.replace(BREAK, "\n"))
    if kind == "row":
        text = normalise(raw)
        return text if text.strip(" |") else ""
    if BREAK in raw:
        return normalise_lines(" ".join(raw.split()).replace(BREAK, "\n"))
    return normalise(raw)


def taken_back(sizes: Mapping[str, int]) -> set[str]:
    """The reasons for hiding that a look at the whole refutes: what a script will show, or <noscript> holds.

    `sizes` are the characters that each reason hides, and under "" those that are shown.
    """
    if len(sizes) == 1:
        return set()
    waiting = set(WAITING.values())
    shown = sizes[""]
    refuted = {reason for reason in waiting if shown < _FEW_CHARACTERS and sizes.get(reason, 0) > shown}
    everything = sum(size for reason, size in sizes.items() if reason not in waiting or reason in refuted)
    others = {reason for reason in sizes.keys() - waiting if reason and not reason.startswith(SITE_RULE)}
    return refuted | {reason for reason in others if not believable(sizes[reason], everything)}


def _sizes(drafts: Sequence[Draft], texts: Sequence[str]) -> dict[str, int]:
    """The characters that each reason hides, and that are shown."""
    sizes = {"": 0}
    for draft, text in zip(drafts, texts, strict=True):
        sizes[draft.hidden] = sizes.get(draft.hidden, 0) + len(text)
    return sizes
