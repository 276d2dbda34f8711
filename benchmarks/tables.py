"""Markdown tables of scores: one of the whole pack, and for each measure one by page type and one by language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from benchmarks.metrics import Counts
from benchmarks.scores import Score, by_group, ratio, summarise
from benchmarks.systems import BASELINE

Scores = Mapping[str, Sequence[Score]]
"""The scores of each system, all over the same pages."""

_HEADS = {
    "f1": "F1",
    "precision": "P",
    "recall": "R",
    "with": "with",
    "leak": "leak",
    "lost": "content lost",
    "left": "clutter left",
    "failures": "failures",
    "ms_median": "CPU ms, median",
    "ms_mean": "mean",
}


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Cells as a Markdown table, the first column to the left, all others to the right."""
    lines = [heads, [":--"] + ["--:"] * (len(heads) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def whole_table(scores: Scores) -> str:
    """One row a system: quality, failures, CPU milliseconds a page, and the median of how many times the baseline's."""
    figures = {name: summarise(some) for name, some in scores.items()}
    columns = [name for name in _HEADS if all(name in one for one in figures.values())]
    heads = ["system", *(_HEADS[name] for name in columns)]
    rows = [[system, *(_cell(name, one[name]) for name in columns)] for system, one in figures.items()]
    if baseline := scores.get(BASELINE):
        heads.append(f"× {BASELINE}")
        for row, some in zip(rows, scores.values(), strict=True):
            row.append(f"{ratio(some, baseline):.2f}")
    return table(heads, rows)


def group_table(scores: Scores, title: str, group: Callable[[Score], str], measure: str = "f1") -> str:
    """One measure of each system by group, one row a group, the best in bold.

    "" where fewer than two groups are named, or where the gold cannot tell this measure.
    """
    parts = {system: by_group(filter(_has_gold, some), group) for system, some in scores.items()}
    groups = next(iter(parts.values()))
    if len(groups) < 2:
        return ""
    rows = []
    for name, members in groups.items():
        figures = [summarise(part[name]) for part in parts.values()]
        if not all(measure in one for one in figures):
            continue
        cells = [_cell(measure, one[measure]) for one in figures]
        best = min(cells) if measure == "leak" else max(cells)
        rows.append([name, str(len(members)), *(f"**{cell}**" if cell == best else cell for cell in cells)])
    return table([f"{_HEADS[measure]} by {title}", "pages", *scores], rows) if rows else ""


def _has_gold(one: Score) -> bool:
    return one.words is not None or one.lines is not None or one.snippets != Counts()


def _cell(name: str, value: float) -> str:
    if name.startswith("ms_"):
        return f"{value:.1f}"
    return str(int(value)) if name == "failures" else f"{value:.3f}"
