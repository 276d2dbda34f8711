"""The learned model as evidence: reasons with the probability, what is asked for, and what spoke loudest, in words.

The second witness costs more than all else together, so it is asked only where the model is unsure: on pages in
languages that it never read, where all it has is structure, and of which it promises little. There its verdict moves
the odds of a block.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from pipeline.document import Reason
from pipeline.judge.asked import asked_for, half_of_promise, log_odds
from pipeline.judge.categories import category
from pipeline.judge.features import sigmoid
from pipeline.judge.view import View
from pipeline.judge.witness import believed

RULE = "learned"
_STEP = 3.0  # log odds that make a difference of one in the score
_MOST, _LEAST = 1.0, -1.5  # at most as loud as a rule, so that where a rule speaks its words are shown
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
    promised = 2 * half_of_promise(likely, np.array(view.words, dtype=np.float64))
    kept = believed(view) if not opinion.at_home and promised < _UNSURE else None
    if kept is not None:
        likely = sigmoid(log_odds(likely) + np.where(kept, _HEARD, -_HEARD))
    asked = asked_for(likely, view)
    scores = np.clip(1 + (log_odds(asked) - log_odds(likely)) / _STEP, _LEAST, _MOST).round(3).tolist()
    against = (likely < asked).tolist()
    around: dict[str, list[tuple[float, str]]] = {}
    for index, (probability, wanted, score) in enumerate(zip(likely.tolist(), asked.tolist(), scores, strict=True)):
        if against[index]:
            path = view.blocks[index].path
            loudest = around.get(path) or around.setdefault(path, view.model.strongest(view.ways[path]))
            because = _because(view, index, loudest, opinion.loudest[index])
            left_out = ", trafilatura leaves it out" if kept is not None and not kept[index] else ""
            evidence = f"{probability:.0%} likely content, {wanted:.0%} asked for{because}{left_out}"
            yield index, Reason(RULE, category(view, index), score, evidence)
        elif said[index] or probability < wanted + _CLOSE:
            yield index, Reason(RULE, "other", score, f"{probability:.0%} likely content, {wanted:.0%} asked for")


def _rows_together(likely: Any, view: View) -> Any:
    """The rows of a table are one thing: each is as likely content as all of them, by their words."""
    rows = np.array([block.kind == "row" for block in view.blocks])
    if not rows.any():
        return likely
    starts = np.flatnonzero(rows & ~np.concatenate([[False], rows[:-1]]))
    table = np.searchsorted(starts, np.flatnonzero(rows), side="right") - 1
    words = np.array(view.words, dtype=np.float64)[rows]
    odds = np.bincount(table, log_odds(likely[rows]) * words) / np.bincount(table, words)
    together = likely.copy()
    together[rows] = sigmoid(odds[table])
    return together


def _because(view: View, index: int, around: list[tuple[float, str]], words: tuple[float, str]) -> str:
    """What spoke loudest against a block, in words."""
    share = view.blocks[index].link_share
    parts = [f"link share {share:.2f}"] if share > 0.5 else []
    if words[1] and (not around or words < around[-1] or len(around) < _NAMED):
        parts.append(f"words “{words[1]}”" if " " in words[1] else f"word “{words[1]}”")
    parts += [_in_words(token) for _, token in around[: _NAMED - len(parts)]]
    return f"; {', '.join(parts)}" if parts else ""


@lru_cache(maxsize=50_000)
def _in_words(token: str) -> str:
    """A token of an element as a person would say it."""
    side, _, name = token.partition(":")
    return f"{_SIDES[side]} “{name}”"
