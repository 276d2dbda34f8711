"""Text without markup to blocks: wrapped paragraphs joined only when safe, left-over markup told from words.

Every case is read compiled, where that could be built, and in Python alone; both are the same. A case is a text and the blocks it must become, each written as `kind text`; two blanks in front of a tight one.
"""

# ruff: noqa: E501  # the cases are a table

from __future__ import annotations

import sys
import time
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Block
from pipeline.segment.text.reader import COMPILED, _text, segment_text

WRAPPED = """\
The ferry leaves the harbour at nine in the morning, and whoever misses it
waits for the next one with a good book and a cup of tea, for the harbour has
a small room for travellers, where a stove burns from October until the end of
March and nobody is in a hurry."""
JOINED = " ".join(WRAPPED.split("\n"))


def shown(block: Block) -> str:
    heads = {"heading": f"h{block.level}", "paragraph": "p", "item": block.marker, "quote": block.marker}
    head = heads.get(block.kind, block.kind)
    return f"{'  ' if block.tight else ''}{head} {block.text}"


def both(text: str) -> list[Block]:
    blocks = segment_text(text, compiled=False)
    assert segment_text(text) == blocks
    return blocks


def blocks_of(text: str) -> list[str]:
    return [shown(block) for block in both(text)]


WRAPS = {
    "paragraph": (WRAPPED, [f"p {JOINED}"]),
    "two-paragraphs": (f"{WRAPPED}\n\n{WRAPPED}", [f"p {JOINED}"] * 2),
    "indented": ("  " + WRAPPED, [f"p {JOINED}"]),
    "trailing-spaces": (WRAPPED.replace("\n", "  \n"), [f"p {JOINED}"]),
    "crlf": (WRAPPED.replace("\n", "\r\n"), [f"p {JOINED}"]),
    "case24-cr": (WRAPPED.replace("\n", "\r"), [f"p {JOINED}"]),
    "case23-line-separators": (WRAPPED.replace("\n", "\u2028"), [f"p {JOINED}"]),
    "case23-nel": (WRAPPED.replace("\n", "\x85"), [f"p {JOINED}"]),
    "case24-mixed": ("a\rb\nc\r\nd", ["line a", "  line b", "  line c", "  line d"]),
    "broken-at-a-hyphen": (
        "The ferry leaves the harbour at nine in the morning, and whoever misses a well-\nknown crossing waits for the next one with a good book and a cup of tea, says a\nsailor.",
        [
            "p The ferry leaves the harbour at nine in the morning, and whoever misses a well-known crossing waits for the next one with a good book and a cup of tea, says a sailor."
        ],
    ),
    "broken-before-a-capital": (
        "The ferry leaves the harbour at nine in the morning, and whoever misses a Post-\nFerry waits for the next one with a good book and a cup of tea, says one old\nsailor.",
        [
            "p The ferry leaves the harbour at nine in the morning, and whoever misses a Post-Ferry waits for the next one with a good book and a cup of tea, says one old sailor."
        ],
    ),
    "no-broken-word": (
        "The ferry leaves the harbour at nine in the morning, for those from the town-\nand village-wide schools, who wait with a good book and a cup of tea, and for a\nsailor.",
        [
            "p The ferry leaves the harbour at nine in the morning, for those from the town- and village-wide schools, who wait with a good book and a cup of tea, and for a sailor."
        ],
    ),
    "beside-others": (
        f"{WRAPPED}\n\nThe ferry leaves the harbour at nine in the morning, and whoever misses it, as\nAda did, waits.",
        [
            f"p {JOINED}",
            "p The ferry leaves the harbour at nine in the morning, and whoever misses it, as Ada did, waits.",
        ],
    ),
    "around-an-address": (
        f"The ferry leaves the harbour at nine in the morning, and whoever misses it may\nlook at\nhttps://a.test/{'a' * 120}\nfor the next one.",
        [
            f"p The ferry leaves the harbour at nine in the morning, and whoever misses it may look at https://a.test/{'a' * 120} for the next one."
        ],
    ),
    "all-capitals": (WRAPPED.upper(), [f"p {JOINED.upper()}"]),
    "items": (
        "- The ferry leaves the harbour at nine in the morning, and whoever misses it\n  waits.\n- The ferry is red\n  and white\n  1. The ferry leaves the harbour at nine in the morning; who misses the\n     Post-Ferry waits.",
        [
            "- The ferry leaves the harbour at nine in the morning, and whoever misses it waits.",
            "  - The ferry is red",
            "line and white",
            "1. The ferry leaves the harbour at nine in the morning; who misses the Post-Ferry waits.",
        ],
    ),
    "items-mended-by-hand": (
        "- The ferry leaves the harbour at nine in the morning,\n  and whoever misses it waits for the next one with a good book\n  (and tea).\n- The ferry is red.",
        [
            "- The ferry leaves the harbour at nine in the morning, and whoever misses it waits for the next one with a good book (and tea).",
            "  - The ferry is red.",
        ],
    ),
    "paragraphs-in-an-item": (
        "- The ferry (red)\n  Whoever misses the ferry that leaves the harbour at nine waits\n  for the next one.",
        ["- The ferry (red)", "line Whoever misses the ferry that leaves the harbour at nine waits for the next one."],
    ),
    "commands-in-an-item": (
        "- Whoever misses the ferry that leaves at nine can ask for the next\n  $ ferry next\n- The ferry is red.",
        [
            "- Whoever misses the ferry that leaves at nine can ask for the next",
            "line $ ferry next",
            "- The ferry is red.",
        ],
    ),
    "mended-by-hand": (
        f"{WRAPPED}\n\nThe ferry leaves the harbour at nine in the morning,\nand whoever misses it waits for the next one with a good book and tea.",
        [
            f"p {JOINED}",
            "p The ferry leaves the harbour at nine in the morning, and whoever misses it waits for the next one with a good book and tea.",
        ],
    ),
    "below-a-heading": (f"# The ferry\n{WRAPPED}", ["h1 The ferry", f"p {JOINED}"]),
    "below-headings": (f"# The ferry\n## Times\n{WRAPPED}", ["h1 The ferry", "h2 Times", f"p {JOINED}"]),
    "below-an-underlined-heading": (f"The ferry\n---------\n{WRAPPED}", ["h2 The ferry", f"p {JOINED}"]),
    "an-item-that-goes-on-with-a-number": (
        " * The ferry leaves the harbour at nine in the morning, by order of\n   1.7.9, and whoever misses it waits.",
        ["* The ferry leaves the harbour at nine in the morning, by order of 1.7.9, and whoever misses it waits."],
    ),
    "one-paragraph-a-line": (f"{JOINED}\n{JOINED}", [f"p {JOINED}"] * 2),
}
NOT_JOINED = {
    "capitals-of-no-width": "The ferry leaves the harbour at nine in the morning.\nAnd whoever misses it waits for the next one with a book\nHe is not alone",
    "case40-verse": "The river runs, the river bends,\nit does not know where water ends,\nand we who watch it from the quay\nhave never seen the open sea.",
    "scores": "North 3 South 1\nEast 0 West 0\nHarbour 2 Hill 2",
    "address": "Harbour Office\n12 Quay Street\n1234 Rivertown",
    "case41-interview": "Ada: How long have you sailed?\nBo: Forty years.\nAda: And before?\nBo: Nothing before.",
    "recipe": "200 g flour\n2 eggs\na pinch of salt",
    "lines-of-one-width-by-chance": "The ferry to the island leaves at nine in the morning.\nThe ferry to the mainland leaves at ten in the evening.",
    "case23-vt-and-ff": "a b\x0bc d\x0ce f",
    "japanese": "渡し船は朝の九時に出ます。\n次の船は十時です。",
    "beside-long-lines": f"{JOINED}\nThe ferry leaves the harbour at nine in the morning, and whoever misses it, as\nAda did, waits.",
    "verse-of-capitals": "The river runs between the hills and never once\nThe river stops to see the boats that come and go\nOr waits until the captain calls the morning crew",
    "who-said-it": "The ferry to the island leaves at nine in the morning, said the captain of the\n~ Ada Lovelace, who had come",
    "addresses": "https://a.test/ferries ... timetable of the winter months and the\nhttps://b.test/islands ... timetable of the summer months of the",
    "who-said-it-in-capitals": "The ferry leaves the harbour at nine in the morning, they said, in the\nFERRY NEWS",
    "settings": "- name: the ferry that leaves the harbour at nine in the morning\n  harbour.office: The ferry that leaves",
    "cells": "Name of the ferry | the harbour from which it leaves in the morning, each\nlady of the sea | the harbour of the capital, where a stove burns from the",
    "columns-that-begin-nowhere-alike": "needle (bytes):   [ head ][ safe window ][ tail ]\nneedle (folded):  [ .... ][  <=16 bytes ][ .... ]\nSIMD scans only:          [  <=16 bytes ]",
    "code-of-two-lines": "The function is: fn leave(at: Time) -> Result<Ferry, Time> { Ok(Ferry at) }\nfn arrive(at: Time) -> Result<Ferry, Time>",
    "who-wrote-it": "The Ferry That Leaves the Harbour at Nine in the Morning, and Other Stories\nby",
    "comments": "# the ferry leaves the harbour at nine in the morning, and whoever misses it\n# waits for the next one",
    "sentences-a-line": "It rained all day long on Friday.\nOn Saturday it did not rain at all, and all of the town went to the river to see it.\nSunday was dry.",
}
UNDERLINED = {
    "levels": ("Ferries\n=======\n\nRed\n---\n\nOld\n~~~\n", ["h1 Ferries", "h2 Red", "h3 Old"]),
    "text-below": ("Ferries\n=======\nThey leave.", ["h1 Ferries", "line They leave."]),
    "one-below-another": ("Ferries\n=======\nRed\n---\n- one", ["h1 Ferries", "h2 Red", "- one"]),
    "a-line-above": ("=======\nFerries\n=======\n\nThey leave.", ["h1 Ferries", "line They leave."]),
    "centred": ("-----------\n  Ferries\n-----------", ["h2 Ferries"]),
    "wide-characters": ("渡し船\n======\n\n九時", ["h1 渡し船", "line 九時"]),
    "a-number": ("1. Ferries\n----------", ["h2 1. Ferries"]),
    "a-bit-short": ("The ferries\n=========", ["h1 The ferries"]),
    "strong-words-and-links": ("The [red](/red) **ferry**\n=========================", ["h1 The red ferry"]),
    "rule-across-the-page": ("Ada Lovelace\n" + "-" * 60, ["line Ada Lovelace", f"  line {'-' * 60}"]),
    "another-line-above": ("-------\nFerries\n=======", ["line -------", "  line Ferries", "  line ======="]),
    "below-other-lines": ("Tea 2\nTime 3\n------\n5", ["line Tea 2", "  line Time 3", "  line ------", "  line 5"]),
    "numbers": ("12.50\n-----", ["line 12.50", "  line -----"]),
    "two-signs": ("No\n--", ["line No", "  line --"]),
    "mixed-signs": ("Ferry\n-=-=-", ["line Ferry", "  line -=-=-"]),
    "cells": ("Name Age\n---- ---", ["line Name Age", "  line ---- ---"]),
    "quotations": ("> Ferries\n---------", ["> Ferries", "line ---------"]),
    "runs-alone": ("=====\n=====\n=====", ["line =====", "  line =====", "  line ====="]),
}
MARKUP = {
    "image-tag": (
        '<image>data:image/png;base64,AAAA" alt="A boat"</image>',
        ['line <image>data:image/png;base64,AAAA" alt="A boat"</image>'],
    ),
    "image-in-a-line": ("Before <image>x</image> after.", ["line Before", "line <image>x</image>", "line after."]),
    "image-with-namespace": ("a <ns0:image>x</ns0:image> b", ["line a", "line <ns0:image>x</ns0:image>", "line b"]),
    "img-tag": ("<img src=boat.png> tail", ["line <img src=boat.png>", "line tail"]),
    "markdown-image": ("![A boat](boat.png)", ["line ![A boat](boat.png)"]),
    "markdown-image-with-brackets": ("![a](b_(c).png) d", ["line ![a](b_(c).png)", "line d"]),
    "two-images": ("![a](b) ![c](d)", ["line ![a](b)", "line ![c](d)"]),
    "data-uri": ("data:image/png;base64,iVBORw0KGgo=", ["line data:image/png;base64,iVBORw0KGgo="]),
    "the-word-data": ("Old data: new tricks", ["line Old data: new tricks"]),
    "entities": ("Tom &amp; Ann&#8217;s &lt;3 &copy;", ["line Tom & Ann’s <3 ©"]),
    "no-entities": ("R&D, AT&T, &unknown; a & b", ["line R&D, AT&T, &unknown; a & b"]),
    "bare-tags": ("<p>Join</p>\n<b>us</b> now<br>today", ["line Join", "  line us now today"]),
    "tags-spoken-of": (
        "The <table> element, <b>bold</b>, lists (<ul>s) held by <br> tags, and sum<I>(x)",
        ["line The <table> element, bold, lists (<ul>s) held by tags, and sum<I>(x)"],
    ),
    "tags-in-code": ("`<b>x</b>` and `<br>` make <b>x</b>", ["line `<b>x</b>` and `<br>` make x"]),
    "tags-of-a-text-on-tags": (
        "A <form> holds an <input>.\n\n<p>Hello</p>\n\nPut <b>one</b> <img src=a.png> into <div class=x></div>.",
        [
            "line A <form> holds an <input>.",
            "line <p>Hello</p>",
            "line Put <b>one</b> <img src=a.png> into <div class=x></div>.",
        ],
    ),
    "tags-of-a-text-on-types": (
        "An Option<u32> becomes a Vec<String> by into<B>(), and <b>x</b> stays.",
        ["line An Option<u32> becomes a Vec<String> by into<B>(), and <b>x</b> stays."],
    ),
    "an-island-of-badges": (
        "<p align=center>\n  <a href=/a><img src=//b.test/a.png></a>\n  <a href=/b><img\n    src=b.png></a>\n</p>\n\nThe ferry.",
        ["line <img src=//b.test/a.png>", "line <img src=b.png>", "line The ferry."],
    ),
    "a-listing-of-boxes": (
        "<div>\n  <div>One</div>\n  <img src=a.png>\n</div>",
        ["code <div>\n  <div>One</div>\n  <img src=a.png>\n</div>"],
    ),
    "a-listing-of-elements": (
        "<ul>\n  <li>the first one</li>\n  <li>the second one</li>\n</ul>",
        ["code <ul>\n  <li>the first one</li>\n  <li>the second one</li>\n</ul>"],
    ),
    "one-odd-tag-is-none": ("<more> Ada <b>sails</b>.", ["line <more> Ada sails."]),
    "pictures-of-a-text-on-tags": ("<form> <input> ![a](b) c", ["line <form> <input>", "line ![a](b)", "line c"]),
    "tags-before-stops": ("a <b>report</b>, <a>one</a><a>two</a>.", ["line a report, one two."]),
    "no-tags": ("a < b and c > d, x <y> z", ["line a < b and c > d, x <y> z"]),
    "only-tags": ("<div>\n</div>", []),
}
MARKDOWN = {
    "headings": ("# One\n\n## Two ##\n\n###### Six", ["h1 One", "h2 Two", "h6 Six"]),
    "heading-that-ends-in-a-sign": ("# Learn C#", ["h1 Learn C#"]),
    "no-heading": ("#hashtag and more", ["line #hashtag and more"]),
    "items": ("- one\n* two\n+ three\n• four", ["- one", "  * two", "  + three", "  • four"]),
    "numbered": ("1. one\n2) two", ["1. one", "  2) two"]),
    "no-items": (
        "-5 degrees\n1.5 litres\n2024 was dry",
        ["line -5 degrees", "  line 1.5 litres", "  line 2024 was dry"],
    ),
    "escaped-signs": (
        "# A\n1\\. async\\_hooks of {Object\\[]}, 2\\*3, `a\\_b`\n\\- **\\*\\*** \\[x\\] c:\\_d \\(e\\)",
        ["h1 A", "line 1. async_hooks of {Object[]}, 2*3, `a\\_b`", "  line - \\*\\* \\[x\\] c:\\_d \\(e\\)"],
    ),
    "backslashes-of-other-texts": ("async\\_hooks\n1\\. 2\\*3", ["line async\\_hooks", "  line 1\\. 2\\*3"]),
    "quotes": ("> one\n> two", ["> one", "  > two"]),
    "table": ("| a | b |\n|---|---|\n| 1 | 2 |", ["row a | b", "  row 1 | 2"]),
    "fence": ("```py\ndef f():\n\n    return\n```\nafter", ["code def f():\n\n    return", "line after"]),
    "fence-of-tildes": ("~~~\n# a\n~~~", ["code # a"]),
    "tildes-below-a-title": (
        "Ferries\n~~~~~~~\n\nThey leave.\n\nFAQ\n~~~\n\nThey wait.\n\nTea\n~~~",
        ["h3 Ferries", "line They leave.", "h3 FAQ", "line They wait.", "h3 Tea"],
    ),
    "tildes-across-the-page": (
        "Ferries\n\n~~~~~~~~\n\nThey leave.\n\n~~~~~~~~\n\n~~~\n\nThey wait.",
        ["line Ferries", "line ~~~~~~~~", "line They leave.", "line ~~~~~~~~", "line ~~~", "line They wait."],
    ),
    "fence-never-closed": ("```\na\n\nb", ["code a\n\nb"]),
    "fence-inside-a-longer-one": ("````\n```\na\n```\n````", ["code ```\na\n```"]),
    "indented-code": ("    x = f(1);\n    y = 2;", ["code     x = f(1);\n    y = 2;"]),
    "code-without-a-fence": (
        "# wait\nwait(9, 'min')\nsail <b> --now\n\nx = 1\n**y = 2**",
        ["code # wait\nwait(9, 'min')\nsail <b> --now", "code x = 1\n**y = 2**"],
    ),
    "code-of-c": (
        '  Foo.xs:\n  -------\n  #include "a.h"\n  #include "b.h"',
        ["h2 Foo.xs:", 'code   #include "a.h"\n  #include "b.h"'],
    ),
    "indented-prose": ("    Ada wrote this.\n    Bo did not.", ["line Ada wrote this.", "  line Bo did not."]),
    "strong-words": ("This is **bold**.", ["line This is bold."]),
    "single-stars-stay": ("This is *bold*.", ["line This is *bold*."]),
    "link": ("# [One](/1)\n\n- [two](/2)\n- three", ["h1 One", "- two", "  - three"]),
    "long-target": (f"[One](https://a.test/{'a' * 90})", ["line One"]),
    "nothing-but-an-anchor": ("[](#a)\n\nOne", ["line One"]),
    "links-in-cells": ("| [a](/a) | b |\n|---|---|", ["row a | b"]),
    "rows-of-no-table": ("| a | b |\n| c | d |", ["line | a | b |", "  line | c | d |"]),
    "the-head-of-a-table": ("# | Name\n1 | Ada", ["line # | Name", "  line 1 | Ada"]),
    "no-quotes": (">100 boats\n>> Sail: now", ["line >100 boats", ">> Sail: now"]),
    "table-in-columns-and-bars": ("| a   | b   |\n|-----|-----|\n| 1   | 2   |", ["row a | b", "  row 1 | 2"]),
    "items-in-columns": ("* a     b\n* c     d", ["* a b", "  * c d"]),
    "table-in-columns": (
        "Harbour     North   South\nMonday      09:00   10:15\nSunday        -     12:00\n\nFares:   4.50",
        ["code Harbour     North   South\nMonday      09:00   10:15\nSunday        -     12:00", "line Fares: 4.50"],
    ),
    "link-in-code": ("```\n[a](/a)\n```", ["code [a](/a)"]),
}
WHITE = {
    "case03-empty": ("", []),
    "case03-spaces": (" \n\t\r\n ", []),
    "case03-bom-and-zero-width": ("\ufeff\n\u200b\n\u00ad", []),
    "nbsp": ("a\u00a0b", ["line a b"]),
    "blank-lines-of-nbsp": ("a\n\u00a0\nb", ["line a", "line b"]),
}
TABLES = {"wraps": WRAPS, "underlined": UNDERLINED, "markup": MARKUP, "markdown": MARKDOWN, "white": WHITE}


