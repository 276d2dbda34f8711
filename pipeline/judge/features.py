"""What the second model sees of each block, as arrays: its text, its place, its path, and the page as a whole.

Everything is computed once a page, on arrays. `dense` does not know the token model; `context` spreads that model's
scores over the neighbourhood: the blocks beside, those on the same path, those in the same box.
Training and judging both come through here. A changed column needs new weights (`COLUMNS` is checked on loading).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.judge import body
from pipeline.judge.body import body_columns
from pipeline.judge.columns import KINDS, total
from pipeline.judge.compiled import COMPILED, counted
from pipeline.judge.view import View
from pipeline.judge.ways import BOXES

Array = npt.NDArray[np.float32]
Groups = tuple[npt.NDArray[np.int64], int]

_BOX_NUMBER = {name: number for number, name in enumerate(BOXES)}
_SAMPLE = 200  # characters of a block whose letters are counted
_LETTERS = 0x970  # code points up to Devanagari's digits: beyond them neither capitals nor digits of use
_REACHES = (2, 3, 5, 8)
COLUMNS = 93 + body.COLUMNS


@dataclass(frozen=True)
class Features:
    """The arrays of a page of n blocks: `dense` (n, columns), words (n,), and who shares a path or a box with whom."""

    dense: Array
    words: npt.NDArray[np.float64]
    same_path: Groups
    same_box: tuple[Groups, ...]


def side_by_side(columns: Sequence[Any]) -> Array:
    """Columns of n numbers each as one array (n, columns)."""
    return np.concatenate(columns).astype(np.float32).reshape(len(columns), -1).T


def sigmoid(values: Any) -> Any:
    """The logistic function, safe for large values."""
    return 1.0 / (1.0 + np.exp(-np.clip(values, -30, 30)))


def group(keys: Sequence[Hashable]) -> Groups:
    """Number equal keys: the number of each, and how many there are."""
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64), len(numbers)


def mean_by(values: Any, groups: Groups, weights: Any) -> Any:
    """For each block the weighted mean over its group."""
    numbers, count = groups
    sums = np.bincount(numbers, values * weights, count)
    return (sums / np.maximum(np.bincount(numbers, weights, count), 1e-9))[numbers]


def windows(values: Any, reaches: Sequence[int]) -> list[Any]:
    """For each reach the sums of `values` (k, n) over each block and so many on either side: arrays (k, n)."""
    rows, count = values.shape
    most = max(reaches)
    sums = np.zeros((rows, most + 1 + count + most))  # beyond both ends nothing is added
    np.cumsum(values, axis=1, out=sums[:, most + 1 : most + 1 + count])
    sums[:, most + 1 + count :] = sums[:, most + count : most + count + 1]
    ends, starts = most + 1, most
    return [sums[:, ends + r : ends + r + count] - sums[:, starts - r : starts - r + count] for r in reaches]


def features_of(view: View) -> Features:
    """The features of a page; its blocks must be at least one."""
    if view.compiled:
        return _counted_features(view)
    words = view.columns.words
    paths, boxes, same_path, same_box = _of_paths(view)
    own = _of_text(view, words)
    own["depth"] = paths
    columns = [*own.values(), *_of_place(view, words, same_path, own), *boxes]
    columns += [np.full(len(words), value) for value in _of_page(own, boxes, same_path, words)]
    columns += body_columns(view, same_path)
    return Features(side_by_side(columns), words, same_path, same_box)


def _counted_features(view: View) -> Features:
    """The same as `features_of`, compiled."""
    known, count = view.columns, len(view.ways.outer) + 1
    texts = (view.blocks, view.squeezed, view.squeezed_title)
    dense, second, third = counted.features(known, view.ways, *texts, KINDS, BOXES)
    columns = np.frombuffer(dense, dtype=np.float32).reshape(-1, len(known.words)).T
    boxes = [known.boxes, np.frombuffer(second, dtype=np.int64), np.frombuffer(third, dtype=np.int64)]
    return Features(columns, known.words, (known.paths, count), tuple((numbers, count) for numbers in boxes))


def _of_paths(view: View) -> tuple[Any, Any, Groups, tuple[Groups, ...]]:
    """Depth and named boxes of each block's path, and who shares the path and the three boxes around it."""
    ways = view.ways
    count = len(ways.outer) + 1
    own = ways.of_blocks
    bits = ((ways.boxes[own] >> np.arange(len(BOXES))[:, None]) & 1).astype(np.float64)
    around = ways.around(ways.around(own))
    second, third = ways.number[around], ways.number[ways.around(around)]
    known = view.columns
    return ways.depth[own] / 12, bits, (known.paths, count), ((known.boxes, count), (second, count), (third, count))


@cache
def _letter_classes() -> npt.NDArray[np.int64]:
    """For each code point what it counts as: a digit 1, a capital 2^20, a comma 2^40."""
    table = np.zeros(_LETTERS + 1, dtype=np.int64)
    for code in range(_LETTERS):
        letter = chr(code)
        table[code] = letter.isdigit() + (letter.isupper() << 20) + ((letter in ",،") << 40)
    return table


def _counted(samples: list[str], lengths: Any) -> tuple[Any, Any, Any]:
    """Digits, capitals and commas in each sample."""
    whole = "".join(samples)
    codes = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    classes = _letter_classes()[np.minimum(codes, _LETTERS)]
    if "、" in whole:
        classes += (codes == ord("、")).astype(np.int64) << 40
    sums = np.add.reduceat(classes, np.concatenate([[0], np.cumsum(lengths[:-1])]))
    return sums & 0xFFFFF, (sums >> 20) & 0xFFFFF, sums >> 40


