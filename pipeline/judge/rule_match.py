"""The match language of rules, and the index that makes a whole book as cheap as a few look-ups.

A prompt is recognised by how it begins, ends, or that it says nothing else; prose merely contains such words. So
phrases are tied to a place in the block, and there are five places: `is`, `label`, `starts`, `ends`, `has`. Trying
some thousand phrases one after the other would cost more than all else, so they lie in dictionaries by their first
(or last) word, or two characters where a script writes no spaces; a line of prose meets three or four of them.

What belongs here: the closed language and its search. Reading rules is `rulebook`'s, what they mean is in the TOML.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from typing import Literal, NamedTuple

from pipeline.document import Block, BlockKind
from pipeline.judge.fold import terms

Place = Literal["is", "label", "starts", "ends", "has"]
PLACES: tuple[Place, ...] = ("is", "label", "starts", "ends", "has")

LONG = 600
"""Characters. Of a longer block only the two ends are read (`_END` characters each): a prompt shows itself there."""
_END = 160
_SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_AFTER_LABEL = re.compile(r"\s*(?:[:|»>›→▶►–—•]|$)|\s+-\s")
_SPEECH = re.compile('["「『]|«.*»')
_SENTENCE_ENDS = '.!?。！？।؟۔…"”»'
_SIGN = re.compile("[^a-z0-9]")
_DIGIT = re.compile(r"\d")
_WORDS: dict[Place, str] = {
    "is": "says only",
    "label": "is labelled",
    "starts": "starts with",
    "ends": "ends with",
    "has": "says",
}


@dataclass(frozen=True, slots=True)
class Match:
    """What a rule looks for. One of the phrases or patterns must be seen, and every gate must hold.

    `phrases` holds (place, phrase as written, phrase folded). `text` is a regular expression for the folded text,
    `raw` one for the text as it is; both are tried only in blocks of at most `LONG` characters, and only where one of
    the words or single characters of `needs` stands (folded; "0" is any digit), which keeps them cheap. Words are
    counted by white space, or as half the characters in scripts without spaces. `unfinished` asks for a block that
    does not end like a sentence. A rule with gates only (`class_or_id`, `min_link_share`, ...) speaks of every block
    that passes them.
    """

    phrases: tuple[tuple[Place, str, str], ...] = ()
    text: str = ""
    raw: str = ""
    needs: tuple[str, ...] = ()
    min_words: int = 0
    max_words: int = 40
    kinds: frozenset[BlockKind] = frozenset()
    class_or_id: str = ""
    min_link_share: float = 0.0
    unfinished: bool = False

    def admits(self, block: Block, words: int) -> bool:
        """Whether every gate holds for a block of so many `words`."""
        return (
            self.min_words <= words <= self.max_words
            and (not self.kinds or block.kind in self.kinds)
            and block.link_share >= self.min_link_share
            and not (self.unfinished and block.text.rstrip()[-1:] in _SENTENCE_ENDS)
            and (not self.class_or_id or _stands_in(self.class_or_id, block.path))
        )


class _Entry(NamedTuple):
    number: int  # of the rule
    place: Place
    phrase: str  # folded
    shown: str  # as written


class Index:
    """Many matches, searched at once. Numbers are places in the sequence that it was made from."""

    def __init__(self, matches: Sequence[Match]) -> None:
        self._matches = matches
        self._whole: dict[str, list[_Entry]] = {}
        self._first: dict[str, list[_Entry]] = {}
        self._last: dict[str, list[_Entry]] = {}
        self._inside: dict[str, list[_Entry]] = {}
        self._inside_spaceless: list[_Entry] = []
        self._woken: dict[str, list[int]] = {}  # word or character -> the patterns that it makes worth trying
        self._awake: list[int] = []  # patterns that need no word
        for number, match in enumerate(matches):
            for place, shown, folded in match.phrases:
                self._add(_Entry(number, place, bare(folded), shown))
            for need in match.needs:
                self._woken.setdefault(need, []).append(number)
            if not match.needs and (match.text or match.raw or not match.phrases):
                self._awake.append(number)
        self._telling = frozenset(self._inside) | frozenset(self._woken)
        self.signs = [need for need in self._woken if len(need) == 1 and _SIGN.match(need)]

    def _add(self, entry: _Entry) -> None:
        phrase = entry.phrase
        if entry.place == "is":
            self._whole.setdefault(phrase, []).append(entry)
        elif entry.place == "ends":
            self._last.setdefault(_last_key(terms([phrase])[0][-1]), []).append(entry)
        elif entry.place != "has":
            self._first.setdefault(_first_key(terms([phrase])[0][0]), []).append(entry)
        elif _SPACELESS.match(phrase):
            self._inside_spaceless.append(entry)
        else:
            self._inside.setdefault(terms([phrase])[0][0], []).append(entry)

    def find(self, block: Block, folded: str, words: Sequence[str], signs: Iterable[str]) -> dict[int, str]:
        """The matches that speak of `block`: number -> evidence in words, in the order of their numbers.

        `folded` is its text and `words` its terms, as `fold` makes them; `signs` are those of `self.signs` that may
        stand in it. Never of code, whose lines only look like labels.
        """
        if block.kind == "code" or not folded:
            return {}
        text = block.text
        long = len(text) > LONG
        spaceless = not text.isascii() and _SPACELESS.search(folded) is not None
        entries = self._at_ends(folded, words, long) if words else []
        telling: list[str] = []
        if not long and not self._telling.isdisjoint(words):
            telling = sorted(self._telling.intersection(words))  # sorted: evidence is the same always
        if telling or (spaceless and not long):
            entries += self._within(folded, telling, spaceless)
        numbers = self._awakened(folded, telling, signs) if not long else []
        if not entries and not numbers:
            return {}
        count = (text if long else folded).count(" ") + 1
        count = max(count, len(text) // 2) if spaceless else count
        seen: dict[int, str] = {}
        for entry in entries:
            if entry.number not in seen and self._matches[entry.number].admits(block, count):
                seen[entry.number] = f"{_WORDS[entry.place]} “{entry.shown}”"
        for number in numbers:
            match = self._matches[number]
            if number not in seen and match.admits(block, count) and (said := _pattern_evidence(match, text, folded)):
                seen[number] = said
        return dict(sorted(seen.items())) if len(seen) > 1 else seen

    def _at_ends(self, folded: str, words: Sequence[str], long: bool) -> list[_Entry]:
        """The phrases at the ends, without regard to gates. What stands in quotation marks is speech, not a prompt."""
        first = self._first.get(_first_key(words[0]), ())
        last = self._last.get(_last_key(words[-1]), ())
        core = "" if long else bare(folded)
        whole = self._whole.get(core, ())
        if not (first or last or whole) or _SPEECH.match(folded[:_END]):
            return []
        core = core or bare(folded[:_END])
        ending = bare(folded[-_END:]) if long else core
        found = list(whole)
        found += [entry for entry in first if core.startswith(entry.phrase) and _border(core, entry)]
        return found + [
            entry for entry in last if ending.endswith(entry.phrase) and not _letter(ending[: -len(entry.phrase)][-1:])
        ]

    def _within(self, folded: str, telling: Iterable[str], spaceless: bool) -> list[_Entry]:
        """The phrases anywhere in the text, found by their first words."""
        inside = [entry for token in telling for entry in self._inside.get(token, ()) if entry.phrase in folded]
        found = [entry for entry in inside if _says(folded, entry.phrase)]
        return found + [entry for entry in self._inside_spaceless if spaceless and entry.phrase in folded]

    def _awakened(self, folded: str, telling: Iterable[str], signs: Iterable[str]) -> list[int]:
        """The patterns that are worth trying."""
        woken = self._woken
        needs = [need for need in telling if need in woken]
        needs += [sign for sign in signs if sign in folded]
        if "0" in woken and _DIGIT.search(folded):
            needs.append("0")
        return sorted({*self._awake, *chain.from_iterable([woken[need] for need in needs])}) if needs else self._awake


def _pattern_evidence(match: Match, text: str, folded: str) -> str:
    """What a pattern saw, in words; "" for nothing."""
    for source, where in ((match.text, folded), (match.raw, text)):
        found = _compiled(source).search(where) if source else None
        if found:
            return f"reads “{' '.join(found.group().split())[:60]}”"
    return "" if match.text or match.raw or match.phrases else "is recognised by its place on the page"


@cache
def _compiled(source: str) -> re.Pattern[str]:
    """A pattern, compiled when it is first needed: most pages need few, and compiling all delays the start."""
    return re.compile(source)


@lru_cache(maxsize=4000)
def _stands_in(source: str, path: str) -> bool:
    """Whether a pattern is found in a path: asked of each block, but a page has few paths."""
    return _compiled(source).search(path) is not None


def bare(folded: str) -> str:
    """`folded` without the symbols, emoji, arrows and punctuation around it; letters, digits and marks stay."""
    if folded[:1].isalnum() and folded[-1:].isalnum():
        return folded
    start, end = 0, len(folded)
    while start < end and not _letter(folded[start]):
        start += 1
    while end > start and not _letter(folded[end - 1]):
        end -= 1
    return folded[start:end]


def _letter(character: str) -> bool:
    """Whether a character belongs to a word: a letter, a digit, or a mark upon one. False for no character."""
    return character.isalnum() or (character > "\u02ff" and unicodedata.category(character)[0] == "M")


def _first_key(term: str) -> str:
    """What tells the phrases that may begin with this word: in scripts without spaces its first two characters."""
    return term if term.isascii() or not _SPACELESS.match(term) else term[:2]


def _last_key(term: str) -> str:
    """What tells the phrases that may end with this word."""
    return term if term.isascii() or not _SPACELESS.match(term[-1:]) else term[-2:]


def _border(core: str, entry: _Entry) -> bool:
    """Whether the phrase at the start of `core` ends where a word ends, or where a label does."""
    size = len(entry.phrase)
    if entry.place == "label":
        return _AFTER_LABEL.match(core, size) is not None
    return not _letter(core[size : size + 1]) or _SPACELESS.match(entry.phrase[-1]) is not None


def _says(text: str, phrase: str) -> bool:
    """Whether `phrase` stands in `text` as whole words."""
    at = text.find(phrase)
    while at >= 0:
        if not _letter(text[at - 1 : at] if at else "") and not _letter(text[at + len(phrase) : at + len(phrase) + 1]):
            return True
        at = text.find(phrase, at + 1)
    return False
