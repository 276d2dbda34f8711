"""Structure: what the place of a block says of it.

Four observations. A reader does not see hidden blocks; of closed tabs and accordions only what reads like prose was
written for him. The first block that says what the title says is the headline,
whatever else speaks against it. A label such as "Most read" announces what stands below it, until prose begins. And
short unfinished lines between two lines of clutter are clutter: menus, forms and footers come in runs, and a rule book
knows only some lines of each. The last two hold around an article; on a page that is a list itself, such as one of
products, the same lines are what the reader came for, so there they speak as softly as the page is an article.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter

from pipeline.document import SITE_RULE, Category, Reason
from pipeline.judge.view import View, squeeze

_NO_HEADLINE = 0.2  # probability below which the first line of a text is not believed to be its headline
_SHORT_RUN = 8  # words of a line that its neighbours can condemn
_LABEL = 5  # words of a line that announces others
_TEASER = 20  # words of a line that is announced
_LISTED = {"html": 30, "text": 6}  # how many lines a label announces at most
_PROMPTS: frozenset[Category] = frozenset(
    ("login", "comment-form", "share", "nav", "promo", "related", "legal", "consent", "pagination", "other", "comments")
)


def find_hidden(view: View) -> Iterator[tuple[int, Reason]]:
    """A reason for every block that no reader sees, or that a rule of its site takes (stronger than all else)."""
    for index, block in enumerate(view.blocks):
        if block.hidden.startswith(SITE_RULE):
            yield index, Reason("site-rule", "other", 10.0, block.hidden.removeprefix(SITE_RULE))
        elif block.hidden:
            yield index, Reason("hidden-from-readers", "hidden", 2.0, block.hidden)


def find_captions(view: View) -> Iterator[tuple[int, Reason]]:
    """A whisper against every block that the page itself marks as a caption; the setting `captions` makes it a word."""
    for index, block in enumerate(view.blocks):
        if ">figcaption" in block.path:
            yield index, Reason("caption-element", "caption", 0.3, "in a <figcaption>")


def find_folded(view: View) -> Iterator[tuple[int, Reason]]:
    """A word for sentences and tables in closed tabs and accordions: an author wrote them, though few pages do so."""
    for index, block in enumerate(view.blocks):
        if block.closed and not block.hidden:
            if block.kind == "row":
                yield index, Reason("folded-content", "hidden", -0.3, "a table in a tab or accordion that opens")
            elif view.words[index] > 3 and view.sentences[index]:
                yield index, Reason("folded-content", "hidden", -0.3, "a sentence in a tab or accordion that opens")


def find_headline(view: View) -> Iterator[tuple[int, Reason]]:
    """The headline: kept once, or left to the metadata, as the settings say."""
    title = squeeze(view.title)
    if not title:
        return
    equal = [index for index, text in enumerate(view.squeezed) if text == title and not view.blocks[index].hidden]
    if not equal:
        return
    if view.kind == "text" and view.opinion is not None and view.opinion.likely[equal].max() < _NO_HEADLINE:
        return  # the title of a text is its first line, which may as well be a menu's
    if view.settings.headline == "keep":
        yield view.original(equal), Reason("headline", "other", -2.0, "it is the headline")
    else:
        yield view.original(equal), Reason("headline", "other", 2.0, "it is the headline, which the metadata holds")


def find_listed(view: View, said: Sequence[Sequence[Reason]]) -> Iterator[tuple[int, Reason]]:
    """What a label such as "Customers also bought" announces: the short unfinished lines below it."""
    label = ""
    left = 0
    voice = _voice(view)
    for index, block in enumerate(view.blocks):
        if block.hidden:
            continue
        category = _strongest(said[index])
        announces = block.joint is None or block.text.endswith((":", "："))  # the button of a teaser does not
        if category == "related" and announces and view.words[index] <= _LABEL and not view.sentences[index]:
            label, left = block.text, _LISTED[view.kind]
        elif left and not view.prose[index] and not view.sentences[index] and view.words[index] <= _TEASER:
            left -= 1
            if category is None and not (block.kind == "heading" and block.link_share < 0.5):
                yield index, Reason("listed-as-related", "related", voice, f"listed under “{label}”")
        elif category is None:
            left = 0


def _voice(view: View) -> float:
    """The score of lines that are clutter around an article: 1 where the page surely is one, or nobody can tell."""
    article = view.opinion.article if view.kind == "html" and view.opinion is not None else None
    return 1.0 if article is None else round(article, 3)


def find_surrounded(view: View, said: Sequence[Sequence[Reason]]) -> Iterator[tuple[int, Reason]]:
    """Short unfinished lines with clutter on both sides, given what was said of all blocks so far."""
    removed = [_strongest(reasons) for reasons in said]
    voice = _voice(view)
    visible = [index for index, block in enumerate(view.blocks) if not block.hidden]
    for before, index, after in zip(visible, visible[1:], visible[2:], strict=False):
        left, right = removed[before], removed[after]
        if removed[index] or not left or not right or left not in _PROMPTS or right not in _PROMPTS:
            continue
        block = view.blocks[index]
        if view.words[index] <= _SHORT_RUN and not view.sentences[index] and block.kind != "heading":
            yield index, Reason("between-clutter", left, voice, f"short, between lines of {left} and {right}")


_score = attrgetter("score")


def _strongest(reasons: Sequence[Reason]) -> Category | None:
    """The category that removes a block; None if it stays."""
    if len(reasons) == 1:  # as most blocks have
        return reasons[0].category if reasons[0].score >= 1.0 else None
    if sum([reason.score for reason in reasons]) < 1.0:
        return None
    return max(reasons, key=_score).category
