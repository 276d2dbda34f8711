"""Oblivious trees: every tree asks the same few questions of every block, so a page is answered by one comparison.

A tree of depth d has d questions (a column and a threshold) and 2**d leaves; a block's answers, read as a binary
number, are its leaf. Fitted in `train/trees.py`; running them needs NumPy only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Trees:
    """Log odds as a sum over trees. `columns` and `thresholds` are (trees, depth), `leaves` (trees, 2**depth)."""

    columns: Any
    thresholds: Any
    leaves: Any
    bias: float

    def logits(self, rows: Any) -> Any:
        """Log odds of content, (n,) for rows of (n, columns)."""
        trees, depth = self.columns.shape
        across = np.ascontiguousarray(rows.T)  # whole columns are copied faster than single cells
        leaf = np.zeros((trees, len(rows)), dtype=np.uint8)
        for level in range(depth):
            leaf <<= 1
            leaf |= across[self.columns[:, level]] > self.thresholds[:, level, None]
        places = leaf + (np.arange(trees, dtype=np.int32) << depth)[:, None]
        return self.leaves.ravel().take(places).sum(axis=0) + self.bias
