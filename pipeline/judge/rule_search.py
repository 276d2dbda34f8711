"""The rule book asked of a whole page at once.

Of some two hundred blocks four in five say nothing that a rule looks for. Compiled look-ups tell them from the others:
for each block they name the phrases that stand where they must, the first of each rule, and the patterns that may find
something (one in a hundred of those that a word wakes). All gates are theirs too, but for places on the page. Without
them the book is asked block by block.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter

from pipeline.document import Block, BlockKind, Reason
from pipeline.judge.columns import KINDS, Columns
from pipeline.judge.compiled import look_up
from pipeline.judge.fold import fold_all, letter_alone, letters
from pipeline.judge.rule_match import (
    SENTENCE_ENDS,
    Entry,
    Match,
    entries_of,
    is_awake,
    pattern_evidence,
    phrase_evidence,
    stands_in,
)
from pipeline.judge.rulebook import Rule, RuleBook

_NUMBER = itemgetter(0)
_READ: tuple[BlockKind, ...] = tuple(kind for kind in KINDS if kind != "code")


class RuleSearch:
    """One rule book, to be asked by compiled look-ups, which must be there."""

    def __init__(self, book: RuleBook) -> None:
        self._rules = book.rules
        self._matches = tuple(rule.match for rule in book.rules)
        self._entries = entries_of(self._matches)
        self._told = _Told(book.rules, self._entries)
        self._placed = {n: match.class_or_id for n, match in enumerate(self._matches) if match.class_or_id}
        self._phrases = look_up.make_phrases(
            [_gate(match) for match in self._matches],
            self._entries,
            [(need, n) for n, match in enumerate(self._matches) for need in ("",) * is_awake(match) + match.needs],
        )

    def find_all(
        self, blocks: Sequence[Block], texts: look_up.Texts, columns: Columns
    ) -> Iterator[tuple[int, list[Reason]]]:
        """What the rules say of each block of which one speaks, as `RuleBook.find_all`."""
        told, placed = self._told, self._placed
        for index, phrases, patterns in look_up.search(
            self._phrases, texts, letters(), letter_alone, blocks, columns.kinds, columns.links
        ):
            found = [told[phrase] for phrase in phrases]
            if patterns:
                found += self._seen(patterns, blocks[index].text)
            if placed:
                path = blocks[index].path
                found = [one for one in found if one[0] not in placed or stands_in(placed[one[0]], path)]
            if len(found) > 1:
                found.sort(key=_NUMBER)
            if found:
                yield index, [reason for _, reason in found]

    def _seen(self, patterns: Iterable[int], text: str) -> Iterator[tuple[int, Reason]]:
        """The patterns that do find something, with what is said of it."""
        folded = fold_all([text])[0]
        for number in patterns:
            said = pattern_evidence(self._matches[number], text, folded)
            if said:
                yield number, self._rules[number].reason(said)


class _Told(dict[int, tuple[int, Reason]]):
    """What is said where a phrase stands, always the same, and the number of the rule that says it."""

    def __init__(self, rules: Sequence[Rule], entries: Sequence[Entry]) -> None:
        super().__init__()
        self._rules, self._entries = rules, entries

    def __missing__(self, phrase: int) -> tuple[int, Reason]:
        entry = self._entries[phrase]
        self[phrase] = entry.number, self._rules[entry.number].reason(phrase_evidence(entry))
        return self[phrase]


def _gate(match: Match) -> tuple[int, int, int, float, str, str, str, str]:
    """What a block must have, and its patterns.

    That is the least and most words, one of some kinds (bits; code never is read), a share of links, none of some last
    characters; and patterns for its folded text, for its text as it is, and for its path.
    """
    kinds = sum(1 << KINDS[kind] for kind in _READ if not match.kinds or kind in match.kinds)
    ends = SENTENCE_ENDS if match.unfinished else ""
    return match.min_words, match.max_words, kinds, match.min_link_share, ends, match.text, match.raw, match.class_or_id


@lru_cache(maxsize=8)
def search_of(book: RuleBook) -> RuleSearch:
    """The search in a rule book, made once."""
    return RuleSearch(book)
