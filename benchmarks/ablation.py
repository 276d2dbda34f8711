"""What each part of the judge brings: the packs measured again with one part left out at a time.

    python -m benchmarks.ablation [--pack wcxb,news,snippets,texts] [--variants a,b] [--limit N] [--models FOLDER]

A variant is a part left out, or a preset. It is made from outside: by a setting, by an empty rule book, by weights from
which something was taken, or by one name of the decision that is swapped while the page is judged. Nothing is trained
again for it, so the figure says what the part brings to the judge as it stands, not what a judge built without it
could reach. Pages of wcxb are judged by models that never saw their domain (`crossval`). `texts` are the article
regions of the news without their markup, and what trafilatura makes of them (`texts`).

`±` is the standard error of the difference over pages: what is less than twice as large may be chance.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.compare import names
from benchmarks.crossval import MODELS, held_out
from benchmarks.metrics import Counts, words
from benchmarks.packs import DATA, PACKS, Sample, read_pack
from benchmarks.scores import Score, run_one, slices, summarise
from benchmarks.systems import stay_offline
from benchmarks.tables import Scores, table
from benchmarks.texts import Cleaned, Text, cleaned, extracts, regions
from pipeline.document import Failure, Page
from pipeline.judge import MADE_IN_CODE
from pipeline.judge.rulebook import RuleBook
from pipeline.recipe import Kit, clean_page, make_kit
from pipeline.settings import Settings

Arrays = dict[str, Any]
_HTML = ("wcxb", "news", "snippets")
_PACKS = (*_HTML, "texts")
_IN_CODE = tuple(sorted(MADE_IN_CODE - {"learned"}))


@dataclass(frozen=True)
class Variant:
    """The judge with a part left out.

    `settings` are those that differ from the default, `weights` takes something from the arrays of a weights file, and
    `swaps` maps names of the decision (`module.name`) to what stands there meanwhile. `kinds` says of which pages the
    variant speaks.
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    rules: bool = True
    weights: Callable[[Arrays], Arrays] | None = None
    swaps: Mapping[str, Any] = field(default_factory=dict)
    kinds: tuple[str, ...] = ("html", "text")

    def kit(self, sample_settings: Settings, scratch: Path) -> Kit:
        """What judges under these settings, without the part; changed weights are written to `scratch` once."""
        settings = sample_settings.with_values(self.settings, "variant")
        kit = make_kit(settings)
        if not self.rules:
            kit = replace(kit, book=RuleBook([]))
        return replace(kit, weights=_changed(kit.weights, self.weights, scratch)) if self.weights else kit

    @contextmanager
    def swapped(self) -> Iterator[None]:
        """Within it, what the variant swaps stands in its place."""
        with ExitStack() as stack:
            for name, value in self.swaps.items():
                stack.enter_context(patch(name, value))
            yield


def _changed(folder: Path, change: Callable[[Arrays], Arrays], scratch: Path) -> Path:
    """A folder with the weights of another one, changed."""
    target = scratch / f"{folder.name}-{getattr(change, '__name__', 'changed')}"
    if not target.exists():
        target.mkdir(parents=True)
        for file in folder.glob("*.npz"):
            with np.load(file, allow_pickle=False) as arrays:
                np.savez(target / file.name, **change(dict(arrays)))
    return target


def no_kind(arrays: Arrays) -> Arrays:
    """Weights that were never taught what an article is."""
    return {name: array for name, array in arrays.items() if not name.startswith("kind_")}


def no_networks(arrays: Arrays) -> Arrays:
    """The trees alone: log odds are the mean of both, so that one is nothing and the other counts twice."""
    return _scaled(arrays, {"output": 0, "output_bias": 0, "leaves": 2, "trees_bias": 2})


def no_trees(arrays: Arrays) -> Arrays:
    """The networks alone, likewise."""
    return _scaled(arrays, {"output": 2, "output_bias": 2, "leaves": 0, "trees_bias": 0})


def _scaled(arrays: Arrays, factors: Mapping[str, int]) -> Arrays:
    return arrays | {name: arrays[name] * arrays[name].dtype.type(factor) for name, factor in factors.items()}


def _half(likely: Any, _: Any) -> Any:
    return np.full(len(likely), 0.5)


_DECISION = "pipeline.judge.learned.asked_for"
_BODY = "pipeline.judge.asked._BODY"
_TWICE = "pipeline.judge.repetition._of_another"
_FOREIGN = "pipeline.judge.model._abroad"
_MANUALS = "pipeline.judge.asked._written"
_ALL_DIRTY = {"pipeline.judge.view.names_little": lambda *_: False}

