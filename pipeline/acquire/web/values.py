"""The values that flow through fetching, and the ports through which time and memory are passed in.

Nothing here asks, waits or writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

FetchOutcome = Literal[
    "fetched", "unchanged", "blocked", "gone", "wrong_type", "too_large", "disallowed", "skipped", "deferred", "failed"
]
"""What became of one address: `fetched` is new or changed; `deferred` is to be asked again later (its host is parked,
or the budget of the run is used up); `skipped` was not asked because a setting or a rights signal says so."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of a server to one request, before any redirect is followed.

    `body` is unpacked; `wire` is the body as it came, for the archive (empty where `body` was never read: a redirect
    or a 304 may have one, but it is of no use). `address` is the IP that was asked. `seconds` is from the first byte
    sent to the last one read.
    """

    url: str
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)
    wire: bytes = field(repr=False)
    request: tuple[tuple[str, str], ...] = ()
    http_version: str = "HTTP/1.1"
    address: str = ""
    started: datetime | None = None
    seconds: float = 0.0

    def header(self, name: str) -> str:
        """The first value of a header, whatever its case; "" if there is none."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask again with: ETag and Last-Modified as they came, and the digest of the body."""

    etag: str = ""
    last_modified: str = ""
    body_digest: str = ""

    def headers(self) -> Mapping[str, str]:
        """The headers of a conditional request; none if there is nothing to ask with."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in asked.items() if value}


@dataclass(frozen=True, slots=True)
class Visit:
    """What became of asking for one address, redirects and retries included.

    `reply` is the last answer (None if there was none), `hops` the answers before it that redirected. `kind` is a
    short fixed word under the outcome (`timeout`, `dns`, `robots`, `soft-404`, ...), `reason` says it in words.
    `wait_until` (Unix seconds) says when a deferred address may be asked again.
    """

    url: str
    outcome: FetchOutcome
    kind: str = ""
    reason: str = ""
    reply: Reply | None = None
    hops: tuple[Reply, ...] = ()
    wait_until: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """An address that discovery came upon: where it was found, and what was said of it there.

    `modified` is when the place says that the page changed last (None if it does not).
    """

    url: str
    found_in: str
    title: str = ""
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class HostRecord:
    """What is known of one host (`name:port`) between requests and runs. Times are Unix seconds.

    `next_at` is the earliest moment for the next request, `blocked_until` what the host itself asked for (or we gave
    it after trouble), `strikes` counts troubles in a row, `crawl_delay` (seconds) is what its robots.txt asks.
    """

    host: str
    next_at: float = 0.0
    blocked_until: float = 0.0
    strikes: int = 0
    crawl_delay: float = 0.0
    why: str = ""


class HostBook(Protocol):
    """Records of hosts that several runs share. A claim lets one run at a time ask a host."""

    def claim(self, host: str, owner: str, now: float, seconds: float) -> HostRecord | None:
        """The record of a host, claimed by `owner` for at most `seconds`; None while another owner holds it."""

    def release(self, record: HostRecord, owner: str) -> None:
        """Write a record back and give up the claim."""


class Clock(Protocol):
    """Time, passed in."""

    def time(self) -> float:
        """Now, in Unix seconds."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""
