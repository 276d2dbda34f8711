"""Deduplication side by side: thresher and its peers on documents whose duplicates are known (dedup_truth.py).

    python -m benchmarks.dedup [--systems thresher,datasketch,...] [--any-order] [--stories N] [--json FILE]

Each system runs in a process of its own, on the same documents in the same order: the original of a story before its
copies, or with `--any-order` any first. A pair of one story is found if both end in one cluster, that is, one leads
the other or both have the same leader. Recall is the share of all pairs of a story that are found (against the
original by kind; `among copies` for the rest), precision the share of joined pairs that are of one story (`without
forms`: reports of one form, which all peers take for copies, left out). A story is lost if no document of it stays.
CPU time is of the process and its children, from texts to leaders, without imports; memory is the peak of the process,
with the texts.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import json
import math
import re
import resource
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.dedup_systems import SYSTEMS, Dropped
from benchmarks.dedup_truth import FRONTIER, SYNDICATION, Doc, make
from benchmarks.packs import DATA
from benchmarks.tables import table

ROOT = Path(__file__).resolve().parents[1]
FIGURES = (
    "recall", "precision", "without forms", "syndication", "among copies", "stories lost",
    "templates dropped", "forms dropped", "documents per CPU s", "peak MB",
)  # fmt: skip


def score(docs: Sequence[Doc], dropped: Dropped) -> dict[str, float]:
    """All figures of one system: those of the table, and the recall of each kind of copy."""
    found, total = _pairs(docs, dropped)
    clusters: dict[str, list[Doc]] = defaultdict(list)
    for doc in docs:
        clusters[dropped.get(doc.id, doc.id)].append(doc)
    joined = sum(math.comb(len(cluster), 2) for cluster in clusters.values())
    plain = sum(math.comb(sum(doc.kind != "form" for doc in cluster), 2) for cluster in clusters.values())
    gone = Counter(doc.kind for doc in docs if doc.id in dropped)
    return {
        **{kind: found[kind] / total[kind] for kind in total},
        "precision": found["recall"] / joined if joined else 1.0,
        "without forms": found["recall"] / plain if plain else 1.0,
        "stories lost": _lost(docs, dropped),
        "templates dropped": gone["template"],
        "forms dropped": gone["form"],
    }


def _pairs(docs: Sequence[Doc], dropped: Dropped) -> tuple[Counter[str], Counter[str]]:
    """How many pairs of one story are found, and how many there are, by kind of copy and over all."""
    stories: dict[str, list[Doc]] = defaultdict(list)
    for doc in docs:
        stories[doc.story].append(doc)
    found: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for one, other in itertools.chain.from_iterable(itertools.combinations(some, 2) for some in stories.values()):
        together = dropped.get(one.id, one.id) == dropped.get(other.id, other.id)
        kinds = [doc.kind for doc in (one, other) if doc.kind != "base"]
        names = ["recall", kinds[0] if len(kinds) == 1 else "among all copies"]
        if all(kind in SYNDICATION for kind in kinds):
            names += ["syndication"] + ["among copies"] * (len(kinds) == 2)
        total.update(names)
        found.update(names if together else ())
    return found, total


def _lost(docs: Sequence[Doc], dropped: Dropped) -> int:
    """How many stories are told by no document that stays."""
    return len({doc.story for doc in docs} - {doc.story for doc in docs if doc.id not in dropped})


def run(system: str, docs: Sequence[Doc]) -> tuple[Dropped, dict[str, float]]:
    """What a system drops, and what it costs, in a process of its own. Raises `RuntimeError` if it fails."""
    with tempfile.TemporaryDirectory() as folder:
        given, taken = Path(folder, "given.json"), Path(folder, "taken.json")
        given.write_text(json.dumps([(doc.id, doc.text) for doc in docs]), encoding="utf-8")
        command = [sys.executable, "-m", "benchmarks.dedup", "--child", system, str(given), str(taken)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - ours
        if done.returncode:
            raise RuntimeError(f"{system} failed:\n{done.stderr[-2000:]}")
        dropped, cost = json.loads(taken.read_text(encoding="utf-8"))
    return dropped, cost


def child(system: str, given: str, taken: str) -> None:
    """One system over the documents of a file; a few of them, twice, go before it for its imports."""
    documents = json.loads(Path(given).read_text(encoding="utf-8"))
    SYSTEMS[system]([*documents[:20], *((f"{name} again", text) for name, text in documents[:20])])
    start = _cpu()
    dropped = SYSTEMS[system](documents)
    seconds = _cpu() - start
    cost = {"documents per CPU s": len(documents) / seconds, "peak MB": _peak()}
    Path(taken).write_text(json.dumps((dropped, cost)), encoding="utf-8")


def _cpu() -> float:
    """CPU seconds of this process and its finished children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _peak() -> float:
    """Peak memory of this process in MB; of its own life, while `ru_maxrss` counts the parent's before the start."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(found[1]) / 1024 if found else math.nan


def show(figures: dict[str, dict[str, float]]) -> str:
    """The figures as two tables: all in all, and recall against the original by kind."""
    systems = list(figures)
    whole = [[system, *(_cell(name, figures[system][name]) for name in FIGURES)] for system in systems]
    kinds = [[kind, *(_cell(kind, figures[system][kind]) for system in systems)] for kind in (*SYNDICATION, *FRONTIER)]
    return f"{table(['system', *FIGURES], whole)}\n\n{table(['recall by kind', *systems], kinds)}"


def _cell(name: str, value: float) -> str:
    return f"{value:,.0f}" if name.rsplit(maxsplit=1)[-1] in ("lost", "dropped", "s", "MB") else f"{value:.4f}"


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--systems", default=",".join(SYSTEMS))
    parser.add_argument("--any-order", action="store_true")
    parser.add_argument("--stories", type=int)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    docs = make(options.data, limit=options.stories)
    if not options.any_order:
        docs.sort(key=lambda doc: doc.kind != "base")
    figures: dict[str, dict[str, Any]] = {}
    for system in options.systems.split(","):
        if importlib.util.find_spec("pipeline" if system == "thresher" else system.replace("-", "_")) is None:
            print(f"{system} is not installed, left out", file=sys.stderr)
            continue
        dropped, cost = run(system, docs)
        figures[system] = score(docs, dropped) | cost
    words = sum(len(doc.text.split()) for doc in docs) // len(docs)
    print(f"{len(docs):,} documents of {words} words; {'any' if options.any_order else 'the original'} first\n")
    print(show(figures))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    child(*sys.argv[2:5]) if sys.argv[1:2] == ["--child"] else main()
