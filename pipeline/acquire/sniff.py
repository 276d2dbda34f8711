"""What bytes are, by looking at them: text in some encoding, or one of the many things that are no text.

Observation: names lie (a JPEG saved as .html, a page saved as .txt), first bytes rarely do. Signatures stand in a
table; what has none is told by its control characters, of which text has next to none and other data one in ten.
Nothing here decodes a text or decides between HTML and plain text: that is for the room `segment`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# Where, which bytes, what it is. Signatures made of a few letters count only in data that is not text.
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "a PDF document"),
    (0, b"PK\x03\x04", "a zip archive, office document or e-book"),
    (0, b"PK\x05\x06", "an empty zip archive"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office document"),
    (0, b"{\\rtf", "an RTF document"),
    (0, b"\x89PNG\r\n", "a PNG image"),
    (0, b"\xff\xd8\xff", "a JPEG image"),
    (0, b"GIF87a", "a GIF image"),
    (0, b"GIF89a", "a GIF image"),
    (8, b"WEBP", "a WebP image"),
    (0, b"\x00\x00\x01\x00", "an icon"),
    (0, b"BM", "a bitmap image"),
    (0, b"II*\x00", "a TIFF image"),
    (0, b"MM\x00*", "a TIFF image"),
    (0, b"wOFF", "a font"),
    (0, b"wOF2", "a font"),
    (0, b"OTTO", "a font"),
    (0, b"\x00\x01\x00\x00", "a font"),
    (4, b"ftyp", "a video, audio or image file"),
    (0, b"\x1aE\xdf\xa3", "a video"),
    (0, b"RIFF", "an audio or video file"),
    (0, b"OggS", "an audio or video file"),
    (0, b"fLaC", "an audio file"),
    (0, b"ID3", "an audio file"),
    (0, b"\xff\xfb", "an audio file"),
    (0, b"SQLite format 3\x00", "an SQLite database"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ", "a program"),
    (0, b"\xfe\xed\xfa", "a program"),
    (0, b"\xcf\xfa\xed\xfe", "a program"),
    (0, b"\x00asm", "a WebAssembly program"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (0, b"BZh", "a bzip2 archive"),
    (0, b"\xfd7zXZ\x00", "an xz archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"ARROW1\x00\x00", "an Arrow file"),
    (0, b"\x1f\x8b", "a gzip archive within another"),
)
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32le"),
    (b"\x00\x00\xfe\xff", "utf-32be"),
    (b"\xff\xfe", "utf-16le"),
    (b"\xfe\xff", "utf-16be"),
)
# Control characters that text may hold: tab, line ends, VT, FF, and ESC for the escapes of ISO-2022-JP.
_TEXT_CONTROLS = bytes(range(0x20)).translate(None, b"\t\n\v\f\r\x1b") + b"\x7f"
_SAMPLE = 65_536


class Bom(NamedTuple):
    """A byte order mark: the encoding it stands for, and its size in bytes."""

    encoding: str
    size: int


def bom(data: bytes) -> Bom | None:
    """The byte order mark that `data` begins with; UTF-32 only where the length allows it."""
    for mark, encoding in _BOMS:
        if data.startswith(mark) and not (encoding == "utf-32le" and len(data) % 4):
            return Bom(encoding, len(mark))
    return None


_PRINTABLE = bytes((9, 10, 13, *range(32, 127)))


def wide(data: bytes) -> str | None:
    """UTF-16 or UTF-32 without a byte order mark, told by where the zero bytes stand; None for all else.

    Even a Chinese or Russian page has spaces, line ends and digits, whose other byte is zero, always on the same
    side. Zero bytes on both sides are damage or data, not UTF-16; and ASCII with a stray zero byte stays ASCII.
    """
    sample = data[: _SAMPLE // 4 * 4]
    if len(sample) < 4 or b"\0" not in sample:
        return None
    zeros = [sample[place::4].count(0) / len(sample[place::4]) for place in range(4)]
    if len(sample) % 4 == 0 and min(zeros[1:]) > 0.9 and _decodes(sample, "utf-32-le") and zeros[0] < 0.1:
        return "utf-32le"
    if len(sample) % 4 == 0 and min(zeros[:3]) > 0.9 and _decodes(sample, "utf-32-be") and zeros[3] < 0.1:
        return "utf-32be"
    even, odd = (zeros[0] + zeros[2]) / 2, (zeros[1] + zeros[3]) / 2
    if max(even, odd) < 0.3 and len(sample.translate(None, _PRINTABLE)) < 0.2 * len(sample):
        return None
    for near, far, name in ((odd, even, "utf-16le"), (even, odd, "utf-16be")):
        if near >= 0.03 and far * 10 < near and _decodes(sample[: len(sample) // 2 * 2], name.replace("16", "16-")):
            return name
    return None


def _decodes(sample: bytes, codec: str) -> bool:
    """Whether a sample decodes, its last character aside, without control characters."""
    try:
        text = sample.decode(codec)
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 4:
            return False
        text = sample[: error.start].decode(codec)
    return not re.search("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]", text)


def is_binary(head: bytes) -> bool:
    """Whether bytes are no text in any encoding: more than one in thirty is a control character."""
    if bom(head) or wide(head):
        return False
    sample = head[:_SAMPLE]
    controls = len(sample) - len(sample.translate(None, _TEXT_CONTROLS))
    return controls * 30 > len(sample)


def binary_kind(head: bytes) -> str | None:
    """What binary data is, in words ("a PDF document"); None for what may be text."""
    binary = is_binary(head)
    for place, signature, words in _SIGNATURES:
        if head.startswith(signature, place) and (binary or _telling(signature)):
            return words
    return "binary data of an unknown type" if binary else None


def _telling(signature: bytes) -> bool:
    """Whether a signature is long or odd enough to be believed in what looks like text."""
    return len(signature) >= 5 or not signature.isascii() or not signature.decode().isprintable()
