"""What a page says of itself: JSON-LD, Open Graph, meta, `<title>`, and the byline. Read before anything is stripped.

Here are only readings; which one wins is one short order per field. Nothing here may fail: a page's own words are hints
of a stranger. An empty field is better than a wrong one, so what is doubtful is left unsaid. Names and dates that only
the body shows are looked for in `byline.py`, and only where the head has none.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pipeline.document import Metadata
from pipeline.segment.head.byline import Byline, find_headline, read_byline
from pipeline.segment.head.dates import date_of_address, iso_date
from pipeline.segment.head.linked_data import (
    Thing,
    main_things,
    name_strings,
    names_by_id,
    read_things,
    strings,
    types_named,
)
from pipeline.segment.head.names import split_names
from pipeline.segment.normalise import normalise
from pipeline.segment.sheets import classes_hidden_by

_ANYWHERE = 'style,script[type="application/ld+json"]'
_IN_HEAD = f'meta,title,link[rel="canonical"],{_ANYWHERE}'
_IN_BODY = f"h1,{_ANYWHERE}"
_NODES = 2000  # of these; a page with more says nothing new after them
_FIELD = 500  # characters

_TITLES = ("og:title", "twitter:title", "headline")
_AUTHORS = (
    "author", "article:author", "parsely-author", "sailthru.author", "citation_author", "dc.creator",
    "dcterms.creator", "og:article:author", "article.author", "cxenseparse:author", "byl",
)  # fmt: skip
_DATES = (
    "article:published_time", "datepublished", "og:article:published_time", "og:published_time", "publish-date",
    "publish_date", "publishdate", "pubdate", "publication_date", "parsely-pub-date", "sailthru.date",
    "citation_publication_date", "citation_online_date", "citation_date", "dc.date.issued", "dcterms.issued",
    "cxenseparse:recs:publishtime", "article:published", "shareaholic:article_published_time", "date", "dc.date",
    "dcterms.date", "dcterms.created", "datecreated",
)  # fmt: skip
_SITES = ("og:site_name", "application-name")
_NAMES = frozenset((*_TITLES, *_AUTHORS, *_DATES, *_SITES, "og:url", "og:locale", "og:type"))
_MANY = frozenset(("author", "article:author", "citation_author"))  # one element a person

_TITLE_TAIL = re.compile(r"\s+[|–—·•»-]\s+[^|–—·•»]{2,40}$")
_WORD = re.compile(r"\w+")


@dataclass(slots=True)
class Head:
    """The readings of a page, capped. `article_body` is the text of an article that JSON-LD carries, "" if none.

    `meta` holds the elements of known names as written; `things` the objects of JSON-LD that may speak of the main
    content, `types` the types of all. `authors`, `dates` and `sites` (what the site calls itself) are what these two
    say, best first; `byline` is read only where they do not say both an author and a date. `hiding` holds the classes
    that the page's own style sheets do not display.
    """

    title: str = ""
    language: str = ""
    canonical: str = ""
    meta: dict[str, str] = field(default_factory=dict)
    things: list[Thing] = field(default_factory=list)
    types: frozenset[str] = frozenset()
    headlines: list[str] = field(default_factory=list)
    article_body: str = ""
    authors: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    sites: list[str] = field(default_factory=list)
    byline: Byline = field(default_factory=Byline)
    hiding: frozenset[str] = frozenset()


def read_head(tree: Any) -> Head:
    """Read everything that a page says of itself from its parsed tree (a selectolax parser)."""
    head = Head()
    head.language = (tree.root.attributes.get("lang") or "").strip().lower()[:35]
    things: list[Thing] = []
    headings = _read_elements(tree, head, things)
    head.headlines = [text for node in headings[:5] if (text := _field(node.text()))]
    head.things = main_things(things)
    head.article_body = _paired(max(strings(things, "articleBody"), key=len, default=""))
    head.authors = _authors(head, names_by_id(things))
    head.dates = _dates(head)
    head.sites = _sites(head)
    if not (head.authors and head.dates) or _names_site(head):
        headline = find_headline(tree, headings[:10], (_said_title(head), head.title))
        head.byline = read_byline(tree, headline, _region(head), dated=bool(head.dates))
    return head


def metadata_of(head: Head, url: str | None = None, latest: str = "") -> Metadata:
    """The metadata of a page from its readings; "" or () where it does not say.

    `url` is where the page was, which may hold the day. `latest` is the day it was fetched (ISO 8601): no page is
    younger than that.
    """
    dates = (date for date in _all_dates(head, url or "") if date and (not latest or date[:10] <= latest[:10]))
    return Metadata(
        title=_title(head),
        authors=tuple(dict.fromkeys(map(_field, _best_authors(head)[:20]))),
        date=next(dates, ""),
        language=head.language.replace("_", "-").partition("-")[0][:2],
        site=next(iter(head.sites), ""),
        canonical_url=_first(head.canonical, head.meta.get("og:url")),
    )


def _all_dates(head: Head, url: str) -> Iterator[str]:
    """All days that may be the one of the page, best first; each is looked for when those before it do not do."""
    yield from head.dates
    yield head.byline.marked
    yield head.byline.published
    yield date_of_address(url)
    yield date_of_address(head.canonical)
    yield head.byline.updated
    yield from map(iso_date, strings(head.things, "dateModified"))


def _read_elements(tree: Any, head: Head, things: list[Thing]) -> list[Any]:
    """Note what the elements of the head say, the objects of JSON-LD and the styles; the `h1` are given back.

    Most stand in the head, which is small to search. A stray element closes it early, and the rest is in the body.
    """
    found: dict[str, list[Any]] = {"h1": [], "style": []}
    if (top := tree.head) is not None:
        _note(top.css(_IN_HEAD)[:_NODES], head, things, found)
    if (body := tree.body) is not None:
        complete = head.title and "og:title" in head.meta
        _note(body.css(_IN_BODY if complete else f"{_IN_HEAD},h1")[:_NODES], head, things, found)
    head.hiding = classes_hidden_by(found["style"])
    return found["h1"]


def _note(nodes: list[Any], head: Head, things: list[Thing], found: dict[str, list[Any]]) -> None:
    """Note what these elements say; those of the tags in `found` are put there."""
    for node in nodes:
        tag = node.tag
        if tag == "meta":
            _note_meta(node.attributes, head.meta)
        elif tag in found:
            found[tag].append(node)
        elif tag == "script":
            script = node.text()
            head.types |= types_named(script)
            things.extend(read_things(script))
        elif tag == "title":
            head.title = head.title or _field(node.text())
        else:
            head.canonical = head.canonical or (node.attributes.get("href") or "").strip()[:2000]


def _note_meta(attributes: dict[str, str | None], meta: dict[str, str]) -> None:
    """Note one meta element, if its name is known; the first of a name counts, but authors add up."""
    name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
    if not name or (name := name.strip().lower()) not in _NAMES:
        return
    if name == "author" and "itemprop" in attributes:
        return  # of the page, or of a work it cites? only its place tells
    content = (attributes.get("content") or "")[: 4 * _FIELD]
    if name not in meta:
        meta[name] = content
    elif name in _MANY and len(meta[name]) < 4 * _FIELD:
        meta[name] += "; " + content


def _title(head: Head) -> str:
    """The headline that readers see, where it says the same as what is said for machines; else what is said.

    Data and Open Graph often hold a wording for search engines. An `h1` may hold a kicker before the headline, or, in
    old templates, the name of the site.
    """
    said = _said_title(head)
    if len(head.headlines) != 1:
        return said or _TITLE_TAIL.sub("", head.title)
    shown = head.headlines[0]
    if not said:
        return _TITLE_TAIL.sub("", head.title) if _is_site(head, shown) else shown
    words, others = set(_WORD.findall(shown.lower())), set(_WORD.findall(said.lower()))
    alike = len(words) > 2 and 2 * len(words & others) >= min(len(words), len(others))
    return shown if alike and said.lower() not in shown.lower() else said


def _is_site(head: Head, shown: str) -> bool:
    """Whether what an `h1` shows is the name that ends the `<title>`, behind a headline."""
    tail = _TITLE_TAIL.search(head.title)
    return tail is not None and tail.start() > 0 and _letters(tail[0]) == _letters(shown)


def _said_title(head: Head) -> str:
    """The title that JSON-LD or meta names."""
    return _first(*strings(head.things, "headline"), *(head.meta.get(name) for name in _TITLES))


def _authors(head: Head, by_id: dict[str, Any]) -> list[str]:
    """The authors of the first object or meta that names any."""
    said = (name_strings(thing.get("author"), by_id) for thing in head.things)
    meta = ([head.meta[name]] for name in _AUTHORS if name in head.meta)
    return next((names for values in (*said, *meta) if (names := _names(values))), [])


def _names(values: Iterable[str]) -> list[str]:
    """The names in fields that hold names; addresses and accounts are none."""
    return [
        name
        for value in values
        if "://" not in value and not value.startswith("@")
        for name in split_names(_field(value))
    ]


def _best_authors(head: Head) -> list[str]:
    """The authors of the data, but the people of the byline where the data only names the site."""
    people = [name for name in head.byline.authors if " " in name]
    return people if people and _names_site(head) else head.authors or head.byline.authors


def _names_site(head: Head) -> bool:
    """Whether the data names the site or its publisher as author: true, but of little use beside a person's name."""
    sites = {_letters(name) for name in head.sites}
    return bool(sites and head.authors) and all(_letters(name) in sites for name in head.authors)


