"""The learned model: how likely each block is content, and what speaks for and against it.

Two stages, as they were trained (`pipeline/train`). A linear model over tokens reads the words of a block and the
names of the elements around it; small networks, averaged, then see its scores over the neighbourhood beside the
features of text and place. Weights are data, a file for each kind of page; running them needs NumPy only.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.document import Kind
from pipeline.judge.features import COLUMNS, Features, context, features_of, sigmoid
from pipeline.judge.view import View

WEIGHTS = Path(__file__).parent / "weights"
_WORD_TOKENS = ("w:", "W:", "F:", "L:")
CLIP = 5.0  # standard deviations beyond which a column says no more


@dataclass(frozen=True)
class TokenModel:
    """A linear model over tokens: log odds of content. Tokens of paths and of words are normalised apart."""

    weights: dict[str, float]
    bias: float

    def score(self, tokens: list[str]) -> float:
        """The sum of the weights of `tokens`, over the root of how many are known."""
        found = [weight for token in tokens if (weight := self.weights.get(token)) is not None]
        return sum(found) / len(found) ** 0.5 if found else 0.0

    def scores(self, view: View) -> tuple[Any, Any]:
        """Scores of the paths and shapes (with the bias), and of the words: two arrays over the blocks."""
        tokens = view.tokens
        paths = np.array([self.score(around) for around, _ in tokens]) + self.bias
        return paths, np.array([self.score(words) for _, words in tokens])

    @cached_property
    def words(self) -> frozenset[str]:
        """The single words that the model has a weight for."""
        return frozenset(token[2:] for token in self.weights if token[:2] in _WORD_TOKENS)


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
        inner = np.clip((columns - self.mean) / self.scale, -CLIP, CLIP) @ self.hidden + self.hidden_bias
        return np.maximum(inner, 0.0) @ self.output + self.output_bias


@dataclass(frozen=True)
class Model:
    """Both stages for one kind of page."""

    tokens: TokenModel
    network: Network

    def probabilities(self, view: View) -> Any:
        """How likely each block of a page is content: an array over its blocks."""
        if not view.blocks:
            return np.zeros(0)
        paths, texts = self.tokens.scores(view)
        return sigmoid(self.network.logits(columns_of(features_of(view), paths, texts)))

    def strongest(self, tokens: list[str]) -> list[str]:
        """The three tokens that speak loudest against content."""
        weights = self.tokens.weights
        against = {token: weight for token in tokens if (weight := weights.get(token, 0.0)) < 0}
        return sorted(against, key=lambda token: (against[token], token))[:3]

    def familiarity(self, view: View) -> float:
        """Which share of the distinct words of a page the model knows, 0 to 1: low for languages it never read."""
        words = {token[2:] for _, tokens in view.tokens for token in tokens if token[:2] in _WORD_TOKENS}
        return len(words & self.tokens.words) / max(1, len(words))


def columns_of(features: Features, paths: Any, texts: Any) -> Any:
    """All columns of the second stage, (n, COLUMNS)."""
    return np.hstack([features.dense, context(paths, texts, features)])


@cache
def load_model(kind: Kind, folder: Path = WEIGHTS) -> Model | None:
    """The model for a kind of page; None where there are no weights for it.

    Raises `ValueError` for weights that were made for other columns.
    """
    file = folder / f"{kind}.npz"
    if not file.is_file():
        return None
    with np.load(file, allow_pickle=False) as data:
        if data["mean"].shape != (COLUMNS,):
            raise ValueError(f"{file}: made for {data['mean'].shape[0]} columns, not {COLUMNS}; train it again")
        names = bytes(data["tokens"]).decode("utf-8").split("\n") if len(data["tokens"]) else []
        weights = dict(zip(names, (data["token_weights"] * float(data["token_scale"])).tolist(), strict=True))
        tokens = TokenModel(weights, float(data["token_bias"]))
        arrays = {name: data[name].astype(np.float32) for name in ("mean", "scale", "hidden", "hidden_bias", "output")}
        return Model(tokens, Network(**arrays, output_bias=float(data["output_bias"])))


@cache
def digest_of_weights(folder: Path) -> str:
    """128-bit hexadecimal digest over all weights files of a folder."""
    digest = hashlib.blake2b(digest_size=16)
    for file in sorted(folder.glob("*.npz")):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()
