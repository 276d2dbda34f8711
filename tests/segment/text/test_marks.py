"""Inline Markdown in lines of text: links and strong words, and what only looks like them."""

# ruff: noqa: E501  # the cases are a table

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import Settings, clean
from pipeline.publish.markdown import markdown
from pipeline.segment.text.marks import read_marks
from pipeline.segment.text.reader import segment_text

MARKED = {
    "link": ("See [the post](https://a.test/post) now.", "See the post now.", "See [the post](https://a.test/post) now.", 0.533),
    "nothing-but-a-link": ("[Home](/)", "Home", "[Home](/)", 1.0),
    "fragment": ("[Skip to content](#main)", "Skip to content", "[Skip to content](#main)", 1.0),
    "file": ("[Next](page2.html)", "Next", "[Next](page2.html)", 1.0),
    "links-that-touch": ("[One](/1)[Two](/2)", "One Two", "[One](/1) [Two](/2)", 1.0),
    "links-and-bars": ("[Privacy](/p) | [Terms](/t)", "Privacy | Terms", "[Privacy](/p) | [Terms](/t)", 0.923),
    "title": ('[Map](https://a.test/m "A map")', "Map", "[Map](https://a.test/m)", 1.0),
    "brackets-in-the-target": ("[Ada](https://a.test/Ada_(ship))", "Ada", "[Ada](<https://a.test/Ada_(ship)>)", 1.0),
    "brackets-in-the-label": ("[Ada [a ship]](/ada)", "Ada [a ship]", "[Ada \\[a ship\\]](/ada)", 1.0),
    "angle-brackets": ("[Ada](<https://a.test/ada>)", "Ada", "[Ada](https://a.test/ada)", 1.0),
    "escaped-label": (r"[Ada\_1](/ada)", "Ada_1", "[Ada\\_1](/ada)", 1.0),
    "script": ("[Print](javascript:print())", "Print", "Print", 1.0),
    "no-label": ("Name [](#name)", "Name", "Name", 0.0),
    "strong": ("This is **bold**.", "This is bold.", "This is **bold**.", 0.0),
    "strong-around-a-link": ("**[Read on](/more)**", "Read on", "**[Read on](/more)**", 1.0),
    "strong-in-a-link": ("[**Read** on](/more)", "Read on", "[**Read** on](/more)", 1.0),
    "strong-label": ("**Read also:** [Birds](/birds)", "Read also: Birds", "**Read also:** [Birds](/birds)", 0.333),
    "code": ("Say `a*b*` or ``x``.", "Say `a*b*` or ``x``.", "Say `a*b*` or \\`\\`x\\`\\`.", 0.0),
    "code-of-marks": ("Write `**b**` or `[a](/b)`, [**`c`**](/d)", "Write `**b**` or `[a](/b)`, `c`", "Write `**b**` or `[a](/b)`, [**`c`**](/d)", 0.048),
    "star-in-a-marked-line": ("**Note** 2*3", "Note 2*3", "**Note** 2\\*3", 0.0),
    "letters-of-markup": ("**R&D** < [AT&T](/a?b&c)", "R&D < AT&T", "**R&D** \\< [AT&T](/a?b&c)", 0.5),
    "no-target": ("[6]()", "6", "6", 1.0),
    "glued-to-a-word": ("His new[book](https://a.test/) sells.", "His newbook sells.", "His new[book](https://a.test/) sells.", 0.235),
    "title-with-quotes": ('[Ada](/a "Ada: "not now"")', "Ada", "[Ada](/a)", 1.0),
    "tail-of-a-link": ("Read more ](https://a.test/)", "Read more", "[Read more](https://a.test/)", 1.0),
    "cjk": ("请[点击这里](/x)。", "请点击这里。", "请[点击这里](/x)。", 0.667),
}  # fmt: skip
PLAIN = (
    "The ferry [1] left (late).", "calls[i](event.target)", "m[0](x.y) and n[1](z/w)", "[sic](see the note)", "a](b) [c",
    "[x](y)", "2 ** 3 ** 4", "f(**kwargs) and g(**more)", "****", "** **", "a**b**c", "5 *** 3", "**open", "[open](/x",
    "*one star* and _one line_", "it`s and that`s", "` a `", "__init__", "![a](b)",
)  # fmt: skip


@pytest.mark.parametrize(("source", "text", "markup", "share"), MARKED.values(), ids=MARKED)
def test_marks(source: str, text: str, markup: str, share: float) -> None:
    told = read_marks(source)
    assert (told.text, told.markup or told.text, told.link_share) == (text, markup, share)


