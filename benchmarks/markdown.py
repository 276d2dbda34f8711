"""Pages that a converter turned into Markdown, cleaned as texts: what a pipeline gets that keeps no HTML.

    python -m benchmarks.markdown [--pack news,snippets] [--limit N] [--data FOLDER]

html2text writes each page, links and pictures included: once a paragraph a line, and once as it does by itself, wrapped
at 78 characters, links and all. `nothing removed` is that Markdown read by thresher with every block kept; MB/s is of
Markdown that comes in, by CPU time of the process, once all is loaded.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.packs import DATA, PACKS, Sample, read_pack
from benchmarks.scores import Score, score, summarise
from benchmarks.systems import characters
from benchmarks.tables import table
from benchmarks.texts import loaded
from pipeline.document import Failure, Page
from pipeline.recipe import clean_page, make_kit
from pipeline.settings import Settings

WIDTHS = {"a paragraph a line": 0, "wrapped at 78": 78}
_PACKS = ("news", "snippets")


class Cleaned(NamedTuple):
    """A page as Markdown of so many bytes: how good it is cleaned, and with nothing removed; seconds of cleaning."""

    cleaned: Score
    whole: Score
    size: int
    seconds: float


def converted(sample: Sample, width: int) -> bytes:
    """A page as html2text writes it, in lines of `width` characters, or a paragraph a line (0)."""
    from html2text import HTML2Text  # noqa: PLC0415 - a peer

    return str(HTML2Text(bodywidth=width).handle(characters(sample))).encode("utf-8", "replace")


def cleaned(samples: Iterable[Sample], width: int) -> Iterator[Cleaned]:
    """Clean each page as Markdown of some width."""
    kits = {headline: loaded(make_kit(Settings(headline=headline))) for headline in ("keep", "metadata")}
    for sample in samples:
        data = converted(sample, width)
        start = time.process_time()
        document = clean_page(Page(sample.id, data, kind="text"), kits[sample.headline])
        seconds = time.process_time() - start
        if isinstance(document, Failure):
            raise ValueError(f"{sample.id}: {document.message}")  # noqa: TRY004 - it is no type
        everything = "\n".join(block.text for block in document.blocks)
        yield Cleaned(score(sample, document.text), score(sample, everything), len(data), seconds)


def rows(pack: str, lines: str, pages: Sequence[Cleaned]) -> Iterator[list[str]]:
    """A row of what cleaning gives, and one of what the Markdown holds."""
    speed = sum(page.size for page in pages) / 1e6 / max(sum(page.seconds for page in pages), 1e-9)
    for name, some, shown in (
        ("cleaned", [page.cleaned for page in pages], f"{speed:.1f}"),
        ("nothing removed", [page.whole for page in pages], ""),
    ):
        figures = summarise(some)
        shares = [f"{figures[key]:.3f}" if key in figures else "" for key in ("f1", "precision", "recall", "leak")]
        yield [pack, lines, name, str(len(pages)), *shares, shown]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit code is 0, or 2 when the data are missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", default=",".join(_PACKS), help=f"{', '.join(_PACKS)}; several with commas")
    parser.add_argument("--limit", type=int, help="only the first N pages of each pack")
    parser.add_argument("--data", type=Path, default=DATA)
    options = parser.parse_args(arguments)
    out: list[list[str]] = []
    try:
        for name in options.pack.split(","):
            samples = list(read_pack(PACKS[name], options.data, options.limit))
            for lines, width in WIDTHS.items():
                out += rows(name, lines, list(cleaned(samples, width)))
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    print(table(["pack", "lines", "Markdown", "pages", "F1", "precision", "recall", "leak", "MB/s"], out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
