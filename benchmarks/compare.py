"""Side by side: every system on the same pages, in one process, page by page.

    python -m benchmarks.compare [--pack wcxb,news] [--limit N] [--systems a,b] [--json FILE] [--process]

The systems take turns on each page and the turn rotates, so that a busy machine or a warm cache favours nobody. Time
is CPU time of the process. `make bench` calls this; the tables go to stdout, progress to stderr.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from operator import attrgetter
from pathlib import Path

from benchmarks.packs import DATA, PACKS, Pack, Sample, read_pack
from benchmarks.process import process_table
from benchmarks.scores import Score, by_group, run_one, summarise
from benchmarks.systems import SYSTEMS
from benchmarks.tables import Scores, group_table, whole_table

_GROUPS = {"page type": attrgetter("page_type"), "language": attrgetter("language")}


def names(text: str, known: Iterable[str], what: str) -> list[str]:
    """The comma-separated names of a flag, `all` for every known one; an unknown one ends the program."""
    wanted = list(known) if text == "all" else text.split(",")
    for name in wanted:
        if name not in known:
            raise SystemExit(f"unknown {what} '{name}'; choose from {', '.join(known)} or all")
    return wanted


def measure(samples: Iterable[Sample], systems: Sequence[str]) -> Scores:
    """Run the systems over the samples, interleaved; memory holds one page and all the scores.

    Every system runs once on the first page before the clock counts: imports and models are start-up, not page time.
    """
    scores: dict[str, list[Score]] = {name: [] for name in systems}
    for number, sample in enumerate(samples):
        if number == 0:
            for name in systems:
                run_one(SYSTEMS[name], sample)
        turn = number % len(systems)
        for name in (*systems[turn:], *systems[:turn]):
            scores[name].append(run_one(SYSTEMS[name], sample)[1])
        if number % 50 == 49 and sys.stderr.isatty():
            print(f"{number + 1} pages", end="\r", file=sys.stderr, flush=True)
    return scores


def report(pack: Pack, scores: Scores) -> str:
    """The tables of a pack as Markdown, with the failures by kind below."""
    pages = len(next(iter(scores.values())))
    parts = [f"## {pack.name}: {pages} pages, headline = {pack.headline}", whole_table(scores)]
    parts += [group_table(scores, title, group) for title, group in _GROUPS.items()]
    for system, some in scores.items():
        failed = by_group(some, lambda one: one.failure.split(":")[0])
        parts += [f"{system}: {len(ones)} × {ones[0].failure} (first: {ones[0].id})" for ones in failed.values()]
    return "\n\n".join(filter(None, parts))


def as_data(pack: Pack, scores: Scores) -> dict[str, object]:
    """The same figures for programs: whole pack, by page type, by language, for each system."""
    systems = {
        system: summarise(some)
        | {title: {k: summarise(part) for k, part in by_group(some, group).items()} for title, group in _GROUPS.items()}
        for system, some in scores.items()
    }
    return {"headline": pack.headline, "systems": systems}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit code is 0, or 2 when the arguments or the data are wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__.split("\n")[0])
    parser.add_argument("--pack", default="all", help=f"{', '.join(PACKS)} or all; several with commas")
    parser.add_argument("--systems", default="all", help=f"{', '.join(SYSTEMS)} or all; several with commas")
    parser.add_argument("--limit", type=int, help="only the first N pages of each pack")
    parser.add_argument("--data", type=Path, default=DATA, help="folder with the packs (default: %(default)s)")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    parser.add_argument("--process", action="store_true", help="also start-up time and peak memory, a process each")
    options = parser.parse_args(arguments)
    systems = names(options.systems, SYSTEMS, "system")
    figures: dict[str, object] = {}
    for name in names(options.pack, PACKS, "pack"):
        try:
            scores = measure(read_pack(PACKS[name], options.data, options.limit), systems)
        except FileNotFoundError as error:
            print(error, file=sys.stderr)
            return 2
        print(report(PACKS[name], scores), end="\n\n", flush=True)
        figures[name] = as_data(PACKS[name], scores)
    if options.process:
        print(process_table(systems, options.data), end="\n\n")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
