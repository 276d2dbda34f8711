"""Signals on the use of a page: every place they stand in, whom they address, and when they become a refusal."""

from __future__ import annotations

import codecs
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.acquire.web.politeness.rights import HEAD_BYTES, objection, rights_of
from pipeline.acquire.web.politeness.robots import parse

URL = "https://harbour.test/news/1"
ROBOTS = b"""User-agent: *
Content-Signal: search=yes, ai-train=no
Content-Usage: /news/ train-ai=n
License: https://harbour.test/licence.xml
Disallow:
"""

HEADERS = [
    ("one directive", "X-Robots-Tag", "noai", {"x-robots-tag": "noai"}),
    ("several, in any case", "x-robots-tag", "NoAI , noimageai,index", {"x-robots-tag": "noai, noimageai"}),
    ("none is noindex", "X-Robots-Tag", "none", {"x-robots-tag": "noindex"}),
    ("for us", "X-Robots-Tag", "farmbot: noai, nosnippet", {"x-robots-tag": "noai, nosnippet"}),
    ("for another", "X-Robots-Tag", "otherbot: noai, nosnippet", {}),
    ("for another, then for us", "X-Robots-Tag", "x: noai, farmbot: noindex", {"x-robots-tag": "noindex"}),
    ("a value is no robot", "X-Robots-Tag", "max-snippet: 20, noai", {"x-robots-tag": "noai"}),
    (
        "a date is no robot",
        "X-Robots-Tag",
        "unavailable_after: Friday, 25-Jun-26 15:00:00 GMT, noai",
        {"x-robots-tag": "noai"},
    ),
    ("content signal", "Content-Signal", "ai-train=no;search=yes", {"content-signal": "ai-train=no, search=yes"}),
    ("content usage", "Content-Usage", 'train-ai=n, "x"', {"content-usage": "train-ai=n"}),
    ("reservation", "TDM-Reservation", "1", {"tdm-reservation": "1"}),
    ("policy", "tdm-policy", " https://a.test/\tp\x1b ", {"tdm-policy": "https://a.test/ p"}),
    ("rubbish", "X-Robots-Tag", ":,:,,\0: :noai", {}),
    ("another header", "X-Frame-Options", "noai", {}),
]
HEADS = [
    ("robots", '<meta name="robots" content="noai, noimageai">', {"meta-robots": "noai, noimageai"}),
    ("our name", "<META NAME=Farmbot CONTENT=noindex>", {"meta-robots": "noindex"}),
    ("another's name", "<meta name=otherbot content=noai>", {}),
    ("a name of nobody", "<meta name='' content=noai>", {}),
    ("in a comment", "<!-- <meta name=robots content=noai> -->", {}),
    ("in a script", "<script>'<meta name=robots content=noai>'</script>", {}),
    ("entities", "<meta name=robots content='&#110;oai'>", {"meta-robots": "noai"}),
    ("no content", "<meta name=robots><meta name content>", {}),
    ("twice", "<meta name=robots content=noai>" * 2, {"meta-robots": "noai"}),
    (
        "reservation",
        "<meta name=tdm-reservation content=1><meta name=tdm-policy content=/p>",
        {"tdm-reservation": "1", "tdm-policy": "/p"},
    ),
    ("licence", "<link rel='license' href=/l><a rel='nofollow License' href=/m>", {"license": "/l, /m"}),
]


@pytest.mark.parametrize(("name", "value", "expected"), [case[1:] for case in HEADERS], ids=[c[0] for c in HEADERS])
def test_headers(name: str, value: str, expected: dict[str, str]) -> None:
    assert dict(rights_of([("Server", "x"), (name, value)], b"", None, URL, product="farmbot")) == expected


@pytest.mark.parametrize(("head", "expected"), [case[1:] for case in HEADS], ids=[case[0] for case in HEADS])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_markup(head: str, expected: dict[str, str], encoding: str) -> None:
    mark = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}.get(encoding, b"")
    page = mark + f"<!doctype html><html><head>{head}".encode(encoding)
    assert dict(rights_of([], page, None, URL, product="farmbot")) == expected


