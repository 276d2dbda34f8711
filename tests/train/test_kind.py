"""The kind of page is learned from its numbers, and the same pages give the same answer."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.judge.kind import KINDS_OF_PAGE, NUMBERS, without_signs
from pipeline.segment.head.signs import ADDRESS, SIGNS
from pipeline.train.kind import fit_kind

KINDS = [KINDS_OF_PAGE[page % 7] for page in range(420)]


def pages(seed: int, at: int) -> np.ndarray:
    """Pages of all kinds in turn, told apart by seven numbers from `at` on; all others are noise."""
    numbers = np.random.default_rng(seed).standard_normal((420, NUMBERS))
    numbers[:, at : at + 7] += 4 * np.eye(7)[np.arange(420) % 7]
    return numbers


@pytest.mark.parametrize("at", [0, NUMBERS - SIGNS], ids=["by-blocks", "by-address"])
def test_it_tells_kinds_apart(at: int) -> None:
    kind = fit_kind(pages(0, at), KINDS)
    assert kind is not None
    told = np.array([kind.read(page) for page in pages(1, at)])
    assert np.allclose(told.sum(axis=1), 1)
    assert (told.argmax(axis=1) == np.arange(420) % 7).mean() > 0.95


def test_the_same_pages_give_the_same_answer() -> None:
    one, two = fit_kind(pages(0, 0), KINDS), fit_kind(pages(0, 0), KINDS)
    assert one is not None
    assert two is not None
    assert one.weights.tobytes() == two.weights.tobytes()


def test_pages_are_also_shown_without_their_signs() -> None:
    numbers = pages(0, 0)
    no_address, nothing = np.split(without_signs(numbers), 2)
    assert not no_address[:, -SIGNS : ADDRESS - SIGNS].any()
    assert (no_address[:, ADDRESS - SIGNS :] == numbers[:, ADDRESS - SIGNS :]).all()
    assert not nothing[:, -SIGNS:].any()
    assert (nothing[:, :-SIGNS] == numbers[:, :-SIGNS]).all()


def test_a_column_of_one_value_and_far_values_do_no_harm() -> None:
    numbers = pages(0, 0)
    numbers[:, 9] = 1.0
    kind = fit_kind(numbers, KINDS)
    assert kind is not None
    for far in (1e9, -1e9):
        told = kind.read(np.full(NUMBERS, far))
        assert told.sum() == pytest.approx(1)
        assert (told >= 0).all()


def test_with_too_few_pages_of_a_kind_nothing_is_learned() -> None:
    assert fit_kind(pages(0, 0), ["forum" if kind == "article" else kind for kind in KINDS]) is None
