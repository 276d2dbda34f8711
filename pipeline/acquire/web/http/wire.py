"""One connection, in the form in which the HTTP library wants it: bytes in, bytes out, each read on a clock.

Observation: libraries read as much as a server cares to send. A head may be followed by other heads for ever, and a
peer that hangs up looks like one that is slow. So a `Wire` counts what it reads and knows when the other side has
left. It knows nothing of HTTP; whom it may call is decided in `address`.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from typing import Any

from pipeline.acquire.web.ports import Trouble

HEAD_BYTES = 256 << 10
"""What may be read after a request before its answer is known to be one, in bytes; `Wire.left` is set anew then."""
_ENOUGH = 256 << 10


class Wire(asyncio.Protocol):
    """A connection to one server. `left` is how many bytes may still be read; `write` sets it to `HEAD_BYTES`."""

    def __init__(self) -> None:
        self.left = HEAD_BYTES
        self._transport: asyncio.Transport
        self._came = bytearray()
        self._over = False
        self._error: Exception | None = None
        self._waiting: asyncio.Future[None] | None = None
        self._full = False

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Keep what came; stop listening while nobody reads it."""
        self._came += data
        if len(self._came) > _ENOUGH and not self._full:
            self._full = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """The other side says that this was all."""
        self._over = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone, by our doing or theirs."""
        self._over, self._error = True, exc
        self._wake()

    def _wake(self) -> None:
        if self._waiting and not self._waiting.done():
            self._waiting.set_result(None)

    # What the HTTP library calls.

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  # its signature
        """The next bytes, empty at the end; raises `Trouble` (timeout, reset, too_large)."""
        if not self._came and not self._over:
            await self._more(timeout)
        data = bytes(self._came if len(self._came) <= max_bytes else self._came[:max_bytes])
        del self._came[:max_bytes]
        if self._full and len(self._came) < _ENOUGH // 2:
            self._full = False
            self._transport.resume_reading()
        if not data and self._error:
            raise Trouble("reset", f"the server broke the connection ({self._error})")
        self.left -= len(data)
        if self.left < 0:
            raise Trouble("too_large", "the server sends more than is allowed")
        return data

    async def _more(self, seconds: float | None) -> None:
        self._waiting = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await self._waiting
        except TimeoutError:
            raise Trouble("timeout", f"no byte came for {seconds:g} seconds") from None
        finally:
            self._waiting = None

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109  # its signature
        """Send a request, which is so small that it needs no waiting."""
        if buffer:
            self.left = HEAD_BYTES
            self._transport.write(buffer)

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  # its signature
    ) -> Wire:
        """Speak TLS from here on; raises `Trouble` (tls, timeout). There is no second try without checking."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                secured = await loop.start_tls(self._transport, self, ssl_context, server_hostname=server_hostname)
        except TimeoutError:
            await self.aclose()
            raise Trouble("timeout", f"no secure connection within {timeout:g} seconds") from None
        except OSError as error:  # ssl.SSLError is one
            await self.aclose()
            raise Trouble("tls", f"no secure connection: {_words(error)}") from None
        assert secured is not None
        self._transport = secured
        return self

    async def aclose(self) -> None:
        """Hang up at once."""
        self._transport.abort()
        await asyncio.sleep(0)  # the socket is closed in the next round of the loop

    def get_extra_info(self, info: str) -> Any:
        """What the library asks of a connection: whether an idle one is dead, and its TLS; `peer` is the IP asked."""
        if info == "is_readable":
            return self._over or bool(self._came)
        if info == "peer":
            return self._transport.get_extra_info("peername", ("",))[0]
        return self._transport.get_extra_info(info)


def _words(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not to be trusted ({error.verify_message})"
    return str(error) or type(error).__name__


async def connect(addresses: Iterable[str], port: int, seconds: float) -> Wire:
    """A connection to the first address that answers, each having its share of the time; raises `Trouble`."""
    loop, told = asyncio.get_running_loop(), ""
    tried = list(addresses)
    for address in tried:
        try:
            async with asyncio.timeout(seconds / len(tried)):
                return (await loop.create_connection(Wire, address, port))[1]
        except TimeoutError:
            told = f"{address} did not answer within {seconds / len(tried):g} seconds"
        except OSError as error:
            told = f"{address} took no connection ({error.strerror or error})"
    raise Trouble("connect", told)
