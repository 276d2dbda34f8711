"""Oblivious trees fitted by gradient boosting, in NumPy: each tree corrects what those before it got wrong.

Columns are cut into few bins, so that a split is found by counting. Each tree sees half of the rows and a quarter of
the columns: trees that see everything learn the training pages by heart.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pipeline.judge.features import sigmoid
from pipeline.judge.trees import Trees

_TREES, _DEPTH = 100, 6
_RATE = 0.12
_BINS = 24
_COLUMNS_SEEN, _ROWS_SEEN = 0.25, 0.5
_RIDGE = 20.0  # weight of rows that a leaf must have to be believed half
_SAMPLE = 20_000  # rows that the bins are cut from


def fit_trees(rows: Any, labels: Any, weights: Any, seed: int) -> Trees:
    """Trees over `rows` (n, columns). `labels` are 0 or 1, `weights` have the mean 1. The same seed, the same trees."""
    random = np.random.default_rng(seed)
    edges = _edges(rows, random)
    bins = np.stack([np.searchsorted(cuts, rows[:, column]) for column, cuts in enumerate(edges)]).astype(np.uint8)
    bias = float(np.log((weights * labels).sum() / (weights * (1 - labels)).sum()))
    logits = np.full(len(labels), bias)
    columns, thresholds, leaves = [], [], []
    for _ in range(_TREES):
        likely = sigmoid(logits)
        some = random.choice(len(labels), int(len(labels) * _ROWS_SEEN), replace=False)
        seen = random.choice(len(edges), max(1, int(len(edges) * _COLUMNS_SEEN)), replace=False)
        slopes = (weights * (labels - likely))[some], (weights * likely * (1 - likely))[some]
        questions = _questions({column: bins[column][some] for column in seen}, edges, slopes)
        leaf = _leaf({column: bins[column][some] for column, _ in questions}, questions)
        value = _RATE * _ratio(*(np.bincount(leaf, part, 1 << _DEPTH) for part in slopes))
        logits += value[_leaf(bins, questions)]
        columns.append([column for column, _ in questions])
        thresholds.append([edges[column][cut] for column, cut in questions])
        leaves.append(value)
    return Trees(
        np.array(columns, dtype=np.int32), np.array(thresholds, np.float32), np.array(leaves, np.float32), bias
    )


def _edges(rows: Any, random: np.random.Generator) -> list[Any]:
    """Where each column is cut: at its quantiles. A column of one value is cut there, which tells nothing."""
    some = rows[random.choice(len(rows), min(len(rows), _SAMPLE), replace=False)]
    inner = np.linspace(0, 1, _BINS + 1)[1:-1]
    return [np.unique(np.quantile(column, inner).astype(np.float32)) for column in some.T]


def _ratio(slope: Any, weight: Any) -> Any:
    """The step that a leaf with this gradient and weight should take."""
    return slope / (weight + _RIDGE)


def _questions(bins: dict[int, Any], edges: list[Any], slopes: tuple[Any, Any]) -> list[tuple[int, int]]:
    """The questions of a tree, (column, cut) each: one after the other the best for all its leaves together."""
    leaf = np.zeros(len(slopes[0]), dtype=np.int64)
    questions = []
    for depth in range(_DEPTH):
        best, asked = -1.0, (0, 0)
        for column, own in bins.items():
            gains = _gains(leaf * (len(edges[column]) + 1) + own, (1 << depth, len(edges[column]) + 1), slopes)
            cut = int(gains.argmax())
            if gains[cut] > best:
                best, asked = float(gains[cut]), (column, cut)
        questions.append(asked)
        leaf = leaf * 2 + (bins[asked[0]] > asked[1])
    return questions


def _gains(cells: Any, shape: tuple[int, int], slopes: tuple[Any, Any]) -> Any:
    """How much each cut of a column would gain over all leaves; `cells` are leaf and bin of each row as one number."""
    sums = [np.bincount(cells, part, shape[0] * shape[1]).reshape(shape).cumsum(axis=1) for part in slopes]
    left = [part[:, :-1] for part in sums]
    right = [part[:, -1:] - part[:, :-1] for part in sums]
    return sum((side[0] * _ratio(*side)).sum(axis=0) for side in (left, right))


def _leaf(bins: Any, questions: list[tuple[int, int]]) -> Any:
    """The leaf of each row: its answers as a binary number."""
    leaf = np.zeros(len(bins[questions[0][0]]), dtype=np.int64)
    for column, cut in questions:
        leaf = leaf * 2 + (bins[column] > cut)
    return leaf
