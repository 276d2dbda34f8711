"""A month of the assets: pages are fetched day by day, backfilled through Dagster and published; then all that again.

    python -m benchmarks.dagster_month [--days 30] [--pages 500] [--out FOLDER] [--data PACKS]

Four sites stand on loopback. Each has a dozen layouts, taken from articles of the pack `wcxb`; every page is one of
them with the words of its long lines in another order, so that it is new to the deduplication and as hard to clean as
the page it comes from. One page in ten is an exact copy of an earlier one of the month, under another address.

Two faults are planted. On one day a site has a new layout, where its next articles follow below each one as one goes:
much too long, and nothing of it looks like clutter. (New names of classes, or text in lists, change next to nothing.)
On another day a site sends its pages without their text, menus only. What is looked at, beside the time:

1. a backfill over the whole month in one run ends with the two faults, each of which turned a blocking check red; then
   the condition by which the daemon publishes asks for all other days, and they are published;
2. days that are run again change no byte, nor does another corpus made from the same pages in another order.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import random
import re
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.packs import DATA, PACKS, read_pack
from benchmarks.serving import Serving, Site

SITES = ("gazette", "harbour", "market", "village")
FIRST = date(2026, 3, 1)
LAYOUTS = 12
PUBLISHED = ("unique_pages", "corpus")
ASSETS = ("raw_pages", "clean_pages", *PUBLISHED)
_LONG = re.compile(r">([^<>{}]{80,})<")
_BODY = re.compile(r"(?is)<body[^>]*>(.*)</body>")
_SCROLLED = 5  # further articles below one


class Month(NamedTuple):
    """What is laid out: the days, the layouts of each site, the pages a day, and which day gets which fault."""

    days: Sequence[str]
    layouts: Mapping[str, Sequence[str]]
    pages: int
    faults: Mapping[str, tuple[str, str]]

    @classmethod
    def of(cls, days: int, pages: int, data: Path) -> Month:
        """The month; the faults stand at two and at four fifths of it."""
        names = [(FIRST + timedelta(days=number)).isoformat() for number in range(days)]
        faults = {names[days * 3 // 5]: ("harbour", "layout"), names[days * 4 // 5]: ("market", "menus")}
        return cls(names, _layouts(data), pages, faults)

    def of_site(self, site: str, day: str) -> dict[str, bytes]:
        """The pages of a site on a day, by path."""
        number, own = self.days.index(day), {}
        for page in range(self.pages // len(SITES)):
            chance = random.Random(f"{site} {day} {page}")  # noqa: S311 - the same pages each time
            copied = number and page % 10 == 9
            text = self._page(site, self.days[chance.randrange(number)] if copied else day, page - copied)
            own[f"/{day}/{page}.html"] = self._faulty(site, day, page, text).encode()
        return own

    def _page(self, site: str, day: str, page: int) -> str:
        chance = random.Random(f"{site} {day} {page} words")  # noqa: S311 - likewise
        return _LONG.sub(partial(_shuffled, chance), self.layouts[site][page % LAYOUTS])

    def _faulty(self, site: str, day: str, page: int, text: str) -> str:
        """The page as it is sent: with the fault that the site has on that day."""
        if self.faults.get(day) == (site, "layout"):
            more = (self._page(site, day, page + 1 + number) for number in range(_SCROLLED))
            below = "".join(found[1] for each in more if (found := _BODY.search(each)))
            return text.replace("</body>", f"{below}</body>")
        return _LONG.sub("><", text) if self.faults.get(day) == (site, "menus") else text


def _shuffled(chance: random.Random, found: re.Match[str]) -> str:
    words = found[1].split()
    chance.shuffle(words)
    return f">{' '.join(words)}<"


def _layouts(data: Path) -> dict[str, list[str]]:
    """A dozen articles for each site: whole in UTF-8, with text enough, and not too large."""
    found: list[str] = []
    for sample in read_pack(PACKS["wcxb"], data):
        if sample.page_type == "article" and 5_000 < len(sample.data) < 120_000:
            text = sample.data.decode("utf-8", "replace")
            if "\ufffd" not in text and len(_LONG.findall(text)) > 8 and _BODY.search(text):
                found.append(text)
        if len(found) == LAYOUTS * len(SITES):
            break
    return {site: found[number * LAYOUTS :][:LAYOUTS] for number, site in enumerate(SITES)}


@dataclass(slots=True)
class DayClock:
    """Noon of a day, and on from there; waits are real."""

    day: str
    started: float

    def time(self) -> float:
        """Now, in Unix seconds."""
        noon = datetime.fromisoformat(f"{self.day}T12:00:00").replace(tzinfo=UTC).timestamp()
        return noon + time.monotonic() - self.started

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


def fetch_day(month: Month, day: str, raw: Path) -> int:
    """Serve the pages of a day and fetch them; how many came."""
    from pipeline.acquire.web.sources.model import FetchSettings, Source, Sources  # noqa: PLC0415 - as late as the assets
    from pipeline.run.fetching import FetchOrder, run_fetch  # noqa: PLC0415 - likewise

    with Serving([partial(_site, month.of_site(site, day)) for site in SITES]) as web:
        places = zip(SITES, web.origins, strict=True)
        own = tuple(Source(site, listing=(f"{origin}/",), delay=0.0, max_pages=10**6) for site, origin in places)
        settings = FetchSettings(contact=("http://127.0.0.1/about",), delay=0.0, allow=("loopback",))
        tally = run_fetch(FetchOrder(Sources(settings, own), raw, clock=DayClock(day, time.monotonic())))
    assert not tally.troubles, tally.troubles
    return tally.counts()["fetched"] + tally.counts()["blocked"]


def _site(pages: Mapping[str, bytes], _origin: str) -> Site:
    index = "<title>All</title>" + "".join(f'<a href="{path}">{path}</a> ' for path in pages)
    return Site({**pages, "/": index.encode(), "/robots.txt": b"User-agent: *\nAllow: /\n"})


class Runs:
    """Runs of the assets over one landing zone into one OUT, in an instance of Dagster with SQLite."""

    def __init__(self, raw: Path, out: Path, instance: Any) -> None:
        from assets.definitions import defs  # noqa: PLC0415 - reads the environment

        self._job = defs().resolve_implicit_global_asset_job_def()
        self._instance, self.raw, self.out = instance, raw, out
        self._cursor: Any = None

    def run(self, first: str, last: str, assets: Sequence[str] = ASSETS) -> dict[str, str]:
        """One run over the days from `first` to `last`; what the blocking checks say that are red, by day."""
        import dagster as dg  # noqa: PLC0415 - as late as the assets

        done = self._job.execute_in_process(
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                        "resources": {"cleaning": {"config": {"raw": str(self.raw), "out": str(self.out)}}}},
            instance=self._instance,
            asset_selection=[dg.AssetKey(name) for name in assets],
            raise_on_error=False,
            tags={"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last},
        )  # fmt: skip
        red: dict[str, str] = {}
        for each in done.get_asset_check_evaluations():
            if each.blocking and not each.passed and each.severity.name == "ERROR":
                day, why = str(each.partition), f"{each.check_name}: {each.description}"
                red[day] = f"{red[day]}; {why}" if day in red else why
        if done.success == bool(red):
            raise RuntimeError("a run fails where a check is red, and nowhere else; see the log of Dagster")
        return red

    def wanted(self) -> list[str]:
        """What the daemon would publish now: the days that a condition asks for since the last time, as ranges."""
        import dagster as dg  # noqa: PLC0415 - as late as the assets

        from assets.definitions import defs  # noqa: PLC0415 - likewise
        from assets.defs.checks import unbroken  # noqa: PLC0415 - likewise
        from assets.defs.partitions import DAILY  # noqa: PLC0415 - likewise

        chosen = dg.AssetSelection.assets(*PUBLISHED)
        told = dg.evaluate_automation_conditions(defs(), self._instance, chosen, cursor=self._cursor)
        self._cursor = told.cursor
        days = [told.get_requested_partitions(dg.AssetKey(name)) for name in PUBLISHED]
        assert days[0] == days[1], "what is found is published"
        return unbroken(sorted(map(str, days[0])), DAILY.get_partition_keys())


def digest_of(out: Path) -> dict[str, str]:
    """A digest for each published day: names and bytes of its files. Only the seconds in the manifest may differ."""
    return {day.name: _digest_of_day(day) for day in sorted(out.glob("2*")) if (day / "manifest.jsonl").exists()}


def _digest_of_day(folder: Path) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and ".thresher" not in path.parts):
        content = path.read_bytes()
        if path.name == "manifest.jsonl":
            rows = [json.loads(line) | {"seconds": 0} for line in content.splitlines()]
            content = json.dumps(rows).encode()
        digest.update(repr((path.relative_to(folder).as_posix(), content)).encode())
    return digest.hexdigest()


@contextmanager
def told(what: str) -> Iterator[None]:
    """Say how long something took: seconds of the clock, and of the processor with all children that ended."""
    wall, cpu = time.perf_counter(), _cpu()
    yield
    print(f"{what}: {time.perf_counter() - wall:.1f} s, CPU {_cpu() - cpu:.1f} s", flush=True)


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def month_of(given: argparse.Namespace, out: Path) -> None:
    """All of it, into a new folder."""
    import dagster as dg  # noqa: PLC0415 - as late as the assets

    raw, month = out / "raw", Month.of(given.days, given.pages, given.data)
    with told("fetched"):
        pages = sum(fetch_day(month, day, raw) for day in month.days)
    print(f"{pages:,} pages on {len(month.days)} days from {len(SITES)} sites")
    (out / "home").mkdir()
    with dg.DagsterInstance.local_temp(str(out / "home")) as instance:
        runs = Runs(raw, out / "clean", instance)
        assert not runs.wanted(), "nothing is cleaned yet"
        with told("backfilled in one run"):
            red = runs.run(month.days[0], month.days[-1])
            print("\n".join(f"{day} is held back. {why}" for day, why in red.items()), flush=True)
            assert set(red) == set(month.faults), "a fault must be red, all else green"
        assert not digest_of(runs.out), "a run that was held back publishes nothing"
        with told("published"):
            for span in runs.wanted():
                first, last = span.split("...")
                print(f"{first} to {last} is asked for", flush=True)
                assert not runs.run(first, last, PUBLISHED)
        assert not runs.wanted(), "once is enough"
        made = digest_of(runs.out)
        assert set(made) == set(month.days) - set(month.faults), "the faults are not published, all else is"
        chance = random.Random(given.seed)  # noqa: S311 - an order that can be had again
        sound = [day for day in month.days if day not in month.faults]
        with told("three days again"):
            for day in chance.sample(sound, 3):
                runs.run(day, day)
        assert digest_of(runs.out) == made, "a day that ran again changed something"
        other = Runs(raw, out / "other", instance)
        with told("all days in another order, a run each"):
            for day in chance.sample(sound, len(sound)):
                assert not other.run(day, day)
        assert digest_of(other.out) == made, "another order changed something"
    print("the same bytes again, and in another order")
    size = sum(path.stat().st_size for path in (out / "home").rglob("*") if path.is_file())
    print(f"history of Dagster: {size / 1e6:.1f} MB")


def main() -> None:
    """The command line; see the docstring of this module."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--pages", type=int, default=500, help="a day, over all sites")
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of the packs")
    parser.add_argument("--out", type=Path, help="a new folder; without it, a temporary one that is deleted")
    parser.add_argument("--seed", default="another order", help="of the order in which days are run again")
    given = parser.parse_args()
    if given.days < 5 or given.pages < 40:
        parser.error("give 5 days of 40 pages at least: checks judge a site by 3 earlier days of 10 pages")
    os.environ["THRESHER_FIRST_DAY"] = FIRST.isoformat()
    if given.out:
        given.out.mkdir(parents=True)
        month_of(given, given.out)
    else:
        with tempfile.TemporaryDirectory(prefix="thresher-month-") as folder:
            month_of(given, Path(folder))


if __name__ == "__main__":
    main()
