"""The five seeds, line by line, through the command line: every clutter line gone, every content line there."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.packs import DATA
from pipeline import clean
from pipeline.document import Verdict

SEEDS = DATA / "seeds"
# What a fitting category is, where the labels name one that our words divide differently.
ALSO_FITTING = {"repeat": {"login", "comment-form"}, "other": {"nav"}, "promo": {"repeat"}}

pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason=f"the seeds are not at {SEEDS}")


def labels(name: str) -> dict[int, tuple[str, str]]:
    """Line number -> label and category."""
    with (SEEDS / "labels" / f"{name}.tsv").open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {int(row["line_no"]): (row["label"], row["category"] or "") for row in rows}


def names() -> list[str]:
    return sorted(file.stem for file in (SEEDS / "raw").glob("*.txt")) if SEEDS.is_dir() else []


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seeds")
    command = [sys.executable, "-m", "pipeline.cli", "clean", str(SEEDS / "raw"), "-o", str(folder), "-j1"]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    return folder


@pytest.mark.parametrize("name", names())
def test_every_content_line_is_there_and_every_clutter_line_is_gone(out: Path, name: str) -> None:
    source = (SEEDS / "raw" / f"{name}.txt").read_text(encoding="utf-8").split("\n")
    text = (out / "text" / f"{name}.txt.txt").read_text(encoding="utf-8").split("\n")
    kept = {" ".join(line.split()) for line in text}
    content = {" ".join(source[line - 1].split()) for line, (label, _) in labels(name).items() if label == "content"}
    clutter = {" ".join(source[line - 1].split()) for line, (label, _) in labels(name).items() if label == "clutter"}
    assert content - kept == set()
    assert (clutter & kept) - content == set()


@pytest.mark.parametrize("name", names())
def test_the_ledger_names_a_fitting_category_for_each_removed_line(out: Path, name: str) -> None:
    rows = [json.loads(line) for line in (out / "removed.jsonl").read_text(encoding="utf-8").splitlines()]
    removed = {row["line"]: row["category"] for row in rows if row["id"] == f"{name}.txt"}
    for line, (label, category) in labels(name).items():
        if label == "clutter":
            assert removed[line] in {category, *ALSO_FITTING.get(category, ())}, line


@pytest.mark.parametrize("name", names())
def test_a_repeated_headline_goes_once(name: str) -> None:
    document = clean((SEEDS / "raw" / f"{name}.txt").read_bytes())
    verdicts: list[Verdict] = [
        verdict
        for block, verdict in zip(document.blocks, document.verdicts, strict=True)
        if document.metadata.title and document.metadata.title in block.text and len(block.text) < 120
    ]
    assert sum(verdict.kept for verdict in verdicts) == (1 if document.metadata.title else 0)
