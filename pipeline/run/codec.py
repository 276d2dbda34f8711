"""Results as bytes and back: how workers hand them over, and how the store keeps them between runs.

JSON in zlib: readable with a few lines of anything, and harmless to read, which a pickle is not. Rows are lists in the
order of the fields, so a changed value needs a new `FORMAT`, which the store checks.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import fields
from operator import attrgetter
from typing import Any

from pipeline.document import Block, Document, Failure, Metadata, PageInfo, Reason, Result, Verdict

FORMAT = 2


def _row_of(kind: type) -> Any:
    """A function that takes a value of `kind` to the tuple of its fields."""
    return attrgetter(*(field.name for field in fields(kind)))


_block, _failure, _info, _metadata, _reason = map(_row_of, (Block, Failure, PageInfo, Metadata, Reason))


def encode(result: Result) -> bytes:
    """A result as bytes; equal results give equal bytes."""
    value = result.value
    if isinstance(value, Failure):
        told: Any = {"failure": _failure(value)}
    else:
        told = {
            "page": _info(value.page),
            "metadata": _metadata(value.metadata),
            "blocks": [_block(block) for block in value.blocks],
            "verdicts": [[verdict.kept, [_reason(reason) for reason in verdict.reasons]] for verdict in value.verdicts],
            "whole": [value.outcome, value.note, value.duplicate_of],
        }
    told["key"], told["seconds"] = result.key, result.seconds
    return zlib.compress(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"), 1)


def decode(data: bytes) -> Result:
    """The result that `encode` made these bytes of. Raises `ValueError` for anything else."""
    try:
        told = json.loads(zlib.decompress(data))
        return Result(_value(told), told["key"], told["seconds"])
    except (zlib.error, KeyError, TypeError) as error:
        raise ValueError(f"not a stored result: {error}") from None


def _value(told: dict[str, Any]) -> Document | Failure:
    """The document or failure of a decoded result."""
    if "failure" in told:
        return Failure(*told["failure"])
    title, authors, *rest = told["metadata"]
    return Document(
        PageInfo(*told["page"]),
        Metadata(title, tuple(authors), *rest),
        tuple(Block(*row) for row in told["blocks"]),
        tuple(Verdict(kept, tuple(Reason(*row) for row in reasons)) for kept, reasons in told["verdicts"]),
        *told["whole"],
    )
