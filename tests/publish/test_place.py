"""OUT: where we refuse to write, what is deleted and what never is, what a full disk says."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from pipeline.errors import OutputError
from pipeline.publish import check_out, publish
from pipeline.publish.place import teaching
from tests.publish.made_up import RUN, failed, result

REFUSED = {
    "same": ("raw", "raw", "is itself an input"),
    "inside": ("raw/clean", "raw", "lies inside the input"),
    "inside-dots": ("clean/../raw/x", "raw", "lies inside the input"),
    "inside-link": ("link/x", "raw", "lies inside the input"),
    "input-is-a-link": ("raw/x", "link", "lies inside the input"),
    "file": ("raw/a.html", "other", "is a file"),
    "below-file": ("raw/a.html/x", "other", "is a file"),
    "input-file": ("raw/a.html", "raw/a.html", "is itself an input"),
    "input-in-texts": ("clean", "clean/text/a", "which this run writes"),
    "input-is-a-record": ("clean", "clean/documents.jsonl.gz", "which this run writes"),
}
FINE = {
    "beside": ("clean", "raw"),
    "missing": ("deep/er/clean", "raw"),
    "file-beside": ("raw", "raw/a.html"),
    "around": (".", "raw"),
    "prefix-of-name": ("raw-clean", "raw"),
}


@pytest.fixture
def yard(tmp_path: Path) -> Path:
    for folder in ("raw", "other", "clean/text"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "raw/a.html").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "raw")
    return tmp_path


@pytest.mark.parametrize(("out", "given", "says"), REFUSED.values(), ids=REFUSED)
def test_refused(yard: Path, out: str, given: str, says: str) -> None:
    with pytest.raises(OutputError, match=says):
        check_out(yard / out, [yard / "other", yard / given])


@pytest.mark.parametrize(("out", "given"), FINE.values(), ids=FINE)
def test_fine(yard: Path, out: str, given: str) -> None:
    before = sorted(yard.rglob("*"))
    check_out(yard / out, [yard / given])
    assert sorted(yard.rglob("*")) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_read_only_is_refused(yard: Path) -> None:
    (yard / "other").chmod(0o500)
    with pytest.raises(OutputError, match="may not write"):
        check_out(yard / "other/clean", [yard / "raw"])


TROUBLE = {errno.ENOSPC: "disk is full", errno.EROFS: "read-only", errno.EACCES: "may not write", errno.EIO: "with -o"}


@pytest.mark.parametrize(("number", "says"), TROUBLE.items(), ids=[errno.errorcode[number] for number in TROUBLE])
def test_trouble_teaches(number: int, says: str) -> None:
    with pytest.raises(OutputError, match=says), teaching(Path("clean")):
        raise OSError(number, os.strerror(number), "clean/x")


def texts(out: Path) -> set[str]:
    return {str(path.relative_to(out)) for path in out.rglob("*") if path.suffix in {".txt", ".md", ".gz"}}


def test_only_our_stale_files_go(tmp_path: Path) -> None:
    publish([result("a/b.html", "One."), result("c.html", "Two.")], tmp_path, ["txt", "md", "jsonl"], RUN)
    (tmp_path / "text/c.html.mine.txt").write_text("kept by hand")
    (tmp_path / "notes.txt").write_text("mine")
    publish([result("c.html", "Two.")], tmp_path, ["txt"], RUN)
    assert texts(tmp_path) == {"text/c.html.txt", "text/c.html.mine.txt", "notes.txt"}
    assert not (tmp_path / "text/a").exists()


def test_an_interrupted_run_deletes_nothing_and_the_next_one_knows(tmp_path: Path) -> None:
    publish([result("a.html", "One."), result("b.html", "Two.")], tmp_path, ["txt"], RUN)
    for _ in range(2):
        publish([result("b.html", "Two.")], tmp_path, ["txt"], RUN, complete=False)
        assert texts(tmp_path) == {"text/a.html.txt", "text/b.html.txt"}
    publish([result("b.html", "Two."), failed("a.html")], tmp_path, ["txt"], RUN)
    assert texts(tmp_path) == {"text/b.html.txt"}
    assert not list(tmp_path.glob(".*"))


FORGED = ["../precious.txt", "text/../../precious.txt", "/etc/hostname", "notes.txt", "text/", "text"]


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_manifest_deletes_nothing_else(tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    publish([result("a.html", "One.")], out, ["txt"], RUN)
    (tmp_path / "precious.txt").write_text("x")
    (out / "notes.txt").write_text("x")
    (out / "manifest.jsonl").write_text(f'{{"output": "{name}"}}\nnot json\n[1]\n{{"output": 5, "copies": 7}}\n')
    publish([result("a.html", "One.")], out, ["txt"], RUN)
    assert texts(tmp_path) == {"precious.txt", "out/notes.txt", "out/text/a.html.txt"}


def test_a_file_gives_way_to_a_folder(tmp_path: Path) -> None:
    publish([result("a", "One.")], tmp_path, ["txt"], RUN)
    publish([result("a.txt/b", "Two.")], tmp_path, ["txt"], RUN)
    assert texts(tmp_path) == {"text/a.txt", "text/a.txt/b.txt"}


def test_what_killed_runs_left_is_swept_up(tmp_path: Path) -> None:
    dead, foreign = tmp_path / ".thresher-999999999", tmp_path / ".thresher-cache"
    for folder in (dead, foreign):
        folder.mkdir()
        (folder / "x").write_text("x")
    publish([], tmp_path, ["txt"], RUN)
    assert not dead.exists()
    assert foreign.exists()


def test_a_foreign_file_in_the_way_teaches(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("mine")
    with pytest.raises(OutputError, match="stands where"):
        publish([result("a.html", "One.")], tmp_path, ["txt"], RUN)
    assert (tmp_path / "text").read_text() == "mine"
