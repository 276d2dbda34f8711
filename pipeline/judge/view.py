"""A page as the judge sees it: its blocks, and what several kinds of evidence need to know of them, computed once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from pipeline.document import Block, Kind
from pipeline.judge.fold import fold
from pipeline.judge.rulebook import RuleBook
from pipeline.judge.tokens import path_tokens, shape_tokens, word_tokens
from pipeline.settings import Settings

_SQUEEZE = re.compile(r"[\W_]+")
_CRUMB_SIGNS = "/›»>|•·"
_SENTENCE_END = re.compile(r"[.!?…。！？।॥؟۔][\"'”’»)\]]*$")
_NO_SPACES = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def squeeze(text: str) -> str:
    """Folded letters and digits only: what stays the same when a text is set again."""
    return _SQUEEZE.sub("", fold(text))


def count_words(text: str) -> int:
    """Words by white space; two characters count as one in scripts that set no spaces."""
    return len(text.split()) + (0 if text.isascii() else len(_NO_SPACES.findall(text)) // 2)


def is_sentence(text: str) -> bool:
    """Whether a text ends as sentences do, in any script that has such an end."""
    return bool(_SENTENCE_END.search(text))


class Learned(Protocol):
    """What the judge asks of a learned model."""

    def probabilities(self, view: View) -> Any:
        """How likely each block of a page is content: an array over its blocks."""

    def familiarity(self, view: View) -> float:
        """Which share of the words of a page the model knows, 0 to 1."""

    def strongest(self, tokens: list[str]) -> list[str]:
        """The few tokens that speak loudest against content."""


@dataclass(frozen=True)
class View:
    """What the judge is given.

    `title` is the page's own, "" if unknown; `witness` the text of the second opinion, `model` the learned one, if any.
    """

    kind: Kind
    blocks: Sequence[Block]
    title: str
    settings: Settings
    book: RuleBook
    witness: str | None = None
    model: Learned | None = None

    @cached_property
    def squeezed(self) -> list[str]:
        """`squeeze` of every block."""
        return [squeeze(block.text) for block in self.blocks]

    @cached_property
    def words(self) -> list[int]:
        """`count_words` of every block."""
        return [count_words(block.text) for block in self.blocks]

    @cached_property
    def prose(self) -> list[bool]:
        """Whether each block reads like a sentence or more: twelve words and an end, not mostly links."""
        return [
            words >= 12 and block.link_share < 0.5 and (is_sentence(block.text) or words >= 40)
            for words, block in zip(self.words, self.blocks, strict=True)
        ]

    @cached_property
    def tokens(self) -> list[tuple[list[str], list[str]]]:
        """The tokens of path and shape, and those of the words, of every block."""
        around = {path: path_tokens(path) for path in {block.path for block in self.blocks}}
        return [
            (around[block.path] + shape_tokens(block, words), word_tokens(block.text))
            for block, words in zip(self.blocks, self.words, strict=True)
        ]

    def original(self, copies: Sequence[int]) -> int:
        """The one of equal blocks that the others repeat.

        A heading before other kinds, a plain line before one with the sign of a breadcrumb, and the first of these.
        """
        return min(copies, key=lambda i: (self.blocks[i].kind != "heading", self.blocks[i].text[:1] in _CRUMB_SIGNS, i))
