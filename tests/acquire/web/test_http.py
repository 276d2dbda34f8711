"""One request: what comes back, what trouble is called, and what a hostile server cannot do. With both libraries."""

from __future__ import annotations

import asyncio
import ssl
import tracemalloc
from collections.abc import Callable, Mapping

import pytest
import trustme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.acquire.web.http.address import Guard
from pipeline.acquire.web.http.client import Caps, Http, Library
from pipeline.acquire.web.ports import Trouble
from pipeline.acquire.web.values import Reply
from pipeline.errors import SettingsError
from tests.acquire.web.answers import Answer, Behaviour, Drip, Endless, Raw, Series, pack, silence
from tests.acquire.web.server import Server, Site

HOST = "harbour.example"
AGENT = "thresher-test/1.0 (+https://harbour.example/robot; robot@harbour.example)"
PAGE = b"<!doctype html><p>The ferry leaves at nine.</p>"
CAPS = Caps(connect=2, read=1, total=2, wire=100_000, body=2_000_000)
BIG = b"The ferry leaves at nine, and then at ten. " * 100_000


@pytest.fixture(params=["httpx", "httpx2"])
def library(request: pytest.FixtureRequest) -> Library:
    chosen: Library = request.param
    return chosen


def ask(
    library: Library,
    *behaviours: Behaviour,
    caps: Caps = CAPS,
    headers: Mapping[str, str] | None = None,
    url: str | None = None,
    tls: tuple[ssl.SSLContext, ssl.SSLContext] | None = None,
) -> tuple[list[Reply | Trouble], Server]:
    """What each of some requests in a row gets from a site whose front page does that."""
    with Server({HOST: Site({"/": Series(behaviours)})}, tls=tls[0] if tls else None) as server:

        async def run() -> list[Reply | Trouble]:
            guard = Guard(server.resolve, frozenset({"loopback"}))
            answers: list[Reply | Trouble] = []
            async with Http(AGENT, guard=guard, caps=caps, library=library, tls=tls and tls[1]) as http:
                for _ in behaviours:
                    try:
                        answers.append(await http.get(url or server.url(HOST), headers))
                    except Trouble as trouble:
                        answers.append(trouble)
            return answers

        return asyncio.run(run()), server


def reply(library: Library, behaviour: Behaviour, caps: Caps = CAPS) -> Reply:
    answer = ask(library, behaviour, caps=caps)[0][0]
    assert isinstance(answer, Reply), answer
    return answer


def trouble(library: Library, behaviour: Behaviour, caps: Caps = CAPS) -> Trouble:
    answer = ask(library, behaviour, caps=caps)[0][0]
    assert isinstance(answer, Trouble), answer
    return answer


def test_an_answer_is_told_whole(library: Library) -> None:
    answer = reply(
        library, Answer(PAGE, headers=[("X-Twice", "1"), ("x-twice", "2"), ("X-Name", "Café")], packed=("gzip",))
    )
    assert (answer.status, answer.reason, answer.http_version, answer.address) == (200, "OK", "HTTP/1.1", "127.0.0.1")
    assert (answer.body, answer.wire) == (PAGE, pack(PAGE, "gzip"))
    assert [pair for pair in answer.headers if pair[0].lower() == "x-twice"] == [("X-Twice", "1"), ("x-twice", "2")]
    assert answer.header("x-name") == "Café"
    assert answer.started is not None
    assert answer.started.tzinfo is not None
    assert 0 < answer.seconds < 2


def test_a_request_says_who_asks_and_nothing_that_identifies_a_person(library: Library) -> None:
    answers, server = ask(library, Answer(PAGE), headers={"If-None-Match": '"a"'})
    sent = server.log[0].headers
    assert set(sent) == {"host", "user-agent", "accept", "accept-encoding", "if-none-match"}
    assert (sent["user-agent"], sent["host"]) == (AGENT, f"{HOST}:{server.port}")
    assert isinstance(answers[0], Reply)
    assert {name.lower(): value for name, value in answers[0].request} == sent