@pytest.mark.parametrize(
    ("text", "blocks"),
    [pytest.param(*case, id=f"{group}-{name}") for group, table in TABLES.items() for name, case in table.items()],
)
def test_blocks(text: str, blocks: list[str]) -> None:
    assert blocks_of(text) == blocks


@pytest.mark.parametrize("text", NOT_JOINED.values(), ids=NOT_JOINED)
def test_lines_stay_lines(text: str) -> None:
    lines = [f"{block.marker} {block.text}".strip() for block in both(text)]
    assert lines == [" ".join(line.split()) for part in text.splitlines() for line in part.split("\x0b")]


def test_a_block_knows_its_line() -> None:
    assert [block.line for block in both(f"# A\n\n{WRAPPED}\n\n- b\n- c")] == [1, 3, 8, 9]


COMMENTED = "# Ferry\n<!-- one -->\n<!-- two\n\nlines -->\nIt sails.\n\n```\n<!-- code -->\n```\n<!-- three --> It is red.\n\n    <!-- code -->\n\n<!-- never closed"


def test_comments_of_markdown_are_seen_by_nobody() -> None:
    blocks = both(COMMENTED)
    assert [block.text for block in blocks if not block.hidden] == [
        "Ferry", "It sails.", "<!-- code -->", "<!-- three --> It is red.", "<!-- code -->", "<!-- never closed",
    ]  # fmt: skip
    assert [(block.text, block.hidden, block.line) for block in blocks if block.hidden] == [
        ("<!-- one -->", "comment", 2), ("<!-- two lines -->", "comment", 3),
    ]  # fmt: skip


