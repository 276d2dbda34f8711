"""A run as a person watches it: a progress line on a terminal, and Ctrl-C that ends well.

The first Ctrl-C, or the signal to end that a system sends, starts no new page, finishes those at hand and writes down
what is done; the second stops at once.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Self, TypeVar

from pipeline.saying import count_of

if TYPE_CHECKING:
    from pipeline.acquire.web.tools import Tally
    from pipeline.publish import Summary
    from pipeline.run.cleaning import Order, Progress
    from pipeline.run.fetching import FetchOrder

T = TypeVar("T")


def run_watched(order: Order) -> tuple[Summary, bool]:
    """Run an order; gives its summary, and whether the person interrupted it."""
    from pipeline.run.cleaning import run_clean  # noqa: PLC0415 - each command loads what it runs

    return _watched(partial(run_clean, order), _cleaned)


def fetch_watched(order: FetchOrder) -> tuple[Tally, bool]:
    """Fetch what an order names; gives its tally, and whether the person interrupted it."""
    from pipeline.run.fetching import run_fetch  # noqa: PLC0415 - each command loads what it runs

    return _watched(partial(run_fetch, order), _fetched)


def _cleaned(progress: Progress, seconds: float) -> str:
    """Inputs so far, rate, how many were known already, failures."""
    inputs, rate = count_of(progress.inputs, "input"), progress.cleaned / seconds
    return f"{inputs}  {rate:,.0f}/s  {progress.reused:,} unchanged  {progress.failed:,} failed"


def _fetched(tally: Tally, seconds: float) -> str:
    """Pages so far, rate, outcomes, and the hosts that were asked most."""
    outcomes = "  ".join(f"{count:,} {outcome}" for outcome, count in tally.counts().most_common())
    hosts = sorted(((sum(counts.values()), host) for host, counts in tally.hosts.items()), reverse=True)
    most = ", ".join(f"{host} {count:,}" for count, host in hosts[:3])
    others = f", {count_of(len(hosts) - 3, 'more host')}" if len(hosts) > 3 else ""
    return f"{count_of(tally.asked, 'page')}  {tally.asked / seconds:,.1f}/s  {outcomes}  ({most}{others})"


def _watched(run: Callable[..., T], say: Callable[[Any, float], str]) -> tuple[T, bool]:
    """Run something that can be watched and stopped; `say` puts its progress, after some seconds, in a line."""
    stop = threading.Event()

    def interrupt(_number: int, _frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        sys.stderr.write("\ninterrupted: finishing the pages at hand (Ctrl-C again stops at once)\n")

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        if not sys.stderr.isatty():
            return run(stopped=stop.is_set), stop.is_set()
        with _Line(say) as line:
            return run(watch=line.show, stopped=stop.is_set), stop.is_set()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Line:
    """A line on the terminal that is written again and again, and is gone at the end."""

    def __init__(self, say: Callable[[Any, float], str]) -> None:
        from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
        from rich.markup import escape  # noqa: PLC0415 - likewise
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - likewise

        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._say, self._escape = say, escape
        self._bar: Any = Progress(*columns, transient=True, console=Console(stderr=True))
        self._task = self._bar.add_task("")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, progress: Any) -> None:
        """Show how far a run is."""
        elapsed = self._bar.tasks[0].elapsed or 0.001
        self._bar.update(self._task, description=self._escape(self._say(progress, elapsed)))
