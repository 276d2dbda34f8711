"""A cleaned page as a person reviews it: the text of the page, its blocks, and the verdict over each with its reason.

Observed: of a thousand blocks a person has patience for ten. So every block has a `margin`, how near its verdict was
to turning, and the page shows the nearest first. Where the model alone spoke, that is how far the probability that it
gives in its evidence is from the one asked for; where several voices spoke, how far their sum is from the score that
removes. A rule that removes by itself, and that nothing contradicts, is no close call, though its score be 1 exactly.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from pipeline.document import Block, Document, Page, Verdict
from pipeline.judge.decide import ENOUGH
from pipeline.judge.learned import RULE as LEARNED
from pipeline.publish.rows import score_of
from pipeline.segment.decode import decode

MOST_BLOCKS = 5_000
"""Blocks of a page that a person can be asked to look at; a longer page is passed over, and counted."""
UNSURE = 0.2
"""A verdict with a smaller margin is unsure: few blocks, which hold a large part of the errors."""
SURE = 9.99
"""The margin of a verdict that nothing contradicts."""
_PROBABLE = re.compile(r"(\d+)% likely content, (\d+)% asked for")


@dataclass(frozen=True, slots=True)
class Line:
    """A block for review: what it is, whether it was kept, and why. `margin` is 0 where that might as well turn."""

    kind: str
    text: str
    level: int
    marker: str
    kept: bool
    category: str
    rule: str
    score: float
    evidence: str
    margin: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page for review. `markup` is the page as characters: HTML, or the text itself; training segments it again."""

    key: str
    id: str
    url: str
    domain: str
    language: str
    kind: str
    title: str
    outcome: str
    markup: str
    lines: tuple[Line, ...]

    @property
    def unsure(self) -> int:
        """How many of its blocks were close calls."""
        return sum(line.margin < UNSURE for line in self.lines)


def key_of(page: Page) -> str:
    """128-bit hexadecimal digest of a page's bytes and what tells how to read them, whatever its path and name."""
    hints = repr((page.url, page.kind, page.content_type, page.charset))
    return hashlib.blake2b(hints.encode("utf-8", "replace") + b"\0" + page.data, digest_size=16).hexdigest()


def sheet_of(key: str, page: Page, document: Document) -> Sheet:
    """The sheet of a page that was cleaned."""
    url = page.url or document.metadata.canonical_url
    return Sheet(
        key=key,
        id=page.id,
        url=url,
        domain=domain_of(url),
        language=document.metadata.language,
        kind=document.page.kind,
        title=document.metadata.title,
        outcome=document.outcome,
        markup=decode(page.data, page.charset).text,
        lines=tuple(map(_line, document.blocks, document.verdicts)),
    )


def domain_of(url: str) -> str:
    """The host of an address without `www.`, "" where there is none: what keeps a site within one fold of training."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:  # brackets that hold no address
        return ""


def _line(block: Block, verdict: Verdict) -> Line:
    reason = verdict.reason
    return Line(
        kind=block.kind,
        text=block.text,
        level=block.level,
        marker=block.marker,
        kept=verdict.kept,
        category=reason.category if reason and not verdict.kept else "",
        rule=reason.rule if reason else "",
        score=score_of(verdict),
        evidence=reason.evidence if reason else "",
        margin=margin_of(verdict),
    )


def margin_of(verdict: Verdict) -> float:
    """How near a verdict was to turning, from 0; `SURE` for one that nobody explains or nothing contradicts."""
    reasons = verdict.reasons
    if len(reasons) == 1 and (said := _PROBABLE.match(reasons[0].evidence)):
        return abs(int(said[1]) - int(said[2])) / 100
    decisive = any(reason.score >= ENOUGH and reason.rule != LEARNED for reason in reasons)
    if not reasons or (decisive and min(reason.score for reason in reasons) >= 0):
        return SURE
    return round(abs(score_of(verdict) - ENOUGH), 4)


def pack(sheet: Sheet) -> bytes:
    """A sheet as bytes: JSON in zlib."""
    return zlib.compress(json.dumps(asdict(sheet), separators=(",", ":")).encode(), 3)


def unpack(data: bytes) -> Sheet:
    """The sheet that `pack` made these bytes of."""
    told = json.loads(zlib.decompress(data))
    return Sheet(**(told | {"lines": tuple(Line(**line) for line in told["lines"])}))
