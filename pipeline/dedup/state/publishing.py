"""Changing a state: publish a label, refresh what became stale, forget, compact. Each is one atomic step.

Labels are ordered as text, and documents are compared with what stayed under earlier labels. So the verdicts over a
label follow from the documents of that label and of earlier ones, never from the order in which runs happened. When
an earlier label is published again, the later ones become stale: they were resolved against documents that are no
longer these. `refresh` resolves them again, from fingerprints alone, and tells which documents changed.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline.dedup.leaders import resolve
from pipeline.dedup.lines import Lines, no_lines
from pipeline.dedup.prints import Kept, Match, Prints
from pipeline.dedup.similar import Sameness
from pipeline.dedup.state.disk import Disk
from pipeline.dedup.state.manifest import Chain, Manifest, Run, commit, read_manifest, writing
from pipeline.dedup.state.reading import State
from pipeline.dedup.state.segments import write_segment
from pipeline.dedup.state.storing import inputs_digest, merged, store_segment, with_verdicts
from pipeline.dedup.state.verdicts import verdict_table
from pipeline.errors import UsageError

SEGMENTS = 8
"""A state with more segments than this is compacted."""
PATIENCE = 600.0
"""Seconds that a writer waits for another one."""
_RULE = 1  # of the code that resolves: raised when equal settings give other verdicts
_DISK = Disk()


@dataclass(frozen=True, slots=True)
class Rule:
    """How documents are resolved.

    `resolve` gives the copies among new documents, compared with each other and with kept ones. `name` says all that
    it depends on (a digest of settings); it is noted beside the verdicts.
    """

    name: str
    resolve: Callable[[Prints, Kept], Iterable[Match]]


def rule_of(sameness: Sameness) -> Rule:
    """The rule that settings describe."""
    name = hashlib.blake2b(repr((_RULE, sameness)).encode("utf-8", "replace"), digest_size=16).hexdigest()
    return Rule(name, lambda new, kept: resolve(new, sameness, kept).matches)


@dataclass(frozen=True, slots=True)
class Change:
    """A document whose verdict changed: what it was a copy of before and is now; None where it stays."""

    label: str
    id: str
    before: Match | None
    after: Match | None


@dataclass(frozen=True, slots=True)
class Published:
    """What came of publishing a label.

    `matches` are its copies, `changes` what became of documents under earlier labels that had been stale, and `stale`
    the later labels that are stale now.
    """

    matches: tuple[Match, ...]
    changes: tuple[Change, ...] = ()
    stale: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was withdrawn: the labels that went whole, how many `documents` under which label, and what that changed."""

    labels: tuple[str, ...]
    documents: Mapping[str, int]
    changes: tuple[Change, ...]


def publish(
    folder: Path,
    label: str,
    prints: Prints,
    rule: Rule,
    lines: Lines | None = None,
    *,
    origin: Path | None = None,
    disk: Disk = _DISK,
    patience: float = PATIENCE,
) -> Published:
    """Resolve the documents of a label against earlier ones, and put all of it into the state in `folder`.

    A label that is there already is replaced; nothing is written if it is the same. `origin` is the folder or file that
    the label is of. Raises `UsageError` for a label or ids that cannot be stored, or a label that is there of another
    origin which still exists; `StateError` if the state is damaged or in use for longer than `patience` seconds.
    """
    _check(label, prints)
    order = np.array(_canonical(prints), np.int64)
    prints = prints.take(order).labelled(label)
    lines = (lines or no_lines(len(prints))).take(order)
    came_from = _seen_from(folder, origin) if origin else ""
    with writing(folder, disk, patience) as published:
        _check_origin(folder, published, label, came_from)
        manifest, changes = _refresh(folder, published, rule, disk, before=label)
        chain = Chain()
        for run in manifest.runs:
            if run.label < label:
                chain.add(run)
        run = Run(label, "", 0, len(prints), inputs_digest(prints, lines), chain.digest, rule.name, came_from)
        if any(run == replace(old, segment="", start=0, stop=old.rows) for old in manifest.runs):
            state = State(folder, manifest)
            matches = state.matches(state.run(label))
        else:
            name, files = store_segment(folder, [label], lambda aside: write_segment(aside, prints, lines), disk)
            matches = _resolve(State(folder, manifest), label, prints, rule)
            rows = {id_: row for row, id_ in enumerate(prints.ids)}
            stored = with_verdicts(folder, name, len(prints), files, [verdict_table(matches, rows)], disk)
            manifest = manifest.replaced(label, replace(run, segment=name))
            manifest = replace(manifest, segments={**manifest.segments, name: stored})
        if manifest != published:
            manifest = commit(folder, published, manifest, disk)
        stale = tuple(manifest.stale())
        if len(manifest.segments) > SEGMENTS:
            _compact(folder, manifest, disk)
    return Published(tuple(matches), tuple(changes), stale)


