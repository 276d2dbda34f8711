"""The SQLite file behind `state`: opening it, its tables, and transactions whose trouble is told in our words.

Several runs share the file. It is opened by one process at a time, each change is one transaction that has the write
lock from its first statement, and who finds the file busy waits. So no change is lost, and none is half done.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.acquire.web.storage.aside import lock
from pipeline.errors import StateError

_FORMAT = 1
_APPLICATION = 0x74687273  # "thrs", so that another program's file is not taken for ours
_BUSY = 30.0  # seconds to wait for another run, whose transactions take milliseconds
_MOVE = "Move it away, with its -wal and -shm: all pages are then asked for again, and none in raw/ is lost."
_SCHEMA = """
CREATE TABLE run (id TEXT PRIMARY KEY, pid INTEGER, started REAL, ended REAL);
CREATE TABLE page (key TEXT PRIMARY KEY, url TEXT, source TEXT, host TEXT, found_in TEXT,
    etag TEXT, last_modified TEXT, body_digest TEXT, outcome TEXT, asked REAL, next_visit REAL,
    file TEXT, record TEXT, record_url TEXT, record_date TEXT, digest TEXT, start INTEGER, end INTEGER) WITHOUT ROWID;
CREATE INDEX page_file ON page (file);
CREATE INDEX page_found_in ON page (found_in, next_visit);
CREATE TABLE frontier (number INTEGER PRIMARY KEY, key TEXT UNIQUE, source TEXT, host TEXT, url TEXT, found_in TEXT,
    title TEXT, modified TEXT, not_before REAL DEFAULT 0, owner TEXT DEFAULT '');
CREATE INDEX frontier_host ON frontier (source, host, owner, number);
CREATE TABLE host (host TEXT PRIMARY KEY, next_at REAL DEFAULT 0, blocked_until REAL DEFAULT 0,
    strikes INTEGER DEFAULT 0, crawl_delay REAL DEFAULT 0, why TEXT DEFAULT '',
    owner TEXT DEFAULT '', lease REAL DEFAULT 0, claimed REAL DEFAULT 0, gap REAL) WITHOUT ROWID;
CREATE TABLE robots (origin TEXT PRIMARY KEY, status INTEGER, body BLOB, fetched_at REAL, expires_at REAL);
CREATE TABLE start_point (url TEXT, source TEXT, etag TEXT, last_modified TEXT, body_digest TEXT,
    asked REAL, next_visit REAL, PRIMARY KEY (url, source)) WITHOUT ROWID;
"""


class Database:
    """An open file, made if it is not there. Its methods raise `StateError`; use it in one thread."""

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            folder = os.open(file.parent, os.O_RDONLY)
        except OSError as error:
            raise StateError(f"{file.parent}: cannot be used ({error.strerror}); check its permissions") from None
        try:
            lock(folder, wait=True)
            with self._errors():
                self._db = self._open()
        finally:
            os.close(folder)

    def close(self) -> None:
        """Close it. Every change was committed before."""
        self._db.close()

    def do(self, query: str, values: Any = ()) -> list[Any]:
        """One statement, which is one transaction; gives its rows."""
        with self._errors():
            return self._db.execute(query, values).fetchall()

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction of several statements: all of it, or nothing."""
        with self._errors():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            message = f"cannot be used ({error}). Is the disk full, the folder read-only, or another run stuck?"
            raise StateError(f"{self.file}: {message}") from None
        except sqlite3.DatabaseError as error:
            raise StateError(f"{self.file}: is damaged ({error}). {_MOVE}") from None

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.file, timeout=_BUSY, isolation_level=None)
        try:
            self._prepare(db)
        except BaseException:
            db.close()
            raise
        return db

    def _prepare(self, db: sqlite3.Connection) -> None:
        """Make the tables of a new file; look whether an old one is ours."""
        if not db.execute("SELECT 1 FROM sqlite_master").fetchone():
            db.execute("PRAGMA journal_mode=WAL")
            marks = f"PRAGMA application_id={_APPLICATION}; PRAGMA user_version={_FORMAT}"
            db.executescript(f"BEGIN; {_SCHEMA} {marks}; COMMIT;")
        db.execute("PRAGMA synchronous=NORMAL")
        if db.execute("PRAGMA application_id").fetchone() != (_APPLICATION,):
            raise StateError(f"{self.file}: was made by another program. {_MOVE}")
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version != _FORMAT:
            message = f"is of another version of thresher (format {version}, not {_FORMAT}). Use that one, or:"
            raise StateError(f"{self.file}: {message} {_MOVE}")


def plain(text: str) -> str:
    """A text that a database can hold: no lone surrogates."""
    return text.encode("utf-8", "replace").decode()
