"""A `HostBook` that keeps its records in memory: who takes turns needs no files to be tested."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.acquire.web.values import HostRecord


@dataclass(slots=True)
class MemoryBook:
    """A `HostBook` for one process: nothing outlives it."""

    records: dict[str, HostRecord] = field(default_factory=dict)
    claims: dict[str, tuple[str, float]] = field(default_factory=dict)

    def claim(self, host: str, owner: str, now: float, seconds: float) -> HostRecord | None:
        """As in `HostBook`; a claim that has run out is anyone's."""
        holder, until = self.claims.get(host, ("", 0.0))
        if holder not in ("", owner) and now < until:
            return None
        self.claims[host] = (owner, now + seconds)
        return self.records.get(host) or HostRecord(host)

    def release(self, record: HostRecord, owner: str) -> None:
        """As in `HostBook`; one who lost the claim meanwhile does not overwrite what the next holder knows."""
        if self.claims.get(record.host, ("", 0.0))[0] == owner:
            del self.claims[record.host]
            self.records[record.host] = record
