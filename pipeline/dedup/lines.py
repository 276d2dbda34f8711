"""Lines that come back on the pages of a site: what a state remembers of them, and the memory made from it.

The state keeps the hashes of all lines of every document, kept and removed ones. From them, the memory counts on how
many pages of a site each line stands. Two choices keep that sound:

- Only documents that stayed are counted. A page that is fetched every day would else make its own sentences look
  like the furniture of the site.
- Of each site only its newest `PAGES` documents are counted. Sites change their dress, a share of some pages says as
  much as one of all, and the work does not grow with the years.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.dedup.state.sorted_keys import ragged
from pipeline.document import Document
from pipeline.judge.repeated import SiteLines, SiteMemory, hash_lines, site_of

if TYPE_CHECKING:
    from pipeline.dedup.state.reading import State

PAGES = 200
"""Documents of a site that are looked at."""
LEAST_PAGES = 5
"""A line must stand on so many of them ..."""
LEAST_SHARE = 0.2
"""... and on so large a share, to be remembered."""
_SITES_AT_ONCE = 2000  # bounds the memory of counting: sites x pages x lines x 8 bytes
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


def lines_of(documents: Sequence[Document]) -> Lines:
    """The lines of documents, kept and removed ones alike, so that no verdict changes what is counted."""
    hashes = [hash_lines([block.text for block in document.blocks[:_MOST_LINES]]) for document in documents]
    return join_lines([site_of(document.page.url) for document in documents], hashes)


def join_lines(sites: Sequence[str], hashes: Sequence[Sequence[int]]) -> Lines:
    """`Lines` of documents from the site and the line hashes (`hash_lines`) of each; 0 is no line."""
    sets = [np.unique(np.array(some, np.uint64)) for some in hashes]
    sets = [some[some > 0] for some in sets]
    offsets = np.cumsum([0, *map(len, sets)]).astype(np.int64)
    return Lines(tuple(sites), offsets, np.concatenate([np.zeros(0, np.uint64), *sets]))


def no_lines(count: int) -> Lines:
    """`Lines` of documents of which only the text is known."""
    return Lines(("",) * count, np.zeros(count + 1, np.int64), np.zeros(0, np.uint64))


def load_memory(
    state: State, before: str | None = None, *, min_docs: int = LEAST_PAGES, min_share: float = LEAST_SHARE
) -> SiteMemory:
    """What the documents that stayed under labels before `before` (None: all) say of their sites."""
    sites = {
        site: SiteLines(pages, counts) for site, pages, counts in _counted(state, before, min_docs, min_share) if counts
    }
    return SiteMemory(sites)


def _counted(
    state: State, before: str | None, min_docs: int, min_share: float
) -> Iterator[tuple[str, int, dict[int, int]]]:
    """Each site with its pages and the lines that came back, some sites at a time."""
    names, rows, sites = _newest(state, before)
    many = np.flatnonzero(np.bincount(sites, minlength=len(names)) >= min_docs)
    for some in np.split(many, range(_SITES_AT_ONCE, len(many), _SITES_AT_ONCE)):
        chosen = np.isin(sites, some)
        lines = state.lines_of(rows[chosen])
        owners = np.repeat(sites[chosen], np.diff(lines.offsets))
        order = np.lexsort((lines.hashes, owners))
        hashes, owners = lines.hashes[order], owners[order]
        first = np.flatnonzero(np.concatenate(([True], (np.diff(hashes) != 0) | (np.diff(owners) != 0)))[: len(order)])
        counts = np.diff(np.append(first, len(order)))
        pages = np.bincount(sites[chosen], minlength=len(names))
        often = (counts >= min_docs) & (counts >= min_share * pages[owners[first]])
        first, counts = first[often], counts[often]
        for site in some.tolist():
            start, stop = np.searchsorted(owners[first], [site, site + 1])
            found = zip(hashes[first[start:stop]].tolist(), counts[start:stop].tolist(), strict=True)
            yield names[site], int(pages[site]), dict(found)


def _newest(state: State, before: str | None) -> tuple[list[str], NDArray[np.int64], NDArray[np.int64]]:
    """Names of sites, and for the newest documents of each the row and the number of its site."""
    numbers: dict[str, int] = {}
    rows: list[NDArray[np.int64]] = []
    sites: list[NDArray[np.int64]] = []
    for some in state.rows_newest_first(before):
        names = state.sites_of(some)
        rows.append(some)
        sites.append(np.array([numbers.setdefault(name, len(numbers)) for name in names], np.int64))
    if not rows:
        return [], np.zeros(0, np.int64), np.zeros(0, np.int64)
    row, site = np.concatenate(rows), np.concatenate(sites)
    order = np.argsort(site, kind="stable")  # by site, the newest first
    starts = np.searchsorted(site[order], site[order])
    order = order[(np.arange(len(order)) - starts < PAGES) & (site[order] != numbers.get("", -1))]
    return list(numbers), row[order], site[order]
