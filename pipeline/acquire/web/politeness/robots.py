"""What a site asks of robots: RFC 9309, read from the bytes of `robots.txt`, with the line that decided.

Parsing and matching only: no network, no clock. `turns` fetches the file, `state` keeps it.

Why our own: of the 92 cases of `tests/acquire/web/test_robots.py`, protego 0.7 gets 79 right and robotspy 0.13 gets
75. Seven of those misses are encodings, which a step before them could mend; the others are matters of the matching
itself (protego lets `farm` speak for `farmbot`, robotspy reads `%2A` as a wildcard). Neither says which line decided.

A file that was cut at the size limit must lose its last, torn line: the head of a rule is another rule, and a wider
one.
"""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from pipeline.acquire.web.politeness.patterns import matches, path_of, pattern_of

MAX_BYTES = 500 * 1024
"""RFC 9309 asks for at least this much to be read; what follows is not."""
LONGEST_DELAY = 365 * 86_400.0
"""Seconds. A crawl delay beyond a year means "never", and is kept as a year."""
CAREFUL = frozenset({401, 403, 429})
"""The RFC lets a robot read these as "no rules". A server that turns us away at the door did not mean "come in"."""

_SPELLINGS = {
    "useragent": "user-agent",
    "user agent": "user-agent",
    "dissallow": "disallow",
    "dissalow": "disallow",
    "disalow": "disallow",
    "diasllow": "disallow",
    "disallaw": "disallow",
    "site-map": "sitemap",
    "crawl delay": "crawl-delay",
    "crawldelay": "crawl-delay",
}
"""Misspellings met in the wild, where the meaning is beyond doubt."""
_SIGNALS = ("content-signal", "content-usage")
_BOMS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_TOKEN = re.compile(r"[A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """One robots.txt as it was answered. `origin` is `scheme://host[:port]`, times are Unix seconds.

    `status` is that of the last answer after redirects, 0 if there was none; `body` is cut at `MAX_BYTES`.
    """

    origin: str
    status: int
    body: bytes = field(repr=False)
    fetched_at: float
    expires_at: float


@dataclass(frozen=True, slots=True)
class Rule:
    """One `Allow` or `Disallow` line for us: its pattern in normal form, and the line as written."""

    allow: bool
    pattern: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Signal:
    """One line on how content may be used (`content-signal`, `content-usage`), for addresses that match `pattern`."""

    name: str
    pattern: str
    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether an address may be asked, and the line that decided, in words.

    `kind` is `robots` (a rule, or none, decided) or `robots-unreachable` (nobody knows the rules: ask later).
    """

    allowed: bool
    kind: Literal["robots", "robots-unreachable"]
    reason: str


@dataclass(frozen=True, slots=True)
class Rules:
    """What one robots.txt says to us. `rules` stand longest first, and `Allow` before `Disallow`.

    `group` is who was addressed: our product token, `*`, or "" (nobody). `crawl_delay` is in seconds, 0 if none is
    asked. `instead` says in words why there are no rules to read; then `allowed` holds for every address.
    """

    rules: tuple[Rule, ...] = ()
    group: str = ""
    crawl_delay: float = 0.0
    sitemaps: tuple[str, ...] = ()
    licenses: tuple[str, ...] = ()
    signals: tuple[Signal, ...] = ()
    instead: str = ""
    allowed: bool = True

    def decide(self, url: str) -> Decision:
        """May this address be asked? The longest matching pattern decides, and `Allow` wins a tie."""
        path = path_of(url)
        if path == "/robots.txt":
            return Decision(allowed=True, kind="robots", reason="robots.txt itself may always be asked")
        if self.instead:
            return Decision(self.allowed, "robots" if self.allowed else "robots-unreachable", self.instead)
        for rule in self.rules:
            if matches(rule.pattern, path):
                return Decision(rule.allow, "robots", f"robots.txt line {rule.line}: {rule.text}")
        whom = f"the group for '{self.group}'" if self.group else "robots.txt"
        return Decision(allowed=True, kind="robots", reason=f"no rule of {whom} matches")

    def signals_for(self, url: str) -> tuple[tuple[str, str], ...]:
        """(name, value) of the signals on an address: of each name, those with the longest matching pattern."""
        path = path_of(url)
        hits = [signal for signal in self.signals if matches(signal.pattern, path)]
        longest = {name: max((len(hit.pattern) for hit in hits if hit.name == name), default=0) for name in _SIGNALS}
        return tuple((hit.name, hit.value) for hit in hits if len(hit.pattern) == longest[hit.name])


def rules_of(file: RobotsFile, product: str, careful: frozenset[int] = CAREFUL) -> Rules:
    """What a robots.txt says to the robot with this product token, by its status first (RFC 9309, 2.3.1).

    A file that is not there allows all. One that could not be had (a server error, no answer, or a status of
    `careful`) allows nothing until it is asked again.
    """
    if 200 <= file.status < 300:
        return parse(file.body, product)
    if 300 <= file.status < 500 and file.status not in careful:
        what = "redirected too often or nowhere" if file.status < 400 else f"answered {file.status}"
        return Rules(instead=f"robots.txt {what}: there are no rules")
    what = f"answered {file.status}" if file.status else "gave no answer"
    return Rules(instead=f"robots.txt {what}: not asked until its rules are known", allowed=False)


def parse(body: bytes, product: str) -> Rules:
    """The rules for `product` (a product token, compared whole, in any case) in the bytes of a robots.txt.

    The groups that name us count together; the groups for `*` count only if none names us. Never fails: lines that
    make no sense are passed over.
    """
    ours, everyone = _Part(product), _Part("*")
    parts = {product.lower(): ours, "*": everyone}
    named: dict[str, list[str]] = {"sitemap": [], "license": []}  # addresses, whoever is addressed
    addressed: list[_Part] = []
    starting = True
    for number, key, value in _lines(body):
        if key == "user-agent":
            addressed = addressed if starting else []
            starting = True
            part = parts.get(_agent(value))
            if part and part not in addressed:
                part.named = True
                addressed.append(part)
        elif key in ("allow", "disallow"):
            starting = False
            _add_rule(addressed, number, key, value)
        elif key in named:
            named[key].append(value)
        else:
            _add_other(addressed, number, key, value)
    chosen = ours if ours.named else everyone
    return Rules(
        rules=tuple(sorted(chosen.rules, key=lambda rule: (-len(rule.pattern), not rule.allow, rule.line))),
        group=chosen.name if chosen.named else "",
        crawl_delay=chosen.crawl_delay,
        sitemaps=tuple(dict.fromkeys(filter(None, named["sitemap"]))),
        licenses=tuple(dict.fromkeys(filter(None, named["license"]))),
        signals=tuple(chosen.signals),
    )


@dataclass(slots=True, eq=False)
class _Part:
    """All groups that address one reader, while they are being read."""

    name: str
    named: bool = False
    rules: list[Rule] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)
    crawl_delay: float = 0.0


