"""Is a day fit to be published? Checks over its statistics and those of the days before, without reading a page.

Each check is a pure function that gives a `Finding`: passed or not, how grave, and a table that explains it. Two kinds
of measures are watched, because they behave differently:

`Drift`  The pages of one source share a layout, so what cleaning takes away from them, and how much is left of one,
         hardly moves from day to day. A jump in either direction means that the layout changed, or that the pages
         are no articles any more. One direction is not enough: from pages that hold a menu and nothing else almost
         nothing is removed, so their kept share rises. Each source is compared with the median of its own last days.
`Share`  Some things should be rare: pages without text, clutter that stayed, broken characters. They have a limit.
         Where a source may have a habit (lists that are always empty), the limit is over what is usual for it.

The limits were set by measurement (docs/checks.md): of days drawn from real pages, fewer than one in 300 turned red.

A source with few pages or few earlier days is not judged, and the table says so. What is too small in every source is
caught by a line for all of them together.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, median_low

from pipeline.acquire.web.storage.manifest import Row
from pipeline.document import Failure
from pipeline.publish.finding import ALL, MANIFESTS, VERDICTS, Finding, Level, Line, summed
from pipeline.publish.statistics import Counts, total_of

Day = Mapping[str, Counts]
"""What one day amounts to, by source."""
PAGES = 10
"""Fewer pages of a source say nothing about it: one odd page would be a tenth of them."""
DAYS = 3
"""A median of fewer days is no habit."""
WINDOW = 7
"""So many days of a source, its last ones with enough pages, are what is usual for it."""
TROUBLE = 0.1, 0.5
"""Parts of the asked addresses that give trouble, for a warning and for an error."""
_NOISE = 5.0  # a source that always moves may move this many of its own usual steps (median deviation as sigma)
_SIGMA = 1.4826  # median absolute deviation to standard deviation
_FLOOR = 0.01  # of the words: below, twice as many removed words is no news


@dataclass(frozen=True, slots=True)
class Drift:
    """A measure that is steady for a source. `warn` and `error` say by which factor it may move, up or down.

    `measure` gives the number, `scale` puts it where equal distances are equal factors, `form` shows it to a person.
    `what` stands behind it in a sentence, and it goes by `name` among the numbers of a day.
    """

    measure: Callable[[Counts], float]
    scale: Callable[[float], float]
    form: str
    what: str
    name: str
    warn: float
    error: float


@dataclass(frozen=True, slots=True)
class Share:
    """A part that should be small. `warn` and `error` are limits (0 to 1; above 1: never), with a `habit` over it.

    `names` are those of part and whole. `least` is how large `whole` must be for a judgement.
    """

    part: Callable[[Counts], int]
    whole: Callable[[Counts], int]
    names: tuple[str, str]
    what: str
    warn: float
    error: float
    habit: bool = False
    least: int = PAGES


def _documents(of: Counts) -> int:
    """Pages that were cleaned and are what they say."""
    return of.outcomes["kept"] + of.outcomes["empty"] + of.outcomes["duplicate"]


KEPT = Drift(
    lambda of: of.kept_share,
    lambda share: math.log((share + _FLOOR) / (1 - share + _FLOOR)),
    ".1%",
    "of the words kept",
    "kept_share",
    warn=1.6,
    error=3.0,
)
"""The share of words that stayed. On its scale 94 % are as far from 98 % as 6 % from 2 %."""
LENGTH = Drift(
    lambda of: of.cleaned_words / max(1, _documents(of)),
    lambda words: math.log(words + 1),
    ",.0f",
    "words a page",
    "words_a_page",
    warn=2.0,
    error=4.0,
)
"""How much is left of a page."""
EMPTY = Share(
    lambda of: of.outcomes["empty"],
    _documents,
    ("pages_without_text", "pages"),
    "of the pages are without text",
    0.15,
    0.4,
    habit=True,
)
"""Pages of which nothing was left."""
LOST = Share(
    lambda of: of.outcomes["blocked"] + of.outcomes["failed"],
    lambda of: of.inputs,
    ("blocked_or_failed", "inputs"),
    "of the inputs are blocked or failed",
    0.1,
    0.5,
    habit=True,
)
"""Inputs in whose place something else came, or that could not be read."""
CLUTTER = Share(
    lambda of: of.clutter_blocks,
    lambda of: of.cleaned_blocks,
    ("clutter_lines", "lines"),
    "of the lines that stayed are clutter",
    0.05,
    0.1,
    least=100,
)
"""Lines that stayed though the rule book speaks against them. No habit: old clutter is clutter too."""
BROKEN = Share(
    lambda of: of.damaged,
    lambda of: of.characters,
    ("broken_characters", "characters"),
    "of the characters are broken",
    0.0005,
    0.005,
    least=2000,
)
"""U+FFFD, where bytes were no characters."""
COPIES = Share(
    lambda of: of.outcomes["duplicate"],
    lambda of: of.outcomes["duplicate"] + of.outcomes["kept"],
    ("repeating_texts", "texts"),
    "of the texts repeat others",
    0.25,
    2.0,
    habit=True,
)
"""Texts that repeat others. They are not published, so this only warns."""


def balance(day: Day, found: int) -> Finding:
    """Every input has one outcome: nothing is lost on the way, nothing counted twice. `found` inputs lie in `raw`."""
    lines = []
    for source, of in sorted(day.items()):
        told = sum(of.outcomes.values())
        clause = f"{source}: {of.inputs:,} inputs, {told:,} outcomes"
        lines.append(Line(source, "fine" if told == of.inputs else "error", (of.inputs, told), clause))
    told = sum(of.inputs for of in day.values())
    clause = f"{found:,} inputs lie in raw, {told:,} have an outcome"
    lines.append(Line(ALL, "fine" if told == found else "error", (found, told), clause))
    return summed(lines, ("source", "inputs", "outcomes"), {"inputs": found, "outcomes": told})


def drift(watched: Drift, day: Day, before: Sequence[Day]) -> Finding:
    """How far each source has moved from the median of its own days `before`, the oldest first."""
    lines = [_moved(watched, source, of, before) for source, of in sorted(day.items())]
    total = total_of(day.values())
    numbers = {watched.name: round(watched.measure(total), 4)} if _documents(total) else {}
    return summed(lines, ("source", "pages", watched.name.replace("_", " "), "usually", "verdict"), numbers)


def _moved(watched: Drift, source: str, of: Counts, before: Sequence[Day]) -> Line:
    """One source against its own past."""
    pages, now = _documents(of), watched.measure(of)
    past = [watched.measure(old) for old in _past(source, before, _documents)]
    shown = f"{now:{watched.form}}"
    if pages < PAGES or len(past) < DAYS:
        why = "too few pages to judge" if pages < PAGES else "too few days to compare"
        return Line(source, "open", (pages, shown, "", why))
    usual = median_low(past)
    steps = [abs(watched.scale(value) - watched.scale(usual)) for value in (now, *past)]
    noise = _NOISE * _SIGMA * median(steps[1:])
    level = _level(steps[0], max(math.log(watched.warn), noise), max(math.log(watched.error), noise))
    habit = f"{usual:{watched.form}}"
    clause = f"{source}: {shown} {watched.what}, usually {habit}"
    return Line(source, level, (pages, shown, habit, VERDICTS[level]), clause)


def share(watched: Share, day: Day, before: Sequence[Day]) -> Finding:
    """How large a part is in each source, and in all together, beside its limit."""
    total = total_of(day.values())
    totals = [{ALL: total_of(old.values())} for old in before]
    lines = [_part(watched, source, of, before) for source, of in sorted(day.items())]
    lines.append(_part(watched, ALL, total, totals))
    part, whole = watched.names
    found, of = watched.part(total), watched.whole(total)
    numbers = {part: found, whole: of, f"share_of_{whole}": round(found / max(1, of), 4)}
    return summed(lines, ("source", whole, part.replace("_", " "), "usually", "verdict"), numbers)


def _part(watched: Share, source: str, of: Counts, before: Sequence[Day]) -> Line:
    """One source beside the limit, and beside its habit if it may have one."""
    whole = watched.whole(of)
    now = watched.part(of) / max(1, whole)
    past = [
        watched.part(old) / max(1, watched.whole(old)) for old in _past(source, before, watched.whole, watched.least)
    ]
    usual = median(past) if len(past) >= DAYS else 0.0
    if whole < watched.least:
        return Line(source, "open", (whole, f"{now:.1%}", "", f"too few {watched.names[1]} to judge"))
    limit = usual if watched.habit else 0.0
    level = _level(now, watched.warn + limit, watched.error + limit)
    clause = f"{source}: {now:.1%} {watched.what}, usually {usual:.1%}"
    return Line(source, level, (whole, f"{now:.1%}", f"{usual:.1%}" if past else "", VERDICTS[level]), clause)


def missing(day: Day, before: Sequence[Day]) -> Finding:
    """Sources that came on most of the last days and are silent on this one."""
    recent = before[-WINDOW:]
    lines = []
    for source in sorted({name for old in recent for name in old} | day.keys()):
        came = sum(source in old for old in recent)
        here = day[source].inputs if source in day else 0
        silent = not here and came >= DAYS and 2 * came > len(recent)
        clause = f"{source}: nothing came, on {came} of {len(recent)} earlier days it did"
        lines.append(Line(source, "warn" if silent else "fine", (here, f"{came} of {len(recent)}"), clause))
    return summed(lines, ("source", "inputs", "earlier days"), {"sources_that_came": len(day)})


def fetching(rows: Iterable[Row | Failure]) -> Finding:
    """How many of the addresses that were asked gave trouble: hosts that fail, or show a wall in place of the page.

    `rows` are those of the fetch manifests of a day. What is gone or unchanged is no trouble, what was not asked
    does not count.
    """
    told: dict[str, Counter[str]] = {}
    damaged = 0
    for row in rows:
        if isinstance(row, Failure):
            damaged += 1
        else:
            told.setdefault(row.source, Counter())[row.outcome] += 1
    lines = [_asked(source, counts) for source, counts in sorted(told.items())]
    if damaged:
        lines.append(
            Line(
                MANIFESTS,
                "warn",
                ("", "", "", VERDICTS["warn"]),
                f"lines of manifests that cannot be read: {damaged:,}",
            )
        )
    if not lines:
        return Finding(True, "warn", "nothing was fetched on this day")
    total = sum(told.values(), start=Counter[str]())
    numbers = {"asked": _asked_of(total), "failed": total["failed"], "blocked": total["blocked"]}
    return summed(lines, ("source", "asked", "failed", "blocked", "verdict"), numbers)


def _asked(source: str, counts: Counter[str]) -> Line:
    """What came of asking one source."""
    asked, trouble = _asked_of(counts), counts["failed"] + counts["blocked"]
    part = trouble / max(1, asked)
    level: Level = _level(part, *TROUBLE) if asked >= PAGES else "open"
    clause = f"{source}: {counts['failed']:,} of {asked:,} addresses failed, {counts['blocked']:,} are blocked"
    return Line(source, level, (asked, counts["failed"], counts["blocked"], VERDICTS[level]), clause)


def _asked_of(counts: Counter[str]) -> int:
    """How many addresses got as far as a request."""
    return counts.total() - sum(counts[name] for name in ("disallowed", "skipped", "deferred"))


def _past(source: str, before: Sequence[Day], size: Callable[[Counts], int], least: int = PAGES) -> list[Counts]:
    """The last days on which a source was large enough."""
    return [day[source] for day in before if source in day and size(day[source]) >= least][-WINDOW:]


def _level(value: float, warn: float, error: float) -> Level:
    """Where a value lies between two limits."""
    return "error" if value > error else "warn" if value > warn else "fine"
