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
from functools import cache

from pipeline.judge.compiled import look_up

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
_JOINS = re.compile("[\u1160-\u11ff]")  # vowels and finals of Hangul
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
    parts = _characters(_BETWEEN.join(foreign)).split("\x00") if foreign else []
    if len(parts) > len(foreign):  # one of them does hold what stands between
        parts = list(map(_characters, foreign))
    done = iter([" ".join(text.split()) for text in parts])
    return [
        next(done) if not text.isascii() else " ".join(text.lower().split()) if "\n" in text else text.lower()
        for text in texts
    ]


def terms(folded: Sequence[str]) -> list[list[str]]:
    """The words of folded texts; in scripts that set no spaces every character is one."""
    signs = any(not text.isascii() and _ANY_SIGN.search(text) for text in folded)
    find = (_TERM_OR_SIGN if signs else _TERM).findall
    return [find(text) for text in folded]


def read_texts(texts: Sequence[str]) -> look_up.Texts:
    """Texts folded and cut into words by compiled look-ups, which must be there: as `fold_all` and `terms` do it."""
    return look_up.read(letters(), letter_alone, fold, texts)


@cache
def letters() -> look_up.Letters:
    """What compiled look-ups know of characters: those that they met, each as `letter_alone` told."""
    return look_up.make_letters()


def letter_alone(character: str) -> tuple[str | None, bool]:
    """What a character folds to wherever it stands, None if its neighbours matter; and whether it is a mark.

    Neighbours matter to whatever could join the letter before it: marks, vowels and finals of Hangul, and letters
    beyond the first plane, where later versions of Unicode may put more of these.
    """
    mark = character > "\u02ff" and _is_mark(character)
    apart = unicodedata.normalize("NFKD", character.casefold()).casefold()
    left = _UNSEEN.sub("", apart)
    joins = unicodedata.combining(apart[:1] or " ") or (left and (_JOINS.match(left) or _is_mark(left[0])))
    if joins or (character > "\uffff" and character.isalpha()) or _MIXED.search(unicodedata.normalize("NFC", left)):
        return None, mark
    return _characters(character), mark


def _is_mark(character: str) -> bool:
    """Whether a character stands upon another."""
    return unicodedata.category(character)[0] == "M"


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