def test_other_texts_show_their_comments() -> None:
    assert blocks_of("The sign\n<!-- one -->\nis a comment.") == [
        "line The sign",
        "  line <!-- one -->",
        "  line is a comment.",
    ]


def test_nested_items_have_levels() -> None:
    assert [block.level for block in both("- a\n  - b\n    - c\n- d")] == [1, 2, 3, 1]


def test_blocks_are_numbered_in_order() -> None:
    blocks = both("a ![b](c) d\n\n<div>\n\ne")
    assert [block.index for block in blocks] == list(range(4))


FLOODS = {
    "case50-word-5mb": "a" * 5_000_000,
    "case51-spaces-5mb": "a" + " " * 5_000_000 + "b",
    "case51-nbsp": "a" + "\u00a0" * 2_000_000 + "b",
    "lines": "x y\n" * 50_000,
    "open-images": "<image>" * 200_000,
    "image-starts": "<image " * 200_000,
    "img-starts": "<img " * 200_000,
    "markdown-images": "![a](" * 200_000,
    "exclamations": "![" * 100_000,
    "links": "[a](/b)" * 100_000,
    "link-starts": "[a](/" * 200_000,
    "labels": "[a](/b)" + "[b]" * 200_000,
    "labels-in-labels": "[a](/b)" + "[" * 500_000,
    "label-of-backslashes": "[a](/b)[" + "\\" * 500_000,
    "long-labels": "[a](/b)" + f"[{'b' * 400}" * 1_000,
    "target-of-brackets": "[a](/" + "(" * 500_000,
    "targets-of-brackets": "[a](/" + "(b)" * 200_000,
    "pictures-in-links": "[![a](/b)" * 50_000,
    "broken-targets": "[a](/b\n" * 50_000,
    "broken-labels": "[a](/b) [\n" * 50_000,
    "tails": "](/b)" * 200_000,
    "stars": "**" * 300_000,
    "strong-words": "**a " * 200_000,
    "ticks": "`" * 500_000,
    "code": "`a " * 200_000,
    "tags-in-ticks": "`<b>" * 200_000,
    "odd-tags": "<q a" * 200_000,
    "odd-names": "<" + "a" * 500_000,
    "tags": "<b>x" * 200_000,
    "comments": "# a\n" + "<!-- b\n" * 100_000 + "-->",
    "closed-comments": "# a\n" + "<!-- b\n-->\n" * 50_000,
    "data": "data:a/" * 200_000,
    "backslashes": "# a\n" + "\\" * 500_000,
    "escapes": "# a\n" + "a\\_" * 200_000,
    "ampersands": "&" * 1_000_000,
    "less-than": "<" * 1_000_000,
    "tag-starts": "<p " * 300_000,
    "fences": "```\n" * 50_000,
    "pipes": "|" * 500_000,
    "pipes-and-spaces": "|" + " " * 300_000 + "x",
    "heading-of-spaces": "# a" + " " * 300_000 + "b",
    "heading-of-signs": "# a " + "#" * 300_000 + "x",
    "items-in-items": "- " * 300_000,
    "quotes-in-quotes": ">" * 1_000_000,
    "indented": "    a b\n" * 20_000,
    "headings": "# a\n" * 50_000,
    "underlined": "abc\n---\n" * 50_000,
    "hanging": "- a\n" + "  b\n" * 50_000,
}


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "python"])
@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
def test_a_flood_ends_in_time_and_loses_nothing_after_it(flood: str, *, compiled: bool) -> None:
    start = time.process_time()
    texts = [block.text for block in segment_text(f"{flood}\n\nlast words", compiled=compiled)]
    assert time.process_time() - start < 5
    assert "last words" in texts[-1]


