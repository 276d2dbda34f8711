"""Which copy stays: the laws of the leader rule, against the plainest code that follows it."""

from __future__ import annotations

import random
import time
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dedup import candidates
from pipeline.dedup.fingerprint import Entry, fingerprint
from pipeline.dedup.leaders import canonical_order, dup_counts, resolve
from pipeline.dedup.prints import Match, Prints, concat, empty, index_keys
from pipeline.dedup.similar import Sameness, compare
from tests.dedup.made_up import Memory, edited, printed, story

RULES = Sameness()
LABELS = ("2031-01-01", "2031-01-02", "2031-01-03")


@st.composite
def crowds(draw: st.DrawFn) -> Prints:
    """Some stories with copies of all sorts, tiny and empty texts among them, under three labels."""
    tables = []
    for number in range(draw(st.integers(0, 14))):
        words = story(draw(st.integers(0, 2)), draw(st.sampled_from((0, 1, 15, 60, 90))))
        words = edited(words, draw(st.sampled_from((0, 0, 0.03, 0.1))), draw(st.integers(0, 5)))
        words = words[draw(st.sampled_from((0, 0, 10, 30))) :]
        url = draw(st.sampled_from(("", "http://mill.example/1", "http://mill.example/2")))
        date = draw(st.sampled_from(("", "2031-01-01", "2031-01-02")))
        entry = Entry(f"d{number}", " ".join(words), draw(st.sampled_from("xyz")), date, url)
        tables.append(fingerprint([entry]).labelled(draw(st.sampled_from(LABELS))))
    return concat(tables)


RULES_OF_ALL_SORTS = st.builds(
    Sameness,
    keep=st.sampled_from(("first", "longest", "source")),
    sources=st.sampled_from(((), ("z", "x"))),
    short_words=st.sampled_from((1, 20)),
)


def plainly(prints: Prints, rules: Sameness) -> dict[str, str]:
    """The leader rule in a few lines: each document and its leader, itself if it stays. Slow, and without sieves."""
    keys, owners = index_keys(prints)
    keys_of = {row: set(keys[owners == row].tolist()) for row in range(len(prints))}
    kept: list[int] = []
    leaders: dict[str, str] = {}
    for row in canonical_order(prints, rules).tolist():
        found = [
            (prints.labels[other], -same[1], prints.ids[other])
            for other in kept
            if keys_of[row] & keys_of[other] and (same := compare(prints, row, prints, other, rules))
        ]
        leaders[prints.ids[row]] = min(found)[2] if found else prints.ids[row]
        kept += [] if found else [row]
    return leaders


@settings(max_examples=150, deadline=None)
@given(crowds(), RULES_OF_ALL_SORTS)
def test_the_leader_rule_is_followed(prints: Prints, rules: Sameness) -> None:
    """Where same words at another address are concerned, they follow the first that has them."""
    expected, matches = plainly(prints, rules), resolve(prints, rules).matches
    found = {match.id: match.leader for match in matches}
    first: dict[bytes, str] = {}
    for row in canonical_order(prints, rules).tolist():
        name = prints.ids[row]
        if first.setdefault(prints.exact[row].tobytes(), name) == name:
            assert found.get(name, name) == expected[name]


