"""One address to its end: every way in which it can end has its own word."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.acquire.web.http.address import Guard, lookup
from pipeline.acquire.web.http.client import Http
from pipeline.acquire.web.http.page_type import not_a_page, refresh
from pipeline.acquire.web.http.retry import Retries
from pipeline.acquire.web.http.visit import Limits, Visitor
from pipeline.acquire.web.ports import Refused, Trouble, TroubleKind
from pipeline.acquire.web.storage.warc import digest
from pipeline.acquire.web.values import FetchOutcome, Reply, Validators, Visit
from tests.acquire.web.answers import Answer, Behaviour, Series, redirect
from tests.acquire.web.server import Server, Site

PAGE = b"<!doctype html><p>The ferry leaves at nine.</p>"
HOME = "http://harbour.example/"
OTHER = "https://news.example/"
NOW = 1_000_000.0


@dataclass
class Time:
    """A clock that moves only by sleeping."""

    now: float = NOW
    slept: list[float] = field(default_factory=list)

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def reply(
    status: int = 200, body: bytes = PAGE, headers: Mapping[str, str] | None = None, kind: str = "text/html"
) -> Reply:
    given = {"Content-Type": kind, **(headers or {})}
    return Reply("", status, "Said", tuple(given.items()), body, body)


def onward(location: str, status: int = 302) -> Reply:
    return reply(status, b"", {"Location": location})


@dataclass
class Scripted:
    """A web in which each address has its answers in a row; the last one stays. Each request takes `seconds`."""

    pages: Mapping[str, list[Reply | Trouble]]
    clock: Time
    seconds: float = 0.1
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    async def get(self, url: str, headers: Mapping[str, str]) -> Reply:
        before = sum(url == earlier for earlier, _ in self.asked)
        self.asked.append((url, headers))
        self.clock.now += self.seconds
        script = self.pages.get(url) or [reply(404, b"")]
        said = script[min(before, len(script) - 1)]
        if isinstance(said, Trouble):
            raise said
        return said


@dataclass
class Watched:
    """Turns that are always given, but for `refused` addresses; who holds one may not take another."""

    refused: Mapping[str, Refused] = field(default_factory=dict)
    held: bool = False
    taken: list[str] = field(default_factory=list)
    told: list[Reply | Trouble | None] = field(default_factory=list)

    @asynccontextmanager
    async def turn(self, url: str) -> AsyncIterator[Watched]:
        assert not self.held, "a second turn was taken while holding one"
        if url in self.refused:
            raise self.refused[url]
        self.held = True
        self.taken.append(url)
        try:
            yield self
        finally:
            self.held = False

    def done(self, reply: Reply | None = None, trouble: Trouble | None = None) -> float:
        assert self.held
        self.told.append(reply or trouble)
        return NOW + 600


@dataclass
class Seen:
    """What a visit came to, and what was done for it."""

    visit: Visit
    web: Scripted
    turns: Watched
    clock: Time


def go(
    pages: Mapping[str, list[Reply | Trouble]] | list[Reply | Trouble],
    *,
    url: str = HOME,
    validators: Validators | None = None,
    refused: Mapping[str, Refused] | None = None,
    limits: Limits | None = None,
    seconds: float = 0.1,
) -> Seen:
    clock = Time()
    web = Scripted(pages if isinstance(pages, Mapping) else {HOME: pages}, clock, seconds)
    turns = Watched(refused or {})
    visitor = Visitor(web, turns, clock, lambda: 0.5, limits or Limits())
    return Seen(asyncio.run(visitor.visit(url, validators)), web, turns, clock)


KNOWN = Validators('"a"', "Sun, 01 Nov 2026 08:00:00 GMT", digest(PAGE))
ENDS: dict[str, tuple[list[Reply | Trouble], Validators | None, FetchOutcome, str]] = {
    "page": ([reply()], None, "fetched", ""),
    "non-authoritative": ([reply(203)], None, "fetched", ""),
    "empty": ([reply(body=b"")], None, "failed", "empty"),
    "not-modified": ([reply(304, b"")], KNOWN, "unchanged", "http-304"),
    "not-modified-unasked": ([reply(304, b"")], None, "failed", "http-304"),
    "not-modified-with-digest-only": ([reply(304, b"")], Validators(body_digest="sha1:A"), "failed", "http-304"),
    "same-body": ([reply()], KNOWN, "unchanged", "same-body"),
    "other-body": ([reply(body=PAGE + b"!")], KNOWN, "fetched", ""),
    "no-content": ([reply(204, b"")], None, "failed", "http-204"),
    "reset-content": ([reply(205, b"")], None, "failed", "http-205"),
    "part": ([reply(206)], None, "failed", "http-206"),
    "multiple-choices": ([reply(300)], None, "failed", "http-300"),
    "redirect-to-nowhere": ([reply(302)], None, "failed", "http-302"),
    "use-proxy": ([reply(305, headers={"Location": OTHER})], None, "failed", "http-305"),
    "bad-request": ([reply(400)], None, "failed", "http-400"),
    "log-in": ([reply(401)], None, "failed", "http-401"),
    "pay": ([reply(402)], None, "failed", "http-402"),
    "forbidden": ([reply(403)], None, "failed", "http-403"),
    "not-found": ([reply(404)], None, "gone", "http-404"),
    "gone": ([reply(410)], None, "gone", "http-410"),
    "legal-reasons": ([reply(451)], None, "failed", "http-451"),
    "busy": ([reply(503)], None, "deferred", "http-503"),
    "too-many": ([reply(429)], None, "deferred", "http-429"),
    "server-error": ([reply(500)], None, "failed", "http-500"),
    "999": ([reply(999)], None, "failed", "http-999"),
    "pdf-as-html": ([reply(body=b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj")], None, "wrong_type", "wrong-type"),
    "json-as-html": ([reply(body=b'{"items": [1, 2]}')], None, "wrong_type", "wrong-type"),
    "too-large": ([Trouble("too_large", "it has too much")], None, "too_large", "too_large"),
}


@pytest.mark.parametrize("case", ENDS)
def test_every_end_has_its_word(case: str) -> None:
    answers, validators, outcome, kind = ENDS[case]
    visit = go(answers, validators=validators).visit
    assert (visit.url, visit.outcome, visit.kind) == (HOME, outcome, kind), visit.reason
    assert bool(visit.reason) == bool(kind)


@pytest.mark.parametrize("kind", get_args(TroubleKind))
def test_trouble_keeps_its_kind(kind: TroubleKind) -> None:
    head = reply(200, b"")
    seen = go([Trouble(kind, "so it went", head)])
    visit = seen.visit
    assert (visit.kind, visit.reason, visit.reply) == (kind, "so it went", head)
    assert visit.outcome == ("too_large" if kind == "too_large" else "failed")
    tries = 3 if kind in ("connect", "timeout", "reset", "cut", "protocol") else 1
    assert len(seen.web.asked) == len(seen.turns.told) == tries


# Trying again.


@pytest.mark.parametrize(
    "first",
    [Trouble("reset", "it broke"), Trouble("cut", "it broke off"), Trouble("protocol", "no HTTP"), reply(500),
     reply(502), reply(503), reply(429), reply(408), reply(425)],
    ids=lambda first: first.kind if isinstance(first, Trouble) else str(first.status),
)  # fmt: skip
def test_what_may_pass_is_tried_again(first: Reply | Trouble) -> None:
    seen = go([first, reply()])
    assert (seen.visit.outcome, len(seen.turns.taken)) == ("fetched", 2)
    assert seen.turns.told[0] is first
    assert seen.clock.slept == [0.5]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418])
def test_a_plain_no_is_not_asked_again(status: int) -> None:
    assert len(go([reply(status), reply()]).web.asked) == 1


def test_waits_double_with_jitter_and_end() -> None:
    seen = go([reply(500)], limits=Limits(retries=Retries(tries=5, base=2.0, longest=10.0, budget=100.0)))
    assert seen.clock.slept == [1.0, 2.0, 4.0, 5.0]
    assert (seen.visit.kind, len(seen.web.asked)) == ("http-500", 5)


def test_the_tries_of_a_visit_count_together_over_its_redirects() -> None:
    pages = {HOME: [reply(500), onward(OTHER)], OTHER: [reply(500), reply(500), reply()]}
    assert (go(pages).visit.kind, len(go(pages).web.asked)) == ("http-500", 4)


def test_no_try_begins_when_the_time_is_used_up() -> None:
    seen = go([Trouble("timeout", "slow")], seconds=60.0)
    assert (seen.visit.kind, len(seen.web.asked)) == ("timeout", 2)


def test_a_busy_host_defers_until_it_may_be_asked() -> None:
    visit = go([reply(429)]).visit
    assert (visit.outcome, visit.wait_until) == ("deferred", NOW + 600)


def test_a_host_that_is_blocked_meanwhile_defers() -> None:
    """The second try needs a turn, and a turn is not given within patience."""

    class Blocking(Watched):
        def done(self, reply: Reply | None = None, trouble: Trouble | None = None) -> float:
            self.refused = {HOME: Refused("deferred", "host-blocked", "later", NOW + 3_600)}
            return super().done(reply, trouble)

    clock = Time()
    web = Scripted({HOME: [reply(503), reply()]}, clock)
    visit = asyncio.run(Visitor(web, Blocking(), clock, lambda: 0.5).visit(HOME))
    assert (visit.outcome, visit.kind, visit.wait_until, len(web.asked)) == ("deferred", "host-blocked", NOW + 3_600, 1)


# Redirects.


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_each_by_a_turn_of_its_own(status: int) -> None:
    seen = go({HOME: [onward(OTHER, status)], OTHER: [reply()]})
    assert (seen.visit.outcome, seen.turns.taken) == ("fetched", [HOME, OTHER])
    assert [hop.status for hop in seen.visit.hops] == [status]


@pytest.mark.parametrize(
    ("location", "there"),
    [
        ("/a", HOME + "a"),
        ("a?b=c#d", HOME + "a?b=c"),
        ("?b", HOME + "?b"),
        ("//news.example", "http://news.example/"),
        ("../../a", HOME + "a"),
        (" /a ", HOME + "a"),
        ("/über mut", HOME + "%C3%BCber%20mut"),
        ("HTTPS://NEWS.EXAMPLE:443/A", OTHER + "A"),
        ("http:a", HOME + "a"),
        ("\\a", HOME + "a"),
    ],
)
def test_locations_are_read_as_browsers_read_them(location: str, there: str) -> None:
    seen = go({HOME: [onward(location)], there: [reply()]})
    assert (seen.visit.outcome, seen.turns.taken) == ("fetched", [HOME, there])


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "ftp://news.example/", "data:text/html,a", "javascript:alert(1)", "gopher://news.example:25/_",
     "mailto:a@news.example", "http://name:word@news.example/", "http://", "https://news.example:port/", "http://[::1",
     "/" + "a" * 5_000, "\x01/a", "http://a b/"],
    ids=lambda location: location[:25],
)  # fmt: skip
def test_redirects_to_what_is_no_page_are_not_followed(location: str) -> None:
    seen = go({HOME: [onward(location)]})
    assert (seen.visit.outcome, seen.visit.kind, len(seen.web.asked)) == ("failed", "redirect", 1)
    assert repr(location[:20])[:-1] in seen.visit.reason


@pytest.mark.parametrize(
    "pages",
    [{HOME: [onward("/")]}, {HOME: [onward("#top")]}, {HOME: [onward("/a")], HOME + "a": [onward("/")]}],
    ids=["itself", "fragment", "circle"],
)
def test_circles_are_noticed(pages: dict[str, list[Reply | Trouble]]) -> None:
    seen = go(pages)
    assert (seen.visit.outcome, seen.visit.kind) == ("failed", "redirect-loop")
    assert len(seen.web.asked) == len(pages)


@pytest.mark.parametrize(
    ("hops", "outcome", "kind"),
    [(10, "fetched", ""), (11, "failed", "redirect-limit"), (50, "failed", "redirect-limit")],
)
def test_ten_redirects_and_no_more(hops: int, outcome: str, kind: str) -> None:
    pages: dict[str, list[Reply | Trouble]] = {HOME + (f"{n}" if n else ""): [onward(f"/{n + 1}")] for n in range(hops)}
    seen = go({**pages, f"{HOME}{hops}": [reply()]})
    assert (seen.visit.outcome, seen.visit.kind, len(seen.web.asked)) == (outcome, kind, 11)
    assert len(seen.visit.hops) == 10


def test_a_redirect_that_robots_forbid_ends_there() -> None:
    refusal = Refused("disallowed", "robots", "line 3: Disallow: /")
    visit = go({HOME: [onward(OTHER)]}, refused={OTHER: refusal}).visit
    assert (visit.outcome, visit.kind, visit.reason) == ("disallowed", "robots", "line 3: Disallow: /")
    assert len(visit.hops) == 1


def test_nothing_is_asked_without_a_turn() -> None:
    seen = go([reply()], refused={HOME: Refused("deferred", "host-busy", "later", NOW + 9)})
    assert (seen.visit.outcome, seen.visit.wait_until, seen.web.asked) == ("deferred", NOW + 9, [])


@pytest.mark.parametrize(
    "url", ["", "harbour.example", "ftp://harbour.example/", "javascript:1", "http://a:b@harbour.example/"]
)
def test_what_is_no_address_fails(url: str) -> None:
    seen = go([reply()], url=url)
    assert (seen.visit.outcome, seen.visit.kind, seen.web.asked) == ("failed", "url", [])


def test_validators_are_sent_and_nothing_else() -> None:
    seen = go([reply(304, b"")], validators=KNOWN)
    assert seen.web.asked == [(HOME, {"If-None-Match": '"a"', "If-Modified-Since": "Sun, 01 Nov 2026 08:00:00 GMT"})]


# Pages that send their readers on.


def sends(seconds: str, target: str) -> Reply:
    return reply(body=f'<html><meta http-equiv="refresh" content="{seconds};url={target}"><p>Wait.'.encode())


def test_a_quick_refresh_is_followed_once() -> None:
    pages: dict[str, list[Reply | Trouble]] = {
        HOME: [sends("0", "/a")], HOME + "a": [sends("0", "/b")], HOME + "b": [reply()]
    }  # fmt: skip
    visit = go(pages).visit
    assert (visit.outcome, visit.kind, len(visit.hops)) == ("fetched", "refresh", 1)
    assert "/b after 0 s, which was not followed" in visit.reason


@pytest.mark.parametrize(
    ("page", "asked"),
    [
        (sends("0", "/"), 1),
        (sends("5", "/a"), 2),
        (sends("6", "/a"), 1),
        (sends("300", "/"), 1),
        (sends("0", "javascript:alert(1)"), 1),
        (sends("0", "file:///etc/passwd"), 1),
        (reply(headers={"Refresh": "1; url=/a"}), 2),
        (reply(body=b'<noscript><meta http-equiv="refresh" content="0;url=/a"></noscript>' + PAGE), 1),
    ],
    ids=["itself", "5 s", "6 s", "reload", "script", "file", "header", "noscript"],
)
def test_which_refresh_is_followed(page: Reply, asked: int) -> None:
    seen = go({HOME: [page], HOME + "a": [reply()]})
    assert (seen.visit.outcome, len(seen.web.asked)) == ("fetched", asked)


def test_two_pages_that_refresh_to_each_other_end() -> None:
    seen = go({HOME: [sends("0", "/a")], HOME + "a": [sends("0", "/")]})
    assert (seen.visit.outcome, len(seen.web.asked)) == ("fetched", 2)


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b'<META HTTP-EQUIV=Refresh CONTENT="3; URL=/a">', (3, "/a")),
        (b"<meta content='0;url=\"/a?b=1&amp;c=2\"' http-equiv='refresh'>", (0, "/a?b=1&c=2")),
        (b'<meta http-equiv="refresh" content="2.5 , /a">', (2, "/a")),
        (b'<meta http-equiv="refresh" content="30">', (30, "")),
        (b'<meta http-equiv="refresh" content="">', None),
        (b'<meta http-equiv="refresh" content="url=/a">', None),
        (b'<meta http-equiv="refresh">', None),
        (b'<meta name="refresh" content="0;url=/a">', None),
        (b'<!-- <meta http-equiv="refresh" content="0;url=/a"> -->', None),
        (b'<script>"<meta http-equiv=refresh content=0;url=/a>"</script>', None),
        (b"<script>1</script><!-- a --><meta http-equiv=refresh content=0;url=/a>", (0, "/a")),
        (b" " * 40_000 + b'<meta http-equiv="refresh" content="0;url=/a">', None),
        (b"<noscript" * 4_000 + b"<meta " * 4_000, None),
        ((b"<meta " + b"a" * 1_990) * 16, None),
        (b'<meta http-equiv="refresh" content="' + b"9" * 1_500 + b'">', (999_999_999, "9" * 1_491)),
    ],
    ids=range(15),
)  # fmt: skip
def test_how_a_refresh_is_read(head: bytes, found: tuple[int, str] | None) -> None:
    assert refresh(reply(body=head)) == found


@given(st.binary(max_size=400), st.text(max_size=60))
def test_no_bytes_upset_the_reading(body: bytes, header: str) -> None:
    answer = reply(body=b"<meta http-equiv=refresh content=" + body, headers={"Refresh": header}, kind=header)
    assert isinstance(not_a_page(answer), str)
    assert refresh(answer) is None or refresh(answer) is not None


# What is a page.


@pytest.mark.parametrize(
    ("body", "label", "wrong"),
    [
        (PAGE, "text/html; charset=utf-8", ""),
        (PAGE, "application/pdf", ""),
        (PAGE, "", ""),
        (b"\xef\xbb\xbf\n" + PAGE, "text/css", ""),
        (b"Plain words.\n", "text/plain", ""),
        (b"Plain words.\n", "application/octet-stream", ""),
        (b"Plain words.\n", "nonsense", ""),
        (PAGE.decode().encode("utf-16"), "text/html", ""),
        (b"<?xml version='1.0'?><html xmlns='a'>", "application/xhtml+xml", ""),
        (b"{Editor's note} The ferry leaves.", "text/html", ""),
        (b"[1] The ferry leaves [at nine]", "text/plain", ""),
        (b"%PDF-1.4\n...", "text/html", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n" + bytes(30), "text/html", "a PNG image"),
        (b"PK\x03\x04" + bytes(30), "text/html", "a zip archive, office document or e-book"),
        (b'{"a": 1}', "text/html", "JSON data"),
        (b' [{"a": "<p>"}] \n', "text/plain", "JSON data"),
        (b"[]", "", "JSON data"),
        (b"<?xml version='1.0'?><rss version='2.0'><channel>", "text/xml", "a feed"),
        (b"<feed xmlns='a'>", "text/html", "a feed"),
        (b"<?xml version='1.0'?>\n<urlset xmlns='a'>", "application/xml", "a sitemap"),
        (b"body { color: red }", "text/css", "labelled text/css"),
        (b"let a = 1", "application/javascript", "labelled application/javascript"),
        (b"a,b\n1,2\n", "text/csv", "labelled text/csv"),
        (bytes(range(256)) * 10, "text/html", "binary data of an unknown type"),
    ],
    ids=range(24),
)
def test_what_is_no_page(body: bytes, label: str, wrong: str) -> None:
    assert not_a_page(reply(body=body, kind=label)) == wrong


def test_other_visits_want_other_things() -> None:
    clock = Time()
    web = Scripted({HOME: [reply(body=b"<rss>")]}, clock)
    visit = asyncio.run(Visitor(web, Watched(), clock, lambda: 0.5).visit(HOME, unfit=lambda _: ""))
    assert visit.outcome == "fetched"


# All of it, over the wire.


def over_the_wire(behaviour: Behaviour, validators: Validators | None = None) -> tuple[Visit, Server]:
    """A visit with everything real but time, politeness, and the names. Only the site itself may be asked here."""
    with Server({"harbour.example": Site({"/": behaviour, "/a": Answer(PAGE)})}) as server:

        async def resolve(host: str) -> list[str]:
            return await (server.resolve if host in server.sites else lookup)(host)

        async def run() -> Visit:
            guard = Guard(resolve, frozenset({f"harbour.example:{server.port}"}))
            async with Http("thresher-test/1.0", guard=guard) as http:
                visitor = Visitor(http, Watched(), Time(), lambda: 0.0)
                return await visitor.visit(server.url("harbour.example"), validators)

        return asyncio.run(run()), server


WIRED: dict[str, tuple[Behaviour, FetchOutcome, str]] = {
    "page": (Answer(PAGE, packed=("gzip",), chunked=5), "fetched", ""),
    "second-try": (Series((Answer(status=500), Answer(PAGE))), "fetched", ""),
    "known-and-honest": (Answer(PAGE, etag='"a"'), "unchanged", "http-304"),
    "known-and-forgetful": (Answer(PAGE, etag='"a"', forgets=True), "unchanged", "same-body"),
    "to-a-page": (redirect("a#top"), "fetched", ""),
    "to-a-page-in-utf-8": (redirect("a/../ü?ß"), "gone", "http-404"),
    "to-a-file": (redirect("file:///etc/passwd"), "failed", "redirect"),
    "to-itself": (redirect("/"), "failed", "redirect-loop"),
    "to-this-machine": (redirect("http://127.0.0.1/"), "failed", "address"),
    "to-this-machine-in-hex": (redirect("http://0x7f.1:6379/"), "failed", "address"),
    "to-this-machine-in-v6": (redirect("http://[::ffff:127.0.0.1]/"), "failed", "address"),
    "to-this-machine-in-circles": (redirect("http://①②⑦.0.0.1/"), "failed", "address"),
    "to-the-cloud": (redirect("http://169.254.169.254/latest/"), "failed", "address"),
    "to-the-mail": (redirect("http://harbour.example:25/"), "failed", "address"),
    "cut": (Answer(PAGE, cut=9), "failed", "cut"),
    "bomb": (Answer(bytes(30_000_000), packed=("gzip",)), "too_large", "too_large"),
    "busy": (Answer(status=503, headers={"Retry-After": "-1"}), "deferred", "http-503"),
}


@pytest.mark.parametrize("case", WIRED)
def test_over_the_wire(case: str) -> None:
    behaviour, outcome, kind = WIRED[case]
    visit, _ = over_the_wire(behaviour, KNOWN if case.startswith("known") else None)
    assert (visit.outcome, visit.kind) == (outcome, kind), visit.reason


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_over_the_wire_keep_the_connection(status: int) -> None:
    visit, server = over_the_wire(redirect("/a", status))
    assert (visit.outcome, visit.reply and visit.reply.body) == ("fetched", PAGE)
    assert len({line.connection for line in server.log}) == 1
