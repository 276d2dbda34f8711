"""Structure: what the place of a block says of it.

Five observations. A reader does not see hidden blocks; but pages fade in their sections and open tabs that no name
gives away, so what only waits for a script may be content, if there is much of it and the model is sure. Of closed tabs
and accordions only what reads like prose was written for him. The first block that says what the title says is the
headline, whatever else speaks against it. A label such as "Most read" announces what stands below it, until prose
begins. And short unfinished lines between two lines of clutter are clutter: menus, forms and footers come in runs, and
a rule book knows only some lines of each. The last two hold around an article; on a page that is a list itself, such as
one of products, the same lines are what the reader came for, so there they speak as softly as the page is an article.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.document import SITE_RULE, Category, Reason
from pipeline.judge.view import View, squeeze
from pipeline.segment.hidden import may_be_shown

_HIDDEN = 2.0
_WAITING = 0.5  # of what a script may show: the model must be sure of it
_MUCH = 0.25  # of the likely words that are shown; less than this does not wait
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
    hidden = [index for index, block in enumerate(view.blocks) if block.hidden]
    waiting = _waiting(view, hidden)
    for index in hidden:
        why = view.blocks[index].hidden
        if why.startswith(SITE_RULE):
            yield index, Reason("site-rule", "other", 10.0, why.removeprefix(SITE_RULE))
        else:
            score = _WAITING if index in waiting else _HIDDEN
            yield index, Reason("hidden-from-readers", "hidden", score, why)


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
    for index in [index for index, block in enumerate(view.blocks) if ">figcaption" in block.path]:
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
    removed = _removed(said)
    labels = {index for index, category in enumerate(removed) if category == "related" and _announces(view, index)}
    if not labels:
        return
    label = ""
    left = 0
    voice = _voice(view)
    for index in range(min(labels), len(view.blocks)):
        block = view.blocks[index]
        if block.hidden:
            continue
        if index in labels:
            label, left = block.text, _LISTED[view.kind]
        elif left and not view.prose[index] and not view.sentences[index] and view.words[index] <= _TEASER:
            left -= 1
            if removed[index] is None and not (block.kind == "heading" and block.link_share < 0.5):
                yield index, Reason("listed-as-related", "related", voice, f"listed under “{label}”")
        elif removed[index] is None:
            left = 0


def _announces(view: View, index: int) -> bool:
    """Whether a block is a label of what stands below it; the button of a teaser is none."""
    block = view.blocks[index]
    is_label = view.words[index] <= _LABEL and not view.sentences[index] and not block.hidden
    return is_label and (block.joint is None or block.text.endswith((":", "：")))


def _voice(view: View) -> float:
    """The score of lines that are clutter around an article: 1 where the page surely is one, or nobody can tell."""
    article = view.opinion.article if view.kind == "html" and view.opinion is not None else None
    return 1.0 if article is None else round(article, 3)


def find_surrounded(view: View, said: Sequence[Sequence[Reason]]) -> Iterator[tuple[int, Reason]]:
    """Short unfinished lines with clutter on both sides, given what was said of all blocks so far."""
    removed = _removed(said)
    voice = _voice(view)
    visible = [index for index, block in enumerate(view.blocks) if not block.hidden]
    for place in [place for place, index in enumerate(visible) if removed[index] is None]:
        if not 0 < place < len(visible) - 1:
            continue
        left, index, right = removed[visible[place - 1]], visible[place], removed[visible[place + 1]]
        if left not in _PROMPTS or right not in _PROMPTS:
            continue
        block = view.blocks[index]
        if view.words[index] <= _SHORT_RUN and not view.sentences[index] and block.kind != "heading":
            yield index, Reason("between-clutter", left, voice, f"short, between lines of {left} and {right}")


def _removed(said: Sequence[Sequence[Reason]]) -> list[Category | None]:
    """The category that removes each block, that of its loudest reason; None where it stays."""
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
