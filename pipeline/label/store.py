"""Sheets and what a person said of them, in one SQLite file beside the labels.

A correction is committed, and synced to disk, before the browser hears that it was: a crash or a power cut costs
nothing that was shown as written. A sheet that a person touched stays as they saw it, whatever a later version would
say of the page; the others are made again when pages, settings, rules or weights change.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, Self

from pipeline.errors import OutputError
from pipeline.label.sheet import Sheet, pack, unpack

_FORMAT = 1
_SCHEMA = """
CREATE TABLE sheet (key TEXT PRIMARY KEY, made TEXT, id TEXT, title TEXT, blocks INTEGER, unsure INTEGER,
    body BLOB);
CREATE TABLE correction (key TEXT, block INTEGER, kept INTEGER, PRIMARY KEY (key, block)) WITHOUT ROWID;
CREATE TABLE review (key TEXT PRIMARY KEY, done INTEGER, page_type TEXT);
"""
_STANDING = """
SELECT key, id, title, blocks, unsure, (SELECT count(*) FROM correction WHERE correction.key = sheet.key),
    coalesce(page_type, ''), coalesce(done, 0) FROM sheet LEFT JOIN review USING (key)
"""
_TOUCHED = "(key IN (SELECT key FROM correction) OR key IN (SELECT key FROM review))"


@dataclass(frozen=True, slots=True)
class Standing:
    """A sheet in the list of pages: how many blocks it has, how many were close calls, and how far the review is."""

    key: str
    id: str
    title: str
    blocks: int
    unsure: int
    corrected: int
    page_type: str
    done: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """What the store holds: pages that are labelled, pages that were corrected but not labelled, corrected blocks."""

    done: int
    begun: int
    corrected: int


class Store:
    """Sheets, corrections and reviews by the key of a page. Any thread may ask; one process at a time."""

    def __init__(self, file: Path) -> None:
        self._lock = RLock()
        self._db = _open(file)

    def __enter__(self) -> Self:
        """The store itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close; everything was committed before."""
        with self._lock:
            self._db.close()

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is on disk afterwards, or nothing."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _read(self, query: str, *values: object) -> list[Any]:
        with self._lock:
            return self._db.execute(query, values).fetchall()

    def knows(self, key: str, made: str) -> bool:
        """Whether the sheet of a page can be used: a person touched it, or a kit of the digest `made` made it."""
        return bool(self._read(f"SELECT 1 FROM sheet WHERE key = ? AND (made = ? OR {_TOUCHED})", key, made))  # noqa: S608 - a constant

    def put(self, sheet: Sheet, made: str) -> None:
        """Keep a sheet, made by a kit of the digest `made`."""
        title = sheet.title.encode("utf-8", "replace").decode()
        row = (sheet.key, made, sheet.id, title, len(sheet.lines), sheet.unsure, pack(sheet))
        with self._write() as db:
            db.execute("REPLACE INTO sheet VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def sheet(self, key: str) -> Sheet:
        """The sheet of a page; raises `KeyError` for a page that has none."""
        for (body,) in self._read("SELECT body FROM sheet WHERE key = ?", key):
            return unpack(body)
        raise KeyError(key)

    def corrections(self, key: str) -> dict[int, bool]:
        """What a person said of blocks of a page, where it differs from the verdict."""
        rows = self._read("SELECT block, kept FROM correction WHERE key = ?", key)
        return {block: bool(kept) for block, kept in rows}

    def correct(self, key: str, blocks: Sequence[int], *, kept: bool) -> None:
        """Say that these blocks stay, or go; what agrees with the verdict is no correction, and ends an earlier one.

        Raises `KeyError` for a page that has no sheet, `IndexError` for a block that it does not have.
        """
        lines = self.sheet(key).lines
        if any(not 0 <= block < len(lines) for block in blocks):
            raise IndexError(f"the page has {len(lines)} blocks, counted from 0")
        with self._write() as db:
            for block in blocks:
                if lines[block].kept == kept:
                    db.execute("DELETE FROM correction WHERE key = ? AND block = ?", (key, block))
                else:
                    db.execute("REPLACE INTO correction VALUES (?, ?, ?)", (key, block, kept))

    def review(self, key: str, *, done: bool, page_type: str) -> None:
        """Say whether every block of a page is now right, and what type of page it is ("" if unsaid)."""
        with self._write() as db:
            db.execute("REPLACE INTO review VALUES (?, ?, ?)", (key, done, page_type))

    def standing(self, keys: Sequence[str]) -> list[Standing]:
        """How far the review of these pages is, in their order."""
        known = {row[0]: row for row in self._read(_STANDING)}
        return [Standing(*(*known[key][:-1], bool(known[key][-1]))) for key in keys]

    def done(self) -> Iterator[tuple[Sheet, list[bool], str]]:
        """The labelled pages, ordered by id: the sheet, which blocks stay, and the type of the page."""
        rows = self._read("SELECT key, page_type FROM review JOIN sheet USING (key) WHERE done ORDER BY id, key")
        for key, page_type in rows:
            sheet, said = self.sheet(key), self.corrections(key)
            yield sheet, [said.get(index, line.kept) for index, line in enumerate(sheet.lines)], page_type

    def tally(self) -> Tally:
        """What there is, of this session and of earlier ones."""
        done = "SELECT count(*) FROM review WHERE done"
        begun = "SELECT count(DISTINCT key) FROM correction WHERE key NOT IN (SELECT key FROM review WHERE done)"
        return Tally(*self._read(f"SELECT ({done}), ({begun}), (SELECT count(*) FROM correction)")[0])  # noqa: S608 - constants

    def forget_others(self, keys: Sequence[str]) -> None:
        """Drop the sheets that are not among these and that nobody touched."""
        with self._write() as db:
            db.execute("CREATE TEMP TABLE IF NOT EXISTS now (key TEXT PRIMARY KEY)")
            db.execute("DELETE FROM now")
            db.executemany("INSERT OR IGNORE INTO now VALUES (?)", [(key,) for key in keys])
            db.execute(f"DELETE FROM sheet WHERE key NOT IN (SELECT key FROM now) AND NOT {_TOUCHED}")  # noqa: S608 - a constant


def _open(file: Path) -> sqlite3.Connection:
    """Open or make the database, locked for this process."""
    try:
        db = sqlite3.connect(file, timeout=1, isolation_level=None, check_same_thread=False)
    except sqlite3.OperationalError as error:
        raise OutputError(f"{file}: cannot be made ({error}); choose another place with -o") from None
    try:
        version = _prepared(db)
    except sqlite3.DatabaseError as error:
        db.close()
        locked = "locked" in str(error)
        advice = "Is `thresher label` running there already?" if locked else "Move it away, or choose another -o."
        raise OutputError(f"{file}: cannot be used ({error}). {advice}") from None
    if version != _FORMAT:
        db.close()
        raise OutputError(f"{file}: is of another version of thresher (format {version}); choose another -o")
    return db


def _prepared(db: sqlite3.Connection) -> int:
    """Lock the database for this process and make its tables if there are none; gives the format it is in."""
    db.execute("PRAGMA locking_mode=EXCLUSIVE")
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("BEGIN IMMEDIATE")
    if not db.execute("SELECT 1 FROM sqlite_master").fetchone():
        for statement in _SCHEMA.split(";"):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {_FORMAT}")
    db.execute("COMMIT")
    return int(db.execute("PRAGMA user_version").fetchone()[0])
