"""Which blocks of a page are content, told by the text that a person took from it.

The words of all blocks and of the gold text are aligned by their longest common subsequence; a block is content as far
as its words are matched. Long blocks may also stand elsewhere in the gold text than on the page: four words in a row
that the gold text has count for them wherever they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

_WORD = re.compile(r"\w+")
_LONG = 6  # words


def label(texts: Sequence[str], gold: str) -> tuple[Any, Any]:
    """The share of each text's words that the gold text has, (n,) from 0 to 1, and how many words each has."""
    from rapidfuzz.distance import LCSseq  # noqa: PLC0415 - of the extra `train`

    words = [_WORD.findall(text.lower()) for text in texts]
    counts = np.array([len(some) for some in words], dtype=np.float64)
    wanted = _WORD.findall(gold.lower())
    matched = np.zeros(len(texts))
    if not wanted or not counts.sum():
        return matched, counts
    numbers = {word: number for number, word in enumerate(dict.fromkeys(wanted))}
    flat = [numbers.get(word, -1) for some in words for word in some]
    owner = np.repeat(np.arange(len(texts)), counts.astype(int))
    for step in LCSseq.opcodes(flat, [numbers[word] for word in wanted]):
        if step.tag == "equal":
            np.add.at(matched, owner[step.src_start : step.src_end], 1)
    runs = set(_fours(wanted))
    for index, some in enumerate(words):
        if len(some) >= _LONG:
            found = sum(run in runs for run in _fours(some))
            matched[index] = max(matched[index], len(some) * found / (len(some) - 3))
    return np.minimum(matched / np.maximum(counts, 1), 1.0), counts


def _fours(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Every four words in a row."""
    return list(zip(words, words[1:], words[2:], words[3:], strict=False))
