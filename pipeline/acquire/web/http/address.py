"""Whom we may call: the guard between an address on a page and the machines of our own network.

Observation: pages, feeds and redirects name addresses, and whoever writes them can name `127.0.0.1` or the metadata
server of a cloud, in a dozen spellings, or by a name of his own that points there the second time it is asked for. So
spelling is never judged. The name is resolved once, every address it has must lie in the open internet, and the
connection goes to an address that was checked, not to the name.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, NoReturn

from pipeline.acquire.web.http.wire import Wire, connect
from pipeline.acquire.web.ports import Trouble

Resolver = Callable[[str], Awaitable[Sequence[str]]]
"""A host name to its addresses; raises `OSError` if it has none."""

PORTS = frozenset({80, 443})
"""The ports of the web. Other services (mail, shells, databases) would take a request as commands."""
ALLOW_LOOPBACK = "loopback"
"""The word in `allow` that permits every port of this machine."""
_NAT64 = IPv6Network("64:ff9b::/96")
_GIVEN_OUT = IPv6Network("2000::/3")
"""All of IPv6 that was ever given out; the rest is local, reserved, or an old way to wrap IPv4."""
_ADDRESSES = 4


async def lookup(host: str) -> list[str]:
    """The addresses that this machine finds for a name, without repeats."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_open(address: str) -> bool:
    """Whether an IP address lies in the open internet, whatever it is wrapped in."""
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address):
        inner = _unwrapped(parsed)
        if inner is not None:
            return all(is_open(str(one)) for one in inner)
        return parsed.is_global and parsed in _GIVEN_OUT
    return parsed.is_global and not (parsed.is_multicast or parsed.is_reserved)


def _unwrapped(address: IPv6Address) -> tuple[IPv4Address, ...] | None:
    """The IPv4 addresses that packets to this one end at: mapped, 6to4, Teredo, NAT64; None for a plain one."""
    if address.ipv4_mapped:
        return (address.ipv4_mapped,)
    if address.sixtofour:
        return (address.sixtofour,)
    if address.teredo:
        return address.teredo
    return (IPv4Address(int(address) & 0xFFFF_FFFF),) if address in _NAT64 else None


@dataclass(frozen=True, slots=True)
class Guard:
    """Checks every address at the moment of connecting, and connects; the HTTP library takes it as its network.

    `allow` holds what is permitted besides: `host:port` (wherever it points), or `loopback` for every port of this
    machine, which is for tests and demos.
    """

    resolve: Resolver = lookup
    allow: frozenset[str] = frozenset()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # the library's signature
        local_address: str | None = None,  # noqa: ARG002  # the library's signature
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002  # the library's signature
    ) -> Wire:
        """A connection to a checked address of `host`; raises `Trouble` (dns, address, connect, timeout)."""
        begun, loop = asyncio.get_running_loop().time(), asyncio.get_running_loop()
        seconds = timeout or 10.0
        try:
            async with asyncio.timeout(seconds):
                addresses = await self.addresses(host, port)
        except TimeoutError:
            raise Trouble("dns", f"looking up {host} took over {seconds:g} seconds") from None
        return await connect(addresses, port, max(0.1, seconds - (loop.time() - begun)))

    async def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of `host` that may be asked at `port`, all or none; raises `Trouble` (dns, address)."""
        self.check(host, port, ())
        try:
            addresses = list(await self.resolve(host))
        except (OSError, UnicodeError) as error:
            raise Trouble("dns", f"the name {host} has no address ({error})") from None
        if not addresses:
            raise Trouble("dns", f"the name {host} has no address")
        self.check(host, port, addresses)
        return addresses[:_ADDRESSES]

    def check(self, host: str, port: int, addresses: Iterable[str]) -> None:
        """Raise `Trouble` (address) unless all `addresses` of `host` may be asked at `port`."""
        if f"{host}:{port}" in self.allow:
            return
        here = ALLOW_LOOPBACK in self.allow
        asked = [one for one in addresses if not (here and ip_address(one).is_loopback)]
        closed = [one for one in asked if not is_open(one)]
        if closed:
            _refuse(host, port, f"it points to {closed[0]}, which is not in the open internet")
        if port not in PORTS and (asked or not here):
            _refuse(host, port, "that port is not one of the web")

    def check_name(self, host: str, port: int) -> None:
        """As `check`, where others resolve the name (a proxy): only a host that is a number can be judged by us."""
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        except (OSError, UnicodeError):
            found = []
        self.check(host, port, [str(entry[4][0]) for entry in found])

    async def sleep(self, seconds: float) -> None:
        """Wait, for a library that would try again by itself; ours is told not to."""
        await asyncio.sleep(seconds)


def _refuse(host: str, port: int, why: str) -> NoReturn:
    raise Trouble("address", f"{host}, port {port}, is not asked: {why}; to permit it, list {host}:{port} in `allow`")
