"""The kind of page is learned from its numbers, and the same pages give the same answer."""

from __future__ import annotations

import numpy as np

from pipeline.judge.kind import NUMBERS
from pipeline.train.kind import fit_kind

NUMBERS_OF_PAGES = np.random.default_rng(0).standard_normal((400, NUMBERS))
ARTICLES = NUMBERS_OF_PAGES[:, 0] + NUMBERS_OF_PAGES[:, 1] > 0


def test_it_tells_articles_from_others() -> None:
    kind = fit_kind(NUMBERS_OF_PAGES, ARTICLES)
    assert kind is not None
    fresh = np.random.default_rng(1).standard_normal((200, NUMBERS))
    told = np.array([kind.article(page) for page in fresh]) > 0.5
    assert (told == (fresh[:, 0] + fresh[:, 1] > 0)).mean() > 0.95


def test_a_column_of_one_value_and_far_values_do_no_harm() -> None:
    pages = NUMBERS_OF_PAGES.copy()
    pages[:, 5] = 1.0
    kind = fit_kind(pages, ARTICLES)
    assert kind is not None
    assert 0.0 <= kind.article(np.full(NUMBERS, 1e9)) <= 1.0


def test_with_too_few_pages_of_a_sort_nothing_is_learned() -> None:
    assert fit_kind(NUMBERS_OF_PAGES, np.arange(400) < 5) is None
