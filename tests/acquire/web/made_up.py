"""Made-up answers and a clock that stands still, for the tests of archive, manifest and state."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.acquire.web.values import Reply

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BODY = "<!doctype html><p>The ferry leaves at nine, the café opens at eight.</p>".encode()


@dataclass
class Clock:
    """Time that moves when it is told to."""

    now: float = NOON.timestamp()

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def reply(
    url: str = "https://ferry.example/a",
    body: bytes = BODY,
    *headers: tuple[str, str],
    status: int = 200,
    reason: str = "OK",
    packed: bool = False,
) -> Reply:
    wire = gzip.compress(body, mtime=0) if packed else body
    coding = (("Content-Encoding", "gzip"),) if packed else ()
    return Reply(
        url=url,
        status=status,
        reason=reason,
        headers=(("Content-Type", "text/html; charset=utf-8"), *coding, *headers),
        body=body,
        wire=wire,
        request=(("Host", "ferry.example"), ("User-Agent", "thresher/0 (+mailto:desk@ferry.example)")),
        address="192.0.2.7",
        started=NOON,
        seconds=0.25,
    )
