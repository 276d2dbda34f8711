"""Turns at asking: one request in flight a host, never before its time, never against its robots.txt.

This is where politeness becomes waiting. `robots` says what may be asked, `gate` when; here tasks queue for a host,
claims keep other processes away, and what cannot be had within `patience` is refused with the moment to come back.

The order of locks is what keeps it free of deadlock: a task holds at most one host, and takes nothing more while it
does. A robots.txt is fetched before the host of the page is taken, under a lock of its origin, so that fifty tasks
cause one request. A place among all requests in flight is taken last, and only by a task that may ask at once.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from pipeline.acquire.web import ports
from pipeline.acquire.web.discovery.urls import UnfitAddress, resolve
from pipeline.acquire.web.http.retry import worth_retrying
from pipeline.acquire.web.politeness.gate import Pace, after_failure, after_reply, after_silence, opens_at
from pipeline.acquire.web.politeness.robots import CAREFUL, MAX_BYTES, RobotsFile, Rules, parse, rules_of
from pipeline.acquire.web.ports import Refused, Trouble
from pipeline.acquire.web.values import Clock, HostBook, HostRecord, Reply

Fetch = Callable[[str], Awaitable[Reply]]
"""One request for a robots.txt, redirects not followed; raises `Trouble`."""

_MOST_RULES = 200_000
"""Parsed rules that are kept at hand over all origins; beyond it the oldest are parsed again when needed."""
_LOOK_AGAIN = 1.0
"""Seconds until a host that another process holds is tried again."""
_LISTEN = 0.5
"""Seconds at most until a task that waits for its turn hears that the run was stopped."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How this robot behaves. Times are seconds."""

    product: str
    """The product token of our User-Agent, by which robots.txt knows us."""
    pace: Pace = field(default_factory=Pace)
    patience: float = 60.0
    """The longest wait at the head of a host's queue; what takes longer is refused as `deferred`."""
    together: int = 16
    """Requests in flight over all hosts."""
    lease: float = 180.0
    """How long a host stays claimed if the process dies: longer than any request may take."""
    robots_age: float = 86_400.0
    """How long a robots.txt is believed; RFC 9309 allows a day."""
    robots_retry: float = 1_800.0
    """When a robots.txt that could not be had is asked for again."""
    robots_tries: int = 2
    """Requests for one robots.txt before it counts as not to be had."""
    robots_hops: int = 5
    """Redirects followed from one robots.txt."""
    careful: frozenset[int] = CAREFUL
    """Statuses of a robots.txt that mean "not now", though the RFC would let us read them as "no rules"."""


