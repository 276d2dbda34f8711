"""The fingerprint compiled and in Python: every array the same to the last bit, and nothing read beyond its end."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dedup.compiled import COMPILED, native
from pipeline.dedup.fingerprint import Entry, band_keys, fingerprint, minhash, shingle
from pipeline.dedup.words import PLACES, _slowly, constants, table, words_of
from tests.dedup.made_up import story

pytestmark = pytest.mark.skipif(not COMPILED, reason="there was no compiler")

VECTORS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("vectors.json").read_text(encoding="utf-8"))

pieces = st.sampled_from(
    [
        *("the mill", "Straße", "a1", "٣", "½", "12", "x" * (PLACES + 3), "7" * 200),
        *("我们", "ที่นี่", "한국어", "カ", "हिन्दी", "कि", "كِتَاب", "က္က"),  # signs, and marks behind them
        *("é", "e\u0301", "\u0301", "ﬁ", "℡", "\u00ad", "\u200b", "\ufe0f"),  # what does not fold alone
        *(" ", "", "—", "\n", "\x00", "\ud800", "\U0001fae8", "\U0010ffff"),  # separators
    ]
)
text = st.one_of(
    st.text(max_size=60),
    st.lists(pieces, max_size=9).map("".join),
    st.lists(pieces, max_size=3).map(" ".join),
    st.integers(0, 9).map(lambda seed: " ".join(story(seed, 40 * seed))),
)


def same(one: Any, other: Any) -> None:
    assert (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())


def agree(texts: list[str]) -> None:
    """Each step of both ways gives the same."""
    words, others = (words_of(texts, compiled=compiled) for compiled in (True, False))
    for name in ("hashes", "digits", "offsets", "exact"):
        same(getattr(words, name), getattr(others, name))
    sets, other_sets = (shingle(words, compiled=compiled) for compiled in (True, False))
    same(sets[0], other_sets[0])
    same(sets[1], other_sets[1])
    minima, other_minima = (minhash(*sets, compiled=compiled) for compiled in (True, False))
    same(minima, other_minima)
    same(band_keys(minima), band_keys(other_minima, compiled=False))
    same(band_keys(other_minima), band_keys(minima, compiled=False))


@settings(max_examples=300)
@given(st.lists(text, min_size=1, max_size=5))
def test_compiled_and_python_agree_on_any_texts(texts: list[str]) -> None:
    agree(texts)


NOTHING, ONE, TWO, THREE = "", "mill", "old mill", "the old mill"
ODD = {
    "nothing": [NOTHING],
    "nothing seen": ["\u00ad\u200b …!"],
    "one word": [ONE],
    "two words": [TWO],
    "three words": [THREE],
    "nothing first": [NOTHING, THREE],
    "nothing last": [THREE, NOTHING],
    "few of each": [NOTHING, ONE, NOTHING, TWO, THREE, NOTHING, NOTHING],
    "one word over and over": ["mill " * 3000],
    "a word without end": ["mill" * 3000],
    "a sign, its marks, a letter": ["カ\u0301\u0301a bカ", "ที่a่นี่"],
    "a mark first": ["\u0301a", "a \u0301"],
    "borders are no words": ["mill", "mill", "on"],
    "sets just too big for a plain sort": [" ".join(story(7, size)) for size in (128, 129, 130, 131, 2000)],
    "every character": ["".join(map(chr, range(start, start + 0x4000))) for start in range(0, 0x110000, 0x4000)],
}


@pytest.mark.parametrize("texts", ODD.values(), ids=list(ODD))
def test_compiled_and_python_agree_on_odd_texts(texts: list[str]) -> None:
    agree(texts)


def test_both_ways_give_the_vectors() -> None:
    entries = [Entry(vector["name"], vector["text"]) for vector in VECTORS]
    prints = [fingerprint(entries, compiled=compiled) for compiled in (True, False)]
    assert prints[0] == prints[1]
    for prints_of in prints:
        for row, vector in enumerate(VECTORS):
            assert prints_of.exact[row].tobytes().hex() == vector["exact"]
            assert prints_of.bands[row].astype(">u8").tobytes().hex() == vector["bands"]
            assert prints_of.signatures[row].tobytes().hex() == vector["signature"]


@given(
    st.lists(st.lists(st.integers(0, 2**32 - 1), max_size=300), min_size=1, max_size=4),
    st.sampled_from([0, 2**32 - 1, 2**31]),
)
def test_any_sets_have_the_same_minima(sets: list[list[int]], edge: int) -> None:
    values = np.array([value for own in sets for value in (*own, edge)], np.uint32)
    borders = np.cumsum([0, *(len(own) + 1 for own in sets)])
    same(minhash(values, borders), minhash(values, borders, compiled=False))


def numbers(*values: int, of: Any = np.int64) -> Any:
    return np.array(values, of)


FACTORS, TABLE = constants(), table()
PLACED = FACTORS["places"], FACTORS["mix"]
TWO_HASHES, TWO_DIGITS = numbers(1, 2, of=np.uint64), np.zeros(2, np.bool_)
HALVES = FACTORS["multiply"], FACTORS["add"]
REFUSED: dict[str, tuple[type[Exception], Callable[[], object]]] = {
    "a text that is none": (TypeError, lambda: native.words([b"mill"], TABLE, _slowly, *PLACED)),
    "a table of another type": (ValueError, lambda: native.words(["mill"], TABLE.view(np.int32), _slowly, *PLACED)),
    "half a table": (ValueError, lambda: native.words(["mill"], TABLE[: len(TABLE) // 2], _slowly, *PLACED)),
    "too few places": (
        ValueError,
        lambda: native.words(["mill"], TABLE, _slowly, FACTORS["places"][1:], FACTORS["mix"]),
    ),
    "a slow way that gives no array": (TypeError, lambda: native.words(["\ufb01"], TABLE, str, *PLACED)),
    "a slow way that fails": (ZeroDivisionError, lambda: native.words(["\ufb01"], TABLE, lambda _: 1 // 0, *PLACED)),
    "no borders": (
        ValueError,
        lambda: native.shingles(TWO_HASHES, TWO_DIGITS, numbers(), FACTORS["shingle"], FACTORS["mix"]),
    ),
    "borders that fall": (
        ValueError,
        lambda: native.shingles(TWO_HASHES, TWO_DIGITS, numbers(0, 3, 2), FACTORS["shingle"], FACTORS["mix"]),
    ),
    "borders below the start": (
        ValueError,
        lambda: native.shingles(TWO_HASHES, TWO_DIGITS, numbers(-1, 2), FACTORS["shingle"], FACTORS["mix"]),
    ),
    "fewer digits than hashes": (
        ValueError,
        lambda: native.shingles(TWO_HASHES, TWO_DIGITS[1:], numbers(0, 2), FACTORS["shingle"], FACTORS["mix"]),
    ),
    "borders that start late": (
        ValueError,
        lambda: native.minima(numbers(1, 2, of=np.uint32), numbers(1, 2), *HALVES),
    ),
    "borders that end early": (
        ValueError,
        lambda: native.minima(numbers(1, 2, of=np.uint32), numbers(0, 1), *HALVES),
    ),
    "too few functions": (
        ValueError,
        lambda: native.minima(numbers(1, of=np.uint32), numbers(0, 1), HALVES[0], HALVES[1][1:]),
    ),
    "every second hash": (
        ValueError,
        lambda: native.minima(np.zeros(4, np.uint32)[::2], numbers(0, 2), *HALVES),
    ),
    "half a row": (
        ValueError,
        lambda: native.band_keys(np.zeros(127, np.uint32), FACTORS["band"], FACTORS["mix"]),
    ),
    "no array": (TypeError, lambda: native.band_keys("minima", FACTORS["band"], FACTORS["mix"])),
    "another number of arguments": (TypeError, native.words if COMPILED else int),
}


@pytest.mark.parametrize(("error", "ask"), REFUSED.values(), ids=list(REFUSED))
def test_arrays_that_do_not_fit_are_refused(error: type[Exception], ask: Callable[[], object]) -> None:
    with pytest.raises(error):
        ask()
