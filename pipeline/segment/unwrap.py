"""Prose that an editor wrapped, and that a page shows as it was: a `<br>` after each line, or all of it in `<pre>`.

Observation: what people paste from mails and editors keeps its lines in a forum or a blog, and archives of mail and
manuals set whole texts in `<pre>`. These lines mean nothing. Verse, addresses and listings have lines that do; the
tests of `wrapping.py` tell them apart. What stands in `<pre>` and is mostly wrapped lost its markup before it became a
page, so it is read as any text that did.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from pipeline.document import Block
from pipeline.segment.text.program import is_program
from pipeline.segment.text.reader import segment_text
from pipeline.segment.text.wrapping import in_columns, is_wrapped, is_wrapped_everywhere, joined

Written = Callable[[Sequence[Block]], list[Block]]


def unwrapped(blocks: list[Block], written: Written) -> tuple[list[Block], Written]:
    """The blocks of a page with wrapped lines joined and wrapped texts read, and `written`, which knows of it.

    What came of one block keeps the number of that in its `line`.
    """
    broken = [block for block in blocks if "\n" in block.text]
    made = {block.line: some for block in broken if (some := list(_read(block)))}
    if not made:
        return blocks, written
    whole = [one for block in blocks for one in made.get(block.line, (block,))]
    numbered = [one if one.index == index else replace(one, index=index) for index, one in enumerate(whole)]
    return numbered, functools.partial(_written, written, frozenset(made))


def _read(block: Block) -> Iterator[Block]:
    """What a block of lines becomes; nothing where its lines mean something."""
    if block.kind != "code":
        if is_wrapped(block.text.split("\n"), lambda: False):
            yield replace(block, text=joined(block.text.split("\n")))
    elif _is_prose(block.text):
        for one in segment_text(block.text):
            yield replace(
                one,
                line=block.line,
                path=block.path,
                link_share=block.link_share,
                hidden=block.hidden,
                closed=block.closed,
            )


def _is_prose(text: str) -> bool:
    """Whether at least half of the lines of a text are wrapped, and it is neither a listing nor holds a table."""
    everywhere = functools.cache(lambda: is_wrapped_everywhere(text))
    groups = [group.split("\n") for group in text.split("\n\n") if group.strip()]
    if any(in_columns(group) for group in groups if len(group) > 1):
        return False
    wrapped = [group for group in groups if is_wrapped(group, everywhere) and not is_program(group)]
    return 2 * sum(map(len, wrapped)) >= sum(map(len, groups))


def _written(written: Written, joined_lines: frozenset[int], blocks: Sequence[Block]) -> list[Block]:
    """Blocks with their Markdown, on one line where the text is."""
    return [
        replace(block, markup=joined(block.markup.split("\n")))
        if block.line in joined_lines and "\n" in block.markup
        else block
        for block in written(blocks)
    ]
