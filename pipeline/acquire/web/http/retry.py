"""How long to wait before asking again: what `Retry-After` says, and back-off with full jitter under a budget.

Pure functions; the clock and chance are the caller's. Whether a *host* may be asked is not decided here but by `gate`:
a retry takes a new turn like every other request.

Why full jitter: requests that failed together must not come back together. A wait drawn evenly between zero and a
doubling bound spreads them best, and needs no memory.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

_SECONDS = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?")


def worth_retrying(status: int) -> bool:
    """Whether the same request may well succeed later: 408, 425, 429 and the server errors."""
    return status in (408, 425, 429) or 500 <= status < 600


def retry_after(value: str, now: float) -> float | None:
    """Seconds that a `Retry-After` header asks us to wait, counted from `now` (Unix seconds); a past date is 0.

    None where the header is missing or says nothing that the standard knows: a negative number, words, a broken date.
    """
    value = value.strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    if not 10 <= len(value) <= 60:  # every form of a date is within; longer ones are not worth reading
        return None
    try:
        when = parsedate_to_datetime(value)
        moment = when.replace(tzinfo=when.tzinfo or UTC).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return max(0.0, moment - now) if math.isfinite(moment) else None


@dataclass(frozen=True, slots=True)
class Retries:
    """How often and how long to try again. `base`, `longest` and `budget` are seconds."""

    tries: int = 3
    """Requests in all, the first one included."""
    base: float = 1.0
    """The bound of the first wait; it doubles with each try."""
    longest: float = 30.0
    """No wait that we choose ourselves is longer."""
    budget: float = 60.0
    """All waits of one visit together; a wait that would exceed it is not begun."""

    def wait(self, tried: int, waited: float, chance: float, asked: float = 0.0) -> float | None:
        """Seconds to wait after `tried` requests (1 or more), having `waited` so long before; None to give up.

        `chance` is drawn from [0, 1). `asked` is what the server wants: all of it is waited for, or nothing.
        """
        if tried >= self.tries:
            return None
        bound = min(self.longest, self.base * 2.0 ** min(tried - 1, 60))
        wait = asked + chance * bound
        return wait if waited + wait <= self.budget else None
