"""Feeds: RSS, Atom, RDF and JSON Feed, from bytes that were fetched, to the addresses of their items.

feedparser reads the XML, for it knows every dialect that was ever in use. It is given bytes and never an address, so it
cannot fetch; what it would clean of HTML is of no use here, so it does not.

Observation: its time per item is a tenth of a millisecond, but per element it is quadratic in the attributes: half a
megabyte of them took 38 seconds. So expat (in C, and linear) walks through first, refuses what no feed has, and cuts
a feed off behind its first items; most feeds are newest first.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import json
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from xml.parsers import expat

from pipeline.acquire.web.discovery.gather import Discovery, Gather, UnfitPlace, moment, unpacked

MOST_ITEMS = 5_000
"""Items of one feed that are read."""
MOST_BYTES = 8_000_000
"""Bytes of one feed, unpacked."""
_MOST_BROKEN = 500_000  # bytes; for XML that is broken, feedparser falls back to a reader that is slower still
_DEEPEST = 200  # elements within elements
_WIDEST = 100  # attributes
_ITEMS = frozenset(("item", "entry"))
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["'][^>]{0,200}?\?>""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,400}\?>\s*")
_COMMENTS = re.compile(r"^(?:\s*<!--.*?-->)+\s*", re.DOTALL)
_HTML = re.compile(r"(?i)<(?:!doctype\s+html|html|head|body)\b")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_NO_CHARSETS = frozenset("idna punycode unicode_escape raw_unicode_escape undefined unicode-escape".split())
_FEED_TYPES = frozenset(("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"))


def read_feed(data: bytes, url: str, now: datetime, charset: str = "", *, other_sites: bool = False) -> Discovery:
    """The items of a feed as pages, in its order; relative links start from `url`.

    Links to other registrable domains are passed over unless `other_sites`. `charset` is what the server declared.
    Whatever comes: no exception; `trouble` says what was wrong with the feed as a whole.
    """
    gather = Gather(url, now, other_sites=other_sites, most=MOST_ITEMS)
    try:
        text = _text(data, charset)
        trouble = _read_json(text, gather) if text[:1] in ("{", "[") else _read_xml(text, gather)
    except UnfitPlace as why:
        trouble = str(why)
    return gather.discovery(trouble)


def _text(data: bytes, charset: str) -> str:
    """The characters of a feed, without byte order mark and XML declaration (which would now be wrong)."""
    text = decoded(unpacked(data, MOST_BYTES), charset).lstrip("\ufeff \t\r\n")
    if not text:
        raise UnfitPlace("empty")
    return _DECLARATION.sub("", text)


def decoded(data: bytes, charset: str = "") -> str:
    """The characters of an XML file: by byte order mark, what the server says, or its own declaration; else UTF-8."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data.decode(name, "replace")
    declared = _DECLARED.match(data[:600])
    for name in (charset, declared[1].decode() if declared else ""):
        with contextlib.suppress(LookupError):  # unknown, or (as `zlib`) no encoding of characters
            if name and codecs.lookup(name).name not in _NO_CHARSETS:
                return data.decode(name, "replace")
    return data.decode("utf-8", "replace")


def _read_xml(text: str, gather: Gather) -> str:
    """Gather the items of XML; gives the trouble with it."""
    if looks_like_html(text):
        raise UnfitPlace("is a page of HTML, not a feed; `<link rel=alternate>` in it may name one")
    data, trouble = _walked(text.encode("utf-8", "replace"))
    import feedparser  # type: ignore[import-untyped,unused-ignore] # noqa: PLC0415 - heavy

    parsed = feedparser.parse(io.BytesIO(data), resolve_relative_uris=False, sanitize_html=False)
    if not parsed.entries and not parsed.get("version"):
        raise UnfitPlace(trouble or "is no feed: neither RSS nor Atom, RDF or JSON Feed")
    for entry in parsed.entries:
        link = _link(entry)
        if link:
            gather.add(
                link,
                str(entry.get("title") or ""),
                _date(entry["updated"] if "updated" in entry else entry.get("published")),
            )
        else:
            gather.passed_over["no link"] += 1
    return trouble


