"""robots.txt: the RFC's own points, the corners that readers of robots files are known to get wrong, hostile files."""

from __future__ import annotations

import codecs
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.acquire.web.politeness.patterns import matches, path_of, pattern_of
from pipeline.acquire.web.politeness.robots import CAREFUL, LONGEST_DELAY, MAX_BYTES, RobotsFile, parse, rules_of

SITE = "https://harbour.test"
US = "farmbot"


def allowed(body: str | bytes, path: str, product: str = US) -> bool:
    data = body.encode() if isinstance(body, str) else body
    return parse(data, product).decide(SITE + path).allowed


WHOM = [
    ("nothing is allowed to nobody in particular", "", "/a", True),
    ("all closed", "User-agent: *\nDisallow: /", "/a", False),
    ("our group", "User-agent: farmbot\nDisallow: /a", "/a", False),
    ("case of the token", "USER-AGENT: FarmBOT\nDISALLOW: /a", "/a", False),
    ("version is no part of the token", "User-agent: farmbot/2.1\nDisallow: /", "/a", False),
    ("further words are no part of it", "User-agent: farmbot news reader\nDisallow: /", "/a", False),
    ("a shorter token is another robot", "User-agent: farm\nDisallow: /", "/a", True),
    ("a longer token is another robot", "User-agent: farmbots\nDisallow: /", "/a", True),
    ("a token with digits is another robot", "User-agent: farmbot2\nDisallow: /", "/a", True),
    ("a token behind a word is another robot", "User-agent: my farmbot\nDisallow: /", "/a", True),
    ("our group silences the star", "User-agent: *\nDisallow: /\nUser-agent: farmbot\nAllow: /", "/a", True),
    ("so it does when empty", "User-agent: farmbot\nDisallow:\n\nUser-agent: *\nDisallow: /", "/a", True),
    ("and before the star", "User-agent: farmbot\nDisallow: /b\nUser-agent: *\nDisallow: /", "/a", True),
    ("star with a word behind it", "User-agent: * all\nDisallow: /", "/a", False),
    ("star within a token is no star", "User-agent: *bot\nDisallow: /", "/a", True),
    ("two groups of ours are one", "User-agent: farmbot\nDisallow: /a\nUser-agent: farmbot\nDisallow: /b", "/a", False),
    ("both count", "User-agent: farmbot\nDisallow: /a\nUser-agent: x\nUser-agent: farmbot\nDisallow: /b", "/b", False),
    ("two stars are one", "User-agent: *\nDisallow: /a\n\nUser-agent: *\nDisallow: /b", "/a", False),
    ("several agents share a group", "User-agent: x\nUser-agent: farmbot\nDisallow: /", "/a", False),
    ("blank lines do not part them", "User-agent: farmbot\n\n\nUser-agent: x\n\nDisallow: /", "/a", False),
    ("a rule ends the list of agents", "User-agent: farmbot\nAllow: /b\nUser-agent: x\nDisallow: /", "/a", True),
    ("an empty rule ends it too", "User-agent: farmbot\nDisallow:\nUser-agent: x\nDisallow: /", "/a", True),
    ("a sitemap does not", "User-agent: farmbot\nSitemap: /s\nUser-agent: x\nDisallow: /", "/a", False),
    ("nor does an unknown line", "User-agent: farmbot\nHost: h\nUser-agent: x\nDisallow: /", "/a", False),
    ("rules before any agent are nobody's", "Disallow: /\nUser-agent: x\nDisallow: /b", "/a", True),
    ("an agent without a name is nobody", "User-agent:\nDisallow: /", "/a", True),
    ("another robot alone", "User-agent: x\nDisallow: /", "/a", True),
]
LINES = [
    ("spaces around everything", " \t User-agent \t:\t farmbot \n  Disallow  :  /a  ", "/a", False),
    ("no space at all", "User-agent:farmbot\nDisallow:/a", "/a", False),
    ("comments", "# a\nUser-agent: farmbot # us\nDisallow: /a # private", "/a", False),
    ("a comment is no pattern", "User-agent: farmbot\nDisallow: # /a", "/a", True),
    ("carriage returns alone", "User-agent: farmbot\rDisallow: /a\r", "/a", False),
    ("both line ends", "User-agent: farmbot\r\nDisallow: /a\r\n", "/a", False),
    ("other separators are no line ends", "User-agent: farmbot\nDisallow: /a\u2028b", "/a", True),
    ("a forgotten colon", "User-agent farmbot\nDisallow /a", "/a", False),
    ("prose is no rule", "User-agent: farmbot\nDisallow us from /a", "/a", True),
    ("misspelt keys", "useragent: farmbot\ndissallow: /a", "/a", False),
    ("a key that only begins alike", "User-agent: farmbot\nDisallowed: /a", "/a", True),
    ("a colon within a pattern", "User-agent: farmbot\nDisallow: /a:b", "/a:b", False),
    ("HTML in place of a file", "<!DOCTYPE html>\n<p>User-agent: * Disallow: /</p>", "/a", True),
]
PATHS = [
    ("a prefix", "Disallow: /fish", "/fishery/today", False),
    ("case of a path", "Disallow: /Fish", "/fish", True),
    ("a final slash is part of it", "Disallow: /fish/", "/fish", True),
    ("only at the beginning", "Disallow: /fish", "/dish/fish", True),
    ("the query belongs to it", "Disallow: /*?print", "/a?print=1", False),
    ("the fragment does not", "Disallow: /*print", "/a#print", True),
    ("longest wins", "Disallow: /a\nAllow: /a/b", "/a/b/c", True),
    ("longest wins, either way", "Allow: /a\nDisallow: /a/b", "/a/b/c", False),
    ("whatever the order", "Allow: /a/b\nDisallow: /a", "/a/b/c", True),
    ("allow wins a tie", "Disallow: /a\nAllow: /a", "/a", True),
    ("allow wins a tie, either order", "Allow: /a\nDisallow: /a", "/a", True),
    ("length counts the star", "Allow: /p\nDisallow: /*.htm", "/p.htm", False),
    ("length of different forms", "Allow: /$\nDisallow: /", "/", True),
    ("anchored root alone", "Allow: /$\nDisallow: /", "/a", False),
    ("star in the middle", "Disallow: /a/*/c", "/a/b/b/c/d", False),
    ("star may be empty", "Disallow: /a*b", "/ab", False),
    ("star crosses slashes", "Disallow: /a*z", "/a/b/c/z", False),
    ("star first", "Disallow: *.pdf", "/a/b.pdf", False),
    ("star at the end changes nothing", "Disallow: /fish*", "/fishing", False),
    ("anchor", "Disallow: /*.pdf$", "/a.pdf?x", True),
    ("anchor that fits late", "Disallow: /*.pdf$", "/a.pdf.pdf", False),
    ("anchor and star need both ends apart", "Disallow: /aba*ba$", "/aba", True),
    ("star before the anchor", "Disallow: /a*$", "/abc", False),
    ("a dollar within is a dollar", "Disallow: /a$b", "/a$b", False),
    ("a dollar within is no anchor", "Disallow: /a$b", "/a", True),
    ("an escaped dollar is a dollar", "Disallow: /a%24", "/a$bc", False),
    ("an escaped star is a star", "Disallow: /a%2Ab", "/a*b", False),
    ("an escaped star is no wildcard", "Disallow: /a%2Ab", "/axb", True),
    ("a star in an address is a letter", "Disallow: /axb", "/a*b", True),
    ("escaped letters", "Disallow: /b%61%7A", "/baz", False),
    ("escaped letters, the other way", "Disallow: /baz", "/b%61z", False),
    ("case of escapes", "Disallow: /%e3%83%84", "/%E3%83%84", False),
    ("plain against escaped", "Disallow: /ツ", "/%E3%83%84", False),
    ("escaped against plain", "Disallow: /%E3%83%84", "/ツ", False),
    ("an escaped slash is no slash", "Disallow: /a%2Fb", "/a/b", True),
    ("an escaped slash is itself", "Disallow: /a%2Fb", "/a%2fb", False),
    ("a broken escape", "Disallow: /100%", "/100%zz", False),
    ("an address as value", "Disallow: /x?u=http://a.test", "/x?u=http://a.test/b", False),
    ("no slash in front", "Disallow: private", "/private/1", False),
    ("an empty pattern closes nothing", "Disallow:", "/a", True),
    ("an empty allow opens nothing", "Allow:\nDisallow: /", "/a", False),
    ("robots.txt may always be read", "Disallow: /", "/robots.txt", True),
]


