"""Whether a text was cleaned before: little of it is clutter then, and much of what looks like it is none.

Observation: clutter does not come alone. What lost its markup has many lines that the rule book names. Of the clean
texts of 1,342 pages it names a line in one of 23; in half of these that is one label alone ("Registration", "Save",
"TikTok"), and most such labels are headings, items of lists, or names of buttons in a manual. A whole sentence that
asks for something is a better sign than a label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.document import Block, Reason

LABEL = 3
"""Words that a label has at most; what is longer says more."""

_RARE = 100  # lines among which a text that nobody cleaned has one that a rule names
_OF_LABEL = 0.5  # a label counts for so much of a line


def names_little(blocks: Sequence[Block], said: Sequence[tuple[Reason, ...]], words: Sequence[int]) -> bool:
    """Whether the rule book names a label at most, or less than one line in a hundred, of a text of n blocks.

    A byline that comes back ("Reported by:" in each entry of a list) counts once.
    """
    named = {
        block.text if reasons[0].category == "byline" else index: _OF_LABEL if _is_label(reasons, count) else 1.0
        for index, (block, reasons, count) in enumerate(zip(blocks, said, words, strict=True))
        if reasons and _names_clutter(reasons)
    }
    return sum(named.values()) < 1 or len(named) * _RARE < len(said)


def doubted(reasons: tuple[Reason, ...], words: int) -> tuple[Reason, ...]:
    """What the rule book says of a line in such a text: against a label it speaks with a third of its voice."""
    if not reasons or not _is_label(reasons, words):
        return reasons
    return tuple(replace(one, score=one.score / 3) if 0 < one.score <= 1 else one for one in reasons)


def _names_clutter(reasons: Sequence[Reason]) -> bool:
    """Whether what rules say of a line is enough to remove it; the markup of a picture is an author's own."""
    return sum(reason.score for reason in reasons if reason.category != "image") >= 1


def _is_label(reasons: Sequence[Reason], words: int) -> bool:
    """Whether a line is a label that speaks for itself alone; "Most read" and "Tags:" announce what goes with them."""
    return words <= LABEL and not any(reason.category in ("related", "tags") for reason in reasons)
