"""The test server itself: what others prove by its log must be true."""

from __future__ import annotations

import http.client
import time

import pytest

from tests.acquire.web.answers import Answer, Drip, Endless, Raw, Request, Series, redirect
from tests.acquire.web.server import Server, Site


def ask(server: Server, host: str, *targets: str, headers: dict[str, str] | None = None) -> list[tuple[int, bytes]]:
    """Statuses and bodies of some targets, asked one after the other over one connection by the standard library."""
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        answers = []
        for target in targets:
            line.request("GET", target, headers={"Host": f"{host}:{server.port}", **(headers or {})})
            answer = line.getresponse()
            answers.append((answer.status, answer.read()))
        return answers
    finally:
        line.close()


def test_names_are_sites_of_their_own() -> None:
    with Server({"a.example": Site({"/": Answer(b"A")}), "b.example": Site({"/": Answer(b"B")})}) as server:
        assert ask(server, "a.example", "/", "/x") == [(200, b"A"), (404, b"<p>There is no such page.")]
        assert ask(server, "b.example", "/") == [(200, b"B")]
        assert ask(server, "c.example", "/")[0][0] == 404
        assert [line.host for line in server.log] == ["a.example", "a.example", "b.example", "c.example"]
        assert len(server.asked("a.example")) == 2
        assert [line.status for line in server.asked("a.example", "/x")] == [404]


def test_the_log_knows_from_when_to_when() -> None:
    with Server({"a.example": Site({"/": Answer(b"A", delay=10)})}, pace=0.01) as server:
        before = time.monotonic()
        ask(server, "a.example", "/", "/")
        after = time.monotonic()
    first, second = server.log
    assert before <= first.started < first.sent <= second.started < second.sent <= after
    assert first.ended - first.started >= 0.1
    assert first.connection == second.connection


def test_a_page_can_change_by_turns_and_by_request() -> None:
    def by_agent(request: Request) -> Answer:
        return Answer(request.headers.get("user-agent", "nobody").encode())

    site = Site({"/": Series((Answer(status=503), Answer(b"A"))), "/who": by_agent})
    with Server({"a.example": site}) as server:
        assert [status for status, _ in ask(server, "a.example", "/", "/", "/")] == [503, 200, 200]
        assert ask(server, "a.example", "/who", headers={"User-Agent": "me"}) == [(200, b"me")]


@pytest.mark.parametrize("header", [{"If-None-Match": '"a"'}, {"If-Modified-Since": "then"}], ids=["etag", "date"])
def test_validators_are_honoured_unless_it_forgets(header: dict[str, str]) -> None:
    pages = {
        "/": Answer(b"A", etag='"a"', modified="then"),
        "/lie": Answer(b"A", etag='"a"', modified="then", forgets=True),
    }
    with Server({"a.example": Site(pages)}) as server:
        assert ask(server, "a.example", "/", "/lie", headers=header) == [(304, b""), (200, b"A")]
        assert ask(server, "a.example", "/", headers={"If-None-Match": '"b"'}) == [(200, b"A")]


def test_redirects_chunks_and_drips_are_http() -> None:
    pages = {"/": redirect("/a"), "/a": Answer(b"abcdefg", chunked=3), "/b": Drip(b"abc", 0.01)}
    with Server({"a.example": Site(pages)}) as server:
        assert ask(server, "a.example", "/", "/a", "/b") == [(302, b""), (200, b"abcdefg"), (200, b"abc")]


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        (Raw(b""), http.client.RemoteDisconnected),
        (Raw(b"", "reset"), ConnectionResetError),
        (Raw(b"rubbish\r\n"), http.client.BadStatusLine),
        (Answer(b"abc", cut=1), http.client.IncompleteRead),
        (Answer(b"abc", length=9, close=True), http.client.IncompleteRead),
    ],
    ids=["closed", "reset", "rubbish", "cut", "length"],
)
def test_lies_are_lies(behaviour: Answer | Raw, error: type[Exception]) -> None:
    with Server({"a.example": Site({"/": behaviour})}) as server, pytest.raises(error):
        ask(server, "a.example", "/")


def test_what_never_ends_ends_with_the_server() -> None:
    with Server({"a.example": Site({"/": Endless()})}) as server:
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
        line.request("GET", "/", headers={"Host": "a.example"})
        with line.getresponse() as answer:
            assert len(answer.read(100_000)) == 100_000
        line.close()


def test_a_mistake_of_a_test_is_told() -> None:
    def wrong(request: Request) -> Answer:
        raise LookupError(request.target)

    server = Server({"a.example": Site({"/": wrong})})
    with pytest.raises(LookupError, match="/"), server, pytest.raises(http.client.RemoteDisconnected):
        ask(server, "a.example", "/")
