"""How the whole judge does on pages that its model never saw: wcxb-dev by cross-validation over registered domains.

    python -m benchmarks.crossval [--folds 5] [--limit N] [--data FOLDER]

For each fold the model is trained without its domains, and the fold's pages are then cleaned as anyone would clean
them: model, rules, witness, one preset. Prints F1 and leak, by page type too.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from operator import attrgetter
from pathlib import Path

from benchmarks.packs import DATA, PACKS, Sample, read_pack
from benchmarks.scores import Score, score
from benchmarks.systems import markup
from benchmarks.tables import group_table, whole_table
from pipeline.document import Document, Page
from pipeline.recipe import clean_page, make_kit
from pipeline.settings import Settings
from pipeline.train.fitting import cross_validate, prepare, save_model
from pipeline.train.pages import read_labelled


def cleaned(sample: Sample, weights: Path) -> str:
    """The text of a page as a model of this folder judges it."""
    kit = make_kit(Settings(headline=PACKS["wcxb"].headline, weights_folder=str(weights)))
    document = clean_page(Page(sample.id, markup(sample), url=sample.url), kit)
    return document.text if isinstance(document, Document) and document.outcome == "kept" else ""


def main() -> None:
    """Train the folds, clean their pages, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--limit", type=int, help="only the first pages of the pack")
    parser.add_argument("--data", type=Path, default=DATA)
    arguments = parser.parse_args()
    samples = {sample.id: sample for sample in read_pack(PACKS["wcxb"], arguments.data, arguments.limit)}
    pages = [page for page in read_labelled(arguments.data / PACKS["wcxb"].file, "html") if page.id in samples]
    prepared = prepare(pages)
    scores: list[Score] = []
    for model, which in cross_validate(prepared, arguments.folds, lambda line: print(line, file=sys.stderr)):
        with tempfile.TemporaryDirectory() as folder:
            save_model(model, Path(folder) / "html.npz")
            for index in which:
                sample = samples.pop(pages[index].id)
                scores.append(score(sample, cleaned(sample, Path(folder))))
    scores += [score(sample, "") for sample in samples.values()]  # pages without a block give no text
    print(whole_table({"thresher": scores}))
    print(group_table({"thresher": scores}, "page type", attrgetter("page_type")))


if __name__ == "__main__":
    main()
