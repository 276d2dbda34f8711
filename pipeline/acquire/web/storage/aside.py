"""Files that grow aside: hidden and locked while they are written, renamed when they are whole.

A reader never sees a half-written file: `.101530.warc.gz` becomes `101530.warc.gz` when its run is done with it. The
lock of the file says that its writer lives; the system drops it with the process, however that ended. So what carries
a hidden name and no lock was left by a run that was killed, and whoever takes its lock may bring it to an end.

It belongs here if it holds for any file that is written in this way; what is written is the business of others.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from pipeline.errors import OutputError, SettingsError

_SOURCE = re.compile(r"[^\W_][\w.+-]{0,99}")
"""What a source may be called: one part of a path on every system, never hidden, never a step up."""


def folder_of(raw: Path, source: str, now: float) -> Path:
    """The folder `raw/<source>/<YYYY-MM-DD>` of a moment (Unix seconds); it need not exist.

    Raises `SettingsError` for a name that cannot be that of a folder, or a folder that a link leads out of `raw`.
    """
    if not _SOURCE.fullmatch(source) or source.endswith("."):
        message = "is no name for a source; use up to 100 letters, digits, and . _ + - after the first"
        raise SettingsError(f"{source!r} {message}")
    folder = raw / source / f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d}"
    if not folder.resolve().is_relative_to(raw.resolve()):
        raise SettingsError(f"{folder}: a link leads out of {raw}; nothing is written there. Remove the link")
    return folder


def stem_of(now: float) -> str:
    """The beginning of a file's name: the time of day (UTC) of a moment, as `101530`."""
    return f"{datetime.fromtimestamp(now, UTC):%H%M%S}"


def lock(file: int, *, wait: bool = False) -> bool:
    """Lock an open file for this process; False if another holds it and we do not wait."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Aside:
    """A growing file that is ours: `path` is what it will be called. `create` and `orphans` make them."""

    def __init__(self, path: Path, file: int) -> None:
        self.path = path
        self.hidden = _hidden(path)
        self._file = file
        self.size = os.fstat(file).st_size

    @classmethod
    def create(cls, folder: Path, stem: str, suffix: str) -> Self:
        """A new file in a folder (made if needed), named by its stem, with a number where that is taken.

        A name is never used twice, not by two runs at once either. Raises `OutputError`.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            names = (f"{stem}-{number}{suffix}" if number > 1 else stem + suffix for number in itertools.count(1))
            tried = ((folder / name, _new(folder / name)) for name in names)
            path, file = next((path, file) for path, file in tried if file is not None)
            _sync(folder)
        except OSError as error:
            message = f"nothing can be written there ({error.strerror}); check its permissions and space"
            raise OutputError(f"{folder}: {message}") from None
        return cls(path, file)

    def append(self, data: bytes | bytearray) -> int:
        """Write at the end, wholly or not at all; gives where it begins. What is written survives a killed process.

        Raises `OutputError` when the disk is full; what was there before is whole.
        """
        start, rest = self.size, memoryview(data)
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except BaseException as error:
            self.cut(start)
            if not isinstance(error, OSError):  # Ctrl-C
                raise
            message = f"cannot be written ({error.strerror}). What was kept before is whole: make room, and run again"
            raise OutputError(f"{self.path}: {message}") from None
        self.size += len(data)
        return start

    def cut(self, size: int) -> None:
        """Keep only the first `size` bytes."""
        os.ftruncate(self._file, size)
        os.lseek(self._file, size, os.SEEK_SET)
        self.size = size

    def finish(self) -> None:
        """Give the file its name, and the lock up; a file without content is removed instead.

        Raises `OutputError` if somebody put another file of that name there; ours then stays hidden, and whole.
        """
        try:
            if not self.size:
                self.hidden.unlink()
                return
            os.fsync(self._file)
            if self.path.exists():
                raise OutputError(f"{self.path}: appeared while it was being written. Move it away, and run again")
            self.hidden.rename(self.path)
            _sync(self.path.parent)
        except OSError as error:
            message = f"cannot be given its name ({error.strerror}); its content is in {self.hidden.name}"
            raise OutputError(f"{self.path}: {message}") from None
        finally:
            os.close(self._file)


def orphans(raw: Path, suffix: str) -> Iterator[Aside]:
    """The hidden files below `raw` that no living process writes, each locked for us; `finish` them.

    Raises `OutputError` for one that cannot be opened.
    """
    for hidden in sorted(raw.glob(f"*/*/.*{suffix}")):
        path = hidden.with_name(hidden.name[1:])
        try:
            file = os.open(hidden, os.O_RDWR | os.O_NOFOLLOW)
        except FileNotFoundError:  # its writer, or another run, was faster
            continue
        except OSError as error:
            message = f"was left by a killed run and cannot be opened ({error.strerror}); check its permissions"
            raise OutputError(f"{hidden}: {message}") from None
        if lock(file) and _is_at(file, hidden):
            yield Aside(path, file)
        else:
            os.close(file)


def _hidden(path: Path) -> Path:
    return path.with_name(f".{path.name}")


def _new(path: Path) -> int | None:
    """The open and locked hidden file of a path; None if the name is taken."""
    hidden = _hidden(path)
    try:
        file = os.open(hidden, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        return None
    lock(file, wait=True)
    if not _is_at(file, hidden):  # between the two lines above, a run that looked for orphans took it away
        os.close(file)
        return None
    if path.exists():  # looked for only now: while the hidden name is ours, nobody else gives this one
        hidden.unlink()
        os.close(file)
        return None
    return file


def _is_at(file: int, path: Path) -> bool:
    """Whether an open file is (still) what a path leads to."""
    try:
        return os.path.samestat(os.fstat(file), path.stat(follow_symlinks=False))
    except FileNotFoundError:
        return False


def _sync(folder: Path) -> None:
    """See to it that the names in a folder survive a power cut."""
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
