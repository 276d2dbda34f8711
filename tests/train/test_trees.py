"""Trees learn what one column cannot tell, and the same rows and seed give the same trees."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.judge.features import sigmoid
from pipeline.judge.trees import Trees
from pipeline.train.trees import fit_trees

RANDOM = np.random.default_rng(0)
ROWS = RANDOM.standard_normal((3000, 8)).astype(np.float32)
LABELS = (ROWS[:, 0] > 0) & (ROWS[:, 1] > 0)
WEIGHTS = np.ones(3000)


@pytest.fixture(scope="module")
def trees() -> Trees:
    return fit_trees(ROWS, LABELS, WEIGHTS, 0)


def test_they_learn_what_two_columns_tell_together(trees: Trees) -> None:
    fresh = np.random.default_rng(1).standard_normal((1000, 8)).astype(np.float32)
    right = (sigmoid(trees.logits(fresh)) > 0.5) == ((fresh[:, 0] > 0) & (fresh[:, 1] > 0))
    assert right.mean() > 0.95


def test_the_same_seed_gives_the_same_trees(trees: Trees) -> None:
    again = fit_trees(ROWS, LABELS, WEIGHTS, 0)
    assert all(
        np.array_equal(getattr(trees, name), getattr(again, name)) for name in ("columns", "thresholds", "leaves")
    )


def test_another_seed_gives_others(trees: Trees) -> None:
    assert not np.array_equal(trees.columns, fit_trees(ROWS, LABELS, WEIGHTS, 1).columns)


def test_each_row_is_answered_by_itself(trees: Trees) -> None:
    together = trees.logits(ROWS[:50])
    alone = [trees.logits(ROWS[index : index + 1])[0] for index in range(50)]
    assert np.allclose(together, alone)


def test_a_column_of_one_value_does_no_harm() -> None:
    rows = ROWS.copy()
    rows[:, 7] = 1.0
    assert np.isfinite(fit_trees(rows, LABELS, WEIGHTS, 0).logits(rows)).all()
