"""One request, one answer: the only place that knows the HTTP library.

Observation: what makes such libraries handy makes them unfit for a crawler. Clients keep cookies, follow redirects,
read proxies from the environment, and unpack a few kilobytes to gigabytes before they look at a limit. So only their
engine is used: addresses are read by httpx, the connection is ours (`wire`, behind the guard of `address`), and the
body is read as it comes, counted, and unpacked here. httpx has had no release since 2024; httpx2 continues it under
the same names, and one word switches.

The engine slows down with the connections that one pool holds, so every origin has a small pool of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import ssl
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, Self, cast

from pipeline.acquire.inflate import Damaged, TooLarge, inflate, packings
from pipeline.acquire.web.http.address import Guard
from pipeline.acquire.web.http.wire import HEAD_BYTES
from pipeline.acquire.web.ports import Trouble
from pipeline.acquire.web.values import Reply
from pipeline.errors import SettingsError

Library = Literal["httpx", "httpx2"]
LIBRARY: Library = "httpx"
"""Which of the two asks. They share all names that are used here; the tests run with both."""

_ENGINES = {"httpx": "httpcore", "httpx2": "httpcore2"}
_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,text/plain;q=0.8,*/*;q=0.1"
_FREE = 1 << 20
"""Bodies up to this size may be packed as tightly as they like."""
_RATIO = 200
"""Text packs to a tenth, markup full of repeats to a fiftieth. What packs tighter was made to harm."""
_SMALL = 64 << 10
"""What is read of a body that nobody wants (of a redirect), to keep the connection in use, in bytes."""
_POOLS = 64
_PER_HOST = 8
_IDLE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Caps:
    """What one request may cost. Times are seconds, sizes bytes.

    `read` is the longest silence, `total` the whole request: a server that sends a byte a second keeps within `read`
    for ever. `wire` caps what is sent, `body` what that unpacks to.
    """

    connect: float = 10.0
    read: float = 20.0
    total: float = 60.0
    wire: int = 10 << 20
    body: int = 20 << 20
    headers: int = 256


class Http:
    """Asks for pages: `async with Http("name/1.0 (+https://...; mail)") as http: await http.get(url)`.

    `agent` is sent as the User-Agent. `proxy` (`http://host:port`) sends all through a proxy, which then decides
    whom it reaches by name: the guard sees its address, not the page's. Environment variables name no proxies.
    """

    def __init__(
        self,
        agent: str,
        *,
        guard: Guard | None = None,
        caps: Caps | None = None,
        proxy: str = "",
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.time,
        library: Library = LIBRARY,
    ) -> None:
        self._x = importlib.import_module(library)
        self._core = importlib.import_module(_ENGINES[library])
        self._guard, self._caps, self._clock = guard or Guard(), caps or Caps(), clock
        self._tls = tls
        self._base = {"User-Agent": agent, "Accept": _ACCEPT, "Accept-Encoding": packings()}
        self._proxy = self._by_way_of(proxy) if proxy else None
        self._pools: dict[Any, Any] = {}
        caps = self._caps
        self._times = {"timeout": {"connect": caps.connect, "read": caps.read, "write": caps.read}}

    async def __aenter__(self) -> Self:
        """Nothing is opened before it is needed."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Hang up everywhere."""
        pools, self._pools = self._pools, {}
        for pool in pools.values():
            await pool.aclose()

    async def get(self, url: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Ask once and follow nothing; `headers` come on top of our own. Raises `Trouble`, and nothing else.

        A 2xx comes with its whole body or not at all. Of other answers the body is a bonus: empty if it is broken,
        packed oddly or too large, and always empty for redirects and 304.
        """
        request = self._request(url, {**self._base, **(headers or {})})
        loop = asyncio.get_running_loop()
        begun, started = loop.time(), datetime.fromtimestamp(self._clock(), UTC)
        with self._told(None):
            async with asyncio.timeout_at(begun + self._caps.total):
                answer = await (await self._pool(request.url)).handle_async_request(request)
        head = self._head(url, request, answer, started)
        try:
            with self._told(head):
                async with asyncio.timeout_at(begun + self._caps.total):
                    wire = await self._read(answer, head)
                body = _unpack(wire, head, self._caps.body)
        except Trouble:
            if 200 <= head.status < 300:
                raise
            wire = body = b""
        finally:
            await answer.aclose()
        return replace(head, body=body, wire=wire, seconds=loop.time() - begun)

    def _request(self, url: str, headers: Mapping[str, str]) -> Any:
        """The request as the engine takes it, its address written as httpx writes addresses."""
        try:
            where = self._x.URL(url)
            host, port = where.host, where.port or (443 if where.scheme == "https" else 80)
            lines = [(b"Host", where.netloc), *((name.encode(), value.encode()) for name, value in headers.items())]
        except (self._x.InvalidURL, UnicodeError, ValueError, TypeError) as error:
            raise Trouble("url", f"no address that can be asked: {error}") from None
        if where.scheme not in ("http", "https") or not host or not 0 < port < 65_536:
            raise Trouble("url", f"only http and https addresses are asked, not {url[:200]!r}")
        if self._proxy:
            self._guard.check_name(host, port)
        target = self._core.URL(
            scheme=where.raw_scheme, host=where.raw_host, port=where.port, target=where.raw_path or b"/"
        )
        return self._core.Request("GET", target, headers=lines, extensions=self._times)

    async def _pool(self, url: Any) -> Any:
        """The pool of an origin; the least used of too many is closed, if it is idle."""
        key = (url.origin.scheme, url.origin.host, url.origin.port)
        if key[0] == b"https" and self._tls is None:  # not before it is needed: it reads hundreds of certificates
            self._tls = self._x.create_ssl_context()
        pool = self._pools.pop(key, None) or self._core.AsyncConnectionPool(
            ssl_context=self._tls,
            network_backend=self._guard,
            max_connections=_PER_HOST,
            keepalive_expiry=_IDLE_SECONDS,
            proxy=self._proxy,
        )
        self._pools[key] = pool
        if len(self._pools) > _POOLS:
            oldest = next(iter(self._pools))
            if all(one.is_idle() for one in self._pools[oldest].connections):
                await self._pools.pop(oldest).aclose()
        return pool

    def _head(self, url: str, request: Any, answer: Any, started: datetime) -> Reply:
        """An answer without its body."""
        more = answer.extensions
        return Reply(
            url=url,
            status=answer.status,
            reason=_text(more.get("reason_phrase", b"")),
            headers=tuple((_text(name), _text(value)) for name, value in answer.headers),
            body=b"",
            wire=b"",
            request=tuple((_text(name), _text(value)) for name, value in request.headers),
            http_version=_text(more.get("http_version", b"HTTP/1.1")),
            address=more["network_stream"].get_extra_info("peer"),
            started=started,
        )

    async def _read(self, answer: Any, head: Reply) -> bytes:
        """The body as it comes, counted; raises `Trouble` (too_large, protocol, and what the wire has)."""
        if len(head.headers) > self._caps.headers:
            raise Trouble("protocol", f"the answer has {len(head.headers):,} headers")
        wanted = not 300 <= head.status < 400
        cap = self._caps.wire if wanted else _SMALL
        declared = head.header("content-length")
        if declared.isdecimal() and int(declared[:20]) > cap:
            raise Trouble("too_large", f"it has {declared[:20]} bytes; the limit is {cap:,}")
        answer.extensions["network_stream"].left = cap + HEAD_BYTES
        parts, size = [], 0
        async for part in cast("AsyncIterator[bytes]", answer.stream):
            parts.append(part)
            size += len(part)
            if size > cap:
                raise Trouble("too_large", f"it has more than {cap:,} bytes")
        return b"".join(parts) if wanted else b""

    @contextlib.contextmanager
    def _told(self, head: Reply | None) -> Iterator[None]:
        """What goes wrong within is told as `Trouble`, with the head of the answer if there is one."""
        core = self._core
        try:
            yield
        except TimeoutError:
            raise Trouble("timeout", f"no whole answer within {self._caps.total:g} seconds", head) from None
        except Trouble as trouble:
            raise Trouble(trouble.kind, trouble.message, head) from None
        except core.RemoteProtocolError as error:
            kind = ("cut" if head else "reset") if "connect" in str(error) else "protocol"
            raise Trouble(cast("Any", kind), f"the answer is not HTTP, or breaks off ({error})", head) from None
        except (core.LocalProtocolError, core.UnsupportedProtocol) as error:
            raise Trouble("url", f"it cannot be asked for ({error})", head) from None
        except (core.ProxyError, core.NetworkError, core.TimeoutException) as error:
            raise Trouble("connect", f"the connection failed ({error})", head) from None

    def _by_way_of(self, proxy: str) -> Any:
        """The proxy, which the guard lets through though it is in our own network."""
        where = self._x.URL(proxy)
        if where.scheme != "http" or not where.host:
            raise SettingsError(f"the proxy {proxy!r} must be written as http://host:port")
        entry = f"{where.host}:{where.port or 80}"
        self._guard = replace(self._guard, allow=self._guard.allow | {entry})
        return self._core.Proxy(f"http://{entry}", auth=(where.username, where.password) if where.username else None)


def _text(raw: bytes) -> str:
    """A header as text. Standards say ASCII, servers send UTF-8, and Latin-1 is never wrong."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _unpack(wire: bytes, head: Reply, cap: int) -> bytes:
    """The body behind its Content-Encoding; raises `Trouble` (too_large, encoding)."""
    packing = ",".join(value for name, value in head.headers if name.lower() == "content-encoding")
    limit = min(cap, max(_FREE, len(wire) * _RATIO))
    try:
        return inflate(wire, packing, limit)
    except TooLarge:
        raise Trouble("too_large", f"its {len(wire):,} bytes unpack to more than {limit:,}") from None
    except Damaged as error:
        raise Trouble("encoding", str(error)) from None
