"""What is known between runs: pages, start points, and what was found but not yet asked for; and who runs.

Kept in `raw/.fetch/state.sqlite`, which several runs share; `hosts` and `robots` (see `hosts`) are in it too. A call
that changes something is committed when it returns, so a run that is killed loses nothing it was told is known. The
archive comes first: a page is noted here after its record was written, and is forgotten, to be asked again, when
recovery finds the record cut. Who runs is told by a locked file; the system drops the lock with the process, and the
next run frees what the dead one held.

Losing this file harms no page in `raw`: all is asked for again.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pipeline.acquire.web.storage.archive import Record
from pipeline.acquire.web.storage.aside import lock
from pipeline.acquire.web.storage.database import Database, plain
from pipeline.acquire.web.storage.hosts import SharedHosts, SharedRobots
from pipeline.acquire.web.values import FetchOutcome, Found, Validators

FOLDER = ".fetch"
"""The folder in `raw` that belongs to fetching; hidden, so that nobody takes it for pages."""
_PAGE = "REPLACE INTO page VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_FREE = "UPDATE frontier SET owner = '' WHERE owner = ?"
_FIND = """
INSERT OR IGNORE INTO frontier (key, source, host, url, found_in, title, modified)
SELECT :key, :source, :host, :url, :found_in, :title, :modified WHERE NOT EXISTS (
    SELECT 1 FROM page WHERE key = :key AND next_visit > :now AND NOT (asked < :moment AND :moment <= :now))
"""
_WAITING = """
SELECT source, host, count(*) FROM frontier WHERE owner = '' AND not_before <= ? GROUP BY source, host
"""
_TAKE = """
UPDATE frontier SET owner = ? WHERE number IN (SELECT number FROM frontier
    WHERE source = ? AND host = ? AND owner = '' AND not_before <= ? ORDER BY number LIMIT ?)
