"""Wrapped prose in HTML: lines that mean nothing are joined, with their Markdown; all others stay.

A case is a piece of HTML and the blocks it must become, each written as `kind text`.
"""

# ruff: noqa: E501  # the cases are a table

from __future__ import annotations

import pytest

from pipeline import Settings, clean
from pipeline.segment.html import Parsed, first_texts, segment_html

ENOUGH = 1_000_000
LINES = [
    "The ferry leaves the harbour at nine in the morning, and whoever misses it",
    "waits for the next one with a good book and a cup of tea, for the harbour has",
    "a small room for travellers, where a stove burns from October until the end of",
    "March and nobody is in a hurry.",
]
JOINED = " ".join(LINES)
OTHERS = """\
In winter the boats stay in the harbour from the first storm of November on, and
whoever wants to cross must ask the man with the mail, who goes on Mondays if the
weather allows, and takes nobody who cannot row."""
JOINED_OTHERS = OTHERS.replace("\n", " ")
BROKEN = "<br>\n".join(LINES)
WRAPPED = "\n".join(LINES)
VERSE = ["The ferry leaves, the gulls complain,", "the quay is grey with morning rain,", "and no one waves."]
TABLE = "Harbour        Boats      Since\nNorth          12         1904\nSouth           3         1988"
CODE = "def leave(at):\n    ferry.cast_off(at)\n    return ferry"

CASES = {
    "line-breaks": (f"<p>{BROKEN}</p>", [f"paragraph {JOINED}"]),
    "line-breaks-in-an-item": (f"<ul><li>{BROKEN}</ul>", [f"item {JOINED}"]),
    "line-breaks-in-a-heading": (f"<h2>{BROKEN}</h2>", [f"heading {JOINED}"]),
    "line-breaks-in-a-quote": (f"<blockquote>{BROKEN}</blockquote>", [f"quote {JOINED}"]),
    "two-lines-that-go-on": (f"<p>{LINES[0]}<br>{LINES[1]}</p>", [f"paragraph {LINES[0]} {LINES[1]}"]),
    "two-lines-that-do-not": (f"<p>{LINES[0]}.<br>{LINES[1]}</p>", [f"paragraph {LINES[0]}.\n{LINES[1]}"]),
    "a-name-below": (f"<p>{LINES[0]}<br>by</p>", [f"paragraph {LINES[0]}\nby"]),
    "verse": (f"<p>{'<br>'.join(VERSE)}</p>", ["paragraph " + "\n".join(VERSE)]),
    "address": ("<p>Harbour Office<br>12 Quay Lane<br>Tern</p>", ["paragraph Harbour Office\n12 Quay Lane\nTern"]),
    "mail-in-pre": (
        f"<pre>From: Ada\nTo: Bea\n\nHello,\n\n{WRAPPED}\n\n&gt; is there tea?\n\n{OTHERS}\n\nAda</pre>",
        ["line From: Ada", "line To: Bea", "line Hello,", f"paragraph {JOINED}", "quote is there tea?", f"paragraph {JOINED_OTHERS}", "line Ada"],
    ),
    "indented-in-pre": (
        "<pre>" + "\n".join(f"       {line}" for line in LINES) + "</pre>", [f"paragraph {JOINED}"],
    ),
    "hidden-pre": (f"<pre hidden>{WRAPPED}</pre><p>Seen.</p>", [f"paragraph {JOINED}", "paragraph Seen."]),
    "code-in-pre": (f"<pre>{CODE}</pre>", [f"code {CODE}"]),
    "comment-in-code": (f"<pre>{CODE}\n\n{WRAPPED}\n\n{CODE}</pre>", [f"code {CODE}\n\n{WRAPPED}\n\n{CODE}"]),
    "table-in-pre": (f"<pre>{WRAPPED}\n\n{TABLE}</pre>", [f"code {WRAPPED}\n\n{TABLE}"]),
    "columns-in-pre": (f"<pre>{TABLE}</pre>", [f"code {TABLE}"]),
}  # fmt: skip


def read(html: str) -> Parsed:
    return segment_html(html, ENOUGH)


@pytest.mark.parametrize(("html", "wanted"), CASES.values(), ids=CASES)
def test_lines_that_an_editor_wrapped_are_joined(html: str, wanted: list[str]) -> None:
    blocks = read(html).blocks
    assert [f"{block.kind} {block.text}" for block in blocks] == wanted
    assert [block.index for block in blocks] == list(range(len(blocks)))


def test_what_hid_a_text_in_pre_hides_all_of_it() -> None:
    first, second = read(CASES["hidden-pre"][0]).blocks
    assert (first.hidden, first.path, second.hidden) == ("attribute hidden", "body>pre", "")


def test_markdown_is_joined_like_the_text_and_goes_to_its_own_block() -> None:
    marked = BROKEN.replace("a stove", "<b>a stove</b>")
    parsed = read(f"<pre>{WRAPPED}\n\n{WRAPPED}</pre><p>{marked}</p><p>See <a href='/tea'>tea</a>.</p>")
    written = [block.markup for block in parsed.written(parsed.blocks)]
    assert written == ["", "", JOINED.replace("a stove", "**a stove**"), "See [tea](/tea)."]


def test_the_first_texts_of_a_page_are_joined_as_well() -> None:
    assert first_texts(f"<p>{BROKEN}</p><p>One.</p><p>Two.</p>", ENOUGH, 100)[0] == JOINED


def test_what_was_joined_stays_when_it_is_read_again() -> None:
    page = f"<article><h1>Ferries</h1><p>{BROKEN}</p><pre>{OTHERS}</pre></article>"
    once = clean(page, kind="html", settings=Settings(model="none", witness="none")).text
    assert once == f"Ferries\n\n{JOINED}\n\n{JOINED_OTHERS}"
    assert clean(once, kind="text").text == once
