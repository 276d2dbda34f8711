"""What `thresher dedup ...` does: deduplicate a table of texts, and look into or change a state.

Every function does one command and gives lines or values to print; the command line only asks and prints.
"""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.dedup.fingerprint import Entry, fingerprint
from pipeline.dedup.leaders import dup_counts, resolve
from pipeline.dedup.prints import Match
from pipeline.dedup.similar import Sameness
from pipeline.dedup.state import publishing, query
from pipeline.dedup.state.manifest import CURRENT
from pipeline.dedup.state.publishing import Change, Rule, rule_of
from pipeline.dedup.state.reading import State, open_state
from pipeline.dedup.tables import read_entries, suffix_of, write_rows
from pipeline.errors import OutputError, UsageError
from pipeline.saying import count_of

FIELDS = {
    "duplicate_of": pa.string(), "duplicate_run": pa.string(), "duplicate_kind": pa.string(),
    "similarity": pa.float64(), "dup_count": pa.int64(),
}  # fmt: skip
"""What `--mark` adds to every row; "" and 0 where there is nothing to say."""
_LISTED = 10  # changes and unreadable rows that are named; the rest is counted
_PASSAGES = 12  # differing passages that are shown
_COMPARED = 4000  # words of a text that are compared: the work grows with their square


@dataclass(slots=True)
class Summary:
    """What came of deduplicating a table: rows by what became of them, and the files that were written."""

    rows: int = 0
    kept: int = 0
    copies: dict[str, int] = field(default_factory=dict)
    unreadable: list[tuple[int, str]] = field(default_factory=list)
    stale: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """In words."""
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(self.copies.items()))
        yield (
            f"{count_of(self.rows, 'row')}, {self.kept:,} kept, {count_of(sum(self.copies.values()), 'copy', 'copies')}"
            + (f" ({kinds})" if kinds else "")
        )
        for number, reason in self.unreadable[:_LISTED]:
            yield f"row {number:,} is left out: {reason}"
        if len(self.unreadable) > _LISTED:
            yield f"more rows that are left out: {len(self.unreadable) - _LISTED:,}"
        if self.stale:
            yield f"runs that are stale now: {', '.join(self.stale)}; thresher dedup refresh resolves them again"
        yield f"written: {', '.join(self.files)}"


def dedup_path(
    path: Path, out: Path, sameness: Sameness, *, state: Path | None = None, label: str = "", mark: bool = False
) -> Summary:
    """Deduplicate a table of rows with `id` and `text` into the folder `out`; with a state, also against earlier runs.

    Writes `kept` (with `mark`: `marked`, all rows with `FIELDS`) in the format of the input, and `duplicates.jsonl`.
    Raises `ThresherError` for a table, folder or state that cannot be used.
    """
    target = out / f"{'marked' if mark else 'kept'}{suffix_of(path)}"
    if out.is_file() or target.resolve() == path.resolve():
        raise OutputError(f"{out} would overwrite the input, or is no folder; choose another -o")
    summary = Summary()
    names = _Names()
    prints = fingerprint(
        names.take(number, entry) for number, entry in read_entries(path, lambda *row: summary.unreadable.append(row))
    )
    if state is None:
        matches: Sequence[Match] = resolve(prints, sameness).matches
    else:
        published = publishing.publish(state, label, prints, rule_of(sameness), origin=path)
        matches, summary.stale = published.matches, published.stale
    found = {match.id: match for match in matches}
    summary.rows, summary.copies = len(prints), dict(Counter(match.kind for match in matches))
    summary.kept = summary.rows - len(found)
    _write(path, out, target, names, found, label if state else "", mark=mark)
    summary.files = (str(target), str(out / "duplicates.jsonl"))
    return summary


class _Names:
    """The ids of a table by row. They need not differ there: an id that came before gets the number of its row."""

    def __init__(self) -> None:
        self.of_row: dict[int, str] = {}
        self._taken: set[str] = set()

    def take(self, number: int, entry: Entry) -> Entry:
        """An entry of row `number`, with an id of its own."""
        id_ = entry.id
        while id_ in self._taken:
            id_ += f"#{number + 1}"
        self._taken.add(id_)
        self.of_row[number] = id_
        return Entry(id_, entry.text, entry.source, entry.date, entry.url)


def _write(
    path: Path, out: Path, target: Path, names: _Names, found: Mapping[str, Match], label: str, *, mark: bool
) -> None:
    """Write both files aside, then give them their names."""
    counts = dup_counts(found.values())

    def choice(number: int) -> Mapping[str, Any] | None:
        id_ = names.of_row.get(number)
        if id_ is None or (not mark and id_ in found):
            return None
        return _fields(found.get(id_), counts[label, id_]) if mark else {}

    duplicates = out / "duplicates.jsonl"
    asides = {each: each.with_name(f".new-{each.name}") for each in (target, duplicates)}
    try:
        out.mkdir(parents=True, exist_ok=True)
        write_rows(path, asides[target], choice, FIELDS if mark else {})
        rows = (
            {"id": id_, "row": number + 1, **_fields(found[id_], 0)}
            for number, id_ in names.of_row.items()
            if id_ in found
        )
        asides[duplicates].write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="ascii")
        for each, aside in asides.items():
            aside.replace(each)
    except OSError as error:
        raise OutputError(f"{out}: cannot be written ({error.strerror or error})") from None


def _fields(match: Match | None, count: int) -> dict[str, Any]:
    """What is said of one row."""
    values = (match.leader, match.leader_label, match.kind, match.similarity) if match else ("", "", "", 0.0)
    return dict(zip(FIELDS, (*values, count), strict=True))


def opened(folder: Path) -> State:
    """The state in a folder; raises `UsageError` where there is none."""
    if not (folder / CURRENT).exists():
        raise UsageError(f"{folder}: holds no state; thresher clean --state {folder} makes one")
    return open_state(folder)