VARIANTS: dict[str, Variant] = {
    "as it comes": Variant(),
    "no rule book": Variant(rules=False),
    "the model alone": Variant({"rules_off": _IN_CODE, "witness": "none"}, rules=False),
    "no model": Variant({"model": "none"}),
    "no model nor witness": Variant({"model": "none", "witness": "none"}, kinds=("html",)),
    "no witness": Variant({"witness": "none"}, kinds=("html",)),
    "no cutting of mixed blocks": Variant({"rules_off": ("mixed-block",)}),
    "no repeats": Variant({"rules_off": ("repeat-on-page",)}),
    "nothing said of two things": Variant(swaps={_TWICE: lambda *_: False}),
    "no hidden blocks": Variant({"rules_off": ("hidden-from-readers",)}, kinds=("html",)),
    "no word for closed tabs": Variant({"rules_off": ("folded-content",)}, kinds=("html",)),
    "no lines between clutter": Variant({"rules_off": ("between-clutter",)}),
    "no lists under labels": Variant({"rules_off": ("listed-as-related",)}),
    "no networks": Variant(weights=no_networks),
    "no trees": Variant(weights=no_trees),
    "no kind of page": Variant(weights=no_kind, kinds=("html",)),
    "no bar for links outside the body": Variant(swaps={_BODY: (2.0, 0, 0)}, kinds=("html",)),
    "words of any language believed": Variant(swaps={_FOREIGN: lambda scores, _: scores}, kinds=("html",)),
    "no less asked in manuals": Variant(
        swaps={_MANUALS: lambda view: np.zeros(len(view.blocks), dtype=bool)}, kinds=("html",)
    ),
    "one half asked of every block": Variant(swaps={_DECISION: _half}),
    "clean texts judged like others": Variant(swaps=_ALL_DIRTY, kinds=("text",)),
    "likewise without the rule book": Variant(rules=False, swaps=_ALL_DIRTY, kinds=("text",)),
    "preset precision": Variant({"preset": "precision"}),
    "preset recall": Variant({"preset": "recall"}),
}
"""In the order of the table; the first is what all others are compared with."""


def judged(sample: Sample, variant: Variant, scratch: Path) -> str:
    """The text that a variant makes of a page; raises `ValueError` where the page cannot be cleaned."""
    settings = Settings(headline=sample.headline, weights_folder=sample.weights)
    page = Page(sample.id, sample.data, url=sample.url, kind=sample.kind)
    with variant.swapped():
        document = clean_page(page, variant.kit(settings, scratch))
    if isinstance(document, Failure):
        raise ValueError(f"{sample.id}: {document.message}")  # noqa: TRY004 - it is no type
    return document.text


def measure(samples: Iterable[Sample], variants: Sequence[str], scratch: Path) -> dict[str, list[Score]]:
    """The scores of each variant, all over the same pages."""
    scores: dict[str, list[Score]] = {name: [] for name in variants}
    for number, sample in enumerate(samples, 1):
        for name in variants:
            system = partial(judged, variant=VARIANTS[name], scratch=scratch)
            scores[name].append(run_one(system, sample)[1])
        if number % 100 == 0:
            print(f"{number} pages", file=sys.stderr, flush=True)
    return scores


def page_table(scores: Scores) -> str:
    """Quality of each variant, and how its F1 differs from the first one's."""
    first = next(iter(scores.values()))
    rows = []
    for name, some in scores.items():
        figures = summarise(some)
        cells = [f"{figures[key]:.3f}" if key in figures else "" for key in ("precision", "recall", "leak", "failures")]
        rows.append([name, f"{figures['f1']:.4f}", difference(some, first), *cells[:3], str(int(figures["failures"]))])
    return table(["variant", "F1", "difference", "P", "R", "leak", "failures"], rows)


def part_table(scores: Scores, fewest: int = 5) -> str:
    """F1 of each variant by page type and language; groups of fewer pages are put together, "" where all are one."""
    parts = {name: slices(some, fewest) for name, some in scores.items()}
    groups = [group for group in next(iter(parts.values())) if group != "all"]
    rows = [[name, *(f"{summarise(part[group]).get('f1', 0):.3f}" for group in groups)] for name, part in parts.items()]
    return table(["F1 by", *groups], rows) if groups else ""


