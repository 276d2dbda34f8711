"""A demo to look at: the samples as three days of three sources, cleaned and published, for `make ui`.

    THRESHER_RAW=... THRESHER_OUT=... DAGSTER_HOME=... python -m assets.demo

Everything goes to the folders that the environment names, nothing is fetched. Days that are there already stay as they
are: then only what is missing in Dagster's books is materialised. What it makes is no different from any other days.
"""

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import yaml  # type: ignore[import-untyped] # Dagster brings it, without types

from pipeline.run.days import days_in

SAMPLES = Path(__file__).parents[1] / "raw/samples"
SOURCES = ("harbour-times", "field-notes", "dropped")
DAYS = 3
ASSETS = ("raw_pages", "clean_pages", "unique_pages", "corpus")


def last_days(today: date) -> list[str]:
    """The days of a demo, until today."""
    return [(today - timedelta(days=back)).isoformat() for back in reversed(range(DAYS))]


def lay_out(raw: Path, days: list[str], samples: Iterable[Path]) -> None:
    """Copy samples to `raw/<source>/<day>/`, in turn, so that each source has some on each day."""
    for number, sample in enumerate(samples):
        turn, day = divmod(number, len(days))
        folder = raw / SOURCES[turn % len(SOURCES)] / days[day]
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(sample, folder / sample.name)


def make_home(home: Path, settings: Path) -> None:
    """A DAGSTER_HOME with the project's `settings` (dagster.yaml), and the books in the home itself."""
    told = yaml.safe_load(settings.read_text(encoding="utf-8"))
    for place in ("storage", "local_artifact_storage", "compute_logs"):
        told.pop(place, None)
    home.mkdir(parents=True, exist_ok=True)
    (home / "dagster.yaml").write_text(yaml.safe_dump(told), encoding="utf-8")


def missing(instance: dg.DagsterInstance, days: list[str]) -> Iterator[str]:
    """The days of which no corpus was materialised yet."""
    done = instance.get_materialized_partitions(dg.AssetKey("corpus"))
    return (day for day in days if day not in done)


def materialise(instance: dg.DagsterInstance, days: list[str]) -> bool:
    """Materialise days, with their checks, and the report over all of them; whether everything went well."""
    from assets.definitions import defs  # noqa: PLC0415 - the days must lie there before the partitions are counted

    job = defs().resolve_implicit_global_asset_job_def()
    keys = [dg.AssetKey(name) for name in ASSETS]
    runs = [
        job.execute_in_process(instance=instance, partition_key=day, asset_selection=keys, raise_on_error=False)
        for day in missing(instance, days)
    ]
    if runs:
        report = [dg.AssetKey("corpus_report")]
        runs.append(job.execute_in_process(instance=instance, asset_selection=report, raise_on_error=False))
    return all(run.success for run in runs)


def main() -> int:
    """Make the demo in the folders that the environment names; 1 if a run of it failed."""
    try:
        raw, home = Path(os.environ["THRESHER_RAW"]), Path(os.environ["DAGSTER_HOME"])
    except KeyError as error:
        print(f"set {error.args[0]}; `make ui` shows how", file=sys.stderr)  # noqa: T201 - this is a command
        return 2
    make_home(home, SAMPLES.parents[1] / "dagster.yaml")
    if not days_in(raw):
        lay_out(raw, last_days(datetime.now(UTC).date()), sorted(SAMPLES.iterdir()))
    with dg.DagsterInstance.get() as instance:
        return 0 if materialise(instance, days_in(raw)) else 1


if __name__ == "__main__":
    sys.exit(main())