def _of_text(view: View, words: Any) -> dict[str, Any]:
    """Columns of each block by itself."""
    blocks = view.blocks
    samples = [block.text[:_SAMPLE] for block in blocks]
    lengths = np.array([len(sample) for sample in samples])
    digits, capitals, commas = _counted(samples, lengths)
    known = view.columns
    hidden = (~known.shown).astype(np.float64)
    columns: dict[str, Any] = {
        "words": np.log1p(words),
        "characters": np.log1p([len(block.text) for block in blocks]),
        "links": known.links,
        "end": known.ends.astype(np.float64),
        "commas": commas / np.maximum(words, 1),
        "digits": digits / lengths,
        "capitals": capitals / lengths,
        "hidden": hidden,
        "closed": known.closed.astype(np.float64),
    }
    columns |= zip(KINDS, (known.kinds == np.arange(len(KINDS))[:, None]).astype(np.float64), strict=True)
    columns["level"] = known.levels / 6 * columns["heading"]
    columns["depth"] = hidden
    columns["prose"] = known.prose * (1 - hidden)
    return columns


def _of_place(view: View, words: Any, same_path: Groups, own: dict[str, Any]) -> list[Any]:
    """Columns of each block among the others."""
    count = len(words)
    shown = words * (1 - own["hidden"])
    seen = max(total(shown), 1.0)
    numbers, paths = same_path
    order = np.arange(count)
    headings = np.flatnonzero((own["heading"] > 0) & (own["level"] == 1 / 6) & (own["hidden"] == 0))
    first = int(headings[0]) if len(headings) else -1
    title = view.squeezed_title
    copies = Counter(view.squeezed)
    sizes = np.bincount(numbers, minlength=paths)[numbers]
    around = windows(np.stack([words / 20, own["links"], own["prose"], own["end"], np.ones(count)]), _REACHES)
    near, close, wide, far = (sums[:4] / sums[4] for sums in around)
    return [
        order / max(count - 1, 1),
        np.cumsum(shown) / seen,
        np.log1p(sizes),
        np.bincount(numbers, shown, paths)[numbers] / seen,
        np.clip((order - first) / 50, -3, 10) if first >= 0 else np.zeros(count),
        (order >= first).astype(float) if first >= 0 else np.zeros(count),
        np.array([bool(title) and text == title for text in view.squeezed], dtype=np.float64),
        np.log([copies[text] for text in view.squeezed]),
        _again(view.squeezed),
        near[0],
        wide[0],
        near[1],
        wide[1],
        close[2],
        far[2],
        close[3],
        *(np.bincount(numbers, own[name], paths)[numbers] / sizes for name in ("words", "links", "end")),
    ]


def _again(texts: Sequence[str]) -> Any:
    """1 for each text that came before."""
    places = range(len(texts))
    first = dict(zip(reversed(texts), reversed(places), strict=True))
    return np.array([first[text] for text in texts], dtype=np.int64) < np.arange(len(texts))


def _of_page(own: dict[str, Any], boxes: Any, same_path: Groups, words: Any) -> list[float]:
    """What all blocks of a page share."""
    shown = words * (1 - own["hidden"])
    seen = max(total(shown), 1.0)
    numbers, paths = same_path
    characters = np.expm1(own["characters"])
    named = boxes.mean(axis=1)
    return [
        np.log1p(seen),
        np.log1p(len(words)),
        total(own["links"] * characters) / max(total(characters), 1),
        own["prose"].mean(),
        total(own["prose"] * words) / seen,
        float(((own["heading"] > 0) & (own["level"] == 1 / 6)).any()),
        words.mean() / 20,
        *(named[_BOX_NUMBER[name]] for name in ("article", "main", "comment", "product")),
        own["item"].mean(),
        own["row"].mean(),
        total(own["digits"]) / len(words),
        (np.bincount(numbers, minlength=paths)[numbers] > 5).mean(),
        shown.max() / seen,
    ]


def context(paths: Any, texts: Any, features: Features, *, compiled: bool = COMPILED) -> Array:
    """Columns that spread the token scores (`paths` + `texts`, log odds, (n,) each) over each block's neighbourhood."""
    groupings = (features.same_path, *features.same_box)
    if compiled:
        numbers, most = [numbers for numbers, _ in groupings], max(count for _, count in groupings)
        of_paths, of_texts = np.ascontiguousarray([paths, texts], dtype=np.float64)
        spread = counted.context(of_paths, of_texts, features.words, numbers, most)
        return np.frombuffer(spread, dtype=np.float32).reshape(-1, len(features.words)).T
    scores = np.clip(paths + texts, -8, 8)
    likely = sigmoid(scores)
    count = len(scores)
    weights = np.sqrt(features.words + 1)
    columns = [scores, likely]
    padded = np.concatenate([np.zeros(3), likely, np.zeros(3)])
    for step in (1, 2, 3):
        columns += [padded[3 - step : 3 - step + count], padded[3 + step : 3 + step + count]]
    around = windows(np.stack([likely * weights, weights]), (4, 10, 25))
    columns += [sums[0] / sums[1] for sums in around]
    columns += [mean_by(likely, groups, weights) for groups in groupings]
    sums = np.cumsum(likely * features.words)
    page = [total(likely * weights) / total(weights), sums[-1] / max(total(features.words), 1.0), likely.max()]
    columns += [np.full(count, value) for value in page]
    columns += [np.maximum.accumulate(likely), np.maximum.accumulate(likely[::-1])[::-1], sums / max(sums[-1], 1e-9)]
    columns += [np.clip(paths, -8, 8), np.clip(texts, -8, 8)]
    return side_by_side(columns)
