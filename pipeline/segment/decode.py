"""Bytes to characters: which encoding a page is really in, and its text.

Observation: what a page says of its encoding is often wrong, and wrong in few ways. UTF-8 is almost never valid by
accident, so valid UTF-8 beats every label; `latin-1` has meant windows-1252 for thirty years; a label under which the
bytes do not decode is a lie; and a page with a handful of bad bytes among good UTF-8 was put together from two sources.
So the order is: byte order mark, UTF-16 and UTF-32 told by their zero bytes, UTF-8, what was declared outside, what the
page declares, a statistical guess that must prove itself, windows-1252.

Line ends, white space and double mojibake are not touched here: that is normalising, another room's work.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from pipeline.acquire.sniff import bom, wide

Source = Literal["bom", "declared", "meta", "utf-8", "detector", "fallback"]

_HEAD = 4096  # bytes of a page, comments not counted, in which a declaration is looked for
_SAMPLE = 65_536  # bytes a detector sees
_FEW = 200  # characters that are looked at one by one
_SHORT, _PLENTY = 12, 200  # bytes beyond ASCII: too few for a guess, enough for an unusual one

_META = re.compile(rb"<meta[^>]{0,500}?\bcharset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"\A\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*[\"']([\w.:-]{2,40})")
_LANG = re.compile(rb"<html[^>]{0,500}?\blang\s*=\s*[\"']?\s*([a-z]{2})\b", re.IGNORECASE)
_ISO_2022_JP = re.compile(rb"\x1b\$[@B]|\x1b\(J")
_TAGS = re.compile(rb"<(?:script|style)\b.*?</(?:script|style)|<[^<>]{0,2000}>", re.IGNORECASE | re.DOTALL)
_CESU = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_C1 = re.compile("[\x80-\x84\x86-\x9f]")
_ANY_C1 = re.compile("[\x80-\x9f]")
_UTF8_C1 = re.compile(rb"\xc2[\x80-\x9f]")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# Overlong forms and encoded surrogates: reading them as characters is a way to smuggle markup.
_FORBIDDEN = re.compile(
    rb"[\xc0\xc1][\x80-\xbf]|\xe0[\x80-\x9f][\x80-\xbf]|\xf0[\x80-\x8f][\x80-\xbf]{2}|\xed[\xa0-\xbf][\x80-\xbf]"
)
_HIGH, _CONTINUATION = bytes(range(0x80, 0x100)), bytes(range(0x80, 0xC0))

# Python's codec -> the name that the web uses for it (WHATWG Encoding Standard), and the codec that reads what the web
# calls by that name: the web's gbk, big5, shift_jis and euc-kr are supersets of Python's codecs of these names.
_WEB = {
    "utf-8": "utf-8", "utf-16": "utf-16le", "utf-16-le": "utf-16le", "utf-16-be": "utf-16be",
    "ascii": "windows-1252", "iso8859-1": "windows-1252", "cp1252": "windows-1252",
    "iso8859-9": "windows-1254", "cp1254": "windows-1254",
    "iso8859-11": "windows-874", "tis-620": "windows-874", "cp874": "windows-874",
    "gb2312": "gbk", "gbk": "gbk", "gb18030": "gb18030", "big5": "big5", "big5hkscs": "big5", "cp950": "big5",
    "shift_jis": "shift_jis", "cp932": "shift_jis", "shift_jis_2004": "shift_jis", "euc_jp": "euc-jp",
    "iso2022_jp": "iso-2022-jp", "euc_kr": "euc-kr", "cp949": "euc-kr", "johab": "johab",
    "koi8-r": "koi8-r", "koi8-u": "koi8-u", "cp866": "ibm866", "cp855": "ibm855", "cp437": "ibm437", "cp850": "ibm850",
    "cp852": "ibm852", "mac-roman": "macintosh", "mac-cyrillic": "x-mac-cyrillic", "mac-latin2": "x-mac-ce",
    **{f"cp125{n}": f"windows-125{n}" for n in (0, 1, 3, 5, 6, 7, 8)},
    **{f"iso8859-{n}": f"iso-8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
}  # fmt: skip
_CODEC = {
    "utf-16le": "utf-16-le", "utf-16be": "utf-16-be", "utf-32le": "utf-32-le", "utf-32be": "utf-32-be",
    "windows-874": "cp874", "gbk": "gb18030", "big5": "big5hkscs", "shift_jis": "cp932", "euc-kr": "cp949",
    "iso-2022-jp": "iso2022_jp_ext", "macintosh": "mac-roman", "x-mac-cyrillic": "mac-cyrillic",
    "x-mac-ce": "mac-latin2",
}  # fmt: skip
_NICKNAMES = {"windows-874": "cp874", "dos-874": "cp874", "iso-8859-8-i": "iso8859-8", "logical": "iso8859-8",
              "visual": "iso8859-8", "unicode-1-1-utf-8": "utf-8", "win-1251": "cp1251"}  # fmt: skip
_RARE = frozenset({
    "ibm437", "ibm850", "ibm852", "ibm855", "macintosh", "x-mac-ce", "johab", "iso-8859-3", "iso-8859-4", "iso-8859-10",
    "iso-8859-13", "iso-8859-14", "iso-8859-16",
})  # fmt: skip
# What pages in a language were written in before UTF-8: told by nothing but the bytes, a short text needs this hint.
_HABIT = {
    "ru": "windows-1251", "bg": "windows-1251", "uk": "windows-1251", "sr": "windows-1251", "mk": "windows-1251",
    "be": "windows-1251", "pl": "iso-8859-2", "cs": "windows-1250", "sk": "windows-1250", "hu": "iso-8859-2",
    "sl": "windows-1250", "hr": "windows-1250", "ro": "iso-8859-2", "el": "windows-1253", "tr": "windows-1254",
    "he": "windows-1255", "ar": "windows-1256", "fa": "windows-1256", "ur": "windows-1256", "lt": "windows-1257",
    "lv": "windows-1257", "et": "windows-1257", "vi": "windows-1258", "th": "windows-874", "ja": "shift_jis",
    "ko": "euc-kr", "zh": "gbk",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a page, the encoding it was in (WHATWG name), and how that was found out.

    `text` holds no NUL and no lone surrogate. `replaced` counts the U+FFFD that decoding had to put in. `utf8` is the
    text in UTF-8, for who needs it so, where the page was just that.
    """

    text: str
    encoding: str
    source: Source
    replaced: int = 0
    utf8: bytes | None = None


