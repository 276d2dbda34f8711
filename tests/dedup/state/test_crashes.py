"""Whatever happens to a writer, the last published state stands, and the next writer goes on from it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from pipeline.dedup.state.disk import Disk
from pipeline.dedup.state.manifest import CURRENT, Manifest, commit, read_manifest, sweep, writing
from pipeline.dedup.state.publishing import compact, forget, publish, refresh
from pipeline.dedup.state.reading import open_state
from pipeline.errors import StateError
from tests.dedup.state.killed import stories_of
from tests.dedup.state.worlds import FAST, RULE, names_in, prints_of, verdicts_in

ROOT = Path(__file__).parents[3]
KILLS = int(os.environ.get("THRESHER_KILLS", "4"))
"""How often the loop kills; a hundred takes two minutes."""


class Killed(BaseException):
    """The process ends here: nothing of ours catches it."""


class Bomb:
    """A `step` that goes off at the nth change of a file; counts them."""

    def __init__(self, at: int = -1) -> None:
        self.at, self.steps = at, 0

    def __call__(self, _: str) -> None:
        self.steps += 1
        if self.steps == self.at:
            raise Killed


def publish_new(folder: Path, disk: Disk) -> None:
    publish(folder, "4", prints_of([(1, 1), (9, 0)], "4/"), RULE, disk=disk)


def publish_again(folder: Path, disk: Disk) -> None:
    publish(folder, "2", prints_of([(2, 0), (1, 3)], "2/"), RULE, disk=disk)


def refresh_all(folder: Path, disk: Disk) -> None:
    refresh(folder, RULE, disk=disk)


def forget_some(folder: Path, disk: Disk) -> None:
    forget(folder, RULE, labels=["1"], ids=["1/0"], disk=disk)


def compact_all(folder: Path, disk: Disk) -> None:
    compact(folder, disk=disk)


def world(folder: Path) -> Path:
    """A state of three runs, of which one is stale, with orphans of a writer that died."""
    for label in "231":
        publish(folder, label, prints_of([(1, 0), (1, 2), (int(label), 5)], f"{label}/"), RULE, disk=FAST)
    with pytest.raises(Killed):
        publish_new(folder, Disk(Bomb(9), durable=False))
    return folder


@pytest.mark.parametrize("change", [publish_new, publish_again, refresh_all, forget_some, compact_all])
def test_a_writer_killed_at_any_change_of_a_file(tmp_path: Path, change: Callable[[Path, Disk], None]) -> None:
    before = world(tmp_path / "before")
    old, bomb = verdicts_in(before), Bomb()
    shutil.copytree(before, tmp_path / "after")
    change(tmp_path / "after", Disk(bomb, durable=False))
    new = verdicts_in(tmp_path / "after")
    assert bomb.steps > 10
    for at in range(1, bomb.steps + 1):
        with TemporaryDirectory() as name:
            folder = Path(name) / "state"
            shutil.copytree(before, folder)
            with pytest.raises(Killed):
                change(folder, Disk(Bomb(at), durable=False))
            found = verdicts_in(folder)
            assert found in (old, new), f"killed at step {at}"
            with writing(folder, FAST, 0) as manifest:
                assert named(manifest) == names_in(folder), f"orphans after step {at}"
            if found == old:
                change(folder, FAST)
            assert verdicts_in(folder) == new


def named(manifest: Manifest) -> set[str]:
    verdicts = {stored.verdicts for stored in manifest.segments.values()}
    return {CURRENT, "lock", f"manifest-{manifest.number}.json", *manifest.segments, *verdicts}


def test_kill_9_in_a_loop(tmp_path: Path) -> None:
    """A real process, killed at a moment of no choice; after each kill the state is whole, and goes on."""
    count = 0
    for kill in range(KILLS):
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.dedup.state.killed", str(tmp_path)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert child.stdout is not None
        assert child.stdout.readline().strip() == str(count)
        time.sleep(0.013 * (kill % 17))
        child.kill()
        child.wait()
        child.stdout.close()
        state = open_state(tmp_path)
        assert [run.label for run in state.runs] == [f"{number:05}" for number in range(len(state.runs))]
        assert len(state.runs) > count
        count = len(state.runs)
    with TemporaryDirectory() as name:
        for number in range(count):
            publish(Path(name), f"{number:05}", prints_of(stories_of(number)), RULE, disk=FAST)
        assert verdicts_in(tmp_path) == verdicts_in(Path(name))


def test_two_writers_wait_for_each_other(tmp_path: Path) -> None:
    def write(letter: str) -> None:
        for number in range(5):
            publish(tmp_path, f"{number}{letter}", prints_of([(1, number), (2, 0)], letter), RULE, disk=FAST)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refresh(tmp_path, RULE, disk=FAST)
    state = open_state(tmp_path)
    assert [run.label for run in state.runs] == [f"{number}{letter}" for number in range(5) for letter in "ab"]
    assert sum(len(state.matches(run)) for run in state.runs) == 18


def test_a_writer_whose_patience_ends_says_so(tmp_path: Path) -> None:
    with writing(tmp_path, FAST, 0), pytest.raises(StateError, match="another run is writing there; wait for it"):
        publish(tmp_path, "1", prints_of([(1, 0)]), RULE, patience=0.01)


def test_a_reader_sees_one_state_while_others_write(tmp_path: Path) -> None:
    publish(tmp_path, "1", prints_of([(1, 0), (1, 1)], "1/"), RULE, disk=FAST)
    state = open_state(tmp_path)
    before = [state.matches(run) for run in state.runs]
    publish(tmp_path, "0", prints_of([(1, 2)], "0/"), RULE, disk=FAST)
    forget(tmp_path, RULE, labels=["1"], disk=FAST)
    compact(tmp_path, disk=FAST)
    assert [state.matches(run) for run in state.runs] == before
    assert len(state.documents(state.run("1"))[0]) == 2


def test_a_lock_that_does_not_hold_is_found_at_the_last_rename(tmp_path: Path) -> None:
    """Two writers at once, as on a file system without locks: the second one is refused, and the first stands."""
    publish(tmp_path, "1", prints_of([(1, 0)]), RULE, disk=FAST)
    before = read_manifest(tmp_path)
    first = commit(tmp_path, before, before, FAST)
    with pytest.raises(StateError, match="another run published meanwhile"):
        commit(tmp_path, before, before, FAST)
    assert read_manifest(tmp_path) == first


def test_only_files_of_ours_are_swept(tmp_path: Path) -> None:
    publish(tmp_path, "1", prints_of([(1, 0)]), RULE, disk=FAST)
    (tmp_path / "notes.txt").write_text("mine")
    sweep(tmp_path, read_manifest(tmp_path), FAST)
    assert (tmp_path / "notes.txt").exists()


def test_a_full_disk_is_told_and_changes_nothing(tmp_path: Path) -> None:
    publish(tmp_path, "1", prints_of([(1, 0)]), RULE, disk=FAST)
    before = verdicts_in(tmp_path)

    def full(step: str) -> None:
        if step.startswith("half manifest") or "half .new-manifest" in step:
            raise OSError(28, "No space left on device")

    with pytest.raises(StateError, match=r"No space left on device.*still stands"):
        publish(tmp_path, "2", prints_of([(2, 0)]), RULE, disk=Disk(full, durable=False))
    assert verdicts_in(tmp_path) == before
