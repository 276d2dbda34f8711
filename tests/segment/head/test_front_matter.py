"""Front matter: read as metadata, shown to nobody, and told from texts that begin with dashes."""

# ruff: noqa: E501  # the cases are a table

from __future__ import annotations

import time

import pytest

from pipeline import clean
from pipeline.segment.head.front_matter import front_matter

BODY = "The ferry between the islands sails again on Monday, the harbour office said."
CASES = {
    "yaml": ("---\ntitle: The ferry sails\nauthor: Ada Oat\ndate: 2024-03-05\nlang: en-gb\n---", ("The ferry sails", ("Ada Oat",), "2024-03-05", "en")),
    "quoted": ("---\ntitle: \"A: the 'ferry'\"\ndate: '2024-03-05T10:00:00Z'\n---", ("A: the 'ferry'", (), "2024-03-05T10:00:00Z", "")),
    "authors-below": ("---\nauthors:\n  - name: Ada Oat\n    url: https://a.test/\n  - Bo Rye\ntitle: Tea\n---", ("Tea", ("Ada Oat", "Bo Rye"), "", "")),
    "authors-in-brackets": ('---\nauthors: [Ada Oat, "Bo Rye"]\n---', ("", ("Ada Oat", "Bo Rye"), "", "")),
    "folded": ("---\ntitle: >-\n  The ferry\n  sails\n# a comment\n\ntags:\n- sea\n---", ("The ferry sails", (), "", "")),
    "toml": ('+++\ntitle = "Tea, again"\ndate = 2024-03-05\n[extra]\nshown = true\n+++', ("Tea, again", (), "2024-03-05", "")),
    "ended-by-dots": ("---\nTitle: Tea\n...", ("Tea", (), "", "")),
    "windows": ("\ufeff---\r\ntitle: Tea\r\n---", ("Tea", (), "", "")),
    "nothing-of-use": ("---\nlayout: post\n---", ("", (), "", "")),
    "a-date-that-may-be-two": ("---\ntitle: Tea\ndate: 03/05/2024\n---", ("Tea", (), "", "")),
}  # fmt: skip
NONE = {
    "a-line-across": "---\n\n" + BODY + "\n\n---\n\n" + BODY,
    "words-between": "---\ntitle: Tea\n" + BODY + "\n---\n",
    "never-closed": "---\ntitle: Tea\n\n" + BODY,
    "other-settings": "---\nport: 80\nhost: a.test\n---\n",
    "not-at-the-start": BODY + "\n---\ntitle: Tea\n---\n",
    "on-one-line": "--- title: Tea ---",
    "longer-dashes": "-----\ntitle: Tea\n-----\n",
    "dashes-alone": "---",
}


@pytest.mark.parametrize(("front", "said"), CASES.values(), ids=CASES)
def test_front_matter_becomes_metadata_and_no_text(front: str, said: tuple[str, tuple[str, ...], str, str]) -> None:
    document = clean(f"{front}\n\n{BODY}\n", kind="text")
    assert document.text == BODY
    title, authors, date, language = said
    assert (document.metadata.title, document.metadata.authors, document.metadata.date) == (title, authors, date)
    assert not language or document.metadata.language == language
    [(block, verdict)] = document.removed
    assert (block.line, block.hidden, verdict.reasons[0].rule) == (1, "front matter", "hidden-from-readers")


@pytest.mark.parametrize("text", NONE.values(), ids=NONE)
def test_what_is_no_front_matter(text: str) -> None:
    assert front_matter(text)[0] == 0


def test_the_lines_below_keep_their_numbers() -> None:
    document = clean(f"---\ntitle: Tea\n---\n# Tea\n\n{BODY}", kind="text")
    assert [block.line for block in document.blocks] == [1, 4, 6]


@pytest.mark.parametrize(
    "flood", ["---\n" * 100_000, "---\n" + "a: b\n" * 100_000, "---\n" + "[" * 1_000_000, "---" + " " * 1_000_000]
)
def test_a_flood_ends_quickly(flood: str) -> None:
    start = time.process_time()
    assert front_matter(flood)[0] == 0
    assert time.process_time() - start < 1
