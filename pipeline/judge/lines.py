"""What the second model sees of each line of a text without markup, as arrays.

No element says what a line is, so its shape must: how long it is, how it begins and ends, which signs and capitals it
has; how far the next prose is and how even its neighbours are; which of its words the page's prose uses too. None of
that knows a language. Words speak through the first model, and through the rule book, which knows many languages.

Everything is counted once a page, over one array of its characters. Training and judging both come through here. A
changed column needs new weights (`COLUMNS` is checked on loading).
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.judge.columns import KINDS
from pipeline.judge.compiled import COMPILED, counted_lines
from pipeline.judge.view import View

Array = npt.NDArray[np.float32]

_STOP, _COMMA, _COLON, _QUOTE, _BRACKET, _MARK, _DIGIT, _UPPER, _LOWER, _OTHER, _SPACE, _SIGN = range(12)
_CLASSES = 12
_SIGNS = {
    _STOP: ".!?…。！？।॥؟۔",
    _COMMA: ",;、،؛，",
    _COLON: ":：",
    _QUOTE: "\"'“”„«»‹›‘’「」『』",
    _BRACKET: "()[]{}（）",
    _MARK: "|·•/→←↑↓▶►■●▪‣*+#@&=<>_~^\\–—-",
    _SPACE: "\n",
}
_CATEGORIES = {"Nd": _DIGIT, "Lu": _UPPER, "Lt": _UPPER, "Ll": _LOWER}
_TABLE = 0x10000  # characters beyond are emoji and rare ideographs: signs
_FAR = 60  # lines; what is further away is as good as absent
_PRIME = np.uint64(1_099_511_628_211)
_LONG_WORD = 4  # letters; shorter words stand on every page
COLUMNS = 110


@dataclass(frozen=True)
class Lines:
    """The arrays of a text of n lines: `dense` (n, columns) and `words` (n,)."""

    dense: Array
    words: npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Characters:
    """The characters of a text of n lines: code and class of each, whose they are, and how many of which class."""

    codes: Any  # (characters,)
    classes: Any
    owner: Any
    starts: Any  # (n,) the first character of each line
    sizes: Any  # (n,) characters
    counts: Any  # (n, classes)


def lines_of(view: View, spoken: Any) -> Lines:
    """The features of a text of at least one line; `spoken` is what the rule book scores against each line, (n,)."""
    words = view.columns.words
    if view.compiled:
        return Lines(_compiled(view, spoken), words)
    characters = _characters([block.text for block in view.blocks])
    prose = view.columns.prose.astype(np.float64)
    own, end, capitals, shape = _of_line(view, words, characters, prose)
    columns = [
        own,
        _of_place(words, prose),
        _of_neighbours(words, prose, end, capitals, characters, spoken),
        _of_likeness(view, shape),
        _of_vocabulary(characters, prose),
        np.tile(_of_page(view, words, prose, end), (len(words), 1)),
    ]
    return Lines(np.hstack(columns).astype(np.float32), words)


def _compiled(view: View, spoken: Any) -> Array:
    """The same columns, compiled."""
    known = view.columns
    made = counted_lines.lines(
        _table().tobytes(), [block.text for block in view.blocks], view.squeezed, known.words, np.log1p(known.words),
        known.prose, np.asarray(spoken, dtype=np.float64), known.kinds, (KINDS["item"], KINDS["code"], KINDS["row"]),
    )  # fmt: skip
    return _by_line(made, len(known.words))


def _by_line(columns: bytes, count: int) -> Array:
    """Columns that lie one after the other, as an array that lies line by line: the product of matrices hears that."""
    return np.ascontiguousarray(np.frombuffer(columns, dtype=np.float32).reshape(-1, count).T)


@cache
def _table() -> Any:
    """The class of every character below `_TABLE`."""
    table = np.full(_TABLE, _SIGN, dtype=np.uint8)
    for code in range(0x3400):
        category = unicodedata.category(chr(code))
        first = {"L": _OTHER, "M": _OTHER, "Z": _SPACE}.get(category[0], _SIGN)
        table[code] = _CATEGORIES.get(category, first)
    table[0x3400:0xD7B0] = _OTHER  # ideographs, syllables of Yi and Hangul
    table[0xF900:0xFE00] = _OTHER  # more ideographs, Arabic forms
    table[0xFE70:0xFEFF] = _OTHER
    table[0xFF10:0xFF1A] = _DIGIT
    table[0xFF66:0xFFA0] = _OTHER
    for number, signs in _SIGNS.items():
        table[[ord(sign) for sign in signs]] = number
    return table


def _characters(texts: list[str]) -> _Characters:
    """Count the characters of all lines at once."""
    codes = np.frombuffer(("\n".join(texts) + "\n").encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    sizes = np.array([len(text) for text in texts])
    owner = np.repeat(np.arange(len(texts)), sizes + 1)
    classes = _table()[np.minimum(codes, _TABLE - 1)]
    counts = np.bincount(owner * _CLASSES + classes, minlength=len(texts) * _CLASSES).reshape(-1, _CLASSES)
    counts = counts.astype(np.float64)
    counts[:, _SPACE] -= 1  # the line break
    return _Characters(codes, classes, owner, np.cumsum(sizes + 1) - sizes - 1, sizes, counts)


def _of_line(view: View, words: Any, characters: _Characters, prose: Any) -> tuple[Any, Any, Any, Any]:
    """Columns of each line by itself, (n, columns); its end, its capitals, and its shape as one number."""
    classes, counts, starts = characters.classes, characters.counts, characters.starts
    last = starts + np.maximum(characters.sizes, 1) - 1
    final, before = classes[last], classes[np.maximum(last - 1, starts)]
    stop = (final == _STOP) | (((final == _QUOTE) | (final == _BRACKET)) & (before == _STOP))
    trailing = (characters.codes[last] == ord("…")) | ((final == _STOP) & (before == _STOP))
    end = (stop & ~trailing).astype(np.float64)
    first = classes[starts]
    new = np.concatenate([[True], classes[:-1] == _SPACE])
    capital = np.bincount(characters.owner, new & (classes == _UPPER), len(words))
    small = np.bincount(characters.owner, new & ((classes == _LOWER) | (classes == _OTHER)), len(words))
    capitals = capital / np.maximum(capital + small, 1)
    some = np.maximum(words, 1)
    ink = np.maximum(characters.sizes - counts[:, _SPACE], 1)
    inner = np.maximum(counts[:, _STOP] - end, 0)
    length = np.log1p(words)
    kinds = [block.kind for block in view.blocks]
    item = np.array([kind == "item" for kind in kinds], dtype=np.float64)
    columns = [
        length, np.log1p(characters.sizes), end, trailing, final == _COLON,
        first == _UPPER, first == _LOWER, first == _DIGIT, first == _QUOTE, (first == _MARK) | (first == _SIGN),
        counts[:, _COMMA] / some, counts[:, _DIGIT] / ink, counts[:, _UPPER] / ink, capital / some, capitals,
        counts[:, _MARK] / some, counts[:, _SIGN] / ink, counts[:, _QUOTE] / some, counts[:, _BRACKET] / some,
        counts[:, _UPPER : _OTHER + 1].sum(1) / ink, np.minimum(inner, 5), inner / some,
        (counts[:, _UPPER] > 1) & (counts[:, _LOWER] == 0), (counts[:, _DIGIT] > 0) & (words <= 6), prose, item,
        np.array([kind in ("code", "row") for kind in kinds]),
        np.array(["http" in block.text or "www." in block.text for block in view.blocks]),
        np.array(["?" in block.text or "？" in block.text for block in view.blocks]),
    ]  # fmt: skip
    shape = np.minimum(length * 1.5, 7).astype(np.int64) + 8 * stop + 16 * first.astype(np.int64) + 256 * (item > 0)
    return np.column_stack(columns).astype(np.float64), end, capitals, shape


def _of_place(words: Any, prose: Any) -> Any:
    """Columns of where each line stands: from the ends, and from the prose."""
    count = len(words)
    order = np.arange(count)
    summed, total = np.cumsum(words), max(float(words.sum()), 1.0)
    told = prose * words
    told_sum, told_total = np.cumsum(told), max(float(told.sum()), 1.0)
    after, ahead = _since(prose > 0), _since(prose[::-1] > 0)[::-1]
    runs = np.cumsum(prose).astype(np.int64)
    return np.column_stack(
        [
            order / max(count - 1, 1), summed / total, np.log1p(order), np.log1p(count - 1 - order),
            np.log1p(summed - words), np.log1p(total - summed),
            np.log1p(after), np.log1p(ahead), np.log1p(np.minimum(after, ahead)),
            (told_sum - told) / told_total, 1 - told_sum / told_total, runs / max(float(prose.sum()), 1.0),
            np.log1p(np.bincount(runs)[runs]) * (1 - prose),
        ]
    )  # fmt: skip


def _of_neighbours(words: Any, prose: Any, end: Any, capitals: Any, characters: _Characters, spoken: Any) -> Any:
    """Columns of the lines around each line: windows, the lines beside, and what the rules say of them."""
    length = np.log1p(words)
    rules = np.minimum(spoken, 2.0)
    digits = characters.counts[:, _DIGIT] / np.maximum(characters.sizes, 1)
    base = np.column_stack([words / 20, end, prose, length, capitals, digits, length**2, rules])
    sums = np.vstack([np.zeros(base.shape[1]), np.cumsum(base, axis=0)])
    near, middle, wide = (_window(sums, reach) for reach in (2, 5, 12))
    spread = np.sqrt(np.maximum(middle[:, 6] - middle[:, 3] ** 2, 0))
    beside = [_shifted(base[:, column], step) for column in (3, 1, 2, 7) for step in (1, -1)]
    return np.column_stack(
        [
            near[:, :5], middle[:, :6], wide[:, :4], _window(sums, 25)[:, 2],
            spread, length - middle[:, 3], _shifted(length, 2), _shifted(length, -2), *beside,
            rules, near[:, 7], np.log1p(_since(rules >= 1)),
        ]
    )  # fmt: skip


def _of_likeness(view: View, shape: Any) -> Any:
    """Columns of what is alike: shapes nearby and on the page, first words, copies."""
    count = len(shape)
    numbers, sizes = np.unique(shape, return_inverse=True, return_counts=True)[1:]
    same = [_shifted(shape, step, -1) == shape for step in (1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -6)]
    seen: dict[str, int] = {}
    first = np.array([seen.setdefault(block.text.split(" ", 1)[0], len(seen)) for block in view.blocks])
    same_first = [_shifted(first, step, -1) == first for step in (1, 2, 3, -1, -2, -3)]
    copies = Counter(view.squeezed)
    before: set[str] = set()
    again = np.zeros(count)
    for index, text in enumerate(view.squeezed):
        again[index] = text in before
        before.add(text)
    return np.column_stack(
        [
            same[0], same[6], np.sum(same, axis=0) / 12, sizes[numbers] / count,
            np.log(np.bincount(first)[first]), np.sum(same_first, axis=0) / 3,
            np.log([copies[text] for text in view.squeezed]), again,
        ]
    )  # fmt: skip


def _of_vocabulary(characters: _Characters, prose: Any) -> Any:
    """Columns of how many of a line's long words stand in other prose of the page, and how many nowhere else."""
    count = len(prose)
    lettered = (characters.classes >= _DIGIT) & (characters.classes <= _OTHER)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], lettered, [False]]).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    long = ends - starts >= _LONG_WORD
    starts, ends = starts[long], ends[long]
    if not len(starts):
        return np.zeros((count, 3))
    owner = characters.owner[starts]
    keys = np.unique(_hashes(characters, starts, ends), return_inverse=True)[1].reshape(-1)
    pairs = np.unique(keys * count + owner)
    key, line = pairs // count, pairs % count
    told = np.bincount(key, prose[line])
    stands = np.bincount(key)
    amount = np.bincount(owner, minlength=count)
    shared = np.bincount(owner, told[keys] - prose[owner] > 0, count) / np.maximum(amount, 1)
    alone = np.bincount(owner, stands[keys] <= 1, count) / np.maximum(amount, 1)
    return np.column_stack([shared, alone, np.minimum(amount, 10) / 10])