RETURNING number, key, source, host, url, found_in, title, modified
"""
_ASK_AGAIN = """
INSERT OR IGNORE INTO frontier (key, source, host, url, found_in, title)
SELECT key, source, host, url, found_in, '' FROM page WHERE file = ? AND end > ?
"""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an address that was asked: how to ask again, what came of it, and where its page is kept.

    `key` is the identity of `url`, `host` is `name:port`; `asked` and `next_visit` are Unix seconds. `record` holds the
    page as it was last fetched, None if it never was: an unchanged page keeps the record that has its body.
    """

    key: str
    url: str
    source: str
    host: str
    found_in: str = ""
    validators: Validators = field(default_factory=Validators)
    outcome: FetchOutcome = "failed"
    asked: float = 0.0
    next_visit: float = 0.0
    record: Record | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An address that was found and waits to be asked for, with its key, source and host."""

    key: str
    source: str
    host: str
    found: Found


@dataclass(frozen=True, slots=True)
class StartPoint:
    """A feed, sitemap or listing that addresses are found in: how to ask again, and when (Unix seconds)."""

    url: str
    source: str
    validators: Validators = field(default_factory=Validators)
    asked: float = 0.0
    next_visit: float = 0.0


class State:
    """The memory of fetching below a folder `raw`. Use it as a context manager, in one thread.

    Its methods raise `StateError` for a file that is damaged, not ours, of another version, or cannot be written.
    `run` is the id of this run, "" before `begin`: what it takes is its own until it ends or dies.
    """

    def __init__(self, raw: Path, new_id: Callable[[], uuid.UUID] = uuid.uuid4) -> None:
        self._folder, self._new_id = raw / FOLDER, new_id
        self._database = Database(self._folder / "state.sqlite")
        self._lock: int | None = None
        self.hosts = SharedHosts(self._database)
        self.robots = SharedRobots(self._database)
        self.run = ""

    def __enter__(self) -> Self:
        """The state itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close. A run that was not ended counts as dead from now on."""
        self._database.close()
        self._unlock()

    def begin(self, now: float) -> str:
        """Begin a run; gives its id, the owner of its claims. What dead runs held is free again.

        A host that a dead run may have been asking gets a pause first.
        """
        run = self._new_id().hex
        self._lock = os.open(self._lock_file(run), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
        lock(self._lock, wait=True)
        self._database.do("INSERT INTO run VALUES (?, ?, ?, NULL)", (run, os.getpid(), now))
        self.run = run
        for (other,) in self._database.do("SELECT id FROM run WHERE ended IS NULL AND id <> ?", (run,)):
            if self._is_dead(other):
                self.hosts.free(other, now)
                self._close_run(other, now)
        return run

    def end(self, now: float) -> None:
        """End the run in good order; what it had taken and not done waits for the next one."""
        self._close_run(self.run, now)
        self._unlock()
        self.run = ""

    def known(self, key: str) -> Known | None:
        """What is known of the address with this key; None if it was never asked."""
        rows = self._database.do("SELECT * FROM page WHERE key = ?", (key,))
        return _known(*rows[0]) if rows else None

    def due(self, place: str, now: float) -> list[Found]:
        """The pages found in a start point that may be asked again by now: what it names if it did not change."""
        rows = self._database.do(
            "SELECT url FROM page WHERE found_in = ? AND next_visit <= ? ORDER BY asked, key", (plain(place), now)
        )
        return [Found(url, place) for (url,) in rows]

    def done(self, known: Known) -> None:
        """Note what came of an address, after its records were written; it waits no longer."""
        record = astuple(known.record) if known.record else (None,) * 7
        head = (known.key, known.url, known.source, known.host, plain(known.found_in))
        validators = (plain(value) for value in astuple(known.validators))
        with self._database.changing() as db:
            db.execute(_PAGE, (*head, *validators, known.outcome, known.asked, known.next_visit, *record))
            db.execute("DELETE FROM frontier WHERE key = ?", (known.key,))

    def forget(self, file: str, size: int) -> None:
        """Forget the pages whose record lies beyond the first `size` bytes of a file; they wait to be asked again."""
        with self._database.changing() as db:
            db.execute(_ASK_AGAIN, (file, size))
            db.execute("DELETE FROM page WHERE file = ? AND end > ?", (file, size))

    def find(self, found: Iterable[Waiting], now: float) -> int:
        """Let addresses wait that are new, due, or said to have changed since they were asked; gives how many.

        Those that wait already are not counted. A change that is said to lie in the future is not believed.
        """
        rows = [_find_values(each, now) for each in found]
        with self._database.changing() as db:
            return sum(db.execute(_FIND, row).rowcount for row in rows)

    def waiting(self, now: float) -> list[tuple[str, str, int]]:
        """Source, host and number of the addresses that wait, are free, and may be asked by now."""
        return self._database.do(_WAITING, (now,))

    def take(self, source: str, host: str, number: int, now: float) -> list[Waiting]:
        """Take up to `number` addresses that wait, first found first; no other run gets them while this one lives."""
        rows = self._database.do(_TAKE, (self.run, source, host, now, number))
        return [_waiting(*row[1:]) for row in sorted(rows)]

    def put_back(self, key: str, not_before: float) -> None:
        """Let an address that this run took wait again, until a moment (Unix seconds)."""
        query = "UPDATE frontier SET owner = '', not_before = ? WHERE key = ? AND owner = ?"
        self._database.do(query, (not_before, key, self.run))

    def start_point(self, url: str, source: str) -> StartPoint | None:
        """What is known of a start point of a source; None if it was never asked.

        Two sources may share one: each wants other pages of it.
        """
        rows = self._database.do("SELECT * FROM start_point WHERE url = ? AND source = ?", (url, source))
        for _, _, *validators, asked, next_visit in rows:
            return StartPoint(url, source, Validators(*validators), asked, next_visit)
        return None

    def keep_start_point(self, point: StartPoint) -> None:
        """Note that a start point was asked. Call it after `find`: what was found there must not be lost in between."""
        validators = (plain(value) for value in astuple(point.validators))
        row = (point.url, point.source, *validators, point.asked, point.next_visit)
        self._database.do("REPLACE INTO start_point VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def _close_run(self, run: str, now: float) -> None:
        with self._database.changing() as db:
            db.execute("UPDATE host SET owner = '' WHERE owner = ?", (run,))
            db.execute(_FREE, (run,))
            db.execute("UPDATE run SET ended = ? WHERE id = ?", (now, run))
        self._lock_file(run).unlink(missing_ok=True)

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
        self._lock = None

    def _is_dead(self, run: str) -> bool:
        """Whether a run that did not end is no more: nobody holds its lock."""
        try:
            file = os.open(self._lock_file(run), os.O_RDWR)
        except FileNotFoundError:
            return True
        try:
            return lock(file)
        finally:
            os.close(file)

    def _lock_file(self, run: str) -> Path:
        return self._folder / f"run-{run}.lock"


def _known(key: str, url: str, source: str, host: str, found_in: str, *rest: Any) -> Known:
    """What a row of the table `page` says."""
    etag, last_modified, body_digest, outcome, asked, next_visit, *record = rest
    validators = Validators(etag, last_modified, body_digest)
    kept = Record(*record) if record[0] is not None else None
    return Known(key, url, source, host, found_in, validators, outcome, asked, next_visit, kept)


def _waiting(key: str, source: str, host: str, url: str, found_in: str, title: str, modified: str | None) -> Waiting:
    """What a row of the table `frontier` says."""
    moment = datetime.fromisoformat(modified) if modified else None
    return Waiting(key, source, host, Found(url, found_in, title, moment))


def _find_values(each: Waiting, now: float) -> dict[str, object]:
    """The values of a find, as the statement names them."""
    found = each.found
    return {
        "key": each.key,
        "source": each.source,
        "host": each.host,
        "url": found.url,
        "found_in": plain(found.found_in),
        "title": plain(found.title),
        "modified": found.modified.isoformat() if found.modified else None,
        "moment": found.modified.timestamp() if found.modified else 0.0,
        "now": now,
    }
