"""Labelled pages as training sees them: blocks, labels, and a registered domain that keeps the folds apart."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from pipeline.document import Block, Kind, Page
from pipeline.errors import UsageError
from pipeline.judge.mixed import split_mixed
from pipeline.judge.rulebook import RuleBook, load_rulebook
from pipeline.judge.view import View
from pipeline.segment import TooComplexError, segment
from pipeline.segment.head.metadata import metadata_of
from pipeline.segment.head.signs import signs_of
from pipeline.segment.text.reader import segment_text
from pipeline.settings import Settings
from pipeline.train.excerpts import excerpts
from pipeline.train.labels import label

_COLUMNS = ("id", "url", "domain", "html", "text", "gold_text", "page_type", "language")
_NO_RULES = RuleBook([])
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class LabelledPage:
    """A page of n blocks with what a person took from it. `labels`, `counts` and `trust` are (n,) arrays.

    `trust` is how much a label counts, `part` which rendering of the page this is: "whole", or an excerpt.
    """

    id: str
    domain: str
    page_type: str
    language: str
    gold: str
    view: View
    labels: Any
    counts: Any
    trust: Any
    part: str = "whole"


def read_labelled(file: Path, kind: Kind) -> Iterator[LabelledPage]:
    """The labelled pages of a Parquet file with the columns html or text, gold_text, and url or domain.

    For the kind "text", pages are rendered without their markup, each in several ways (`excerpts`), the whole first.
    Rows without a gold text, and pages without a block, are left out. Raises `UsageError` for a file
    without these columns.
    """
    import pyarrow as pa  # noqa: PLC0415 - half a second
    import pyarrow.parquet as pq  # noqa: PLC0415 - half a second

    try:
        table = pq.ParquetFile(file)
    except (OSError, pa.ArrowInvalid) as error:
        raise UsageError(f"{file}: cannot be read as Parquet ({error})") from None
    names = [name for name in _COLUMNS if name in table.schema_arrow.names]
    if "gold_text" not in names or not {"html", "text"} & set(names):
        raise UsageError(f"{file}: needs the columns gold_text and html or text; has {', '.join(names)}")
    for batch in table.iter_batches(batch_size=20, columns=names):
        for row in batch.to_pylist():
            if row["gold_text"] is not None:
                yield from _labelled(row, kind)


def _labelled(row: dict[str, Any], kind: Kind) -> Iterator[LabelledPage]:
    """One row as a labelled page, and as several texts; nothing if it has no block."""
    blocks, title, signs = _blocks(row, kind)
    if kind == "text":
        blocks = [block for block in blocks if not block.hidden]
    if not blocks:
        return
    labels, counts = label([block.text for block in blocks], row["gold_text"])
    if kind == "html":
        yield _page(
            row,
            View(kind, blocks, title, Settings(), _NO_RULES, signs=signs),
            labels,
            counts,
            np.ones(len(blocks)),
            "whole",
        )
        return
    seed = int.from_bytes(hashlib.blake2b(str(row.get("id")).encode(), digest_size=4).digest(), "big")
    for part in excerpts(blocks, labels, title, seed):
        if part.blocks:
            counts = np.array([len(_WORD.findall(block.text)) for block in part.blocks], dtype=np.float64)
            view = View(kind, part.blocks, title, Settings(), load_rulebook(Settings()))
            yield _page(row, view, part.labels, counts, part.trust, part.name)


def _page(row: dict[str, Any], view: View, labels: Any, counts: Any, trust: Any, part: str) -> LabelledPage:
    """A labelled page with what the row says of it."""
    url = row.get("url") or ""
    return LabelledPage(
        id=str(row.get("id") or ""),
        domain=row.get("domain") or urlsplit(url).hostname or str(row.get("id")),
        page_type=row.get("page_type") or "",
        language=row.get("language") or "",
        gold=row["gold_text"],
        view=view,
        labels=labels,
        counts=counts,
        trust=trust,
        part=part,
    )


def _blocks(row: dict[str, Any], kind: Kind) -> tuple[list[Block], str, tuple[float, ...]]:
    """The blocks of a row, the title of its page, and the signs of its kind."""
    if row.get("html") is None:
        return (segment_text(row["text"]) if kind == "text" and row.get("text") else []), "", ()
    data = row["html"] if isinstance(row["html"], bytes) else row["html"].encode("utf-8", "surrogatepass")
    try:
        segmented = segment(Page("page", data, url=row.get("url"), kind="html"), Settings())
    except TooComplexError:
        return [], "", ()
    blocks = split_mixed(segmented.blocks, load_rulebook(Settings()), segmented.written)
    return blocks, metadata_of(segmented.head, row.get("url")).title, signs_of(segmented.head, row.get("url"))


def render(blocks: list[Block]) -> str:
    """A page as text that lost its markup: what a reader sees, a block a line, markers kept."""
    return "\n".join(f"{block.marker} {block.text}".strip() for block in blocks if not block.hidden)


def fold_of(domain: str, folds: int) -> int:
    """Which fold a domain belongs to: the same on every machine, whatever else is in the data."""
    return int.from_bytes(hashlib.blake2b(domain.encode(), digest_size=8).digest(), "big") % folds
