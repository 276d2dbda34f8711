"""What is picked for a first look: the same whatever the order, and never much."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.publish.highlights import LINES_SHOWN, PAGES_SHOWN, Highlights
from tests.publish.made_up import block, failed, gone, rendered, result

PAGES = [
    result(f"{number}.html", "A line that stays.", (block(f"gone {'again ' * (number % 7)}"), gone()))
    for number in range(12)
] + [failed("x.pdf"), result("whole.html", "Nothing went."), result("wall.html", (block("Log in"), gone("login")),
                                                                     outcome="blocked")]  # fmt: skip


def looked(results: list[Any]) -> Highlights:
    highlights = Highlights()
    for each in results:
        highlights.add(rendered(each))
    return highlights


@given(st.permutations(PAGES))
def test_the_order_does_not_matter(pages: list[Any]) -> None:
    assert looked(pages) == looked(PAGES)


def test_the_worst_come_first() -> None:
    lost = [each.removed for each in looked(PAGES).losers]
    assert lost == sorted(lost, reverse=True)
    assert (len(lost), lost[0]) == (PAGES_SHOWN, 7)


def test_the_sample_is_a_kept_page_that_lost_something() -> None:
    assert looked(PAGES).sample_id in {page.value.page.id for page in PAGES[:12]}


@pytest.mark.parametrize("length", [1, 99, 100, 101, 100_000])
def test_lines_are_cut(length: int) -> None:
    line = looked([result("a", (block("x" * length), gone()))]).sample[0]
    assert len(line.text) == min(length, 100)
    assert line.text.endswith("…") == (length > 100)


def test_a_long_page_gives_a_few_lines_of_each_sort() -> None:
    page = result("a", *[f"It stays {number}." for number in range(40)], *[(block("Menu"), gone())] * 40)
    assert [line.category for line in looked([page]).sample] == [""] * LINES_SHOWN + ["nav"] * LINES_SHOWN
