"""`thresher dedup`: on tables alone, and into the memory of earlier runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import main

STORY = (
    "The ferry to the islands left at nine with forty people, two dogs and the post, and came back in the evening with "
    "fewer people but more dogs, as it does every year when summer ends."
)


def thresher(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["dedup", *arguments])


@pytest.fixture
def table(tmp_path: Path) -> Path:
    texts = {"a": STORY, "b": STORY, "c": STORY.replace("nine", "ten"), "d": "Oats are good."}
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps({"id": id_, "text": text}) + "\n" for id_, text in texts.items()))
    return path


def ids(path: Path) -> list[str]:
    return [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_table_alone(table: Path, tmp_path: Path) -> None:
    done = thresher(str(table), "-o", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    assert "4 rows, 2 kept, 2 copies (1 exact, 1 near)" in done.stderr
    assert ids(tmp_path / "out" / "kept.jsonl") == ["a", "d"]
    assert ids(tmp_path / "out" / "duplicates.jsonl") == ["b", "c"]


def test_settings_count(table: Path, tmp_path: Path) -> None:
    thresher(str(table), "-o", str(tmp_path / "out"), "--set", "dedup_similarity=0.99")
    assert ids(tmp_path / "out" / "kept.jsonl") == ["a", "c", "d"]


def test_marking_drops_nothing(table: Path, tmp_path: Path) -> None:
    thresher(str(table), "-o", str(tmp_path / "out"), "--mark")
    assert ids(tmp_path / "out" / "marked.jsonl") == ["a", "b", "c", "d"]


def test_marking_copies_alone_is_no_failure(table: Path, tmp_path: Path) -> None:
    for run in ("first", "second"):
        done = thresher(
            str(table),
            "-o",
            str(tmp_path / run),
            "--state",
            str(tmp_path / "state"),
            "--run",
            run,
            "--set",
            "dedup=mark",
        )
        assert done.exit_code == 0, done.output
        assert ids(tmp_path / run / "marked.jsonl") == ["a", "b", "c", "d"]


def test_options_may_come_first_and_help_names_them(table: Path, tmp_path: Path) -> None:
    assert thresher("-o", str(tmp_path / "out"), str(table)).exit_code == 0
    said = thresher("--help").stdout
    assert "dedup PATH [OPTIONS]\n" in said
    assert all(word in said for word in ("--out", "--state", "--run", "--mark", "--set", "stats", "forget"))


WRONG = {
    "nothing-to-do": (["TABLE", "--set", "dedup=off"], "leaves nothing to do"),
    "no-folder": (["TABLE", "--out", ""], "the name of a folder is empty"),
    "state-is-a-file": (["TABLE", "--state", "TABLE"], "is a file"),
    "no-such-option": (["TABLE", "--stat"], "--stat"),
    "no-table": (["--mark"], "dedup PATH [OPTIONS]\n"),
}


@pytest.mark.parametrize(("arguments", "says"), WRONG.values(), ids=WRONG)
def test_wrong_uses(table: Path, arguments: list[str], says: str) -> None:
    done = thresher(*(str(table) if word == "TABLE" else word for word in arguments))
    assert (done.exit_code, says in done.stderr) == (2, True), done.output


def test_a_memory_can_be_looked_into(table: Path, tmp_path: Path) -> None:
    state = str(tmp_path / "state")
    for run, code in (("first", 0), ("second", 3)):
        assert thresher(str(table), "-o", str(tmp_path / run), "--state", state, "--run", run).exit_code == code
    assert json.loads(thresher("stats", "--state", state, "--json").stdout)["runs"] == 2
    assert thresher("clusters", "--state", state).stdout.startswith("5 copies of a of run first")
    why = thresher("why", "c", "--state", state, "--table", str(table)).stdout
    assert "nine" in why
    assert "ten" in why
    assert thresher("forget", "--state", state, "--run", "first").exit_code == 0
    assert thresher("refresh", "--state", state).exit_code == 0
    assert thresher("compact", "--state", state).exit_code == 0
    assert json.loads(thresher("stats", "--state", state, "--json").stdout)["runs"] == 1


def test_a_document_of_a_run_is_forgotten_and_nothing_else(table: Path, tmp_path: Path) -> None:
    state = str(tmp_path / "state")
    for run in ("first", "second"):
        thresher(str(table), "-o", str(tmp_path / run), "--state", state, "--run", run)
    done = thresher("forget", "--state", state, "--run", "first", "--id", "a")
    assert "forgotten: 1 document of run first\n" in done.stdout
    assert json.loads(thresher("stats", "--state", state, "--json").stdout)["documents"] == 7
    assert "forgotten: run first, with 3 documents\n" in thresher("forget", "--state", state, "--run", "first").stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["nowhere.jsonl"], "nowhere.jsonl", id="no-such-table"),
        pytest.param(["stats", "--state", "nowhere"], "holds no state", id="no-such-state"),
        pytest.param(["forget", "--state", "nowhere"], "name what to forget", id="forget-nothing"),
    ],
)
def test_wrong_arguments_are_one_clear_line(arguments: list[str], says: str) -> None:
    done = thresher(*arguments)
    assert done.exit_code == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
