"""The rule book asked of a whole page at once.

Of some two hundred blocks four in five say nothing that a rule looks for. Compiled look-ups tell them from the others:
for each block they name the phrases that stand where they must, and the patterns that are worth a try. Whatever they
name is judged here as `rule_match` judges it; without them the book is asked block by block.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from pipeline.document import Block, BlockKind, Reason
from pipeline.judge.columns import KINDS
from pipeline.judge.compiled import look_up
from pipeline.judge.fold import letter_alone, letters
from pipeline.judge.rule_match import Match, entries_of, is_awake, speaking, stands_in
from pipeline.judge.rulebook import RuleBook

_MOST_PATHS = 4000  # that are remembered
_READ: tuple[BlockKind, ...] = tuple(kind for kind in KINDS if kind != "code")


class RuleSearch:
    """One rule book, to be asked by compiled look-ups, which must be there."""

    def __init__(self, book: RuleBook) -> None:
        self._rules = book.rules
        self._matches = tuple(rule.match for rule in book.rules)
        self._entries = entries_of(self._matches)
        self._awake = [number for number, match in enumerate(self._matches) if is_awake(match)]
        self._awake_at: dict[str, tuple[int, ...]] = {}  # path -> those that are worth a try there
        self._phrases = look_up.make_phrases(
            [_gate(match) for match in self._matches],
            self._entries,
            [(need, number) for number, match in enumerate(self._matches) for need in match.needs],
        )

    def find_all(
        self, blocks: Sequence[Block], texts: look_up.Texts, folded: Sequence[str], links: Sequence[float]
    ) -> Iterator[tuple[int, list[Reason]]]:
        """What the rules say of each block of which one speaks, as `RuleBook.find_all`; `links` are shares of links."""
        kinds = [KINDS[block.kind] for block in blocks]
        if len(self._awake_at) > _MOST_PATHS:
            self._awake_at.clear()
        known = self._awake_at
        awake = [known[block.path] if block.path in known else self._wake(block.path) for block in blocks]
        for index, words, phrases, patterns in look_up.search(
            self._phrases, texts, letters(), letter_alone, kinds, links, awake
        ):
            entries = [self._entries[phrase] for phrase in phrases]
            found = speaking(self._matches, blocks[index], folded[index], words, entries, patterns)
            if found:
                yield index, [self._reason(number, evidence) for number, evidence in found.items()]

    def _wake(self, path: str) -> tuple[int, ...]:
        """The patterns that need no word and are worth a try on a path."""
        gates = [(number, self._matches[number].class_or_id) for number in self._awake]
        found = tuple(number for number, names in gates if not names or stands_in(names, path))
        self._awake_at[path] = found
        return found

    def _reason(self, number: int, evidence: str) -> Reason:
        rule = self._rules[number]
        return Reason(rule.id, rule.category, rule.score, evidence)


def _gate(match: Match) -> tuple[int, int, int, float]:
    """What a block must have: the least and most words, one of some kinds (bits; code never is read), links."""
    kinds = sum(1 << KINDS[kind] for kind in _READ if not match.kinds or kind in match.kinds)
    return match.min_words, match.max_words, kinds, match.min_link_share


@lru_cache(maxsize=8)
def search_of(book: RuleBook) -> RuleSearch:
    """The search in a rule book, made once."""
    return RuleSearch(book)
