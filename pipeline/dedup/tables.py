"""Files of rows with `id` and `text`, for `thresher dedup PATH`: read as entries, and written again without copies.

JSON Lines (plain, .gz, .zst) and Parquet. A row is kept as it came: lines byte for byte, Parquet rows with all their
columns and types. Files are streamed; what is held of a row is its fingerprint.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.dedup.fingerprint import Entry
from pipeline.errors import UsageError

LONGEST = 100_000_000
"""Bytes of a line; a longer one is not read."""
_BATCH = 1000  # rows of a Parquet file at once
_PACKED = {".gz": "gzip", ".zst": "zstd"}
_COLUMNS = ("id", "text", "source", "date", "created", "url")

Choice = Callable[[int], Mapping[str, Any] | None]
"""What to write of row n (from 0): None leaves it out, else its new fields (none: as it came)."""
Told = Callable[[int, str], object]
"""Hears of a row that cannot be read: its number from 1, and why."""


def suffix_of(path: Path) -> str:
    """The suffix by which a table is read; raises `UsageError` for a file that is none."""
    for suffix in (".jsonl", ".jsonl.gz", ".jsonl.zst", ".ndjson", ".parquet"):
        if path.name.lower().endswith(suffix):
            return suffix
    raise UsageError(f"{path}: is no table; thresher dedup reads .jsonl, .jsonl.gz, .jsonl.zst, .ndjson and .parquet")


def read_entries(path: Path, told: Told) -> Iterator[tuple[int, Entry]]:
    """The rows of a file that can be read, each with its number from 0.

    Raises `UsageError` if the file cannot be read, or no column of it is called `id` or `text`.
    """
    try:
        yield from (_parquet_entries if suffix_of(path) == ".parquet" else _json_entries)(path, told)
    except (OSError, EOFError, pa.ArrowException) as error:
        raise UsageError(f"{path}: cannot be read ({str(error).strip().splitlines()[0][:200]})") from None


def write_rows(path: Path, out: Path, choice: Choice, fields: Mapping[str, pa.DataType]) -> None:
    """Write `out` with the chosen rows of `path`, in the same format; `fields` are the new columns, if there are any.

    A row that cannot be read is left out.
    """
    (_write_parquet if suffix_of(path) == ".parquet" else _write_json)(path, out, choice, fields)


def _packed(path: Path) -> str | None:
    return _PACKED.get(path.suffix.lower())


def _lines(path: Path) -> Iterator[bytes]:
    """The lines of a file; of one that is too long, its beginning without a line break."""
    with pa.OSFile(str(path)) as raw:
        packed = _packed(path)
        stream = pa.CompressedInputStream(raw, packed) if packed else raw
        rest, skipping = b"", False
        while block := stream.read(1 << 20):
            *whole, rest = (rest + block).split(b"\n")
            for line in whole:
                if not skipping:
                    yield line + b"\n"
                skipping = False
            if skipping or len(rest) > LONGEST:
                if not skipping:
                    yield rest
                rest, skipping = b"", True
        if rest:
            yield rest


def _json_entries(path: Path, told: Told) -> Iterator[tuple[int, Entry]]:
    """The entries of a file of JSON lines."""
    for number, line in enumerate(_lines(path)):
        row = _json_row(line)
        if isinstance(row, str):
            if row:
                told(number + 1, row)
            continue
        yield number, _entry(row)


def _json_row(line: bytes) -> dict[str, Any] | str:
    """The object of a line, or why it is none; "" for an empty line."""
    if len(line) > LONGEST:
        return f"longer than {LONGEST:,} bytes"
    try:
        row = json.loads(line.removeprefix(b"\xef\xbb\xbf")) if line.strip() else ""
    except (ValueError, RecursionError) as error:
        return f"not JSON ({str(error)[:100]})"
    if row == "":
        return ""
    if not isinstance(row, dict):
        return "JSON, but no object"
    return _wrong(row) or row


def _wrong(row: Mapping[str, Any]) -> str:
    """What is wrong with a row, "" if nothing is."""
    if isinstance(row.get("id"), bool) or not isinstance(row.get("id"), (str, int)):
        return "no `id` that is a string or number"
    return "" if isinstance(row.get("text"), str) else "no `text` that is a string"


def _entry(row: Mapping[str, Any]) -> Entry:
    """The entry of a row that has an id and a text; other fields count where they are strings."""
    other = {key: str(value) if (value := row.get(key)) else "" for key in ("source", "date", "created", "url")}
    return Entry(str(row["id"]), row["text"], other["source"], other["date"] or other["created"], other["url"])


def _parquet_entries(path: Path, told: Told) -> Iterator[tuple[int, Entry]]:
    """The entries of a Parquet file."""
    number = 0
    with pq.ParquetFile(path) as file:
        names = file.schema_arrow.names
        for needed in ("id", "text"):
            if needed not in names:
                raise UsageError(f"{path}: has no column `{needed}`; its columns are {', '.join(names[:20])}")
        for batch in file.iter_batches(_BATCH, columns=[name for name in _COLUMNS if name in names]):
            for row in batch.to_pylist():
                wrong = _wrong(row)
                if wrong:
                    told(number + 1, wrong)
                else:
                    yield number, _entry(row)
                number += 1


def _write_json(path: Path, out: Path, choice: Choice, fields: Mapping[str, pa.DataType]) -> None:
    """The chosen lines, as they came where they get no new fields."""
    with pa.OSFile(str(out), "wb") as raw:
        packed = _packed(path)
        sink: IO[bytes] = pa.CompressedOutputStream(raw, packed) if packed else raw
        for number, line in enumerate(_lines(path)):
            new = choice(number)
            if new is None:
                continue
            if fields:
                row = json.loads(line.removeprefix(b"\xef\xbb\xbf"))
                sink.write((json.dumps({**row, **new}, ensure_ascii=True) + "\n").encode())
            else:
                sink.write(line if line.endswith(b"\n") else line + b"\n")
        sink.close()


def _write_parquet(path: Path, out: Path, choice: Choice, fields: Mapping[str, pa.DataType]) -> None:
    """The chosen rows with all their columns; a new column takes the place of one of its name."""
    number = 0
    with pq.ParquetFile(path) as file:
        schema = pa.schema([field for field in file.schema_arrow if field.name not in fields])
        wider = pa.schema([*schema, *(pa.field(name, kind) for name, kind in fields.items())])
        with pq.ParquetWriter(out, wider, compression="zstd") as writer:
            for batch in file.iter_batches(_BATCH):
                chosen = [choice(row) for row in range(number, number + batch.num_rows)]
                number += batch.num_rows
                table = pa.Table.from_batches([batch]).select(schema.names)
                table = table.filter(pa.array([new is not None for new in chosen]))
                for name, kind in fields.items():
                    table = table.append_column(name, pa.array([new[name] for new in chosen if new is not None], kind))
                writer.write_table(table.cast(wider))
