"""What runs remember of hosts, and share: when each may be asked, who is asking it now, and its robots files.

A claim gives one run at a time the right to ask a host. It is one statement, so two runs never both get it. It ends
when it is given back, when its time runs out, or when its run dies; in the last two cases nobody knows when the host
was last asked, so the next one to claim it finds the usual pause in front: as long as there was between the start of
the request before and the slot after it.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from dataclasses import astuple

from pipeline.acquire.web.politeness.robots import RobotsFile
from pipeline.acquire.web.storage.database import Database, plain
from pipeline.acquire.web.values import HostRecord

_GAP = 10.0  # seconds of pause for a host of which we do not know better
_CLAIM = """
INSERT INTO host (host, owner, lease, claimed) VALUES (:host, :owner, :now + :seconds, :now)
ON CONFLICT (host) DO UPDATE SET owner = :owner, lease = :now + :seconds, claimed = :now,
    next_at = CASE WHEN owner IN ('', :owner) THEN next_at ELSE max(next_at, :now + coalesce(gap, :unknown)) END
    WHERE owner IN ('', :owner) OR lease <= :now
RETURNING host, next_at, blocked_until, strikes, crawl_delay, why
"""
_RELEASE = """
UPDATE host SET owner = '', gap = max(0, :next_at - claimed), next_at = :next_at, blocked_until = :blocked_until,
    strikes = :strikes, crawl_delay = :crawl_delay, why = :why WHERE host = :host AND owner = :owner
"""
_TOO_LATE = """
UPDATE host SET next_at = max(next_at, :next_at), blocked_until = max(blocked_until, :blocked_until),
    strikes = max(strikes, :strikes), crawl_delay = max(crawl_delay, :crawl_delay) WHERE host = :host
"""
_FREE = "UPDATE host SET owner = '', next_at = max(next_at, ? + coalesce(gap, ?)) WHERE owner = ?"


class SharedHosts:
    """The `HostBook` of all runs below one folder."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, host: str, owner: str, now: float, seconds: float) -> HostRecord | None:
        """The record of a host, claimed by `owner` for at most `seconds`; None while another owner holds it."""
        values = {"host": host, "owner": owner, "now": now, "seconds": seconds, "unknown": _GAP}
        rows = self._database.do(_CLAIM, values)
        return HostRecord(*rows[0]) if rows else None

    def release(self, record: HostRecord, owner: str) -> None:
        """Write a record back and give up the claim; if that ran out meanwhile, the stricter values hold."""
        names = ("host", "next_at", "blocked_until", "strikes", "crawl_delay", "why")
        values = {name: getattr(record, name) for name in names} | {"owner": owner, "why": plain(record.why)}
        with self._database.changing() as db:
            if not db.execute(_RELEASE, values).rowcount:
                db.execute(_TOO_LATE, values)

    def free(self, owner: str, now: float) -> None:
        """End all claims of an owner that is dead."""
        self._database.do(_FREE, (now, _GAP, owner))


class SharedRobots(MutableMapping[str, RobotsFile]):
    """The robots files of all runs by their origin, expired ones too."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def __getitem__(self, origin: str) -> RobotsFile:
        for row in self._database.do("SELECT * FROM robots WHERE origin = ?", (origin,)):
            return RobotsFile(*row)
        raise KeyError(origin)

    def __setitem__(self, origin: str, file: RobotsFile) -> None:
        self._database.do("REPLACE INTO robots VALUES (?, ?, ?, ?, ?)", (origin, *astuple(file)[1:]))

    def __delitem__(self, origin: str) -> None:
        if not self._database.do("DELETE FROM robots WHERE origin = ? RETURNING 1", (origin,)):
            raise KeyError(origin)

    def __iter__(self) -> Iterator[str]:
        return (origin for (origin,) in self._database.do("SELECT origin FROM robots ORDER BY origin"))

    def __len__(self) -> int:
        return int(self._database.do("SELECT count(*) FROM robots")[0][0])
