"""Many made-up hosts, a run over them as a process of its own, and what the server's log says of its manners.

python -m tests.acquire.web.many_hosts RAW PORT HOSTS DELAY: fetches from `h0.test`, `h1.test`, ... on loopback, and
prints the outcomes and the largest memory in MB as JSON.
"""

from __future__ import annotations

import itertools
import json
import resource
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.acquire.web.http.address import Guard
from pipeline.acquire.web.sources.model import Source, Sources
from pipeline.run.fetching import FetchOrder, run_fetch
from tests.acquire.web.answers import Answer
from tests.acquire.web.server import Asked, Site
from tests.acquire.web.sites import FAST, feed, site, sitemap, story

ROOT = Path(__file__).parents[3]
CLOSED = "User-agent: *\nDisallow: /closed/\nAllow: /closed/but-open"


def name_of(number: int) -> str:
    return f"h{number}.test"


def web_of(hosts: int, pages: int, port: int = 0) -> dict[str, Site]:
    """Hosts with so many pages each, half of them in a feed, half in a sitemap; two more lie behind robots.txt."""
    web = {}
    for number in range(hosts):
        targets = [f"/s{page}" for page in range(pages - 1)] + ["/closed/but-open"]
        half = len(targets) // 2
        there = f"http://{name_of(number)}:{port}"
        own = site(
            CLOSED + (f"\nCrawl-delay: {DELAY * 2}" if number == 0 else ""), feed=feed(*targets[:half], "/closed/1")
        )
        more = {"/map": sitemap(*(there + target for target in (*targets[half:], "/closed/2")))}
        more |= {target: Answer(story(place + number * 1000)) for place, target in enumerate(targets)}
        web[name_of(number)] = Site({**own.paths, **more})
    return web


DELAY = 0.02
"""Seconds between requests; host 0 asks for twice as much."""


def start(raw: Path, port: int, hosts: int, delay: float = DELAY, together: int = 16) -> subprocess.Popen[str]:
    """A run as a process of its own."""
    given = [str(each) for each in (raw, port, hosts, delay, together)]
    command = [sys.executable, "-m", "tests.acquire.web.many_hosts", *given]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def too_close(log: Sequence[Asked], delay: float = DELAY) -> list[str]:
    """Every pair of requests to one host that overlap, or lie closer than its delay."""
    by_host = defaultdict(list)
    for line in log:
        by_host[line.host].append(line)
    bad = []
    for host, lines in by_host.items():
        lines.sort(key=lambda line: line.started)
        known = [line.target for line in lines].index("/robots.txt")
        for number, (before, after) in enumerate(itertools.pairwise(lines)):
            least = delay * (2 if host == name_of(0) and number > known else 1)
            gap = after.started - (before.sent or before.ended or after.started)
            if gap < least:
                bad.append(f"{host}: {before.target} to {after.target}: {gap:.4f}")
    return bad


def asked_pages(log: Sequence[Asked]) -> Counter[str]:
    """How often each page was asked for; robots files and start points left out."""
    extra = ("/robots.txt", "/feed", "/map")
    return Counter(f"{line.host}{line.target}" for line in log if line.target not in extra)


def main(raw: Path, port: int, hosts: int, delay: float, together: int) -> None:
    async def resolve(_: str) -> list[str]:
        return ["127.0.0.1"]

    def source(number: int) -> Source:
        at = f"http://{name_of(number)}:{port}"
        return Source(f"h{number}", feed=(f"{at}/feed",), sitemap=(f"{at}/map",), delay=delay, max_pages=100_000)

    settings = replace(FAST, delay=delay, concurrency=together)
    sources = Sources(settings, tuple(source(number) for number in range(hosts)))
    guard = Guard(resolve=resolve, allow=frozenset({"loopback"}))
    tally = run_fetch(FetchOrder(sources, raw, guard=guard))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    sys.stdout.write(json.dumps({"outcomes": dict(tally.counts()), "left": tally.left, "memory": memory}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5]))
