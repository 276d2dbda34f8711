"""What lies in a folder, counted before anything is cleaned: files, formats, bytes, what cannot be read.

`survey` reads every input once, as a run does, and keeps only numbers. Looking belongs here; what a page is worth is
decided later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.acquire.formats import FORMATS, read_source, refusal
from pipeline.acquire.source import Source
from pipeline.acquire.walk import walk
from pipeline.document import Failure
from pipeline.settings import Settings


@dataclass(slots=True)
class Holding:
    """What there is of one format: files and their bytes on disk, pages that can be read, inputs that cannot."""

    files: int = 0
    bytes: int = 0
    pages: int = 0
    failures: int = 0


@dataclass(slots=True)
class Survey:
    """What lies under some paths.

    `formats` is by the name of a format, or by the kind of the failure where no format could be told (`unsupported`,
    `unreadable`). `failures` counts kinds of failure, `skipped` what reading passes over.
    """

    formats: dict[str, Holding] = field(default_factory=dict)
    failures: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> Holding:
        """All formats together."""
        held = self.formats.values()
        return Holding(
            files=sum(each.files for each in held),
            bytes=sum(each.bytes for each in held),
            pages=sum(each.pages for each in held),
            failures=sum(each.failures for each in held),
        )


def survey(paths: Sequence[Path], settings: Settings) -> Survey:
    """Read everything under `paths` and count it; memory does not grow with what is there.

    Raises `UsageError` for a path that does not exist. Trouble with a file is counted, never raised.
    """
    found = Survey()
    for item in walk(paths, found.skipped):
        if isinstance(item, Failure):
            _count(found, item.kind, item)
        else:
            _look(found, Source(item.path, item.name, settings, found.skipped))
    return found


def _look(found: Survey, source: Source) -> None:
    """Count one file and all that is in it."""
    name, size = _format_and_size(source)
    held = found.formats.setdefault(name, Holding())
    held.files += 1
    held.bytes += size
    for item in read_source(source):
        if isinstance(item, Failure):
            _count(found, name, item)
        else:
            held.pages += 1


def _count(found: Survey, name: str, failure: Failure) -> None:
    """Count an input that cannot be read."""
    found.formats.setdefault(name, Holding()).failures += 1
    found.failures[failure.kind] += 1


def _format_and_size(source: Source) -> tuple[str, int]:
    """The name of the format that will read a file, or of the failure that it will be; and its bytes on disk."""
    try:
        size = source.path.stat().st_size
        head = source.head()
    except OSError:
        return "unreadable", 0
    if refusal(head, source.bare_name):
        return "unsupported", size
    return next(form.name for form in FORMATS if form.matches(head, source.bare_name)), size
