"""The learned model as evidence: reasons with the probability, what is asked for, and what spoke loudest, in words.

The second witness costs more than all else together, so it is asked only where the model is unsure: on pages in
languages that it never read, where all it has is structure, and of which it promises little. There its verdict moves
the odds of a block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from pipeline.document import Block, Reason
from pipeline.judge.asked import asked_for, half_of_promise, log_odds
from pipeline.judge.categories import BY_LINKS, category
from pipeline.judge.columns import KINDS
from pipeline.judge.compiled import look_up
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
_IN_DEFINITIONS = re.compile(r"(.*?>dl[^>]*)(?:>div[^>]*)?>d[td]\b")
_CAPTION = re.compile(r">caption[^>]*$")
_NAMED = 3  # things that a reason names


class _Told(NamedTuple):
    """What is told of each block, (n,) each: how likely it is, what is asked, and how loudly the difference speaks.

    `left_out` says whether the witness leaves it out, None where nobody asked.
    """

    likely: Any
    asked: Any
    scores: Any
    left_out: Any


def find_learned(view: View, said: Sequence[tuple[Reason, ...]]) -> Iterator[tuple[int, Reason]]:
    """A reason against every unlikely block, and for each likely one that somebody spoke of, or that is a close call.

    Nothing where there is no model for this kind of page.
    """
    opinion = view.opinion
    if view.model is None or opinion is None:
        return
    likely = _together(opinion.likely, view)
    if view.kind == "text":  # headings of HTML are known by their elements
        likely = _headed(likely, view)
    kept = None
    if not opinion.at_home and 2 * half_of_promise(likely, view.columns.words) < _UNSURE:
        kept = believed(view)
    if kept is not None:
        likely = sigmoid(log_odds(likely) + np.where(kept, _HEARD, -_HEARD))
    asked = asked_for(likely, view)
    scores = 1 + (log_odds(asked) - log_odds(likely)) / _STEP
    scores = np.minimum(np.maximum(scores, _LEAST), _RAISED).round(3)
    told = _Told(likely.astype(np.float64), asked, scores, None if kept is None else ~np.array(kept))
    yield from (_tell if view.compiled else _tell_in_python)(view, said, told)


def _tell(view: View, said: Sequence[tuple[Reason, ...]], told: _Told) -> list[tuple[int, Reason]]:
    """What is said of the blocks of a page, by compiled look-ups."""
    assert view.opinion is not None
    around = _around(view, told)
    return look_up.tell(
        Reason, RULE, said, (*told[:3], view.columns.links, view.columns.words, view.ways.of_blocks),
        view.opinion.loudest, (view.ways.named, tuple(around), tuple(around.values())), told.left_out, BY_LINKS, _SIDES,
        (_CLOSE, _MOST, _NAMED),
    )  # fmt: skip


def _tell_in_python(view: View, said: Sequence[tuple[Reason, ...]], told: _Told) -> Iterator[tuple[int, Reason]]:
    """The same as `_tell`, in Python alone."""
    assert view.opinion is not None
    around = _around(view, told)
    against, close = told.likely < told.asked, told.likely < told.asked + _CLOSE
    likely, asked, scores = _percent(told.likely), _percent(told.asked), told.scores.tolist()
    for index, reasons in enumerate(said):
        if not close[index] and not reasons:  # which none is that goes
            continue
        evidence = f"{likely[index]}% likely content, {asked[index]}% asked for"
        if against[index]:
            loud = view.opinion.loudest[index], around[int(view.ways.of_blocks[index])]
            evidence += _because(view.blocks[index].link_share, *loud)
            evidence += ", trafilatura leaves it out" if told.left_out is not None and told.left_out[index] else ""
        score = scores[index] if any(one.score < 0 for one in reasons) else min(scores[index], _MOST)
        yield index, Reason(RULE, category(view, index) if against[index] else "other", score, evidence)


def _around(view: View, told: _Told) -> dict[int, list[tuple[float, str]]]:
    """Of the ways of all blocks that go the weights and tokens of the elements that speak loudest; texts have none."""
    assert view.model is not None
    wanted = list(dict.fromkeys(view.ways.of_blocks[told.likely < told.asked].tolist()))
    loudest = view.model.strongest(view, wanted) if view.kind == "html" else [[]] * len(wanted)
    return dict(zip(wanted, loudest, strict=True))


def _percent(probabilities: Any) -> Any:
    """Probabilities as whole per cent."""
    return np.rint(probabilities * 100).astype(np.int64)


def _together(likely: Any, view: View) -> Any:
    """What belongs together stays or goes together: each of it is as likely content as all of it, by their words.

    Rows of a table and its caption, items of a list, terms and what defines them: half of these says less than none, or
    something else.
    """
    at = np.flatnonzero(view.columns.shown)
    kinds, tight = view.columns.kinds[at], view.columns.tight[at]
    rows = kinds == KINDS["row"]
    goes_on = rows | ((kinds == KINDS["item"]) & tight)
    captioned = [
        n for n in np.flatnonzero(rows & ~tight).tolist() if n and _CAPTION.search(view.blocks[at[n - 1]].path)
    ]
    if view.kind == "html" and any(spelling.startswith("dl") for spelling in view.ways.spellings):
        lists = [_definitions(view.blocks[index]) for index in at.tolist()]
        goes_on |= np.array([bool(one) and one == before for one, before in pairwise(["", *lists])], dtype=bool)
    goes_on[1:] &= kinds[1:] == kinds[:-1]
    goes_on[:1] = False
    goes_on[captioned] = True
    if not goes_on.any():
        return likely
    series, words = np.cumsum(~goes_on) - 1, view.columns.words[at]
    odds = np.bincount(series, log_odds(likely[at]) * words) / np.bincount(series, words)
    together = likely.copy()
    together[at] = np.where(np.bincount(series)[series] > 1, sigmoid(odds[series]), likely[at])
    return together


def _headed(likely: Any, view: View) -> Any:
    """A heading of a text is at least as likely content as the prose that it stands above, or the next heading."""
    headings = view.columns.kinds == KINDS["heading"]
    lifted = likely.copy()
    for index in reversed(np.flatnonzero(headings[:-1]).tolist()):
        if view.columns.prose[index + 1] or headings[index + 1]:
            lifted[index] = max(lifted[index], lifted[index + 1])
    return lifted


def _definitions(block: Block) -> str:
    """The path of the list of definitions that a block is in; "" for none, and for pieces of a block."""
    found = _IN_DEFINITIONS.match(block.path) if block.joint is None else None
    return found[1] if found else ""


def _because(share: float, words: tuple[float, str], around: list[tuple[float, str]]) -> str:
    """What spoke loudest against a block with such a share of links, in words; `around` are its elements."""
    parts = [f"link share {share:.2f}"] if share > 0.5 else []
    if words[1] and (not around or words < around[-1] or len(around) < _NAMED):
        parts.append(f"words “{words[1]}”" if " " in words[1] else f"word “{words[1]}”")
    parts += [_in_words(token) for _, token in around[: _NAMED - len(parts)]]
    return "; " + ", ".join(parts) if parts else ""


def _in_words(token: str) -> str:
    """A token of an element as a person would say it."""
    side, _, name = token.partition(":")
    return f"{_SIDES[side]} “{name}”"
