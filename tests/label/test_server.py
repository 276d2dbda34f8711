"""The server over plain HTTP: what it answers to its own page, and what it refuses to everyone else."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.label.server import MOST_BYTES, Server
from tests.label.made_up import FERRY, SEALS, line, served, sheet

KEEP = b'{"blocks": [3], "kept": true}'


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with served(tmp_path, FERRY, SEALS) as running:
        yield running


def ask(
    server: Server, method: str, place: str, body: bytes | None = None, *, token: str | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Ask for a place behind the token; headers are written with _ for -, and None in them leaves one out."""
    here = f"127.0.0.1:{server.server_port}"
    given = {"Host": here, "Origin": f"http://{here}", "Content-Type": "application/json"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    try:
        connection.putrequest(method, f"/{server.token if token is None else token}/{place}", skip_host=True)
        for name, value in given.items():
            if value:
                connection.putheader(name, value)
        if body is not None and "Content-Length" not in given:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def get(server: Server, place: str) -> Any:
    status, _, body = ask(server, "GET", place)
    assert status == 200, body
    return json.loads(body)


def now(server: Server, number: int = 0) -> list[bool]:
    """Which blocks of a page are kept as things stand."""
    return [block["now"] for block in get(server, f"page/{number}")["blocks"]]


def test_the_list_of_pages(server: Server) -> None:
    told = get(server, "pages")
    assert told["ready"]
    assert [page["title"] for page in told["pages"]] == ["Ferry sails again", "seals.html"]
    assert told["pages"][0] == {
        "id": "ferry.html", "title": "Ferry sails again", "blocks": 4, "unsure": 1, "corrected": 0, "page_type": "",
        "done": False,
    }  # fmt: skip


def test_a_page_with_its_reasons(server: Server) -> None:
    page = get(server, "page/0")
    assert [(block["kept"], block["category"], block["unsure"]) for block in page["blocks"]] == [
        (True, "", False), (True, "", False), (False, "related", False), (False, "related", True),
    ]  # fmt: skip
    assert page["blocks"][2]["rule"] == "read-also"


@pytest.mark.parametrize(
    ("corrections", "expected"),
    [
        pytest.param([([3], True)], [True, True, False, True], id="keep"),
        pytest.param([([0, 1], False)], [False, False, False, False], id="remove-two"),
        pytest.param([([3], True), ([3], False)], [True, True, False, False], id="and-back"),
        pytest.param([([3], True), ([3], True)], [True, True, False, True], id="twice-is-once"),
        pytest.param([([], True)], [True, True, False, False], id="nothing"),
    ],
)
def test_corrections_are_written(server: Server, corrections: Any, expected: list[bool]) -> None:
    for blocks, kept in corrections:
        body = json.dumps({"blocks": blocks, "kept": kept}).encode()
        assert ask(server, "POST", "page/0/blocks", body)[0] == 200
    assert now(server) == expected
    corrected = sum(new != old for new, old in zip(expected, [True, True, False, False], strict=True))
    assert get(server, "pages")["pages"][0]["corrected"] == corrected


def test_a_reviewed_page_is_saved(server: Server) -> None:
    assert ask(server, "POST", "page/0/review", b'{"done": true, "page_type": "article"}')[0] == 200
    assert get(server, "pages")["pages"][0]["done"]
    status, _, body = ask(server, "POST", "save", b"{}")
    assert (status, json.loads(body)["rows"]) == (200, 1)


HOSTILE = {
    "no-token": (404, {"token": "", "method": "GET", "place": "page/0"}),
    "wrong-token": (404, {"token": "x" * 32, "method": "GET", "place": "page/0"}),
    "foreign-host": (421, {"method": "GET", "place": "pages", "Host": "rebound.example"}),
    "foreign-host-our-port": (421, {"method": "POST", "place": "page/0/blocks", "Host": "127.0.0.1.rebound.example"}),
    "no-host": (421, {"method": "GET", "place": "pages", "Host": ""}),
    "other-port": (421, {"method": "GET", "place": "pages", "Host": "127.0.0.1:1"}),
    "foreign-origin": (403, {"Origin": "https://rebound.example"}),
    "null-origin": (403, {"Origin": "null"}),
    "no-origin": (403, {"Origin": ""}),
    "origin-of-another-port": (403, {"Origin": "http://127.0.0.1:1"}),
    "a-form": (415, {"Content_Type": "application/x-www-form-urlencoded"}),
    "plain-text": (415, {"Content_Type": "text/plain"}),
    "huge": (413, {"Content_Length": str(MOST_BYTES + 1)}),
    "no-length": (411, {"Content_Length": "", "body": None}),
    "negative-length": (411, {"Content_Length": "-1"}),
    "length-of-words": (411, {"Content_Length": "many"}),
    "chunked": (411, {"Transfer_Encoding": "chunked"}),
    "no-json": (400, {"body": b"blocks=3"}),
    "not-utf-8": (400, {"body": b"\xff\xfe{"}),
    "deep-json": (400, {"body": b"[" * 100_000}),
    "a-list": (400, {"body": b"[3]"}),
    "no-field": (400, {"body": b'{"blocks": [3]}'}),
    "a-word-for-a-flag": (400, {"body": b'{"blocks": [3], "kept": "yes"}'}),
    "a-flag-for-a-number": (400, {"body": b'{"blocks": [true], "kept": true}'}),
    "a-fraction": (400, {"body": b'{"blocks": [1.5], "kept": true}'}),
    "no-such-block": (400, {"body": b'{"blocks": [4], "kept": true}'}),
    "negative-block": (400, {"body": b'{"blocks": [-1], "kept": true}'}),
    "endless-number": (400, {"body": b'{"blocks": [1%s], "kept": true}' % (b"0" * 5000)}),
    "no-such-page": (400, {"place": "page/2/blocks"}),
    "no-such-type": (400, {"place": "page/0/review", "body": b'{"done": true, "page_type": "poem"}'}),
    "no-such-verb": (404, {"place": "page/0/delete"}),
    "a-write-that-reads": (404, {"method": "GET", "place": "page/0/blocks"}),
    "a-file-by-name": (404, {"method": "GET", "place": "server.py"}),
    "a-path-upwards": (404, {"method": "GET", "place": "../../../../etc/passwd"}),
    "a-path-upwards-in-disguise": (404, {"method": "GET", "place": "%2e%2e%2f%2e%2e%2fetc/passwd"}),
    "an-absolute-path": (404, {"method": "GET", "place": "/etc/passwd"}),
    "a-zero-byte": (404, {"method": "GET", "place": "page.js%00.html"}),
    "delete": (501, {"method": "DELETE", "place": "page/0"}),
    "options": (501, {"method": "OPTIONS", "place": "page/0/blocks"}),
}


@pytest.mark.parametrize(("status", "request_"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_refused_changes_nothing(server: Server, status: int, request_: dict[str, Any]) -> None:
    request_ = {"method": "POST", "place": "page/0/blocks", "body": KEEP} | request_
    if request_["method"] != "POST":
        request_["body"] = None
    got, headers, body = ask(server, request_.pop("method"), request_.pop("place"), request_.pop("body"), **request_)
    assert got == status
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert server.token.encode() not in body
    assert b"<" not in body
    assert now(server) == [True, True, False, False]


RAW = {
    "strange-bytes": (b"GET /\xff\xe9/pages HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n", 404),
    "a-whole-address": (b"GET http://rebound.example/TOKEN/pages HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n", 404),
    "two-hosts": (b"GET /TOKEN/pages HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nHost: rebound.example\r\n\r\n", 421),
    "endless-line": (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
    "endless-headers": (b"GET /TOKEN/pages HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n", 431),
    "markup-as-verb": (b"<script>alert(1)</script> / HTTP/1.1\r\n\r\n", 501),
}


@pytest.mark.parametrize(("sent", "status"), RAW.values(), ids=RAW)
def test_what_no_browser_sends(server: Server, sent: bytes, status: int) -> None:
    sent = sent.replace(b"PORT", str(server.server_port).encode()).replace(b"TOKEN", server.token.encode())
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as connection:
        connection.sendall(sent)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert answer.status == status
        assert b"<" not in answer.read()
        answer.close()


@pytest.mark.parametrize("place", ["", "page.css", "page.js", "pages", "page/0"])
def test_every_answer_ties_the_browser_down(server: Server, place: str) -> None:
    status, headers, _ = ask(server, "GET", place)
    assert status == 200
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert (headers["X-Content-Type-Options"], headers["Cache-Control"]) == ("nosniff", "no-store")
    assert headers["Server"] == "thresher"
    assert "Access-Control-Allow-Origin" not in headers


def test_it_listens_to_this_machine_only(server: Server) -> None:
    assert server.server_address[0] == "127.0.0.1"
    assert server.url == f"http://127.0.0.1:{server.server_port}/{server.token}/"
    assert len(server.token) >= 32


def test_two_servers_have_two_tokens(tmp_path: Path, server: Server) -> None:
    (tmp_path / "other").mkdir()
    with served(tmp_path / "other", FERRY) as other:
        assert other.token != server.token
        assert ask(other, "GET", "pages", token=server.token)[0] == 404


def test_the_last_page_is_answered_while_others_wait(server: Server) -> None:
    """A connection that says nothing holds its own thread, not the person's."""
    silent = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    silent.connect()
    try:
        assert len(get(server, "pages")["pages"]) == 2
    finally:
        silent.close()


@pytest.mark.parametrize("wild", ["\x1b]0;title\x07", "a\0b", "\ud800", "\x9b2J"], ids=ascii)
def test_texts_go_out_without_controls(tmp_path: Path, wild: str) -> None:
    with served(tmp_path, sheet("wild", line(wild, kept=False, rule=wild, says=wild), title=wild)) as server:
        shown = json.dumps([get(server, "pages"), get(server, "page/0")], ensure_ascii=False)
    assert not set(shown) & set("\x1b\x07\0\x9b\ud800")


def test_a_long_block_is_cut_and_says_so(tmp_path: Path) -> None:
    with served(tmp_path, sheet("long", line("x" * 20_007))) as server:
        (block,) = get(server, "page/0")["blocks"]
    assert (len(block["text"]), block["more"]) == (20_000, 7)
