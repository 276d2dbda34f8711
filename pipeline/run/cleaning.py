"""The main job: inputs in, a folder of clean text out. Read, clean what is new, drop duplicates, publish.

The command line and the Dagster assets both come through here, and so give the same bytes.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipeline.acquire import read
from pipeline.acquire.walk import day_folders
from pipeline.dedup.mark import largest, mark
from pipeline.document import Failure, Page, Result
from pipeline.errors import NothingError, UsageError
from pipeline.publish import RunInfo, Summary, check_out, publish
from pipeline.publish.clusters import CLUSTERS_SHOWN
from pipeline.publish.formats import chosen
from pipeline.publish.place import LEDGER, REPORT
from pipeline.publish.summary import passed_over
from pipeline.recipe import VERSION, Kit, key_of, make_kit
from pipeline.run.repeats import Repeats, check_name, find_repeats, needs_lines, needs_prints, remembered
from pipeline.run.store import Store
from pipeline.run.work import Wanted
from pipeline.run.workers import Job, Spread, hired, run_here
from pipeline.run.written import Written
from pipeline.settings import Settings

DEFAULT_FORMATS = ("txt", "jsonl")
STORE = ".thresher"
"""The folder in OUT that keeps results between runs."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a run is asked to do. `workers` = 0 cleans in this process, without deadline and limit of memory.

    `state` is the memory of earlier runs, None to look at this one alone; there it goes by the name `label`, or by
    its `day` or folder `out`. Runs come in the order of their names. With a `day`, only what came on it is read:
    `<path>/<source>/<day>/`.
    """

    paths: tuple[Path, ...]
    out: Path
    settings: Settings = field(default_factory=Settings)
    formats: tuple[str, ...] = DEFAULT_FORMATS
    workers: int = os.cpu_count() or 1
    force: bool = False
    state: Path | None = None
    label: str = ""
    day: str = ""

    def inputs(self, skipped: Counter[str] | None = None) -> Iterator[Page | Failure]:
        """What there is to clean, in canonical order. Raises `UsageError` at the call."""
        if not self.day:
            return read(self.paths, self.settings, skipped)
        if len(self.paths) != 1:
            raise UsageError("a day is taken out of one folder; name that folder alone")
        return read(day_folders(self.paths[0], self.day), self.settings, skipped, self.paths[0])

    @property
    def run_name(self) -> str:
        """The name of the run in the state."""
        return self.label or self.day or self.out.resolve().name

    @property
    def wanted(self) -> Wanted:
        """What the run needs of each page beside its result."""
        return Wanted(self.formats, needs_prints(self.settings), needs_lines(self.settings, self.state))


@dataclass(slots=True)
class Progress:
    """What a run has done so far, for whoever watches. `skipped` counts what reading passed over, by kind."""

    inputs: int = 0
    reused: int = 0
    cleaned: int = 0
    failed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)


def run_clean(
    order: Order,
    *,
    watch: Callable[[Progress], None] = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Summary:
    """Clean everything that an order names, and publish it.

    `watch` is told of every step; once `stopped` says so, no new page is started, those at hand are finished, and what
    is done is published as an incomplete run. Raises `ThresherError` before the first page for an order that cannot be
    carried out, and `NothingError` where there is no input: then OUT stays as it was, for a disk that is not there or
    a day that is mistyped must not cost what was cleaned before.
    """
    started = time.perf_counter()
    kit, progress = check_order(order), Progress()
    with Store(order.out / STORE) as store:
        complete = clean_into(store, order, kit, progress, watch=watch, stopped=stopped)
        if complete and not progress.inputs:
            raise NothingError(_nothing(order, progress))
        summary = publish_from(store, order, kit, complete=complete)
    seconds = round(time.perf_counter() - started, 3)
    return replace(summary, seconds=seconds, passed_over=dict(sorted(progress.skipped.items())))


def _nothing(order: Order, progress: Progress) -> str:
    """What is said where nothing is to be cleaned."""
    places = ", ".join(map(str, order.paths)) + (f", day {order.day}" if order.day else "")
    passed = f" ({passed_over(progress.skipped)})" if progress.skipped else ""
    return f"no inputs in {places}{passed}; nothing was cleaned, and {order.out} stays as it was"


def check_order(order: Order) -> Kit:
    """The kit for an order; raises `ThresherError` for one that cannot be carried out."""
    chosen(order.formats)
    check_out(order.out, order.paths)
    check_name(order.settings, order.state, order.run_name, order.out)
    return make_kit(order.settings, remembered(order.settings, order.state, order.run_name))


def clean_into(
    store: Store,
    order: Order,
    kit: Kit,
    progress: Progress,
    *,
    watch: Callable[[Progress], None] = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
    spread: Spread | None = None,
) -> bool:
    """The first half of a run: read, and clean what the store does not know. False if it was stopped before the end.

    Several runs may share the workers of one (`workers_for`): `spread` is what their block gives.
    """
    jobs = _jobs(store, order, kit, progress, stopped)
    first = [] if spread else list(itertools.islice(jobs, order.workers))  # no more workers than pages
    with nullcontext(spread) if spread else workers_for(replace(order, workers=len(first)), kit) as spread_over:
        for key, outcome in spread_over(itertools.chain(first, jobs), stopped):
            if isinstance(outcome, Result):
                store.put(outcome)
                progress.failed += 1
            else:
                store.put_work(key, outcome)
            progress.cleaned += 1
            watch(progress)
    if stopped():
        return False
    store.finish(kit.digest)
    return True


@contextmanager
def workers_for(order: Order, kit: Kit) -> Iterator[Spread]:
    """Workers for an order, and for others that differ from it in their inputs alone."""
    if order.workers:
        with hired(kit, order.workers, wanted=order.wanted) as spread:
            yield spread
    else:
        yield lambda jobs, _: run_here(jobs, kit, order.wanted)


def publish_from(store: Store, order: Order, kit: Kit, *, complete: bool = True) -> Summary:
    """The second half of a run: drop what repeats and write OUT, from what the store holds.

    Raises `UsageError` for a complete run that was not: cleaned with other settings, or not to its end.
    """
    return write_from(store, order, kit, find_from(store, order, kit, complete=complete), complete=complete)


def find_from(store: Store, order: Order, kit: Kit, *, complete: bool = True) -> Repeats:
    """What repeats among the documents of the store, and what earlier runs kept; a complete run enters the state.

    Raises `UsageError` like `publish_from`.
    """
    if complete:
        check_whole(store, order, kit)
    notes = store.notes(lines=order.wanted.lines)
    return find_repeats(notes, order.settings, order.state, _name_in(order), out=order.out, whole=complete)


def check_whole(store: Store, order: Order, kit: Kit) -> None:
    """Raise `UsageError` unless the store holds a run that was cleaned to its end with this kit."""
    if not store.is_whole(kit.digest):
        message = "cleaning has not come to its end with these settings; clean first, then publish"
        raise UsageError(f"{order.out}: {message}")


def write_from(store: Store, order: Order, kit: Kit, repeats: Repeats, *, complete: bool = True) -> Summary:
    """Write OUT from what the store holds and from its `repeats`; the same two give the same bytes."""
    run, matches = _name_in(order), repeats.matches
    results = mark(store.rendered(order.formats, order.settings), matches, run, drop=order.settings.dedup == "drop")
    info, shown = run_info(order.settings, kit), largest(matches, run, CLUSTERS_SHOWN)
    summary = publish(results, order.out, order.formats, info, complete=complete, clusters=shown)
    if complete:
        store.forget_others()
        Written(store.inputs_digest(), repeats.digest, _made_by(order, kit)).note(order.out / STORE)
    return replace(summary, notes=repeats.notes)


def _name_in(order: Order) -> str:
    """The name that the documents of this run bear in their state; "" without one."""
    return order.run_name if order.state else ""


def run_info(settings: Settings, kit: Kit) -> RunInfo:
    """What publishing says of how a run was made."""
    return RunInfo(
        version=VERSION,
        settings=settings,
        settings_digest=settings.digest(),
        rules_digest=kit.book.digest,
        command="thresher clean",
    )


def _made_by(order: Order, kit: Kit) -> str:
    """128-bit hexadecimal digest of all that shapes a folder beside its inputs and what repeats among them."""
    parts = (kit.digest, order.settings.digest(), sorted(order.formats), _name_in(order))
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def count_outdated(order: Order) -> int:
    """How much a run would change in OUT: inputs that are new, changed or gone, and files that are missing.

    Other settings or formats than OUT was made with count as one, and so does a state that is not there. Reads the
    inputs and the manifest, cleans nothing, writes nothing; what people wrote into the files of OUT it does not see.
    """
    kit = check_order(order)
    texts, records = chosen(order.formats)
    files = [LEDGER, REPORT, *(record.name for record in records)]
    outdated = sum(not (order.out / name).exists() for name in files)
    written = Written.read(order.out / STORE)
    outdated += written is None or written.made_by != _made_by(order, kit)
    outdated += order.state is not None and not order.state.exists()
    digest = kit.digest
    now = (_key(item, digest) for item in order.inputs())
    for key, row in itertools.zip_longest(now, _manifest(order.out)):
        outputs = [row["output"], *row["copies"]] if row and row["output"] and texts else []
        outdated += row is None or key != row["key"] or not all((order.out / name).exists() for name in outputs)
    return outdated


def _jobs(store: Store, order: Order, kit: Kit, progress: Progress, stopped: Callable[[], bool]) -> Iterator[Job]:
    """The pages that need cleaning, in order; everything else is noted on the way."""
    inputs = order.inputs(progress.skipped)
    store.begin()
    digest = kit.digest
    for number, item in enumerate(inputs):
        if stopped():
            return
        key = _key(item, digest)
        store.note_input(number, key)
        progress.inputs += 1
        if isinstance(item, Failure):
            store.put(Result(item, key))
            progress.failed += item.outcome == "failed"
        elif store.knows(key) and not order.force:
            progress.reused += 1
        else:
            yield key, item


def _key(item: Page | Failure, digest: str) -> str:
    """The key of an input; a failure to read is its own."""
    if isinstance(item, Page):
        return key_of(item, digest)
    return hashlib.blake2b(repr(item).encode("utf-8", "replace"), digest_size=16).hexdigest()


def _manifest(out: Path) -> Iterator[dict[str, Any]]:
    """The rows of an earlier manifest; none if there is none, or it is not ours."""
    try:
        with (out / "manifest.jsonl").open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)
    except (OSError, ValueError):
        return
