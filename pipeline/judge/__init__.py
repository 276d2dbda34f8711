"""Blocks -> verdicts. Kinds of evidence speak, one place decides.

To add a kind of evidence: a function of the `View` that yields (block index, `Reason`), and a line in `EVIDENCE`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipeline.document import Reason, Verdict
from pipeline.judge.decide import decide
from pipeline.judge.repetition import find_repeats
from pipeline.judge.structure import find_headline, find_hidden, find_surrounded
from pipeline.judge.view import View
from pipeline.judge.witness import find_left_out

__all__ = ["View", "judge"]

Evidence = Iterator[tuple[int, Reason]]


def find_rules(view: View) -> Evidence:
    """What the rule book says of every block."""
    for index, block in enumerate(view.blocks):
        for reason in view.book.find(block):
            yield index, reason


EVIDENCE: tuple[Callable[[View], Evidence], ...] = (
    find_hidden,
    find_rules,
    find_repeats,
    find_headline,
    find_left_out,
)


def judge(view: View) -> tuple[Verdict, ...]:
    """A verdict for every block of the page, in order."""
    said: list[list[Reason]] = [[] for _ in view.blocks]
    for evidence in EVIDENCE:
        for index, reason in evidence(view):
            said[index].append(reason)
    for index, reason in list(find_surrounded(view, said)):
        said[index].append(reason)
    return tuple(decide(reasons, view.settings) for reasons in said)
