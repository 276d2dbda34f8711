"""Questions to a state: how much is in it, why a document went, which clusters are large. Nothing here changes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipeline.dedup.prints import Match
from pipeline.dedup.state.manifest import Run
from pipeline.dedup.state.reading import State
from pipeline.dedup.state.segments import as_strings
from pipeline.dedup.state.verdicts import matches_of


@dataclass(frozen=True, slots=True)
class Stats:
    """What a state holds. `copies` counts documents by the kind of their match; `size` is in bytes."""

    runs: int
    first: str
    last: str
    documents: int
    kept: int
    copies: dict[str, int]
    stale: tuple[str, ...]
    segments: int
    size: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one document under one label.

    `match` says what it is a copy of, None if it stayed; `copies` how many documents name it as their leader. Of its
    shingles, `shared` are also in the leader, `own` are not, and `others` are only in the leader.
    """

    label: str
    id: str
    match: Match | None
    copies: int
    shared: int = 0
    own: int = 0
    others: int = 0


@dataclass(frozen=True, slots=True)
class Cluster:
    """A leader, how many copies it has over all labels, and the first of them: label and match."""

    label: str
    id: str
    copies: int
    members: tuple[tuple[str, Match], ...]


def stats(state: State) -> Stats:
    """What a state holds."""
    runs, segments = state.runs, state.manifest.segments.values()
    kinds: Counter[str] = Counter()
    for run in runs:
        kinds.update(as_strings(state.verdicts(run).column("kind").to_pylist()))
    documents = sum(run.rows for run in runs)
    return Stats(
        runs=len(runs),
        first=runs[0].label if runs else "",
        last=runs[-1].label if runs else "",
        documents=documents,
        kept=documents - kinds.total(),
        copies=dict(sorted(kinds.items())),
        stale=tuple(state.manifest.stale()),
        segments=len(segments),
        size=sum(size for stored in segments for size, _ in stored.files.values()),
    )


def why(state: State, id_: str) -> list[Finding]:
    """What became of a document, under every label under which it came; empty if it never did."""
    return [_finding(state, run, row, id_) for run, row in state.find_id(id_)]


def _finding(state: State, run: Run, row: int, id_: str) -> Finding:
    """What became of the document in one row."""
    copies = sum(len(table) for _, table in _copies_of(state, run.label, id_))
    match = next((match for match in state.matches(run) if match.id == id_), None) if not state.is_kept(row) else None
    leader = match and [other for of, other in state.find_id(match.leader) if of.label == match.leader_label]
    if not leader:
        return Finding(run.label, id_, match, copies)
    prints = state.prints_of(np.array([row, leader[0]], np.int64))
    mine, theirs = (prints.shingles[prints.offsets[i] : prints.offsets[i + 1]] for i in (0, 1))
    shared = len(np.intersect1d(mine, theirs))
    return Finding(run.label, id_, match, copies, shared, len(mine) - shared, len(theirs) - shared)


def clusters(state: State, most: int = 20, shown: int = 5) -> list[Cluster]:
    """The `most` largest clusters, the largest first, each with up to `shown` of its copies; of equals by label, id."""
    tables = [state.verdicts(run).select(["leader_label", "leader"]) for run in state.runs]
    if not tables:
        return []
    counted = pa.concat_tables(tables).group_by(["leader_label", "leader"]).aggregate([([], "count_all")])
    order = [("count_all", "descending"), ("leader_label", "ascending"), ("leader", "ascending")]
    found: list[Cluster] = []
    for row in counted.sort_by(order).slice(0, most).to_pylist():
        label, leader = as_strings([row["leader_label"], row["leader"]])
        members: list[tuple[str, Match]] = []
        for run, table in _copies_of(state, label, leader):
            members += [(run.label, match) for match in matches_of(table.slice(0, shown - len(members)))]
        found.append(Cluster(label, leader, row["count_all"], tuple(members)))
    return found


def _copies_of(state: State, label: str, leader: str) -> Iterable[tuple[Run, pa.Table]]:
    """The verdicts that name a document as leader, by label; only later labels than its own can."""
    import pyarrow.compute as pc  # noqa: PLC0415 - it registers hundreds of functions, and only this one needs them

    for run in state.runs:
        if run.label >= label:
            table = state.verdicts(run)
            named = (table.column("leader"), leader), (table.column("leader_label"), label)
            equal = [pc.equal(column, text.encode("utf-8", "surrogatepass")) for column, text in named]
            yield run, table.filter(pc.and_(*equal))
