"""The worst pages of a pack, written side by side to look at: where to work next.

    python -m benchmarks.worst FOLDER --pack wcxb [--system thresher] [--against trafilatura] [--count 20]

Without `--against` the worst are the pages of lowest F1, with it those of the largest loss against that peer. The
files hold real pages: FOLDER must lie outside the project, and the program refuses one inside.
"""

from __future__ import annotations

import argparse
import difflib
import heapq
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.packs import DATA, PACKS, Sample, read_pack
from benchmarks.scores import run_one, summarise
from benchmarks.systems import BASELINE, SYSTEMS

_ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True, order=True)
class Case:
    """One page as a system saw it; the worse sorts higher."""

    loss: float
    id: str
    sample: Sample = field(compare=False)
    output: str = field(compare=False)
    peer: str = field(compare=False)
    failure: str = field(compare=False)
    f1: float = field(compare=False)


def cases(samples: Iterable[Sample], system: str, against: str | None) -> Iterator[Case]:
    """Every page that has gold, with its loss: 1 - F1, or the peer's F1 less the system's."""
    for sample in samples:
        output, score = run_one(SYSTEMS[system], sample)
        ours = summarise([score]).get("f1")
        if ours is None:
            continue
        peer, best = "", 1.0
        if against:
            peer, theirs = run_one(SYSTEMS[against], sample)
            best = summarise([theirs])["f1"]
        yield Case(best - ours, sample.id, sample, output, peer, score.failure, ours)


def side_by_side(case: Case, against: str | None) -> str:
    """A readable account of a page: figures, then gold against output line by line, then what the peer gave.

    `-` marks lines of the gold that the output lacks, `+` lines that only the output has.
    """
    sample = case.sample
    head = [
        f"page {sample.id} {sample.page_type} {sample.language}\nurl  {sample.url}",
        f"F1   {case.f1:.3f}, loss {case.loss:.3f}",
        f"failed with {case.failure}" if case.failure else "",
        *(f"missed: {one}" for one in sample.present if " ".join(one.split()) not in " ".join(case.output.split())),
        *(f"leaked: {one}" for one in sample.absent if " ".join(one.split()) in " ".join(case.output.split())),
    ]
    if sample.gold is None:
        body = "== OUTPUT\n" + case.output
    else:
        gold, output = (_lines(text) for text in (sample.gold, case.output))
        body = "== - ONLY IN GOLD, + ONLY IN OUTPUT\n" + "\n".join(difflib.ndiff(gold, output))
    peer = f"== {against}\n{case.peer}" if against else ""
    return "\n\n".join(part for part in ("\n".join(filter(None, head)), body, peer) if part) + "\n"


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the worst pages; the exit code is 0, or 2 when the folder lies inside the project."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.worst", description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="where the files go, outside the project")
    parser.add_argument("--pack", choices=PACKS, default="wcxb")
    parser.add_argument("--system", choices=SYSTEMS, default="thresher")
    parser.add_argument("--against", choices=SYSTEMS, help=f"a peer such as {BASELINE}")
    parser.add_argument("--count", type=int, default=20, help="how many pages (default: 20)")
    parser.add_argument("--limit", type=int, help="look only at the first N pages of the pack")
    parser.add_argument("--data", type=Path, default=DATA, help="folder with the packs (default: %(default)s)")
    options = parser.parse_args(arguments)
    folder = options.folder.resolve()
    if folder.is_relative_to(_ROOT):
        print(f"{folder}: lies inside the project, which must not hold real pages; name another", file=sys.stderr)
        return 2
    samples = read_pack(PACKS[options.pack], options.data, options.limit)
    folder.mkdir(parents=True, exist_ok=True)
    for rank, case in enumerate(heapq.nlargest(options.count, cases(samples, options.system, options.against)), 1):
        file = folder / f"{rank:03}-{options.pack}-{case.id}.txt"
        file.write_text(side_by_side(case, options.against), encoding="utf-8")
        print(f"{case.f1:.3f}  loss {case.loss:.3f}  {file.name}  {case.sample.url}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
