"""What a page says of itself, and which of its sayings wins."""

# ruff: noqa: E501  # the cases are a table

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeline.document import Page
from pipeline.segment import segment
from pipeline.segment.html import segment_html
from pipeline.segment.metadata import metadata_of
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
    "title-with-entities": ("<meta property='og:title' content='Tom &amp;amp; Ann'>", "title", "Tom & Ann"),
    "title-with-hyphen": ("<title>A well-known ferry</title>", "title", "A well-known ferry"),
    "case66-ansi-in-title": ("<title>\x1b[31mFerry</title>", "title", "[31mFerry"),
    "no-title": ("<p>a</p>", "title", ""),
    "author-of-data": (ld(ARTICLE), "authors", ("Ada Oat",)),
    "authors-of-data": (ld({"@graph": [{**ARTICLE, "author": [{"name": "Ada Oat"}, "Bo Rye", {"name": "Ada Oat"}]}]}), "authors", ("Ada Oat", "Bo Rye")),
    "author-of-meta": ("<meta name=author content='By Ada Oat'>", "authors", ("Ada Oat",)),
    "author-that-is-an-address": ("<meta name=author content='https://e.example/ada'>", "authors", ()),
    "date-of-data": (ld(ARTICLE), "date", "2026-01-02T03:04:05Z"),
    "date-of-meta": ("<meta property='article:published_time' content='2026-01-02'>", "date", "2026-01-02"),
    "date-of-time": ("<time datetime='2026-01-02T03:04'>x</time>", "date", "2026-01-02T03:04"),
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


def test_a_field_is_capped() -> None:
    assert len(metadata_of(segment_html(f"<title>{'a' * 9_000}</title>", 100)[1]).title) == 500
