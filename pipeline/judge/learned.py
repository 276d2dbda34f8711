"""The learned model as evidence: reasons with the probability, what is asked for, and what spoke loudest, in words.

The second witness costs more than all else together, so it is asked only where the model is unsure: on pages in
languages that it never read, where all it has is structure, and of which it promises little. There its verdict moves
the odds of a block.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from pipeline.document import Category, Reason
from pipeline.judge.asked import asked_for, half_of_promise, log_odds
from pipeline.judge.categories import told_by_links
from pipeline.judge.columns import KINDS
from pipeline.judge.compiled import look_up, make_many
from pipeline.judge.features import sigmoid
from pipeline.judge.view import View
from pipeline.judge.witness import believed

RULE = "learned"
_STEP = 3.0  # log odds that make a difference of one in the score
_MOST, _LEAST = 1.0, -1.5  # at most as loud as a rule, so that where a rule speaks its words are shown
_RAISED = 1.5  # at most against a whisper for keeping: that helps where the model is in doubt, not where it is sure
_UNSURE = 0.8  # F1 that the best choice of blocks promises, below which the witness is asked
_HEARD = 2.0  # log odds by which the witness moves a block
_SIDES = {"oc": "class", "ac": "class around it", "o": "element", "a": "element around it"}
_CLOSE = 0.2  # probability above what is asked for that is still worth telling: a close call
_NAMED = 3  # things that a reason names


def find_learned(view: View, said: Sequence[Sequence[Reason]]) -> Iterator[tuple[int, Reason]]:
    """A reason against every unlikely block, and for each likely one that somebody spoke of, or that is a close call.

    Nothing where there is no model for this kind of page.
    """
    opinion = view.opinion
    if view.model is None or opinion is None:
        return
    likely = _rows_together(opinion.likely, view)
    promised = 2 * half_of_promise(likely, view.columns.words)
    kept = believed(view) if not opinion.at_home and promised < _UNSURE else None
    if kept is not None:
        likely = sigmoid(log_odds(likely) + np.where(kept, _HEARD, -_HEARD))
    asked = asked_for(likely, view)
    scores = np.clip(1 + (log_odds(asked) - log_odds(likely)) / _STEP, _LEAST, _RAISED).round(3).tolist()
    against = likely < asked
    worth_telling = (likely < asked + _CLOSE).tolist()  # which all that go are
    heard = [index for index, close in enumerate(worth_telling) if close or said[index]]
    named, ways = view.ways.named, view.ways.of_blocks.tolist()
    categories: list[Category] = [
        (named[ways[index]] or told_by_links(view, index)) if gone else "other"
        for index, gone in zip(heard, against[heard].tolist(), strict=True)
    ]
    evidence = _evidence(view, heard, against, _Told(likely, asked, None if kept is None else ~np.array(kept)))
    voices = [
        scores[index] if any(one.score < 0 for one in said[index]) else min(scores[index], _MOST) for index in heard
    ]
    columns = ([RULE] * len(heard), categories, voices, evidence)
    yield from zip(heard, make_many(Reason, columns), strict=True)


class _Told(NamedTuple):
    """What is told of each block, (n,) each: how likely it is, what is asked, and whether the witness leaves it out."""

    likely: Any
    asked: Any
    left_out: Any


def _evidence(view: View, heard: Sequence[int], against: Any, told: _Told) -> list[str]:
    """What is said of each of some blocks of a page; of those that go also what spoke loudest."""
    assert view.model is not None
    assert view.opinion is not None
    ways, loudest = view.ways.of_blocks, view.opinion.loudest
    wanted = list(dict.fromkeys(ways[against].tolist()))
    around = view.model.strongest(view, wanted) if view.kind == "html" else [[]] * len(wanted)  # texts have none
    named = [[_in_words(token) for _, token in elements] for elements in around]
    likely, asked = _percent(told.likely), _percent(told.asked)
    left_out = np.zeros(len(ways), dtype=bool) if told.left_out is None else told.left_out
    if view.compiled:
        arrays = [column.tobytes() for column in (likely, asked, view.columns.links)]
        columns = (*arrays, loudest, ways.tobytes(), left_out.tobytes())
        blocks = np.array(heard, dtype=np.int64).tobytes()
        return look_up.tell(blocks, against.tobytes(), columns, wanted, around, named, _NAMED)
    of_way = dict(zip(wanted, zip(around, named, strict=True), strict=True))
    evidence = [f"{likely[index]}% likely content, {asked[index]}% asked for" for index in heard]
    for number, index in enumerate(heard):
        if against[index]:
            evidence[number] += _because(view.blocks[index].link_share, loudest[index], *of_way[int(ways[index])])
            evidence[number] += ", trafilatura leaves it out" if left_out[index] else ""
    return evidence


def _percent(probabilities: Any) -> Any:
    """Probabilities as whole per cent."""
    return np.rint(probabilities.astype(np.float64) * 100).astype(np.int64)


def _rows_together(likely: Any, view: View) -> Any:
    """The rows of a table are one thing: each is as likely content as all of them, by their words."""
    rows = view.columns.kinds == KINDS["row"]
    if not rows.any():
        return likely
    starts = np.flatnonzero(rows & ~np.concatenate([[False], rows[:-1]]))
    table = np.searchsorted(starts, np.flatnonzero(rows), side="right") - 1
    words = view.columns.words[rows]
    odds = np.bincount(table, log_odds(likely[rows]) * words) / np.bincount(table, words)
    together = likely.copy()
    together[rows] = sigmoid(odds[table])
    return together


def _because(share: float, words: tuple[float, str], around: list[tuple[float, str]], named: list[str]) -> str:
    """What spoke loudest against a block with such a share of links, in words; `named` are the elements `around`."""
    parts = [f"link share {share:.2f}"] if share > 0.5 else []
    if words[1] and (not around or words < around[-1] or len(around) < _NAMED):
        parts.append(f"words “{words[1]}”" if " " in words[1] else f"word “{words[1]}”")
    parts += named[: _NAMED - len(parts)]
    return "; " + ", ".join(parts) if parts else ""


@lru_cache(maxsize=50_000)
def _in_words(token: str) -> str:
    """A token of an element as a person would say it."""
    side, _, name = token.partition(":")
    return f"{_SIDES[side]} “{name}”"
