"""What `thresher label` does: prepare pages, serve them until Ctrl-C, write the labels, say what came of it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import OutputError, UsageError
from pipeline.label.desk import Desk
from pipeline.label.prepare import Order, Preparation
from pipeline.label.server import Server
from pipeline.label.store import Store

_LISTED = 5  # failures named at the end; the rest is counted


_OPEN = "Open this address in a browser on this machine. Ctrl-C here ends the work and writes the labels."


def label(order: Order, *, port: int = 0, told: Callable[[str], None]) -> bool:
    """Serve the pages of an order until the person ends it, then write the labels into `order.out`.

    False if the inputs hold no page to label. `told` hears the address and the summary. Raises `ThresherError` for an
    order that cannot be carried out.
    """
    check_place(order.out, order.paths)
    with Store(work_file(order.out)) as store, _server(Desk(store, order.out), port) as server:
        preparation = Preparation(order, store, server.desk)
        with _interrupted() as interrupted, ThreadPoolExecutor(1) as thread:
            preparing = thread.submit(preparation.run)
            try:
                _serve(server, preparation, preparing, interrupted, told)
            finally:
                preparation.stopped.set()
        for line in _passed(preparation):
            told(line)
        _summary(order.out, store, server.desk, told)
        return bool(len(server.desk)) or not server.desk.ready


def work_file(out: Path) -> Path:
    """The file beside the labels that holds the work: pages and corrections."""
    return out.with_name(f"{out.name}.work")


def check_place(out: Path, inputs: tuple[Path, ...]) -> None:
    """Raise `OutputError` if writing `out` would harm an input or a file that is not ours, or cannot work."""
    place = out.resolve()
    for given in inputs:
        source = given.resolve()
        if place == source or source in place.parents:
            raise OutputError(f"{out} lies inside the input {given}, so it would be read as one; choose another -o")
    if place.is_dir():
        raise OutputError(f"{out} is a folder; name a file with -o, such as {out / 'labels.parquet'}")
    if place.exists() and not work_file(out).exists():
        raise OutputError(f"{out} exists, but not {work_file(out).name} to go on from; choose another -o")
    if not os.access(place.parent, os.W_OK | os.X_OK):
        raise OutputError(f"{out}: cannot write into {place.parent}; choose another place with -o")


@contextmanager
def _server(desk: Desk, port: int) -> Iterator[Server]:
    """A server that answers from a thread of its own, until the block ends."""
    try:
        server = Server(desk, port)
    except OSError as error:
        raise UsageError(f"port {port} cannot be used ({error.strerror or error}); --port 0 takes a free one") from None
    with server:
        threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


@contextmanager
def _interrupted() -> Iterator[threading.Event]:
    """An event that Ctrl-C sets (or the system's request to end); a second one stops at once."""
    event = threading.Event()

    def interrupt(_number: int, _frame: object) -> None:
        if event.is_set():
            raise KeyboardInterrupt
        event.set()

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield event
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _serve(
    server: Server,
    preparation: Preparation,
    preparing: Future[None],
    interrupted: threading.Event,
    told: Callable[[str], None],
) -> None:
    """Wait for the first page, tell the address, wait for the end; what breaks the preparation ends it too."""
    while not interrupted.is_set() and not preparation.first.wait(0.1):
        pass
    if len(server.desk) and not interrupted.is_set():
        told(f"{server.url}\n{_OPEN}")
        while not interrupted.wait(0.1) and not (preparing.done() and preparing.exception()):
            pass
    preparation.stopped.set()
    preparing.result()


def _passed(preparation: Preparation) -> Iterator[str]:
    """What was not shown, in words."""
    failures = preparation.failures
    for failure in failures[:_LISTED]:
        yield f"{failure.path}: {failure.kind}: {failure.message}"
    if len(failures) > _LISTED:
        yield f"more inputs that could not be read: {len(failures) - _LISTED:,}"
    for words, count in preparation.passed.items():
        yield f"passed over: {count:,} {words}"
    if preparation.enough:
        yield f"the first {preparation.order.most:,} pages were shown; --most takes more"


def _summary(out: Path, store: Store, desk: Desk, told: Callable[[str], None]) -> None:
    """Write the labels, and say what there is."""
    tally = store.tally()
    rows = int(desk.save()["rows"]) if tally.done or out.exists() else 0
    told(f"labelled pages: {rows:,}; corrected blocks: {tally.corrected:,}")
    if tally.begun:
        told(f"pages that are corrected but not marked as done, and so no labels yet: {tally.begun:,}")
    told(f"written: {out}; thresher train learns from it" if rows else "no page is marked as done: nothing is written")
