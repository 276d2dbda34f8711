"""What is counted over a page, compiled, equals the NumPy beside it, and refuses what it cannot take."""

from __future__ import annotations

import copy
from dataclasses import fields, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.document import Block
from pipeline.judge.asked import body_of, half_of_promise
from pipeline.judge.columns import KINDS, is_sentence, total
from pipeline.judge.compiled import COMPILED, counted
from pipeline.judge.features import COLUMNS, context, features_of, windows
from pipeline.judge.kind import NUMBERS, numbers_of
from pipeline.judge.model import Model, arrays_of, columns_of, load_model
from pipeline.judge.rulebook import RuleBook
from pipeline.judge.trees import Trees
from pipeline.judge.view import View
from pipeline.judge.ways import BOXES, ways_of
from pipeline.settings import Settings

needs_compiler = pytest.mark.skipif(not COMPILED, reason="there was no compiler")
PROSE = "The ferry between the islands sails again on Monday, the harbour office said, after nine weeks in the dock."

text = st.one_of(
    st.sampled_from((PROSE, PROSE[:-1], PROSE * 3, "Home", "12, 13، 14、15", "ÀÉ ДА Β 9٣²", "“Yes.”)", "Ferry sails")),
    st.text(min_size=1, max_size=30),
    st.text(st.characters(max_codepoint=0x980), min_size=190, max_size=210),
)
path = st.lists(
    st.sampled_from(("div", "div#main", "article", "nav.menu", "p", "p.x1", "p.x2", "li", "ul.related", "")), max_size=5
).map(">".join)
block = st.builds(
    Block,
    index=st.just(0),
    kind=st.sampled_from(tuple(KINDS)),
    text=text,
    line=st.just(1),
    level=st.integers(0, 6),
    path=path,
    link_share=st.one_of(st.sampled_from((0.0, 1.0)), st.floats(0, 1)),
    hidden=st.sampled_from(("", "", "style")),
    closed=st.booleans(),
)
pages = st.lists(block, min_size=1, max_size=40)
scores = st.floats(-20, 20)


def view_of(blocks: list[Block], title: str = "Ferry sails") -> View:
    return View("html", blocks, title, Settings(), RuleBook([]))


def both(view: View) -> tuple[View, View]:
    return replace(view, compiled=True), replace(view, compiled=False)


def some_scores(count: int, seed: int) -> Any:
    return np.random.default_rng(seed).uniform(-10, 10, count)


def same(compiled: Any, plain: Any) -> None:
    """NumPy has logarithms of its own on some machines, which differ in the last bit of a double."""
    assert compiled.dtype == plain.dtype
    np.testing.assert_allclose(compiled, plain, rtol=1e-6, atol=1e-7)


def model_of() -> Model:
    model = load_model("html")
    assert model is not None
    return model


def paragraphs(count: int) -> list[Block]:
    return [Block(index, "paragraph", PROSE, index + 1, path="article>p") for index in range(count)]


@needs_compiler
@settings(deadline=None)  # the first one loads rules
@given(pages)
@example([Block(0, "paragraph", "x", 1)])
@example(paragraphs(50))
def test_columns_of_blocks(blocks: list[Block]) -> None:
    compiled, plain = (view.columns for view in both(view_of(blocks)))
    for column in fields(plain):
        one, other = getattr(compiled, column.name), getattr(plain, column.name)
        assert (one.dtype, one.tolist()) == (other.dtype, other.tolist()), column.name


@needs_compiler
@settings(deadline=None)
@given(pages, st.sampled_from(("", "Ferry sails", "FERRY—sails!", "\ud800")))
@example([Block(0, "heading", "Ferry sails", 1, level=1, path="h1")], "Ferry sails")
@example([Block(0, "heading", "Ferry", 1, level=1, hidden="style"), *paragraphs(20)], "")
def test_features(blocks: list[Block], title: str) -> None:
    compiled, plain = (features_of(view) for view in both(view_of(blocks, title)))
    same(compiled.dense, plain.dense)
    assert compiled.words.tolist() == plain.words.tolist()
    groups = [[(numbers.tolist(), n) for numbers, n in (some.same_path, *some.same_box)] for some in (compiled, plain)]
    assert groups[0] == groups[1]


@needs_compiler
@settings(deadline=None)
@given(pages, st.integers(0, 2**32 - 1))
@example(paragraphs(200), 0)
def test_context(blocks: list[Block], seed: int) -> None:
    features = features_of(view_of(blocks))
    paths, texts = some_scores(len(blocks), seed), some_scores(len(blocks), seed + 1)
    compiled, plain = (context(paths, texts, features, compiled=flag) for flag in (True, False))
    same(compiled, plain)
    assert compiled.shape[1] + features.dense.shape[1] == COLUMNS


