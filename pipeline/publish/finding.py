"""What a check found out: one value for all checks, and how the lines of many sources become one.

What is measured is in `health` (numbers of days) and `soundness` (texts and files).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Severity = Literal["warn", "error"]
Level = Literal["fine", "open", "warn", "error"]
"""`open`: too few pages or earlier days to judge."""
VERDICTS: Mapping[Level, str] = {"fine": "fine", "open": "not judged", "warn": "warning", "error": "red"}
"""How a level reads in a table."""
ALL = "(all sources)"
"""The name of a line about all sources together, for what is too small in each of them."""
MANIFESTS = "(manifests)"
"""The name of a line about manifests that cannot be read."""

_NAMED = 5  # sources in the words; the table has all


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found out about one day.

    `severity` is that of the worst source if it did not pass, else `warn`. `words` say it in a sentence or two.
    `numbers` are worth a curve over the days. `rows` are a table under `columns`: text, or whole numbers.
    """

    passed: bool
    severity: Severity
    words: str
    numbers: Mapping[str, int | float] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str | int, ...], ...] = ()


class Line(NamedTuple):
    """One source in a finding: its level, the cells of its row after the name, and a clause that says what is wrong.

    `ALL` and `MANIFESTS` are lines, too, and no sources.
    """

    source: str
    level: Level
    cells: tuple[str | int, ...]
    clause: str = ""


def summed(lines: Sequence[Line], columns: tuple[str, ...], numbers: Mapping[str, int | float]) -> Finding:
    """The finding of all lines: as grave as the worst, the worst first in words and table.

    The numbers gain `sources_red` and `sources_warned`.
    """
    order = ("error", "warn", "fine", "open")
    ranked = sorted(lines, key=lambda line: order.index(line.level))
    red = [line for line in ranked if line.level in ("error", "warn")]
    unjudged = sum(line.level == "open" for line in lines)
    if not lines:
        words = "nothing came"
    elif red:
        more = f"; and {len(red) - _NAMED} more" if len(red) > _NAMED else ""
        words = "; ".join(line.clause for line in red[:_NAMED]) + more
    elif unjudged == len(lines):
        words = "nothing to judge yet: too few pages, or too few earlier days"
    else:
        more = "; too little came of the others to judge them" if unjudged else ""
        words = f"as it should be in {len(lines) - unjudged} of {len(lines)}{more}"
    severity: Severity = "error" if any(line.level == "error" for line in lines) else "warn"
    rows = tuple((line.source, *line.cells) for line in ranked)
    named = Counter(line.level for line in lines if line.source not in (ALL, MANIFESTS))
    told = {"sources_red": named["error"], "sources_warned": named["warn"]}
    return Finding(not red, severity, words, {**numbers, **told}, columns, rows)
