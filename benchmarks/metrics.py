r"""The measures, exactly as the README of the data defines them.

Three kinds of gold, three measures. A full text is compared word by word, as bags of words: order and white space
do not count, a repeated paragraph does. Snippets must, or must not, be in the output. Labelled lines should stay or
go; lines labelled `either` never count. Nothing here knows of packs or systems: text in, figures out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class WordScore:
    """Precision, recall and their harmonic mean over the words of one page, each 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """2PR / (P + R), 0 where both are 0."""
        return f1(self.precision, self.recall)


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of what had to be there (`present`) and not to be there (`absent`) was found, as counts."""

    present: int = 0
    present_found: int = 0
    absent: int = 0
    absent_found: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(
            self.present + other.present,
            self.present_found + other.present_found,
            self.absent + other.absent,
            self.absent_found + other.absent_found,
        )

    @property
    def recall(self) -> float:
        """Share of the present that was found; 1 where nothing had to be there."""
        return share(self.present_found, self.present, empty=1.0)

    @property
    def precision(self) -> float:
        """Share of what was found that had to be there; 1 where nothing was found."""
        return share(self.present_found, self.present_found + self.absent_found, empty=1.0)

    @property
    def f1(self) -> float:
        """2PR / (P + R): present and found is right, present and missed or absent and found is wrong."""
        return f1(self.precision, self.recall)

    @property
    def leak(self) -> float:
        """Share of the absent that was found after all."""
        return share(self.absent_found, self.absent)


@dataclass(frozen=True, slots=True)
class LineScore:
    """What became of labelled lines, in lines (clutter is the positive class) and in words."""

    lines: Counts
    """`present` are the clutter lines and found = dropped; `absent` the content lines and found = dropped as well."""
    words: Counts
    """`present` are the words of content and found = kept; `absent` the words of clutter and found = kept."""


def f1(precision: float, recall: float) -> float:
    """The harmonic mean, 0 where both are 0."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def share(part: float, whole: float, empty: float = 0.0) -> float:
    """`part / whole`, or `empty` where there is no whole."""
    return part / whole if whole else empty


def words(text: str) -> list[str]:
    """The words of a text in lower case, in order."""
    return _WORD.findall(text.lower())


def word_score(output: str, gold: str) -> WordScore:
    """Compare two texts as bags of words. Both empty: all 1; one of them empty: all 0."""
    ours, theirs = Counter(words(output)), Counter(words(gold))
    if not ours and not theirs:
        return WordScore(1.0, 1.0)
    overlap = (ours & theirs).total()
    return WordScore(share(overlap, ours.total()), share(overlap, theirs.total()))


def snippet_counts(output: str, present: Sequence[str], absent: Sequence[str]) -> Counts:
    """Look for snippets as substrings, after each run of white space was made one space."""
    text = " ".join(output.split())

    def found(snippets: Iterable[str]) -> int:
        return sum(" ".join(snippet.split()) in text for snippet in snippets)

    return Counts(len(present), found(present), len(absent), found(absent))


def lines_kept(source: str, output: str) -> list[bool]:
    """For each line of `source` (split at line feeds) whether it is still in `output`.

    A system may join lines or mend their white space, so lines are compared by their words. A line that stands twice
    in the source and once in the output is kept once, the first time; a line of four words and more may also stand
    inside a longer one. Lines without words are reported as dropped.
    """
    left = Counter(" ".join(words(line)) for line in output.split("\n"))
    everything = f" {' '.join(words(output))} "
    kept = []
    seen: set[str] = set()
    for line in source.split("\n"):
        key = " ".join(words(line))
        whole = bool(key) and left[key] > 0
        inside = key not in seen and key.count(" ") >= 3 and f" {key} " in everything
        left[key] -= whole
        seen.add(key)
        kept.append(whole or inside)
    return kept


def line_score(source: str, output: str, labels: Iterable[tuple[int, str]]) -> LineScore:
    """Score the labelled lines of a text; `labels` holds (line from 1, content | clutter | either)."""
    kept = lines_kept(source, output)
    text = source.split("\n")
    lines, amount = Counts(), Counts()
    for number, label in labels:
        stays, size = kept[number - 1], len(words(text[number - 1]))
        if label == "clutter":
            lines += Counts(present=1, present_found=int(not stays))
            amount += Counts(absent=size, absent_found=size * stays)
        elif label == "content":
            lines += Counts(absent=1, absent_found=int(not stays))
            amount += Counts(present=size, present_found=size * stays)
    return LineScore(lines, amount)
