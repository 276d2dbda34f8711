"""Rules of other people for many sites: a folder in the notation of ftr-site-config, one `<host>.txt` a site.

    body: //div[@id='story']                  where the content lies; of several, the first that finds anything
    strip: //p[@class='more']                 clutter, as XPath
    strip_id_or_class: share-bar              clutter, by a part of its id or class

Everything else in these files (titles, authors, what to replace, where to log in) is not read. `.harbour.test.txt`
holds for all hosts below harbour.test, `harbour.test.txt` for that host with and without `www.`. The folder is the
user's own.
"""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.segment.sites.siterules import SiteRules

MOST_BYTES = 256_000
MOST_RULES = 200
"""So much of one file is read."""
_LONGEST = 1_000  # characters of a rule
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+")
_LINE = re.compile(r"\s*(body|strip|strip_id_or_class)\s*:\s*(\S.*?)\s*$")


def read_ftr(text: str) -> SiteRules:
    """The rules of one file; lines that are not understood are passed over."""
    keep: list[str] = []
    drop: list[str] = []
    for line in text.splitlines()[: 20 * MOST_RULES]:
        found = _LINE.match(line[:_LONGEST])
        if not found or len(keep) + len(drop) >= MOST_RULES:
            continue
        key, value = found.groups()
        if key == "strip_id_or_class":
            drop += _by_name(value.strip("\"' "))
        else:
            (keep if key == "body" else drop).append(value if value[0] in "/(" else f"({value})")
    return SiteRules(tuple(keep), tuple(drop), first=True)


def _by_name(part: str) -> list[str]:
    """An XPath for elements whose id or class has a part; none for what XPath cannot quote."""
    if not part or "'" in part:
        return []
    return [f"//*[contains(@id, '{part}') or contains(@class, '{part}')]"]


def find_ftr(folder: Path, host: str) -> Path | None:
    """The file of a folder that holds for a host; None if there is none, or the host is no name."""
    host = host.lower().rstrip(".")
    if not _HOST.fullmatch(host):
        return None  # also keeps `..` and slashes out of the path
    bare = host.removeprefix("www.")
    labels = bare.split(".")
    names = [host, bare, *("." + ".".join(labels[start:]) for start in range(len(labels) - 1))]
    return next((file for name in names if (file := folder / f"{name}.txt").is_file()), None)
