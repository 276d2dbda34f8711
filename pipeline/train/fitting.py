"""Both stages together, cross-validation by registered domain, and the files that come out.

The second stage must see the first stage's scores as they will be on pages that it never saw. So the token model is
fitted once for each inner fold without it, and those scores train the networks; a last token model, fitted on all
pages, goes into the weights file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.judge.features import sigmoid
from pipeline.judge.kind import PageKind, numbers_of
from pipeline.judge.model import Model, arrays_of, columns_of
from pipeline.judge.token_model import TokenModel
from pipeline.judge.tokens import path_tokens, shape_tokens, word_tokens
from pipeline.train import network
from pipeline.train import tokens as first_stage
from pipeline.train.kind import fit_kind
from pipeline.train.pages import LabelledPage, fold_of
from pipeline.train.trees import fit_trees

INNER_FOLDS = 4
SEEDS = (0, 1, 2, 3)
_MOST_BLOCKS = {"html": 220, "text": 120}  # of a page, so that long pages do not drown the others
_WORDLESS = 3  # one page in so many is also shown without its words
_CONTENT = 0.5  # share of its words in the gold text that makes a block content


@dataclass(frozen=True)
class Prepared:
    """Pages with their tokens numbered and their features computed: what every fit shares."""

    pages: Sequence[LabelledPage]
    features: Sequence[Any]
    known: dict[str, int]
    path_rows: Sequence[first_stage.TokenRows]
    text_rows: Sequence[first_stage.TokenRows]


def prepare(pages: Sequence[LabelledPage]) -> Prepared:
    """Tokens and features of all pages, computed once. The vocabulary is that of whole pages."""
    known = first_stage.vocabulary(
        (page.domain, {token for pair in _tokens(page) for tokens in pair for token in tokens})
        for page in pages
        if page.part == "whole"
    )
    rows = [[first_stage.rows_of(side, known) for side in zip(*_tokens(page), strict=True)] for page in pages]
    features = [arrays_of(page.view) for page in pages]
    return Prepared(pages, features, known, [paths for paths, _ in rows], [texts for _, texts in rows])


def _tokens(page: LabelledPage) -> Iterator[tuple[list[str], list[str]]]:
    """The tokens of each block, those of path and shape apart; not kept, for those of all pages fill the memory."""
    view = replace(page.view)  # without what the view has computed
    for block, words, terms in zip(view.blocks, view.words, view.terms, strict=True):
        yield path_tokens(block.path) + shape_tokens(block, words), word_tokens(terms)


def fit_model(prepared: Prepared, which: Sequence[int], seeds: tuple[int, ...] = SEEDS) -> Model:
    """A model of both stages, from the pages of these numbers: the same on every number of cores.

    Shared among threads, sums of floats round otherwise, and the networks would go other ways.
    """
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - of the extra `train`

    with threadpool_limits(limits=1):
        return _fitted(prepared, which, seeds)


def _fitted(prepared: Prepared, which: Sequence[int], seeds: tuple[int, ...]) -> Model:
    """What `fit_model` says, on as many threads as there are."""
    folds = [fold_of(f"inner {prepared.pages[index].domain}", INNER_FOLDS) for index in which]
    scores: dict[int, tuple[Any, Any]] = {}
    for fold in range(INNER_FOLDS):
        others = [index for index, own in zip(which, folds, strict=True) if own != fold]
        tokens = _fit_tokens(prepared, others, seeds[0])
        vector = np.array([tokens.weights.get(token, 0.0) for token in prepared.known])
        for index, own in zip(which, folds, strict=True):
            if own == fold:
                paths, texts = prepared.path_rows[index], prepared.text_rows[index]
                scores[index] = first_stage.scores(paths, vector) + tokens.bias, first_stage.scores(texts, vector)
    columns, labels, weights, again = _examples(prepared, which, scores)
    once = ~again  # trees are not helped by pages without their words
    return Model(
        _fit_tokens(prepared, which, seeds[0]),
        network.fit(columns, labels, weights, seeds),
        fit_trees(columns[once], labels[once], weights[once], seeds[0]),
        _fit_kind([prepared.pages[index] for index in which], [scores[index] for index in which]),
    )


def _fit_kind(pages: Sequence[LabelledPage], scores: Sequence[tuple[Any, Any]]) -> PageKind | None:
    """What tells the kinds of pages apart, from those of HTML whose kind is known."""
    known = [(page, sum(both)) for page, both in zip(pages, scores, strict=True) if page.page_type]
    if not known or known[0][0].view.kind == "text":
        return None
    numbers = np.array([numbers_of(sigmoid(score), page.view) for page, score in known])
    return fit_kind(numbers, [page.page_type for page, _ in known])


def _fit_tokens(prepared: Prepared, which: Sequence[int], seed: int) -> TokenModel:
    """The first stage, from those of these pages that are whole: an excerpt has the same lines once more."""
    which = [index for index in which if prepared.pages[index].part == "whole"]
    pages = [prepared.pages[index] for index in which]
    labels = np.concatenate([page.labels >= _CONTENT for page in pages]).astype(np.float64)
    weights = np.concatenate([_weights(page, 1.0) for page in pages])
    paths, texts = (_joined([rows[index] for index in which]) for rows in (prepared.path_rows, prepared.text_rows))
    return first_stage.fit(paths, texts, labels, weights / weights.mean(), prepared.known, seed)


def _joined(rows: Sequence[first_stage.TokenRows]) -> first_stage.TokenRows:
    """The rows of several pages as one."""
    offsets = np.cumsum([0, *(len(some.ids) for some in rows)])
    starts = [some.starts[:-1] + offset for some, offset in zip(rows, offsets, strict=False)]
    return first_stage.TokenRows(
        np.concatenate([some.ids for some in rows]),
        np.concatenate([*starts, offsets[-1:]]),
        np.concatenate([some.factors for some in rows]),
    )


def _weights(page: LabelledPage, total: float) -> Any:
    """How much each block of a page counts: the root of its words, and the page as a whole the same as others."""
    roots = np.sqrt(page.counts + 1) * page.trust
    return roots / roots.sum() * total


def _examples(prepared: Prepared, which: Sequence[int], scores: dict[int, tuple[Any, Any]]) -> tuple[Any, ...]:
    """Columns, labels and weights for the second stage, and which rows are of pages shown again."""
    random = np.random.default_rng(SEEDS[0])
    columns, labels, weights, again = [], [], [], []
    for order, index in enumerate(which):
        page = prepared.pages[index]
        paths, texts = scores[index]
        for time, words in enumerate(_shown(page, order, texts, random)):
            count = len(texts)
            most = _MOST_BLOCKS[page.view.kind]
            some = np.arange(count) if count <= most else random.choice(count, most, replace=False)
            columns.append(columns_of(prepared.features[index], paths, words)[some])
            labels.append((page.labels >= _CONTENT)[some])
            weights.append(_weights(page, np.sqrt(min(count, most)))[some])
            again.append(np.full(len(some), time > 0))
    together = np.concatenate(weights)
    return np.concatenate(columns), np.concatenate(labels), together / together.mean(), np.concatenate(again)


def _shown(page: LabelledPage, order: int, texts: Any, random: Any) -> list[Any]:
    """The word scores with which a page is shown: one in three pages of HTML twice, half of the texts only without."""
    if page.view.kind == "text":
        return [texts if random.random() < 0.5 else np.zeros_like(texts)]
    return [texts, np.zeros_like(texts)] if order % _WORDLESS == 0 else [texts]


def cross_validate(prepared: Prepared, folds: int, told: Callable[[str], None]) -> list[tuple[Model, list[int]]]:
    """For each fold of domains, a model trained without it, and the numbers of its pages."""
    own = [fold_of(page.domain, folds) for page in prepared.pages]
    made = []
    for fold in range(folds):
        model = fit_model(prepared, [index for index, some in enumerate(own) if some != fold], SEEDS)
        made.append((model, [index for index, some in enumerate(own) if some == fold]))
        told(f"fold {fold + 1} of {folds}")
    return made


def save_model(model: Model, file: Path) -> None:
    """Write a weights file; the same model gives the same bytes."""
    names = sorted(model.tokens.weights)
    weights = [model.tokens.weights[name] for name in names]
    scale = first_stage.scale_of(model.tokens.weights)
    net = model.network
    np.savez_compressed(
        file,
        tokens=np.frombuffer("\n".join(names).encode(), dtype=np.uint8),
        token_weights=np.array([round(weight / scale) for weight in weights], dtype=np.int8),
        token_scale=np.float64(scale),
        token_bias=np.float64(model.tokens.bias),
        mean=net.mean,
        scale=net.scale,
        hidden=net.hidden,
        hidden_bias=net.hidden_bias,
        output=net.output,
        output_bias=np.float64(net.output_bias),
        columns=model.trees.columns,
        thresholds=model.trees.thresholds,
        leaves=model.trees.leaves,
        trees_bias=np.float64(model.trees.bias),
        **_kind_arrays(model.kind),
    )


def _kind_arrays(kind: PageKind | None) -> dict[str, Any]:
    """The page kind as arrays of the weights file; none where it was not fitted."""
    if kind is None:
        return {}
    told = {"mean": kind.mean, "scale": kind.scale, "weights": kind.weights, "bias": kind.bias}
    return {f"kind_{name}": value for name, value in told.items()}


def digest_of(file: Path) -> str:
    """128-bit hexadecimal digest of a file, read in pieces."""
    digest = hashlib.blake2b(digest_size=16)
    with file.open("rb") as data:
        while piece := data.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def write_certificate(file: Path, facts: dict[str, Any]) -> None:
    """The birth certificate beside a weights file: plain JSON with sorted keys."""
    file.write_text(json.dumps(facts, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
