"""The first stage of the learned model: a linear model over tokens, asked of a whole page at once.

It reads the words of each block and the names of the elements around it (`tokens` says which tokens these make). What a
token weighs is data; here they are looked up without being spelt out: words by row and role in one table, elements once
for each that a page has, paths from the outside in.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from pipeline.judge.features import KINDS
from pipeline.judge.tokens import FIRST, INSIDE, LAST, SHORT, number_folded
from pipeline.judge.view import View
from pipeline.judge.ways import Element, Way

_ROLES = ("w:", "f:", "l:", "F:", "L:", "W:")  # of a single word in a block
_SILENT = (0.0, 0.0)
_NOTHING = (0.0, "")
_LOUD = 3  # elements of a path that are named
_MOST_ELEMENTS = 50_000  # that are remembered

Loud = tuple[float, str]


class Told(NamedTuple):
    """What the tokens of an element say around a block, and of a block that is its own.

    For each the sum of the weights, how many are known, and the loudest against content.
    """

    around: float
    around_known: int
    around_loudest: Loud
    own: float
    own_known: int
    own_loudest: Loud


@dataclass(frozen=True)
class WordScores:
    """The scores of the words of each block, (n,), and the single word or phrase that speaks loudest against it.

    `known` is the share of the different words of the page that the model has a weight for, 0 to 1.
    """

    scores: Any
    loudest: list[Loud]
    known: float


@dataclass(frozen=True)
class TokenModel:
    """A linear model over tokens: log odds of content. Tokens of paths and of words are normalised apart.

    The score of a side is the sum of the weights of its tokens, over the root of how many are known.
    """

    weights: dict[str, float]
    bias: float
    elements: dict[Element, Told] = field(default_factory=dict, repr=False)

    def path_scores(self, view: View) -> Any:
        """Scores of the elements around each block, of its shape, and the bias."""
        sums, counts = self._shapes(view)
        paths = self._paths(view.ways.values())
        told = np.array([paths[view.ways[block.path]] for block in view.blocks])
        return (sums + told[:, 0]) / np.sqrt(np.maximum(counts + told[:, 1], 1)) + self.bias

    def _paths(self, ways: Iterable[Way]) -> dict[Way, tuple[float, int]]:
        """The sum of the weights of the tokens of each path, and how many are known; outer ways come first."""
        around: dict[Way | None, tuple[float, int]] = {None: (0.0, 0)}
        paths: dict[Way, tuple[float, int]] = {}
        for way in ways:
            total, count = around[way.outer]
            told = self.elements.get(way.element) or self._element(way.element)
            paths[way] = (total + told.own, count + told.own_known)
            around[way] = (total + told.around, count + told.around_known)
        return paths

    def _element(self, element: Element) -> Told:
        """What the tokens of an element say."""
        get = self.parts.get
        tag = ":" + element.tag
        told = [(tag, get(tag, _SILENT)), *[(part, get(part, _SILENT)) for part in element.parts]]
        around = [(both[0], token) for token, both in told if both[0]] or [_NOTHING]
        own = [(both[1], token) for token, both in told if both[1]] or [_NOTHING]
        if len(self.elements) > _MOST_ELEMENTS:
            self.elements.clear()
        self.elements[element] = Told(
            sum([weight for weight, _ in around]), len(around), _named("a", min(around)),
            sum([weight for weight, _ in own]), len(own), _named("o", min(own)),
        )  # fmt: skip
        return self.elements[element]

    @cached_property
    def parts(self) -> dict[str, tuple[float, float]]:
        """The weights of a tag (`:div`) or a part of a name around a block, and of its own; 0 where there is none."""
        tokens = dict.fromkeys(token[1:] for token in self.weights if token[1:2] == ":" or token[1:3] == "c:")
        get = self.weights.get
        return {token.removeprefix("c:"): (get("a" + token, 0.0), get("o" + token, 0.0)) for token in tokens}

    def _shapes(self, view: View) -> tuple[Any, Any]:
        """The sum of the weights of each block's shape, and how many are known."""
        get = self.weights.get
        blocks = view.blocks
        kinds = {kind: get(f"k:{kind}", 0.0) for kind in KINDS}
        ends = {text[-1:]: get(f"end:{text[-1:]}", 0.0) for text in {block.text[-1:] for block in blocks}}
        hidden = (0.0, get("hidden", 0.0))
        lengths = np.array([get(f"len:{number}", 0.0) for number in range(10)])
        shares = np.array([get(f"ls:{number}", 0.0) for number in range(5)])
        sums = np.array([(kinds[b.kind], ends[b.text[-1:]], hidden[bool(b.hidden)], b.link_share) for b in blocks])
        classes = np.minimum(np.log2(np.array(view.words) + 1) * 1.5, 9).astype(int)
        links = (sums[:, 3] * 4.99).astype(int)
        weights = np.column_stack([sums[:, :3], lengths[classes], shares[links]])
        return weights.sum(axis=1), (weights != 0).sum(axis=1)

    @cached_property
    def rows(self) -> dict[str, int]:
        """The row of each single word in `table`; 0 is that of words without a weight."""
        words = dict.fromkeys(token[2:] for token in self.weights if token[:2] in _ROLES)
        return {word: row for row, word in enumerate(words, 1)}

    @cached_property
    def table(self) -> Any:
        """The weight of each word in each role, (words + 1, roles); 0 where there is none."""
        table = np.zeros((len(self.rows) + 1, len(_ROLES)))
        for token, weight in self.weights.items():
            if token[:2] in _ROLES:
                table[self.rows[token[2:]], _ROLES.index(token[:2])] = weight
        return table

    def word_scores(self, view: View) -> WordScores:
        """Scores of the words of each block, all at once."""
        sizes = np.array([len(some) for some in view.terms])
        words = list(itertools.chain.from_iterable(view.terms))
        get = self.rows.get
        rows = {word: get(word, 0) if word.isalpha() else get(number_folded(word), 0) for word in set(words)}
        owner, heard = self._heard(sizes, np.array([rows[word] for word in words], dtype=np.int64))
        sums = np.bincount(owner, heard.sum(axis=1), len(sizes))
        counts = np.bincount(owner, (heard != 0).sum(axis=1), len(sizes))
        loudest: list[Loud] = [(0.0, "")] * len(sizes)
        for index, place in _least(heard.min(axis=1, initial=0), sizes):
            loudest[index] = (float(heard[place].min()), words[place])
        for index, weight, phrase in self._phrases(view):
            sums[index] += weight
            counts[index] += 1
            loudest[index] = min(loudest[index], (weight, phrase))
        known = sum(row > 0 for row in rows.values()) / max(1, len(rows))
        return WordScores(sums / np.sqrt(np.maximum(counts, 1)), loudest, known)

    def _heard(self, sizes: Any, rows: Any) -> tuple[Any, Any]:
        """The block of every word of the page, and its weight in each of the roles that it has there."""
        owner = np.repeat(np.arange(len(sizes)), sizes)
        place = np.arange(len(rows)) - (np.cumsum(sizes) - sizes)[owner]
        left = sizes[owner] - 1 - place
        short = (sizes <= SHORT)[owner]
        roles = np.stack(
            [
                short, short & (place == 0), short & (left == 0),
                ~short & (place < FIRST), ~short & (left < LAST), ~short & (place < INSIDE),
            ],
            axis=1,
        )  # fmt: skip
        return owner, self.table[rows] * roles

    def _phrases(self, view: View) -> Iterator[tuple[int, float, str]]:
        """The weights of the pairs and whole texts of short blocks, and of the first two words of long ones."""
        get = self.weights.get
        for index, terms in enumerate(view.terms):
            if len(terms) > SHORT:
                keys = [f"f2:{number_folded(terms[0])} {number_folded(terms[1])}"]
            else:
                words = [term if term.isalpha() else number_folded(term) for term in terms]
                keys = [f"b:{one} {two}" for one, two in itertools.pairwise(words)]
                keys.append("t:" + " ".join(words))
            for key in keys:
                if (weight := get(key)) is not None:
                    yield index, weight, key.partition(":")[2]

    def strongest(self, way: Way) -> list[Loud]:
        """The weights and tokens of the elements of a path that speak loudest against content, the loudest first."""
        elements = self.elements
        found = [elements[way.element].own_loudest]
        outer = way.outer
        while outer is not None:
            found.append(elements[outer.element].around_loudest)
            outer = outer.outer
        return [loud for loud in sorted(set(found))[:_LOUD] if loud[0] < 0]


def _named(side: str, loud: Loud) -> Loud:
    """The loudest tag or part as the token that it is."""
    weight, token = loud
    return (weight, side + (token if token[:1] == ":" else f"c:{token}")) if token else loud


def _least(values: Any, sizes: Any) -> Iterator[tuple[int, int]]:
    """For each block with a value below 0 its number and the place of the least; `values` run over all words."""
    filled = np.flatnonzero(sizes)
    if not len(filled):
        return
    starts = (np.cumsum(sizes) - sizes)[filled]
    least = np.minimum.reduceat(values, starts)
    places = np.flatnonzero((values == np.repeat(least, sizes[filled])) & (values < 0))
    owners = np.searchsorted(starts, places, side="right") - 1
    first = np.unique(owners, return_index=True)[1]
    yield from zip(filled[owners[first]].tolist(), places[first].tolist(), strict=True)
