"""Rules for single sites, from the mark to the ledger: what they take is told, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.document import Document, Page
from pipeline.recipe import Kit, clean_page, make_kit
from pipeline.segment import segment
from pipeline.segment.sites.sitebook import make_sitebook
from pipeline.segment.sites.siterules import MARK, SiteRules
from pipeline.settings import Settings

SAMPLES = sorted((Path(__file__).parents[3] / "raw" / "samples").glob("*.html"))
PAGE = (
    "<html><title>A walk</title><body><nav>All our walks</nav><article><h1>A walk</h1><p>The path begins at the old "
    "mill and climbs slowly, past the quarry, to the chapel on the hill.</p><p class='tab weg'>Whoever comes daily "
    "knows that this paragraph stands on every page of it.</p><div class='aside' style='display:none'>Unseen.</div>"
    "<p>From there one sees the harbour, and on clear days the island.</p></article><footer>About us</footer>"
)


@pytest.fixture(scope="module")
def kit() -> Kit:
    return make_kit(Settings())


def cleaned(kit: Kit, rules: SiteRules, html: str = PAGE) -> Document:
    document = clean_page(Page("a", html.encode(), source="walks"), replace(kit, sites=make_sitebook({"walks": rules})))
    assert isinstance(document, Document)
    return document


def taken(document: Document) -> dict[str, str]:
    """The first words of what the rules of the site took, with the evidence."""
    reasons = {block.text[:12]: verdict.reason for block, verdict in document.removed}
    return {text: reason.evidence for text, reason in reasons.items() if reason and reason.rule == "site-rule"}


OUTSIDE = {"All our walk": "outside of article", "About us": "outside of article"}
CASES = {
    "drop": (SiteRules(drop=(".weg",)), {"Whoever come": "drop .weg"}),
    "keep": (SiteRules(keep=("article",)), OUTSIDE),
    "both": (SiteRules(keep=("article",), drop=(".weg",)), {**OUTSIDE, "Whoever come": "drop .weg"}),
    "ignored": (SiteRules(keep=(".gone",), drop=("article",)), {}),
}


@pytest.mark.parametrize(("rules", "expected"), CASES.values(), ids=CASES)
def test_what_rules_take_stays_in_the_document_with_its_reason(kit: Kit, rules: SiteRules, expected: object) -> None:
    document = cleaned(kit, rules)
    assert taken(document) == expected
    assert [block.text for block in document.blocks] == [block.text for block in cleaned(kit, SiteRules()).blocks]


def test_what_does_not_fit_stands_in_the_note(kit: Kit) -> None:
    assert cleaned(kit, CASES["ignored"][0]).note == (
        "keep .gone: finds nothing on this page; ignored; "
        "drop article: takes 92% of the page's text, more than 40%; ignored"
    )


def test_a_page_does_not_speak_for_a_person(kit: Kit) -> None:
    html = PAGE.replace("<p>", f'<p {MARK}="site rule: drop p">').replace(
        "<p ", f"<p {MARK.upper()}='site rule: x' ", 1
    )
    assert taken(cleaned(kit, SiteRules(), html)) == {}
    assert taken(cleaned(kit, SiteRules(drop=(".gone",)), html)) == {}


def test_the_rules_are_part_of_the_digest(kit: Kit) -> None:
    books = [make_sitebook({"walks": rules}) for rules, _ in CASES.values()]
    assert len({kit.digest, *(replace(kit, sites=book).digest for book in books)}) == len(books) + 1


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_looking_for_rules_changes_no_block(sample: Path) -> None:
    page = Page(sample.name, sample.read_bytes())
    settings = Settings()
    assert segment(page, settings, SiteRules(drop=(".no-page-has-this",))).blocks == segment(page, settings).blocks
