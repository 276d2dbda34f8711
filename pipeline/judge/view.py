"""A page as the judge sees it: its blocks, and what several kinds of evidence need to know of them, computed once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol, cast

from pipeline.document import Block, Category, Kind, Reason
from pipeline.judge.cleaned import LABEL, doubted, names_little
from pipeline.judge.columns import Columns, columns_of_blocks
from pipeline.judge.compiled import COMPILED, look_up
from pipeline.judge.fold import fold, fold_all, read_texts, terms
from pipeline.judge.headline import headline_of
from pipeline.judge.repeated import SiteLines
from pipeline.judge.rule_search import search_of
from pipeline.judge.rulebook import RuleBook
from pipeline.judge.ways import Ways, ways_of
from pipeline.settings import Settings

_CRUMB_SIGNS = "/›»>|•·"
# A prompt is short. Sentences that begin like one and go on are often an author's who writes of newsletters or log-ins.
# And headings of one word ("Discussion", "Contact", "Search") are sites' and authors' alike; a text below them decides.
_LONG_PROSE = 25  # words
PROMPTS: frozenset[Category] = frozenset(("related", "promo", "login", "share", "comments", "comment-form", "nav"))
_NO_SPACES = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def squeeze(text: str) -> str:
    """Folded letters and digits only: what stays the same when a text is set again."""
    return "".join(terms([fold(text)])[0])


def count_words(text: str) -> int:
    """Words by white space; two characters count as one in scripts that set no spaces."""
    return len(text.split()) + (0 if text.isascii() else len(_NO_SPACES.findall(text)) // 2)


@dataclass(frozen=True)
class Opinion:
    """What a learned model thinks of a page of n blocks.

    `likely` is how likely each is content, an array (n,); `loudest` the weight and the word or phrase of each that
    speaks loudest against it, (0, "") where none does. `at_home` says whether it knows the words of the page, which it
    does not in languages that it never read. `kinds` is how surely the page is of each kind (`kind.KINDS_OF_PAGE`), an
    array that sums to 1; None where the model was not taught.
    """

    likely: Any
    loudest: list[tuple[float, str]]
    at_home: bool
    kinds: Any = None

    @property
    def article(self) -> float | None:
        """How surely the page is an article, 0 to 1; None where the model was not taught."""
        return None if self.kinds is None else float(self.kinds[0])


class Learned(Protocol):
    """What the judge asks of a learned model."""

    def read(self, view: View) -> Opinion:
        """What the model thinks of the blocks of a page; there must be at least one."""

    def strongest(self, view: View, places: Sequence[int]) -> list[list[tuple[float, str]]]:
        """For each of some ways the weights and tokens of its elements that speak loudest against content, sorted."""


@dataclass(frozen=True)
class View:
    """What the judge is given.

    `title` is the page's own, "" if unknown; `witness` gives the text of the second opinion, and is asked only where it
    is needed; `model` is the learned one, if any. `seen` is what earlier runs saw come back on the site,
    `signs` what the page says of its kind (`segment.head.signs`), () for nothing. `language` tells the language of the
    whole in two letters, "" if nobody knows, and is asked only where it is needed. With `compiled` compiled look-ups
    are asked; nothing but the time depends on it.
    """

    kind: Kind
    blocks: Sequence[Block]
    title: str
    settings: Settings
    book: RuleBook
    witness: Callable[[], str | None] | None = None
    model: Learned | None = None
    seen: SiteLines | None = None
    signs: tuple[float, ...] = ()
    compiled: bool = COMPILED
    language: Callable[[], str] = str

    @cached_property
    def texts(self) -> look_up.Texts | None:
        """The texts of all blocks as compiled look-ups read them; None without these."""
        return read_texts([block.text for block in self.blocks]) if self.compiled else None

    @cached_property
    def folded(self) -> list[str]:
        """`fold` of every block."""
        return fold_all([block.text for block in self.blocks]) if self.texts is None else look_up.folded(self.texts)

    @cached_property
    def terms(self) -> list[list[str]]:
        """The folded words of every block."""
        return terms(self.folded) if self.texts is None else look_up.terms(self.texts)

    @cached_property
    def squeezed(self) -> list[str]:
        """`squeeze` of every block."""
        return ["".join(some) for some in self.terms] if self.texts is None else look_up.squeezed(self.texts)

    @cached_property
    def squeezed_title(self) -> str:
        """`squeeze` of the title."""
        return squeeze(self.title)

    @cached_property
    def headline(self) -> int | None:
        """The block that is the headline; None if none is."""
        return headline_of(self)

    @cached_property
    def ways(self) -> Ways:
        """The paths of all blocks, read, and their beginnings."""
        return ways_of([block.path for block in self.blocks], compiled=self.compiled)

    @cached_property
    def columns(self) -> Columns:
        """The blocks as arrays."""
        return columns_of_blocks(self.blocks, self.words, self.ways, compiled=self.compiled)

    @cached_property
    def words(self) -> list[int]:
        """`count_words` of every block; blocks are normalised, so that blanks tell."""
        if self.texts is not None:
            return look_up.words(self.texts)
        return [
            block.text.count(" ") + 1 if block.text.isascii() and "\n" not in block.text else count_words(block.text)
            for block in self.blocks
        ]

    @cached_property
    def sentences(self) -> list[bool]:
        """Whether each block ends as sentences do."""
        return cast("list[bool]", self.columns.ends.tolist())

    @cached_property
    def prose(self) -> list[bool]:
        """Whether each block reads like a sentence or more: twelve words and an end, not mostly links."""
        return cast("list[bool]", self.columns.prose.tolist())

    @cached_property
    def opinion(self) -> Opinion | None:
        """What the learned model thinks of the page; None without a model, or without blocks."""
        return self.model.read(self) if self.model is not None and self.blocks else None

    @cached_property
    def cleaned(self) -> bool:
        """Whether this is a text that was cleaned before, by what the rule book says of it.

        The silence of a book that does not know the language of the text means nothing. A language that nobody can tell
        is taken for known.
        """
        if self.kind != "text" or not names_little(self.blocks, self._heard, self.words):
            return False
        language = self.language()
        return not language or self.book.knows(language)

    @cached_property
    def spoken(self) -> list[tuple[Reason, ...]]:
        """What the rule book says of every block."""
        if not self.cleaned:
            return self._heard
        return [doubted(reasons, words) for reasons, words in zip(self._heard, self.words, strict=True)]

    @cached_property
    def _heard(self) -> list[tuple[Reason, ...]]:
        """What the rule book says of every block, whether the text was cleaned before or not.

        Of long prose, and of the heading of some, it speaks with half a voice, and needs company.
        """
        off, prose, words = self.settings.rules_off, self.columns.prose, self.words
        said: list[tuple[Reason, ...]] = [()] * len(self.blocks)
        for index, reasons in self._found():
            heard = [reason for reason in reasons if reason.rule not in off] if off else reasons
            if words[index] >= _LONG_PROSE and prose[index]:
                heard = [replace(one, score=one.score / 2) if one.category in PROMPTS else one for one in heard]
            elif self._heads_prose(index):
                heard = [replace(one, score=one.score / 2) if one.score > 0 else one for one in heard]
            said[index] = tuple(heard)
        return said

    def _heads_prose(self, index: int) -> bool:
        """Whether a block is the heading of the prose below it.

        In a text that is also a label whose words come again there: "TikTok", and then what to do on TikTok.
        """
        kind, below = self.blocks[index].kind, index + 1
        if kind == "heading":
            below = next((at for at in range(below, len(self.blocks)) if self.columns.shown[at]), len(self.blocks))
        elif self.kind == "html" or kind not in ("line", "item") or self.words[index] > LABEL:
            return False
        if below == len(self.blocks) or not self.columns.prose[below]:
            return False
        return kind == "heading" or f" {' '.join(self.terms[index])} " in f" {' '.join(self.terms[below])} "

    def _found(self) -> Iterator[tuple[int, list[Reason]]]:
        """What the rules say of each block of which one speaks."""
        if self.texts is None:
            return self.book.find_all(self.blocks, self.folded, self.terms)
        return search_of(self.book).find_all(self.blocks, self.texts, self.columns)

    def original(self, copies: Sequence[int]) -> int:
        """The one of equal blocks that the others repeat.

        A heading before other kinds, a plain line before one with the sign of a breadcrumb, and the first of these.
        """
        return min(copies, key=lambda i: (self.blocks[i].kind != "heading", self.blocks[i].text[:1] in _CRUMB_SIGNS, i))
