"""From the start points of a source to the addresses that they name.

Start points are visited like pages, politely and conditionally, but not kept: what they say is in the addresses. Each
is given as soon as it was read, so that a run that is killed among five hundred sitemaps asks for none of them twice.

What only leads on (an index of sitemaps, a page that declares feeds) is given last, when all it named was asked, and
without validators: were it unchanged the next time, what it names would not be looked at, though that may have changed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from pipeline.acquire.web.asking import validators_of
from pipeline.acquire.web.discovery.feeds import decoded, looks_like_html, read_feed
from pipeline.acquire.web.discovery.gather import Discovery
from pipeline.acquire.web.discovery.links import read_feed_links, read_links
from pipeline.acquire.web.discovery.sitemaps import Walk
from pipeline.acquire.web.sources.model import Source
from pipeline.acquire.web.storage.manifest import Row, row_of
from pipeline.acquire.web.storage.state import StartPoint
from pipeline.acquire.web.tools import Tally, Tools, Wish, iso_of, visited
from pipeline.acquire.web.values import Found, Reply, Validators

BY_HAND = "sources.toml"
"""Where an address was found that the source names itself; a start point adds of which sort it is."""
_FEEDS = 10  # that one page may declare

Place = tuple[StartPoint | None, Sequence[Found]]
"""A start point that was asked, and what it named; None where there is nothing to remember of it (yet)."""


class Finder:
    """Asks the start points of one source that are due; `note` takes the row of each for the manifest."""

    def __init__(
        self,
        tools: Tools,
        wish: Wish,
        tally: Tally,
        source: Source,
        *,
        note: Callable[[Row], None] = lambda _: None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._tools, self._wish, self._tally, self._source = tools, wish, tally, source
        self._note, self._stopped = note, stopped
        self._visitor = tools.visitor_for(source)

    async def places(self) -> AsyncIterator[Place]:
        """One place after the other: what the source names itself, feeds, listings, sitemaps."""
        yield None, [Found(url, BY_HAND) for url in self._source.urls]
        async for place in self._feeds():
            yield place
        for url in self._source.listing:
            if asked := await self._ask(url, "listing"):
                yield asked[0], self._named(*asked, self._read_links)
        async for place in self._sitemaps():
            yield place

    async def _feeds(self) -> AsyncIterator[Place]:
        """The feeds, and those that a page declares which stands in their place."""
        for url in self._source.feed:
            asked = await self._ask(url, "feed")
            point, reply = asked or (None, None)
            if point and reply and looks_like_html(decoded(reply.body)):
                for declared in read_feed_links(reply.body, reply.url, self._now()).pages[:_FEEDS]:
                    if inner := await self._ask(declared.url, "feed"):
                        yield inner[0], self._named(*inner, self._read_feed)
                if not self._stopped():
                    yield replace(point, validators=Validators()), ()
            elif point:
                yield point, self._named(point, reply, self._read_feed)

    async def _sitemaps(self) -> AsyncIterator[Place]:
        """The sitemaps, those that an index names, and those that a robots.txt names."""
        walk = Walk(self._source.sitemap, self._wish.since, other_sites=self._source.other_sites)
        indexes: list[StartPoint] = []
        while not self._stopped() and (url := walk.next()) is not None:
            point, reply = await self._ask(url, "sitemap") or (None, None)
            discovery = walk.read(url, reply.body, self._now()) if reply else None
            if point and discovery and discovery.children:
                indexes.append(replace(point, validators=Validators()))
                yield None, self._taken(url, discovery)
            elif point:
                yield point, self._taken(url, discovery) if discovery else self._due(url)
        self._tally.troubles.update(walk.troubles)
        for index in indexes if not self._stopped() else ():
            yield index, ()

    async def _ask(self, url: str, sort: str) -> tuple[StartPoint, Reply | None] | None:
        """A start point with its answer, None for one that has not changed; nothing if it is not due or not to be had.

        `sort` is feed, listing or sitemap.
        """
        tools, now = self._tools, self._tools.clock.time()
        known = tools.state.start_point(url, self._source.name)
        if self._stopped():
            return None
        if known and known.next_visit > now and not self._wish.force:
            self._tell("not due", known.next_visit)
            return None
        before = known.validators if known and not self._wish.dry_run else Validators()
        visit = await visited(self._visitor, url, before, lambda _: "")
        if visit.kind == "stopped":
            return None
        after = validators_of(visit.reply, before)
        found_in, when = f"{BY_HAND}: {sort}", iso_of(tools.clock.time())
        self._note(row_of(visit, self._source.name, validators=after, found_in=found_in, fetched_at=when))
        if visit.outcome not in ("fetched", "unchanged"):
            self._tell("asked", 0.0)
            self._tally.troubles[url] = visit.reason or visit.outcome
            return None
        self._tell("asked", now + self._source.every)
        point = StartPoint(url, self._source.name, after, now, now + self._source.every)
        return point, visit.reply if visit.outcome == "fetched" else None

    def _tell(self, what: str, due: float) -> None:
        """Count a start point, and note when it is due; a dry run changes nothing of that."""
        self._tally.start_points[self._source.name][what] += 1
        if not self._wish.dry_run:
            self._tally.due(self._source.name, due)

    def _named(self, point: StartPoint, reply: Reply | None, read: Callable[[Reply], Discovery]) -> Sequence[Found]:
        """What a start point names; where it did not change, the pages found there before that are due."""
        return self._taken(point.url, read(reply)) if reply else self._due(point.url)

    def _due(self, url: str) -> Sequence[Found]:
        return self._tools.state.due(url, self._tools.clock.time())

    def _taken(self, url: str, discovery: Discovery) -> Sequence[Found]:
        """What a place gave; what was wrong with it is noted."""
        if discovery.trouble:
            self._tally.troubles[url] = discovery.trouble
        self._tally.passed_over[self._source.name].update(discovery.passed_over)
        return [replace(each, found_in=url) for each in discovery.pages]  # as it is asked for, wherever it led

    def _read_feed(self, reply: Reply) -> Discovery:
        return read_feed(reply.body, reply.url, self._now(), other_sites=self._source.other_sites)

    def _read_links(self, reply: Reply) -> Discovery:
        return read_links(reply.body, reply.url, self._now(), other_sites=self._source.other_sites)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._tools.clock.time(), UTC)
