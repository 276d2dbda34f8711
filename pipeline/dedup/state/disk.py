"""The few ways in which files of the state change, each announced before it happens.

What is said to be written is on the disk, not in a cache: every file and folder is synced before anything names it.
A test that wants to see a crash passes a `step` that breaks off. Nothing here cleans up after a failure: a process
that is killed cannot, so the next writer does it for all (`manifest.sweep`).
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


def _unheard(_: str) -> None:
    """Nobody listens to the steps."""


@dataclass(frozen=True, slots=True)
class Disk:
    """Changes to files; `step` hears of each in words before it is made, and may raise.

    Without `durable` nothing waits for the disk: for states that are made again after a power cut, as in tests.
    """

    step: Callable[[str], object] = _unheard
    durable: bool = True

    def sync(self, path: Path) -> None:
        """Wait until a file, or the names in a folder, are on the disk."""
        self.step(f"sync {path.name}")
        if not self.durable:
            return
        number = os.open(path, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)

    def make_folder(self, path: Path) -> None:
        """A new folder."""
        self.step(f"make {path.name}")
        path.mkdir()

    def write(self, path: Path, data: bytes) -> None:
        """A new file, synced; announced once more when half of it stands."""
        self.step(f"write {path.name}")
        half = len(data) // 2
        with path.open("wb") as file:
            file.write(data[:half])
            file.flush()
            self.step(f"half {path.name}")
            file.write(data[half:])
        self.sync(path)

    def move(self, old: Path, new: Path) -> None:
        """Give a file or folder another name, replacing a file of that name, and sync the folder it is in."""
        self.step(f"move {new.name}")
        old.replace(new)
        self.sync(new.parent)

    def remove(self, path: Path) -> None:
        """Remove a file or a folder with all in it."""
        self.step(f"remove {path.name}")
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def digest_of(path: Path) -> str:
    """128-bit hexadecimal digest of the bytes of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
