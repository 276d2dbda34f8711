"""Is what a day publishes sound? Checks that read texts and rows, one by one: memory does not grow with them.

Before anything is written, `sound_texts` looks at the texts; afterwards `sound_files` holds the files of OUT against
the tables of `rows` and the statistics. What can be told from numbers alone is in `health`.
"""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pipeline.document import OUTCOMES
from pipeline.publish.finding import Finding
from pipeline.publish.formats import parquet_schema
from pipeline.publish.leaf import Leaf, Rendered
from pipeline.publish.place import MANIFEST
from pipeline.publish.rows import MANIFEST as MANIFEST_FIELDS
from pipeline.publish.rows import METADATA, RECORD, Row

_SHOWN = 20  # faults in the table; the others are counted
_LONGEST = 1_000_000_000  # bytes of a line: beyond, it is no row of ours
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u2028\u2029]")


def fault_of(text: str) -> str:
    """What is wrong with the characters of a text, in a few words; "" if nothing is.

    Texts are NFC and hold no control characters but line breaks (and tabs), no lone surrogates, no noncharacters.
    """
    if text.isascii() and text.replace("\n", "").isprintable():
        return ""
    if found := _UNSEEN.search(text):
        return f"holds U+{ord(found[0]):04X}, which nobody sees, {found.start():,} characters in"
    return "" if unicodedata.is_normalized("NFC", text) else "is not NFC"


def sound_texts(results: Iterable[Rendered]) -> Finding:
    """Whether the texts that are about to be published have sound characters."""
    faults, texts = _Faults(), 0
    for result in results:
        if isinstance(result.value, Leaf) and result.value.outcome == "kept":
            texts += 1
            faults.add(result.value.page.id, fault_of(result.value.text))
    return faults.finding(texts, "texts")


def sound_files(out: Path, outcomes: Mapping[str, int]) -> Finding:
    """Whether manifest and documents in `out` have all fields and types, and as many rows as `outcomes` counts."""
    faults, told = _Faults(), Counter[str]()
    for number, row in enumerate(_json_rows(out / MANIFEST), 1):
        fault = wrong_fields(row, MANIFEST_FIELDS)
        faults.add(f"{MANIFEST}, row {number}", fault)
        if not fault:
            told[row["outcome"]] += 1
            gone = [name for name in (row["output"], *row["copies"]) if name and not (out / name).is_file()]
            faults.add(row["id"], f"{gone[0]} is named in the manifest and is not there" if gone else "")
    for outcome in OUTCOMES:
        if told[outcome] != outcomes.get(outcome, 0):
            words = f"{told[outcome]:,} rows are {outcome}; the statistics count {outcomes.get(outcome, 0):,}"
            faults.add(MANIFEST, words)
    for name, rows in _documents(out):
        _check_documents(name, rows, told["kept"], faults)
    return faults.finding(told.total(), "inputs")


def _check_documents(name: str, rows: Iterator[Row], kept: int, faults: _Faults) -> None:
    """Hold the rows of one file of documents against the tables, and count them."""
    number = 0
    for number, row in enumerate(rows, 1):
        fault = wrong_fields(row, RECORD) or wrong_fields(row["metadata"], METADATA) or fault_of(row["text"])
        faults.add(f"{name}, row {number}", fault)
    faults.add(name, f"{number:,} rows; the manifest names {kept:,} kept inputs" if number != kept else "")


def wrong_fields(row: object, fields: Mapping[str, type]) -> str:
    """What is wrong with the fields of a row, in a few words; "" if it has each, of its type, and no other."""
    if not isinstance(row, dict):
        return "is no row"
    if odd := sorted(row.keys() ^ fields.keys()):
        return f"{'lacks' if odd[0] in fields else 'has the unknown field'} {odd[0]!r}"
    for name, kind in fields.items():
        if type(row[name]) is not kind:
            return f"{name} is of the type {type(row[name]).__name__}, not {kind.__name__}"
    return ""


def _documents(out: Path) -> Iterator[tuple[str, Iterator[Row]]]:
    """The files of documents that are there, with their rows."""
    if (out / "documents.jsonl.gz").exists():
        yield "documents.jsonl.gz", _json_rows(out / "documents.jsonl.gz")
    if (out / "documents.parquet").exists():
        yield "documents.parquet", _parquet_rows(out / "documents.parquet")


def _json_rows(path: Path) -> Iterator[Row]:
    """The rows of a file of JSON lines, packed or not; where it is damaged or ends early, an empty row, and the end."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
            while line := lines.readline(_LONGEST):
                yield json.loads(line)
    except (OSError, EOFError, zlib.error, ValueError, RecursionError):
        yield {}


def _parquet_rows(path: Path) -> Iterator[Row]:
    """The rows of a Parquet file; an empty row if it is damaged or has other columns."""
    import pyarrow as pa  # noqa: PLC0415 - heavy, and only this format needs it
    import pyarrow.parquet as pq  # noqa: PLC0415 - as above

    try:
        with pq.ParquetFile(path) as file:
            if not file.schema_arrow.equals(parquet_schema()):
                yield {}
                return
            for batch in file.iter_batches(batch_size=100):
                yield from batch.to_pylist()
    except (OSError, pa.ArrowException):
        yield {}


class _Faults:
    """What was found wrong, and where; the first ones are kept, all are counted."""

    def __init__(self) -> None:
        self.count = 0
        self.first: list[tuple[str, str]] = []

    def add(self, where: str, fault: str) -> None:
        """Note a fault; none if `fault` is empty."""
        if fault:
            self.count += 1
            self.first += [(where, fault)] if len(self.first) < _SHOWN else []

    def finding(self, looked_at: int, what: str) -> Finding:
        """The finding: any fault is an error."""
        words = f"all {looked_at:,} {what} are sound"
        if self.count:
            words = f"{self.count:,} faults in {looked_at:,} {what}; the first: {self.first[0][0]} {self.first[0][1]}"
        numbers = {what: looked_at, "faults": self.count}
        return Finding(
            not self.count, "error" if self.count else "warn", words, numbers, ("where", "fault"), tuple(self.first)
        )
