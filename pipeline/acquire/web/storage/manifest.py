"""The fetch manifest: one row for each address that was asked for, with what became of it, beside the archive.

JSON lines, `raw/<source>/<YYYY-MM-DD>/<time>.manifest.jsonl`, written aside like the archive. A row is written after
the records it points to and before the state knows of them, so a row never promises what is not there. `clean` passes
these files over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pipeline.acquire.walk import FETCH_MANIFEST
from pipeline.acquire.web.storage.archive import Record
from pipeline.acquire.web.storage.aside import Aside, folder_of, orphans, stem_of
from pipeline.acquire.web.storage.warc import iso
from pipeline.acquire.web.values import Clock, FetchOutcome, Validators, Visit
from pipeline.document import Failure

_LONGEST = 1_000_000  # bytes of a row: addresses and reasons are short


@dataclass(frozen=True, slots=True)
class Row:
    """One address and its outcome.

    `bytes` is the size of the body as it came, packed; `seconds` what the last answer took. `record` is where that
    answer is kept (for an unchanged page: the revisit), None if there was none. `fetched_at` is ISO 8601, UTC.
    `rights` are the signals of the page about its use, `robots` is what its robots.txt says of asking for it.
    `canonical` is the address on the same site that a fetched page declares to be its own.
    """

    url: str
    final_url: str
    source: str
    outcome: FetchOutcome
    kind: str = ""
    reason: str = ""
    status: int = 0
    bytes: int = 0
    seconds: float = 0.0
    record: Record | None = None
    rights: Mapping[str, str] = field(default_factory=dict)
    validators: Validators = field(default_factory=Validators)
    found_in: str = ""
    fetched_at: str = ""
    robots: str = ""
    canonical: str = ""


def row_of(
    visit: Visit,
    source: str,
    *,
    record: Record | None = None,
    rights: Mapping[str, str] | None = None,
    validators: Validators | None = None,
    found_in: str = "",
    fetched_at: str = "",
    robots: str = "",
    canonical: str = "",
) -> Row:
    """The row of a visit. `fetched_at` is needed where the answer does not say when it was asked for."""
    last = visit.reply
    when = iso(last.started) if last and last.started else fetched_at
    return Row(
        url=visit.url,
        final_url=last.url if last else visit.hops[-1].url if visit.hops else visit.url,
        source=source,
        outcome=visit.outcome,
        kind=visit.kind,
        reason=visit.reason,
        status=last.status if last else 0,
        bytes=len(last.wire) if last else 0,
        seconds=round(last.seconds, 4) if last else 0.0,
        record=record,
        rights=dict(rights or {}),
        validators=validators or Validators(),
        found_in=found_in,
        fetched_at=when,
        robots=robots,
        canonical=canonical,
    )


class ManifestWriter:
    """The manifest of one run and source, made when the first row comes. Close it in any case.

    Its methods raise `OutputError` when nothing can be written; the rows before are whole.
    """

    def __init__(self, raw: Path, source: str, clock: Clock) -> None:
        self._clock = clock
        self._folder = folder_of(raw, source, clock.time())
        self._file: Aside | None = None

    def __enter__(self) -> Self:
        """The writer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close, whatever happened."""
        self.close()

    def add(self, row: Row) -> None:
        """Write a row."""
        if self._file is None:
            self._file = Aside.create(self._folder, stem_of(self._clock.time()), FETCH_MANIFEST)
        line = json.dumps(asdict(row), ensure_ascii=True, separators=(",", ":"))
        self._file.append(line.encode() + b"\n")

    def close(self) -> None:
        """Give the file its name. Nothing happens if there is none."""
        file, self._file = self._file, None
        if file:
            file.finish()


def read_manifests(raw: Path, day: str = "*") -> Iterator[Row | Failure]:
    """The rows of finished manifests below `raw`, of one day or of all, by file; a line that is none is a failure."""
    for path in sorted(raw.glob(f"*/{day}/[!.]*{FETCH_MANIFEST}")):
        name = path.relative_to(raw).as_posix()
        try:
            with path.open("rb") as lines:
                number = 0
                while line := lines.readline(_LONGEST):
                    number += 1
                    row = _row(line)
                    yield row or Failure(f"{name}/row-{number}", name, "acquire", "bad_record", _bad(number))
        except OSError as error:
            yield Failure(name, name, "acquire", "unreadable", f"cannot be read ({error.strerror})")


def recover_manifests(raw: Path) -> list[str]:
    """Bring what killed runs left to its end; call it after `recover`, which does so with archives.

    Rows are kept up to the first that is torn, or that points to a record which the archive lost. Gives the files that
    were recovered. Raises `OutputError`.
    """
    names = []
    for file in orphans(raw, FETCH_MANIFEST):
        file.cut(_whole(file, raw))
        file.finish()
        names.append(file.path.relative_to(raw).as_posix())
    return names


def _whole(file: Aside, raw: Path) -> int:
    """How many bytes of a manifest are good rows, whose records are there. An archive that is gone contradicts none."""
    size = 0
    sizes: dict[str, float] = {}
    with file.hidden.open("rb") as lines:
        while (line := lines.readline(_LONGEST)).endswith(b"\n") and (row := _row(line)):
            if row.record:
                name = row.record.file
                if name not in sizes:
                    sizes[name] = (raw / name).stat().st_size if (raw / name).is_file() else float("inf")
                if row.record.end > sizes[name]:
                    break
            size += len(line)
    return size


def _row(line: bytes) -> Row | None:
    """The row of a line; None if it is none. Keys that we do not know are of a later version, and ignored."""
    try:
        values: dict[str, Any] = json.loads(line)
        known = {each.name: values[each.name] for each in fields(Row) if each.name in values}
        known["record"] = Record(**values["record"]) if values.get("record") else None
        known["validators"] = Validators(**values.get("validators", {}))
        whole = isinstance(known["url"], str) and (known["record"] is None or isinstance(known["record"].end, int))
        return Row(**known) if whole else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _bad(number: int) -> str:
    return f"line {number} is no row of a fetch manifest; the other lines are read"
