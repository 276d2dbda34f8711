"""The first stage of the learned model: a linear model over tokens, asked of a whole page at once.

It reads the words of each block and the names of the elements around it (`tokens` says which tokens these make). What a
token weighs is data; here they are looked up without being spelt out: words by row and role in one table, elements once
for each that a page has, paths from the outside in.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from pipeline.judge.columns import KINDS
from pipeline.judge.compiled import look_up
from pipeline.judge.tokens import FIRST, INSIDE, LAST, SHORT, length_class, number_folded
from pipeline.judge.view import View

_ROLES = ("w:", "f:", "l:", "F:", "L:", "W:")  # of a single word in a block
_NOTHING = (0.0, "")
_NUMBERS = [0, 1, 3, 4]  # of what is told
_MOST_LENGTHS = 64  # words; all longer blocks are as long
_LOUD = 3  # elements of a path that are named
_MOST_ELEMENTS = _MOST_WORDS = 50_000  # that are remembered

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


class Rows(dict[str, int]):
    """Numbers of words from 1 on, first those that have a weight `alone`; 0 for all others. Digits are folded.

    It remembers what it was asked for, up to a bound.
    """

    def __init__(self, alone: Iterable[str], others: Iterable[str]) -> None:
        self.known = {word: number for number, word in enumerate(dict.fromkeys(alone), 1)}
        self.alone = len(self.known)
        for word in others:
            self.known.setdefault(word, len(self.known) + 1)

    def __missing__(self, word: str) -> int:
        if len(self) > _MOST_WORDS:
            self.clear()
        return self.setdefault(word, self.known.get(number_folded(word), 0))


class _Page:
    """The words of a page of blocks that have so many each: row, block, and place from both ends, (words,) each."""

    def __init__(self, sizes: Any, rows: Any) -> None:
        self.rows = rows
        self.owner = np.repeat(np.arange(len(sizes)), sizes)
        self.place = np.arange(len(rows)) - (np.cumsum(sizes) - sizes)[self.owner]
        self.left = sizes[self.owner] - 1 - self.place
        self.short = (sizes <= SHORT)[self.owner]


@dataclass(frozen=True)
class TokenModel:
    """A linear model over tokens: log odds of content. Tokens of paths and of words are normalised apart.

    The score of a side is the sum of the weights of its tokens, over the root of how many are known.
    """

    weights: dict[str, float]
    bias: float
    elements: dict[str, Told] = field(default_factory=dict, repr=False)

    def path_scores(self, view: View) -> Any:
        """Scores of the elements around each block, of its shape, and the bias."""
        ways, known = view.ways, view.columns
        if view.texts is not None:
            shapes = (known.kinds.tobytes(), known.shown.tobytes(), known.links.tobytes())
            columns = (ways.of_blocks.tobytes(), ways.outer.tobytes(), ways.spelt.tobytes())
            return (
                np.frombuffer(look_up.score_paths(self._compiled, view.texts, shapes, *columns, ways.spellings))
                + self.bias
            )
        sums, counts = self._shapes(view)
        told = np.array(self._told(ways.spellings), dtype=object)[:, _NUMBERS].astype(np.float64)[ways.spelt].T
        around, around_known = (_gathered(ways.outers, steps) for steps in told[:2].tolist())
        paths, counted = around + told[2], around_known + told[3]
        return (sums + paths[ways.of_blocks]) / np.sqrt(np.maximum(counts + counted[ways.of_blocks], 1)) + self.bias

    def _told(self, spellings: Iterable[str]) -> list[Told]:
        """What each element says."""
        if len(self.elements) > _MOST_ELEMENTS:
            self.elements.clear()
        return [self.elements.get(spelt) or self._element(spelt) for spelt in spellings]

    def _element(self, spelt: str) -> Told:
        """What the tokens of an element say, given its tag and parts."""
        parts = self.parts
        tokens = [token for token in (":" + spelt).split(" ") if token in parts]
        around = [(weight, token) for token in tokens if (weight := parts[token][0])] or [_NOTHING]
        own = [(weight, token) for token in tokens if (weight := parts[token][1])] or [_NOTHING]
        told = self.elements[spelt] = Told(
            _sum(around), len(around), _named("a", min(around)), _sum(own), len(own), _named("o", min(own))
        )
        return told

    @cached_property
    def parts(self) -> dict[str, tuple[float, float]]:
        """The weights of a tag (`:div`) or a part of a name around a block, and of its own; 0 where there is none."""
        tokens = dict.fromkeys(token[1:] for token in self.weights if token[1:2] == ":" or token[1:3] == "c:")
        get = self.weights.get
        return {token.removeprefix("c:"): (get("a" + token, 0.0), get("o" + token, 0.0)) for token in tokens}

    def _shapes(self, view: View) -> tuple[Any, Any]:
        """The sum of the weights of each block's shape, and how many are known."""
        known = view.columns
        kinds, ends, hidden, lengths, shares = self.shapes
        weights = np.stack(
            [
                kinds[known.kinds],
                np.array([ends.get(block.text[-1:], 0.0) for block in view.blocks]),
                hidden[known.shown.astype(int)],
                lengths[np.minimum(known.words, len(lengths) - 1).astype(int)],
                shares[(known.links * 4.99).astype(int)],
            ]
        )
        return weights.sum(axis=0), (weights != 0).sum(axis=0)

    @cached_property
    def shapes(self) -> tuple[Any, dict[str, float], Any, Any, Any]:
        """The weights of kinds, last characters, being hidden (first) or shown, words, and shares of links."""
        get = self.weights.get
        classes = [length_class(words) for words in range(_MOST_LENGTHS)]
        return (
            np.array([get(f"k:{kind}", 0.0) for kind in KINDS]),
            {token[4:]: weight for token, weight in self.weights.items() if token[:4] == "end:"},
            np.array([get("hidden", 0.0), 0.0]),
            np.array([get(f"len:{number}", 0.0) for number in classes]),
            np.array([get(f"ls:{number}", 0.0) for number in range(5)]),
        )

    @cached_property
    def rows(self) -> Rows:
        """The row of each word in `table`, 0 for words without a weight; those that only phrases hold come last."""
        alone = [token[2:] for token in self.weights if token[:2] in _ROLES]
        paired = [word for token in self.weights if token[:2] == "b:" or token[:3] == "f2:" for word in _pair(token)]
        return Rows(dict.fromkeys(alone), paired)

    @cached_property
    def table(self) -> Any:
        """The weight of each word in each role, (words + 1, roles); 0 where there is none."""
        table = np.zeros((len(self.rows.known) + 1, len(_ROLES)))
        for token, weight in self.weights.items():
            if token[:2] in _ROLES:
                table[self.rows[token[2:]], _ROLES.index(token[:2])] = weight
        return table

    @cached_property
    def pairs(self) -> tuple[Any, list[Loud]]:
        """The keys of the pairs that have a weight, sorted, and the weight and words of each.

        A key is made of two rows, and differs for pairs of short texts and those that begin long ones.
        """
        found = []
        for token, weight in self.weights.items():
            if token[:2] == "b:" or token[:3] == "f2:":
                one, two = (self.rows[word] for word in _pair(token))
                found.append(
                    (
                        ((token[0] == "f") * len(self.table) + one) * len(self.table) + two,
                        (weight, token.partition(":")[2]),
                    )
                )
        found.sort()
        return np.array([key for key, _ in found], dtype=np.int64), [told for _, told in found]

    @cached_property
    def wholes(self) -> dict[str, float]:
        """The weights of whole texts."""
        return {token[2:]: weight for token, weight in self.weights.items() if token[:2] == "t:"}

    def word_scores(self, view: View) -> WordScores:
        """Scores of the words of each block, all at once."""
        if view.texts is None:
            return self._word_scores_in_python(view)
        sums, counts, loudest, known, different = look_up.score(self._compiled, view.texts)
        roots = np.sqrt(np.maximum(np.frombuffer(counts), 1))
        return WordScores(np.frombuffer(sums) / roots, loudest, known / max(1, different))

    @cached_property
    def _compiled(self) -> look_up.Weights:
        """The weights of words for compiled look-ups."""
        rows, (keys, told) = self.rows, self.pairs
        table = self.table.tobytes()
        parts = [(token, around, own) for token, (around, own) in self.parts.items()]
        wholes = tuple(self.wholes.items())
        kinds, ends, *others = self.shapes
        shapes = (kinds.tobytes(), tuple(ends.items()), *(weights.tobytes() for weights in others))
        return look_up.make_weights(rows.known, table, rows.alone, keys.tolist(), told, wholes, parts, shapes)

    def _word_scores_in_python(self, view: View) -> WordScores:
        """The same as `word_scores`, in Python alone."""
        sizes = np.array([len(some) for some in view.terms])
        words = list(itertools.chain.from_iterable(view.terms))
        find = self.rows.__getitem__
        page = _Page(sizes, np.array(list(map(find, words)), dtype=np.int64))
        heard = self._heard(page)
        sums = np.bincount(page.owner, heard[0] + heard[1] + heard[2], len(sizes))
        counts = np.bincount(page.owner, (heard != 0).sum(axis=0), len(sizes))
        loudest: list[Loud] = [(0.0, "")] * len(sizes)
        for index, place, weight in _least(heard.min(axis=0), sizes):
            loudest[index] = (weight, words[place])
        for index, (weight, phrase) in itertools.chain(self._pairs(page), self._wholes(view)):
            sums[index] += weight
            counts[index] += 1
            loudest[index] = min(loudest[index], (weight, phrase))
        different = np.array(list(map(find, set(words))), dtype=np.int64)
        known = np.count_nonzero((different > 0) & (different <= self.rows.alone)) / max(1, len(different))
        return WordScores(sums / np.sqrt(np.maximum(counts, 1)), loudest, known)

    def _heard(self, page: _Page) -> Any:
        """The weights of every word of the page in the three roles that it may have, (3, words); 0 where it has not."""
        short, place, left = page.short, page.place, page.left
        table, at = self.table.ravel(), page.rows * len(_ROLES) + np.where(short, 0, 3)
        return np.stack(
            [
                table[at] * (place < FIRST),
                table[at + 1] * np.where(short, place == 0, left < LAST),
                table[at + 2] * np.where(short, left == 0, place < INSIDE),
            ]
        )

    def _pairs(self, page: _Page) -> Iterator[tuple[int, Loud]]:
        """The weights of the pairs of words of short blocks, and of the first two words of long ones."""
        keys, told = self.pairs
        first = np.flatnonzero((page.left > 0) & (page.short | (page.place == 0)))
        if len(keys) and len(first):
            rows, size = page.rows, len(self.table)
            wanted = (np.where(page.short[first], 0, size) + rows[first]) * size + rows[first + 1]
            places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
            found = np.flatnonzero(keys[places] == wanted)
            for index, place in zip(page.owner[first[found]].tolist(), places[found].tolist(), strict=True):
                yield index, told[place]

    def _wholes(self, view: View) -> Iterator[tuple[int, Loud]]:
        """The weights of short blocks as a whole."""
        short = [(index, " ".join(some)) for index, some in enumerate(view.terms) if len(some) <= SHORT]
        folded = number_folded("\n".join([text for _, text in short])).split("\n")
        for (index, _), text in zip(short, folded, strict=False):
            if text in self.wholes:
                yield index, (self.wholes[text], text)

    def strongest(self, view: View, places: Sequence[int]) -> list[list[Loud]]:
        """For each of some ways the weights and tokens of its elements that speak loudest against content, sorted."""
        ways = view.ways
        if view.compiled:
            columns = (ways.outer.tobytes(), ways.spelt.tobytes())
            return look_up.strongest(self._compiled, *columns, ways.spellings, places, _LOUD)
        told = self._told(ways.spellings)
        around = [told[place] for place in ways.spelt.tolist()]
        return [self._strongest(ways.outers, around, place) for place in places]

    def _strongest(self, outers: list[int], told: list[Told], place: int) -> list[Loud]:
        """The loudest of one way."""
        found = {told[place].own_loudest}
        while (place := outers[place]) >= 0:
            found.add(told[place].around_loudest)
        return [loud for loud in sorted(found)[:_LOUD] if loud[0] < 0]


