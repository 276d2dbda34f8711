"""Whether two documents say the same, and how: a cheap sieve over signatures, then their shingles themselves.

The sieve alone is not enough. The estimate from 128 values of 8 bits errs by about .04, and pages of one template
with different facts lie just below the border: by the estimate alone one in seventy of them was taken for a copy.
So the sieve is generous, and the exact Jaccard similarity of the shingles decides.

A shortened copy is less similar the more was cut. It goes if nearly all of it stands in a text that stays. Never the
other way round: a story that follows its own teaser is no copy, for it says more.

Similarity cannot see one thing: which words differ. Reports written by a form ("The Elbe at Torgau stands at 312
centimetres") differ in nothing but numbers, and each is news. So texts at different addresses whose difference is
numbers stay apart, unless it is so small that it may be a date line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.dedup.prints import HASHES, Kind, Prints

MARGIN = 0.15
"""How far an estimate may lie below the border: three and a half times its error."""
PART = 0.3
"""The least Jaccard of a part and its whole: a short text is no copy of a list of all that a site wrote."""
DATE_LINE = 8
"""Shingles with digits that a changed date line touches in a text: more are other facts."""
NUMBERS = 0.7
"""A difference is one of numbers if this share of the differing shingles holds a digit."""
TABLE = 0.35
"""Where this share of the common shingles holds a digit, the text is a table, and numbers say nothing."""

Sizes = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sameness:
    """What counts as the same, and which copy stays. Every field changes results and belongs to a run's digest.

    `similarity` is the least Jaccard of word 3-grams of a near copy, `contained` the least share of a text's
    3-grams that lie in a kept one of up to three times its size. Texts of fewer than `short_words` words are
    compared exactly only. `keep` says which copy stays: the `first`, the `longest`, or that of the first source in
    `sources` (others come last). At most `bucket` kept documents are compared under one key.
    """

    similarity: float = 0.5
    contained: float = 0.8
    short_words: int = 20
    keep: Literal["first", "longest", "source"] = "first"
    sources: tuple[str, ...] = ()
    bucket: int = 1000

    def border(self, size: Sizes, other: Sizes) -> Sizes:
        """The least Jaccard at which a text of `size` shingles may be a copy of one of `other`."""
        share = self.contained * size
        return np.clip(share / (size + other - share), min(PART, self.similarity), self.similarity)

    @property
    def least(self) -> float:
        """The lowest border there is, where sizes are not known."""
        return min(PART, self.similarity)


def estimate(one: NDArray[np.uint8], others: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The estimated Jaccard float64[k] of a signature with others uint8[k, 128], or of k with k, row by row.

    Two different values agree in their low byte once in 256; that chance is subtracted.
    """
    equal = (one == others).sum(axis=-1) / HASHES
    return np.asarray((equal - 1 / 256) / (1 - 1 / 256))


def compare(left: Prints, i: int, right: Prints, j: int, rules: Sameness) -> tuple[Kind, float] | None:
    """How document i of `left` repeats document j of `right`, a kept one, and their similarity; None if it does not."""
    if left.exact[i].tobytes() == right.exact[j].tobytes():
        return "exact", 1.0
    if min(left.words[i], right.words[j]) < rules.short_words:
        return None
    mine = left.shingles[left.offsets[i] : left.offsets[i + 1]]
    other = right.shingles[right.offsets[j] : right.offsets[j + 1]]
    both = np.concatenate((mine, other))
    both.sort()
    shared = both[1:][both[1:] == both[:-1]]
    similarity = len(shared) / (len(both) - len(shared))
    contained = similarity < rules.similarity
    if contained and (similarity < PART or len(shared) < rules.contained * len(mine)):
        return None
    if left.urls[i] == right.urls[j] != 0:
        return "update", similarity
    if _facts_differ(mine, other, shared):
        return None
    return ("contained" if contained else "near"), similarity


def _facts_differ(mine: NDArray[np.uint32], other: NDArray[np.uint32], shared: NDArray[np.uint32]) -> bool:
    """Whether what differs between two texts is numbers, and more of them than a date line has."""
    if min(len(mine), len(other)) - len(shared) <= DATE_LINE:
        return False
    in_mine, in_other, in_shared = (int(np.count_nonzero(grams & 1)) for grams in (mine, other, shared))
    if min(in_mine, in_other) - in_shared <= DATE_LINE or in_shared > TABLE * len(shared):
        return False
    differing = len(mine) + len(other) - 2 * len(shared)
    return in_mine + in_other - 2 * in_shared >= NUMBERS * differing
