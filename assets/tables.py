"""What people read in the Dagster UI: tables and samples as Markdown, and plain numbers, which it plots over the days.

All of it lies in the event log for ever, so it is kept to a few kB. Only the form belongs here; what is counted and
picked comes from `pipeline.publish`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from dagster import MarkdownMetadataValue

from pipeline.publish.highlights import Highlights
from pipeline.publish.rows import scrub
from pipeline.publish.statistics import Counts, Statistics

ROWS_SHOWN = 40
"""Rows of a table at most; the rest is counted."""
_CELL = 200  # characters of a name at most
_MARKS = re.compile(r"[\\`*_{}\[\]<>()#|~&:@!$]|(?<=www)\.")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")

Cell = str | int | float
Numbers = Mapping[str, int | float]


def plain(text: str) -> str:
    """A text of strangers within a line of Markdown, which shows it and does nothing: no markup, link or line break.

    The event log takes it, too: what UTF-8 cannot hold becomes U+FFFD.
    """
    cut = text if len(text) <= _CELL else f"{text[: _CELL - 1]}…"
    return _MARKS.sub(r"\\\g<0>", scrub(_UNSEEN.sub(" ", cut)))


def table(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> MarkdownMetadataValue:
    """Rows under named columns: text to the left, whole numbers to the right with commas, other numbers as per cent.

    Text is shown as it is (`plain`). At most `ROWS_SHOWN` rows; a last line counts what is left out.
    """
    found = list(rows)
    if not found:
        return MarkdownMetadataValue("(none)")
    rule = [":--" if isinstance(cell, str) else "--:" for cell in found[0]]
    lines = [[_cell(cell) for cell in row] for row in found[:ROWS_SHOWN]]
    more = f"\n\n… and {len(found) - ROWS_SHOWN:,} more" if len(found) > ROWS_SHOWN else ""
    return MarkdownMetadataValue("\n".join(f"| {' | '.join(cells)} |" for cells in (columns, rule, *lines)) + more)


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return plain(cell)
    return f"{cell:,}" if isinstance(cell, int) else f"{cell:.1%}"


def counts_table(counts: Mapping[str, int], name: str) -> MarkdownMetadataValue:
    """Counts by name, the largest first."""
    order = sorted(counts, key=lambda each: (-counts[each], each))
    return table((name, "number"), [(each, counts[each]) for each in order])


def inputs_table(statistics: Statistics) -> MarkdownMetadataValue:
    """A row for each source: what became of what it gave. The columns after `inputs` add up to it."""
    columns = ("source", "inputs", "kept", "duplicates", "empty", "blocked", "no document")
    return table(columns, [(name, *_outcomes_of(counts)) for name, counts in _by_source(statistics)])


def words_table(statistics: Statistics) -> MarkdownMetadataValue:
    """A row for each source: where its words are. Cleaning left those that are kept and those in duplicates."""
    columns = ("source", "words kept", "in duplicates", "removed as clutter", "left by cleaning")
    rows = [
        (name, of.kept_words, of.duplicate_words, of.removed_words, of.kept_share)
        for name, of in _by_source(statistics)
    ]
    return table(columns, rows)


def _by_source(statistics: Statistics) -> list[tuple[str, Counts]]:
    return [(name or "(no folder)", counts) for name, counts in sorted(statistics.sources.items())]


def _outcomes_of(of: Counts) -> tuple[int, ...]:
    told = of.outcomes
    trouble = told["failed"] + told["unsupported"]
    return of.inputs, told["kept"], told["duplicate"], told["empty"], told["blocked"], trouble


def categories_table(counts: Counts) -> MarkdownMetadataValue:
    """What was removed by category, most words first."""
    words, blocks = counts.category_words, counts.category_blocks
    rows = [(name, words[name], blocks[name]) for name in sorted(blocks, key=lambda name: (-words[name], name))]
    return table(("category", "words", "blocks"), rows)


def losers_table(highlights: Highlights) -> MarkdownMetadataValue:
    """The pages that lost most words."""
    columns = ("page", "words removed", "words left", "outcome")
    return table(columns, [(each.id, each.removed, each.stayed, each.outcome) for each in highlights.losers])


def struck(highlights: Highlights) -> MarkdownMetadataValue:
    """The sample: one page, a few lines that stayed, and a few that went, struck through with their category."""
    if not highlights.sample:
        return MarkdownMetadataValue("(nothing was removed from any kept page)")
    lines = [
        f"| ~~{plain(line.text)}~~ | {line.category} |" if line.category else f"| {plain(line.text)} | |"
        for line in highlights.sample
        if line.text
    ]
    return MarkdownMetadataValue("\n".join([f"| {plain(highlights.sample_id)} | went as |", "| :-- | :-- |", *lines]))


def numbers(counts: Counts) -> Numbers:
    """What is worth a curve over the days. Shares are 0 to 1.

    All words are `kept_words`, `duplicate_words` or `removed_words`; the first two are the `kept_share` of them.
    """
    outcomes: Counter[str] = counts.outcomes
    return {
        "inputs": counts.inputs,
        **{
            outcome: outcomes[outcome] for outcome in ("kept", "empty", "duplicate", "blocked", "unsupported", "failed")
        },
        "kept_words": counts.kept_words,
        "duplicate_words": counts.duplicate_words,
        "removed_words": counts.removed_words,
        "kept_share": round(counts.kept_share, 4),
        "clutter_share": round(counts.clutter_share, 5),
        "damaged_share": round(counts.damaged_share, 6),
    }