def difference(some: Sequence[Score], first: Sequence[Score]) -> str:
    """By how much the F1 of one differs from that of the other, with the standard error where pages have an F1 each."""
    if some is first:
        return ""
    apart = [a.words.f1 - b.words.f1 for a, b in zip(some, first, strict=True) if a.words and b.words]
    if len(apart) < 2:
        return f"{summarise(some)['f1'] - summarise(first)['f1']:+.4f}"
    return f"{statistics.fmean(apart):+.4f} ± {statistics.stdev(apart) / len(apart) ** 0.5:.4f}"


def text_table(samples: Sequence[Sample], variants: Sequence[str], scratch: Path) -> str:
    """Lines of the article regions and of an extractor's output: how well clutter goes, and what content is lost.

    And of the clean texts of the same pages, where nothing should go any more: how many are changed.
    """
    made: dict[str, list[Text]] = {
        "region": [text for sample in samples for text in regions(sample, loose=False)],
        "extract": [text for sample in samples for text in extracts(sample)],
    }
    clean = [judged(replace(sample, headline="keep"), VARIANTS["as it comes"], scratch) for sample in samples]
    rows = []
    for name in variants:
        variant, cells = VARIANTS[name], list[str]()
        with variant.swapped():
            kit = variant.kit(Settings(), scratch)
            for texts in made.values():
                cells += _text_cells([cleaned(text, kit) for text in texts])
            cells.append(str(sum(not settles(text, kit) for text in clean)))
        rows.append([name, *cells])
    heads = [f"{kind}: {head}" for kind in made for head in ("line F1", "P", "R", "words lost", "unsettled")]
    sizes = ", ".join(f"{len(texts)} {kind}s" for kind, texts in made.items())
    return f"{sizes}\n\n{table(['variant', *heads, 'clean texts changed'], rows)}"


def settles(text: str, kit: Kit) -> bool:
    """Whether all words of a text come out of the judge again."""
    document = clean_page(Page("text", text.encode("utf-8", "surrogatepass"), kind="text"), kit)
    return isinstance(document, Failure) or words(document.text) == words(text)


def _text_cells(some: Sequence[Cleaned]) -> Iterator[str]:
    lines = sum((one.lines.lines for one in some), Counts())
    lost = 1 - sum((one.lines.words for one in some), Counts()).recall
    yield from (f"{share:.3f}" for share in (lines.f1, lines.precision, lines.recall))
    yield f"{lost:.2%}"
    yield str(sum(one.changed for one in some))


def of_kind(kind: str, chosen: Sequence[str]) -> list[str]:
    """The variants among the chosen that speak of pages of a kind; the one they are compared with always."""
    return [name for name in VARIANTS if (name in chosen and kind in VARIANTS[name].kinds) or name == "as it comes"]


def report(name: str, options: argparse.Namespace, chosen: Sequence[str], scratch: Path) -> str:
    """The tables of one pack; raises `FileNotFoundError` when it is not there."""
    if name == "texts":
        pages = [sample for sample in read_pack(PACKS["news"], options.data, options.limit) if sample.gold is not None]
        return f"## texts of the news: {text_table(pages, of_kind('text', chosen), scratch)}"
    samples = read_pack(PACKS[name], options.data, options.limit)
    if PACKS[name].learned:
        samples = held_out(samples, options.data, options.models)
    scores = measure(samples, of_kind("html", chosen), scratch)
    size = len(scores["as it comes"])
    return "\n\n".join(filter(None, [f"## {name}: {size} pages", page_table(scores), part_table(scores)]))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit code is 0, or 2 when the data are missing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ablation", description=__doc__.split("\n")[0])
    parser.add_argument("--pack", default="all", help=f"{', '.join(_PACKS)} or all; several with commas")
    parser.add_argument("--variants", default="all", help=f"{', '.join(VARIANTS)}, or all; several with commas")
    parser.add_argument("--limit", type=int, help="only the first N pages of each pack")
    parser.add_argument("--data", type=Path, default=DATA, help="folder with the packs (default: %(default)s)")
    parser.add_argument("--models", type=Path, default=MODELS, help="where models of the folds are kept and reused")
    options = parser.parse_args(arguments)
    chosen = names(options.variants, VARIANTS, "variant")
    try:
        with tempfile.TemporaryDirectory() as scratch:
            for name in names(options.pack, _PACKS, "pack"):
                print(report(name, options, chosen, Path(scratch)), end="\n\n", flush=True)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    stay_offline()
    sys.exit(main())
