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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from pipeline.document import Block, BlockKind
from pipeline.judge.fold import fold

Place = Literal["is", "label", "starts", "ends", "has"]
PLACES: tuple[Place, ...] = ("is", "label", "starts", "ends", "has")

LONG = 600
"""Characters. Of a longer block only the two ends are read (`_END` characters each): a prompt shows itself there."""
_END = 160
_SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_AFTER_LABEL = re.compile(r"\s*(?:[:|»>›→▶►–—•]|$)|\s+-\s")
_SPEECH = re.compile('["「『]|«.*»')
_SENTENCE_ENDS = '.!?。！？।؟۔…"”»'
_PUNCTUATION = ".,:;!?|-–—…)(»«[]*\"'"
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

    `phrases` holds (place, phrase as written). `text` is searched in the folded text, `raw` in the text as it is;
    both only in blocks of at most `LONG` characters. Words are counted by white space, or as half the characters in
    scripts without spaces. `unfinished` asks for a block that does not end like a sentence. A rule with gates only
    (`class_or_id`, `min_link_share`, ...) speaks of every block that passes them.
    """

    phrases: tuple[tuple[Place, str], ...] = ()
    text: re.Pattern[str] | None = None
    raw: re.Pattern[str] | None = None
    min_words: int = 0
    max_words: int = 40
    kinds: frozenset[BlockKind] = frozenset()
    class_or_id: re.Pattern[str] | None = None
    min_link_share: float = 0.0
    unfinished: bool = False

    def admits(self, block: Block, words: int) -> bool:
        """Whether every gate holds for a block of so many `words`."""
        return (
            self.min_words <= words <= self.max_words
            and (not self.kinds or block.kind in self.kinds)
            and block.link_share >= self.min_link_share
            and not (self.unfinished and block.text.rstrip()[-1:] in _SENTENCE_ENDS)
            and (self.class_or_id is None or self.class_or_id.search(block.path) is not None)
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
        self._patterns: list[tuple[int, Match]] = []
        for number, match in enumerate(matches):
            for place, shown in match.phrases:
                self._add(_Entry(number, place, bare(fold(shown)), shown))
            if match.text or match.raw or not match.phrases:
                self._patterns.append((number, match))
        self._inside_words = frozenset(self._inside)

    def _add(self, entry: _Entry) -> None:
        phrase = entry.phrase
        if entry.place == "is":
            self._whole.setdefault(phrase, []).append(entry)
        elif entry.place == "ends":
            self._last.setdefault(_last_key(phrase), []).append(entry)
        elif entry.place != "has":
            self._first.setdefault(_first_key(phrase), []).append(entry)
        elif _SPACELESS.match(phrase):
            self._inside_spaceless.append(entry)
        else:
            self._inside.setdefault(phrase.split(" ", 1)[0], []).append(entry)

    def find(self, block: Block) -> dict[int, str]:
        """The matches that speak of `block`: number -> evidence in words, in the order of their numbers.

        Never of code, whose lines only look like labels.
        """
        text = block.text
        if block.kind == "code" or not text:
            return {}
        long = len(text) > LONG
        folded = fold(text[:_END]) if long else fold(text)
        words = text.count(" ") + 1 if long else folded.count(" ") + 1
        spaceless = not folded.isascii() and _SPACELESS.search(folded) is not None
        if spaceless:
            words = max(words, len(text) // 2)
        seen: dict[int, str] = {}
        for entry in self._candidates(folded, fold(text[-_END:]) if long else folded, long, spaceless):
            if entry.number not in seen and self._matches[entry.number].admits(block, words):
                seen[entry.number] = f"{_WORDS[entry.place]} “{entry.shown}”"
        if not long:
            self._search(block, folded, words, seen)
        return dict(sorted(seen.items())) if len(seen) > 1 else seen

    def _candidates(self, head: str, tail: str, long: bool, spaceless: bool) -> Iterator[_Entry]:
        """The phrases seen, without regard to gates. What stands in quotation marks is speech, and never a prompt."""
        if not _SPEECH.match(head):
            core = bare(head)
            if not long:
                yield from self._whole.get(core, ())
            for entry in self._first.get(_first_key(core), ()):
                if core.startswith(entry.phrase) and _border(core, entry):
                    yield entry
            ending = core if tail is head else bare(tail)
            for entry in self._last.get(_last_key(ending), ()):
                if ending.endswith(entry.phrase) and not _letter(ending[: -len(entry.phrase)][-1:]):
                    yield entry
        if long:
            return
        tokens = head.split(" ")
        if not self._inside_words.isdisjoint(tokens):
            for token in self._inside_words.intersection(tokens):
                yield from (entry for entry in self._inside[token] if _says(head, entry.phrase))
        if spaceless:
            yield from (entry for entry in self._inside_spaceless if entry.phrase in head)

    def _search(self, block: Block, folded: str, words: int, seen: dict[int, str]) -> None:
        """Add what the patterns find; the gates come first, being cheaper."""
        for number, match in self._patterns:
            if words > match.max_words or number in seen or not match.admits(block, words):
                continue
            found = (match.text and match.text.search(folded)) or (match.raw and match.raw.search(block.text))
            if found:
                seen[number] = f"reads “{' '.join(found.group().split())[:60]}”"
            elif not (match.text or match.raw or match.phrases):
                seen[number] = "by its place on the page"


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


def _first_key(text: str) -> str:
    return text[:2] if _SPACELESS.match(text) else text.split(" ", 1)[0].rstrip(_PUNCTUATION)


def _last_key(text: str) -> str:
    return text[-2:] if _SPACELESS.match(text[-1:]) else text.rsplit(" ", 1)[-1].lstrip(_PUNCTUATION)


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
