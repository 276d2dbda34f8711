"""One page about all published days: made from their statistics alone, so it is as quick after years as on day one.

`OUT/overview.html` links to the report of each day. It loads nothing, and shows names of strangers (sources) escaped.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.publish.place import STATISTICS, teaching
from pipeline.publish.statistics import Counts, Statistics, read_statistics, total_of

OVERVIEW = "overview.html"
DAYS_SHOWN = 400
"""Days on the page at most, the latest; all of them are counted."""


@dataclass(frozen=True, slots=True)
class Overview:
    """What all published days amount to: the statistics by day, in order of days, and the page that shows them."""

    days: Mapping[str, Statistics]
    file: Path

    @property
    def by_day(self) -> list[tuple[str, Counts]]:
        """The counts of each day, all sources together."""
        return [(day, statistics.total) for day, statistics in self.days.items()]

    @property
    def by_source(self) -> Statistics:
        """The counts of each source, all days together."""
        sources: dict[str, Counts] = {}
        for statistics in self.days.values():
            for name, counts in statistics.sources.items():
                sources.setdefault(name, Counts()).plus(counts)
        return Statistics(sources)

    @property
    def total(self) -> Counts:
        """Everything."""
        return total_of(counts for _, counts in self.by_day)


def published_days(out: Path) -> Iterator[tuple[str, Statistics]]:
    """The days that stand published in `out`, in order, with their statistics. Raises `UsageError` for damaged ones."""
    for folder in sorted(out.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]")):
        statistics = read_statistics(folder / STATISTICS) if is_day(folder.name) else None
        if statistics is not None:
            yield folder.name, statistics


def is_day(name: str) -> bool:
    """Whether a name is a day (YYYY-MM-DD): there is no 30th of February."""
    try:
        return date.fromisoformat(name).isoformat() == name
    except ValueError:
        return False


def write_overview(out: Path) -> Overview:
    """Write the page about all days in `out`, and give what it shows. Raises `OutputError`, `UsageError`."""
    overview = Overview(dict(published_days(out)), out / OVERVIEW)
    with teaching(out):
        out.mkdir(parents=True, exist_ok=True)
        aside = out / f".{OVERVIEW}-{os.getpid()}"
        aside.write_bytes(_render(overview).encode("utf-8", "replace"))
        aside.replace(overview.file)
    return overview


def _render(overview: Overview) -> str:
    """The page."""
    from pipeline.publish.report import page_template  # noqa: PLC0415 - it loads the engine of templates

    shown = list(overview.days.items())[-DAYS_SHOWN:]
    page: str = page_template("overview.html").render(
        total=overview.total,
        sources=sorted(overview.by_source.sources.items()),
        days=[(day, statistics.total, sorted(statistics.sources.items())) for day, statistics in reversed(shown)],
        more=len(overview.days) - len(shown),
    )
    return page