class Turns:
    """Gives turns (the port `ports.Turns`) over the hosts of one book.

    `fetch` asks for robots files, `chance` draws from [0, 1), `robots` keeps the files (origin -> file) between runs,
    `owner` names this process in claims. Once `stopped` says so, nobody gets a turn any more. Use one object for all
    tasks of one event loop.
    """

    def __init__(
        self,
        book: HostBook,
        fetch: Fetch,
        clock: Clock,
        chance: Callable[[], float],
        manners: Manners,
        *,
        robots: MutableMapping[str, RobotsFile] | None = None,
        owner: str = "this process",
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._book = book
        self._fetch = fetch
        self._clock = clock
        self._chance = chance
        self._manners = manners
        self._robots = {} if robots is None else robots
        self._owner = owner
        self._stopped = stopped
        self._free = asyncio.Semaphore(manners.together)
        self._hosts: defaultdict[str, _Host] = defaultdict(_Host)
        self._origins: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._known: dict[str, tuple[RobotsFile, Rules]] = {}

    @asynccontextmanager
    async def turn(self, url: str, delay: float | None = None) -> AsyncIterator[HostTurn]:
        """Wait for the turn of this address; raises `Refused`. Never take a second turn while holding one.

        `delay` (seconds) is the pause that its source asks for, None for the usual one. It holds for the host from now
        on; of several the longest counts.
        """
        _, host = _place(url)
        if delay is not None:
            self._hosts[host].delay = max(self._hosts[host].delay or 0.0, delay)
        file, rules = await self.rules(url)
        decision = rules.decide(url)
        if decision.kind == "robots-unreachable":
            raise Refused("deferred", decision.kind, decision.reason, file.expires_at)
        if not decision.allowed:
            raise Refused("disallowed", decision.kind, decision.reason)
        async with self._slot(host, rules.crawl_delay) as turn:
            yield turn

    def paced(self, delay: float) -> ports.Turns:
        """These turns for a source that asks for a pause of its own."""
        return _Paced(self, delay)

    async def rules(self, url: str) -> tuple[RobotsFile, Rules]:
        """The robots.txt that governs an address, asked for if it is not known or too old; raises `Refused`."""
        origin, _ = _place(url)
        async with self._origins[origin]:
            known = self._known.pop(origin) if origin in self._known else None
            file, rules = known or self._read(origin, self._robots.get(origin))
            if file.expires_at <= self._clock.time():
                file, rules = self._read(origin, await self._robots_file(origin))
                self._robots[origin] = file
            self._known[origin] = (file, rules)  # taken out and put back: the last one is the latest used
            while len(self._known) > 1 and sum(1 + len(each.rules) for _, each in self._known.values()) > _MOST_RULES:
                del self._known[next(iter(self._known))]
            return file, rules

    def _read(self, origin: str, file: RobotsFile | None) -> tuple[RobotsFile, Rules]:
        file = file or RobotsFile(origin, 0, b"", 0.0, 0.0)
        return file, rules_of(file, self._manners.product, self._manners.careful)

    async def _robots_file(self, origin: str) -> RobotsFile:
        """Ask for a robots.txt, over redirects (also to other hosts: the rules are still those of this origin)."""
        url = f"{origin}/robots.txt"
        for hop in range(self._manners.robots_hops + 1):
            reply = await self._asked(url)
            if reply is None or not 300 <= reply.status < 400 or hop == self._manners.robots_hops:
                break
            try:
                url = resolve(reply.header("location"), url)
            except UnfitAddress:
                break
        now = self._clock.time()
        # One byte more than is read, so that the reader still sees that it was cut.
        file = RobotsFile(origin, reply.status if reply else 0, reply.body[: MAX_BYTES + 1] if reply else b"", now, now)
        known = rules_of(file, self._manners.product, self._manners.careful).allowed
        return replace(file, expires_at=now + (self._manners.robots_age if known else self._manners.robots_retry))

    async def _asked(self, url: str) -> Reply | None:
        """The answer to one request for a robots.txt, asked again after trouble; None if there is none.

        Raises `Refused` where the address may not be asked at all: then no page of the host may be either.
        """
        reply = None
        _, host = _place(url)
        for _ in range(self._manners.robots_tries):
            async with self._slot(host) as turn:
                try:
                    reply = await self._fetch(url)
                except Trouble as trouble:
                    reply = None
                    turn.done(trouble=trouble)
                    if trouble.kind == "address":
                        raise Refused("failed", trouble.kind, trouble.message) from None
                else:
                    if 200 <= reply.status < 300:
                        turn.crawl_delay = parse(reply.body, self._manners.product).crawl_delay
                    # A delay of a day must not come between the rules and the page, or both would expire in turn.
                    turn.crawl_delay = turn.crawl_delay if turn.crawl_delay <= self._manners.patience else 0.0
                    turn.done(reply)
            if reply and not worth_retrying(reply.status):
                break
        return reply

    @asynccontextmanager
    async def _slot(self, host: str, crawl_delay: float | None = None) -> AsyncIterator[HostTurn]:
        """Hold a host for one request; `crawl_delay` None leaves the one that is known of it."""
        async with self._hosts[host].lock:
            record = await self._claimed(host, crawl_delay)
            turn = HostTurn(record, self._clock, self._chance, self._pace(host))
            try:
                yield turn
            finally:
                self._hosts[host].record = turn.close()
                try:
                    self._book.release(turn.record, self._owner)
                finally:
                    self._free.release()

    async def _claimed(self, host: str, crawl_delay: float | None) -> HostRecord:
        """Wait until the host may be asked, and claim it together with a place among all requests."""
        began = self._clock.time()
        while True:
            if self._stopped():
                raise Refused("deferred", "stopped", "the run was stopped before its turn came")
            await self._free.acquire()
            try:
                record, wait = self._look(host, crawl_delay)
            except BaseException:
                self._free.release()
                raise
            if record and wait <= 0.0:
                return record
            self._free.release()
            now = self._clock.time()
            if now + wait - began > self._manners.patience:
                raise _too_long(host, record, now + wait)
            await self._clock.sleep(min(wait, _LISTEN))

    def _look(self, host: str, crawl_delay: float | None) -> tuple[HostRecord | None, float]:
        """What is known of a host, and the seconds to wait; if there are none, it is now claimed.

        What we wrote last is looked at first: others may have moved the host's time on since, but never back.
        """
        now = self._clock.time()
        record = self._hosts[host].record
        if record and opens_at(record) > now:
            return record, opens_at(record) - now
        lease = self._manners.lease + max(self._pace(host).delay, crawl_delay or 0.0)  # the pause holds after death
        record = self._book.claim(host, self._owner, now, lease)
        if record is None:
            return None, _LOOK_AGAIN
        record = record if crawl_delay is None else replace(record, crawl_delay=crawl_delay)
        self._hosts[host].record = record
        if opens_at(record) > now:
            self._book.release(record, self._owner)
        return record, opens_at(record) - now

    def _pace(self, host: str) -> Pace:
        """How fast a host may be asked."""
        pace, delay = self._manners.pace, self._hosts[host].delay
        return pace if delay is None else replace(pace, delay=delay)


@dataclass(frozen=True, slots=True)
class _Paced:
    """Turns with the delay of a source (the port `ports.Turns`)."""

    turns: Turns
    delay: float

    def turn(self, url: str) -> AbstractAsyncContextManager[HostTurn]:
        """As in `Turns`."""
        return self.turns.turn(url, self.delay)


class HostTurn:
    """The right to ask a host once (the port `ports.Turn`)."""

    def __init__(self, record: HostRecord, clock: Clock, chance: Callable[[], float], pace: Pace) -> None:
        self.record = record
        self.crawl_delay = record.crawl_delay
        self._clock, self._chance, self._pace = clock, chance, pace
        self._started = clock.time()
        self._said = False

    def done(self, reply: Reply | None = None, trouble: Trouble | None = None) -> float:
        """Say what came of it: one of the two. Gives the earliest moment (Unix seconds) to ask this host again."""
        record = replace(self.record, crawl_delay=self.crawl_delay)
        end, chance = self._clock.time(), self._chance()
        head = reply or (trouble.head if trouble and trouble.head and worth_retrying(trouble.head.status) else None)
        if head:
            self.record = after_reply(record, head, end, chance, self._pace)
        elif trouble:
            self.record = after_failure(record, trouble.kind, end, end - self._started, chance, self._pace)
        else:
            self.record = after_silence(record, end, end - self._started, chance, self._pace)
        self._said = True
        return opens_at(self.record)

    def close(self) -> HostRecord:
        """The record to write back; a turn without a word counts as a request without a verdict."""
        if not self._said:
            self.done()
        return self.record


@dataclass(slots=True, eq=False)
class _Host:
    """What this process holds of one host: its queue, the record as we saw it last, the delay its sources ask for."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    record: HostRecord | None = None
    delay: float | None = None


def _too_long(host: str, record: HostRecord | None, when: float) -> Refused:
    """The refusal of a host that cannot be asked soon enough, in words."""
    if record is None:
        return Refused("deferred", "host-busy", f"another process is asking {host}", when)
    until = datetime.fromtimestamp(min(when, 2**33), UTC).isoformat(timespec="seconds")
    if record.blocked_until >= record.next_at:
        return Refused("deferred", "host-blocked", f"{host} is left alone until {until}: {record.why}", when)
    asks = f" (robots.txt asks for {record.crawl_delay:g} s between requests)" if record.crawl_delay else ""
    return Refused("deferred", "host-delay", f"{host} may be asked again at {until}{asks}", when)


def _place(url: str) -> tuple[str, str]:
    """The origin of an address, where one robots.txt governs, and its host, where one gate stands; raises `Refused`.

    http and https of a host are two origins behind one gate; so is a name with and without its final dot.
    """
    try:
        scheme, _, host = resolve(url).split("/")[:3]
    except UnfitAddress as error:
        raise Refused("failed", "url", f"not an address that can be asked: {error}") from None
    return f"{scheme}//{host}", host.replace(".:", ":").rstrip(".")
