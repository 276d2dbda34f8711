"""The one place that decides: scores add up, one is enough, and the user's policy is in the reasons."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.document import Reason
from pipeline.judge.decide import decide, replay
from pipeline.settings import Settings


def reasons(*scores: float, category: Any = "nav") -> tuple[Reason, ...]:
    return tuple(Reason(f"rule-{number}", category, score, "seen") for number, score in enumerate(scores))


SUMS = {
    "nothing-said": ((), True),
    "enough": ((1.0,), False),
    "not-enough": ((0.9,), True),
    "two-weak-ones": ((0.5, 0.5), False),
    "ten-tenths": ((0.1,) * 10, False),
    "outweighed": ((1.0, -0.5), True),
    "outweighing": ((2.0, 1.0, -2.0), False),
    "only-for-keeping": ((-1.0,), True),
}


@pytest.mark.parametrize(("scores", "kept"), SUMS.values(), ids=SUMS)
def test_scores_add_up(scores: tuple[float, ...], kept: bool) -> None:
    verdict = decide(reasons(*scores), Settings())
    assert verdict.kept is kept
    assert replay(verdict.reasons) is kept
    assert len(verdict.reasons) == len(scores)


POLICIES = {
    "captions-kept": ("caption", 0.5, Settings(), True),
    "captions-dropped": ("caption", 0.5, Settings(captions="drop"), False),
    "bylines-dropped": ("byline", 1.0, Settings(), False),
    "bylines-kept": ("byline", 1.0, Settings(bylines="keep"), True),
    "bylines-that-were-kept-anyway": ("byline", -1.0, Settings(bylines="keep"), True),
}


@pytest.mark.parametrize(("category", "score", "settings", "kept"), POLICIES.values(), ids=POLICIES)
def test_policy(category: Any, score: float, settings: Settings, kept: bool) -> None:
    verdict = decide(reasons(score, category=category), settings)
    assert (verdict.kept, replay(verdict.reasons)) == (kept, kept)


def test_the_loudest_reason_speaks_for_the_verdict() -> None:
    verdict = decide(reasons(0.5, 2.0, -0.5), Settings())
    assert verdict.reason == verdict.reasons[1]
