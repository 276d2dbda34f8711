"""What was found is written into the documents: dropped or marked, with who, how alike, and how many."""

from __future__ import annotations

import pytest

from pipeline.dedup.mark import largest, mark
from pipeline.dedup.prints import Match
from pipeline.document import Document, Failure, Result
from tests.publish.made_up import document

MATCHES = (
    Match("b", "a", "exact", 1.0, "monday"),
    Match("c", "a", "near", 0.75, "monday"),
    Match("d", "z", "update", 0.6, "sunday"),
    Match("f", "e", "contained", 0.9, "monday"),
)
RESULTS = [Result(document(name)) for name in "abcdef"]


def marked(*, drop: bool) -> dict[str, Document]:
    found = [result.value for result in mark(RESULTS, MATCHES, "monday", drop=drop)]
    return {value.page.id: value for value in found if isinstance(value, Document)}


def test_copies_are_dropped_and_say_what_they_repeat() -> None:
    found = marked(drop=True)
    assert [found[name].outcome for name in "abcdef"] == [
        "kept", "duplicate", "duplicate", "duplicate", "kept", "duplicate"
    ]  # fmt: skip
    assert (found["c"].duplicate_of, found["c"].likeness, found["c"].similarity) == ("a", "near", 0.75)
    assert [found[name].note for name in "bcdf"] == [
        "the same text as a", "nearly the text of a", "another state of z of run sunday", "a part of e"
    ]  # fmt: skip


def test_leaders_count_the_copies_of_this_run() -> None:
    assert {name: value.dup_count for name, value in marked(drop=True).items() if value.dup_count} == {"a": 2, "e": 1}


@pytest.mark.parametrize(("name", "run"), [("b", ""), ("d", "sunday")], ids=["this-run", "an-earlier-run"])
def test_the_run_of_the_leader_is_named_if_it_is_another(name: str, run: str) -> None:
    assert marked(drop=True)[name].duplicate_run == run


def test_marked_copies_stay() -> None:
    found = marked(drop=False)
    assert {value.outcome for value in found.values()} == {"kept"}
    assert found["d"].duplicate_of == "z"
    assert found["d"].note == document("d").note


def test_what_is_no_kept_document_passes_as_it_is() -> None:
    failure = Result(Failure("b", "b", "segment", "too_large", "too large"))
    assert list(mark([failure], MATCHES, "monday", drop=True)) == [failure]


def test_the_largest_clusters_come_first_and_equals_by_name() -> None:
    assert largest(MATCHES, "monday", 5) == ("a", "e")
    assert largest(MATCHES, "monday", 1) == ("a",)
    assert largest(MATCHES, "sunday", 5) == ("z",)
