"""Each class of character that text goes through, and that twice is once."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.segment.normalise import normalise, normalise_code, normalise_lines

DROPPED = {
    "c0": ("a\x01b\x08c\x1bd\x7fe", "abcde"),
    "c1": ("a\x80b\x9fc", "abc"),
    "case34-soft-hyphen": ("fer\u00adry", "ferry"),
    "case30-zero-width-space": ("R\u200bead al\u200bso", "Read also"),
    "word-joiner-and-bom": ("a\u2060b\ufeffc", "abc"),
    "case28-bidi-override": ("a\u202eb\u202cc \u2066d\u2069", "abc d"),
    "case29-tag-characters": ("a\U000e0068\U000e0069b", "ab"),
    "case35-private-use": ("\ue001 Share \uf8ff", "Share"),
    "case36-noncharacters": ("a\ufffeb\uffffc\ufdd0d\U0001ffffe", "abcde"),
    "interlinear-marks": ("a\ufff9b\ufffac\ufffbd", "abcd"),
    "marks-without-right-to-left": ("a\u200e b\u200f c", "a b c"),
    "joiner-among-latin": ("fer\u200dry qu\u200cay", "ferry quay"),
    "case66-ansi-escape": ("\x1b[31mred\x1b[0m", "[31mred[0m"),
}
SPACES = {
    "runs": ("a \t\n\r  b", "a b"),
    "nbsp": ("a\u00a0b\u202fc\u2007d", "a b c d"),
    "wide": ("a\u3000b\u2003c\u1680d", "a b c d"),
    "case23-separators": ("a\u2028b\u2029c\x85d\x0be\x0cf", "a b c d e f"),
    "information-separators": ("a\x1cb\x1fc", "a b c"),
    "ends": ("\u00a0 a \n", "a"),
    "nothing-but-space": (" \u00a0\u200b\ufeff", ""),
}
KEPT = {
    "case26-persian-zwnj": "می‌رود",
    "case27-hindi-zwj": "क्‍ष",
    "case27-emoji-family": "👩‍👩‍👧 at the quay",
    "case28-rtl-with-marks": "שלום\u200f, world\u200e!",
    "case29-flag-of-tags": "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "variation-selector": "☂\ufe0f",
    "case36-replacement-characters": "\ufffd\ufffd a \ufffd",
    "ligatures": "ﬁne ﬂour",
    "quotes-and-dashes": "“So,” she said – ‘no’ … — «oui»",
    "case32-full-width": "ＬＯＧ　ＩＮ".replace("\u3000", " "),
    "superscripts": "m² ½ ™",
    "case31-cyrillic-letters": "Rеad аlso",
    "combining-without-composition": "q\u0323",
}
COMPOSED = {"case33-vietnamese": "Tiếng Việt", "case33-korean": "나룻배", "latin": "Fähre café"}


@pytest.mark.parametrize(("text", "clean"), (DROPPED | SPACES).values(), ids=DROPPED | SPACES)
def test_cleaned(text: str, clean: str) -> None:
    assert normalise(text) == clean


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_kept(text: str) -> None:
    assert normalise(text) == text


@pytest.mark.parametrize("text", COMPOSED.values(), ids=COMPOSED)
def test_composed(text: str) -> None:
    assert normalise(unicodedata.normalize("NFD", text)) == unicodedata.normalize("NFC", text)


def test_lines_stay_and_empty_ones_go() -> None:
    assert normalise_lines(" a  b \n\n \u200b \n\tc\u00a0") == "a b\nc"


@pytest.mark.parametrize("text", ["\r0", "\r0\x80"], ids=["ascii", "not-ascii"])
def test_a_lone_carriage_return_is_a_space(text: str) -> None:
    assert normalise_code(text) == " 0"


def test_code_keeps_indentation_and_blank_lines() -> None:
    assert normalise_code("\n\n  a\tb  \n\n\tc\n\n") == "  a b\n\n    c"


@pytest.mark.parametrize("function", [normalise, normalise_lines, normalise_code], ids=lambda f: f.__name__)
@given(text=st.text(st.characters(exclude_categories=("Cs",))))
def test_twice_is_once(function: object, text: str) -> None:
    assert callable(function)
    once = function(text)
    assert function(once) == once


@given(st.text(st.sampled_from("a‌‍ाم👩\u200e\u200f\u202e\U000e0061🏴\u0301\u00ad\u200b .\n")))
def test_twice_is_once_where_it_is_hard(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(st.characters(categories=("L", "N"), exclude_characters="")))
def test_letters_and_digits_are_never_lost(text: str) -> None:
    assert unicodedata.normalize("NFC", normalise(text)) == unicodedata.normalize("NFC", text)
