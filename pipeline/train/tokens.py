"""The first stage: a linear model over tokens, fitted by averaged Adam over mini-batches, in NumPy.

Only tokens of several domains are learned, so that no site is memorised. The small weights are pruned and the rest
rounded to eight bits *before* the second stage is trained, so that it sees the scores that it will see at work.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.judge.token_model import TokenModel

MIN_DOMAINS = 4
_PRUNED = 0.12  # weights nearer to zero are dropped
_PASSES = 6
_BATCH = 1024
_FEWEST_STEPS = 200  # little data is shown more often
_RATE = 0.02
_DECAY = 5e-6


@dataclass(frozen=True)
class TokenRows:
    """The known tokens of many blocks: `ids` of all, where each row starts, and the factor that normalises each."""

    ids: Any
    starts: Any
    factors: Any

    def __len__(self) -> int:
        """How many rows."""
        return len(self.starts) - 1


def vocabulary(pages: Iterable[tuple[str, Iterable[str]]]) -> dict[str, int]:
    """Tokens of at least `MIN_DOMAINS` domains, numbered in alphabetical order; `pages` are (domain, tokens)."""
    domains: dict[str, set[str]] = defaultdict(set)
    for domain, tokens in pages:
        for token in tokens:
            domains[token].add(domain)
    return {token: n for n, token in enumerate(sorted(t for t, some in domains.items() if len(some) >= MIN_DOMAINS))}


def rows_of(token_lists: Sequence[Sequence[str]], known: dict[str, int]) -> TokenRows:
    """The known tokens of each list, each weighing one over the root of how many there are."""
    lists = [[known[token] for token in tokens if token in known] for tokens in token_lists]
    counts = np.array([len(some) for some in lists])
    ids = np.array([number for some in lists for number in some], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(counts)])
    return TokenRows(ids, starts, np.repeat(1 / np.sqrt(np.maximum(counts, 1)), counts))


def scores(rows: TokenRows, vector: Any) -> Any:
    """What a token model says of each row, as `TokenModel.score` does; `vector` holds its weights by number."""
    weights = vector[rows.ids]
    owner = np.repeat(np.arange(len(rows)), np.diff(rows.starts))
    found = np.bincount(owner, weights != 0, len(rows))
    return np.bincount(owner, weights, len(rows)) / np.sqrt(np.maximum(found, 1))


def fit(paths: TokenRows, texts: TokenRows, labels: Any, weights: Any, known: dict[str, int], seed: int) -> TokenModel:
    """Fit the weights of path and word tokens together. Arrays run over the same blocks."""
    size = len(known)
    state = np.zeros((3, size + 1))  # weights with the bias last, and Adam's two moments
    mean = np.zeros(size + 1)
    random = np.random.default_rng(seed)
    step = 0
    batches = -(-len(labels) // _BATCH)
    for number in range(max(_PASSES, _FEWEST_STEPS // batches)):
        order = random.permutation(len(labels))
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            step += 1
            gradient = _gradient(state[0], batch, (paths, texts), labels, weights)
            _adam(state, gradient, step)
            if number:  # the first pass is not averaged
                mean += (state[0] - mean) / (step - batches)
    return rounded(dict(zip(known, mean[:size].tolist(), strict=True)), float(mean[size]))


def _gradient(current: Any, batch: Any, sides: tuple[TokenRows, TokenRows], labels: Any, weights: Any) -> Any:
    """The gradient of the log loss over a batch of rows."""
    size = len(current) - 1
    logits = np.full(len(batch), current[size])
    parts = []
    for rows in sides:
        counts = rows.starts[batch + 1] - rows.starts[batch]
        local = np.repeat(np.arange(len(batch)), counts)
        places = np.arange(counts.sum()) + np.repeat(rows.starts[batch] - np.cumsum(counts) + counts, counts)
        ids, factors = rows.ids[places], rows.factors[places]
        logits += np.bincount(local, current[ids] * factors, len(batch))
        parts.append((local, ids, factors))
    error = (1 / (1 + np.exp(-np.clip(logits, -30, 30))) - labels[batch]) * weights[batch] / len(batch)
    gradient = _DECAY * current
    for local, ids, factors in parts:
        gradient[:size] += np.bincount(ids, error[local] * factors, size)
    gradient[size] += error.sum()
    return gradient


def _adam(state: Any, gradient: Any, step: int) -> None:
    """One step of Adam, in place."""
    state[1] += 0.1 * (gradient - state[1])
    state[2] += 0.001 * (gradient**2 - state[2])
    state[0] -= _RATE * (state[1] / (1 - 0.9**step)) / (np.sqrt(state[2] / (1 - 0.999**step)) + 1e-8)


def rounded(weights: dict[str, float], bias: float) -> TokenModel:
    """The model as the weights file holds it: pruned, and in 255 steps."""
    scale = scale_of(weights)
    steps = {token: round(weight / scale) for token, weight in weights.items() if abs(weight) >= _PRUNED}
    return TokenModel({token: step * scale for token, step in steps.items()}, bias)


def scale_of(weights: dict[str, float]) -> float:
    """The width of one of 255 steps."""
    return max((abs(weight) for weight in weights.values()), default=1.0) / 127
