"""What came over the wire, kept as WARC: the archive from which cleaning can be repeated for ever.

An address that was asked becomes one group of records: for each redirect and for the last answer its request and its
response (a `revisit` where the page had not changed), then, where there is something to say, a metadata record with
the outcome and what the page says of its use. A group is appended in one write, each request before its response: so
however a run ends, no page is half there. What a record looks like is the business of `warc`.
"""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.acquire.web.storage.aside import Aside, folder_of, orphans, stem_of
from pipeline.acquire.web.storage.warc import digest, iso, packed, request_head, response_head, uri, warc_fields
from pipeline.acquire.web.values import Clock, Reply, Visit

SUFFIX = ".warc.gz"
LARGEST = 1_000_000_000
"""Bytes after which a file is closed and the next one begun, as archives do."""
_REVISIT = "http://netpreserve.org/warc/1.1/revisit/"
_CUT = {"too_large": "length", "wrong_type": "unspecified"}
"""Outcomes for which a body was not read to its end, and how archives call that. What came of it is not kept."""


@dataclass(frozen=True, slots=True)
class Record:
    """Where the last answer of a visit is kept: the file (relative to `raw`), the record's id, and its bytes there.

    `url`, `date` and `digest` (of the packed body) are what a later revisit refers to. `start` is the first byte of
    the record, `end` the first byte after all records of the visit.
    """

    file: str
    id: str
    url: str
    date: str
    digest: str
    start: int
    end: int


class WarcWriter:
    """The archive of one run and source: files `raw/<source>/<YYYY-MM-DD>/<time>.warc.gz`, made when first needed.

    `about` goes into the warcinfo record: `software`, `operator` (the contact), `http-header-user-agent` and the like.
    Its methods raise `OutputError` when nothing can be written; what was kept before is whole. Close it in any case.
    `written` are the files that are whole.
    """

    def __init__(
        self,
        raw: Path,
        source: str,
        clock: Clock,
        about: Mapping[str, str],
        *,
        largest: int = LARGEST,
        new_id: Callable[[], uuid.UUID] = uuid.uuid4,
    ) -> None:
        self._raw, self._source, self._clock, self._about = raw, source, clock, about
        self._folder = folder_of(raw, source, clock.time())
        self._largest, self._new_id = largest, new_id
        self._file: Aside | None = None
        self.written: list[str] = []
        self._info = ""

    def __enter__(self) -> Self:
        """The writer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close, whatever happened: what was kept is whole."""
        self.close()

    def keep(
        self, visit: Visit, *, rights: Mapping[str, str] | None = None, earlier: Record | None = None
    ) -> Record | None:
        """Write down all that came of a visit; gives the record of its last answer, None if there was none.

        `rights` are the signals of the page about its use. `earlier` is the record that holds the body of an unchanged
        page: the new record refers to it, and must not take its place for the next time.
        """
        if not visit.hops and visit.reply is None:
            return None
        file = self._file if self._file and self._file.size < self._largest else self._next()
        group = bytearray()
        for hop in visit.hops:
            self._add(group, hop, cut="unspecified")
        if visit.reply is None:
            file.append(group)
            return None
        own, start = self._add(group, visit.reply, _CUT.get(visit.outcome, ""), visit.outcome == "unchanged", earlier)
        said = _said(visit, rights or {})
        if said:
            fields = self._fields(visit.reply) | {"WARC-Concurrent-To": f"<urn:uuid:{own}>"}
            group += packed("metadata", str(self._new_id()), fields, body=warc_fields(said))
        at = file.append(group)
        name = file.path.relative_to(self._raw).as_posix()
        date, mark = self._date(visit.reply), digest(visit.reply.wire)
        return Record(name, own, visit.reply.url, date, mark, at + start, file.size)

    def close(self) -> None:
        """Give the file its name. Nothing happens if there is none."""
        file, self._file = self._file, None
        if file:
            file.finish()
            self.written.append(str(file.path))

    def _next(self) -> Aside:
        """The next file, with its warcinfo record."""
        self.close()
        now = self._clock.time()
        file = Aside.create(self._folder, stem_of(now), SUFFIX)
        self._file, self._info = file, str(self._new_id())
        about = {"format": "WARC File Format 1.1", "isPartOf": self._source, "robots": "RFC 9309", **self._about}
        fields = {"WARC-Filename": file.path.name, "WARC-Date": iso(datetime.fromtimestamp(now, UTC))}
        file.append(packed("warcinfo", self._info, fields, body=warc_fields(about)))
        return file

    def _add(
        self, group: bytearray, reply: Reply, cut: str = "", unchanged: bool = False, earlier: Record | None = None
    ) -> tuple[str, int]:
        """Add a request and what came to a group; gives the id of the latter, and where it begins in the group."""
        own, fields = str(self._new_id()), self._fields(reply)
        asked = fields | {"WARC-Concurrent-To": f"<urn:uuid:{own}>"}
        group += packed("request", str(self._new_id()), asked, request_head(reply))
        start = len(group)
        if reply.status == 304 or (unchanged and earlier):
            group += self._revisit(own, fields, reply, earlier)
        else:
            truncated = {"WARC-Truncated": cut} if cut else {}
            group += packed("response", own, fields | truncated, response_head(reply), b"" if cut else reply.wire)
        return own, start

    def _revisit(self, own: str, fields: Mapping[str, str], reply: Reply, earlier: Record | None) -> bytes:
        """A page that had not changed, as the server says or as its unpacked body shows.

        A server may pack the same page in another way each time. Its new headers then do not fit the bytes referred
        to, and are left out: readers take those of the earlier record, as the standard has it.
        """
        says = reply.status == 304
        more = {"WARC-Profile": _REVISIT + ("server-not-modified" if says else "identical-payload-digest")}
        if earlier:
            more |= {
                "WARC-Payload-Digest": earlier.digest,
                "WARC-Refers-To": f"<urn:uuid:{earlier.id}>",
                "WARC-Refers-To-Target-URI": uri(earlier.url),
                "WARC-Refers-To-Date": earlier.date,
            }
        fits = says or earlier is None or earlier.digest == digest(reply.wire)
        return packed("revisit", own, {**fields, **more}, response_head(reply) if fits else b"")

    def _fields(self, reply: Reply) -> dict[str, str]:
        """The headers that all records of an answer share."""
        fields = {
            "WARC-Target-URI": uri(reply.url),
            "WARC-Date": self._date(reply),
            "WARC-IP-Address": reply.address,
            "WARC-Warcinfo-ID": f"<urn:uuid:{self._info}>",
        }
        return {name: value for name, value in fields.items() if value}

    def _date(self, reply: Reply) -> str:
        """When an answer was asked for, else now."""
        return iso(reply.started or datetime.fromtimestamp(self._clock.time(), UTC))


