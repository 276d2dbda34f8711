"""Addresses: what is asked, what is never asked, and when two of them are one page."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.acquire.web.discovery.urls import LONGEST, UnfitAddress, canonical, key, resolve, site_of

BASE = "https://harbour.test/news/today.html"
RESOLVED = {
    "relative": ("ferry.html", "https://harbour.test/news/ferry.html"),
    "rooted": ("/ferry", "https://harbour.test/ferry"),
    "without-scheme": ("//quay.test/a", "https://quay.test/a"),
    "query-alone": ("?page=2", "https://harbour.test/news/today.html?page=2"),
    "spaces-around": ("  /a \n", "https://harbour.test/a"),
    "tab-and-newline-within": ("/fer\n\try", "https://harbour.test/ferry"),
    "backslashes": ("\\ferry", "https://harbour.test/ferry"),
    "capitals": ("HTTPS://HARBOUR.TEST/A", "https://harbour.test/A"),
    "default-port": ("https://harbour.test:443/a", "https://harbour.test/a"),
    "dots": ("../../../a/./b", "https://harbour.test/a/b"),
    "not-ascii": ("/fähre?ü=ö", "https://harbour.test/f%C3%A4hre?%C3%BC=%C3%B6"),
    "name-not-ascii": ("https://fähre.test/", "https://xn--fhre-loa.test/"),
    "fragment-goes": ("/a#section", "https://harbour.test/a"),
    "hashbang-stays": ("/#!a", "https://harbour.test/#!a"),
    "trackers-are-asked": ("/a?utm_source=x", "https://harbour.test/a?utm_source=x"),
    "number-is-an-address": ("http://2130706433/", "http://127.0.0.1/"),
    "circled-digits": ("http://①②⑦.0.0.1/", "http://127.0.0.1/"),
    "hexadecimal": ("http://0x7f.1/", "http://127.0.0.1/"),
}


@pytest.mark.parametrize(("raw", "address"), RESOLVED.values(), ids=RESOLVED)
def test_links_are_read_as_browsers_read_them(raw: str, address: str) -> None:
    assert resolve(raw, BASE) == address
    assert resolve(address) == address


UNFIT = {
    "empty": ("  ", "empty"),
    "javascript": ("javascript:alert(1)", "javascript: is not http(s)"),
    "javascript-in-disguise": (" java\nscript:alert(1)", "javascript: is not http(s)"),
    "data": ("data:text/html,<p>", "data: is not http(s)"),
    "file": ("file:///etc/passwd", "file: is not http(s)"),
    "mail": ("mailto:a@harbour.test", "mailto: is not http(s)"),
    "ftp": ("ftp://harbour.test/", "ftp: is not http(s)"),
    "blob": ("blob:https://harbour.test/1", "blob: is not http(s)"),
    "user": ("https://me@harbour.test/", "a user name or password in it"),
    "password": ("https://me:secret@harbour.test/", "a user name or password in it"),
    "disguised-host": ("https://harbour.test\\@evil.test@x/", None),
    "long": ("/" + "a" * LONGEST, f"longer than {LONGEST} bytes"),
    "long-once-escaped": ("/" + "ü" * (LONGEST // 2), f"longer than {LONGEST} bytes"),
    "nul": ("/a\x00b", "control characters"),
    "escape": ("/a\x1b[31m", "control characters"),
    "c1": ("/a\x9bb", "control characters"),
    "no-host": ("https://", "not an address"),
    "port-too-high": ("https://harbour.test:99999/", "not an address"),
    "lone-surrogate": ("/\ud800", "not an address"),
}


@pytest.mark.parametrize(("raw", "why"), UNFIT.values(), ids=UNFIT)
def test_what_is_never_asked(raw: str, why: str | None) -> None:
    if why is None:  # a browser reads the backslash as a slash, and so do we: the host is the one before it
        assert resolve(raw, BASE).startswith("https://harbour.test/")
    else:
        with pytest.raises(UnfitAddress, match=r"^" + why.replace("(", r"\(").replace(")", r"\)") + "$"):
            resolve(raw, BASE)


SAME = {
    "fragment": ("https://harbour.test/a#x", "https://harbour.test/a"),
    "tracker": ("https://harbour.test/a?utm_source=mail&utm_medium=x", "https://harbour.test/a"),
    "tracker-among-others": ("https://harbour.test/a?id=3&fbclid=x&page=2", "https://harbour.test/a?id=3&page=2"),
    "tracker-in-capitals": ("https://harbour.test/a?UTM_Source=mail", "https://harbour.test/a"),
    "host-in-capitals": ("https://HARBOUR.test/a", "https://harbour.test/a"),
    "port": ("http://harbour.test:80/a", "http://harbour.test/a"),
    "final-dot": ("https://harbour.test./a", "https://harbour.test/a"),
    "final-dot-and-port": ("https://harbour.test.:8443/a", "https://harbour.test:8443/a"),
    "bare-question-mark": ("https://harbour.test/a?", "https://harbour.test/a"),
    "empty-parameters": ("https://harbour.test/a?&b=1&&", "https://harbour.test/a?b=1"),
    "needless-escape": ("https://harbour.test/%7ejo/%61", "https://harbour.test/~jo/a"),
    "small-escape": ("https://harbour.test/%c3%a4", "https://harbour.test/ä"),
    "no-path": ("https://harbour.test", "https://harbour.test/"),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_spellings_of_one_page(one: str, other: str) -> None:
    assert key(one) == key(other)


DIFFERENT = {
    "parameter": ("https://harbour.test/a?id=1", "https://harbour.test/a?id=2"),
    "order-of-parameters": ("https://harbour.test/?a=1&b=2", "https://harbour.test/?b=2&a=1"),
    "hashbang": ("https://harbour.test/#!a", "https://harbour.test/#!b"),
    "case-of-path": ("https://harbour.test/A", "https://harbour.test/a"),
    "final-slash": ("https://harbour.test/a/", "https://harbour.test/a"),
    "escaped-slash": ("https://harbour.test/a%2fb", "https://harbour.test/a/b"),
    "port": ("https://harbour.test:8443/", "https://harbour.test/"),
    "looks-like-a-tracker": ("https://harbour.test/?utmost=1", "https://harbour.test/"),
}


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_pages_that_differ(one: str, other: str) -> None:
    assert key(one) != key(other)


SITES = {
    "www": ("https://www.harbour.test/", "http://harbour.test:8080/x", True),
    "below": ("https://news.harbour.co.uk/", "https://harbour.co.uk/", True),
    "public-suffix": ("https://harbour.co.uk/", "https://quay.co.uk/", False),
    "shared-host": ("https://a.github.io/", "https://b.github.io/", False),
    "other": ("https://harbour.test/", "https://quay.test/", False),
    "ends-alike": ("https://harbour.test/", "https://myharbour.test/", False),
    "name-as-label": ("https://harbour.test/", "https://harbour.test.evil.test/", False),
    "numbers": ("http://127.0.0.1/", "http://127.0.0.2/", False),
    "number-other-port": ("http://127.0.0.1:8001/", "http://127.0.0.1:8002/", False),
    "number-same-port": ("http://127.0.0.1:8001/a", "http://127.0.0.1:8001/b", True),
    "sixth-version": ("http://[::1]:80/a", "http://[::1]/b", True),
    "bare-names": ("http://localhost/", "http://intranet/", False),
    "nonsense": ("nonsense", "nonsense", False),
}


@pytest.mark.parametrize(("one", "other", "same"), SITES.values(), ids=SITES)
def test_sites(one: str, other: str, same: bool) -> None:
    assert (site_of(one) == site_of(other) != "") is same


CANONICAL = {
    "relative": ("/a", "https://harbour.test/a"),
    "other-host-of-the-site": ("https://www.harbour.test/a", "https://www.harbour.test/a"),
    "other-site": ("https://evil.test/a", BASE),
    "front-page": ("/", BASE),
    "front-page-with-query": ("/?p=3", "https://harbour.test/?p=3"),
    "script": ("javascript:alert(1)", BASE),
    "empty": ("", BASE),
}


@pytest.mark.parametrize(("declared", "believed"), CANONICAL.values(), ids=CANONICAL)
def test_what_a_page_says_of_itself(declared: str, believed: str) -> None:
    assert canonical(BASE, declared) == believed


@given(st.text(max_size=80))
@example("http://h.test/%")
@example("?utm_source")
@example("http://h.test/#!\ud800")
@example("http://h.test./?%75tm_source=1")
def test_laws_of_addresses(raw: str) -> None:
    try:
        address = resolve(raw, BASE)
    except UnfitAddress:
        return
    assert resolve(address) == address
    assert address.isascii()
    assert address.isprintable()
    assert address.startswith(("http://", "https://"))
    assert key(key(address)) == key(address)
    assert site_of(key(address)) == site_of(address)


def test_sites_are_told_without_network_or_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("no network")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert site_of("https://a.b.harbour.org.uk/") == "harbour.org.uk"
    assert list(tmp_path.iterdir()) == []
