"""What kind of page it is, as far as it matters here: how surely an article, told by a few numbers of the page.

Observation: an article has most of its likely text in paragraphs of one box, many of them and long; shops, lists and
forums spread theirs. No number alone tells (a long product description has paragraphs too), so a logistic regression
weighs them. It reads what the first stage of the model thinks, so that training needs no further round.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.judge.view import View

NUMBERS = 13


@dataclass(frozen=True)
class PageKind:
    """A logistic regression over the numbers of a page: `mean`, `scale` and `weights` are (NUMBERS,)."""

    mean: Any
    scale: Any
    weights: Any
    bias: float

    def article(self, numbers: Any) -> float:
        """How surely a page with these numbers is an article, 0 to 1."""
        logit = float(np.clip((numbers - self.mean) / self.scale, -5, 5) @ self.weights) + self.bias
        return float(1 / (1 + np.exp(-logit)))


def numbers_of(likely: Any, view: View) -> Any:
    """The numbers of a page of n blocks, (NUMBERS,), from how likely each is content, (n,)."""
    columns = view.columns
    shown, words = columns.shown, columns.words
    text = words * (1 - columns.links) * shown
    prose = columns.prose & shown
    chosen = likely >= 0.5
    mass = likely * text
    told, whole = max(float(mass.sum()), 1.0), max(float(text.sum()), 1.0)
    boxes = np.sort(np.bincount(columns.boxes, mass * prose))[::-1]
    kept = max(float((text * chosen).sum()), 1.0)
    paragraphs = int((prose & chosen).sum())
    in_prose = float((mass * prose).sum())
    return np.array(
        [
            boxes[0] / told,
            boxes[:3].sum() / told,
            in_prose / told,
            np.log1p(in_prose),
            np.log1p(told),
            np.log1p(paragraphs),
            told / whole,
            float((words * chosen).sum()) / max(float(words.sum()), 1.0),
            float((text * chosen * prose).sum()) / max(paragraphs, 1) / 40,
            float((text * chosen * prose).sum()) / kept,
            float((words * chosen * prose).sum()) / max(float((words * chosen).sum()), 1.0),
            whole / max(float(words.sum()), 1.0),
            np.log1p(len(words)),
        ]
    )
