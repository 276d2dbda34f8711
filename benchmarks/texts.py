"""Texts without markup: the packs' pages rendered to lines, cleaned as anyone would clean a text file.

    python -m benchmarks.texts [--pack news,extracts,wcxb] [--limit N] [--weights FOLDER] [--data FOLDER]

`news` is the article region of each page: from ten blocks before its first content block to twenty after its last
(a block of eight words and more with its words in the gold text), a block a line, with blank lines and without.
`extracts` is what trafilatura makes of the same pages, where clutter is rare. Lines are scored: clutter should go,
content should stay; headlines, bylines, captions, second copies, and lists inside the article (the gold of news leaves
them out) never count. `headline` is of how many texts, of those in which the title of the page is a line, the cleaned
text bears that title. `wcxb` is whole pages by word F1, each judged by a model that was trained without its domain.
Every text is cleaned a second time, to see whether cleaning settles. Time is CPU time of the process, once all is
loaded.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.metrics import Counts, LineScore
from benchmarks.packs import DATA, PACKS, Label, Sample, read_pack
from benchmarks.scores import by_group, score, summarise
from benchmarks.systems import SYSTEMS
from benchmarks.tables import table
from pipeline.document import Block, Document, Failure, Page
from pipeline.judge.view import squeeze
from pipeline.recipe import Kit, clean_page, make_kit
from pipeline.segment import segment
from pipeline.segment.head.metadata import metadata_of
from pipeline.settings import Settings
from pipeline.train.excerpts import policy
from pipeline.train.labels import label

BEFORE, AFTER = 10, 20  # blocks around the article
_TELLING = 8  # words
_PACKS = ("news", "extracts", "wcxb")


@dataclass(frozen=True, slots=True)
class Text:
    """A text whose lines, counted from 1, are labelled; `title` is that of its page, squeezed, if a line says it."""

    id: str
    language: str
    text: str
    labels: dict[int, Label] = field(repr=False)
    title: str = ""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What became of a text: its lines, its title, and whether cleaning it again changed it or lost content.

    `titled` is None where no line says the title.
    """

    language: str
    lines: LineScore
    titled: bool | None
    changed: bool
    lost_again: int
    size: int
    seconds: float


def labelled_blocks(sample: Sample) -> tuple[list[Block], list[Label], list[float], str]:
    """The blocks of a page that a reader sees, their labels, the share of each that its gold text has; its title."""
    segmented = segment(Page(sample.id, sample.data, url=sample.url, kind="html"), Settings())
    blocks = [block for block in segmented.blocks if not block.hidden]
    shares = label([block.text for block in blocks], sample.gold or "")[0]
    title = metadata_of(segmented.head).title
    doubtful = policy(blocks, shares, title) | _lists(blocks, shares)
    labels: list[Label] = [
        "either" if doubt else "content" if share >= 0.5 else "clutter"
        for doubt, share in zip(doubtful, shares, strict=True)
    ]
    return blocks, labels, shares.tolist(), title


def _lists(blocks: Sequence[Block], shares: Any) -> Any:
    """Items and rows without links that stand in the boxes of content: lists and tables that the gold may leave out."""
    boxes = {
        f"{block.path.rpartition('>')[0]}>"
        for block, share in zip(blocks, shares, strict=True)
        if share >= 0.5 and block.words >= _TELLING
    }
    return np.array(
        [
            block.kind in ("item", "row")
            and block.link_share < 0.5
            and share < 0.5
            and any(block.path.startswith(box) for box in boxes)
            for block, share in zip(blocks, shares, strict=True)
        ],
        dtype=bool,
    )


def regions(sample: Sample, *, loose: bool) -> Iterator[Text]:
    """The article region of a page as a text, with blank lines and markers or without; nothing without an article."""
    blocks, labels, shares, title = labelled_blocks(sample)
    telling = [n for n, block in enumerate(blocks) if shares[n] >= 0.5 and block.words >= _TELLING]
    found = telling or [n for n, share in enumerate(shares) if share >= 0.5]
    if not found:
        return
    lines: list[str] = []
    marks: dict[int, Label] = {}
    for number in range(max(found[0] - BEFORE, 0), min(found[-1] + 1 + AFTER, len(blocks))):
        block = blocks[number]
        if loose and lines:
            lines.append("")
        for line in (f"{block.marker} {block.text}".strip() if loose else block.text).split("\n"):
            lines.append(line)
            marks[len(lines)] = labels[number]
    yield Text(sample.id, sample.language, "\n".join(lines), marks, _said(title, lines))


