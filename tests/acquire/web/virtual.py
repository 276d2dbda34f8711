"""An event loop whose time passes only in its sleeps: hours of waiting in a blink, the same each time.

`run(main)` runs a coroutine function that is given a `Clock`. If all tasks wait and no timer is left, nobody would ever
wake: that is a deadlock, and an error at once.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Awaitable, Callable
from typing import TypeVar

Result = TypeVar("Result")

NOW = 1_767_268_800.0
"""When the loop starts: Thu, 01 Jan 2026 12:00:00 GMT."""


class _Leaping(selectors.DefaultSelector):
    """Waits for nothing: where a loop would sleep, its time leaps."""

    now = 0.0  # a small number: the resolution of a timer must not drown in its size

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        assert timeout is not None, "deadlock: every task waits, and nothing will wake one"
        self.now += max(timeout, 0.0)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop with leaping time."""

    def __init__(self) -> None:
        self._leaping = _Leaping()
        super().__init__(self._leaping)

    def time(self) -> float:
        return self._leaping.now


class VirtualClock:
    """The `Clock` of a virtual loop."""

    def time(self) -> float:
        return NOW + asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0.0, "a sleep without length would spin"
        await asyncio.sleep(seconds)


def run(main: Callable[[VirtualClock], Awaitable[Result]]) -> Result:
    """What `main` gives, in virtual time."""

    async def started() -> Result:
        return await main(VirtualClock())

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(started())
