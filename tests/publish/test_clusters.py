"""Clusters in the report: which are shown, what is marked in them, and that nothing of a page gets out as markup."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Result
from pipeline.publish.clusters import COPIES_SHOWN, Clusters, side_by_side
from pipeline.publish.leaf import Leaf, Rendered, render
from pipeline.publish.report import Report
from pipeline.publish.summary import Tally
from tests.publish.made_up import RUN, document

PAIRS = {
    "the-same": ("a b c", "a b c", [], []),
    "one-word": ("the ferry left at nine", "the ferry left at ten", ["nine"], ["ten"]),
    "an-insertion": ("rye and oats", "rye and then oats", [], ["then"]),
    "nothing-in-common": ("rye", "oats", ["rye"], ["oats"]),
    "an-empty-text": ("", "oats", [], ["oats"]),
}


@pytest.mark.parametrize(("kept", "copy", "only_kept", "only_copy"), PAIRS.values(), ids=PAIRS)
def test_what_differs_is_marked(kept: str, copy: str, only_kept: list[str], only_copy: list[str]) -> None:
    left, right, more = side_by_side(kept, copy)
    assert [span.text for span in left if span.differs] == only_kept
    assert [span.text for span in right if span.differs] == only_copy
    assert more == 0


@given(*[st.lists(st.sampled_from("a b c d".split()), max_size=30)] * 2)
def test_every_word_is_shown_once_in_order(kept: list[str], copy: list[str]) -> None:
    left, right, _ = side_by_side(" ".join(kept), " ".join(copy))
    assert [word for span in left for word in span.text.split()] == kept
    assert [word for span in right for word in span.text.split()] == copy


def test_long_texts_are_cut_and_say_so() -> None:
    *_, more = side_by_side("word " * 450, "word " * 410)
    assert more == 50


def rendered(name: str, **more: Any) -> Rendered:
    return render(Result(document(name, **more)), (), RUN.settings)


def leaf(name: str, **more: Any) -> Leaf:
    value = rendered(name, **more).value
    assert isinstance(value, Leaf)
    return value


def copy_of(leader: str) -> dict[str, Any]:
    return {"outcome": "duplicate", "duplicate_of": leader, "likeness": "near", "similarity": 0.75}


@pytest.mark.parametrize("order", [1, -1], ids=["leader-first", "leader-last"])
def test_a_cluster_has_its_first_copies_and_counts_the_rest(order: int) -> None:
    count = COPIES_SHOWN + 2
    leaves = [leaf("a", dup_count=count), *(leaf(f"copy-{n}", **copy_of("a")) for n in range(count))]
    clusters = Clusters(["a"])
    for each in leaves[::order]:
        clusters.add(each)
    (view,) = clusters.views()
    assert (view.id, view.copies, len(view.pairs), view.more) == ("a", count, COPIES_SHOWN, 2)
    assert {pair.likeness for pair in view.pairs} == {"near"}


def test_clusters_that_were_not_picked_are_not_kept() -> None:
    clusters = Clusters([])
    clusters.add(leaf("a", dup_count=1))
    clusters.add(leaf("b", **copy_of("a")))
    assert clusters.views() == []


def test_the_report_escapes_what_a_page_says() -> None:
    evil = "<img src=x onerror=alert(1)>"
    report, tally = Report(clusters=[evil]), Tally()
    for each in (rendered(evil, dup_count=1), rendered("<script>", **copy_of(evil))):
        report.add(each)
        tally.add(each.value)
    page = report.render(tally.summary("1", 0.0, complete=True), RUN)
    assert 'id="clusters"' in page
    assert "&lt;img src=x" in page
    assert evil not in page