def looks_like_html(text: str) -> bool:
    """Whether what begins like this is a page of HTML, whatever its server calls it."""
    return bool(_HTML.match(_COMMENTS.sub("", text[:5000])))


def _link(entry: Any) -> str:
    """The address of an item: its link, or the first of its others that leads to a page."""
    if entry.get("link"):
        return str(entry.link)
    others = [link for link in entry.get("links", ()) if link.get("rel") in ("alternate", None)]
    return str(others[0].get("href") or "") if others else ""


def _date(text: object) -> datetime | None:
    return moment(text) if isinstance(text, str) else None


def _walked(data: bytes) -> tuple[bytes, str]:
    """XML that may be given to feedparser, cut behind its first `MOST_ITEMS` items; and the trouble seen on the way.

    Raises `UnfitPlace` for XML that is deeper or wider than any feed.
    """
    walk = _Walk()
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = walk.start
    parser.EndElementHandler = walk.end
    walk.position = lambda: parser.CurrentByteIndex
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        words = f"is not well-formed (line {error.lineno}: {expat.ErrorString(error.code)})"
        if len(data) > _MOST_BROKEN:
            words += f"; only its first {_MOST_BROKEN:,} bytes were read"
        return data[:_MOST_BROKEN], words
    if walk.cut:
        closing = "".join(f"</{name}>" for name in reversed(walk.open_there))
        cut = data[: walk.cut] + f"</{walk.item}>{closing}".encode()
        return cut, f"holds {walk.items:,} items; the first {MOST_ITEMS:,} were read"
    return data, ""


class _Walk:
    """What expat tells on its way through a feed: how many items there are, where the last one to be read ends."""

    def __init__(self) -> None:
        self.items = 0
        self.last = self.cut = 0  # where the end tag of the last item to read begins; `cut` if others follow
        self.item = ""
        self.open: list[str] = []
        self.open_there: tuple[str, ...] = ()
        self.position: Callable[[], int] = int  # replaced by the parser's

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element opens."""
        if len(attributes) > _WIDEST:
            raise UnfitPlace(f"has an element with {len(attributes):,} attributes, which no feed has")
        self.open.append(name)
        if len(self.open) > _DEEPEST:
            raise UnfitPlace(f"is nested deeper than {_DEEPEST} elements, which no feed is")

    def end(self, name: str) -> None:
        """An element closes."""
        self.open.pop()
        if name.rpartition(":")[2].lower() in _ITEMS:
            self.items += 1
            if self.items == MOST_ITEMS:
                self.item, self.open_there, self.last = name, tuple(self.open), self.position()
            elif self.items == MOST_ITEMS + 1:
                self.cut = self.last


def _read_json(text: str, gather: Gather) -> str:
    """Gather the items of a JSON Feed; gives the trouble with it."""
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnfitPlace(f"is JSON that cannot be read ({str(error)[:80]})") from None
    version = feed.get("version") if isinstance(feed, dict) else None
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(version, str) or "jsonfeed.org" not in version or not isinstance(items, list):
        raise UnfitPlace("is JSON, but no JSON Feed (its version names jsonfeed.org, its items are a list)")
    for item in items[:MOST_ITEMS]:
        entry = item if isinstance(item, dict) else {}
        link = next((entry[name] for name in ("url", "external_url", "id") if isinstance(entry.get(name), str)), "")
        title = entry.get("title")
        dates = (_date(entry.get(name)) for name in ("date_modified", "date_published"))
        gather.add(link, title if isinstance(title, str) else "", next((date for date in dates if date), None))
    return f"holds {len(items):,} items; the first {MOST_ITEMS:,} were read" if len(items) > MOST_ITEMS else ""


def is_feed_type(kind: str) -> bool:
    """Whether a media type, as `<link type>` or a Content-Type header has it, is that of a feed."""
    return kind.partition(";")[0].strip().lower() in _FEED_TYPES


def gather_feeds(links: Iterable[tuple[str, str]], gather: Gather) -> Discovery:
    """The feeds among (media type, address) pairs of a page."""
    for kind, address in links:
        if is_feed_type(kind):
            gather.add(address)
    return gather.discovery()
