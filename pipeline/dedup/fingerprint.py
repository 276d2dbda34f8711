"""Documents -> `Prints`: the fingerprint of version 1, frozen. docs/deduplication.md is its specification.

Three hashed words in a row are a shingle; a document is the set of its shingles. Two sets are compared exactly later,
but not each with each: MinHash (the smallest image of the set under each of 128 hash functions) agrees in a value
with a chance equal to the Jaccard similarity of the sets, so near copies meet under equal bands of four values.

All arithmetic is on unsigned 64-bit numbers that wrap, and all constants are data, so every machine gets the same
bits, and a document gets the same alone or among others. tests/dedup/vectors.json pins them. All steps are also
compiled (compiled.py); what is `compiled=False` does without, and gives the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from pipeline.dedup.compiled import COMPILED, native
from pipeline.dedup.prints import BANDS, HASHES, NO_DATE, ROWS, Prints, concat
from pipeline.dedup.words import Words, constants, mix, words_of
from pipeline.document import Document

SHINGLE = 3
"""Words in a shingle. Longer ones lose edited copies, shorter ones make strangers alike (measured, see docs)."""
CHUNK = 80_000
"""Characters that are worked on together: their arrays stay in the cache of a core. Changes no result."""
TOGETHER = 64_000
"""Images of shingles that are computed at once, for the same reason."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One document before it is fingerprinted: its clean text, and what decides which copy stays.

    `date` is ISO 8601 or "": a day, or a moment with its offset; `url` is the canonical address or "".
    """

    id: str
    text: str
    source: str = ""
    date: str = ""
    url: str = ""


def entry_of(document: Document) -> Entry:
    """The entry of a cleaned page; a page without a date has the moment of its fetch."""
    page, about = document.page, document.metadata
    date = about.date or page.fetched_at
    return Entry(page.id, document.text, page.source, date, about.canonical_url or page.url or "")


def fingerprint(entries: Iterable[Entry], *, compiled: bool = COMPILED) -> Prints:
    """The prints of the entries, in their order, each under the label ""."""
    return concat([_print_chunk(chunk, compiled=compiled) for chunk in _chunks(entries)])


def _chunks(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """The entries in lists of about `CHUNK` characters."""
    chunk: list[Entry] = []
    size = 0
    for entry in entries:
        if chunk and size + len(entry.text) > CHUNK:
            yield chunk
            chunk, size = [], 0
        chunk.append(entry)
        size += len(entry.text)
    if chunk:
        yield chunk


def _print_chunk(entries: Sequence[Entry], *, compiled: bool) -> Prints:
    """The prints of a few entries, at least one."""
    words = words_of([entry.text for entry in entries], compiled=compiled)
    shingles, offsets = shingle(words, compiled=compiled)
    minima = minhash(shingles, offsets, compiled=compiled)
    return Prints(
        ids=tuple(entry.id for entry in entries),
        labels=("",) * len(entries),
        sources=tuple(entry.source for entry in entries),
        exact=words.exact,
        bands=band_keys(minima, compiled=compiled),
        signatures=minima.astype(np.uint8),
        words=np.diff(words.offsets).astype(np.int32),
        dates=np.array([seconds_of(entry.date) for entry in entries], np.int64),
        urls=np.array([url_key(entry.url) for entry in entries], np.uint64),
        offsets=offsets,
        shingles=shingles,
    )


def shingle(words: Words, *, compiled: bool = COMPILED) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The sets of hashed word 3-grams, sorted: shingles uint32, those of text i at `offsets[i]:offsets[i + 1]`.

    One or two words make one shingle of what there is, no words none. Bit 0 says whether a word holds a digit.
    """
    if compiled:
        factors = constants()["shingle"], constants()["mix"]
        sets, borders = native.shingles(words.hashes, words.digits, words.offsets, *factors)
        return np.frombuffer(sets, np.uint32), np.frombuffer(borders, np.int64)
    counts = words.offsets[1:] - words.offsets[:-1]
    slots = np.maximum(counts, SHINGLE) * (counts > 0)  # room for at least one shingle, or for none
    starts = slots.cumsum() - slots
    place = np.arange(len(words.hashes)) + (starts - words.offsets[:-1]).repeat(counts)
    room = int(slots.sum()) + SHINGLE - 1
    values, digits = np.zeros(room, np.uint64), np.zeros(room, np.bool_)
    values[place], digits[place] = words.hashes, words.digits
    first, second, third = constants()["shingle"]
    mixed = mix(values[:-2] * first + values[1:-1] * second + values[2:] * third) >> np.uint64(32)
    grams = (mixed & ~np.uint64(1)) | (digits[:-2] | digits[1:-1] | digits[2:])
    return _as_sets(grams, starts, np.maximum(slots - SHINGLE + 1, 0))


