"""What was found becomes part of the documents: who repeats whom, how alike they are, and how many name a leader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Protocol, TypeVar

from pipeline.dedup.prints import Match
from pipeline.document import Failure

_WORDS = {"exact": "the same text as", "near": "nearly the text of", "contained": "a part of",
          "update": "another state of"}  # fmt: skip


class Judged(Protocol):
    """A result, with its blocks or without: `value` is a failure, or has the fields that say what a page is worth."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def value(self) -> Any:
        """What became of the page."""
        ...


J = TypeVar("J", bound=Judged)


def mark(results: Iterable[J], matches: Sequence[Match], run: str, *, drop: bool) -> Iterator[J]:
    """The results in their order, each document with what was found of it.

    `run` is the label that the matches of this run bear. Without `drop` copies stay `kept`, and only say whom they
    repeat.
    """
    found = {match.id: match for match in matches}
    counts = Counter(match.leader for match in matches if match.leader_label == run)
    for result in results:
        document = result.value
        if isinstance(document, Failure) or document.outcome != "kept":
            yield result
        elif match := found.get(document.page.id):
            yield replace(result, value=_copy(document, match, run, drop=drop))
        elif count := counts[document.page.id]:
            yield replace(result, value=replace(document, dup_count=count))
        else:
            yield result


def _copy(document: Any, match: Match, run: str, *, drop: bool) -> Any:
    """A document that repeats another."""
    earlier = match.leader_label if match.leader_label != run else ""
    where = f" of run {earlier}" if earlier else ""
    return replace(
        document,
        outcome="duplicate" if drop else "kept",
        duplicate_of=match.leader,
        duplicate_run=earlier,
        likeness=match.kind,
        similarity=match.similarity,
        note=f"{_WORDS[match.kind]} {match.leader}{where}" if drop else document.note,
    )


def largest(matches: Sequence[Match], run: str, most: int) -> tuple[str, ...]:
    """The leaders of this run with most copies, at most `most`; of equals the first by id."""
    counts = Counter(match.leader for match in matches if match.leader_label == run)
    return tuple(sorted(counts, key=lambda leader: (-counts[leader], leader))[:most])
