"""One record of a web archive (WARC 1.1) as bytes: a gzip member of its own.

What a server sent is written as it came, byte for byte. The exception is `Transfer-Encoding`, written as
`X-Crawler-Transfer-Encoding`: its chunks are gone with the connection, and a page that happens to look like chunks
must not be taken for some. What goes into headers of the archive itself is made safe first: a URL or a header of a
hostile server must not end a line. Which records there are, and where they go, is the business of `archive`.
"""

# the library behind has no types

from __future__ import annotations

import base64
import hashlib
import io
import re
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal
from urllib.parse import quote

from pipeline.acquire.web.values import Reply

RecordType = Literal["warcinfo", "request", "response", "revisit", "metadata"]
_LEVEL = 6
"""Of gzip: on pages of markup, 9 saves a thousandth more, and 1 saves 3 to 10 % less."""
_PATH = re.compile(r"[^/?#]*([^#]*)")


def packed(kind: RecordType, own: str, fields: Mapping[str, str], head: bytes = b"", body: bytes = b"") -> bytes:
    """A record as a gzip member. `own` is its id (a UUID), `fields` its further headers, in order.

    `head` are status line and headers of HTTP, for records that have them, and `body` what follows; digests of both
    are added.
    """
    builder, writer_type = _library()
    headers = {"WARC-Record-ID": f"<urn:uuid:{own}>", **{name: _line(value) for name, value in fields.items()}}
    known = _Head(head) if head else None
    record = builder.create_warc_record(
        None, kind, io.BytesIO(body), len(body), warc_headers_dict=headers, http_headers=known
    )
    out = io.BytesIO()
    writer_type(out, gzip=False, warc_version="1.1").write_record(record)
    packer = zlib.compressobj(_LEVEL, wbits=31)
    return packer.compress(out.getvalue()) + packer.flush()


@cache
def _library() -> tuple[Any, Any]:
    from warcio.recordbuilder import RecordBuilder  # noqa: PLC0415  # only archives need it
    from warcio.warcwriter import WARCWriter  # noqa: PLC0415  # only archives need it

    return RecordBuilder(warc_version="1.1"), WARCWriter


class _Head:
    """Headers that the library takes as they are, instead of spelling them anew."""

    def __init__(self, data: bytes) -> None:
        self.headers_buff = data

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        """They are computed."""


def request_head(reply: Reply) -> bytes:
    """The request behind an answer: its line, and the headers that were sent."""
    match = _PATH.match(reply.url.partition("://")[2])
    target = match[1] if match else ""
    return _head(f"GET {uri(target) if target.startswith('/') else '/' + uri(target)} HTTP/1.1", reply.request)


def response_head(reply: Reply) -> bytes:
    """Status line and headers of an answer. A protocol without such a line is written as HTTP/1.1."""
    version = reply.http_version if reply.http_version == "HTTP/1.0" else "HTTP/1.1"
    headers = (
        ("X-Crawler-" + name if name.lower() == "transfer-encoding" else name, value) for name, value in reply.headers
    )
    return _head(f"{version} {reply.status} {reply.reason}", headers)


def warc_fields(values: Mapping[str, str]) -> bytes:
    """A body of names and values, for warcinfo and metadata records; empty values are left out."""
    return "".join(f"{name}: {_line(value)}\r\n" for name, value in values.items() if value).encode("utf-8", "replace")


def digest(data: bytes) -> str:
    """The digest of a payload, in the form of archives (`sha1:` and base 32)."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def uri(url: str) -> str:
    """An address that can stand in a line: what cannot be in one is percent-encoded."""
    return re.sub(r"[^!-~]+", lambda match: quote(match[0], errors="replace"), url)


def iso(moment: datetime) -> str:
    """A moment in the form of archives."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def _head(first: str, headers: Iterable[tuple[str, str]]) -> bytes:
    lines = (first, *(f"{name}: {value}" for name, value in headers))
    return b"".join(_bytes(_line(line)) + b"\r\n" for line in lines) + b"\r\n"


def _line(text: str) -> str:
    """A text without what would end a line."""
    return re.sub(r"[\r\n\0]+", " ", text)


def _bytes(text: str) -> bytes:
    """A header as it came: one character a byte, as HTTP libraries decode what is not ASCII; else UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")