pieces = st.sampled_from(
    "The ferry|harbour, and|- |* |– |• |1. |12) |1234. |٣. |# |#|## C# ##|> |>>x|a | b || c ||||---||"
    "| |  |    |\t|\xa0|\u3000|\u2009|<p>|</b>|<|< 3|a<b|<image>|</image>|&|&amp;|&#39;|& co|AT&T;|![a](b)|[a](/b)|[a](b)|](|**|[|!|![|"
    "data:image/png;base64,AA|Data:|data: x|DATA:a/b;c|x:|\u200b|\u00ad|\ufeff|\u200c|\u202e|\x00|\x07|\ud800|"
    "é|e\u0301|\u0301|ö|字|か\u3099|각|\u1100\u1161|привет|שלום|\u05c1|\U0001f600|~~|``|- - -|-\xa0|.|well-|x = f(1);|return {".split(
        "|"
    )
)
long = st.sampled_from(
    ("The ferry leaves the harbour at nine in the morning, and whoever misses it waits", "a" * 81, "b c " * 20)
)
breaks = st.sampled_from(
    (
        "\n",
        "\n",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "\x0b",
        "\x0c",
        "\x1c",
        "\x1f",
        "\x85",
        "\u2028",
        "\n \n",
        "\n```\n",
        "\n===\n",
        "\n  ---------\n",
    )
)
lines = st.lists(st.one_of(pieces, pieces, long, st.text(max_size=4)), max_size=5).map("".join)
texts = st.lists(st.tuples(lines, breaks), max_size=10).map(lambda some: "".join(map("".join, some)))