@settings(max_examples=100, deadline=None)
@given(crowds(), RULES_OF_ALL_SORTS, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(prints: Prints, rules: Sameness, rng: random.Random) -> None:
    rows = list(range(len(prints)))
    rng.shuffle(rows)
    assert resolve(prints.take(np.array(rows, np.int64)), rules) == resolve(prints, rules)


@settings(max_examples=100, deadline=None)
@given(crowds(), RULES_OF_ALL_SORTS)
def test_every_leader_stays_and_every_copy_really_matches_it(prints: Prints, rules: Sameness) -> None:
    matches = resolve(prints, rules).matches
    row_of, gone = {name: row for row, name in enumerate(prints.ids)}, {match.id for match in matches}
    place = {int(row): place for place, row in enumerate(canonical_order(prints, rules))}
    assert len(gone) == len(matches)
    for match in matches:
        copy, leader = row_of[match.id], row_of[match.leader]
        assert match.leader not in gone
        assert place[leader] < place[copy]
        assert prints.labels[leader] == match.leader_label
        same_words = prints.exact[copy].tobytes() == prints.exact[leader].tobytes()
        assert (match.kind == "exact") == same_words
        assert match.similarity >= rules.least
        assert prints.words[copy] > 0


@settings(max_examples=100, deadline=None)
@given(crowds())
def test_label_by_label_leaves_what_all_at_once_leaves(prints: Prints) -> None:
    """Addresses are left out: same words at another address are compared anew in a later label."""
    prints = Prints(**{name: getattr(prints, name) for name in Prints.__slots__} | {"urls": np.zeros_like(prints.urls)})
    at_once = resolve(prints, RULES)
    kept, matches = empty(), ()
    for label in LABELS:
        new = prints.take(np.flatnonzero(np.array(prints.labels) == label))
        found = resolve(new, RULES, Memory(kept)).matches
        gone = {match.id for match in found}
        kept = concat(
            [kept, new.take(np.array([row for row, name in enumerate(new.ids) if name not in gone], np.int64))]
        )
        matches += found
    assert sorted(matches, key=lambda match: match.id) == sorted(at_once.matches, key=lambda match: match.id)


def chain(length: int, step: int) -> list[list[str]]:
    """Texts of 100 words, each `step` words further along one long story."""
    words = story(9, 100 + length * step)
    return [words[start : start + 100] for start in range(0, length * step, step)]


def test_chains_do_not_form() -> None:
    """Each text is like its neighbours and unlike the ones beyond: every second one stays, and leads its neighbour."""
    prints = printed(*chain(6, 20))
    assert [(match.id, match.leader) for match in resolve(prints, RULES).matches] == [
        ("b", "a"),
        ("d", "c"),
        ("f", "e"),
    ]


def test_the_most_similar_leader_is_named() -> None:
    links = chain(3, 25)
    matches = resolve(printed(links[0], links[2], [*links[2][:90], *story(8, 10)]), RULES).matches
    assert [(match.id, match.leader, match.kind) for match in matches] == [("c", "b", "near")]


POLICIES: dict[str, tuple[Sameness, str]] = {
    "first": (Sameness(), "early"),
    "longest": (Sameness(keep="longest"), "long"),
    "source": (Sameness(keep="source", sources=("wire", "herald")), "wired"),
    "no source that is named": (Sameness(keep="source", sources=("none",)), "early"),
}


@pytest.mark.parametrize(("rules", "stays"), POLICIES.values(), ids=POLICIES)
def test_the_copy_that_stays_is_a_setting(rules: Sameness, stays: str) -> None:
    words = " ".join(story(1))
    prints = fingerprint([
        Entry("undated", words),
        Entry("early", words, "herald", "2031-01-01"),
        Entry("wired", words, "wire", "2031-01-02"),
        Entry("long", f"{words} and more", "post", "2031-01-03"),
    ])  # fmt: skip
    assert {match.leader for match in resolve(prints, rules).matches} == {stays}
    assert dup_counts(resolve(prints, rules).matches) == {("", stays): 3}


def test_an_earlier_label_comes_before_an_earlier_date() -> None:
    late = printed(story(1), label="2031-01-01", dates=["2031-01-01"])
    early = printed(story(1), label="2031-01-02", dates=["1999-01-01"])
    match = Match("a", "a", "exact", 1.0, "2031-01-01")
    assert resolve(concat([early, late]), Sameness(keep="longest")).matches == (match,)
    assert resolve(early, RULES, Memory(late)).matches == (match,)


def test_texts_without_words_repeat_nothing() -> None:
    assert resolve(printed("", "", "…", "…"), RULES).matches == ()
    assert resolve(printed("", "…"), RULES, Memory(printed("", "…"))).matches == ()


def test_tiny_texts_repeat_only_the_same_words() -> None:
    matches = resolve(printed("Closed", "Open", "open!", "Open today"), RULES).matches
    assert [(match.id, match.leader, match.kind) for match in matches] == [("c", "b", "exact")]


def test_one_page_a_hundred_thousand_times() -> None:
    one = printed(story(1)).take(np.zeros(100_000, np.int64))
    many = Prints(**{name: getattr(one, name) for name in Prints.__slots__} | {"ids": tuple(map(str, range(100_000)))})
    start = time.process_time()
    matches = resolve(many, RULES).matches
    assert time.process_time() - start < 10
    assert dup_counts(matches) == {("", "0"): 99_999}


def test_a_page_that_changes_a_little_each_time_has_one_leader() -> None:
    words = story(1, 60)
    matches = resolve(fingerprint(Entry(f"{n:05}", " ".join([*words, f"v{n}"])) for n in range(3000)), RULES).matches
    assert dup_counts(matches) == {("", "00000"): 2999}


def test_template_pages_with_other_facts_stay() -> None:
    """Hard negatives: pages of ten sites that share 60 % of their words; an estimate alone would drop some."""
    pages = [
        Entry(f"{site}-{page}", " ".join(story(site, 150) + story(1000 + 50 * site + page, 150) + story(site + 20, 90)))
        for site in range(10)
        for page in range(50)
    ]
    prints = fingerprint(pages)
    assert resolve(prints, RULES).matches == ()
    below = resolve(prints, Sameness(similarity=0.4)).matches
    assert len(below) > 400, "they are that near the border"


def test_of_very_many_candidates_the_most_similar_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty pages of one template at the border, and a copy of one of them: found, in whatever order they come."""
    monkeypatch.setattr(candidates, "MOST", 3)
    pages = [
        Entry(f"{page:03}", " ".join(story(1, 150) + story(1000 + page, 100)), date="2031-01-01") for page in range(40)
    ]
    prints = fingerprint([*pages, Entry("last", f"{pages[7].text} now", date="2031-01-02")])
    rules = Sameness(similarity=0.45)
    matches = resolve(prints, rules).matches
    assert ("last", "007") in {(match.id, match.leader) for match in matches}
    backwards = prints.take(np.arange(len(prints))[::-1])
    assert resolve(backwards, rules).matches == matches
    kept, last = prints.take(np.arange(40)), prints.take(np.array([40]))
    assert [match.leader for match in resolve(last, rules, Memory(kept.labelled("0"))).matches] == ["007"]


def test_a_full_bucket_takes_no_more_and_is_counted() -> None:
    pages = [
        Entry(f"{page:03}", " ".join(story(1, 150) + story(1000 + page, 100)), date="2031-01-01") for page in range(60)
    ]
    prints = fingerprint([*pages, Entry("last", f"{pages[0].text} now", date="2031-01-02")])
    few = resolve(prints, Sameness(bucket=10))
    assert few.crowded > 0
    assert [(match.id, match.leader) for match in few.matches] == [("last", "000")]
    assert resolve(prints, RULES).crowded == 0


@pytest.mark.parametrize("keep", ["first", "longest", "source"])
def test_the_order_is_total(keep: Literal["first", "longest", "source"]) -> None:
    prints = printed(*["the same text"] * 5, dates=["2031-01-01"] * 5)
    order = canonical_order(prints.take(np.array([3, 1, 4, 0, 2])), Sameness(keep=keep))
    assert order.tolist() == [3, 1, 4, 0, 2]
