"""Which rules hold for which page: those of its source, else those that a folder has for its host.

The book is a named input of a run, like the rule book: same book, same pages, same documents; so it has a digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.errors import SettingsError
from pipeline.segment.sites.ftr import MOST_BYTES, find_ftr, read_ftr
from pipeline.segment.sites.siterules import NO_RULES, SiteRules


@dataclass(frozen=True)
class SiteBook:
    """`by_source`: the rules of sources, by name. `folder`: files of ftr-site-config, None for none."""

    by_source: Mapping[str, SiteRules] = field(default_factory=dict)
    folder: Path | None = None
    digest: str = ""
    """128-bit hexadecimal, over all rules and files; "" for an empty book."""

    def rules_for(self, source: str, url: str | None) -> SiteRules:
        """The rules for a page of a source, or of an address; false if there are none. Files are read once."""
        rules = self.by_source.get(source)
        if rules or self.folder is None or not url:
            return rules or NO_RULES
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            return NO_RULES
        return _of_host(self.folder, host, self.digest)


@lru_cache(maxsize=1_000)
def _of_host(folder: Path, host: str, _digest: str) -> SiteRules:
    file = find_ftr(folder, host)
    return read_ftr(_text(file)) if file else NO_RULES


def _text(file: Path) -> str:
    with file.open("rb") as stream:
        return stream.read(MOST_BYTES).decode("utf-8", "replace")


def make_sitebook(by_source: Mapping[str, SiteRules], folder: str = "") -> SiteBook:
    """A book with its digest. Raises `SettingsError` for a folder that is not there."""
    place = Path(folder) if folder else None
    if place and not place.is_dir():
        raise SettingsError(f"site_rules = {folder!r} is no folder; name one that holds files such as harbour.test.txt")
    rules = {name: rule for name, rule in by_source.items() if rule}
    if not rules and not place:
        return SiteBook()
    digest = hashlib.blake2b(repr(sorted(rules.items(), key=lambda pair: pair[0])).encode(), digest_size=16)
    for file in sorted(place.glob("*.txt")) if place else ():
        digest.update(repr((file.name, _text(file))).encode())
    return SiteBook(rules, place, digest.hexdigest())
