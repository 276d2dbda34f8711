"""What a site says about the use of a page: read, recorded, and an objection only where a setting makes it one.

There is no single standard, so all that are met are read: `Content-Signal` and `Content-Usage` (robots.txt and
headers), `X-Robots-Tag` and its meta twin (`noai`, `noindex`, ...), the TDM reservation protocol (header, meta, and
`/.well-known/tdmrep.json`), and licences (RSL in robots.txt, `rel=license` in the page). Only what addresses everyone
or us by name is kept. Which of them binds whom is a matter of law and contract; the words are therefore kept as they
are, and what to skip is for the user to say.

Bounded: the first 64 KiB of a page, headers of 8 KiB, a handful of values a name.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from pipeline.acquire.web.politeness.patterns import matches, path_of, pattern_of
from pipeline.acquire.web.politeness.robots import Rules

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

HEAD_BYTES = 64 * 1024
"""So much of a page is looked through."""
_HEADER_BYTES = 8 * 1024
_MOST_VALUES = 20  # of one name
_WELL_KNOWN_BYTES = 512 * 1024

_DIRECTIVES = frozenset(
    "noai noimageai notrain noml noindex noarchive nocache nosnippet noimageindex none nofollow".split()
)
"""Words of X-Robots-Tag that are about use. `none` is short for two of them."""
_WITH_VALUE = frozenset("unavailable_after max-snippet max-image-preview max-video-preview".split())
_ROBOT = re.compile(r"\s*([\w*.-]{1,60})\s*:(.*)", re.DOTALL)
_PREFERENCE = re.compile(r"([a-z][a-z0-9_-]{0,40})\s*=\s*\"?([a-z0-9?*._-]{1,40})")


def rights_of(
    headers: Iterable[tuple[str, str]],
    head: bytes,
    rules: Rules | None,
    url: str,
    *,
    product: str = "",
    well_known: bytes = b"",
) -> tuple[tuple[str, str], ...]:
    """(name, value) of every signal on a page, each name once, its values joined by ", ", sorted by name.

    `head` is the beginning of the page (pass b"" if it is no HTML), `rules` the robots.txt that governs it,
    `product` our product token, `well_known` the site's `tdmrep.json` if it was fetched. Never fails.
    """
    gathered: dict[str, dict[str, None]] = {}
    every = (
        _from_headers(headers, product),
        _from_html(head, product),
        _from_robots(rules, url),
        _tdm(well_known, url),
    )
    for name, value in (pair for pairs in every for pair in pairs):
        values = gathered.setdefault(name, {})
        if value and len(values) < _MOST_VALUES:
            values[value] = None
    return tuple((name, ", ".join(values)) for name, values in sorted(gathered.items()) if values)


def objection(rights: Iterable[tuple[str, str]], skip: frozenset[str]) -> str:
    """The first signal that a setting turns into a refusal, in words; "" if there is none.

    `skip` holds values (`noai`, `ai-train=no`) or names with a value (`tdm-reservation=1`).
    """
    for name, joined in rights:
        for value in joined.split(", "):
            if value in skip or f"{name}={value}" in skip:
                return f"{name} says {value}"
    return ""


def _from_headers(headers: Iterable[tuple[str, str]], product: str) -> Iterator[tuple[str, str]]:
    for key, whole in headers:
        name, value = key.lower(), whole[:_HEADER_BYTES]
        if name == "x-robots-tag":
            yield from ((name, word) for word in _directives(value, product))
        elif name in ("content-signal", "content-usage"):
            yield from _preferences(name, value)
        elif name in ("tdm-reservation", "tdm-policy"):
            yield name, _one_line(value)


def _from_html(head: bytes, product: str) -> Iterator[tuple[str, str]]:
    """The meta elements and licence links of the beginning of a page."""
    if not head.strip():
        return
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415  # heavy

    for node in LexborHTMLParser(_characters(head[:HEAD_BYTES])).css("meta[name], link[rel], a[rel]"):
        yield from _from_node(node, product)


def _from_node(node: LexborNode, product: str) -> Iterator[tuple[str, str]]:
    given = {key: value or "" for key, value in node.attributes.items()}
    name = given.get("name", "").strip().lower()
    if node.tag != "meta":
        if "license" in given.get("rel", "").lower().split():
            yield "license", _one_line(given.get("href", ""))
    elif name in ("robots", product.lower() or "robots"):
        words = _directives(given.get("content", "")[:_HEADER_BYTES], product)
        yield from (("meta-robots", word) for word in words)
    elif name in ("tdm-reservation", "tdm-policy"):
        yield name, _one_line(given.get("content", ""))


def _from_robots(rules: Rules | None, url: str) -> Iterator[tuple[str, str]]:
    if rules:
        for name, value in rules.signals_for(url):
            yield from _preferences(name, value)
        yield from (("license", _one_line(address)) for address in rules.licenses)


def _tdm(well_known: bytes, url: str) -> Iterator[tuple[str, str]]:
    """What `tdmrep.json` says of an address. Where several entries fit, all are told: a reservation is not undone."""
    try:
        entries: Any = json.loads(well_known[:_WELL_KNOWN_BYTES]) if well_known else []
    except (ValueError, RecursionError):
        return
    path = path_of(url)
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and isinstance(where := entry.get("location"), str) and where:
            for name in ("tdm-reservation", "tdm-policy") if matches(pattern_of(where), path) else ():
                if isinstance(entry.get(name), (str, int)):
                    yield name, _one_line(str(entry[name])[:_HEADER_BYTES])


def _directives(value: str, product: str) -> Iterator[str]:
    """The words of an X-Robots-Tag that are meant for us.

    A name before a colon addresses one robot, and all that follows up to the next name; some words have values behind
    a colon too.
    """
    ours = True
    for part in value.lower().split(","):
        found = _ROBOT.match(part)
        name, word = found.groups() if found else ("", part)
        if name and name not in _WITH_VALUE:
            ours = name in ("*", product.lower())
        if ours and word.strip() in _DIRECTIVES:
            yield "noindex" if word.strip() == "none" else word.strip()


def _preferences(name: str, value: str) -> Iterator[tuple[str, str]]:
    """The `key=value` pairs of Content-Signal and Content-Usage."""
    yield from ((name, f"{key}={wish}") for key, wish in _PREFERENCE.findall(value.lower()))


def _characters(head: bytes) -> str:
    """What markup says in ASCII, whatever the encoding of the page."""
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if head.startswith(mark):
            return head.decode(encoding, "replace")
    return head.replace(b"\0", b"").decode("utf-8", "replace")


def _one_line(value: str) -> str:
    """A value as it was given: on one line, printable, of bounded length, and without the mark that joins values."""
    return "".join(filter(str.isprintable, " ".join(value[:1000].split()))).replace(", ", ",")
