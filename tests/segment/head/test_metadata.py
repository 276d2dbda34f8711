"""What a page says of itself, and which of its sayings wins."""

# ruff: noqa: E501  # the cases are a table

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from pipeline.document import Page
from pipeline.segment import segment
from pipeline.segment.head.metadata import Head, metadata_of, read_head
from pipeline.segment.html import segment_html
from pipeline.settings import Settings


def ld(value: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


ARTICLE = {
    "@type": "NewsArticle",
    "headline": "From data",
    "author": {"name": "Ada Oat"},
    "datePublished": "2026-01-02T03:04:05Z",
}
CASES = {
    "title-of-data": (ld(ARTICLE) + "<meta property='og:title' content='From graph'><title>From title</title>", "title", "From data"),
    "title-of-open-graph": ("<meta property='og:title' content='From graph'><h1>From h1</h1>", "title", "From graph"),
    "title-of-the-only-h1": ("<title>Ferry | The Quay</title><h1>Ferry at nine</h1>", "title", "Ferry at nine"),
    "title-without-site": ("<title>Ferry at nine | The Quay</title>", "title", "Ferry at nine"),
    "title-not-the-site-in-the-only-h1": ("<title>Ferry at nine | The Quay</title><h1>The Quay</h1><h2>Ferry at nine</h2>", "title", "Ferry at nine"),
    "title-that-the-site-is-named-after": ("<title>The Quay</title><h1>The Quay</h1>", "title", "The Quay"),
    "title-with-entities": ("<meta property='og:title' content='Tom &amp;amp; Ann'>", "title", "Tom & Ann"),
    "title-with-hyphen": ("<title>A well-known ferry</title>", "title", "A well-known ferry"),
    "case66-ansi-in-title": ("<title>\x1b[31mFerry</title>", "title", "[31mFerry"),
    "title-as-readers-see-it": (ld({**ARTICLE, "headline": "Ferry leaves at nine: timetable 2026"}) + "<h1>The ferry leaves at nine</h1>", "title", "The ferry leaves at nine"),
    "title-without-kicker": ("<meta property='og:title' content='The ferry leaves at nine'><h1>Harbour The ferry leaves at nine</h1>", "title", "The ferry leaves at nine"),
    "title-beside-the-name-of-the-site": ("<meta property='og:title' content='The ferry leaves at nine'><h1>The Quay Online</h1>", "title", "The ferry leaves at nine"),
    "title-in-a-broken-head": ("<head><div>x</div><meta property='og:title' content='From graph'><title>x</title></head>", "title", "From graph"),
    "title-with-half-a-character": ('<script type="application/ld+json">{"@type": "Article", "headline": "Ferry \\ud800"}</script>', "title", "Ferry"),
    "no-title": ("<p>a</p>", "title", ""),
    "author-of-data": (ld(ARTICLE), "authors", ("Ada Oat",)),
    "authors-of-data": (ld({"@graph": [{**ARTICLE, "author": [{"name": "Ada Oat"}, "Bo Rye", {"name": "Ada Oat"}]}]}), "authors", ("Ada Oat", "Bo Rye")),
    "author-by-id": (ld({"@graph": [{**ARTICLE, "author": {"@id": "#ada"}}, {"@type": "Person", "@id": "#ada", "name": "Ada Oat"}]}), "authors", ("Ada Oat",)),
    "author-of-the-article-before-the-page": (ld([{"@type": "WebPage", "author": "Bo Rye"}, ARTICLE]), "authors", ("Ada Oat",)),
    "author-is-the-site-but-a-person-signs": ("<meta property=og:site_name content='The Quay'><meta name=author content='The Quay'><h1>Ferry</h1><p>By Ada Oat</p>", "authors", ("Ada Oat",)),
    "author-is-the-site": ("<meta property=og:site_name content='The Quay'><meta name=author content='The Quay'><h1>Ferry</h1>", "authors", ("The Quay",)),
    "authors-of-a-paper": ("<meta name=citation_author content='Oat, Ada'><meta name=citation_author content='Rye, Bo'>", "authors", ("Oat, Ada", "Rye, Bo")),
    "author-of-a-cited-work": ("<p><meta itemprop=author content=''><b itemprop=name>x</b>", "authors", ()),
    "author-of-meta": ("<meta name=author content='By Ada Oat'>", "authors", ("Ada Oat",)),
    "author-that-is-an-address": ("<meta name=author content='https://e.example/ada'>", "authors", ()),
    "date-of-data": (ld(ARTICLE), "date", "2026-01-02T03:04:05Z"),
    "date-of-meta": ("<meta property='article:published_time' content='2026-01-02'>", "date", "2026-01-02"),
    "date-of-time": ("<time datetime='2026-01-02T03:04'>x</time>", "date", "2026-01-02T03:04"),
    "date-published-wins": (ld({**ARTICLE, "dateModified": "2026-05-05"}), "date", "2026-01-02T03:04:05Z"),
    "date-of-a-change-if-alone": (ld({"@type": "Article", "dateModified": "2026-05-05"}), "date", "2026-05-05"),
    "date-written-in-data": (ld({"@type": "Article", "datePublished": "Jan 2, 2026"}), "date", "2026-01-02"),
    "date-of-a-paper": ("<meta name=citation_date content='2026/01/02'>", "date", "2026-01-02"),
    "date-of-dublin-core": ("<meta name=DC.date.issued content='2026-01-02'>", "date", "2026-01-02"),
    "date-in-the-address": ("<link rel=canonical href='https://e.example/2026/01/02/a'>", "date", "2026-01-02"),
    "date-that-is-none": ("<meta name=date content='yesterday'><meta name=pubdate content='2026-13-45'>", "date", ""),
    "language": ("<html lang=de-AT><p>a", "language", "de"),
    "site": ("<meta property='og:site_name' content='The Quay'>", "site", "The Quay"),
    "publisher": (ld({**ARTICLE, "publisher": {"name": "Quay Press"}}), "site", "Quay Press"),
    "canonical": ("<link rel=canonical href='https://e.example/a'>", "canonical_url", "https://e.example/a"),
    "data-that-does-not-parse": ("<script type='application/ld+json'>{'a': </script><title>Ferry</title>", "title", "Ferry"),
    "data-of-another-shape": (ld([[], None, 3, {"@type": ["Thing"], "headline": 3}]) + "<title>Ferry</title>", "title", "Ferry"),
    "data-with-line-breaks": ('<script type="application/ld+json">{"@type": "Article", "headline": "Two\nlines"}</script>', "title", "Two lines"),
}  # fmt: skip


@pytest.mark.parametrize(("html", "name", "value"), CASES.values(), ids=CASES)
def test_metadata(html: str, name: str, value: object) -> None:
    assert getattr(metadata_of(segment_html(html, 10_000)[1]), name) == value


BODY = "The ferry leaves at nine, and whoever misses it waits for the next one.\n\n" * 12


def test_case57_an_article_only_in_data_is_read() -> None:
    page = ld({**ARTICLE, "articleBody": BODY}) + "<body><div id=app>Loading</div></body>"
    blocks = segment(Page("a", page.encode(), kind="html"), Settings()).blocks
    assert [block.path for block in blocks][1:] == ["script[ld+json]"] * 12
    assert [block.index for block in blocks] == list(range(13))


def test_case57_data_beside_an_article_is_not_read_again() -> None:
    page = ld({**ARTICLE, "articleBody": BODY}) + f"<body><p>{BODY}</p></body>"
    assert len(segment(Page("a", page.encode(), kind="html"), Settings()).blocks) == 1


def test_the_address_may_hold_the_day() -> None:
    assert metadata_of(Head(), "https://e.example/2026/01/02/a").date == "2026-01-02"


def test_a_page_is_not_younger_than_its_fetch() -> None:
    head = segment_html(ld(ARTICLE) + "<link rel=canonical href='https://e.example/2025/12/31/a'>", 100)[1]
    assert metadata_of(head, latest="2026-01-01").date == "2025-12-31"
    assert metadata_of(head, latest="2026-01-02T01:00:00").date == "2026-01-02T03:04:05Z"


def test_a_field_is_capped() -> None:
    assert len(metadata_of(segment_html(f"<title>{'a' * 9_000}</title>", 100)[1]).title) == 500


HOSTILE = {
    "deep-json": '<script type="application/ld+json">{"headline":' + "[" * 100_000 + "]" * 100_000 + "}</script>",
    "deep-authors": ld({"@type": "Article", "author": "x"}).replace('"x"', "[" * 900 + '"x"' + "]" * 900),
    "wrong-types": ld({"@type": {"a": 1}, "headline": 3, "author": [1, None, {"name": [1]}], "datePublished": [3], "@id": [1], "publisher": 5}),
    "many-objects": ld([{"@type": "Article", "headline": "a"}] * 20_000),
    "long-attributes": f"<meta property=og:title content='{'a' * 1_000_000}'><h1 class='{'author ' * 100_000}'>x</h1>",
    "many-metas": "<meta name=author content='Ada Oat'>" * 100_000,
    "many-headlines": "<h1>a</h1>" * 50_000,
    "many-times": "<h1>a</h1>" + "<time datetime=2026-01-02>x</time>" * 50_000,
    "many-authors": "<h1>a</h1><time datetime=2026-01-02></time>" + "<a class=author rel=author>A B</a>" * 50_000,
    "nested-authors": "<h1>a</h1><time datetime=2026-01-02></time>" + "<div class=author>" * 20_000,
    "nested-microdata": "<h1>a</h1>" + "<b itemprop=author><i>" * 20_000,
    "nearly-dates": "<h1>a</h1>" + ("<p>" + "1.1." * 20 + "<p>" + "12 " * 26 + "<p>" + "by " * 26) * 1_000,
}  # fmt: skip


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE)
def test_hostile_pages_cost_little(html: str) -> None:
    tree = LexborHTMLParser(html)
    start = time.process_time()
    found = metadata_of(read_head(tree))
    assert time.process_time() - start < 2
    assert len(found.title) <= 500
    assert len(found.authors) <= 20
