"""Start-up time and peak memory: what a system costs before its first page, and at its fullest.

Each system gets a process of its own. The parent reads the pages and sends them down a pipe, so that neither the
reading of Parquet nor another system's imports count. Run as a program, this file is the child.
"""

from __future__ import annotations

import pickle
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.packs import PACKS, Sample, read_pack
from benchmarks.scores import run_one
from benchmarks.systems import SYSTEMS
from benchmarks.tables import table

_ROOT = Path(__file__).resolve().parents[1]
_TINY = Sample(id="tiny", data=b"<html><body><article><p>One small page, to begin with.</p></article></body></html>")


def start_up(system: str, times: int = 5) -> float:
    """Seconds of wall time for a fresh process to import a system and read one tiny page; the best of some."""

    def once() -> float:
        start = time.perf_counter()
        _child(system, [_TINY])
        return time.perf_counter() - start

    return min(once() for _ in range(times))


def peak_memory(system: str, samples: Sequence[Sample]) -> float:
    """Peak resident memory, in megabytes, of a process that runs a system over the samples."""
    return float(_child(system, samples)) / 1024


def _child(system: str, samples: Sequence[Sample]) -> bytes:
    """Run this file on a system and some samples; what it prints is its peak memory in kilobytes."""
    command = [sys.executable, "-m", "benchmarks.process", system]
    pages = b"".join(pickle.dumps(sample) for sample in samples)
    return subprocess.run(command, input=pages, stdout=subprocess.PIPE, cwd=_ROOT, check=True).stdout  # noqa: S603 - our own file


def process_table(systems: Sequence[str], data: Path, pages: int = 100) -> str:
    """Both figures for each system as a Markdown table; the first row is Python that only receives the pages."""
    samples = list(read_pack(PACKS["wcxb"], data, pages))
    rows = [[name, f"{start_up(name):.2f}", f"{peak_memory(name, samples):.0f}"] for name in ("nothing", *systems)]
    heads = ["system", "start-up, s", f"peak memory over {pages} pages, MB"]
    return f"## process\n\n{table(heads, rows)}"


def main() -> None:
    """The child: read samples from stdin, run the system named, print the peak memory in kilobytes."""
    system = SYSTEMS.get(sys.argv[1], lambda _: "")
    for sample in _received():
        run_one(system, sample)
    print(_peak())


def _received() -> Iterator[Sample]:
    """The samples that the parent sends, one at a time, until it closes the pipe."""
    while True:
        try:
            yield pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent
        except EOFError:
            return


def _peak() -> int:
    """Peak resident kilobytes of this process.

    Linux hands the peak that `resource` knows on from parent to child; its own status file starts afresh.
    """
    status = Path("/proc/self/status")
    if status.exists() and (line := re.search(r"VmHWM:\s*(\d+) kB", status.read_text(encoding="ascii"))):
        return int(line[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main()
