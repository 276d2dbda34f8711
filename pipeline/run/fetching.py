"""A run of fetching: settings in, pages in `raw` out. The command line and the Dagster assets both come through here.

What fetching needs of the later rooms is put in here: the judge's eye for pages that stand in front of the page.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pipeline.acquire.archive import charset_of
from pipeline.acquire.web.crawl import Crawl
from pipeline.acquire.web.folders import take_folders
from pipeline.acquire.web.http.address import Guard
from pipeline.acquire.web.http.client import LIBRARY, Caps, Http, Library
from pipeline.acquire.web.http.retry import Retries
from pipeline.acquire.web.http.visit import Limits, Visitor
from pipeline.acquire.web.politeness.gate import Pace
from pipeline.acquire.web.politeness.turns import Manners, Turns
from pipeline.acquire.web.sources.model import FetchSettings, Source, Sources, product_token, user_agent
from pipeline.acquire.web.storage.archive import recover
from pipeline.acquire.web.storage.manifest import recover_manifests
from pipeline.acquire.web.storage.state import State
from pipeline.acquire.web.tools import Tally, Tools, Wish
from pipeline.acquire.web.values import Clock, Found, Reply
from pipeline.document import Page
from pipeline.errors import ThresherError
from pipeline.recipe import Kit, make_kit, stands_in
from pipeline.settings import Settings


class SystemClock:
    """The clock of this machine."""

    def time(self) -> float:
        """Now, in Unix seconds."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class FetchOrder:
    """What a run is asked to do: of which sources (none named: all), into which folder, and how much of it.

    `library` is the HTTP library, `guard` says whom it may call, None for what the settings allow.
    """

    sources: Sources
    raw: Path
    names: tuple[str, ...] = ()
    wish: Wish = field(default_factory=Wish)
    settings: Settings = field(default_factory=Settings)
    library: Library = LIBRARY
    guard: Guard | None = None
    clock: Clock = field(default_factory=SystemClock)
    chance: Callable[[], float] = random.random


def run_fetch(
    order: FetchOrder,
    *,
    watch: Callable[[Tally], None] = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Tally:
    """Fetch what an order names. What a killed run left is put in order first.

    `watch` is told of every page; once `stopped` says so, no new page is begun. Raises `ThresherError` before the first
    request for an order that cannot be carried out.
    """
    sources, kit = _checked(order)
    if not sources:
        return Tally()
    with State(order.raw) as state:
        state.begin(order.clock.time())
        recover(order.raw, state.forget)
        recover_manifests(order.raw)
        try:
            return asyncio.run(_crawl(order, sources, kit, state, watch, stopped))
        except BaseExceptionGroup as errors:
            raise _of_ours(errors) from None
        finally:
            state.end(order.clock.time())


def find_only(order: FetchOrder) -> tuple[list[tuple[str, Found]], Tally]:
    """What a run would ask for, by source, and what else there is to say.

    Start points are asked, and no page. Nothing is written down but when hosts were asked and what their robots files
    say, so that a run after it is as polite as if it had been one.
    """
    sources, kit = _checked(order)

    sources = [source for source in sources if source.starts]

    async def find(state: State) -> tuple[list[tuple[str, Found]], Tally]:
        if not sources:
            return [], Tally()
        async with _http(order) as http:
            crawl = Crawl(_tools(order, http, kit, state), order.wish)
            return await crawl.find(sources), crawl.tally

    with State(order.raw) as state:
        state.begin(order.clock.time())
        try:
            return asyncio.run(find(state))
        finally:
            state.end(order.clock.time())


def _of_ours(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error to show of a group (one trouble of the disk is met by several tasks): ours, else all of them."""
    ours: BaseException | None = errors.subgroup(ThresherError)
    while isinstance(ours, BaseExceptionGroup):
        ours = ours.exceptions[0]
    return ours or errors


async def _crawl(
    order: FetchOrder,
    sources: Sequence[Source],
    kit: Kit,
    state: State,
    watch: Callable[[Tally], None],
    stopped: Callable[[], bool],
) -> Tally:
    """The run itself, within its event loop; without start points on the network nothing is asked."""
    tally = Tally()
    asking = [source for source in sources if source.starts]
    if asking:
        async with _http(order) as http:
            tools = _tools(order, http, kit, state, stopped)
            tally = await Crawl(tools, order.wish, watch=watch, stopped=stopped).run(asking)
    for source in sources:
        take_folders(source, order.raw, state, order.clock, tally, stopped)
        watch(tally)
    return tally


def _checked(order: FetchOrder) -> tuple[Sequence[Source], Kit]:
    """The sources that are fetched, and the kit; raises `ThresherError` for an order that cannot be carried out."""
    sources = [source for source in order.sources.named(order.names) if source.starts or source.folder]
    if any(source.starts for source in sources):
        user_agent(order.sources.fetch)
    return sources, make_kit(order.settings)


def _http(order: FetchOrder) -> Http:
    """The one that asks."""
    fetch = order.sources.fetch
    largest = max((source.max_page_bytes for source in order.sources.sources), default=fetch.max_page_bytes)
    caps = Caps(fetch.connect_seconds, fetch.read_seconds, fetch.request_seconds, wire=largest, body=largest)
    guard = order.guard or Guard(allow=frozenset(fetch.allow))
    return Http(user_agent(fetch), guard=guard, caps=caps, proxy=fetch.proxy, library=order.library)


def _tools(order: FetchOrder, http: Http, kit: Kit, state: State, stopped: Callable[[], bool] = lambda: False) -> Tools:
    """What the run works with."""
    fetch = order.sources.fetch
    turns = Turns(
        state.hosts,
        lambda url: http.get(url, {}),
        order.clock,
        order.chance,
        _manners(fetch),
        robots=state.robots,
        owner=state.run,
        stopped=stopped,
    )
    limits = Limits(retries=Retries(fetch.tries))
    visitor = Visitor(http, turns, order.clock, order.chance, limits)
    agent = user_agent(fetch)
    about = {"software": agent.partition(" ")[0], "operator": "; ".join(fetch.contact), "http-header-user-agent": agent}
    return Tools(order.raw, visitor, turns, state, order.clock, partial(_stands_in, kit), about, product_token(fetch))


def _stands_in(kit: Kit, reply: Reply) -> tuple[str, str] | None:
    """What stands in for a page, as `clean` will see it in the archive."""
    content_type = reply.header("content-type").strip()
    page = Page("", reply.body, url=reply.url, content_type=content_type, charset=charset_of(content_type))
    try:
        reason = stands_in(page, kit)
    except Exception:  # noqa: BLE001  # it is kept, and `clean`, whose workers survive any page, says what is wrong
        return None
    return (reason.rule.removeprefix("blocked-"), reason.evidence) if reason else None


def _manners(fetch: FetchSettings) -> Manners:
    """How the settings want us to behave."""
    return Manners(product_token(fetch), Pace(fetch.delay), patience=fetch.patience, together=fetch.concurrency)
