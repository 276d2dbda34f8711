"""A web server for demo and benchmark: sites on loopback, held in memory, as fast as asyncio can send bytes.

Every site has a port of its own. What a path says is data; a request that brings the right ETag gets a 304.
"""

from __future__ import annotations

import asyncio
import hashlib
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

TYPES = {".html": "text/html", ".txt": "text/plain; charset=utf-8", ".xml": "application/xml"}
"""What a suffix is called; a path without one is HTML."""

Pages = Mapping[str, bytes]
"""Paths (as `/feed.xml`) and what stands there."""


class Site:
    """One site, ready to be sent: every answer is made once. `packed` says that all bodies are gzip already."""

    def __init__(self, pages: Pages, *, packed: bool = False) -> None:
        self.answers = {path.encode(): _answer(path, body, packed=packed) for path, body in pages.items()}


def _answer(path: str, body: bytes, *, packed: bool) -> tuple[bytes, bytes]:
    """The ETag of a page, and all bytes of its answer."""
    etag = f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"'.encode()
    kind = TYPES.get(Path(path).suffix, "text/html").encode()
    packing = b"Content-Encoding: gzip\r\n" if packed else b""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\n%bContent-Length: %d\r\nETag: %b\r\n\r\n"
    return etag, head % (kind, packing, len(body), etag) + body


_MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nno"


class _Talk(asyncio.Protocol):
    """One connection to a site."""

    def __init__(self, site: Site) -> None:
        self._site, self._heard = site, b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        self._heard += data
        while b"\r\n\r\n" in self._heard:
            request, _, self._heard = self._heard.partition(b"\r\n\r\n")
            path = request.split(b" ", 2)[1] if request.count(b" ") > 1 else b""
            etag, answer = self._site.answers.get(path, (b"", _MISSING))
            known = etag and b"if-none-match: " + etag in request.lower()
            self._transport.write(b"HTTP/1.1 304 Not Modified\r\nETag: %b\r\n\r\n" % etag if known else answer)


class Serving:
    """Sites served by a thread, from `with` to its end; `origins` are their addresses, in order.

    A site may need to know its own address (sitemaps do): then it is made by a function of its origin.
    """

    def __init__(self, sites: Sequence[Callable[[str], Site]]) -> None:
        self._sites = sites
        self.origins: list[str] = []
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> Self:
        """Serve."""
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Serve no more."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        servers = []
        for make in self._sites:
            listening = socket.create_server(("127.0.0.1", 0), backlog=100)
            self.origins.append(f"http://127.0.0.1:{listening.getsockname()[1]}")
            site = make(self.origins[-1])
            servers.append(await self._loop.create_server(partial(_Talk, site), sock=listening))
        self._ready.set()
        await self._stop.wait()
        for server in servers:
            server.close()
