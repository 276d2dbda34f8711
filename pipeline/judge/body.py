"""Columns that say where a block stands to the body of its page, told without the token model.

Observation: whatever the language, an article has paragraphs in one box, and what follows them (teasers, comments, the
footer) stands in others. The box with most prose outside links is taken for the body; of each block it is said how much
of the body's path it shares, and whether it stands before, in or after it. Beside that: what stands on the same path,
and under which heading. All counts leave out what no reader sees.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pipeline.judge.columns import KINDS, total
from pipeline.judge.view import View
from pipeline.judge.ways import Ways

COLUMNS = 29


def body_columns(view: View, same_path: tuple[Any, int]) -> list[Any]:
    """COLUMNS columns, each (n,), for a page of n blocks; `same_path` numbers the paths, as `Features` does."""
    known = view.columns
    links = known.links
    words = known.words * known.shown
    text = words * (1 - links)
    prose = (known.prose & known.shown).astype(np.float64)
    told = prose * text * (1 - 0.5 * known.closed)
    columns = _of_body(view, words, text, prose, told)
    columns += _of_path(same_path, words, text, prose, told)
    return columns + _of_heading(view, links, prose, known.words + 0.5)


def _of_body(view: View, words: Any, text: Any, prose: Any, told: Any) -> list[Any]:
    """Ten columns of a block's place to the body, and nine of the page."""
    ways, boxes = view.ways, view.columns.boxes
    sums = np.bincount(boxes, told)
    box = int(sums.argmax())
    own = boxes == box
    paragraphs = np.flatnonzero(own & (prose > 0)) if sums[box] else np.zeros(0, dtype=np.int64)
    count, whole = len(words), max(total(text), 1.0)
    first, last = (paragraphs[0], paragraphs[-1]) if len(paragraphs) else (0, 0)
    second = float(np.partition(sums, -2)[-2]) if len(sums) > 1 else 0.0
    page = [
        np.log1p(sums[box]), sums[box] / whole, total(prose * text) / whole, np.log1p(prose.sum()), np.log1p(whole),
        whole / max(float(words.sum()), 1.0), total(own * text) / whole if len(paragraphs) else 0.0,
        (last - first + 1) / count if len(paragraphs) else 0.0, second / max(float(sums[box]), 1.0),
    ]  # fmt: skip
    spread = [np.full(count, value) for value in page]
    if not len(paragraphs):
        return [np.zeros(count)] * 10 + spread
    order = np.arange(count)
    depth = ways.depth[ways.of_blocks] + 1
    body = int(ways.around(ways.of_blocks[own.argmax()]))
    shared = _shared(ways, body)[ways.of_blocks]
    whole_path = ways.depth[body] + 1
    after = order - last
    return [
        own.astype(np.float64), shared / whole_path, (whole_path - shared) / 8, (depth - shared) / 12,
        (order < first).astype(np.float64), (after > 0).astype(np.float64),
        ((order >= first) & (after <= 0)).astype(np.float64),
        np.log1p(np.maximum(first - order, 0)), np.log1p(np.maximum(after, 0)),
        np.sign(after) * np.log1p(np.abs(after)), *spread,
    ]  # fmt: skip


def _shared(ways: Ways, body: int) -> Any:
    """How many elements each way shares with the one to the body, from the outside in."""
    depths: dict[int, int] = {}
    numbers = ways.number.tolist()
    step, depth = body, int(ways.depth[body])
    while step >= 0:
        depths[numbers[step]] = depth + 1
        step, depth = ways.outers[step], depth - 1
    shared = [0]  # beyond the outermost
    for number, outer in zip(numbers, ways.outers, strict=True):
        shared.append(depths.get(number) or shared[outer + 1])
    return np.array(shared[1:])


def _of_path(same_path: tuple[Any, int], words: Any, text: Any, prose: Any, told: Any) -> list[Any]:
    """Four columns: prose, words, and shares of the page's prose and text on the same path."""
    numbers, count = same_path
    sizes = np.bincount(numbers, minlength=count)
    return [
        (np.bincount(numbers, prose, count) / np.maximum(sizes, 1))[numbers],
        np.log1p(np.bincount(numbers, words, count))[numbers],
        (np.bincount(numbers, told, count) / max(total(told), 1.0))[numbers],
        (np.bincount(numbers, text, count) / max(total(text), 1.0))[numbers],
    ]


def _of_heading(view: View, links: Any, prose: Any, weights: Any) -> list[Any]:
    """Six columns: links and level of the last heading, how far it is, and links, prose and size of its section."""
    heads = (view.columns.kinds == KINDS["heading"]) & view.columns.shown
    order = np.arange(len(heads))
    last = np.maximum.accumulate(np.where(heads, order, -1))
    found = last >= 0
    at = np.maximum(last, 0)
    levels = view.columns.levels / 6
    section = np.cumsum(heads)
    totals = np.maximum(np.bincount(section, weights), 1e-9)
    return [
        np.where(found, links[at], 0.0),
        np.where(found, levels[at], 0.0),
        np.log1p(np.where(found, order - last, order)),
        (np.bincount(section, links * weights) / totals)[section],
        (np.bincount(section, prose * weights) / totals)[section],
        np.log1p(np.bincount(section))[section],
    ]
