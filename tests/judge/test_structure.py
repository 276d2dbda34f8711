"""What the place of a block says: hidden, the headline, between clutter."""

# ruff: noqa: E501  # the cases are a table

from __future__ import annotations

import pytest

from pipeline import Document, clean
from pipeline.settings import Settings

PROSE = "The ferry leaves at nine in the morning, and whoever misses it waits for the next one with a good book. "


def page(*blocks: str, **choices: object) -> Document:
    settings = Settings(witness="none", model="none").with_values(choices, "test")
    return clean(f"<title>Ferry at nine</title><h1>Ferry at nine</h1>{''.join(blocks)}", kind="html", settings=settings)


def rules(document: Document, text: str) -> list[str]:
    (found,) = (verdict for block, verdict in document.removed if block.text == text)
    return [reason.rule for reason in found.reasons]


def test_hidden_blocks_go_and_say_how_they_were_hidden() -> None:
    document = page(f"<p>{PROSE}</p><p style='display:none'>Secret words here</p>")
    assert rules(document, "Secret words here") == ["hidden-from-readers"]
    assert "Secret" not in document.text


def test_closed_tabs_stay() -> None:
    assert PROSE.strip() in page(f"<div role=tabpanel hidden><p>{PROSE}</p></div>").text


def test_the_headline_is_the_first_line() -> None:
    assert page(f"<p>{PROSE}</p>").text.splitlines()[0] == "Ferry at nine"


def test_the_headline_is_left_to_the_metadata() -> None:
    document = page(f"<p>{PROSE}</p>", headline="metadata")
    assert (document.text, document.metadata.title) == (PROSE.strip(), "Ferry at nine")


def test_a_headline_that_reads_like_clutter_stays() -> None:
    document = clean(
        f"<title>Log in</title><h1>Log in</h1><p>{PROSE * 8}</p>", kind="html", settings=Settings(model="none")
    )
    assert document.text.startswith("Log in\n")


BETWEEN = {"short-line": ("Rivertown edition", True), "sentence": ("It rained.", False), "long-line": ("A line that is longer than its neighbours can ever condemn", False)}  # fmt: skip


@pytest.mark.parametrize(("text", "gone"), BETWEEN.values(), ids=BETWEEN)
def test_between_clutter(text: str, gone: bool) -> None:
    document = page(f"<p>{PROSE}</p><p>Share on Facebook</p><p>{text}</p><p>Subscribe to our newsletter</p>")
    assert (text not in document.text) is gone


def test_a_short_line_beside_content_stays() -> None:
    assert "Rivertown" in page(f"<p>{PROSE}</p><p>Rivertown</p><p>Share on Facebook</p>").text
