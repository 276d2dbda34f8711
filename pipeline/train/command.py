"""What `thresher train` does: read labelled pages, cross-validate, fit on all, write weights and certificate."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.document import Kind, join
from pipeline.errors import UsageError
from pipeline.judge import judge
from pipeline.judge.model import Model
from pipeline.saying import count_of
from pipeline.settings import Settings
from pipeline.train.fitting import (
    SEEDS,
    cross_validate,
    digest_of,
    fit_model,
    prepare,
    save_model,
    write_certificate,
)
from pipeline.train.pages import LabelledPage, read_labelled

_WORD = re.compile(r"\w+")
_FEWEST = 20  # pages; fewer teach nothing but themselves


def train(data: Path, kind: Kind, out: Path, *, date: str, folds: int, told: Callable[[str], None]) -> dict[str, Any]:
    """Train on the labelled pages of `data`, write `<kind>.npz` and `<kind>.json` into `out`, give the certificate.

    `date` goes into the certificate only: the same data and code give the same weights, byte for byte. `told` hears how
    far it is. Raises `UsageError` for data that cannot be read or has too few pages.
    """
    pages = list(read_labelled(data, kind))
    if len({page.domain for page in pages}) < _FEWEST:
        raise UsageError(f"{data}: labelled pages ({len(pages):,}) are of too few domains; {_FEWEST} domains at least")
    whole = [index for index, page in enumerate(pages) if page.part == "whole"]
    blocks = sum(len(pages[index].view.blocks) for index in whole)
    told(f"{count_of(len(whole), 'page')}, {count_of(blocks, 'block')}")
    prepared = prepare(pages)
    held_out = cross_validate(prepared, folds, told)
    scores = {
        index: _f1(model, pages[index]) for model, which in held_out for index in which if pages[index].part == "whole"
    }
    model = fit_model(prepared, range(len(pages)))
    out.mkdir(parents=True, exist_ok=True)
    save_model(model, out / f"{kind}.npz")
    certificate = {
        "blocks": blocks,
        "columns": len(model.network.mean),
        "command": f"thresher train {data.name} --kind {kind} --folds {folds}",
        "data": data.name,
        "data_digest": digest_of(data),
        "date": date,
        "f1": _mean(list(scores.values())),
        "f1_by_language": _grouped(pages, scores, "language"),
        "f1_by_page_type": _grouped(pages, scores, "page_type"),
        "folds": folds,
        "kind": kind,
        "measured": "word F1, mean over pages, each judged by a model trained without its domain; no rules, no witness",
        "pages": len(whole),
        "seeds": list(SEEDS),
        "tokens": len(model.tokens.weights),
    }
    write_certificate(out / f"{kind}.json", certificate)
    return certificate


def _f1(model: Model, page: LabelledPage) -> float:
    """Word F1 of a page as this model judges it; the headline is left to the metadata, as gold texts do."""
    view = replace(page.view, model=model, settings=Settings(headline="metadata"))
    verdicts = judge(view)
    kept = tuple(block for block, verdict in zip(view.blocks, verdicts, strict=True) if verdict.kept)
    ours, gold = (Counter(_WORD.findall(text.lower())) for text in (join(kept, lambda block: block.text), page.gold))
    if not ours or not gold:
        return float(not ours and not gold)
    return 2 * sum((ours & gold).values()) / (sum(ours.values()) + sum(gold.values()))


def _grouped(pages: Sequence[LabelledPage], scores: dict[int, float], field: str) -> dict[str, list[float]]:
    """Mean score and number of pages by page type or language."""
    groups: dict[str, list[float]] = defaultdict(list)
    for index, score in scores.items():
        groups[getattr(pages[index], field) or "unknown"].append(score)
    return {name: [_mean(some), len(some)] for name, some in sorted(groups.items())}


def _mean(values: list[float]) -> float:
    return round(sum(values) / max(1, len(values)), 4)
