"""What earlier runs already know: results by key, in one SQLite file beside the output.

A run writes down the keys of its inputs in canonical order and the results as they come; publishing then reads the
results in that order. So what is published depends on the inputs alone: a run that was killed leaves results behind,
and the next one does only what is missing. Results of inputs that are gone are dropped after a complete run.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

from pipeline.document import Document, Failure, Result
from pipeline.errors import OutputError
from pipeline.publish.formats import chosen
from pipeline.publish.leaf import Rendered, render
from pipeline.publish.place import teaching
from pipeline.recipe import VERSION
from pipeline.run.codec import FORMAT, decode, decode_leaf, encode
from pipeline.run.repeats import Note, note_of
from pipeline.run.work import Work
from pipeline.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")

_ABOUT = "CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT)"
_INPUT = "CREATE TABLE IF NOT EXISTS input (number INTEGER PRIMARY KEY, key TEXT)"
_RESULT = """CREATE TABLE result (
    key TEXT PRIMARY KEY, again INTEGER, prints BLOB, site TEXT, lines BLOB, leaf BLOB, body BLOB
)"""  # what is read most often stands first: SQLite walks through a long row
_COMMIT_EVERY = 50  # results; what a kill -9 costs at most


class Store:
    """Results by key, and the inputs of the run at hand. One process at a time; use as a context manager."""

    def __init__(self, folder: Path) -> None:
        with teaching(folder):
            folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / "results.sqlite"
        self._db = self._open(self._file)
        self._open_writes = 0

    def _open(self, file: Path) -> sqlite3.Connection:
        """Open or make the database, locked for this process; another version's results are forgotten."""
        db = sqlite3.connect(file, timeout=1, isolation_level=None)
        try:
            db.execute("PRAGMA page_size=16384")  # of a new file: a row takes some 30 kB
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=NORMAL")
            db.execute("PRAGMA locking_mode=EXCLUSIVE")
            db.execute("BEGIN IMMEDIATE")
            db.execute(_ABOUT)
            db.execute(_INPUT)
            now = f"{VERSION}/{FORMAT}"
            if db.execute("SELECT value FROM about WHERE name = 'format'").fetchone() != (now,):
                db.execute("DROP TABLE IF EXISTS result")
                db.execute(_RESULT)
                db.execute("REPLACE INTO about VALUES ('format', ?)", (now,))
        except sqlite3.OperationalError as error:
            db.close()
            hint = "Is another run writing there? Wait for it, or give another -o." if "locked" in str(error) else ""
            raise OutputError(f"{file}: cannot be used ({error}). {hint}".strip()) from None
        except sqlite3.DatabaseError as error:
            db.close()
            raise OutputError(_damaged(file, error)) from None
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
        self._write(result.key, Work(encode(result)), again=again)

    def put_work(self, key: str, work: Work) -> None:
        """Keep what was made of a page whose result holds for good."""
        self._write(key, work, again=False)

    def _write(self, key: str, work: Work, *, again: bool) -> None:
        """Write a row, and commit now and then: a kill -9 costs the rows since."""
        self._db.execute(
            "REPLACE INTO result VALUES (?, ?, ?, ?, ?, ?, ?)", (key, again, *work.note, work.leaf, work.body)
        )
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
        rows = self._db.execute("SELECT body FROM input JOIN result USING (key) ORDER BY number")
        for (body,) in rows:
            yield self._read(decode, body)

    def rendered(self, formats: Sequence[str], settings: Settings) -> Iterator[Rendered]:
        """The same as publishing needs them, with the texts of these formats; rendered anew where one is missing."""
        texts, _ = chosen(formats)
        rows = self._db.execute("SELECT key, leaf FROM input JOIN result USING (key) ORDER BY number")
        for key, leaf in rows:
            load = partial(self._value, key)
            found = self._read(decode_leaf, leaf, load) if leaf else None
            yield (
                found if found and found.has(texts) else replace(render(self._result(key), texts, settings), load=load)
            )

    def notes(self, *, lines: bool) -> Iterator[Note]:
        """What was noted of this run's kept documents, in canonical order, made anew where it is missing."""
        rows = self._db.execute(
            "SELECT key, prints, site, lines FROM input JOIN result USING (key)"
            " WHERE prints IS NULL OR length(prints) ORDER BY number",
        )
        for key, *row in rows:
            note = Note(*row)
            if note.prints is None or (lines and note.lines is None):
                note = note_of(self._value(key), prints=True, lines=lines)
            if note.prints:
                yield note

    def _result(self, key: str) -> Result:
        """The result of a key that is there."""
        return self._read(decode, *self._db.execute("SELECT body FROM result WHERE key = ?", (key,)).fetchone())

    def _value(self, key: str) -> Document | Failure:
        return self._result(key).value

    def _read(self, decode: Callable[P, T], *data: P.args, **more: P.kwargs) -> T:
        """What is in a row; raises `OutputError` for a row that is damaged."""
        try:
            return decode(*data, **more)
        except ValueError as error:
            raise OutputError(_damaged(self._file, error)) from None

    def forget_others(self) -> None:
        """Drop the results that no input of this run has."""
        self._db.execute("DELETE FROM result WHERE key NOT IN (SELECT key FROM input)")


def _damaged(file: Path, error: Exception) -> str:
    return f"{file}: is damaged ({error}). Delete it: all pages are then cleaned again."
