"""Which classes a page's own style sheets hide; what is compiled finds the same as Python."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from pipeline.segment.sheets import COMPILED, _hiding_selectors, _sheets, classes_hidden_by, classes_that_hide

SHEETS = {
    "class": (".x{display:none}", {"x"}),
    "several": (".x , .y{color:red;visibility:hidden}", {"x", "y"}),
    "spaced": (".x  { DISPLAY : none }", {"x"}),
    "comment": ("/* .y{display:none} */ .x{display:none}", {"x"}),
    "comment-never-closed": (".x{display:none} /* .y{display:none}", {"x"}),
    "after-an-import": ("@import url(a.css); .x{display:none}", {"x"}),
    "after-media": ("@media print{.y{display:none}} .x{display:none}", {"x"}),
    "media-in-supports": ("@supports (a:b){@media print{.y{display:none}}}.x{display:none}", {"x"}),
    "comment-in-a-comment": ("/* /* */ .x{display:none} /*/ .y{display:none} */ .z{display:none}", {"x", "z"}),
    "star-after-a-comment": ("/* a */*,.y{color:red} .x{display:none} /* b */", {"x"}),
    "the-back-of-a-card": (".y{backface-visibility:hidden} .x{visibility:hidden}", {"x"}),
    "only-a-part-of-a-word": (".y{x-display:none}.x{z-display:none;display:none}", {"x"}),
    "twice-in-a-rule": (".x{display:none;display:none;visibility:hidden} .y{color:red}", {"x"}),
    "after-a-rule-that-hides": (".x{display:none}.y{color:red}.z{visibility:collapse}", {"x", "z"}),
    "letters-that-grow-in-lower-case": (".\u0130{color:red}.x{display:none}.\u0130y{display:none}", {"x", "\u0130y"}),
    "never-closed": (".x{display:none} .y{display:none", {"x"}),
    "closed-too-often": ("}} .x{display:none}", {"x"}),
    "only-plain-classes-are-believed": ("p.x{display:none} .x .y{display:none} .z:hover{display:none}", set()),
    "other-styles": (".x{color:red}", set()),
    "empty": ("", set()),
}


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "python"])
@pytest.mark.parametrize(("sheet", "names"), SHEETS.values(), ids=SHEETS)
def test_classes_that_hide(sheet: str, names: set[str], compiled: bool) -> None:
    assert classes_that_hide([sheet], compiled=compiled) == names


def test_a_long_sheet_is_read_to_the_cap() -> None:
    sheet = ".x{display:none}" + "a{color:red}" * 30_000 + ".y{display:none}"
    assert classes_that_hide([sheet]) == classes_that_hide([sheet], compiled=False) == {"x"}


def test_every_sheet_that_holds_everywhere_counts() -> None:
    tree = LexborHTMLParser(
        "<style>.a{display:none}</style><style media=' Screen '>.b{display:none}</style>"
        "<style media=print>.c{display:none}</style><p>x<style media>.d{visibility:hidden}</style>"
    )
    assert classes_hidden_by(tree.css("style")) == {"a", "b", "d"}


_WORDS = """
.x .yé .\u0130 display DISPLAY visibility Visibility none None hidden collapse display:none x-display:none {color:red}
backface-visibility:hidden {display:none} a{ @media{ { } ; : , - /* */ / * y Y
"""
_PIECES = st.sampled_from(
    [*_WORDS.split(), "visibility\x0b:\tcollapse", " ", "\n", "\t", "\f", "\x0b", "\x00", "\u2003"]
)


@pytest.mark.skipif(not COMPILED, reason="there was no compiler")
@given(st.lists(_PIECES, max_size=40).map("".join))
@example("display")
@example("{display:none")
@example("}}}{display:none}{.x{visibility:hidden}}")
@example("/*")
def test_compiled_finds_the_same_rules(sheet: str) -> None:
    data = sheet.encode()
    assert _sheets.hiding_selectors(data) == list(_hiding_selectors(data))


@pytest.mark.skipif(not COMPILED, reason="there was no compiler")
@given(
    st.binary(max_size=200) | st.lists(st.sampled_from([b"{display:none}", b"\xff", b"/*", b"*/", b"}"])).map(b"".join)
)
def test_any_bytes_are_read_alike(data: bytes) -> None:
    assert _sheets.hiding_selectors(data) == list(_hiding_selectors(data))


def test_half_a_character_is_read() -> None:
    assert classes_that_hide([".\ud800x{display:none}.y{display:none}"]) == {"y"}


@pytest.mark.skipif(not COMPILED, reason="there was no compiler")
def test_only_bytes_are_a_sheet() -> None:
    with pytest.raises(TypeError):
        _sheets.hiding_selectors(".x{display:none}")  # type: ignore[arg-type]


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "python"])
@pytest.mark.parametrize(
    "piece",
    [
        "display:none ",
        "{display:none",
        ".x{display:none}",
        "/*",
        "/**/",
        "y ",
        "display ",
        "},",
        ",.x",
        ", ",
        " ",
        "x",
        "{",
        "}",
    ],
)
def test_a_hostile_sheet_takes_no_longer(piece: str, compiled: bool) -> None:
    sheet = ",." + piece * (290_000 // len(piece)) + "{display:none}"
    start = time.process_time()
    classes_that_hide([sheet], compiled=compiled)
    assert time.process_time() - start < 2
