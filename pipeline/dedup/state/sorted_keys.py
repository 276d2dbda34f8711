"""Sorted tables of 64-bit keys on disk: which rows stand under a key.

A table is one Arrow IPC file, memory-mapped: `key` uint64, sorted, and `row` uint32 beside it. It is cut into
partitions by the top bits of the key, one record batch each, so that two tables are merged one partition at a time,
in bounded memory, and a look-up touches only the pages of the file that its keys fall on. Keys are hashes, and fill
the partitions evenly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Rows = NDArray[np.int64]
_SCHEMA = pa.schema([pa.field("key", pa.uint64(), nullable=False), pa.field("row", pa.uint32(), nullable=False)])
_PARTITION = 1 << 20  # keys of a partition, about
_AT_ONCE = 1 << 22  # rows that one step of a look-up holds at most, unless one key has more


def write_keys(path: Path, parts: Iterator[tuple[Keys, Rows]]) -> None:
    """Write a table from the (keys, rows) of its partitions, in order; their number must be a power of two."""
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, _SCHEMA) as writer:
        for keys, rows in parts:
            writer.write_batch(pa.record_batch([pa.array(keys), pa.array(rows.astype(np.uint32))], schema=_SCHEMA))


def sorted_parts(keys: Keys, rows: Rows) -> Iterator[tuple[Keys, Rows]]:
    """Keys in any order as sorted partitions for `write_keys`; equal keys keep their order."""
    bits = bits_for(len(keys))
    order = np.argsort(keys, kind="stable")
    keys, rows = keys[order], rows[order]
    cuts = np.searchsorted(keys, _lowest(bits)).tolist()
    for start, stop in zip(cuts, [*cuts[1:], len(keys)], strict=True):
        yield keys[start:stop], rows[start:stop]


def bits_for(count: int) -> int:
    """How many top bits cut `count` keys into partitions of a good size; 0 for a single one."""
    return max(0, (count // _PARTITION).bit_length())


def _lowest(bits: int) -> Keys:
    """The lowest key of each of the 2**bits partitions."""
    return np.arange(1 << bits, dtype=np.uint64) << np.uint64(64 - bits) if bits else np.zeros(1, np.uint64)


class SortedKeys:
    """A table for reading. Raises `ValueError` or Arrow's own errors for a file that is none."""

    def __init__(self, path: Path) -> None:
        self._reader = pa.ipc.open_file(pa.memory_map(str(path)))
        if self._reader.schema != _SCHEMA:
            raise ValueError(f"{path.name} has other columns than a table of keys")
        count = self._reader.num_record_batches
        self._bits = int(count).bit_length() - 1
        if count != 1 << self._bits:
            raise ValueError(f"{path.name} has {count} partitions")
        self._opened: dict[int, tuple[Keys, NDArray[np.uint32]]] = {}

    def _partition(self, number: int) -> tuple[Keys, NDArray[np.uint32]]:
        """Keys and rows of a partition, as views of the mapped file."""
        if number not in self._opened:
            batch = self._reader.get_batch(number)
            self._opened[number] = batch.column(0).to_numpy(), batch.column(1).to_numpy()
        return self._opened[number]

    def ranges(self, bits: int) -> Iterator[tuple[Keys, Rows]]:
        """All keys and rows in 2**bits ranges of the key; `bits` is at least that of the table."""
        finer = 1 << (bits - self._bits)
        lowest = _lowest(bits)
        for number in range(1 << self._bits):
            keys, rows = self._partition(number)
            cuts = np.searchsorted(keys, lowest[number * finer : (number + 1) * finer]).tolist()
            for start, stop in zip(cuts, [*cuts[1:], len(keys)], strict=True):
                yield keys[start:stop], rows[start:stop].astype(np.int64)

    @property
    def bits(self) -> int:
        """By how many top bits the table is cut."""
        return self._bits

    def find(self, asked: Keys, wanted: Callable[[Rows], NDArray[np.bool_]]) -> Iterator[tuple[Rows, Rows]]:
        """Pairs (position in `asked`, row) in pieces; `asked` is sorted and each key once.

        `wanted` tells of rows whether they count. A key may stand for millions of rows that do not, so they are
        dropped piece by piece.
        """
        cuts = np.searchsorted(asked, _lowest(self._bits)).tolist()
        for number, (start, stop) in enumerate(zip(cuts, [*cuts[1:], len(asked)], strict=True)):
            if start < stop:
                keys, rows = self._partition(number)
                first = np.searchsorted(keys, asked[start:stop])
                last = np.searchsorted(keys, asked[start:stop], side="right")
                yield from _expand(start, first, last, rows, wanted)


def _expand(
    start: int, first: Rows, last: Rows, rows: NDArray[np.uint32], wanted: Callable[[Rows], NDArray[np.bool_]]
) -> Iterator[tuple[Rows, Rows]]:
    """The wanted rows between `first` and `last` of each key that has any, a bounded number at once."""
    hit = np.flatnonzero(last > first)
    sizes = (last - first)[hit]
    steps = np.flatnonzero(np.diff(np.cumsum(sizes) // _AT_ONCE)) + 1
    for some in np.split(hit, steps):
        found = rows[ragged(first[some], (last - first)[some])].astype(np.int64)
        positions = np.repeat(some + start, (last - first)[some])
        good = wanted(found)
        yield positions[good], found[good]


def ragged(starts: Rows, sizes: Rows) -> Rows:
    """The places of runs that begin at `starts` and are `sizes` long, one run behind the other."""
    ends = np.cumsum(sizes)
    total = int(ends[-1]) if len(ends) else 0
    places: Rows = np.arange(total) + np.repeat(starts - (ends - sizes), sizes)
    return places


def merged_parts(tables: Sequence[tuple[SortedKeys, Rows]], count: int) -> Iterator[tuple[Keys, Rows]]:
    """Several tables as one, for `write_keys`: each with the new row of every old one, -1 for those that go.

    `count` is about how many keys there will be.
    """
    bits = max([bits_for(count), *(table.bits for table, _ in tables)])
    if not tables:
        yield np.zeros(0, np.uint64), np.zeros(0, np.int64)
    for parts in zip(*(table.ranges(bits) for table, _ in tables), strict=True):
        renamed = [(keys, new[rows]) for (keys, rows), (_, new) in zip(parts, tables, strict=True)]
        keys = np.concatenate([some[rows >= 0] for some, rows in renamed])
        rows = np.concatenate([rows[rows >= 0] for _, rows in renamed])
        order = np.argsort(keys, kind="stable")  # quick, since it finds the sorted runs
        yield keys[order], rows[order]
