"""The table of prints: rows are picked, joined and stored without a bit lost, and bad bytes are refused in words."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup.prints import BANDS, Prints, concat, empty, index_keys
from pipeline.errors import StateError
from tests.dedup.made_up import printed, story

TABLE = printed(story(1), "", "one", story(2, 400), "一二三四", label="2031-02-01")


@given(st.lists(st.integers(0, len(TABLE) - 1), max_size=9))
def test_taken_rows_are_the_rows_alone_joined(rows: list[int]) -> None:
    taken = TABLE.take(np.array(rows, np.int64))
    assert taken == concat([TABLE.take(np.array([row])) for row in rows])
    assert Prints.from_bytes(taken.to_bytes()) == taken
    assert taken.ids == tuple(TABLE.ids[row] for row in rows)


def test_a_table_without_rows_is_stored_too() -> None:
    assert Prints.from_bytes(empty().to_bytes()) == empty() == concat([])


def test_a_label_is_all_that_labelling_changes() -> None:
    assert TABLE.labelled("").labels == ("",) * len(TABLE)
    assert TABLE.labelled("x").labelled("2031-02-01") == TABLE


def test_tables_that_differ_in_one_bit_are_not_equal() -> None:
    other = Prints.from_bytes(TABLE.to_bytes())
    signatures = other.signatures.copy()
    signatures[0, 0] ^= 1
    changed = Prints(**{name: getattr(other, name) for name in Prints.__slots__} | {"signatures": signatures})
    assert changed != TABLE


@given(st.data())
def test_bytes_that_were_cut_or_changed_are_read_or_refused(data: st.DataObject) -> None:
    blob = bytearray(TABLE.to_bytes())
    end = data.draw(st.integers(0, len(blob)))
    for place in data.draw(st.lists(st.integers(0, 400), max_size=3)):
        blob[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(StateError):
        read = Prints.from_bytes(bytes(blob[:end]))
        assert len(read.shingles) == read.offsets[-1]


@pytest.mark.parametrize("blob", [b"", b"prints", b"<html>" * 9, TABLE.to_bytes()[:-1], TABLE.to_bytes() + b"x"])
def test_what_is_no_table_is_refused_with_what_to_do(blob: bytes) -> None:
    with pytest.raises(StateError, match="made again"):
        Prints.from_bytes(blob)


def test_another_version_is_refused_by_number() -> None:
    blob = bytearray(TABLE.to_bytes())
    blob[6] = 9
    with pytest.raises(StateError, match="version 9"):
        Prints.from_bytes(bytes(blob))


def test_an_index_stores_bands_and_addresses_of_rows_with_words() -> None:
    keys, rows = index_keys(TABLE)
    assert rows.tolist().count(0) == BANDS
    assert 1 not in rows.tolist()
    assert set(TABLE.bands[3].tolist()) == set(keys[rows == 3].tolist())
    assert set(index_keys(TABLE, np.array([3]))[1].tolist()) == {3}