def _said(title: str, lines: Iterable[str]) -> str:
    """The title of a page, squeezed, if one of the lines says it."""
    squeezed = squeeze(title)
    return squeezed if squeezed in map(squeeze, lines) else ""


def extracts(sample: Sample) -> Iterator[Text]:
    """What trafilatura makes of a page, as a text; nothing where it finds nothing."""
    blocks, labels, _, title = labelled_blocks(sample)
    doubtful = {squeeze(block.text) for block, mark in zip(blocks, labels, strict=True) if mark == "either"}
    lines = SYSTEMS["trafilatura"](sample).split("\n")
    shares = label(lines, sample.gold or "")[0].tolist()
    marks: dict[int, Label] = {
        number: "either" if squeeze(line) in doubtful else "content" if share >= 0.5 else "clutter"
        for number, (line, share) in enumerate(zip(lines, shares, strict=True), 1)
        if line.strip()
    }
    if marks:
        yield Text(sample.id, sample.language, "\n".join(lines), marks, _said(title, lines))


def _document(page: Page, kit: Kit) -> Document:
    """A cleaned text; a text never fails but for its size."""
    document = clean_page(page, kit)
    if isinstance(document, Failure):
        raise ValueError(f"{page.id}: {document.message}")  # noqa: TRY004 - it is no type
    return document


def loaded(kit: Kit) -> Kit:
    """A kit that has cleaned a text, in a language that common words do not tell: what loads once costs no text."""
    _document(Page("warm-up", b"Umalis ang bangka nang alas nuwebe ng umaga, at walang nakasakay na pasahero."), kit)
    return kit


def cleaned(text: Text, kit: Kit) -> Cleaned:
    """Clean a text twice and score its lines."""
    page = Page(text.id, text.text.encode("utf-8", "surrogatepass"), kind="text")
    start = time.process_time()
    document = _document(page, kit)
    seconds = time.process_time() - start
    again = _document(replace(page, data=document.text.encode("utf-8", "surrogatepass")), kit)
    stays = {squeeze(block.text) for block in document.kept}
    still = squeeze(again.text)  # as one: lines may be joined when they are read again
    lines, amount, lost = Counts(), Counts(), 0
    for block, verdict in zip(document.blocks, document.verdicts, strict=True):
        mark, words = text.labels.get(block.line), block.words
        kept = verdict.kept or (mark == "content" and squeeze(block.text) in stays)
        if mark == "clutter":
            lines += Counts(present=1, present_found=not kept)
            amount += Counts(absent=words, absent_found=words * kept)
        elif mark == "content":
            lines += Counts(absent=1, absent_found=not kept)
            amount += Counts(present=words, present_found=words * kept)
            lost += verdict.kept and squeeze(block.text) not in still
    changed = "".join(document.text.split()) != "".join(again.text.split())
    titled = squeeze(document.metadata.title) == text.title if text.title else None
    return Cleaned(text.language, LineScore(lines, amount), titled, changed, lost, len(page.data), seconds)


def rows(name: str, some: Sequence[Cleaned]) -> Iterator[list[str]]:
    """A row for all, and one for each language with five texts and more; the other languages together."""
    sizes = Counter(one.language for one in some)
    groups: dict[str, list[Cleaned]] = {"all": list(some)}
    for one in sorted(some, key=lambda one: one.language):
        groups.setdefault(one.language if sizes[one.language] >= 5 else "others", []).append(one)
    for language, ones in groups.items():
        lines = sum((one.lines.lines for one in ones), Counts())
        amount = sum((one.lines.words for one in ones), Counts())
        speed = sum(one.size for one in ones) / 1e6 / max(sum(one.seconds for one in ones), 1e-9)
        shares = (lines.f1, lines.precision, lines.recall, 1 - amount.recall)
        yield [
            name,
            language,
            str(len(ones)),
            *(f"{share:.3f}" for share in shares),
            f"{sum(one.titled is True for one in ones)} of {sum(one.titled is not None for one in ones)}",
            str(sum(one.changed for one in ones)),
            str(sum(one.lost_again for one in ones)),
            f"{speed:.1f}",
        ]


