"""Repetition over a site: a line that stands on many of its pages was written by the site, not by an author.

Observation: menus, notices and teasers of a site come back word for word on page after page, often with another
number in them ("12 comments"). Sentences of an article do not, once copies of the article are left out. But tables of
contents, bylines and series titles come back too, so what this file says is evidence with a count, never a cut.

A page must be judged alike alone and in a folder. So the judge never looks at the neighbours of a page, but at a
`SiteMemory`: a frozen value, made from earlier runs and named by its digest (dedup/state/memory.py makes it).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlsplit

from pipeline.document import Reason
from pipeline.judge.fold import fold_all

RULE = "repeat-on-site"
_DIGITS = re.compile(r"\d+")
_LEAST, _MOST = 0.2, 0.5  # scores of a line on a fifth of the pages, and on all; 1 alone would remove


@dataclass(frozen=True, slots=True)
class SiteLines:
    """What is remembered of one site: how many `pages` were looked at, and on how many of them each line stood.

    `counts` has 64-bit hashes of lines (`hash_lines`) as keys, and only the lines that came back.
    """

    pages: int
    counts: Mapping[int, int]


@dataclass(frozen=True)
class SiteMemory:
    """What is remembered of all sites, by name (`site_of`). The empty memory knows nothing and says nothing."""

    sites: Mapping[str, SiteLines] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """128-bit hexadecimal digest of all that is remembered: the same digest, the same evidence."""
        digest = hashlib.blake2b(digest_size=16)
        for site, lines in sorted(self.sites.items()):
            digest.update(repr((site, lines.pages, sorted(lines.counts.items()))).encode("utf-8", "replace"))
        return digest.hexdigest()

    def lookup(self, site: str, text: str) -> tuple[int, int] | None:
        """On how many pages of the site a line stood, and of how many; None if it did not come back."""
        lines = self.sites.get(site)
        count = lines and lines.counts.get(hash_lines([text])[0])
        return (count, lines.pages) if lines and count else None


def site_of(url: str | None) -> str:
    """The name of the site an address belongs to: its host without "www.", or "" if it has none."""
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:  # an address that is none, such as one with half a bracket
        return ""
    return host.removeprefix("www.")


def hash_lines(texts: Sequence[str]) -> list[int]:
    """64-bit hashes of lines, 0 for those without words; case, white space and the digits of numbers do not count."""
    return hash_folded(fold_all([" ".join(text.split()) for text in texts]))


def hash_folded(folded: Sequence[str]) -> list[int]:
    """`hash_lines` of texts that are folded already (`fold_all`)."""
    return [_hash(_DIGITS.sub("0", text)) if any(map(str.isalpha, text)) else 0 for text in folded]


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big") or 1


def find_on_site(folded: Sequence[str], lines: SiteLines) -> Iterator[tuple[int, Reason]]:
    """A reason for every block of a page (its texts, folded) that came back on many pages of its site."""
    for index, key in enumerate(hash_folded(folded)):
        count = lines.counts.get(key) if key else None
        if count:
            share = min(1.0, count / lines.pages)
            score = round(_LEAST + (_MOST - _LEAST) * share, 3)
            yield index, Reason(RULE, "repeat", score, f"on {count:,} of {lines.pages:,} pages of this site")
