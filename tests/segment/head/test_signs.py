"""What pages say of their own kind: by their address and by their head."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.segment.head.metadata import Head
from pipeline.segment.head.signs import ADDRESS, SIGNS, signs_of
from pipeline.segment.html import segment_html

PLAIN = signs_of(Head(), "https://a.example/one/two")


def told_by(url: str) -> set[int]:
    """The words of sections that an address holds, by number."""
    return {number for number, sign in enumerate(signs_of(Head(), url)[: ADDRESS - 6]) if sign}


ADDRESSES = {
    "product": ("https://a.example/products/red-boat", {0}),
    "list": ("https://a.example/category/boats?page=2", {1}),
    "thread": ("https://forum.example/t/which-boat/123", {2, 6}),
    "old-forum": ("https://a.example/viewtopic.php?t=12", {2}),
    "documentation": ("https://docs.a.example/guide/start", {3, 4}),
    "news": ("https://a.example/2025/03/ferry-sinks", {5}),
    "service": ("https://a.example/services/", {7}),
    "service-at-the-end": ("https://a.example/about", {7}),
    "capitals": ("https://A.example/PRODUCT/x", {0}),
    "a-word-within-a-word": ("https://a.example/newsletter-productive/x", set()),
    "nothing": ("https://a.example/", set()),
}


@pytest.mark.parametrize(("url", "signs"), ADDRESSES.values(), ids=ADDRESSES)
def test_addresses(url: str, signs: set[int]) -> None:
    assert told_by(url) == signs


def head_of(html: str) -> Head:
    return segment_html(f"<html><head>{html}</head><body><p>x</p></body></html>", 1_000).head


HEADS = {
    "shared-as-article": ('<meta property="og:type" content="article">', ADDRESS),
    "shared-as-product": ('<meta property="og:type" content="og:product">', ADDRESS + 1),
    "shared-as-website": ('<meta property="og:type" content="Website">', ADDRESS + 2),
    "type": ('<script type="application/ld+json">{"@type": "NewsArticle"}</script>', ADDRESS + 4),
    "type-below": ('<script type="application/ld+json">{"@graph": [{"@type":"Product"}]}</script>', ADDRESS + 5),
    "type-that-does-not-parse": ('<script type="application/ld+json">{"@type":"ItemList",,}</script>', ADDRESS + 6),
}


@pytest.mark.parametrize(("html", "sign"), HEADS.values(), ids=HEADS)
def test_heads(html: str, sign: int) -> None:
    before, after = signs_of(Head(), None), signs_of(head_of(html), None)
    assert (before[sign], after[sign]) == (0.0, 1.0)


def test_a_page_without_address_takes_the_one_that_its_head_names() -> None:
    head = head_of('<link rel="canonical" href="https://a.example/products/x">')
    assert signs_of(head, None) == signs_of(head, "https://a.example/products/x")


def test_nothing_said_is_no_address_no_name_and_no_type() -> None:
    assert signs_of(Head(), None) == (0.0,) * (ADDRESS + 3) + (1.0,) + (0.0,) * 8 + (1.0,)


@given(st.text(max_size=60) | st.text(st.sampled_from(":/.?#[]@%aé漢1-"), max_size=60))
def test_whatever_an_address_is(url: str) -> None:
    signs = signs_of(Head(), url)
    assert len(signs) == SIGNS == len(PLAIN)
    assert all(0 <= sign <= 8 for sign in signs)
