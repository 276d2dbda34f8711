"""How pipeline/dedup/v1.npz was made: `python tests/dedup/make_v1.py` writes it again, byte for byte the same arrays.

Run it under Python 3.11 (Unicode 14.0). The file is frozen: another content is another version of the fingerprint.
"""

from __future__ import annotations

import hashlib
import sys
import unicodedata
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.dedup.words import DIGIT, LETTER, MARK, PLACES, SIGN, SLOW, UNSEEN

TARGET = Path(__file__).parents[2] / "pipeline" / "dedup" / "v1.npz"
NUMBERS = {"places": PLACES, "shingle": 3, "mix": 2, "multiply": 128, "add": 128, "band": 5}
SPACELESS = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1100, 0x11FF), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3105, 0x312F),
    (0x3130, 0x318F), (0x31A0, 0x31BF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA960, 0xA97F),
    (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F), (0xAC00, 0xD7FF), (0xF900, 0xFAFF), (0x1B000, 0x1B16F), (0x20000, 0x3FFFF),
)  # fmt: skip
"""Thai, Lao, Myanmar, Hangul, Khmer, Kana, Bopomofo, Han: each character is a word. Korean sets spaces, but its
words carry so many endings that characters compare better."""


def numbers(name: str, count: int) -> NDArray[np.uint64]:
    """Odd 64-bit numbers that nobody chose: hashes of their own names."""
    found = [hashlib.blake2b(f"thresher v1 {name} {i}".encode(), digest_size=8).digest() for i in range(count)]
    return np.frombuffer(b"".join(found), "<u8") | np.uint64(1)


def unseen(character: str) -> bool:
    """Soft hyphens, joiners, direction marks, variation selectors, and marks of no width."""
    code = ord(character)
    return unicodedata.category(character) == "Cf" or 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF


def kind(character: str) -> int:
    """The class of a character as it stands; 0 for a separator."""
    category, code = unicodedata.category(character), ord(character)
    if unseen(character):
        return code | LETTER | UNSEEN | SLOW
    if category[0] not in "LMN":
        return 0
    sign = any(low <= code <= high for low, high in SPACELESS) and category[0] != "M"
    return (
        code
        | LETTER
        | (SIGN if sign else 0)
        | (DIGIT if category[0] == "N" else 0)
        | (MARK if category[0] == "M" else 0)
    )


def alone(character: str) -> bool:
    """Whether normalisation never joins the character to the one before it, or moves it."""
    whole = unicodedata.normalize("NFKD", character)
    if unicodedata.combining(character) or unicodedata.combining(whole[0]):
        return False
    return not composes(whole[0])


def composes(character: str) -> bool:
    """Whether the character may be the second half of a composed one."""
    return 0x1161 <= ord(character) <= 0x1175 or 0x11A8 <= ord(character) <= 0x11C2 or character in SECONDS


SECONDS = {
    parts[1]
    for code in range(sys.maxunicode + 1)
    if (parts := unicodedata.normalize("NFD", chr(code))) and len(parts) == 2
}


def entry(code: int) -> int:
    """The entry of one character."""
    character = chr(code)
    category = unicodedata.category(character)
    if category in ("Cn", "Cs", "Co", "Cc"):
        return 0
    folded = unicodedata.normalize("NFKC", character).casefold()
    if unseen(character):
        return kind(character)
    if folded[:1].isspace() or not any(kind(part) for part in folded):
        return 0  # "…" and "´" fold to separators, and marks that stand on nothing
    own = kind(character) or code | LETTER  # a sign such as "℡" is none of ours, but what it folds to is
    if len(folded) != 1 or not alone(character) or refolded(folded) != folded:
        return own | SLOW
    return kind(folded)


def refolded(folded: str) -> str:
    return unicodedata.normalize("NFKC", folded).casefold()


def table() -> NDArray[np.uint32]:
    """The entries of all characters."""
    return np.array([entry(code) for code in range(sys.maxunicode + 1)], np.uint32)


def main() -> None:
    """Write the file."""
    entries = table()
    stored = np.where(entries, entries ^ np.arange(len(entries), dtype=np.uint32), 0)  # few pages differ then
    pages, page_of = np.unique(stored.reshape(-1, 256), axis=0, return_inverse=True)
    arrays = {name: numbers(name, count) for name, count in NUMBERS.items()}
    np.savez_compressed(TARGET, pages=pages, page_of=page_of.astype(np.uint16), **arrays)
    sys.stdout.write(f"{TARGET}: {TARGET.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
