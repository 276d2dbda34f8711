"""Web archives (WARC): one page for each response, resource or conversion record that holds HTML or text.

The archive is unpacked and cut into records here, with warcio reading the headers: readers that do it all pass over
damage in silence, and a cut page must be a failure. Bodies are unpacked under a cap before anything looks at them.
"""

# the library behind has no types

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from pipeline.acquire.inflate import Damaged, TooLarge, inflate
from pipeline.acquire.sniff import binary_kind
from pipeline.acquire.source import RecordIds, Source, moment_of, whole
from pipeline.document import Failure, Page

_PAGES = ("text/html", "application/xhtml+xml", "text/plain", "text/markdown", "")
_TYPES = ("response", "resource", "conversion")
_LINE = 65_536  # bytes of one header line
_HEADERS = 1_000_000  # bytes of the HTTP headers of one record


def read_warc(source: Source) -> Iterator[Page | Failure]:
    """The pages of an archive in order; a cut or damaged one ends with a failure, and what came before is kept."""
    ids = RecordIds()
    number = 0
    try:
        with source.open() as stream:
            for record in _records(_Lines(stream)):
                number += 1
                outcome = _page(source, record, number, ids)
                if outcome is not None:
                    yield outcome
            whole(stream)
    except _damage() as error:
        why = " ".join(str(error).split())[:200] or "it ends early"
        yield source.failure("truncated", f"cut or damaged after record {number} ({why}); the rest is lost")


def _damage() -> tuple[type[Exception], ...]:
    """What damage raises: here, in the stream below, and in warcio for headers that are none."""
    from warcio.exceptions import ArchiveLoadFailed  # noqa: PLC0415  # only archives need it
    from warcio.statusandheaders import StatusAndHeadersParserException  # noqa: PLC0415  # only archives need it

    return EOFError, OSError, ValueError, ArchiveLoadFailed, StatusAndHeadersParserException


class _Lines:
    """The part of a stream that warcio uses, with a cap on lines: damage must not gather gigabytes in one line."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.at = 0

    def read(self, size: int) -> bytes:
        """At most `size` bytes."""
        data = self._stream.read(size)
        self.at += len(data)
        return data

    def readline(self, size: int = _LINE) -> bytes:
        """A line, cut at `size` bytes."""
        data = self._stream.readline(min(size, _LINE))
        self.at += len(data)
        return data

    def tell(self) -> int:
        """How many bytes were read."""
        return self.at


def _records(stream: _Lines) -> Iterator[Any]:
    """The records of an archive, each to be used before the next; raises when one is not whole."""
    from warcio.recordloader import ArcWarcRecordLoader  # noqa: PLC0415  # only archives need it

    loader = ArcWarcRecordLoader(verify_http=False)
    while line := _next_line(stream):
        record = loader.parse_record_stream(stream, line, "warc", no_record_parse=True)
        if not record.length and record.rec_headers.get_header("Content-Length", "").strip() != "0":
            raise ValueError("a record does not say its length")
        yield record
        while record.raw_stream.read(1 << 16):
            pass
        if record.length and record.raw_stream.limit:
            raise EOFError("its last record ends early")


def _next_line(stream: _Lines) -> bytes:
    """The first line that is not blank; empty at the end."""
    while (line := stream.readline()) and not line.strip():
        pass
    return line


def _page(source: Source, record: Any, number: int, ids: RecordIds) -> Page | Failure | None:  # noqa: PLR0911  # an outcome each
    """The page of one record, why it failed, or None (counted) for a record that holds no page."""
    headers = record.rec_headers
    if record.rec_type not in _TYPES:
        source.skipped["record without a page"] += 1
        return None
    http = _http_headers(record)
    status = http.get_statuscode() if http else "200"
    if not status.startswith("2"):
        source.skipped["record with a status other than 2xx"] += 1
        return None
    if http and headers.get_header("WARC-Truncated") and not record.raw_stream.limit:
        source.skipped["record whose body was not fetched"] += 1
        return None
    content_type = ((http or headers).get_header("Content-Type") or "").strip()
    if content_type.partition(";")[0].strip().lower() not in _PAGES:
        source.skipped["record without a page"] += 1
        return None
    own = (headers.get_header("WARC-Record-ID") or "").strip("<> ").removeprefix("urn:uuid:")
    name = ids.name(own, number)
    try:
        data = _body(record, http, source.limit)
    except TooLarge:
        return source.too_large(name)
    except Damaged as error:
        return source.failure("truncated" if "early" in str(error) else "unreadable", f"the page is {error}", name)
    if kind := binary_kind(data):
        return source.failure("unsupported", f"{kind} under the content type of a page", name)
    return source.page(
        data,
        name,
        url=headers.get_header("WARC-Target-URI", "").strip("<> ") or None,
        content_type=content_type or None,
        charset=charset_of(content_type),
        fetched_at=moment_of(headers.get_header("WARC-Date") or ""),
        headers=tuple((str(key), str(value)) for key, value in http.headers) if http else (),
    )


def _http_headers(record: Any) -> Any:
    """The HTTP headers in front of the body, or None where the record holds the body alone."""
    from warcio.statusandheaders import StatusAndHeadersParser  # noqa: PLC0415  # only archives need it

    if "application/http" not in (record.rec_headers.get_header("Content-Type") or "").lower() or not record.length:
        return None
    return StatusAndHeadersParser(["HTTP/1.0", "HTTP/1.1"], verify=False).parse(record.raw_stream)


def _body(record: Any, http: Any, limit: int) -> bytes:
    """The body without chunks and compression, whole; raises `TooLarge`, `Damaged`, or `EOFError` for a cut archive."""
    from warcio.bufferedreaders import ChunkedDataReader  # noqa: PLC0415  # only archives need it

    if record.raw_stream.limit > limit + _HEADERS:
        raise TooLarge
    raw = record.raw_stream.read(record.raw_stream.limit)
    if record.raw_stream.limit:
        raise EOFError("its last record ends early")
    if http and (http.get_header("Transfer-Encoding") or "").strip().lower() == "chunked":
        raw = ChunkedDataReader(io.BytesIO(raw)).read()
    return inflate(raw, (http.get_header("Content-Encoding") or "") if http else "", limit, plain=True)


def charset_of(content_type: str) -> str | None:
    """The charset parameter of a content type."""
    _, found, rest = content_type.lower().partition("charset=")
    return rest.partition(";")[0].strip(" \"'") or None if found else None
