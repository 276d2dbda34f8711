"""Links of Markdown whose targets stand elsewhere, and the lines that define these."""

# ruff: noqa: E501  # the cases are a table

from __future__ import annotations

import time

import pytest

from pipeline import clean
from pipeline.publish.markdown import markdown
from pipeline.segment.text.reader import segment_text

SHIP = "\n\n[1]: https://a.test/ship"
CASES = {
    "by-number": ("See [the ship][1]." + SHIP, "See [the ship](https://a.test/ship)."),
    "by-its-own-name": ("See [the ship][] or [the Ship].\n\n[the ship]: /ship", "See [the ship](/ship) or [the Ship](/ship)."),
    "before-a-colon": ("[the ship][1]: see it." + SHIP, "[the ship](https://a.test/ship): see it."),
    "with-a-title": ('See [the ship][1].\n\n[1]: https://a.test/ship "A ship"', "See [the ship](https://a.test/ship)."),
    "in-angle-brackets": ("See [the ship][1].\n\n[1]: <https://a.test/ship>", "See [the ship](https://a.test/ship)."),
    "below-the-line": ("See [the ship][1].\n[1]: ship.html", "See [the ship](ship.html)."),
    "a-badge": ("[![the ship][2]][1] sails" + SHIP + "\n[2]: /ship.png", "!\\[the ship\\](/ship.png)\n\nsails"),
    "defined-twice-alike": ("See [the ship][1]." + SHIP + "\n\nIt sails." + SHIP, "See [the ship](https://a.test/ship).\n\nIt sails."),
    "two-targets": ("[Ada]: /ship\n[Ada]: /boat\n[Bo]: Fine, [Ada].", "\\[Ada\\]: /ship  \n\\[Ada\\]: /boat  \n\\[Bo\\]: Fine, \\[Ada\\]."),
    "a-speaker": ("[Ada]: https://a.test/ship\n[Ada]: The ship.\n[Bo]: Fine, [Ada].", "\\[Ada\\]: https://a.test/ship  \n\\[Ada\\]: The ship.  \n\\[Bo\\]: Fine, \\[Ada\\]."),
    "in-code": ("Write `[the ship][1]` for [it][1]." + SHIP, "Write `[the ship][1]` for [it](https://a.test/ship)."),
    "what-nobody-refers-to": ("See the ship.\n\n[1]: https://a.test/ship", "See the ship.\n\n\\[1\\]: https://a.test/ship"),
    "what-nobody-defines": ("See [the ship][2] and [Ada]." + SHIP, "See \\[the ship\\]\\[2\\] and \\[Ada\\].\n\n\\[1\\]: https://a.test/ship"),
    "a-transcript": ("[Ada]: Yes.\n[Bo]: No, [Ada].", "\\[Ada\\]: Yes.  \n\\[Bo\\]: No, \\[Ada\\]."),
    "a-footnote": ("It sailed.[^1]\n\n[^1]: /ship", "It sailed.\\[^1\\]\n\n\\[^1\\]: /ship"),
    "a-definition-in-code": ("See [the ship][1].\n\n```\n[1]: /ship\n```", "See \\[the ship\\]\\[1\\].\n\n```\n[1]: /ship\n```"),
    "a-label-in-a-sentence": ("So [1]: see [the ship][1]" + SHIP, "So \\[1\\]: see [the ship](https://a.test/ship)"),
    "in-wrapped-lines": (
        "The ferry leaves [the harbour][1] at nine in the morning, and whoever misses it\nwaits for the next one with a good book and a cup of tea, for the harbour has a\nsmall room." + SHIP,
        "The ferry leaves [the harbour](https://a.test/ship) at nine in the morning, and whoever misses it waits for the next one with a good book and a cup of tea, for the harbour has a small room.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "written"), CASES.values(), ids=CASES)
def test_references(text: str, written: str) -> None:
    assert markdown(segment_text(text)) == written


def test_blocks_keep_the_numbers_of_their_lines() -> None:
    assert [block.line for block in segment_text("[1]: /ship\n\nSee [the ship][1].\n\nThen")] == [3, 5]


def test_what_was_cleaned_settles() -> None:
    once = clean("The ferry, [the ship][1], sails again on Monday." + SHIP, kind="text").text
    assert once == "The ferry, the ship, sails again on Monday."
    assert clean(once, kind="text").text == once


START = "[a]: /b\n[a]"
FLOODS = {
    "brackets": START + "[" * 500_000,
    "names": START + "[a]" * 200_000,
    "open-names": START + "[a" * 200_000,
    "pictures": START + "![a](" * 100_000,
    "ticks": START + "[`" * 100_000,
    "open-pictures": START + "[![" * 200_000,
    "pairs": START + "[a][b" * 100_000,
    "definitions": "".join(f"[a{n}]: /b\n[a{n}]\n" for n in range(20_000)),
    "one-long-target": "[a]: /" + "x" * 500_000 + "\n[a]",
    "blanks": "[a]: /" + " " * 500_000 + "\n[a]",
}


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
def test_a_flood_ends_quickly(flood: str) -> None:
    start = time.process_time()
    segment_text(flood)
    assert time.process_time() - start < 5
