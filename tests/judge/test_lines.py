"""The compiled columns of the lines of a text equal those of NumPy, and refuse what they cannot take."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.document import Block
from pipeline.judge import View
from pipeline.judge.compiled import COMPILED, counted_lines
from pipeline.judge.lines import COLUMNS, _table, context, lines_of
from pipeline.judge.rulebook import load_rulebook
from pipeline.settings import Settings

pytestmark = pytest.mark.skipif(not COMPILED, reason="there was no compiler")

SETTINGS = Settings()
WORDS = "The the ferry Ferry ferries harbour Harbour at 9 12.5 № 字 渡し船は九時に出ます паром Паром «oui» ships, NATO"
signs = st.sampled_from(
    [
        *WORDS.split(" "),
        *' .…!?:;,|•"“”()-–\n\x00\ud800\U0001f600？。’é½\t',
        "http",
        "https://a.b",
        "www.",
        "wwww",
        "htt p",
    ]
)
text = st.lists(st.one_of(signs, st.just(" "), st.text(max_size=5)), max_size=30).map("".join)
blocks = st.lists(
    st.builds(
        Block,
        index=st.just(0),
        kind=st.sampled_from(("heading", "paragraph", "item", "row", "quote", "code", "line")),
        text=st.one_of(text.filter(bool), st.sampled_from(("The ferry leaves.", "Menu", "a" * 70))),
        line=st.just(1),
    ),
    min_size=1,
    max_size=40,
)
PROSE = "The ferry leaves the harbour at nine in the morning, and whoever misses it waits. "
ODD: dict[str, list[str]] = {
    "one-character": ["."],
    "one-blank": [" "],
    "breaks-only": ["\n\n", "a\n b"],
    "a-word-of-a-megabyte": ["a" * 1_000_000, "b"],
    "halves-of-pairs": ["\ud800" * 9, "\udfff\ud800"],
    "nulls": ["\x00", "a\x00a\x00" * 50],
    "words-that-differ-far-in": ["b" * 40 + "cd", "b" * 40 + "dc", "b" * 8 + "c" + "b" * 31 + "d"],
    "many-words": [f"worter{number} fahren" for number in range(3000)],
    "beyond-the-table": ["\U0001f600\U00020000 字字字字字", "\U0010ffff\uffff"],
    "prose-and-lists": [PROSE * 2, "Menu", "Home", PROSE, "Home", PROSE + "again?", *["»"] * 70],
    "trails": ["And so …", "And so...", "He said “no.”", "(So.)", "?!"],
}  # fmt: skip


def view_of(some: list[Block], *, compiled: bool) -> View:
    return View("text", some, "", SETTINGS, load_rulebook(SETTINGS), compiled=compiled)


def both(some: list[Block], spoken: Any) -> tuple[Any, Any]:
    one, other = (lines_of(view_of(some, compiled=compiled), spoken) for compiled in (True, False))
    assert np.array_equal(one.words, other.words)
    return one.dense, other.dense


@settings(deadline=None)  # the first loads rules
@given(blocks, st.lists(st.sampled_from((0.0, 0.5, 1.0, 1.7, 3.5, -1.0)), min_size=40, max_size=40))
@example([Block(0, "line", "Menu", 1)] * 12, [1.0] * 40)
def test_columns(some: list[Block], spoken: list[float]) -> None:
    compiled, plain = both(some, np.array(spoken[: len(some)]))
    np.testing.assert_array_equal(compiled, plain)


@pytest.mark.parametrize("texts", ODD.values(), ids=ODD)
def test_columns_of_odd_lines(texts: list[str]) -> None:
    compiled, plain = both([Block(0, "line", text, 1) for text in texts], np.zeros(len(texts)))
    np.testing.assert_array_equal(compiled, plain)


numbers = st.lists(
    st.tuples(st.floats(-20, 20), st.floats(-20, 20), st.integers(0, 500)), min_size=1, max_size=80
)  # fmt: skip


@given(numbers)
def test_context(rows: list[tuple[float, float, int]]) -> None:
    shapes, texts, words = np.array(rows, dtype=np.float64).T
    compiled, plain = (context(shapes, texts, words, compiled=compiled) for compiled in (True, False))
    np.testing.assert_array_almost_equal_nulp(compiled, plain)  # `exp` may differ in its last bit


def test_there_are_as_many_columns_as_the_weights_expect() -> None:
    lines = lines_of(view_of([Block(0, "line", "Menu", 1)], compiled=True), np.zeros(1))
    assert lines.dense.shape[1] + context(np.zeros(1), np.zeros(1), lines.words).shape[1] == COLUMNS


def given_to_lines(**other: Any) -> tuple[Any, ...]:
    fine = {
        "classes": _table().tobytes(), "texts": ["a"], "squeezed": ["a"], "words": np.ones(1), "length": np.ones(1),
        "prose": np.zeros(1, dtype=bool), "spoken": np.zeros(1), "kinds": np.zeros(1, dtype=np.int64),
        "numbers": (1, 2, 3),
    }  # fmt: skip
    return tuple((fine | other).values())


REFUSED: dict[str, tuple[dict[str, Any], type[Exception]]] = {
    "a-table-too-small": ({"classes": b"\x00"}, ValueError),
    "no-table": ({"classes": 1}, ValueError),
    "no-text": ({"texts": [1]}, TypeError),
    "no-lines": ({"texts": [], "squeezed": []}, ValueError),
    "another-number-of-texts": ({"squeezed": ["a", "b"]}, ValueError),
    "another-number-of-words": ({"words": np.ones(2)}, ValueError),
    "another-type-of-words": ({"words": np.ones(1, dtype=np.float32)}, ValueError),
    "no-array": ({"prose": None}, TypeError),
    "two-numbers-of-kinds": ({"numbers": (1, 2)}, ValueError),
}


@pytest.mark.parametrize(("other", "error"), REFUSED.values(), ids=REFUSED)
def test_refusals(other: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        counted_lines.lines(*given_to_lines(**other))


def test_a_class_that_is_none_does_no_harm() -> None:
    assert len(counted_lines.lines(*given_to_lines(classes=b"\xff" * 0x10000))) == len(
        counted_lines.lines(*given_to_lines())
    )
