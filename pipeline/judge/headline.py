"""The headline: the block that says the title; of a text that names none, the line that reads like one.

A page adds the name of its site, or what searchers look for, to its title: then a heading of the first level is
the headline, if the one begins or ends as the other.

Observation: what lost its markup begins with a menu, a date or a rubric as often as with its headline, but above its
first paragraph the headline stands nearly always, and gives itself away. Its words come back in the text below, more
than once; menus and teasers of other pages use other words. It is short, but not one word; it does not end as a
sentence does; a line about author and date follows it, or a longer line that goes on where it stopped. Other lines
repeat it with something added. No sign alone tells, so they are weighed against each other, and against there being
no headline: the weights are those of a conditional logit over texts of known title (docs/how-it-decides.md).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING

from pipeline.document import Reason
from pipeline.judge.compiled import look_up

if TYPE_CHECKING:
    from pipeline.judge.view import View

_REACH = 25  # lines above the first paragraph
_PARAGRAPHS = 30  # that are read for the words of the line
_LONGEST = 25  # words of a headline
_WIDEST = 300  # characters; twenty-five words may be megabytes
_SHORT = 12  # words; a standfirst is longer
_NAME = 12  # characters; a label of one or two words is shorter
_REPEATED = 10  # letters and digits; less stands inside other lines by chance
_RULED = 0.4  # a rule that says so much knows the line as a date, a byline or clutter
_BELOW = 3  # lines below it in which its byline stands
_BEARS = 0.2  # probability from which a line is taken for the headline
_UNLIKELY = 0.2  # probability of being content below which a first line is none where nothing else tells
_NONE = (0.4, 0.6)  # what speaks for "none of these": so much, and so much times the logarithm of how many they are

_NO_HEADLINES = frozenset(("quote", "row", "code"))
_LONG = 4  # letters; shorter words stand in every text
_DENSE = "\u0e00"  # but scripts from here on write them in one to three characters


def find_headline(view: View) -> Iterator[tuple[int, Reason]]:
    """The headline: kept once, or left to the metadata, as the settings say."""
    if view.headline is None:
        return
    is_sure = bool(view.title) or view.blocks[view.headline].kind == "heading"
    seen = "it is the headline" if is_sure else "it reads like the headline of the text below it"
    if view.settings.headline == "keep":
        yield view.headline, Reason("headline", "other", -2.0, seen)
    else:  # a guess may be outvoted, or each cleaning of a text would take one line more
        yield view.headline, Reason("headline", "other", 3.0 if is_sure else 2.0, f"{seen}, which the metadata holds")


def is_signed(view: View, index: int, end: int) -> bool:
    """Whether one of the next lines, before `end`, is a byline, as stands below headlines."""
    below = range(index + 1, min(index + 1 + _BELOW, end))
    return any(reason.category == "byline" for after in below for reason in view.spoken[after])


def first_paragraph(view: View) -> int:
    """Where the text begins that a menu stands above: its first prose, the number of blocks if it has none."""
    return next(_paragraphs(view, 0), len(view.blocks))


def headline_of(view: View) -> int | None:
    """The block that is the headline: the best of those that say the same; None if there is none."""
    said = view.squeezed_title
    if not said and view.kind == "text" and view.blocks:
        best = _only_heading(view)
        best = _best_line(view) if best is None else best
        said = "" if best is None else view.squeezed[best]
    if not said:
        return None
    equal = [index for index, text in enumerate(view.squeezed) if text == said and not view.blocks[index].hidden]
    return view.original(equal) if equal else _first_heading(view)


def _first_heading(view: View) -> int | None:
    """The heading of the first level that says the beginning or the end of the title, beside a site's name or the like.

    Where several do, one of them is the site's name; and a short one of several may say it by chance.
    """
    blocks, said, title = view.blocks, view.squeezed, view.squeezed_title
    first = [i for i, block in enumerate(blocks) if block.kind == "heading" and block.level == 1 and not block.hidden]
    saying = [index for index in first if said[index] and _is_part(said[index], title)]
    is_sure = len(saying) == 1 and (len(first) == 1 or len(said[saying[0]]) >= _REPEATED)
    return saying[0] if is_sure else None


def _only_heading(view: View) -> int | None:
    """The one heading of the first level that a text in Markdown has, if no other heading and no prose stands above."""
    headings = [index for index, block in enumerate(view.blocks) if block.kind == "heading" and not block.hidden]
    if not headings or [view.blocks[index].level for index in headings].count(1) != 1:
        return None
    first = headings[0]
    is_title = view.blocks[first].level == 1 and view.squeezed[first] and view.words[first] <= _LONGEST
    return first if is_title and first < first_paragraph(view) else None


def _is_part(one: str, other: str) -> bool:
    """Whether one of two begins or ends as the other."""
    shorter, longer = sorted((one, other), key=len)
    return longer.startswith(shorter) or longer.endswith(shorter)


def _best_line(view: View) -> int | None:
    """The line of a text that reads most like its headline, if one does."""
    first = first_paragraph(view)
    if first == len(view.blocks):
        return _first_line(view)
    above = range(max(first - _REACH, 0), first)
    lines = [index for index in above if _may_be(view, index)]
    if not lines:
        return None
    paragraphs = list(islice(_paragraphs(view, first), _PARAGRAPHS))
    counted = _recurring(view, lines, paragraphs)
    scores = {index: _score(view, index, some, above) for index, some in zip(lines, counted, strict=True)}
    best = max(lines, key=lambda index: scores[index])
    none = _NONE[0] + _NONE[1] * math.log(len(lines))
    odds = [math.exp(score - scores[best]) for score in (*scores.values(), none)]
    return best if 1 / sum(odds) >= _BEARS else None


def _paragraphs(view: View, start: int) -> Iterator[int]:
    """The blocks of prose that are likely content."""
    likely = None if view.opinion is None else view.opinion.likely
    for index in range(start, len(view.blocks)):
        if view.prose[index] and (likely is None or likely[index] >= 0.5) and not _ruled(view, index, 1.0):
            yield index


def _first_line(view: View) -> int | None:
    """The first line of a text without paragraphs, if it is set like a headline and not very unlikely content."""
    first = view.blocks[0]
    unlikely = view.opinion is not None and view.opinion.likely[0] < _UNLIKELY
    is_set = first.kind in ("line", "heading") and not first.text.endswith((".", ":", "!", "。"))
    return 0 if is_set and not unlikely and _may_be(view, 0) else None


def _may_be(view: View, index: int) -> bool:
    """Whether a line may be a headline at all: neither long, nor a sentence of some length, nor known, nor a number."""
    text = view.blocks[index].text
    if view.blocks[index].kind in _NO_HEADLINES:
        return False
    if view.words[index] > _LONGEST or len(text) > _WIDEST or view.prose[index] or not view.squeezed[index]:
        return False
    return 3 * sum(map(str.isdigit, text)) <= len(text) and not _ruled(view, index, _RULED)


def _ruled(view: View, index: int, least: float) -> bool:
    """Whether a rule speaks against a line with at least this score."""
    return any(reason.score >= least for reason in view.spoken[index])


def _recurring(view: View, lines: Sequence[int], paragraphs: Sequence[int]) -> list[tuple[int, int, int]]:
    """Of each line how many long words it has, how many stand in the paragraphs, and how many do so repeatedly."""
    if view.texts is not None:
        return look_up.recurring(view.texts, lines, paragraphs, _LONG, ord(_DENSE))
    stands = Counter(chain.from_iterable(view.terms[index] for index in paragraphs))
    counts = [
        [stands[term] for term in set(view.terms[index]) if len(term) >= _LONG or term >= _DENSE] for index in lines
    ]
    return [(len(some), sum(n > 0 for n in some), sum(n > 1 for n in some)) for some in counts]


def _score(view: View, index: int, counted: tuple[int, int, int], above: range) -> float:
    """How much speaks for a line to be the headline of what stands below it, in logits; `counted` are its words."""
    block, words, below = view.blocks[index], view.words[index], range(index + 1, above.stop)
    telling, again, often = counted
    follows = any(view.words[after] >= max(_SHORT, 1.5 * words) for after in below[:2])
    said = view.squeezed[index]
    repeated = len(said) >= _REPEATED and any(said in view.squeezed[other] for other in above if other != index)
    return (
        1.7 * math.log1p(often)
        + 1.4 * again / max(telling, 1)
        + 2.2 * is_signed(view, index, above.stop)
        + 2.0 * (block.kind == "heading")
        + 0.6 * (index == 0)
        + 0.4 * follows
        + 0.6 * repeated
        - 0.8 * math.log1p(len(below))
        - 0.5 * view.sentences[index]
        - 0.5 * block.text[:1].islower()
        - 0.7 * any(sign in block.text for sign in "|>›»")
        - 2.0 * (words < 3 and len(block.text) < _NAME)
        - 1.0 * max(words - _SHORT, 0) / 10
    )
