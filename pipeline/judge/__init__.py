"""Blocks -> verdicts. Kinds of evidence speak, one place decides.

To add a kind of evidence: a function of the `View` that yields (block index, `Reason`), and a line in `EVIDENCE`.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence

from pipeline.document import Reason, Verdict
from pipeline.judge.decide import decide_all
from pipeline.judge.headline import find_headline
from pipeline.judge.learned import find_learned
from pipeline.judge.mixed import find_mixed
from pipeline.judge.repeated import find_on_site
from pipeline.judge.repetition import find_repeats
from pipeline.judge.structure import (
    find_captions,
    find_folded,
    find_hidden,
    find_line_numbers,
    find_listed,
    find_surrounded,
)
from pipeline.judge.view import View
from pipeline.judge.witness import find_left_out

__all__ = ["View", "judge"]

Evidence = Iterator[tuple[int, Reason]]


def find_rules(view: View) -> Evidence:
    """What the rule book says of every block."""
    for index, reasons in enumerate(view.spoken):
        for reason in reasons:
            yield index, reason


def find_repeated(view: View) -> Evidence:
    """What came back on many pages of the site."""
    return iter(()) if view.seen is None else find_on_site(view.folded, view.seen)


EVIDENCE: tuple[Callable[[View], Evidence], ...] = (
    find_hidden,
    find_mixed,
    find_rules,
    find_repeats,
    find_repeated,
    find_captions,
    find_folded,
    find_line_numbers,
    find_headline,
    find_left_out,
)


CONTEXT: tuple[Callable[[View, Sequence[tuple[Reason, ...]]], Evidence], ...] = (
    find_learned,
    find_listed,
    find_surrounded,
)
"""Evidence that hears what was said before."""

MADE_IN_CODE = frozenset(
    "learned hidden-from-readers headline caption-element repeat-on-page repeat-on-site left-out-by-witness "
    "frame-of-links mixed-block site-rule folded-content listed-as-related between-clutter line-numbers".split()
)
"""Ids of the reasons that no stanza of the rule book makes; `rules_off` takes them like any other."""


def judge(view: View) -> tuple[Verdict, ...]:
    """A verdict for every block of the page, in order."""
    said: list[tuple[Reason, ...]] = [()] * len(view.blocks)
    for evidence in EVIDENCE:
        _hear(evidence(view), said, view.settings.rules_off)
    for context in CONTEXT:
        _hear(list(context(view, said)), said, view.settings.rules_off)
    return decide_all(said, view.settings, compiled=view.compiled)


def _hear(evidence: Iterable[tuple[int, Reason]], said: list[tuple[Reason, ...]], off: Container[str]) -> None:
    """Add evidence to what was said of each block, but for the rules that are off."""
    for index, reason in evidence:
        if reason.rule not in off:
            said[index] += (reason,)
