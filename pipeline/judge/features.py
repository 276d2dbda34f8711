"""What the second model sees of each block, as arrays: its text, its place, its path, and the page as a whole.

Everything is computed once a page, on arrays. `dense` does not know the token model; `context` spreads that model's
scores over the neighbourhood: the blocks beside, those on the same path, those in the same box.
Training and judging both come through here. A changed column needs new weights (`COLUMNS` is checked on loading).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from pipeline.document import BlockKind
from pipeline.judge.view import View, is_sentence, squeeze

Array = npt.NDArray[np.float32]
Groups = tuple[npt.NDArray[np.int64], int]

_KINDS = get_args(BlockKind)
_BOXES = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "article": r"^article\b", "main": r"^main\b|\[main\]", "nav": r"^(nav|menu)\b|\[navigation\]",
        "header": r"^header\b", "footer": r"^footer\b|\[contentinfo\]", "aside": r"^aside\b|\[complementary\]",
        "button": r"^button\b|\[button\]|^label\b", "form": r"^form\b", "figcaption": r"^figcaption\b",
        "comment": r"comment", "related": r"related|recommend|more-|similar|also", "share": r"share|social",
        "content": r"content|entry|post-|article-body|story", "sidebar": r"sidebar|widget",
        "product": r"product|price|cart", "window": r"modal|popup|cookie|consent",
    }.items()
}  # fmt: skip
_ANY_BOX = re.compile("|".join(box.pattern for box in _BOXES.values()), re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_SAMPLE = 200  # characters of a block whose letters are counted
COLUMNS = 93


@dataclass(frozen=True)
class Features:
    """The arrays of a page of n blocks: `dense` (n, columns), words (n,), and who shares a path or a box with whom."""

    dense: Array
    words: npt.NDArray[np.float64]
    same_path: Groups
    same_box: tuple[Groups, ...]


def sigmoid(values: Any) -> Any:
    """The logistic function, safe for large values."""
    return 1.0 / (1.0 + np.exp(-np.clip(values, -30, 30)))


def group(keys: Sequence[Hashable]) -> Groups:
    """Number equal keys: the number of each, and how many there are."""
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64), len(numbers)


def mean_by(values: Any, groups: Groups, weights: Any = None) -> Any:
    """For each block the weighted mean over its group."""
    numbers, count = groups
    weights = np.ones(len(values)) if weights is None else weights
    sums = np.bincount(numbers, values * weights, count)
    return (sums / np.maximum(np.bincount(numbers, weights, count), 1e-9))[numbers]


def window_mean(values: Any, reach: int, weights: Any = None) -> Any:
    """For each block the weighted mean over itself and `reach` blocks on either side."""
    count = len(values)
    weights = np.ones(count) if weights is None else weights
    sums = np.concatenate([[0.0], np.cumsum(values * weights)])
    totals = np.concatenate([[0.0], np.cumsum(weights)])
    low = np.maximum(np.arange(count) - reach, 0)
    high = np.minimum(np.arange(count) + reach + 1, count)
    return (sums[high] - sums[low]) / np.maximum(totals[high] - totals[low], 1e-9)


def features_of(view: View) -> Features:
    """The features of a page; its blocks must be at least one."""
    blocks = view.blocks
    words = np.array(view.words, dtype=np.float64)
    paths = [_DIGITS.sub("0", block.path) for block in blocks]
    same_path = group(paths)
    parts = [path.split(">") for path in paths]
    same_box = tuple(group([">".join(part[:-up]) for part in parts]) for up in (1, 2, 3))
    own = _of_text(view, words)
    place = _of_place(view, words, same_path, own)
    boxes = _boxes([block.path for block in blocks])
    columns = np.column_stack([*own.values(), *place, boxes])
    page = _of_page(own, boxes, same_path, words)
    dense = np.hstack([columns, np.tile(page, (len(blocks), 1))]).astype(np.float32)
    return Features(dense, words, same_path, same_box)


def _boxes(paths: Sequence[str]) -> Any:
    """Which named boxes lie around each path, a column each."""
    masks: dict[str, int] = {}
    for path in paths:
        if path not in masks:
            mask = 0
            for element in path.split(">"):
                mask |= _boxes_of(element)
            masks[path] = mask
    bits = np.array([masks[path] for path in paths])
    return ((bits[:, None] >> np.arange(len(_BOXES))) & 1).astype(np.float64)


@lru_cache(maxsize=50_000)
def _boxes_of(element: str) -> int:
    """The named boxes that one element is, a bit each; sites repeat their elements, so they are remembered."""
    if not _ANY_BOX.search(element):  # most elements are none
        return 0
    return sum(1 << bit for bit, box in enumerate(_BOXES.values()) if box.search(element))


def _of_text(view: View, words: Any) -> dict[str, Any]:
    """Columns of each block by itself."""
    blocks = view.blocks
    samples = [block.text[:_SAMPLE] for block in blocks]
    lengths = np.array([max(1, len(sample)) for sample in samples], dtype=np.float64)
    columns: dict[str, Any] = {
        "words": np.log1p(words),
        "characters": np.log1p([len(block.text) for block in blocks]),
        "links": np.array([block.link_share for block in blocks]),
        "end": np.array([is_sentence(block.text) for block in blocks], dtype=np.float64),
        "commas": np.array([text.count(",") + text.count("、") + text.count("،") for text in samples])
        / np.maximum(words, 1),
        "digits": np.array([len(text) - len(_DIGITS.sub("", text)) for text in samples]) / lengths,
        "capitals": np.array([sum(map(str.isupper, text)) for text in samples]) / lengths,
        "hidden": np.array([bool(block.hidden) for block in blocks], dtype=np.float64),
        "closed": np.array([block.closed for block in blocks], dtype=np.float64),
    }
    for kind in _KINDS:
        columns[kind] = np.array([block.kind == kind for block in blocks], dtype=np.float64)
    columns["level"] = np.array([block.level / 6 if block.kind == "heading" else 0.0 for block in blocks])
    columns["depth"] = np.array([block.path.count(">") / 12 for block in blocks])
    columns["prose"] = np.array(view.prose, dtype=np.float64) * (1 - columns["hidden"])
    return columns


def _of_place(view: View, words: Any, same_path: Groups, own: dict[str, Any]) -> list[Any]:
    """Columns of each block among the others."""
    count = len(words)
    shown = words * (1 - own["hidden"])
    total = max(float(shown.sum()), 1.0)
    numbers, paths = same_path
    order = np.arange(count)
    headings = np.flatnonzero((own["heading"] > 0) & (own["level"] == 1 / 6) & (own["hidden"] == 0))
    first = int(headings[0]) if len(headings) else -1
    title = squeeze(view.title)
    copies = Counter(view.squeezed)
    return [
        order / max(count - 1, 1),
        np.cumsum(shown) / total,
        np.log1p(np.bincount(numbers, minlength=paths)[numbers]),
        np.bincount(numbers, shown, paths)[numbers] / total,
        np.clip((order - first) / 50, -3, 10) if first >= 0 else np.zeros(count),
        (order >= first).astype(float) if first >= 0 else np.zeros(count),
        np.array([float(bool(title) and text == title) for text in view.squeezed]),
        np.log([copies[text] for text in view.squeezed]),
        _again(view.squeezed),
        window_mean(words, 2) / 20,
        window_mean(words, 5) / 20,
        window_mean(own["links"], 2),
        window_mean(own["links"], 5),
        window_mean(own["prose"], 3),
        window_mean(own["prose"], 8),
        window_mean(own["end"], 3),
        mean_by(own["words"], same_path),
        mean_by(own["links"], same_path),
        mean_by(own["end"], same_path),
    ]


def _again(texts: Sequence[str]) -> Any:
    """1 for each text that came before."""
    seen: set[str] = set()
    again = np.zeros(len(texts))
    for index, text in enumerate(texts):
        again[index] = text in seen
        seen.add(text)
    return again


def _of_page(own: dict[str, Any], boxes: Any, same_path: Groups, words: Any) -> Any:
    """What all blocks of a page share."""
    count = len(words)
    shown = words * (1 - own["hidden"])
    total = max(float(shown.sum()), 1.0)
    numbers, paths = same_path
    names = list(_BOXES)
    characters = np.expm1(own["characters"])
    return np.array(
        [
            math.log1p(total),
            math.log1p(count),
            float((own["links"] * characters).sum() / max(characters.sum(), 1)),
            float(own["prose"].mean()),
            float((own["prose"] * words).sum() / total),
            float(((own["heading"] > 0) & (own["level"] == 1 / 6)).any()),
            float(words.mean()) / 20,
            *(float(boxes[:, names.index(name)].mean()) for name in ("article", "main", "comment", "product")),
            float(own["item"].mean()),
            float(own["row"].mean()),
            float(own["digits"].mean()),
            float((np.bincount(numbers, minlength=paths)[numbers] > 5).mean()),
            float(shown.max() / total),
        ]
    )


def context(paths: Any, texts: Any, features: Features) -> Array:
    """Columns that spread the token scores (`paths` + `texts`, log odds, (n,) each) over each block's neighbourhood."""
    scores = np.clip(paths + texts, -8, 8)
    likely = sigmoid(scores)
    weights = np.sqrt(features.words + 1)
    columns = [scores, likely]
    for step in (1, 2, 3):
        columns += [_shifted(likely, step), _shifted(likely, -step)]
    columns += [window_mean(likely, reach, weights) for reach in (4, 10, 25)]
    columns += [mean_by(likely, groups, weights) for groups in (features.same_path, *features.same_box)]
    sums = np.cumsum(likely * features.words)
    page = [(likely * weights).sum() / weights.sum(), sums[-1] / max(features.words.sum(), 1), likely.max()]
    columns += [np.full(len(scores), value) for value in page]
    columns += [np.maximum.accumulate(likely), np.maximum.accumulate(likely[::-1])[::-1], sums / max(sums[-1], 1e-9)]
    columns += [np.clip(paths, -8, 8), np.clip(texts, -8, 8)]
    return np.column_stack(columns).astype(np.float32)


def _shifted(values: Any, step: int) -> Any:
    """Each block's neighbour `step` places before it (behind it, if negative); 0 beyond the ends."""
    moved = np.zeros(len(values))
    if abs(step) < len(values):
        if step > 0:
            moved[step:] = values[:-step]
        else:
            moved[:step] = values[-step:]
    return moved
