"""Whether a text was cleaned before, and what the rule book's word is worth in one that was."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipeline import clean
from pipeline.document import Block, Kind
from pipeline.judge.rulebook import load_rulebook
from pipeline.judge.view import View
from pipeline.settings import Settings

PROSE = "The ferry between the islands sails again on Monday, the harbour office said, after nine weeks in the dock."
NETWORKS = (
    "TikTok has a billion users, and whoever sells something shows it there, says the harbour office of the island."
)
PROMPT = "Sign up for our newsletter"
BOOK = load_rulebook(Settings())


def view(lines: Sequence[str], kind: Kind = "text", language: str = "en") -> View:
    blocks = [Block(index, "line", text, index + 1) for index, text in enumerate(lines)]
    return View(kind, blocks, "", Settings(), BOOK, language=lambda: language)


CLEANED = {
    "prose": [PROSE] * 9,
    "nothing": [],
    "a-label": [PROSE, "Save", PROSE],
    "a-prompt-in-hundreds": [*[PROSE] * 150, PROMPT],
    "one-byline-in-each-entry": [PROSE, "Reported by:", PROSE, "Reported by:", PROSE],
    "pictures": ["![The ferry](ferry.png)", PROSE, "![The harbour](harbour.png)"],
}
NOT_CLEANED = {
    "a-prompt": [*[PROSE] * 9, PROMPT],
    "one-button-in-each-entry": [PROSE, "Login", PROSE, "Login", PROSE],
    "two-labels": [PROSE, "Save", PROSE, "Login"],
    "many-labels-in-hundreds": [*[PROSE] * 190, "Save", "Login"],
}


@pytest.mark.parametrize("lines", CLEANED.values(), ids=CLEANED)
def test_cleaned(lines: list[str]) -> None:
    assert view(lines).cleaned


@pytest.mark.parametrize("lines", NOT_CLEANED.values(), ids=NOT_CLEANED)
def test_not_cleaned(lines: list[str]) -> None:
    assert not view(lines).cleaned


def test_a_page_of_html_was_not() -> None:
    assert not view([PROSE] * 9, kind="html").cleaned


@pytest.mark.parametrize(("language", "means_something"), [("de", True), ("nb", True), ("", True), ("xx", False)])
def test_the_silence_of_a_book_that_does_not_know_the_language_means_nothing(
    language: str, *, means_something: bool
) -> None:
    assert view([PROSE] * 9, language=language).cleaned is means_something


def test_a_label_alone_is_doubted_and_two_are_not() -> None:
    assert sum(one.score for one in view([PROSE, "Save", PROSE]).spoken[1]) == pytest.approx(1 / 3)
    assert sum(one.score for one in view([PROSE, "Save", PROSE, "Login"]).spoken[1]) == 1.0


def test_a_heading_in_a_clean_text_stays_and_buttons_around_a_text_go() -> None:
    story = [PROSE, "Registration", PROSE.replace("Monday", "Friday"), PROSE.replace("ferry", "boat")]
    assert clean("\n\n".join(story), kind="text").text.split("\n\n") == story
    buttons = ["Log in", "Save", "Share on Facebook", *story, "Subscribe to our newsletter"]
    assert clean("\n\n".join(buttons), kind="text").text.split("\n\n") == [one for one in story if " " in one]


def test_a_label_is_a_heading_where_its_words_come_again_in_the_text_below() -> None:
    lines = ["TikTok", NETWORKS, "Instagram", PROSE, "WhatsApp"]
    assert [sum(one.score for one in said) for said in view(lines).spoken] == [0.5, 0, 1, 0, 1]
    assert [sum(one.score for one in said) for said in view(lines, kind="html").spoken] == [1, 0, 1, 0, 1]