def _lines(body: bytes) -> Iterator[tuple[int, str, str]]:
    """(line number, key, value) of every line that has both; the value may be empty."""
    for number, line in enumerate(re.split(r"\r\n|\r|\n", _characters(body)), start=1):
        bare = line.partition("#")[0].strip()
        key, colon, value = bare.partition(":")
        if not colon:  # `Disallow /` is common; more than two words are prose
            words = bare.split()
            key, value = words if len(words) == 2 else ("", "")
        key = key.strip().lower()
        if key:
            yield number, _SPELLINGS.get(key, key), value.strip()


def _characters(body: bytes) -> str:
    """The text of a file, cut at the limit; bytes that are no UTF-8 stay recognisable for `patterns`."""
    if len(body) > MAX_BYTES:
        body = body[:MAX_BYTES]
        body = body[: max(body.rfind(b"\n"), body.rfind(b"\r"), 0)]
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    if b"\0" in body[:64]:  # UTF-16 without its mark: what we look for is ASCII
        body = body.replace(b"\0", b"")
    return body.lstrip(codecs.BOM_UTF8).decode("utf-8", "surrogateescape")


def _agent(value: str) -> str:
    """The product token that a `User-agent` line names, lower case: without version, comment or further words."""
    if value.split(maxsplit=1)[:1] == ["*"]:
        return "*"
    token = _TOKEN.match(value)
    return token[0].lower() if token else ""


def _add_rule(parts: list[_Part], number: int, key: str, value: str) -> None:
    """Add a rule to every part addressed; an empty pattern is no rule at all."""
    if value:
        text = f"{key.capitalize()}: {value[:200]}".encode("utf-8", "replace").decode()
        rule = Rule(key == "allow", pattern_of(value), number, "".join(filter(str.isprintable, text)))
        for part in parts:
            part.rules.append(rule)


def _add_other(parts: list[_Part], number: int, key: str, value: str) -> None:
    """Crawl-delay and signals. They do not end the list of agents: the RFC lets only rules do that."""
    if key == "crawl-delay":
        for part in parts:
            part.crawl_delay = max(part.crawl_delay, _seconds(value))
    elif key in _SIGNALS and value:
        first, _, rest = value.partition(" ")
        path, value = (first, rest.strip()) if first[0] in "/*" else ("/", value)
        for part in parts if value else []:
            part.signals.append(Signal(key, pattern_of(path), value[:500], number))


def _seconds(value: str) -> float:
    """The seconds of a Crawl-delay: 0 where the value is no number, or a negative one."""
    try:
        number = float(value)
    except ValueError:
        return 0.0
    return 0.0 if math.isnan(number) else min(max(number, 0.0), LONGEST_DELAY)
