"""Does cleaning settle? A clean text, cleaned again as a text, should come out as it went in.

The law that the gate shows: cleaning the cleaned text again changes at most 1 document in 100, and never loses a
content line. A line is content here when the gold text of the page holds its words; where nobody wrote a gold text
down, only changes are told. The second pass has default settings: what the page's own pass did to the headline for
the sake of a pack must not be done to the first line again.
"""

from __future__ import annotations

from typing import NamedTuple

from benchmarks.metrics import lines_kept, words


class Settled(NamedTuple):
    """What a second pass did to a text: whether any line changed, and how many lines of content it lost."""

    changed: bool = False
    lost: int = 0


def settle(text: str, gold: str | None) -> Settled:
    """Clean a clean text again. An empty text has nothing to settle."""
    from pipeline import clean  # noqa: PLC0415 - a room that only measures opens fast

    if not text.strip():
        return Settled()
    again = clean(text, kind="text").text
    before, after = (_lines(one) for one in (text, again))
    if before == after:
        return Settled()
    content = f" {' '.join(words(gold or ''))} "
    kept = lines_kept("\n".join(before), again)
    gone = [" ".join(words(line)) for line, stays in zip(before, kept, strict=True) if not stays]
    return Settled(changed=True, lost=sum(bool(line) and f" {line} " in content for line in gone))


def _lines(text: str) -> list[str]:
    """The lines of a text that hold something, white space aside."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]
