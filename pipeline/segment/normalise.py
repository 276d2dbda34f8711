"""Characters as they should be written: one function that every text of ours goes through, once.

Observation: pages carry characters that no reader sees and that break every search after them: byte order marks,
soft hyphens, zero-width spaces, bidi overrides, C1 controls, private glyphs of icon fonts, tag characters. Others of
the same look carry meaning: ZWNJ and ZWJ shape Persian, Hindi and emoji, LRM and RLM order right-to-left text. So the
first go, and the second stay where their script needs them. Letters are composed (NFC) but never replaced: no NFKC,
no straight quotes, ligatures stay. Normalising twice is normalising once.
"""

from __future__ import annotations

import re
import unicodedata

_DROPPED = [
    *range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xAD,  # controls, soft hyphen
    0x180E, 0x200B, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0xFEFF,  # zero-width
    *range(0x202A, 0x202F), *range(0x2066, 0x2070),  # bidi embeddings, overrides, isolates
    *range(0xFFF9, 0xFFFC), 0xFFFE, 0xFFFF, *range(0xFDD0, 0xFDF0),  # annotations, noncharacters
    *range(0xE000, 0xF900),  # private use: glyphs of icon fonts
]  # fmt: skip
_TABLE: dict[int, str | None] = dict.fromkeys(_DROPPED)
_TABLE |= dict.fromkeys((0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0x1F, 0x85, 0xA0, 0x2007, 0x2028, 0x2029, 0x202F), " ")
_TABLE |= {plane * 0x10000 + last: None for plane in range(1, 17) for last in (0xFFFE, 0xFFFF)}

_ASCII_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LONELY_JOINER = re.compile(
    r"(?<![^\x00-\u05ff\u1e00-\u200b\u2010-\u20ff])[\u200c\u200d]+|[\u200c\u200d]+(?=[\s.,;:!?)]|$)"
)
_MARKS = re.compile(r"[\u200e\u200f\u061c]")
_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_TAGS = re.compile(r"(?<![\U000e0020-\U000e007f\U0001f3f4])[\U000e0000-\U000e007f]+")
_SPACES = re.compile(r"[ \t\r\f\v\n\u1680\u2000-\u200a\u205f\u3000]+")
_LINE_SPACES = re.compile(r"[ \t\r\f\v\u1680\u2000-\u200a\u205f\u3000]+")


def normalise(text: str) -> str:
    """`text` on one line: NFC, white space runs as one space, no characters that nobody sees."""
    if _is_plain(text):
        return " ".join(text.split())
    return _SPACES.sub(" ", _characters(text)).strip()


def _is_plain(text: str) -> bool:
    """Whether nothing in a text is special but white space between words: all that is unseen is not printable."""
    visible = text.replace("\n", " ").replace("\t", " ").replace("\xa0", " ")
    return visible.isprintable() and (text.isascii() or unicodedata.is_normalized("NFC", text))


def normalise_lines(text: str) -> str:
    """Like `normalise`, but line by line: line breaks stay, empty lines go."""
    lines = (_LINE_SPACES.sub(" ", line).strip() for line in _characters(text).split("\n"))
    return "\n".join(line for line in lines if line)


def normalise_code(text: str) -> str:
    """Like `normalise`, but with all line breaks and indentation; empty lines at both ends and trailing spaces go."""
    lines = [line.rstrip() for line in _characters(text.expandtabs(4)).split("\n")]
    return "\n".join(lines).strip("\n")


def _characters(text: str) -> str:
    """NFC without the characters that nobody sees; white space is left as it is."""
    if text.isascii():
        return _ASCII_CONTROLS.sub(lambda found: " " if found[0] in "\x0b\x0c\r\x1c\x1d\x1e\x1f" else "", text)
    text = text.translate(_TABLE)
    if _MARKS.search(text) and not _RIGHT_TO_LEFT.search(text):
        text = _MARKS.sub("", text)
    text = _TAGS.sub("", text)
    if "\u200c" in text or "\u200d" in text:
        text = _LONELY_JOINER.sub("", text)  # after the marks: a joiner before one is as lonely as at an end
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)
