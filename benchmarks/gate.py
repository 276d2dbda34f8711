"""The gate: what was reached once holds. Exit code 1 where a figure fell below its floor.

    python -m benchmarks.gate [--whole] [--raise [--note WHY]] [--pack news]

Cleans a fixed sample of every pack (`--whole`: all pages) on all cores, by the weights that ship, and compares F1,
leak, failures and settling, as a whole, by page type and by language, with the floors in `floors.toml`. No language
group of news with five pages or more may be below trafilatura, whose figures are pinned there too; `--whole` measures
them anew.
The weights that ship were learned from wcxb: there the gate only tells whether something broke. How good we are on
such pages says `benchmarks.crossval`.

To gate another figure, add a function from the options to rows (`floors.Row`) to `MEASURES`.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from benchmarks.floors import (
    CEILINGS,
    FILE,
    LAWS,
    Floor,
    Floors,
    Key,
    Row,
    Run,
    margin,
    raised,
    read_floors,
    write_floors,
)
from benchmarks.packs import DATA, PACKS, Pack, Sample, digest_of_pack, fixed_sample, read_pack
from benchmarks.scores import Score, run_one, slices, summarise
from benchmarks.settling import Settled, settle
from benchmarks.systems import BASELINE, SYSTEMS, stay_offline
from benchmarks.tables import table

SAMPLE = {"wcxb": 30, "news": 1_000, "snippets": 50, "seeds": 1_000}
"""How many pages of each page type or language the sample takes; all of news, for the sake of its small groups."""
FEWEST = 5
"""Groups of fewer pages have no figure of their own."""
PEERED = "news"
"""The pack in which no group may be below the peer."""
_MEASURES = ("f1", "leak", "failures")


def judge_page(sample: Sample) -> tuple[Score, Settled]:
    """Clean one page as anyone would, score it, and clean the clean text again."""
    output, score = run_one(SYSTEMS["thresher"], sample)
    return score, settle(output, sample.gold)


def peer_page(sample: Sample) -> Score:
    """Score the peer on one page."""
    return run_one(SYSTEMS[BASELINE], sample)[1]


def samples_of(pack: Pack, options: argparse.Namespace) -> Iterable[Sample]:
    """The pages of a pack that this run looks at."""
    samples = read_pack(pack, options.data)
    return samples if options.whole else fixed_sample(samples, SAMPLE[pack.name])


def _pool() -> ProcessPoolExecutor:
    """Workers that end when they are told, not killed: what began in the background may ignore the signal for that."""
    return ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn"))


def measure_pages(options: argparse.Namespace) -> Iterator[Row]:
    """Quality, failures and settling of every pack asked for."""
    with _pool() as pool:
        for name in options.pack:
            results = list(pool.map(judge_page, samples_of(PACKS[name], options), chunksize=4))
            yield from rows_of(name, [score for score, _ in results])
            yield from _settling(name, [settled for _, settled in results])


def rows_of(pack: str, scores: Sequence[Score], measures: Sequence[str] = _MEASURES) -> Iterator[Row]:
    """The measures of each slice, where the gold can tell; groups of fewer than five pages come together."""
    for name, some in slices(scores, FEWEST).items():
        figures = summarise(some)
        for measure in measures:
            if measure in figures and (measure != "failures" or name == "all"):
                yield Row(Key(pack, name, measure), round(figures[measure], 4), len(some))


def _settling(pack: str, settled: Sequence[Settled]) -> Iterator[Row]:
    changed = sum(one.changed for one in settled) / len(settled)
    yield Row(Key(pack, "all", "changed"), round(changed, 4), len(settled))
    yield Row(Key(pack, "all", "lost"), float(sum(one.lost for one in settled)), len(settled))


def measure_peer(options: argparse.Namespace) -> dict[Key, Floor]:
    """What the peer reaches on the pack in which ours must not be below it, by language."""
    with _pool() as pool:
        scores = list(pool.map(peer_page, read_pack(PACKS[PEERED], options.data), chunksize=4))
    rows = rows_of(PEERED, scores, ("f1",))
    return {row.key: Floor(row.value, row.pages, options.date, BASELINE) for row in rows}


MEASURES: tuple[Callable[[argparse.Namespace], Iterable[Row]], ...] = (measure_pages,)
"""What is gated. Each gives rows for the packs of `options.pack`, from the pages of `samples_of`."""


def check_data(floors: Floors, options: argparse.Namespace) -> dict[str, str]:
    """The digests of the packs asked for; raises `ValueError` where one is not the pack that the floors are of."""
    digests = {name: digest_of_pack(PACKS[name], options.data) for name in options.pack}
    for name, digest in digests.items():
        if digest != floors.data.get(name, digest):
            raise ValueError(
                f"{options.data / PACKS[name].file}: its sha256 is {digest}, but the floors of {name} were measured on "
                f"{floors.data[name]}. Bring the old file back; or, for new data, take the floors of {name} and its "
                f"digest out of {options.floors}, run --raise, and say so in CHANGELOG.md"
            )
    return digests


class Check(NamedTuple):
    """A measured row beside a floor that it has to hold, of our own or (`peer`) of the peer."""

    row: Row
    floor: Floor
    peer: bool = False

    @property
    def margin(self) -> float:
        """By how much the row is better than the floor; below 0 it does not hold."""
        return margin(self.row, self.floor.value)

    @property
    def note(self) -> str:
        """What the table says beside the figures."""
        pack, _, measure = self.row.key
        law = LAWS.get(measure, self.row.value)
        parts = [
            "BELOW" * (self.margin < 0),
            "in-sample" * (pack in PACKS and PACKS[pack].learned),
            f"the law asks for {law:g}" * (self.row.value > law),
            f"{BASELINE}, measured {self.floor.date}" if self.peer else self.floor.note,
        ]
        return "; ".join(filter(None, parts))


def compared(rows: Sequence[Row], floors: Floors, run: Run) -> list[Check]:
    """Each row beside every floor that it has to hold; raises `ValueError` where a floor is of other pages."""
    found = []
    for row in rows:
        if floor := floors.of(run).get(row.key):
            if floor.pages != row.pages:
                raise ValueError(
                    f"the floor of {' '.join(row.key)} is of {floor.pages} pages, but the {run} run took {row.pages}; "
                    "take the floors of that pack out, run --raise, and say so in CHANGELOG.md"
                )
            found.append(Check(row, floor))
        if (floor := floors.peer.get(row.key)) and floor.pages == row.pages:
            found.append(Check(row, floor, peer=True))
    return found


def gate_table(checks: Sequence[Check]) -> str:
    """Slice, floor, now, margin, as Markdown; what is below is marked."""
    rows = []
    for check in checks:
        pack, name, measure = check.row.key
        floor = f"{'<=' if measure in CEILINGS else '>='} {check.floor.value:.4g}"
        cells = [f"{pack}: {name}", str(check.row.pages), measure, floor, f"{check.row.value:.4g}"]
        rows.append([*cells, f"{check.margin:+.4f}", check.note])
    return table(["slice", "pages", "measure", "floor", "now", "margin", "note"], rows)


def run_gate(options: argparse.Namespace) -> int:
    """Measure, print, raise if asked; the exit code."""
    floors = read_floors(options.floors)
    run: Run = "whole" if options.whole else "sample"
    digests = check_data(floors, options)
    if options.whole and PEERED in options.pack:
        floors = replace(floors, peer=floors.peer | measure_peer(options))
    rows = [row for measure in MEASURES for row in measure(options)]
    checks = compared(rows, floors, run)
    print(gate_table(checks))
    below = [check for check in checks if check.margin < 0]
    for row, floor, peer in below:
        what = BASELINE if peer else "its floor"
        print(f"below {what}: {' '.join(row.key)} is {row.value:.4g}, not {floor.value:.4g}", file=sys.stderr)
    if options.pin and not all(check.peer for check in below):
        print("nothing was written: a floor is lowered by hand, with a line in CHANGELOG.md", file=sys.stderr)
    elif options.pin:
        floors, changed = raised(floors, run, rows, options.date, options.note)
        write_floors(replace(floors, data=floors.data | digests), options.floors)
        print(f"{len(changed)} floors raised in {options.floors}", file=sys.stderr)
    elif missing := [row for row in rows if row.key not in floors.of(run)]:
        print(f"{len(missing)} figures have no floor yet; --raise pins them", file=sys.stderr)
    return 1 if below else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The gate: 0 where everything holds, 1 where something is below, 2 where data or floors cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gate", description=__doc__.split("\n")[0])
    parser.add_argument("--whole", action="store_true", help="all pages, not the fixed sample")
    parser.add_argument("--raise", dest="pin", action="store_true", help="write the floors that went up, and new ones")
    parser.add_argument("--note", default="", help="why they went up, written beside them")
    parser.add_argument("--pack", nargs="+", choices=PACKS, default=list(PACKS))
    parser.add_argument("--data", type=Path, default=DATA, help="folder with the packs (default: %(default)s)")
    parser.add_argument("--floors", type=Path, default=FILE, help="the file of floors (default: %(default)s)")
    parser.add_argument("--date", default=time.strftime("%Y-%m-%d"), help="the day written beside new floors")
    try:
        return run_gate(parser.parse_args(arguments))
    except (FileNotFoundError, ValueError) as error:
        print(f"gate: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    stay_offline()
    sys.exit(main())
