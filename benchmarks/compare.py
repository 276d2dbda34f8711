"""Side by side: every system on the same pages, in one process, page by page.

    python -m benchmarks.compare [--pack wcxb,news] [--limit N] [--systems a,b] [--json FILE] [--process] [--in-sample]

The systems take turns on each page and the turn rotates, so that a busy machine or a warm cache favours nobody. Time
is CPU time of the process. Our weights were learned from wcxb, so there each page is judged by a model that never saw
its domain (`crossval`). `make bench` calls this; the tables go to stdout, progress to stderr.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.crossval import MODELS, held_out
from benchmarks.packs import DATA, PACKS, Pack, Sample, read_pack
from benchmarks.process import process_figures, process_table
from benchmarks.scores import GROUPS, Score, by_group, ratio, run_one, slices, summarise
from benchmarks.systems import BASELINE, SYSTEMS, installed, stay_offline, version_of
from benchmarks.tables import Scores, group_table, whole_table

_MEASURES = ("f1", "precision", "recall", "leak")
OURS = "thresher"


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
    Every page that is timed is new to the system.
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


def report(pack: Pack, scores: Scores, said: str = "") -> str:
    """The tables of a pack as Markdown, with the failures by kind below; `said` goes into the heading."""
    pages = len(next(iter(scores.values())))
    parts = [f"## {pack.name}: {pages} pages, headline = {pack.headline}{said}", whole_table(scores)]
    parts += [group_table(scores, title, group, one) for title, group in GROUPS.items() for one in _MEASURES]
    for system, some in scores.items():
        failed = by_group(some, lambda one: one.failure.split(":")[0])
        parts += [f"{system}: {len(ones)} × {ones[0].failure} (first: {ones[0].id})" for ones in failed.values()]
    return "\n\n".join(filter(None, parts))


def as_data(pack: Pack, scores: Scores, said: str = "") -> dict[str, Any]:
    """The same figures for programs: for each system its slices (`all`, `page type forum`, `language de`)."""
    baseline = {name: some for name, some in slices(scores.get(BASELINE, ())).items() if some}
    systems: dict[str, dict[str, dict[str, float]]] = {}
    for system, some in scores.items():
        systems[system] = {name: summarise(part) for name, part in slices(some).items()}
        for name, part in baseline.items():
            systems[system][name]["ratio"] = ratio(slices(some)[name], part)
    return {"headline": pack.headline, "judged": said.strip(", "), "systems": _rounded(systems)}


def _rounded(value: Any) -> Any:
    """Figures to the sixth place, which is more than they can say."""
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    return round(value, 6) if isinstance(value, float) else value


def samples_of(pack: Pack, options: argparse.Namespace, systems: Sequence[str]) -> tuple[Iterator[Sample], str]:
    """The samples of a pack, with the weights that may judge them, and what the heading says of that."""
    samples = read_pack(pack, options.data, options.limit)
    if not pack.learned or OURS not in systems:
        return samples, ""
    if options.in_sample:
        return samples, f", {OURS} IN-SAMPLE: its weights were learned from these pages"
    return held_out(samples, options.data, options.models), f", {OURS} by cross-validation over domains"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit code is 0, or 2 when the arguments or the data are wrong."""
    options = _parser().parse_args(arguments)
    systems = names(options.systems, installed(), "system")
    if missing := [name for name in SYSTEMS if name not in installed()]:
        print(f"not installed, so not measured: {', '.join(missing)}", file=sys.stderr)
    figures: dict[str, Any] = {"date": time.strftime("%Y-%m-%d"), "versions": {}, "packs": {}}
    figures["versions"] = {name: version_of(name) for name in systems}
    for name in names(options.pack, PACKS, "pack"):
        try:
            samples, said = samples_of(PACKS[name], options, systems)
            scores = measure(samples, systems)
        except FileNotFoundError as error:
            print(error, file=sys.stderr)
            return 2
        print(report(PACKS[name], scores, said), end="\n\n", flush=True)
        figures["packs"][name] = as_data(PACKS[name], scores, said)
    if options.process:
        figures["process"] = process_figures(systems, options.data)
        print(process_table(figures["process"]), end="\n\n")
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__.split("\n")[0])
    parser.add_argument("--pack", default="all", help=f"{', '.join(PACKS)} or all; several with commas")
    parser.add_argument("--systems", default="all", help=f"{', '.join(SYSTEMS)} or all installed; several with commas")
    parser.add_argument("--limit", type=int, help="only the first N pages of each pack")
    parser.add_argument("--data", type=Path, default=DATA, help="folder with the packs (default: %(default)s)")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    parser.add_argument("--process", action="store_true", help="also start-up time and peak memory, a process each")
    parser.add_argument("--models", type=Path, default=MODELS, help="where models of the folds are kept and reused")
    parser.add_argument("--in-sample", action="store_true", help="judge wcxb by the weights that ship, learned from it")
    return parser


if __name__ == "__main__":
    stay_offline()
    sys.exit(main())
