"""Links of listing pages, and what the head of a page declares."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.acquire.web.discovery.links import MOST_BYTES, MOST_LINKS, read_canonical, read_feed_links, read_links

URL = "https://harbour.test/news/"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECONDS = 20.0  # on a busy machine


def found(html: str, **options: bool) -> list[str]:
    return [page.url for page in read_links(html.encode(), URL, NOW, **options).pages]


LINKS = {
    "in-order-once": ('<a href="b">B</a><a href="a">A</a><a href="b#more">more</a>', ["news/b", "news/a"]),
    "base": ('<base href="/old/"><a href="a">A</a>', ["old/a"]),
    "second-base-is-nothing": ('<base href="/old/"><base href="/new/"><a href="a">A</a>', ["old/a"]),
    "base-that-makes-no-sense": ('<base href="javascript:x"><a href="a">A</a>', ["news/a"]),
    "area": ('<map><area href="/a"></map>', ["a"]),
    "no-target": ("<a name=top>A</a><a href>B</a>", []),
    "nofollow": ('<a rel="nofollow ugc" href="/a">A</a><a href="/b">B</a>', ["b"]),
    "nofollow-for-all": ('<meta name="ROBOTS" content="noindex, nofollow"><a href="/a">A</a>', []),
    "none": ('<meta name="robots" content="none"><a href="/a">A</a>', []),
    "follow": ('<meta name="robots" content="index, follow"><a href="/a">A</a>', ["a"]),
    "itself": ('<a href="">top</a><a href="/news/?utm_source=x">again</a><a href="/a">A</a>', ["a"]),
    "other-site": ('<a href="https://quay.test/">Q</a><a href="https://www.harbour.test/a">A</a>', ["www"]),
    "scripts": ('<a href="javascript:x">S</a><a href="data:,x">D</a><a href="/a">A</a>', ["a"]),
    "in-a-comment": ('<!-- <a href="/a">A</a> --><a href="/b">B</a>', ["b"]),
    "in-a-script": ('<script>"<a href=/a>A</a>"</script><a href="/b">B</a>', ["b"]),
    "unclosed": ('<a href="/a">A<a href="/b">B<p><a href="/c">C', ["a", "b", "c"]),
    "capitals-without-quotes": ("<A HREF=/a>A</A>", ["a"]),
}  # fmt: skip


@pytest.mark.parametrize(("html", "paths"), LINKS.values(), ids=LINKS)
def test_links(html: str, paths: list[str]) -> None:
    expected = ["https://www.harbour.test/a" if path == "www" else f"https://harbour.test/{path}" for path in paths]
    assert found(html) == expected


def test_what_is_passed_over_is_counted() -> None:
    html = (
        b'<a href="#top">x</a><a rel=nofollow href="/a">A</a><a href="https://quay.test/">Q</a>'
        b'<a href="javascript:x">S</a>'
    )
    assert read_links(html, URL, NOW).passed_over == {
        "itself": 1, "nofollow": 1, "another site": 1, "javascript: is not http(s)": 1,
    }  # fmt: skip


def test_titles_are_the_words_of_the_link() -> None:
    html = '<a href="/a">The <b>ferry</b>\n sails</a><a href="/b" title="Tide"><img src="x"></a>'.encode("utf-16")
    assert [page.title for page in read_links(html, URL, NOW).pages] == ["The ferry sails", "Tide"]


def test_titles_in_the_charset_of_the_server() -> None:
    (page,) = read_links('<a href="/a">Паром</a>'.encode("windows-1251"), URL, NOW, "windows-1251").pages
    assert page.title == "Паром"


def test_other_sites_if_asked() -> None:
    assert found('<a href="https://quay.test/">Q</a>', other_sites=True) == ["https://quay.test/"]


HOSTILE = {
    "many-links": "".join(f'<a href="/{n}">{n}</a>' for n in range(MOST_LINKS + 100)),
    "nested": "<a href=/a>" * 20_000,
    "deep": "<div>" * 20_000 + "<a href=/a>A</a>",
    "attributes": "<a " + " ".join(f"a{n}=x" for n in range(20_000)) + " href=/a>A</a>",
    "open-tags": "<a " * 200_000,
    "open-comment": "<a href=/a>A</a><!--" * 20_000,
    "open-quote": "<a href='" * 20_000,
    "declarations": "<![" * 100_000,
    "metas": "<meta name=robots content=nofollo>" * 20_000,
}


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE)
def test_hostile_pages_cost_little(html: str) -> None:
    begun = time.process_time()
    discovery = read_links(html.encode(), URL, NOW)
    assert time.process_time() - begun < SECONDS
    assert len(discovery.pages) <= MOST_LINKS
    assert all(page.url.startswith("https://harbour.test/") for page in discovery.pages)


def test_a_page_beyond_the_cap_says_so() -> None:
    discovery = read_links(b"<a href=/a>A</a>" + b" " * MOST_BYTES, URL, NOW)
    assert (len(discovery.pages), "were not read" in discovery.trouble) == (1, True)


FEEDS = (
    '<link rel="alternate" type="application/rss+xml" href="/feed">'
    '<link rel="alternate" type="Application/Atom+XML; charset=utf-8" href="https://feeds.test/harbour">'
    '<link rel="alternate" type="application/feed+json" href="/feed.json">'
    '<link rel="alternate" type="application/rss+xml" href="javascript:x">'
    '<link rel="alternate" hreflang="de" href="/de"><link rel="stylesheet" type="text/css" href="/s.css">'
    '<link type="application/rss+xml" href="/not-said-to-be-one">'
)


def test_feeds_that_a_page_declares() -> None:
    pages = read_feed_links(FEEDS.encode(), URL, NOW).pages
    assert [page.url for page in pages] == [
        "https://harbour.test/feed", "https://feeds.test/harbour", "https://harbour.test/feed.json",
    ]  # fmt: skip


CANONICAL = {
    "own": ('<link rel="canonical" href="/news/today">', "https://harbour.test/news/today"),
    "with-base": ('<base href="/old/"><link rel=canonical href="today">', "https://harbour.test/old/today"),
    "other-site": ('<link rel="canonical" href="https://evil.test/">', URL),
    "front-page": ('<link rel="canonical" href="/">', URL),
    "script": ('<link rel="canonical" href="javascript:x">', URL),
    "none": ("<p>", URL),
    "first-of-two": ('<link rel=canonical href="/a"><link rel=canonical href="/b">', "https://harbour.test/a"),
}


@pytest.mark.parametrize(("html", "address"), CANONICAL.values(), ids=CANONICAL)
def test_canonical(html: str, address: str) -> None:
    assert read_canonical(html.encode(), URL) == address


PIECES = st.sampled_from(
    ["<a href=", "'/a'", ">", "</a>", "<base href=x>", "<meta", " name=robots", "<!--", "<![CDATA[", "<script>", "\x00",
     "&amp;", "javascript:", "<", "<a", "href", "=", '"', "<link rel=canonical href=", "<!", "<?", "</"]
)  # fmt: skip


@settings(max_examples=100)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_rubbish_never_raises(text: str) -> None:
    data = text.encode()
    assert all(page.url.startswith("https://harbour.test/") for page in read_links(data, URL, NOW).pages)
    assert read_canonical(data, URL).startswith("https://harbour.test/")
    assert read_feed_links(data, URL, NOW).trouble == ""
