"""The second opinion: compared, weighed by the preset, and not believed where it is blind."""

from __future__ import annotations

import pytest

from pipeline.judge.view import squeeze
from pipeline.judge.witness import align, ask_trafilatura

ALIGNED = {
    "all": (["one long paragraph about the ferry", "short"], "one long paragraph about the ferry\nshort", [True, True]),
    "left-out": (["one long paragraph about the ferry", "menu"], "one long paragraph about the ferry", [True, False]),
    "dressed-otherwise": (["One “long” paragraph about THE ferry"], 'One "long" paragraph about the ferry', [True]),
    "nothing-to-compare": (["—"], "words", [True]),
    "short-far-away": (["short", "x" * 30], "x" * 30 + "y" * 900 + "short", [False, True]),
    "most-of-a-long-one": (["abcdefghij" * 10 + "tail that is new"], "abcdefghij" * 10, [True]),
    "little-of-a-long-one": (["abcdefghijklmnopqrst" + "0123456789" * 10], "abcdefghijklmnopqrst", [False]),
    "empty-witness": (["words"], "", [False]),
}  # fmt: skip


@pytest.mark.parametrize(("blocks", "witness", "kept"), ALIGNED.values(), ids=ALIGNED)
def test_align(blocks: list[str], witness: str, kept: list[bool]) -> None:
    assert align([squeeze(block) for block in blocks], squeeze(witness)) == kept


@pytest.mark.parametrize("html", ["", "<p>", "\x00", "<" * 1000, "<div>" * 2000 + "a"], ids=range(5))
def test_the_witness_never_raises(html: str) -> None:
    assert ask_trafilatura(html, None) in (None, "", "a")
