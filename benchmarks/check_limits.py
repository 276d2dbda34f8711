"""How often do the checks of a day cry wolf, and do they see a source that went wrong? Days are drawn from real pages.

    python -m benchmarks.check_limits [--days 2000] [--data PACKS] [--seed NAME]

Every page of the packs `wcxb` and `news` is cleaned once. Then days are drawn: pages of one kind (news, and the page
types of `wcxb`) as one source, seven days for its past and one to judge. The sites within such a source are mixed, so
its days differ far more than those of a real source would; what is called red here by mistake is an upper bound. The
judge is `pipeline.publish.health`, with its two drifts: `kept_share` and `page_length`.

A day that went wrong is drawn likewise, and then some of its pages are changed in one of two ways: nothing is removed
any more, or a tenth of the text is left. What counts is the verdict of both checks together, the graver one.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.packs import DATA, PACKS, read_pack
from benchmarks.tables import table
from pipeline.document import Document, Page, Result
from pipeline.publish.health import KEPT, LENGTH, WINDOW, drift
from pipeline.publish.statistics import Counts
from pipeline.recipe import clean_page, make_kit
from pipeline.settings import Settings

SIZES = (10, 20, 50)
"""Pages a day."""
PARTS = {"whole": 1.0, "half": 0.5, "quarter": 0.25}
"""How much of a source goes wrong."""
_WEIGHT = {"fine": 0, "warn": 1, "error": 2}


class Cleaned(NamedTuple):
    """What cleaning made of one page: its outcome, and the words that stayed and went."""

    outcome: str
    stayed: int
    gone: int


FAULTS: Mapping[str, Callable[[Cleaned], Cleaned]] = {
    "nothing removed": lambda page: Cleaned("kept", page.stayed + page.gone, 0),
    "a tenth left": lambda page: page._replace(stayed=page.stayed // 10, gone=page.gone + page.stayed * 9 // 10),
}


def cleaned_pages(data: Path) -> dict[str, list[Cleaned]]:
    """All pages with a document of their own (kept or empty), by kind."""
    kit = make_kit(Settings())
    kinds: defaultdict[str, list[Cleaned]] = defaultdict(list)
    for name in ("wcxb", "news"):
        for sample in read_pack(PACKS[name], data):
            value = clean_page(Page(sample.id, sample.data, url=sample.url), kit)
            if isinstance(value, Document) and value.outcome in ("kept", "empty"):
                of = Counts()
                of.add(Result(value))
                kinds[sample.page_type or name].append(Cleaned(value.outcome, of.cleaned_words, of.removed_words))
    return dict(kinds)


def counts_of(pages: Sequence[Cleaned]) -> Counts:
    """A day of one source that has these pages; only what the drifts look at is counted."""
    return Counts(
        inputs=len(pages),
        outcomes=Counter(page.outcome for page in pages),
        cleaned_words=sum(page.stayed for page in pages if page.outcome == "kept"),
        removed_words=sum(page.gone for page in pages),
    )


def verdict(today: Sequence[Cleaned], before: Sequence[Counts]) -> str:
    """The graver verdict of both drifts about a day."""
    days = [{"source": counts} for counts in before]
    found = [drift(watched, {"source": counts_of(today)}, days) for watched in (KEPT, LENGTH)]
    return max(("fine" if each.passed else each.severity for each in found), key=_WEIGHT.__getitem__)


def draw(kinds: Mapping[str, Sequence[Cleaned]], size: int, days: int, chance: random.Random) -> Iterator[Counter[str]]:
    """The verdicts about each drawn day: as it is ("false"), and with each part of it gone wrong in a drawn way."""
    names = [name for name, pages in sorted(kinds.items()) if len(pages) >= size]
    for _ in range(days):
        pages = kinds[chance.choice(names)]
        before = [counts_of(chance.sample(pages, size)) for _ in range(WINDOW)]
        today = chance.sample(pages, size)
        fault = FAULTS[chance.choice(sorted(FAULTS))]
        told = Counter({f"false {verdict(today, before)}": 1})
        for name, part in PARTS.items():
            wrong = round(size * part)
            told[f"{name} {verdict([*map(fault, today[:wrong]), *today[wrong:]], before)}"] += 1
        yield told


def row_of(size: int, told: Counter[str], days: int) -> list[str]:
    """The shares of the days, as they stand in docs/checks.md."""
    shares = [told[f"{name} {level}"] / days for name in ("false", *PARTS) for level in ("error", "warn")]
    return [str(size), *(f"{share:.1%}" for share in shares)]


def main() -> None:
    """The command line; see the docstring of this module."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--days", type=int, default=2000, help="drawn for each size")
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of the packs")
    parser.add_argument("--seed", default="days", help="of the draw, which can be had again")
    given = parser.parse_args()
    kinds = cleaned_pages(given.data)
    print(f"{sum(map(len, kinds.values())):,} pages: {', '.join(f'{n} {len(p):,}' for n, p in sorted(kinds.items()))}")
    drawn = ("as it is", *(f"{part} wrong" for part in PARTS))
    heads = ["pages a day", *(f"{name}: {level}" for name in drawn for level in ("red", "warning"))]
    rows = []
    for size in SIZES:
        chance = random.Random(f"{given.seed} {size}")  # noqa: S311 - a draw that can be had again
        rows.append(row_of(size, sum(draw(kinds, size, given.days, chance), Counter()), given.days))
    print(table(heads, rows))


if __name__ == "__main__":
    main()
