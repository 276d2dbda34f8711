"""The landing zone watched: a day is passed on once it is at rest, once for each change, and none is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.run.landing import Memory, Ready, digest_of_day, look, passed_on

D1, D2 = "2026-11-01", "2026-11-02"
QUIET = 120.0


def put(raw: Path, name: str, text: str = "a page", mtime: float = 1e9) -> Path:
    path = raw / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (mtime, mtime))
    return path


def names(ready: list[Ready]) -> list[str]:
    return [each.day for each in ready]


def looks(raw: Path, *times: float, memory: Memory | None = None) -> list[list[str]]:
    """What looks at these times pass on, each taking all that is ready; the memory goes through its text."""
    memory, found = memory or Memory(), []
    for now in times:
        ready, memory = look(raw, memory, now, QUIET, {D1, D2})
        memory = Memory.from_json(passed_on(memory, ready).as_json())
        found.append(names(ready))
    return found


def test_a_day_at_rest_is_passed_on_once(tmp_path: Path) -> None:
    put(tmp_path, f"harbour/{D1}/a.html")
    put(tmp_path, f"market/{D2}/b.html")
    assert looks(tmp_path, 0, 60, 119, 120, 180, 1e6) == [[], [], [], [D1, D2], [], []]


def test_a_day_that_still_changes_waits(tmp_path: Path) -> None:
    memory = Memory()
    for now in range(0, 600, 60):
        put(tmp_path, f"harbour/{D1}/{now}.html")
        ready, memory = look(tmp_path, memory, now, QUIET, {D1})
        assert ready == []
    assert names(look(tmp_path, memory, 540 + QUIET, QUIET, {D1})[0]) == [D1]


def test_what_is_not_taken_stays_ready(tmp_path: Path) -> None:
    put(tmp_path, f"harbour/{D1}/a.html")
    put(tmp_path, f"harbour/{D2}/a.html")
    _, memory = look(tmp_path, Memory(), 0, QUIET, {D1, D2})
    ready, memory = look(tmp_path, memory, QUIET, QUIET, {D1, D2})
    memory = passed_on(memory, ready[:1])
    again, _ = look(tmp_path, memory, QUIET, QUIET, {D1, D2})
    assert (names(ready), again) == ([D1, D2], ready[1:])


def test_there_and_back_again_is_two_changes(tmp_path: Path) -> None:
    """Equal files after a change in between: another `since`, so that no key of a run comes twice."""
    put(tmp_path, f"harbour/{D1}/a.html")
    told = []
    memory = Memory()
    for now in range(0, 2000, 100):
        if now == 500:
            extra = put(tmp_path, f"harbour/{D1}/b.html")
        if now == 1000:
            extra.unlink()
        ready, memory = look(tmp_path, memory, now, QUIET, {D1})
        memory = passed_on(memory, ready)
        told += ready
    assert [each.digest for each in told] == [told[0].digest, told[1].digest, told[0].digest]
    assert len({(each.digest, each.since) for each in told}) == 3


@pytest.mark.parametrize(
    "name",
    [f"harbour/{D1}/.part.html", f".hidden/{D1}/a.html", "harbour/loose.html", "harbour/2026-02-30/a.html",
     "harbour/20261101/a.html", f"harbour/{D1}/20261101.manifest.jsonl"],
    ids=["written aside", "hidden source", "no day", "no such day", "other spelling", "fetch manifest"],
)  # fmt: skip
def test_what_no_run_reads_wakes_nobody(tmp_path: Path, name: str) -> None:
    put(tmp_path, name)
    assert looks(tmp_path, 0, 1000) == [[], []]


def test_days_that_are_no_partitions_wait_outside(tmp_path: Path) -> None:
    put(tmp_path, "harbour/2031-01-01/a.html")
    assert looks(tmp_path, 0, 1000) == [[], []]


def test_a_day_that_was_moved_away_is_no_news(tmp_path: Path) -> None:
    page = put(tmp_path, f"harbour/{D1}/a.html")
    assert looks(tmp_path, 0, 200) == [[], [D1]]
    page.unlink()
    assert looks(tmp_path, 400, 600, memory=Memory({D1: "0"})) == [[], []]


def test_no_landing_zone_is_no_news(tmp_path: Path) -> None:
    assert looks(tmp_path / "missing", 0, 1000) == [[], []]


def test_a_clock_that_was_set_back_delays_and_loses_nothing(tmp_path: Path) -> None:
    put(tmp_path, f"harbour/{D1}/a.html")
    assert looks(tmp_path, 1e9, 1000, 1119, 1120) == [[], [], [], [D1]]


@pytest.mark.parametrize("change", ["name", "size", "time", "more"])
def test_digest_sees(tmp_path: Path, change: str) -> None:
    path = put(tmp_path, f"harbour/{D1}/a.html")
    before = digest_of_day(tmp_path, D1)
    match change:
        case "name":
            path.rename(path.with_name("b.html"))
        case "size":
            put(tmp_path, f"harbour/{D1}/a.html", "a longer page")
        case "time":
            put(tmp_path, f"harbour/{D1}/a.html", mtime=2e9)
        case _:
            put(tmp_path, f"market/{D1}/a.html")
    assert digest_of_day(tmp_path, D1) not in ("", before)


@pytest.mark.parametrize(
    "text", [None, "", "{", "[]", "7", '{"told": 3, "waiting": {}}', '{"told": {}, "waiting": {"x": 1}}', '"\\ud800"']
)
def test_a_memory_that_is_none_of_ours_is_empty(text: str | None) -> None:
    assert Memory.from_json(text) == Memory()


@given(
    st.dictionaries(st.dates().map(str), st.text(max_size=16)),
    st.dictionaries(st.dates().map(str), st.tuples(st.text(max_size=16), st.floats(0, 1e10))),
)
def test_memory_survives_its_text(told: dict[str, str], waiting: dict[str, tuple[str, float]]) -> None:
    assert Memory.from_json(Memory(told, waiting).as_json()) == Memory(told, waiting)


def test_memory_stays_small(tmp_path: Path) -> None:
    for day in range(1, 29):
        put(tmp_path, f"harbour/2026-11-{day:02d}/a.html")
    days = {f"2026-11-{day:02d}" for day in range(1, 29)}
    _, memory = look(tmp_path, Memory(), 0, QUIET, days)
    ready, memory = look(tmp_path, memory, QUIET, QUIET, days)
    assert len(ready) == 28
    assert len(passed_on(memory, ready).as_json()) < 28 * 40