PACKED = [("gzip",), ("deflate",), ("raw-deflate",), ("br",), ("zstd",)]


@pytest.mark.parametrize("packed", PACKED, ids="+".join)
@pytest.mark.parametrize("chunked", [0, 7], ids=["length", "chunked"])
def test_packings_and_chunks(library: Library, packed: tuple[str, ...], chunked: int) -> None:
    answer = reply(library, Answer(PAGE * 20, packed=packed, chunked=chunked))  # type: ignore[arg-type]
    assert answer.body == PAGE * 20
    assert answer.wire == pack(PAGE * 20, packed[0])  # type: ignore[arg-type]


@pytest.mark.parametrize("packed", PACKED, ids="+".join)
def test_a_bomb_is_too_large_and_costs_no_memory(library: Library, packed: tuple[str, ...]) -> None:
    bomb = bytes(64_000_000)
    body = pack(bomb, packed[0])  # type: ignore[arg-type]
    made = Answer(body, headers={"Content-Encoding": packed[0].removeprefix("raw-")})
    del bomb
    tracemalloc.start()
    try:
        met = trouble(library, made)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (met.kind, met.head and met.head.status) == ("too_large", 200)
    assert peak < 12_000_000


def test_ratio_counts_only_past_a_size(library: Library) -> None:
    assert len(reply(library, Answer(b" " * 1_000_000 + PAGE, packed=("gzip",))).body) == 1_000_000 + len(PAGE)