def decode(data: bytes, declared: str | None = None) -> Decoded:  # noqa: PLR0911  # a witness each
    """Decode a page; `declared` is the label from outside (HTTP header, archive), a hint. Never raises."""
    if mark := bom(data):
        return _finish(data[mark.size :], mark.encoding, "bom")
    if encoding := wide(data):
        return _finish(data, encoding, "detector")
    outside = encoding_name(declared) if declared else None
    if outside and _narrow_no_more(data, outside):
        return _finish(data, outside, "declared")
    if (text := _utf8(data, outside)) is not None:
        return text
    for encoding, source in _labels(data, outside):
        if encoding != "utf-8" and _fits(data, encoding):
            return _finish(data, encoding, source)
    if _mostly_utf8(data, 0) or _cut_utf8(data):
        return _finish(data, "utf-8", "utf-8")
    guess = _guess(data)
    return _finish(data, guess, "detector") if guess else _finish(data, "windows-1252", "fallback")


def encoding_name(label: str) -> str | None:
    """The encoding that the web means by a label (`latin-1` is windows-1252); None for one that nobody should follow.

    Unknown labels, `x-user-defined`, and `utf-7` (a way to smuggle markup) are not followed.
    """
    label = label.strip().strip("\"'").lower()
    label = _NICKNAMES.get(label, label).removeprefix("x-")
    try:
        return _WEB.get(codecs.lookup(label).name) if len(label) <= 40 else None
    except (LookupError, ValueError):  # ValueError: a NUL in the label
        return None


