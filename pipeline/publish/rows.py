"""Rows: what one result says in the documents, the manifest and the ledger, field by field.

The fields are tables (`RECORD`, `METADATA`, `MANIFEST`, `LEDGER`): the rows, the Parquet schema and
docs/data-formats.md all follow them (a test holds the docs to it). Every row has all fields, each of one type, never
a null. What is not a row of these files does not belong here.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from pipeline.document import Block, Document, Reason, Result, Verdict
from pipeline.publish.summary import RunInfo, loudest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Row = dict[str, Any]

RECORD: Mapping[str, type] = dict.fromkeys(
    ("id", "text", "source", "url", "title", "author", "date", "language", "added", "created"), str
) | {"metadata": dict}
METADATA: Mapping[str, type] = {
    "site": str, "canonical_url": str, "kind": str, "encoding": str, "words": int, "removed_words": int,
    "dup_count": int, "duplicate_of": str,
    "settings_digest": str, "rules_digest": str, "version": str, "path": str,
}  # fmt: skip
MANIFEST: Mapping[str, type] = {
    "path": str, "id": str, "outcome": str, "reason": str, "kind": str,
    "duplicate_of": str, "duplicate_run": str, "likeness": str, "similarity": float, "dup_count": int, "output": str,
    "copies": list, "kept_words": int, "removed_words": int, "kept_blocks": int, "removed_blocks": int,
    "encoding": str, "language": str, "key": str, "seconds": float,
}  # fmt: skip
LEDGER: Mapping[str, type] = {
    "id": str, "line": int, "text": str, "category": str, "rule": str, "score": float, "evidence": str,
    "reasons": list,
}  # fmt: skip

_SURROGATE = re.compile("[\ud800-\udfff]")
# A line separator ends a line for some readers of JSON lines; C1 controls and DEL can steer a terminal.
_ESCAPE = re.compile("[\x7f-\x9f\u2028\u2029]")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": ")).encode


def json_line(row: Row) -> bytes:
    """A row as one line of UTF-8 JSON, with nothing in it that could end the line or steer a terminal."""
    text = _encode(row)
    if not text.isprintable():
        text = scrub(_ESCAPE.sub(lambda match: f"\\u{ord(match[0]):04x}", text))
    return text.encode() + b"\n"


def scrub(text: str) -> str:
    """`text` that UTF-8 can hold: a lone surrogate becomes U+FFFD."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def record(document: Document, text: str, run: RunInfo) -> Row:
    """The row of a kept document, with its clean `text`, in the form that dolma and datatrove read."""
    page, known = document.page, document.metadata
    values: Row = {
        "id": page.id, "text": text, "source": page.source, "url": page.url or "", "title": known.title,
        "author": "; ".join(known.authors), "date": known.date, "language": known.language,
        "added": page.fetched_at, "created": known.date,
    }  # fmt: skip
    metadata: Row = {
        "site": known.site, "canonical_url": known.canonical_url, "kind": page.kind, "encoding": page.encoding,
        "words": words_of(document.kept), "removed_words": words_of(b for b, _ in document.removed),
        "dup_count": document.dup_count, "duplicate_of": document.duplicate_of,
        "settings_digest": run.settings_digest, "rules_digest": run.rules_digest, "version": run.version,
        "path": page.path,
    }  # fmt: skip
    return _scrubbed(values) | {"metadata": _scrubbed(metadata)}


def _scrubbed(row: Row) -> Row:
    return {name: scrub(value) if isinstance(value, str) else value for name, value in row.items()}


def words_of(blocks: Iterator[Block] | tuple[Block, ...]) -> int:
    """How many words some blocks have."""
    return len(" ".join([block.text for block in blocks]).split())


def manifest_row(result: Result, outputs: list[str]) -> Row:
    """The row of one input; `outputs` are the texts written for it, relative to OUT, the main one first."""
    value = result.value
    row: Row = {name: kind() for name, kind in MANIFEST.items()}
    row |= {"outcome": value.outcome, "key": result.key, "seconds": round(result.seconds, 4)}
    row |= {"output": outputs[0] if outputs else "", "copies": outputs[1:]}
    if isinstance(value, Document):
        kept, removed = value.kept, tuple(block for block, _ in value.removed)
        row |= {
            "path": value.page.path, "id": value.page.id, "reason": why(value),
            "duplicate_of": value.duplicate_of, "duplicate_run": value.duplicate_run, "likeness": value.likeness,
            "similarity": round(value.similarity, 4), "dup_count": value.dup_count,
            "kept_words": words_of(kept), "removed_words": words_of(removed),
            "kept_blocks": len(kept), "removed_blocks": len(removed),
            "encoding": value.page.encoding, "language": value.metadata.language,
        }  # fmt: skip
    else:
        row |= {"path": value.path, "id": value.id, "reason": f"{value.stage}: {value.message}", "kind": value.kind}
    return row


def why(document: Document) -> str:
    """Why a document was not kept, in words; "" if it was."""
    if document.outcome == "kept":
        return ""
    if document.note:
        return document.note
    return {
        "duplicate": f"repeats {document.duplicate_of}",
        "empty": "no text was left after cleaning",
        "blocked": "the page asks for something before it shows its text",
    }.get(document.outcome, document.outcome)


def ledger_rows(document: Document) -> Iterator[Row]:
    """One row per removed block, in order, with the reason that spoke loudest and all that were weighed."""
    for block, verdict in document.removed:
        reason = loudest(verdict)
        yield {
            "id": document.page.id, "line": block.line, "text": block.text, "category": reason.category,
            "rule": reason.rule, "score": score_of(verdict), "evidence": reason.evidence,
            "reasons": [_reason(each) for each in verdict.reasons],
        }  # fmt: skip


def score_of(verdict: Verdict) -> float:
    """The sum of what all reasons say; 1.0 and above removes."""
    return round(sum(reason.score for reason in verdict.reasons), 4)


def _reason(reason: Reason) -> Row:
    return {
        "rule": reason.rule, "category": reason.category, "score": round(reason.score, 4), "evidence": reason.evidence
    }  # fmt: skip
