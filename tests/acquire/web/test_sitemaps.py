"""Sitemaps: pages and further sitemaps, however they are wrapped; hostile ones cost little and are told."""

from __future__ import annotations

import gzip
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.acquire.web.discovery.gather import MOST
from pipeline.acquire.web.discovery.sitemaps import DEEPEST, MOST_BYTES, MOST_SITEMAPS, Walk, read_sitemap

URL = "https://harbour.test/sitemap.xml"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = datetime(2026, 11, 21, tzinfo=UTC)
NAMES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
PAGE = "<url><loc>https://harbour.test/ferry</loc><lastmod>2026-11-21</lastmod></url>"
SECONDS = 20.0  # on a busy machine


def urlset(entries: str, head: str = "") -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>{head}<urlset {NAMES}>{entries}</urlset>'.encode()


def index(*names: str, modified: str = "") -> bytes:
    date = f"<lastmod>{modified}</lastmod>" if modified else ""
    entries = "".join(f"<sitemap><loc>https://harbour.test/{name}</loc>{date}</sitemap>" for name in names)
    return f"<sitemapindex {NAMES}>{entries}</sitemapindex>".encode()


FORMS = {
    "plain": urlset(PAGE),
    "packed": gzip.compress(urlset(PAGE)),
    "packed-in-two-members": gzip.compress(urlset(PAGE)[:50]) + gzip.compress(urlset(PAGE)[50:]),
    "byte-order-mark": b"\xef\xbb\xbf" + urlset(PAGE),
    "utf-16": urlset(PAGE).decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    "no-namespace": b"<urlset>" + PAGE.encode() + b"</urlset>",
    "wrong-namespace": urlset(PAGE).replace(b"www.sitemaps.org", b"www.google.com"),
    "prefixed": (
        f'<s:urlset xmlns:s="x">{PAGE}</s:urlset>'.replace("<url", "<s:url").replace("</url>", "</s:url>")
        .replace("<s:s:", "<s:").replace("loc>", "s:loc>").replace("</s:", "</s:").replace("lastmod>", "s:lastmod>")
        .replace("<s:urlset xmlns", "<s:urlset xmlns").encode()
    ),
    "spaces": urlset(PAGE.replace("<loc>", "<loc>\n   ").replace("</loc>", "  </loc>")),
    "cdata": urlset(PAGE.replace("<loc>", "<loc><![CDATA[").replace("</loc>", "]]></loc>")),
    "comments": urlset("<!-- one -->" + PAGE.replace("<loc>", "<loc><!-- two -->")),
    "images": urlset(
        PAGE.replace("</url>", '<i:image xmlns:i="i"><i:loc>https://harbour.test/a.jpg</i:loc></i:image></url>')
    ),
    "alternates": urlset(
        PAGE.replace("</url>", '<x:link xmlns:x="x" rel="alternate" hreflang="de" href="https://harbour.test/de"/></url>')
    ),
    "unescaped-ampersand": urlset("<url><image>a & b</image></url>".replace("<url>", PAGE.replace("</url>", ""))),
    "without-scheme": urlset(PAGE.replace("https://harbour.test", "")),
}  # fmt: skip


@pytest.mark.parametrize("data", FORMS.values(), ids=FORMS)
def test_every_form(data: bytes) -> None:
    discovery = read_sitemap(data, URL, NOW)
    assert [(found.url, found.modified) for found in discovery.pages] == [("https://harbour.test/ferry", DAY)]
    assert discovery.children == ()


def test_news() -> None:
    news = (
        '<url><loc>/ferry</loc><n:news xmlns:n="n"><n:publication><n:name>Harbour</n:name></n:publication>'
        "<n:publication_date>2026-11-21</n:publication_date><n:title>Ferry &amp; tide</n:title></n:news></url>"
    )
    (found,) = read_sitemap(urlset(news), URL, NOW).pages
    assert (found.title, found.modified) == ("Ferry & tide", DAY)


def test_index() -> None:
    discovery = read_sitemap(index("a.xml", "b.xml.gz", "a.xml", modified="2026-11-21"), URL, NOW)
    assert [child.url for child in discovery.children] == [
        "https://harbour.test/a.xml",
        "https://harbour.test/b.xml.gz",
    ]
    assert discovery.children[0].modified == DAY
    assert (discovery.pages, discovery.passed_over) == ((), {"there already": 1})


