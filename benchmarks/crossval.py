"""Models that never saw the page they judge: wcxb-dev by cross-validation over registered domains.

    python -m benchmarks.crossval [--folds 5] [--limit N] [--data FOLDER] [--models FOLDER]

For each fold a model is trained without its domains, and the fold's pages are then cleaned as anyone would clean them:
model, rules, witness, one preset. Prints F1 and leak, by page type too. `compare` judges wcxb by the same models, which
lie in a folder and are made again when the data or the code that makes them changes (some minutes).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.packs import DATA, PACKS, Sample, digest_of_pack, found, read_pack
from benchmarks.scores import GROUPS, run_one
from benchmarks.systems import SYSTEMS
from benchmarks.tables import group_table, whole_table

_ROOT = Path(__file__).resolve().parents[1]
MODELS = _ROOT / "build" / "folds"
"""Where the models of the folds lie unless the command line says otherwise; git ignores the folder."""
FOLDS = 5
_PACK = PACKS["wcxb"]


def held_out(samples: Iterable[Sample], data: Path, models: Path = MODELS, folds: int = FOLDS) -> Iterator[Sample]:
    """The samples, each with the weights of the fold that its domain is not in; the models are made if need be.

    Raises `FileNotFoundError` when the pack is not in `data`.
    """
    from pipeline.train.pages import fold_of  # noqa: PLC0415 - NumPy, and only who cross-validates needs it

    make_models(data, models, folds)
    for sample in samples:
        yield replace(sample, weights=str(models / f"fold-{fold_of(sample.domain, folds)}"))


def make_models(data: Path, models: Path, folds: int = FOLDS) -> None:
    """Train a model for each fold into `models/fold-N`, unless those there were made from this data by this code."""
    file = found(_PACK, data)
    stamp = models / "stamp.json"
    made_from = {"data": digest_of_pack(_PACK, data), "code": _digest_of_code(), "folds": folds}
    if stamp.is_file() and json.loads(stamp.read_text(encoding="utf-8")) == made_from:
        return
    from pipeline.train.fitting import cross_validate, prepare, save_model  # noqa: PLC0415 - as above
    from pipeline.train.pages import read_labelled  # noqa: PLC0415 - as above

    _tell(f"training the models of {folds} folds into {models}; this takes some minutes")
    stamp.unlink(missing_ok=True)
    prepared = prepare(list(read_labelled(file, "html")))
    for fold, (model, _) in enumerate(cross_validate(prepared, folds, _tell)):
        (models / f"fold-{fold}").mkdir(parents=True, exist_ok=True)
        save_model(model, models / f"fold-{fold}" / "html.npz")
    stamp.write_text(json.dumps(made_from), encoding="utf-8")


def _digest_of_code() -> str:
    """A digest of what a model depends on beside its data: the code that cuts, describes and learns."""
    digest = hashlib.blake2b(digest_size=16)
    for room in ("segment", "judge", "train"):
        for file in sorted((_ROOT / "pipeline" / room).glob("*.py")):
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> None:
    """Train the folds where needed, clean their pages, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", type=int, default=FOLDS)
    parser.add_argument("--limit", type=int, help="only the first pages of the pack; the models still see all others")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--models", type=Path, help="keep the models here, use those that fit (default: thrown away)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        samples = read_pack(_PACK, options.data, options.limit)
        judged = held_out(samples, options.data, options.models or Path(folder), options.folds)
        scores = {"thresher": [run_one(SYSTEMS["thresher"], sample)[1] for sample in judged]}
    print(whole_table(scores), end="\n\n")
    print(group_table(scores, "page type", GROUPS["page type"]))


if __name__ == "__main__":
    main()
