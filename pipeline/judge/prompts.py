"""How prompts begin, as far as that is proof in the middle of a paragraph, and a sieve for blocks that hold none.

Observation (packs of wcxb, news and snippets): of sentences inside good paragraphs that a rule would remove as blocks
of their own, nine of ten are the author's. "No credit card required", "Get in touch", "Thanks for reading" and
"(Twitter)" are prompts when they stand alone and content when they do not. Three kinds of beginnings stay reliable: a
label ("Read also:"), words that announce a headline where one follows, and the patterns that read a whole request
("Subscribe to our weekly newsletter …").

What belongs here: which rules and phrases of a book count, the sieve made of their words, and the proof.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from functools import lru_cache
from typing import Literal, NamedTuple

from pipeline.document import Block, Category
from pipeline.judge.fold import fold
from pipeline.judge.rule_match import Place, bare
from pipeline.judge.rulebook import Rule, RuleBook

Form = Literal["link", "bracket", "line", "end"]
"""What marks the stretch that may be a prompt: a link, a pair of brackets, a line, or the end of block or line."""

_CLUTTER: frozenset[Category] = frozenset(("related", "promo", "login", "share", "comment-form", "ad"))
_SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_AFTER_LABEL = re.compile(r"\s*[:|»>›→▶►–—•]|\s-\s|\W*$")
_SIGNS = ".,:;!?|-–—…()[]{}*_\"'“”«»「」（）【】：。！？ "
_BRACKETS = "()[]（）【】 "

_ENDS = ".!?…।॥؟۔။។。！？"
_AFTER_END = re.compile(r'[.!?…।॥؟۔။។"“”«»)\]。！？」』）]\W*')
_BRACKET = re.compile("[(（]")
_HEAD = 60  # characters in which a prompt shows how it begins
_TAIL = 240  # characters in which the last sentence is looked for
_MEMORY = 50_000  # words that the sieve remembers
_NONE: frozenset[str] = frozenset()
_ANY = frozenset(("",))


class Proof(NamedTuple):
    """How a rule knows the beginning of a text: the place of a phrase (or "pattern"), and what was found, folded.

    `alone` says that the text says nothing else.
    """

    category: Category
    place: str
    phrase: str
    alone: bool = False

    def holds(self, form: Form, leading: str) -> bool:
        """Whether that is enough for a stretch of this form; of a link, given the words that lead to it.

        A single word ("Recommended: 16 GB") is a label of authors too, unless what it announces is a link.
        """
        if self.place == "pattern":
            return form != "bracket"
        several = " " in self.phrase or (_SPACELESS.match(self.phrase) is not None and len(self.phrase) >= 4)
        if form == "link":
            return (several or not self.alone) and (not leading or bare(fold(leading)) == self.phrase)
        if self.place == "label":
            return several
        return several and (form == "line" or (form == "end" and self.category == "related"))


class Prompts:
    """The beginnings that one rule book knows.

    `seconds` has the second words of prompts by their first, "" for a prompt of one word. `known` has the same by words
    as they stand in texts, for who asks again and again: None where no prompt begins with it, an empty set for a sign.
    """

    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self._phrases: dict[str, list[tuple[Place, str]]] = {}  # of each rule that counts
        self.seconds: dict[str, frozenset[str]] = {}
        self._spaceless: set[str] = set()  # first two characters, in scripts that write no spaces
        self.known: dict[str, frozenset[str] | None] = {}
        for rule in book.rules:
            if _counts(rule):
                self._learn(rule)

    def _learn(self, rule: Rule) -> None:
        """Take in how the prompts of a rule begin; of a pattern its drop lines tell."""
        phrases = [(place, bare(folded)) for place, _, folded in rule.match.phrases if place in _places(rule)]
        self._phrases[rule.id] = phrases
        drops = rule.drop if rule.match.text else ()
        for beginning in (*(phrase for _, phrase in phrases), *(bare(fold(block.text)) for block in drops)):
            if _SPACELESS.match(beginning):
                self._spaceless.add(beginning[:2])
            else:
                first, _, rest = beginning.partition(" ")
                known = self.seconds.setdefault(bare(first), _NONE)
                self.seconds[bare(first)] = known | {_plain(rest.partition(" ")[0])}

    def sift(self, block: Block) -> bool:
        """Whether a prompt may stand in a block: quick, and sometimes wrongly yes.

        It looks at each line and bracket, and at the sentences of a text that holds a link or ends without a sign. In
        text without markup it looks at the last sentence too; in HTML a prompt without a link is none.
        """
        text = block.text
        if "\n" in text and self._opens_any(text.split("\n")):
            return True
        if ("(" in text or "（" in text) and self._opens_any(_BRACKET.split(text)[1:]):
            return True
        if "\u0e00" <= text[0] <= "\u0eff" and self._opens_any(text.split(" ")):
            return True  # Thai and Lao end a sentence with a space
        if block.link_share or text[-1] not in _ENDS:
            return self._opens_any(_AFTER_END.split(text))
        return not block.path and self.opens(_last_sentence(text))

    def _opens_any(self, parts: Iterable[str]) -> bool:
        """Whether a prompt may begin one of the parts of a text."""
        return any(map(self.opens, parts))

    def may_begin(self, text: str, at: int) -> bool:
        """Whether a prompt may begin at a place in a text, by its first two words."""
        return self.opens(text[at : at + _HEAD])

    def opens(self, head: str) -> bool:
        """Whether the first two words of `head`, or three where the first is a sign, may be those of a prompt."""
        words = head[:_HEAD].split(None, 3)
        for number, word in enumerate(words[:2]):
            seconds = self.known[word] if word in self.known else self._look_up(word)
            if seconds is None:
                return False
            if seconds:  # else a sign that stands before the first word
                return "" in seconds or (len(words) > number + 1 and _folded(words[number + 1]) in seconds)
        return False

    def _look_up(self, first: str) -> frozenset[str] | None:
        """The second words of prompts that begin with a word; None where none does, empty for a sign."""
        word = bare(fold(first))
        if len(self.known) >= _MEMORY:
            self.known.clear()
        if _SPACELESS.match(word):
            self.known[first] = _ANY if word[:2] in self._spaceless else None
        else:
            self.known[first] = self.seconds.get(word) if word else _NONE
        return self.known[first]

    def proof(self, piece: Block, rules_off: Container[str] = ()) -> Proof | None:
        """What a rule knows of the beginning of a piece; None if no rule speaks of it, or for another cause."""
        text = piece.text.strip(_BRACKETS)
        block = Block(0, piece.kind, text, piece.line, link_share=piece.link_share)
        for reason in self.book.find(block):
            rule = self.book.get(reason.rule)
            found = self._proof(rule, fold(text)) if rule is not None and rule.id not in rules_off else None
            if found:
                return found
        return None

    def _proof(self, rule: Rule, folded: str) -> Proof | None:
        """How a rule knows the beginning of a folded text; of several phrases the longest."""
        if rule.id not in self._phrases:
            return None
        core = bare(folded)
        known = [found for found in self._phrases[rule.id] if core.startswith(found[1])]
        fits = (found for found in known if _ends_well(found[0], core[len(found[1]) :]))
        place, phrase = max(fits, key=lambda found: len(found[1]), default=("", ""))
        if phrase:
            return Proof(rule.category, place, phrase, alone=phrase == core)
        found = re.search(rule.match.text, folded) if rule.match.text else None
        if found and not bare(folded[: found.start()]):
            return Proof(rule.category, "pattern", bare(found[0]))
        return None


@lru_cache(maxsize=8)
def prompts_of(book: RuleBook) -> Prompts:
    """The beginnings that a rule book knows, collected once."""
    return Prompts(book)


def _last_sentence(text: str) -> str:
    """The beginning of the last sentence, roughly; "" where there is only one, or a long one."""
    tail = text[-_TAIL:]
    find = tail[:-2].rfind
    at = max(find("."), find("!"), find("?")) if tail.isascii() else max(map(find, _ENDS))
    while at > 0 and tail[at] == "." and tail[at + 1].isalnum():  # within a number or an address
        at = tail.rfind(".", 0, at)
    return tail[at + 1 :] if at >= 0 else ""


def _counts(rule: Rule) -> bool:
    return rule.score >= 1 and rule.category in _CLUTTER


def _places(rule: Rule) -> tuple[Place, ...]:
    """Where a phrase of a rule is proof: as a label, and at the start if the rule asks for more than the phrase."""
    return ("label", "starts") if rule.match.unfinished or rule.match.text else ("label",)


def _ends_well(place: Place, rest: str) -> bool:
    """Whether a phrase ends where its place says, given what follows: a label at a sign, a start at a word's end."""
    return (
        _AFTER_LABEL.match(rest) is not None
        if place == "label"
        else not rest[:1].isalnum() or bool(_SPACELESS.match(rest))
    )


@lru_cache(maxsize=_MEMORY)
def _folded(word: str) -> str:
    return _plain(fold(word))


def _plain(word: str) -> str:
    return word.strip(_SIGNS)
