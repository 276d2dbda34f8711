"""How much of a page stayed and went: counted once, where its blocks are at hand, and only added up later.

What is said of the whole (it repeats another page, or was kept) is often known when the blocks no longer are. So
nothing here depends on it; whoever adds up asks the leaf (leaf.py) what became of the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING

from pipeline.document import Reason
from pipeline.judge import MADE_IN_CODE

if TYPE_CHECKING:
    from pipeline.document import Block, Document, Verdict

Removed = tuple["Block", "Verdict", "Reason"]
"""A removed block, its verdict, and the reason it is counted under."""
_REPLACED = "\ufffd"  # stands in a text where bytes were no characters


UNEXPLAINED = Reason("unexplained", "other", 0.0, "no reason was recorded")
"""Stands where a removal came without a reason, so that the breach of the law shows instead of hiding."""
_score = attrgetter("score")


def loudest(verdict: Verdict) -> Reason:
    """The reason that a removal is counted under: the one that spoke loudest for it."""
    reasons = verdict.reasons
    reason = reasons[0] if len(reasons) == 1 else max(reasons, key=_score, default=UNEXPLAINED)  # most have one
    return reason if reason.score > 0 else UNEXPLAINED


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much of one page stayed and went. Words are counted by white space.

    `words`, `blocks` and `characters` are of what stayed; `damaged` counts U+FFFD among the characters. `by_rule` has a
    row (category, rule, words, blocks) for each rule that spoke loudest against some block, sorted. The clutter is what
    stayed though the rule book, heard alone, speaks against it, however softly; a block counts for each rule in
    `clutter_rules` that does.
    """

    words: int = 0
    blocks: int = 0
    characters: int = 0
    damaged: int = 0
    removed_words: int = 0
    removed_blocks: int = 0
    by_rule: tuple[tuple[str, str, int, int], ...] = ()
    clutter_words: int = 0
    clutter_blocks: int = 0
    clutter_rules: Mapping[str, int] = field(default_factory=dict)

    @property
    def categories(self) -> list[str]:
        """The categories of what was removed, sorted, each once."""
        return sorted({category for category, *_ in self.by_rule})

    @property
    def share(self) -> float:
        """The share of the words that was removed, 0 to 1."""
        return self.removed_words / max(1, self.removed_words + self.words)


def removed_of(document: Document) -> list[Removed]:
    """The removed blocks of a document, in order."""
    pairs = zip(document.blocks, document.verdicts, strict=True)
    return [(block, verdict, loudest(verdict)) for block, verdict in pairs if not verdict.kept]


def amounts_of(document: Document, removed: Iterable[Removed]) -> Amounts:
    """The amounts of a document; `removed` are its removed blocks (`removed_of`)."""
    stayed = [pair for pair in zip(document.blocks, document.verdicts, strict=True) if pair[1].kept]
    text = "\n".join([block.text for block, _ in stayed])
    by_rule = _by_rule(removed)
    clutter_words, clutter_blocks, clutter_rules = _clutter(stayed)
    return Amounts(
        words=len(text.split()),
        blocks=len(stayed),
        characters=len(text) - max(0, len(stayed) - 1),
        damaged=text.count(_REPLACED),
        removed_words=sum(words for *_, words, _ in by_rule),
        removed_blocks=sum(blocks for *_, blocks in by_rule),
        by_rule=by_rule,
        clutter_words=clutter_words,
        clutter_blocks=clutter_blocks,
        clutter_rules=clutter_rules,
    )


def _by_rule(removed: Iterable[Removed]) -> tuple[tuple[str, str, int, int], ...]:
    """Words and blocks by category and rule."""
    found: dict[tuple[str, str], list[str]] = {}
    for block, _, reason in removed:
        found.setdefault((reason.category, reason.rule), []).append(block.text)
    return tuple((*names, len("\n".join(texts).split()), len(texts)) for names, texts in sorted(found.items()))


def _clutter(stayed: Iterable[tuple[Block, Verdict]]) -> tuple[int, int, dict[str, int]]:
    """Words and blocks that the rule book alone would have out, and how many blocks each rule speaks against."""
    words = blocks = 0
    rules: dict[str, int] = {}
    for block, verdict in stayed:
        said = [reason for reason in verdict.reasons if reason.rule not in MADE_IN_CODE]
        if said and sum(reason.score for reason in said) > 0:
            blocks += 1
            words += block.words
            for reason in said:
                if reason.score > 0:
                    rules[reason.rule] = rules.get(reason.rule, 0) + 1
    return words, blocks, dict(sorted(rules.items()))
