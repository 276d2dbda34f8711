"""Leaves: what the files of OUT say of one page, made where its document is at hand, and bound together later.

Observation: of 230 blocks a page, with a thousand reasons and more, publishing needs a text, some numbers and the rows
of the ledger. Reading all blocks back to make these costs more than making them. So a worker that has just cleaned a
page makes its leaf too, and publishing reads leaves. What is decided later, of the whole (`mark`), changes nothing on a
leaf but its own fields. A result without a leaf gets it when it is published, from the same function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from pipeline.document import Document, Failure, Likeness, Metadata, Outcome, PageInfo, Result
from pipeline.publish.amounts import Amounts, amounts_of, removed_of
from pipeline.publish.formats import PLAIN, TextFormat
from pipeline.publish.rows import ledger_lines, scrub
from pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class Leaf:
    """A document without its blocks: the fields of `Document` but `blocks` and `verdicts`, and what was made of them.

    `texts` are its texts by the suffix of their format, without the line break at the end; the plain one (`PLAIN`) is
    always there, unless the document is neither kept nor a duplicate.
    """

    page: PageInfo
    metadata: Metadata
    amounts: Amounts
    texts: Mapping[str, str] = field(default_factory=dict)
    outcome: Outcome = "kept"
    note: str = ""
    duplicate_of: str = ""
    duplicate_run: str = ""
    likeness: Likeness = ""
    similarity: float = 0.0
    dup_count: int = 0

    @property
    def text(self) -> str:
        """The plain text."""
        return self.texts.get(PLAIN.suffix, "")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A result as publishing needs it: a leaf or a failure, and `ledger`, the lines of its removed blocks.

    `load` gives the document with its blocks, for the few pages that are shown in full. It says nothing of repeats.
    """

    value: Leaf | Failure
    ledger: bytes
    key: str
    seconds: float
    load: Callable[[], Document | Failure]

    def has(self, texts: Sequence[TextFormat]) -> bool:
        """Whether these texts are on the leaf, as far as the page gives any."""
        there = self.value.texts if isinstance(self.value, Leaf) else {}
        return not there or all(each.suffix in there for each in texts)


def render(result: Result, texts: Sequence[TextFormat], settings: Settings) -> Rendered:
    """The leaf of a result with these texts; the same result and settings always give the same."""
    value = result.value
    load = partial(_itself, value)
    if isinstance(value, Failure):
        return Rendered(value, b"", result.key, result.seconds, load)
    removed = removed_of(value)
    leaf = Leaf(
        page=value.page,
        metadata=value.metadata,
        amounts=amounts_of(value, removed),
        texts=_texts(value, texts, settings),
        outcome=value.outcome,
        note=value.note,
        duplicate_of=value.duplicate_of,
        duplicate_run=value.duplicate_run,
        likeness=value.likeness,
        similarity=value.similarity,
        dup_count=value.dup_count,
    )
    return Rendered(leaf, ledger_lines(value.page.id, removed), result.key, result.seconds, load)


def _texts(document: Document, texts: Sequence[TextFormat], settings: Settings) -> dict[str, str]:
    """The texts by suffix, the plain one among them."""
    if document.outcome not in ("kept", "duplicate"):
        return {}
    asked = {each.suffix: each for each in (PLAIN, *texts)}
    return {suffix: scrub(each.render(document, settings)) for suffix, each in asked.items()}


def _itself(value: Document | Failure) -> Document | Failure:
    """What `load` gives of a result that is at hand."""
    return value
