"""Made-up sites for runs of fetching: pages, feeds, sitemaps and listings as bytes, and an order to fetch them."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.acquire import read
from pipeline.acquire.web.http.address import Guard
from pipeline.acquire.web.sources.model import FetchSettings, Source, Sources
from pipeline.acquire.web.storage.manifest import Row, read_manifests
from pipeline.acquire.web.tools import Wish
from pipeline.document import Page
from pipeline.run.fetching import FetchOrder
from pipeline.settings import Settings
from tests.acquire.web.answers import Answer
from tests.acquire.web.server import Server, Site

DAY = 86_400.0
OPEN = Answer(b"User-agent: *\nAllow: /\n", headers={"Content-Type": "text/plain"})
FAST = FetchSettings(contact=("https://harbour.test/bot",), delay=0.0, tries=1, allow=("loopback",))
"""No pause but what the answers took."""


def story(number: int, words: str = "") -> bytes:
    """A page that no judge takes for anything but an article."""
    prose = (
        f"On day {number} the ferry left at nine with forty people, two dogs and the post, said the captain. {words}"
    )
    text = "".join(f"<p>{prose} It was trip {line} of the year, and nobody was late.</p>" for line in range(4))
    return f"<!doctype html><title>Story {number}</title><body><h1>Story {number}</h1>{text}</body>".encode()


def feed(*links: str) -> Answer:
    items = "".join(f"<item><title>t</title><link>{link}</link></item>" for link in links)
    rss = f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{items}</channel></rss>'
    return Answer(rss.encode(), headers={"Content-Type": "application/rss+xml"}, etag=f'"{hash(links)}"')


def sitemap(*links: str, modified: str = "", kind: str = "url") -> Answer:
    """A sitemap; of kind `sitemap` an index."""
    when = f"<lastmod>{modified}</lastmod>" if modified else ""
    entries = "".join(f"<{kind}><loc>{link}</loc>{when}</{kind}>" for link in links)
    root = "urlset" if kind == "url" else "sitemapindex"
    xml = f'<?xml version="1.0"?><{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</{root}>'
    return Answer(xml.encode(), headers={"Content-Type": "application/xml"}, etag=f'"{hash((links, modified))}"')


def listing(*links: str) -> Answer:
    return Answer(("<title>All</title>" + "".join(f'<a href="{link}">{link}</a> ' for link in links)).encode())


def site(robots: str = "", **paths: object) -> Site:
    """A site whose path `/name` does `name`; a robots.txt that allows all, unless told."""
    own = Answer(robots.encode(), headers={"Content-Type": "text/plain"}) if robots else OPEN
    return Site({"/robots.txt": own, **{f"/{name}": does for name, does in paths.items()}})  # type: ignore[dict-item]


@dataclass
class Later:
    """The clock of this machine, set ahead; its waits are real."""

    ahead: float = 0.0

    def time(self) -> float:
        return time.time() + self.ahead

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def order(
    server: Server, raw: Path, *sources: Source, days: float = 0.0, wish: Wish | None = None, **fetch: object
) -> FetchOrder:
    """An order to fetch from a server, `days` after today; `fetch` are settings of `[fetch]`."""
    settings = replace(FAST, **fetch)  # type: ignore[arg-type]
    inherited = [replace(each, delay=settings.delay) if each.delay == Source("x").delay else each for each in sources]
    guard = Guard(resolve=server.resolve, allow=frozenset({"loopback"}))
    return FetchOrder(
        Sources(settings, tuple(inherited)),
        raw,
        wish=wish or Wish(),
        guard=guard,
        clock=Later(days * DAY),
        chance=lambda: 0.0,
    )


def rows(raw: Path) -> list[Row]:
    """All rows of all manifests, in order, start points left out."""
    found = [row for row in read_manifests(raw) if isinstance(row, Row)]
    return [row for row in found if not row.found_in.startswith("sources.toml:")]


def outcomes(raw: Path) -> dict[str, tuple[str, str]]:
    """The last outcome and kind of every path."""
    return {row.url.split("/", 3)[3]: (row.outcome, row.kind) for row in rows(raw)}


def archived(raw: Path) -> Counter[str]:
    """How often each path is in the archives with a body; every archive must be whole."""
    found = list(read([raw], Settings()))
    assert [item for item in found if not isinstance(item, Page)] == []
    return Counter(str(item.url).split("/", 3)[3] for item in found if isinstance(item, Page))
