"""The days of a corpus: each is cleaned alone, and published together with the days that it changes.

What a document repeats is decided in the order of days, whatever the order of runs. So an early day that comes late may
take an original away from a later one, or give it back. Publishing a day therefore writes every published day anew
whose repeats are no longer those that it was written with. It costs little (fingerprints, and results that are
stored), and makes that running days in any order, or any of them again, ends in the same bytes.

The Dagster assets are these functions, one after the other. `thresher clean --day` does the work of all three for one
day, and names the days that it changes instead of writing them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.dedup.mark import mark
from pipeline.errors import UsageError
from pipeline.publish import Summary
from pipeline.publish.highlights import Highlights
from pipeline.publish.leaf import Rendered
from pipeline.publish.overview import is_day
from pipeline.publish.place import STATISTICS
from pipeline.publish.statistics import Statistics
from pipeline.recipe import Kit
from pipeline.run.cleaning import STORE, Order, Progress, check_whole, clean_into, find_from, write_from
from pipeline.run.repeats import Repeats, settle_repeats
from pipeline.run.store import Store
from pipeline.run.workers import Spread
from pipeline.run.written import Written


@dataclass(frozen=True, slots=True)
class Looked:
    """What is to be seen in the results of a day before it is published."""

    statistics: Statistics
    highlights: Highlights


@dataclass(frozen=True, slots=True)
class DayWritten:
    """What publishing a day did: its summary, the other days that were written `again` because what they repeat
    changed, and those that are `waiting`: cleaned anew or otherwise since they were published, so they need a run.
    """  # noqa: D205 - the sentence is one

    summary: Summary
    again: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


def days_in(raw: Path) -> list[str]:
    """The days that anything came on, `raw/<source>/<day>/`, sorted; none if there is no such folder."""
    folders = raw.glob("[!.]*/[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]")
    return sorted({path.name for path in folders if is_day(path.name) and path.is_dir() and not path.is_symlink()})


def clean_day(
    order: Order, kit: Kit, progress: Progress, watch: Callable[[Progress], None], spread: Spread | None = None
) -> Looked:
    """Clean what came on a day and is not cleaned yet; `progress`, `watch` and `spread` as for `clean_into`.

    The statistics lie in the store (`draft_of`) before anything is published, so that checks may hold the day back.
    """
    with Store(order.out / STORE) as store:
        clean_into(store, order, kit, progress, watch=watch, spread=spread)
        return _look(order, store.rendered(order.formats, order.settings))


def find_day(order: Order, kit: Kit) -> tuple[Repeats, Looked]:
    """Find what repeats among the documents of a cleaned day and the days before it, and enter it in the state.

    Raises `UsageError` for a day that is not cleaned to its end.
    """
    with Store(order.out / STORE) as store:
        repeats = find_from(store, order, kit)
        drop = order.settings.dedup == "drop"
        leaves = store.rendered(order.formats, order.settings)
        return repeats, _look(order, mark(leaves, repeats.matches, order.run_name, drop=drop))


def write_day(order: Order, kit: Kit) -> DayWritten:
    """Publish a day whose repeats are found, and every published day that it changed.

    Raises `UsageError` for a day that is not cleaned to its end, or whose repeats were not looked for.
    """
    repeats = _settled(order)
    with Store(order.out / STORE) as store:
        check_whole(store, order, kit)
        summary = write_from(store, order, kit, _repeats_of(order, repeats))
    again: list[str] = []
    waiting: list[str] = []
    for name, found in repeats.items():
        if not is_day(name):
            continue  # a run of the command line that took no day, in a folder of its own
        other = replace(order, out=order.out.parent / name, label=name)
        note = Written.read(other.out / STORE)
        if note and note.repeats != found.digest:
            (again if _write_again(other, kit, found, note) else waiting).append(name)
    return DayWritten(summary, tuple(again), tuple(waiting))


def _write_again(order: Order, kit: Kit, repeats: Repeats, note: Written) -> bool:
    """Publish a day once more, with other repeats; False if its pages are no longer those that were published."""
    with Store(order.out / STORE) as store:
        same = store.is_whole(kit.digest) and store.inputs_digest() == note.inputs
        if same:
            write_from(store, order, kit, repeats)
    return same


def draft_of(out: Path) -> Path:
    """Where the statistics of a day lie that is cleaned and not published yet, for the folder of that day."""
    return out / STORE / STATISTICS


def _look(order: Order, results: Iterator[Rendered]) -> Looked:
    """Look at results once, and leave their statistics in the store."""
    looked = Looked(Statistics(), Highlights())
    for result in results:
        looked.statistics.add(result.value)
        looked.highlights.add(result)
    draft = draft_of(order.out)
    aside = draft.with_name(f"{draft.name}.new")
    aside.write_bytes(looked.statistics.as_bytes())
    aside.replace(draft)
    return looked


def _settled(order: Order) -> Mapping[str, Repeats]:
    """The repeats of all days in the state, as they are now."""
    if order.settings.dedup == "off" or order.state is None:
        return {}
    return settle_repeats(order.settings, order.state)


def _repeats_of(order: Order, settled: Mapping[str, Repeats]) -> Repeats:
    """The repeats of a day; raises `UsageError` if it has none in a state that should know it."""
    if order.run_name in settled:
        return settled[order.run_name]
    if order.settings.dedup == "off" or order.state is None:
        return Repeats()
    raise UsageError(f"{order.out}: its repeats were not looked for yet; find them first, then publish")
