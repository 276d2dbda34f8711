"""What a path of the test server does, as data: answers that are honest, slow, broken or lies.

Bytes are written raw: a library for HTTP would refuse to lie. Every wait is multiplied by the pace of the server.
"""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked. `number` counts the requests for this host and target before it; header names are lower case."""

    method: str
    host: str
    target: str
    headers: Mapping[str, str]
    number: int


@dataclass(slots=True)
class Wire:
    """Where a behaviour writes."""

    writer: asyncio.StreamWriter
    pace: float
    status: int = 0
    sent: float = 0.0

    async def send(self, data: bytes) -> None:
        self.sent = time.monotonic()
        if not self.status and data.startswith(b"HTTP/1.1 ") and data[9:12].isdigit():
            self.status = int(data[9:12])
        self.writer.write(data)
        await self.writer.drain()

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds * self.pace)

    def reset(self) -> None:
        """Hang up rudely, so that the other side sees a reset and not an end."""
        plain = self.writer.get_extra_info("socket")
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


class Behaviour(Protocol):
    """What a path does."""

    async def play(self, request: Request, wire: Wire) -> bool:
        """Answer; True if the connection may be used again."""


Does = Behaviour | Callable[[Request], Behaviour]
Headers = Mapping[str, str] | Sequence[tuple[str, str]]
Packing = Literal["gzip", "deflate", "raw-deflate", "br", "zstd"]


def pack(data: bytes, how: Packing) -> bytes:
    """`data` as a server packs it."""
    if how == "gzip":
        return gzip.compress(data, 6, mtime=0)
    if how == "deflate":
        return zlib.compress(data)
    if how == "raw-deflate":
        packer = zlib.compressobj(wbits=-15)
        return packer.compress(data) + packer.flush()
    if how == "br":
        import brotli  # type: ignore[import-untyped,unused-ignore]

        return bytes(brotli.compress(data, quality=5))
    import pyarrow as pa

    return bytes(pa.Codec("zstd").compress(data, asbytes=True))


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, honest unless told otherwise.

    `packed` names packings, applied in order, and declared unless `headers` has its own Content-Encoding. `length`
    lies about Content-Length; `chunked` sends chunks of that many bytes instead of a length; `cut` stops after that
    many bytes of body and hangs up (`reset`: rudely). `etag` and `modified` are validators: a request that has one
    of them gets a 304, unless `forgets`. `delay` is waited before the answer, in seconds. `informs` sends that many
    100 Continue before it.
    """

    body: bytes = field(default=b"", repr=False)
    status: int = 200
    headers: Headers = ()
    packed: tuple[Packing, ...] = ()
    length: int | None = None
    chunked: int = 0
    cut: int | None = None
    reset: bool = False
    etag: str = ""
    modified: str = ""
    forgets: bool = False
    delay: float = 0.0
    informs: int = 0
    reason: str | None = None
    close: bool = False

    async def play(self, request: Request, wire: Wire) -> bool:
        await wire.wait(self.delay)
        for _ in range(self.informs):
            await wire.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        if self._known(request):
            await wire.send(_head(304, self._validators()))
            return True
        body = self.body
        for how in self.packed:
            body = pack(body, how)
        rest = chunks(body, self.chunked) if self.chunked else body
        sent = rest if self.cut is None else rest[: self.cut]
        await wire.send(_head(self.status, self._fields(len(body)), self.reason) + sent)
        if self.reset:
            await wire.wait(0.01)
            wire.reset()
        return self.cut is None and self.length is None and not self.close

    def _validators(self) -> list[tuple[str, str]]:
        named = [("ETag", self.etag), ("Last-Modified", self.modified)]
        return [pair for pair in named if pair[1]]

    def _known(self, request: Request) -> bool:
        asked = (request.headers.get("if-none-match"), request.headers.get("if-modified-since"))
        return not self.forgets and any(mine and mine in asked for mine in (self.etag, self.modified))

    def _fields(self, size: int) -> list[tuple[str, str]]:
        given = list(self.headers.items()) if isinstance(self.headers, Mapping) else list(self.headers)
        names = {name.lower() for name, _ in given}
        made = self._validators()
        if "content-type" not in names and self.body:
            made.append(("Content-Type", "text/html; charset=utf-8"))
        if self.packed and "content-encoding" not in names:
            made.append(("Content-Encoding", ", ".join(how.removeprefix("raw-") for how in self.packed)))
        if self.chunked:
            made.append(("Transfer-Encoding", "chunked"))
        elif "content-length" not in names and self.status not in (204, 304):
            made.append(("Content-Length", str(size if self.length is None else self.length)))
        if self.close:
            made.append(("Connection", "close"))
        return given + made


def redirect(location: str, status: int = 302) -> Answer:
    """A redirect; `location` may be anything, also what no URL may be."""
    return Answer(status=status, headers={"Location": location})


@dataclass(frozen=True, slots=True)
class Drip:
    """A body that comes a byte at a time, `seconds` apart."""

    body: bytes
    seconds: float = 1.0

    async def play(self, request: Request, wire: Wire) -> bool:
        del request
        await wire.send(_head(200, [("Content-Type", "text/html"), ("Content-Length", str(len(self.body)))]))
        for place in range(len(self.body)):
            await wire.wait(self.seconds)
            await wire.send(self.body[place : place + 1])
        return True


@dataclass(frozen=True, slots=True)
class Endless:
    """`start`, then `again` for ever: by default a chunked body that never ends."""

    start: bytes = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    again: bytes = b"1000\r\n" + b"a" * 4096 + b"\r\n"
    seconds: float = 0.0

    async def play(self, request: Request, wire: Wire) -> bool:
        del request
        await wire.send(self.start)
        while True:
            await wire.send(self.again)
            await wire.wait(self.seconds)


@dataclass(frozen=True, slots=True)
class Raw:
    """Exactly these bytes, whatever they are; then the connection is closed, reset, left hanging, or kept."""

    data: bytes = field(repr=False)
    then: Literal["close", "reset", "hang", "keep"] = "close"

    async def play(self, request: Request, wire: Wire) -> bool:
        del request
        await wire.send(self.data)
        if self.then == "reset":
            wire.reset()
        if self.then == "hang":
            await asyncio.Event().wait()
        return self.then == "keep"


def silence() -> Raw:
    """A server that takes the request and never says a word."""
    return Raw(b"", "hang")


@dataclass(frozen=True, slots=True)
class Series:
    """The first request gets the first, the second the second; the last one stays."""

    turns: tuple[Behaviour, ...]

    async def play(self, request: Request, wire: Wire) -> bool:
        return await self.turns[min(request.number, len(self.turns) - 1)].play(request, wire)


def chunks(body: bytes, size: int) -> bytes:
    """A body in chunks of `size` bytes, with its end."""
    parts = [body[place : place + size] for place in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in [*parts, b""])


def _head(status: int, fields: Sequence[tuple[str, str]], reason: str | None = None) -> bytes:
    """The head of an answer; values are sent as UTF-8, which no standard asks for and many servers do."""
    if reason is None:
        reason = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Odd"
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in fields)]
    return "\r\n".join([*lines, "", ""]).encode()
