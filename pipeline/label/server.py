"""The desk over HTTP, for one person on this machine.

Pages come from anywhere, and any site open in the same browser, and any user of the same machine, can knock at a local
port. So: it listens on 127.0.0.1 only; every path begins with a random token, told to the person alone; the Host must
be ours (a foreign name that resolves to us is refused), and what changes something must come from our own page
(Origin) as JSON of bounded size. The browser is told to run our one script and to load nothing else. No file is ever
served by name: there are three, in a table.
"""

from __future__ import annotations

import json
import re
import secrets
import sys
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from typing import Any

from pipeline.errors import ThresherError
from pipeline.label.desk import Desk, Refused

MOST_BYTES = 1_000_000
"""Bytes of a request's body."""
_HERE = Path(__file__).parent
_FILES = {
    "": ("page.html", "text/html; charset=utf-8"),
    "page.css": ("page.css", "text/css; charset=utf-8"),
    "page.js": ("page.js", "text/javascript; charset=utf-8"),
}
_JSON = "application/json"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Connection": "close",
}
_PAGE = re.compile(r"page/(\d{1,9})(/\w+)?")
_READS: dict[str, Callable[[Desk, int], dict[str, Any]]] = {"": Desk.page}
_WRITES: dict[str, Callable[[Desk, int, Any], dict[str, Any]]] = {"/blocks": Desk.correct, "/review": Desk.review}


class Server(ThreadingHTTPServer):
    """A server for one desk; `url` is the address with its token. Raises `OSError` for a port that is taken."""

    daemon_threads = True

    def __init__(self, desk: Desk, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.desk = desk
        self.token = secrets.token_urlsafe(24)
        self.hosts = {f"{name}:{self.server_port}" for name in ("127.0.0.1", "localhost")}

    def server_bind(self) -> None:
        """Bind without asking the network for our name, which takes seconds where nobody answers."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.server_port}/{self.token}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away is no error."""
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class _No(Exception):  # noqa: N818 - an answer, not an error
    """A request that is turned away, with the status of the answer."""

    def __init__(self, status: HTTPStatus, words: str) -> None:
        super().__init__(words)
        self.status = status


class _Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server
    timeout = 30  # seconds for a request; who sends slower is cut off

    def do_GET(self) -> None:
        """Our three files, the list of pages, one page."""
        self._answer(self._get)

    def do_POST(self) -> None:
        """Corrections, a finished page, the Parquet file."""
        self._answer(self._post)

    def _answer(self, work: Callable[[str], tuple[str, bytes]]) -> None:
        """Do the work of a request that may be done, and answer; say no to all else."""
        try:
            kind, body = work(self._place())
        except _No as no:
            self._send(no.status, "text/plain; charset=utf-8", str(no).encode())
        except Refused as refused:
            self._send(HTTPStatus.BAD_REQUEST, "text/plain; charset=utf-8", str(refused).encode())
        except ThresherError as error:
            self._send(HTTPStatus.INTERNAL_SERVER_ERROR, "text/plain; charset=utf-8", str(error).encode())
        else:
            self._send(HTTPStatus.OK, kind, body)

    def _place(self) -> str:
        """What is asked for, behind the token; a stranger is told nothing."""
        hosts = self.headers.get_all("Host") or []
        if len(hosts) != 1 or hosts[0].lower() not in self.server.hosts:
            raise _No(HTTPStatus.MISDIRECTED_REQUEST, "this is not the host you asked for")
        _, token, *rest = (*self.path.partition("?")[0].split("/", 2), "")
        if len(rest) < 2 or not secrets.compare_digest(token.encode("utf-8", "replace"), self.server.token.encode()):
            raise _No(HTTPStatus.NOT_FOUND, "nothing here: the address that thresher printed has a long token")
        return rest[0]

    def _get(self, place: str) -> tuple[str, bytes]:
        if place in _FILES:
            name, kind = _FILES[place]
            return kind, (_HERE / name).read_bytes()
        if place == "pages":
            return _JSON, _json(self.server.desk.pages())
        found = _PAGE.fullmatch(place)
        if found and (found[2] or "") in _READS:
            return _JSON, _json(_READS[found[2] or ""](self.server.desk, int(found[1])))
        raise _No(HTTPStatus.NOT_FOUND, "no such page")

    def _post(self, place: str) -> tuple[str, bytes]:
        if self.headers.get("Origin") != f"http://{self.headers['Host']}":
            raise _No(HTTPStatus.FORBIDDEN, "only the page of this server may change something")
        told = self._body()
        if place == "save":
            return _JSON, _json(self.server.desk.save())
        found = _PAGE.fullmatch(place)
        if found and found[2] in _WRITES:
            return _JSON, _json(_WRITES[found[2]](self.server.desk, int(found[1]), told))
        raise _No(HTTPStatus.NOT_FOUND, "no such page")

    def _body(self) -> Any:
        """The JSON of the body; says no to another type, to a body without length or beyond `MOST_BYTES`."""
        if self.headers.get_content_type() != _JSON:
            raise _No(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"the body must be {_JSON}")
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch(r"[0-9]{1,12}", length) or "Transfer-Encoding" in self.headers:
            raise _No(HTTPStatus.LENGTH_REQUIRED, "the body needs a Content-Length")
        if int(length) > MOST_BYTES:
            raise _No(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {MOST_BYTES:,} bytes")
        try:
            return json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError):
            raise _No(HTTPStatus.BAD_REQUEST, "the body is not JSON") from None

    def _send(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        for name, value in (_HEADERS | {"Content-Type": kind, "Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """A request that is not HTTP as we speak it: a plain word, and nothing of what was sent."""
        del message, explain
        self.close_connection = True
        self._send(HTTPStatus(code), "text/plain; charset=utf-8", HTTPStatus(code).phrase.encode())

    def version_string(self) -> str:
        """The name of the server, without versions."""
        return "thresher"

    def log_message(self, *_: object) -> None:
        """Say nothing: the address holds the token, and stderr is the person's."""


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
