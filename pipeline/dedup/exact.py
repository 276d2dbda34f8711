"""Exact duplicates: the same normalised text. The first in canonical order stays, and every other one names it."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.document import Document, Result


def text_key(text: str) -> bytes:
    """128-bit hash of the words of `text`, folded by NFKC and lower case: equal for texts that read the same."""
    folded = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    return hashlib.blake2b(folded.encode("utf-8", "replace"), digest_size=16).digest()


def mark_exact(results: Iterable[Result]) -> Iterator[Result]:
    """The results in their order; a kept document whose text came before becomes a duplicate of that one.

    Keeps 16 bytes and the id of each kept document in memory.
    """
    first: dict[bytes, str] = {}
    for result in results:
        document = result.value
        if not isinstance(document, Document) or document.outcome != "kept":
            yield result
            continue
        leader = first.setdefault(text_key(document.text), document.page.id)
        if leader == document.page.id:
            yield result
        else:
            note = f"the same text as {leader}"
            yield replace(result, value=replace(document, outcome="duplicate", duplicate_of=leader, note=note))
