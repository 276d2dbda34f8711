"""What sort of clutter a block is, where no rule says so: told by the names of the elements around it and its links."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.document import Category
from pipeline.judge.view import View

# The first that matches wins: what is said most exactly comes first.
_PATTERNS: tuple[tuple[Category, str], ...] = (
    ("caption", r"caption"),
    ("comment-form", r"respond\b|comment-?form|reply-?form"),
    ("comments", r"comment|disqus"),
    ("consent", r"cookie|consent|gdpr"),
    ("login", r"log-?in|sign-?in|account|password|paywall"),
    ("share", r"share|sharing|social|follow"),
    ("promo", r"newsletter|subscri|signup|sign-up|promo|banner|cta\b|donat"),
    ("ad", r"\bads?\b|advert|sponsor|affiliate"),
    ("related", r"related|recommend|similar|also-|more-|teaser|carousel|trending|popular|latest|upsell"),
    ("tags", r"\btags?\b|tag-?list|topics|categor"),
    ("byline", r"byline|author|post-?meta|entry-?meta|dateline|timestamp"),
    ("pagination", r"pagination|pager|page-numbers|next-?prev"),
    ("legal", r"copyright|legal|disclaimer|imprint"),
    ("nav", r"nav|menu|breadcrumb|footer|header|sidebar|masthead"),
)
_NAMES = [re.compile(pattern, re.IGNORECASE) for _, pattern in _PATTERNS]
_ANY_NAME = re.compile("|".join(pattern for _, pattern in _PATTERNS), re.IGNORECASE)
_INNERMOST = 6  # elements of a path that are asked


def category(view: View, index: int) -> Category:
    """A guess at what a block is that goes."""
    block = view.blocks[index]
    named = _named(block.path)
    if named:
        return named
    if block.link_share > 0.5:
        return "related" if view.words[index] > 4 else "nav"
    return "other"


def _named(path: str) -> Category | None:
    """What the names of the innermost elements say."""
    mask = 0
    for element in path.split(">")[-_INNERMOST:]:
        mask |= _names_of(element)
    return _PATTERNS[(mask & -mask).bit_length() - 1][0] if mask else None


@lru_cache(maxsize=50_000)
def _names_of(element: str) -> int:
    """Which patterns an element matches, a bit each; sites repeat their elements, so they are remembered."""
    if not _ANY_NAME.search(element):  # most elements match none
        return 0
    return sum(1 << bit for bit, pattern in enumerate(_NAMES) if pattern.search(element))
