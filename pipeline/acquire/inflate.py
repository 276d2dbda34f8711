"""Unpacking the body of a web response (gzip, deflate, brotli, zstd) without ever holding more than a limit.

Observation: a few hundred kilobytes can unpack to gigabytes, and libraries that stream do not cap what one chunk
becomes. So every decoder here is asked for a bounded number of bytes. Archives also hold bodies that say they are
packed and are not, since who wrote them unpacked the body and left the header; on the wire that is an error, and
browsers and curl show none of it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

from pipeline.acquire.sniff import binary_kind


class TooLarge(Exception):  # noqa: N818  # it is an outcome, not an error
    """The body unpacks to more than the limit."""


class Damaged(Exception):  # noqa: N818  # it is an outcome, not an error
    """The body ends early, or is packed in a way that we do not read. The message says which."""


class NotPacked(Damaged):
    """The body is not packed in the way it says."""


def inflate(data: bytes, encoding: str, limit: int, *, plain: bool = False) -> bytes:
    """The body behind a Content-Encoding header, at most `limit` bytes; raises `TooLarge` or `Damaged`.

    With `plain` a body that says it is packed, and is text, is given back as it is.
    """
    names = [name for part in encoding.split(",") if (name := part.strip().lower()) not in ("", "identity")]
    if len(names) > 1:
        raise Damaged(f"packed more than once ({encoding}); unpack it before")
    unpack = _DECODERS.get(names[0].removeprefix("x-")) if names else _plain
    if unpack is None:
        raise Damaged(f"packed in an unknown way ({encoding}); known are {', '.join(_DECODERS)}")
    try:
        text = unpack(data, limit) if data else b""
    except NotPacked:
        if not plain or binary_kind(data):
            raise
        text = data
    if len(text) > limit:
        raise TooLarge
    return text


def packings() -> str:
    """The packings that can be undone here, as an `Accept-Encoding` header lists them."""
    return ", ".join(name for name in _DECODERS if name != "br" or _brotli_library())


def _plain(data: bytes, limit: int) -> bytes:  # noqa: ARG001  # a decoder like the others
    return data


def _gzip(data: bytes, limit: int) -> bytes:
    """One or several gzip members; zeros or rubbish after them are ignored, as browsers do."""
    if not data.startswith(b"\x1f\x8b"):
        raise NotPacked("not packed with gzip, as its Content-Encoding says")
    parts: list[bytes] = []
    while data.startswith(b"\x1f\x8b") and limit >= 0:
        part, data = _zlib(data, 31, limit)
        limit -= len(part)
        parts.append(part)
    return b"".join(parts)


def _deflate(data: bytes, limit: int) -> bytes:
    """Deflate with its zlib header, as the standard says, or raw, as some servers send it."""
    if data[:1] and data[0] & 15 == 8 and int.from_bytes(data[:2], "big") % 31 == 0:
        return _zlib(data, 15, limit)[0]
    try:
        return _zlib(data, -15, limit)[0]
    except Damaged:
        raise NotPacked(f"its deflate data ({len(data):,} bytes) are damaged or cut, or none") from None


def _zlib(data: bytes, bits: int, limit: int) -> tuple[bytes, bytes]:
    """The unpacked bytes of one stream, one more than `limit` at most, and what follows it."""
    decoder = zlib.decompressobj(bits)
    try:
        part = decoder.decompress(data, max(limit, 0) + 1)
    except zlib.error as error:
        raise Damaged(f"its packed data are damaged ({error})") from None
    if not decoder.eof and len(part) <= limit:
        raise Damaged("its packed data end early")
    return part, decoder.unused_data


@cache
def _brotli_library() -> Any:
    """The package `brotli`; None where it is missing, or too old to be told a limit."""
    try:
        import brotli  # type: ignore[import-untyped,unused-ignore] # noqa: PLC0415  # optional

        brotli.Decompressor().process(b"", output_buffer_limit=1)
    except (ImportError, TypeError):
        return None
    return brotli


def _brotli(data: bytes, limit: int) -> bytes:
    """Brotli, where the package `brotli` (1.2 or later, whose output can be capped) is installed."""
    brotli = _brotli_library()
    if brotli is None:
        raise Damaged("packed with brotli; install the package `brotli`, 1.2 or later, to read it")
    decoder, parts, size = brotli.Decompressor(), [], 0
    try:
        part = decoder.process(data, output_buffer_limit=1 << 16)
        while part and size <= limit:
            parts.append(part)
            size += len(part)
            part = b"" if decoder.is_finished() else decoder.process(b"", output_buffer_limit=1 << 16)
    except brotli.error:
        raise (Damaged if parts else NotPacked)("its brotli data are damaged, or none") from None
    if size <= limit and not decoder.is_finished():
        raise Damaged("its brotli data end early")
    return b"".join(parts)


def _zstd(data: bytes, limit: int) -> bytes:
    """Zstandard frames."""
    import pyarrow as pa  # noqa: PLC0415  # heavy, and unlike others it notices a cut stream

    if not data.startswith(b"\x28\xb5\x2f\xfd"):
        raise NotPacked("not packed with zstd, as its Content-Encoding says")
    try:
        return bytes(pa.CompressedInputStream(pa.BufferReader(data), "zstd").read(limit + 1))
    except OSError as error:
        cut = "end early" if "Truncated" in str(error) else f"are damaged ({error})"
        raise Damaged(f"its zstd data {cut}") from None


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
