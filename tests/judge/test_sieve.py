"""The sieve of blocks that may hold a prompt: compiled and in Python it lets the same through."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.document import Block
from pipeline.judge.compiled import COMPILED, sieve
from pipeline.judge.mixed import _KINDS, _suspects
from pipeline.judge.prompts import prompts_of
from pipeline.judge.rulebook import load_rulebook
from pipeline.settings import Settings

pytestmark = pytest.mark.skipif(not COMPILED, reason="there was no compiler")

BOOK = load_rulebook(Settings())
PROMPTS = prompts_of(BOOK)
PROSE = "The council opened the old mill on Monday after forty years of quarrels"

said = st.sampled_from([block.text for rule in BOOK.rules for block in rule.drop])
joint = st.sampled_from(
    [". ", "! ", "… ", "。", "\n", " (", "（", "” ", "» ", "] ", " ", "", ".5 ", " www.a.b ", ".  — ", "\x00"]
)
words = st.sampled_from(
    [
        PROSE,
        "Read also",
        "Follow us",
        "อ่านเพิ่มเติม",
        "อ",
        "阅读更多",
        "“",
        "•",
        "1.",
        "é",
        "\ud800",
        "\U0001f600",
        "x" * 300,
    ]
)
text = st.lists(st.tuples(st.one_of(words, said, st.text(max_size=9)), joint), min_size=1, max_size=7).map(
    lambda parts: "".join(map("".join, parts))
)
blocks = st.lists(
    st.builds(
        Block,
        index=st.just(0),
        kind=st.sampled_from(("heading", "paragraph", "item", "quote", "line")),
        text=text.filter(bool),
        line=st.just(1),
        path=st.sampled_from(("", "p")),
        link_share=st.sampled_from((0.0, 0.3, 0.9)),
    ),
    max_size=6,
)


@settings(deadline=None)
@given(blocks)
def test_both_let_the_same_through(some: list[Block]) -> None:
    assert _suspects(some, PROMPTS, compiled=True) == _suspects(some, PROMPTS, compiled=False)


LONG: dict[str, str] = {
    "words": "word " * 200_000,
    "one-word": "a" * 1_000_000,
    "ends": ". " * 300_000,
    "brackets": "(" * 300_000,
    "numbers": "x" * 99 + "1.2" * 300_000 + ".",
    "breaks": "\n" * 300_000 + "a",
}


@pytest.mark.parametrize("flood", LONG.values(), ids=LONG)
def test_floods(flood: str) -> None:
    some = [Block(0, "paragraph", flood, 1, link_share=share, path=path) for share in (0.0, 0.3) for path in ("", "p")]
    assert _suspects(some, PROMPTS, compiled=True) == _suspects(some, PROMPTS, compiled=False)


REFUSED: dict[str, tuple[tuple[Any, ...], type[Exception]]] = {
    "no-blocks": ((1, _KINDS, {}, {}, PROMPTS.opens), TypeError),
    "something-else": (([1], _KINDS, {}, {}, PROMPTS.opens), AttributeError),
    "no-dict": (([], _KINDS, [], {}, PROMPTS.opens), TypeError),
    "no-second-dict": (([], _KINDS, {}, [], PROMPTS.opens), TypeError),
    "no-text": (([Block(0, "line", 1, 1)], _KINDS, {}, {}, PROMPTS.opens), TypeError),  # type: ignore[arg-type]
    "nobody-to-ask": (([Block(0, "line", f"é {PROSE}", 1, link_share=0.3)], _KINDS, {}, {}, None), TypeError),
    "too-few": (([], _KINDS), TypeError),
}


@pytest.mark.parametrize(("given", "error"), REFUSED.values(), ids=REFUSED)
def test_refusals(given: tuple[Any, ...], error: type[Exception]) -> None:
    with pytest.raises(error):
        sieve.suspects(*given)
