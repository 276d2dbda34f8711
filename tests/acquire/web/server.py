"""A web of our own on loopback: many hosts in one thread, which answer, dawdle, lie and hang up as the test says.

    with Server({"news.example": Site({"/": Answer(b"<p>Hello"), "/slow": Drip(b"abc")})}) as server:
        server.url("news.example", "/")     # http://news.example:40123/
        server.resolve                      # give it to Http: made-up names become 127.0.0.1
        server.log                          # who asked what, from when to when

One port serves all names; a host is told by the Host header. What a path does is data (see `answers`: `Answer` and
what may be wrong with it, `Drip`, `Endless`, `Raw`, `silence()`, `Series`, `redirect()`), or a function of the request.
Every wait is multiplied by `pace`, so that a test of a minute takes a blink.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from tests.acquire.web.answers import Answer, Behaviour, Does, Request, Wire

HEAD_LIMIT = 1 << 20
"""The largest request head that is read, in bytes."""


@dataclass(slots=True)
class Asked:
    """One line of the log; times are `time.monotonic()`. `ended` is 0 while it runs, `status` 0 if none was sent.

    `sent` is when the last bytes were handed over: the client cannot have had them before. (`ended` may be later than
    that by as long as this thread had to wait for the machine.)
    """

    host: str
    target: str
    headers: Mapping[str, str]
    connection: int
    started: float
    ended: float = 0.0
    status: int = 0
    sent: float = 0.0


@dataclass(frozen=True, slots=True)
class Site:
    """What each target (path and query) of a host does; all else is `missing`."""

    paths: Mapping[str, Does]
    missing: Does = field(default_factory=lambda: Answer(b"<p>There is no such page.", 404))

    def at(self, request: Request) -> Behaviour:
        """What this request meets."""
        does = self.paths.get(request.target, self.missing)
        return does if hasattr(does, "play") else does(request)


class Server:
    """The web, from `with` to its end. `sites` may be changed while it runs (host name to `Site`)."""

    def __init__(self, sites: Mapping[str, Site], *, pace: float = 1.0, tls: ssl.SSLContext | None = None) -> None:
        self.sites = dict(sites)
        self.log: list[Asked] = []
        self.port = 0
        self._pace, self._tls = pace, tls
        self._counts: Counter[tuple[str, str]] = Counter()
        self._tasks: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._errors: list[Exception] = []
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10), "the test server did not start"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        if self._errors and error is None:
            raise self._errors[0]

    def url(self, host: str, target: str = "/") -> str:
        """The address of a page, port included."""
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{target}"

    async def resolve(self, host: str) -> list[str]:
        """The addresses of a made-up name; a name that this web does not have is unknown."""
        if host not in self.sites:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return ["127.0.0.1"]

    def asked(self, host: str, target: str | None = None) -> list[Asked]:
        """The log of one host, or of one page of it, in the order of asking."""
        return [line for line in self.log if line.host == host and target in (None, line.target)]

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=HEAD_LIMIT, ssl=self._tls)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        for _ in range(5):  # a connection that is just being accepted becomes a task, which can then be ended
            await asyncio.sleep(0)
        server.close()
        for task, writer in list(self._tasks.items()):
            writer.transport.abort()
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._talk(reader, writer))
        self._tasks[task] = writer
        task.add_done_callback(lambda done: self._tasks.pop(done, None))

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, request after request, until one side hangs up."""
        try:
            while await self._answer(await reader.readuntil(b"\r\n\r\n"), writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        except Exception as error:  # noqa: BLE001  # told at the end of the test
            self._errors.append(error)
        finally:
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _answer(self, head: bytes, writer: asyncio.StreamWriter) -> bool:
        request = self._request(head)
        line = Asked(request.host, request.target, request.headers, id(writer), time.monotonic())
        self.log.append(line)
        wire = Wire(writer, self._pace)
        try:
            return await self.sites.get(request.host, Site({})).at(request).play(request, wire)
        finally:
            line.ended, line.status, line.sent = time.monotonic(), wire.status, wire.sent

    def _request(self, head: bytes) -> Request:
        first, *lines = head.decode("latin-1").split("\r\n")[:-2]
        method, target, _ = first.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        host = headers.get("host", "").rpartition(":")[0] or headers.get("host", "")
        self._counts[host, target] += 1
        return Request(method, host, target, headers, self._counts[host, target] - 1)
