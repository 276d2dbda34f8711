"""JSON-LD: what a page says of itself for machines, in scripts of type `application/ld+json`.

Here JSON becomes plain values, capped and checked; which of them count is decided in `metadata.py`. Nothing here may
fail: what does not parse, or has another shape than it should, says nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

Thing = dict[str, Any]
"""One object of JSON-LD."""

_SCRIPT = 2_000_000  # characters; a longer script is not read
_THINGS = 2000  # values looked at in one script
_SAYS_MUCH = (
    '"headline"', '"author"', '"articleBody"', '"publisher"',
    '"datePublished"', '"dateCreated"', '"dateModified"', '"uploadDate"',
)  # fmt: skip
_TYPE = re.compile(r'"@type"\s*:\s*"(\w{3,40})"')
_BELOW = ("@graph", "mainEntity", "mainEntityOfPage")
_JSON = json.JSONDecoder(strict=False)
_ARTICLE = re.compile(r"(?i)article|posting|report|recipe|question|howto|review")
_PAGE = re.compile(r"(?i)page|product|video|work|thread")


def read_things(script: str) -> list[Thing]:
    """All objects of a script that name their type, outermost first; none if it is too long or does not parse."""
    if len(script) > _SCRIPT or not any(key in script for key in _SAYS_MUCH):
        return []
    try:
        return list(_walk(_JSON.decode(script.strip().rstrip(";"))))
    except (ValueError, RecursionError):
        return []


def types_named(script: str) -> frozenset[str]:
    """The types that a script names, read without parsing it."""
    return frozenset(_TYPE.findall(script[:_SCRIPT]))


def _walk(value: Any) -> Iterator[Thing]:
    """Every object below `value` that names its type; the list of what waits grows on the way."""
    waiting = [value]
    for number, item in enumerate(waiting):
        if number >= _THINGS:
            return
        if isinstance(item, dict):
            if "@type" in item:
                yield item
            waiting.extend(item[key] for key in _BELOW if key in item)
        elif isinstance(item, list):
            waiting.extend(item[:_THINGS])


def main_things(things: Iterable[Thing]) -> list[Thing]:
    """Those that may speak of the page's main content: articles first, then pages and products."""
    articles: list[Thing] = []
    pages: list[Thing] = []
    for thing in things:
        kind = str(thing["@type"])
        if _ARTICLE.search(kind):
            articles.append(thing)
        elif _PAGE.search(kind):
            pages.append(thing)
    return articles + pages


def strings(things: Iterable[Thing], *keys: str) -> list[str]:
    """The strings under these keys, key by key; values of another sort are passed over."""
    things = list(things)
    return [thing[key] for key in keys for thing in things if isinstance(thing.get(key), str)]


def names_by_id(things: Iterable[Thing]) -> dict[str, Any]:
    """The names of objects that others refer to by `@id`, as persons in a graph."""
    return {str(thing["@id"]): thing["name"] for thing in things if "@id" in thing and "name" in thing}


def name_strings(value: Any, by_id: dict[str, Any]) -> list[str]:
    """What stands for names in a field: a string, an object with a name or an `@id`, or a list of these."""
    found: list[str] = []
    for item in value[:20] if isinstance(value, list) else [value]:
        said = (item.get("name") or by_id.get(str(item.get("@id")))) if isinstance(item, dict) else item
        found += [name for name in (said[:20] if isinstance(said, list) else [said]) if isinstance(name, str)]
    return found
