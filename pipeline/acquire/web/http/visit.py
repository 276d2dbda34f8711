"""One address to its end: redirects followed, trouble tried again, and one word for what became of it.

Observation: a request has a dozen ways to end, and most crawlers call eleven of them an error. Here each has its word
(`Visit.outcome`, `Visit.kind`), so that a page that is gone, one that did not change, one that is to be asked for
later and one that is no page at all are never mixed up.

Politeness is not decided here: every single request, the second try and each redirect included, takes a turn of its
own, and gives it back before the next one is taken. What the server says goes to the turn, which holds its host.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pipeline.acquire.web.discovery.urls import UnfitAddress, resolve
from pipeline.acquire.web.http.page_type import not_a_page, refresh
from pipeline.acquire.web.http.retry import Retries, worth_retrying
from pipeline.acquire.web.ports import Refused, Trouble, Turns, Web
from pipeline.acquire.web.storage.warc import digest
from pipeline.acquire.web.values import Clock, FetchOutcome, Reply, Validators, Visit

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({404, 410})
_BLOCKING = frozenset({429, 503})
_PASSING = frozenset({"connect", "timeout", "reset", "cut", "protocol"})
"""Kinds of `Trouble` that may pass. What is no HTTP counts, since it is often the rest of an answer whose length was
wrong, and a new connection gets the right one."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far one visit goes. `seconds` is spent on requests (waiting for turns is free); no try begins after it."""

    hops: int = 10
    seconds: float = 90.0
    refresh_within: int = 5
    retries: Retries = field(default_factory=Retries)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Visits addresses. `chance` draws from [0, 1); `unfit` says in words why an answer is not what we came for."""

    web: Web
    turns: Turns
    clock: Clock
    chance: Callable[[], float]
    limits: Limits = field(default_factory=Limits)

    async def visit(
        self, url: str, validators: Validators | None = None, unfit: Callable[[Reply], str] = not_a_page
    ) -> Visit:
        """Ask for one address until there is a last word. Trouble of every kind is an outcome, never an exception.

        With `validators` of an earlier visit, an answer that is the same as then is `unchanged`.
        """
        journey = _Journey(self, url, validators or Validators(), unfit)
        try:
            return await journey.travel()
        except Refused as refused:
            return journey.end(refused.outcome, refused.kind, refused.reason, wait_until=refused.wait_until)
        except Trouble as trouble:
            outcome: FetchOutcome = "too_large" if trouble.kind == "too_large" else "failed"
            return journey.end(outcome, trouble.kind, trouble.message, trouble.head)


class _Journey:
    """The state of one visit."""

    def __init__(self, visitor: Visitor, url: str, validators: Validators, unfit: Callable[[Reply], str]) -> None:
        self._by, self._url, self._known, self._unfit = visitor, url, validators, unfit
        self._hops: list[Reply] = []
        self._asked: set[str] = set()
        self._refreshed = False
        self._tried, self._waited, self._spent = 0, 0.0, 0.0

    def end(
        self, outcome: FetchOutcome, kind: str = "", reason: str = "", reply: Reply | None = None, wait_until: float = 0
    ) -> Visit:
        """The last word."""
        return Visit(self._url, outcome, kind, reason, reply, tuple(self._hops), wait_until)

    async def travel(self) -> Visit:
        """From address to address, until one does not send us on; raises `Refused` and `Trouble`."""
        here = _address(self._url)
        while True:
            self._asked.add(here)
            reply, free_at = await self._ask(here)
            onward = self._onward(here, reply)
            if isinstance(onward, Visit):
                return onward
            if not onward:
                return self._verdict(reply, free_at)
            self._hops.append(reply)
            here = onward

    async def _ask(self, url: str) -> tuple[Reply, float]:
        """The answer of one address, asked again while that may help, and when its host may be asked again."""
        headers = self._known.headers()
        while True:
            said, free_at = await self._once(url, headers)
            wait = self._wait() if _may_pass(said) else None
            if wait is not None:
                await self._by.clock.sleep(wait)
            elif isinstance(said, Trouble):
                raise said
            else:
                return said, free_at

    async def _once(self, url: str, headers: Mapping[str, str]) -> tuple[Reply | Trouble, float]:
        """One request within one turn: its answer or its trouble, and when the host may be asked again."""
        async with self._by.turns.turn(url) as turn:
            began = self._by.clock.time()
            try:
                said: Reply | Trouble = await self._by.web.get(url, headers)
            except Trouble as trouble:
                said = trouble
            self._spent += self._by.clock.time() - began
            return said, turn.done(trouble=said) if isinstance(said, Trouble) else turn.done(said)

    def _wait(self) -> float | None:
        """How long to wait before the next try; None to give up."""
        self._tried += 1
        if self._spent >= self._by.limits.seconds:
            return None
        wait = self._by.limits.retries.wait(self._tried, self._waited, self._by.chance())
        self._waited += wait or 0.0
        return wait

    def _onward(self, here: str, reply: Reply) -> str | Visit | None:
        """Where an answer sends us: an address, None if it is the end, or the last word if we do not follow."""
        if reply.status in _REDIRECTS:
            target = reply.header("location")
            if not target.strip():
                return self.end("failed", f"http-{reply.status}", "a redirect that does not say where to", reply)
        else:
            moved = refresh(reply) if reply.status == 200 and not self._refreshed else None
            if not moved or not moved.target or moved.seconds > self._by.limits.refresh_within:
                return None
            target = moved.target
        return self._next(here, target, reply)

    def _next(self, here: str, target: str, reply: Reply) -> str | Visit | None:
        """The address of a redirect, checked; a page that refreshes to nowhere new is the end, and a page."""
        paged = reply.status == 200
        try:
            there = resolve(target, here)
        except UnfitAddress as error:
            return None if paged else self.end("failed", "redirect", f"redirected to {target[:200]!r}: {error}", reply)
        if there in self._asked:
            return None if paged else self.end("failed", "redirect-loop", f"redirected in a circle, to {there}", reply)
        if len(self._hops) >= self._by.limits.hops:
            return self.end("failed", "redirect-limit", f"more than {self._by.limits.hops} redirects", reply)
        self._refreshed |= paged
        return there

    def _verdict(self, reply: Reply, free_at: float) -> Visit:
        """What a last answer means."""
        status = reply.status
        kind = f"http-{status}"
        said = f"the server answered {status} {reply.reason[:80]}".rstrip()
        if status in (200, 203):
            return self._page(reply)
        if status == 304 and self._known.headers():
            return self.end("unchanged", kind, "not modified since the last visit", reply)
        if status in _GONE:
            return self.end("gone", kind, said, reply)
        if status in _BLOCKING:
            return self.end("deferred", kind, said, reply, free_at)
        return self.end("failed", kind, said + _ODD.get(status, ""), reply)

    def _page(self, reply: Reply) -> Visit:
        """What a whole body is: new, known, of the wrong kind, or nothing at all."""
        if not reply.body:
            return self.end("failed", "empty", "the answer has no body", reply)
        wrong = self._unfit(reply)
        if wrong:
            return self.end("wrong_type", "wrong-type", f"not a page but {wrong}", reply)
        if digest(reply.body) == self._known.body_digest:
            return self.end("unchanged", "same-body", "the same bytes as at the last visit", reply)
        moved = refresh(reply)
        if moved and moved.target:
            onward = f"it sends its readers to {moved.target[:200]} after {moved.seconds} s, which was not followed"
            return self.end("fetched", "refresh", onward, reply)
        return self.end("fetched", reply=reply)


_ODD = {
    204: " (no content)",
    206: ", a part of a page though all of it was asked for",
    304: ", though we did not say what we have",
}


def _may_pass(said: Reply | Trouble) -> bool:
    """Whether the same request may have a better end later."""
    return said.kind in _PASSING if isinstance(said, Trouble) else worth_retrying(said.status)


def _address(url: str) -> str:
    """The first address, as all later ones are written; raises `Refused`."""
    try:
        return resolve(url)
    except UnfitAddress as error:
        raise Refused("failed", "url", f"not an address that can be asked: {error}") from None
