"""The values of `sources.toml`: each field has a reader, which takes what TOML gave and says what to write instead.

A new setting is a field in `sources` and a line in one of the two tables at the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from pipeline.acquire.web.discovery.urls import UnfitAddress, resolve
from pipeline.acquire.web.sources.model import HOW_TO_CONTACT

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_SPAN = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*([smhdw])")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_RESERVED = re.compile(r"con|prn|aux|nul|(?:com|lpt)\d")  # names that some file systems cannot hold
_AGENT = re.compile(r"[A-Za-z][A-Za-z_-]{0,40}(?:/[\w.+-]{1,20})?")
_DISGUISE = re.compile(r"(?i)mozilla|chrom|safari|firefox|opera|edge|google|bing|yandex|baidu|duckduck|facebook")
_MAIL = re.compile(r"(?:mailto:)?([^\s@:/<>()\"]+)@([\w-]+(?:\.[\w-]+)+)")
_NOWHERE = re.compile(
    r"(?i)(?:.+\.)?(?:example|example\.(?:com|net|org)|invalid|localhost|localdomain|your-?(?:domain|site|company)\.\w+)\.?"
)
_SIGNAL = re.compile(r"[a-z][a-z0-9-]{1,40}(?:=[^\s,=]{1,40})?")
_PLACE = re.compile(r"loopback|(?:\[[0-9a-fA-F:.]+\]|[\w.-]+):\d{1,5}")

Reader = Callable[[object], Any]
"""Takes a value of the file; gives that of the field, or raises `ValueError` saying what to write."""


def _words(value: object) -> tuple[str, ...]:
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
        raise ValueError("write a string, or a list of strings")
    return tuple(word.strip() for word in words)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("write a string")  # noqa: TRY004 - readers raise one sort of error
    return value.strip()


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("write true or false")  # noqa: TRY004 - likewise
    return value


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError("write a whole number above 0")
    return value


def _span(value: object) -> float:
    """Seconds from a number, or from "90s", "30m", "6h", "1d", "2w"."""
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if found:
        return float(found[1]) * _UNITS[found[2]]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e9:
        raise ValueError('write seconds as a number, or a span such as "30m", "6h", "1d"')
    return float(value)


def _long_span(value: object) -> float:
    seconds = _span(value)
    if seconds < 60:
        raise ValueError('write a span of a minute or more, such as "6h" or "1d"')
    return seconds


def _some_span(value: object) -> float:
    seconds = _span(value)
    if seconds <= 0:
        raise ValueError("write more than 0 seconds")
    return seconds


def _each(check: Callable[[str], str], name: str = "") -> Reader:
    """A reader of a list of strings, each put through `check`, which gives it back or raises `ValueError`."""

    def read(value: object) -> tuple[str, ...]:
        return tuple(check(word) for word in _words(value))

    read.__name__ = name or check.__name__
    return read


def _address(word: str) -> str:
    try:
        return resolve(word)
    except UnfitAddress as why:
        raise ValueError(f"{word[:80]!r} cannot be asked ({why}); write an address such as https://…") from None


def _pattern(word: str) -> str:
    if word[0] not in "/*":
        raise ValueError(f"{word!r}: write a path as in robots.txt, such as /news/ or */print/ or *.html$")
    return word


def _selector(word: str) -> str:
    import soupsieve  # noqa: PLC0415 - heavy, and most sources have no selectors

    try:
        soupsieve.compile(word)
    except (soupsieve.SelectorSyntaxError, NotImplementedError, ValueError) as error:
        raise ValueError(f"{word!r} is no CSS selector ({str(error).splitlines()[0]})") from None
    return word


def _signal(word: str) -> str:
    if not _SIGNAL.fullmatch(word):
        raise ValueError(f"{word!r}: write a signal such as noai, noindex, ai-train=no or tdm-reservation=1")
    return word


def _place(word: str) -> str:
    if not _PLACE.fullmatch(word):
        raise ValueError(f"{word!r}: write host:port, or loopback")
    return word.lower()


def _contact(word: str) -> str:
    """A page or a mail address that may reach somebody: one at a host of manuals is refused."""
    mail = _MAIL.fullmatch(word)
    if mail:
        host = mail[2]
        word = "mailto:" + word.removeprefix("mailto:")
    else:
        host = re.sub(r":\d+$", "", _address(word).split("/")[2])
    if _NOWHERE.fullmatch(host):
        raise ValueError(
            f"{word!r} is a placeholder: who runs a site must be able to reach you, and nobody is at {host}; "
            + HOW_TO_CONTACT
        )
    return word


def _agent(value: object) -> str:
    word = _text(value)
    if not _AGENT.fullmatch(word):
        raise ValueError("write a name of letters, - and _, with a version if you like: my-bot/2.0")
    if _DISGUISE.search(word):
        raise ValueError(f"{word!r} is the name of somebody else; write your own")
    return word


def _proxy(value: object) -> str:
    word = _text(value)
    if word and not re.fullmatch(r"http://[\w.\[\]:-]+:\d{1,5}/?", word):
        raise ValueError("write http://host:port")
    return word


def _safe_name(value: object) -> str:
    word = _text(value)
    if not _NAME.fullmatch(word) or _RESERVED.fullmatch(word):
        raise ValueError("write a folder name of small letters, digits, - and _, such as harbour-news")
    return word


_ADDRESSES, _PATTERNS, _SELECTORS, _SIGNALS = _each(_address), _each(_pattern), _each(_selector), _each(_signal)
FETCH: Mapping[str, Reader] = {
    "contact": _each(_contact), "agent": _agent, "delay": _span, "concurrency": _count, "patience": _span,
    "connect_seconds": _some_span, "read_seconds": _some_span, "request_seconds": _some_span, "tries": _count,
    "max_pages": _count, "max_page_bytes": _count, "respect": _SIGNALS, "allow": _each(_place), "proxy": _proxy,
    "site_rules": _text,
}  # fmt: skip
"""How the fields of `[fetch]` are read."""
SOURCE: Mapping[str, Reader] = {
    "name": _safe_name, "feed": _ADDRESSES, "sitemap": _ADDRESSES, "listing": _ADDRESSES, "urls": _ADDRESSES,
    "folder": _words, "include": _PATTERNS, "exclude": _PATTERNS, "other_sites": _flag, "every": _long_span,
    "again": _span, "delay": _span, "max_pages": _count, "max_page_bytes": _count, "respect": _SIGNALS, "note": _text,
    "keep": _SELECTORS, "drop": _SELECTORS,
}  # fmt: skip
"""How the fields of a `[[source]]` are read."""
