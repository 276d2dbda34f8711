"""What a person asks for, in `sources.toml`: where pages come from, how politely, and which of them.

The fields here are the settings, and their docstrings the documentation; docs/add-a-source.md walks through an example.
`sources_file` reads and checks the file. Nothing here asks the network.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from pipeline.acquire.web.politeness.patterns import matches, path_of, pattern_of
from pipeline.errors import SettingsError, UsageError

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """The table `[fetch]`: what holds for all sources. Times are seconds; in the file also "90s", "30m", "6h", "1d"."""

    contact: tuple[str, ...] = ()
    """Who is behind the requests: a page or a mail address that reaches you. Needed for every source of the network;
    there is no default, for it would be a lie."""
    agent: str = "thresher"
    """The name in the User-Agent, and the one that robots.txt speaks to; with a version if you like (`my-bot/2.0`)."""
    delay: float = 5.0
    """The least pause between two requests to one host, from the end of the one to the start of the other."""
    concurrency: int = 16
    """Hosts that are asked at the same time; one host never gets two requests at once."""
    patience: float = 60.0
    """The longest wait for a host that asks for time; what would take longer is left to the next run (`deferred`)."""
    connect_seconds: float = 10.0
    """The longest wait for a connection."""
    read_seconds: float = 20.0
    """The longest silence of a server."""
    request_seconds: float = 60.0
    """The longest time for one request in all, however steadily the server drips."""
    tries: int = 3
    """Requests for one address before it counts as failed, the first included."""
    max_pages: int = 200
    """Pages of one source that are asked for in one run."""
    max_page_bytes: int = 20_000_000
    """A larger page, unpacked, is `too_large`: never a cut text."""
    respect: tuple[str, ...] = ()
    """Rights signals that make a page `skipped`: `noai`, `noindex`, `ai-train=no`, `tdm-reservation=1`, ... All are
    recorded with the page in any case."""
    allow: tuple[str, ...] = ()
    """Places that the address guard lets through besides the open internet: `host:port`, or `loopback`."""
    proxy: str = ""
    """A proxy for all requests, `http://host:port`; variables of the environment are not looked at."""
    site_rules: str = ""
    """A folder of files `<host>.txt` in the notation of ftr-site-config, for pages whose source has no rules; written
    relative to the file that names it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A stanza `[[source]]`: a name, at least one start point, and what of it is wanted."""

    name: str
    """Its folder under `raw/`: small letters, digits, `-` and `_`."""
    feed: tuple[str, ...] = ()
    """Addresses of feeds (RSS, Atom, RDF, JSON Feed), or of a page that declares its feeds."""
    sitemap: tuple[str, ...] = ()
    """Addresses of sitemaps or indexes of them (XML or text, also packed), or of a robots.txt that names them."""
    listing: tuple[str, ...] = ()
    """Addresses of pages whose links lead to the pages that are wanted."""
    urls: tuple[str, ...] = ()
    """Addresses of pages that are themselves wanted."""
    folder: tuple[Path, ...] = ()
    """Folders or files on this machine, of which new and changed files are copied into `raw`; written relative to the
    file that names them. A folder below `raw` is left where it is."""
    include: tuple[str, ...] = ()
    """Only addresses whose path one of these fits, as in robots.txt: a beginning, `*` is any run, `$` the end."""
    exclude: tuple[str, ...] = ()
    """No addresses whose path one of these fits; stronger than `include`. Neither is asked of `urls`."""
    other_sites: bool = False
    """Whether feeds, sitemaps and listings may lead to other registrable domains."""
    every: float = DAY
    """How often to look for news."""
    again: float = 7 * DAY
    """How long a page is left alone once it was asked for, unless its feed or sitemap says that it changed. Then it is
    asked whether it changed, which costs a site next to nothing."""
    delay: float = 5.0
    """As in `[fetch]`, for this source."""
    max_pages: int = 200
    """As in `[fetch]`, for this source."""
    max_page_bytes: int = 20_000_000
    """As in `[fetch]`, for this source."""
    respect: tuple[str, ...] = ()
    """As in `[fetch]`, for this source."""
    note: str = ""
    """Licence or permission: why you may use it. Kept with every page."""
    keep: tuple[str, ...] = ()
    """CSS selectors of the elements that hold the content; what lies outside goes, with its reason."""
    drop: tuple[str, ...] = ()
    """CSS selectors of elements that go, with their reason, though they may lie in what is kept."""

    @property
    def starts(self) -> tuple[str, ...]:
        """All its addresses on the network."""
        return (*self.feed, *self.sitemap, *self.listing, *self.urls)

    def unwanted(self, url: str) -> str:
        """Why an address that was found is not wanted, in words; "" if it is."""
        path = path_of(url)
        for pattern in self.exclude:
            if matches(pattern_of(pattern), path):
                return f"exclude = {pattern}"
        if self.include and not any(matches(pattern_of(pattern), path) for pattern in self.include):
            return "fits no include"
        return ""


@dataclass(frozen=True, slots=True)
class Sources:
    """A whole `sources.toml`, checked: `[fetch]`, and the sources in their order."""

    fetch: FetchSettings = field(default_factory=FetchSettings)
    sources: tuple[Source, ...] = ()
    file: Path = Path("sources.toml")

    def named(self, names: Sequence[str]) -> tuple[Source, ...]:
        """The sources of these names, in the order of the file; all of them for no names. Raises `UsageError`."""
        known = {source.name: source for source in self.sources}
        for name in names:
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                guess = f"; did you mean '{near[0]}'?" if near else f"; it has {', '.join(known) or 'none'}"
                raise UsageError(f"{self.file} has no source '{name}'{guess}")
        return tuple(source for source in self.sources if not names or source.name in names)


def user_agent(fetch: FetchSettings) -> str:
    """The User-Agent of all requests: name, version, and who is behind it. Raises `SettingsError` without contact."""
    if not fetch.contact:
        raise SettingsError(f"[fetch] has no contact; {HOW_TO_CONTACT}")
    name = fetch.agent if "/" in fetch.agent else f"{fetch.agent}/{version('thresher')}"
    return f"{name} (+{'; '.join(fetch.contact)})"


HOW_TO_CONTACT = 'write contact = "…" with the address of a page about you, or a mail address that you read'
"""What to do about a contact that is missing."""


def product_token(fetch: FetchSettings) -> str:
    """The name by which robots.txt knows us."""
    return fetch.agent.partition("/")[0]
