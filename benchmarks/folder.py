"""A folder at a time: `thresher clean` beside trafilatura's own command, on the same files.

    python -m benchmarks.folder [--pages 5000] [--rounds 3] [--format txt,md,jsonl,parquet]

What a person pays for a folder: start-up, reading, cleaning, writing, for ours also the manifest, the ledger and the
report. Pages per CPU second, all child processes counted, in pairs that take turns in who begins; the median of the
rounds. Every round starts afresh, so nothing is there to resume.

The packs do not hold so many pages, so they are repeated under other names. Each copy but the first has one more word
at the end of every paragraph (`<p>`), the number of the copy: neither side can know its text from before.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.packs import DATA, PACKS, read_pack
from benchmarks.tables import table

_ROOT = Path(__file__).resolve().parents[1]
_PACKS = ("wcxb", "news", "snippets")
_END = re.compile(rb"</p\s*>", re.IGNORECASE)
FORMATS = "txt,md,jsonl,parquet"
_TEXTS = {"thresher": "text", "trafilatura": "."}  # where each writes its texts


class Spent(NamedTuple):
    """What one command took: CPU seconds (children included), seconds of wall time, and how many texts it wrote."""

    cpu: float
    wall: float
    texts: int


def copies(data: Path, pages: int) -> Iterator[tuple[str, bytes]]:
    """File names and bytes of as many pages as asked for: the packs in turn, again and again, each copy changed."""
    copy = written = 0
    while written < pages:
        for number, page in enumerate(_pages(data)):
            if written == pages:
                return
            yield f"{copy:02}-{number:05}.html", changed(page, copy)
            written += 1
        copy += 1


def changed(page: bytes, copy: int) -> bytes:
    """The page with the number of the copy as a last word of every paragraph; the first copy is the page itself."""
    return _END.sub(rb" copy%d\g<0>" % copy, page) if copy else page


def _pages(data: Path) -> Iterator[bytes]:
    for name in _PACKS:
        for sample in read_pack(PACKS[name], data):
            yield sample.data


def commands(source: Path, out: Path, formats: str, workers: int) -> dict[str, list[str]]:
    """Both commands as arguments of Python, each with a folder of its own to write to.

    Trafilatura names its texts by their content, so that texts alike are written once.
    """
    ours, theirs = str(out / "thresher"), str(out / "trafilatura")
    flags = ["--format", formats, "--workers", str(workers)]
    return {
        "thresher": ["-m", "pipeline.cli", "clean", str(source), "-o", ours, *flags],
        "trafilatura": [
            "-m",
            "trafilatura.cli",
            *("--input-dir", str(source), "--output-dir", theirs, "--parallel", str(workers)),
        ],
    }


def spend(command: Sequence[str], texts: Path) -> Spent:
    """Run a command of Python to its end and say what it took; its texts then lie in `texts`.

    Raises `RuntimeError` with what the command said where it fails; some inputs failed (exit code 1) is no failure.
    """
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(  # noqa: S603 - our own arguments
        [sys.executable, *command],
        env=os.environ | {"PYTHONPATH": str(_ROOT)},
        capture_output=True,
        check=False,
    )
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(command[:3])}: exit code {done.returncode}\n{done.stderr.decode()[-2_000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(cpu, wall, sum(1 for _ in texts.rglob("*.txt")))


def race(source: Path, rounds: int, formats: str, workers: int) -> Iterator[dict[str, Spent]]:
    """One pair after the other, each with fresh folders to write to; who begins takes turns."""
    for number in range(rounds):
        with tempfile.TemporaryDirectory(dir=source.parent) as folder:
            pair = list(commands(source, Path(folder), formats, workers).items())
            spent = {
                name: spend(command, Path(folder) / name / _TEXTS[name])
                for name, command in pair[:: -1 if number % 2 else 1]
            }
        yield {name: spent[name] for name, _ in pair}


def folder_table(pages: int, rounds: Sequence[dict[str, Spent]]) -> str:
    """A row a round and the median below: pages per CPU second of both, and how many times as many ours are."""
    rows = [_row(str(number), pages, pair) for number, pair in enumerate(rounds, 1)]
    medians = [f"{statistics.median(float(row[column]) for row in rows):.2f}" for column in (1, 2, 3)]
    heads = ["round", "thresher, pages per CPU s", "trafilatura", "times as many", "texts", "wall s"]
    return table(heads, [*rows, ["median", *medians, "", ""]])


def _row(name: str, pages: int, pair: dict[str, Spent]) -> list[str]:
    ours, theirs = pair["thresher"], pair["trafilatura"]
    speeds = [f"{pages / ours.cpu:.2f}", f"{pages / theirs.cpu:.2f}", f"{theirs.cpu / ours.cpu:.2f}"]
    return [name, *speeds, f"{ours.texts} / {theirs.texts}", f"{ours.wall:.0f} / {theirs.wall:.0f}"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the folder, race, print; the exit code is 0, or 2 where a pack is missing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.folder", description=__doc__.split("\n")[0])
    parser.add_argument("--pages", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--format", default=FORMATS, help="what ours writes beside the report (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes of each side")
    parser.add_argument("--data", type=Path, default=DATA, help="folder with the packs (default: %(default)s)")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="thresher-folder-") as folder:
        source = Path(folder) / "in"
        source.mkdir()
        try:
            for name, page in copies(options.data, options.pages):
                (source / name).write_bytes(page)
        except FileNotFoundError as error:
            print(error, file=sys.stderr)
            return 2
        rounds = []
        for pair in race(source, options.rounds, options.format, options.workers):
            rounds.append(pair)
            print(f"round {len(rounds)}: {pair}", file=sys.stderr)
    print(f"## folder: {options.pages} pages, {options.workers} workers\n")
    print(folder_table(options.pages, rounds))
    if options.json:
        figures = [{name: spent._asdict() for name, spent in pair.items()} for pair in rounds]
        options.json.write_text(json.dumps({"pages": options.pages, "rounds": figures}, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
