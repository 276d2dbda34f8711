"""The packs: labelled pages to measure on, read one by one from a folder beside the checkout.

What belongs here is where each pack lies and how its rows become `Sample`s. What is measured lives in `metrics`,
who is measured in `systems`. The packs hold real pages and never enter the project.
"""

from __future__ import annotations

import hashlib
import heapq
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
"""Where the packs lie unless the command line says otherwise: beside the checkout."""

Label = Literal["content", "clutter", "either"]


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled page. `gold` is None where nobody wrote the full text down; `labels` maps line numbers from 1.

    `domain` is the registered domain. `weights` names a folder with the weights to judge it by, "" for those that ship.
    """

    id: str
    data: bytes = field(repr=False)
    kind: Literal["html", "text"] = "html"
    url: str | None = None
    domain: str = ""
    page_type: str = ""
    language: str = ""
    headline: Literal["keep", "metadata"] = "keep"
    gold: str | None = None
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    labels: tuple[tuple[int, Label], ...] = ()
    weights: str = ""

    @property
    def group(self) -> str:
        """What a pack is divided by: the page type where there is one, else the language, else "unknown"."""
        return self.page_type or self.language or "unknown"


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack by name: its file, what its gold is made of, and the headline setting that fits its gold.

    `learned` says that the weights that ship come from it, so that they are no fair measure on its pages.
    """

    name: str
    file: str
    measure: Literal["words", "snippets", "lines"]
    headline: Literal["keep", "metadata"]
    learned: bool = False


# Gold texts differ in one convention, the headline; a benchmark may choose it per pack and prints what it chose.
# Counted over pages with an h1 of three words and more, the gold opens with it on 9 % of wcxb's articles and half of
# its other pages, and on 1 of 127 pages of news. Snippets are silent on it, so they take the default.
PACKS: dict[str, Pack] = {
    pack.name: pack
    for pack in (
        Pack("wcxb", "wcxb-dev.parquet", "words", "metadata", learned=True),
        Pack("news", "news-multilingual-dev.parquet", "words", "metadata"),
        Pack("snippets", "snippets-dev.parquet", "snippets", "keep"),
        Pack("seeds", "seeds", "lines", "keep"),
    )
}

_COLUMNS = ("id", "url", "domain", "page_type", "language", "html", "gold_text", "with", "without")


def read_pack(pack: Pack, data: Path = DATA, limit: int | None = None) -> Iterator[Sample]:
    """The samples of a pack in file order, at most `limit` of them; memory holds some fifty pages at a time.

    Raises `FileNotFoundError` naming the file and the flag when the pack is not where it should be.
    """
    source = found(pack, data)
    samples = _seeds(source) if pack.measure == "lines" else _parquet(source, pack)
    return itertools.islice(samples, limit)


def fixed_sample(samples: Iterable[Sample], most: int) -> list[Sample]:
    """At most `most` samples of each group, those whose ids hash lowest: the same ones whatever else is in the pack."""
    heaps: dict[str, list[tuple[int, str, Sample]]] = {}
    for sample in samples:
        heap = heaps.setdefault(sample.group, [])
        rank = int.from_bytes(hashlib.blake2b(sample.id.encode(), digest_size=8).digest(), "big")
        push = heapq.heappush if len(heap) < most else heapq.heappushpop
        push(heap, (-rank, sample.id, sample))
    return sorted((sample for heap in heaps.values() for *_, sample in heap), key=lambda sample: sample.id)


def digest_of_pack(pack: Pack, data: Path = DATA) -> str:
    """The sha256 of the file of a pack, in hexadecimal; of a folder, over the names and bytes of its files.

    Raises `FileNotFoundError` like `read_pack`.
    """
    source = found(pack, data)
    digest = hashlib.sha256()
    for file in [source] if source.is_file() else sorted(path for path in source.rglob("*") if path.is_file()):
        digest.update(b"" if file == source else str(file.relative_to(source)).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def found(pack: Pack, data: Path = DATA) -> Path:
    """Where a pack lies; raises `FileNotFoundError` naming the file and the flag when it is not there."""
    source = data / pack.file
    if not source.exists():
        raise FileNotFoundError(f"{source}: no such pack; point --data at the folder that holds {pack.file}")
    return source


def _parquet(file: Path, pack: Pack) -> Iterator[Sample]:
    import pyarrow.parquet as pq  # noqa: PLC0415 - slow to import, and the process test does not need it

    table = pq.ParquetFile(file)
    columns = [name for name in table.schema_arrow.names if name in _COLUMNS]
    for batch in table.iter_batches(batch_size=50, columns=columns):
        for row in batch.to_pylist():
            yield Sample(
                id=row["id"],
                data=row["html"],
                url=row["url"],
                domain=row.get("domain") or "",
                page_type=row.get("page_type") or "",
                language=row["language"] or "",
                headline=pack.headline,
                gold=row["gold_text"] if pack.measure == "words" else None,
                present=tuple(row["with"] or ()),
                absent=tuple(row["without"] or ()),
            )


def _seeds(folder: Path) -> Iterator[Sample]:
    for file in sorted((folder / "raw").glob("*.txt")):
        table = (folder / "labels" / f"{file.stem}.tsv").read_text(encoding="utf-8").splitlines()[1:]
        yield Sample(id=file.stem, data=file.read_bytes(), kind="text", labels=tuple(map(_label, table)))


def _label(row: str) -> tuple[int, Label]:
    """Line number and label of one row of a label table (line_no, label, category, text)."""
    number, label = row.split("\t")[:2]
    if label not in ("content", "clutter", "either"):
        raise ValueError(f"label table: {label!r} in line {number}; write content, clutter or either")
    return int(number), label  # type: ignore[return-value]  # checked in the line above
