"""Folding: the same words, however they are dressed. For matching only; nobody reads folded text.

Clutter is disguised, mostly by accident (capitals, full-width letters, soft hyphens, NFD) and sometimes on purpose
(zero-width characters inside "Read also", a Cyrillic letter among Latin ones). A rule should not have to know: it is
written once, plainly, and rule and page are folded alike before they meet.

What belongs here: maps from text to text that lose differences no reader would name. What words mean is for the rules.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

# Nothing to see: soft hyphen, joiners and zero-width marks, bidi controls, variation selectors, tag characters,
# Arabic tatweel and vowel signs, and the accents of Latin, Greek and Cyrillic, which capitals often drop ("A LIRE").
_UNSEEN = re.compile(
    "[\u0300-\u036f\u00ad\u061c\u0640\u064b-\u0655\u0670\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2069\u3164\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f]+"
)
_MIXED = re.compile("(?=[^ ]*[a-z])(?=[^ ]*[\u0370-\u03ff\u0400-\u04ff])[^ ]+")
_SCRIPTS = re.compile("[\u0370-\u04ff]")
_HAS_TWINS = re.compile("[\u0131\u0600-\u06ff\u1d00-\u1d22\ua730-\ua731\u0262-\u029f\u01eb]")
_QUOTES = re.compile("[\u2018-\u201f]")
_BETWEEN = " \x00 "  # texts that are folded together; no normalised text holds it

_CYRILLIC_TWINS = str.maketrans("авеԛкмнорстухѕіјһӏԁԝցѵ", "abeqkmhopctyxsijhldwgv")
_GREEK_TWINS = str.maketrans("αβεηικμνορτυχωγ", "abenikuvoptuxwy")
_LATIN_TO_CYRILLIC = str.maketrans("abekmhopctyxsij", "авекмнорстухѕіј")
_LATIN_TO_GREEK = str.maketrans("abeniouvptxw", "αβεηιουνρτχω")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_GREEK = re.compile("[\u0370-\u03ff]")

# One shape for each: small capitals, the Turkish dotless i, Persian and Arabic yeh and kaf; quotation marks.
_SAME = str.maketrans("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡʏᴢıيىكة", "abcdefghijklmnopqrstuvwyziییکه")
_SAME_QUOTES = (*((quote, "'") for quote in "‘’‚‛"), *((quote, '"') for quote in "“”„‟"))

_SPACELESS = "\u3040-\u30ff\u3400-\u9fff"
_MARKED = "\u0900-\u0963\u0966-\u0dff\u0e30-\u0e4e\u1000-\u109f\u1780-\u17d3"  # scripts whose vowels are marks
_TERM = re.compile(rf"[\w{_MARKED}]+")
_TERM_OR_SIGN = re.compile(rf"[{_SPACELESS}]|(?:[^\W{_SPACELESS}]|[{_MARKED}])+")
_ANY_SIGN = re.compile(f"[{_SPACELESS}]")


def fold(text: str) -> str:
    """`text` as rules see it: lower case, compatibility forms and look-alikes resolved, one space between words.

    Idempotent. Look-alikes of other scripts are resolved only inside words that mix scripts, so that plain Russian
    or Greek stays what it is.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join(_characters(text).split())


def fold_all(texts: Sequence[str]) -> list[str]:
    """`fold` of many normalised texts; those that are not ASCII all at once."""
    foreign = [text for text in texts if not text.isascii()]
    whole = _characters(_BETWEEN.join(foreign)) if foreign else ""
    done = iter([" ".join(text.split()) for text in whole.split("\x00")])
    return [
        next(done) if not text.isascii() else " ".join(text.lower().split()) if "\n" in text else text.lower()
        for text in texts
    ]


def terms(folded: Sequence[str]) -> list[list[str]]:
    """The words of folded texts; in scripts that set no spaces every character is one."""
    signs = any(not text.isascii() and _ANY_SIGN.search(text) for text in folded)
    find = (_TERM_OR_SIGN if signs else _TERM).findall
    return [find(text) for text in folded]


def _characters(text: str) -> str:
    """The folded characters of a text, white space as it is."""
    text = unicodedata.normalize("NFKD", text.casefold()).casefold()
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", text))
    if _QUOTES.search(text):
        for quote, same in _SAME_QUOTES:
            text = text.replace(quote, same)
    if _HAS_TWINS.search(text):
        text = text.translate(_SAME)
    return _MIXED.sub(_one_script, text) if _SCRIPTS.search(text) else text


def _one_script(match: re.Match[str]) -> str:
    """A word of mixed scripts in one: Latin where every strange letter has a Latin twin, else the other script."""
    word = match.group()
    for script, to_latin, from_latin in (
        (_CYRILLIC, _CYRILLIC_TWINS, _LATIN_TO_CYRILLIC),
        (_GREEK, _GREEK_TWINS, _LATIN_TO_GREEK),
    ):
        if script.search(word):
            latin = word.translate(to_latin)
            word = word.translate(from_latin) if script.search(latin) else latin
    return word
