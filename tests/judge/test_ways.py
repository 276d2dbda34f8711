"""The elements around a block, read: parts of names, boxes, categories, and paths that differ in digits only."""

from __future__ import annotations

import pytest

from pipeline.judge.ways import BOXES, element_of, ways_of


def boxes(path: str) -> set[str]:
    way = ways_of([path])[path]
    return {name for bit, name in enumerate(BOXES) if way.boxes >> bit & 1}


PARTS = {
    "plain": ("div.related-posts", ("related", "posts")),
    "camel": ("div#mainContent.relatedPosts", ("main", "content", "related", "posts")),
    "capitals": ("div.HTMLBox", ("html", "box")),
    "digits": ("div#post-123.col-6", ("post", "col")),
    "twice": ("div.menu.menu-item", ("menu", "item")),
    "no-names": ("section", ()),
    "too-short-and-too-long": (f"div.a.{'b' * 20}", ()),
    "other-scripts": ("div.новости", ("новости",)),
}


@pytest.mark.parametrize(("element", "parts"), PARTS.values(), ids=PARTS)
def test_parts(element: str, parts: tuple[str, ...]) -> None:
    assert element_of(element).parts == parts


NAMED = {
    "by-tag": ("body>nav>a", {"nav"}),
    "by-role": ("body>div[navigation]>p", {"nav"}),
    "by-a-word-in-a-name": ("body>ul.commentlist>li", {"comment"}),
    "by-a-whole-part": ("div.read-more>p", {"related"}),
    "not-by-a-part-of-a-part": ("div.moreover>p", set()),
    "around-and-own": ("article>div.share>p", {"article", "share"}),
    "a-tag-in-a-class-is-no-tag": ("div.nav>p", set()),
}


@pytest.mark.parametrize(("path", "names"), NAMED.values(), ids=NAMED)
def test_boxes(path: str, names: set[str]) -> None:
    assert boxes(path) == names


CATEGORIES = {
    "innermost-of-all": ("body.home>div.comments>p", 6, "comments"),
    "exact-before-vague": ("nav.menu>div.newsletter>p", 6, "promo"),
    "out-of-reach": ("div.related>div>div>p", 2, None),
    "a-word-alone": ("div.ad>p", 6, "ad"),
    "no-word-alone": ("div.shadow>p", 6, None),
}


@pytest.mark.parametrize(("path", "innermost", "category"), CATEGORIES.values(), ids=CATEGORIES)
def test_category(path: str, innermost: int, category: str | None) -> None:
    assert ways_of([path])[path].category(innermost) == category


def test_paths_that_differ_in_digits_share_their_number() -> None:
    ways = ways_of(["ul>li#item-1>a", "ul>li#item-22>a", "ul>li>a"])
    first, second, third = (ways[path].number for path in ("ul>li#item-1>a", "ul>li#item-22>a", "ul>li>a"))
    assert first == second != third


def test_beginnings_of_paths_come_before_the_paths() -> None:
    ways = ways_of(["a>b>c", "a>b>d", ""])
    assert list(ways) == ["a", "a>b", "a>b>c", "a>b>d", ""]
    assert [way.depth for way in ways.values()] == [0, 1, 2, 2, 0]
    assert ways["a>b>c"].outer is ways["a>b"]
