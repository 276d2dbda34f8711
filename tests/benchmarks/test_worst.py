"""The worst pages: their order, their marks, and where they may be written."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.packs import PACKS, Sample
from benchmarks.worst import Case, main, mark_of, worst

STORY = "The ferry to Lower Brack sails again on Monday, the harbour office said, after nine weeks in the dock. " * 4


def page(*lines: str) -> bytes:
    body = "".join(f"<p>{line}</p>" for line in lines)
    return f"<html><body><article>{body}</article></body></html>".encode()


def case(page_id: str, loss: float) -> Case:
    figures = {"f1": 1 - loss, "precision": 1.0, "recall": 0.5}
    return Case(loss, Sample(page_id, b"", page_type="forum", language="de"), "", "", "", figures)


def test_the_largest_loss_comes_first_and_equals_by_id() -> None:
    some = [case("c", 0.2), case("b", 0.9), case("a", 0.9), case("d", 0.0)]
    assert [one.sample.id for one in worst(some, 3)] == ["a", "b", "c"]


def test_a_mark_names_a_page_and_says_nothing_of_it() -> None:
    marks = [mark_of(page_id) for page_id in ("brack.example/1", "brack.example/2", "no/Brack_2026", "")]
    assert len(set(marks)) == len(marks)
    assert all(re.fullmatch(r"[0-9a-f]{8}", mark) for mark in marks)
    assert mark_of("brack.example/1") == marks[0]


def test_a_case_is_said_in_a_line() -> None:
    assert str(case("p1", 0.25)) == f"{mark_of('p1')}  F1 0.750 (P 1.00, R 0.50)  loss 0.250  forum de"


def test_ids_with_slashes_are_written_under_their_marks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        {"id": "no/Brack_1", "html": page(STORY), "gold_text": STORY},
        {"id": "no/Brack_2", "html": page(STORY, "A line too many on the page."), "gold_text": "other words alone"},
        {"id": "no/Brack_3", "html": page(STORY), "gold_text": None},
    ]
    rows = [
        row | {"url": "https://brack.example/1", "language": "no", "with": ["nowhere"], "without": []} for row in rows
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / PACKS["news"].file)
    out = tmp_path / "look"
    assert main([str(out), "--data", str(tmp_path), "--pack", "news", "--system", "all-text", "--count", "5"]) == 0
    assert sorted(file.name for file in out.iterdir()) == [
        f"001-news-{mark_of('no/Brack_2')}.txt", f"002-news-{mark_of('no/Brack_1')}.txt",
    ]  # fmt: skip
    worst_page = next(out.glob("001*")).read_text(encoding="utf-8")
    assert ("- other words alone" in worst_page, "+ A line too many" in worst_page) == (True, True)
    assert capsys.readouterr().out.splitlines()[0].endswith("no/Brack_2")


def test_real_pages_stay_outside_the_project(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(Path(__file__).parent / "look"), "--system", "all-text"]) == 2
    assert "lies inside the project" in capsys.readouterr().err
