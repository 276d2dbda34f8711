"""Repetition on the page: the headline again, a caption again, a prompt again.

Observation: what stands on a page twice was written once. The site repeats headlines in breadcrumbs and comment
forms, captions in galleries, prompts between paragraphs. Authors repeat too, but short things and in company: refrains,
name lines, cells of a table, code. So a repeat needs 30 letters, or to be the headline; which of equal blocks stays is
said by `View.original`. And an author says the same of two things, of two functions of a manual or two talks of a
conference: then it stands twice in the same kind of place, with other words around. Of the words of such repeats on
WCXB 68 % are content, of all others 10 %.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from pipeline.document import Reason
from pipeline.judge.view import View

_LONG = 30  # letters and digits; shorter repeats are no evidence by themselves
_VERSE = 60  # characters of the longest line of a poem
_SURPLUS = 20  # letters that a second copy may have more, such as a credit
_NAMES = re.compile(r"#[^>]*")  # ids, and classes behind them


def find_repeats(view: View) -> Iterator[tuple[int, Reason]]:
    """A reason for every block that stood on the page before, or stands there better."""
    title = None if view.headline is None else view.squeezed[view.headline]
    firsts: dict[str, int] = {}
    again: dict[str, list[int]] = {}
    for index in [index for index, text in enumerate(view.squeezed) if len(text) >= _LONG or text == title]:
        block = view.blocks[index]
        if not block.hidden and block.kind not in ("code", "row"):
            text = view.squeezed[index]
            if firsts.setdefault(text, index) != index:
                again.setdefault(text, [firsts[text]]).append(index)
    for copies in again.values():
        first = view.original(copies)
        for index in copies:
            if index != first and not _refrain(view, index) and not _of_another(view, index, first):
                yield index, _reason(f"the same as block {first + 1}")
    yield from _extended(view, firsts)


def _extended(view: View, firsts: dict[str, int]) -> Iterator[tuple[int, Reason]]:
    """Blocks that follow directly after themselves with a little more or less: captions with and without credit."""
    for (text, index), (other, after) in itertools.pairwise(firsts.items()):  # in the order of the page
        if after - index <= 2 and (other.startswith(text) or text.startswith(other)):
            shorter, longer = (index, after) if len(text) < len(other) else (after, index)
            if abs(len(other) - len(text)) <= _SURPLUS and not view.prose[shorter]:
                yield shorter, _reason(f"the beginning of block {longer + 1}")


def _refrain(view: View, index: int) -> bool:
    """A stanza of short lines, or one short line set tightly among others of its kind: a poem may say it again."""
    block = view.blocks[index]
    lines = block.text.split("\n")
    is_stanza = len(lines) > 2 or (view.kind == "text" and block.kind == "line" and block.tight)
    return is_stanza and max(map(len, lines)) < _VERSE


def _of_another(view: View, index: int, first: int) -> bool:
    """Whether a block says of another thing what the first says: in the same place, with other words before and after.

    A text has no places; only one that was cleaned before is believed. Headings are names, and say nothing of a thing.
    """
    if abs(index - first) == 1 or view.blocks[index].kind == "heading":
        return False
    if not view.cleaned and (view.kind == "text" or _place(view, index) != _place(view, first)):
        return False
    return all(_at(view, index + side) != _at(view, first + side) for side in (-1, 1))


def _place(view: View, index: int) -> str:
    """The path of a block without the names of single elements."""
    return _NAMES.sub("", view.blocks[index].path)


def _at(view: View, index: int) -> str | None:
    """What the block at a place says, squeezed; None beyond both ends of the page."""
    return view.squeezed[index] if 0 <= index < len(view.squeezed) else None


def _reason(evidence: str) -> Reason:
    return Reason("repeat-on-page", "repeat", 1.0, evidence)
