"""Inputs -> sheets, in the background, while the person is already reading the first.

Pages are read by the rooms that `thresher clean` uses and cleaned by one worker process, so that a page which crashes,
hangs or eats memory costs nothing but itself. What an earlier session made, or a person touched, is not made again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from pipeline.acquire import read
from pipeline.document import Failure, Page, Result
from pipeline.label.desk import Desk
from pipeline.label.sheet import MOST_BLOCKS, key_of, sheet_of
from pipeline.label.store import Store
from pipeline.recipe import Kit, make_kit
from pipeline.run.codec import decode
from pipeline.run.workers import Job, run_in_workers
from pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be labelled. `most` is how many pages are put on the desk; `only_unsure` passes over the sure ones."""

    paths: tuple[Path, ...]
    out: Path
    settings: Settings = field(default_factory=Settings)
    only_unsure: bool = False
    most: int = 500


@dataclass(slots=True)
class Preparation:
    """The work of preparing one order.

    `passed` counts, in words, what is not on the desk; `failures` are the inputs that gave no page. `first` is set once
    there is a page, or will be none; `enough` says that inputs were left. Making one raises `ThresherError` for an
    order that cannot be carried out; `run` does the work, in any thread.
    """

    order: Order
    store: Store
    desk: Desk
    passed: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    stopped: Event = field(default_factory=Event)
    first: Event = field(default_factory=Event)
    enough: bool = False
    _kit: Kit = field(init=False)
    _inputs: Iterator[Page | Failure] = field(default_factory=lambda: iter(()))
    _at_hand: dict[str, Page] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check the order before anything is read."""
        self._kit = make_kit(self.order.settings)
        self._inputs = read(self.order.paths, self.order.settings)

    def run(self) -> None:
        """Put page after page on the desk, until the inputs end, there are enough, or `stopped` is set."""
        try:
            for key, outcome in run_in_workers(self._jobs(), self._kit, 1, self.stopped.is_set):
                self._keep(key, outcome if isinstance(outcome, Result) else decode(outcome[0]))
            if not self.stopped.is_set():
                self.store.forget_others(self.desk.keys)
                self.desk.ready = True
        finally:
            self.first.set()

    def _jobs(self) -> Iterator[Job]:
        """The pages that need cleaning; those that are known go to the desk at once."""
        seen: set[str] = set()
        for item in self._inputs:
            if len(self.desk) >= self.order.most:
                self.enough = True
                return
            if isinstance(item, Failure):
                self.failures.append(item)
                continue
            key = key_of(item)
            if key in seen:
                self.passed["the same page again"] += 1
            elif self.store.knows(key, self._kit.digest):
                self._show(key)
            else:
                self._at_hand[key] = item
                yield key, item
            seen.add(key)

    def _keep(self, key: str, result: Result) -> None:
        """Make the sheet of a page that was cleaned."""
        page, document = self._at_hand.pop(key), result.value
        if isinstance(document, Failure):
            self.failures.append(document)
        elif not document.blocks:
            self.passed["without any text"] += 1
        elif len(document.blocks) > MOST_BLOCKS:
            self.passed[f"of more than {MOST_BLOCKS:,} blocks"] += 1
        else:
            self.store.put(sheet_of(key, page, document), self._kit.digest)
            self._show(key)

    def _show(self, key: str) -> None:
        """Put a page on the desk, if it belongs there."""
        (standing,) = self.store.standing([key])
        touched = standing.done or standing.corrected
        if self.order.only_unsure and not standing.unsure and not touched:
            self.passed["without an unsure block (--only-unsure)"] += 1
        elif len(self.desk) < self.order.most:
            self.desk.add(key)
            self.first.set()
