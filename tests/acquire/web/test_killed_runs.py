"""Runs that are killed, that run at once, and that find the disk full: nothing lost, nothing twice."""

from __future__ import annotations

import random
import resource
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from pipeline.acquire import read
from pipeline.acquire.web.storage.archive import recover
from pipeline.acquire.web.storage.manifest import Row, read_manifests, recover_manifests
from pipeline.acquire.web.storage.state import State, Waiting
from pipeline.acquire.web.values import Found
from pipeline.document import Page
from pipeline.settings import Settings
from tests.acquire.web.fetching_child import HOST, SOURCE

ROOT = Path(__file__).parents[3]


def seed_state(raw: Path, number: int) -> set[str]:
    """Let made-up addresses wait in a new state; gives them."""
    urls = [f"https://ferry.example/{each}" for each in range(number)]
    with State(raw) as state:
        state.find([Waiting(url, SOURCE, HOST, Found(url, "https://ferry.example/feed")) for url in urls], 0.0)
    return set(urls)


def child(raw: Path, seed: int, **more: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.acquire.web.fetching_child", str(raw), str(seed)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, **more)  # type: ignore[call-overload,no-any-return]


def fetched(raw: Path) -> Counter[str]:
    """How often each address is in the archives; every archive must be whole."""
    found = list(read([raw], Settings(max_page_bytes=1_000_000)))
    assert [item for item in found if not isinstance(item, Page)] == []
    assert len({item.id for item in found}) == len(found)
    return Counter(str(item.url) for item in found if isinstance(item, Page))


def rows(raw: Path) -> list[Row]:
    found = list(read_manifests(raw))
    assert all(isinstance(row, Row) for row in found)
    return [row for row in found if isinstance(row, Row)]


def test_killed_at_random_moments_nothing_is_lost_and_nothing_fetched_twice(tmp_path: Path) -> None:
    wanted = seed_state(tmp_path, 150)
    chance = random.Random(4)
    said: list[str] = []
    kills = 5
    for seed in range(kills):
        run = child(tmp_path, seed)
        assert run.stdout is not None
        with run:
            assert run.stdout.readline() == "ready\n"
            lines = [run.stdout.readline() for _ in range(chance.randrange(20))]
            run.send_signal(signal.SIGKILL)
            said += [line.strip() for line in [*lines, *run.stdout] if line.endswith("\n")]
    with child(tmp_path, kills) as run:
        said += run.communicate()[0].split()[1:]
    assert run.returncode == 0
    times = fetched(tmp_path)
    assert set(times) == wanted
    assert sum(times.values()) - len(wanted) <= kills, "at most the page in flight is fetched again"
    assert len(said) == len(set(said)), "what was done is never fetched again"
    pointed = {row.record.id for row in rows(tmp_path) if row.record}
    assert len(pointed) >= len(wanted)
    assert list(tmp_path.glob("*/*/.*")) == []
    assert list(tmp_path.glob(".fetch/*.lock")) == []


def test_two_runs_at_once_share_the_work(tmp_path: Path) -> None:
    wanted = seed_state(tmp_path, 60)
    with child(tmp_path, 1) as one, child(tmp_path, 2) as two:
        said = one.communicate()[0].split()[1:] + two.communicate()[0].split()[1:]
    assert (one.returncode, two.returncode) == (0, 0)
    assert sorted(said) == sorted(wanted)
    assert fetched(tmp_path) == Counter(wanted)
    assert len(rows(tmp_path)) == len(wanted)


def small_disk() -> None:
    """No file beyond 700 kB: writing then fails as it does on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (700_000, 700_000))


def test_a_full_disk_is_a_clear_error_and_costs_nothing_that_was_whole(tmp_path: Path) -> None:
    wanted = seed_state(tmp_path, 60)
    with child(tmp_path, 3, preexec_fn=small_disk, stderr=subprocess.PIPE) as run:
        out, trouble = run.communicate()
    said = set(out.split()[1:])
    assert run.returncode == 1
    assert "OutputError" in trouble
    assert "What was kept before is whole: make room, and run again" in trouble
    assert said
    assert set(fetched(tmp_path)) == said == {row.url for row in rows(tmp_path)}
    with child(tmp_path, 4) as again:
        again.communicate()
    assert fetched(tmp_path) == Counter(wanted)


@pytest.mark.parametrize("lost", [1, 50_000], ids=["the-last-byte", "several-pages"])
def test_a_page_whose_record_was_cut_off_is_asked_again(tmp_path: Path, lost: int) -> None:
    """As after a power cut: the state knows of pages, and the end of the archive never reached the disk."""
    wanted = seed_state(tmp_path, 40)
    with child(tmp_path, 5) as run:
        run.communicate()
    (file,) = tmp_path.glob("*/*/*.warc.gz")
    (manifest,) = tmp_path.glob("*/*/*.manifest.jsonl")
    for path in (file, manifest):
        path.rename(path.with_name(f".{path.name}"))
    with file.with_name(f".{file.name}").open("r+b") as archive:
        archive.truncate(archive.seek(0, 2) - lost)
    with State(tmp_path) as state:
        recover(tmp_path, state.forget)
        recover_manifests(tmp_path)
        left = fetched(tmp_path)
        assert set(left) == {url for url in wanted if state.known(url)} == {row.url for row in rows(tmp_path)}
        assert [count for *_, count in state.waiting(1.0)] == [len(wanted) - len(left)]
    with child(tmp_path, 6) as again:
        again.communicate()
    assert fetched(tmp_path) == Counter(wanted)