def _hashes(characters: _Characters, starts: Any, ends: Any) -> Any:
    """A number for each word from its letters, capitals of ASCII folded; equal words have equal numbers."""
    folded = characters.codes.astype(np.uint64) | ((characters.classes == _UPPER).astype(np.uint64) << np.uint64(5))
    places = _places(len(folded), starts)
    powers = np.cumprod(np.full(32, _PRIME))
    spread = folded * powers[places % 32]
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(spread)])
    return sums[ends] - sums[starts]


def _places(size: int, starts: Any) -> Any:
    """For each character its place in the word that began last."""
    marks = np.zeros(size, dtype=np.int64)
    marks[starts] = starts
    return np.arange(size) - np.maximum.accumulate(marks)


def _of_page(view: View, words: Any, prose: Any, end: Any) -> Any:
    """What all lines of a page share."""
    total = max(float(words.sum()), 1.0)
    items = sum(block.kind == "item" for block in view.blocks)
    return np.array(
        [
            np.log1p(total), np.log1p(len(words)), float((prose * words).sum()) / total, float(end.mean()),
            items / len(words), np.log1p(words.max()), len(set(view.squeezed)) / len(words),
        ]
    )  # fmt: skip


def context(shapes: Any, texts: Any, words: Any, *, compiled: bool = COMPILED) -> Array:
    """Columns that spread the token scores (`shapes` + `texts`, log odds, (n,) each) over each line's neighbourhood."""
    if compiled:
        made = counted_lines.context(*(np.ascontiguousarray(some, dtype=np.float64) for some in (shapes, texts, words)))
        return _by_line(made, len(words))
    scores = np.clip(shapes + texts, -8, 8)
    likely = 1 / (1 + np.exp(-scores))
    weights = np.sqrt(words + 1)
    sums = np.vstack([np.zeros(2), np.cumsum(np.column_stack([likely * weights, weights]), axis=0)])
    columns = [scores, likely, *(_shifted(likely, step) for step in (1, -1, 2, -2, 3, -3))]
    for reach in (4, 10, 25):
        around = _window(sums, reach)
        columns.append(around[:, 0] / around[:, 1])
    told = np.cumsum(likely * words)
    page = (sums[-1, 0] / sums[-1, 1], told[-1] / max(float(words.sum()), 1.0), likely.max())
    columns += [np.full(len(scores), value) for value in page]
    columns += [np.maximum.accumulate(likely), np.maximum.accumulate(likely[::-1])[::-1], told / max(told[-1], 1e-9)]
    columns += [np.clip(shapes, -8, 8), np.clip(texts, -8, 8)]
    return np.column_stack(columns).astype(np.float32)


def _window(sums: Any, reach: int) -> Any:
    """For each line the mean over itself and `reach` lines on either side, of every column of the running `sums`."""
    count = len(sums) - 1
    order = np.arange(count)
    low, high = np.maximum(order - reach, 0), np.minimum(order + reach + 1, count)
    return (sums[high] - sums[low]) / (high - low)[:, None]


def _shifted(values: Any, step: int, beyond: float = 0) -> Any:
    """Each line's neighbour `step` places before it (behind it, if negative); `beyond` outside the text."""
    moved = np.full(len(values), beyond, dtype=values.dtype)
    if abs(step) < len(values):
        if step > 0:
            moved[step:] = values[:-step]
        else:
            moved[:step] = values[-step:]
    return moved


def _since(flags: Any) -> Any:
    """How many lines ago the last flagged line was: 0 on it, `_FAR` where there was none."""
    order = np.arange(len(flags))
    last = np.maximum.accumulate(np.where(flags, order, -1))
    return np.where(last >= 0, order - last, _FAR)
