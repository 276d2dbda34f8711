"""Folders of a source: what somebody lays down there becomes pages of the day on which it came, or changed.

A copy is taken, so that a day can be cleaned again when the folder has moved on; what did not change since is not
copied again. A folder below `raw` has its files in the landing zone already and is left as it is.
"""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pipeline.acquire.walk import Found as File
from pipeline.acquire.walk import walk
from pipeline.acquire.web.sources.model import Source
from pipeline.acquire.web.storage.aside import folder_of, stem_of
from pipeline.acquire.web.storage.manifest import ManifestWriter, Row
from pipeline.acquire.web.storage.state import Known, State
from pipeline.acquire.web.tools import Tally, iso_of
from pipeline.acquire.web.values import Clock, FetchOutcome, Validators
from pipeline.document import Failure
from pipeline.errors import OutputError

_FOUND_IN = "sources.toml: folder"


def take_folders(
    source: Source, raw: Path, state: State, clock: Clock, tally: Tally, stopped: Callable[[], bool] = lambda: False
) -> None:
    """Copy what is new or changed in the folders of a source; the manifest has a row for each file.

    Raises `OutputError` if `raw` cannot be written.
    """
    with ManifestWriter(raw, source.name, clock) as manifest:
        for folder in source.folder:
            tally.found[source.name] += 0  # so that the source has its line, whatever lies there
            if not folder.exists():
                tally.troubles[str(folder)] = "there is no such folder or file"
            elif folder.resolve().is_relative_to(raw.resolve()):
                tally.passed_over[source.name][f"{folder} lies in {raw} already; `thresher clean` reads it there"] += 1
            elif raw.resolve().is_relative_to(folder.resolve()):
                tally.troubles[str(folder)] = f"holds {raw} and would be copied into itself; name a folder beside it"
            else:
                skipped: Counter[str] = Counter()
                for file in walk([folder], skipped):
                    if stopped():
                        return
                    manifest.add(_taken(source, raw, state, clock, tally, file))
                tally.passed_over[source.name].update(skipped)


def _taken(source: Source, raw: Path, state: State, clock: Clock, tally: Tally, file: File | Failure) -> Row:
    """Take one file; the row of what became of it."""
    now = clock.time()
    tally.found[source.name] += 1
    outcome, kind, reason, size = _outcome(source, raw, state, now, file)
    tally.outcomes[source.name][outcome] += 1
    tally.bytes += size if outcome == "fetched" else 0
    if outcome == "fetched" and (folder := str(folder_of(raw, source.name, now))) not in tally.written:
        tally.written.append(folder)
    name = file.path if isinstance(file, Failure) else str(file.path)
    return Row(name, name, source.name, outcome, kind, reason, bytes=size, found_in=_FOUND_IN, fetched_at=iso_of(now))


def _outcome(
    source: Source, raw: Path, state: State, now: float, file: File | Failure
) -> tuple[FetchOutcome, str, str, int]:
    """Outcome, kind and reason, and the size of the file in bytes."""
    if isinstance(file, Failure):
        return "failed", file.kind, file.message, 0
    try:
        size = file.path.stat().st_size
        with file.path.open("rb") as stream:
            digest = f"sha1:{hashlib.file_digest(stream, 'sha1').hexdigest()}"
    except OSError as error:
        return "failed", "unreadable", f"cannot be read ({error.strerror})", 0
    place = str(file.path.resolve())
    known = state.known(place)
    if known and known.validators.body_digest == digest:
        return "unchanged", "same-body", "the same bytes as at the last visit", size
    _copy(file.path, folder_of(raw, source.name, now) / file.name, now)
    validators = Validators(body_digest=digest)
    state.done(Known(place, place, source.name, "", _FOUND_IN, validators, "fetched", now, now))
    return "fetched", "", "", size


def _copy(path: Path, target: Path, now: float) -> None:
    """A copy of a file under its own name, whole or not at all; one that came on the same day before keeps its name."""
    if target.exists():
        target = target.with_name(f"{target.stem}~{stem_of(now)}{target.suffix}")
    hidden = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, hidden)
        hidden.replace(target)
    except OSError as error:
        with suppress(OSError):
            hidden.unlink()
        message = f"cannot be written ({error.strerror}); free some space, or name another --raw"
        raise OutputError(f"{target}: {message}") from None
