"""The state of deduplication for reading: all documents of earlier runs, and which of them are copies.

A `State` is what one manifest names, opened once; it does not change while others write. Rows are numbered through all
of its segments. `State.before(label)` is the index that the documents of a label are compared with: what stayed under
earlier labels. Changing a state is in publishing.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.dedup.lines import Lines
from pipeline.dedup.prints import Match, Pairs, Prints, concat
from pipeline.dedup.state.manifest import Manifest, Run, check_sizes, read_manifest
from pipeline.dedup.state.segments import Rows, Segment, exact_keys, hash_ids
from pipeline.dedup.state.sorted_keys import SortedKeys, ragged
from pipeline.dedup.state.verdicts import Verdicts, matches_of
from pipeline.errors import StateError


def open_state(folder: Path) -> State:
    """The state in a folder as it is published now; one without documents where there is none.

    Raises `StateError` for a state that is damaged or of another version.
    """
    manifest = read_manifest(folder)
    while True:
        try:
            return State(folder, manifest)
        except (StateError, FileNotFoundError):
            now = read_manifest(folder)
            if now.number == manifest.number:
                raise
            manifest = now  # a writer published, and swept what we were about to open


class State:
    """What one manifest names. Raises `StateError` where files are missing or damaged."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        check_sizes(folder, manifest)
        self.folder, self.manifest = folder, manifest
        self._segments: dict[str, Segment] = {}
        self._verdicts: dict[str, Verdicts] = {}
        self._bases: dict[str, int] = {}
        rows = 0
        first = {run.segment: run.label for run in reversed(manifest.runs)}  # of alike leaders the earliest label wins
        for name, stored in sorted(manifest.segments.items(), key=lambda pair: (first.get(pair[0], ""), pair[0])):
            self._segments[name] = Segment(folder / name, stored.rows)
            self._verdicts[name] = Verdicts(folder / stored.verdicts, stored.files[stored.verdicts][1])
            self._bases[name] = rows
            rows += stored.rows
        self._runs = sorted(manifest.runs, key=lambda run: (self._start(run), run.rows))
        self._starts = np.array([self._start(run) for run in self._runs], np.int64)
        self._kept = np.zeros(rows, bool)
        for run in manifest.runs:
            self._kept[self.rows_of(run)] = True
        for name, verdicts in self._verdicts.items():
            self._kept[verdicts.copies + self._bases[name]] = False

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs in the order of their labels."""
        return self.manifest.runs

    def run(self, label: str) -> Run:
        """A label by name; raises `StateError` if it is not there."""
        for run in self.runs:
            if run.label == label:
                return run
        some = ", ".join(run.label for run in self.runs[-5:])
        raise StateError(f"{self.folder}: holds no run {label!r}" + (f"; the latest are {some}" if some else ""))

    def before(self, label: str | None) -> Earlier:
        """The documents that stayed under labels before `label`; of all labels for None."""
        allowed = self._kept.copy()
        for run in self.runs:
            if label is not None and run.label >= label:
                allowed[self.rows_of(run)] = False
        return Earlier(self, allowed)

    def segment(self, name: str) -> Segment:
        """A segment by the name that the manifest has for it."""
        return self._segments[name]

    def rows_of(self, run: Run) -> slice:
        """The rows of a label."""
        start = self._start(run)
        return slice(start, start + run.rows)

    def verdicts(self, run: Run) -> pa.Table:
        """The verdicts over a label, with the rows of its segment (verdicts.py)."""
        return self._verdicts[run.segment].between(run.start, run.stop)

    def matches(self, run: Run) -> list[Match]:
        """The copies among the documents of a label, in the order of their rows."""
        return matches_of(self.verdicts(run))

    def documents(self, run: Run) -> tuple[Prints, Lines]:
        """All documents of a label, kept ones and copies."""
        rows = np.arange(run.start, run.stop)
        segment = self._segments[run.segment]
        return segment.prints(rows, [run.label] * len(rows)), segment.lines(rows)

    def redecide(self, run: Run, copies: Rows) -> None:
        """Let other documents of a label be copies, for this state only: rows int64[k] of its segment."""
        self._kept[self.rows_of(run)] = True
        self._kept[copies + self._bases[run.segment]] = False

    def find_id(self, id_: str) -> list[tuple[Run, int]]:
        """The labels under which a document of this id came, in their order, and its rows."""
        everyone = np.zeros(len(self._kept), bool)
        for run in self.runs:
            everyone[self.rows_of(run)] = True
        _, rows = self.find("names", hash_ids([id_]), everyone)
        found = [(self._run_of(row), row) for row in rows.tolist() if self.ids(np.array([row])) == [id_]]
        return sorted(found, key=lambda pair: pair[0].label)

    def is_kept(self, row: int) -> bool:
        """Whether a document stayed."""
        return bool(self._kept[row])

    def ids(self, rows: Rows) -> list[str]:
        """The ids of rows int64[k]."""
        return self._strings("ids", rows)

    def sites_of(self, rows: Rows) -> list[str]:
        """The sites of rows int64[k]."""
        return self._strings("sites", rows)

    def _strings(self, name: str, rows: Rows) -> list[str]:
        values = self._gather(rows, lambda segment, local: np.array(segment.strings(name, local), object))
        return list(values)

    def fixed(self, name: str, rows: Rows) -> NDArray[Any]:
        """A column of numbers for rows int64[k] (`Segment.fixed`)."""
        return self._gather(rows, lambda segment, local: segment.fixed(name, local))

    def lines_of(self, rows: Rows) -> Lines:
        """The lines of rows int64[k], in that order."""
        parts = [(places, segment.lines(local)) for segment, places, local in self._split(rows)]
        if not parts:
            return Lines((), np.zeros(1, np.int64), np.zeros(0, np.uint64))
        sizes = np.concatenate([np.diff(lines.offsets) for _, lines in parts])
        joined = Lines(
            tuple(site for _, lines in parts for site in lines.sites),
            np.concatenate(([0], np.cumsum(sizes))).astype(np.int64),
            np.concatenate([lines.hashes for _, lines in parts]),
        )
        return joined.take(np.argsort(np.concatenate([places for places, _ in parts])))

    def prints_of(self, rows: Rows) -> Prints:
        """The prints of rows int64[k], in that order, each under its label."""
        parts = list(self._split(rows))
        table = concat([segment.prints(local, self._labels(rows[places])) for segment, places, local in parts])
        if len(parts) < 2:
            return table
        return table.take(np.argsort(np.concatenate([places for _, places, _ in parts])))

    def rows_newest_first(self, before: str | None) -> Iterator[Rows]:
        """The rows that stayed under each label before `before` (None: all), the latest label first."""
        for run in reversed(self.runs):
            if before is None or run.label < before:
                rows = self.rows_of(run)
                yield rows.start + np.flatnonzero(self._kept[rows])

    def find(self, table: str, asked: NDArray[np.uint64], allowed: NDArray[np.bool_], cap: int | None = None) -> Pairs:
        """Pairs (position in `asked`, row) of allowed rows under a key, in one table of all segments.

        Sorted by position, then row. A key with more than `cap` rows gives none.
        """
        unique, inverse = np.unique(asked, return_inverse=True)
        parts: list[tuple[Rows, Rows]] = [(np.zeros(0, np.int64), np.zeros(0, np.int64))]
        for name, segment in self._segments.items():
            base = self._bases[name]
            inside = allowed[base : base + segment.rows]
            keys: SortedKeys = getattr(segment, table)
            parts += [(found, rows + base) for found, rows in segment.find(keys, unique, inside.__getitem__)]
        key, row = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.lexsort((row, key))
        key, row = key[order], row[order]
        starts, stops = (np.searchsorted(key, np.arange(len(unique)), side=side) for side in ("left", "right"))
        sizes = stops - starts
        if cap is not None:
            sizes[sizes > cap] = 0
        positions = np.repeat(np.arange(len(asked)), sizes[inverse])
        return positions, row[ragged(starts[inverse], sizes[inverse])]

    def _start(self, run: Run) -> int:
        return self._bases[run.segment] + run.start

    def _run_of(self, row: int) -> Run:
        """The label under which a row came."""
        return self._runs[int(np.searchsorted(self._starts, row, side="right")) - 1]

    def _labels(self, rows: Rows) -> list[str]:
        """The labels of rows int64[k]."""
        places = np.searchsorted(self._starts, rows, side="right") - 1
        return [self._runs[place].label for place in places.tolist()]

    @cached_property
    def _ends(self) -> list[tuple[int, Segment]]:
        """Each segment with its first row."""
        return [(base, self._segments[name]) for name, base in self._bases.items()]

    def _split(self, rows: Rows) -> Iterator[tuple[Segment, Rows, Rows]]:
        """Segments that hold some of the rows: the segment, the places in `rows`, and the rows counted within it."""
        for base, segment in self._ends:
            places = np.flatnonzero((rows >= base) & (rows < base + segment.rows))
            if len(places):
                yield segment, places, rows[places] - base

    def _gather(self, rows: Rows, pick: Callable[[Segment, Rows], NDArray[Any]]) -> NDArray[Any]:
        """One value a row, from whatever segment, in the order of `rows`."""
        parts = [(places, pick(segment, local)) for segment, places, local in self._split(rows)]
        if not parts:
            return np.zeros(0, object)
        return np.concatenate([values for _, values in parts])[np.argsort(np.concatenate([p for p, _ in parts]))]


class Earlier:
    """An index of documents of a state, as `Kept` asks for it: `allowed` bool[rows] says which of them count."""

    def __init__(self, state: State, allowed: NDArray[np.bool_]) -> None:
        self._state, self._allowed = state, allowed

    def __len__(self) -> int:
        return int(np.count_nonzero(self._allowed))

    def exact(self, keys: NDArray[np.uint8]) -> Pairs:
        """Pairs (position in keys uint8[m, 16], row) with the same exact hash."""
        positions, rows = self._state.find("same", exact_keys(keys), self._allowed)
        if not len(rows):
            return positions, rows
        same = (self._state.fixed("exact", rows) == keys[positions]).all(axis=1)
        return positions[same], rows[same]

    def candidates(self, keys: NDArray[np.uint64], cap: int) -> Pairs:
        """Pairs (position in keys uint64[m], row) of rows under that key; a key with more than `cap` gives none."""
        return self._state.find("meets", keys, self._allowed, cap)

    def signatures(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Signatures uint8[k, 128] of the rows int64[k]."""
        if not len(rows):
            return np.zeros((0, 128), np.uint8)
        signatures: NDArray[np.uint8] = self._state.fixed("signatures", rows)
        return signatures

    def prints_of(self, rows: NDArray[np.int64]) -> Prints:
        """The prints of the rows int64[k], in that order, each under its label."""
        return self._state.prints_of(rows)
