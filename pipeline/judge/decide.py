"""The one place that decides. Evidence comes in as reasons; a verdict goes out; there is no other path.

A score of 1 is enough to remove, weaker ones add up, and negative ones speak for keeping. What the user decides
(captions, bylines, rules that are off) is applied to the reasons here, so that the reasons that are stored replay to
the same verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeline.document import Reason, Verdict
from pipeline.judge.compiled import COMPILED, look_up
from pipeline.settings import Settings

ENOUGH = 1.0
_LEAST = ENOUGH - 1e-9  # what weak ones add up to may miss it by so much
UNSPOKEN = Verdict(kept=True)
"""The verdict over a block of which nobody spoke."""


def replay(reasons: Iterable[Reason]) -> bool:
    """Whether a block with these reasons stays."""
    total = 0.0
    for reason in reasons:
        total += reason.score
    return total < _LEAST


def decide_all(
    said: Sequence[tuple[Reason, ...]], settings: Settings, *, compiled: bool = COMPILED
) -> tuple[Verdict, ...]:
    """The verdicts over all blocks of a page, as `decide` gives them."""
    if _has_policy(settings):
        said = [_weighed(reasons, settings) if reasons else () for reasons in said]
    if compiled:
        return look_up.decide(Verdict, Reason, said, _LEAST, UNSPOKEN)
    return tuple([Verdict(replay(reasons), reasons) if reasons else UNSPOKEN for reasons in said])


def decide(reasons: Iterable[Reason], settings: Settings) -> Verdict:
    """The verdict over one block."""
    weighed = _weighed(reasons, settings)
    return Verdict(replay(weighed), weighed)


def _weighed(reasons: Iterable[Reason], settings: Settings) -> tuple[Reason, ...]:
    """Reasons as the settings want them weighed."""
    if _has_policy(settings):
        return tuple(_policy(reason, settings) for reason in reasons if reason.rule not in settings.rules_off)
    return tuple(reasons)


def _has_policy(settings: Settings) -> bool:
    """Whether the settings weigh any reason in another way than who gave it."""
    return bool(settings.rules_off) or settings.captions != "auto" or settings.bylines != "drop"


def _policy(reason: Reason, settings: Settings) -> Reason:
    """A reason under the user's settings: captions may be unwanted, bylines wanted."""
    if reason.score <= 0:
        return reason
    wish = {"caption": settings.captions, "byline": settings.bylines}.get(reason.category)
    if wish == "keep":
        return replace(reason, score=0.0)
    if wish == "drop" and reason.category == "caption":
        return replace(reason, score=max(reason.score, ENOUGH))
    return reason
