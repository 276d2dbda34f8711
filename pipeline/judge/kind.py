"""What kind of page it is: an article, a thread of a forum, a product… A soft signal, told by a few numbers.

Observation: an article has most of its likely text in paragraphs of one box, many of them and long; shops, lists and
forums spread theirs, each in its way. And most pages give themselves away by their address or their head, if anyone
kept those. No number alone tells (a long product description has paragraphs too), so a logistic regression for each
kind weighs them. It reads what the first stage of the model thinks, so that training needs no further round.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.judge.columns import KINDS, total
from pipeline.judge.compiled import counted
from pipeline.judge.view import View
from pipeline.segment.head.signs import ADDRESS, SIGNS

KINDS_OF_PAGE = ("article", "forum", "product", "listing", "collection", "documentation", "service")
"""The kinds of pages that are told apart, in the order of all arrays over them."""
_OF_BLOCKS = 20 + len(KINDS)
NUMBERS = _OF_BLOCKS + SIGNS


@dataclass(frozen=True)
class PageKind:
    """A logistic regression for each kind over the numbers of a page.

    `mean` and `scale` are (NUMBERS,), `weights` (NUMBERS, kinds), `bias` (kinds,).
    """

    mean: Any
    scale: Any
    weights: Any
    bias: Any

    def read(self, numbers: Any) -> Any:
        """How surely a page with these numbers is of each kind, (kinds,); they sum to 1."""
        logits = np.clip((numbers - self.mean) / self.scale, -5, 5) @ self.weights + self.bias
        likely = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
        return likely / likely.sum()


def numbers_of(likely: Any, view: View) -> Any:
    """The numbers of a page of n blocks, (NUMBERS,), from how likely each is content, (n,)."""
    of_blocks = _numbers_of_blocks(likely, view)
    return np.concatenate([of_blocks, view.signs or (0.0,) * SIGNS])


def _numbers_of_blocks(likely: Any, view: View) -> Any:
    """Those of them that are counted over the blocks, (_OF_BLOCKS,)."""
    columns = view.columns
    if view.compiled:
        return np.frombuffer(counted.kind_numbers(np.asarray(likely, np.float64), columns, view.ways, len(KINDS)))
    shown, words = columns.shown, columns.words
    text = words * (1 - columns.links) * shown
    prose = columns.prose & shown
    chosen = likely >= 0.5
    mass = likely * text
    told, whole, every = max(total(mass), 1.0), max(total(text), 1.0), max(total(words), 1.0)
    boxes = np.sort(np.append(np.bincount(columns.boxes, mass * prose), [0.0, 0.0]))[::-1]
    kept = max(total(text * chosen), 1.0)
    paragraphs = int((prose & chosen).sum())
    in_prose = total(mass * prose)
    return [
        boxes[0] / told,
        (boxes[0] + boxes[1] + boxes[2]) / told,
        in_prose / told,
        np.log1p(in_prose),
        np.log1p(told),
        np.log1p(paragraphs),
        told / whole,
        total(words * chosen) / every,
        total(text * chosen * prose) / max(paragraphs, 1) / 40,
        total(text * chosen * prose) / kept,
        total(words * chosen * prose) / max(total(words * chosen), 1.0),
        whole / every,
        np.log1p(len(words)),
        total(likely) / len(words),
        (likely > 0.9).mean(),
        total(likely * (1 - likely) * words) / every,
        (columns.links > 0.5).mean(),
        columns.prose.mean(),
        total(likely * words) / every,
        shown.mean(),
        *(np.bincount(columns.kinds, minlength=len(KINDS)) / len(words)),
    ]


def without_signs(numbers: Any) -> Any:
    """The numbers of pages, (pages, NUMBERS), as they are where nobody kept the address, and without any sign."""
    no_address, nothing = numbers.copy(), numbers.copy()
    no_address[:, _OF_BLOCKS : _OF_BLOCKS + ADDRESS] = 0
    nothing[:, _OF_BLOCKS:] = 0
    return np.concatenate([no_address, nothing])
