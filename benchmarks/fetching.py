"""Fetching beside Scrapy: the same sites on loopback, in turn; pages per CPU second of the client, and wall time.

    python -m benchmarks.fetching --scrapy /path/to/venv/bin/python [--hosts 50] [--pages 2000] [--rounds 3]

Politeness is switched off as far as it can be: no delay; robots.txt is obeyed by both; both ask 16 hosts at a time and
each host one request at a time. The sites are pages of the pack `wcxb`, packed with gzip as most servers do, behind an
index a host that links to them. The server is a process of its own, so that nobody pays for it.

Scrapy counts what it gets and drops it. `thresher fetch` also archives every page with its request (WARC), writes a
manifest and a state that survive a kill, reads rights, and looks whether something stands in for the page; the further
rows leave out the looking, and then the archive too. Every run is a process of its own, imports included.
"""

from __future__ import annotations

import argparse
import gzip
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from benchmarks.packs import DATA, PACKS, read_pack
from benchmarks.serving import Serving, Site
from benchmarks.tables import table

_ROOT = Path(__file__).resolve().parents[1]
_ROBOTS = b"User-agent: *\nDisallow: /private/\n"
WAYS = ("thresher", "thresher, not looking", "thresher, neither looking nor archiving")
"""What is left out; the names are those of the rows."""


class Spent(NamedTuple):
    """What one client took: CPU seconds, seconds of wall time, and the pages it had."""

    cpu: float
    wall: float
    pages: int


def sites(hosts: int, pages: Sequence[bytes]) -> list[Callable[[str], Site]]:
    """The pages spread over hosts, each with an index."""
    return [partial(_site, pages[number::hosts]) for number in range(hosts)]


def _site(pages: Sequence[bytes], _origin: str) -> Site:
    own = {f"/{number}.html": gzip.compress(page, 6) for number, page in enumerate(pages)}
    index = "<title>All</title>" + "".join(f'<a href="{path}">{path}</a> ' for path in own)
    return Site({**own, "/": gzip.compress(index.encode()), "/robots.txt": gzip.compress(_ROBOTS)}, packed=True)


def serve(hosts: int, limit: int, data: Path) -> None:
    """Serve until the parent hangs up; says the origins in a line."""
    pages = [sample.data for sample in read_pack(PACKS["wcxb"], data, limit)]
    with Serving(sites(hosts, pages)) as web:
        print(*web.origins, flush=True)
        sys.stdin.read()


def fetch(origins: Sequence[str], way: str) -> None:
    """Our side, within a process of its own; prints how many pages came."""
    from pipeline.acquire.web.sources.model import FetchSettings, Source, Sources  # noqa: PLC0415 - likewise
    from pipeline.acquire.web.storage.archive import WarcWriter  # noqa: PLC0415 - only the client pays for these
    from pipeline.run.fetching import FetchOrder, run_fetch  # noqa: PLC0415 - likewise

    own = [Source(f"s{number}", listing=(f"{at}/",), delay=0.0, max_pages=10**6) for number, at in enumerate(origins)]
    settings = FetchSettings(contact=("http://127.0.0.1/",), delay=0.0, allow=("loopback",))
    with tempfile.TemporaryDirectory() as raw:
        order = FetchOrder(Sources(settings, tuple(own)), Path(raw))
        run = partial(run_fetch, order)
        if "looking" in way:
            run = partial(_without, "pipeline.run.fetching.stands_in", run)
        if "archiving" in way:
            run = partial(_without, f"{WarcWriter.__module__}.WarcWriter.keep", run)
        counts = run().counts()
    print(counts["fetched"] + counts["blocked"])


def _without(name: str, run: Callable[[], object]) -> object:
    with patch(name, lambda *_, **__: None):
        return run()


def spend(command: Sequence[str]) -> Spent:
    """Run a client to its end; its first word is the number of pages. Raises `RuntimeError` where it fails."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:4])}: exit code {done.returncode}\n{done.stderr[-2000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(cpu, wall, int(done.stdout.split()[0]))


def clients(scrapy: str, origins: Sequence[str]) -> dict[str, list[str]]:
    """The command of every client."""
    ours = [sys.executable, "-m", "benchmarks.fetching", "--origins", *origins, "--way"]
    theirs = {"scrapy": [scrapy, str(_ROOT / "benchmarks" / "scrapy_spider.py"), *origins]} if scrapy else {}
    return {**theirs, **{way: [*ours, way] for way in WAYS}}


def main() -> None:
    """The command line; see the docstring of this module. `--serve` and `--origins` are for its own children."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--scrapy", default="", help="a Python that has Scrapy; without it, only ours")
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of the packs")
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--origins", nargs="+", help=argparse.SUPPRESS)
    parser.add_argument("--way", default=WAYS[0], help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(given.hosts, given.pages, given.data)
    elif given.origins:
        fetch(given.origins, given.way)
    else:
        print(race(given))


def race(given: argparse.Namespace) -> str:
    """All rounds, the clients in turn; the medians as a table."""
    numbers = ["--hosts", str(given.hosts), "--pages", str(given.pages), "--data", str(given.data)]
    command = [sys.executable, "-m", "benchmarks.fetching", "--serve", *numbers]
    spent: dict[str, list[Spent]] = {}
    with subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own
        assert server.stdin
        assert server.stdout
        own = clients(given.scrapy, server.stdout.readline().split())
        for number in range(given.rounds):
            for name in list(own)[:: -1 if number % 2 else 1]:
                spent.setdefault(name, []).append(spend(own[name]))
        server.stdin.close()
    rows = [_row(name, spent[name]) for name in own]
    return table(["client", "pages", "pages per CPU s", "wall s", "CPU s"], rows)


def _row(name: str, runs: Sequence[Spent]) -> list[str]:
    cpu, wall = (statistics.median(run[place] for run in runs) for place in (0, 1))
    pages = min(run.pages for run in runs)
    return [name, f"{pages:,}", f"{pages / cpu:.0f}", f"{wall:.1f}", f"{cpu:.1f}"]


if __name__ == "__main__":
    main()
