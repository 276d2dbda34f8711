"""What a page says of itself: JSON-LD, Open Graph, meta, `<title>`, `<time>`. Read before anything is stripped.

Here are only readings; which one wins is one short order per field in `metadata_of`. Nothing here may fail: a page's
own words are hints of a stranger.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pipeline.document import Metadata
from pipeline.segment.normalise import normalise

_ARTICLES = re.compile(r"(?i)article|posting|report|page|product|recipe|question|howto|video")
_DATE = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})?)?")
_TITLE_TAIL = re.compile(r"\s+[|–—·•»-]\s+[^|–—·•»]{2,40}$")
_AUTHOR_PREFIX = re.compile(r"(?i)^(?:by|von|par|por|di|door|od|af|av)\s+")
_JSON_CAP = 2_000_000
_FIELD_CAP = 500


@dataclass(slots=True)
class Head:
    """The readings of a page, normalised: `meta` by lower-case name, JSON-LD objects, and single elements."""

    title: str = ""
    language: str = ""
    canonical: str = ""
    base: str = ""
    meta: dict[str, str] = field(default_factory=dict)
    linked_data: list[dict[str, Any]] = field(default_factory=list)
    headlines: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    article_body: str = ""


def read_head(tree: Any) -> Head:
    """Read everything that a page says of itself from its parsed tree (a selectolax parser)."""
    head = Head()
    root = tree.css_first("html")
    if root is not None:
        head.language = (root.attributes.get("lang") or "").strip().lower()[:35]
    title = tree.css_first("title")
    head.title = _field(title.text()) if title is not None else ""
    for node in tree.css("meta[content]"):
        name = node.attributes.get("property") or node.attributes.get("name") or node.attributes.get("itemprop")
        if name:
            head.meta.setdefault(name.strip().lower(), _field(node.attributes.get("content") or ""))
    link = tree.css_first("link[rel=canonical]")
    head.canonical = (link.attributes.get("href") or "").strip()[:2000] if link is not None else ""
    head.headlines = [text for node in tree.css("h1")[:5] if (text := _field(node.text()))]
    head.times = [(node.attributes.get("datetime") or "").strip() for node in tree.css("time[datetime]")[:3]]
    for node in tree.css('script[type="application/ld+json"]'):
        head.linked_data.extend(_objects(node.text()))
    bodies = [item["articleBody"] for item in head.linked_data if isinstance(item.get("articleBody"), str)]
    head.article_body = max(bodies, key=len, default="")
    return head


def metadata_of(head: Head) -> Metadata:
    """The metadata of a page from its readings; "" or () where it does not say."""
    meta = head.meta
    articles = [item for item in head.linked_data if _ARTICLES.search(str(item.get("@type", "")))]
    headlines = [str(item["headline"]) for item in articles if isinstance(item.get("headline"), str)]
    title = _first(*headlines, meta.get("og:title"), meta.get("twitter:title"), meta.get("headline"))
    if not title:
        title = head.headlines[0] if len(head.headlines) == 1 else _TITLE_TAIL.sub("", head.title)
    authors = [name for item in articles for name in _names(item.get("author"))]
    authors = authors or [
        name
        for key in ("author", "article:author", "dc.creator", "parsely-author", "sailthru.author")
        for name in _names(meta.get(key))
    ]
    dates = [str(item.get(key, "")) for key in ("datePublished", "dateCreated", "uploadDate") for item in articles]
    named = ("article:published_time", "datepublished", "date", "dc.date", "dcterms.created", "pubdate", "publish-date")
    dates += [meta.get(name, "") for name in named] + head.times[:1]
    publishers = [name for item in articles for name in _names(item.get("publisher"))]
    return Metadata(
        title=_field(title),
        authors=tuple(dict.fromkeys(authors))[:20],
        date=next((date for text in dates if (date := _date(text))), ""),
        language=re.split(r"[-_]", head.language)[0][:2],
        site=_first(meta.get("og:site_name"), meta.get("application-name"), *publishers),
        canonical_url=_first(head.canonical, meta.get("og:url")),
    )


def _objects(text: str) -> list[dict[str, Any]]:
    """All JSON objects of a JSON-LD script with a type, nested ones too; nothing if it does not parse."""
    if len(text) > _JSON_CAP:
        return []
    try:
        return list(_walk(json.loads(text.strip().rstrip(";"), strict=False)))
    except (ValueError, RecursionError):
        return []


def _walk(value: Any) -> Iterator[dict[str, Any]]:
    """Every object below `value` that names its type, outermost first."""
    waiting = [value]
    for _ in range(2000):
        if not waiting:
            return
        value = waiting.pop(0)
        if isinstance(value, dict):
            if "@type" in value:
                yield value
            waiting.extend(inner for key, inner in value.items() if key in ("@graph", "mainEntity", "mainEntityOfPage"))
        elif isinstance(value, list):
            waiting.extend(value)


def _names(value: Any) -> list[str]:
    """The names in an author or publisher field: a string, an object with a name, or a list of these."""
    if isinstance(value, list):
        return [name for item in value[:20] for name in _names(item)]
    if isinstance(value, dict):
        return _names(value.get("name"))
    if not isinstance(value, str) or "://" in value or value.startswith("@"):
        return []
    name = _AUTHOR_PREFIX.sub("", _field(value))
    return [name] if 1 < len(name) < 80 else []


def _date(text: str) -> str:
    """ISO 8601, a day or a moment; "" if `text` does not start with one."""
    found = _DATE.match(text.strip())
    if not found or not (1 <= int(found[2]) <= 12 and 1 <= int(found[3]) <= 31 and int(found[1]) >= 1600):
        return ""
    day = f"{found[1]}-{found[2]}-{found[3]}"
    return f"{day}T{found[4]}{found[5] or ''}" if found[4] else day


def _first(*values: str | None) -> str:
    """The first value that says something."""
    return next((text for value in values if value and (text := _field(value))), "")


def _field(text: str) -> str:
    """One field: normalised and capped."""
    return normalise(html.unescape(text[: 4 * _FIELD_CAP]) if "&" in text else text[: 4 * _FIELD_CAP])[:_FIELD_CAP]
