"""Inputs that hold one page: HTML, text, and the MHTML archive of a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import CloseBoundaryNotFoundDefect, InvalidBase64LengthDefect, StartBoundaryNotFoundDefect
from email.message import Message

from pipeline.acquire.source import Source, whole
from pipeline.document import Failure, Page

# What browsers and the SingleFile extension write on top of a page they save.
_SAVED_FROM = re.compile(rb"<!--\s*saved from url=\(\d{1,8}\)\s*(\S{1,4000}?)\s*-->", re.IGNORECASE)
_SINGLE_FILE = re.compile(rb"<!--\s*Page saved with SingleFile\s+url:\s*(\S{1,4000})", re.IGNORECASE)
_HEAD = 16_384


def read_page(source: Source) -> Iterator[Page | Failure]:
    """The page that the whole file is. Raises `OSError` or `EOFError` from the file."""
    data = _content(source)
    yield source.too_large() if data is None else source.page(data, url=saved_url(data))


def saved_url(data: bytes) -> str | None:
    """The web address that a saved page says it came from; None for about:blank, local files and silence."""
    match = _SAVED_FROM.search(data, 0, _HEAD) or _SINGLE_FILE.search(data, 0, _HEAD)
    url = match[1].decode("utf-8", "replace") if match else ""
    return url if url.lower().startswith(("http://", "https://")) else None


def read_mhtml(source: Source) -> Iterator[Page | Failure]:
    """The HTML page within a saved web archive, chosen by the root's `start`, else the first HTML part."""
    data = _content(source)
    if data is None:
        yield source.too_large()
        return
    message = message_from_bytes(data)
    part = _root(message)
    if part is None:
        yield source.failure("unreadable", _no_page(message))
        return
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes) or any(isinstance(defect, InvalidBase64LengthDefect) for defect in part.defects):
        yield source.failure("unreadable", "the page within the web archive is damaged (its base64 does not decode)")
    elif _cut(message, part):
        yield source.failure("truncated", "the web archive ends within its page; save it again")
    else:
        url = _header(part, "Content-Location") or _header(message, "Snapshot-Content-Location")
        known = url if url.lower().startswith(("http://", "https://")) else None
        charset, kind = part.get_content_charset(), part.get_content_type()
        yield source.page(content, url=known, charset=charset, content_type=kind)


def _content(source: Source) -> bytes | None:
    """The whole content, or None if it is over the limit; a large plain file is not read at all."""
    with source.open() as stream:
        size = source.path.stat().st_size
        if size > source.limit:
            return None
        data = stream.read(size + 1)
        if len(data) > size:  # it was packed; room for all that is allowed is made only then, since that takes its time
            data += stream.read(source.limit + 1 - len(data))
        if len(data) <= source.limit:
            whole(stream)
    return data if len(data) <= source.limit else None


def _header(message: Message, name: str) -> str:
    """A header as one clean line; "" where it is missing or breaks the parser."""
    value = message.get(name)
    return "".join(str(value).split()) if value is not None else ""


def _root(message: Message) -> Message | None:
    """The part that is the page."""
    parts = [part for part in message.walk() if not part.is_multipart()]
    start = str(message.get_param("start") or "").strip("<> ")
    pages = [part for part in parts if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    rooted = [part for part in pages if start and _header(part, "Content-ID").strip("<>") == start]
    texts = [part for part in parts if part.get_content_type() == "text/plain" and message.is_multipart()]
    return next(iter([*rooted, *pages, *texts]), None)


def _cut(message: Message, part: Message) -> bool:
    """Whether the archive ends within this part: no closing boundary, and nothing after it."""
    open_end = any(isinstance(defect, CloseBoundaryNotFoundDefect) for defect in message.defects)
    return open_end and [*message.walk()][-1] is part


def _no_page(message: Message) -> str:
    """Why no part of a web archive is a page."""
    if any(isinstance(defect, StartBoundaryNotFoundDefect) for defect in message.defects):
        return "the web archive names a boundary that does not occur in it; save the page again"
    return "the web archive holds no HTML page"
