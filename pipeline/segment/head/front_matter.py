"""Front matter: what a text in Markdown says of itself, between lines of dashes (YAML) or plus signs (TOML) above it.

Observation: generators of sites keep title, date and author of a post there, one a line, and lists below their key or
in brackets. All else that stands there is for the generator. A text may begin with dashes for its looks, so every line
must be built like one of a list of settings, and one of the names that everybody uses must be among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.segment.head.dates import iso_date
from pipeline.segment.head.metadata import Head
from pipeline.segment.head.names import split_names
from pipeline.segment.normalise import normalise

_FENCES = ("---", "+++")
_MOST = 200  # lines
_MOST_CHARACTERS = 50_000
_FIELD = 500  # characters, as of what a page says itself
_SETTING = re.compile(r"(?P<key>[\w.-]{1,60})\s{0,9}[:=](?:\s(?P<value>.*))?$")
_REST = re.compile(r"\s|$|-\s|#|\[|[\])}]+,?$")  # of a value, or for people
_ITEM = re.compile(r"\s*-\s+(?:name:\s+)?(?P<value>.+)$")
_COMMON = frozenset(
    "author authors categories category date description draft lang language layout permalink slug summary tags "
    "title weight".split()
)
_QUOTES = "\"'"
_BLOCKS = frozenset((">", "|", ">-", "|-"))  # what announces a value on lines of its own


def front_matter(text: str) -> tuple[int, Head]:
    """How many lines of a text are its front matter, 0 where it has none, and what it says."""
    if not text.lstrip("\ufeff").startswith(_FENCES):
        return 0, Head()
    lines = text[:_MOST_CHARACTERS].lstrip("\ufeff").splitlines()[:_MOST]
    fence = lines[0].rstrip()
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() in (fence, "...")), 0)
    settings = dict(_settings(lines[1:end]))
    is_one = end and fence in _FENCES and all(map(_may_stand, lines[1:end])) and not _COMMON.isdisjoint(settings)
    return (end + 1, _head(settings)) if is_one else (0, Head())


def _may_stand(line: str) -> bool:
    """Whether a line is built like one of a list of settings."""
    return _SETTING.match(line) is not None or _REST.match(line) is not None


def _settings(lines: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """The settings at the left border, with their values."""
    key, values = "", list[str]()
    for line in lines:
        if found := _SETTING.match(line):
            if key:
                yield key, values
            key, values = found["key"].lower(), list(_values(found["value"] or ""))
        elif item := _ITEM.match(line):
            values += _values(item["value"])
        elif values and values[0] in _BLOCKS and line[:1].isspace():
            values[1:] = [normalise(" ".join((*values[1:], line)))[:_FIELD]]
    if key:
        yield key, values


def _values(written: str) -> Iterator[str]:
    """What is written behind a key: one value, or several in brackets."""
    written = written.strip()
    several = written[1:-1].split(",") if written[:1] == "[" and written[-1:] == "]" else [written]
    for value in several:
        bare = value.strip()
        quoted = len(bare) > 1 and bare[0] in _QUOTES and bare[0] == bare[-1]
        if plain := normalise(bare[1:-1] if quoted else bare)[:_FIELD]:
            yield plain


def _head(settings: dict[str, list[str]]) -> Head:
    """The readings of front matter, as those of a page."""

    def said(*keys: str) -> list[str]:
        values = next((settings[key] for key in keys if settings.get(key)), [])
        return values[1:] if values[:1] and values[0] in _BLOCKS else values

    title = said("title")[:1]
    return Head(
        language=next(iter(said("lang", "language")), "").lower()[:35],
        meta={"og:title": title[0]} if title else {},
        authors=list(dict.fromkeys(name for value in said("authors", "author") for name in split_names(value))),
        dates=[date for value in said("date", "published", "pubdate", "publishdate") if (date := iso_date(value))],
    )
