"""Links that Markdown may carry, and those that it must not (hostile case 64)."""

# ruff: noqa: E501  # the cases are a table

from __future__ import annotations

import pytest

from pipeline.segment.inline import Inline, safe_target

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


def test_the_second_break_in_a_row_ends_the_block() -> None:
    inline = Inline()
    inline.add("a", in_link=False)
    assert [inline.line_break(), inline.line_break()] == [False, True]
    inline.add("b", in_link=False)
    assert inline.line_break() is False


def test_marks_that_never_close_are_closed() -> None:
    inline = Inline()
    inline.mark("<", "**")
    inline.add("a", in_link=False)
    assert (inline.text(), inline.markup()) == ("a", "**a**")


def test_marks_that_were_never_opened_are_nothing() -> None:
    inline = Inline()
    inline.mark(">", "**")
    inline.add("a", in_link=False)
    assert inline.markup() == "a"
