"""The formats: one table, which the command line, the writer, the docs and the tests read.

A format is either one text a document (a function from document to text, and a suffix) or one file of records a run
(a function that opens a sink). To add one: write the function, add its entry to `FORMATS`, describe it in
docs/data-formats.md.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from pipeline.errors import UsageError
from pipeline.publish.markdown import markdown
from pipeline.publish.rows import METADATA, RECORD, Row, json_lines

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from pipeline.document import Document
    from pipeline.settings import Settings

Sink = Callable[[Row], object]

ROWS_AT_ONCE = 1000
"""Rows of a Parquet row group at most."""
CHARACTERS_AT_ONCE = 8_000_000
"""Characters of text after which a row group is written even when it has fewer rows: memory stays flat."""
_LEVEL = 4  # of gzip: a twentieth larger than 6, for less than half the time


@dataclass(frozen=True, slots=True)
class TextFormat:
    """One file a document: `render` gives its text, without the line break at the end."""

    says: str
    suffix: str
    render: Callable[[Document, Settings], str]


@dataclass(frozen=True, slots=True)
class RecordFormat:
    """One file a run: `sink` opens it and takes one row a kept document; the file is whole when it closes."""

    says: str
    name: str
    sink: Callable[[Path], AbstractContextManager[Sink]]


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """A new file for writing. After an error, closing it does not raise again (a full disk would)."""
    file = path.open("wb")
    try:
        yield file
    except BaseException:
        with suppress(OSError):
            file.close()
        raise
    file.close()


@contextmanager
def gzip_lines(path: Path) -> Iterator[Sink]:
    """Rows as compressed JSON lines; neither time nor name goes into the head, so equal rows give equal bytes."""
    with opened(path) as file:
        packed = gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=file, mtime=0)
        yield lambda row: packed.write(json_lines([row]))
        packed.close()


@contextmanager
def parquet(path: Path) -> Iterator[Sink]:
    """Rows as Parquet with zstd, one row group at a time."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - heavy, and only this format needs it

    schema = parquet_schema()
    waiting: list[Row] = []
    size = 0
    with opened(path) as file:
        writer = pq.ParquetWriter(file, schema, compression="zstd")

        def flush() -> None:
            nonlocal size
            writer.write_batch(_batch(waiting, schema))
            waiting.clear()
            size = 0

        def sink(row: Row) -> None:
            nonlocal size
            waiting.append(row)
            size += len(row["text"])
            if len(waiting) >= ROWS_AT_ONCE or size >= CHARACTERS_AT_ONCE:
                flush()

        try:
            yield sink
            if waiting:
                flush()
        except BaseException:
            with suppress(Exception):  # left open it would be closed when nobody listens, and say so on stderr
                writer.close()
            raise
        writer.close()


def _batch(rows: Sequence[Row], schema: pa.Schema) -> pa.RecordBatch:
    """Rows as columns, the columns of the struct among them."""
    import pyarrow as pa  # noqa: PLC0415 - heavy, and only this format needs it

    def column(rows: Sequence[Row], field: pa.Field) -> pa.Array:
        values = [row[field.name] for row in rows]
        if not pa.types.is_struct(field.type):
            return pa.array(values, field.type)
        parts = list(field.type)
        return pa.StructArray.from_arrays([column(values, part) for part in parts], fields=parts)

    return pa.record_batch([column(rows, field) for field in schema], schema=schema)


def parquet_schema() -> pa.Schema:
    """The columns of documents.parquet: as in the JSON lines, `metadata` a struct, nothing nullable."""
    import pyarrow as pa  # noqa: PLC0415 - heavy, and only this format needs it

    kinds = {str: pa.string(), int: pa.int64()}
    struct = pa.struct([pa.field(name, kinds[kind], nullable=False) for name, kind in METADATA.items()])
    columns = [(name, struct if kind is dict else kinds[kind]) for name, kind in RECORD.items()]
    return pa.schema([pa.field(name, kind, nullable=False) for name, kind in columns])


def _plain(document: Document, _settings: Settings) -> str:
    return document.text


def _markdown(document: Document, settings: Settings) -> str:
    return markdown(document.kept, links=settings.links)


PLAIN = TextFormat("plain text, one file a document", ".txt", _plain)
"""The text that records hold too."""
FORMATS: dict[str, TextFormat | RecordFormat] = {
    "txt": PLAIN,
    "md": TextFormat("Markdown, one file a document", ".md", _markdown),
    "jsonl": RecordFormat("one JSON object a document, gzipped", "documents.jsonl.gz", gzip_lines),
    "parquet": RecordFormat("one Parquet row a document", "documents.parquet", parquet),
}


def chosen(names: Sequence[str]) -> tuple[list[TextFormat], list[RecordFormat]]:
    """The formats of these names, each once; raises `UsageError` for a name that is none."""
    unknown = [name for name in names if name not in FORMATS]
    if unknown:
        raise UsageError(f"unknown format '{unknown[0]}'; the formats are {', '.join(FORMATS)}")
    formats: list[Any] = [FORMATS[name] for name in dict.fromkeys(names)]
    texts = [each for each in formats if isinstance(each, TextFormat)]
    return texts, [each for each in formats if isinstance(each, RecordFormat)]
