"""An input while it is being read: opening it (unpacked if it is gzip or zstd), and naming what is in it.

Formats get a `Source` and give pages and failures made with it, so ids, paths and messages are alike everywhere.
"""

# the library behind has no types

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from pipeline.acquire.walk import portable
from pipeline.document import Failure, Page
from pipeline.settings import Settings

HEAD = 65_536  # bytes that are looked at to tell a format
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


@dataclass(frozen=True, slots=True)
class Source:
    """One input file: `path` is where it is, `name` what it is called in the run, `skipped` counts what is no page."""

    path: Path
    name: str
    settings: Settings
    skipped: Counter[str] = field(default_factory=Counter)

    @property
    def bare_name(self) -> str:
        """The lower-case name without the suffix of its compression."""
        return self.name.lower().removesuffix(".gz").removesuffix(".zst")

    @property
    def limit(self) -> int:
        """How many bytes a page may have."""
        return self.settings.max_page_bytes

    def open(self) -> BinaryIO:
        """A stream of the content, unpacked as it is read; `whole` tells whether that went well. Raises `OSError`."""
        stream = self.path.open("rb")
        magic = stream.peek(4)[:4]
        if magic.startswith(_GZIP):
            return io.BufferedReader(_Unpacked(gzip.GzipFile(fileobj=stream).read1, stream), 1 << 17)
        if magic == _ZSTD:
            import pyarrow as pa  # noqa: PLC0415  # heavy, and unlike others it notices a cut stream

            reader = pa.CompressedInputStream(pa.PythonFile(stream, "r"), "zstd")
            return io.BufferedReader(_Unpacked(reader.read, stream), 1 << 17)
        return stream

    def head(self) -> bytes:
        """The first bytes of the content; fewer if it is short or damaged there. Raises `OSError`."""
        with self.open() as stream:
            return stream.read(HEAD)

    def page(self, data: bytes, record: str = "", **known: Any) -> Page:
        """A page of this input; `record` names it within a container, `known` are further fields of `Page`."""
        first, slash, _ = self.name.partition("/")
        name = f"{self.name}/{record}" if record else self.name
        return Page(id=name, data=data, path=self.name, source=first if slash else "", **known)

    def failure(self, kind: str, message: str, record: str = "") -> Failure:
        """Trouble with this input or one of its records."""
        name = f"{self.name}/{record}" if record else self.name
        return Failure(id=name, path=self.name, stage="acquire", kind=kind, message=message)

    def too_large(self, record: str = "") -> Failure:
        """A page beyond the limit: said, and never cut."""
        words = f"larger than {self.limit:,} bytes; raise the setting max_page_bytes to read it"
        return self.failure("too_large", words, record)


class RecordIds:
    """Unique names for the records of one container: their own ids, or their number where they have none.

    The second record with an id gets "~2". Eight bytes are kept for each id, so that ten million fit in memory.
    """

    def __init__(self) -> None:
        self._seen: set[bytes] = set()
        self._turn: Counter[bytes] = Counter()

    def name(self, own: object, number: int) -> str:
        """The name of record `number` (from 1), which calls itself `own` (None or "" if it does not)."""
        wanted = portable("" if own is None else str(own)).strip() or f"row-{number}"
        name = wanted
        while (key := _digest(name)) in self._seen:
            first = _digest(wanted)
            self._turn[first] = max(self._turn[first], 1) + 1
            name = f"{wanted}~{self._turn[first]}"
        self._seen.add(key)
        return name


def _digest(name: str) -> bytes:
    return hashlib.blake2b(name.encode(), digest_size=8).digest()


def moment_of(text: str) -> datetime | None:
    """A moment as ISO 8601 writes it (UTC where it does not say); None if it is none."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def whole(stream: BinaryIO) -> None:
    """Ask a stream that seems to be at its end whether it is; raises the `OSError` or `EOFError` of damage."""
    stream.read(1)


class _Unpacked(io.RawIOBase):
    """A raw stream over an unpacking one. Damage ends it like the end of a file, and is raised when one reads on.

    So nothing that came before the damage is lost in the buffers of a reader, and who reads on learns of it.
    """

    def __init__(self, read: Callable[[int], bytes], below: BinaryIO) -> None:
        super().__init__()
        self._read, self._below = read, below
        self._damage: OSError | EOFError | None = None

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer with unpacked bytes; 0 at the end."""
        if self._damage:
            raise self._damage
        try:
            data = self._read(len(buffer))
        except (OSError, EOFError, zlib.error) as error:
            cut = isinstance(error, EOFError) or "Truncated" in str(error)
            self._damage = EOFError(str(error)) if cut else OSError(f"damaged compression: {error}")
            return 0
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the file below too."""
        self._below.close()
        super().close()
