"""Links that Markdown may carry, and those that it must not (hostile case 64)."""

# ruff: noqa: E501  # the cases are a table

from __future__ import annotations

import pytest

from pipeline.segment.inline import Inline, markup_of, safe_target

SAFE = ["https://e.example/a?b=c#d", "http://e.example", "HTTPS://E.example", "mailto:a@e.example", "/a/b", "../a", "#n1", "a.html", "a"]  # fmt: skip
UNSAFE = [
    None, "", "javascript:alert(1)", "JAVASCRIPT:alert(1)", "java\nscript:alert(1)", " javascript:x", "data:text/html,x",
    "vbscript:x", "file:///etc/passwd", "https://e.example/a b", "https://e.example/<x>", "https://e.example/" + "a" * 2000,
]  # fmt: skip


@pytest.mark.parametrize("target", SAFE)
def test_safe(target: str) -> None:
    assert safe_target(target) == target


@pytest.mark.parametrize("target", UNSAFE, ids=lambda target: str(target)[:30])
def test_unsafe(target: str | None) -> None:
    assert safe_target(target) == ""


def inline(*pieces: str, marks: tuple[tuple[int, str], ...] = ()) -> Inline:
    made = Inline([])
    made.pieces += pieces
    made.marks += marks
    return made


def test_the_second_break_in_a_row_ends_the_block() -> None:
    some = inline("a")
    assert [some.line_break(), some.line_break()] == [False, True]


MARKED = {
    "never-closed": (inline("a", marks=((0, "**"),)), "**a**"),
    "never-opened": (inline("a", marks=((0, ""),)), "a"),
    "around-a-part": (inline("a ", "b", " c", marks=((1, "*"), (2, ""))), "a *b* c"),
    "spaces-go-outside": (inline(" b ", "c", marks=((0, "**"), (1, ""))), "**b** c"),
    "one-in-the-other": (inline("a", "b", marks=((0, "**"), (1, "*"), (2, ""), (2, ""))), "**a*b***"),
    "nothing-in-it": (inline("a", marks=((1, "**"), (1, ""))), "a"),
    "a-link": (inline("a", marks=((0, 'a class="x" href="/b?c&amp;d"'), (1, ""))), "[a](/b?c&d)"),
    "a-link-with-brackets": (inline("a", marks=((0, 'a href="/b(c)"'), (1, ""))), "[a](</b(c)>)"),
    "a-link-that-is-none": (inline("a", marks=((0, 'a href="javascript:x"'), (1, ""))), "a"),
    "signs-of-markdown": (inline("a*b", marks=((0, "**"), (1, ""))), "**a\\*b**"),
    "signs-in-code": (inline("a_b", marks=((0, "`"), (1, ""))), "`a_b`"),
    "sign-of-code-in-code": (inline("a`b``c", marks=((0, "`"), (1, ""))), "``` a`b``c ```"),
    "entity-that-is-text": (
        inline("&amp;lt; A&amp;B; A&amp;B &amp;#60;", marks=((0, "*"), (1, ""))),
        "*\\&lt; A\\&B; A&B \\&#60;*",
    ),
    "tildes": (inline("~~a~~ ~5", marks=((0, "*"), (1, ""))), "*\\~\\~a\\~\\~ ~5*"),
    "characters-of-html": (inline("a &amp; b", marks=((0, "*"), (1, ""))), "*a & b*"),
}


@pytest.mark.parametrize(("made", "markup"), MARKED.values(), ids=MARKED)
def test_markup(made: Inline, markup: str) -> None:
    assert markup_of(made.pieces, made.marks) == markup


def test_without_marks_there_is_no_markup() -> None:
    assert markup_of(["a*b"], []) == ""
