"""What stands on the page twice was written once; refrains, cells and code may repeat."""

# ruff: noqa: E501  # the cases are a table

from __future__ import annotations

import pytest

from pipeline import clean
from pipeline.settings import Settings

ALONE = Settings(witness="none", model="none")
CHORUS = "<p>We row all night<br>we row all day<br>and never see the harbour, see the harbour again</p>"
LONG = "The ferry leaves at nine in the morning from the old quay"
PROSE = "Whoever misses it waits for the next one with a good book, and nobody at the quay is in a hurry to leave. "


def texts(page: str, kind: str = "html") -> list[str]:
    document = clean(page, kind="html" if kind == "html" else "text", settings=ALONE)
    return [block.text for block in document.kept]


ONCE = {
    "headline-again": (f"<title>Ferry at nine</title><p>Ferry at nine</p><h1>Ferry at nine</h1><p>{PROSE}</p>", "Ferry at nine"),
    "paragraph-again-with-its-company": (f"<p>{PROSE}</p><p>It rains.</p><p>a</p><p>{PROSE}</p><p>It rains.</p>", PROSE.strip()),
    "paragraph-again-at-once": (f"<p>a</p><p>{PROSE}</p><p>{PROSE}</p><p>b</p>", PROSE.strip()),
    "paragraph-again-elsewhere": (f"<p>{PROSE}</p><p>Other words stand here.</p><div>{PROSE}</div>", PROSE.strip()),
    "heading-again": (f"<h2>{LONG}</h2><p>a</p><h2>{LONG}</h2><p>b</p>", LONG),
    "paragraph-again-in-a-text": (f"Sign in\n\nShare on Facebook\n\nAdvertisement\n\n{PROSE}\n\nIt rained.\n\n{PROSE}", PROSE.strip()),
    "caption-again": (f"<figcaption>{LONG}</figcaption><p>{PROSE}</p><div class=gallery><figcaption>{LONG}</figcaption></div>", LONG),
    "case32-again-in-full-width": (f"<p>{PROSE}</p><p>a</p><div>{PROSE.upper()}</div>", PROSE.strip()),
}  # fmt: skip


@pytest.mark.parametrize(("page", "text"), ONCE.values(), ids=ONCE)
def test_kept_once(page: str, text: str) -> None:
    kind = "html" if "<" in page else "text"
    assert [kept for kept in texts(page, kind) if kept.lower() == text.lower()] == [text]


def test_the_heading_is_the_one_that_stays() -> None:
    document = clean(ONCE["headline-again"][0], kind="html", settings=ALONE)
    assert [block.kind for block in document.kept if block.text == "Ferry at nine"] == ["heading"]


AGAIN = {
    "short-lines": ("<p>Yes.</p><p>Who goes there?</p><p>Yes.</p>", "html", "Yes."),
    "cells": (f"<table><tr><td>9<td>{LONG}</table><p>a</p><table><tr><td>9<td>{LONG}</table>", "html", f"9 | {LONG}"),
    "code": (f"<pre>{LONG}</pre><p>{PROSE}</p><pre>{LONG}</pre>", "html", LONG),
    "chorus": (f"{CHORUS}<p>{PROSE}</p>{CHORUS}", "html", "We row all night\nwe row all day\nand never see the harbour, see the harbour again"),
    "of-two-things": (f"<dl><dt>sail<dd><p>{LONG}</p><dt>row<dd><p>{LONG}</p><dt>drift<dd><p>a</p></dl>", "html", LONG),
    "of-two-named-things": (f"<div id=sail>a<p>{LONG}</p></div><div id=row>b<p>{LONG}</p></div><p>c</p>", "html", LONG),
    "of-two-things-of-a-clean-text": (f"sail()\n\n{LONG}.\n\nrow()\n\n{LONG}.\n\ndrift()", "text", f"{LONG}."),
    "case40-refrain": ("And we who watch it from the quay\nhave never seen the sea.\n\nIt rained\nAnd we who watch it from the quay\nall night", "text", "And we who watch it from the quay"),
}  # fmt: skip


@pytest.mark.parametrize(("page", "kind", "text"), AGAIN.values(), ids=AGAIN)
def test_kept_again(page: str, kind: str, text: str) -> None:
    assert texts(page, kind).count(text) == 2


def test_a_hidden_copy_does_not_cost_the_visible_one() -> None:
    assert texts(f"<p hidden>{PROSE}</p><p>{PROSE}</p><p>{PROSE * 3}</p>")[0] == PROSE.strip()


def test_the_reason_names_the_block_that_stays() -> None:
    document = clean(ONCE["paragraph-again-with-its-company"][0], kind="html", settings=ALONE)
    (removed,) = document.removed
    assert removed[1].reason is not None
    assert (removed[1].reason.rule, removed[1].reason.evidence) == ("repeat-on-page", "the same as block 1")
