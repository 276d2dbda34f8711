"""The learned model as evidence: for each block a reason with its probability, and what spoke loudest, in words.

How likely must content be to stay? On an article clutter is short and the text is long, and a little more than even
odds are right. Elsewhere (shops, lists, forums) the best choice is the one that promises the highest F1 over the page:
keep the likeliest blocks as long as that promise grows, which is as long as they are likelier than half of it. Both
come down to one number a page, the probability asked for.

The second witness is heard in between: its verdict moves the odds of a block, a little on pages whose words the model
knows, much more on pages in languages that it never read, where all it has is structure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from pipeline.document import Category, Reason
from pipeline.judge.categories import category
from pipeline.judge.features import sigmoid
from pipeline.judge.view import Learned, View
from pipeline.judge.witness import believed

RULE = "learned"
_ASKED = {"precision": 0.75, "balanced": 0.55, "recall": 0.3}  # of an article
_ARTICLE = 0.7  # share of prose among the likely words that makes a page an article
_STEP = 3.0  # log odds that make a difference of one in the score
_MOST, _LEAST = 1.0, -1.5  # at most as loud as a rule, so that where a rule speaks its words are shown
_HEARD, _HEARD_ABROAD = 0.5, 2.0  # log odds by which the witness moves a block
_AT_HOME = 0.5  # share of a page's words that the model knows where it is at home
_SIDES = {"oc": "class", "ac": "class around it", "o": "element", "a": "element around it"}
_WORDS = ("w", "b", "t", "f", "l", "F", "L", "W", "f2")


def find_learned(view: View) -> Iterator[tuple[int, Reason]]:
    """A reason for every block, for or against it; nothing where there is no model for this kind of page."""
    if view.model is None or not view.blocks:
        return
    likely = view.model.probabilities(view)
    kept = believed(view)
    if kept is not None:
        moved = _HEARD if view.model.familiarity(view) >= _AT_HOME else _HEARD_ABROAD
        likely = sigmoid(_log_odds(likely) + np.where(kept, moved, -moved))
    asked = asked_for(likely, view)
    scores = np.clip(1 + (_log_odds(asked) - _log_odds(likely)) / _STEP, _LEAST, _MOST)
    for index in range(len(view.blocks)):
        against = bool(likely[index] < asked)
        evidence = f"{likely[index]:.0%} likely content, {asked:.0%} asked for"
        if against:
            evidence += _because(view.model, view, index, kept)
        told: Category = category(view, index) if against else "other"
        yield index, Reason(RULE, told, round(float(scores[index]), 3), evidence)


def asked_for(likely: Any, view: View) -> float:
    """The probability that a block must reach on a page whose blocks have these probabilities."""
    words = np.array(view.words, dtype=np.float64)
    preset = view.settings.preset
    probable = likely >= 0.5
    prose = float((words * np.array(view.prose))[probable].sum() / max(words[probable].sum(), 1.0))
    if prose > _ARTICLE:
        return _ASKED[preset]
    order = np.argsort(-likely, kind="stable")
    gained = np.cumsum((likely * words)[order])
    promise = 2 * gained / (np.cumsum(words[order]) + (likely * words).sum() + 1e-9)
    best = float(promise.max()) / 2  # a block adds to the promised F1 as long as it is likelier than half of it
    if preset == "balanced":
        return best
    return max(best, _ASKED["precision"]) if preset == "precision" else min(best, _ASKED["recall"])


def _log_odds(probability: Any) -> Any:
    """The logit, within what floats bear."""
    bounded = np.clip(probability, 1e-6, 1 - 1e-6)
    return np.log(bounded / (1 - bounded))


def _because(model: Learned, view: View, index: int, kept: list[bool] | None) -> str:
    """What spoke loudest against a block, in words."""
    block = view.blocks[index]
    parts = [f"link share {block.link_share:.2f}"] if block.link_share > 0.5 else []
    for token in model.strongest([token for tokens in view.tokens[index] for token in tokens]):
        side, _, name = token.partition(":")
        if side in _SIDES:
            parts.append(f"{_SIDES[side]} “{name}”")
        elif side in _WORDS and name:
            parts.append(f"word “{name}”" if " " not in name else f"words “{name}”")
    if kept is not None and not kept[index]:
        parts.append("trafilatura leaves it out")
    return f"; {', '.join(parts)}" if parts else ""