def test_nobody_is_not_us() -> None:
    assert rights_of([("X-Robots-Tag", "other: noai")], b"<meta name='' content=noai>", None, URL) == ()


def test_robots_file() -> None:
    assert rights_of([], b"", parse(ROBOTS, "farmbot"), URL) == (
        ("content-signal", "search=yes, ai-train=no"),
        ("content-usage", "train-ai=n"),
        ("license", "https://harbour.test/licence.xml"),
    )


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (b'[{"location": "/news/*", "tdm-reservation": 1}]', {"tdm-reservation": "1"}),
        (b'[{"location": "*", "tdm-policy": "/p"}, {"location": "/", "tdm-policy": "/q"}]', {"tdm-policy": "/p, /q"}),
        (b'[{"location": "/", "tdm-reservation": 0}]', {"tdm-reservation": "0"}),
        (b'[{"location": "/news/$", "tdm-reservation": 1}]', {}),
        (b'[{"location": "", "tdm-policy": "/p"}, 5, {"location": 7}, {"location": "/", "tdm-policy": [1]}]', {}),
        (b'{"location": "/", "tdm-reservation": 1}', {}),
        (b"<html>", {}),
        (b"\xff\xfe\x00", {}),
        (b"[" * 100_000, {}),
        (b'[{"location": "/", "tdm-reservation": ' + b"1" * 5000 + b"}]", {}),
    ],
    ids=[
        "reserved",
        "two entries",
        "not reserved",
        "elsewhere",
        "odd entries",
        "no list",
        "HTML",
        "no text",
        "deep",
        "long number",
    ],
)
def test_well_known_file(file: bytes, expected: dict[str, str]) -> None:
    assert dict(rights_of([], b"", None, URL, well_known=file)) == expected


@pytest.mark.parametrize(
    ("skip", "said"),
    {
        (): "",
        ("noai",): "x-robots-tag says noai",
        ("noindex",): "",
        ("tdm-reservation=1",): "tdm-reservation says 1",
        ("ai-train=no",): "content-signal says ai-train=no",
        ("ai-train",): "",
    }.items(),
)
def test_what_a_setting_makes_a_refusal(skip: tuple[str, ...], said: str) -> None:
    rights = rights_of([("X-Robots-Tag", "nosnippet, noai"), ("TDM-Reservation", "1")], b"", parse(ROBOTS, "x"), URL)
    assert objection(rights, frozenset(skip)) == said


HOSTILE = {
    "unclosed tags": b"<b><i><u>" * 10_000,
    "links": b"<a rel=x><b>" * 6_000,
    "one tag of many attributes": b"<meta " + b"name=robots " * 6_000 + b">",
    "angle brackets": b"<" * HEAD_BYTES,
    "metas": b"<meta name=robots content=noai>" * 2_200,
    "a long value": b"<meta name=robots content='" + b"a:" * 30_000 + b"'>",
    "comment openings": b"<!--" * 16_000,
    "no markup": bytes(range(256)) * 256,
}


@pytest.mark.parametrize("head", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_markup_costs_little(head: bytes) -> None:
    began = time.process_time()
    found = rights_of([("X-Robots-Tag", "a:" * 100_000), ("Content-Usage", "a" * 100_000)], head, None, URL)
    assert found in ((), (("meta-robots", "noai"),))
    assert time.process_time() - began < 1.0


def test_what_stands_far_below_is_not_looked_for() -> None:
    assert rights_of([], b" " * HEAD_BYTES + b"<meta name=robots content=noai>", None, URL) == ()


def test_values_have_a_cap() -> None:
    rights = dict(rights_of([("Content-Usage", f"k{number}=n") for number in range(1000)], b"", None, URL))
    assert rights["content-usage"].count("=n") == 20


@given(st.binary(max_size=300), st.text(max_size=80), st.binary(max_size=80))
def test_no_input_brings_it_down(head: bytes, value: str, well_known: bytes) -> None:
    headers = [(name, value) for name in ("X-Robots-Tag", "Content-Usage", "TDM-Policy")]
    for name, joined in rights_of(headers, b"<meta name=robots content=" + head, None, URL, well_known=well_known):
        assert name
        assert joined.isprintable()
