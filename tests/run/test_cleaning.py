"""The main job on generated folders: one outcome each, resumed as if never killed, honest about changes."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.dedup.state.reading import open_state
from pipeline.errors import NothingError, OutputError, ThresherError, UsageError
from pipeline.publish.leaf import Leaf
from pipeline.recipe import Kit
from pipeline.run import cleaning
from pipeline.run.cleaning import (
    STORE,
    Order,
    Progress,
    check_order,
    clean_into,
    count_outdated,
    publish_from,
    run_clean,
)
from pipeline.run.store import Store
from pipeline.settings import Settings

SETTINGS = Settings(witness="none", model="none")
FORMATS = ("txt", "md", "jsonl", "parquet")


def fill(folder: Path, count: int) -> Path:
    """A folder of `count` small pages: HTML and text, every tenth a copy of the first."""
    folder.mkdir(parents=True)
    for number in range(count):
        story = 0 if number % 10 == 9 else number
        sentence = f"Boat {story} left the harbour of Oddry at dawn with {story * 7} crates of herring on board."
        if number % 2:
            (folder / f"page-{number:04}.txt").write_text(f"{sentence}\n\nRead also: The net loft burns\n")
        else:
            html = f"<body><nav><a href=/>Home</a></nav><p>{sentence}</p><footer>Privacy policy</footer></body>"
            (folder / f"page-{number:04}.html").write_text(html)
    return folder


def order(pages: Path, out: Path, workers: int = 0, settings: Settings = SETTINGS, *, force: bool = False) -> Order:
    return Order((pages,), out, settings, FORMATS, workers, force)


def contents(out: Path) -> dict[str, object]:
    """All files of OUT but the store; manifest rows without the seconds that may vary."""
    found: dict[str, object] = {}
    for file in sorted(out.rglob("*")):
        name = file.relative_to(out).as_posix()
        if file.is_file() and not name.startswith(STORE):
            found[name] = file.read_bytes()
    rows = [json.loads(line) for line in (out / "manifest.jsonl").read_text().splitlines()]
    found["manifest.jsonl"] = [{**row, "seconds": 0} for row in rows]
    return found


def manifest(out: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (out / "manifest.jsonl").read_text().splitlines()]


def test_one_outcome_for_each_input_and_duplicates_name_a_kept_one(tmp_path: Path) -> None:
    summary = run_clean(order(fill(tmp_path / "in", 40), tmp_path / "out"))
    rows = manifest(tmp_path / "out")
    assert [row["id"] for row in rows] == sorted(file.name for file in (tmp_path / "in").iterdir())
    kept = {row["id"] for row in rows if row["outcome"] == "kept"}
    assert {row["duplicate_of"] for row in rows if row["outcome"] == "duplicate"} == {"page-0000.html"} <= kept
    assert (summary.outcomes["kept"], summary.outcomes["duplicate"]) == (36, 4)


def test_workers_and_this_process_give_the_same_bytes(tmp_path: Path) -> None:
    pages = fill(tmp_path / "in", 30)
    run_clean(order(pages, tmp_path / "here", workers=0))
    run_clean(order(pages, tmp_path / "two", workers=2))
    assert contents(tmp_path / "here") == contents(tmp_path / "two")


def test_a_second_run_cleans_only_what_changed(tmp_path: Path) -> None:
    pages, out = fill(tmp_path / "in", 12), tmp_path / "out"
    run_clean(order(pages, out))
    (pages / "page-0003.txt").write_text("The lighthouse was painted again, and this time it was painted red.\n")
    (pages / "page-0005.txt").unlink()
    (pages / "page-9999.txt").write_text("A new boat came in on Thursday, and nobody knew where it came from.\n")
    seen: list[Progress] = []
    run_clean(order(pages, out), watch=seen.append)
    assert (seen[-1].cleaned, seen[-1].reused, seen[-1].inputs) == (2, 10, 12)
    assert not (out / "text" / "page-0005.txt.txt").exists(), "the text of an input that is gone goes too"
    run_clean(order(pages, tmp_path / "fresh"))
    assert contents(out) == contents(tmp_path / "fresh")


def test_other_settings_clean_everything_again(tmp_path: Path) -> None:
    pages, out = fill(tmp_path / "in", 4), tmp_path / "out"
    run_clean(order(pages, out))
    seen: list[Progress] = []
    run_clean(order(pages, out, settings=Settings(witness="none", model="none", preset="precision")), watch=seen.append)
    assert (seen[-1].cleaned, seen[-1].reused) == (4, 0)


def test_force_cleans_everything_again(tmp_path: Path) -> None:
    pages, out = fill(tmp_path / "in", 4), tmp_path / "out"
    run_clean(order(pages, out))
    seen: list[Progress] = []
    run_clean(order(pages, out, force=True), watch=seen.append)
    assert seen[-1].cleaned == 4


@pytest.mark.parametrize(
    ("formats", "settings"),
    [
        pytest.param(("txt",), SETTINGS, id="other-formats"),
        pytest.param(("jsonl",), SETTINGS, id="no-texts"),
        pytest.param(FORMATS, Settings(witness="none", model="none", dedup="off"), id="repeats-not-looked-for"),
        pytest.param(FORMATS, Settings(witness="none", model="none", dedup="mark"), id="repeats-marked"),
    ],
)
def test_what_an_earlier_run_did_not_make_is_made_when_it_is_needed(
    tmp_path: Path, formats: tuple[str, ...], settings: Settings
) -> None:
    pages, out = fill(tmp_path / "in", 24), tmp_path / "out"
    run_clean(Order((pages,), out, settings, formats, 0))
    seen: list[Progress] = []
    run_clean(order(pages, out), watch=seen.append)
    assert seen == [], "no page is cleaned again"
    run_clean(order(pages, tmp_path / "fresh"))
    assert contents(out) == contents(tmp_path / "fresh")


@pytest.mark.parametrize("workers", [0, 1])
def test_a_worker_makes_only_what_the_run_needs(tmp_path: Path, workers: int) -> None:
    off = Settings(witness="none", model="none", dedup="off")
    job = Order((fill(tmp_path / "in", 3),), tmp_path / "out", off, ("txt",), workers)
    run_clean(job)
    with Store(job.out / STORE) as store:
        assert [list(each.value.texts) for each in store.rendered((), off) if isinstance(each.value, Leaf)] == [
            [".txt"]
        ] * 3
    with sqlite3.connect(job.out / STORE / "results.sqlite") as db:
        assert set(db.execute("SELECT prints, site, lines FROM result")) == {(None, "", None)}
    db.close()


def test_results_of_another_version_are_made_again(tmp_path: Path) -> None:
    pages, out = fill(tmp_path / "in", 4), tmp_path / "out"
    run_clean(order(pages, out))
    with sqlite3.connect(out / STORE / "results.sqlite") as db:
        db.execute("UPDATE about SET value = '0.0.9/2' WHERE name = 'format'")
        db.execute("DROP TABLE result")
        db.execute("CREATE TABLE result (key TEXT PRIMARY KEY, again INTEGER, body BLOB) WITHOUT ROWID")
    db.close()
    seen: list[Progress] = []
    run_clean(order(pages, out), watch=seen.append)
    assert seen[-1].cleaned == 4


@pytest.mark.parametrize("column", ["leaf", "body", "prints"])
def test_a_damaged_result_is_said(tmp_path: Path, column: str) -> None:
    pages, out = fill(tmp_path / "in", 4), tmp_path / "out"
    run_clean(order(pages, out))
    with sqlite3.connect(out / STORE / "results.sqlite") as db:
        db.execute(f"UPDATE result SET {column} = x'00ff'")
    db.close()
    with pytest.raises(ThresherError, match=r"delete|Delete"):
        run_clean(order(pages, out))


def test_check_counts_what_a_run_would_change_and_changes_nothing(tmp_path: Path) -> None:
    pages, out = fill(tmp_path / "in", 6), tmp_path / "out"
    assert count_outdated(order(pages, out)) >= 6
    assert not out.exists()
    run_clean(order(pages, out))
    assert count_outdated(order(pages, out)) == 0
    (pages / "page-0001.txt").write_text("Changed, and longer than before by a good many words.\n")
    assert count_outdated(order(pages, out)) == 1
    (out / "text" / "page-0000.html.txt").unlink()
    assert count_outdated(order(pages, out)) == 2


@pytest.mark.parametrize("harm", ["settings", "formats", "report", "ledger", "documents", "state"])
def test_check_sees_all_that_a_run_would_change(tmp_path: Path, harm: str) -> None:
    pages, out = fill(tmp_path / "in", 6), tmp_path / "out"
    asked = replace(order(pages, out), state=tmp_path / "state")
    run_clean(asked)
    assert count_outdated(asked) == 0
    if harm == "settings":
        asked = replace(asked, settings=replace(SETTINGS, dedup="off"))
    elif harm == "formats":
        asked = replace(asked, formats=("txt",))
    elif harm == "state":
        (tmp_path / "state").rename(tmp_path / "elsewhere")
    else:
        (out / {"report": "report.html", "ledger": "removed.jsonl", "documents": "documents.parquet"}[harm]).unlink()
    assert count_outdated(asked) == 1


def test_where_there_is_no_input_the_folder_stays_as_it_was(tmp_path: Path) -> None:
    pages, out, state = fill(tmp_path / "in", 3), tmp_path / "out", tmp_path / "state"
    asked = replace(order(pages, out), state=state)
    run_clean(asked)
    before = contents(out)
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "page.html").symlink_to(pages / "page-0000.html")
    for other in (replace(asked, paths=(tmp_path / "empty",)), replace(asked, day="2026-11-24")):
        with pytest.raises(NothingError, match="stays as it was"):
            run_clean(other)
    with pytest.raises(NothingError, match="1 × link"):
        run_clean(replace(asked, paths=(tmp_path / "empty",)))
    assert contents(out) == before
    assert [run.label for run in open_state(state).runs] == ["out"]
    assert run_clean(asked).outcomes["kept"] == 3


def test_what_is_passed_over_is_counted(tmp_path: Path) -> None:
    pages = fill(tmp_path / "in", 2)
    (pages / "link.html").symlink_to(pages / "page-0000.html")
    (pages / ".hidden.html").write_text("hidden")
    summary = run_clean(order(pages, tmp_path / "out"))
    assert summary.passed_over == {"hidden": 1, "link": 1}
    assert "passed over: 1 × hidden, 1 × link" in summary.lines()
    assert summary.as_json()["passed_over"] == {"hidden": 1, "link": 1}


def test_no_more_workers_are_hired_than_there_are_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hired: list[int] = []
    ours = cleaning.hired

    def counting(kit: Kit, workers: int, **more: Any) -> Any:
        hired.append(workers)
        return ours(kit, workers, **more)

    monkeypatch.setattr(cleaning, "hired", counting)
    pages, out = fill(tmp_path / "in", 1), tmp_path / "out"
    run_clean(order(pages, out, workers=3))
    run_clean(order(pages, out, workers=3))
    assert hired == [1]


def test_an_interrupted_run_publishes_what_is_done_and_the_next_completes_it(tmp_path: Path) -> None:
    pages, out = fill(tmp_path / "in", 20), tmp_path / "out"
    seen: list[int] = []
    summary = run_clean(order(pages, out), watch=lambda p: seen.append(p.cleaned), stopped=lambda: len(seen) >= 5)
    assert not summary.complete
    assert len(manifest(out)) == 5
    run_clean(order(pages, out))
    run_clean(order(pages, tmp_path / "fresh"))
    assert contents(out) == contents(tmp_path / "fresh")


def test_cleaning_that_did_not_end_is_not_published_as_complete(tmp_path: Path) -> None:
    job = order(fill(tmp_path / "in", 6), tmp_path / "out")
    kit = check_order(job)
    seen: list[int] = []
    with Store(job.out / STORE) as store:
        clean_into(store, job, kit, Progress(), watch=lambda _: seen.append(1), stopped=lambda: len(seen) >= 2)
        with pytest.raises(UsageError, match="not come to its end"):
            publish_from(store, job, kit)


def test_two_runs_at_once_are_told_apart(tmp_path: Path) -> None:
    job = order(fill(tmp_path / "in", 2), tmp_path / "out")
    with Store(job.out / STORE) as store:
        store.begin()
        with pytest.raises(OutputError, match="another run"):
            run_clean(job)


def test_kill_9_in_the_middle_and_again_gives_what_one_run_gives(tmp_path: Path) -> None:
    pages, out = fill(tmp_path / "in", 600), tmp_path / "out"
    command = [
        sys.executable,
        "-m",
        "pipeline.cli",
        "clean",
        str(pages),
        "-o",
        str(out),
        "-f",
        ",".join(FORMATS),
        "-j1",
    ]
    command += ["--set", "witness=none", "--set", "model=none"]
    process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE)
    store = out / STORE / "results.sqlite-wal"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if store.exists() and store.stat().st_size > 100_000:
            break
        time.sleep(0.01)
    assert process.poll() is None, "the run ended before it could be killed; give it more pages"
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert not (out / "manifest.jsonl").exists()
    subprocess.run(command, check=True, capture_output=True)
    run_clean(order(pages, tmp_path / "fresh"))
    assert contents(out) == contents(tmp_path / "fresh")
