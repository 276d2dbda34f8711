"""What the columns of rows say of their pages, in JSON Lines and in Parquet."""

# ruff: noqa: E501  # the cases are a table

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.acquire import read
from pipeline.acquire.hints import HINTS
from pipeline.document import Metadata, Page
from pipeline.settings import Settings


def hinted(file: Path) -> Page:
    (page,) = read([file], Settings())
    assert isinstance(page, Page)
    return page


BOTH = {
    "nothing": ({}, Metadata()),
    "plain": ({"title": "T", "author": "A", "date": "2026-11-02", "language": "en", "site": "S"}, Metadata("T", ("A",), "2026-11-02", "en", "S")),
    "other-names": ({"Headline": "T", "creator": "A", "publish_date": "5 March 2024", "lang": "en", "sitename": "S"}, Metadata("T", ("A",), "5 March 2024", "en", "S")),
    "the-first-that-says-something": ({"title": " ", "headline": "T", "date": None, "created": "2026"}, Metadata("T", date="2026")),
    "many-authors": ({"authors": ["Ada Oat", None, "Bo Rye"]}, Metadata(authors=("Ada Oat", "Bo Rye"))),
    "within-metadata": ({"metadata": {"title": "T", "Site": "S", "words": 7}}, Metadata("T", site="S")),
    "the-row-before-metadata": ({"title": "T", "metadata": {"title": "U", "date": "2026"}}, Metadata("T", date="2026")),
    "metadata-fills-a-gap": ({"title": "", "metadata": {"title": "U"}}, Metadata("U")),
    "numbers-are-no-titles": ({"title": 7, "site": 1.5, "date": 20261102}, Metadata()),
    "capped": ({"title": "x" * 5000}, Metadata("x" * 2000)),
}  # fmt: skip
ONLY_JSON = {
    "objects-with-a-name": ({"author": [{"name": "Ada"}, {"nick": "b"}]}, Metadata(authors=("Ada",))),
    "metadata-of-another-type": ({"metadata": ["title"]}, Metadata()),
}
ONLY_PARQUET = {
    "day": ({"date": date(2026, 11, 2)}, Metadata(date="2026-11-02")),
    "moment": ({"date": datetime(2026, 11, 2, 10, tzinfo=UTC)}, Metadata(date="2026-11-02 10:00:00.000000Z")),
    "nanoseconds": ({"date": pa.scalar(1_793_613_600_000_000_001, pa.timestamp("ns"))}, Metadata(date="2026-11-02 10:00:00.000000001")),
    "another-zone": ({"date": pa.scalar(1_793_613_600, pa.timestamp("s", "Mars/Gale"))}, Metadata(date="2026-11-02 10:00:00.000Z")),
    "no-such-day": ({"date": pa.scalar(2**40, pa.timestamp("s"))}, Metadata(date="<value out of range: 1099511627776000>")),
    "a-day-within-metadata": ({"metadata": {"date": date(2026, 11, 2), "words": [{"n": 1}]}}, Metadata(date="2026-11-02")),
    "dictionary": ({"site": pa.DictionaryArray.from_arrays([0], ["S"])[0]}, Metadata(site="S")),
    "list-of-objects": ({"authors": [{"name": "Ada"}]}, Metadata()),
    "a-dot-in-a-name": ({"a.title": "U"}, Metadata()),
}  # fmt: skip


@pytest.mark.parametrize(("row", "wanted"), (BOTH | ONLY_JSON).values(), ids=BOTH | ONLY_JSON)
def test_columns_of_json_lines(tmp_path: Path, row: Any, wanted: Any) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps({"text": "one", **row}))
    assert hinted(file).hints == wanted


@pytest.mark.parametrize(("row", "wanted"), [*BOTH.values(), *ONLY_PARQUET.values()], ids=[*BOTH, *ONLY_PARQUET])
def test_columns_of_parquet(tmp_path: Path, row: Any, wanted: Any) -> None:
    file = tmp_path / "a.parquet"
    pq.write_table(pa.table({name: pa.array([value]) for name, value in {"text": "one", **row}.items()}), file)
    assert hinted(file).hints == wanted


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_address_and_day_of_the_fetch(tmp_path: Path, suffix: str) -> None:
    row = {"text": "one", "added": "2026-11-02T10:00:00+00:00", "metadata": {"url": "https://ferry.example/a"}}
    file = tmp_path / f"a.{suffix}"
    if suffix == "jsonl":
        file.write_text(json.dumps(row))
    else:
        pq.write_table(pa.Table.from_pylist([row]), file)
    page = hinted(file)
    assert (page.url, page.fetched_at) == ("https://ferry.example/a", datetime(2026, 11, 2, 10, tzinfo=UTC))


def test_the_docs_name_every_column() -> None:
    page = (Path(__file__).parents[2] / "docs/data-formats.md").read_text(encoding="utf-8")
    rows = page.split("## Rows as input")[1].split("\n## ")[0].split("| title |")[1].split("\n\n")[0]
    assert re.findall(r"`(\w+)`", rows) == [name for names in HINTS.values() for name in names]
