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
from pipeline.judge.columns import KINDS
from pipeline.judge.compiled import look_up
from pipeline.judge.fold import letter_alone, letters
from pipeline.judge.rule_match import (
    SENTENCE_ENDS,
    Match,
    entries_of,
    is_awake,
    pattern_evidence,
    phrase_evidence,
    stands_in,
)
from pipeline.judge.rulebook import RuleBook

_NUMBER = itemgetter(0)
_READ: tuple[BlockKind, ...] = tuple(kind for kind in KINDS if kind != "code")


class RuleSearch:
    """One rule book, to be asked by compiled look-ups, which must be there."""

    def __init__(self, book: RuleBook) -> None:
        self._rules = book.rules
        self._matches = tuple(rule.match for rule in book.rules)
        self._entries = entries_of(self._matches)
        self._reasons: dict[int, Reason] = {}  # phrase -> what is said where it stands
        self._placed = {n: match.class_or_id for n, match in enumerate(self._matches) if match.class_or_id}
        self._phrases = look_up.make_phrases(
            [_gate(match) for match in self._matches],
            self._entries,
            [(need, n) for n, match in enumerate(self._matches) for need in ("",) * is_awake(match) + match.needs],
        )

    def find_all(
        self, blocks: Sequence[Block], texts: look_up.Texts, folded: Sequence[str], links: Sequence[float]
    ) -> Iterator[tuple[int, list[Reason]]]:
        """What the rules say of each block of which one speaks, as `RuleBook.find_all`; `links` are shares of links."""
        kinds = [KINDS[block.kind] for block in blocks]
        paths = [block.path for block in blocks]
        for index, phrases, patterns in look_up.search(
            self._phrases, texts, letters(), letter_alone, kinds, links, paths
        ):
            found = [(self._entries[phrase].number, self._told(phrase)) for phrase in phrases]
            found += self._seen(patterns, blocks[index].text, folded[index])
            if self._placed:
                found = [one for one in found if self._stands(one[0], blocks[index].path)]
            if found:
                yield index, [reason for _, reason in sorted(found, key=_NUMBER)] if len(found) > 1 else [found[0][1]]

    def _told(self, phrase: int) -> Reason:
        """What is said where a phrase stands: always the same."""
        if phrase not in self._reasons:
            entry = self._entries[phrase]
            self._reasons[phrase] = self._reason(entry.number, phrase_evidence(entry))
        return self._reasons[phrase]

    def _seen(self, patterns: Iterable[int], text: str, folded: str) -> Iterator[tuple[int, Reason]]:
        """The patterns that do find something, with what is said of it."""
        for number in patterns:
            said = pattern_evidence(self._matches[number], text, folded)
            if said:
                yield number, self._reason(number, said)

    def _stands(self, number: int, path: str) -> bool:
        """Whether a rule that asks for a place on the page may speak there."""
        return number not in self._placed or stands_in(self._placed[number], path)

    def _reason(self, number: int, evidence: str) -> Reason:
        rule = self._rules[number]
        return Reason(rule.id, rule.category, rule.score, evidence)


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
