"""What Dagster costs: the same day by `thresher clean` and by `dg launch`, each a process of its own, in turn.

    python -m benchmarks.dagster_overhead [--pages 500] [--rounds 3] [--data PACKS]

The day is one of `benchmarks.dagster_month`, fetched on loopback. Both write a new OUT each round, so every page is
cleaned. The assets also count the day first (raw_pages), evaluate all checks and keep metadata; the last rows say where
the time goes: what it costs to start, without a page, and how long each step took.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.dagster_month import FIRST, Month, fetch_day
from benchmarks.packs import DATA
from benchmarks.tables import table

_ROOT = Path(__file__).resolve().parents[1]
_DAY = FIRST.isoformat()
_LOAD = "from assets.definitions import defs; defs().resolve_asset_graph()"


class Spent(NamedTuple):
    """Seconds of the processor, with all children that ended, and of the clock."""

    cpu: float
    wall: float


def spend(command: Sequence[str | Path], environment: Mapping[str, str]) -> Spent:
    """Run a command to its end. Raises `RuntimeError` with the end of what it said where it fails."""
    before, start = os.times(), time.perf_counter()
    done = subprocess.run(  # noqa: S603 - our own
        command, cwd=_ROOT, capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )
    wall, after = time.perf_counter() - start, os.times()
    if done.returncode:
        raise RuntimeError(f"{command[0]}: exit code {done.returncode}\n{(done.stdout + done.stderr)[-2000:]}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Spent(cpu, wall)


def commands(raw: Path, out: Path) -> dict[str, list[str | Path]]:
    """What is compared, and what it costs to start each."""
    python, own = Path(sys.executable), Path(sys.executable).parent
    clean = [own / "thresher", "clean", raw, "--day", _DAY, "-o", out / _DAY, "--state", out / "state"]
    return {
        "thresher clean": [*clean, "--set", "site_memory=off"],
        "dg launch": [own / "dg", "launch", "--assets", "*", "--partition", _DAY],
        "start: thresher rules list": [own / "thresher", "rules", "list"],
        "start: import dagster": [python, "-W", "ignore", "-c", "import dagster"],
        "start: load the definitions": [python, "-W", "ignore", "-c", _LOAD],
    }


def environment(raw: Path, out: Path, home: Path) -> dict[str, str]:
    """What the assets read: folders, and where Dagster keeps its books."""
    home.mkdir()
    yaml = (_ROOT / "dagster.yaml").read_text(encoding="utf-8")
    (home / "dagster.yaml").write_text(yaml.replace("base_dir: .dagster", f"base_dir: {home}"), encoding="utf-8")
    folders = {"THRESHER_RAW": str(raw), "THRESHER_OUT": str(out), "DAGSTER_HOME": str(home)}
    return {**folders, "THRESHER_FIRST_DAY": _DAY, "DAGSTER_DISABLE_TELEMETRY": "1"}


def steps(home: Path) -> dict[str, float]:
    """Seconds of the clock that each step of the last run took."""
    import dagster as dg  # noqa: PLC0415 - the commands above are measured without it in this process

    with dg.DagsterInstance.from_config(str(home)) as instance:
        (run,) = instance.get_runs(limit=1)
        told = instance.get_run_step_stats(run.run_id)
        return {each.step_key: (each.end_time or 0.0) - (each.start_time or 0.0) for each in told}


def compare(folder: Path, raw: Path, rounds: int) -> str:
    """All rounds; the medians as a table."""
    spent: defaultdict[str, list[Spent]] = defaultdict(list)
    times: defaultdict[str, list[Spent]] = defaultdict(list)
    for number in range(rounds):
        for name in commands(raw, folder):
            place = folder / f"{number} {name.replace(':', '')}"
            place.mkdir()
            own = environment(raw, place / "out", place / "home")
            spent[name].append(spend(commands(raw, place / "out")[name], own))
            if name == "dg launch":
                for step, seconds in steps(place / "home").items():
                    times[f"step: {step}"].append(Spent(float("nan"), seconds))
    return table(["what", "CPU s", "wall s"], [_row(name, runs) for name, runs in {**spent, **times}.items()])


def _row(name: str, runs: Sequence[Spent]) -> list[str]:
    cpu, wall = (statistics.median(run[place] for run in runs) for place in (0, 1))
    return [name, "" if cpu != cpu else f"{cpu:.1f}", f"{wall:.1f}"]  # noqa: PLR0124 - NaN: a step has no CPU time


def main() -> None:
    """The command line; see the docstring of this module."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of the packs")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="thresher-overhead-") as name:
        folder, raw = Path(name), Path(name) / "raw"
        month = Month.of(1, given.pages, given.data)._replace(faults={})
        print(f"{fetch_day(month, _DAY, raw)} pages")
        print(compare(folder, raw, given.rounds))


if __name__ == "__main__":
    main()
