"""Who meets whom: documents that share a key. A pair that shares none is never compared.

Keys are the 32 bands of a document, and its address. Most keys belong to one document alone and are dropped in one
sort; the few that are shared become numbered buckets, and a kept document is put into all of its own. So a document
meets every KEPT one that it shares a bucket with, not its neighbour in some order: if B goes as a copy of A, then C,
which stands beside B, must still meet A.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.dedup.prints import Kept, Prints, index_keys
from pipeline.dedup.similar import MARGIN, Sameness, estimate

MOST = 64
"""Candidates of one document that are compared exactly, of those that pass the sieve."""
PAIRS = 20_000
"""Pairs that are looked at together: their prints take some 50 MB."""


class Buckets:
    """The kept documents under each shared key, filled while documents are visited in canonical order.

    `crowded` counts the buckets that are full: they take no further document, and stay in use as they are.
    """

    def __init__(self, prints: Prints, rows: NDArray[np.int64], limit: int) -> None:
        keys, owners = index_keys(prints, rows)
        _, numbers, sizes = np.unique(keys, return_inverse=True, return_counts=True)
        shared = sizes[numbers] > 1
        renumbered = np.cumsum(sizes > 1) - 1
        owners = owners[shared]
        order = owners.argsort(kind="stable")
        self._numbers: list[int] = renumbered[numbers[shared]][order].tolist()
        self._ends: list[int] = owners[order].searchsorted(np.arange(len(prints) + 1)).tolist()
        self._members: list[list[int]] = [[] for _ in range(int((sizes > 1).sum()))]
        self._limit = limit

    @property
    def crowded(self) -> int:
        """How many buckets are full."""
        return sum(len(members) >= self._limit for members in self._members)

    def met(self, row: int) -> list[int]:
        """The kept documents that share a bucket with `row`, each once, in rising order."""
        found: set[int] = set()
        for number in self._of(row):
            found.update(self._members[number])
        return sorted(found)

    def keep(self, row: int) -> None:
        """Put the document `row` into its buckets."""
        for number in self._of(row):
            members = self._members[number]
            if len(members) < self._limit:
                members.append(row)

    def _of(self, row: int) -> list[int]:
        """The buckets of `row`."""
        return self._numbers[self._ends[row] : self._ends[row + 1]]


def sieve(prints: Prints, row: int, others: list[int], rules: Sameness) -> list[int]:
    """Those of the other rows whose signature does not rule them out as copies of `row`."""
    if not others:
        return others
    rows = np.array(others)
    size, sizes = (prints.offsets[each + 1] - prints.offsets[each] for each in (row, rows))
    estimates = estimate(prints.signatures[row], prints.signatures[rows])
    found: list[int] = rows[_likely(estimates, rules.border(size, sizes) - MARGIN)].tolist()
    return found


def earlier(
    prints: Prints, rows: NDArray[np.int64], kept: Kept, rules: Sameness
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Pairs (row of `prints`, row of `kept`) that share a key and pass the sieve; all pairs of a row come together."""
    keys, owners = index_keys(prints, rows)
    positions, found = kept.candidates(keys, rules.bucket)
    mine, theirs = np.unique(np.stack((owners[positions], found)), axis=1)
    start = 0
    while start < len(mine):
        end = int(mine.searchsorted(mine[start:][:PAIRS][-1], "right"))
        some, others = mine[start:end], theirs[start:end]
        estimates = estimate(prints.signatures[some], kept.signatures(others))
        borders = np.flatnonzero(np.diff(some)) + 1
        passes = np.concatenate([_likely(part, rules.least - MARGIN) for part in np.split(estimates, borders)])
        yield some[passes], others[passes]
        start = end


def _likely(estimates: NDArray[np.float64], least: float | NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which candidates of one document to compare: those from the border up, and of very many the most similar.

    On a site of thousands of pages from one template each page lies near the border of each other one. Its best
    `MOST` estimates decide then; those that tie with the last are in, so that no order of candidates matters.
    """
    passes = np.asarray(estimates >= least)
    if np.count_nonzero(passes) > MOST:
        last = np.partition(np.where(passes, estimates, -1), -MOST)[-MOST]
        passes &= estimates >= last
    return passes
