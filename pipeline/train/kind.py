"""The kind of page: a logistic regression over a few numbers, fitted by Newton's method, with a little ridge."""

from __future__ import annotations

from typing import Any

import numpy as np

from pipeline.judge.kind import PageKind

_RIDGE = 3.0
_STEPS = 20
_FEWEST = 20  # pages of either sort; with fewer the numbers say nothing


def fit_kind(numbers: Any, articles: Any) -> PageKind | None:
    """Fit on the numbers of pages (pages, NUMBERS), and whether each is an article; None where too few are either."""
    if min(articles.sum(), (~articles).sum()) < _FEWEST:
        return None
    mean, scale = numbers.mean(axis=0), numbers.std(axis=0) + 1e-6
    rows = np.column_stack([np.clip((numbers - mean) / scale, -5, 5), np.ones(len(numbers))])
    ridge = np.diag([_RIDGE] * numbers.shape[1] + [0.0])
    weights = np.zeros(rows.shape[1])
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (likely - articles) + ridge @ weights
        bend = (rows * (likely * (1 - likely))[:, None]).T @ rows + ridge
        weights -= np.linalg.solve(bend, slope)
    return PageKind(mean, scale, weights[:-1], float(weights[-1]))
