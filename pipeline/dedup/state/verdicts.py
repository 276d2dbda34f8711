"""Verdicts over the documents of a segment, on disk: which rows are copies, and of what.

One small Arrow file a segment, beside its folder. It is written anew when an earlier label changes what was decided;
the fingerprints of the segment stay as they are. In memory verdicts are Arrow tables too: a large state has millions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.dedup.prints import Kind, Match
from pipeline.dedup.state.manifest import check_digest
from pipeline.dedup.state.segments import as_bytes, as_strings, sound

_STRINGS = ("id", "leader", "leader_label", "kind")
_SCHEMA = pa.schema(
    [pa.field("row", pa.int64(), nullable=False)]
    + [pa.field(name, pa.binary(), nullable=False) for name in _STRINGS]
    + [pa.field("similarity", pa.float64(), nullable=False)]
)


def verdict_table(matches: Sequence[Match], rows: Mapping[str, int]) -> pa.Table:
    """Matches as a table in the order of their rows; `rows` says where an id stands."""
    ordered = sorted(matches, key=lambda match: rows[match.id])
    strings = [pa.array(as_bytes(getattr(match, name) for match in ordered), pa.binary()) for name in _STRINGS]
    numbers = pa.array([rows[match.id] for match in ordered], pa.int64())
    similarities = pa.array([match.similarity for match in ordered], pa.float64())
    return pa.table([numbers, *strings, similarities], schema=_SCHEMA)


def matches_of(table: pa.Table) -> list[Match]:
    """The matches of a table, in its order."""
    columns = [as_strings(table.column(name).to_pylist()) for name in _STRINGS]
    ids, leaders, labels, kinds = columns
    similarities = table.column("similarity").to_pylist()
    return [
        Match(id_, leader, cast(Kind, kind), similarity, label)
        for id_, leader, label, kind, similarity in zip(ids, leaders, labels, kinds, similarities, strict=True)
    ]


def moved(table: pa.Table, lost: Sequence[int], by: int) -> pa.Table:
    """The verdicts over rows that stand `by` further down, after some are `lost` (old rows, rising)."""
    rows = table.column("row").to_numpy()
    stay = ~np.isin(rows, lost)
    new = rows[stay] + by - np.searchsorted(np.array(lost, np.int64), rows[stay])
    return table.filter(pa.array(stay)).set_column(0, _SCHEMA.field("row"), pa.array(new))


def verdict_bytes(tables: Sequence[pa.Table]) -> bytes:
    """The file of some tables, whose rows rise from one to the next: the same verdicts give the same bytes."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, _SCHEMA) as writer:
        table = pa.concat_tables([_SCHEMA.empty_table(), *tables])
        writer.write_table(table.combine_chunks())
    return bytes(sink.getvalue())


class Verdicts:
    """The verdicts over a segment for reading. The file is small, so every byte of it is checked.

    Raises `StateError` if it is not what was written.
    """

    def __init__(self, path: Path, digest: str) -> None:
        check_digest(path, digest)
        with sound(path):
            self._table: Any = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
            self.copies: NDArray[np.int64] = self._table.column("row").to_numpy()
            """The rows that are copies, rising."""

    def between(self, start: int, stop: int) -> pa.Table:
        """The verdicts over the rows from `start` up to `stop`."""
        first, last = np.searchsorted(self.copies, [start, stop]).tolist()
        return self._table.slice(first, last - first)
