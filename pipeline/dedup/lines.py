"""The lines of documents: hashes of all of them, kept and removed ones, by the site that they stand on.

A state keeps them beside the fingerprints; state/memory.py makes of them what the judge is told of a site.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.dedup.state.sorted_keys import ragged
from pipeline.document import Document
from pipeline.judge.repeated import hash_lines, site_of

_MOST_LINES = 5000  # of a document: a table of a million rows says nothing of its site


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The lines of n documents.

    `sites` are the names of their sites; "" counts for nothing. Document i has the 64-bit hashes
    `hashes[offsets[i]:offsets[i + 1]]`, sorted and each once; `offsets` is int64[n + 1], `hashes` uint64.
    """

    sites: tuple[str, ...]
    offsets: NDArray[np.int64]
    hashes: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.sites)

    def take(self, rows: NDArray[np.int64]) -> Lines:
        """The named rows int64[k], in that order."""
        sizes = np.diff(self.offsets)[rows]
        offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
        return Lines(
            tuple(self.sites[row] for row in rows.tolist()), offsets, self.hashes[ragged(self.offsets[rows], sizes)]
        )


def lines_of(document: Document) -> tuple[str, list[int]]:
    """The site of a document and the hashes of its lines, kept or removed: no verdict changes what is counted."""
    site = site_of(document.page.url)
    return site, hash_lines([block.text for block in document.blocks[:_MOST_LINES]]) if site else []


def join_lines(sites: Sequence[str], hashes: Sequence[Sequence[int] | NDArray[np.uint64]]) -> Lines:
    """`Lines` of documents from the site and the line hashes (`hash_lines`) of each; 0 is no line."""
    sets = [np.unique(np.array(some, np.uint64)) for some in hashes]
    sets = [some[some > 0] for some in sets]
    offsets = np.cumsum([0, *map(len, sets)]).astype(np.int64)
    return Lines(tuple(sites), offsets, np.concatenate([np.zeros(0, np.uint64), *sets]))


def no_lines(count: int) -> Lines:
    """`Lines` of documents of which only the text is known."""
    return Lines(("",) * count, np.zeros(count + 1, np.int64), np.zeros(0, np.uint64))
