"""Two texts: whether one is a copy of the other, of which kind, and what must never be taken for one."""

from __future__ import annotations

import pytest

from pipeline.dedup.fingerprint import Entry, fingerprint
from pipeline.dedup.prints import Kind
from pipeline.dedup.similar import Sameness, compare
from tests.dedup.made_up import edited, story

TALE = story(1, 200)
OTHER = story(2, 200)


def kind_of(
    copy: list[str], leader: list[str], urls: tuple[str, str] = ("", ""), rules: Sameness | None = None
) -> Kind | None:
    prints = fingerprint(Entry(url, " ".join(words), url=url) for words, url in zip((copy, leader), urls, strict=True))
    same = compare(prints, 0, prints, 1, rules or Sameness())
    return same and same[0]


def report(*figures: int) -> list[str]:
    """A form filled in: the same eight words, then a figure, again and again."""
    return [word for number, figure in enumerate(figures) for word in (*story(70 + number, 8), str(figure))]


COPIES: dict[str, tuple[list[str], list[str], Kind]] = {
    "the same words": (TALE, TALE, "exact"),
    "capitals": ([word.upper() for word in TALE], TALE, "exact"),
    "another masthead": (["The", "Mill", "Herald", *TALE, "All", "rights", "reserved"], TALE, "near"),
    "a few words edited": (edited(TALE, 0.05, 1), TALE, "near"),
    "a paragraph less": (TALE[50:], TALE, "near"),
    "a paragraph more": (TALE, TALE[50:], "near"),
    "the first third": (TALE[:70], TALE, "contained"),
    "another date line": (["5", "May", "2031", "at", "9", *TALE], ["9", "May", "2031", "at", "12", *TALE], "near"),
    "one figure corrected": (report(1, 2, 3, 4, 5, 6, 7, 8), report(1, 2, 3, 4, 99, 6, 7, 8), "near"),
}  # fmt: skip


@pytest.mark.parametrize(("copy", "leader", "kind"), COPIES.values(), ids=COPIES)
def test_copies_are_found(copy: list[str], leader: list[str], kind: Kind) -> None:
    assert kind_of(copy, leader) == kind


OTHERS = {
    "another story": (OTHER, TALE),
    "the story after its teaser": (TALE, TALE[:70]),
    "a short text in a list of all": (TALE[:40], TALE),
    "half of the lines shared": (TALE[:120] + OTHER[:80], TALE[:120] + story(3, 80)),
    "the same form, other figures": (report(1, 2, 3, 4, 5, 6, 7, 8), report(11, 12, 13, 14, 15, 16, 17, 18)),
    "the same words in another order": (sorted(TALE), TALE),
}


@pytest.mark.parametrize(("one", "other"), OTHERS.values(), ids=OTHERS)
def test_others_are_left_alone(one: list[str], other: list[str]) -> None:
    assert kind_of(one, other) is None


def test_figures_in_a_table_are_no_facts_of_their_own() -> None:
    figures = [str(number * 37 % 1009) for number in range(200)]
    assert kind_of(edited(figures, 0.08, 2), figures) == "near"


ADDRESSES = {
    "the same address": ("http://mill.example/7", "https://www.mill.example/7/", "update"),
    "another address": ("http://mill.example/7", "http://mill.example/8", "near"),
    "no address": ("", "", "near"),
}


@pytest.mark.parametrize(("one", "other", "kind"), ADDRESSES.values(), ids=ADDRESSES)
def test_a_changed_text_at_the_same_address_is_an_update(one: str, other: str, kind: Kind) -> None:
    assert kind_of(edited(TALE, 0.05, 1), TALE, (one, other)) == kind


def test_a_report_that_was_filled_in_again_at_its_address_is_an_update() -> None:
    one, other = report(1, 2, 3, 4, 5, 6, 7, 8), report(11, 12, 13, 14, 15, 16, 17, 18)
    assert kind_of(one, other, ("http://mill.example/gauge",) * 2) == "update"


def test_another_story_at_the_same_address_is_no_update() -> None:
    assert kind_of(OTHER, TALE, ("http://mill.example/",) * 2) is None


SHORT = story(5, 19)


@pytest.mark.parametrize(
    ("copy", "kind"), [(SHORT, "exact"), ([*SHORT, "now"], None), (SHORT[:18], None)], ids=["same", "more", "less"]
)
def test_short_texts_are_compared_exactly_only(copy: list[str], kind: Kind | None) -> None:
    assert kind_of(copy, SHORT) == kind


def test_borders_are_settings() -> None:
    worked_over = edited(TALE, 0.2, 3)
    assert kind_of(worked_over, TALE) is None
    assert kind_of(worked_over, TALE, rules=Sameness(similarity=0.3)) == "near"
    assert kind_of(TALE[:70], TALE, rules=Sameness(contained=1.01)) is None
    assert kind_of([*SHORT, "now"], SHORT, rules=Sameness(short_words=5)) == "near"


@pytest.mark.parametrize("sizes", [(100, 100), (30, 100), (100, 30), (1, 10_000), (10_000, 1)])
def test_no_copy_lies_below_its_border(sizes: tuple[int, int]) -> None:
    """The sieve asks for the border; whatever `compare` takes for a copy is at or above it."""
    rules = Sameness()
    size, other = sizes
    for shared in range(min(sizes) + 1):
        similarity = shared / (size + other - shared)
        copy = similarity >= rules.similarity or (shared >= rules.contained * size and similarity >= rules.least)
        if copy:
            assert similarity >= rules.border(size, other) - 1e-9