def test_text() -> None:
    data = b"https://harbour.test/a\r\n\r\nhttps://harbour.test/b\nnot this\nhttps://quay.test/"
    discovery = read_sitemap(data, URL, NOW)
    assert [found.url for found in discovery.pages] == ["https://harbour.test/a", "https://harbour.test/b"]
    assert discovery.passed_over == {"not an address": 1, "another site": 1}


def test_robots_name_sitemaps() -> None:
    data = b"\xef\xbb\xbfUser-agent: *\nDisallow: /x\nSITEMAP : /a.xml # first\nSitemap:https://harbour.test/b.xml\n"
    children = read_sitemap(data, "https://harbour.test/robots.txt", NOW).children
    assert [child.url for child in children] == ["https://harbour.test/a.xml", "https://harbour.test/b.xml"]


def test_a_feed_may_serve_as_sitemap() -> None:
    data = b"<rss version='2.0'><channel><item><title>Ferry</title><link>/ferry</link></item></channel></rss>"
    assert [found.title for found in read_sitemap(data, URL, NOW).pages] == ["Ferry"]


NO_SITEMAPS = {
    "empty": (b"", "empty"),
    "blank": (b" \n ", "empty"),
    "html": (b"<!doctype html><title>Not found</title>", "page of HTML"),
    "other-xml": (b"<note><loc>https://harbour.test/a</loc></note>", "root <note>"),
    "prose": (b"There is nothing here.", "no sitemap"),
    "binary": (bytes(range(256)) * 10, "no sitemap"),
    "gzip-cut": (gzip.compress(urlset(PAGE))[:50], "cannot be unpacked"),
    "gzip-bomb": (gzip.compress(b" " * (MOST_BYTES + 1), 1), "larger than"),
    "nested": (b"<urlset>" + b"<url>" * 100_000, "damaged"),
    "open-tags": (b"<urlset>" + b"<a " * 500_000, "damaged"),
    "cut-at-once": (b"<urlset", "damaged"),
}


@pytest.mark.parametrize(("data", "words"), NO_SITEMAPS.values(), ids=NO_SITEMAPS)
def test_what_is_no_sitemap_is_told(data: bytes, words: str) -> None:
    begun = time.process_time()
    discovery = read_sitemap(data, URL, NOW)
    assert time.process_time() - begun < SECONDS
    assert (discovery.pages, discovery.children) == ((), ())
    assert words in discovery.trouble


LOL = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(12))
BOMBS = {
    "billion-laughs": (f"<!DOCTYPE x [{LOL}]>", "&l11;"),
    "quadratic": (f'<!DOCTYPE x [<!ENTITY a "{"x" * 100_000}">]>', "&a;" * 50_000),
    "outside-file": ("<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>", "&a;"),
    "outside-network": ("<!DOCTYPE x [<!ENTITY a SYSTEM 'http://127.0.0.1:9/x'>]>", "&a;"),
    "outside-dtd": ("<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/x.dtd'>", "&a;"),
    "parameter-entity": ("<!DOCTYPE x [<!ENTITY % a SYSTEM 'file:///etc/passwd'> %a;]>", ""),
}


@pytest.mark.parametrize(
    "where", ["<url><loc>/x{}</loc></url>", "<url a='{}'><loc>/x</loc></url>"], ids=["text", "attribute"]
)
@pytest.mark.parametrize(("head", "reference"), BOMBS.values(), ids=BOMBS)
def test_entities_blow_nothing_up_and_reach_nothing(head: str, reference: str, where: str) -> None:
    begun = time.process_time()
    discovery = read_sitemap(urlset(where.format(reference) + PAGE, head), URL, NOW)
    assert time.process_time() - begun < SECONDS
    assert {found.url for found in discovery.pages} <= {"https://harbour.test/x", "https://harbour.test/ferry"}
    assert discovery.pages or "damaged" in discovery.trouble


