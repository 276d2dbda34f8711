"""`thresher fetch` and `sources` from outside: what is said, where, and with which exit code."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import main
from tests.acquire.web.answers import Answer
from tests.acquire.web.server import Server, Site
from tests.acquire.web.sites import archived, feed, rows, site, story

HERE = "127.0.0.1"


@pytest.fixture
def server() -> Iterator[Server]:
    names = [f"s{number}" for number in range(30)]
    pages = {name: Answer(story(number), etag=f'"{number}"') for number, name in enumerate(names)}
    with Server({HERE: site(feed=feed(*(f"/{name}" for name in names)), **pages)}) as server:
        yield server


def write_sources(server: Server, folder: Path, delay: float = 0.0) -> Path:
    file = folder / "sources.toml"
    file.write_text(
        f'[fetch]\ncontact = "{server.url(HERE, "/about")}"\ndelay = {delay}\ntries = 1\nallow = ["loopback"]\n'
        f'[[source]]\nname = "harbour"\nfeed = "{server.url(HERE, "/feed")}"\n'
        f'[[source]]\nname = "papers"\nfolder = "papers"\n'
    )
    (folder / "papers").mkdir(exist_ok=True)
    return file


def fetch(file: Path, *more: str) -> Result:
    raw = file.parent / "raw"
    return CliRunner().invoke(main, ["fetch", "--sources", str(file), "--raw", str(raw), *more])


def test_a_run_says_what_came_on_stderr_and_the_next_has_nothing_to_do(server: Server, tmp_path: Path) -> None:
    file = write_sources(server, tmp_path)
    done = fetch(file, "--limit", "3")
    assert (done.exit_code, done.stdout) == (0, "")
    assert [line.split() for line in re.sub(r"\d{4}-\S+(?=\n)", "WHEN", done.stderr).splitlines()] == [
        "source found fetched next due".split(),
        "harbour 30 3 WHEN".split(),
        "papers 0 0".split(),
        f"kept in {tmp_path}/raw/harbour/WHEN".split(),
        "27 addresses wait for the next run".split(),
    ]
    assert dict(archived(tmp_path / "raw")) == {"s0": 1, "s1": 1, "s2": 1}
    done = fetch(file, "harbour", "--json")
    said = json.loads(done.stdout)
    assert (done.exit_code, said["outcomes"], said["left"]) == (0, {"harbour": {"fetched": 27}}, 0)
    assert [Path(name).is_file() for name in said["written"]] == [True]
    assert (said["start_points"], said["passed_over"]) == ({"harbour": {"not due": 1}}, {})
    due = said["next_due"]["harbour"]
    assert fetch(file, "harbour").stderr.splitlines() == [
        "source     found" + "next due".rjust(len(due) + 2),
        f"harbour  not due  {due}",
        "not due: --force asks start points before their time",
    ]


def test_a_dry_run_lists_addresses(server: Server, tmp_path: Path) -> None:
    done = fetch(write_sources(server, tmp_path), "--dry-run")
    lines = done.stdout.splitlines()
    assert (done.exit_code, len(lines)) == (0, 30)
    assert lines[0].split("\t") == ["harbour", server.url(HERE, "/s0"), ""]
    assert rows(tmp_path / "raw") == []


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        (["nowhere"], 2, "has no source 'nowhere'"),
        (["--limit", "-1"], 2, "--limit"),
        (["--since", "yesterday"], 2, "--since"),
        (["--set", "captoins=drop"], 2, "captoins"),
    ],
    ids=lambda value: value[-1] if isinstance(value, list) else None,
)
def test_what_cannot_be_is_one_clear_line(
    server: Server, tmp_path: Path, more: list[str], code: int, words: str
) -> None:
    done = fetch(write_sources(server, tmp_path), *more)
    assert done.exit_code == code
    assert words in done.stderr
    assert "Traceback" not in done.output
    assert server.log == []


def test_a_contact_that_nobody_reads_is_refused_before_the_first_request(server: Server, tmp_path: Path) -> None:
    file = write_sources(server, tmp_path)
    file.write_text(file.read_text().replace(server.url(HERE, "/about"), "you@example.com"))
    done = fetch(file)
    assert done.exit_code == 2
    assert f"{file}:2: " in done.stderr
    assert server.log == []


def test_a_source_that_cannot_be_had_is_an_honest_exit_code(tmp_path: Path) -> None:
    with Server({HERE: Site({})}) as server:
        done = fetch(write_sources(server, tmp_path))
    assert done.exit_code == 3
    assert "the server answered 404" in done.stderr


def started(file: Path) -> subprocess.Popen[str]:
    code = "import sys; from pipeline.cli import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", code, "fetch", "--sources", str(file), "--raw", str(file.parent / "raw")]
    return subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ)


@pytest.mark.parametrize("times", [1, 2], ids=["once", "twice"])
def test_ctrl_c_ends_well_and_nothing_is_lost(server: Server, tmp_path: Path, times: int) -> None:
    """Once: the page at hand is finished. Twice: at once. In both cases the next run goes on where it was."""
    server.sites[HERE].paths["/s2"] = Answer(story(2), delay=1.0)  # type: ignore[index]
    file = write_sources(server, tmp_path, delay=0.01)
    with started(file) as run:
        while not server.asked(HERE, "/s2"):
            assert run.poll() is None
            time.sleep(0.01)
        for _ in range(times):
            run.send_signal(signal.SIGINT)
            time.sleep(0.1)
        _, said = run.communicate(timeout=20)
    assert run.returncode == 130
    assert "interrupted: finishing the pages at hand" in said
    assert "Traceback" not in said
    assert dict(archived(tmp_path / "raw")) == {f"s{number}": 1 for number in range(3 if times == 1 else 2)}
    assert fetch(file).exit_code == 0
    asked = [len(server.asked(HERE, f"/s{number}")) for number in range(30)]
    assert asked == [1, 1, times] + 27 * [1]
    assert sum(archived(tmp_path / "raw").values()) == 30


def test_sources_are_checked_and_listed(server: Server, tmp_path: Path) -> None:
    file = write_sources(server, tmp_path)
    check = CliRunner().invoke(main, ["sources", "check", "--sources", str(file)])
    listed = CliRunner().invoke(main, ["sources", "list", "harbour", "--sources", str(file)])
    assert (check.exit_code, listed.exit_code) == (0, 0)
    assert "harbour" in listed.stdout
    assert "papers" not in listed.stdout
    assert server.log == []
