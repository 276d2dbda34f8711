"""What runs know and share: it comes back as it was, claims are never given twice, the dead leave nothing locked."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.acquire import read
from pipeline.acquire.web.politeness.robots import RobotsFile
from pipeline.acquire.web.storage.archive import Record
from pipeline.acquire.web.storage.state import Known, StartPoint, State, Waiting
from pipeline.acquire.web.values import Found, HostBook, HostRecord, Validators
from pipeline.errors import StateError
from pipeline.settings import Settings

ROOT = Path(__file__).parents[3]
RECORD = Record("ferry/2026-11-22/120000.warc.gz", "id-1", "https://ferry.example/a", "2026", "sha1:X", 10, 900)
VALIDATORS = Validators('W/"1"', "Sun, 22 Nov 2026 12:00:00 GMT", "digest")
HOST = "ferry.example:443"
KNOWN = Known("a", "https://ferry.example/a", "ferry", HOST, "feed", VALIDATORS, "fetched", 100.0, 200.0, RECORD)


def waiting(key: str, modified: float | None = None, source: str = "ferry", host: str = HOST) -> Waiting:
    moment = datetime.fromtimestamp(modified, UTC) if modified is not None else None
    return Waiting(key, source, host, Found(f"https://ferry.example/{key}", "feed", "Title", moment))


def test_a_page_comes_back_as_it_was(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        assert state.known("a") is None
        state.done(KNOWN)
        state.done(replace(KNOWN, key="b", record=None, validators=Validators(), found_in="\ud83d"))
    with State(tmp_path) as state:
        assert state.known("a") == KNOWN
        assert state.known("b") == replace(KNOWN, key="b", record=None, validators=Validators(), found_in="?")
        state.done(replace(KNOWN, outcome="gone"))
        assert state.known("a") == replace(KNOWN, outcome="gone")


def test_robots_files_come_back_as_they_were(tmp_path: Path) -> None:
    file = RobotsFile("https://ferry.example", 200, b"User-agent: *\nDisallow: /x\xff\0", 1.5, 2.5)
    with State(tmp_path) as state:
        assert state.robots.get(file.origin) is None
        state.robots[file.origin] = file
        state.robots["https://b.example"] = replace(file, origin="https://b.example")
        del state.robots["https://b.example"]
        with pytest.raises(KeyError):
            del state.robots["https://b.example"]
        state.robots[file.origin] = replace(file, status=404)
    with State(tmp_path) as state:
        assert dict(state.robots) == {file.origin: replace(file, status=404)}
        assert len(state.robots) == 1


def test_start_points_come_back_as_they_were(tmp_path: Path) -> None:
    point = StartPoint("https://ferry.example/feed", "ferry", VALIDATORS, 1.0, 2.0)
    with State(tmp_path) as state:
        assert state.start_point(point.url, point.source) is None
        state.keep_start_point(replace(point, asked=0.5))
        state.keep_start_point(point)
    with State(tmp_path) as state:
        assert state.start_point(point.url, point.source) == point
        assert state.start_point(point.url, "another") is None


FINDS = {
    "new": (None, None, 150.0, 1),
    "not-due": (KNOWN, None, 150.0, 0),
    "due": (KNOWN, None, 200.0, 1),
    "changed-since": (KNOWN, 120.0, 150.0, 1),
    "changed-before": (KNOWN, 90.0, 150.0, 0),
    "changed-in-the-future": (KNOWN, 9e9, 150.0, 0),
    "never-again": (replace(KNOWN, next_visit=float("inf")), None, 9e12, 0),
}


@pytest.mark.parametrize(("known", "modified", "now", "number"), FINDS.values(), ids=FINDS)
def test_what_is_found_waits_if_it_is_new_due_or_changed(
    tmp_path: Path, known: Any, modified: Any, now: Any, number: Any
) -> None:
    with State(tmp_path) as state:
        if known:
            state.done(known)
        assert state.find([waiting("a", modified), waiting("a")], now) == number
        assert state.waiting(now) == [("ferry", HOST, 1)] * number
        assert state.find([waiting("a", modified)], now) == 0, "what waits is not counted again"


def test_addresses_are_taken_once_in_the_order_they_were_found(tmp_path: Path) -> None:
    with State(tmp_path) as state, State(tmp_path) as other:
        state.begin(1.0)
        other.begin(1.0)
        state.find([waiting(key, 50.25) for key in "zay"] + [waiting("b", host="b.example:443")], 1.0)
        assert state.waiting(1.0) == [("ferry", "b.example:443", 1), ("ferry", HOST, 3)]
        assert state.take("ferry", HOST, 2, 1.0) == [waiting("z", 50.25), waiting("a", 50.25)]
        assert [each.key for each in other.take("ferry", HOST, 2, 1.0)] == ["y"]
        assert state.take("other", HOST, 2, 1.0) == []
        state.put_back("z", not_before=5.0)
        state.put_back("y", not_before=0.0)  # it is not ours to put back
        assert other.take("ferry", HOST, 2, 4.9) == []
        assert [each.key for each in other.take("ferry", HOST, 2, 5.0)] == ["z"]


def test_what_is_done_waits_no_longer(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        state.begin(1.0)
        state.find([waiting("a")], 1.0)
        state.take("ferry", HOST, 1, 1.0)
        state.done(KNOWN)
        state.end(2.0)
        assert state.waiting(1.0) == []


def test_pages_whose_record_is_gone_are_forgotten_and_asked_again(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        state.done(KNOWN)
        state.done(replace(KNOWN, key="b", record=replace(RECORD, end=901)))
        state.done(replace(KNOWN, key="c", record=replace(RECORD, file="other", end=901)))
        state.forget(RECORD.file, 900)
        assert [bool(state.known(key)) for key in "abc"] == [True, False, True]
        state.begin(1.0)
        assert [each.found.url for each in state.take("ferry", HOST, 9, 1.0)] == [KNOWN.url]


def test_a_run_that_ends_leaves_its_rest_to_the_next(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        run = state.begin(1.0)
        state.find([waiting("a")], 1.0)
        state.take("ferry", HOST, 1, 1.0)
        state.hosts.claim(HOST, run, 1.0, 60.0)
        state.end(2.0)
        again = state.begin(3.0)
        assert again != run
        assert len(state.take("ferry", HOST, 1, 1.0)) == 1
        assert state.hosts.claim(HOST, again, 3.0, 60.0) == HostRecord(HOST)
        state.end(4.0)
    assert [path.name for path in (tmp_path / ".fetch").iterdir()] == ["state.sqlite"]


def test_a_dead_run_is_found_out_and_a_living_one_is_not(tmp_path: Path) -> None:
    with State(tmp_path) as dead, State(tmp_path) as alive:
        for state, host in ((dead, "dead.example:443"), (alive, HOST)):
            run = state.begin(1.0)
            state.find([waiting(host, host=host)], 1.0)
            state.take("ferry", host, 1, 1.0)
            state.hosts.claim(host, run, 1.0, 600.0)
        dead.__exit__(None, None, None)  # as the system does when a process dies: its locks go
        with State(tmp_path) as state:
            run = state.begin(2.0)
            assert state.waiting(2.0) == [("ferry", "dead.example:443", 1)]
            assert state.hosts.claim(HOST, run, 2.0, 60.0) is None
            record = state.hosts.claim("dead.example:443", run, 2.0, 60.0)
            assert record == HostRecord("dead.example:443", next_at=12.0), "a pause: it may have been asked just now"


def test_hosts_are_a_host_book(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        book: HostBook = state.hosts
        assert book.claim(HOST, "one", 100.0, 60.0) == HostRecord(HOST)
        assert book.claim(HOST, "two", 159.9, 60.0) is None
        written = HostRecord(HOST, 107.0, 300.0, 2, 1.5, "answered 429")
        book.release(written, "one")
        assert book.claim(HOST, "two", 101.0, 60.0) == written


def test_a_claim_runs_out_and_the_next_leaves_the_usual_pause(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        book = state.hosts
        book.claim(HOST, "one", 100.0, 60.0)
        book.release(HostRecord(HOST, next_at=103.0), "one")
        book.claim(HOST, "one", 103.0, 60.0)
        taken = book.claim(HOST, "two", 163.0, 60.0)
        assert taken == HostRecord(HOST, next_at=166.0), "three seconds, as between the two slots before"


def test_who_lost_the_claim_may_still_make_it_stricter(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        book = state.hosts
        book.claim(HOST, "one", 100.0, 60.0)
        book.claim(HOST, "two", 160.0, 60.0)
        book.release(HostRecord(HOST, 5.0, 900.0, 3, 2.0, "answered 503"), "one")
        assert book.claim(HOST, "three", 161.0, 60.0) is None, "two still holds it"
        record = book.claim(HOST, "two", 161.0, 60.0)
        assert record == HostRecord(HOST, 170.0, 900.0, 3, 2.0)


@settings(max_examples=40)
@given(steps=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["claim", "release"]), st.integers(0, 9))))
def test_never_two_hold_a_host(tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, int]]) -> None:
    now, holder, until = 0.0, "", 0.0
    with State(tmp_path_factory.mktemp("raw")) as state:
        for owner, step, seconds in steps:
            now += seconds
            if step == "release":
                state.hosts.release(HostRecord(HOST), owner)
                holder = "" if holder == owner else holder
            else:
                got = state.hosts.claim(HOST, owner, now, 10.0)
                assert (got is not None) == (holder in ("", owner) or until <= now)
                holder, until = (owner, now + 10.0) if got else (holder, until)


def test_four_processes_never_hold_a_host_at_once_and_lose_no_update(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.acquire.web.claiming_child", str(tmp_path)]
    runs = [subprocess.Popen([*command, owner, "1.5"], cwd=ROOT) for owner in "abcd"]
    assert [run.wait() for run in runs] == [0, 0, 0, 0]
    held: dict[str, str] = {}
    times: Counter[str] = Counter()
    for line in (tmp_path / "log").read_text().splitlines():
        host, owner, what = line.split()
        if what == "claims":
            assert held.setdefault(host, owner) == owner
            times[host] += 1
        else:
            assert held.pop(host) == owner
    assert times.total() > 100
    with State(tmp_path) as state:
        strikes = {host: state.hosts.claim(host, "me", 0.0, 1.0) for host in times}
        assert {host: record and record.strikes for host, record in strikes.items()} == times


def other_program(file: Path) -> None:
    db = sqlite3.connect(file)
    db.execute("CREATE TABLE theirs (x)")
    db.close()


def later_version(file: Path) -> None:
    State(file.parents[1]).__exit__(None, None, None)
    db = sqlite3.connect(file)
    db.execute("PRAGMA user_version = 99")
    db.close()


def overwritten(file: Path) -> None:
    State(file.parents[1]).__exit__(None, None, None)
    file.write_bytes(file.read_bytes()[:100] + b"\xa5" * 9_000)


BROKEN = {
    "no-database": (lambda file: file.write_bytes(b"<p>no database</p>" * 99), "is damaged"),
    "another-program": (other_program, "was made by another program"),
    "later-version": (later_version, r"format 99, not 1\). Use that one"),
    "overwritten": (overwritten, "is damaged"),
}


@pytest.mark.parametrize(("spoil", "words"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_a_clear_error_and_is_left_as_it_is(tmp_path: Path, spoil: Any, words: Any) -> None:
    file = tmp_path / ".fetch" / "state.sqlite"
    file.parent.mkdir()
    spoil(file)
    before = file.read_bytes()
    with pytest.raises(StateError, match=words) as caught, State(tmp_path) as state:
        state.known("a")
    assert "none in raw/ is lost" in str(caught.value)
    assert file.read_bytes() == before


def test_a_folder_in_the_way_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / ".fetch").write_text("a file")
    with pytest.raises(StateError, match="cannot be used"):
        State(tmp_path)
    (tmp_path / ".fetch").unlink()
    (tmp_path / ".fetch" / "state.sqlite").mkdir(parents=True)
    with pytest.raises(StateError, match="cannot be used"):
        State(tmp_path)


def test_a_change_that_fails_is_not_half_done(tmp_path: Path) -> None:
    def breaks() -> Any:
        yield waiting("a")
        raise ValueError("the feed broke")

    with State(tmp_path) as state:
        with pytest.raises(ValueError, match="the feed broke"):
            state.find(breaks(), 1.0)
        assert state.waiting(1.0) == []
        assert state.find([waiting("a")], 1.0) == 1


def test_clean_does_not_see_the_state(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        state.begin(1.0)
        skipped: Counter[str] = Counter()
        assert list(read([tmp_path], Settings(), skipped)) == []
        assert skipped == {"hidden": 1}