def test_a_page_packed_tightly_but_honestly_passes(library: Library) -> None:
    table = b"".join(b"<tr><td>%d</td></tr>" % (number // 50) for number in range(90_000))
    assert len(reply(library, Answer(table, packed=("deflate",))).body) == len(table)


def gzips(times: int) -> bytes:
    body = PAGE
    for _ in range(times):
        body = pack(body, "gzip")
    return body


TROUBLES: dict[str, tuple[Behaviour, str, str]] = {
    "stacked": (Answer(gzips(2), headers={"Content-Encoding": "gzip, gzip"}), "encoding", "more than once"),
    "stacked-in-two-headers": (
        Answer(gzips(2), headers=[("Content-Encoding", "gzip")] * 2),
        "encoding",
        "more than once",
    ),
    "unknown-packing": (Answer(PAGE, headers={"Content-Encoding": "compress"}), "encoding", "unknown way"),
    "no-gzip": (Answer(PAGE, headers={"Content-Encoding": "gzip"}), "encoding", "not packed with gzip, as"),
    "no-deflate": (Answer(PAGE, headers={"Content-Encoding": "deflate"}), "encoding", "damaged or cut, or none"),
    "no-zstd": (Answer(PAGE, headers={"Content-Encoding": "zstd"}), "encoding", "not packed with zstd, as"),
    "cut-gzip": (Answer(pack(PAGE, "gzip")[:-12], headers={"Content-Encoding": "gzip"}), "encoding", "early"),
    "damaged-gzip": (
        Answer(pack(PAGE, "gzip")[:20] + b"\xff" * 30, headers={"Content-Encoding": "gzip"}),
        "encoding",
        "early",
    ),
    "length-too-long": (Answer(PAGE, length=10_000, cut=len(PAGE)), "cut", "breaks off"),
    "cut-body": (Answer(PAGE * 100, cut=50), "cut", "breaks off"),
    "cut-chunk": (Answer(PAGE * 100, chunked=100, cut=150), "cut", "breaks off"),
    "reset-in-body": (Answer(PAGE * 100, cut=50, reset=True), "reset", "broke"),
    "reset-at-once": (Raw(b"", "reset"), "reset", "broke"),
    "closed-at-once": (Raw(b""), "reset", "without sending"),
    "closed-in-head": (Raw(b"HTTP/1.1 200 OK\r\nContent-"), "reset", "breaks off"),
    "another-protocol": (Raw(b"220 mail.harbour.example ready\r\n500 what?\r\n\r\n"), "protocol", "not HTTP"),
    "page-without-head": (Raw(PAGE + b"\n\n" + PAGE), "protocol", "not HTTP"),
    "line-without-end": (Raw(PAGE), "reset", "without sending"),
    "header-without-colon": (Raw(b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n"), "protocol", "not HTTP"),
    "two-lengths": (
        Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde"),
        "protocol",
        "not HTTP",
    ),
    "length-below-zero": (Raw(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nabcde"), "protocol", "not HTTP"),
    "chunk-size-of-words": (
        Raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nmany\r\n"),
        "protocol",
        "not HTTP",
    ),
    "header-of-1-MB": (Answer(PAGE, headers={"X-Long": "a" * 1_000_000}), "protocol", "not HTTP"),
    "10,000-headers": (Answer(PAGE, headers=[(f"X-{n}", "a") for n in range(10_000)]), "protocol", "10,002 headers"),
    "1,000-headers": (Answer(PAGE, headers=[(f"X-{n}", "a") for n in range(1_000)]), "protocol", "1,002 headers"),
    "flood-of-1xx": (Endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000), "too_large", "more than is allowed"),
    "endless-head": (Endless(b"HTTP/1.1 200 OK\r\n", b"X-More: a\r\n" * 1_000), "protocol", "not HTTP"),
    "endless-chunks": (Endless(), "too_large", "more than 100,000 bytes"),
    "endless-body": (Endless(b"HTTP/1.1 200 OK\r\n\r\n", b"a" * 4096), "too_large", "more than 100,000 bytes"),
    "declared-too-large": (Answer(PAGE, length=10**12), "too_large", "the limit is 100,000"),
    "length-of-5,000-digits": (
        Raw(b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5_000 + b"\r\n\r\n"),
        "protocol",
        "not HTTP",
    ),
    "too-large-unpacked": (Answer(BIG, packed=("gzip",)), "too_large", "unpack to more than"),
    "silent": (silence(), "timeout", "no byte came for 1 seconds"),
    "silent-in-body": (Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "hang"), "timeout", "no byte"),
    "byte-a-while": (Drip(PAGE, 0.2), "timeout", "no whole answer within 2 seconds"),
    "byte-a-while-in-head": (Endless(b"HTTP/1.1 200 OK\r\nX-A: ", b"a", 0.2), "timeout", "within 2 seconds"),
    "upgrade": (
        Raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: tunnel\r\nConnection: upgrade\r\n\r\nabc"),
        "protocol",
        "not HTTP",
    ),
}


@pytest.mark.parametrize("case", TROUBLES)
def test_trouble_has_its_kind_and_says_why(library: Library, case: str) -> None:
    behaviour, kind, words = TROUBLES[case]
    met = trouble(library, behaviour)
    assert (met.kind, words in met.message) == (kind, True), met.message


BROKEN: dict[str, Callable[[int], Behaviour]] = {
    "stacked": lambda status: Answer(gzips(2), status, {"Content-Encoding": "gzip, gzip", "Retry-After": "7"}),
    "cut-gzip": lambda status: Answer(gzips(1)[:-9], status, {"Content-Encoding": "gzip", "Retry-After": "7"}),
    "cut": lambda status: Answer(PAGE, status, {"Retry-After": "7"}, cut=5),
    "reset": lambda status: Answer(PAGE, status, {"Retry-After": "7"}, cut=5, reset=True),
    "too-large": lambda status: Answer(BIG, status, {"Retry-After": "7"}, chunked=4096),
    "silent": lambda status: Raw(b"HTTP/1.1 %d So\r\nRetry-After: 7\r\nContent-Length: 9\r\n\r\nabc" % status, "hang"),
    "1,000-headers": lambda status: Answer(
        PAGE, status, [("Retry-After", "7"), *((f"X-{n}", "a") for n in range(999))]
    ),
}


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("status", [302, 404, 429, 503])
def test_a_refusal_stands_even_if_its_body_is_broken(library: Library, broken: str, status: int) -> None:
    """What a busy server says of waiting must be heard, whatever comes after it."""
    said = reply(library, BROKEN[broken](status), Caps(read=0.2, total=2, wire=100_000))
    assert (said.status, said.header("retry-after"), said.body, said.wire) == (status, "7", b"", b"")


def test_the_page_of_a_refusal_comes_along(library: Library) -> None:
    assert reply(library, Answer(PAGE, 403, packed=("gzip",))).body == PAGE


@pytest.mark.parametrize("status", [204, 205, 206, 304, 418, 599, 999])
def test_odd_statuses_are_answers(library: Library, status: int) -> None:
    assert reply(library, Answer(b"" if status in (204, 304) else PAGE, status)).status == status


def test_redirects_are_not_followed_and_their_bodies_not_kept(library: Library) -> None:
    said = reply(library, Answer(PAGE, 302, {"Location": "/über?a=b c"}))
    assert (said.status, said.header("location"), said.body) == (302, "/über?a=b c", b"")


def test_headers_in_latin_1_are_read(library: Library) -> None:
    said = reply(library, Raw(b"HTTP/1.1 302 Gefunden\r\nLocation: /caf\xe9\r\nContent-Length: 0\r\n\r\n"))
    assert said.header("location") == "/café"


def test_a_few_informing_answers_before_the_real_one_do_no_harm(library: Library) -> None:
    assert reply(library, Answer(PAGE, informs=5)).body == PAGE


def test_cookies_are_neither_kept_nor_sent(library: Library) -> None:
    foreign = [
        ("Set-Cookie", "a=1; Domain=other.example"),
        ("Set-Cookie", "b=" + "c" * 90_000),
        ("Set-Cookie", "\x01=;;="),
    ]
    answers, server = ask(library, Answer(PAGE, headers=foreign), Answer(PAGE))
    assert [isinstance(answer, Reply) for answer in answers] == [True, True]
    assert "cookie" not in server.log[1].headers


def test_a_connection_is_used_again(library: Library) -> None:
    _, server = ask(
        library, Answer(PAGE), Answer(PAGE, 404), Answer(PAGE, packed=("gzip",), chunked=9), Answer(PAGE, 302)
    )
    assert len({line.connection for line in server.log}) == 1


@pytest.mark.parametrize(
    "first",
    [Answer(PAGE, close=True), Answer(PAGE, cut=9), Answer(BIG), Raw(b"what?", "keep"), Raw(b"", "reset"), silence()],
    ids=["closed", "cut", "too-large", "rubbish", "reset", "silent"],
)
def test_after_trouble_a_new_connection_works(library: Library, first: Behaviour) -> None:
    answers, server = ask(library, first, Answer(PAGE), caps=Caps(read=0.2, wire=100_000))
    assert isinstance(answers[1], Reply)
    assert answers[1].body == PAGE
    assert len({line.connection for line in server.log}) == 2


def test_what_follows_a_body_is_never_taken_for_the_next_page(library: Library) -> None:
    """A length that is too short leaves a rest on the wire; the third request has the right page again."""
    rest = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde and more"
    answers, _ = ask(library, Raw(rest, "keep"), Answer(PAGE), Answer(PAGE))
    assert [isinstance(answer, Reply) and answer.body for answer in answers][::2] == [b"abcde", PAGE]
    assert isinstance(answers[1], Reply) or answers[1].kind == "protocol"


@pytest.mark.parametrize(
    "url",
    ["", "harbour.example", "//harbour.example/", "ftp://harbour.example/", "file:///etc/passwd", "data:,abc",
     "javascript:alert(1)", "http://", "http:///path", "http://harbour.example:port/", "http://harbour.example:99999999/",
     "http://[::1", "http://harbour.example/\x00", "http://harbour.example/\r\nX: y", "http://" + "a" * 70_000,
     "http://harbour.example/\ud800", "http://\ud800/", "http://%00/", "http://a b/", "http://①②⑦.0.0.1/", "http://xn--/"],
    ids=lambda url: url[:30].encode("unicode_escape").decode(),
)  # fmt: skip
def test_what_is_no_address_is_trouble(library: Library, url: str) -> None:
    answers, server = ask(library, Answer(PAGE), url=url or " ")
    met = answers[0]
    assert isinstance(met, Trouble)
    assert met.kind in ("url", "dns", "address")
    assert server.log == []


@pytest.mark.parametrize(
    "url", ["http://harbour.example@127.0.0.1/", "http://127.1/", "http://[::ffff:127.0.0.1]/", "http://0x7f.1:6379/"]
)
def test_the_guard_stands_before_every_request(library: Library, url: str) -> None:
    async def run() -> Trouble:
        async with Http(AGENT, library=library) as http:
            with pytest.raises(Trouble) as caught:
                await http.get(url)
            return caught.value

    assert asyncio.run(run()).kind == "address"


def test_headers_that_would_break_the_request_are_trouble(library: Library) -> None:
    answers, server = ask(library, Answer(PAGE), headers={"If-None-Match": '"a"\r\nX-Other: b'})
    assert (isinstance(answers[0], Trouble) and answers[0].kind, server.log) == ("url", [])


# TLS: a certificate is checked, and there is no second try without checking.


def context(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(made)
    return made


def test_https_with_a_good_certificate(library: Library) -> None:
    authority, trusting = trustme.CA(), ssl.create_default_context()
    authority.configure_trust(trusting)
    answers, server = ask(library, Answer(PAGE * 2_000), Answer(PAGE), tls=(context(authority, HOST), trusting))
    assert [isinstance(answer, Reply) and len(answer.body) for answer in answers] == [len(PAGE) * 2_000, len(PAGE)]
    assert len({line.connection for line in server.log}) == 1


@pytest.mark.parametrize("body", [BIG, PAGE * 2_500], ids=["at once", "in the end"])
def test_too_much_over_https(library: Library, body: bytes) -> None:
    authority, trusting = trustme.CA(), ssl.create_default_context()
    authority.configure_trust(trusting)
    answers, _ = ask(library, Answer(body, chunked=9_999), Answer(PAGE), tls=(context(authority, HOST), trusting))
    assert [answer.kind if isinstance(answer, Trouble) else "" for answer in answers] == ["too_large", ""]


@pytest.mark.parametrize("case", ["unknown authority", "another name"])
def test_bad_certificates_are_refused(library: Library, case: str) -> None:
    authority, trusting = trustme.CA(), ssl.create_default_context()
    (trustme.CA() if case == "unknown authority" else authority).configure_trust(trusting)
    name = HOST if case == "unknown authority" else "other.example"
    answers, server = ask(library, Answer(PAGE), tls=(context(authority, name), trusting))
    met = answers[0]
    assert isinstance(met, Trouble)
    assert (met.kind, "certificate is not to be trusted" in met.message, server.log) == ("tls", True, [])


def test_a_server_that_does_not_speak_tls(library: Library) -> None:
    async def run(server: Server) -> Trouble:
        guard = Guard(server.resolve, frozenset({"loopback"}))
        async with Http(AGENT, guard=guard, caps=CAPS, library=library) as http:
            with pytest.raises(Trouble) as caught:
                await http.get(server.url(HOST).replace("http:", "https:"))
            return caught.value

    with Server({HOST: Site({"/": Answer(PAGE)})}) as server:
        assert asyncio.run(run(server)).kind in ("tls", "timeout")


# Proxies: only the one that is named.


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_the_environment_names_no_proxy(library: Library, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert reply(library, Answer(PAGE)).body == PAGE


def by_proxy(library: Library, url: str) -> tuple[Reply | Trouble, list[str]]:
    """What comes of asking for an address by way of our server, and the targets that it was asked for."""
    with Server({HOST: Site({url: Answer(PAGE)})}) as server:

        async def run() -> Reply | Trouble:
            proxy = f"http://{HOST}:{server.port}"
            async with Http(AGENT, guard=Guard(server.resolve), library=library, proxy=proxy) as http:
                try:
                    return await http.get(url)
                except Trouble as met:
                    return met

        server.sites["news.example"] = server.sites[HOST]
        return asyncio.run(run()), [line.target for line in server.log]


def test_a_proxy_is_asked_for_whole_addresses(library: Library) -> None:
    answer, targets = by_proxy(library, "http://news.example/a")
    assert isinstance(answer, Reply)
    assert (answer.body, targets) == (PAGE, ["http://news.example/a"])


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://0x7f.1/", "http://[::1]/", "http://news.example:22/"])
def test_a_proxy_is_not_asked_for_our_own_network(library: Library, url: str) -> None:
    answer, targets = by_proxy(library, url)
    assert (isinstance(answer, Trouble) and answer.kind, targets) == ("address", [])


@pytest.mark.parametrize(
    "proxy", ["harbour.example:3128", "socks5://harbour.example:1080", "https://harbour.example", "http://"]
)
def test_a_proxy_that_cannot_be_is_a_setting_gone_wrong(library: Library, proxy: str) -> None:
    with pytest.raises(SettingsError, match="must be written as http://host:port"):
        Http(AGENT, library=library, proxy=proxy)


# Many hosts.


def test_many_hosts_at_once_and_few_connections_left(library: Library) -> None:
    names = [f"h{number}.example" for number in range(150)]
    with Server({name: Site({"/": Answer(name.encode())}) for name in names}) as server:

        async def run() -> tuple[list[bytes], int]:
            async with Http(AGENT, guard=Guard(server.resolve, frozenset({"loopback"})), library=library) as http:
                bodies = []
                for at in range(0, 150, 25):
                    found = await asyncio.gather(*(http.get(server.url(name)) for name in names[at : at + 25]))
                    bodies += [answer.body for answer in found]
                return bodies, len(http._pools)

        bodies, left = asyncio.run(run())
    assert bodies == [name.encode() for name in names]
    assert left <= 64


def test_a_visit_that_is_called_off_leaves_nothing_open(library: Library) -> None:
    with Server({HOST: Site({"/": silence(), "/page": Answer(PAGE)})}) as server:

        async def run() -> bytes:
            async with Http(AGENT, guard=Guard(server.resolve, frozenset({"loopback"})), library=library) as http:
                waiting = [asyncio.create_task(http.get(server.url(HOST))) for _ in range(12)]
                while len(server.log) < 8:  # noqa: ASYNC110  # filled by another thread
                    await asyncio.sleep(0.01)
                for task in waiting:
                    task.cancel()
                await asyncio.gather(*waiting, return_exceptions=True)
                return (await http.get(server.url(HOST, "/page"))).body

        assert asyncio.run(run()) == PAGE


WELL = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\n" + PAGE


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """An answer with some of its bytes replaced, dropped or put in."""
    data = bytearray(WELL)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(data) - 1))
        data[place : place + draw(st.integers(0, 20))] = draw(st.binary(max_size=20))
    return bytes(data)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.lists(damaged() | st.binary(max_size=200), min_size=5, max_size=5))
def test_whatever_comes_is_an_answer_or_trouble(library: Library, data: list[bytes]) -> None:
    answers, _ = ask(library, *(Raw(one) for one in data), caps=Caps(read=0.5, total=1))
    assert all(isinstance(answer, (Reply, Trouble)) for answer in answers)


@given(st.text(max_size=80))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_asked_is_trouble(library: Library, url: str) -> None:
    """No guess at a name is ever looked up here: the resolver knows none."""

    async def unknown(host: str) -> list[str]:
        raise OSError(host)

    async def run() -> Trouble:
        async with Http(AGENT, guard=Guard(unknown), library=library) as http:
            with pytest.raises(Trouble) as caught:
                await http.get("http://" + url)
            return caught.value

    assert asyncio.run(run()).kind in ("url", "dns", "address")