def _sites(head: Head) -> list[str]:
    """What the site calls itself, best first."""
    said = _first(*(head.meta.get(name) for name in _SITES))
    named = dict.fromkeys(name for thing in head.things for name in name_strings(thing.get("publisher"), {}))
    return [said, *_names(named)] if said else _names(named)


def _letters(name: str) -> str:
    """A name without what differs between spellings."""
    return "".join(filter(str.isalnum, name.lower()))


def _dates(head: Head) -> list[str]:
    """The days on which the page was published, as JSON-LD and meta have them, best first."""
    region = _region(head)
    said = strings(head.things, "datePublished", "dateCreated") + [
        head.meta[name] for name in _DATES if name in head.meta
    ]
    texts = dict.fromkeys(said or strings(head.things, "uploadDate"))  # most objects repeat the one date
    return [date for text in texts if (date := iso_date(text, region))]


def _region(head: Head) -> str:
    """The language with its region, as `en-us`, where the page says it."""
    return (
        head.language if "-" in head.language else head.meta.get("og:locale", head.language).lower().replace("_", "-")
    )


def _first(*values: str | None) -> str:
    """The first value that says something."""
    return next((text for value in values if value and (text := _field(value))), "")


def _field(text: str) -> str:
    """One field: normalised and capped."""
    text = text[: 4 * _FIELD]
    return normalise(_paired(html.unescape(text) if "&" in text else text))[:_FIELD]


def _paired(text: str) -> str:
    """A text without lone surrogates: JSON can escape half a character, and no file can hold it."""
    return text if text.isascii() else text.encode("utf-8", "ignore").decode()
