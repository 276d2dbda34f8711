"""`statistics.json`: the counts of a run for each source, small enough to keep for every day for years.

The report shows one run; these numbers are there to compare days. A site that changes its layout shows itself in
nothing but its own numbers, so everything is counted by source. Only counting and its file belong here; what a number
should be is for those who look (health.py).
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Self

from pipeline.document import OUTCOMES, Failure
from pipeline.errors import UsageError
from pipeline.publish.rows import scrub

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pipeline.publish.amounts import Amounts
    from pipeline.publish.leaf import Leaf

FORMAT = 1


@dataclass(slots=True)
class Counts:
    """What came of one source, or of several. Words are counted by white space.

    A document is *cleaned* if it has text after cleaning, whether it is kept or repeats another: what is said of
    cleaned documents does not depend on other days.

    inputs            pages and files that came
    outcomes          inputs by outcome, all six, also those with 0
    failures          inputs that gave no document, by kind
    languages         kept documents by language
    likeness          documents that repeat another, by how (exact, near, contained, update)
    kept_words        words of the kept documents
    cleaned_words     words that stayed in cleaned documents; cleaned_blocks likewise
    removed_words     words removed from documents of any outcome; removed_blocks likewise
    category_words    removed words by the category that spoke loudest; category_blocks likewise
    characters        characters of cleaned documents
    damaged           of these U+FFFD, which stands where bytes were no characters
    clutter_blocks    blocks that stayed in cleaned documents though the rule book, heard alone, speaks against them
    clutter_words     their words
    clutter_rules     these blocks by rule; a block counts for each rule that speaks against it
    """

    inputs: int = 0
    outcomes: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(OUTCOMES, 0)))
    failures: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    likeness: Counter[str] = field(default_factory=Counter)
    kept_words: int = 0
    cleaned_words: int = 0
    cleaned_blocks: int = 0
    removed_words: int = 0
    removed_blocks: int = 0
    category_words: Counter[str] = field(default_factory=Counter)
    category_blocks: Counter[str] = field(default_factory=Counter)
    characters: int = 0
    damaged: int = 0
    clutter_blocks: int = 0
    clutter_words: int = 0
    clutter_rules: Counter[str] = field(default_factory=Counter)

    @property
    def duplicate_words(self) -> int:
        """Words that stayed in cleaned documents and are not kept, because these repeat others."""
        return self.cleaned_words - self.kept_words

    @property
    def kept_share(self) -> float:
        """The share of words that stayed in cleaned documents, among those and the removed ones; 0 without words."""
        return self.cleaned_words / max(1, self.cleaned_words + self.removed_words)

    @property
    def duplicate_share(self) -> float:
        """The share of documents that repeat another among the cleaned ones; 0 without any."""
        return self.likeness.total() / max(1, self.outcomes["kept"] + self.outcomes["duplicate"])

    @property
    def clutter_share(self) -> float:
        """The share of blocks of cleaned documents against which the rule book speaks; 0 without blocks."""
        return self.clutter_blocks / max(1, self.cleaned_blocks)

    @property
    def damaged_share(self) -> float:
        """The share of characters of cleaned documents that are U+FFFD; 0 without characters."""
        return self.damaged / max(1, self.characters)

    def add(self, value: Leaf | Failure) -> None:
        """Count one input."""
        self.inputs += 1
        self.outcomes[value.outcome] += 1
        if isinstance(value, Failure):
            self.failures[value.kind] += 1
            return
        self._add_removed(value.amounts)
        if value.likeness:
            self.likeness[value.likeness] += 1
        if value.outcome == "kept":
            self.languages[value.metadata.language] += 1
            self.kept_words += value.amounts.words
        if value.outcome in ("kept", "duplicate"):
            self._add_cleaned(value.amounts)

    def _add_removed(self, amounts: Amounts) -> None:
        """Count what was removed from a document."""
        self.removed_words += amounts.removed_words
        self.removed_blocks += amounts.removed_blocks
        for category, _, words, blocks in amounts.by_rule:
            self.category_words[category] += words
            self.category_blocks[category] += blocks

    def _add_cleaned(self, amounts: Amounts) -> None:
        """Count what stayed in a document that is kept or repeats another."""
        self.cleaned_words += amounts.words
        self.cleaned_blocks += amounts.blocks
        self.characters += amounts.characters
        self.damaged += amounts.damaged
        self.clutter_words += amounts.clutter_words
        self.clutter_blocks += amounts.clutter_blocks
        self.clutter_rules.update(amounts.clutter_rules)

    def plus(self, other: Self) -> None:
        """Add the counts of another source or day."""
        for each in fields(self):
            mine, theirs = getattr(self, each.name), getattr(other, each.name)
            if isinstance(mine, Counter):
                mine.update(theirs)
            else:
                setattr(self, each.name, mine + theirs)


@dataclass(slots=True)
class Statistics:
    """The counts of a run by source: the first folder of an input's path, "" for a file that lies in none."""

    sources: dict[str, Counts] = field(default_factory=dict)

    def add(self, value: Leaf | Failure) -> None:
        """Count one input."""
        folder, slash, _ = value.path.partition("/") if isinstance(value, Failure) else (value.page.source, "/", "")
        self.sources.setdefault(folder * bool(slash), Counts()).add(value)

    @property
    def total(self) -> Counts:
        """All sources together."""
        return total_of(self.sources.values())

    def as_bytes(self) -> bytes:
        """The file: sorted, so that equal counts are equal bytes."""
        told = {"format": FORMAT, "sources": {name: _plain(counts) for name, counts in self.sources.items()}}
        return (scrub(json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True)) + "\n").encode()


def total_of(counts: Iterable[Counts]) -> Counts:
    """Several counts as one."""
    total = Counts()
    for each in counts:
        total.plus(each)
    return total


def read_statistics(file: Path) -> Statistics | None:
    """The statistics in a file, None if there is none. Raises `UsageError` for a file that is not ours, or damaged."""
    try:
        told = json.loads(file.read_bytes())
        if told["format"] != FORMAT:
            raise ValueError(f"format {told['format']!r}, not {FORMAT}")  # noqa: TRY301 - said like all else below
        return Statistics({name: _counts(row) for name, row in told["sources"].items()})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{file}: no statistics of ours ({error}); publish the run again to write it anew") from None


def _plain(counts: Counts) -> dict[str, Any]:
    """Counts as values for JSON."""
    return {each.name: getattr(counts, each.name) for each in fields(counts)}


def _counts(row: Mapping[str, Any]) -> Counts:
    """Counts as they stand in the file; raises `TypeError` for a field that does not exist, or is of another type."""
    counts = Counts()
    for name, value in row.items():
        kind = type(getattr(counts, name))
        numbers = value.values() if isinstance(value, dict) and kind is Counter else [value] if kind is int else [None]
        if not all(type(number) is int for number in numbers):
            raise TypeError(f"{name} = {value!r}")
        setattr(counts, name, kind(value))
    return counts