def stats_lines(folder: Path, *, as_json: bool = False) -> Iterator[str]:
    """What a state holds."""
    found = query.stats(opened(folder))
    if as_json:
        yield json.dumps(asdict(found))
        return
    yield f"runs:       {found.runs:,}" + (f", from {found.first} to {found.last}" if found.runs else "")
    yield f"documents:  {found.documents:,}, of which {found.kept:,} stayed"
    for kind, count in found.copies.items():
        yield f"copies:     {count:,} {kind}"
    yield f"on disk:    {found.size / 1e6:,.1f} MB in {count_of(found.segments, 'segment')}"
    if found.stale:
        yield f"stale:      {', '.join(found.stale)}; thresher dedup refresh resolves them again"


def why_lines(folder: Path, id_: str, tables: Sequence[Path] = ()) -> Iterator[str]:
    """Why a document stayed or went, under every label; with its words and those of its leader if `tables` hold both.

    Raises `UsageError` if the state does not know the document.
    """
    found = query.why(opened(folder), id_)
    if not found:
        raise UsageError(f"{folder}: holds no document {id_!r}")
    for finding in found:
        yield f"{finding.label}: {_verdict(finding)}"
        if finding.match and finding.shared + finding.own:
            yield (
                f"  of its {finding.shared + finding.own:,} word triples {finding.shared:,} are in the leader too; "
                f"{finding.others:,} are only there"
            )
    leaders = {finding.match.leader for finding in found if finding.match}
    texts = _texts(tables, {id_, *leaders})
    for leader in sorted(leaders & texts.keys() - {id_}):
        if id_ in texts:
            yield f"words that differ from {leader} (- there, + here):"
            yield from _differences(texts[leader], texts[id_])


def _verdict(finding: query.Finding) -> str:
    match = finding.match
    if match is None:
        return f"kept; copies of it: {finding.copies:,}"
    return f"a copy of {match.leader} of run {match.leader_label} ({match.kind}, similarity {match.similarity:.3f})"


def _texts(tables: Iterable[Path], ids: set[str]) -> dict[str, str]:
    """The texts of some documents, from whatever table holds them."""
    texts: dict[str, str] = {}
    for table in tables:
        for _, entry in read_entries(table, lambda *_: None):
            if entry.id in ids:
                texts.setdefault(entry.id, entry.text)
    return texts


def _differences(before: str, after: str) -> Iterator[str]:
    """The passages that differ among the first words, a line each, at most `_PASSAGES`."""
    old, new = before.split()[:_COMPARED], after.split()[:_COMPARED]
    changes = [
        change
        for change in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if change[0] != "equal"
    ]
    for _, i, j, k, end in changes[:_PASSAGES]:
        for sign, words in (("-", old[i:j]), ("+", new[k:end])):
            if words:
                yield f"  {sign} {' '.join(words[:40])}{' ...' if len(words) > 40 else ''}"
    if len(changes) > _PASSAGES:
        yield f"  and {count_of(len(changes) - _PASSAGES, 'more passage')}"


def clusters_lines(folder: Path, most: int = 20, *, as_json: bool = False) -> Iterator[str]:
    """The largest clusters, the largest first."""
    for cluster in query.clusters(opened(folder), most):
        if as_json:
            yield json.dumps(asdict(cluster))
            continue
        yield f"{count_of(cluster.copies, 'copy', 'copies')} of {cluster.id} of run {cluster.label}"
        for label, match in cluster.members:
            yield f"  {match.id} of run {label} ({match.kind}, {match.similarity:.3f})"
        if cluster.copies > len(cluster.members):
            yield f"  and {cluster.copies - len(cluster.members):,} more"


def forget_lines(folder: Path, sameness: Sameness, *, labels: Sequence[str], ids: Sequence[str]) -> Iterator[str]:
    """Withdraw whole runs, or documents (of those runs, if some are named), and say what went and what that changed."""
    if not labels and not ids:
        raise UsageError("name what to forget: runs with --run, documents with --id, or documents of a run with both")
    opened(folder)
    gone = publishing.forget(folder, rule_of(sameness), labels=labels, ids=ids)
    for label, documents in gone.documents.items():
        count = count_of(documents, "document")
        yield f"forgotten: run {label}, with {count}" if label in gone.labels else f"forgotten: {count} of run {label}"
    yield from change_lines(gone.changes)


def refresh_lines(folder: Path, sameness: Sameness, *, everything: bool = False) -> Iterator[str]:
    """Resolve stale runs again, and say what that changed."""
    before = opened(folder).manifest
    rule: Rule = rule_of(sameness)
    due = {run.label for run in before.runs if everything and run.rule != rule.name} | set(before.stale())
    changes = publishing.refresh(folder, rule, everything=everything)
    yield f"resolved again: {count_of(len(due), 'run')}"
    yield from change_lines(changes)


def change_lines(changes: Sequence[Change]) -> Iterator[str]:
    """What changed, a line each, the first few; and which runs must be published again for it."""
    for change in changes[:_LISTED]:
        now = f"a copy of {change.after.leader} of run {change.after.leader_label}" if change.after else "kept"
        yield f"  {change.id} of run {change.label} is now {now}"
    if len(changes) > _LISTED:
        yield f"  and {count_of(len(changes) - _LISTED, 'more document')}"
    labels = sorted({change.label for change in changes})
    if labels:
        yield f"publish again: {', '.join(labels)}"


def compact_lines(folder: Path) -> Iterator[str]:
    """Merge all segments."""
    opened(folder)
    count = publishing.compact(folder)
    yield f"merged: {count_of(count, 'segment')}" if count > 1 else "there is one segment at most; nothing to merge"
