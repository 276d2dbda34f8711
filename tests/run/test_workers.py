"""Workers survive what a page does to them, and lose no other page."""

from __future__ import annotations

import pytest

from pipeline.document import Failure, Page, Result
from pipeline.recipe import make_kit
from pipeline.run.codec import decode
from pipeline.run.workers import Job, hired, run_in_workers
from pipeline.settings import Settings
from tests.run.misbehaving import work

WORDS = ["fine", "hang", "fine", "crash", "fine", "eat", "raise", *["fine"] * 20]
SETTINGS = Settings(witness="none", page_seconds=2.0)


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Failure]:
    jobs: list[Job] = [(str(number), Page(f"p{number}", word.encode())) for number, word in enumerate(WORDS)]
    done = list(run_in_workers(jobs, make_kit(SETTINGS), 2, lambda: False, work))
    assert sorted(int(key) for key, _ in done) == list(range(len(WORDS))), "one outcome for each page"
    values = {key: (made if isinstance(made, Result) else decode(made[0])).value for key, made in done}
    return {key: value for key, value in values.items() if isinstance(value, Failure)}


@pytest.mark.parametrize(
    ("number", "kind", "says"),
    [
        pytest.param(1, "timeout", "page_seconds = 2", id="hang"),
        pytest.param(3, "crash", "worker died", id="crash"),
        pytest.param(5, "memory", "page_megabytes", id="eat"),
        pytest.param(6, "error", "ValueError: raise", id="raise"),
    ],
)
def test_a_bad_page_is_a_failure_with_its_reason(
    outcomes: dict[str, Failure], number: int, kind: str, says: str
) -> None:
    failure = outcomes[str(number)]
    assert (failure.stage, failure.kind) == ("run", kind)
    assert says in failure.message


def test_no_other_page_is_lost(outcomes: dict[str, Failure]) -> None:
    fine = [number for number, word in enumerate(WORDS) if word == "fine"]
    assert all(outcomes[str(number)].kind == "answered" for number in fine)


def test_once_stopped_no_new_page_starts() -> None:
    given: list[int] = []

    def jobs() -> list[Job]:
        return [(str(number), Page(f"p{number}", b"fine")) for number in range(500)]

    def stopped() -> bool:
        given.append(1)
        return len(given) > 5

    assert len(list(run_in_workers(jobs(), make_kit(SETTINGS), 1, stopped, work))) == 5


def test_workers_serve_one_run_after_another() -> None:
    """Also after a run whose page cost one of them."""
    told: list[list[str]] = []
    with hired(make_kit(SETTINGS), 1, work) as spread:
        for words in (["process", "process"], ["process"], ["crash"], ["process"]):
            jobs = [(str(number), Page(f"p{number}", word.encode())) for number, word in enumerate(words)]
            values = [made if isinstance(made, Result) else decode(made[0]) for _, made in spread(jobs, lambda: False)]
            told.append([each.value.message for each in values if isinstance(each.value, Failure)])
    assert len({*told[0], *told[1]}) == 1
    assert "worker died" in told[2][0]
    assert told[3][0] not in told[0]
