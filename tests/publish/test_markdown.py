"""Markdown: what it looks like, that it renders to the words of the page, and that nothing in it comes alive."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser

from pipeline.document import Block
from pipeline.publish.markdown import markdown
from tests.publish.made_up import block

LOOKS: dict[str, tuple[list[Block], str]] = {
    "heading": ([block("Wheat", "heading", level=2)], "## Wheat"),
    "heading-without-level": ([block("Wheat", "heading")], "## Wheat"),
    "heading-closing": ([block("Learn C #", "heading", level=1)], "# Learn C \\#"),
    "paragraphs": ([block("One."), block("Two.")], "One.\n\nTwo."),
    "verse": ([block("One,", "line"), block("two.", "line", tight=True)], "One,  \ntwo."),
    "lines-in-a-paragraph": ([block("One,\n- two.")], "One,  \n\\- two."),
    "list": (
        [block("a", "item", marker="•", level=1), block("b", "item", marker="•", level=1, tight=True)],
        "- a\n- b",
    ),
    "list-nested": (
        [
            block("a", "item", marker="10.", level=1),
            block("b", "item", marker="-", level=2, tight=True),
            block("c", "item", marker="11.", level=1, tight=True),
        ],
        "10. a\n    - b\n11. c",
    ),
    "list-goes-on": (
        [
            block("a", "item", marker="1.", level=1),
            block("more", level=1),
            block("x\n\n  y", "code", level=1),
            block("b", "item", marker="-", level=2, tight=True),
            block("said", "quote", level=2),
            block("of a", level=1),
            block("c", "item", marker="2.", level=1, tight=True),
            block("end"),
        ],
        "1. a\n\n   more\n\n   ```\n   x\n\n     y\n   ```\n\n   - b\n\n     > said\n\n   of a\n\n2. c\n\nend",
    ),
    "list-without-its-first": ([block("more", level=1), block("b", "item", marker="2.", level=1)], "more\n\n2. b"),
    "list-with-a-gap": (
        [
            block("a", "item", marker="1.", level=1),
            block("b", "item", marker="7.", level=1, tight=True),
            block("c", "item", marker="8.", level=1, tight=True),
            block("d", "item", marker="1.", level=1),
        ],
        "1. a\n7) b\n8) c\n\n1. d",
    ),
    "list-own-marker": ([block("x", "item", marker="a)", level=1)], "- a) x"),
    "quote": ([block("One\ntwo", "quote")], "> One  \n> two"),
    "quotes": ([block("One", "quote"), block("two", "quote")], "> One\n>\n> two"),
    "code": ([block("a = 1\n\nb", "code")], "```\na = 1\n\nb\n```"),
    "code-in-code": ([block("```\nx\n```", "code")], "````\n```\nx\n```\n````"),
    "table": (
        [block("Grain | Price", "row"), block("Oat | 3 | new", "row", tight=True), block("a|b", "row", tight=True)],
        "| Grain | Price |  |\n| --- | --- | --- |\n| Oat | 3 | new |\n| a\\|b |  |  |",
    ),
    "table-with-empty-cells": (
        [block("| Mon | Tue", "row"), block("Ann | | 3", "row", tight=True), block("Bo | 1 |", "row", tight=True)],
        "|  | Mon | Tue |\n| --- | --- | --- |\n| Ann |  | 3 |\n| Bo | 1 |  |",
    ),
    "two-tables": ([block("a", "row"), block("b", "row")], "| a |\n| --- |\n\n| b |\n| --- |"),
    "tabs": ([block("a\tb", "row")], "| a | b |\n| --- | --- |"),
    "link": ([block("see", markup="[see](https://x.example/)")], "[see](https://x.example/)"),
    "link-brackets": ([block("see", markup="[see](<https://x.example/(a)>)")], "[see](<https://x.example/(a)>)"),
    "link-script": ([block("see", markup="[see](javascript:alert`1`)")], "see"),
    "link-data": ([block("see", markup="a [see](DATA:text/html,x) b")], "a see b"),
    "link-mail": ([block("see", markup="[see](mailto:a@x.example)")], "[see](mailto:a@x.example)"),
    "link-safe-and-script": (
        [block("see it", markup="[see](/a) [it](<javascript:b>)")],
        "[see](/a) it",
    ),
    "markup-code": (
        [block("a<b> ![x](y) <c>", markup="`a<b>` `![x](y)` <c>")],
        "`a<b>` `![x](y)` \\<c>",
    ),
    "emphasis-touched": ([block("Note:this", markup="**Note:**this *(so)*it")], "**Note**:this *(so*)it"),
    "emphasis-touching-before": (
        [block("the“sir”", markup="the**“sir”** and **“sir”**")],
        "the“**sir”** and **“sir”**",
    ),
    "emphasis-twice": ([block("BoldAgain", markup="**Bold****Again**")], "**BoldAgain**"),
    "emphasis-of-signs": ([block("a!!b", markup="a**!!**b")], "a!!b"),
    "emphasis-of-a-link": ([block("ab", markup="**[a](/x)**b")], "**[a](/x)**b"),
    "markup-image": ([block("!see", markup="![see](https://x.example/?q=1)")], "\\![see](https://x.example/?q=1)"),
    "markup-tag": ([block("<b>", markup="<b> **x**")], "\\<b> **x**"),
    "snake-case": ([block("snake_case and _this_")], "snake_case and \\_this\\_"),
    "plain-signs": ([block("2 < 3 & 4 > 1 ~ 5")], "2 < 3 & 4 > 1 ~ 5"),
}


@pytest.mark.parametrize(("blocks", "expected"), LOOKS.values(), ids=LOOKS)
def test_looks(blocks: list[Block], expected: str) -> None:
    assert markdown(blocks) == expected


def test_links_can_be_left_out() -> None:
    assert markdown([block("see *it*", markup="[see](https://x.example/) \\*it\\*")], links=False) == "see \\*it\\*"


def rendered(text: str) -> LexborHTMLParser:
    return LexborHTMLParser(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text))


def words(text: str) -> list[str]:
    return re.findall(r"\S+", text)


PLAIN = [
    "# no heading", "#5 is no heading", "####### seven", "1. no list", "12) no list", "- no list", "* no list",
    "+ none", "> no quote", ">no quote", "---", "***", "___", "- - -", "===", "~~~ no fence", "``` no fence",
    "| a | b |", "|---|", "---|---", ":-: | :-:", "<script>alert(1)</script>", "![x](http://x.example/?q=secret)",
    "[a](javascript:alert(1))", "[a]: http://x.example/", "[^1]: note", "<http://x.example/>", "<!-- gone? -->",
    "&lt;b&gt; &#60; &amp;", "`code`", "**bold** __bold__ *it* _it_", "~~struck~~ ~ a~~b", "back\\slash \\* \\",
    "a\\", "2026. A year", "1.5 tons", "<b>", "<?php", "-5 degrees", "--- x", "#", "-", "1.", ">", "=", "_",
    "a & b; AT&T; x&y;", "]( [ ]( )", "<![CDATA[x]]>", "__init__ of a_b__c",
]  # fmt: skip


@pytest.mark.parametrize("kind", ["paragraph", "line", "item", "heading", "quote"])
@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_stays_plain(text: str, kind: str) -> None:
    tree = rendered(markdown([block("before", kind), block(text, kind), block("after", kind)]))
    shell = {"p", "br", "li", "ul", "h2", "blockquote", "html", "head", "body"}
    assert {node.tag for node in tree.css("*")} <= shell
    assert words(tree.body.text(separator=" ")) == ["before", *words(text), "after"]


SIGNS = st.text(st.sampled_from("#*_-+>~`[]()!<>&;:|\\=1. ab/"), min_size=1, max_size=24)


@given(SIGNS.filter(str.strip))
def test_any_signs_render_to_themselves(text: str) -> None:
    tree = rendered(markdown([block("before"), block(" ".join(text.split()))]))
    assert words(tree.body.text(separator=" ")) == ["before", *words(text)]
    assert {node.tag for node in tree.css("*")} <= {"p", "html", "head", "body"}


@given(st.lists(SIGNS.map(lambda text: text.replace("|", "x").strip()), min_size=1, max_size=4).filter(any))
def test_cells_render_to_themselves(cells: list[str]) -> None:
    tree = rendered(markdown([block(" ".join(" | ".join(cells).split()), "row")]))
    assert [words(cell.text()) for cell in tree.css("th")] == [words(cell) for cell in cells]


@given(st.text(st.sampled_from("`~\n ab<#"), min_size=1).filter(lambda text: text.strip("\n")))
def test_code_keeps_every_character(text: str) -> None:
    (code,) = rendered(markdown([block(text, "code")])).css("code")
    assert code.text().rstrip("\n") == text.strip("\n")
