"""Texts -> hashed words: the first half of the fingerprint, for many texts at once.

Two copies of a text differ in ways that no reader sees: capitals, full-width forms, composed or separate accents,
soft hyphens, the shape of quotation marks. So a text is folded before it is compared: NFKC, case folding, and only
letters, digits and their marks count. In scripts without spaces every character is a word.

Folding must give the same words for ever. Unicode promises that NFKC with case folding never changes for characters
that are assigned; what comes new is the trouble. So characters which Unicode 14 does not assign are separators here,
whatever Python knows of them, and the class of each character is data (v1.npz; tests/dedup/make_v1.py shows how it
was made). The table also holds the folded form of all characters that fold alone, which is far faster than asking
unicodedata; a text with any other character (a separate accent, a ligature) takes the slow way, to the same words.

All but the slow way is also compiled (compiled.py). The Python here says what is right; both give the same bits.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.dedup.compiled import COMPILED, native

CODE = 0x1FFFFF
"""The bits of an entry of the table that hold the folded character; an entry of 0 is a separator."""
SIGN, DIGIT, MARK, SLOW, UNSEEN, LETTER = (1 << bit for bit in range(24, 30))
"""The other bits: a word of its own, a digit, a mark, cannot be folded alone, nothing to see; no separator."""
PLACES = 1024
"""Letters of a word that are told apart by their place; beyond, places repeat."""
_START = 1 << 31


@dataclass(frozen=True, slots=True)
class Words:
    """The words of n texts: `hashes` uint64[w] and `digits` bool[w] (one of its characters is a digit), in order.

    Those of text i are `offsets[i]:offsets[i + 1]`; `exact` uint8[n, 16] are the hashes of all words of each text.
    """

    hashes: NDArray[np.uint64]
    digits: NDArray[np.bool_]
    offsets: NDArray[np.int64]
    exact: NDArray[np.uint8]


@cache
def constants() -> dict[str, NDArray[np.uint64]]:
    """The numbers of version 1 by name: `places`, `shingle`, `mix`, `multiply`, `add`, `band` (see make_v1.py)."""
    with np.load(Path(__file__).with_name("v1.npz"), allow_pickle=False) as data:
        return {name: data[name] for name in data.files if name not in ("pages", "page_of")}


@cache
def table() -> NDArray[np.uint32]:
    """The entry uint32[0x110000] of every character: folded form and class."""
    with np.load(Path(__file__).with_name("v1.npz"), allow_pickle=False) as data:
        stored: NDArray[np.uint32] = data["pages"][data["page_of"]].reshape(-1)
    return np.where(stored & LETTER, stored ^ np.arange(len(stored), dtype=np.uint32), 0).astype(np.uint32)


def mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """`values` scattered over all 64 bits; each value has its own image."""
    first, second = constants()["mix"]
    values = (values ^ (values >> np.uint64(32))) * first
    values = (values ^ (values >> np.uint64(29))) * second
    return values ^ (values >> np.uint64(32))


def words_of(texts: Sequence[str], *, compiled: bool = COMPILED) -> Words:
    """The words of the texts; each text gives the same, alone or among others."""
    if compiled:
        return _compiled(texts)
    entries, ends = _entries(texts)
    there = (entries != 0).nonzero()[0]
    letters, first = entries[there], _starts(entries)[there].nonzero()[0]
    borders = there.searchsorted([0, *ends.tolist()])
    return Words(
        hashes=_hashes(letters, first),
        digits=_with_digits(letters, first),
        offsets=first.searchsorted(borders),
        exact=_exact(letters, first, borders.tolist()),
    )


def _compiled(texts: Sequence[str]) -> Words:
    """The words of the texts, compiled; those that hold characters which do not fold alone are asked of `_slowly`."""
    texts = [text.replace("ß", "ss") for text in texts]
    numbers = constants()["places"], constants()["mix"]
    hashes, digits, offsets, letters = native.words(texts, table(), _slowly, *numbers)
    return Words(
        hashes=np.frombuffer(hashes, np.uint64),
        digits=np.frombuffer(digits, np.bool_),
        offsets=np.frombuffer(offsets, np.int64),
        exact=_digests(letters),
    )


def _entries(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The table's entry of each character of the folded texts, a separator behind each text; where each ends."""
    joined = "\0".join((*texts, ""))
    if "ß" in joined:  # the one character of everyday texts that folds to two
        texts = [text.replace("ß", "ss") for text in texts]
        joined = "\0".join((*texts, ""))
    entries = table()[np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), "<u4")]
    ends = np.cumsum([len(text) + 1 for text in texts])
    slow = ((entries & SLOW) != 0).nonzero()[0]
    if not len(slow):
        return entries, ends
    parts = np.split(entries, ends[:-1])
    for number in np.unique(np.searchsorted(ends, slow, "right")).tolist():
        parts[number] = _slowly(texts[number])
    return np.concatenate(parts), np.cumsum([len(part) for part in parts])


def _slowly(text: str) -> NDArray[np.uint32]:
    """The entries of one text that holds characters which do not fold alone, and a separator."""
    codes = np.frombuffer((text + "\0").encode("utf-32-le", "surrogatepass"), "<u4")
    entries = table()[codes]
    plain = np.where(entries == 0, ord(" "), codes)[(entries & UNSEEN) == 0]
    folded = unicodedata.normalize("NFKC", plain.astype("<u4").tobytes().decode("utf-32-le")).casefold()
    codes = np.frombuffer(folded.encode("utf-32-le"), "<u4")
    kinds = table()[codes]
    return np.where(kinds == 0, 0, (kinds & ~np.uint32(CODE | SLOW)) | codes).astype(np.uint32)


def _starts(entries: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Where a word starts: behind a separator, at a sign, and behind a sign (whose marks stay with it)."""
    letter = entries != 0
    start: NDArray[np.bool_] = letter.copy()
    start[1:] &= ~letter[:-1]
    sign = (entries & SIGN) != 0
    if sign.any():
        start |= sign
        start[1:] |= sign[:-1] & letter[1:] & ((entries[1:] & MARK) == 0)
    return start


def _hashes(letters: NDArray[np.uint32], first: NDArray[np.int64]) -> NDArray[np.uint64]:
    """One hash for each word: its characters, each multiplied by the number of its place, added and mixed."""
    if not len(first):
        return np.zeros(0, np.uint64)
    sizes = np.concatenate((first[1:], [len(letters)])) - first
    place = (np.arange(len(letters)) - first.repeat(sizes)) & (PLACES - 1)
    summands = (letters & CODE).astype(np.uint64) * constants()["places"][place]
    return mix(np.add.reduceat(summands, first))


def _with_digits(letters: NDArray[np.uint32], first: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which words hold a digit."""
    found = np.zeros(len(first), np.bool_)
    found[first.searchsorted(((letters & DIGIT) != 0).nonzero()[0], "right") - 1] = True
    return found


def _exact(letters: NDArray[np.uint32], first: NDArray[np.int64], borders: list[int]) -> NDArray[np.uint8]:
    """128-bit hashes of all words of each text, with the borders between words."""
    marked = (letters & CODE).astype("<u4")
    marked[first] |= _START
    data = memoryview(marked.tobytes())
    return _digests(data[4 * a : 4 * b] for a, b in pairwise(borders))


def _digests(letters: Iterable[bytes | memoryview]) -> NDArray[np.uint8]:
    """The 128-bit hash of each."""
    digests = [hashlib.blake2b(own, digest_size=16).digest() for own in letters]
    return np.frombuffer(b"".join(digests), np.uint8).reshape(-1, 16)