@pytest.mark.parametrize(
    ("body", "path", "verdict"), [case[1:] for case in WHOM + LINES], ids=[c[0] for c in WHOM + LINES]
)
def test_whom_a_file_addresses(body: str, path: str, verdict: bool) -> None:
    assert allowed(body, path) is verdict


@pytest.mark.parametrize(("rules", "path", "verdict"), [case[1:] for case in PATHS], ids=[case[0] for case in PATHS])
def test_what_a_rule_covers(rules: str, path: str, verdict: bool) -> None:
    assert allowed(f"User-agent: *\n{rules}", path) is verdict


CLOSED = "User-agent: *\r\nDisallow: /\r\n"
BYTES = {
    "UTF-8 with its mark": codecs.BOM_UTF8 + CLOSED.encode(),
    "a torn mark": b"\xef\xbb" + CLOSED.encode(),
    "the mark twice": codecs.BOM_UTF8 * 2 + CLOSED.encode(),
    "UTF-16 little": codecs.BOM_UTF16_LE + CLOSED.encode("utf-16-le"),
    "UTF-16 big": codecs.BOM_UTF16_BE + CLOSED.encode("utf-16-be"),
    "UTF-16 without a mark": CLOSED.encode("utf-16-le"),
    "latin-1 in a comment": b"# caf\xe9\n" + CLOSED.encode(),
    "NULs between lines": b"\0\0" + CLOSED.encode(),
    "a line of a megabyte before": b"User-agent: *\nDisallow: /\n# " + b"x" * 1_000_000,
    "ten megabytes": CLOSED.encode() + b"#" * 10_000_000,
}


