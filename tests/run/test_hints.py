"""What rows say of their pages: used where the page says nothing, kept when our own rows are cleaned again."""

# ruff: noqa: E501  # the cases are a table

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline.document import Metadata
from pipeline.run.cleaning import Order, run_clean
from pipeline.settings import Settings

SETTINGS = Settings(witness="none", model="none")
TEXT = "The ferry to Oddry leaves at nine in the morning, and the harbour master counts the crates of herring."
HTML = f"<html lang=en><head><title>Ferry</title><meta name=author content='Ada Oat'></head><body><p>{TEXT}</p></body>"
SAYS = {
    "title": "Boats",
    "authors": ["Bo Rye"],
    "date": "2026-11-02T10:00:00+01:00",
    "language": "de-AT",
    "site": "The Oddry Times",
}
DATED = "https://ferry.example/2024/03/05/a"


def cleaned(rows: list[dict[str, Any]], folder: Path) -> list[dict[str, Any]]:
    file = folder / "in" / "rows.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return documents(file, folder / "out")


def documents(file: Path, out: Path, settings: Settings = SETTINGS) -> list[dict[str, Any]]:
    run_clean(Order((file,), out, settings, ("jsonl", "parquet"), 0))
    return [json.loads(line) for line in gzip.open(out / "documents.jsonl.gz")]


ROWS = {
    "text": ({"text": TEXT, **SAYS}, Metadata("Boats", ("Bo Rye",), SAYS["date"], "en", "The Oddry Times")),
    "text-with-an-address": ({"text": TEXT, "url": DATED, "date": "2 November 2026"}, Metadata(date="2026-11-02", language="en")),
    "text-that-says-nothing-of-its-language": ({"text": "2026", "language": "de"}, Metadata(language="de")),
    "html-speaks-for-itself": ({"html": HTML, **SAYS}, Metadata("Ferry", ("Ada Oat",), SAYS["date"], "en", "The Oddry Times")),
    "html-with-an-address": ({"html": HTML, "url": DATED, "date": "2026-11-02"}, Metadata("Ferry", ("Ada Oat",), "2026-11-02", "en")),
    "html-without-hints": ({"html": HTML, "url": DATED}, Metadata("Ferry", ("Ada Oat",), "2024-03-05", "en")),
    "younger-than-its-fetch": ({"text": TEXT, "date": "2026-11-09", "added": "2026-11-02"}, Metadata(language="en")),
    "no-date-no-language-no-name": ({"text": TEXT, "date": "soon", "language": "deu", "author": "admin"}, Metadata(language="en")),
    "normalised": ({"text": TEXT, "title": "A\u00a0boat\nat \ud83d sea", "author": "By Ada Oat; Bo Rye"}, Metadata("A boat at sea", ("Ada Oat", "Bo Rye"), language="en")),
}  # fmt: skip


@pytest.mark.parametrize(("row", "wanted"), ROWS.values(), ids=ROWS)
def test_a_hint_is_used_where_the_page_says_nothing(tmp_path: Path, row: Any, wanted: Any) -> None:
    (found,) = cleaned([row], tmp_path)
    authors = tuple(filter(None, found["author"].split("; ")))
    assert Metadata(found["title"], authors, found["date"], found["language"], found["metadata"]["site"]) == wanted


@pytest.mark.parametrize("name", ["documents.jsonl.gz", "documents.parquet"])
def test_our_own_rows_cleaned_again_lose_nothing(tmp_path: Path, name: str) -> None:
    linked = HTML.replace("<meta", "<link rel=canonical href=https://ferry.example/b><meta")
    rows = [{"html": linked, "added": "2026-11-05T10:00:00Z", "url": DATED, **SAYS}, {"text": TEXT[::-1], **SAYS}]
    first = cleaned(rows, tmp_path)
    second = documents(tmp_path / "out" / name, tmp_path / "again")
    told = ("text", "url", "title", "author", "date", "language", "added", "created")
    assert [[row[key] for key in told] for row in second] == [[row[key] for key in told] for row in first]
    for key in ("site", "canonical_url"):
        assert [row["metadata"][key] for row in second] == [row["metadata"][key] for row in first]
    assert pq.read_table(tmp_path / "again" / "documents.parquet")["title"].to_pylist() == ["Ferry", "Boats"]


def test_another_hint_is_another_page(tmp_path: Path) -> None:
    assert cleaned([{"text": TEXT, "title": "Boats"}], tmp_path)[0]["title"] == "Boats"
    assert cleaned([{"text": TEXT, "title": "Ferries"}], tmp_path)[0]["title"] == "Ferries"
