"""The kind of page: logistic regressions over a few numbers, each fitted by Newton's method, with a little ridge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pipeline.judge.kind import KINDS_OF_PAGE, PageKind, without_signs

_RIDGE = 3.0
_STEPS = 20
_FEWEST = 20  # pages of a kind; with fewer the numbers say nothing


def fit_kind(numbers: Any, kinds: Sequence[str]) -> PageKind | None:
    """Fit on the numbers of pages (pages, NUMBERS) and the kind of each; None where any kind has too few.

    Every page is also shown without its address, and without all signs: many pages come without.
    """
    if min(kinds.count(kind) for kind in KINDS_OF_PAGE) < _FEWEST:
        return None
    shown = np.concatenate([numbers, without_signs(numbers)])
    mean, scale = shown.mean(axis=0), shown.std(axis=0) + 1e-6
    rows = np.column_stack([np.clip((shown - mean) / scale, -5, 5), np.ones(len(shown))])
    own = np.array([[kind == one for one in KINDS_OF_PAGE] for kind in kinds] * (len(shown) // len(numbers)))
    fitted = np.column_stack([_fit_one(rows, column) for column in own.T])
    return PageKind(mean, scale, fitted[:-1], fitted[-1])


def _fit_one(rows: Any, own: Any) -> Any:
    """The weights that tell the pages of one kind by their standardised numbers, the bias last."""
    ridge = np.diag([_RIDGE] * (rows.shape[1] - 1) + [0.0])
    weights = np.zeros(rows.shape[1])
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (likely - own) + ridge @ weights
        bend = (rows * (likely * (1 - likely))[:, None]).T @ rows + ridge + 1e-6 * np.eye(len(weights))
        weights -= np.linalg.solve(bend, slope)
    return weights
