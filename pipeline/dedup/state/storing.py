"""Putting segments into a state: they are written aside, named after their content, and given their verdicts.

Nothing here is published: what these functions return is a manifest that nobody reads until it is committed.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline.dedup.lines import Lines
from pipeline.dedup.prints import Prints
from pipeline.dedup.state.disk import Disk, digest_of
from pipeline.dedup.state.manifest import ASIDE, Manifest, Run, Stored, check_digests
from pipeline.dedup.state.reading import State
from pipeline.dedup.state.segments import FILES, Segment, merge_segments
from pipeline.dedup.state.verdicts import moved, verdict_bytes


def inputs_digest(prints: Prints, lines: Lines) -> str:
    """128-bit hexadecimal digest of documents: all that verdicts and memories are made from."""
    digest = hashlib.blake2b(repr((prints.ids, prints.sources, lines.sites)).encode("utf-8", "replace"), digest_size=16)
    columns = ("exact", "bands", "signatures", "words", "dates", "urls", "offsets", "shingles")
    for values in (*(getattr(prints, name) for name in columns), lines.offsets, lines.hashes):
        digest.update(np.ascontiguousarray(values).data)
    return digest.hexdigest()


def store_segment(
    folder: Path, labels: Sequence[str], fill: Callable[[Path], None], disk: Disk
) -> tuple[str, dict[str, tuple[int, str]]]:
    """Write a segment aside and give it its name; returns the name, and size and digest of each file."""
    aside = folder / f"{ASIDE}segment"
    disk.make_folder(aside)
    fill(aside)
    for file in FILES:
        disk.sync(aside / file)
    disk.sync(aside)
    known = {file: ((aside / file).stat().st_size, digest_of(aside / file)) for file in FILES}
    name = f"seg-{hashlib.blake2b(repr((labels, known)).encode(), digest_size=8).hexdigest()}"
    if (folder / name).exists():  # the same documents under the same labels: another rule resolves them
        disk.remove(aside)
    else:
        disk.move(aside, folder / name)
    return name, {f"{name}/{file}": about for file, about in known.items()}


def with_verdicts(
    folder: Path, segment: str, rows: int, files: dict[str, tuple[int, str]], tables: Sequence[pa.Table], disk: Disk
) -> Stored:
    """A segment with its verdicts written beside it."""
    data = verdict_bytes(tables)
    digest = hashlib.blake2b(data, digest_size=16).hexdigest()
    name = f"verdicts-{hashlib.blake2b((segment + digest).encode(), digest_size=8).hexdigest()}.arrow"
    if not (folder / name).exists():
        disk.write(folder / f"{ASIDE}{name}", data)
        disk.move(folder / f"{ASIDE}{name}", folder / name)
    fingerprints = {path: about for path, about in files.items() if path.startswith(f"{segment}/")}
    return Stored(rows, name, {**fingerprints, name: (len(data), digest)})


def merged(
    state: State, manifest: Manifest, names: Sequence[str], gone: Mapping[str, Collection[int]], disk: Disk
) -> Manifest:
    """The manifest with some segments as one, without rows that no label names and those that are `gone`.

    A label that loses rows has other inputs then, and no chain: it is stale.
    """
    folder = state.folder
    check_digests(folder, manifest, names)
    pieces: list[tuple[Segment, int, int]] = []
    tables: list[pa.Table] = []
    runs: list[Run] = []
    place = 0
    for run in (run for run in manifest.runs if run.segment in names):
        first = place
        offset = state.rows_of(run).start - run.start
        lost = sorted(row - offset for row in gone.get(run.label, ()))
        for start, stop in itertools.pairwise((run.start - 1, *lost, run.stop)):
            if stop > start + 1:
                pieces.append((state.segment(run.segment), start + 1, stop))
                place += stop - start - 1
        tables.append(moved(state.verdicts(run), lost, first - run.start))
        runs.append(replace(run, start=first, stop=place, chain="" if lost else run.chain))
    name, files = store_segment(folder, [run.label for run in runs], lambda aside: merge_segments(aside, pieces), disk)
    stored = with_verdicts(folder, name, place, files, tables, disk)
    segments = {key: one for key, one in manifest.segments.items() if key not in names}
    others = [run for run in manifest.runs if run.segment not in names]
    segment = Segment(folder / name, place)
    inside = [replace(run, segment=name, inputs=run.inputs if run.chain else _inputs_of(segment, run)) for run in runs]
    ordered = tuple(sorted((*others, *inside), key=lambda run: run.label))
    return replace(manifest, runs=ordered, segments={**segments, name: stored})


def _inputs_of(segment: Segment, run: Run) -> str:
    """The digest of the documents of a label, as they stand in a segment."""
    rows = np.arange(run.start, run.stop)
    return inputs_digest(segment.prints(rows, [run.label] * len(rows)), segment.lines(rows))
