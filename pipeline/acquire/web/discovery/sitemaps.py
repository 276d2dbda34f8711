"""Sitemaps: XML, index, news and text, packed or not, from bytes that were fetched, to pages and further sitemaps.

The XML is read by lxml as a stream: no network, no entities, no huge trees, and every element is thrown away once it
was read, so that memory stays flat. Observation: sitemaps are often broken or cut, and hold foreign elements (images,
videos, alternates in other languages) with a `<loc>` of their own; only the one directly in a `<url>` is a page.

`Walk` goes from sitemap to sitemap within limits; it asks for nothing itself.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from pipeline.acquire.web.discovery.feeds import decoded, looks_like_html, read_feed
from pipeline.acquire.web.discovery.gather import MOST, Discovery, Gather, UnfitPlace, moment, unpacked
from pipeline.acquire.web.discovery.urls import UnfitAddress, key
from pipeline.acquire.web.values import Found

MOST_BYTES = 52_428_800
"""Bytes of one sitemap, unpacked: 50 MiB, as the standard has it."""
MOST_SITEMAPS = 500
"""Sitemaps of one site that are asked for in a run."""
DEEPEST = 3
"""How far an index may lead: an index (1) of indexes (2) of sitemaps (3)."""
_LONGEST = 4096  # characters of an element's text that are looked at
_FEEDS = frozenset(("rss", "feed", "RDF"))


def read_sitemap(data: bytes, url: str, now: datetime, *, other_sites: bool = False) -> Discovery:
    """What a sitemap names: `pages`, or the sitemaps of an index as `children`, in its order.

    Addresses of other registrable domains are passed over, as the standard wants, unless `other_sites`. A feed may
    serve as a sitemap, and so may a text with an address a line, or a robots.txt. Whatever comes: no exception;
    `trouble` says what was wrong.
    """
    pages = Gather(url, now, other_sites=other_sites)
    children = Gather(url, now, other_sites=other_sites, most=MOST_SITEMAPS)
    root = ""
    try:
        data, start = _unpacked(data)
        trouble, root = (
            _read_xml(data, pages, children) if start[:1] == "<" else (_read_text(data, pages, children), "")
        )
    except UnfitPlace as why:
        trouble = str(why)
    if root in _FEEDS:
        return read_feed(data, url, now, other_sites=other_sites)
    counted = pages.passed_over + children.passed_over
    return Discovery(pages.found(), children.found(), dict(counted), trouble)


def _unpacked(data: bytes) -> tuple[bytes, str]:
    """The bytes of a sitemap behind its gzip, if it is packed, and the characters that it begins with."""
    data = unpacked(data, MOST_BYTES)
    start = decoded(data[:5000]).lstrip("\ufeff \t\r\n")
    if not start:
        raise UnfitPlace("empty")
    if looks_like_html(start):
        raise UnfitPlace("is a page of HTML, not a sitemap")
    return data, start


def _read_text(data: bytes, pages: Gather, children: Gather) -> str:
    """Gather an address a line, or the `Sitemap:` lines of a robots.txt; gives the trouble with it."""
    for line in decoded(data).lstrip("\ufeff").splitlines():
        name, _, address = line[:_LONGEST].partition(":")
        if name.strip().lower() == "sitemap":
            children.add(address.partition(" #")[0])
        elif address.startswith("//"):
            pages.add(line[:_LONGEST])
        elif line.strip():
            pages.passed_over["not an address"] += 1
    found = len(pages) or len(children)
    return "" if found else "is no sitemap: neither XML nor a text with an address a line"


def _read_xml(data: bytes, pages: Gather, children: Gather) -> tuple[str, str]:
    """Gather the addresses of XML; gives the trouble with it, and the name of its root."""
    from lxml import etree  # type: ignore[import-untyped,unused-ignore] # noqa: PLC0415 - heavy

    stream = etree.iterparse(
        io.BytesIO(data), events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False,
        huge_tree=False, recover=True, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    root = ""
    try:
        for event, element in stream:
            name = _name(element)
            if not root:
                root = name
                if root not in ("urlset", "sitemapindex"):
                    return f"is XML with the root <{root[:40]}>, not a sitemap", root
            if event == "end" and name in ("url", "sitemap"):
                _entry(element, pages if name == "url" else children)
                _forget(element)
    except etree.XMLSyntaxError as error:
        return f"is damaged at line {error.lineno}: {error.msg}", root
    errors = stream.error_log
    return (f"is damaged at line {errors[0].line}: {errors[0].message[:120]}" if errors else ""), root


def _name(element: Any) -> str:
    """The name of an element, whatever its namespace: many sitemaps give a wrong one."""
    return str(element.tag).rpartition("}")[2]


def _entry(entry: Any, gather: Gather) -> None:
    """Gather a `<url>` or `<sitemap>`."""
    address = title = ""
    modified = None
    for name, text in _texts(entry):
        if name == "loc" and not address:
            address = text
        elif name == "lastmod":
            modified = moment(text) or modified
        elif name == "publication_date":
            modified = modified or moment(text)
        elif name == "title":
            title = title or text
    gather.add(address, title, modified)


def _texts(entry: Any) -> Iterator[tuple[str, str]]:
    """Name and text of what stands directly in an entry, or in its `<news:news>`."""
    for child in entry:
        name = _name(child)
        if name == "news":
            yield from ((_name(part), _text(part)) for part in child if _name(part) != "loc")
        elif name != "title":
            yield name, _text(child)


def _text(element: Any) -> str:
    return (element.text or "")[:_LONGEST].strip()


def _forget(element: Any) -> None:
    """Throw an element away, and what lies before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


