"""Addresses: which may be asked at all, and when two of them are one page.

Observation: the address that is asked and the address that is remembered are different things. A server may answer only
to the exact words it gave away, so those are asked, tracking parameters and all. But one article is linked from a feed,
a newsletter and a sitemap in three spellings, so what is remembered is a `key` without what never chooses a page.

Addresses are read as browsers read them (WHATWG), so that what a check sees is what is asked. Nothing here looks a name
up: whether a host may be called is decided at connect time.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import ada_url

if TYPE_CHECKING:
    from tldextract import TLDExtract

LONGEST = 2048
"""Bytes of an address; beyond it lie traps and data, not pages."""

_TRACKERS = frozenset(
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid li_fat_id igshid igsh epik srsltid "
    "mc_cid mc_eid _ga _gl _hsenc _hsmi __hssc __hstc __hsfp hsctatracking mkt_tok oly_enc_id oly_anon_id vero_id "
    "vero_conv wickedid rb_clickid s_cid s_kwcid ef_id cmpid xtor spm scm _openstat ml_subscriber ml_subscriber_hash "
    "fb_action_ids fb_action_types fb_source fb_ref ga_source ga_medium ga_term ga_content ga_campaign "
    "at_medium at_campaign at_custom1 at_custom2 pk_campaign pk_kwd pk_source pk_medium guccounter".split()
)
_TRACKER_FAMILIES = ("utm_", "mtm_", "matomo_", "piwik_", "hsa_", "stm_")
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_PARTS = re.compile(r"(https?)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(#.*)?")
_PORT = re.compile(r":\d+$")
_NUMERIC_HOST = re.compile(r"[\d.]+|\[.*\]")


class UnfitAddress(ValueError):  # noqa: N818  # it is an outcome, not an error
    """An address that is never asked. The message says why, in few words that can be counted."""


def resolve(raw: str, base: str = "") -> str:
    """The address that a link means, absolute and without fragment (a `#!` is kept: to old sites it named a page).

    `base` is the address of the page that holds the link. Raises `UnfitAddress` for what is not http(s), carries a user
    name or password, is longer than `LONGEST`, or no address at all. Calling it with its own result changes nothing.
    """
    raw = raw.strip()
    if not raw:
        raise UnfitAddress("empty")
    if len(raw) > LONGEST:
        raise UnfitAddress(f"longer than {LONGEST} bytes")
    if _CONTROLS.search(raw):
        raise UnfitAddress("control characters")
    address, _, fragment = _standard(raw, base).partition("#")
    scheme, separator, rest = address.partition("://")
    if not separator or scheme not in ("http", "https"):
        raise UnfitAddress(f"{address.partition(':')[0][:20]}: is not http(s)")
    if "@" in rest.partition("/")[0]:
        raise UnfitAddress("a user name or password in it")
    if fragment.startswith("!"):
        address += "#" + fragment
    if len(address) > LONGEST:
        raise UnfitAddress(f"longer than {LONGEST} bytes")
    return address


def _standard(raw: str, base: str = "") -> str:
    """An address as browsers write it: ASCII, lower-case host, no default port, no dots in its path."""
    try:
        return str((ada_url.URL(raw, base) if base else ada_url.URL(raw)).href)
    except ValueError:  # a lone surrogate is one too
        raise UnfitAddress("not an address") from None


class _Parts(NamedTuple):
    """The parts of an address in the standard spelling; `host` with its port."""

    scheme: str
    host: str
    path: str
    query: str
    fragment: str


def _parts(url: str, base: str = "") -> _Parts:
    found = _PARTS.match(resolve(url, base))
    if found is None:
        raise UnfitAddress("not an address")
    return _Parts(*(part or "" for part in found.groups()))


def key(url: str) -> str:
    """What two addresses of one page have in common, itself an address: never asked, only compared and remembered.

    Case of the host, default port, final dot of the host, fragment (but `#!`), spelling of escapes, tracking parameters
    and a bare `?` make no difference. Order of parameters, final slash, scheme and `www.` do: servers tell them apart.
    Raises `UnfitAddress` where `resolve` does. key(key(url)) == key(url).
    """
    scheme, host, path, query, fragment = _parts(url)
    name, colon, port = host.partition(":") if not host.startswith("[") else (host, "", "")
    host = name.rstrip(".") + colon + port
    query = "&".join(part for part in _respelled(query).split("&") if part and not _tracks(part))
    return f"{scheme}://{host}{_respelled(path)}" + (f"?{query}" if query else "") + fragment


def _tracks(parameter: str) -> bool:
    """Whether a parameter says how one came, not where one goes."""
    name = parameter.partition("=")[0].lower()
    return name in _TRACKERS or name.startswith(_TRACKER_FAMILIES)


def _respelled(part: str) -> str:
    """Escapes in one spelling: none for letters, digits and `-._~`, capitals for the rest."""
    return _ESCAPE.sub(lambda found: _unescaped(found[0], chr(int(found[1], 16))), part)


def _unescaped(escape: str, character: str) -> str:
    return character if character in _PLAIN else escape.upper()


def site_of(url: str) -> str:
    """The registrable domain of an address, or its host and port where there is none; "" if it is no address.

    Users of a shared host (`a.pages.test` where `pages.test` lets anyone in) are different sites, by the public suffix
    list that comes with tldextract. Numeric hosts and bare names are a site for each port.
    """
    try:
        return _site(_parts(url).host)
    except UnfitAddress:
        return ""


def _site(host: str) -> str:
    return _registrable(_PORT.sub("", host).rstrip(".")) or host


@lru_cache(maxsize=10_000)
def _registrable(host: str) -> str:
    """The registrable domain of a host name; "" for numbers and names without a dot."""
    if "." not in host or _NUMERIC_HOST.fullmatch(host):
        return ""
    found = _suffixes().extract_str(host)
    if found.suffix:
        return found.top_domain_under_public_suffix or host  # the suffix itself is a site of its own
    return ".".join(host.split(".")[-2:])  # a top-level domain that the list does not know


@lru_cache(maxsize=1)
def _suffixes() -> TLDExtract:
    """The public suffix list of the package: no network, and no cache on disk."""
    from tldextract import TLDExtract  # noqa: PLC0415 - heavy: it brings a client for the network that we never call

    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def canonical(url: str, declared: str) -> str:
    """The address that a page declares to be its own (`rel=canonical`, `og:url`), if that can be believed; else `url`.

    Observation: declarations to other sites belong to syndication or to fraud, and a template gone wrong declares the
    front page on every page.
    """
    try:
        own, here = _parts(declared, url), _parts(url)
    except UnfitAddress:
        return url
    front = own.path == "/" and not own.query and here.path != "/"
    return url if front or site_of(url) != _site(own.host) else resolve(declared, url)
