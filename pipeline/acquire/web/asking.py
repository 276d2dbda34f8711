"""From addresses that wait to pages that are kept: visits, host by host, looked at and written down.

The order of writing makes a killed run harmless: archive, manifest, state. What the state does not know is asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from pipeline.acquire.web.discovery.links import read_canonical
from pipeline.acquire.web.discovery.urls import key
from pipeline.acquire.web.politeness.rights import HEAD_BYTES, objection, rights_of
from pipeline.acquire.web.politeness.robots import Rules
from pipeline.acquire.web.ports import Refused
from pipeline.acquire.web.sources.model import Source
from pipeline.acquire.web.storage.archive import WarcWriter
from pipeline.acquire.web.storage.manifest import ManifestWriter, row_of
from pipeline.acquire.web.storage.state import Known, Waiting
from pipeline.acquire.web.storage.warc import digest
from pipeline.acquire.web.tools import Allowance, Tools, host_of, iso_of, visited
from pipeline.acquire.web.values import FetchOutcome, Reply, Validators, Visit

_DAY = 86_400.0
_AGAIN: Mapping[FetchOutcome, float] = {"gone": 30 * _DAY, "wrong_type": 30 * _DAY, "disallowed": _DAY, "failed": _DAY}
"""Seconds until an address is asked again that gave nothing; for other outcomes the source says it."""
_AT_ONCE = 20  # addresses taken from the frontier at a time: what a killed run has to free again
_KEPT: frozenset[FetchOutcome] = frozenset({"fetched", "unchanged", "blocked"})
"""Outcomes whose answers go into the archive."""
_HOST_WAITS = frozenset({"host-busy", "host-blocked", "host-delay", "robots-unreachable", "http-429", "http-503"})
"""Kinds of `deferred` that hold for all addresses of a host."""


class Asker:
    """Asks for the pages of one source, and keeps what comes.

    No page is begun beyond the `allowance`, nor once `stopped` says so; `told` hears of every visit.
    """

    def __init__(
        self,
        tools: Tools,
        source: Source,
        manifest: ManifestWriter,
        archive: WarcWriter,
        allowance: Allowance,
        told: Callable[[Visit], None],
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._tools, self._source, self._manifest, self._archive = tools, source, manifest, archive
        self._allowance, self._told, self._stopped = allowance, told, stopped
        self._visitor, self._began = tools.visitor_for(source), tools.clock.time()

    async def host(self, host: str) -> None:
        """All addresses of one host that wait, one after the other, until it does not want to be asked any more."""
        state = self._tools.state
        while batch := state.take(self._source.name, host, _AT_ONCE, self._tools.clock.time()):
            for number, waiting in enumerate(batch):
                known = state.known(waiting.key)
                if known and known.asked >= self._began:  # meanwhile: a redirect of another address led there
                    continue
                if self._stopped() or not self._allowance.take() or not await self._page(waiting, known):
                    for left in batch[number:]:  # a page that was asked for is not taken any more, and stays as it is
                        state.put_back(left.key, 0.0)
                    return

    async def _page(self, waiting: Waiting, known: Known | None) -> bool:
        """Everything of one address; whether its host may be asked for another."""
        visit = await self._visit(waiting.found.url, known.validators if known else Validators())
        if visit.reply is None and not visit.hops and visit.outcome in ("deferred", "disallowed", "skipped"):
            self._allowance.give_back()  # nobody was asked
        if visit.kind == "stopped":
            return False
        rules = await self._rules(visit.reply.url) if visit.reply else None
        rights = self._rights(visit.reply, rules) if visit.reply else {}
        visit = self._looked_at(visit, rights)
        self._write(waiting, known, visit, rights, rules)
        self._told(visit)
        return visit.outcome != "deferred" or visit.kind not in _HOST_WAITS or bool(visit.hops)

    async def _visit(self, url: str, validators: Validators) -> Visit:
        """Ask for one address, unless its robots.txt speaks against it in a way that the source respects."""
        if self._source.respect and (rules := await self._rules(url)):
            said = rights_of((), b"", rules, url, product=self._tools.product)
            if objects := objection(said, frozenset(self._source.respect)):
                return Visit(url, "skipped", "rights", objects)
        return await visited(self._visitor, url, validators)

    async def _rules(self, url: str) -> Rules | None:
        """The robots.txt that governs an address; None if it is not known now."""
        try:
            return (await self._tools.turns.rules(url))[1]
        except Refused:
            return None

    def _rights(self, reply: Reply, rules: Rules | None) -> Mapping[str, str]:
        """What is said about the use of a page, by the robots.txt and by its own answer."""
        text = reply.header("content-type").lower().startswith("text/plain")
        head = b"" if text else reply.body[:HEAD_BYTES]
        return dict(rights_of(reply.headers, head, rules, reply.url, product=self._tools.product))

    def _looked_at(self, visit: Visit, rights: Mapping[str, str]) -> Visit:
        """What came, looked at: whether it is the page, and whether we may keep it."""
        reply = visit.reply
        if visit.outcome != "fetched" or reply is None:
            return visit
        most = self._source.max_page_bytes
        if len(reply.body) > most:
            reason = f"its {len(reply.body):,} bytes are more than max_page_bytes = {most:,} of the source"
            return replace(visit, outcome="too_large", kind="too_large", reason=reason)
        if objects := objection(rights.items(), frozenset(self._source.respect)):
            return replace(visit, outcome="skipped", kind="rights", reason=objects)
        stands_in = self._tools.recognise(reply)
        return replace(visit, outcome="blocked", kind=stands_in[0], reason=stands_in[1]) if stands_in else visit

    def _write(
        self, waiting: Waiting, known: Known | None, visit: Visit, rights: Mapping[str, str], rules: Rules | None
    ) -> None:
        """Keep what came of a visit: first the archive, then the manifest, and at last the state."""
        now, found = self._tools.clock.time(), waiting.found
        kept, earlier = visit.outcome in _KEPT, known.record if known else None
        record = self._archive.keep(visit, rights=rights, earlier=earlier) if kept else None
        validators = validators_of(visit.reply if kept else None, known.validators if known else Validators())
        fetched = visit.reply if visit.outcome == "fetched" else None
        row = row_of(
            visit, self._source.name, record=record, rights=rights, validators=validators, found_in=found.found_in,
            fetched_at=iso_of(now), robots=rules.decide(visit.reply.url).reason if rules and visit.reply else "",
            canonical=read_canonical(fetched.body, fetched.url) if fetched else "",
        )  # fmt: skip
        self._manifest.add(row)
        if visit.outcome == "deferred":
            self._tools.state.put_back(waiting.key, visit.wait_until)
            return
        known_now = Known(
            key=waiting.key,
            url=found.url,
            source=self._source.name,
            host=host_of(found.url),
            found_in=found.found_in,
            validators=validators,
            outcome=visit.outcome,
            asked=now,
            next_visit=now + _AGAIN.get(visit.outcome, self._source.again),
            record=record if visit.outcome in ("fetched", "blocked") else earlier,  # what holds the page, no revisit
        )
        self._tools.state.done(known_now)
        end = visit.reply.url if visit.reply else found.url
        if key(end) != waiting.key:  # where it led to is not to be asked again soon either
            self._tools.state.done(replace(known_now, key=key(end), url=end, host=host_of(end), found_in=""))


def validators_of(reply: Reply | None, before: Validators) -> Validators:
    """What to ask again with, after an answer; what an unchanged page does not say again stays as it was."""
    if reply is None:
        return before
    fresh = bool(reply.body)
    return Validators(
        reply.header("etag") or ("" if fresh else before.etag),
        reply.header("last-modified") or ("" if fresh else before.last_modified),
        digest(reply.body) if fresh else before.body_digest,
    )
