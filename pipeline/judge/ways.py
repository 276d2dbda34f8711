"""What the elements around a block say by their names: the boxes that pages are built of, and the clutter in them.

Observation: whoever builds a site names its boxes for what they hold, in English and much alike everywhere: "comment",
"related", "newsletter". Such words stand inside longer names ("commentlist", "relatedPosts"), so names are cut into
parts of letters, and a word is looked for in each. Sites repeat their parts, pages their elements, and the paths of a
page their beginnings: each is read once.

What belongs here: reading paths as `Block.path` writes them (`div#main.story[role]>p`), and the words with what they
mean, as two tables. What is made of it is said elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any, NamedTuple, cast

import numpy as np

from pipeline.document import Category
from pipeline.judge.compiled import COMPILED, look_up

# Words in a part of a name; one with = is a whole part, one with ^ the element's tag, one in [] its role.
_BOXES: Mapping[str, str] = {
    "article": "^article", "main": "^main [main]", "nav": "^nav ^menu [navigation]", "header": "^header",
    "footer": "^footer [contentinfo]", "aside": "^aside [complementary]", "button": "^button ^label [button]",
    "form": "^form", "figcaption": "^figcaption", "comment": "comment",
    "related": "related recommend =more similar also", "share": "share social",
    "content": "content entry =post story", "sidebar": "sidebar widget", "product": "product price cart",
    "window": "modal popup cookie consent",
}  # fmt: skip
BOXES = tuple(_BOXES)
"""The names of the boxes, in the order of their bits."""

# The first that is found wins: what is said most exactly comes first.
_CATEGORIES: Mapping[Category, str] = {
    "caption": "caption",
    "comment-form": "commentform replyform =respond =reply",
    "comments": "comment disqus",
    "consent": "cookie consent gdpr",
    "login": "login signin account password paywall",
    "share": "share sharing social follow",
    "promo": "newsletter subscri signup promo banner =cta donat",
    "ad": "=ad =ads advert sponsor affiliate",
    "related": "related recommend similar =also =more teaser carousel trending popular latest upsell",
    "tags": "=tag =tags taglist topics categor",
    "byline": "byline author =meta postmeta entrymeta dateline timestamp",
    "pagination": "pagination =pager =prev =next",
    "legal": "copyright legal disclaimer imprint",
    "nav": "nav menu breadcrumb footer header sidebar masthead",
}
_RANKED: tuple[Category, ...] = tuple(_CATEGORIES)
_NONE = len(_RANKED)  # the rank of a name that names no category

_INNERMOST = 6  # elements of a path whose names are asked for its category

_SIGNS = re.compile(r"[.#\[]")
_LETTERS = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_]+")


def _told(table: Iterable[str], sign: str) -> dict[str, int]:
    """The words of a table that carry this sign (^, =, [ or none), with the number of what they mean."""
    words = ((word, number) for number, some in enumerate(table) for word in some.split())
    return {word.strip("^="): number for word, number in words if (word[0] if word[0] in "^=[" else "") == sign}


_BOX_TAGS, _BOX_ROLES = _told(_BOXES.values(), "^"), _told(_BOXES.values(), "[")
_BOX_PARTS, _BOX_WORDS = _told(_BOXES.values(), "="), _told(_BOXES.values(), "")
_CATEGORY_PARTS, _CATEGORY_WORDS = _told(_CATEGORIES.values(), "="), _told(_CATEGORIES.values(), "")


class Element(NamedTuple):
    """What one element of a path says: its tag, the parts of its names, its boxes as bits, the rank of its category.

    `spelt` is tag and parts in one: the same for elements that differ in digits and signs only.
    """

    tag: str
    parts: tuple[str, ...]
    boxes: int
    rank: int
    spelt: str


@lru_cache(maxsize=50_000)
def element_of(written: str) -> Element:
    """An element of a path, read."""
    sign = _SIGNS.search(written)
    tag = written[: sign.start()] if sign else written
    boxes = 1 << _BOX_TAGS[tag] if tag in _BOX_TAGS else 0
    if not sign:
        return Element(tag, (), boxes, _part(tag)[1], tag)
    names = written[sign.start() :]
    if "[" in names and (role := names[names.rindex("[") :]) in _BOX_ROLES:
        boxes |= 1 << _BOX_ROLES[role]
    found = _LETTERS.findall(names) if names.islower() else map(str.lower, _CAMEL.findall(names))
    parts = tuple(dict.fromkeys([part for part in found if 1 < len(part) < 20]))
    rank = _part(tag)[1]
    for part in parts:
        some, other = _part(part)
        boxes |= some
        rank = min(rank, other)
    return Element(tag, parts, boxes, rank, " ".join((tag, *parts)))


@lru_cache(maxsize=50_000)
def _part(part: str) -> tuple[int, int]:
    """The boxes that a part of a name speaks of, as bits, and the rank of its category."""
    boxes = 1 << _BOX_PARTS[part] if part in _BOX_PARTS else 0
    for word, number in _BOX_WORDS.items():
        if word in part:
            boxes |= 1 << number
    ranks = [number for word, number in _CATEGORY_WORDS.items() if word in part]
    return boxes, min(*ranks, _CATEGORY_PARTS.get(part, _NONE), _NONE)


@dataclass(frozen=True)
class Ways:
    """The paths of a page and all their beginnings, as arrays of k ways, outer ones first.

    `spellings` are the elements that the page has, as `Element.spelt`. `of_blocks` (n,) is the way of each path that
    was given. Of each way `outer` is the one around it, -1 for none; `number` is the same for paths that differ in
    their digits only; `boxes` are those of all its elements, as bits; `depth` counts elements from 0; `rank` is the
    least of its innermost elements, and `spelt` the place of the very last among the spellings.
    """

    spellings: list[str]
    of_blocks: Any
    outer: Any
    number: Any
    boxes: Any
    depth: Any
    rank: Any
    spelt: Any

    @cached_property
    def outers(self) -> list[int]:
        """`outer` as a list, -1 for none."""
        return cast("list[int]", self.outer.tolist())

    @cached_property
    def named(self) -> list[Category | None]:
        """The category that the innermost elements of each way name; None where they name none."""
        names = (*_RANKED, None)
        return [names[rank] for rank in self.rank.tolist()]

    def around(self, ways: Any) -> Any:
        """The ways around some, an array; an outermost one stands for itself."""
        outer = self.outer[ways]
        return np.where(outer < 0, ways, outer)


def ways_of(paths: Sequence[str], *, compiled: bool = COMPILED) -> Ways:
    """The ways of a page: those of the given paths, and of all their beginnings."""
    if not compiled:
        return _ways_in_python(paths)
    *columns, spellings = look_up.read_ways(_elements(), element_of, paths)
    return Ways(spellings, *[np.frombuffer(column, dtype=np.int64) for column in columns])


@cache
def _elements() -> look_up.Elements:
    """What compiled look-ups know of elements: our tables, and the elements that they met."""
    return look_up.make_elements(
        tuple(_BOX_TAGS.items()),
        tuple(_BOX_ROLES.items()),
        tuple(_BOX_PARTS.items()),
        tuple(_BOX_WORDS.items()),
        tuple(_CATEGORY_PARTS.items()),
        tuple(_CATEGORY_WORDS.items()),
        _NONE,
    )


def _ways_in_python(paths: Iterable[str]) -> Ways:
    """The same as `ways_of`, in Python alone."""
    ways: dict[str, int] = {}
    numbers: dict[tuple[int, str], int] = {}
    places: dict[str, int] = {}
    columns: list[list[int]] = [[] for _ in range(7)]
    of_blocks, outer, number, boxes, depth, rank, spelt = columns
    recent: list[tuple[int, ...]] = []  # of each way the ranks of its innermost elements
    for path in paths:
        around = ways.get(path, -1)
        ends = [] if path in ways else [len(path)]  # of the beginnings that are not known yet, the innermost first
        while ends and (at := path.rfind(">", 0, ends[-1])) > 0 and (around := ways.get(path[:at], -1)) < 0:
            ends.append(at)
        for end in reversed(ends):
            element = element_of(path[at + 1 : end])
            key = (-1 if around < 0 else number[around], element.spelt)
            number.append(numbers.setdefault(key, len(numbers)))
            boxes.append(element.boxes if around < 0 else boxes[around] | element.boxes)
            depth.append(0 if around < 0 else depth[around] + 1)
            recent.append((element.rank, *(() if around < 0 else recent[around][: _INNERMOST - 1])))
            rank.append(min(recent[-1]))
            spelt.append(places.setdefault(element.spelt, len(places)))
            outer.append(around)
            around = ways[path[:end]] = len(outer) - 1
            at = end
        of_blocks.append(around)
    return Ways(list(places), *[np.array(column, dtype=np.int64) for column in columns])
