"""One run of fetching: what sources name is found, asked for, looked at and kept, with an outcome for every address.

    start points -> addresses -> (state: which are new or due) -> visits, host by host -> archive, manifest, state

Every source is a task, and below it every host. Turns see to it that no host is asked twice at once, so tasks need no
order among them.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterable
from functools import partial

from pipeline.acquire.web.asking import Asker
from pipeline.acquire.web.discovery.urls import UnfitAddress, key
from pipeline.acquire.web.finding import BY_HAND, Finder
from pipeline.acquire.web.sources.model import Source
from pipeline.acquire.web.storage.archive import WarcWriter
from pipeline.acquire.web.storage.manifest import ManifestWriter
from pipeline.acquire.web.storage.state import Waiting
from pipeline.acquire.web.tools import Allowance, Tally, Tools, Wish, host_of
from pipeline.acquire.web.values import Found, Visit


class Crawl:
    """One run over some sources. `watch` is told after every page; once `stopped` says so, no new page is begun."""

    def __init__(
        self,
        tools: Tools,
        wish: Wish,
        *,
        watch: Callable[[Tally], None] = lambda _: None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._tools, self._wish, self._watch, self._stopped = tools, wish, watch, stopped
        self._allowance = Allowance(wish.limit or math.inf)
        self.tally = Tally()

    async def run(self, sources: Iterable[Source]) -> Tally:
        """Fetch what the sources name. Errors that stop a run (a full disk, a damaged state) are raised as they are."""
        sources = list(sources)
        async with asyncio.TaskGroup() as tasks:
            for source in sources:
                tasks.create_task(self._source(source))
        self.tally.left = self._left(sources)
        return self.tally

    async def find(self, sources: Iterable[Source]) -> list[tuple[str, Found]]:
        """What a run would ask for, by source: start points are asked, but no page, and nothing of it is written down.

        What waits from earlier runs is counted as `left`.
        """
        sources = list(sources)
        wanted: dict[str, Waiting] = {}
        for source in sources:
            async for _, found in Finder(self._tools, self._wish, self.tally, source).places():
                for each in self._wanted(source, found):
                    if self._is_due(each):
                        wanted.setdefault(each.key, each)
                    else:
                        self.tally.passed_over[source.name]["not due"] += 1
        self.tally.left = self._left(sources)
        return [(each.source, each.found) for each in wanted.values()]

    async def _source(self, source: Source) -> None:
        """Everything of one source."""
        tools = self._tools
        about = {**tools.about, "description": source.note} if source.note else tools.about
        with (
            ManifestWriter(tools.raw, source.name, tools.clock) as manifest,
            WarcWriter(tools.raw, source.name, tools.clock, about) as archive,
        ):
            finder = Finder(tools, self._wish, self.tally, source, note=manifest.add, stopped=self._stopped)
            async for point, found in finder.places():
                tools.state.find(self._wanted(source, found), tools.clock.time())
                if point:  # after `find`, so that nothing found there is lost
                    tools.state.keep_start_point(point)
            allowance = Allowance(source.max_pages, self._allowance)
            asker = Asker(tools, source, manifest, archive, allowance, partial(self._told, source), self._stopped)
            async with asyncio.TaskGroup() as tasks:
                for name, host, _ in tools.state.waiting(tools.clock.time()):
                    if name == source.name:
                        tasks.create_task(asker.host(host))
        self.tally.written += archive.written
        for url in source.urls:
            if known := tools.state.known(key(url)):
                self.tally.due(source.name, known.next_visit if known.next_visit > tools.clock.time() else 0.0)

    def _wanted(self, source: Source, found: Iterable[Found]) -> list[Waiting]:
        """The addresses that the source wants and the run may ask for, each once."""
        wanted: dict[str, Waiting] = {}
        passed_over = self.tally.passed_over[source.name]
        for each in found:
            self.tally.found[source.name] += 1
            if why := each.found_in != BY_HAND and source.unwanted(each.url):
                passed_over[why] += 1
            elif self._wish.since and each.modified and each.modified < self._wish.since:
                passed_over["older than --since"] += 1
            else:
                try:
                    wanted.setdefault(key(each.url), Waiting(key(each.url), source.name, host_of(each.url), each))
                except UnfitAddress as error:
                    passed_over[str(error)] += 1
        return list(wanted.values())

    def _is_due(self, waiting: Waiting) -> bool:
        """Whether an address is new, due, or said to have changed: as `State.find` has it, without writing."""
        known, now = self._tools.state.known(waiting.key), self._tools.clock.time()
        modified = waiting.found.modified.timestamp() if waiting.found.modified else 0.0
        return known is None or known.next_visit <= now or known.asked < modified <= now

    def _left(self, sources: Iterable[Source]) -> int:
        """How many addresses of some sources wait, now or for a later moment."""
        names = {source.name for source in sources}
        return sum(count for name, _, count in self._tools.state.waiting(math.inf) if name in names)

    def _told(self, source: Source, visit: Visit) -> None:
        """Count a visit."""
        self.tally.add(source.name, visit)
        self._watch(self.tally)
