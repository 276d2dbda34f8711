"""The worst pages of a pack, written side by side to look at: where to work next.

    python -m benchmarks.worst FOLDER --pack wcxb [--system thresher] [--against trafilatura] [--count 20]

Without `--against` the worst are the pages of lowest F1, with it those of the largest loss against that peer; of equal
ones the first by id. Our weights were learned from wcxb, so there each page is judged by a model that never saw its
domain (`crossval`). The files hold real pages: FOLDER must lie outside the project, and the program refuses one
inside. Ids may name sites, so each page has a mark too, by which notes inside the project can speak of it.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import heapq
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.compare import OURS
from benchmarks.crossval import MODELS, held_out
from benchmarks.packs import DATA, PACKS, Sample, read_pack
from benchmarks.scores import run_one, summarise
from benchmarks.systems import BASELINE, SYSTEMS

_ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Case:
    """One page as a system saw it; `figures` has at least `f1`, `precision` and `recall` (`summarise`)."""

    loss: float
    sample: Sample = field(repr=False)
    output: str = field(repr=False)
    peer: str = field(repr=False)
    failure: str
    figures: Mapping[str, float]

    @property
    def mark(self) -> str:
        """Eight hexadecimal digits that name the page and say nothing of it."""
        return mark_of(self.sample.id)

    def __str__(self) -> str:
        """Mark, F1 with precision and recall, loss, type and language."""
        f1, precision, recall = (self.figures[name] for name in ("f1", "precision", "recall"))
        kind = " ".join(filter(None, (self.sample.page_type, self.sample.language)))
        return f"{self.mark}  F1 {f1:.3f} (P {precision:.2f}, R {recall:.2f})  loss {self.loss:.3f}  {kind}"


def mark_of(page_id: str) -> str:
    """The mark of a page by its id in the pack."""
    return hashlib.blake2b(page_id.encode(), digest_size=4).hexdigest()


def cases(samples: Iterable[Sample], system: str, against: str | None) -> Iterator[Case]:
    """Every page that has gold, with its loss: 1 - F1, or the peer's F1 less the system's."""
    for sample in samples:
        output, score = run_one(SYSTEMS[system], sample)
        figures = summarise([score])
        if "f1" not in figures:
            continue
        peer, best = "", 1.0
        if against:
            peer, theirs = run_one(SYSTEMS[against], sample)
            best = summarise([theirs])["f1"]
        yield Case(best - figures["f1"], sample, output, peer, score.failure, figures)


def worst(some: Iterable[Case], count: int) -> list[Case]:
    """The cases of largest loss, the worst first; of equal ones those with the lower id."""
    return heapq.nsmallest(count, some, key=lambda case: (-case.loss, case.sample.id))


def side_by_side(case: Case, against: str | None) -> str:
    """A readable account of a page: figures, then gold against output line by line, then what the peer gave.

    `-` marks lines of the gold that the output lacks, `+` lines that only the output has.
    """
    sample = case.sample
    head = [
        f"page {sample.id}\nurl  {sample.url}\n{case}",
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
    parser.add_argument("--models", type=Path, default=MODELS, help="where models of the folds are kept and reused")
    options = parser.parse_args(arguments)
    folder = options.folder.resolve()
    if folder.is_relative_to(_ROOT):
        print(f"{folder}: lies inside the project, which must not hold real pages; name another", file=sys.stderr)
        return 2
    pack = PACKS[options.pack]
    samples = read_pack(pack, options.data, options.limit)
    if pack.measure == "words":  # where nobody wrote the full text down, its snippets would be another measure
        samples = (sample for sample in samples if sample.gold is not None)
    if pack.learned and OURS in (options.system, options.against):
        samples = held_out(samples, options.data, options.models)
    folder.mkdir(parents=True, exist_ok=True)
    for rank, case in enumerate(worst(cases(samples, options.system, options.against), options.count), 1):
        file = folder / f"{rank:03}-{pack.name}-{case.mark}.txt"
        file.write_text(side_by_side(case, options.against), encoding="utf-8")
        print(f"{case}  {file.name}  {case.sample.id}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
