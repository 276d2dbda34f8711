"""How likely content must be to stay: a number for each block of a page, from what the model thinks of all of them.

Four observations on pages of HTML. Where nothing is likely, nothing is content: an empty shell has likeliest blocks
too. On pages that are no articles the best choice is the one that promises the highest F1: keep the likeliest blocks as
long as that promise grows, which is as long as they are likelier than half of it. And an article has a body: paragraphs
in one box that hold most of the likely text outside links. The surer the body, the more is asked of what is not prose;
and links before its first paragraph or after its last lead elsewhere, however much they read like the list of another
page. A manual is prose from end to end, some of it in notes and lists that look like boxes of clutter elsewhere: there
less is asked of prose, of its headings, and of code.

And two on texts without markup: a clutter line that stays costs its reader one line, a content line that goes costs all
its words; and a text of which little would go was cleaned before, or nearly.

All of it is counted in blocks and shares, so it holds in languages that the model never read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.judge.columns import KINDS as BLOCKS
from pipeline.judge.columns import total
from pipeline.judge.compiled import COMPILED, counted
from pipeline.judge.features import sigmoid
from pipeline.judge.kind import KINDS_OF_PAGE
from pipeline.judge.view import View

_ASKED = {"precision": 0.8, "balanced": 0.65, "recall": 0.3}  # of an article
_OF_PROMISE = {"forum": 1.1, "product": 1.3, "listing": 0.6, "collection": 0.5, "documentation": 0.6, "service": 0.9}
_ELSEWHERE = {"precision": (0.75, 1.0), "balanced": (0.25, 1.0), "recall": (0.1, 0.3)}  # least and most, elsewhere
_OUTSIDE = {"precision": 0.95, "balanced": 0.9, "recall": 0.8}  # of links beside the body of an article
_SHARES = (0.4, 0.8)  # of the likely text: from no article to an article for sure
_PARAGRAPHS = (2, 6)  # likewise
_BODY = (0.5, 3, 100)  # share, paragraphs and words of a body that makes links outside it suspect

_ODDS = {"precision": 8.0, "balanced": 4.0, "recall": 1.0}  # of the shortest lines of an article without markup
_PARAGRAPH = 15.0  # words
_SENTENCE = 8  # words
_OF_SENTENCES = {"precision": 0.65, "balanced": 0.5, "recall": 0.5}  # at most
_ARTICLE = 0.5  # share of prose among the likely words that makes a text an article
_FEW = 0.15  # share of a text's lines; where fewer would go, the text is clean already, or nearly
_SPOTLESS = 0.02  # what is asked at most of a text that was cleaned before
_LENIENT = 1.4  # log odds that are asked less there, and of what manuals are made of
_LINKED = 0.3  # share of links from which it leads elsewhere
_MANUAL = KINDS_OF_PAGE.index("documentation")


def asked_for(likely: Any, view: View) -> Any:
    """The probability that each block of a page must reach, (n,), given those of all, (n,)."""
    return _asked_of_blocks(likely, view) if view.kind == "html" else _asked_of_lines(likely, view)


def log_odds(probability: Any) -> Any:
    """The logit, within what floats bear."""
    bounded = np.minimum(np.maximum(probability, 1e-6), 1 - 1e-6)
    return np.log(bounded / (1 - bounded))


@dataclass(frozen=True)
class Body:
    """The box of a page with the most likely prose: its share of the likely text, paragraphs, words.

    `outside` says of each block, (n,), whether it stands before the first or after the last of these paragraphs.
    """

    share: float
    paragraphs: int
    words: float
    outside: Any

    @property
    def sureness(self) -> float:
        """How surely the page is an article, 0 to 1."""
        (low, high), (few, many) = _SHARES, _PARAGRAPHS
        share = min(max((self.share - low) / (high - low), 0.0), 1.0)
        return share * min(max((self.paragraphs - few) / (many - few), 0.0), 1.0)


def body_of(likely: Any, view: View) -> Body:
    """The body of a page of n blocks that are content with these probabilities, (n,)."""
    columns = view.columns
    if view.compiled:
        share, amount, prose_words, beyond = counted.body(np.asarray(likely, np.float64), columns, view.ways)
        return Body(share, amount, prose_words, np.frombuffer(beyond, dtype=bool))
    boxes = columns.boxes
    text = columns.words * (1 - columns.links) * (columns.shown & (likely >= 0.5))
    prose = text * columns.prose
    sums = np.bincount(boxes, prose)
    box = int(sums.argmax())
    paragraphs = np.flatnonzero((boxes == box) & (prose > 0))
    order = np.arange(len(text))
    outside = np.zeros(len(text), dtype=bool)
    if len(paragraphs):
        outside = (order < paragraphs[0]) | (order > paragraphs[-1])
    return Body(float(sums[box] / max(total(text), 1.0)), len(paragraphs), float(sums[box]), outside)


def _asked_of_blocks(likely: Any, view: View) -> Any:
    """What is asked of the blocks of a page of HTML."""
    preset = view.settings.preset
    body = body_of(likely, view)
    least, most = _ELSEWHERE[preset]
    elsewhere = min(max(half_of_promise(likely, view.columns.words, compiled=view.compiled), least), most)
    kinds = view.opinion.kinds if view.opinion is not None else None
    if kinds is None:
        base = (1 - body.sureness) * elsewhere + body.sureness * _ASKED[preset]
    else:
        base = float(kinds @ [_ASKED[preset], *(elsewhere * _OF_PROMISE[kind] for kind in KINDS_OF_PAGE[1:])])
    asked = np.full(len(likely), base)
    if kinds is not None:
        written = _written(view)
        asked[written] = sigmoid(log_odds(asked[written]) - _LENIENT * float(kinds[_MANUAL]))
    share, paragraphs, words = _BODY
    if body.share > share and body.paragraphs >= paragraphs and body.words >= words:
        links = view.columns.links > 0.5
        asked[links & body.outside] = max(base, _OUTSIDE[preset])
    return asked


def _written(view: View) -> Any:
    """Which blocks are what manuals are made of, (n,): prose, headings right above prose, and code."""
    columns = view.columns
    written = columns.prose | (columns.kinds == BLOCKS["code"])
    written[:-1] |= (columns.kinds[:-1] == BLOCKS["heading"]) & columns.prose[1:]
    return written & columns.shown & (columns.links < _LINKED)


def _asked_of_lines(likely: Any, view: View) -> Any:
    """What is asked of the lines of a text.

    In an article the odds are those of a short line, and fall with the square of its length, as prose grows safer: even
    at 26 words, one to three at 50. A whole sentence is more to lose than a line, and is asked for even odds at most.
    Markdown still knows its links, and of those beside an article more is asked, as in HTML.
    """
    words = view.columns.words
    preset = view.settings.preset
    probable = likely >= 0.5
    prose = float((words * view.columns.prose)[probable].sum() / max(float(words[probable].sum()), 1.0))
    if prose > _ARTICLE:
        asked = 1 / (1 + (1 + (words / _PARAGRAPH) ** 2) / _ODDS[preset])
        sentences = view.columns.ends & (words >= _SENTENCE)
        asked = np.where(sentences, np.minimum(asked, _OF_SENTENCES[preset]), asked)
    else:
        least, most = _ELSEWHERE[preset]
        asked = np.full(len(words), min(max(half_of_promise(likely, words, compiled=view.compiled), least), most))
    links = view.columns.links > 0.5
    if links.any() and _has_body(probable & ~links, view):
        asked[links] = np.maximum(asked[links], _OUTSIDE[preset])
    if view.cleaned:
        return np.minimum(asked, _SPOTLESS)
    return sigmoid(log_odds(asked) - _LENIENT) if (likely < asked).mean() < _FEW else asked


def _has_body(text: Any, view: View) -> bool:
    """Whether these lines of a text are an article's, mostly prose: then links beside them lead elsewhere."""
    prose, words = text & view.columns.prose, view.columns.words
    share, paragraphs, least = _BODY
    return bool(prose.sum() >= paragraphs and words[prose].sum() >= max(least, share * words[text].sum()))


def half_of_promise(likely: Any, words: Any, *, compiled: bool = COMPILED) -> float:
    """Half of the best F1 that a choice of blocks promises: a block adds to it as long as it is likelier than this."""
    if compiled:
        return counted.promise(np.asarray(likely, np.float64), np.asarray(words, np.float64)) / 2
    order = np.argsort(-likely, kind="stable")
    gained = np.cumsum((likely * words)[order])
    promise = 2 * gained / (np.cumsum(words[order]) + total(likely * words) + 1e-9)
    return float(promise.max()) / 2