def refresh(
    folder: Path, rule: Rule, *, everything: bool = False, disk: Disk = _DISK, patience: float = PATIENCE
) -> list[Change]:
    """Resolve all stale labels again, and with `everything` those too that another rule resolved; tell what changed."""
    with writing(folder, disk, patience) as published:
        manifest, changes = _refresh(folder, published, rule, disk, everything=everything)
        if manifest != published:
            commit(folder, published, manifest, disk)
    return changes


def forget(
    folder: Path,
    rule: Rule,
    *,
    labels: Collection[str] = (),
    ids: Collection[str] = (),
    disk: Disk = _DISK,
    patience: float = PATIENCE,
) -> Forgotten:
    """Withdraw whole labels, or documents by id: under the labels if some are named, else under all that hold them.

    No byte of them stays in the state, and what they had made copies of is resolved again. Raises `StateError` for a
    label, and `UsageError` for an id, that the state (or those labels of it) does not hold.
    """
    with writing(folder, disk, patience) as published:
        state = State(folder, published)
        runs = [state.run(label) for label in sorted(set(labels))]
        gone = _by_id(state, ids, runs) if ids else {run.label: set(_numbers(state, run)) for run in runs}
        whole = () if ids else tuple(gone)
        manifest = _without(state, gone, whole, disk)
        manifest, changes = _refresh(folder, manifest, rule, disk)
        commit(folder, published, manifest, disk)
    return Forgotten(whole, {label: len(rows) for label, rows in sorted(gone.items())}, tuple(changes))


def _numbers(state: State, run: Run) -> range:
    """The rows of a label."""
    rows = state.rows_of(run)
    return range(rows.start, rows.stop)


def _by_id(state: State, ids: Collection[str], runs: Sequence[Run]) -> dict[str, set[int]]:
    """The rows of documents by label, among `runs` if there are any; raises `UsageError` for an id not found."""
    gone: dict[str, set[int]] = {}
    for id_ in ids:
        found = [(run, row) for run, row in state.find_id(id_) if not runs or run in runs]
        if not found:
            where = f" in run {', '.join(run.label for run in runs)}" if runs else ""
            raise UsageError(f"{state.folder}: holds no document {id_!r}{where}; ids stand in manifest.jsonl of a run")
        for run, row in found:
            gone.setdefault(run.label, set()).add(row)
    return gone


def compact(folder: Path, *, disk: Disk = _DISK, patience: float = PATIENCE) -> int:
    """Merge all segments into one; no answer changes. Returns how many there were."""
    with writing(folder, disk, patience) as published:
        if len(published.segments) > 1 or _with_dead_rows(published):
            state = State(folder, published)
            commit(folder, published, merged(state, published, list(published.segments), {}, disk), disk)
    return len(published.segments)


def _with_dead_rows(manifest: Manifest) -> set[str]:
    """The segments that hold rows which no label names any more."""
    living = Counter[str]()
    for run in manifest.runs:
        living[run.segment] += run.rows
    return {name for name, stored in manifest.segments.items() if living[name] < stored.rows}


def _check(label: str, prints: Prints) -> None:
    """Raise `UsageError` for a label that is none, or ids that do not tell documents apart."""
    if len(set(prints.ids)) != len(prints):
        seen: set[str] = set()
        twice = next(id_ for id_ in prints.ids if id_ in seen or seen.add(id_))  # type: ignore[func-returns-value]
        raise UsageError(f"two documents of {label!r} have the id {twice!r}; ids must differ within a run")
    if not label:
        raise UsageError("a run needs a label, such as its day: labels say which run came first")


def check_origin(folder: Path, label: str, origin: Path) -> None:
    """Raise the `UsageError` of `publish` for a label that is there of another origin: before the work is done."""
    _check_origin(folder, read_manifest(folder), label, _seen_from(folder, origin))


def _seen_from(folder: Path, origin: Path) -> str:
    """The path of an origin from a state: it stays right when both are moved together."""
    return os.path.relpath(origin.resolve(), folder.resolve())


