"""What is labelled -> the Parquet file that `thresher train` reads, written aside and renamed when whole.

A row holds the page as it was and the text that a person left of it. The text is the texts of the kept blocks, a line
break between: the words that training aligns with the blocks of the page, in their order, so that every kept block is
content there too.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.label.sheet import Sheet
from pipeline.publish.place import teaching
from pipeline.publish.rows import scrub

COLUMNS = ("id", "url", "domain", "language", "page_type", "html", "text", "gold_text")
"""All are strings. A page has `html` or `text`, and null in the other."""
_ROWS_AT_ONCE = 50  # pages in memory

Labelled = tuple[Sheet, list[bool], str]
"""A sheet, which of its blocks stay, and the type of the page."""


def row_of(sheet: Sheet, kept: list[bool], page_type: str) -> dict[str, str | None]:
    """The row of a labelled page."""
    gold = "\n".join(line.text for line, stays in zip(sheet.lines, kept, strict=True) if stays)
    row = {
        "id": sheet.id, "url": sheet.url, "domain": sheet.domain, "language": sheet.language, "page_type": page_type,
        "html": sheet.markup if sheet.kind == "html" else None, "text": sheet.markup if sheet.kind == "text" else None,
        "gold_text": gold,
    }  # fmt: skip
    return {name: value if value is None else scrub(value) for name, value in row.items()}


def write_labels(file: Path, labelled: Iterable[Labelled]) -> int:
    """Write the labelled pages into `file` and give their number; the same labels give the same bytes.

    Raises `OutputError` where the file cannot be written; what stood there before then stands there still.
    """
    import pyarrow as pa  # noqa: PLC0415 - half a second
    import pyarrow.parquet as pq  # noqa: PLC0415 - half a second

    schema = pa.schema([(name, pa.string()) for name in COLUMNS])
    aside = file.with_name(f".{file.name}.{os.getpid()}")
    rows = 0
    with teaching(file):
        try:
            with aside.open("wb") as sink, pq.ParquetWriter(sink, schema, compression="zstd") as writer:
                for some in _batches(row_of(*each) for each in labelled):
                    writer.write_table(pa.Table.from_pylist(some, schema))
                    rows += len(some)
            _sync(aside)
            aside.replace(file)
        finally:
            aside.unlink(missing_ok=True)
    return rows


def _batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    """Rows, so many at a time."""
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        yield some


def _sync(file: Path) -> None:
    """Wait until the bytes of a file are on disk, so that a rename never shows an empty one after a power cut."""
    with file.open("rb") as written:
        os.fsync(written.fileno())
