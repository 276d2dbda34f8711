"""The values of this room: the fingerprints of documents, what they match, and what an index of earlier ones offers.

`Prints` is a table of columns, one row a document. It holds all that is ever compared: the text is not needed again.
How the columns are made is in fingerprint.py; this file stores, joins and picks rows, and computes nothing.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import StateError

VERSION = 1
"""Of the fingerprint. Any change of one bit of `exact`, `bands`, `signatures` or `shingles` needs another number."""
BANDS, ROWS = 32, 4
"""MinHash of 32 x 4 values: two documents meet if all 4 values of some band agree."""
HASHES = BANDS * ROWS
NO_DATE = 2**63 - 1
"""The date of a document that names none: later than all that do."""

Kind = Literal["exact", "near", "contained", "update"]
Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Two columns of one length: positions among what was asked, and rows among what is kept."""

_MAGIC = b"prints"
_HEAD = struct.Struct("<6sHQQ")  # magic, version, bytes of the strings, documents
_STRINGS = ("ids", "labels", "sources")
_COLUMNS: tuple[tuple[str, str, int], ...] = (
    ("exact", "<u1", 16), ("bands", "<u8", BANDS), ("signatures", "<u1", HASHES), ("words", "<i4", 0),
    ("dates", "<i8", 0), ("urls", "<u8", 0), ("offsets", "<i8", 0), ("shingles", "<u4", 0),
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Prints:
    """Fingerprints of n documents, column by column; rows keep the order in which they were put in.

    `exact` uint8[n, 16] is the hash of all folded words; `bands` uint64[n, 32] the keys under which near copies
    meet; `signatures` uint8[n, 128] the low bytes of the MinHash values. `shingles` uint32 are the hashed word
    3-grams, row i at `offsets[i]:offsets[i + 1]`, sorted and each once; bit 0 says that one of the words holds a
    digit. `words` int32[n] counts folded words. A row without words matches nothing.

    The rest decides which copy stays: `labels` (the run or day under which a document came; "" within one run),
    `dates` int64[n] (seconds since 1970, `NO_DATE` if unknown), `sources`, and `ids`, unique within a label.
    `urls` uint64[n] is the hash of the canonical address, 0 where there is none.
    """

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    sources: tuple[str, ...]
    exact: NDArray[np.uint8]
    bands: NDArray[np.uint64]
    signatures: NDArray[np.uint8]
    words: NDArray[np.int32]
    dates: NDArray[np.int64]
    urls: NDArray[np.uint64]
    offsets: NDArray[np.int64]
    shingles: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.ids)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Prints) and self.to_bytes() == other.to_bytes()

    __hash__ = None  # type: ignore[assignment]  # a table of arrays is no key

    def labelled(self, label: str) -> Prints:
        """The same documents under `label`; workers make prints without knowing it."""
        return replace(self, labels=(label,) * len(self))

    def take(self, rows: NDArray[np.int64]) -> Prints:
        """The named rows int64[k], in that order; a row may be named again."""
        starts, sizes = self.offsets[rows], self.offsets[rows + 1] - self.offsets[rows]
        offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
        places = np.arange(offsets[-1]) + np.repeat(starts - offsets[:-1], sizes)
        picked = rows.tolist()
        return Prints(
            ids=tuple(self.ids[row] for row in picked),
            labels=tuple(self.labels[row] for row in picked),
            sources=tuple(self.sources[row] for row in picked),
            exact=self.exact[rows],
            bands=self.bands[rows],
            signatures=self.signatures[rows],
            words=self.words[rows],
            dates=self.dates[rows],
            urls=self.urls[rows],
            offsets=offsets,
            shingles=self.shingles[places],
        )

    def to_bytes(self) -> bytes:
        """All rows as one blob: the same rows give the same bytes on every machine."""
        strings = json.dumps([getattr(self, name) for name in _STRINGS]).encode()
        columns = [np.ascontiguousarray(getattr(self, name), dtype).tobytes() for name, dtype, _ in _COLUMNS]
        return b"".join((_HEAD.pack(_MAGIC, VERSION, len(strings), len(self)), strings, *columns))

    @staticmethod
    def from_bytes(blob: bytes) -> Prints:
        """What `to_bytes` wrote. Raises `StateError` for bytes that it did not write, or of another version."""
        try:
            magic, version, size, count = _HEAD.unpack_from(blob)
        except struct.error:
            magic, version, size, count = b"", 0, 0, 0
        if magic != _MAGIC:
            raise StateError("these bytes hold no fingerprints; delete the stored file, they are made again")
        if version != VERSION:
            raise StateError(f"fingerprints of version {version}, this thresher makes {VERSION}: make them again")
        try:
            return _read(blob, size, count)
        except (ValueError, TypeError, RecursionError) as error:
            raise StateError(f"damaged fingerprints ({error}); delete the stored file, they are made again") from error


