"""The command as a person runs it: what it shows, what it refuses, how it ends, how it goes on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pipeline.document import Page
from pipeline.errors import OutputError
from pipeline.label.command import check_place, work_file
from pipeline.label.sheet import key_of, sheet_of
from tests.label.made_up import STORY

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "raw" / "samples"
PAGE = f"<html><head><title>Ferry</title></head><body><h1>Ferry sails</h1><p>{STORY}</p><p>Read also: Seals</p></body>"


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "pipeline.cli", "label", *map(str, arguments), "--set", "witness=none"]


class Running:
    """A `thresher label` that has shown its address; `said` and `code` are known when it has ended."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.said = ""
        self.code = -1

    def ask(self, place: str, told: Any = None) -> Any:
        body = None if told is None else json.dumps(told).encode()
        headers = {"Origin": "/".join(self.url.split("/")[:3]), "Content-Type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(self.url + place, body, headers), timeout=30) as answer:
            return json.load(answer)

    def all_pages(self) -> list[dict[str, Any]]:
        """The list of pages, once preparation is over."""
        while not (told := self.ask("pages"))["ready"]:
            pass
        return list(told["pages"])


@contextmanager
def running(*arguments: str | Path, end: signal.Signals = signal.SIGINT) -> Iterator[Running]:
    with subprocess.Popen(command(*arguments), stderr=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stderr is not None
        there = Running(process.stderr.readline().strip())
        try:
            yield there
        finally:
            process.send_signal(end)
            there.said = process.stderr.read()
            there.code = process.wait(30)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "a.html").write_text(PAGE, encoding="utf-8")
    (pages / "b.html").write_text(PAGE, encoding="utf-8")
    (pages / "c.txt").write_text(f"Ferry sails\n{STORY}\nREAD ALSO: Seals counted\n", encoding="utf-8")
    (pages / "d.pdf").write_bytes(b"%PDF-1.7\n")
    (pages / "e.html").write_text("<html><body></body></html>", encoding="utf-8")
    return pages


def test_it_ends_well_and_goes_on(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "labels.parquet"
    with running(folder, "-o", out) as first:
        assert [page["id"] for page in first.all_pages()] == ["a.html", "c.txt"]
        first.ask("page/1/blocks", {"blocks": [2], "kept": True})
        first.ask("page/0/review", {"done": True, "page_type": ""})
    assert first.code == 0
    assert "labelled pages: 1; corrected blocks: 1" in first.said
    assert "not marked as done, and so no labels yet: 1" in first.said
    assert "d.pdf: unsupported" in first.said
    assert "passed over: 1 the same page again" in first.said
    assert "passed over: 1 without any text" in first.said
    with running(folder, "-o", out) as second:
        pages = second.all_pages()
        assert [(page["id"], page["done"], page["corrected"]) for page in pages] == [
            ("a.html", True, 0),
            ("c.txt", False, 1),
        ]
        second.ask("page/1/review", {"done": True, "page_type": ""})
    assert "labelled pages: 2" in second.said


def test_labels_outlive_their_inputs(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "labels.parquet"
    with running(folder / "a.html", "-o", out) as first:
        first.ask("page/0/review", {"done": True, "page_type": ""})
    (folder / "a.html").unlink()
    with running(folder / "c.txt", "-o", out) as second:
        assert [page["id"] for page in second.all_pages()] == ["c.txt"]
        second.ask("page/0/review", {"done": True, "page_type": ""})
    assert "labelled pages: 2" in second.said


def test_nothing_finished_writes_nothing(folder: Path, tmp_path: Path) -> None:
    with running(folder, "-o", tmp_path / "labels.parquet", end=signal.SIGTERM) as there:
        there.all_pages()
    assert there.code == 0
    assert "no page is marked as done: nothing is written" in there.said
    assert not (tmp_path / "labels.parquet").exists()


@pytest.mark.parametrize(
    ("options", "count", "said"),
    [
        pytest.param(["--most", "3"], 3, "the first 3 pages were shown; --most takes more", id="most"),
        pytest.param(["--only-unsure"], None, "without an unsure block (--only-unsure)", id="only-unsure"),
    ],
)
def test_fewer_pages(tmp_path: Path, options: list[str], count: int | None, said: str) -> None:
    with running(SAMPLES, "-o", tmp_path / "labels.parquet", *options) as there:
        pages = there.all_pages()
    assert said in there.said
    assert len(pages) == count or (count is None and all(page["unsure"] for page in pages))


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param(["nowhere"], 2, "nowhere", id="no-such-path"),
        pytest.param(["pages/d.pdf"], 3, "there is no page to label", id="no-page"),
        pytest.param(["pages", "-o", "pages/labels.parquet"], 2, "lies inside the input", id="out-in-input"),
        pytest.param(["pages", "-o", "pages"], 2, "lies inside the input", id="out-is-input"),
        pytest.param(["pages", "-o", "other"], 2, "is a folder", id="out-is-folder"),
        pytest.param(["pages", "-o", "gone/labels.parquet"], 2, "cannot write into", id="no-folder"),
        pytest.param(["pages", "-o", "mine.parquet"], 2, "exists, but not mine.parquet.work", id="not-ours"),
        pytest.param(["pages", "--set", "presett=recall"], 2, "unknown setting", id="setting"),
    ],
)
def test_what_cannot_be_is_refused(folder: Path, arguments: list[str], code: int, words: str) -> None:
    (folder.parent / "other").mkdir()
    (folder.parent / "mine.parquet").write_bytes(b"mine")
    done = subprocess.run(
        command(*arguments), cwd=folder.parent, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert (folder.parent / "mine.parquet").read_bytes() == b"mine"


def test_a_port_that_is_taken(folder: Path, tmp_path: Path) -> None:
    with running(folder, "-o", tmp_path / "one.parquet") as there:
        port = there.url.split("/")[2].split(":")[1]
        again = command(folder, "-o", tmp_path / "two.parquet", "--port", port)
        done = subprocess.run(again, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 2
        assert "--port 0 takes a free one" in done.stderr


def test_a_place_beside_the_input_is_fine(folder: Path) -> None:
    check_place(folder.parent / "labels.parquet", (folder,))
    with pytest.raises(OutputError):
        check_place(folder / "labels.parquet", (folder.parent,))
    assert work_file(Path("a/labels.parquet")) == Path("a/labels.parquet.work")


def _samples() -> dict[str, Page]:
    from pipeline import Settings
    from pipeline.acquire import read

    return {item.id: item for item in read([SAMPLES], Settings()) if isinstance(item, Page)}


@pytest.mark.parametrize("name", [page.name for page in sorted(SAMPLES.glob("*.html"))])
def test_training_sees_the_blocks_that_were_labelled(name: str, tmp_path: Path) -> None:
    """Whatever a page was encoded in: its row, read as training reads it, has the same blocks with the same labels."""
    pytest.importorskip("rapidfuzz", reason="training needs the extra `train`")
    from pipeline import Settings
    from pipeline.document import Document
    from pipeline.label.export import write_labels
    from pipeline.recipe import clean_page, make_kit
    from pipeline.train.pages import read_labelled

    page = _samples().get(name)
    document = clean_page(page, make_kit(Settings(witness="none"))) if page else None
    if page is None or not isinstance(document, Document) or not document.blocks:
        pytest.skip("no page with blocks")
    kept = [verdict.kept for verdict in document.verdicts]
    write_labels(tmp_path / "labels", [(sheet_of(key_of(page), page, document), kept, "")])
    (read,) = read_labelled(tmp_path / "labels", "html")
    assert [block.text for block in read.view.blocks] == [block.text for block in document.blocks]
    lost = [at for at, stays in enumerate(kept) if stays and read.counts[at] and read.labels[at] < 0.5]
    assert lost == [], "kept blocks that training would take for clutter"
