"""What earlier runs already know: results by key, in one SQLite file beside the output.

A run writes down the keys of its inputs in canonical order and the results as they come; publishing then reads the
results in that order. So what is published depends on the inputs alone: a run that was killed leaves results behind,
and the next one does only what is missing. Results of inputs that are gone are dropped after a complete run.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.document import Failure, Result
from pipeline.errors import OutputError
from pipeline.recipe import VERSION
from pipeline.run.codec import FORMAT, decode, encode
from pipeline.run.repeats import Note

_SCHEMA = """
CREATE TABLE IF NOT EXISTS result (
    key TEXT PRIMARY KEY, again INTEGER, body BLOB, prints BLOB, site TEXT, lines BLOB
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS input (number INTEGER PRIMARY KEY, key TEXT);
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT);
"""
_COMMIT_EVERY = 50  # results; what a kill -9 costs at most


class Store:
    """Results by key, and the inputs of the run at hand. One process at a time; use as a context manager."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._db = self._open(folder / "results.sqlite")
        self._open_writes = 0

    def _open(self, file: Path) -> sqlite3.Connection:
        """Open or make the database, locked for this process; another version's results are forgotten."""
        db = sqlite3.connect(file, timeout=1, isolation_level=None)
        try:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=NORMAL")
            db.execute("PRAGMA locking_mode=EXCLUSIVE")
            db.execute("BEGIN IMMEDIATE")
            for statement in _SCHEMA.split(";"):
                db.execute(statement)
            now = f"{VERSION}/{FORMAT}"
            before = db.execute("SELECT value FROM about WHERE name = 'format'").fetchone()
            if before != (now,):
                db.execute("DELETE FROM result")
                db.execute("REPLACE INTO about VALUES ('format', ?)", (now,))
        except sqlite3.OperationalError as error:
            db.close()
            hint = "Is another run writing there? Wait for it, or give another -o." if "locked" in str(error) else ""
            raise OutputError(f"{file}: cannot be used ({error}). {hint}".strip()) from None
        except sqlite3.DatabaseError as error:
            db.close()
            message = f"{file}: is damaged ({error}). Delete it: all pages are then cleaned again."
            raise OutputError(message) from None
        return db

    def __enter__(self) -> Self:
        """The store itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Commit what came, and close."""
        self._db.execute("COMMIT")
        self._db.close()

    def begin(self) -> None:
        """A new run: forget the inputs of the one before, not its results."""
        self._db.execute("DELETE FROM input")
        self._db.execute("DELETE FROM about WHERE name = 'whole'")

    def finish(self, kit_digest: str) -> None:
        """All inputs of this run are noted, and have their results from the kit of this digest."""
        self._db.execute("REPLACE INTO about VALUES ('whole', ?)", (kit_digest,))

    def is_whole(self, kit_digest: str) -> bool:
        """Whether the last run came to its end, with the kit of this digest: what may be published as complete."""
        row = self._db.execute("SELECT value FROM about WHERE name = 'whole'").fetchone()
        return bool(row == (kit_digest,))

    def knows(self, key: str) -> bool:
        """Whether there is a result for `key` that holds for good; timeouts and crashes are tried again."""
        row = self._db.execute("SELECT again FROM result WHERE key = ?", (key,)).fetchone()
        return row is not None and not row[0]

    def note_input(self, number: int, key: str) -> None:
        """Input `number` of this run, in canonical order, has this key."""
        self._db.execute("INSERT INTO input VALUES (?, ?)", (number, key))

    def put(self, result: Result) -> None:
        """Keep a result; a failure of the run holds only until the next one."""
        again = isinstance(result.value, Failure) and result.value.stage == "run"
        self._write(result.key, encode(result), Note(), again=again)

    def put_work(self, key: str, body: bytes, note: Note) -> None:
        """Keep the encoding of a result that holds for good, and what was noted of it."""
        self._write(key, body, note, again=False)

    def _write(self, key: str, body: bytes, note: Note, *, again: bool) -> None:
        """Write a row, and commit now and then: a kill -9 costs the rows since."""
        self._db.execute("REPLACE INTO result VALUES (?, ?, ?, ?, ?, ?)", (key, again, body, *note))
        self._open_writes += 1
        if self._open_writes >= _COMMIT_EVERY:
            self._db.execute("COMMIT")
            self._db.execute("BEGIN IMMEDIATE")
            self._open_writes = 0

    def inputs_digest(self) -> str:
        """128-bit hexadecimal digest of what this run's inputs are, and what they were cleaned with."""
        digest = hashlib.blake2b(digest_size=16)
        for (key,) in self._db.execute("SELECT key FROM input ORDER BY number"):
            digest.update(key.encode() + b"\n")
        return digest.hexdigest()

    def results(self) -> Iterator[Result]:
        """The results of this run's inputs, in canonical order; inputs that have none yet are left out."""
        rows = self._db.execute(
            "SELECT body FROM input JOIN result USING (key) ORDER BY number",
        )
        for (body,) in rows:
            yield decode(body)

    def notes(self) -> Iterator[Note]:
        """What was noted of this run's kept documents, in canonical order."""
        rows = self._db.execute(
            "SELECT prints, site, lines FROM input JOIN result USING (key) WHERE length(prints) ORDER BY number",
        )
        for row in rows:
            yield Note(*row)

    def forget_others(self) -> None:
        """Drop the results that no input of this run has."""
        self._db.execute("DELETE FROM result WHERE key NOT IN (SELECT key FROM input)")
