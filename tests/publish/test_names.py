"""Names: nothing leaves its folder, no two pages meet, every name is legal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.publish.names import LONGEST_NAME, LONGEST_PATH, Names, quote

HOSTILE = {
    "up": ("..", "%2E%2E"),
    "up-slash": ("../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd"),
    "absolute": ("/etc", "%2Fetc"),
    "windows": ("C:\\x", "C%3A%5Cx"),
    "nul": ("a\0b", "a%00b"),
    "newline": ("a\nb", "a%0Ab"),
    "escape": ("\x1b[2Ja", "%1B[2Ja"),
    "dot-first": (".htaccess", "%2Ehtaccess"),
    "dot-last": ("a.", "a%2E"),
    "blank-last": ("a ", "a%20"),
    "percent": ("%2E", "%252E"),
    "empty": ("", "%empty"),
    "reserved": ("CON", "%43ON"),
    "reserved-suffix": ("nul.html", "%6Eul.html"),
    "not-reserved": ("console", "console"),
    "bidi": ("a\u202etxt", "a%E2%80%AEtxt"),
    "line-separator": ("a\u2028b", "a%E2%80%A8b"),
    "surrogate": ("a\ud800", "a%ED%A0%80"),
    "emoji": ("🌾", "🌾"),
    "script": ("گندم", "گندم"),
    "url": ("http://a/?b=1", "http%3A%2F%2Fa%2F%3Fb=1"),
}


@pytest.mark.parametrize(("part", "name"), HOSTILE.values(), ids=HOSTILE)
def test_quote(part: str, name: str) -> None:
    assert quote(part) == name


ANYTHING = st.text(st.characters(codec=None), max_size=40) | st.sampled_from([part for part, _ in HOSTILE.values()])


@given(ANYTHING, ANYTHING)
def test_two_parts_never_quote_to_one(one: str, two: str) -> None:
    assert (quote(one) == quote(two)) == (one == two)


@given(ANYTHING)
def test_a_quoted_part_stays_in_its_folder(part: str) -> None:
    name = quote(part)
    assert name
    assert not set(name) & set('/\\:\0\n*?"<>|')
    assert name[0] != "."
    assert name[-1] not in ". "
    name.encode()


PLACES = {
    "file": ("a/b.html", "a/b.html", "a/b.html"),
    "record": ("a/b.jsonl/7", "a/b.jsonl", "a/b.jsonl/7"),
    "record-slash": ("b.warc/x/y", "b.warc", "b.warc/x%2Fy"),
    "record-up": ("b.warc/../../x", "b.warc", "b.warc/%2E.%2F..%2Fx"),
    "record-empty": ("b.jsonl/", "b.jsonl", "b.jsonl/%empty"),
    "no-path": ("x/y", "", "x%2Fy"),
    "path-up": ("../x.html", "../x.html", "%2E%2E/x.html"),
    "path-absolute": ("/etc/x", "/etc/x", "%empty/etc/x"),
}


@pytest.mark.parametrize(("page_id", "path", "stem"), PLACES.values(), ids=PLACES)
def test_place(page_id: str, path: str, stem: str) -> None:
    assert Names((".txt",)).take(page_id, path) == stem


MEETINGS = {
    "case": [("A", "A"), ("a", "a")],
    "normal-form": [("caf\u00e9", "caf\u00e9"), ("cafe\u0301", "cafe\u0301")],
    "same-id": [("a", "a"), ("a", "a"), ("a", "a")],
    "file-then-folder": [("a", "a"), ("a.txt/b", "a.txt/b")],
    "folder-then-file": [("a.txt/b", "a.txt/b"), ("a", "a")],
    "record-and-file": [("c/1", "c"), ("c/1", "c/1")],
    "long": [("x" * 300 + "1", "x" * 300 + "1"), ("x" * 300 + "2", "x" * 300 + "2")],
    "deep": [("d/" * 9000 + "1", "d/" * 9000 + "1"), ("d/" * 9000 + "2", "d/" * 9000 + "2")],
}


@pytest.mark.parametrize("pages", MEETINGS.values(), ids=MEETINGS)
def test_pages_never_meet(pages: list[tuple[str, str]]) -> None:
    names = Names((".txt", ".md"))
    files = [names.take(page_id, path) + ".txt" for page_id, path in pages]
    folded = {file.casefold() for file in files}
    assert len(folded) == len(pages)
    assert not any(other.startswith(file + "/") for file in folded for other in folded)
    assert all(names.holds(file) for file in files)
    for file in files:
        assert len(file.encode()) <= LONGEST_PATH + 100
        assert all(len(part.encode()) <= LONGEST_NAME for part in file.split("/"))


@given(st.text(st.sampled_from("ä🌾x."), min_size=200, max_size=400))
def test_a_long_name_fits_with_its_suffix(name: str) -> None:
    stem = Names((".txt",)).take(name, name)
    assert len((stem + ".txt").encode()) <= LONGEST_NAME
