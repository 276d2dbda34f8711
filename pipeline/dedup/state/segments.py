"""A segment: the fingerprints of some documents on disk, written once, never changed, and read through a memory map.

A folder of Arrow IPC files without compression, so that a look-up reads only the pages it needs:

    documents.arrow   one row a document: `Prints` and `Lines`, column by column, `BATCH` rows a record batch
    meets.arrow       band keys and addresses -> rows (sorted_keys.py)
    same.arrow        the first 8 bytes of exact hashes -> rows
    names.arrow       64-bit hashes of ids -> rows

Labels are not in it: the manifest says which rows came under which label. What was decided of the documents is not in
it either (verdicts.py), because that changes when an earlier label is published again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.dedup.lines import Lines
from pipeline.dedup.prints import BANDS, HASHES, Prints, index_keys
from pipeline.dedup.state.sorted_keys import SortedKeys, merged_parts, ragged, sorted_parts, write_keys
from pipeline.errors import StateError

Rows = NDArray[np.int64]
DOCUMENTS, MEETS, SAME, NAMES = "documents.arrow", "meets.arrow", "same.arrow", "names.arrow"
FILES = (DOCUMENTS, MEETS, SAME, NAMES)
BATCH = 4096
"""Rows of a record batch of documents.arrow; only the last one may have fewer."""

_FIXED: dict[str, tuple[Any, int]] = {
    "exact": (np.uint8, 16), "bands": (np.uint64, BANDS), "signatures": (np.uint8, HASHES),
    "words": (np.int32, 1), "dates": (np.int64, 1), "urls": (np.uint64, 1),
}  # fmt: skip
_LISTS = {"shingles": np.uint32, "lines": np.uint64}
_STRINGS = ("ids", "sources", "sites")
_SCHEMA = pa.schema(
    [pa.field(name, pa.binary(), nullable=False) for name in _STRINGS]
    + [pa.field(name, pa.binary(np.dtype(kind).itemsize * n), nullable=False) for name, (kind, n) in _FIXED.items()]
    + [
        pa.field(name, pa.large_list(pa.field("item", pa.from_numpy_dtype(kind), nullable=False)), nullable=False)
        for name, kind in _LISTS.items()
    ]
)


def as_bytes(texts: Iterable[str]) -> list[bytes]:
    """Strings as they are stored: names of files may hold halves of characters, which are no UTF-8."""
    return [text.encode("utf-8", "surrogatepass") for text in texts]


def as_strings(texts: Iterable[bytes]) -> list[str]:
    """What `as_bytes` was given; raises ValueError for other bytes."""
    return [text.decode("utf-8", "surrogatepass") for text in texts]


def hash_ids(ids: Sequence[str]) -> NDArray[np.uint64]:
    """64-bit hashes of ids."""
    digests = (hashlib.blake2b(id_, digest_size=8).digest() for id_ in as_bytes(ids))
    return np.frombuffer(b"".join(digests), ">u8").astype(np.uint64)


def exact_keys(exact: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """The first 8 bytes of exact hashes uint8[n, 16] as numbers."""
    return np.ascontiguousarray(exact[:, :8]).view(">u8").ravel().astype(np.uint64)


def write_segment(folder: Path, prints: Prints, lines: Lines) -> None:
    """Write the files of a segment into an empty folder; row i is document i."""
    _write_batches(folder, (_batch(prints, lines, start) for start in range(0, len(prints), BATCH)))
    everyone = np.arange(len(prints))
    write_keys(folder / MEETS, sorted_parts(*index_keys(prints)))
    worded = everyone[prints.words > 0]
    write_keys(folder / SAME, sorted_parts(exact_keys(prints.exact[worded]), worded))
    write_keys(folder / NAMES, sorted_parts(hash_ids(prints.ids), everyone))


def _write_batches(folder: Path, batches: Iterator[pa.RecordBatch]) -> None:
    with pa.OSFile(str(folder / DOCUMENTS), "wb") as sink, pa.ipc.new_file(sink, _SCHEMA) as writer:
        for batch in batches:
            writer.write_batch(batch)


def _batch(prints: Prints, lines: Lines, start: int) -> pa.RecordBatch:
    """The record batch of the documents from `start` on."""
    some = slice(start, start + BATCH)
    ends = slice(start, min(start + BATCH, len(prints)) + 1)
    columns: list[pa.Array] = [
        pa.array(as_bytes(column[some]), pa.binary()) for column in (prints.ids, prints.sources, lines.sites)
    ]
    for name, (kind, width) in _FIXED.items():
        data = np.ascontiguousarray(getattr(prints, name)[some], kind)
        buffer = pa.py_buffer(data.tobytes())
        columns.append(pa.Array.from_buffers(pa.binary(data.itemsize * width), len(data), [None, buffer]))
    for offsets, values in ((prints.offsets[ends], prints.shingles), (lines.offsets[ends], lines.hashes)):
        inside = pa.array(values[offsets[0] : offsets[-1]])
        columns.append(pa.LargeListArray.from_arrays(pa.array(offsets - offsets[0]), inside))
    return pa.RecordBatch.from_arrays(
        [column.cast(field.type) for column, field in zip(columns, _SCHEMA, strict=True)], schema=_SCHEMA
    )


class Segment:
    """A segment for reading. Every method raises `StateError` where a file is not what was written."""

    def __init__(self, folder: Path, rows: int) -> None:
        self.folder, self.rows = folder, rows
        with sound(folder):
            self._reader = pa.ipc.open_file(pa.memory_map(str(folder / DOCUMENTS)))
            if self._reader.schema != _SCHEMA or self._reader.num_record_batches != -(-rows // BATCH):
                raise ValueError(f"{DOCUMENTS} has other columns or another length")
            self.meets, self.same, self.names = (SortedKeys(folder / name) for name in FILES[1:])
        self._opened: dict[int, pa.RecordBatch] = {}

    def find(
        self, table: SortedKeys, asked: NDArray[np.uint64], wanted: Callable[[Rows], NDArray[np.bool_]]
    ) -> Iterator[tuple[Rows, Rows]]:
        """`SortedKeys.find` in one of the three tables; rows that do not exist are damage."""

        def good(rows: Rows) -> NDArray[np.bool_]:
            if len(rows) and rows.max() >= self.rows:
                raise ValueError("a table of keys names rows that do not exist")
            return wanted(rows)

        with sound(self.folder):
            yield from table.find(asked, good)

    def fixed(self, name: str, rows: Rows) -> NDArray[Any]:
        """A column of numbers, or of so many a document, for the rows int64[k]."""
        kind, width = _FIXED[name]
        result = np.empty((len(rows), width), kind)
        with sound(self.folder):
            for batch, places, local in self._split(rows):
                column = batch.column(_SCHEMA.get_field_index(name))
                result[places] = np.frombuffer(column.buffers()[1], kind).reshape(-1, width)[local]
        return result if width > 1 else result[:, 0]

    def strings(self, name: str, rows: Rows) -> list[str]:
        """A column of strings for the rows int64[k]."""
        result = [""] * len(rows)
        with sound(self.folder):
            for batch, places, local in self._split(rows):
                column = batch.column(_SCHEMA.get_field_index(name))
                column.validate(full=True)  # a wrong offset would read beyond the file
                found = as_strings(column.take(pa.array(local)).to_pylist())
                for place, text in zip(places.tolist(), found, strict=True):
                    result[place] = text
        return result

    def lists(self, name: str, rows: Rows) -> tuple[Rows, NDArray[Any]]:
        """A column of lists for the rows int64[k]: offsets int64[k + 1] and the values behind each other."""
        sizes = np.zeros(len(rows), np.int64)
        parts: list[tuple[Rows, NDArray[Any], Rows]] = []
        with sound(self.folder):
            for batch, places, local in self._split(rows):
                column = batch.column(_SCHEMA.get_field_index(name))
                ends = np.frombuffer(column.buffers()[1], np.int64)
                values = column.values.to_numpy()
                if ends[0] != 0 or (np.diff(ends[: len(column) + 1]) < 0).any() or ends[len(column)] > len(values):
                    raise ValueError(f"the lists in column {name} overlap")
                sizes[places] = ends[local + 1] - ends[local]
                parts.append((places, values, ends[local]))
        offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
        result = np.empty(int(offsets[-1]), _LISTS[name])
        for places, values, starts in parts:
            result[ragged(offsets[places], sizes[places])] = values[ragged(starts, sizes[places])]
        return offsets, result

    def prints(self, rows: Rows, labels: Sequence[str]) -> Prints:
        """The prints of the rows int64[k], in that order, with these labels."""
        offsets, shingles = self.lists("shingles", rows)
        return Prints(
            ids=tuple(self.strings("ids", rows)),
            labels=tuple(labels),
            sources=tuple(self.strings("sources", rows)),
            offsets=offsets,
            shingles=shingles,
            **{name: self.fixed(name, rows) for name in _FIXED},
        )

    def lines(self, rows: Rows) -> Lines:
        """The lines of the rows int64[k], in that order."""
        return Lines(tuple(self.strings("sites", rows)), *self.lists("lines", rows))

    def batches(self, start: int, stop: int) -> Iterator[pa.RecordBatch]:
        """The documents of a range of rows as slices of record batches."""
        while start < stop:
            inside = start % BATCH
            size = min(BATCH - inside, stop - start)
            yield self._batch(start // BATCH).slice(inside, size)
            start += size

    def _split(self, rows: Rows) -> Iterator[tuple[pa.RecordBatch, Rows, Rows]]:
        """Batches that hold some of the rows: the batch, the places in `rows`, and the rows counted within it."""
        order = np.argsort(rows, kind="stable")
        numbers = rows[order] // BATCH
        for places in np.split(order, np.flatnonzero(np.diff(numbers)) + 1):
            if len(places):
                number = int(rows[places[0]]) // BATCH
                yield self._batch(number), places, rows[places] - number * BATCH

    def _batch(self, number: int) -> pa.RecordBatch:
        if number not in self._opened:
            batch = self._reader.get_batch(number)
            batch.validate()
            if batch.num_rows != min(BATCH, self.rows - number * BATCH) or any(c.null_count for c in batch.columns):
                raise ValueError(f"batch {number} of {DOCUMENTS} has other rows")
            self._opened[number] = batch
        return self._opened[number]


class sound:  # noqa: N801 - reads as a phrase: with sound(folder)
    """Turns what goes wrong while reading a file of `folder` into a `StateError` that says what to do."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        """Nothing to do before."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        """Translate; errors of ours, and of the disk (a full one), pass through."""
        if isinstance(error, OSError) and error.errno:
            return
        if isinstance(error, (pa.ArrowException, OSError, ValueError, IndexError)):
            says = str(error).strip().split("\n", 1)[0][:200]
            message = f"{self._folder}: damaged ({says}); restore it from a copy, or publish its runs again"
            raise StateError(message) from error


Piece = tuple[Segment, int, int]
"""A range of rows of a segment: from the second number up to the third."""


def merge_segments(folder: Path, pieces: Sequence[Piece]) -> None:
    """Write the files of a segment into an empty folder: the rows of all pieces, in that order. Streams."""
    with sound(folder):
        _write_batches(folder, _rebatched(batch for piece in pieces for batch in piece[0].batches(*piece[1:])))
        renamed = list(_renamed(pieces))
        rows = sum(stop - start for _, start, stop in pieces)
        write_keys(folder / MEETS, merged_parts([(one.meets, new) for one, new in renamed], rows * (BANDS + 1)))
        write_keys(folder / SAME, merged_parts([(one.same, new) for one, new in renamed], rows))
        write_keys(folder / NAMES, merged_parts([(one.names, new) for one, new in renamed], rows))


def _rebatched(slices: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows in batches of `BATCH`."""
    waiting: list[pa.RecordBatch] = []
    count = 0
    for piece in slices:
        rest = piece
        while count + rest.num_rows >= BATCH:
            yield pa.concat_batches([*waiting, rest.slice(0, BATCH - count)])
            rest = rest.slice(BATCH - count)
            waiting, count = [], 0
        if rest.num_rows:
            waiting.append(rest)
            count += rest.num_rows
    if waiting:
        yield pa.concat_batches(waiting)


def _renamed(pieces: Sequence[Piece]) -> Iterator[tuple[Segment, Rows]]:
    """Each segment once, with the new row of every old one; -1 for a row that is in no piece."""
    place = 0
    new: dict[Segment, Rows] = {}
    for segment, start, stop in pieces:
        rows = new.setdefault(segment, np.full(segment.rows, -1, np.int64))
        rows[start:stop] = np.arange(place, place + stop - start)
        place += stop - start
    yield from new.items()
