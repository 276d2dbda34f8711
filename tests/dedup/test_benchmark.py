"""The benchmark of deduplication: its truth is true, and its figures can be counted by hand."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks import dedup_truth
from benchmarks.dedup import score, show
from benchmarks.dedup_systems import thresher
from benchmarks.dedup_truth import FRONTIER, SYNDICATION, Doc, jaccard, make
from tests.dedup.made_up import story

BY_HAND = [
    Doc("a", "s1", "base", ""),
    Doc("b", "s1", "edit 1 %", ""),
    Doc("c", "s1", "edit 20 %", ""),
    Doc("d", "s2", "base", ""),
    Doc("e", "t1", "template", ""),
    Doc("f", "t2", "template", ""),
]


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> list[Doc]:
    folder = tmp_path_factory.mktemp("packs")
    texts = []
    for number in range(260):
        words = [f"{word}{'abcdefg'[number % 7]}" for word in story(number, 480)]
        texts.append("\n".join(" ".join(words[start : start + 12]) for start in range(0, 480, 12)))
    for name in ("wcxb-dev", "news-multilingual-dev"):
        pq.write_table(pa.table({"gold_text": [*texts, None]}), folder / f"{name}.parquet")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dedup_truth, "FACTS", 150)
        patch.setattr(dedup_truth, "PAGES", 10)
        return make(folder)


def test_the_truth_follows_from_the_seed_and_names_each_document_once(docs: list[Doc]) -> None:
    assert len({doc.id for doc in docs}) == len(docs)
    assert {doc.kind for doc in docs} >= {"base", "template", "form", *SYNDICATION, *FRONTIER}
    assert len({doc.story for doc in docs if doc.kind == "base"}) == sum(doc.kind == "base" for doc in docs)


def test_template_pages_lie_just_below_the_border(docs: list[Doc]) -> None:
    pages = [doc for doc in docs if doc.kind == "template" and doc.story.startswith("t0-")]
    shares = [jaccard(pages[0].text, page.text) for page in pages[1:]]
    assert min(shares) > 0.38
    assert max(shares) < 0.48


def test_ours_finds_what_is_known_and_loses_nothing(docs: list[Doc]) -> None:
    ordered = sorted(docs, key=lambda doc: doc.kind != "base")
    figures = score(ordered, thresher([(doc.id, doc.text) for doc in ordered]))
    assert figures["precision"] == 1
    assert figures["stories lost"] == figures["templates dropped"] == figures["forms dropped"] == 0
    assert figures["syndication"] > 0.96


@pytest.mark.parametrize(
    ("dropped", "expected"),
    [
        ({}, {"recall": 0, "precision": 1, "stories lost": 0, "templates dropped": 0}),
        ({"b": "a"}, {"recall": 1 / 3, "precision": 1, "edit 1 %": 1, "edit 20 %": 0, "syndication": 1}),
        ({"b": "a", "c": "a"}, {"recall": 1, "precision": 1, "among all copies": 1}),
        ({"b": "d", "c": "d", "a": "d"}, {"recall": 1, "precision": 1 / 2, "stories lost": 1}),
        ({"f": "e"}, {"recall": 0, "precision": 0, "stories lost": 1, "templates dropped": 1}),
    ],
    ids=["nothing", "one", "all", "into another story", "a template page"],
)
def test_figures_by_hand(dropped: dict[str, str], expected: dict[str, float]) -> None:
    assert {name: value for name, value in score(BY_HAND, dropped).items() if name in expected} == expected


def test_the_tables_show_every_kind(docs: list[Doc]) -> None:
    shown = show({"none": score(docs, {}) | {"documents per CPU s": 4000.4, "peak MB": 80.0}})
    assert "| 4,000 |" in shown
    assert all(f"| {kind} |" in shown for kind in (*SYNDICATION, *FRONTIER))
