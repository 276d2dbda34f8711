"""The measures on cases computed by hand."""

from __future__ import annotations

import pytest

from benchmarks.metrics import Counts, line_score, lines_kept, snippet_counts, word_score


@pytest.mark.parametrize(
    ("output", "gold", "precision", "recall", "f1"),
    [
        pytest.param("", "", 1.0, 1.0, 1.0, id="both-empty"),
        pytest.param("a word", "", 0.0, 0.0, 0.0, id="gold-empty"),
        pytest.param("", "a word", 0.0, 0.0, 0.0, id="output-empty"),
        pytest.param(" -- ", "!", 1.0, 1.0, 1.0, id="no-words-is-empty"),
        pytest.param("The Cat, sat.", "the cat sat", 1.0, 1.0, 1.0, id="case-and-points"),
        pytest.param("b a", "a b", 1.0, 1.0, 1.0, id="order-does-not-count"),
        pytest.param("a a b c", "a b b", 0.5, 2 / 3, 4 / 7, id="multiset"),
        pytest.param("one two three four", "one two", 0.5, 1.0, 2 / 3, id="too-much"),
        pytest.param("x", "y", 0.0, 0.0, 0.0, id="nothing-shared"),
        pytest.param("Straße 日本", "straße 日本", 1.0, 1.0, 1.0, id="other-scripts"),
    ],
)
def test_words(output: str, gold: str, precision: float, recall: float, f1: float) -> None:
    score = word_score(output, gold)
    assert (score.precision, score.recall, score.f1) == pytest.approx((precision, recall, f1))


@pytest.mark.parametrize(
    ("output", "present", "absent", "expected"),
    [
        pytest.param("a  b\n c", ["a b c"], [], Counts(1, 1, 0, 0), id="white-space-runs"),
        pytest.param("a b", ["a\u00a0b"], ["A b"], Counts(1, 1, 1, 0), id="case-counts"),
        pytest.param("read also: x", ["story"], ["read also", "share"], Counts(1, 0, 2, 1), id="leak"),
        pytest.param("", [], [], Counts(), id="nothing"),
    ],
)
def test_snippets(output: str, present: list[str], absent: list[str], expected: Counts) -> None:
    assert snippet_counts(output, present, absent) == expected


def test_pooled_snippets() -> None:
    pooled = Counts(3, 2, 2, 1) + Counts(1, 1, 2, 0)
    assert pooled == Counts(4, 3, 4, 1)
    assert (pooled.recall, pooled.precision, pooled.f1, pooled.leak) == pytest.approx((0.75, 0.75, 0.75, 0.25))


@pytest.mark.parametrize(
    ("source", "output", "kept"),
    [
        pytest.param("One.\nTwo.", "One.", [True, False], id="one-of-two"),
        pytest.param("Title\nTitle\nText", "Title\n\nText", [True, False, True], id="twice-in-once-out"),
        pytest.param("Title\nTitle", "Title\nTitle", [True, True], id="twice-in-twice-out"),
        pytest.param("soft wrapped by its\nauthor at twenty columns", "soft wrapped by its author at twenty columns",
                     [True, True], id="joined-lines"),
        pytest.param("More\nMore of the same.", "More of the same.", [False, True], id="short-line-inside-another"),
        pytest.param("\n- Join Now -", "Join  now", [False, True], id="empty-line-and-marks"),
    ],
)  # fmt: skip
def test_lines_kept(source: str, output: str, kept: list[bool]) -> None:
    assert lines_kept(source, output) == kept


def test_line_score() -> None:
    source = "The story begins here.\nREAD ALSO: other\nJoin us now\nA caption\nAnd here it ends well."
    labels = [(1, "content"), (2, "clutter"), (3, "clutter"), (4, "either"), (5, "content")]
    score = line_score(source, "The story begins here.\nJoin us now", labels)
    assert score.lines == Counts(present=2, present_found=1, absent=2, absent_found=1)
    assert score.words == Counts(present=9, present_found=4, absent=6, absent_found=3)
    assert (score.lines.precision, score.lines.recall, score.lines.f1) == pytest.approx((0.5, 0.5, 0.5))
