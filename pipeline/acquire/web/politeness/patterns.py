"""Paths and patterns as robots files write them (RFC 9309, 2.2.2 and 2.2.3): normal form, and whether one fits.

Used by `robots`, and by `rights` for the file of the TDM protocol, which borrows the notation.

A wildcard needs no regular expression: the pieces between stars are found from left to right, each as early as
possible, so a hostile pattern costs one walk along the address.
"""

from __future__ import annotations

import re

_AFTER_HOST = re.compile(r"[^:/?#]*://[^/?#]*([^#]*)")
_UNSAFE = re.compile(rb"[^\x21-\x7e]")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def path_of(url: str) -> str:
    """Path and query of an address in normal form; `*` and `$` are letters here, so they are written as escapes."""
    found = _AFTER_HOST.match(url)
    path = found[1] if found else url.partition("#")[0]
    path = path if path.startswith("/") else f"/{path}"
    return _normal(path).replace("*", "%2A").replace("$", "%24")


def pattern_of(value: str) -> str:
    """A pattern in normal form: rooted, runs of stars as one, and `$` an anchor only at the very end."""
    anchor = "$" if value.endswith("$") else ""
    rooted = value if value[0] in "/*" else f"/{value}"
    return re.sub(r"\*+", "*", _normal(rooted[: len(rooted) - len(anchor)]).replace("$", "%24")) + anchor


def matches(pattern: str, path: str) -> bool:
    """Whether a path begins as a pattern says; one that ends in `$` must say it all. Both in normal form."""
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    last = rest.pop() if rest and pattern.endswith("$") else None
    for piece in rest:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    if last is not None:
        return len(path) - len(last) >= at and path.endswith(last)
    return not pattern.endswith("$") or at == len(path)


def _normal(text: str) -> str:
    """Percent escapes as RFC 9309 compares them: letters and digits plain, all that is not ASCII escaped."""
    try:
        raw = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = text.encode("utf-8", "replace")
    raw = _UNSAFE.sub(lambda found: b"%%%02X" % found[0][0], raw)
    return _ESCAPE.sub(_plain, raw).decode("ascii")


def _plain(escape: re.Match[bytes]) -> bytes:
    code = int(escape[1], 16)
    return bytes((code,)) if code in _UNRESERVED else escape[0].upper()
