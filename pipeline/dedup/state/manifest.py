"""How a state is published: a manifest says what belongs to it, and one rename makes it the current one.

    CURRENT            the name of the current manifest
    manifest-<n>.json  labels, segments, verdicts, sizes and digests
    seg-<digest>/      fingerprints (segments.py)
    verdicts-<digest>.arrow
    lock               held by the writer

Everything is written aside, synced and renamed before a manifest names it, and nothing that a manifest names ever
changes. So a reader who has read one manifest sees one state, and a writer that dies leaves the last published state
and some orphans, which the next writer sweeps. Writers wait for each other at the lock. On file systems where locks do
not hold, the check of CURRENT before the last rename still refuses the second writer.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from pipeline.dedup.prints import VERSION
from pipeline.dedup.state.disk import Disk, digest_of
from pipeline.errors import StateError

FORMAT = 1
"""Of the files of a state."""
CURRENT, LOCK = "CURRENT", "lock"
ASIDE = ".new-"
"""How names of files begin that nobody may read yet."""


@dataclass(frozen=True, slots=True)
class Run:
    """One label: rows `start` up to `stop` of a segment.

    `inputs` is the digest of the documents, `rule` names the rule by which they were resolved, and `chain` is the
    digest of all earlier labels as they stood then (`Chain`). `origin` is the path, from the state, of what it is
    of, so that another with the same label does not take its place unseen; "" if nobody said.
    """

    label: str
    segment: str
    start: int
    stop: int
    inputs: str
    chain: str = ""
    rule: str = ""
    origin: str = ""

    @property
    def rows(self) -> int:
        """How many documents."""
        return self.stop - self.start


class Chain:
    """The rolling digest of labels in their order: what verdicts depend on. A stale label makes later ones stale."""

    def __init__(self) -> None:
        self._rolling = hashlib.blake2b(digest_size=16)

    @property
    def digest(self) -> str:
        """128-bit hexadecimal digest of the labels so far."""
        return self._rolling.hexdigest()

    def add(self, run: Run) -> None:
        """The next label."""
        self._rolling.update(repr((run.label, run.inputs, run.chain, run.rule)).encode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Stored:
    """One segment: its rows, the file of its verdicts, and size and digest of every file by its path."""

    rows: int
    verdicts: str
    files: dict[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a state holds: its labels in their order, and the segments these lie in, by name."""

    number: int = 0
    runs: tuple[Run, ...] = ()
    segments: dict[str, Stored] = field(default_factory=dict)

    def stale(self) -> list[str]:
        """The labels that were resolved against others than those that stand before them now."""
        chain, stale = Chain(), []
        for run in self.runs:
            if run.chain != chain.digest:
                stale.append(run.label)
            chain.add(run)
        return stale

    def replaced(self, gone: str, *new: Run) -> Manifest:
        """The manifest without a label, and with others; segments that no label needs go."""
        kept = [run for run in self.runs if run.label != gone]
        runs = tuple(sorted((*kept, *new), key=lambda run: run.label))
        used = {run.segment for run in runs}
        return replace(self, runs=runs, segments={k: v for k, v in self.segments.items() if k in used})

    def to_bytes(self) -> bytes:
        """As JSON; the same state gives the same bytes."""
        values = {"format": FORMAT, "fingerprint": VERSION, **asdict(self)}
        return (json.dumps(values, indent=1, sort_keys=True) + "\n").encode()


def _parsed(data: bytes) -> Manifest:
    """What `Manifest.to_bytes` wrote; raises `StateError` for another version, ValueError and the like for damage."""
    values: dict[str, Any] = json.loads(data)
    for name, ours, what in (("format", FORMAT, "a state"), ("fingerprint", VERSION, "fingerprints")):
        if values[name] != ours:
            hint = "use the thresher that made it, or start a new state"
            raise StateError(f"holds {what} of version {values[name]!r}; this thresher reads {ours}: {hint}")
    runs = tuple(Run(**run) for run in values["runs"])
    segments = {
        name: Stored(one["rows"], one["verdicts"], {k: (size, digest) for k, (size, digest) in one["files"].items()})
        for name, one in values["segments"].items()
    }
    if not all(0 <= run.start <= run.stop <= segments[run.segment].rows for run in runs):
        raise ValueError("a label lies outside of its segment")
    return Manifest(values["number"], runs, segments)