def _read(blob: bytes, size: int, count: int) -> Prints:
    """The strings and columns behind the head; ValueError where they do not fit."""
    place = _HEAD.size + size
    strings = [tuple(column) for column in json.loads(blob[_HEAD.size : place])]
    if len(strings) != 3 or any(len(column) != count for column in strings):
        raise ValueError("names and counts disagree")
    columns: dict[str, Any] = dict(zip(_STRINGS, strings, strict=True))
    for name, dtype, width in _COLUMNS:
        length = count * (width or 1) + (name == "offsets")
        if name == "shingles":
            length = _checked(columns["offsets"])
        column = np.frombuffer(blob, dtype, length, place) if length else np.zeros(0, dtype)
        columns[name] = column.reshape(count, width) if width else column
        place += column.nbytes
    if place != len(blob):
        raise ValueError("bytes are left over")
    return Prints(**columns)


def _checked(offsets: NDArray[np.int64]) -> int:
    """How many shingles the offsets speak of; ValueError where they do not rise from 0."""
    if offsets[0] != 0 or (np.diff(offsets) < 0).any():
        raise ValueError("the places of the shingles do not rise")
    return int(offsets[-1])


def concat(tables: Sequence[Prints]) -> Prints:
    """All rows of all tables, in order; none gives a table without rows."""
    if len(tables) == 1:
        return tables[0]
    tables = tables or [empty()]
    ends = np.cumsum([0, *(table.offsets[-1] for table in tables)])
    offsets = [table.offsets[:-1] + end for table, end in zip(tables, ends, strict=False)]
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(table, name) for table in tables]) for name, _, _ in _COLUMNS if name != "offsets"
    }
    for name in _STRINGS:
        columns[name] = tuple(text for table in tables for text in getattr(table, name))
    return Prints(offsets=np.concatenate([*offsets, ends[-1:]]).astype(np.int64), **columns)


def empty() -> Prints:
    """A table without rows."""
    columns: dict[str, Any] = dict.fromkeys(_STRINGS, ())
    for name, dtype, width in _COLUMNS:
        columns[name] = np.zeros((0, width) if width else int(name == "offsets"), dtype)
    return Prints(**columns)


@dataclass(frozen=True, slots=True)
class Match:
    """One document that repeats a kept one: `id` is a copy of `leader`, which came under `leader_label`.

    `similarity` is the exact Jaccard of their shingles, 0 to 1. `kind` says how: the same words (`exact`), mostly
    the same (`near`), a part of the longer leader (`contained`), or another state of the same address (`update`).
    """

    id: str
    leader: str
    kind: Kind
    similarity: float
    leader_label: str = ""


class Kept(Protocol):
    """What an index of earlier KEPT documents (leaders, never duplicates) offers to the ones that come now.

    Rows are numbers that the index chooses; they stay valid while it lives. All of its documents stand under
    earlier labels than the ones that ask.
    """

    def exact(self, keys: NDArray[np.uint8]) -> Pairs:
        """Pairs (position in keys uint8[m, 16], row) with the same exact hash."""
        ...

    def candidates(self, keys: NDArray[np.uint64], cap: int) -> Pairs:
        """Pairs (position in keys uint64[m], row) of rows that stand under that key (see `index_keys`).

        A key with more than `cap` rows gives none: such a bucket says nothing, and its pairs would never end.
        """
        ...

    def signatures(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Signatures uint8[k, 128] of the rows int64[k]: the cheap sieve before shingles are read."""
        ...

    def prints_of(self, rows: NDArray[np.int64]) -> Prints:
        """The prints of the rows int64[k], in that order, each under its label."""
        ...


def index_keys(prints: Prints, rows: NDArray[np.int64] | None = None) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """What an index stores: keys uint64[k] and the row of each int64[k], for rows with words; not sorted.

    A row stands under its band keys and, if it has one, under its address. Band keys of different bands, and
    addresses, never mean the same: each is hashed with its own number. `rows` asks for these rows only.
    """
    rows = np.arange(len(prints)) if rows is None else rows
    rows = rows[prints.words[rows] > 0]
    addressed = rows[prints.urls[rows] != 0]
    keys = np.concatenate((prints.bands[rows].ravel(), prints.urls[addressed]))
    return keys, np.concatenate((rows.repeat(BANDS), addressed))
