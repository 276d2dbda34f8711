"""The learned model: how likely each block is content, and what speaks for and against it.

Two stages, as they were trained (`pipeline/train`). A linear model over tokens reads the words of a block and the
names of the elements around it; small networks and trees, averaged, then see its scores over the neighbourhood beside
the features of text and place. Weights are data, a file for each kind of page; running them needs NumPy only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.document import Kind
from pipeline.judge import lines
from pipeline.judge.compiled import COMPILED
from pipeline.judge.features import COLUMNS, Features, context, features_of, sigmoid
from pipeline.judge.kind import KINDS_OF_PAGE, NUMBERS, PageKind, numbers_of
from pipeline.judge.lines import Lines, lines_of
from pipeline.judge.lines import context as line_context
from pipeline.judge.token_model import TokenModel
from pipeline.judge.trees import Trees
from pipeline.judge.view import Opinion, View

WEIGHTS = Path(__file__).parent / "weights"
_AT_HOME = 0.5  # share of a page's words that a model knows where it is at home
_PROSE = 0.5  # what the words of prose say at least where it is not
_ROWS = 24  # of a product of matrices at once: more would be shared out to threads that cost more than they bring
CLIP = 5.0  # standard deviations beyond which a column says no more


@dataclass(frozen=True)
class Network:
    """Small networks of one hidden layer, averaged, over standardised columns."""

    mean: Any  # (columns,)
    scale: Any  # (columns,)
    hidden: Any  # (columns, networks x units)
    hidden_bias: Any  # (networks x units,)
    output: Any  # (networks x units,)
    output_bias: float

    def logits(self, columns: Any) -> Any:
        """Log odds of content, (n,) for columns of (n, columns)."""
        standard = columns - self.mean
        standard /= self.scale
        np.clip(standard, -CLIP, CLIP, out=standard)
        inner = np.empty((len(standard), self.hidden.shape[1]), dtype=standard.dtype)
        for at in range(0, len(standard), _ROWS):
            np.matmul(standard[at : at + _ROWS], self.hidden, out=inner[at : at + _ROWS])
        inner += self.hidden_bias
        return np.maximum(inner, 0.0, out=inner) @ self.output + self.output_bias


@dataclass(frozen=True)
class Model:
    """Both stages for one kind of page."""

    tokens: TokenModel
    network: Network
    trees: Trees
    kind: PageKind | None = None

    def read(self, view: View) -> Opinion:
        """What the model thinks of the blocks of a page; there must be at least one."""
        words = self.tokens.word_scores(view)
        at_home = words.known >= _AT_HOME
        scores = words.scores if at_home else _abroad(words.scores, view)
        paths = self.tokens.path_scores(view)
        columns = columns_of(arrays_of(view), paths, scores, compiled=view.compiled)
        logits = (self.network.logits(columns) + self.trees.logits(columns, compiled=view.compiled)) / 2
        kinds = None if self.kind is None else self.kind.read(numbers_of(sigmoid(paths + scores), view))
        return Opinion(sigmoid(logits), words.loudest, at_home, kinds)

    def strongest(self, view: View, places: Sequence[int]) -> list[list[tuple[float, str]]]:
        """For each of some ways the weights and tokens of its elements that speak loudest against content, sorted."""
        return self.tokens.strongest(view, places)


def _abroad(scores: Any, view: View) -> Any:
    """What the words of blocks say, (n,), in a language that the model never read.

    Words that happen to be known say nothing: of English prose three in four paragraphs score .8 or more, of prose in
    other languages one in eight. In labels of HTML many are English after all ("Facebook", "Newsletter").
    """
    return np.where(view.columns.prose, np.maximum(scores, _PROSE), scores) if view.kind == "html" else 0 * scores


def arrays_of(view: View) -> Features | Lines:
    """The features of a page of HTML, or of a text."""
    if view.kind == "html":
        return features_of(view)
    said = [sum([reason.score for reason in reasons]) if reasons else 0.0 for reasons in view.spoken]
    return lines_of(view, np.array(said))


def columns_of(features: Features | Lines, paths: Any, texts: Any, *, compiled: bool = COMPILED) -> Any:
    """All columns of the second stage, (n, COLUMNS of its kind)."""
    if isinstance(features, Lines):
        return np.hstack([features.dense, line_context(paths, texts, features.words, compiled=compiled)])
    return np.hstack([features.dense, context(paths, texts, features, compiled=compiled)])


@cache
def load_model(kind: Kind, folder: Path = WEIGHTS) -> Model | None:
    """The model for a kind of page; None where there are no weights for it.

    Raises `ValueError` for weights that were made for other columns.
    """
    file = folder / f"{kind}.npz"
    if not file.is_file():
        return None
    with np.load(file, allow_pickle=False) as data:
        columns = COLUMNS if kind == "html" else lines.COLUMNS
        if data["mean"].shape != (columns,):
            raise ValueError(f"{file}: made for {data['mean'].shape[0]} columns, not {columns}; train it again")
        names = bytes(data["tokens"]).decode("utf-8").split("\n") if len(data["tokens"]) else []
        weights = dict(zip(names, (data["token_weights"] * float(data["token_scale"])).tolist(), strict=True))
        tokens = TokenModel(weights, float(data["token_bias"]))
        arrays = {name: data[name].astype(np.float32) for name in ("mean", "scale", "hidden", "hidden_bias", "output")}
        network = Network(**arrays, output_bias=float(data["output_bias"]))
        trees = Trees(data["columns"], data["thresholds"], data["leaves"].astype(np.float32), float(data["trees_bias"]))
        page_kind = None
        if "kind_weights" in data:
            if data["kind_weights"].shape != (NUMBERS, len(KINDS_OF_PAGE)):
                raise ValueError(f"{file}: made for other numbers than the {NUMBERS} of a page; train it again")
            page_kind = PageKind(data["kind_mean"], data["kind_scale"], data["kind_weights"], data["kind_bias"])
        return Model(tokens, network, trees, page_kind)


@cache
def digest_of_weights(folder: Path) -> str:
    """128-bit hexadecimal digest over all weights files of a folder."""
    digest = hashlib.blake2b(digest_size=16)
    for file in sorted(folder.glob("*.npz")):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()
