"""The memory of sites, made from a state: on how many pages of a site each line stands.

Two choices keep it sound:

- Only documents that stayed are counted. A page that is fetched every day would else make its own sentences look
  like the furniture of the site.
- Of each site only its newest `PAGES` documents are counted. Sites change their dress, a share of some pages says as
  much as one of all, and the work does not grow with the years.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.dedup.state.reading import State
from pipeline.judge.repeated import SiteLines, SiteMemory

PAGES = 200
"""Documents of a site that are looked at."""
LEAST_PAGES = 5
"""A line must stand on so many of them ..."""
LEAST_SHARE = 0.2
"""... and on so large a share, to be remembered."""
_SITES_AT_ONCE = 2000  # bounds the memory of counting: sites x pages x lines x 8 bytes


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
