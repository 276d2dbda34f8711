"""Folders as sources: new and changed files are copied under their day, each with a row, and none twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.acquire.web.sources.model import Source, Sources
from pipeline.acquire.web.storage.manifest import Row, read_manifests
from pipeline.acquire.web.tools import Tally
from pipeline.errors import OutputError
from pipeline.run.fetching import FetchOrder, run_fetch
from tests.acquire.web.made_up import Clock

DAY = 86_400.0
NOON = 1_763_812_800.0  # 2025-11-22 12:00 UTC


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    (folder / "deep").mkdir(parents=True)
    (folder / "ferry.html").write_text("<p>The ferry left.</p>")
    (folder / "deep" / "oats.txt").write_text("Oats are good.")
    return folder


def take(inbox: Path, now: float = NOON) -> Tally:
    raw = inbox.parent / "raw"
    return run_fetch(FetchOrder(Sources(sources=(Source("inbox", folder=(inbox,)),)), raw, clock=Clock(now)))


def laid_down(inbox: Path) -> list[str]:
    raw = inbox.parent / "raw" / "inbox"
    return sorted(path.relative_to(raw).as_posix() for path in raw.rglob("*") if path.suffix in (".html", ".txt"))


def test_files_come_under_their_day_without_a_contact(inbox: Path) -> None:
    tally = take(inbox)
    assert (dict(tally.counts()), tally.exit_code) == ({"fetched": 2}, 0)
    assert tally.lines()[-1] == f"kept in {inbox.parent}/raw/inbox/2025-11-22"
    assert laid_down(inbox) == ["2025-11-22/deep/oats.txt", "2025-11-22/ferry.html"]
    rows = [row for row in read_manifests(inbox.parent / "raw") if isinstance(row, Row)]
    assert [(row.outcome, row.found_in) for row in rows] == [("fetched", "sources.toml: folder")] * 2


def test_only_what_changed_is_copied_again(inbox: Path) -> None:
    take(inbox)
    (inbox / "ferry.html").write_text("<p>The ferry came back.</p>")
    assert dict(take(inbox, NOON + DAY).counts()) == {"fetched": 1, "unchanged": 1}
    assert laid_down(inbox) == ["2025-11-22/deep/oats.txt", "2025-11-22/ferry.html", "2025-11-23/ferry.html"]


def test_two_states_of_a_day_both_stay(inbox: Path) -> None:
    take(inbox)
    (inbox / "ferry.html").write_text("<p>The ferry came back.</p>")
    take(inbox, NOON + 60)
    assert laid_down(inbox) == ["2025-11-22/deep/oats.txt", "2025-11-22/ferry.html", "2025-11-22/ferry~120100.html"]
    first = inbox.parent / "raw" / "inbox" / "2025-11-22" / "ferry.html"
    assert "left" in first.read_text()


def test_a_folder_in_raw_is_left_where_it_is(tmp_path: Path) -> None:
    place = tmp_path / "raw" / "inbox" / "2025-11-22"
    place.mkdir(parents=True)
    (place / "ferry.html").write_text("<p>The ferry left.</p>")
    order = FetchOrder(Sources(sources=(Source("inbox", folder=(place,)),)), tmp_path / "raw", clock=Clock(NOON))
    tally = run_fetch(order)
    assert dict(tally.counts()) == {}
    assert any("already" in line for line in tally.lines())


def test_a_folder_that_holds_raw_is_not_copied_into_itself(tmp_path: Path) -> None:
    order = FetchOrder(Sources(sources=(Source("inbox", folder=(tmp_path,)),)), tmp_path / "raw", clock=Clock(NOON))
    assert any("holds" in line and "itself" in line for line in run_fetch(order).lines())


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    tally = take(tmp_path / "nowhere" / "inbox")
    assert tally.exit_code == 3
    assert any("no such folder" in line for line in tally.lines())


def test_what_cannot_be_written_ends_the_run(inbox: Path) -> None:
    blocked = inbox.parent / "raw" / "inbox"
    blocked.parent.mkdir()
    blocked.write_text("a file where a folder should be")
    with pytest.raises(OutputError, match="inbox"):
        take(inbox)
