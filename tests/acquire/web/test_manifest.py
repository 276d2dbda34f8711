"""The fetch manifest: every outcome is a row that comes back as it was; damage is told; clean passes it over."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.acquire import read
from pipeline.acquire.web.storage.archive import Record
from pipeline.acquire.web.storage.manifest import ManifestWriter, Row, read_manifests, recover_manifests, row_of
from pipeline.acquire.web.values import Validators, Visit
from pipeline.document import Failure
from pipeline.settings import Settings
from tests.acquire.web.made_up import BODY, Clock, reply

PLACE = "ferry/2026-11-22/120000.manifest.jsonl"
RECORD = Record("ferry/2026-11-22/120000.warc.gz", "id-1", "https://ferry.example/a", "2026", "sha1:X", 10, 900)
ROW = Row("https://ferry.example/a", "https://ferry.example/a", "ferry", "fetched", record=RECORD)


def written(raw: Path, *rows: Row) -> Path:
    with ManifestWriter(raw, "ferry", Clock()) as manifest:
        for row in rows:
            manifest.add(row)
    return raw / PLACE


VISITS = {
    "fetched": Visit("https://ferry.example/old", "fetched", reply=reply(packed=True), hops=(reply(status=301),)),
    "failed": Visit("https://ferry.example/a", "failed", kind="timeout", reason="no answer in 60 s"),
    "failed-after-a-hop": Visit("https://ferry.example/a", "failed", kind="dns", hops=(reply("https://b.example/"),)),
    "odd": Visit("https://ferry.example/\ud83d\u2028", "blocked", kind="consent", reason='a "wall"\n\0'),
}
WANTED = {
    "fetched": ("https://ferry.example/a", 200, len(reply(packed=True).wire), 0.25, "2026-11-22T12:00:00.000000Z"),
    "failed": ("https://ferry.example/a", 0, 0, 0.0, "then"),
    "failed-after-a-hop": ("https://b.example/", 0, 0, 0.0, "then"),
    "odd": ("https://ferry.example/\ud83d\u2028", 0, 0, 0.0, "then"),
}


@pytest.mark.parametrize("name", VISITS)
def test_a_row_comes_back_as_it_was(tmp_path: Path, name: str) -> None:
    row = row_of(
        VISITS[name],
        "ferry",
        record=RECORD,
        rights={"tdm-reservation": "1"},
        validators=Validators('W/"1"', "then", "digest"),
        found_in="https://ferry.example/feed",
        fetched_at="then",
    )
    assert (row.final_url, row.status, row.bytes, row.seconds, row.fetched_at) == WANTED[name]
    file = written(tmp_path, row)
    assert list(read_manifests(tmp_path)) == [row]
    assert file.read_bytes().count(b"\n") == 1
    assert json.loads(file.read_text())["record"]["id"] == "id-1"


def test_clean_passes_it_over_and_counts_it(tmp_path: Path) -> None:
    written(tmp_path, ROW)
    (tmp_path / PLACE).with_name("page.html").write_bytes(BODY)
    skipped: Counter[str] = Counter()
    assert [page.id for page in read([tmp_path], Settings(), skipped)] == ["ferry/2026-11-22/page.html"]
    assert skipped == {"fetch manifest": 1}


def test_it_is_not_seen_before_it_is_whole(tmp_path: Path) -> None:
    manifest = ManifestWriter(tmp_path, "ferry", Clock())
    assert list(tmp_path.iterdir()) == []
    manifest.add(ROW)
    assert list(read_manifests(tmp_path)) == []
    manifest.close()
    manifest.close()
    assert list(read_manifests(tmp_path)) == [ROW]


BAD_LINES = [
    b"{",
    b"[1]",
    b"null",
    b'{"url": 7}',
    b'{"url": "a", "record": {"file": "x"}}',
    b"[" * 100_000,
    b"\xff\xfe",
]


@pytest.mark.parametrize("line", BAD_LINES, ids=[ascii(line[:20]) for line in BAD_LINES])
def test_a_line_that_is_no_row_is_a_failure_with_its_number(tmp_path: Path, line: bytes) -> None:
    file = written(tmp_path, ROW)
    file.write_bytes(file.read_bytes() + line + b"\n" + file.read_bytes())
    before, failure, after = read_manifests(tmp_path)
    assert before == after == ROW
    assert isinstance(failure, Failure)
    assert (failure.path, failure.message) == (PLACE, "line 2 is no row of a fetch manifest; the other lines are read")


def test_keys_of_a_later_version_are_ignored(tmp_path: Path) -> None:
    file = written(tmp_path, ROW)
    file.write_text(json.dumps(json.loads(file.read_text()) | {"mood": "calm"}) + "\n")
    assert list(read_manifests(tmp_path)) == [ROW]


def torn(raw: Path, data: bytes) -> list[Any]:
    """The rows that recovery leaves of a hidden manifest with this content."""
    hidden = (raw / PLACE).with_name(f".{Path(PLACE).name}")
    hidden.parent.mkdir(parents=True, exist_ok=True)
    hidden.write_bytes(data)
    assert recover_manifests(raw) == [PLACE]
    return list(read_manifests(raw))


@given(cut=st.integers(0, 1_500))
def test_torn_anywhere_whole_rows_stay(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    raw = tmp_path_factory.mktemp("raw")
    data = written(raw, ROW, ROW, ROW).read_bytes()
    (raw / PLACE).unlink()
    assert torn(raw, data[:cut]) == [ROW] * data[:cut].count(b"\n")


@pytest.mark.parametrize(("size", "left"), [(899, 1), (900, 2), (None, 2)], ids=["cut", "whole", "moved-away"])
def test_rows_of_records_that_were_lost_go(tmp_path: Path, size: Any, left: Any) -> None:
    data = written(tmp_path, replace(ROW, record=None), ROW).read_bytes()
    (tmp_path / PLACE).unlink()
    if size:
        (tmp_path / RECORD.file).write_bytes(bytes(size))
    assert len(torn(tmp_path, data)) == left


def test_the_manifest_of_a_living_run_is_left_alone(tmp_path: Path) -> None:
    manifest = ManifestWriter(tmp_path, "ferry", Clock())
    manifest.add(ROW)
    assert recover_manifests(tmp_path) == []
    manifest.close()
