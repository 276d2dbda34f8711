"""What is new in the landing zone, day by day, for whoever starts runs by it.

A day is worth a run once its files have stopped changing. When a file was changed is not asked of the file: a copy
keeps the time of its original, and the clock of another machine may be wrong. So each look takes a digest of every day,
and a day is passed on when its digest has stayed the same for a while by the clock of the one who looks. No file is
opened here.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from pipeline.acquire.walk import day_folders, walk
from pipeline.document import Failure
from pipeline.run.days import days_in


class Ready(NamedTuple):
    """A day that has changed and come to rest: its digest, and when that was first seen (Unix seconds)."""

    day: str
    digest: str
    since: float


@dataclass(frozen=True, slots=True)
class Memory:
    """What one look leaves to the next: the digests that were passed on, and days that wait with (digest, since)."""

    told: Mapping[str, str] = field(default_factory=dict)
    waiting: Mapping[str, tuple[str, float]] = field(default_factory=dict)

    def as_json(self) -> str:
        """The memory as text, the same for equal memories; some 35 bytes a day."""
        return json.dumps({"told": self.told, "waiting": self.waiting}, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | None) -> Memory:
        """The memory of a text; an empty one for none, and for a text that is not ours: every day is then new."""
        try:
            table = json.loads(text or "")
            told = {str(day): str(digest) for day, digest in table["told"].items()}
            waiting = {str(day): (str(digest), float(since)) for day, (digest, since) in table["waiting"].items()}
        except (ValueError, TypeError, KeyError, AttributeError):
            return cls()
        return cls(told, waiting)


def digest_of_day(raw: Path, day: str) -> str:
    """64-bit hexadecimal digest of names, sizes and times of the files that a run over a day reads; "" for no file."""
    digest, files = hashlib.blake2b(digest_size=8), 0
    for item in walk(day_folders(raw, day), Counter(), raw):
        files += 1
        digest.update(repr((item, None) if isinstance(item, Failure) else (item.name, *_looks(item.path))).encode())
    return digest.hexdigest() if files else ""


def look(raw: Path, memory: Memory, now: float, quiet: float, allowed: Container[str]) -> tuple[list[Ready], Memory]:
    """The days that changed since they were passed on and have been the same for `quiet` seconds, and what to remember.

    `now` is in Unix seconds. Whoever takes a day says so with `Memory` (`passed_on`); the others stay ready. Only days
    in `allowed` count. A day whose files are all gone is forgotten: raw pages may be moved away when they are done.
    """
    ready: list[Ready] = []
    told: dict[str, str] = {}
    waiting: dict[str, tuple[str, float]] = {}
    for day in filter(allowed.__contains__, days_in(raw)):
        digest = digest_of_day(raw, day)
        if not digest:
            continue
        if day in memory.told:
            told[day] = memory.told[day]
        if told.get(day) != digest:
            before = memory.waiting.get(day, ("", now))
            since = min(before[1], now) if before[0] == digest else now  # a clock may be set back
            waiting[day] = (digest, since)
            if now - since >= quiet:
                ready.append(Ready(day, digest, since))
    return ready, Memory(told, waiting)


def passed_on(memory: Memory, days: list[Ready]) -> Memory:
    """The memory once these days were passed on."""
    names = {each.day for each in days}
    waiting = {day: value for day, value in memory.waiting.items() if day not in names}
    return Memory({**memory.told, **{each.day: each.digest for each in days}}, waiting)


def _looks(path: Path) -> tuple[int, int]:
    """Size and time of a file; of one that went away meanwhile, none."""
    try:
        stat = path.stat()
    except OSError:
        return -1, -1
    return stat.st_size, stat.st_mtime_ns
