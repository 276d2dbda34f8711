"""Made-up documents for the tests of this room, and the plainest index of kept ones."""

from __future__ import annotations

import random
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from pipeline.dedup.fingerprint import Entry, fingerprint
from pipeline.dedup.prints import Pairs, Prints, index_keys

WORDS = [
    start + middle + end
    for start in "ba do ki lu me no".split()
    for middle in "rat sel vin".split()
    for end in "a e i o um".split()
]


def story(seed: int, words: int = 120) -> list[str]:
    """The words of a story that nobody told."""
    return random.Random(f"story {seed}").choices(WORDS, k=words)


def edited(words: list[str], share: float, seed: int) -> list[str]:
    """Some of the words replaced by ones that are nowhere else."""
    rng = random.Random(f"edit {seed}")
    return [
        f"new{rng.choice('abcdefgh')}{place}x" if rng.random() < share else word for place, word in enumerate(words)
    ]


def printed(*texts: str | list[str], label: str = "", dates: Collection[str] = ()) -> Prints:
    """Prints of texts named a, b, c, ... in order of date."""
    moments = list(dates) or [f"2031-01-{number + 1:02}" for number in range(len(texts))]
    return fingerprint(
        Entry(chr(97 + number), text if isinstance(text, str) else " ".join(text), "made-up", moments[number])
        for number, text in enumerate(texts)
    ).labelled(label)


class Memory:
    """The plainest `Kept`: dicts from keys to rows."""

    def __init__(self, prints: Prints) -> None:
        self._prints = prints
        self._exact: dict[bytes, list[int]] = {}
        self._rows: dict[int, list[int]] = {}
        for row in np.flatnonzero(prints.words).tolist():
            self._exact.setdefault(prints.exact[row].tobytes(), []).append(row)
        for key, row in zip(*(column.tolist() for column in index_keys(prints)), strict=True):
            self._rows.setdefault(key, []).append(row)

    def exact(self, keys: NDArray[np.uint8]) -> Pairs:
        return _pairs([self._exact.get(key.tobytes(), []) for key in keys])

    def candidates(self, keys: NDArray[np.uint64], cap: int) -> Pairs:
        found = [self._rows.get(key, []) for key in keys.tolist()]
        return _pairs([rows if len(rows) <= cap else [] for rows in found])

    def signatures(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        return self._prints.signatures[rows]

    def prints_of(self, rows: NDArray[np.int64]) -> Prints:
        return self._prints.take(rows)


def _pairs(found: list[list[int]]) -> Pairs:
    places = [place for place, rows in enumerate(found) for _ in rows]
    return np.array(places, np.int64), np.array([row for rows in found for row in rows], np.int64)
