"""Rows: the fields of the documents, the manifest and the ledger, and how a row becomes a line.

The fields are tables (`RECORD`, `METADATA`, `MANIFEST`, `LEDGER`): the rows, the Parquet schema and
docs/data-formats.md all follow them (a test holds the docs to it). Every row has all fields, each of one type, never
a null. What an input says in them is told by `entries.py`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import msgspec

from pipeline.document import Reason, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.publish.amounts import Removed

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


class _LedgerRow(msgspec.Struct, gc=False):
    """A row of `LEDGER`; of two hundred a page, each takes two thirds of the time of a dict."""

    id: str
    line: int
    text: str
    category: str
    rule: str
    score: float
    evidence: str
    reasons: tuple[Reason, ...]


_SURROGATE = re.compile("[\ud800-\udfff]")
# A line separator ends a line for some readers of JSON lines; C1 controls and DEL can steer a terminal. Quick looks,
# each for bytes that begin alike: one pattern for all takes as long as everything else that is done here.
_STEERS_IN_UTF8 = tuple(map(re.compile, (rb"\xc2[\x80-\x9f]", rb"\xe2\x80[\xa8\xa9]")))
_STEERS = re.compile("[\x7f-\x9f\u2028\u2029]")
_encoder = msgspec.json.Encoder()


def json_of(value: Any) -> bytes:
    """A value as compact JSON; half a surrogate pair, which UTF-8 cannot hold, becomes U+FFFD."""
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError:
        told = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, separators=(",", ":"))
        return scrub(told).encode()


def json_lines(rows: Sequence[Any]) -> bytes:
    """Rows as lines of UTF-8 JSON, with nothing in them that could end a line or steer a terminal."""
    try:
        lines = _encoder.encode_lines(rows)
    except UnicodeEncodeError:
        lines = b"".join([json_of(row) + b"\n" for row in rows])
    if b"\x7f" in lines or (not lines.isascii() and any(pattern.search(lines) for pattern in _STEERS_IN_UTF8)):
        lines = _STEERS.sub(lambda match: f"\\u{ord(match[0]):04x}", lines.decode()).encode()
    return lines


def scrub(text: str) -> str:
    """`text` that UTF-8 can hold: a lone surrogate becomes U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text)
    return text


def ledger_lines(page_id: str, removed: Iterable[Removed]) -> bytes:
    """One line per removed block, in order, with the reason that spoke loudest and all that were weighed."""
    rows = [
        _LedgerRow(
            page_id, block.line, block.text, reason.category, reason.rule, score_of(verdict), reason.evidence,
            verdict.reasons,
        )
        for block, verdict, reason in removed
    ]  # fmt: skip
    return json_lines(rows)


def score_of(verdict: Verdict) -> float:
    """The sum of what all reasons say; 1.0 and above removes."""
    reasons = verdict.reasons
    score = reasons[0].score if len(reasons) == 1 else sum([reason.score for reason in reasons])
    return score if score == 1 else round(score, 4)  # most are 1.0, and rounding is slow