def test_a_sitemap_that_breaks_off_gives_what_came() -> None:
    data = urlset("".join(f"<url><loc>/{n}</loc></url>" for n in range(10)))
    discovery = read_sitemap(data[:250], URL, NOW)
    assert len(discovery.pages) > 2
    assert "damaged" in discovery.trouble


def test_more_pages_than_the_standard_allows() -> None:
    discovery = read_sitemap(urlset("".join(f"<url><loc>/{n}</loc></url>" for n in range(MOST + 10))), URL, NOW)
    assert len(discovery.pages) == MOST
    assert discovery.passed_over == {"beyond 50,000 addresses": 10}


def walk(files: dict[str, bytes], *starts: str, **options: object) -> tuple[Walk, list[str]]:
    """A walk through a site given as files; those missing are asked for and not there. And what was asked for."""
    way = Walk([f"https://harbour.test/{start}" for start in starts], **options)  # type: ignore[arg-type]
    asked = []
    while (url := way.next()) is not None:
        name = url.removeprefix("https://harbour.test/")
        asked.append(name)
        if name in files:
            way.read(url, files[name], NOW)
    return way, asked


def test_walk_from_index_to_pages() -> None:
    way, asked = walk({"i": index("a", "b"), "a": urlset(PAGE), "b": urlset(PAGE + "<url><loc>/b</loc></url>")}, "i")
    assert asked == ["i", "a", "b"]
    assert [found.url for found in way.pages] == ["https://harbour.test/ferry", "https://harbour.test/b"]
    assert way.troubles == {}


def test_walk_never_asks_twice() -> None:
    _, asked = walk({"i": index("i", "j"), "j": index("i", "j", "missing")}, "i", "i?utm_source=x", "j")
    assert asked == ["i", "j", "missing"]


def test_walk_goes_so_deep_and_no_deeper() -> None:
    way, asked = walk({str(n): index(str(n + 1)) for n in range(10)}, "0")
    assert asked == [str(n) for n in range(DEEPEST)]
    assert "deeper" in way.troubles[f"https://harbour.test/{DEEPEST}"]


def test_walk_asks_for_so_many_and_no_more() -> None:
    way, asked = walk({"i": index(*(f"s{n}" for n in range(MOST_SITEMAPS)))}, "i")
    assert len(asked) == MOST_SITEMAPS
    assert list(way.troubles.values()) == [f"not asked for: beyond {MOST_SITEMAPS} sitemaps"]


def test_walk_ends_when_enough_was_found() -> None:
    files = {"i": index("a", "b"), "a": urlset("<url><loc>/1</loc></url><url><loc>/2</loc></url>"), "b": urlset(PAGE)}
    way, asked = walk(files, "i", most_pages=1)
    assert asked == ["i", "a"]
    assert len(way.pages) == 1


def test_walk_leaves_out_what_did_not_change_and_begins_with_the_newest() -> None:
    entries = "".join(
        f"<sitemap><loc>/{name}</loc><lastmod>2026-{month}-01</lastmod></sitemap>"
        for name, month in (("old", "01"), ("autumn", "09"), ("winter", "11"))
    )
    site = {"i": f"<sitemapindex>{entries}<sitemap><loc>/undated</loc></sitemap></sitemapindex>".encode()}
    _, asked = walk(site, "i", since=datetime(2026, 5, 1, tzinfo=UTC))
    assert asked == ["i", "winter", "autumn", "undated"]


def test_walk_notes_starts_that_cannot_be_asked() -> None:
    assert Walk(["javascript:x"]).troubles == {"javascript:x": "not asked for: javascript: is not http(s)"}


PIECES = st.sampled_from(
    ["<urlset>", "<url>", "</url>", "<loc>", "/a", "</loc>", "<sitemapindex>", "<sitemap>", "&a;", "<![CDATA[", "<!--",
     "\n", "https://harbour.test/x\n", "Sitemap: /s", "<?xml version='1.0'?>", "<!DOCTYPE x [", "]>", "\x00", "<rss>"]
)  # fmt: skip


@settings(max_examples=100)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_rubbish_is_told_and_never_raised(text: str) -> None:
    discovery = read_sitemap(text.encode(), URL, NOW)
    assert all(found.url.startswith("https://harbour.test/") for found in (*discovery.pages, *discovery.children))
