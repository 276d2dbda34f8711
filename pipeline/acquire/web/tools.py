"""What a run of fetching works with, what is asked of it, and what it has done so far."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from pipeline.acquire.web.http.visit import Visitor
from pipeline.acquire.web.politeness.turns import Turns
from pipeline.acquire.web.sources.model import Source
from pipeline.acquire.web.storage.state import State
from pipeline.acquire.web.values import Clock, FetchOutcome, Reply, Validators, Visit
from pipeline.errors import ThresherError

_NOT_DUE = "not due"
_SHOWN = 3  # archives that are named; more are counted
Recognise = Callable[[Reply], tuple[str, str] | None]
"""What stands in for a page, as a kind (`consent`, `login`, ...) and a reason in words; None if it is the page."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a run works with, all of it passed in. `about` is what archives say of who fetched."""

    raw: Path
    visitor: Visitor
    turns: Turns
    state: State
    clock: Clock
    recognise: Recognise
    about: Mapping[str, str]
    product: str

    def visitor_for(self, source: Source) -> Visitor:
        """The visitor of a source: its hosts get the pause that it asks for."""
        return replace(self.visitor, turns=self.turns.paced(source.delay))


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of one run.

    `limit` is of pages over all sources, 0 for none. `since` leaves out addresses that say they changed before it.
    `force` asks start points though they are not due; `dry_run` asks nothing else, and writes nothing down.
    """

    limit: int = 0
    since: datetime | None = None
    force: bool = False
    dry_run: bool = False


@dataclass(slots=True)
class Allowance:
    """How many pages may still be asked for: by a source, and by the run around it."""

    left: float
    around: Allowance | None = None

    def take(self) -> bool:
        """Take one; False if there is none."""
        if self.left < 1 or (self.around and not self.around.take()):
            return False
        self.left -= 1
        return True

    def give_back(self) -> None:
        """Give back one that was taken and not used."""
        self.left += 1
        if self.around:
            self.around.give_back()


@dataclass(slots=True)
class Tally:
    """What a run has done so far. Outcomes are counted by source and by host; `left` counts addresses that still wait.

    `found` counts addresses that start points named, `passed_over` those that were not wanted, by reason, and
    `troubles` says what was wrong with start points. `start_points` counts by source those that were `asked` and those
    that were `not due`; `next_due` is when the first of a source is due (Unix seconds; 0 is the next run, whenever it
    comes). `written` are the archives, and the folders for copies of files, that this run filled.
    """

    outcomes: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    hosts: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    found: Counter[str] = field(default_factory=Counter)
    passed_over: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    troubles: dict[str, str] = field(default_factory=dict)
    start_points: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    next_due: dict[str, float] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    bytes: int = 0
    left: int = 0

    def add(self, source: str, visit: Visit) -> None:
        """Count a visit."""
        self.outcomes[source][visit.outcome] += 1
        self.hosts[host_of(visit.url)][visit.outcome] += 1
        self.bytes += len(visit.reply.wire) if visit.reply else 0

    def due(self, source: str, moment: float) -> None:
        """Note when a start point, or a page that a source names itself, is due."""
        self.next_due[source] = min(self.next_due.get(source, moment), moment)

    def counts(self) -> Counter[str]:
        """How many addresses came to each outcome, over all sources."""
        return sum(self.outcomes.values(), Counter[str]())

    def as_json(self) -> dict[str, Any]:
        """All counts as plain values for `json.dumps`."""
        return {
            "outcomes": {source: dict(counts) for source, counts in sorted(self.outcomes.items())},
            "found": dict(self.found),
            "passed_over": {source: dict(counts) for source, counts in sorted(self.passed_over.items()) if counts},
            "start_points": {source: dict(counts) for source, counts in sorted(self.start_points.items())},
            "next_due": {source: iso_of(due) if due else "" for source, due in sorted(self.next_due.items())},
            "troubles": self.troubles,
            "written": self.written,
            "bytes": self.bytes,
            "left": self.left,
        }

    def lines(self) -> list[str]:
        """The run in a few plain lines for a person: a table by source, then what needs a look."""
        columns = [outcome for outcome in get_args(FetchOutcome) if self.counts()[outcome]]
        rows = [self._row(name, columns) for name in sorted({*self.found, *self.outcomes, *self.start_points})]
        last = ["next due"] if self.next_due else []
        lines = _aligned([["source", "found", *columns, *last], *rows]) if rows else ["nothing was asked for"]
        idle = any(_NOT_DUE in row for row in rows)
        lines += [f"{_NOT_DUE}: --force asks start points before their time"] if idle else []
        for name, reasons in sorted(self.passed_over.items()):
            said = ", ".join(f"{count:,} {why}" for why, count in reasons.most_common())
            lines += [f"{name}: passed over: {said}"] if said else []
        lines += [f"{place}: {trouble}" for place, trouble in sorted(self.troubles.items())]
        more = f" and {len(self.written) - _SHOWN:,} more" if len(self.written) > _SHOWN else ""
        lines += [f"kept in {', '.join(self.written[:_SHOWN])}{more}"] if self.written else []
        lines += [f"{self.left:,} addresses wait for the next run"] if self.left else []
        return lines

    def _row(self, name: str, columns: list[str]) -> list[str]:
        """The line of a source in the table."""
        points, outcomes = (table.get(name, Counter()) for table in (self.start_points, self.outcomes))
        found = self.found[name]
        idle = points["not due"] and not points["asked"] and not found
        counts = [f"{outcomes[each]:,}" for each in columns]
        due = self.next_due.get(name)
        when = "" if due is None else iso_of(due) if due else "next run"
        return [name, _NOT_DUE if idle else f"{found:,}", *counts, *([when] if self.next_due else [])]

    @property
    def exit_code(self) -> int:
        """What a finished run says to scripts: 1 if something failed, 3 if nothing at all could be had."""
        counts = self.counts()
        failed = counts["failed"] + len(self.troubles)
        if failed and not counts["fetched"] + counts["unchanged"]:
            return 3
        return 1 if failed else 0

    @property
    def asked(self) -> int:
        """Pages that were asked for."""
        return sum(sum(counts.values()) for counts in self.outcomes.values())


async def visited(visitor: Visitor, url: str, validators: Validators, *unfit: Callable[[Reply], str]) -> Visit:
    """A visit that no page can end the run with: a mistake of ours in reading an odd answer is `failed` too."""
    try:
        return await visitor.visit(url, validators, *unfit)
    except ThresherError:
        raise
    except Exception as error:  # noqa: BLE001  # whatever it is, the other pages can still be had
        return Visit(url, "failed", "error", f"a mistake of thresher, please tell us: {error!r:.300}")


def iso_of(now: float) -> str:
    """A moment (Unix seconds) in ISO 8601, UTC."""
    return datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")


def host_of(url: str) -> str:
    """The host of an address that was checked, with its port where it has one; "" of anything else."""
    return url.split("/", 3)[2] if url.count("/") > 1 else ""


def _aligned(rows: list[list[str]]) -> list[str]:
    """Rows as lines, the first column to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))]
        ).rstrip()
        for row in rows
    ]
