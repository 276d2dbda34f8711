"""Whom we may call: every spelling of our own network is refused, at the moment of connecting."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.acquire.web.http.address import Guard, is_open, lookup
from pipeline.acquire.web.ports import Trouble

OPEN = ["8.8.8.8", "192.88.100.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]
CLOSED = """
    0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 192.168.1.1 192.0.0.1 192.0.2.1
    198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
    :: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1 64:ff9b::a00:1
    64:ff9b:1::7f00:1 2002:7f00:1:: 2002:a00:1::1 2002:a9fe:a9fe:: 2001:0:7f00:1::1 2001:0:808:808::80ff:fffe
    fe80::1 fe80::1%1 fc00::1 fd00:ec2::254 fec0::1 ff02::1 ff0e::1 2001:db8::1 100::1 5f00::1 4000::1
""".split()
LOCAL_SPELLINGS = """
    127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.1 0x7F.0x0.0x0.0x1 017700000001 0177.0.0.1 0 0x0 localhost
    localhost. LOCALHOST ::1 0:0:0:0:0:0:0:1 ::ffff:127.0.0.1 ::ffff:7f00:1 64:ff9b::7f00:1 169.254.169.254 ①②⑦.0.0.1
    127。0。0。1
""".split()


async def gives(*addresses: str) -> list[str]:
    return list(addresses)


def refused(guard: Guard, host: str, port: int = 80) -> Trouble:
    with pytest.raises(Trouble) as caught:
        asyncio.run(guard.connect_tcp(host, port, 2))
    return caught.value


@pytest.mark.parametrize("address", OPEN)
def test_the_open_internet_is_open(address: str) -> None:
    assert is_open(address)


@pytest.mark.parametrize("address", CLOSED)
def test_all_else_is_closed(address: str) -> None:
    assert not is_open(address)


@given(st.ip_addresses(v=4))
def test_a_wrapped_address_is_as_open_as_what_it_wraps(inner: IPv4Address) -> None:
    number = int(inner)
    wrapped = [0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80]
    assert {is_open(str(IPv6Address(one))) for one in wrapped} == {is_open(str(inner))}


@given(st.ip_addresses())
def test_what_python_calls_private_is_never_open(address: IPv4Address | IPv6Address) -> None:
    wrapped = isinstance(address, IPv6Address) and (address.ipv4_mapped or address.sixtofour or address.teredo)
    assert not (address.is_private and not wrapped and is_open(str(address)))


@pytest.mark.parametrize("host", LOCAL_SPELLINGS)
def test_no_spelling_reaches_this_machine(host: str) -> None:
    """The real resolver reads all spellings that any program reads; what it makes of them is checked."""
    assert refused(Guard(), host).kind in ("address", "dns")


@pytest.mark.parametrize("host", ["127.1", "0x7f.1", "2130706433", "017700000001", "①②⑦.0.0.1"])
def test_odd_spellings_are_understood_and_not_merely_unknown(host: str) -> None:
    assert "127.0.0.1" in str(refused(Guard(), host))


@pytest.mark.parametrize("port", [0, 22, 25, 110, 6379, 8080, 65535])
def test_only_the_ports_of_the_web(port: int) -> None:
    trouble = refused(Guard(lambda _: gives("8.8.8.8")), "harbour.example", port)
    assert (trouble.kind, f"list harbour.example:{port}" in trouble.message) == ("address", True)


def test_one_bad_address_among_good_ones_is_enough() -> None:
    trouble = refused(Guard(lambda _: gives("8.8.8.8", "10.0.0.1")), "harbour.example")
    assert (trouble.kind, "10.0.0.1" in trouble.message) == ("address", True)


def test_a_name_that_changes_its_mind_is_checked_each_time() -> None:
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])

    async def rebinding(host: str) -> list[str]:
        del host
        return next(answers)

    guard = Guard(rebinding)
    assert asyncio.run(guard.addresses("harbour.example", 80)) == ["8.8.8.8"]
    assert refused(guard, "harbour.example").kind == "address"


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    """The name is resolved once; were it looked up again to connect, this made-up one would not be found."""

    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"ahoy")
        writer.close()
        await writer.wait_closed()

    async def ask() -> tuple[bytes, str]:
        async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            guard = Guard(lambda _: gives("127.0.0.1"), frozenset({f"harbour.example:{port}"}))
            wire = await guard.connect_tcp("harbour.example", port, 5)
            said = await wire.read(100, 5), wire.get_extra_info("peer")
            await wire.aclose()
            return said

    assert asyncio.run(ask()) == (b"ahoy", "127.0.0.1")


@pytest.mark.parametrize(
    ("allow", "addresses", "port", "well"),
    [
        ("loopback", "127.0.0.1", 9, True),
        ("loopback", "::1", 9, True),
        ("loopback", "127.0.0.1 10.0.0.1", 9, False),
        ("loopback", "10.0.0.1", 80, False),
        ("loopback", "8.8.8.8", 22, False),
        ("loopback", "127.0.0.1 8.8.8.8", 22, False),
        ("harbour.example:8080", "10.0.0.1", 8080, True),
        ("harbour.example:8080", "10.0.0.1", 80, False),
        ("other.example:8080", "8.8.8.8", 8080, False),
        ("", "8.8.8.8", 443, True),
    ],
)
def test_what_allow_permits(allow: str, addresses: str, port: int, well: bool) -> None:
    guard = Guard(lambda _: gives(*addresses.split()), frozenset(allow.split()))
    try:
        permitted = asyncio.run(guard.addresses("harbour.example", port)) == addresses.split()
    except Trouble as trouble:
        permitted = trouble.kind != "address"
    assert permitted is well


@pytest.mark.parametrize(
    ("host", "well"),
    [("harbour.example", True), ("127.0.0.1", False), ("0x7f.1", False), ("::1", False), ("8.8.8.8", True)],
)
def test_behind_a_proxy_numbers_are_judged_and_names_are_not(host: str, well: bool) -> None:
    try:
        Guard().check_name(host, 80)
        permitted = True
    except Trouble:
        permitted = False
    assert permitted is well


def test_a_name_without_addresses_is_dns_trouble() -> None:
    assert refused(Guard(lambda _: gives()), "harbour.example").kind == "dns"


def test_a_name_that_nobody_knows_is_dns_trouble() -> None:
    async def unknown(host: str) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, host)

    assert refused(Guard(unknown), "harbour.example").kind == "dns"


@pytest.mark.parametrize(
    "host", ["a" * 64 + ".example", ".".join("abcdefgh" * 8 for _ in range(10)), "a..example", "\ud800"]
)
def test_names_that_no_resolver_takes(host: str) -> None:
    assert refused(Guard(), host).kind == "dns"


def test_a_resolver_that_never_answers_is_given_up() -> None:
    async def never(host: str) -> list[str]:
        await asyncio.Event().wait()
        return [host]

    with pytest.raises(Trouble, match=r"over 0\.05 seconds") as caught:
        asyncio.run(Guard(never).connect_tcp("harbour.example", 80, 0.05))
    assert caught.value.kind == "dns"


def test_nobody_answers() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and never listens
        port = taken.getsockname()[1]
        guard = Guard(lambda _: gives("127.0.0.1"), frozenset({"loopback"}))
        trouble = refused(guard, "harbour.example", port)
    assert (trouble.kind, "127.0.0.1" in trouble.message) == ("connect", True)


def test_lookup_gives_each_address_once() -> None:
    assert asyncio.run(lookup("127.0.0.1")) == ["127.0.0.1"]
