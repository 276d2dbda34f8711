"""What reading a feed, a sitemap or a listing page gives: addresses, and an account of what was passed over.

`Gather` is the one sieve that every address of such a place goes through: resolved, fit to be asked, of the site, once.
Places are hostile: a million links, each of them a script. So everything has a cap, and every cap says that it bit.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from pipeline.acquire.inflate import Damaged, TooLarge, inflate
from pipeline.acquire.web.discovery.urls import UnfitAddress, key, resolve, site_of
from pipeline.acquire.web.values import Found

MOST = 50_000
"""Addresses of one place; the standard of sitemaps allows as many."""
_TITLE = 300  # characters
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


@dataclass(frozen=True, slots=True)
class Discovery:
    """What one place gave.

    `pages` are addresses of pages and `children` further places of the same sort (the sitemaps of an index), in the
    order of the place, each once. `passed_over` counts addresses that were left out, by reason. `trouble` says in a
    sentence what was wrong with the place as a whole, "" if nothing was; what could be read is given all the same.
    """

    pages: tuple[Found, ...] = ()
    children: tuple[Found, ...] = ()
    passed_over: Mapping[str, int] = field(default_factory=dict)
    trouble: str = ""


class Gather:
    """Gathers the addresses of one place.

    `place` is its own address, `base` what its relative links start from (None: the place). With `other_sites` false,
    addresses of other registrable domains are passed over. Dates after `now` (and a day's grace) are not believed.
    """

    def __init__(
        self, place: str, now: datetime, base: str = "", *, other_sites: bool = False, most: int = MOST
    ) -> None:
        self.place = place
        self.site = site_of(place)
        self.latest = now + timedelta(days=1)
        self.base = base or place
        self.other_sites = other_sites
        self.most = most
        self.passed_over: Counter[str] = Counter()
        self._found: dict[str, Found] = {}
        self._left_out: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._found)

    @property
    def full(self) -> bool:
        """Whether the cap is reached."""
        return len(self._found) >= self.most

    def add(self, raw: str, title: str = "", modified: datetime | None = None) -> None:
        """Take one address, or count why not. The first mention of a page wins."""
        try:
            url = resolve(raw, self.base)
        except UnfitAddress as why:
            self.passed_over[str(why)] += 1
            return
        if not self.other_sites and site_of(url) != self.site:
            self.passed_over["another site"] += 1
        elif (identity := key(url)) in self._left_out:
            self.passed_over[self._left_out[identity]] += 1
        elif identity in self._found:
            self.passed_over["there already"] += 1
        elif self.full:
            self.passed_over[f"beyond {self.most:,} addresses"] += 1
        else:
            believed = modified if modified and modified <= self.latest else None
            self._found[identity] = Found(url, self.place, plain(title), believed)

    def leave_out(self, url: str, why: str) -> None:
        """Pass an address over wherever it comes up, and count it under `why`."""
        self._left_out[key(url)] = why

    def found(self) -> tuple[Found, ...]:
        """What was taken, in order."""
        return tuple(self._found.values())

    def discovery(self, trouble: str = "") -> Discovery:
        """What was taken, all of it pages."""
        return Discovery(self.found(), (), dict(self.passed_over), trouble)


class UnfitPlace(Exception):  # noqa: N818  # it is an outcome, not an error
    """What came is no feed or sitemap, or one that nobody should read. The message says why."""


def unpacked(data: bytes, most: int) -> bytes:
    """The bytes of a place behind their gzip, if it is packed; raises `UnfitPlace` if damaged or too large."""
    try:
        if data.startswith(b"\x1f\x8b"):
            data = inflate(data, "gzip", most)
    except Damaged as why:
        raise UnfitPlace(f"cannot be unpacked: {why}") from None
    except TooLarge:
        data = b" " * (most + 1)
    if len(data) > most:
        raise UnfitPlace(f"larger than {most:,} bytes, which none should be")
    return data


def plain(title: str) -> str:
    """A title as one short line of printable characters, without markup."""
    words = " ".join(html.unescape(_TAG.sub("", title[: 4 * _TITLE])).split())
    return "".join(character for character in words if character.isprintable())[:_TITLE]


def moment(text: str) -> datetime | None:
    """A date as feeds and sitemaps write it (W3C or RFC 822) as UTC; None if it is neither, or beyond the calendar.

    Without an offset it is taken for UTC; a bare year or month for its first day.
    """
    text = text.strip()[:60]
    padded = text + "-01-01"[len(text) - 4 :] if len(text) in (4, 7) else text
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            value = read(padded)
            return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    return None
