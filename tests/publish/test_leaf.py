"""Leaves: what is made early is what is made late, whatever is said of the whole in between."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.acquire import read
from pipeline.dedup.mark import mark
from pipeline.dedup.prints import Match
from pipeline.document import Document, Failure, Page, Reason, Result, Verdict
from pipeline.publish import FORMATS, publish
from pipeline.publish.formats import chosen
from pipeline.publish.leaf import Leaf, Rendered, render
from pipeline.publish.statistics import Statistics
from pipeline.recipe import clean_page, make_kit
from pipeline.run.codec import decode, decode_leaf, encode, encode_leaf
from pipeline.settings import Settings
from tests.publish.made_up import RUN, block, counted, failed, gone, result

ALL = tuple(FORMATS)
TEXTS, _ = chosen(ALL)
SAMPLES = Path(__file__).parents[2] / "raw" / "samples"
EVIL = "half \ud800 a pair \x9b2J \x7f \u2028 end"


@cache
def samples() -> tuple[Result, ...]:
    """Every sample, cleaned; with them failures and what hostile pages may hold."""
    kit = make_kit(Settings(witness="none"))
    items = list(read([SAMPLES], kit.settings))
    cleaned = [
        Result(clean_page(item, kit) if isinstance(item, Page) else item, f"{n:032}") for n, item in enumerate(items)
    ]
    evil = result("evil", EVIL, (block(EVIL), gone(evidence=EVIL, rule=EVIL)), note=EVIL)
    return (*cleaned, evil, result("empty", outcome="empty"), failed("torn.html"), failed(EVIL, message=EVIL))


def stored(each: Result) -> Rendered:
    """The leaf of a result as the store gives it back: both went through bytes."""
    return decode_leaf(encode_leaf(render(each, TEXTS, RUN.settings)), lambda: decode(encode(each)).value)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def repeats(results: tuple[Result, ...]) -> tuple[Match, ...]:
    """Every third kept document repeats the first one."""
    kept = [each.value.page.id for each in results if isinstance(each.value, Document) and each.value.outcome == "kept"]
    return tuple(Match(name, kept[0], "near", 0.75) for name in kept[2::3])


@pytest.mark.parametrize("drop", [True, False], ids=["dropped", "marked"])
def test_rendered_by_a_worker_or_anew_the_bytes_are_the_same(tmp_path: Path, drop: bool) -> None:
    results, matches = samples(), repeats(samples())
    assert len(matches) > 3
    publish(
        mark(map(stored, results), matches, "", drop=drop), tmp_path / "early", ALL, RUN, clusters=[matches[0].leader]
    )
    publish(mark(iter(results), matches, "", drop=drop), tmp_path / "late", ALL, RUN, clusters=[matches[0].leader])
    early, late = files(tmp_path / "early"), files(tmp_path / "late")
    assert early.keys() == late.keys()
    assert [name for name in early if early[name] != late[name]] == []


def test_a_leaf_with_more_texts_than_asked_for_changes_nothing(tmp_path: Path) -> None:
    publish(map(stored, samples()), tmp_path / "more", ("txt", "jsonl"), RUN)
    publish(iter(samples()), tmp_path / "just", ("txt", "jsonl"), RUN)
    assert files(tmp_path / "more") == files(tmp_path / "just")


@pytest.mark.parametrize(
    ("texts", "asked", "has"),
    [(("txt",), ("txt",), True), (("txt",), ("jsonl",), True), (("txt",), ("md",), False), ((), ("txt", "jsonl"), True),
     (("md",), ("txt", "md"), True), (("txt", "md"), ("md",), True)],
)  # fmt: skip
def test_a_leaf_knows_which_texts_it_has(texts: tuple[str, ...], asked: tuple[str, ...], has: bool) -> None:
    leaf = render(result("a", "Oats."), chosen(texts)[0], RUN.settings)
    assert leaf.has(chosen(asked)[0]) is has


@pytest.mark.parametrize("each", [result("a", outcome="blocked"), failed("b")], ids=["blocked", "failure"])
def test_what_gives_no_text_lacks_none(each: Result) -> None:
    assert render(each, (), RUN.settings).has(TEXTS)


def test_the_blocks_of_a_leaf_can_be_had() -> None:
    each = result("a", "Oats.", (block("Home"), gone()))
    assert render(each, (), RUN.settings).load() == each.value == stored(each).load()


REASONS = [
    Reason("share-line", "share", 0.6, "says share"),
    Reason("prose", "other", -0.9, "is prose"),
    Reason("learned", "nav", 0.8, "looks like a menu"),
    Reason("menu", "nav", 1.5, "a list of links"),
]
verdicts = st.builds(
    lambda kept, reasons: Verdict(kept, tuple(reasons)), st.booleans(), st.lists(st.sampled_from(REASONS), max_size=3)
)
parts = st.lists(st.tuples(st.text("aß \n\ufffd\xa0", max_size=12), verdicts), max_size=6)
wholes = st.sampled_from(
    [
        {},
        {"outcome": "duplicate", "likeness": "near"},
        {"outcome": "empty"},
        {"outcome": "blocked"},
        {"likeness": "exact"},
    ]
)


@given(parts, wholes)
def test_a_leaf_counts_like_its_document(parts: list[tuple[str, Verdict]], whole: dict[str, Any]) -> None:
    """The statistics are the same whether the outcome was said before or after rendering."""
    each = result("a", *((block(text), verdict) for text, verdict in parts))
    value = render(each, (), RUN.settings).value
    assert isinstance(value, Leaf)
    after = Statistics()
    after.add(replace(value, **whole))
    assert after == counted([replace(each, value=replace(each.value, **whole))])


@pytest.mark.parametrize("data", [b"", b"junk", encode(result("a", "Oats."))[:-3], encode(failed("a"))[:9]])
def test_what_is_no_stored_result_is_said(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a stored result"):
        decode(data)
    with pytest.raises(ValueError, match="not a stored result"):
        decode_leaf(data, lambda: Failure("a", "a", "run", "error", ""))


def test_one_is_not_taken_for_the_other() -> None:
    each = result("a", "Oats.")
    with pytest.raises(ValueError, match="not a stored result"):
        decode(encode_leaf(render(each, TEXTS, RUN.settings)))
    with pytest.raises(ValueError, match="not a stored result"):
        decode_leaf(encode(each), lambda: each.value)