def _labels(data: bytes, outside: str | None) -> Iterator[tuple[str, Source]]:
    """What is said of the encoding, the outside first; each with who says it, looked for no further than asked."""
    if outside:
        yield outside, "declared"
    head = _head(data)
    for match in chain(_XML.finditer(head), _META.finditer(head)):
        if name := encoding_name(match[1].decode("ascii", "replace")):
            # Who can read this declaration as ASCII is not looking at UTF-16.
            yield ("utf-8" if name.startswith("utf-16") else name), "meta"


def _head(data: bytes) -> bytes:
    """The first bytes of a page without its comments: a licence in front must not hide the declaration."""
    parts, room, at = [], _HEAD, 0
    while room > 0 and at < len(data):
        start = data.find(b"<!--", at, at + room)
        if start < 0:
            parts.append(data[at : at + room])
            break
        parts.append(data[at:start])
        room -= start - at
        end = data.find(b"-->", start + 4)
        if end < 0:
            break
        at = end + 3
    return b"".join(parts)


def _narrow_no_more(data: bytes, encoding: str) -> bool:
    """Whether a text too short for the pattern of zero bytes is the UTF-16 that the outside says it is."""
    if not encoding.startswith("utf-16"):
        return False
    return bool(_CONTROLS.search(data)) and _strictly(data, encoding) is not None


def _said_by(encoding: str, data: bytes, outside: str | None, otherwise: Source) -> Source:
    """Who is the first to say that a page is in an encoding; `otherwise` if nobody does."""
    return next((source for name, source in _labels(data, outside) if name == encoding), otherwise)


def _utf8(data: bytes, outside: str | None) -> Decoded | None:
    """The text as UTF-8 if it is that, or was that before it was cut or mixed; None if it is something else."""
    if data.isascii() and b"\x1b" in data and _ISO_2022_JP.search(data) and _fits(data, "iso-2022-jp"):
        return _finish(data, "iso-2022-jp", _said_by("iso-2022-jp", data, outside, "detector"))
    source = _said_by("utf-8", data, outside, "utf-8")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return _finish(data, "utf-8", source) if _mostly_utf8(data) else None
    # The two odd things that valid UTF-8 can hold are looked for in the bytes: many times faster than in the text.
    if b"\0" in data or _holds_c1(data):
        return Decoded(_tidy(text), "utf-8", source)
    return Decoded(text, "utf-8", source, utf8=data)


def _holds_c1(data: bytes) -> bool:
    """Whether UTF-8 holds a control character of the C1 range; few pages hold many characters that begin like one."""
    at = -2
    for _ in range(_FEW):
        at = data.find(b"\xc2", at + 2)
        if at < 0 or _UTF8_C1.match(data, at):
            return at >= 0
    return _UTF8_C1.search(data, at) is not None


def _mostly_utf8(data: bytes, least: int = 16) -> bool:
    """Whether bytes that are not valid UTF-8 are so but for a few, a foreign insertion, say.

    Measured on generated text: legacy encodings have at least half of their high bytes outside of valid sequences.
    `least` is how many high bytes such a measurement needs.
    """
    data = _SURROGATE.sub(b"", data)
    bad = data.decode("utf-8", "replace").count("\ufffd") - data.count(b"\xef\xbf\xbd")
    high = _high(data)
    return bad == 0 or (high >= least and bad * 4 <= high)


def _cut_utf8(data: bytes) -> bool:
    """Whether bytes are UTF-8 that was cut within its first or last character."""
    inner = data.lstrip(_CONTINUATION)
    try:
        # An incomplete character at the end is no error for an incremental decoder.
        text = codecs.getincrementaldecoder("utf-8")("strict").decode(inner)
    except UnicodeDecodeError:
        return False
    return len(data) - len(inner) < 4 and not text.isascii()


