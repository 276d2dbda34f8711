"""The world becomes pages: files, folders, tables and archives, as one stream in a canonical order.

    for item in read([Path("raw")], settings):   # Page or Failure, lazily
        ...

`walk` finds files, `sniff` tells what bytes are, `formats` is the table of what we read, the other modules read it.
Every input gives at least one value unless it is skipped and counted; nothing is dropped silently.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from pipeline.acquire.formats import FORMATS, Format, read_source, readable
from pipeline.acquire.source import Source
from pipeline.acquire.walk import Found, walk
from pipeline.document import Failure, Page
from pipeline.settings import Settings

__all__ = ["FORMATS", "Format", "read", "read_stdin", "readable"]


def read(
    paths: Sequence[Path], settings: Settings, skipped: Counter[str] | None = None, base: Path | None = None
) -> Iterator[Page | Failure]:
    """All pages of files and folders, lazily, in an order that depends only on their names.

    `skipped` counts, by kind, what is passed over: hidden files, links, devices, the parts of saved pages, records of
    archives that hold no page. `base` is the folder that names are relative to (see `walk`). Raises `UsageError` at the
    call, before anything is read, for a path that is not there.
    """
    counts: Counter[str] = Counter() if skipped is None else skipped
    return _read(walk(paths, counts, base), settings, counts)


def _read(found: Iterator[Found | Failure], settings: Settings, counts: Counter[str]) -> Iterator[Page | Failure]:
    """The stream itself; `read` checks its arguments before the first value is asked for."""
    for item in found:
        if isinstance(item, Failure):
            yield item
        else:
            yield from read_source(Source(item.path, item.name, settings, counts))


def read_stdin(stream: BinaryIO, settings: Settings | None = None) -> Page | Failure:
    """The one page that comes through a pipe, with the id `stdin`, unpacked or taken out of its archive.

    A failure if it is too large, no page, or more than one.
    """
    source = Source(Path("-"), "stdin", settings or Settings())
    data = stream.read(source.limit + 1)
    if len(data) > source.limit:
        return source.too_large()
    with NamedTemporaryFile(prefix="thresher-") as file:  # what reads a file reads it again from its start
        file.write(data)
        file.flush()
        found = read_source(replace(source, path=Path(file.name)))
        first, second = next(found, None), next(found, None)
    if first is None:
        return source.failure("unsupported", "it holds no page")
    if second is not None:
        return source.failure(
            "unsupported", "it holds several pages; a pipe takes one, `thresher clean FILE` takes all"
        )
    if isinstance(first, Failure) and first.kind == "unsupported":
        return source.failure("unsupported", first.message.partition(";")[0] + "; a pipe takes one page or text")
    return first if isinstance(first, Failure) else replace(first, id="stdin", path="stdin", source="")
