"""Inputs that hold one page a row: JSON Lines and Parquet. Read row by row; never a whole file in memory."""

# the library behind has no types

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.acquire.hints import HINTS, INNER, flat, hints_of
from pipeline.acquire.source import RecordIds, Source, moment_of, whole
from pipeline.document import Failure, Kind, Page

# Which keys or columns hold a page, the likeliest first, and what they say of its kind (None: it must be looked at).
CONTENT: dict[str, Kind | None] = {
    "html": "html",
    "raw_html": "html",
    "text": "text",
    "content": None,
    "body": None,
}
URL = ("url", "link", f"{INNER}url")
ID = ("id",)
ADDED = ("added",)
_SAID = frozenset((*ADDED, *(place + name for names in HINTS.values() for name in names for place in ("", INNER))))
_WORDS = "html or raw_html (markup), or text, content or body"


def read_jsonl(source: Source) -> Iterator[Page | Failure]:
    """One page a line. A line that is none is one failure with its number, and the rest is read."""
    ids = RecordIds()
    cap = 6 * source.limit + 65_536  # JSON may spell a byte with six, and there are other keys
    with source.open() as stream:
        number = 0
        while line := stream.readline(cap):
            number += 1
            complete = line.endswith(b"\n") or len(line) < cap
            while not complete and (more := stream.readline(cap)):  # skip the rest of a line that is too long
                complete = more.endswith(b"\n")
                line = b""
            if not line:
                yield source.too_large(ids.name(None, number))
            elif line.strip(b" \t\r\n\xef\xbb\xbf\0"):
                yield _json_page(source, line, number, ids)
        whole(stream)


def _json_page(source: Source, line: bytes, number: int, ids: RecordIds) -> Page | Failure:
    """The page of one line, or why it is none."""
    try:
        row = json.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        return source.failure("bad_record", f"line {number} is not JSON ({reason})", ids.name(None, number))
    if not isinstance(row, dict):
        return source.failure("bad_record", f"line {number} is JSON, but no object", ids.name(None, number))
    lower = flat(row)
    record = ids.name(_plain(lower, ID), number)
    key = _key(lower)
    if key is None:
        message = f"line {number} holds no page: its keys are {_list(row)}; name one {_WORDS}"
        return source.failure("bad_record", message, record)
    return _row_page(source, record, key, lower)


def _key(row: dict[str, Any]) -> str | None:
    """The key that holds the page: the first with something in it, else the first there is."""
    present = [key for key in CONTENT if isinstance(row.get(key, 0), (str, bytes, type(None)))]
    return next((key for key in present if row[key]), next(iter(present), None))


def _plain(row: dict[str, Any], keys: Sequence[str]) -> str:
    """The first of some keys that holds a string or number, as a string."""
    values = (row.get(key) for key in keys)
    return next((str(value) for value in values if isinstance(value, (str, int)) and str(value)), "")


def _row_page(source: Source, record: str, key: str, row: dict[str, Any]) -> Page | Failure:
    """The page that a row holds under a key; text that was decoded before says so with its charset."""
    value = row[key]
    text = isinstance(value, str)
    data = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value or b""
    if len(data) > source.limit:
        return source.too_large(record)
    return source.page(
        data,
        record,
        url=_plain(row, URL) or None,
        kind=CONTENT[key],
        charset="utf-8" if text else None,
        fetched_at=moment_of(_plain(row, ADDED)),
        hints=hints_of(row),
    )


def read_parquet(source: Source) -> Iterator[Page | Failure]:
    """One page a row, from a column of markup or text; only needed columns are read, a few rows at a time."""
    import pyarrow as pa  # noqa: PLC0415  # heavy
    import pyarrow.parquet as pq  # noqa: PLC0415  # heavy

    number = 0
    try:
        with pq.ParquetFile(source.path, pre_buffer=False, buffer_size=1 << 20) as file:
            columns = _columns(file.schema_arrow)
            if isinstance(columns, str):
                yield source.failure("bad_record", columns)
                return
            ids = RecordIds()
            for batch in file.iter_batches(batch_size=8, columns=[*columns.values()], use_threads=False):
                for row in _readable(batch).to_pylist():
                    number += 1
                    values = {known: row[name] for known, name in columns.items()}
                    yield _row_page(source, ids.name(values.get("id"), number), _content(values), values)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        kind = "truncated" if number else "unreadable"
        yield source.failure(kind, f"the Parquet file is damaged after row {number} ({_first_line(error)})")


def _content(values: dict[str, Any]) -> str:
    """The column that holds this row's page."""
    return _key(values) or next(key for key in CONTENT if key in values)


def _readable(batch: Any) -> Any:
    """A batch as a table without structs, its times written out: not every time of Arrow is one of Python."""
    import pyarrow as pa  # noqa: PLC0415  # heavy

    table = pa.Table.from_batches([batch]).flatten()
    for number, field in enumerate(table.schema):
        if pa.types.is_temporal(field.type):
            column = table.column(number)
            utc = column.cast(pa.timestamp(field.type.unit, "UTC")) if getattr(field.type, "tz", None) else column
            table = table.set_column(number, field.name, utc.cast(pa.string()))
    return table


def _columns(schema: Any) -> dict[str, str] | str:
    """The columns to read (what they are for -> their name), or a message that says what is missing."""
    from pyarrow.types import is_struct  # noqa: PLC0415  # heavy

    found: dict[str, str] = {}
    for field in schema:
        inner = [(f"{field.name}.{part.name}", part.type) for part in field.type] if is_struct(field.type) else []
        for name, kind in inner or [(field.name, field.type)]:
            if (inner or "." not in name) and _holds(name.lower(), kind):
                found.setdefault(name.lower(), name)
    if any(known in CONTENT for known in found):
        return found
    names = ", ".join(f"{field.name} ({field.type})" for field in list(schema)[:20])
    return f"no column holds pages; name one {_WORDS}, of strings or bytes. Its columns are {names or 'none'}"


def _holds(known: str, kind: Any) -> bool:
    """Whether a column of this name and type is one to read."""
    import pyarrow.types as kinds  # noqa: PLC0415  # heavy

    if kinds.is_dictionary(kind):
        kind = kind.value_type
    text = (kinds.is_string, kinds.is_large_string)
    if known in _SAID:
        inner = kind.value_type if kinds.is_list(kind) or kinds.is_large_list(kind) else kind
        return any(test(inner) for test in text) or kinds.is_date(kind) or kinds.is_timestamp(kind)
    pagelike = any(test(kind) for test in (*text, kinds.is_binary, kinds.is_large_binary))
    return (known in CONTENT and pagelike) or (known in URL + ID and (pagelike or kinds.is_integer(kind)))


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n", 1)[0][:200]


def _list(row: dict[Any, Any]) -> str:
    return ", ".join(repr(str(key)[:40]) for key in list(row)[:12]) or "none"
