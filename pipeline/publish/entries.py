"""What stands for one input in the files of OUT: its row in the manifest, and its record if it was kept.

Made of a leaf when it is published, for only then it is known what became of the whole. Which fields there are is told
by the tables of `rows.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.document import Failure
from pipeline.publish.rows import MANIFEST, Row, scrub

if TYPE_CHECKING:
    from pipeline.publish.leaf import Leaf, Rendered
    from pipeline.publish.summary import RunInfo


def record(leaf: Leaf, run: RunInfo) -> Row:
    """The row of a kept document, in the form that dolma and datatrove read."""
    page, known, amounts = leaf.page, leaf.metadata, leaf.amounts
    values: Row = {
        "id": page.id, "text": leaf.text, "source": page.source, "url": page.url or "", "title": known.title,
        "author": "; ".join(known.authors), "date": known.date, "language": known.language,
        "added": page.fetched_at, "created": known.date,
    }  # fmt: skip
    metadata: Row = {
        "site": known.site, "canonical_url": known.canonical_url, "kind": page.kind, "encoding": page.encoding,
        "words": amounts.words, "removed_words": amounts.removed_words,
        "dup_count": leaf.dup_count, "duplicate_of": leaf.duplicate_of,
        "settings_digest": run.settings_digest, "rules_digest": run.rules_digest, "version": run.version,
        "path": page.path,
    }  # fmt: skip
    return _scrubbed(values) | {"metadata": _scrubbed(metadata)}


def _scrubbed(row: Row) -> Row:
    return {name: scrub(value) if isinstance(value, str) else value for name, value in row.items()}


def manifest_row(rendered: Rendered, outputs: list[str]) -> Row:
    """The row of one input; `outputs` are the texts written for it, relative to OUT, the main one first."""
    value = rendered.value
    row: Row = {name: kind() for name, kind in MANIFEST.items()}
    row |= {"outcome": value.outcome, "key": rendered.key, "seconds": round(rendered.seconds, 4)}
    row |= {"output": outputs[0] if outputs else "", "copies": outputs[1:]}
    if isinstance(value, Failure):
        row |= {"path": value.path, "id": value.id, "reason": f"{value.stage}: {value.message}", "kind": value.kind}
    else:
        amounts = value.amounts
        row |= {
            "path": value.page.path, "id": value.page.id, "reason": why(value),
            "duplicate_of": value.duplicate_of, "duplicate_run": value.duplicate_run, "likeness": value.likeness,
            "similarity": round(value.similarity, 4), "dup_count": value.dup_count,
            "kept_words": amounts.words, "removed_words": amounts.removed_words,
            "kept_blocks": amounts.blocks, "removed_blocks": amounts.removed_blocks,
            "encoding": value.page.encoding, "language": value.metadata.language,
        }  # fmt: skip
    return row


def why(leaf: Leaf) -> str:
    """Why a document was not kept, in words; "" if it was."""
    if leaf.outcome == "kept":
        return ""
    if leaf.note:
        return leaf.note
    return {
        "duplicate": f"repeats {leaf.duplicate_of}",
        "empty": "no text was left after cleaning",
        "blocked": "the page asks for something before it shows its text",
    }.get(leaf.outcome, leaf.outcome)
