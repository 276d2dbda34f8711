"""What is written down of a visit, and what a mistake of ours may cost."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, cast

import pytest

from pipeline.acquire.web.asking import validators_of
from pipeline.acquire.web.storage.warc import digest
from pipeline.acquire.web.tools import Allowance, visited
from pipeline.acquire.web.values import Validators, Visit
from pipeline.errors import StateError
from tests.acquire.web.made_up import reply

BEFORE = Validators('"old"', "Mon, 05 Jan 2026 10:00:00 GMT", "sha1:OLD")


@pytest.mark.parametrize(
    ("answer", "after"),
    [
        (None, BEFORE),
        (reply(body=b"", status=304), BEFORE),
        (reply("http://a.test/", b"", ("ETag", '"n"'), status=304), replace(BEFORE, etag='"n"')),
        (reply(body=b"new"), Validators("", "", digest(b"new"))),
        (reply("http://a.test/", b"new", ("etag", 'W/"x"')), Validators('W/"x"', "", digest(b"new"))),
    ],
    ids=["no-answer", "304", "304-with-a-new-tag", "a-page-without", "a-page-with"],
)  # fmt: skip
def test_validators_are_those_of_the_body_we_have(answer: Any, after: Validators) -> None:
    assert validators_of(answer, BEFORE) == after


class Stumbling:
    """A visitor that raises."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def visit(self, *_: object) -> Visit:
        raise self.error


@pytest.mark.parametrize(
    "error", [ValueError("odd"), RecursionError(), KeyError("x" * 900)], ids=lambda e: type(e).__name__
)
def test_a_mistake_of_ours_costs_one_page(error: Exception) -> None:
    visit = asyncio.run(visited(cast("Any", Stumbling(error)), "http://a.test/", Validators()))
    assert (visit.outcome, visit.kind) == ("failed", "error")
    assert type(error).__name__ in visit.reason
    assert len(visit.reason) < 400


def test_what_stops_a_run_stops_it() -> None:
    with pytest.raises(StateError, match="full"):
        asyncio.run(visited(cast("Any", Stumbling(StateError("full"))), "http://a.test/", Validators()))


def test_allowances_hold_together() -> None:
    run = Allowance(3)
    one, two = Allowance(2, run), Allowance(5, run)
    assert [one.take(), one.take(), one.take()] == [True, True, False]
    assert [two.take(), two.take()] == [True, False]
    one.give_back()
    assert [two.take(), one.take(), (run.left, one.left, two.left)] == [True, False, (0, 1, 3)]
