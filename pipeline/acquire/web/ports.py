"""What the parts of fetching ask of one another: the web itself, and turns at asking a host.

`visit` asks through these ports; `http` and `turns` are what stands behind them. Nothing here asks or waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Literal, Protocol

from pipeline.acquire.web.values import FetchOutcome, Reply

TroubleKind = Literal[
    "url", "dns", "address", "connect", "tls", "timeout", "reset", "cut", "protocol", "too_large", "encoding"
]
"""Why a request gave no answer: the address cannot be asked (`url`), its name is unknown (`dns`), it points to a place
that we may not ask (`address`), nobody answers there (`connect`), its certificate is not to be trusted (`tls`), it took
too long (`timeout`), the connection broke before an answer (`reset`) or within it (`cut`), the answer is no HTTP
(`protocol`), is larger than allowed (`too_large`), or is packed in a way that cannot be undone (`encoding`)."""


class Trouble(Exception):  # noqa: N818  # it is an outcome, not an error
    """One request that gave no whole answer. `head` is the answer without its body, where as much as that came."""

    def __init__(self, kind: TroubleKind, message: str, head: Reply | None = None) -> None:
        super().__init__(message)
        self.kind: TroubleKind = kind
        self.message = message
        self.head = head


class Refused(Exception):  # noqa: N818  # it is an outcome, not an error
    """A turn that is not given: robots forbid the address, or its host may not be asked soon enough.

    `outcome` is `disallowed`, `deferred` or `skipped`; `kind` and `reason` say why, as in a `Visit`; `wait_until`
    (Unix seconds) says when to ask again, 0 for never.
    """

    def __init__(self, outcome: FetchOutcome, kind: str, reason: str, wait_until: float = 0.0) -> None:
        super().__init__(reason)
        self.outcome: FetchOutcome = outcome
        self.kind = kind
        self.reason = reason
        self.wait_until = wait_until


class Web(Protocol):
    """One request at a time."""

    async def get(self, url: str, headers: Mapping[str, str]) -> Reply:
        """Ask once, follow nothing; raises `Trouble`."""


class Turn(Protocol):
    """The right to ask a host once."""

    def done(self, reply: Reply | None = None, trouble: Trouble | None = None) -> float:
        """Say what came of it: one of the two. Gives the earliest moment (Unix seconds) to ask this host again.

        A reply of 429 or 503 blocks the host for as long as it asks for. A turn that is left without a word (the visit
        was called off) counts as a request that was made, without a verdict.
        """


class Turns(Protocol):
    """Who may ask which host, and when."""

    def turn(self, url: str) -> AbstractAsyncContextManager[Turn]:
        """Wait for the turn of this address; raises `Refused`. Never take a second turn while holding one."""