_HEADS = [
    "texts", "language", "n", "line F1", "precision", "recall", "words lost", "headline", "unsettled", "lost then",
    "MB/s",
]  # fmt: skip


def news(samples: Sequence[Sample], kit: Kit, *, extracted: bool) -> str:
    """The table of the article regions, or of an extractor's output."""
    ways = {"extracts": extracts} if extracted else {
        "region, blank lines": lambda sample: regions(sample, loose=True),
        "region, bare": lambda sample: regions(sample, loose=False),
    }  # fmt: skip
    out: list[list[str]] = []
    for name, made in ways.items():
        out += rows(name, [cleaned(text, kit) for sample in samples for text in made(sample)])
    return table(_HEADS, out)


def whole_pages(samples: Iterable[Sample], data: Path, folds: int) -> str:
    """The table of wcxb: whole pages as texts, each cleaned with a model that never saw its domain."""
    from pipeline.train.fitting import cross_validate, prepare, save_model  # noqa: PLC0415 - needs the extra `train`
    from pipeline.train.pages import read_labelled, render  # noqa: PLC0415

    by_id = {sample.id: sample for sample in samples}
    pages = [page for page in read_labelled(data / PACKS["wcxb"].file, "text") if page.id in by_id]
    scores, unsettled, size, seconds = [], 0, 0, 0.0
    for model, which in cross_validate(prepare(pages), folds, lambda line: print(line, file=sys.stderr)):
        with tempfile.TemporaryDirectory() as folder:
            save_model(model, Path(folder) / "text.npz")
            kit = loaded(make_kit(Settings(headline="metadata", weights_folder=folder)))
            usual = make_kit(Settings(weights_folder=folder))  # a text without its headline would be robbed of another
            for page in (pages[index] for index in which if pages[index].part == "whole"):
                text = Text(page.id, page.language, render(list(page.view.blocks)), {})
                start = time.process_time()
                output = _document(Page(page.id, text.text.encode("utf-8", "surrogatepass"), kind="text"), kit)
                seconds += time.process_time() - start
                size += len(text.text)
                unsettled += cleaned(text, usual).changed
                scores.append(score(by_id.pop(page.id), output.text if output.outcome == "kept" else ""))
    groups = {"all": scores} | by_group(scores, attrgetter("page_type"))
    figures = {name: summarise(some) for name, some in groups.items()}
    shown = [[name, str(len(groups[name])), *(f"{one[key]:.3f}" for key in ("f1", "precision", "recall", "leak"))]
             for name, one in figures.items()]  # fmt: skip
    foot = f"{unsettled} of {len(scores)} change when cleaned again; {size / 1e6 / max(seconds, 1e-9):.1f} MB/s"
    return table(["page type", "pages", "F1", "precision", "recall", "leak"], shown) + "\n\n" + foot


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit code is 0, or 2 when the data are missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", default="all", help=f"{', '.join(_PACKS)} or all; several with commas")
    parser.add_argument("--limit", type=int, help="only the first N pages of each pack")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--weights", default="", help="judge news by the weights of this folder, not by ours")
    parser.add_argument("--data", type=Path, default=DATA)
    options = parser.parse_args(arguments)
    kit = loaded(make_kit(Settings(weights_folder=options.weights)))
    try:
        for name in _PACKS if options.pack == "all" else options.pack.split(","):
            samples = read_pack(PACKS["wcxb" if name == "wcxb" else "news"], options.data, options.limit)
            with_gold = [sample for sample in samples if sample.gold is not None]
            if name == "wcxb":
                print(whole_pages(with_gold, options.data, options.folds))
            else:
                print(news(with_gold, kit, extracted=name == "extracts"))
            print(flush=True)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
