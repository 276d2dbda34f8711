"""The demo of `make ui`: three days of samples, cleaned, checked and published; then the commands of Dagster on it."""

import os
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

pytest.importorskip("dagster", reason="the assets need the extra: pip install -e '.[dagster]'")

import dagster as dg

from assets.defs.automation import LOOK_EVERY, QUIET, cleaned_from, look_for_days
from assets.defs.resources import Cleaning
from assets.demo import ASSETS, DAYS, SAMPLES, SOURCES, last_days, lay_out, main, make_home, missing
from pipeline.publish.overview import published_days
from pipeline.run.days import days_in
from pipeline.run.landing import Memory

PROJECT = SAMPLES.parents[1]


def test_days() -> None:
    assert last_days(date(2026, 3, 1)) == ["2026-02-27", "2026-02-28", "2026-03-01"]


def test_every_source_has_something_on_every_day(tmp_path: Path) -> None:
    lay_out(tmp_path, ["2026-03-01", "2026-03-02", "2026-03-03"], sorted(SAMPLES.iterdir()))
    cells = Counter(path.relative_to(tmp_path).parts[:2] for path in tmp_path.rglob("*") if path.is_file())
    assert len(cells) == len(SOURCES) * DAYS
    assert cells.total() == len(list(SAMPLES.iterdir()))


def test_the_home_takes_the_settings_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\nstorage: {sqlite: {base_dir: .dagster}}\n")
    make_home(tmp_path / "home", tmp_path / "dagster.yaml")
    assert (tmp_path / "home/dagster.yaml").read_text() == "telemetry:\n  enabled: false\n"


def test_without_folders_it_says_how(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("THRESHER_RAW", raising=False)
    assert main() == 2
    assert capsys.readouterr().err == "set THRESHER_RAW; `make ui` shows how\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ui")
    done = ask(folder, sys.executable, "-m", "assets.demo")
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


def ask(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command as `make ui` does, with the folders of the demo."""
    folders = {"DAGSTER_HOME": home, "THRESHER_RAW": home / "raw", "THRESHER_OUT": home / "clean"}
    world = os.environ | {name: str(path) for name, path in folders.items()} | {"DAGSTER_DISABLE_TELEMETRY": "1"}
    return subprocess.run(command, env=world, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=300)


def dg_command() -> str:
    return str(Path(sys.executable).with_name("dg"))


def test_three_days_are_published(home: Path) -> None:
    days = dict(published_days(home / "clean"))
    assert list(days) == days_in(home / "raw")
    assert len(days) == DAYS
    assert sum(each.total.outcomes["kept"] for each in days.values()) > 20
    assert (home / "clean/overview.html").exists()


def test_everything_is_in_the_books(home: Path) -> None:
    days = set(days_in(home / "raw"))
    with dg.DagsterInstance.from_config(str(home)) as instance:
        for name in ASSETS:
            assert instance.get_materialized_partitions(dg.AssetKey(name)) == days
        assert list(missing(instance, sorted(days))) == []
        records = instance.fetch_materializations(dg.AssetKey("corpus_report"), limit=5).records
        assert len(records) == 1


def test_every_check_was_evaluated_on_every_day_and_passed(home: Path) -> None:
    with dg.DagsterInstance.from_config(str(home)) as instance:
        runs = instance.get_runs()
        events = [
            record.event_log_entry.dagster_event.asset_check_evaluation_data
            for run in runs
            for record in instance.get_records_for_run(
                run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
            ).records
            if record.event_log_entry.dagster_event
        ]
    evaluated = Counter(event.check_name for event in events)
    assert set(evaluated.values()) == {DAYS}
    assert [event.check_name for event in events if not event.passed] == []


def test_the_sensor_starts_no_day_of_the_demo_once_more(home: Path) -> None:
    """Two minutes after `make ui` began, when all files have been at rest."""
    cleaning, now, cursor = Cleaning(raw=str(home / "raw"), out=str(home / "clean")), time.time(), None
    with dg.DagsterInstance.from_config(str(home)) as instance:
        for later in (0, QUIET, QUIET + LOOK_EVERY):
            memory = Memory.from_json(cursor)
            result = look_for_days(memory, cleaning, now + later, lambda day: cleaned_from(instance, day))
            cursor = result.cursor
            assert not result.run_requests
    assert sorted(Memory.from_json(cursor).told) == days_in(home / "raw")


def test_a_second_time_only_what_is_missing_is_made(home: Path) -> None:
    with dg.DagsterInstance.from_config(str(home)) as instance:
        before = instance.get_runs_count()
    assert ask(home, sys.executable, "-m", "assets.demo").returncode == 0
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert instance.get_runs_count() == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["check", "defs"], "All definitions loaded successfully"),
        (["list", "defs"], "corpus_report"),
        (["launch", "--assets", "*", "--partition", datetime.now(UTC).date().isoformat()], "RUN_SUCCESS"),
    ],
    ids=["check", "list", "launch"],
)
def test_commands(home: Path, arguments: list[str], says: str) -> None:
    done = ask(home, dg_command(), *arguments)
    assert done.returncode == 0, done.stderr[-3000:]
    assert says in done.stdout + done.stderr


def test_a_range_of_days_is_one_run_and_changes_nothing(home: Path) -> None:
    days = days_in(home / "raw")
    before = published(home / "clean")
    done = ask(home, dg_command(), "launch", "--assets", "*", "--partition-range", f"{days[0]}...{days[-1]}")
    assert done.returncode == 0, done.stderr[-3000:]
    assert (done.stdout + done.stderr).count("RUN_SUCCESS") == 1
    assert published(home / "clean") == before


def published(out: Path) -> dict[str, bytes]:
    """All files of all days but the manifests, which say how long a page took."""
    files = (path for path in out.glob("2*/**/*") if path.is_file() and ".thresher" not in path.parts)
    return {str(path.relative_to(out)): path.read_bytes() for path in files if path.name != "manifest.jsonl"}
