"""Worker processes that survive what a page does to them: a crash, a hang, a flood of memory.

Every page is cleaned in a worker with a deadline and a limit of memory. A worker that breaks either is killed and
replaced, its page becomes a `Failure`, and no other page is lost. The work itself is a plain function of a page; how it
is spread is this module's only business, so that another engine can take its place.
"""

from __future__ import annotations

import gc
import queue
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from typing import Any

from pipeline.document import Failure, Page, Result
from pipeline.judge.repeated import SiteMemory
from pipeline.recipe import Kit, clean_page, make_kit
from pipeline.run.work import NOTHING, Wanted, Work, finished
from pipeline.settings import Settings

Job = tuple[str, Page]
"""A page and the key of its result."""
Done = tuple[str, Work | Result]
"""The key of a page, and what was made of it, or the failure of the run that cost it."""

Spread = Callable[[Iterable[Job], Callable[[], bool]], Iterator[Done]]
"""Does all jobs of a run, in the order in which they end, until `stopped` says so, which is asked before each."""

_AT_HAND = 24  # pages waiting for each worker; enough to keep it busy, few enough to stay small in memory
_NO_MEMORY = "the page needs more memory than the setting page_megabytes allows"
_WARM_UP = (
    b"<html><head><title>Warm up</title></head><body><p>One sentence warms all that loads late.</p></body></html>"
)

_ALLOCATIONS = 50_000  # between two looks for garbage in cycles: a page or two

_mine: tuple[Kit, Wanted] | None = None  # of a worker process, made once by _start


def clean_timed(page: Page, key: str, kit: Kit) -> Result:
    """Clean one page and take the time; an error of ours is a `Failure` with its type and message."""
    start = time.perf_counter()
    try:
        value = clean_page(page, kit)
    except MemoryError:
        value = Failure(page.id, page.path, "run", "memory", _NO_MEMORY)
    except Exception as error:  # noqa: BLE001 - one page must not stop a run; the failure names what happened
        value = Failure(page.id, page.path, "recipe", "error", f"{type(error).__name__}: {error}"[:500])
    return Result(value, key, round(time.perf_counter() - start, 4))


def run_here(jobs: Iterable[Job], kit: Kit, wanted: Wanted) -> Iterator[Done]:
    """All jobs in this process, without deadline and limit: for one page, or under a debugger."""
    for key, page in jobs:
        yield key, finished(clean_timed(page, key, kit), kit.settings, wanted)


def clean_one(page: Page, key: str) -> Work:
    """The work of a worker process: what is made of one page."""
    if _mine is None:
        raise RuntimeError("a worker that was not started")
    kit, wanted = _mine
    return finished(clean_timed(page, key, kit), kit.settings, wanted)


@contextmanager
def hired(
    kit: Kit, workers: int, work: Callable[[Page, str], Work] = clean_one, wanted: Wanted = NOTHING
) -> Iterator[Spread]:
    """`workers` processes with one kit, for any number of runs; they start with the first page.

    `work` is what a worker does with a page and its key; `wanted` is what `clean_one` makes of it beside the result.
    """
    from pebble import ProcessPool  # noqa: PLC0415 - threads and pipes that `thresher --help` does not need

    told = (kit.settings, kit.memory, wanted)
    pool = ProcessPool(workers, initializer=_start, initargs=told, context=get_context("spawn"))
    with pool:
        yield partial(_spread, partial(pool.schedule, work), kit.settings, _AT_HAND * workers)


def run_in_workers(
    jobs: Iterable[Job],
    kit: Kit,
    workers: int,
    stopped: Callable[[], bool],
    work: Callable[[Page, str], Work] = clean_one,
    wanted: Wanted = NOTHING,
) -> Iterator[Done]:
    """All jobs in workers of their own (`hired`), in the order in which they end."""
    with hired(kit, workers, work, wanted) as spread:
        yield from spread(jobs, stopped)


def _spread(
    schedule: Callable[..., Future[Any]],
    settings: Settings,
    most: int,
    jobs: Iterable[Job],
    stopped: Callable[[], bool],
) -> Iterator[Done]:
    """Give out jobs, `most` at a time; `stopped` is asked before each new one."""
    done: queue.SimpleQueue[tuple[Job, Future[Any]]] = queue.SimpleQueue()
    at_hand = 0
    for key, page in jobs:
        if stopped():
            break
        future = schedule(args=(page, key), timeout=settings.page_seconds)
        future.add_done_callback(partial(_tell, done, (key, page)))
        at_hand += 1
        while at_hand >= most or not done.empty():
            yield _ended(*done.get(), settings)
            at_hand -= 1
    for _ in range(at_hand):
        yield _ended(*done.get(), settings)


def _tell(done: queue.SimpleQueue[Any], job: Job, future: Future[Any]) -> None:
    """Put an ended job where the one who waits finds it."""
    done.put((job, future))


def _start(settings: Settings, memory: SiteMemory, wanted: Wanted) -> None:
    """A worker begins: load everything, then limit the memory beyond that."""
    global _mine  # noqa: PLW0603 - the one thing that a worker process keeps between pages
    _mine = make_kit(settings, memory), wanted
    clean_one(Page("warm-up", _WARM_UP), "")
    gc.freeze()  # what is loaded stays; pages leave little behind in cycles, and looking for it costs a tenth
    gc.set_threshold(_ALLOCATIONS)
    _limit_memory(settings.page_megabytes)


def _ended(job: Job, future: Future[Any], settings: Settings) -> Done:
    """What became of a job; where the worker did not come back, a failure that says why."""
    key, page = job
    error = future.exception()
    if error is None:
        return key, future.result()
    if isinstance(error, TimeoutError):
        kind, message = "timeout", f"took longer than page_seconds = {settings.page_seconds:g}; the worker was replaced"
    elif type(error).__name__ == "ProcessExpired":
        kind, message = "crash", f"the worker died on this page ({error}) and was replaced"
    elif isinstance(error, MemoryError):
        kind, message = "memory", _NO_MEMORY
    else:
        kind, message = "error", f"{type(error).__name__}: {error}"[:500]
    return key, Result(Failure(page.id, page.path, "run", kind, message), key)


def _limit_memory(megabytes: int) -> None:
    """Allow this process so much address space beyond what it has; where the system cannot, there is no limit."""
    try:
        import resource  # noqa: PLC0415 - not on every system

        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - a kernel file, not a path of ours
            used = int(file.read().split()[0]) * resource.getpagesize()
        limit = used + megabytes * 1_000_000
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (ImportError, OSError, ValueError):
        return
