"""Labelled pages as the texts that people save: whole, an excerpt around the article, or what an extractor left.

Text without markup reaches us in every density. A whole page is mostly clutter; what someone copied, or an extractor
gave, is mostly content with a line of clutter here and there. A model that saw one kind only misjudges the other: it
looks for menus in a clean text, or trusts a page of teasers. So every page is shown in several ways, each with its
labels; the last is content alone, of which nothing may be removed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.document import Block
from pipeline.judge.view import count_words, squeeze
from pipeline.segment.text.reader import segment_text

_CONTENT = 0.5  # share of its words in the gold text that makes a line content
_TELLING = 8  # words of a content line that tells where the article begins or ends
_DOUBTFUL = 0.3  # how much lines count that are content or clutter by convention only
_POLICY = re.compile(
    r"figure|caption|credit|byline|dateline|\btime\b|author|copyright|publish|date|writer", re.IGNORECASE
)
_POLICY_WORDS = 25
_REPEATED = 6  # words of a line whose second copy is doubtful


@dataclass(frozen=True)
class Excerpt:
    """A text of n lines: its blocks, and for each the share of it that is content and how much the label counts."""

    name: str
    blocks: list[Block]
    labels: Any
    trust: Any


def excerpts(blocks: Sequence[Block], labels: Any, title: str, seed: int) -> Iterator[Excerpt]:
    """A page in several ways: the blocks that a reader sees, with the share of each that is content.

    The first is the whole page. Where it has content, what follows is: an excerpt wide around the article; one close
    around it; content with a few lines of clutter; content alone.
    """
    random = np.random.default_rng(seed)
    trust = np.where(policy(blocks, labels, title), _DOUBTFUL, 1.0)
    order = np.arange(len(blocks))

    def made(name: str, which: Any, *, loose: bool, markers: bool) -> Excerpt:
        text, owner = _text(blocks, which, loose=loose, markers=markers)
        lines = segment_text(text)
        own = np.array([owner[line.line - 1] for line in lines], dtype=np.int64)
        return Excerpt(name, lines, labels[own], trust[own])

    yield made("whole", order, loose=False, markers=True)
    content = labels >= _CONTENT
    telling = content & (np.array([count_words(block.text) for block in blocks]) >= _TELLING)
    found = np.flatnonzero(telling if telling.any() else content)
    if not len(found):
        return
    coin = random.integers(0, 2, size=(4, 2)).astype(bool).tolist()
    for name, before, after, (loose, markers) in zip(("wide", "close"), (13, 5), (26, 9), coin[:2], strict=True):
        low, high = found[0] - int(random.integers(before)), found[-1] + 1 + int(random.integers(after))
        yield made(name, order[max(low, 0) : high], loose=loose, markers=markers)
    inside = (order >= found[0] - 3) & (order <= found[-1] + 5)
    few = inside & (random.random(len(blocks)) < random.uniform(0.05, 0.25))
    for name, which, (loose, markers) in (("sparse", content | few, coin[2]), ("clean", content, coin[3])):
        yield made(name, order[which], loose=loose, markers=markers)


def _text(blocks: Sequence[Block], which: Any, *, loose: bool, markers: bool) -> tuple[str, list[int]]:
    """Some blocks as text, and for each of its lines the number of its block (a blank line: of the one above)."""
    lines: list[str] = []
    owner: list[int] = []
    before: Block | None = None
    for number in which.tolist():
        block = blocks[number]
        if loose and before is not None and not (block.tight and before.kind == block.kind):
            lines.append("")
            owner.append(owner[-1])
        own = (f"{block.marker} {block.text}".strip() if markers else block.text).split("\n")
        lines += own
        owner += [number] * len(own)
        before = block
    return "\n".join(lines), owner


def policy(blocks: Sequence[Block], labels: Any, title: str) -> Any:
    """Which blocks are content or clutter by convention: headlines, bylines, captions, and what is said again."""
    headline = squeeze(title)
    seen: Counter[str] = Counter()
    doubtful = np.zeros(len(blocks), dtype=bool)
    for index, block in enumerate(blocks):
        text, words = squeeze(block.text), count_words(block.text)
        named = words <= _POLICY_WORDS and _POLICY.search(">".join(block.path.split(">")[-3:])) is not None
        again = labels[index] >= _CONTENT and words >= _REPEATED and seen[text] > 0
        top = block.kind == "heading" and block.level == 1
        doubtful[index] = named or again or top or (bool(text) and text == headline)
        seen[text] += 1
    return doubtful
