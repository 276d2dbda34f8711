"""States that were not written by us, or not by this version: a clear error that names the file, never a traceback."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dedup.state.memory import load_memory
from pipeline.dedup.state.publishing import compact, publish
from pipeline.dedup.state.reading import State, open_state
from pipeline.errors import StateError
from tests.dedup.state.worlds import FAST, RULE, lines_of, prints_of

FLIPS = int(os.environ.get("THRESHER_FLIPS", "60"))
"""How many bytes are flipped, one at a time."""
STORIES = [(number, edits) for number in range(5) for edits in (0, 3)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    publish(tmp_path, "1", prints_of(STORIES), RULE, lines_of(STORIES), disk=FAST)
    return tmp_path


def read_all(state: State) -> None:
    """Everything that a look-up, a refresh and the memory of sites read."""
    for run in state.runs:
        state.matches(run)
        state.documents(run)
    asked = prints_of(STORIES).labelled("z")
    RULE.resolve(asked, state.before(None))
    state.find_id("d0")
    load_memory(state)


def manifest_with(**values: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / "manifest-1.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | values))

    return change


def write(name: str, data: bytes) -> Callable[[Path], None]:
    return lambda folder: next(folder.glob(name)).write_bytes(data) and None


def cut(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = next(folder.glob(name))
        path.write_bytes(path.read_bytes()[:-10])

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(manifest_with(fingerprint=2), "fingerprints of version 2; this thresher reads 1", id="prints"),
        pytest.param(manifest_with(format=9), "a state of version 9; this thresher reads 1", id="format"),
        pytest.param(manifest_with(runs=[{"label": 1}]), "manifest-1.json: damaged", id="a run that is none"),
        pytest.param(manifest_with(segments={}), "manifest-1.json: damaged", id="a run without segment"),
        pytest.param(write("manifest-*", b"{"), "manifest-1.json: damaged", id="no JSON"),
        pytest.param(write("manifest-*", b"[" * 100_000), "manifest-1.json: damaged", id="deep JSON"),
        pytest.param(write("manifest-*", b"7"), "manifest-1.json: damaged", id="another JSON"),
        pytest.param(write("CURRENT", b"../../etc/passwd"), "CURRENT: damaged", id="CURRENT names another file"),
        pytest.param(write("CURRENT", b"\xff"), "CURRENT: cannot be read", id="CURRENT is no text"),
        pytest.param(write("CURRENT", b"manifest-7.json"), "manifest-7.json: is missing", id="no such manifest"),
        pytest.param(lambda f: next(f.glob("seg-*/same.arrow")).unlink(), "same.arrow: is missing", id="file gone"),
        pytest.param(lambda f: next(f.glob("verdicts-*")).unlink(), "arrow: is missing", id="verdicts gone"),
        pytest.param(cut("seg-*/documents.arrow"), r"documents.arrow: damaged \(.* bytes, not", id="file cut"),
        pytest.param(cut("verdicts-*"), r"damaged \(.* bytes, not", id="verdicts cut"),
    ],
)
def test_damage_is_told(folder: Path, change: Callable[[Path], None], says: str) -> None:
    change(folder)
    with pytest.raises(StateError, match=says):
        open_state(folder)
    with pytest.raises(StateError, match=says):
        publish(folder, "2", prints_of([(1, 0)]), RULE, disk=FAST)


@pytest.mark.parametrize("name", ["documents.arrow", "meets.arrow", "same.arrow", "names.arrow"])
@pytest.mark.parametrize("filler", [b"\0", b"\xff"], ids=["zeros", "ones"])
def test_a_file_of_rubbish_of_the_right_size(folder: Path, name: str, filler: bytes) -> None:
    path = next(folder.glob(f"seg-*/{name}"))
    path.write_bytes(filler * path.stat().st_size)
    with pytest.raises(StateError, match="damaged"):
        read_all(open_state(folder))


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two")
    for label in "12":
        publish(folder, label, prints_of(STORIES), RULE, lines_of(STORIES), disk=FAST)
    return folder


@settings(max_examples=FLIPS, deadline=None)
@given(st.sampled_from(["seg-*/documents", "seg-*/meets", "seg-*/same", "seg-*/names", "verdicts-*"]), st.data())
def test_a_flipped_byte_is_no_crash(two: Path, name: str, data: st.DataObject) -> None:
    """Most bytes are values, of which a look-up cannot tell. It never crashes, and compaction finds every one."""
    path = min(two.glob(f"{name}.arrow"))
    whole = path.read_bytes()
    broken = bytearray(whole)
    broken[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(broken)
    try:
        with contextlib.suppress(StateError):
            read_all(open_state(two))
        with pytest.raises(StateError, match="damaged"):
            compact(two, disk=FAST)
    finally:
        path.write_bytes(whole)


def test_a_place_without_state_is_an_empty_state(tmp_path: Path) -> None:
    state = open_state(tmp_path / "nowhere")
    assert state.runs == ()
    assert len(state.before(None)) == 0
    assert not (tmp_path / "nowhere").exists()


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(StateError, match="cannot be"):
        publish(tmp_path / "state", "1", prints_of([(1, 0)]), RULE, disk=FAST)
    with pytest.raises(StateError, match="cannot be read"):
        open_state(tmp_path / "state")
