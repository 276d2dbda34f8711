"""The second stage: small networks over features, fitted by Adam in NumPy, a few passes only.

More passes or more units learn the training pages by heart. Columns are standardised, clipped, and dropped at random
while learning; a part of the pages is shown a second time without their words, as pages in other languages will look.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pipeline.judge.features import sigmoid
from pipeline.judge.model import CLIP, Network

_UNITS = 24
_PASSES = 5
_BATCH = 512
_FEWEST_STEPS = 300  # little data is shown more often
_RATE = 3e-3
_DROPPED = 0.15  # share of the columns of each row
_DECAY = 1e-3


def fit(columns: Any, labels: Any, weights: Any, seeds: tuple[int, ...]) -> Network:
    """Networks over `columns` (n, columns), one a seed, averaged. `labels` are 0 or 1, `weights` have the mean 1."""
    mean = columns.mean(0)
    scale = columns.std(0) + 1e-6
    standard = np.clip((columns - mean) / scale, -CLIP, CLIP).astype(np.float32)
    parts = [_fit_one(standard, labels.astype(np.float32), weights.astype(np.float32), seed) for seed in seeds]
    hidden, hidden_bias, output, output_bias = zip(*parts, strict=True)
    return Network(
        mean.astype(np.float32),
        scale.astype(np.float32),
        np.concatenate(hidden, axis=1),
        np.concatenate(hidden_bias),
        np.concatenate(output) / np.float32(len(seeds)),
        float(np.mean(output_bias)),
    )


def _fit_one(columns: Any, labels: Any, weights: Any, seed: int) -> list[Any]:
    """One network: hidden weights and biases, output weights and bias."""
    random = np.random.default_rng(seed)
    width = columns.shape[1]
    now = [
        (random.standard_normal((width, _UNITS)) / np.sqrt(width)).astype(np.float32),
        np.zeros(_UNITS, np.float32),
        (random.standard_normal(_UNITS) / np.sqrt(_UNITS)).astype(np.float32),
        np.zeros((), np.float32),
    ]
    first, second = [np.zeros_like(part) for part in now], [np.zeros_like(part) for part in now]
    batches = max(1, len(columns) // _BATCH)
    steps = max(_PASSES * batches, _FEWEST_STEPS)
    for step in range(1, steps + 1):
        if (step - 1) % batches == 0:
            order = random.permutation(len(columns))
        batch = order[((step - 1) % batches) * _BATCH :][:_BATCH]
        gradients = _gradients(now, columns[batch], labels[batch], weights[batch], random)
        rate = _RATE * 0.5 * (1 + np.cos(np.pi * step / steps))
        for part, gradient in enumerate(gradients):
            first[part] = 0.9 * first[part] + 0.1 * gradient
            second[part] = 0.999 * second[part] + 0.001 * gradient**2
            change = (first[part] / (1 - 0.9**step)) / (np.sqrt(second[part] / (1 - 0.999**step)) + 1e-8)
            decay = _DECAY * now[part] if part in (0, 2) else 0.0
            now[part] = (now[part] - rate * (change + decay)).astype(np.float32)
    return now


def _gradients(now: list[Any], rows: Any, labels: Any, weights: Any, random: np.random.Generator) -> list[Any]:
    """The gradients of the log loss over a batch, with columns dropped at random."""
    hidden, hidden_bias, output, output_bias = now
    rows = rows * (random.random(rows.shape, dtype=np.float32) > _DROPPED) / np.float32(1 - _DROPPED)
    inner = rows @ hidden + hidden_bias
    active = np.maximum(inner, 0)
    error = (sigmoid(active @ output + output_bias) - labels) * weights / len(rows)
    back = np.outer(error, output) * (inner > 0)
    return [rows.T @ back, back.sum(0), active.T @ error, error.sum()]
