"""The elements around a block, read: parts of names, boxes, categories, and paths that differ in digits only."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.judge.compiled import COMPILED
from pipeline.judge.ways import BOXES, Ways, element_of, ways_of

both = pytest.mark.parametrize(
    "compiled", [False, True] if COMPILED else [False], ids=lambda on: "compiled" if on else "python"
)


def ways_in(*paths: str, compiled: bool) -> Ways:
    return ways_of(paths, compiled=compiled)


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


@both
@pytest.mark.parametrize(("path", "names"), NAMED.values(), ids=NAMED)
def test_boxes(path: str, names: set[str], compiled: bool) -> None:
    bits = ways_in(path, compiled=compiled).boxes.tolist()[-1]
    assert {name for bit, name in enumerate(BOXES) if bits >> bit & 1} == names


CATEGORIES = {
    "innermost-of-all": ("body.home>div.comments>p", "comments"),
    "exact-before-vague": ("nav.menu>div.newsletter>p", "promo"),
    "just-in-reach": ("main>div.related>div>div>div>div>p", "related"),
    "out-of-reach": ("div.related>div>div>div>div>div>p", None),
    "a-word-alone": ("div.ad>p", "ad"),
    "no-word-alone": ("div.shadow>p", None),
}


@both
@pytest.mark.parametrize(("path", "category"), CATEGORIES.values(), ids=CATEGORIES)
def test_category(path: str, category: str | None, compiled: bool) -> None:
    ways = ways_in(path, compiled=compiled)
    assert ways.named[ways.of_blocks[0]] == category


@both
def test_paths_that_differ_in_digits_share_their_number(compiled: bool) -> None:
    ways = ways_in("ul>li#item-1>a", "ul>li#item-22>a", "ul>li>a", compiled=compiled)
    first, second, third = ways.number[ways.of_blocks].tolist()
    assert first == second != third


@both
def test_beginnings_of_paths_come_before_the_paths(compiled: bool) -> None:
    ways = ways_in("a>b>c", "a>b>d", "", compiled=compiled)  # a, a>b, a>b>c, a>b>d, and nothing
    assert ways.outers == [-1, 0, 1, 1, -1]
    assert ways.depth.tolist() == [0, 1, 2, 2, 0]
    assert ways.of_blocks.tolist() == [2, 3, 4]
    assert [ways.spellings[place] for place in ways.spelt] == ["a", "b", "c", "d", ""]
    assert ways.around(np.array([3, 0])).tolist() == [1, 0]
