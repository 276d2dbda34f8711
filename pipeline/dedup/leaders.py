"""Which copy stays: documents are visited in one canonical order, and go only if they match one that stayed.

That is the leader rule. Chains do not form: if A is like B and B like C, but C is not like A, then A and C stay and
B goes as a copy of the more similar one. So every cluster keeps its leader, `leader` always names a document that
was kept and that really matches, and later runs can go on from there, because a kept document is never withdrawn.

The order is total and made of the documents alone. So the result does not depend on the order in which they come,
on the number of workers, or on how they were grouped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.dedup.candidates import Buckets, earlier, sieve
from pipeline.dedup.prints import Kept, Kind, Match, Prints
from pipeline.dedup.similar import Sameness, compare


@dataclass(frozen=True, slots=True)
class Resolved:
    """What became of a batch: a match for every document that goes, in canonical order; the others stay.

    `crowded` counts the keys that so many kept documents share that no more were compared under them.
    """

    matches: tuple[Match, ...]
    crowded: int = 0


def dup_counts(matches: Iterable[Match]) -> Counter[tuple[str, str]]:
    """How many copies each leader (its label, its id) has."""
    return Counter((match.leader_label, match.leader) for match in matches)


def canonical_order(prints: Prints, rules: Sameness) -> NDArray[np.int64]:
    """The rows int64[n], best first: earlier label, then as `rules.keep` says, and at last the id.

    `first`: earliest date, longest, source; `longest`: longest, earliest, source; `source`: source, earliest, longest.
    """
    place = {source: number for number, source in enumerate(rules.sources)}
    date, size = prints.dates.tolist(), (-prints.words.astype(np.int64)).tolist()
    source = [place.get(name, len(place)) for name in prints.sources]
    columns = {"first": (date, size, source), "longest": (size, date, source), "source": (source, date, size)}
    keys = list(zip(prints.labels, *columns[rules.keep], prints.ids, strict=True))
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), np.int64)


def resolve(new: Prints, rules: Sameness, kept: Kept | None = None) -> Resolved:
    """Which of the new documents repeat a kept one, of before or of their own.

    Every id under a label is there once. `kept` holds documents of earlier labels only.
    """
    order = canonical_order(new, rules)
    order = order[new.words[order] > 0]
    first_of = _first_with_same_words(new, order)
    firsts = np.array([row for row in order.tolist() if first_of[row] == row], np.int64)
    found: dict[int, Match] = _repeats_of(new, firsts, kept, rules) if kept is not None else {}
    left = np.array([row for row in firsts.tolist() if row not in found], np.int64)
    left = left[new.words[left] >= rules.short_words]
    crowded = _among(new, left, rules, found)
    for row in order.tolist():
        if row not in found and first_of[row] != row:
            found[row] = _as_first(new, row, first_of[row], found)
    return Resolved(tuple(found[row] for row in order.tolist() if row in found), crowded)


def _first_with_same_words(new: Prints, order: NDArray[np.int64]) -> dict[int, int]:
    """For each row the first in order with the same words: one page a hundred thousand times is one from here on."""
    first: dict[bytes, int] = {}
    return {row: first.setdefault(new.exact[row].tobytes(), row) for row in order.tolist()}


def _as_first(new: Prints, row: int, first: int, found: dict[int, Match]) -> Match:
    """The match of a row whose words are those of `first`: that row itself if it stays, else what it matches."""
    match = found.get(first)
    if match is None:
        return _match(new, row, new, first, "exact", 1.0)
    return Match(new.ids[row], match.leader, match.kind, match.similarity, match.leader_label)


def _match(new: Prints, row: int, other: Prints, leader: int, kind: Kind, similarity: float) -> Match:
    return Match(new.ids[row], other.ids[leader], kind, similarity, other.labels[leader])


def _among(new: Prints, rows: NDArray[np.int64], rules: Sameness, found: dict[int, Match]) -> int:
    """Add to `found` the rows (in canonical order) that match an earlier one that stays; the number of full buckets."""
    buckets = Buckets(new, rows, rules.bucket)
    for row in rows.tolist():
        likely = sieve(new, row, buckets.met(row), rules)
        matches = [
            _match(new, row, new, other, *same) for other in likely if (same := compare(new, row, new, other, rules))
        ]
        if matches:
            found[row] = min(matches, key=_rank)
        else:
            buckets.keep(row)
    return buckets.crowded


def _rank(match: Match) -> tuple[str, float, str]:
    """Which of several leaders is named: of the earliest label, and there the most similar."""
    return match.leader_label, -match.similarity, match.leader


def _repeats_of(new: Prints, rows: NDArray[np.int64], kept: Kept, rules: Sameness) -> dict[int, Match]:
    """Matches of the rows with documents kept before: the same words, else the most similar, else none."""
    positions, theirs = kept.exact(new.exact[rows])
    found = dict(_matches(new, rows[positions], theirs, kept, rules))
    left = np.array([row for row in rows.tolist() if row not in found], np.int64)
    left = left[new.words[left] >= rules.short_words]
    for mine, others in earlier(new, left, kept, rules):
        for row, match in _matches(new, mine, others, kept, rules):
            found[row] = min(found.get(row, match), match, key=_rank)
    return found


def _matches(
    new: Prints, mine: NDArray[np.int64], theirs: NDArray[np.int64], kept: Kept, rules: Sameness
) -> list[tuple[int, Match]]:
    """The pairs that match."""
    rows, numbers = np.unique(theirs, return_inverse=True)
    prints = kept.prints_of(rows)
    matches: list[tuple[int, Match]] = []
    for row, number in zip(mine.tolist(), numbers.tolist(), strict=True):
        same = compare(new, row, prints, number, rules)
        if same:
            matches.append((row, _match(new, row, prints, number, *same)))
    return matches