def test_code_is_code_in_markdown_too() -> None:
    source = "Press `j` or `*k*`, not *l*."
    assert markdown(segment_text(source)) == "Press `j` or `*k*`, not \\*l\\*."
    assert clean(source, kind="text").text == source


@pytest.mark.parametrize("source", PLAIN)
def test_what_only_looks_like_a_mark_stays(source: str) -> None:
    assert read_marks(source) == (source, "", 0.0)


@given(
    st.lists(st.sampled_from("[ ] ( ) ]( **|* \\ /|https://a.test|#|Ada|ferry| |.|<|&|!|_|字|\n".split("|"))).map(
        "".join
    )
)
def test_no_character_is_made_up(source: str) -> None:
    shown = read_marks(source).text
    left = iter(source)
    assert all(letter in left for letter in shown if letter != " ")
    assert read_marks(shown).text.count("**") <= shown.count("**")


PICTURES = {
    "picture-in-a-link": ("[![A boat](/boat.png)](/story)", ["![A boat](/boat.png)"], [0.0]),
    "two-pictures": ("[ ![](/a.png) ![b [c]](/b_(c).png) **Ferry** ](/story)", ["![](/a.png)", "![b [c]](/b_(c).png)", "Ferry"], [0.0, 0.0, 1.0]),
    "picture-and-words": ("[ ![A boat](/boat.png) Ferry sails ](/story)", ["![A boat](/boat.png)", "Ferry sails"], [0.0, 1.0]),
}  # fmt: skip


@pytest.mark.parametrize(("source", "texts", "shares"), PICTURES.values(), ids=PICTURES)
def test_pictures_leave_their_links(source: str, texts: list[str], shares: list[float]) -> None:
    blocks = segment_text(source)
    assert [block.text for block in blocks] == texts
    assert [block.link_share for block in blocks] == shares


BROKEN = {
    "in-the-target": ("[The lighthouse keeper](https://a.test/the-\nlighthouse-\nkeeper) counts", ["The lighthouse keeper counts"]),
    "in-the-label": ("See [the lighthouse\nkeeper](/keeper) now", ["See the lighthouse keeper now"]),
    "in-the-label-twice": ("See [the\nlighthouse\nkeeper](/keeper) now", ["See the lighthouse keeper now"]),
    "in-the-title": ('[Ada](/ada "Ada sails\nagain")\nNext', ["Ada", "Next"]),
    "in-items": ("* [One](/one-\none)\n* [Two](/two)", ["One", "Two"]),
    "nothing-is-broken": ("[1] is a note\n(see below)", ["[1] is a note", "(see below)"]),
    "a-program": ("calls[name](request,\nanswer)", ["calls[name](request,", "answer)"]),
    "no-link": ("f(a[\n0](b))", ["f(a[", "0](b))"]),
}  # fmt: skip


@pytest.mark.parametrize(("source", "texts"), BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "python"])
def test_links_broken_over_lines_are_whole_again(source: str, texts: list[str], *, compiled: bool) -> None:
    assert [block.text for block in segment_text(source, compiled=compiled)] == texts


PAGE = """\
[Skip to content](#main)

* [Home](https://a.test/)
* [About us](https://a.test/about)

# Harbour ferry sails again after nine weeks

The ferry between the two islands left on Monday with forty people, two dogs and [the post](https://a.test/post).

**Read also:** [The lighthouse keeper who counts birds](https://a.test/birds)

She was in the dock for nine weeks, and the yard found more rust than anyone had feared, her **captain** said.

[Share on Facebook](https://b.test/share) [Tweet](https://c.test/share)
"""


def test_a_page_that_was_turned_into_markdown_is_cleaned_like_one() -> None:
    document = clean(PAGE, kind="text", settings=Settings())
    first = "The ferry between the two islands left on Monday with forty people, two dogs and {}."
    second = "She was in the dock for nine weeks, and the yard found more rust than anyone had feared, her {} said."
    head = "Harbour ferry sails again after nine weeks"
    assert document.text.split("\n\n") == [f"# {head}", first.format("the post"), second.format("captain")]
    written = markdown(
        [block for block, verdict in zip(document.blocks, document.verdicts, strict=True) if verdict.kept]
    )
    assert written.split("\n\n") == [
        f"# {head}", first.format("[the post](https://a.test/post)"), second.format("**captain**"),
    ]  # fmt: skip