@given(texts)
def test_compiled_is_as_in_python(text: str) -> None:
    assert both(text) == segment_text(text)


def test_whatever_characters_join_is_joined_as_in_python() -> None:
    """All that Unicode puts together from two, and every character by itself, in lines of plain words."""
    parts = ((chr(code), unicodedata.decomposition(chr(code)).split(" ")) for code in range(sys.maxunicode + 1))
    composed = [
        (letter, "".join(chr(int(part, 16)) for part in pair))
        for letter, pair in parts
        if pair[0] and pair[0][0] != "<"
    ]
    hangul = ["\u1100\u1161", "\uac00\u11a8"]
    both("\n".join(f"The {text} ferry" for pair in composed for text in pair) + "\n" + "\n".join(hangul))
    both("\n".join(f"e{chr(code)}s {chr(code)}" for code in range(0x11000)))


def fails(*_: Any) -> Any:
    raise KeyError("nobody knows")


REFUSED: dict[str, tuple[tuple[Any, ...], type[Exception]]] = {
    "no-text": ((1, 1, False, [], Block, fails, fails, fails, fails), TypeError),
    "no-class": (("a", 1, False, [], 1, fails, fails, fails, fails), TypeError),
    "another-class": (("a", 1, False, [], dict, fails, fails, fails, fails), TypeError),
    "no-list": (("a", 1, False, (), Block, fails, fails, fails, fails), TypeError),
    "too-few": (("a", 1, False, [], Block), TypeError),
    "a-line-that-is-no-pair": (("<p>", 1, False, [], Block, fails, lambda *_: 1, fails, fails), TypeError),
    "a-kind-that-is-none": (("<p>", 1, False, [], Block, fails, lambda *_: (1, []), fails, fails), TypeError),
    "a-draft-too-short": (("<p>", 1, False, [], Block, fails, lambda *_: ("line", [(1, 2)]), fails, fails), ValueError),
    "a-line-that-fails": (("<p>", 1, False, [], Block, fails, fails, fails, fails), KeyError),
    "a-group-that-fails": (("    a\n    b", 1, False, [], Block, fails, fails, fails, fails), KeyError),
    "a-blank-line-that-fails": (("\u200b", 1, False, [], Block, fails, fails, fails, fails), KeyError),
    "letters-that-fail": (("e\u0301", 1, False, [], Block, fails, fails, fails, fails), KeyError),
}


@pytest.mark.skipif(not COMPILED, reason="there was no compiler")
@pytest.mark.parametrize(("given", "error"), REFUSED.values(), ids=REFUSED)
def test_refusals(given: tuple[Any, ...], error: type[Exception]) -> None:
    with pytest.raises(error):
        _text.read(*given)
