"""Links of a page: those of a listing page to its articles, and what its head declares.

beautifulsoup4 builds no tree here but of the few elements that matter. Links that the page asks not to be followed
(`rel=nofollow`, or `<meta name=robots content=nofollow>` for all of them) are passed over and counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pipeline.acquire.web.discovery.feeds import gather_feeds
from pipeline.acquire.web.discovery.gather import Discovery, Gather
from pipeline.acquire.web.discovery.urls import UnfitAddress, canonical, resolve

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

MOST_BYTES = 5_000_000
"""Bytes of a page whose links are read; what lies behind is named as trouble."""
_HEAD = 65_536  # bytes of a page in which it says what it is
MOST_LINKS = 5_000
"""Links of one page."""


def read_links(data: bytes, url: str, now: datetime, charset: str = "", *, other_sites: bool = False) -> Discovery:
    """The pages that a listing page links to, in its order, each once and never itself.

    `title` is the text of the link. Addresses of other registrable domains are passed over unless `other_sites`.
    Whatever comes: no exception.
    """
    soup = _soup(data, charset)
    gather = Gather(url, now, _base(soup, url), other_sites=other_sites, most=MOST_LINKS)
    gather.leave_out(url, "itself")
    if "nofollow" in _robots(soup):
        gather.passed_over["nofollow"] += sum(1 for _ in _anchors(soup))
    else:
        for anchor in _anchors(soup):
            if "nofollow" in _words(anchor, "rel"):
                gather.passed_over["nofollow"] += 1
            else:
                gather.add(_value(anchor, "href"), anchor.get_text(" ") or _value(anchor, "title"))
    cut = f"larger than {MOST_BYTES:,} bytes; links behind them were not read"
    return gather.discovery(cut if len(data) > MOST_BYTES else "")


def read_feed_links(data: bytes, url: str, now: datetime, charset: str = "") -> Discovery:
    """The feeds that a page declares with `<link rel=alternate>`, in its order; those of other sites too."""
    soup = _soup(data, charset)
    links = [link for link in soup.find_all("link", limit=MOST_LINKS) if "alternate" in _words(link, "rel")]
    gather = Gather(url, now, _base(soup, url), other_sites=True, most=100)
    return gather_feeds(((_value(link, "type"), _value(link, "href")) for link in links), gather)


def read_canonical(data: bytes, url: str) -> str:
    """The address that a page declares to be its own, if that can be believed (`urls.canonical`); else `url`.

    Only the beginning of the page is looked at, by our own parser: every page that is fetched is asked this.
    """
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 - heavy

    head = LexborHTMLParser(data[:_HEAD].decode("utf-8", "replace"))
    base = next((node.attributes.get("href") or "" for node in head.css("base[href]")), "")
    for link in head.css("link[rel~=canonical i]"):
        try:
            return canonical(url, resolve(link.attributes.get("href") or "", resolve(base, url) if base else url))
        except UnfitAddress:
            return url
    return url


def _soup(data: bytes, charset: str) -> BeautifulSoup:
    """The links, base and robots of a page, without all the rest.

    The reader behind beautifulsoup4 takes minutes over some broken pages, so our own parser mends them first.
    """
    from bs4 import BeautifulSoup  # noqa: PLC0415 - heavy
    from bs4.dammit import UnicodeDammit  # noqa: PLC0415 - likewise
    from bs4.filter import SoupStrainer  # noqa: PLC0415 - likewise
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 - likewise

    text = UnicodeDammit(data[:MOST_BYTES], [charset] if charset else [], is_html=True).unicode_markup
    mended = LexborHTMLParser(text or data[:MOST_BYTES].decode("utf-8", "replace")).html or ""
    return BeautifulSoup(mended, "html.parser", parse_only=SoupStrainer(["a", "area", "base", "link", "meta"]))


def _base(soup: BeautifulSoup, url: str) -> str:
    """What relative links start from: the first `<base href>` that makes sense, else the page itself."""
    for base in soup.find_all("base", href=True, limit=1):
        try:
            return resolve(_value(base, "href"), url)
        except UnfitAddress:
            break
    return url


def _anchors(soup: BeautifulSoup) -> Iterator[Any]:
    return iter(soup.find_all(["a", "area"], href=True, limit=4 * MOST_LINKS))


def _robots(soup: BeautifulSoup) -> set[str]:
    """What a page asks of all robots."""
    wishes = [meta for meta in soup.find_all("meta", limit=MOST_LINKS) if _value(meta, "name").lower() == "robots"]
    words = {word.strip() for meta in wishes for word in _value(meta, "content").lower().split(",")}
    return words | ({"nofollow"} if "none" in words else set())


def _words(tag: Any, attribute: str) -> list[str]:
    return _value(tag, attribute).lower().split()


def _value(tag: Any, attribute: str) -> str:
    """The value of an attribute as written; "" if there is none."""
    value = tag.get(attribute) or ""
    return " ".join(value) if isinstance(value, list) else str(value)
