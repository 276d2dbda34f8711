"""The article that a page holds only as data for its script: which string is taken, and that nothing else is."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Page
from pipeline.segment import segment
from pipeline.segment.embedded import embedded_article
from pipeline.settings import Settings

STORY = " ".join(f"The ferry number {n} left the old harbour in the morning fog." for n in range(20))
MARKUP = f"<p>{STORY}</p><figure><figcaption>The harbour</figcaption></figure><h2>Later</h2><p>{STORY[::-1]}.</p>"


def script(data: object, before: str = "window.state=", kind: str = "") -> str:
    return f"<html><body><div id=root></div><script{kind}>{before}{json.dumps(data)}</script></body></html>"


TAKEN = {
    "html": (script({"detail": {"contentHtml": MARKUP}}), MARKUP),
    "text": (script({"article": {"articleBody": STORY}}), STORY),
    "json-script": (script({"body_text": STORY}, "", " type='application/json' id=__DATA__"), STORY),
    "the-longest": (script({"content": STORY, "other": {"content": STORY * 2}}), STORY * 2),
    "data-in-a-string": (script(json.dumps({"content": STORY}), "state=JSON.parse(") + ")", STORY),
    "hexadecimal": (script({"content": STORY}).replace("fog", "f\\x6fg"), STORY),
}


@pytest.mark.parametrize(("page", "article"), TAKEN.values(), ids=TAKEN)
def test_taken(page: str, article: str) -> None:
    assert embedded_article(page) == article


LEFT = {
    "no-script": f"<p>{STORY}</p>",
    "short": script({"content": STORY[:300]}),
    "another-name": script({"queryKey": STORY, "cookieText": STORY, "termsHtml": STORY, "errorBody": STORY}),
    "a-style-sheet": script({"content": ".a{color:red;margin:0.5em} " * 100}),
    "a-script": script({"content": "function f(a){return a.b;} " * 100}),
    "words-without-sentences": script({"content": "Ferry harbour morning fog " * 100}),
    "an-article-for-machines": script({"articleBody": STORY}, "", ' type="application/ld+json"'),
    "no-json": script({"content": STORY}).replace("fog", "f\\qog"),
}


@pytest.mark.parametrize("page", LEFT.values(), ids=LEFT)
def test_left(page: str) -> None:
    assert embedded_article(page) == ""


def blocks_of(html: str) -> list[tuple[str, str, str]]:
    found = segment(Page("p", html.encode()), Settings()).blocks
    return [(block.kind, block.path, block.text) for block in found]


def test_the_blocks_of_an_empty_page_say_where_they_come_from() -> None:
    found = blocks_of(script({"content": f"<h2>Fog</h2><p>{STORY}</p>"}))
    assert found == [("heading", "script[data]>h2", "Fog"), ("paragraph", "script[data]>p", STORY)]


def test_blocks_are_numbered_on_after_those_that_show() -> None:
    html = script({"text": STORY}).replace("<div id=root></div>", "<nav>Home</nav>")
    blocks = segment(Page("p", html.encode()), Settings()).blocks
    assert [block.index for block in blocks] == list(range(len(blocks)))
    assert [block.text for block in blocks] == ["Home", STORY]


def test_a_page_that_shows_its_text_is_not_looked_through() -> None:
    html = script({"content": STORY[::-1] + "."}).replace("<div id=root></div>", f"<p>{STORY}</p>")
    assert [text for _, _, text in blocks_of(html)] == [STORY]


def test_half_a_character_is_none() -> None:
    page = script({"content": STORY}).replace("fog", "f\\ud800g")
    assert "f?g" in blocks_of(page)[0][2]


HOSTILE = {
    "quotes": "<script>" + '"' * 1_000_000 + "</script>",
    "open-strings": "<script>" + '"content":"' * 100_000 + "</script>",
    "backslashes": '<script>"content":"' + "\\" * 1_000_000 + "</script>",
    "no-sentence-ends": script({"content": "a" * 1_000_000}),
    "angle-brackets": script({"content": "<" * 1_000_000}),
    "long-and-escaped": script({"content": '\\"' * 300_000 + STORY}),
    "scripts": f"<script>{'x' * 600}</script>" * 3_000,
    "json-in-json": script(json.dumps(json.dumps({"content": STORY * 100}))),
}


@pytest.mark.parametrize("page", HOSTILE.values(), ids=HOSTILE)
def test_hostile_scripts_cost_little(page: str) -> None:
    start = time.process_time()
    embedded_article(page)
    assert time.process_time() - start < 3


@given(st.text(st.sampled_from('"\\:{}[]<>a.contentbody \n'), max_size=200))
def test_whatever_a_script_holds(text: str) -> None:
    assert isinstance(embedded_article(f"<script>{text * 5}</script>"), str)