@needs_compiler
@pytest.mark.parametrize("count", [1, 2, 15, 16, 17, 100])
def test_trees_answer_to_the_last_bit(count: int) -> None:
    trees = model_of().trees
    rows = np.random.default_rng(count).standard_normal((count, COLUMNS)).astype(np.float32)
    rows[0] = np.resize(trees.thresholds, COLUMNS)  # on the edge
    compiled, plain = (trees.logits(rows, compiled=flag) for flag in (True, False))
    assert (compiled.dtype, compiled.tolist()) == (plain.dtype, plain.tolist())


@needs_compiler
@settings(deadline=None)
@given(pages, st.integers(0, 2**32 - 1))
@example(paragraphs(3), 1)
def test_kind_body_and_promise(blocks: list[Block], seed: int) -> None:
    compiled, plain = both(view_of(blocks))
    likely = 1 / (1 + np.exp(some_scores(len(blocks), seed)))
    same(numbers_of(likely, compiled), numbers_of(likely, plain))
    assert len(numbers_of(likely, compiled)) == NUMBERS
    one, other = body_of(likely, compiled), body_of(likely, plain)
    assert (one.share, one.paragraphs, one.words) == (other.share, other.paragraphs, other.words)
    assert one.outside.tolist() == other.outside.tolist()
    words = compiled.columns.words
    assert half_of_promise(likely, words, compiled=True) == half_of_promise(likely, words, compiled=False)


@needs_compiler
def test_whatever_likely_is_it_is_read_as_doubles() -> None:
    compiled, plain = both(view_of(paragraphs(5)))
    likely = np.linspace(0, 1, 5).astype(np.float32)
    same(numbers_of(likely, compiled), numbers_of(likely.astype(np.float64), plain))
    assert body_of(likely, compiled).share == body_of(likely.astype(np.float64), plain).share


@needs_compiler
@settings(deadline=None, max_examples=30)
@given(pages)
def test_opinions(blocks: list[Block]) -> None:
    one, other = (replace(view, model=load_model("html")).opinion for view in both(view_of(blocks)))
    assert one is not None
    assert other is not None
    np.testing.assert_allclose(one.likely, other.likely, rtol=1e-5)
    np.testing.assert_allclose(one.kinds, other.kinds, rtol=1e-5)


def refusals() -> dict[str, tuple[Any, tuple[Any, ...]]]:
    """Calls that must be refused: the function, and its arguments."""
    view = view_of(paragraphs(4))
    columns, ways, likely = view.columns, view.ways, np.full(4, 0.5)

    def other(**changed: Any) -> Any:
        return replace(columns, **changed)

    def way(**changed: Any) -> Any:
        return replace(ways, **changed)

    def page(
        known: Any = columns, paths: Any = ways, squeezed: Any = view.squeezed, title: Any = ""
    ) -> tuple[Any, ...]:
        return known, paths, view.blocks, squeezed, title, KINDS, BOXES

    read = (view.blocks, view.words, ways, KINDS, ".", ")")
    trees = (np.zeros((1, 2), np.int32), np.zeros((1, 2), np.float32), 2, np.zeros((1, 4), np.float32), 0.0)
    rows = np.zeros((3, 4), np.float32)
    numbers = np.zeros(4, np.int64)
    return {
        "too-few-words": (counted.read_blocks, (read[0], [1], *read[2:])),
        "words-that-are-none": (counted.read_blocks, (read[0], ["a"] * 4, *read[2:])),
        "no-block": (counted.read_blocks, ([1, 2, 3, 4], *read[1:])),
        "unknown-kind": (counted.read_blocks, (*read[:3], {}, *read[4:])),
        "no-ways": (counted.read_blocks, (*read[:2], None, *read[3:])),
        "too-few-arguments": (counted.read_blocks, read[:3]),
        "an-outer-way-behind": (counted.features, page(paths=way(outer=ways.outer[::-1].copy()))),
        "a-circle-of-ways": (counted.features, page(paths=way(outer=np.zeros(len(ways.outer), np.int64)))),
        "a-way-that-is-not-there": (counted.features, page(paths=way(of_blocks=numbers + 99))),
        "a-number-below-nothing": (counted.features, page(paths=way(number=ways.number - 99))),
        "a-path-that-is-not-there": (counted.features, page(other(paths=numbers + 99))),
        "another-length": (counted.features, page(other(words=columns.words[:2]))),
        "another-type": (counted.features, page(other(words=numbers))),
        "not-contiguous": (counted.features, page(other(words=np.zeros(8)[::2]))),
        "no-array": (counted.features, page(other(words=[1.0] * 4))),
        "no-column": (counted.features, page(SimpleNamespace(kinds=columns.kinds))),
        "too-few-squeezed": (counted.features, page(squeezed=["a"])),
        "squeezed-that-is-no-text": (counted.features, page(squeezed=[1, 2, 3, 4])),
        "a-title-that-is-no-text": (counted.features, page(title=b"x")),
        "kinds-without-heading": (counted.features, (*page()[:5], ["line"], BOXES)),
        "no-blocks": (counted.features, (view_of([]).columns, ways_of([]), [], [], "", KINDS, BOXES)),
        "scores-of-another-length": (counted.context, (likely, likely[:2], likely, [numbers], 4)),
        "a-group-that-is-not-there": (counted.context, (likely, likely, likely, [numbers + 4], 4)),
        "no-groups": (counted.context, (likely, likely, likely, [numbers], -1)),
        "no-scores": (counted.context, (likely[:0], likely[:0], likely[:0], [], 1)),
        "a-column-that-is-not-there": (counted.logits, (rows, 3, trees[0] + 3, *trees[1:])),
        "a-column-below-nothing": (counted.logits, (rows, 3, trees[0] - 1, *trees[1:])),
        "too-few-leaves": (counted.logits, (rows, 3, *trees[:3], trees[3][:, :3].copy(), 0.0)),
        "trees-too-deep": (counted.logits, (rows, 3, *trees[:2], 99, *trees[3:])),
        "trees-without-depth": (counted.logits, (rows, 3, *trees[:2], 0, *trees[3:])),
        "rows-of-doubles": (counted.logits, (rows.astype(float), 3, *trees)),
        "rows-that-do-not-fit": (counted.logits, (rows, 5, *trees)),
        "likely-of-another-length": (counted.kind_numbers, (likely[:2], columns, ways, len(KINDS))),
        "likely-of-another-type": (counted.body, (numbers, columns, ways)),
        "words-of-another-length": (counted.promise, (likely, likely[:1])),
    }


