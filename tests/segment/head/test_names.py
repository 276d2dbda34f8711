"""What is a name in a byline, and what is not."""

from __future__ import annotations

import pytest

from pipeline.segment.head.names import announcement, find_names, split_names

FIELDS = {
    "one": ("Ada Oat", ["Ada Oat"]),
    "announced": ("By Ada Oat", ["Ada Oat"]),
    "von": ("Von Ada Oat und Bo Rye", ["Ada Oat", "Bo Rye"]),
    "and": ("Ada Oat and Bo Rye", ["Ada Oat", "Bo Rye"]),
    "list": ("Ada Oat, Bo Rye, and Cy Spelt", ["Ada Oat", "Bo Rye", "Cy Spelt"]),
    "semicolons": ("Oat, Ada; Rye, Bo", ["Oat, Ada", "Rye, Bo"]),
    "degree": ("Ada Oat, MD", ["Ada Oat, MD"]),
    "user": ("rye_92", ["rye_92"]),
    "month-as-name": ("Jan April", ["Jan April"]),
    "chinese": ("作者：王小麦", ["王小麦"]),
    "admin": ("admin", []),
    "no-author": ("No Author", []),
    "placeholder": ("{{ page.author }}", []),
    "mail": ("ada@e.example", []),
    "number": ("262588", []),
    "picture": ("(Image: Quay)", []),
    "empty": ("", []),
    "only-announced": ("By ", []),
}
TEXTS = {
    "until-a-bar": ("By Ada Oat | Quay News", ["Ada Oat"]),
    "until-a-date": ("Posted by Ada Oat on 5 March 2024", ["Ada Oat"]),
    "until-a-day": ("Ada Oat, 05.03.2024", ["Ada Oat"]),
    "until-a-section": ("By Ada Oat in Harbours", ["Ada Oat"]),
    "particles": ("Cy von der Gerste", ["Cy von der Gerste"]),
    "reading-time": ("4 min read", []),
    "month": ("Mar 5, 2024", []),
    "unfinished": ("Published on", []),
    "a-sentence": ("I wrote many books", []),
    "a-question": ("Who wrote this?", []),
    "an-invitation": ("Follow Ada Oat", []),
    "a-count": ("12 comments", []),
    "capital-words-of-a-button": ("Learn More", []),
}


@pytest.mark.parametrize(("text", "names"), FIELDS.values(), ids=FIELDS)
def test_names_in_a_field(text: str, names: list[str]) -> None:
    assert split_names(text) == names


@pytest.mark.parametrize(("text", "names"), TEXTS.values(), ids=TEXTS)
def test_names_in_a_text(text: str, names: list[str]) -> None:
    assert find_names(text) == names


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("By Ada", "By "),
        ("Written by: Ada", "Written by: "),
        ("Autor: Ada", "Autor: "),
        ("Bypass opened", ""),
        ("Party", ""),
    ],
)
def test_announcements(text: str, words: str) -> None:
    assert announcement(text) == words
