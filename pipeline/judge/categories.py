"""What sort of clutter a block is, where no rule says so: told by the names of the elements around it and its links."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.document import Category
from pipeline.judge.view import View

# The first that matches wins: what is said most exactly comes first.
_PATTERNS: tuple[tuple[Category, str], ...] = (
    ("caption", r">figcaption|caption"),
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
    ("nav", r"(?:^|>)(?:nav|header|footer|menu)\b|nav|menu|breadcrumb|footer|header|sidebar|masthead"),
)
_NAMES = [(name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _PATTERNS]


def category(view: View, index: int) -> Category:
    """A guess at what a block is that goes."""
    block = view.blocks[index]
    named = _named(block.path)
    if named:
        return named
    if block.link_share > 0.5:
        return "related" if view.words[index] > 4 else "nav"
    return "other"


@lru_cache(maxsize=20_000)
def _named(path: str) -> Category | None:
    """What the names of the innermost elements say; sites repeat their paths, so they are remembered."""
    around = ">".join(path.split(">")[-6:])
    return next((name for name, pattern in _NAMES if pattern.search(around)), None)
