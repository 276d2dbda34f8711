"""What a person looks at first: a short sample with what went struck through, and the pages that lost most.

The report shows pages in full. This is for places where a few lines must do, such as the metadata of a run. Picking
belongs here; how it is written down is for those who show it.
"""

from __future__ import annotations

import hashlib
import heapq
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from pipeline.document import Document
from pipeline.publish.amounts import loudest
from pipeline.publish.leaf import Leaf, Rendered

PAGES_SHOWN = 5
LINES_SHOWN = 4
"""Lines of a sample that stayed, and as many that went."""
_CHARACTERS = 100  # of a line, at most: Dagster folds away what is longer than a thousand in all


class Loser(NamedTuple):
    """A page by what it lost: words removed, words that stayed, its id and what became of it. Larger is worse."""

    removed: int
    stayed: int
    id: str
    outcome: str


class Line(NamedTuple):
    """A line of a sample, cut to a bounded length; the category under which it went, "" if it stayed."""

    text: str
    category: str


@dataclass(slots=True)
class Highlights:
    """Picks from results as they pass, the same ones for the same results in whatever order."""

    losers: list[Loser] = field(default_factory=list)
    """The pages that lost most words, the worst first."""
    sample_id: str = ""
    """The kept page of the sample: drawn by the hash of its id among those of which something went; "" for none."""
    sample: tuple[Line, ...] = ()
    """Its first lines that stayed and its first lines that went, in their order."""
    _lot: bytes = b"\xff" * 9

    def add(self, result: Rendered) -> None:
        """Look at one result."""
        leaf = result.value
        if not isinstance(leaf, Leaf):
            return
        amounts = leaf.amounts
        if amounts.removed_words:
            loser = Loser(amounts.removed_words, amounts.words, leaf.page.id, leaf.outcome)
            self.losers = heapq.nlargest(PAGES_SHOWN, [*self.losers, loser], key=lambda each: (each.removed, each.id))
        lot = hashlib.blake2b(leaf.page.id.encode("utf-8", "replace"), digest_size=8).digest()
        if lot < self._lot and amounts.removed_blocks and leaf.outcome == "kept":
            document = result.load()
            if isinstance(document, Document):
                self._lot, self.sample_id, self.sample = lot, leaf.page.id, _lines(document)


def _lines(document: Document) -> tuple[Line, ...]:
    """A few lines of each sort, in the order of the page."""
    pairs = list(zip(document.blocks, document.verdicts, strict=True))
    stayed = islice((index for index, (_, verdict) in enumerate(pairs) if verdict.kept), LINES_SHOWN)
    went = islice((index for index, (_, verdict) in enumerate(pairs) if not verdict.kept), LINES_SHOWN)
    return tuple(
        Line(_cut(pairs[index][0].text), "" if pairs[index][1].kept else loudest(pairs[index][1]).category)
        for index in sorted([*stayed, *went])
    )


def _cut(text: str) -> str:
    """The beginning of a line."""
    text = " ".join(text[: 4 * _CHARACTERS].split())
    return text if len(text) <= _CHARACTERS else f"{text[: _CHARACTERS - 1]}…"
