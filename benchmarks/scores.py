"""From one page and one output to a score, and from many scores to the row of a table.

`run_one` times a system and scores what it gave; `summarise` folds scores into figures. A system that raises has
given an empty output, and the failure is counted: a failure is part of the result.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from benchmarks.metrics import Counts, LineScore, WordScore, line_score, snippet_counts, word_score
from benchmarks.packs import Sample
from benchmarks.systems import System


@dataclass(frozen=True, slots=True)
class Score:
    """What one system made of one page. `words` and `lines` are None where the page has no such gold."""

    id: str
    page_type: str
    language: str
    milliseconds: float
    """CPU time of the process, all threads."""
    words: WordScore | None = None
    snippets: Counts = field(default_factory=Counts)
    lines: LineScore | None = None
    failure: str = ""


def run_one(system: System, sample: Sample) -> tuple[str, Score]:
    """Run a system on a page: its output ("" if it raised) and the score."""
    output, failure = "", ""
    start = time.process_time()
    try:
        output = system(sample)
    except Exception as error:  # noqa: BLE001 - whatever a peer raises is its result
        failure = f"{type(error).__name__}: {error}"
    milliseconds = (time.process_time() - start) * 1000
    return output, score(sample, output, milliseconds, failure)


def score(sample: Sample, output: str, milliseconds: float = 0.0, failure: str = "") -> Score:
    """Compare an output with all the gold that the page has."""
    lines = None
    if sample.labels:
        lines = line_score(sample.data.decode("utf-8"), output, sample.labels)
    return Score(
        id=sample.id,
        page_type=sample.page_type,
        language=sample.language,
        milliseconds=milliseconds,
        words=None if sample.gold is None else word_score(output, sample.gold),
        snippets=snippet_counts(output, sample.present, sample.absent),
        lines=lines,
        failure=failure,
    )


def summarise(scores: Sequence[Score]) -> dict[str, float]:
    """Figures over pages: means for words, pooled counts for snippets and lines; only what the gold can tell.

    Keys: `pages`, `failures`, `ms_median`, `ms_mean` always; `f1`, `precision`, `recall` by words, else lines, else
    snippets; `with` (share found) and `leak` where there are snippets; `lost` and `left` (shares of words) for lines.
    """
    times = [one.milliseconds for one in scores]
    figures: dict[str, float] = {
        "pages": len(scores),
        "failures": sum(bool(one.failure) for one in scores),
        "ms_median": statistics.median(times),
        "ms_mean": statistics.fmean(times),
    }
    snippets = sum((one.snippets for one in scores), Counts())
    if snippets.present or snippets.absent:
        figures |= {"with": snippets.recall, "leak": snippets.leak} | _quality(snippets)
    if words := [one.words for one in scores if one.words]:
        figures |= {name: statistics.fmean(getattr(one, name) for one in words) for name in _QUALITY}
    if lines := [one.lines for one in scores if one.lines]:
        figures |= _quality(sum((one.lines for one in lines), Counts()))
        amount = sum((one.words for one in lines), Counts())
        figures |= {"lost": 1 - amount.recall, "left": amount.leak}
    return figures


_QUALITY = ("f1", "precision", "recall")


def _quality(value: Counts) -> dict[str, float]:
    return {name: getattr(value, name) for name in _QUALITY}


def by_group(scores: Iterable[Score], group: Callable[[Score], str]) -> dict[str, list[Score]]:
    """Scores in groups, in the order of their names; scores without a name are left out."""
    groups: dict[str, list[Score]] = {}
    for one in scores:
        if group(one):
            groups.setdefault(group(one), []).append(one)
    return dict(sorted(groups.items()))


GROUPS: dict[str, Callable[[Score], str]] = {"page type": attrgetter("page_type"), "language": attrgetter("language")}
"""By what scores are divided, and how to ask a score."""


def slices(scores: Sequence[Score], fewest: int = 1) -> dict[str, list[Score]]:
    """The scores as a whole (`all`), by page type (`page type forum`) and by language (`language de`).

    Groups of fewer than `fewest` pages, whose figures would be chance, are put together as `language others`, or
    left out where even together they are too few. A division into one part says nothing new, and is left out.
    """
    parts = {"all": list(scores)}
    for title, group in GROUPS.items():
        groups = by_group(scores, group)
        small = [one for some in groups.values() if len(some) < fewest for one in some]
        named = {name: some for name, some in groups.items() if len(some) >= fewest}
        if len(small) >= fewest:
            named["others"] = small
        if len(named) > 1:
            parts |= {f"{title} {name}": some for name, some in named.items()}
    return parts


def ratio(scores: Sequence[Score], baseline: Sequence[Score]) -> float:
    """How many times the baseline's time a system takes for a page, the median over the same pages in turn."""
    pairs = zip(scores, baseline, strict=True)
    return statistics.median(one.milliseconds / max(other.milliseconds, 1e-6) for one, other in pairs)
