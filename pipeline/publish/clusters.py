"""Clusters in the report: a kept text and its copies side by side, with the words marked in which they differ.

Observation: "98 % the same" convinces nobody; the three words that differ do. Texts are cut to a bounded number of
words before they are compared, for comparing costs the square of that.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from pipeline.publish.leaf import Leaf

CLUSTERS_SHOWN = 12
COPIES_SHOWN = 3
"""Copies of a cluster at most; the rest is counted."""
_WORDS = 400  # of a text at most


@dataclass(frozen=True, slots=True)
class Span:
    """Some words in a row, and whether the other text lacks them."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class PairView:
    """One copy beside the kept text, both as spans; `more` counts words of the longer one that are not shown."""

    id: str
    likeness: str
    similarity: float
    kept: tuple[Span, ...]
    copy: tuple[Span, ...]
    more: int


@dataclass(frozen=True, slots=True)
class ClusterView:
    """A kept document and some of its copies; `more` counts those that are left out."""

    id: str
    title: str
    copies: int
    pairs: tuple[PairView, ...]
    more: int


def side_by_side(kept: str, copy: str) -> tuple[tuple[Span, ...], tuple[Span, ...], int]:
    """Two texts as spans of words that are alike or differ, and how many words of the longer one were left out."""
    left, right = kept.split(), copy.split()
    more = max(0, max(len(left), len(right)) - _WORDS)
    left, right = left[:_WORDS], right[:_WORDS]
    same_left, same_right = [False] * len(left), [False] * len(right)
    for start, other, size in SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks():
        same_left[start : start + size] = same_right[other : other + size] = [True] * size
    return _spans(left, same_left), _spans(right, same_right), more


def _spans(words: list[str], same: list[bool]) -> tuple[Span, ...]:
    """Neighbours of one sort together."""
    runs = groupby(zip(same, words, strict=True), key=lambda pair: pair[0])
    return tuple(Span(" ".join(word for _, word in run), not alike) for alike, run in runs)


class Clusters:
    """Collects the documents of the clusters that were picked ahead, by the id of their leader, as they pass."""

    def __init__(self, leaders: Collection[str]) -> None:
        self._leaders = {leader: place for place, leader in enumerate(leaders)}
        self._kept: dict[str, Leaf] = {}
        self._copies: dict[str, list[Leaf]] = {}

    def add(self, leaf: Leaf) -> None:
        """Look at one document; it is kept until the end if it is shown."""
        if leaf.page.id in self._leaders and leaf.outcome == "kept":
            self._kept[leaf.page.id] = leaf
        elif leaf.duplicate_of in self._leaders:
            copies = self._copies.setdefault(leaf.duplicate_of, [])
            if len(copies) < COPIES_SHOWN:
                copies.append(leaf)

    def views(self) -> list[ClusterView]:
        """The clusters whose leader is among the documents that passed, in the order in which they were picked."""
        shown = sorted(self._kept.keys() & self._copies.keys(), key=self._leaders.__getitem__)
        return [_cluster(self._kept[leader], self._copies[leader]) for leader in shown]


def _cluster(leader: Leaf, copies: list[Leaf]) -> ClusterView:
    """One cluster, its texts compared."""
    text = leader.text
    pairs = tuple(
        PairView(copy.page.id, copy.likeness, copy.similarity, *side_by_side(text, copy.text)) for copy in copies
    )
    return ClusterView(
        leader.page.id, leader.metadata.title, leader.dup_count, pairs, max(0, leader.dup_count - len(pairs))
    )
