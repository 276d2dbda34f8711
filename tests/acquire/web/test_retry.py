"""What `Retry-After` says, and back-off under a budget."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.acquire.web.http.retry import Retries, retry_after, worth_retrying

NOON = 1_767_268_800.0  # Thu, 01 Jan 2026 12:00:00 GMT


@pytest.mark.parametrize(
    ("value", "seconds"),
    {
        "0": 0.0,
        "120": 120.0,
        " 120 ": 120.0,
        "1.5": 1.5,
        "1000000000": 1e9,
        "-1": None,
        "+5": None,
        "": None,
        "soon": None,
        "1e3": None,
        "0x10": None,
        "٣": None,
        "nan": None,
        "infinity": None,
        "9" * 5000: None,
        "120, 240": None,
        "Thu, 01 Jan 2026 12:01:00 GMT": 60.0,
        "Thu, 01 Jan 2026 14:01:00 +0200": 60.0,
        "Thu, 01 Jan 2026 12:01:00 -0000": 60.0,
        "Thursday, 01-Jan-26 12:01:00 GMT": 60.0,
        "Thu Jan  1 12:01:00 2026": 60.0,
        "Thu, 01 Jan 2026 11:00:00 GMT": 0.0,
        "Thu, 01 Jan 1970 00:00:00 GMT": 0.0,
        "Thu, 32 Jan 2026 12:01:00 GMT": None,
        "Thu, 01 Jan 0000 12:01:00 GMT": 0.0,
        "Thu, 01 Jan 99999 12:01:00 GMT": None,
        "tomorrow at noon, please": None,
    }.items(),
    ids=lambda value: repr(value)[:40],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after(value, NOON) == seconds


@given(st.text(max_size=70), st.floats(0, 2**33))
def test_retry_after_is_never_negative(value: str, now: float) -> None:
    assert (retry_after(value, now) or 0.0) >= 0.0


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
def test_statuses_worth_a_retry(status: int) -> None:
    assert worth_retrying(status)


@pytest.mark.parametrize("status", [200, 301, 304, 400, 401, 403, 404, 410, 451, 600, 999])
def test_statuses_that_are_final(status: int) -> None:
    assert not worth_retrying(status)


@given(st.integers(1, 9), st.floats(0, 500), st.floats(0, 1, exclude_max=True), st.floats(0, 1e9))
def test_a_retry_waits_for_all_that_was_asked_or_is_not_made(
    tried: int, waited: float, chance: float, asked: float
) -> None:
    retries = Retries(tries=5, base=2.0, longest=30.0, budget=100.0)
    wait = retries.wait(tried, waited, chance, asked)
    if wait is None:
        assert tried >= 5 or waited + asked + chance * 30.0 > 100.0
    else:
        assert tried < 5
        assert asked <= wait <= asked + min(30.0, 2.0**tried)
        assert waited + wait <= 100.0


def test_the_bound_doubles_up_to_the_longest() -> None:
    retries = Retries(tries=2000, base=1.0, longest=30.0, budget=1e9)
    assert [retries.wait(tried, 0.0, 0.5) for tried in (1, 2, 3, 4, 5, 6, 1999)] == [0.5, 1, 2, 4, 8, 15, 15]