def _gathered(outers: list[int], steps: list[float]) -> Any:
    """For each way the sum of the steps of all ways around it, from the outside in."""
    sums = [0.0]  # around the outermost
    for outer, step in zip(outers, steps, strict=True):
        sums.append(sums[outer + 1] + step)
    totals = np.array(sums)
    return totals[np.array(outers, dtype=np.int64) + 1]


def _sum(louds: list[Loud]) -> float:
    """The sum of weights, one after the other: `sum` of later versions of Python rounds in another way."""
    total = 0.0
    for weight, _ in louds:
        total += weight
    return total


def _named(side: str, loud: Loud) -> Loud:
    """The loudest tag or part as the token that it is."""
    weight, token = loud
    return (weight, side + (token if token[:1] == ":" else f"c:{token}")) if token else loud


def _pair(token: str) -> list[str]:
    """The two words of a pair."""
    return token.partition(":")[2].split(" ")


def _least(values: Any, sizes: Any) -> Iterator[tuple[int, int, float]]:
    """For each block with a value below 0 its number, and place and value of the least; `values` are of all words."""
    filled = np.flatnonzero(sizes)
    if not len(filled):
        return
    starts = (np.cumsum(sizes) - sizes)[filled]
    least = np.minimum.reduceat(values, starts)
    places = np.flatnonzero((values == np.repeat(least, sizes[filled])) & (values < 0))
    owners = np.searchsorted(starts, places, side="right") - 1
    first = np.unique(owners, return_index=True)[1]
    found = places[first]
    yield from zip(filled[owners[first]].tolist(), found.tolist(), values[found].tolist(), strict=True)
