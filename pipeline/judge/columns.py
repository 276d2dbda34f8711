"""The blocks of a page as columns: what many kinds of evidence ask of every block, as arrays that are made once.

What belongs here: plain readings of blocks. What is made of them is said where it is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np

from pipeline.document import Block, BlockKind
from pipeline.judge.compiled import counted
from pipeline.judge.ways import Ways

KINDS: dict[BlockKind, int] = {kind: number for number, kind in enumerate(get_args(BlockKind))}
"""The kinds of blocks, numbered."""
_ENDS = frozenset(".!?…。！？।॥؟۔")
_CLOSING = "\"'”’»)]"
_PROSE, _LONG = 12, 40  # words from which a text reads like prose with an end, and without
_TYPES = (np.int64, *[np.float64] * 3, *[bool] * 5, *[np.int64] * 2)  # of the columns, in their order


@dataclass(frozen=True)
class Columns:
    """Arrays over the n blocks of a page, (n,) each.

    `kinds` are numbers by `KINDS`; `words`, `links` (the share of link text) and `levels` floats; `shown`, `closed`,
    `tight` (whole, and right behind one of its sort), `prose` and `ends` (like a sentence) truth values; `paths` and
    `boxes` number the path of each block and the box around its innermost element, so that paths which differ in their
    digits only are one.
    """

    kinds: Any
    words: Any
    levels: Any
    links: Any
    shown: Any
    closed: Any
    tight: Any
    prose: Any
    ends: Any
    paths: Any
    boxes: Any


def total(values: Any) -> float:
    """The sum of an array, from its first number to its last; NumPy's own adds in an order of its own."""
    return float(np.cumsum(values)[-1]) if len(values) else 0.0


def is_sentence(text: str) -> bool:
    """Whether a text ends as sentences do, in any script that has such an end."""
    return text.rstrip(_CLOSING)[-1:] in _ENDS


def columns_of_blocks(blocks: Sequence[Block], words: Sequence[int], ways: Ways, *, compiled: bool) -> Columns:
    """The columns of a page of n blocks, given how many words each has and the ways of their paths."""
    if compiled:
        read = counted.read_blocks(blocks, words, ways, KINDS, "".join(_ENDS), _CLOSING)
        return Columns(*[np.frombuffer(column, kind) for column, kind in zip(read, _TYPES, strict=True)])
    ends = [is_sentence(block.text) for block in blocks]
    prose = [
        count >= _PROSE and block.link_share < 0.5 and (end or count >= _LONG)
        for count, end, block in zip(words, ends, blocks, strict=True)
    ]
    return Columns(
        kinds=np.array([KINDS[block.kind] for block in blocks], dtype=np.int64),
        levels=np.array([block.level for block in blocks], dtype=np.float64),
        words=np.array(words, dtype=np.float64),
        links=np.array([block.link_share for block in blocks], dtype=np.float64),
        shown=np.array([not block.hidden for block in blocks], dtype=bool),
        closed=np.array([block.closed for block in blocks], dtype=bool),
        tight=np.array([block.tight and block.joint is None for block in blocks], dtype=bool),
        prose=np.array(prose, dtype=bool),
        ends=np.array(ends, dtype=bool),
        paths=ways.number[ways.of_blocks],
        boxes=ways.number[ways.around(ways.of_blocks)],
    )
