"""The gate of one host: when it may be asked next, and for how long it is left alone after trouble.

Pure: a record goes in, a record comes out; time and chance are arguments. `turns` waits and claims, `state` keeps the
records between runs.

What we know of hosts, and what follows from it:
- A slow answer means a busy host. The pause therefore grows with the time that the host took, and it is counted from
  the end of an answer: from its start, a host that slows down would be asked more often than it can answer.
- 429 and 503 are about us, not about the page: they block the whole host. Where no time is named, a minute, doubled
  each time up to a day. Forgiveness takes 30 quiet minutes, not one good answer, or a host that answers every second
  request with 429 would never be left in peace.
- Other server errors and broken connections come singly (one bad page) or in a row (a host in trouble). Only the
  third in a row blocks, and a good answer ends the row.
- A machine says 0, -1, a date in the past or 10**9 as easily as a sensible time. Too little counts as no word at
  all; more than a day counts as a day, and then the host is asked whether it still means it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.acquire.web.http.retry import retry_after, worth_retrying
from pipeline.acquire.web.values import HostRecord, Reply

_TROUBLED = frozenset({"connect", "dns", "timeout", "reset", "cut", "tls", "protocol"})
"""Kinds of `Trouble` that tell something of the host; the others are about one address or one answer."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast hosts may be asked. All times are seconds."""

    delay: float = 5.0
    """The least pause between the end of one answer and the next request."""
    latency_factor: float = 2.0
    """The pause is at least this many times as long as the host took to answer."""
    jitter: float = 0.25
    """The share of the pause that chance may add, so that visits do not fall into step."""
    first_block: float = 60.0
    """How long 429 or 503 block a host that names no time; doubled each time."""
    longest_block: float = 86_400.0
    """No block is longer; then the host is asked again."""
    quiet: float = 1_800.0
    """So long after a block has ended, without another, a good answer or the next trouble finds a clean record."""
    strikes: int = 3
    """So many troubles in a row block a host that gave neither 429 nor 503."""


def opens_at(record: HostRecord) -> float:
    """The earliest moment (Unix seconds) at which the host may be asked."""
    return max(record.next_at, record.blocked_until)


def pause(record: HostRecord, latency: float, chance: float, pace: Pace) -> float:
    """Seconds from the end of an answer to the next request; a crawl delay is never shortened."""
    least = max(pace.delay, record.crawl_delay, pace.latency_factor * max(latency, 0.0))
    return least * (1.0 + pace.jitter * chance)


def after_silence(record: HostRecord, end: float, latency: float, chance: float, pace: Pace) -> HostRecord:
    """The record after a request of which nobody said what came of it: only the next slot moves."""
    return replace(record, next_at=max(record.next_at, end + pause(record, latency, chance, pace)))


def after_good(record: HostRecord, end: float, latency: float, chance: float, pace: Pace) -> HostRecord:
    """The record after an answer that tells of no trouble. `end` is when it was whole, `chance` is from [0, 1)."""
    clean = after_silence(_forgiven(record, end, pace), end, latency, chance, pace)
    return clean if clean.blocked_until else replace(clean, strikes=0, why="")


def after_trouble(
    record: HostRecord, end: float, latency: float, chance: float, pace: Pace, *, why: str, block: bool, asked: float
) -> HostRecord:
    """The record after trouble: one strike more, and a block if the host asked for one or the row is long.

    `block` says that the trouble is about us (429, 503); `asked` is the time that the host named, 0 for none.
    """
    clean = after_silence(_forgiven(record, end, pace), end, latency, chance, pace)
    strikes = clean.strikes + 1
    doublings = strikes - 1 if block else strikes - pace.strikes
    ours = pace.first_block * 2.0 ** min(doublings, 40) if doublings >= 0 else 0.0
    if asked and strikes == 1:
        ours = 0.0  # the first word of a host is taken as it is; if it then complains again, ours counts too
    length = min(max(asked, ours), pace.longest_block)
    blocked = max(record.blocked_until, end + length) if length else clean.blocked_until
    return replace(clean, strikes=strikes, blocked_until=blocked, why=why)


def after_reply(record: HostRecord, reply: Reply, end: float, chance: float, pace: Pace) -> HostRecord:
    """The record after an answer: 429 and 503 block, other server errors are a strike, all else is good."""
    if not worth_retrying(reply.status):
        return after_good(record, end, reply.seconds, chance, pace)
    named = reply.header("retry-after")
    asked = retry_after(named, end) or 0.0
    why = f"answered {reply.status}" + (f", Retry-After {named[:60]}" if named else "")
    block = reply.status in (429, 503)
    return after_trouble(record, end, reply.seconds, chance, pace, why=why, block=block, asked=asked)


def after_failure(record: HostRecord, kind: str, end: float, latency: float, chance: float, pace: Pace) -> HostRecord:
    """The record after a request without a whole answer; `kind` is that of the `Trouble`."""
    if kind not in _TROUBLED:
        return after_silence(record, end, latency, chance, pace)
    return after_trouble(record, end, latency, chance, pace, why=f"no answer ({kind})", block=False, asked=0.0)


def _forgiven(record: HostRecord, now: float, pace: Pace) -> HostRecord:
    """The record without its strikes and its block, if the last block ended long enough ago."""
    if record.blocked_until and now >= record.blocked_until + pace.quiet:
        return replace(record, strikes=0, blocked_until=0.0, why="")
    return record