class Walk:
    """The way through the sitemaps of a site: who comes next, and when it is enough.

        walk = Walk(starts)
        while (url := walk.next()) is not None:
            walk.read(url, ask(url), now)     # or nothing, where asking failed
        walk.pages, walk.troubles

    No sitemap is asked for twice (indexes may name each other), none deeper than `DEEPEST`, at most `most` in all.
    Sitemaps of an index that changed last come first; those that did not change since `since` are not asked for.
    """

    def __init__(
        self, starts: Sequence[str], since: datetime | None = None, *, other_sites: bool = False,
        most: int = MOST_SITEMAPS, most_pages: int = MOST,
    ) -> None:  # fmt: skip
        self.since = since
        self.other_sites = other_sites
        self.most = most
        self.most_pages = most_pages
        self.troubles: dict[str, str] = {}
        self._pages: dict[str, Found] = {}
        self._depth: dict[str, int] = {}
        self._waiting: deque[str] = deque()
        for start in starts:
            self._queue(start, 1)

    @property
    def pages(self) -> tuple[Found, ...]:
        """The pages found so far, each once."""
        return tuple(self._pages.values())

    def next(self) -> str | None:
        """The next sitemap to ask for; None when there is none, or enough was found."""
        enough = len(self._pages) >= self.most_pages
        return None if enough or not self._waiting else self._waiting.popleft()

    def read(self, url: str, data: bytes, now: datetime) -> Discovery:
        """Read a sitemap that was asked for, given by `next`."""
        discovery = read_sitemap(data, url, now, other_sites=self.other_sites)
        self.take(url, discovery)
        return discovery

    def take(self, url: str, discovery: Discovery) -> None:
        """Take what a sitemap (or a robots.txt among the starts) gave."""
        if discovery.trouble:
            self.troubles[url] = discovery.trouble
        for found in discovery.pages[: self.most_pages - len(self._pages)]:
            self._pages.setdefault(key(found.url), found)
        depth = self._depth.get(key(url), 1) + 1
        changed = [child for child in discovery.children if not self._unchanged(child)]
        for child in sorted(changed, key=_newest_first):
            if depth > DEEPEST:
                self.troubles[child.url] = f"not asked for: deeper than {DEEPEST} sitemaps"
            else:
                self._queue(child.url, depth)

    def _unchanged(self, child: Found) -> bool:
        return self.since is not None and child.modified is not None and child.modified < self.since

    def _queue(self, url: str, depth: int) -> None:
        try:
            identity = key(url)
        except UnfitAddress as why:
            self.troubles[url] = f"not asked for: {why}"
            return
        if identity in self._depth:
            return
        if len(self._depth) >= self.most:
            self.troubles[url] = f"not asked for: beyond {self.most} sitemaps"
            return
        self._depth[identity] = depth
        self._waiting.append(url)


def _newest_first(child: Found) -> float:
    return -child.modified.timestamp() if child.modified else 0.0
