"""What a worker makes of a page once it is cleaned, while the document is at hand: all that others would read it for.

The result itself is always kept. The rest is made only if the run asks for it (`Wanted`), and made later, by the same
functions, where a run finds it missing beside a result of an earlier one.
"""

from __future__ import annotations

from typing import NamedTuple

from pipeline.document import Result
from pipeline.publish.formats import chosen
from pipeline.publish.leaf import render
from pipeline.run.codec import encode, encode_leaf
from pipeline.run.repeats import Note, note_of
from pipeline.settings import Settings


class Wanted(NamedTuple):
    """What a run needs of each page beside its result.

    `formats` are those that it is published in, None if it is not published. `prints` are needed to find repeats,
    `lines` to remember what its site repeats.
    """

    formats: tuple[str, ...] | None = None
    prints: bool = False
    lines: bool = False


NOTHING = Wanted()


class Work(NamedTuple):
    """What was made of a page: its result and its leaf as bytes (codec.py), and what is noted of it to find repeats."""

    body: bytes
    leaf: bytes | None = None
    note: Note = Note()


def finished(result: Result, settings: Settings, wanted: Wanted) -> Work:
    """The work on a result."""
    leaf = None
    if wanted.formats is not None:
        texts, _ = chosen(wanted.formats)
        leaf = encode_leaf(render(result, texts, settings))
    return Work(encode(result), leaf, note_of(result.value, prints=wanted.prints, lines=wanted.lines))