def _fits(data: bytes, encoding: str) -> bool:
    """Whether the bytes decode under an encoding: all but 1 in 50 of those beyond ASCII, or but the last character."""
    codec = _CODEC.get(encoding, encoding)
    try:
        data.decode(codec)
    except UnicodeDecodeError as error:
        if encoding.startswith("utf-16"):
            return False  # a single wrong half would do
        bad = data.decode(codec, "replace").count("\ufffd")
        return bad * 50 <= _high(data) or (bad == 1 and error.start >= len(data) - 4)
    return True


def _guess(data: bytes) -> str | None:
    """The encoding of bytes that nobody declared rightly, if the bytes bear the guess out.

    With a dozen bytes beyond ASCII every guess is a coin toss, and the language that the page declares knows better.
    Encodings that hardly any page was ever in are believed only on plenty of evidence.
    """
    import cchardet  # noqa: PLC0415  # most pages never need it

    prose = _TAGS.sub(b" ", data[: 8 * _SAMPLE])[:_SAMPLE] if b"<" in data else data[:_SAMPLE]
    high = _high(prose)
    language = _LANG.search(_head(data))
    habit = _HABIT.get(language[1].decode().lower(), "windows-1252") if language else None
    if high < _SHORT and habit and _plausible(data, habit):
        return habit
    label = cchardet.detect(prose)["encoding"]
    name = encoding_name(label) if label else None
    if not name or name == "utf-8" or (name in _RARE and high < _PLENTY) or not _plausible(data, name):
        return None
    return "koi8-u" if name == "koi8-r" else name  # they differ in box drawings, which Ukrainian letters took


def _plausible(data: bytes, encoding: str) -> bool:
    """Whether the bytes decode and give no control characters of the C1 range, which no author writes."""
    return _fits(data, encoding) and not _C1.search(data[:_SAMPLE].decode(_CODEC.get(encoding, encoding), "ignore"))


def _high(data: bytes) -> int:
    """How many bytes lie beyond ASCII."""
    return len(data) - len(data.translate(None, _HIGH))


def _strictly(data: bytes, encoding: str) -> str | None:
    """The text, or None where a single byte does not decode."""
    try:
        return data.decode(_CODEC.get(encoding, encoding))
    except UnicodeDecodeError:
        return None


def _finish(data: bytes, encoding: str, source: Source) -> Decoded:
    """Decode for good, count what could not be, and drop or mend what no text should hold."""
    text, replaced = _strictly(data, encoding), 0
    if text is None:
        utf8 = encoding == "utf-8"
        data = _CESU.sub(_join_pair, data) if utf8 else data
        text = data.decode(_CODEC.get(encoding, encoding), "thresher-mixed" if utf8 else "replace")
        replaced = text.count("\ufffd") - (data.count(b"\xef\xbf\xbd") if utf8 else 0)
    return Decoded(_tidy(text), encoding, source, replaced)


def _tidy(text: str) -> str:
    """Drop NULs, and read C1 controls as the windows-1252 characters they were meant as.

    NEL (U+0085) is a line end where it is the only C1 control, and an ellipsis in the company of others.
    """
    text = text.replace("\0", "")
    if not _C1.search(text):
        return text
    return _ANY_C1.sub(lambda found: bytes([ord(found[0])]).decode("cp1252", "ignore"), text)


def _join_pair(pair: re.Match[bytes]) -> bytes:
    """Join a character that was written as two encoded surrogates (CESU-8)."""
    halves = pair[0].decode("utf-8", "surrogatepass")
    return halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le").encode()


def _mend(error: UnicodeError) -> tuple[str, int]:
    """Handle an error of UTF-8: a stray byte is windows-1252, a broken or forbidden sequence is one U+FFFD."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    data, start, end = error.object, error.start, error.end
    if match := _FORBIDDEN.match(data, start):
        return "\ufffd", match.end()
    tail = end == start + 1 and start < 3 and not data[: start + 1].translate(None, _CONTINUATION)
    if tail or end > start + 1 or error.reason == "unexpected end of data":  # cut in front, within, at the end
        return "\ufffd", end
    return data[start:end].decode("cp1252", "replace"), end


codecs.register_error("thresher-mixed", _mend)
