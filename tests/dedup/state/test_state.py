"""The index on disk against a plain one in memory: the same questions get the same answers."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.dedup.prints import Kept, Prints, concat, index_keys
from pipeline.dedup.state.publishing import compact, publish
from pipeline.dedup.state.reading import open_state
from pipeline.dedup.state.sorted_keys import SortedKeys, merged_parts, ragged, sorted_parts, write_keys
from tests.dedup.state.worlds import FAST, NO_RULE, RULE, Story, prints_of

STORIES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4)), max_size=8)


def plain_pairs(keys: NDArray[np.uint64], kept: Prints, cap: int) -> set[tuple[int, str, str]]:
    """`candidates` by loops."""
    stored, owners = index_keys(kept)
    under: dict[int, list[int]] = {}
    for key, owner in zip(stored.tolist(), owners.tolist(), strict=True):
        under.setdefault(key, []).append(owner)
    found = {
        (place, row) for place, key in enumerate(keys.tolist()) for row in under.get(key, ()) if len(under[key]) <= cap
    }
    return {(place, kept.labels[row], kept.ids[row]) for place, row in found}


def pairs_of(kept: Kept, found: tuple[NDArray[np.int64], NDArray[np.int64]]) -> set[tuple[int, str, str]]:
    prints = kept.prints_of(found[1])
    return set(zip(found[0].tolist(), prints.labels, prints.ids, strict=True))


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.sampled_from("abc"), STORIES, max_size=3), STORIES, st.integers(1, 4), st.booleans())
def test_the_index_answers_as_a_plain_one(
    runs: dict[str, list[Story]], asked: list[Story], cap: int, merge: bool
) -> None:  # fmt: skip
    new = prints_of(asked, "new")
    with TemporaryDirectory() as name:
        for label, stories in runs.items():
            publish(Path(name), label, prints_of(stories), NO_RULE, disk=FAST)
        if merge:
            compact(Path(name), disk=FAST)
        earlier = open_state(Path(name)).before("c")
        plain = concat([prints_of(stories).labelled(label) for label, stories in sorted(runs.items()) if label < "c"])
        assert len(earlier) == len(plain)
        keys, _ = index_keys(new)
        assert pairs_of(earlier, earlier.candidates(keys, cap)) == plain_pairs(keys, plain, cap)
        same = {
            (place, plain.labels[row], plain.ids[row])
            for place in range(len(new))
            for row in range(len(plain))
            if (new.exact[place] == plain.exact[row]).all()
        }
        assert pairs_of(earlier, earlier.exact(new.exact)) == same


def test_rows_come_back_in_the_order_asked_for(tmp_path: Path) -> None:
    for label in "ab":
        publish(tmp_path, label, prints_of([(number, 0) for number in range(9)], f"{label}/"), NO_RULE, disk=FAST)
    earlier = open_state(tmp_path).before(None)
    rows = np.array([17, 0, 9, 0, 8], np.int64)
    prints = earlier.prints_of(rows)
    assert len(prints) == 5
    assert prints.ids[1] == prints.ids[3]
    for place, row in enumerate(rows.tolist()):
        (one,) = earlier.prints_of(np.array([row], np.int64)).ids
        assert prints.ids[place] == one
    assert (earlier.signatures(rows) == prints.signatures).all()
    assert earlier.signatures(rows[:0]).shape == (0, 128)
    assert len(earlier.prints_of(rows[:0])) == 0


def test_what_is_stored_is_what_was_published(tmp_path: Path) -> None:
    prints = prints_of([(number, number % 3) for number in range(9000)][::2])  # more than one record batch
    publish(tmp_path, "1", prints, RULE, disk=FAST)
    state = open_state(tmp_path)
    stored, _ = state.documents(state.run("1"))
    place = {id_: row for row, id_ in enumerate(stored.ids)}
    assert stored.take(np.array([place[id_] for id_ in prints.ids], np.int64)) == prints.labelled("1")


def test_documents_without_words_are_kept_and_never_met(tmp_path: Path) -> None:
    from pipeline.dedup.fingerprint import Entry, fingerprint

    empty = fingerprint([Entry("one", ""), Entry("two", "...")])
    publish(tmp_path, "1", empty, RULE, disk=FAST)
    assert publish(tmp_path, "2", empty, RULE, disk=FAST).matches == ()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 2**64 - 1), max_size=40), st.lists(st.integers(0, 2**64 - 1), max_size=10), st.data())
def test_sorted_keys_find_what_was_put_in(stored: list[int], others: list[int], data: st.DataObject) -> None:
    twice = stored + data.draw(st.lists(st.sampled_from(stored), max_size=9) if stored else st.just([]))
    keys = np.array(twice, np.uint64)
    asked = np.unique(np.array(stored[::2] + others, np.uint64))
    with TemporaryDirectory() as name:
        path = Path(name) / "keys.arrow"
        write_keys(path, sorted_parts(keys, np.arange(len(keys))))
        write_keys(Path(name) / "merged.arrow", merged_parts([(SortedKeys(path), np.arange(len(keys)))], 5_000_000))
        expected = {(int(np.searchsorted(asked, key)), row) for row, key in enumerate(twice) if key in asked}
        for file, parts in ((path, 1), (Path(name) / "merged.arrow", 8)):
            table = SortedKeys(file)
            assert 1 << table.bits == parts
            found = [
                pair
                for some in table.find(asked, np.ones(len(keys), bool).__getitem__)
                for pair in zip(*some, strict=True)
            ]
            assert {(int(place), int(row)) for place, row in found} == expected
            assert len(found) == len(expected)


def test_ragged() -> None:
    starts, sizes = np.array([5, 0, 2]), np.array([2, 0, 3])
    assert ragged(starts, sizes).tolist() == [5, 6, 2, 3, 4]
    assert ragged(starts[:0], sizes[:0]).tolist() == []