class Loose:
    """A block that keeps its attributes elsewhere than in slots, and finds some only when it is asked."""

    def __init__(self, block: Block) -> None:
        self.held = block

    def __getattr__(self, name: str) -> Any:
        return getattr(self.held, name)


@needs_compiler
def test_blocks_are_read_wherever_they_keep_their_attributes() -> None:
    some = [replace(block, link_share=0.25) for block in paragraphs(6)]
    ways, words = ways_of([block.path for block in some]), [4] * 6
    mixed = [Loose(block) if number % 3 else block for number, block in enumerate(some)]
    read, other = (counted.read_blocks(blocks, words, ways, KINDS, ".", "'") for blocks in (some, mixed))
    assert read == other


@needs_compiler
@pytest.mark.parametrize("name", refusals() if COMPILED else [])
def test_what_does_not_fit_is_refused(name: str) -> None:
    function, arguments = refusals()[name]
    with pytest.raises((TypeError, ValueError, AttributeError, KeyError, BufferError)):
        function(*arguments)


@needs_compiler
def test_arrays_that_are_given_are_left_alone() -> None:
    view = view_of(paragraphs(20))
    held: Any = (view.columns, view.ways)
    before = copy.deepcopy(held)
    columns_of(arrays_of(view), some_scores(20, 0), some_scores(20, 1))
    for mine, theirs in zip(before, held, strict=True):
        for column in fields(theirs):
            assert np.array_equal(getattr(mine, column.name), getattr(theirs, column.name)), column.name


@pytest.mark.parametrize("compiled", [pytest.param(True, marks=needs_compiler), False])
def test_trees_add_from_the_first_to_the_last(compiled: bool) -> None:
    trees = 40
    leaves = np.random.default_rng(0).standard_normal((trees, 2)).astype(np.float32)
    asked = Trees(np.zeros((trees, 1), np.int32), np.zeros((trees, 1), np.float32), leaves, 0.5)
    sums = [np.float32(0), np.float32(0)]
    for tree in leaves:
        sums = [sums[0] + tree[0], sums[1] + tree[1]]
    answers = asked.logits(np.array([[-1.0], [1.0]], np.float32), compiled=compiled)
    assert answers.tolist() == [float(some + np.float32(0.5)) for some in sums]


@given(st.lists(st.floats(-1e6, 1e6), max_size=30))
def test_total_adds_from_the_first_to_the_last(values: list[float]) -> None:
    sum_so_far = 0.0
    for value in values:
        sum_so_far += value
    assert total(np.array(values)) == sum_so_far


@given(st.lists(scores, min_size=1, max_size=30), st.integers(1, 40))
def test_windows_are_sums_around_each_block(values: list[float], reach: int) -> None:
    (around,) = windows(np.array([values]), (reach,))
    expected = [sum(values[max(i - reach, 0) : i + reach + 1]) for i in range(len(values))]
    assert around[0] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "ends"),
    {
        "It ends.": True, "It ends": False, "“It ends.”": True, "(It ends!))": True, "“It”": False, ".": True,
        "”": False, "終わり。": True, "انتهى؟": True, "It goes on,": False, "It ends. ": False, "x.\udc00": False,
    }.items(),
)  # fmt: skip
def test_sentences_end(text: str, ends: bool) -> None:
    assert is_sentence(text) is ends
    for view in both(view_of([Block(0, "line", text, 1)])) if COMPILED else ():
        assert view.sentences == [ends]
