"""A run as a person watches it: a progress bar on a terminal, and Ctrl-C that ends well.

The first Ctrl-C starts no new page, finishes those at hand and publishes what is done; the second stops at once.
"""

from __future__ import annotations

import signal
import sys
import threading
from typing import TYPE_CHECKING, Any, Self

from pipeline.run.cleaning import Order, Progress, run_clean

if TYPE_CHECKING:
    from pipeline.publish import Summary


def run_watched(order: Order) -> tuple[Summary, bool]:
    """Run an order; gives its summary, and whether the person interrupted it."""
    stop = threading.Event()

    def interrupt(_number: int, _frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        sys.stderr.write("\ninterrupted: finishing the pages at hand (Ctrl-C again stops at once)\n")

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        if not sys.stderr.isatty():
            return run_clean(order, stopped=stop.is_set), stop.is_set()
        with _Bar() as bar:
            return run_clean(order, watch=bar.show, stopped=stop.is_set), stop.is_set()
    finally:
        signal.signal(signal.SIGINT, before)


class _Bar:
    """The progress bar: inputs so far, rate, how many were known already, failures."""

    def __init__(self) -> None:
        from rich.progress import Progress as Bar  # noqa: PLC0415 - only a terminal needs it
        from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - likewise

        shown = ("{0[inputs]:,} inputs", "{0[rate]:,.0f}/s", "{0[reused]:,} unchanged", "{0[failed]:,} failed")
        text = "  ".join(shown).replace("{0", "{task.fields")
        self.bar: Any = Bar(SpinnerColumn(), TextColumn(text), TimeElapsedColumn(), transient=True, console=_stderr())
        self.task = self.bar.add_task("", inputs=0, rate=0.0, reused=0, failed=0)

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    def show(self, progress: Progress) -> None:
        """Show how far a run is."""
        elapsed = self.bar.tasks[0].elapsed or 0.001
        self.bar.update(
            self.task,
            inputs=progress.inputs,
            rate=progress.cleaned / elapsed,
            reused=progress.reused,
            failed=progress.failed,
        )


def _stderr() -> Any:
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it

    return Console(stderr=True)