def _as_sets(
    grams: NDArray[np.uint64], starts: NDArray[np.int64], sizes: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The runs `starts`, `sizes` of grams as sorted sets, with their offsets: one sort for all, by set and gram."""
    of = np.arange(len(sizes)).repeat(sizes)
    place = np.arange(len(of)) + (starts - (sizes.cumsum() - sizes))[of]
    keys = grams[place] | of.astype(np.uint64) << np.uint64(32)
    keys.sort()
    keys = np.concatenate((keys[:1], keys[1:][keys[1:] != keys[:-1]]))
    offsets = keys.searchsorted(np.arange(len(sizes) + 1, dtype=np.uint64) << np.uint64(32))
    return keys.astype(np.uint32), offsets


def minhash(
    shingles: NDArray[np.uint32], offsets: NDArray[np.int64], *, compiled: bool = COMPILED
) -> NDArray[np.uint32]:
    """The smallest of each of 128 hashes over each set: uint32[n, 128]; 0 for an empty set.

    Multiply-shift: the upper half of `a * x + b`, which for random a and b is as good as random for pairs.
    """
    if compiled:
        found = native.minima(shingles, offsets, constants()["multiply"], constants()["add"])
        return np.frombuffer(found, np.uint32).reshape(-1, HASHES)
    minima = np.zeros((HASHES, len(offsets) - 1), np.uint64)
    filled = np.flatnonzero(np.diff(offsets))
    if len(filled):
        starts, values = offsets[:-1][filled], shingles.astype(np.uint64)
        step = max(1, TOGETHER // len(values))
        scratch = np.empty((step, len(values)), np.uint64)
        for first in range(0, HASHES, step):
            some = slice(first, first + step)
            images = scratch[: HASHES - first]
            np.multiply(values, constants()["multiply"][some, None], out=images)
            np.add(images, constants()["add"][some, None], out=images)
            minima[some, filled] = np.minimum.reduceat(images, starts, axis=1)
    return (minima >> np.uint64(32)).astype(np.uint32).T


def band_keys(minima: NDArray[np.uint32], *, compiled: bool = COMPILED) -> NDArray[np.uint64]:
    """The key of each band uint64[n, 32]: its number and its four values, mixed."""
    if compiled:
        keys = native.band_keys(np.ascontiguousarray(minima), constants()["band"], constants()["mix"])
        return np.frombuffer(keys, np.uint64).reshape(-1, BANDS)
    values = minima.astype(np.uint64).reshape(-1, BANDS, ROWS)
    *factors, number = constants()["band"]
    keys = np.arange(1, BANDS + 1, dtype=np.uint64) * number
    for place, factor in enumerate(factors):
        keys = keys + values[:, :, place] * factor
    return mix(keys)


def seconds_of(date: str) -> int:
    """An ISO 8601 date as seconds since 1970, a day as its first second; `NO_DATE` for what is none."""
    try:
        moment = datetime.fromisoformat(date)
    except ValueError:
        return NO_DATE
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def url_key(url: str) -> int:
    """A hash of an address without scheme, `www.`, fragment and last slash; 0 for none."""
    address = url.partition("#")[0].partition("://")[2].removeprefix("www.").rstrip("/")
    if not address:
        return 0
    digest = hashlib.blake2b(address.encode("utf-8", "replace"), digest_size=8, person=b"address").digest()
    return int.from_bytes(digest, "little") | 1
