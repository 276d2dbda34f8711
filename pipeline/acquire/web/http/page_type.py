"""Whether an answer is a page, and whether it sends its readers on: told by its bytes first, by its label second.

Observation: servers label PDF and JSON as `text/html`, and pages as nearly anything. So bytes that have a signature
are believed, a body that opens like HTML is a page under every label, and only for text that could be all kinds of
things (a script, a style sheet, a table) does the label decide.
"""

from __future__ import annotations

import re
from html import unescape
from typing import NamedTuple

from pipeline.acquire.sniff import binary_kind
from pipeline.acquire.web.values import Reply

_TEXTS = frozenset(
    "text/html application/xhtml+xml text/plain text/markdown text/x-markdown text/xml application/xml "
    "application/octet-stream binary/octet-stream application/unknown unknown/unknown content/unknown */*".split()
)
"""Labels under which a page may come: those of pages, and those that say nothing."""
_HEAD = 2_048
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|title)\b", re.IGNORECASE)
_XML_KINDS = (
    (re.compile(rb"<(?:rss|feed|rdf:RDF)[\s>]", re.IGNORECASE), "a feed"),
    (re.compile(rb"<(?:urlset|sitemapindex)[\s>]", re.IGNORECASE), "a sitemap"),
    (re.compile(rb"<svg[\s>]", re.IGNORECASE), "an SVG image"),
)
_JSON = re.compile(rb'\{\s*["}]|\[\s*[\[{"\]]')

_REFRESH_WITHIN = 32_768
_SHUT = ((b"<noscript", b"</noscript"), (b"<script", b"</script"), (b"<!--", b"-->"))
"""Where a meta refresh counts for nothing: what only browsers without scripts would follow mostly leads to a notice
that scripts are needed."""
_META = re.compile(rb"<meta\s[^>]{1,2000}>", re.IGNORECASE)
_IS_REFRESH = re.compile(rb"http-equiv\s*=\s*[\"']?\s*refresh\b", re.IGNORECASE)
_CONTENT = re.compile(rb"[\s\"'/]content\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
_TARGET = re.compile(r"\s*(\d{1,9})(?:\.\d*)?\s*[;,]?\s*(?:url\s*=)?\s*[\"']?([^\"']*)", re.IGNORECASE)


class Refresh(NamedTuple):
    """A page that sends its readers on: after how many seconds, and where to, as written there ("" is itself)."""

    seconds: int
    target: str


def not_a_page(reply: Reply) -> str:
    """What an answer is, in words, if it is no page of text; "" for one that is."""
    label = reply.header("content-type").partition(";")[0].strip().lower()
    start = reply.body[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    kind = binary_kind(reply.body[:65_536])
    if kind:
        return kind
    if _JSON.match(start) and reply.body[-64:].rstrip()[-1:] in b"}]":
        return "JSON data"
    if _HTML.search(start):
        return ""
    for pattern, words in _XML_KINDS:
        if start.startswith(b"<") and pattern.search(start):
            return words
    return "" if not label or label in _TEXTS or "/" not in label else f"labelled {label[:80]}"


def refresh(reply: Reply) -> Refresh | None:
    """The first meta refresh (or `Refresh` header) of a page; None without one."""
    said = reply.header("refresh") or _meta_refresh(reply.body[:_REFRESH_WITHIN])
    found = _TARGET.match(said) if said else None
    return Refresh(int(found[1]), found[2].strip()) if found else None


def _meta_refresh(head: bytes) -> str:
    """The content of a meta refresh, "" if there is none."""
    lower = head.lower()
    for tag in _META.finditer(head):
        content = _CONTENT.search(tag[0]) if _IS_REFRESH.search(tag[0]) else None
        if content and not _shut(lower, tag.start()):
            return unescape(next(group for group in content.groups() if group is not None).decode("utf-8", "replace"))
    return ""


def _shut(head: bytes, place: int) -> bool:
    """Whether a place lies within an element that counts for nothing."""
    return any(head.rfind(door, 0, place) > head.rfind(end, 0, place) for door, end in _SHUT)
