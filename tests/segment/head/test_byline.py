"""Names and days near the headline, where the head of a page has none."""

# ruff: noqa: E501  # the cases are a table

from __future__ import annotations

import pytest

from pipeline.segment.head.metadata import metadata_of
from pipeline.segment.html import segment_html

PROSE = "<p>" + "The ferry leaves at nine, and whoever misses it waits for the next one. " * 4 + "</p>"
H = "<title>Ferry at nine | The Quay</title><h1>Ferry at nine</h1>"

AUTHORS = {
    "announced": (f"{H}<p>By Ada Oat</p>{PROSE}", ("Ada Oat",)),
    "announced-apart": (f"{H}<p>By <span>Ada Oat</span></p>{PROSE}", ("Ada Oat",)),
    "announced-and-dated": (f"{H}<p>von Ada Oat, 5. März 2024</p>{PROSE}", ("Ada Oat",)),
    "class": (f"{H}<div class=post-author>Ada Oat</div>{PROSE}", ("Ada Oat",)),
    "class-with-more-inside": (
        f"{H}<div class=byline><span>By</span> <a>Ada Oat</a><span>Chief of oats</span></div>{PROSE}",
        ("Ada Oat",),
    ),
    "class-in-camel-case": (f"{H}<b class=metaAuthorName>Ada Oat</b>{PROSE}", ("Ada Oat",)),
    "rel": (f"{H}<a rel=author href=/x>Ada Oat</a>{PROSE}", ("Ada Oat",)),
    "rel-before-the-headline": (
        f"<title>Ferry at nine</title><header><a rel=author>Ada Oat</a><h1>Ferry at nine</h1></header>{PROSE}",
        ("Ada Oat",),
    ),
    "page-of-an-author": (f"{H}<a href=/authors/ada-oat>Ada Oat</a>{PROSE}", ("Ada Oat",)),
    "several": (f"{H}<a class=author>Ada Oat</a>, <a class=author>Bo Rye</a>{PROSE}", ("Ada Oat", "Bo Rye")),
    "joined": (f"{H}<p class=byline>By <a>Ada Oat</a> and <a>Bo Rye</a></p>{PROSE}", ("Ada Oat", "Bo Rye")),
    "microdata": (
        f"{H}{PROSE}<span itemprop=author itemscope><meta itemprop=name content='Ada Oat'></span>",
        ("Ada Oat",),
    ),
    "microdata-first-of-a-thread": (
        f"{H}<i itemprop=author><a>rye_92</a> 6,063 3 bronze</i>{PROSE}<i itemprop=author>oat_7</i>",
        ("rye_92",),
    ),
    "user-of-a-thread": (f"{H}<a class=username>rye_92</a>{PROSE}", ("rye_92",)),
    "headline-in-h2": (
        "<title>Ferry at nine</title><h1>The Quay</h1><h1>News</h1><h2>Ferry at nine</h2><p>By Ada Oat</p>",
        ("Ada Oat",),
    ),
    "far-and-alone": (
        f"{H}<time datetime=2024-03-05></time>{PROSE * 9}<footer class=author-name>Ada Oat</footer>",
        ("Ada Oat",),
    ),
    "far-teasers-differ": (
        f"{H}<time datetime=2024-03-05></time>{PROSE}<i class=author>Ada Oat</i>{PROSE}<i class=author>Bo Rye</i>",
        (),
    ),
    "picture-of-an-author": (f"{H}<div class=author-avatar>Ada Oat</div>{PROSE}", ()),
    "after-prose-begins": (f"{H}{PROSE}<p>By Ada Oat</p>", ()),
    "prose-that-begins-like-one": (f"{H}<p>By the time the ferry came it was ten.</p>{PROSE}", ()),
    "button": (f"{H}<div class=author>Follow</div>{PROSE}", ()),
    "reading-time": (f"{H}<div class=byline>4 min read</div>{PROSE}", ()),
}
DATES = {
    "time": (f"{H}<time datetime=2024-03-05T09:08>x</time>{PROSE}", "2024-03-05T09:08"),
    "time-without-attribute": (f"{H}<time>March 5, 2024</time>{PROSE}", "2024-03-05"),
    "written": (f"{H}<p>5. März 2024</p>{PROSE}", "2024-03-05"),
    "published-and-updated": (f"{H}<p>Updated 7 March 2024</p><p>Published 5 March 2024</p>{PROSE}", "2024-03-05"),
    "label-apart": (f"{H}<p>Last updated:</p><p>7 March 2024</p><p>5 March 2024</p>{PROSE}", "2024-03-05"),
    "only-updated": (f"{H}<p>Aktualisiert: 07.03.2024</p>{PROSE}", "2024-03-07"),
    "time-of-a-change": (f"{H}<time class=updated datetime=2024-03-07></time><time class='published updated' datetime=2024-03-05></time>{PROSE}", "2024-03-05"),
    "microdata": (f"{H}{PROSE}<meta itemprop=dateModified content=2024-03-07><i itemprop=datePublished content=2024-03-05>", "2024-03-05"),
    "nearest": (f"<p>1 March 2024</p><div>{H}<p>5 March 2024</p></div>{PROSE}", "2024-03-05"),
    "american": (f"<html lang=en-US>{H}<p>03/05/2024</p>{PROSE}", "2024-03-05"),
    "american-by-locale": (f"<html lang=en><meta property=og:locale content=en_US>{H}<p>03/05/2024</p>{PROSE}", "2024-03-05"),
    "in-a-sentence": (f"{H}<p>Since 5 March 2024 no ferry has left the old quay again.</p>{PROSE}", ""),
    "in-prose": (f"{H}{PROSE}<p>5 March 2024</p>", ""),
    "far-and-alike": (f"{PROSE}<time datetime=2024-03-05></time><time datetime=2024-03-05></time>", "2024-03-05"),
    "far-teasers-differ": (f"{PROSE}<time datetime=2024-03-05></time><time datetime=2024-03-06></time>", ""),
}  # fmt: skip


@pytest.mark.parametrize(("html", "authors"), AUTHORS.values(), ids=AUTHORS)
def test_authors(html: str, authors: tuple[str, ...]) -> None:
    assert metadata_of(segment_html(html, 10_000)[1]).authors == authors


@pytest.mark.parametrize(("html", "date"), DATES.values(), ids=DATES)
def test_dates(html: str, date: str) -> None:
    assert metadata_of(segment_html(html, 10_000)[1]).date == date
