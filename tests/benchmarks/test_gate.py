"""The gate on made-up packs: what it pins, what it lets through, what it refuses."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.floors import Floor, Floors, Key, Row, margin, pinned, raised, read_floors, write_floors
from benchmarks.gate import Check, compared, gate_table, main
from benchmarks.packs import PACKS
from benchmarks.settling import Settled, settle

STORY = "The ferry to Lower Brack sails again on Monday, the harbour office said, after nine weeks in the dock. " * 4
F1 = Key("news", "language de", "f1")
LEAK = Key("snippets", "all", "leak")
DAY = "2026-11-22"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with one pack of six pages."""
    rows = [
        {
            "id": f"p{n}",
            "url": f"https://brack.example/{n}",
            "language": "en" if n else "de",
            "html": f"<html><body><article><p>{STORY} Page {n}.</p></article></body></html>".encode(),
            "gold_text": f"{STORY} Page {n}.",
            "with": [],
            "without": [],
        }
        for n in range(6)
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / PACKS["news"].file)
    return tmp_path


def gate(data: Path, *flags: str) -> int:
    return main(["--data", str(data), "--floors", str(data / "floors.toml"), "--pack", "news", *flags])


@pytest.mark.parametrize(
    ("key", "value", "floor", "expected"),
    [
        pytest.param(F1, 0.95, 0.94, 0.01, id="above-its-floor"),
        pytest.param(F1, 0.93, 0.94, -0.01, id="below-its-floor"),
        pytest.param(LEAK, 0.07, 0.08, 0.01, id="under-its-ceiling"),
        pytest.param(LEAK, 0.09, 0.08, -0.01, id="over-its-ceiling"),
    ],
)
def test_margins(key: Key, value: float, floor: float, expected: float) -> None:
    assert margin(Row(key, value, 100), floor) == expected


@pytest.mark.parametrize(
    ("row", "value"),
    [
        pytest.param(Row(F1, 0.95, 1358), 0.948, id="many-pages-little-slack"),
        pytest.param(Row(F1, 0.95, 55), 0.945, id="some-pages"),
        pytest.param(Row(F1, 0.95, 5), 0.94, id="few-pages-more-slack"),
        pytest.param(Row(LEAK, 0.08, 495), 0.082, id="a-ceiling-lies-above"),
        pytest.param(Row(LEAK, 0.9999, 5), 1.0, id="never-beyond-a-share"),
        pytest.param(Row(Key("news", "all", "failures"), 0.0, 129), 0.0, id="failures-have-no-slack"),
        pytest.param(Row(Key("news", "all", "lost"), 5.0, 129), 5.0, id="lines-are-counted"),
    ],
)
def test_what_is_pinned(row: Row, value: float) -> None:
    assert pinned(row, DAY, "why") == Floor(value, row.pages, DAY, "why")


@pytest.mark.parametrize(
    ("measured", "expected", "changed"),
    [
        pytest.param(0.96, Floor(0.958, 100, DAY, "first"), [F1], id="up-and-the-note-stays"),
        pytest.param(0.951, Floor(0.95, 100, "2026-01-01", "first"), [], id="within-the-slack"),
        pytest.param(0.90, Floor(0.95, 100, "2026-01-01", "first"), [], id="never-down"),
    ],
)
def test_floors_only_rise(measured: float, expected: Floor, changed: list[Key]) -> None:
    floors = Floors(sample={F1: Floor(0.95, 100, "2026-01-01", "first")})
    after, which = raised(floors, "sample", [Row(F1, measured, 100)], DAY, "")
    assert (after.sample[F1], which) == (expected, changed)


def test_the_file_reads_as_it_was_written(tmp_path: Path) -> None:
    floors = Floors(
        data={"news": "ab12"},
        sample={F1: Floor(0.9456, 55, DAY, 'a "quoted" why \\ and more')},
        whole={LEAK: Floor(0.08, 495, DAY)},
        peer={F1: Floor(0.95, 55, DAY, "trafilatura")},
    )
    write_floors(floors, tmp_path / "floors.toml")
    assert read_floors(tmp_path / "floors.toml") == floors


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "floors.toml"
    file.write_text('sample = [{ pack = "news" }]', encoding="utf-8")
    with pytest.raises(ValueError, match=r"floors\.toml"):
        read_floors(file)


