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
from benchmarks.systems import SYSTEMS, stay_offline
from benchmarks.tables import table

_ROOT = Path(__file__).resolve().parents[1]
_TINY = Sample(id="tiny", data=b"<html><body><article><p>One small page, to begin with.</p></article></body></html>")
_PAGES = 100
_TIMES = 5

COMMANDS = {
    "thresher --help": ["-m", "pipeline.cli", "--help"],
    "trafilatura --help": ["-m", "trafilatura.cli", "--help"],
    "from pipeline import clean; clean(page)": [
        "-c",
        f"from pipeline import clean; clean({_TINY.data!r}, kind='html')",
    ],
}
"""What people wait for, as arguments of Python."""


def seconds_of(command: Sequence[str], times: int = _TIMES) -> float:
    """Seconds of wall time that a command of Python takes in a fresh process; the best of some."""

    def once() -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, *command], stdout=subprocess.DEVNULL, cwd=_ROOT, check=True)  # noqa: S603 - ours
        return time.perf_counter() - start

    return min(once() for _ in range(times))


def start_up(system: str, times: int = _TIMES) -> float:
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
    """Run this file on a system and some samples; what it prints last is its peak memory in kilobytes."""
    command = [sys.executable, "-m", "benchmarks.process", system]
    pages = b"".join(pickle.dumps(sample) for sample in samples)
    done = subprocess.run(command, input=pages, capture_output=True, cwd=_ROOT, check=True)  # noqa: S603 - our own file
    return done.stdout.split()[-1]


def process_figures(systems: Sequence[str], data: Path, pages: int = _PAGES) -> dict[str, dict[str, float]]:
    """`start_up` in seconds and `memory` in megabytes for each system, and for Python that only receives the pages.

    The commands of `COMMANDS` have `start_up` alone.
    """
    samples = list(read_pack(PACKS["wcxb"], data, pages))
    figures = {
        name: {"start_up": round(start_up(name), 3), "memory": round(peak_memory(name, samples), 1)}
        for name in ("nothing", *systems)
    }
    return figures | {name: {"start_up": round(seconds_of(command), 3)} for name, command in COMMANDS.items()}


def process_table(figures: dict[str, dict[str, float]]) -> str:
    """The figures as a Markdown table."""
    rows = [
        [name, f"{one['start_up']:.2f}", f"{one['memory']:.0f}" if "memory" in one else ""]
        for name, one in figures.items()
    ]
    return f"## process\n\n{table(['system', 'start-up, s', f'peak memory over {_PAGES} pages, MB'], rows)}"


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
    stay_offline()
    main()
