"""What a run amounts to: `RunInfo` says what made it, `Summary` counts what came out.

`thresher clean --json` prints the summary, the report shows it, Dagster attaches it. Only counting belongs here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from pipeline.document import OUTCOMES, Failure
from pipeline.saying import count_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.publish.leaf import Leaf
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


_NOTHING = Count()


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts of a run. Mappings are sorted, largest first.

    `outcomes` has every outcome, also those with 0. `kept_words` are the words of the kept documents,
    `removed_words` and `removed_blocks` what was removed from documents of any outcome, `unpublished_words` what
    was left of documents that were not kept (duplicates, empty, blocked). `failures` counts kinds of failure.
    `notes` are lines that a person should read; `passed_over` counts what lay among the inputs and was not read.
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
    passed_over: Mapping[str, int] = field(default_factory=dict)

    @property
    def inputs(self) -> int:
        """How many inputs there were."""
        return sum(self.outcomes.values())

    @property
    def removed_share(self) -> float:
        """The share of removed words among all words of all inputs, 0 to 1."""
        return self.removed_words / max(1, self.removed_words + self.kept_words + self.unpublished_words)

    def as_json(self) -> dict[str, Any]:
        """All counts as plain values for `json.dumps`."""
        return asdict(self) | {"inputs": self.inputs, "removed_share": round(self.removed_share, 4)}

    def lines(self) -> list[str]:
        """The run in a few plain lines for a person."""
        said = ", ".join(f"{count:,} {outcome}" for outcome, count in self.outcomes.items() if count)
        first = f"{count_of(self.inputs, 'input')}: {said}" if said else "no inputs"
        others = (
            f", {self.unpublished_words:,} in pages that gave no text of their own" if self.unpublished_words else ""
        )
        lines = [
            first if self.complete else f"{first} (interrupted before the end)",
            f"{self.kept_words:,} words kept, {self.removed_words:,} removed ({self.removed_share:.1%}){others}",
        ]
        if self.passed_over:
            lines.insert(1, passed_over(self.passed_over))
        most = [f"{name} {count.words:,}" for name, count in list(self.by_category.items())[:5]]
        if most:
            lines.append(f"words removed most: {', '.join(most)}")
        if self.failures:
            lines.append("failures: " + ", ".join(f"{count:,} {kind}" for kind, count in self.failures.items()))
        lines += self.notes
        if self.seconds > 0:
            lines.append(f"{self.seconds:.1f} s, {self.inputs / self.seconds:,.1f} inputs a second")
        return lines


def passed_over(counts: Mapping[str, int]) -> str:
    """What was passed over, in words: links, hidden files and the like, which are no inputs."""
    return "passed over: " + ", ".join(f"{count:,} × {what}" for what, count in counts.items())


@dataclass(slots=True)
class Tally:
    """Counts leaves and failures one by one; `summary` is what was counted so far."""

    outcomes: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    kept_words: int = 0
    kept_blocks: int = 0
    unpublished_words: int = 0
    removed: dict[tuple[str, str], Count] = field(default_factory=dict)

    def add(self, value: Leaf | Failure) -> None:
        """Count one input."""
        self.outcomes[value.outcome] += 1
        if isinstance(value, Failure):
            self.failures[value.kind] += 1
            return
        if value.outcome == "kept":
            self.languages[value.metadata.language] += 1
            self.kept_words += value.amounts.words
            self.kept_blocks += value.amounts.blocks
        else:
            self.unpublished_words += value.amounts.words
        for category, rule, words, blocks in value.amounts.by_rule:
            before = self.removed.get((category, rule), _NOTHING)
            self.removed[category, rule] = Count(before.words + words, before.blocks + blocks)

    def summary(self, version: str, seconds: float, *, complete: bool) -> Summary:
        """The counts so far, with the time they took."""
        return Summary(
            version=version,
            outcomes={outcome: self.outcomes[outcome] for outcome in OUTCOMES},
            kept_words=self.kept_words,
            kept_blocks=self.kept_blocks,
            removed_words=sum(count.words for count in self.removed.values()),
            removed_blocks=sum(count.blocks for count in self.removed.values()),
            unpublished_words=self.unpublished_words,
            by_category=self._by(0),
            by_rule=self._by(1),
            languages=dict(_largest(self.languages)),
            failures=dict(_largest(self.failures)),
            complete=complete,
            seconds=round(seconds, 3),
        )

    def _by(self, name: int) -> dict[str, Count]:
        """What was removed by category (0) or rule (1), the most words first."""
        words, blocks = Counter[str](), Counter[str]()
        for names, count in self.removed.items():
            words[names[name]] += count.words
            blocks[names[name]] += count.blocks
        order = sorted(blocks, key=lambda each: (-words[each], -blocks[each], each))
        return {each: Count(words[each], blocks[each]) for each in order}


def _largest(counter: Counter[str]) -> list[tuple[str, int]]:
    """Counts from the largest down; equal ones by name, never by the order in which they came."""
    return sorted(counter.items(), key=lambda item: (-item[1], item[0]))