def test_the_table_says_what_must_be_known() -> None:
    wcxb, changed = Key("wcxb", "all", "f1"), Key("news", "all", "changed")
    checks = [
        Check(Row(wcxb, 0.9, 1358), Floor(0.95, 1358, DAY, "why")),
        Check(Row(changed, 0.11, 129), Floor(0.12, 129, DAY)),
        Check(Row(F1, 0.96, 55), Floor(0.9542, 55, DAY), peer=True),
    ]
    table = gate_table(checks)
    assert "| wcxb: all | 1358 | f1 | >= 0.95 | 0.9 | -0.0500 | BELOW; in-sample; why |" in table
    assert "| news: all | 129 | changed | <= 0.12 | 0.11 | +0.0100 | the law asks for 0.01 |" in table
    assert f"| +0.0058 | trafilatura, measured {DAY} |" in table


def test_the_peer_is_a_floor_too() -> None:
    floors = Floors(peer={F1: Floor(0.9542, 55, DAY)})
    (check,) = compared([Row(F1, 0.95, 55)], floors, "sample")
    assert (check.peer, check.margin) == (True, -0.0042)


def test_a_floor_of_other_pages_is_refused() -> None:
    with pytest.raises(ValueError, match="of 54 pages"):
        compared([Row(F1, 0.95, 55)], Floors(sample={F1: Floor(0.9, 54, DAY)}), "sample")


IGNORING = """
import signal, sys
from benchmarks.gate import main
if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(main(sys.argv[1:]))
"""


def test_it_ends_where_the_signal_to_end_is_ignored(data: Path) -> None:
    script = data / "ignoring.py"
    script.write_text(IGNORING, encoding="utf-8")
    flags = ("--data", str(data), "--floors", str(data / "floors.toml"), "--pack", "news", "--raise", "--note", "first")
    project = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(project)}
    run = subprocess.run([sys.executable, script, *flags], env=environment, timeout=120, check=False)
    assert run.returncode == 0


def test_pin_hold_fall_refuse(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = data / "floors.toml"
    assert gate(data, "--raise", "--whole", "--note", "first") == 0
    floors = read_floors(file)
    key = Key("news", "all", "f1")
    assert (floors.whole[key].pages, floors.peer[key].note) == (6, "trafilatura")
    assert floors.whole[Key("news", "all", "failures")].value == 0.0
    lifted = replace(floors, whole=floors.whole | {key: Floor(1.01, 6, DAY, "too high")})
    write_floors(lifted, file)
    capsys.readouterr()
    assert gate(data, "--whole", "--raise") == 1
    said = capsys.readouterr()
    assert "BELOW" in said.out
    assert "CHANGELOG.md" in said.err
    assert read_floors(file) == lifted


@pytest.mark.parametrize("flag", [(), ("--raise",)], ids=["gate", "raise"])
def test_other_data_is_refused(data: Path, capsys: pytest.CaptureFixture[str], flag: tuple[str, ...]) -> None:
    write_floors(Floors(data={"news": "0" * 64}), data / "floors.toml")
    assert gate(data, *flag) == 2
    assert "its sha256 is" in capsys.readouterr().err


def test_a_missing_pack_is_a_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert gate(tmp_path) == 2
    assert "no such pack" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "gold", "expected"),
    [
        pytest.param("", "", Settled(), id="nothing"),
        pytest.param(STORY, STORY, Settled(), id="prose-stays"),
        pytest.param(f"{STORY}\n\nRead also: The lighthouse keeper", STORY, Settled(True, 0), id="clutter-goes"),
        pytest.param(f"{STORY}\n\nRead also: The lighthouse keeper", None, Settled(True, 0), id="no-gold"),
        pytest.param(
            f"{STORY}\n\nRead also: The lighthouse keeper",
            f"{STORY} Read also: The lighthouse keeper",
            Settled(True, 1),
            id="a-content-line-lost",
        ),
    ],
)  # fmt: skip
def test_settling(text: str, gold: str | None, expected: Settled) -> None:
    assert settle(text, gold) == expected