@pytest.mark.parametrize("body", BYTES.values(), ids=BYTES.keys())
def test_bytes_in_any_dress(body: bytes) -> None:
    assert not allowed(body, "/b")


def test_bytes_that_are_no_text_match_themselves() -> None:
    body = b"User-agent: *\nDisallow: /caf\xe9\n"
    assert not allowed(body, "/caf%E9")
    assert allowed(body, "/café"), "the site wrote Latin-1: this is another address"


@pytest.mark.parametrize("line", [b"Disallow: /private-%d\n", b"Disallow: /private-%d\r"], ids=["LF", "CR"])
def test_a_cut_line_is_no_rule(line: bytes) -> None:
    """The head of `/private-123` is `/private-1`, which would cover far more."""
    body = b"User-agent: *\n" + b"".join(line % number for number in range(10**5, 10**5 + MAX_BYTES // len(line)))
    body += b"Disallow: /" + b"x" * 1000
    assert len(body) > MAX_BYTES
    rules = parse(body, US)
    assert {len(rule.pattern) for rule in rules.rules} == {len("/private-100000")}
    assert not rules.decide(f"{SITE}/private-100001").allowed


def test_wildcards_without_end_take_no_time() -> None:
    hostile = "User-agent: *\n" + "Disallow: /" + "*a" * 30 + "b$\n" + f"Disallow: /{'*a*' * 100_000}c\n"
    hostile += "Disallow: /*a*a*a*a*a*a*a*b\n" * 5_000
    rules = parse(hostile.encode(), US)
    began = time.process_time()
    assert rules.decide(f"{SITE}/{'a' * 2000}").allowed
    assert time.process_time() - began < 2.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    {
        "10": 10.0,
        "0.5": 0.5,
        "86400": 86_400.0,
        "nan": 0.0,
        "-1": 0.0,
        "ten": 0.0,
        "": 0.0,
        "1e999": LONGEST_DELAY,
    }.items(),
)
def test_crawl_delay(value: str, seconds: float) -> None:
    assert parse(f"User-agent: *\nCrawl-delay: {value}\n".encode(), US).crawl_delay == seconds


def test_crawl_delay_is_that_of_our_group() -> None:
    body = b"User-agent: *\nCrawl-delay: 9\nDisallow:\nUser-agent: farmbot\nCrawl-delay: 2\nCrawl-delay: 3\n"
    assert parse(body, "farmbot").crawl_delay == 3.0
    assert parse(body, "another").crawl_delay == 9.0


def test_sitemaps_and_licences_are_everyones() -> None:
    body = (
        b"Sitemap: https://a.test/s.xml\nUser-agent: x\nsitemap: /t.xml\nSite-map: /t.xml\nSitemap:\nLicense: /l.xml\n"
    )
    rules = parse(body, US)
    assert rules.sitemaps == ("https://a.test/s.xml", "/t.xml")
    assert rules.licenses == ("/l.xml",)


def test_signals_follow_the_longest_pattern() -> None:
    body = b"User-agent: *\nContent-Signal: search=yes, ai-train=no\nContent-Usage: train-ai=n\n"
    body += b"Content-Usage: /open/ train-ai=y\nContent-Usage: /empty\nDisallow:\n"
    body += b"User-agent: other\nContent-Signal: ai-train=yes\n"
    rules = parse(body, US)
    assert rules.signals_for(f"{SITE}/open/1") == (
        ("content-signal", "search=yes, ai-train=no"),
        ("content-usage", "train-ai=y"),
    )
    assert rules.signals_for(f"{SITE}/1")[1:] == (("content-usage", "train-ai=n"),)


def test_the_decision_names_its_line() -> None:
    rules = parse(b"# ours\nUser-agent: *\nDisallow: /a\nAllow: /a/\x1bb # why\n", US)
    assert rules.decide(f"{SITE}/a").reason == "robots.txt line 3: Disallow: /a"
    assert rules.decide(f"{SITE}/a/%1bb").reason == "robots.txt line 4: Allow: /a/b", "control characters are not shown"
    assert rules.decide(f"{SITE}/b").reason == "no rule of the group for '*' matches"
    assert parse(b"", US).decide(f"{SITE}/b").reason == "no rule of robots.txt matches"


@pytest.mark.parametrize(
    ("status", "verdict"),
    {
        200: (False, "robots"),
        204: (False, "robots"),
        301: (True, "robots"),
        400: (True, "robots"),
        404: (True, "robots"),
        410: (True, "robots"),
        401: (False, "robots-unreachable"),
        403: (False, "robots-unreachable"),
        429: (False, "robots-unreachable"),
        500: (False, "robots-unreachable"),
        503: (False, "robots-unreachable"),
        999: (False, "robots-unreachable"),
        0: (False, "robots-unreachable"),
    }.items(),
)
def test_the_status_decides_first(status: int, verdict: tuple[bool, str]) -> None:
    file = RobotsFile(SITE, status, CLOSED.encode(), 0.0, 1.0)
    decision = rules_of(file, US).decide(f"{SITE}/a")
    assert (decision.allowed, decision.kind) == verdict
    assert rules_of(file, US).decide(f"{SITE}/robots.txt").allowed


def test_being_careful_is_a_setting() -> None:
    files = [RobotsFile(SITE, status, b"", 0.0, 1.0) for status in sorted(CAREFUL)]
    assert [rules_of(file, US, frozenset()).allowed for file in files] == [True, True, True]


@given(st.binary(max_size=400), st.text(max_size=50))
def test_no_bytes_bring_it_down(body: bytes, path: str) -> None:
    decision = parse(b"User-agent: *\nDisallow: /" + body, US).decide(f"{SITE}/{path}")
    assert decision.kind == "robots"
    assert decision.reason.encode()


LETTERS = st.text("ab/*$%2A", min_size=1, max_size=8)


@given(LETTERS, LETTERS)
def test_matching_agrees_with_the_slow_way(value: str, tail: str) -> None:
    """The slow way: try every length that a star may take."""
    pattern, path = pattern_of(f"/{value}"), path_of(f"{SITE}/{tail}")

    def slow(pattern: str, path: str) -> bool:
        if not pattern or pattern == "$":
            return not (pattern and path)
        if pattern[0] == "*":
            return any(slow(pattern[1:], path[skip:]) for skip in range(len(path) + 1))
        return path[:1] == pattern[0] and slow(pattern[1:], path[1:])

    assert matches(pattern, path) == slow(pattern, path)
