"""Publish, refresh, forget, compact: verdicts follow from documents and labels, never from the history of runs."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.dedup.prints import Match
from pipeline.dedup.state.publishing import SEGMENTS, Rule, compact, forget, publish, refresh
from pipeline.dedup.state.reading import open_state
from pipeline.errors import StateError, UsageError
from tests.dedup.state.worlds import (
    FAST,
    NO_RULE,
    RULE,
    Story,
    lines_of,
    names_in,
    prints_of,
    verdicts,
    verdicts_in,
)

STORIES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12)), max_size=6)
HISTORY = st.lists(st.tuples(st.sampled_from("abcd"), STORIES), min_size=1, max_size=6)
LAWS = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def put(folder: Path, label: str, stories: list[Story]) -> None:
    publish(folder, label, prints_of(stories, f"{label}/"), RULE, lines_of(stories), disk=FAST)


def in_order(last: dict[str, list[Story]]) -> dict[str, list[Match]]:
    """The verdicts of a state into which each label came once, in the order of labels."""
    with TemporaryDirectory() as name:
        for label in sorted(last):
            put(Path(name), label, last[label])
        return verdicts_in(Path(name))


@LAWS
@given(HISTORY)
def test_any_history_and_a_refresh_give_what_publishing_in_order_gives(history: list[tuple[str, list[Story]]]) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        for label, stories in history:
            put(folder, label, stories)
        refresh(folder, RULE, disk=FAST)
        assert verdicts_in(folder) == in_order(dict(history))
        assert open_state(folder).manifest.stale() == []


@LAWS
@given(HISTORY, st.data())
def test_what_was_forgotten_was_never_there(history: list[tuple[str, list[Story]]], data: st.DataObject) -> None:
    last = dict(history)
    gone = data.draw(st.sampled_from(sorted(last)))
    ids = [f"{label}/{place}" for label, stories in last.items() if label != gone for place in range(len(stories))]
    lost = set(data.draw(st.lists(st.sampled_from(ids), max_size=3, unique=True)) if ids else [])
    with TemporaryDirectory() as name:
        folder = Path(name)
        for label, stories in history:
            put(folder, label, stories)
        forget(folder, RULE, labels=[gone], disk=FAST)
        if lost:
            forget(folder, RULE, ids=lost, disk=FAST)
        with TemporaryDirectory() as other:
            for label in sorted(last.keys() - {gone}):
                rows = [row for row in range(len(last[label])) if f"{label}/{row}" not in lost]
                prints = prints_of(last[label], f"{label}/").take(np.array(rows, np.int64))
                lines = lines_of(last[label]).take(np.array(rows, np.int64))
                publish(Path(other), label, prints, RULE, lines, disk=FAST)
            assert verdicts_in(folder) == verdicts_in(Path(other))
            inputs = [[(run.label, run.inputs) for run in open_state(each).runs] for each in (folder, Path(other))]
            assert inputs[0] == inputs[1]


@LAWS
@given(HISTORY)
@example([("b", [(0, 0)] * 3), ("a", [(0, 0)])])  # a label that comes later and stands before
def test_compaction_changes_no_answer(history: list[tuple[str, list[Story]]]) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        for label, stories in history:
            put(folder, label, stories)
        before = open_state(folder)
        compact(folder, disk=FAST)
        after = open_state(folder)
        assert len(after.manifest.segments) == 1
        assert verdicts(after) == verdicts(before)
        assert after.manifest.stale() == before.manifest.stale()
        asked = prints_of([(number, edits) for number in range(4) for edits in (0, 5)])
        found = [RULE.resolve(asked.labelled("z"), state.before("c")) for state in (before, after)]
        assert found[0] == found[1]
        for run, old in zip(after.runs, before.runs, strict=True):
            assert after.documents(run)[0] == before.documents(old)[0]


def test_every_copy_names_a_document_that_stayed(tmp_path: Path) -> None:
    for label in "cab":
        put(tmp_path, label, [(number, edits) for number in range(3) for edits in (0, 2, 4)])
    refresh(tmp_path, RULE)
    state = open_state(tmp_path)
    copies = {(run.label, match.id) for run in state.runs for match in state.matches(run)}
    leaders = {(match.leader_label, match.leader) for run in state.runs for match in state.matches(run)}
    assert leaders
    assert copies & leaders == set()
    assert {label for label, _ in leaders} == {"a"}


def test_the_order_of_documents_does_not_count(tmp_path: Path) -> None:
    prints, lines = prints_of([(1, 0), (2, 0), (1, 3)]), lines_of([(1, 0), (2, 0), (1, 3)])
    turned = np.array([2, 0, 1], np.int64)
    publish(tmp_path / "a", "day", prints, RULE, lines)
    publish(tmp_path / "b", "day", prints.take(turned), RULE, lines.take(turned))
    for path in sorted((tmp_path / "a").rglob("*.*")):
        assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()


def test_the_same_label_again_writes_nothing(tmp_path: Path) -> None:
    first = publish(tmp_path, "day", prints_of([(1, 0), (1, 1)]), RULE)
    before = names_in(tmp_path)
    again = publish(tmp_path, "day", prints_of([(1, 0), (1, 1)]), RULE)
    assert again.matches == first.matches
    assert names_in(tmp_path) == before


def test_a_label_of_something_else_is_refused_while_that_exists(tmp_path: Path) -> None:
    news, blogs, state = tmp_path / "news" / "clean", tmp_path / "blogs" / "clean", tmp_path / "state"
    for folder in (news, blogs):
        folder.mkdir(parents=True)
    prints = prints_of([(1, 0)], "a")
    publish(state, "clean", prints, RULE, origin=news, disk=FAST)
    publish(state, "clean", prints, RULE, origin=news, disk=FAST)
    with pytest.raises(UsageError, match=r"holds run 'clean' of .*/news/clean, and this one is of .*/blogs/clean"):
        publish(state, "clean", prints, RULE, origin=blogs, disk=FAST)
    shutil.copytree(tmp_path, tmp_path / "copy" / "of" / "all", ignore=shutil.ignore_patterns("copy"))
    copy = tmp_path / "copy" / "of" / "all"
    publish(copy / "state", "clean", prints, RULE, origin=copy / "news" / "clean", disk=FAST)
    news.rmdir()
    publish(state, "clean", prints, RULE, origin=blogs, disk=FAST)
    assert [run.label for run in open_state(state).runs] == ["clean"]


def test_a_state_that_knows_no_origins_opens_and_learns_them(tmp_path: Path) -> None:
    state, prints = tmp_path / "state", prints_of([(1, 0)], "a")
    publish(state, "clean", prints, RULE, disk=FAST)
    manifest = next(state.glob("manifest-*.json"))
    manifest.write_text(re.sub(r' *"origin": "",\n', "", manifest.read_text()))
    assert "origin" not in manifest.read_text()
    publish(state, "clean", prints, RULE, origin=tmp_path, disk=FAST)
    assert [run.origin for run in open_state(state).runs] == [".."]


def test_publishing_an_earlier_label_says_which_later_ones_are_stale(tmp_path: Path) -> None:
    put(tmp_path, "2", [(1, 0)])
    put(tmp_path, "3", [(1, 1)])
    published = publish(tmp_path, "1", prints_of([(1, 2)], "1/"), RULE)
    assert published.stale == ("2", "3")
    changes = refresh(tmp_path, RULE)
    assert [(change.label, change.id, change.after and change.after.leader) for change in changes] == [
        ("2", "2/0", "1/0"),
        ("3", "3/0", "1/0"),
    ]


def test_publishing_first_refreshes_what_is_stale_before_it(tmp_path: Path) -> None:
    put(tmp_path, "2", [(1, 0)])
    put(tmp_path, "1", [(1, 2)])
    published = publish(tmp_path, "3", prints_of([(1, 1)], "3/"), RULE)
    assert [(change.label, change.id) for change in published.changes] == [("2", "2/0")]
    assert [match.leader for match in published.matches] == ["1/0"]
    assert published.stale == ()


def test_another_rule_counts_from_the_next_publication_and_everywhere_when_asked(tmp_path: Path) -> None:
    publish(tmp_path, "1", prints_of([(1, 0), (1, 1)], "1/"), NO_RULE)
    publish(tmp_path, "2", prints_of([(2, 0), (2, 1)], "2/"), RULE)
    assert {label: len(matches) for label, matches in verdicts_in(tmp_path).items()} == {"1": 0, "2": 1}
    assert [change.label for change in refresh(tmp_path, RULE, everything=True)] == ["1"]
    assert refresh(tmp_path, RULE, everything=True) == []


def test_a_label_published_by_another_rule_is_resolved_again(tmp_path: Path) -> None:
    publish(tmp_path, "1", prints_of([(1, 0), (1, 1)]), NO_RULE)
    assert len(publish(tmp_path, "1", prints_of([(1, 0), (1, 1)]), RULE).matches) == 1
    assert len(open_state(tmp_path).manifest.segments) == 1


def test_many_runs_are_compacted_by_themselves(tmp_path: Path) -> None:
    for number in range(3 * SEGMENTS):
        put(tmp_path, f"{number:03}", [(number % 5, number % 3), (number, 0)])
    state = open_state(tmp_path)
    assert len(state.manifest.segments) <= SEGMENTS
    assert len(state.runs) == 3 * SEGMENTS
    assert state.manifest.stale() == []
    assert verdicts(state) == in_order(
        {f"{number:03}": [(number % 5, number % 3), (number, 0)] for number in range(3 * SEGMENTS)}
    )


def test_no_byte_of_what_was_forgotten_stays(tmp_path: Path) -> None:
    publish(tmp_path, "1", prints_of([(1, 0), (2, 0)], "secret-one-"), RULE)
    publish(tmp_path, "2", prints_of([(3, 0)], "other-"), RULE)
    compact(tmp_path)
    publish(tmp_path, "1", prints_of([(4, 0)], "secret-two-"), RULE)  # the old rows lie dead in the merged segment
    forget(tmp_path, RULE, labels=["1"])
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"secret" not in everything
    assert b"other-0" in everything


def test_forgetting_a_leader_frees_one_of_its_copies(tmp_path: Path) -> None:
    put(tmp_path, "1", [(1, 0)])
    put(tmp_path, "2", [(1, 1), (1, 2)])
    changes = forget(tmp_path, RULE, ids=["1/0"]).changes
    assert [(change.id, change.before and change.before.leader) for change in changes] == [
        ("2/0", "1/0"),
        ("2/1", "1/0"),
    ]
    assert len(verdicts_in(tmp_path)["2"]) == 1


@pytest.mark.parametrize(
    ("labels", "ids", "left", "told"),
    [
        pytest.param(["1"], [], {"2": ["a0", "a1"]}, {"1": 2}, id="whole run"),
        pytest.param([], ["a0"], {"1": ["a1"], "2": ["a1"]}, {"1": 1, "2": 1}, id="document of all runs"),
        pytest.param(["1"], ["a0"], {"1": ["a1"], "2": ["a0", "a1"]}, {"1": 1}, id="document of a run"),
        pytest.param(["1"], ["a0", "a1"], {"1": [], "2": ["a0", "a1"]}, {"1": 2}, id="all documents of a run"),
    ],
)
def test_a_run_a_document_and_a_document_of_a_run(
    tmp_path: Path, labels: list[str], ids: list[str], left: dict[str, list[str]], told: dict[str, int]
) -> None:
    for label in ("1", "2"):
        publish(tmp_path, label, prints_of([(1, 0), (2, 0)], "a"), RULE, disk=FAST)
    assert forget(tmp_path, RULE, labels=labels, ids=ids).documents == told
    state = open_state(tmp_path)
    assert {run.label: sorted(state.documents(run)[0].ids) for run in state.runs} == left


@pytest.mark.parametrize("stories", [[], [(1, 0)]], ids=["no documents", "one"])
def test_small_labels(tmp_path: Path, stories: list[Story]) -> None:
    put(tmp_path, "1", stories)
    put(tmp_path, "2", [])
    put(tmp_path, "3", stories)
    compact(tmp_path)
    assert [run.rows for run in open_state(tmp_path).runs] == [len(stories), 0, len(stories)]
    assert [len(matches) for matches in verdicts_in(tmp_path).values()] == [0, 0, len(stories)]
    forget(tmp_path, RULE, labels=["1", "2", "3"])
    assert open_state(tmp_path).runs == ()


def test_ids_that_are_no_unicode_come_back_as_they_were(tmp_path: Path) -> None:
    prints = prints_of([(1, 0), (1, 1)], "half-\udce4-")
    publish(tmp_path, "1", prints, RULE)
    (match,) = verdicts_in(tmp_path)["1"]
    assert {match.id, match.leader} == set(prints.ids)
    assert len(open_state(tmp_path).find_id(match.id)) == 1


def test_copies_of_one_page_in_thousands_meet_one_leader(tmp_path: Path) -> None:
    put(tmp_path, "1", [(1, 0)] * 3000)
    compact(tmp_path)
    published = publish(tmp_path, "2", prints_of([(1, 0), (1, 1)], "2/"), RULE)
    assert sorted((match.id, match.kind) for match in published.matches) == [("2/0", "exact"), ("2/1", "near")]


@pytest.mark.parametrize(
    ("ids", "label", "says"),
    [(["same", "same"], "day", "have the id 'same'"), (["one", "two"], "", "needs a label")],
    ids=["twice the same id", "no label"],
)
def test_what_cannot_be_published(tmp_path: Path, ids: list[str], label: str, says: str) -> None:
    prints = prints_of([(1, 0), (2, 0)])
    prints = type(prints)(**{name: getattr(prints, name) for name in prints.__slots__} | {"ids": tuple(ids)})
    with pytest.raises(UsageError, match=says):
        publish(tmp_path / "state", label, prints, RULE)
    assert not (tmp_path / "state").exists()


def test_what_is_not_there_cannot_be_forgotten(tmp_path: Path) -> None:
    put(tmp_path, "2026-01-01", [(1, 0)])
    with pytest.raises(StateError, match=r"no run 'never'; the latest are 2026-01-01"):
        forget(tmp_path, RULE, labels=["never"])
    with pytest.raises(UsageError, match="no document 'never'"):
        forget(tmp_path, RULE, ids=["never"])
    put(tmp_path, "2026-01-02", [(1, 0)])
    with pytest.raises(UsageError, match="no document '2026-01-01/0' in run 2026-01-02"):
        forget(tmp_path, RULE, labels=["2026-01-02"], ids=["2026-01-01/0"])


def test_a_rule_that_fails_changes_nothing(tmp_path: Path) -> None:
    put(tmp_path, "1", [(1, 0)])
    before = verdicts_in(tmp_path)

    def fail(*_: object) -> list[Match]:
        raise RuntimeError("the rule broke")

    with pytest.raises(RuntimeError, match="the rule broke"):
        publish(tmp_path, "2", prints_of([(2, 0)]), Rule("broken", fail))
    assert verdicts_in(tmp_path) == before
    put(tmp_path, "2", [(2, 0)])
    assert not any(name.startswith(".new-") for name in names_in(tmp_path))


def test_a_state_can_be_copied_elsewhere(tmp_path: Path) -> None:
    put(tmp_path / "a", "1", [(1, 0), (1, 1)])
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    assert verdicts_in(tmp_path / "b") == verdicts_in(tmp_path / "a")
