"""The learned model as evidence: reasons with the probability, what is asked for, and what spoke loudest, in words.

The second witness costs more than all else together, so it is asked only where the model is unsure: on pages in
languages that it never read, where all it has is structure, and of which it promises little. There its verdict moves
the odds of a block.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from pipeline.document import Category, Reason
from pipeline.judge.asked import asked_for, half_of_promise, log_odds
from pipeline.judge.categories import named_by, told_by_links
from pipeline.judge.columns import KINDS
from pipeline.judge.compiled import make_many
from pipeline.judge.features import sigmoid
from pipeline.judge.view import View
from pipeline.judge.ways import Way
from pipeline.judge.witness import believed

RULE = "learned"
_STEP = 3.0  # log odds that make a difference of one in the score
_MOST, _LEAST = 1.0, -1.5  # at most as loud as a rule, so that where a rule speaks its words are shown
_UNSURE = 0.8  # F1 that the best choice of blocks promises, below which the witness is asked
_HEARD = 2.0  # log odds by which the witness moves a block
_SIDES = {"oc": "class", "ac": "class around it", "o": "element", "a": "element around it"}
_CLOSE = 0.2  # probability above what is asked for that is still worth telling: a close call
_NAMED = 3  # things that a reason names
_PERCENT = [f"{number}%" for number in range(101)]


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
    scores = np.clip(1 + (log_odds(asked) - log_odds(likely)) / _STEP, _LEAST, _MOST).round(3).tolist()
    against, close = (likely < asked).tolist(), (likely < asked + _CLOSE).tolist()
    told = [
        f"{one} likely content, {other} asked for" for one, other in zip(_percent(likely), _percent(asked), strict=True)
    ]
    ways = view.ways.of_blocks.tolist()
    wanted = list(dict.fromkeys(itertools.compress(ways, against)))
    strongest = view.model.strongest(view, wanted) if view.kind == "html" else [[]] * len(wanted)  # texts have none
    around = {
        way: (named_by(Way(view.ways, way)), loudest, [_in_words(token) for _, token in loudest])
        for way, loudest in zip(wanted, strongest, strict=True)
    }
    heard = [index for index, gone in enumerate(against) if gone or close[index] or said[index]]
    categories: list[Category] = []
    for index in heard:
        if against[index]:
            named, loudest, names = around[ways[index]]
            told[index] += _because(view.blocks[index].link_share, opinion.loudest[index], loudest, names)
            told[index] += ", trafilatura leaves it out" if kept is not None and not kept[index] else ""
            categories.append(named or told_by_links(view, index))
        else:
            categories.append("other")
    columns = ([RULE] * len(heard), categories, [scores[index] for index in heard], [told[index] for index in heard])
    yield from zip(heard, make_many(Reason, columns), strict=True)


def _percent(probabilities: Any) -> list[str]:
    """Probabilities as whole per cent."""
    return [_PERCENT[number] for number in np.rint(probabilities.astype(np.float64) * 100).astype(int).tolist()]


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
