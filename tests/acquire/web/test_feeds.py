"""Feeds: every dialect gives its items; whatever else comes is told in a sentence, in bounded time."""

from __future__ import annotations

import gzip
import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.acquire.web.discovery.feeds import MOST_BYTES, MOST_ITEMS, read_feed
from pipeline.acquire.web.discovery.gather import moment, plain

URL = "https://harbour.test/feeds/news.xml"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = datetime(2026, 11, 22, 10, tzinfo=UTC)
SECONDS = 20.0  # on a busy machine; what these cases cost without caps is minutes


def rss(items: str, head: str = "") -> str:
    return f'<?xml version="1.0"?>{head}<rss version="2.0"><channel><title>Harbour</title>{items}</channel></rss>'


ITEM = "<item><title>Ferry</title><link>/ferry</link><pubDate>Sun, 22 Nov 2026 10:00:00 GMT</pubDate></item>"
FERRY = ("https://harbour.test/ferry", "Ferry", TODAY)
DIALECTS = {
    "rss": rss(ITEM),
    "rss-without-declaration": "<rss version='2.0'><channel>" + ITEM + "</channel></rss>",
    "spaces-before": "\n\n  " + rss(ITEM),
    "comment-before": "<!-- made by hand -->" + rss(ITEM),
    "atom": (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Ferry</title><link rel="self" href="/self"/>'
        '<link rel="alternate" href="/ferry"/><updated>2026-11-22T11:00:00+01:00</updated></entry></feed>'
    ),
    "atom-with-base": (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://harbour.test/"><entry><title>Ferry</title>'
        '<link href="ferry"/><updated>2026-11-22T10:00:00Z</updated></entry></feed>'
    ),
    "rdf": (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><item rdf:about="/ferry"><title>Ferry</title><link>/ferry</link>'
        "<dc:date>2026-11-22T10:00:00Z</dc:date></item></rdf:RDF>"
    ),
    "json": json.dumps({
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{"id": "1", "url": "/ferry", "title": "Ferry", "date_published": "2026-11-22T10:00:00Z"}],
    }),
    "only-a-guid": rss(ITEM.replace("<link>/ferry</link>", "<guid>https://harbour.test/ferry</guid>")),
    "title-of-html": rss(ITEM.replace("Ferry", "&lt;b&gt;Ferry&lt;/b&gt;", 1)),
    "title-over-lines": rss(ITEM.replace("Ferry", "\n   Ferry\n", 1)),
    "bare-ampersand": rss(ITEM.replace("</item>", "<description>a & b</description></item>")),
}  # fmt: skip


@pytest.mark.parametrize("text", DIALECTS.values(), ids=DIALECTS)
def test_every_dialect(text: str) -> None:
    discovery = read_feed(text.encode(), URL, NOW)
    assert [(found.url, found.title, found.modified) for found in discovery.pages] == [FERRY]
    assert discovery.pages[0].found_in == URL


ENCODED = {
    "utf-8-mark": (b"\xef\xbb\xbf" + rss(ITEM).encode(), ""),
    "utf-16": (rss(ITEM).replace('"1.0"', '"1.0" encoding="utf-16"').encode("utf-16"), ""),
    "declared": (rss(ITEM).replace('"1.0"', '"1.0" encoding="shift_jis"').encode("shift_jis"), ""),
    "said-by-the-server": (rss(ITEM).encode("koi8-r"), "koi8-r"),
    "unknown-label": (rss(ITEM).encode(), "x-nonsense"),
    "no-charset-but-a-codec": (rss(ITEM).encode(), "idna"),
    "declared-wrongly": (rss(ITEM).replace('"1.0"', '"1.0" encoding="utf-16"').encode(), ""),
    "gzip": (gzip.compress(rss(ITEM).encode()), ""),
}


@pytest.mark.parametrize(("data", "charset"), ENCODED.values(), ids=ENCODED)
def test_every_encoding(data: bytes, charset: str) -> None:
    if data.startswith(b"<?xml") and b'encoding="utf-16"' in data[:60]:
        assert read_feed(data, URL, NOW, charset).trouble  # believed, as the standard wants; said, not raised
    else:
        assert [found.url for found in read_feed(data, URL, NOW, charset).pages] == [FERRY[0]]


