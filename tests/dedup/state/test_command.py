"""`thresher dedup`: tables of texts without their copies, and questions to a state."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.dedup import command, tables
from pipeline.dedup.command import FIELDS, dedup_path
from pipeline.dedup.state.publishing import publish, rule_of
from pipeline.errors import OutputError, ThresherError, UsageError
from tests.dedup.state.worlds import FAST, SAMENESS, Story, prints_of, text_of

ROWS: list[dict[str, Any]] = [
    {"id": "a", "text": text_of((1, 0)), "more": [1, 2]},
    {"id": "b", "text": text_of((2, 0))},
    {"id": "c", "text": text_of((1, 2)), "more": []},
    {"id": "d", "text": text_of((2, 0)).upper()},
]


def json_lines(rows: Sequence[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def read(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".parquet":
        rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
        return rows
    packed = {".gz": "gzip", ".zst": "zstd"}.get(path.suffix)
    data = path.read_bytes()
    if packed:
        with pa.CompressedInputStream(pa.BufferReader(data), packed) as stream:
            data = stream.read()
    return [json.loads(line) for line in data.splitlines()]


def table(folder: Path, suffix: str, rows: Sequence[dict[str, Any]] = ROWS) -> Path:
    path = folder / f"texts{suffix}"
    if suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(list(rows)), path)
    elif suffix.endswith(".zst"):
        with pa.CompressedOutputStream(str(path), "zstd") as sink:
            sink.write(json_lines(rows))
    else:
        path.write_bytes(gzip.compress(json_lines(rows)) if suffix.endswith(".gz") else json_lines(rows))
    return path


SUFFIXES = [".jsonl", ".jsonl.gz", ".jsonl.zst", ".ndjson", ".parquet"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_table_without_its_copies(tmp_path: Path, suffix: str) -> None:
    summary = dedup_path(table(tmp_path, suffix), tmp_path / "out", SAMENESS)
    kept = read(tmp_path / "out" / f"kept{suffix}")
    assert [row["id"] for row in kept] == ["a", "b"]
    assert kept[0]["more"] == [1, 2]
    duplicates = read(tmp_path / "out" / "duplicates.jsonl")
    assert [(row["id"], row["row"], row["duplicate_of"], row["duplicate_kind"]) for row in duplicates] == [
        ("c", 3, "a", "near"),
        ("d", 4, "b", "exact"),
    ]
    assert (summary.rows, summary.kept, summary.copies) == (4, 2, {"near": 1, "exact": 1})
    assert next(summary.lines()) == "4 rows, 2 kept, 2 copies (1 exact, 1 near)"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_marking_drops_nothing(tmp_path: Path, suffix: str) -> None:
    dedup_path(table(tmp_path, suffix), tmp_path / "out", SAMENESS, mark=True)
    rows = read(tmp_path / "out" / f"marked{suffix}")
    assert [(row["id"], row["duplicate_of"], row["dup_count"]) for row in rows] == [
        ("a", "", 1),
        ("b", "", 1),
        ("c", "a", 0),
        ("d", "b", 0),
    ]
    assert rows[2]["text"] == ROWS[2]["text"]
    assert rows[2].keys() >= FIELDS.keys()


def test_marking_twice_replaces_the_marks(tmp_path: Path) -> None:
    for suffix in (".jsonl", ".parquet"):
        dedup_path(table(tmp_path, suffix), tmp_path / "one", SAMENESS, mark=True)
        dedup_path(tmp_path / "one" / f"marked{suffix}", tmp_path / "two", SAMENESS, mark=True)
        assert read(tmp_path / "one" / f"marked{suffix}") == read(tmp_path / "two" / f"marked{suffix}")


def test_kept_lines_are_kept_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"text" :"\\u0041 b c d","id":  7}\r\n\n{"id": 8, "text": "x y z \xc3\xa9"}')
    dedup_path(path, tmp_path / "out", SAMENESS)
    assert (tmp_path / "out" / "kept.jsonl").read_bytes() == path.read_bytes().replace(b"\n\n", b"\n") + b"\n"


def test_ids_may_come_twice_in_a_table(tmp_path: Path) -> None:
    rows = [{"id": 7, "text": text_of((1, 0))}, {"id": 7, "text": text_of((2, 0))}, {"id": 7, "text": text_of((1, 0))}]
    dedup_path(table(tmp_path, ".jsonl", rows), tmp_path / "out", SAMENESS)
    assert len(read(tmp_path / "out" / "kept.jsonl")) == 2
    (copy,) = read(tmp_path / "out" / "duplicates.jsonl")
    assert (copy["row"], copy["duplicate_of"]) == (3, "7")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"not json", "not JSON"),
        (b"[1]", "JSON, but no object"),
        (b'{"text": "x"}', "no `id`"),
        (b'{"id": true, "text": "x"}', "no `id`"),
        (b'{"id": "x", "text": null}', "no `text`"),
        (b"[" * 3000, "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b'{"id": "x", "text": "' + b"y" * 5000 + b'"}', "longer than 4,000 bytes"),
    ],
    ids=["no JSON", "a list", "no id", "a truth for an id", "no text", "deep", "binary", "too long"],
)
def test_rows_that_cannot_be_read_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: bytes, says: str
) -> None:
    monkeypatch.setattr(tables, "LONGEST", 4000)
    path = tmp_path / "texts.jsonl"
    path.write_bytes(json_lines(ROWS[:2]) + line + b"\n" + json_lines(ROWS[2:3]))
    summary = dedup_path(path, tmp_path / "out", SAMENESS)
    ((number, reason),) = summary.unreadable
    assert (number, says in reason) == (3, True)
    assert (summary.rows, summary.kept) == (3, 2)
    assert f"row 3 is left out: {reason}" in list(summary.lines())


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("texts.txt", b"a text", "is no table"),
        ("texts.jsonl.gz", b"not gzip", "cannot be read"),
        ("texts.parquet", b"PAR1 no more", "cannot be read"),
        ("none.jsonl", None, "cannot be read"),
    ],
)
def test_files_that_are_no_tables(tmp_path: Path, name: str, data: bytes | None, says: str) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(ThresherError, match=says):
        dedup_path(tmp_path / name, tmp_path / "out", SAMENESS)
    assert not (tmp_path / "out").exists()


def test_a_parquet_file_without_ids(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no column `id`; its columns are text"):
        dedup_path(table(tmp_path, ".parquet", [{"text": "x"}]), tmp_path / "out", SAMENESS)


def test_the_input_is_never_overwritten(tmp_path: Path) -> None:
    path = table(tmp_path, ".jsonl").rename(tmp_path / "kept.jsonl")
    with pytest.raises(OutputError, match="overwrite the input"):
        dedup_path(path, tmp_path, SAMENESS)


def test_a_table_against_earlier_ones(tmp_path: Path) -> None:
    path, state = table(tmp_path, ".jsonl"), tmp_path / "state"
    dedup_path(path, tmp_path / "one", SAMENESS, state=state, label="1")
    summary = dedup_path(path, tmp_path / "two", SAMENESS, state=state, label="2")
    assert (summary.rows, summary.kept) == (4, 0)
    assert {row["duplicate_run"] for row in read(tmp_path / "two" / "duplicates.jsonl")} == {"1"}
    again = dedup_path(path, tmp_path / "three", SAMENESS, state=state, label="1")
    assert again.kept == 2
    assert (tmp_path / "three" / "kept.jsonl").read_bytes() == (tmp_path / "one" / "kept.jsonl").read_bytes()


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    runs: dict[str, list[Story]] = {"1": [(1, 0), (2, 0)], "2": [(1, 2), (1, 3), (3, 0)]}
    for label, stories in runs.items():
        publish(folder, label, prints_of(stories, f"{label}/"), rule_of(SAMENESS), disk=FAST)
    return folder


def test_stats(state: Path) -> None:
    lines = list(command.stats_lines(state))
    assert lines[:3] == ["runs:       2, from 1 to 2", "documents:  5, of which 3 stayed", "copies:     2 near"]
    (found,) = map(json.loads, command.stats_lines(state, as_json=True))
    assert (found["documents"], found["kept"], found["copies"], found["stale"]) == (5, 3, {"near": 2}, [])


def test_why(state: Path, tmp_path: Path) -> None:
    assert list(command.why_lines(state, "1/0")) == ["1: kept; copies of it: 2"]
    texts = table(tmp_path, ".jsonl", [{"id": "1/0", "text": text_of((1, 0))}, {"id": "2/0", "text": text_of((1, 2))}])
    assert list(command.why_lines(state, "2/0", [texts])) == [
        "2: a copy of 1/0 of run 1 (near, similarity 0.900)",
        "  of its 38 word triples 36 are in the leader too; 2 are only there",
        "words that differ from 1/0 (- there, + here):",
        "  - w1x0 w1x1",
        "  + edit2y0 edit2y1",
    ]


def test_clusters(state: Path) -> None:
    first, *members = command.clusters_lines(state)
    assert first == "2 copies of 1/0 of run 1"
    assert sorted(members) == ["  2/0 of run 2 (near, 0.900)", "  2/1 of run 2 (near, 0.854)"]
    assert list(command.clusters_lines(state, 0)) == []
    (found,) = map(json.loads, command.clusters_lines(state, as_json=True))
    assert (found["label"], found["id"], found["copies"], len(found["members"])) == ("1", "1/0", 2, 2)


def test_forget_refresh_compact(state: Path) -> None:
    assert list(command.forget_lines(state, SAMENESS, labels=[], ids=["1/0"])) == [
        "forgotten: 1 document of run 1",
        "  2/0 of run 2 is now kept",
        "  2/1 of run 2 is now a copy of 2/0 of run 2",
        "publish again: 2",
    ]
    assert list(command.refresh_lines(state, SAMENESS)) == ["resolved again: 0 runs"]
    assert list(command.refresh_lines(state, SAMENESS, everything=True)) == ["resolved again: 0 runs"]
    assert list(command.compact_lines(state)) == ["merged: 2 segments"]
    assert list(command.compact_lines(state)) == ["there is one segment at most; nothing to merge"]


@pytest.mark.parametrize("ask", ["stats", "why", "clusters", "refresh", "compact", "forget"])
def test_a_folder_without_state(tmp_path: Path, ask: str) -> None:
    asks = {
        "stats": lambda: command.stats_lines(tmp_path),
        "why": lambda: command.why_lines(tmp_path, "x"),
        "clusters": lambda: command.clusters_lines(tmp_path),
        "refresh": lambda: command.refresh_lines(tmp_path, SAMENESS),
        "compact": lambda: command.compact_lines(tmp_path),
        "forget": lambda: command.forget_lines(tmp_path, SAMENESS, labels=["1"], ids=[]),
    }
    with pytest.raises(UsageError, match="holds no state"):
        list(asks[ask]())
    assert list(tmp_path.iterdir()) == []


def test_asking_for_what_is_not_there(state: Path) -> None:
    with pytest.raises(UsageError, match="no document 'never'"):
        list(command.why_lines(state, "never"))
    with pytest.raises(UsageError, match="name what to forget"):
        list(command.forget_lines(state, SAMENESS, labels=[], ids=[]))
