"""Structure: what the place of a block says of it.

Five observations. A reader does not see hidden blocks; but pages fade in their sections and open tabs that no name
gives away, so what only waits for a script may be content, if there is much of it and the model is sure. Of closed tabs
and accordions only what reads like prose was written for him. A label such as "Most read" announces what stands below
it, until prose begins. And short unfinished lines between two lines of clutter are clutter: menus, forms and footers
come in runs, and a rule book knows only some lines of each. The last two hold around an article; on a page that is a
list itself, such as one of products, the same lines are what the reader came for, so there they speak as softly as the
page is an article. And numbers in a row that stand as a code block of their own are those of the lines of another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from pipeline.document import SITE_RULE, Category, Reason
from pipeline.judge.columns import KINDS
from pipeline.judge.compiled import look_up
from pipeline.judge.headline import first_paragraph, is_signed
from pipeline.judge.view import View
from pipeline.segment.hidden import COMMENT, FRONT_MATTER, may_be_shown

_HIDDEN = 2.0
_UNSEEN = 5.0  # whatever the model says of the words of a comment or of front matter
_WAITING = 0.5  # of what a script may show: the model must be sure of it
_MUCH = 0.25  # of the likely words that are shown; less than this does not wait
_SHORT_RUN = 8  # words of a line that its neighbours can condemn
_LABEL = 5  # words of a line that announces others
_TEASER = 20  # words of a line that is announced
_LISTED = {"html": 30, "text": 6}  # how many lines a label announces at most
_WITH_HEADLINE = re.compile(r"(?:: |：)\S")  # behind the label
_NUMBERS = 2.5  # against whatever the model says of them
_DIGITS = 7  # a first number of a line has fewer
_CAPTION = Reason("caption-element", "caption", 0.3, "in a <figcaption>")
_PROMPTS: frozenset[Category] = frozenset(
    ("login", "comment-form", "share", "nav", "promo", "related", "legal", "consent", "pagination", "other", "comments")
)


def find_hidden(view: View) -> Iterator[tuple[int, Reason]]:
    """A reason for every block that no reader sees, or that a rule of its site takes (stronger than all else)."""
    hidden = _places(~view.columns.shown)
    if not hidden:
        return
    waiting = _waiting(view, hidden)
    reasons = {why: _hidden(why) for why in {view.blocks[index].hidden for index in hidden}}  # few, shared by many
    for index in hidden:
        why = view.blocks[index].hidden
        waits = index in waiting
        yield index, Reason("hidden-from-readers", "hidden", _WAITING, why) if waits else reasons[why]


def _hidden(why: str) -> Reason:
    """What is said of a block that is hidden, and waits for no script."""
    if why.startswith(SITE_RULE):
        return Reason("site-rule", "other", 10.0, why.removeprefix(SITE_RULE))
    return Reason("hidden-from-readers", "hidden", _UNSEEN if why in (COMMENT, FRONT_MATTER) else _HIDDEN, why)


def _places(flags: Any) -> list[int]:
    """Which blocks of a page are flagged, given an array of all."""
    return np.flatnonzero(flags).tolist()


def _waiting(view: View, hidden: Sequence[int]) -> frozenset[int]:
    """The hidden blocks that a script may show, where the model finds much of the page's content in them.

    A line or two among paragraphs that are shown is no section that waits; it may be an order to machines. The preset
    `recall` asks so little of a block that a model is sure of nothing.
    """
    waiting = [index for index in hidden if may_be_shown(view.blocks[index].hidden)]
    if not waiting or view.opinion is None or view.settings.preset == "recall":
        return frozenset()
    content = view.opinion.likely * view.columns.words
    shown = float(content[view.columns.shown].sum())
    much = float(content[waiting].sum()) >= _MUCH * shown
    return frozenset(waiting) if much else frozenset()


def find_captions(view: View) -> Iterator[tuple[int, Reason]]:
    """A whisper against every block that the page itself marks as a caption; the setting `captions` makes it a word."""
    if not any(spelling.startswith("figcaption") for spelling in view.ways.spellings):
        return
    for index, block in enumerate(view.blocks):
        if ">figcaption" in block.path:
            yield index, _CAPTION


def find_folded(view: View) -> Iterator[tuple[int, Reason]]:
    """A word for sentences and tables in closed tabs and accordions: an author wrote them, though few pages do so."""
    for index in _places(view.columns.closed & view.columns.shown):
        if view.blocks[index].kind == "row":
            yield index, Reason("folded-content", "hidden", -0.3, "a table in a tab or accordion that opens")
        elif view.words[index] > 3 and view.sentences[index]:
            yield index, Reason("folded-content", "hidden", -0.3, "a sentence in a tab or accordion that opens")


def find_line_numbers(view: View) -> Iterator[tuple[int, Reason]]:
    """A reason for every column of numbers beside a code block: pages lay out the two as code in two cells."""
    for index in _places(view.columns.kinds == KINDS["code"]):
        numbers = view.blocks[index].text.split()
        if len(numbers) > 1 and numbers[0].isdecimal() and len(numbers[0]) < _DIGITS:
            first = int(numbers[0])
            if numbers == [str(number) for number in range(first, first + len(numbers))]:
                yield index, Reason("line-numbers", "other", _NUMBERS, f"numbers from {first} to {numbers[-1]}")


def find_listed(view: View, said: Sequence[tuple[Reason, ...]]) -> Iterator[tuple[int, Reason]]:
    """What a label such as "Customers also bought" announces: the short unfinished lines below it."""
    removed = _removed(view, said)
    labels = [index for index, category in enumerate(removed) if category == "related" and _announces(view, index)]
    voice = _voice(view) if labels else 0.0
    top = first_paragraph(view) if labels and view.kind == "text" else 0
    for label, end in pairwise([*labels, len(removed)]):
        left = _LISTED[view.kind]
        for index in range(label + 1, end):
            block = view.blocks[index]
            if block.hidden:
                continue
            if index < top and is_signed(view, index, top):
                break
            if not view.prose[index] and not view.sentences[index] and view.words[index] <= _TEASER:
                left -= 1
                if removed[index] is None and not (block.kind == "heading" and block.link_share < 0.5):
                    evidence = f"listed under “{view.blocks[label].text}”"
                    yield index, Reason("listed-as-related", "related", voice, evidence)
            elif removed[index] is None:
                left = 0
            if not left:
                break


def _announces(view: View, index: int) -> bool:
    """Whether a block is a label of what stands below it; one that names its headline is none, nor a button."""
    block = view.blocks[index]
    if view.words[index] > _LABEL or view.sentences[index] or block.hidden or _WITH_HEADLINE.search(block.text):
        return False
    return block.joint is None or block.text.endswith((":", "："))


def _voice(view: View) -> float:
    """The score of lines that are clutter around an article: 1 where the page surely is one, or nobody can tell."""
    article = view.opinion.article if view.kind == "html" and view.opinion is not None else None
    return 1.0 if article is None else round(article, 3)


def find_surrounded(view: View, said: Sequence[tuple[Reason, ...]]) -> Iterator[tuple[int, Reason]]:
    """Short unfinished lines with clutter on both sides, given what was said of all blocks so far."""
    removed = _removed(view, said)
    voice = _voice(view)
    visible = _places(view.columns.shown)
    shown = [removed[index] for index in visible]
    for index, left, own, right in zip(visible[1:], shown, shown[1:], shown[2:], strict=False):
        if own is None and left in _PROMPTS and right in _PROMPTS:
            is_short = view.words[index] <= _SHORT_RUN and not view.sentences[index]
            if is_short and view.blocks[index].kind != "heading":
                yield index, Reason("between-clutter", left, voice, f"short, between lines of {left} and {right}")


def _removed(view: View, said: Sequence[tuple[Reason, ...]]) -> list[Category | None]:
    """The category that removes each block, that of its loudest reason; None where it stays."""
    if view.compiled:
        return look_up.removed(Reason, said, 1.0)
    removed: list[Category | None] = []
    for reasons in said:
        loudest = total = 0.0
        category: Category | None = None
        for reason in reasons:
            score = reason.score
            total += score
            if score > loudest:
                loudest, category = score, reason.category
        removed.append(category if total >= 1.0 else None)
    return removed
