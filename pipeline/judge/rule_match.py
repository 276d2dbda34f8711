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
from functools import cache, cached_property, lru_cache
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
SENTENCE_ENDS = '.!?。！？।؟۔…"”»'
"""The characters that a finished block ends with."""
_SIGN = re.compile("[^a-z0-9]")
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"\w+")
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
            and not (self.unfinished and block.text.rstrip()[-1:] in SENTENCE_ENDS)
            and (not self.class_or_id or stands_in(self.class_or_id, block.path))
        )


class Entry(NamedTuple):
    """A phrase of the rule of that `number`, folded and as it is `shown`; `key` is what it is found by at its place."""

    number: int
    place: Place
    phrase: str
    shown: str
    key: str


@lru_cache(maxsize=8)
def entries_of(matches: tuple[Match, ...]) -> list[Entry]:
    """The phrases of many matches, in their order; numbers are places among these."""
    return [
        Entry(number, place, phrase, shown, _key(place, phrase))
        for number, match in enumerate(matches)
        for place, shown, folded in match.phrases
        if (phrase := bare(folded))
    ]


def _key(place: Place, phrase: str) -> str:
    """What a phrase is found by: itself, its first or its last word; "" inside texts of scripts without spaces."""
    if place == "is":
        return phrase
    if place == "ends":
        return _last_key(terms([phrase])[0][-1])
    first = found[0] if phrase.isascii() and (found := _WORD.match(phrase)) else terms([phrase])[0][0]
    if place != "has":
        return _first_key(first)
    return "" if _SPACELESS.match(phrase) else first


def is_awake(match: Match) -> bool:
    """Whether a match is worth a try in every block: no word wakes it, and it is more than phrases."""
    return not match.needs and bool(match.text or match.raw or not match.phrases)


class Index:
    """Many matches, searched at once. Numbers are places in the sequence that it was made from."""

    def __init__(self, matches: Sequence[Match]) -> None:
        self._matches = tuple(matches)
        self._woken: dict[str, list[int]] = {}  # word or character -> the patterns that it makes worth trying
        self._awake = [number for number, match in enumerate(matches) if is_awake(match)]
        for number, match in enumerate(matches):
            for need in match.needs:
                self._woken.setdefault(need, []).append(number)
        self.signs = [need for need in self._woken if len(need) == 1 and _SIGN.match(need)]

    @cached_property
    def _phrases(self) -> dict[Place, dict[str, list[Entry]]]:
        """The phrases of each place by their keys; those of labels lie with those of starts."""
        found: dict[Place, dict[str, list[Entry]]] = {place: {} for place in PLACES}
        for entry in entries_of(self._matches):
            found["starts" if entry.place == "label" else entry.place].setdefault(entry.key, []).append(entry)
        return found

    @cached_property
    def _telling(self) -> frozenset[str]:
        """The words that make it worth to look into a block."""
        return (frozenset(self._phrases["has"]) | frozenset(self._woken)) - {""}

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
        return speaking(self._matches, block, folded, count, entries, numbers)

    def _at_ends(self, folded: str, words: Sequence[str], long: bool) -> list[Entry]:
        """The phrases at the ends, without regard to gates. What stands in quotation marks is speech, not a prompt."""
        phrases = self._phrases
        first = phrases["starts"].get(_first_key(words[0]), ())
        last = phrases["ends"].get(_last_key(words[-1]), ())
        core = "" if long else bare(folded)
        whole = phrases["is"].get(core, ())
        if not (first or last or whole) or _SPEECH.match(folded[:_END]):
            return []
        core = core or bare(folded[:_END])
        ending = bare(folded[-_END:]) if long else core
        found = list(whole)
        found += [entry for entry in first if core.startswith(entry.phrase) and _border(core, entry)]
        return found + [
            entry for entry in last if ending.endswith(entry.phrase) and not _letter(ending[: -len(entry.phrase)][-1:])
        ]

    def _within(self, folded: str, telling: Iterable[str], spaceless: bool) -> list[Entry]:
        """The phrases anywhere in the text, found by their first words."""
        phrases = self._phrases["has"]
        inside = [entry for token in telling for entry in phrases.get(token, ()) if entry.phrase in folded]
        found = [entry for entry in inside if _says(folded, entry.phrase)]
        return found + [entry for entry in phrases.get("", ()) if spaceless and entry.phrase in folded]

    def _awakened(self, folded: str, telling: Iterable[str], signs: Iterable[str]) -> list[int]:
        """The patterns that are worth trying."""
        woken = self._woken
        needs = [need for need in telling if need in woken]
        needs += [sign for sign in signs if sign in folded]
        if "0" in woken and _DIGIT.search(folded):
            needs.append("0")
        return sorted({*self._awake, *chain.from_iterable([woken[need] for need in needs])}) if needs else self._awake


def speaking(
    matches: Sequence[Match], block: Block, folded: str, words: int, entries: Iterable[Entry], patterns: Iterable[int]
) -> dict[int, str]:
    """Of the matches whose phrases or patterns may be in a block of so many `words` those that are, with evidence."""
    seen: dict[int, str] = {}
    for entry in entries:
        if entry.number not in seen and matches[entry.number].admits(block, words):
            seen[entry.number] = phrase_evidence(entry)
    for number in patterns:
        match = matches[number]
        if number not in seen and match.admits(block, words) and (said := pattern_evidence(match, block.text, folded)):
            seen[number] = said
    return dict(sorted(seen.items())) if len(seen) > 1 else seen


def phrase_evidence(entry: Entry) -> str:
    """What a phrase that stands at its place says, in words."""
    return f"{_WORDS[entry.place]} “{entry.shown}”"


def pattern_evidence(match: Match, text: str, folded: str) -> str:
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
def stands_in(source: str, path: str) -> bool:
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


def _border(core: str, entry: Entry) -> bool:
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