NO_FEEDS = {
    "empty": (b"", "empty"),
    "blank": (b"\xef\xbb\xbf  \n", "empty"),
    "html": (b"<!DOCTYPE html><html><head><title>News</title></head><body>No feed here", "page of HTML"),
    "html-behind-a-comment": (b"<!-- saved --><html><body>", "page of HTML"),
    "path-of-a-file": (b"/etc/passwd", "not well-formed"),
    "address": (b"https://harbour.test/other.xml", "not well-formed"),
    "other-xml": (b"<note><to>you</to></note>", "no feed"),
    "other-json": (b'{"items": []}', "no JSON Feed"),
    "json-list": (b"[1, 2]", "no JSON Feed"),
    "json-cut": (b'{"version": "https://jsonfeed.org/version/1", "items": [', "cannot be read"),
    "json-nested": (b"[" * 100_000, "cannot be read"),
    "gzip-cut": (gzip.compress(rss(ITEM).encode())[:40], "cannot be unpacked"),
    "gzip-bomb": (gzip.compress(b" " * (MOST_BYTES + 1)), "larger than"),
    "too-large": (b" " * (MOST_BYTES + 1), "larger than"),
}


@pytest.mark.parametrize(("data", "words"), NO_FEEDS.values(), ids=NO_FEEDS)
def test_what_is_no_feed_is_told(data: bytes, words: str) -> None:
    discovery = read_feed(data, URL, NOW)
    assert discovery.pages == ()
    assert words in discovery.trouble


LOL = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(12))
HOSTILE = {
    "billion-laughs": (rss(ITEM.replace("Ferry", "&l11;", 1), f"<!DOCTYPE x [{LOL}]>"), "amplification"),
    "quadratic": (
        rss(ITEM.replace("Ferry", "&a;" * 50_000, 1), f'<!DOCTYPE x [<!ENTITY a "{"x" * 100_000}">]>'),
        "amplification",
    ),
    "attributes": (rss("<item " + " ".join(f"a{n}='x'" for n in range(50_000)) + "/>"), "50,000 attributes"),
    "nested": (rss("<item>" + "<a>" * 50_000 + "</a>" * 50_000 + "</item>"), "nested deeper"),
    "nested-items": (rss("<item>" * 50_000), "nested deeper"),
    "end-tags": (rss(ITEM + "</" * 500_000), "not well-formed"),
    "start-tags": (rss(ITEM + "<a " * 500_000), "not well-formed"),
    "ampersands": (rss(ITEM + "&" * 500_000), "not well-formed"),
    "comments": (rss(ITEM + "<!--" * 100_000), "not well-formed"),
    "attributes-after-damage": (
        rss("&" + ITEM + "<item " + " ".join(f"a{n}='x'" for n in range(50_000)) + ">"),
        "not well-formed",
    ),
}


