"""The benchmark that the limits in docs/checks.md come from, on made-up pages: what it draws and what it counts."""

import random
from collections import Counter

import pytest

from benchmarks.check_limits import FAULTS, PARTS, Cleaned, counts_of, draw, row_of, verdict

PAGES = [Cleaned("kept", 400 + number, 90 + number % 7) for number in range(60)]
BEFORE = [counts_of(PAGES[start : start + 20]) for start in range(0, 35, 5)]


@pytest.mark.parametrize(
    ("wrong", "wanted"), [({}, "fine"), ({"nothing removed": 20}, "error"), ({"a tenth left": 20}, "error"),
                          ({"nothing removed": 1}, "fine")], ids=str,
)  # fmt: skip
def test_verdict(wrong: dict[str, int], wanted: str) -> None:
    today = PAGES[:20]
    for name, many in wrong.items():
        today = [*map(FAULTS[name], today[:many]), *today[many:]]
    assert verdict(today, BEFORE) == wanted


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_invents_no_word(name: str) -> None:
    for page in PAGES:
        wrong = FAULTS[name](page)
        assert abs(wrong.stayed + wrong.gone - page.stayed - page.gone) <= 1
        assert wrong != page


def test_days_are_drawn_and_can_be_drawn_again() -> None:
    kinds = {"moss": PAGES, "few": PAGES[:5]}
    first, again = (sum(draw(kinds, 20, 30, random.Random("x")), Counter[str]()) for _ in range(2))
    assert first == again
    assert first.total() == 30 * (1 + len(PARTS))
    assert first["false fine"] == first["whole error"] == 30


def test_a_row_of_shares() -> None:
    told = Counter({"false error": 1, "false fine": 9, "whole error": 10, "half warn": 5, "quarter warn": 1})
    assert row_of(20, told, 10) == ["20", "10.0%", "0.0%", "100.0%", "0.0%", "0.0%", "50.0%", "0.0%", "10.0%"]
