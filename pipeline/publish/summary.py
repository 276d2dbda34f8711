"""What a run amounts to: `RunInfo` says what made it, `Summary` counts what came out.

`thresher clean --json` prints the summary, the report shows it, Dagster attaches it. Only counting belongs here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from pipeline.document import OUTCOMES, Block, Document, Failure, Reason, Result, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What made a run. `command` is shown in the report: leave out of it what does not change the result
    (`--workers`, `-o`), or two equal runs give two different reports.
    """  # noqa: D205 - the sentence is one

    version: str
    settings: Settings
    settings_digest: str
    rules_digest: str
    command: str


@dataclass(frozen=True, slots=True)
class Count:
    """How much of something went: words by white space, and blocks."""

    words: int = 0
    blocks: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts of a run. Mappings are sorted, largest first.

    `outcomes` has every outcome, also those with 0. `kept_words` are the words of the kept documents,
    `removed_words` and `removed_blocks` what was removed from documents of any outcome, `unpublished_words` what
    was left of documents that were not kept (duplicates, empty, blocked). `failures` counts kinds of failure.
    `notes` are lines that a person should read.
    `seconds` is wall time from the first result to the last file; it is the only value that may vary.
    """

    version: str
    outcomes: Mapping[str, int]
    kept_words: int
    kept_blocks: int
    removed_words: int
    removed_blocks: int
    unpublished_words: int
    by_category: Mapping[str, Count]
    by_rule: Mapping[str, Count]
    languages: Mapping[str, int]
    failures: Mapping[str, int]
    complete: bool
    seconds: float
    notes: tuple[str, ...] = ()

    @property
    def inputs(self) -> int:
        """How many inputs there were."""
        return sum(self.outcomes.values())

    @property
    def removed_share(self) -> float:
        """The share of removed words among those removed or kept, 0 to 1."""
        return self.removed_words / max(1, self.removed_words + self.kept_words)

    def as_json(self) -> dict[str, Any]:
        """All counts as plain values for `json.dumps`."""
        return asdict(self) | {"inputs": self.inputs, "removed_share": round(self.removed_share, 4)}

    def lines(self) -> list[str]:
        """The run in a few plain lines for a person."""
        said = ", ".join(f"{count:,} {outcome}" for outcome, count in self.outcomes.items() if count)
        first = f"{self.inputs:,} input{'' if self.inputs == 1 else 's'}: {said}" if said else "no inputs"
        lines = [
            first if self.complete else f"{first} (interrupted before the end)",
            f"{self.kept_words:,} words kept, {self.removed_words:,} removed ({self.removed_share:.1%})",
        ]
        most = [f"{name} {count.words:,}" for name, count in list(self.by_category.items())[:5]]
        if most:
            lines.append(f"words removed most: {', '.join(most)}")
        if self.failures:
            lines.append("failures: " + ", ".join(f"{count:,} {kind}" for kind, count in self.failures.items()))
        lines += self.notes
        if self.seconds > 0:
            lines.append(f"{self.seconds:.1f} s, {self.inputs / self.seconds:,.1f} inputs a second")
        return lines


UNEXPLAINED = Reason("unexplained", "other", 0.0, "no reason was recorded")
"""Stands where a removal came without a reason, so that the breach of the law shows instead of hiding."""


def loudest(verdict: Verdict) -> Reason:
    """The reason that a removal is counted under."""
    return verdict.reason or UNEXPLAINED


@dataclass(slots=True)
class Tally:
    """Counts results one by one; `summary` is what was counted so far."""

    outcomes: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    blocks: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)

    def add(self, result: Result) -> None:
        """Count one result."""
        value = result.value
        self.outcomes[value.outcome] += 1
        if isinstance(value, Failure):
            self.failures[value.kind] += 1
            return
        if value.outcome == "kept":
            self.languages[value.metadata.language] += 1
        for keys, block in _counted(value):
            words = block.words
            for key in keys:
                self.words[key] += words
                self.blocks[key] += 1

    def summary(self, version: str, seconds: float, *, complete: bool) -> Summary:
        """The counts so far, with the time they took."""
        return Summary(
            version=version,
            outcomes={outcome: self.outcomes[outcome] for outcome in OUTCOMES},
            kept_words=self.words["kept"],
            kept_blocks=self.blocks["kept"],
            removed_words=self.words["removed"],
            removed_blocks=self.blocks["removed"],
            unpublished_words=self.words["unpublished"],
            by_category=self._by("category "),
            by_rule=self._by("rule "),
            languages=dict(_largest(self.languages)),
            failures=dict(_largest(self.failures)),
            complete=complete,
            seconds=round(seconds, 3),
        )

    def _by(self, prefix: str) -> dict[str, Count]:
        """Words and blocks of all keys with a prefix."""
        blocks = {key: count for key, count in self.blocks.items() if key.startswith(prefix)}
        order = sorted(blocks, key=lambda key: (-self.words[key], -blocks[key], key))
        return {key.removeprefix(prefix): Count(self.words[key], blocks[key]) for key in order}


def _counted(document: Document) -> Iterator[tuple[tuple[str, ...], Block]]:
    """Each block with the keys it counts for."""
    fate = "kept" if document.outcome == "kept" else "unpublished"
    for block, verdict in zip(document.blocks, document.verdicts, strict=True):
        if verdict.kept:
            yield (fate,), block
        else:
            reason = loudest(verdict)
            yield ("removed", f"category {reason.category}", f"rule {reason.rule}"), block


def _largest(counter: Counter[str]) -> list[tuple[str, int]]:
    """Counts from the largest down; equal ones by name, never by the order in which they came."""
    return sorted(counter.items(), key=lambda item: (-item[1], item[0]))
