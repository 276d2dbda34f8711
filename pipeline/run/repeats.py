"""Repeats within a run and against earlier ones: what a worker notes of each page, and what is found from the notes.

A worker makes the note while it has the document at hand, so that finding repeats reads no document again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.dedup.fingerprint import entry_of, fingerprint
from pipeline.dedup.leaders import resolve
from pipeline.dedup.lines import Lines, join_lines, lines_of
from pipeline.dedup.prints import Match, Prints, concat
from pipeline.dedup.similar import Sameness
from pipeline.dedup.state.memory import load_memory
from pipeline.dedup.state.publishing import Published, check_origin, publish, refresh, rule_of
from pipeline.dedup.state.reading import open_state
from pipeline.document import Document, Failure
from pipeline.judge.repeated import SiteMemory
from pipeline.settings import Settings


class Note(NamedTuple):
    """What is noted of a page: its fingerprint (`Prints.to_bytes`), its site, and the hashes of its lines.

    Only of a kept document there is any; None stands for what nobody asked for yet.
    """

    prints: bytes | None = None
    site: str = ""
    lines: bytes | None = None


class Repeats(NamedTuple):
    """The matches of a run, and what a person should know of other runs in the state."""

    matches: Sequence[Match] = ()
    notes: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """128-bit hexadecimal digest of the matches."""
        return hashlib.blake2b(repr(list(self.matches)).encode("utf-8", "replace"), digest_size=16).hexdigest()


def note_of(value: Document | Failure, *, prints: bool, lines: bool) -> Note:
    """The note of what became of a page, as far as it is asked for; an empty one if it is not kept."""
    if not isinstance(value, Document) or value.outcome != "kept":
        return Note(b"" if prints else None, "", b"" if lines else None)
    site, hashes = lines_of(value) if lines else ("", [])
    return Note(
        fingerprint([entry_of(value)]).to_bytes() if prints else None,
        site,
        np.array(hashes, "<u8").tobytes() if lines else None,
    )


def sameness(settings: Settings) -> Sameness:
    """What the settings count as the same, and which copy stays."""
    return Sameness(
        similarity=settings.dedup_similarity,
        contained=max(Sameness().contained, settings.dedup_similarity),
        short_words=settings.dedup_words,
        keep=settings.dedup_keep,
        sources=settings.dedup_sources,
    )


def needs_prints(settings: Settings) -> bool:
    """Whether a run compares documents."""
    return settings.dedup != "off"


def needs_lines(settings: Settings, state: Path | None) -> bool:
    """Whether a run leaves the lines of its sites to those that come after it."""
    return needs_prints(settings) and state is not None and settings.site_memory != "off"


def find_repeats(
    notes: Iterator[Note], settings: Settings, state: Path | None, run: str, *, out: Path, whole: bool
) -> Repeats:
    """The repeats among the documents of a run, and against what earlier runs of a state kept.

    `notes` are those of its kept documents, with all that `needs_prints` and `needs_lines` ask for. A `whole` run is
    published in the state under its label `run`, as that of the folder `out`; an interrupted one only looks.
    """
    if not needs_prints(settings):
        return Repeats()
    prints, lines = _tables(notes)
    if state is None:
        return Repeats(resolve(prints, sameness(settings)).matches)
    if not whole:
        earlier = open_state(state).before(run)
        return Repeats(tuple(rule_of(sameness(settings)).resolve(prints.labelled(run), earlier)))
    published = publish(state, run, prints, rule_of(sameness(settings)), lines, origin=out)
    return Repeats(published.matches, tuple(_notes(published)))


def settle_repeats(settings: Settings, state: Path) -> Mapping[str, Repeats]:
    """Resolve again what is stale in a state, and give the repeats of all its runs by label, in their order.

    Raises `StateError` for a state that is damaged or in use.
    """
    refresh(state, rule_of(sameness(settings)))
    now = open_state(state)
    return {run.label: Repeats(tuple(now.matches(run))) for run in now.runs}


def _notes(published: Published) -> Iterator[str]:
    """What publishing did to other runs of the state."""
    again = sorted({change.label for change in published.changes})
    if again:
        yield f"documents of earlier runs were decided anew: {', '.join(again)}; clean those again to publish it"
    if published.stale:
        yield f"later runs are stale: {', '.join(published.stale)}; clean those again, in their order"


def check_name(settings: Settings, state: Path | None, run: str, out: Path) -> None:
    """Raise `UsageError` if a state holds a run of that name which is of another folder than `out`."""
    if state is not None and needs_prints(settings):
        check_origin(state, run, out)


def remembered(settings: Settings, state: Path | None, run: str) -> SiteMemory | None:
    """What the runs before `run` saw come back on sites; None without a state. Raises `StateError`."""
    if state is None or settings.site_memory == "off":
        return None
    return load_memory(open_state(state), before=run)


def _tables(notes: Iterator[Note]) -> tuple[Prints, Lines]:
    """The notes as columns."""
    prints: list[Prints] = []
    sites: list[str] = []
    hashes: list[NDArray[np.uint64]] = []
    for note in notes:
        prints.append(Prints.from_bytes(note.prints or b""))
        sites.append(note.site)
        hashes.append(np.frombuffer(note.lines or b"", "<u8"))
    return concat(prints), join_lines(sites, hashes)
