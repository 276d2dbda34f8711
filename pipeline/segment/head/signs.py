"""What a page says of its own kind: by its address, and by what its head tells machines.

Observation: whoever builds a site gives its sections plain names, much alike everywhere: shops sell under `/product/`,
forums talk under `/t/` or `forum.`, lists stand under `/category/`. Heads name a type for search engines and for those
who share the page. None of it is sure, much of it is missing, so these are signs: what they mean together is learned
(`judge/kind.py`).
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from pipeline.segment.head.metadata import Head

_TYPES = (
    {"Article", "NewsArticle", "BlogPosting", "ReportageNewsArticle", "LiveBlogPosting"},
    {"Product", "ProductGroup", "Offer", "AggregateOffer"},
    {"ItemList", "CollectionPage", "SearchResultsPage"},
    {"DiscussionForumPosting", "QAPage"},
    {"FAQPage"},
    {"LocalBusiness", "Service"},
    {"TechArticle", "HowTo", "APIReference"},
    {"Recipe"},
)
"""Types of schema.org that say much the same, as JSON-LD names them."""
_SHARED_AS = ("article", "product", "website")
_PLACES = tuple(
    map(
        re.compile,
        (
            r"/(?:products?|p|dp|items?|shop)/",
            r"/(?:collections?|category|categories|c|browse|search|tags?|lists?)/",
            r"/(?:forums?|threads?|t|topics?|questions|discussions?|r)/|viewtopic|showthread",
            r"/(?:docs?|documentation|guides?|reference|manual|api|wiki)/",
            r"//(?:docs|developers?|api|wiki|help|support)\.|readthedocs",
            r"/(?:blogs?|news|articles?|story|stories|posts?|(?:19|20)\d\d)/",
            r"//(?:forums?|community|discuss|boards?)\.|forum",
            r"/(?:services?|solutions?|about|pricing|features?)(?:/|$)",
        ),
    )
)
"""What addresses hold, each for a kind of page."""
_NUMBER = re.compile(r"\d{4,}")
_SUFFIX = re.compile(r"\.\w{2,5}$")
_LONGEST = 2_000  # characters of an address

ADDRESS = len(_PLACES) + 6
"""How many of the signs are of the address; they come first."""
SIGNS = ADDRESS + len(_SHARED_AS) + 1 + len(_TYPES) + 1
"""How many signs there are."""


def signs_of(head: Head, url: str | None) -> tuple[float, ...]:
    """The signs of a page, SIGNS numbers: of its address (or of the one that its head names), then of its head."""
    return (*_of_address(url or head.canonical or head.meta.get("og:url", "")), *_of_head(head))


def _of_address(url: str) -> list[float]:
    """What the address says: words that sections are named by, and how it is built; zeros for none."""
    url = url[:_LONGEST].lower()
    try:
        path = urlsplit(url).path.rstrip("/")
    except ValueError:
        url = path = ""
    if not url:
        return [0.0] * ADDRESS
    last = path.rpartition("/")[2]
    built = (
        1,
        min(path.count("/"), 6),
        not path,
        min(last.count("-"), 8),
        _NUMBER.search(path) is not None,
        _SUFFIX.search(last) is not None,
    )
    return [float(place.search(url) is not None) for place in _PLACES] + [float(number) for number in built]


def _of_head(head: Head) -> list[float]:
    """What the head names the page for those who share it, and for search engines; each time also whether at all."""
    shared = head.meta.get("og:type", "").lower()
    said = [float(name in shared) for name in _SHARED_AS] + [float(not shared)]
    return said + [float(bool(head.types & some)) for some in _TYPES] + [float(not head.types)]
