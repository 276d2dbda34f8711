"""The learned model as evidence: for each block a reason with its probability, and what spoke loudest, in words.

How likely must content be to stay? On an article clutter is short and the text is long, and a little more than even
odds are right. Elsewhere (shops, lists, forums) the best choice is the one that promises the highest F1 over the page:
keep the likeliest blocks as long as that promise grows, which is as long as they are likelier than half of it. Both
come down to one number a page, the probability asked for.

The second witness costs more than all else together. It is asked only on pages whose words the model does not know,
for in languages that it never read all it has is structure; there its verdict moves the odds of a block.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from pipeline.document import Reason
from pipeline.judge.categories import category
from pipeline.judge.features import sigmoid
from pipeline.judge.view import View
from pipeline.judge.witness import believed

RULE = "learned"
_ASKED = {"precision": 0.75, "balanced": 0.55, "recall": 0.3}  # of an article
_ODDS = {"precision": 8.0, "balanced": 4.0, "recall": 1.0}  # asked of the shortest lines of an article without markup
_PARAGRAPH = 15.0  # words
_FEW = 0.15  # share of a text's lines; where fewer would go, the text is clean already, or nearly
_LENIENT = 1.4  # log odds that are asked less there
_ARTICLE = {"html": 0.7, "text": 0.5}  # share of prose among the likely words that makes a page an article
_STEP = 3.0  # log odds that make a difference of one in the score
_MOST, _LEAST = 1.0, -1.5  # at most as loud as a rule, so that where a rule speaks its words are shown
_HEARD = 2.0  # log odds by which the witness moves a block
_SIDES = {"oc": "class", "ac": "class around it", "o": "element", "a": "element around it"}
_NAMED = 3  # things that a reason names


def find_learned(view: View, said: Sequence[Sequence[Reason]]) -> Iterator[tuple[int, Reason]]:
    """A reason against every unlikely block, and one for each likely block that somebody spoke of.

    Nothing where there is no model for this kind of page.
    """
    opinion = view.opinion
    if view.model is None or opinion is None:
        return
    likely = opinion.likely
    kept = None if opinion.at_home else believed(view)
    if kept is not None:
        likely = sigmoid(_log_odds(likely) + np.where(kept, _HEARD, -_HEARD))
    asked = asked_for(likely, view)
    if view.kind == "text" and (likely < asked).mean() < _FEW:
        asked = sigmoid(_log_odds(asked) - _LENIENT)
    scores = np.clip(1 + (_log_odds(asked) - _log_odds(likely)) / _STEP, _LEAST, _MOST).round(3).tolist()
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
        elif said[index]:
            yield index, Reason(RULE, "other", score, f"{probability:.0%} likely content, {wanted:.0%} asked for")


def asked_for(likely: Any, view: View) -> Any:
    """The probability that each block of a page must reach whose blocks have these probabilities: (n,)."""
    words = np.array(view.words, dtype=np.float64)
    preset = view.settings.preset
    probable = likely >= 0.5
    prose = float((words * np.array(view.prose))[probable].sum() / max(words[probable].sum(), 1.0))
    if prose > _ARTICLE[view.kind]:
        return np.full(len(words), _ASKED[preset]) if view.kind == "html" else _asked_of_lines(words, preset)
    order = np.argsort(-likely, kind="stable")
    gained = np.cumsum((likely * words)[order])
    promise = 2 * gained / (np.cumsum(words[order]) + (likely * words).sum() + 1e-9)
    best = float(promise.max()) / 2  # a block adds to the promised F1 as long as it is likelier than half of it
    if preset == "balanced":
        return np.full(len(words), best)
    return np.full(len(words), max(best, _ASKED["precision"]) if preset == "precision" else min(best, _ASKED["recall"]))


def _asked_of_lines(words: Any, preset: str) -> Any:
    """What is asked of the lines of an article without markup: the more words a line has, the less.

    A line left in costs the reader one line; a line lost costs all its words. The odds asked for are those of a short
    line, and fall with the square of its length, as prose grows safer: even at 26 words, one to three at 50.
    """
    return 1 / (1 + (1 + (words / _PARAGRAPH) ** 2) / _ODDS[preset])


def _log_odds(probability: Any) -> Any:
    """The logit, within what floats bear."""
    bounded = np.clip(probability, 1e-6, 1 - 1e-6)
    return np.log(bounded / (1 - bounded))


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