@pytest.mark.parametrize(("text", "words"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_feeds_cost_little(text: str, words: str) -> None:
    begun = time.process_time()
    discovery = read_feed(text.encode(), URL, NOW)
    assert time.process_time() - begun < SECONDS
    assert words in discovery.trouble
    assert all(len(found.title) <= 300 for found in discovery.pages)


@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://127.0.0.1:9/x"], ids=["file", "network"])
@pytest.mark.parametrize("where", ["<!ENTITY x SYSTEM '{}'>", "<!ENTITY % x SYSTEM '{}'> %x;"], ids=["entity", "dtd"])
def test_nothing_outside_is_read(target: str, where: str) -> None:
    head = f"<!DOCTYPE x [{where.format(target)}]>"
    titles = [found.title for found in read_feed(rss(ITEM.replace("Ferry", "&x;", 1), head).encode(), URL, NOW).pages]
    assert titles in (["&x;"], [""])


def test_thirty_thousand_items() -> None:
    items = "".join(f"<item><title>{n}</title><link>/{n}</link></item>" for n in range(30_000))
    begun = time.process_time()
    discovery = read_feed(rss(items).encode(), URL, NOW)
    assert time.process_time() - begun < SECONDS
    assert [found.title for found in discovery.pages] == [str(n) for n in range(MOST_ITEMS)]
    assert discovery.trouble == "holds 30,000 items; the first 5,000 were read"


def test_as_many_items_as_allowed_are_no_trouble() -> None:
    items = "".join(f"<item><link>/{n}</link></item>" for n in range(MOST_ITEMS))
    discovery = read_feed(rss(items).encode(), URL, NOW)
    assert (len(discovery.pages), discovery.trouble) == (MOST_ITEMS, "")


def test_many_items_of_json() -> None:
    feed = {"version": "https://jsonfeed.org/version/1", "items": [{"url": f"/{n}"} for n in range(MOST_ITEMS + 1)]}
    discovery = read_feed(json.dumps(feed).encode(), URL, NOW)
    assert len(discovery.pages) == MOST_ITEMS
    assert "5,001 items" in discovery.trouble


LINKS = {
    "script": ("javascript:alert(1)", "javascript: is not http(s)"),
    "data": ("data:text/html,x", "data: is not http(s)"),
    "other-site": ("https://quay.test/a", "another site"),
    "twice": ("/ferry?utm_source=feed", "there already"),
    "password": ("https://me:secret@harbour.test/", "a user name or password in it"),
    "long": ("/" + "a" * 3000, "longer than 2048 bytes"),
}


@pytest.mark.parametrize(("link", "why"), LINKS.values(), ids=LINKS)
def test_links_that_are_passed_over_are_counted(link: str, why: str) -> None:
    discovery = read_feed(rss(ITEM + f"<item><link>{link}</link></item>").encode(), URL, NOW)
    assert [found.url for found in discovery.pages] == [FERRY[0]]
    assert discovery.passed_over == {why: 1}


def test_an_item_without_link_is_counted() -> None:
    assert read_feed(rss("<item><title>x</title></item>").encode(), URL, NOW).passed_over == {"no link": 1}


def test_items_of_wrong_types_in_json() -> None:
    items = [4, None, {"url": 7}, {"url": ["x"], "title": {}}, {"external_url": "/ferry", "title": 3}]
    feed = {"version": "https://jsonfeed.org/version/1", "items": items}
    discovery = read_feed(json.dumps(feed).encode(), URL, NOW)
    assert [found.url for found in discovery.pages] == [FERRY[0]]
    assert discovery.passed_over == {"empty": 4}


def test_other_sites_if_asked() -> None:
    data = rss("<item><link>https://quay.test/a</link></item>").encode()
    assert [found.url for found in read_feed(data, URL, NOW, other_sites=True).pages] == ["https://quay.test/a"]


DATES = {
    "future": ("Sun, 22 Nov 2999 10:00:00 GMT", None),
    "tomorrow-somewhere": ("Mon, 23 Nov 2026 01:00:00 GMT", datetime(2026, 11, 23, 1, tzinfo=UTC)),
    "nonsense": ("yesterday", None),
    "beyond-the-calendar": ("Sun, 99 Nov 99999999 10:00:00 GMT", None),
}


@pytest.mark.parametrize(("date", "modified"), DATES.values(), ids=DATES)
def test_dates_are_believed_within_reason(date: str, modified: datetime | None) -> None:
    data = rss(ITEM.replace("Sun, 22 Nov 2026 10:00:00 GMT", date)).encode()
    assert read_feed(data, URL, NOW).pages[0].modified == modified


MOMENTS = {
    "year": ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
    "month": ("2026-11", datetime(2026, 11, 1, tzinfo=UTC)),
    "day": ("2026-11-22", datetime(2026, 11, 22, tzinfo=UTC)),
    "offset": ("2026-11-22T10:00+02:00", datetime(2026, 11, 22, 8, tzinfo=UTC)),
    "mail": ("Sun, 22 Nov 2026 10:00:00 +0200", datetime(2026, 11, 22, 8, tzinfo=UTC)),
    "before-the-first-year": ("0001-01-01T00:00:00+10:00", None),
    "empty": ("", None),
}


@pytest.mark.parametrize(("text", "value"), MOMENTS.values(), ids=MOMENTS)
def test_moments(text: str, value: datetime | None) -> None:
    assert moment(text) == value


@given(st.text(max_size=70))
def test_moments_never_raise(text: str) -> None:
    value = moment(text)
    assert value is None or value.tzinfo is UTC


@given(st.text(max_size=700))
def test_titles_are_short_lines(text: str) -> None:
    title = plain(text)
    assert len(title) <= 300
    assert title == "" or title.isprintable()


PIECES = st.sampled_from(
    ["<rss>", "<channel>", "<item>", "</item>", "<link>/a</link>", "<title>", "&", "<![CDATA[", "]]>", "<!--", "-->",
     "<entry>", '<link href="/b"/>', "\x00", "\ud7ff", "<?xml", "?>", "{", "[", '"items"', "x", "</rss>",
     "<!DOCTYPE x ["]
)  # fmt: skip


@settings(max_examples=60)
@given(st.lists(PIECES, max_size=25).map("".join), st.sampled_from(["", "utf-16", "latin-1"]))
def test_rubbish_is_told_and_never_raised(text: str, charset: str) -> None:
    discovery = read_feed(text.encode("utf-8", "replace"), URL, NOW, charset)
    assert discovery.pages or discovery.trouble or discovery.passed_over or "<" in text
    assert all(found.url.startswith("https://harbour.test/") for found in discovery.pages)