def _said(visit: Visit, rights: Mapping[str, str]) -> dict[str, str]:
    """What a metadata record says of a visit: rights, and an outcome that the answer does not show by itself."""
    said = {f"rights-{name}": value for name, value in rights.items()}
    if visit.outcome not in ("fetched", "unchanged"):
        said |= {"outcome": visit.outcome, "kind": visit.kind, "reason": visit.reason}
    return said


def recover(raw: Path, forget: Callable[[str, int], None]) -> list[str]:
    """Bring what killed runs left to its end: torn tails are cut at the last whole record, files get their names.

    Before a file gets its name, `forget` (of `State`) is told which one it is (relative to `raw`), and how many bytes
    of it are whole. Files of living runs are left alone. Gives the files that were recovered. Raises `OutputError`.
    """
    names = []
    for file in orphans(raw, SUFFIX):
        name, size = file.path.relative_to(raw).as_posix(), _whole(file)
        forget(name, size)
        file.cut(size)
        file.finish()
        names.append(name)
    return names


def _whole(file: Aside) -> int:
    """How many bytes of a file are whole gzip members. Memory is bounded, whatever they unpack to."""
    decoder, whole, data = zlib.decompressobj(31), 0, b""
    with file.hidden.open("rb") as stream:
        while data := data or stream.read(1 << 16):
            try:
                decoder.decompress(data, 1 << 20)
            except zlib.error:
                break
            data = decoder.unconsumed_tail
            if decoder.eof:
                data = decoder.unused_data
                whole, decoder = stream.tell() - len(data), zlib.decompressobj(31)
    return whole