def _check_origin(folder: Path, published: Manifest, label: str, origin: str) -> None:
    """Raise `UsageError` if a label is there of something else that still exists: two would take turns for ever."""
    before = next((run.origin for run in published.runs if run.label == label), "")
    if before and origin and before != origin and (folder / before).exists():
        raise UsageError(
            f"{folder}: holds run {label!r} of {(folder / before).resolve()}, and this one is of "
            f"{(folder / origin).resolve()}. Name it otherwise with --run, give it a state of its own with --state, or "
            f"forget the old one: thresher dedup forget --run {label} --state {folder}"
        )


def _canonical(prints: Prints) -> list[int]:
    """The rows in the order in which a segment holds them, whatever order they came in: by exact hash, then id."""
    return sorted(range(len(prints)), key=lambda row: (prints.exact[row].tobytes(), prints.ids[row]))


def _resolve(state: State, label: str, prints: Prints, rule: Rule) -> list[Match]:
    """The copies among the documents of a label, sorted by id."""
    return sorted(rule.resolve(prints, state.before(label)), key=lambda match: match.id)


def _refresh(
    folder: Path, manifest: Manifest, rule: Rule, disk: Disk, *, before: str | None = None, everything: bool = False
) -> tuple[Manifest, list[Change]]:
    """The manifest with stale labels (before `before`) resolved again; new verdicts are written, nothing is committed.

    Labels are resolved in their order, each against what stays under the ones before it.
    """
    state: State | None = None
    chain = Chain()
    runs: list[Run] = []
    tables: dict[str, pa.Table] = {}
    changes: list[Change] = []
    for run in manifest.runs:
        due = run.chain != chain.digest or (everything and run.rule != rule.name)
        if due and (before is None or run.label < before):
            state = state or State(folder, manifest)
            run = replace(run, chain=chain.digest, rule=rule.name)  # noqa: PLW2901 - the same label, resolved
            prints, _ = state.documents(run)
            matches = _resolve(state, run.label, prints, rule)
            changes += _changes(run.label, state.matches(run), matches)
            rows = {id_: row for row, id_ in enumerate(prints.ids, run.start)}
            tables[run.label] = verdict_table(matches, rows)
            state.redecide(run, tables[run.label].column("row").to_numpy())
        chain.add(run)
        runs.append(run)
    segments = dict(manifest.segments)
    touched = {run.segment for run in runs if run.label in tables}
    if state is not None:
        for name in sorted(touched):
            inside = sorted((run for run in runs if run.segment == name), key=lambda run: run.start)
            verdicts = [tables.get(run.label, state.verdicts(run)) for run in inside]
            stored = segments[name]
            segments[name] = with_verdicts(folder, name, stored.rows, stored.files, verdicts, disk)
    return replace(manifest, runs=tuple(runs), segments=segments), changes


def _changes(label: str, before: Sequence[Match], after: Sequence[Match]) -> list[Change]:
    """What differs between two verdicts over a label, by id."""
    old, new = ({match.id: match for match in matches} for matches in (before, after))
    ids = sorted(id_ for id_ in old.keys() | new.keys() if old.get(id_) != new.get(id_))
    return [Change(label, id_, old.get(id_), new.get(id_)) for id_ in ids]


def _without(state: State, gone: dict[str, set[int]], labels: Collection[str], disk: Disk) -> Manifest:
    """The manifest without some labels, and without some rows of others; touched segments are written anew.

    So are segments that still hold rows of a label that was published again.
    """
    manifest = state.manifest
    touched = {run.segment for run in manifest.runs if run.label in gone} | _with_dead_rows(manifest)
    for label in labels:
        manifest = manifest.replaced(label)
    for name in sorted(touched & manifest.segments.keys()):
        manifest = merged(state, manifest, [name], gone, disk)
    return manifest


def _compact(folder: Path, manifest: Manifest, disk: Disk) -> None:
    """Merge the smallest segments: as many as must go, and each further one that is not twice as large as those.

    So a document is copied about as often as the state doubles, not once for every few runs.
    """
    sizes = sorted((stored.rows, name) for name, stored in manifest.segments.items())
    surplus = len(sizes) - SEGMENTS + 1
    names, total = [name for _, name in sizes[:surplus]], sum(rows for rows, _ in sizes[:surplus])
    for rows, name in sizes[surplus:]:
        if rows > 2 * total:
            break
        names.append(name)
        total += rows
    commit(folder, manifest, merged(State(folder, manifest), manifest, names, {}, disk), disk)
