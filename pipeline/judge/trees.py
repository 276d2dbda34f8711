"""Oblivious trees: every tree asks the same few questions of every block, so a page is answered by one comparison.

A tree of depth d has d questions (a column and a threshold) and 2**d leaves; a block's answers, read as a binary
number, are its leaf. Fitted in `train/trees.py`; running them needs NumPy only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.judge.compiled import COMPILED, counted


@dataclass(frozen=True)
class Trees:
    """Log odds as a sum over trees, from the first to the last.

    `columns` (int32) and `thresholds` (float32) are (trees, depth), `leaves` (float32) (trees, 2**depth).
    """

    columns: Any
    thresholds: Any
    leaves: Any
    bias: float

    def logits(self, rows: Any, *, compiled: bool = COMPILED) -> Any:
        """Log odds of content, (n,) for rows of (n, columns), all float32."""
        trees, depth = self.columns.shape
        across = np.ascontiguousarray(rows.T)  # whole columns are copied faster than single cells
        if compiled:
            known, questions = len(across), (self.columns, self.thresholds, depth)
            answers = counted.logits(across, known, *questions, self.leaves, self.bias)
            return np.frombuffer(answers, dtype=np.float32)
        leaf = np.zeros((trees, len(rows)), dtype=np.uint8)
        for level in range(depth):
            leaf <<= 1
            leaf |= across[self.columns[:, level]] > self.thresholds[:, level, None]
        places = leaf + (np.arange(trees, dtype=np.int32) << depth)[:, None]
        return np.cumsum(self.leaves.ravel().take(places), axis=0)[-1] + self.bias