def read_manifest(folder: Path) -> Manifest:
    """The current manifest of a state; an empty one where there is none. Raises `StateError` for a damaged one."""
    name = _current(folder)
    if not name:
        return Manifest()
    path = folder / name
    try:
        return _parsed(path.read_bytes())
    except StateError as error:
        raise StateError(f"{folder}: {error}") from None
    except FileNotFoundError:
        if _current(folder) != name:  # a writer was faster
            return read_manifest(folder)
        raise StateError(f"{path}: is missing, though CURRENT names it; restore it from a copy") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StateError(f"{path}: damaged ({type(error).__name__}: {error}); restore it from a copy") from None


def _current(folder: Path) -> str:
    """The name of the current manifest, "" where there is none."""
    path = folder / CURRENT
    try:
        name = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise StateError(f"{path}: cannot be read ({error}); restore it from a copy") from None
    if not name.startswith("manifest-") or "/" in name:
        raise StateError(f"{path}: damaged (it names {name[:80]!r}); restore it from a copy")
    return name


def commit(folder: Path, before: Manifest, after: Manifest, disk: Disk) -> Manifest:
    """Make `after` the current manifest, if `before` still is; returns it with its number. Then sweep.

    Raises `StateError` if another writer came between, which a lock that holds does not allow.
    """
    after = replace(after, number=before.number + 1)
    name = f"manifest-{after.number}.json"
    for target, data in ((name, after.to_bytes()), (CURRENT, f"{name}\n".encode())):
        disk.write(folder / f"{ASIDE}{target}", data)
        if target == CURRENT and _current(folder) != (f"manifest-{before.number}.json" if before.number else ""):
            raise StateError(f"{folder}: another run published meanwhile, and the lock did not hold; run again")
        disk.move(folder / f"{ASIDE}{target}", folder / target)
    sweep(folder, after, disk)
    return after


def sweep(folder: Path, manifest: Manifest, disk: Disk) -> None:
    """Remove what no manifest names: what a writer left that died, and what was replaced. Only files of ours."""
    verdicts = {one.verdicts for one in manifest.segments.values()}
    named = {CURRENT, LOCK, f"manifest-{manifest.number}.json", *manifest.segments, *verdicts}
    for path in sorted(folder.iterdir()):
        ours = path.name.startswith((ASIDE, "manifest-", "seg-", "verdicts-"))
        if ours and path.name not in named:
            disk.remove(path)


@contextmanager
def writing(folder: Path, disk: Disk, patience: float) -> Iterator[Manifest]:
    """The state for one writer: the current manifest, under the lock, with orphans swept.

    Makes the folder if there is none. Waits up to `patience` seconds for another writer, then raises `StateError`.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK).open("ab")
    except OSError as error:
        raise StateError(f"{folder}: cannot be written ({error.strerror or error})") from None
    with lock:
        _wait(lock.fileno(), folder, patience)
        manifest = read_manifest(folder)
        sweep(folder, manifest, disk)
        try:
            yield manifest
        except OSError as error:
            message = f"{folder}: cannot be written ({error.strerror or error}); what was published before still stands"
            raise StateError(message) from error


def _wait(lock: int, folder: Path, patience: float) -> None:
    """Take the lock, or raise when patience ends. It goes when the file is closed, or its process dies."""
    deadline = time.monotonic() + patience
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        if time.monotonic() >= deadline:
            raise StateError(f"{folder}: another run is writing there; wait for it, or give another state")
        time.sleep(min(0.05, patience))


def check_digests(folder: Path, manifest: Manifest, segments: Iterable[str]) -> None:
    """Read some segments whole, a second a gigabyte; raise `StateError` if a byte is not as it was written."""
    for segment in segments:
        for name, (_, digest) in manifest.segments[segment].files.items():
            check_digest(folder / name, digest)


def check_digest(path: Path, digest: str) -> None:
    """Raise `StateError` if a file has another digest than when it was written."""
    if digest_of(path) != digest:
        raise StateError(f"{path}: damaged (other bytes than were written); restore it from a copy")


def check_sizes(folder: Path, manifest: Manifest) -> None:
    """Raise `StateError` if a file is missing or has another size than it was written with."""
    for stored in manifest.segments.values():
        for name, (size, _) in stored.files.items():
            try:
                found = os.stat(folder / name).st_size  # noqa: PTH116 - a state has many files
            except FileNotFoundError:
                raise StateError(f"{folder / name}: is missing; restore it from a copy") from None
            if found != size:
                raise StateError(f"{folder / name}: damaged ({found:,} bytes, not {size:,}); restore it from a copy")
