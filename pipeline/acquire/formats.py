"""The formats that thresher reads, as one table. A new format is one function and one entry.

The first entry whose `matches` says yes reads the input. It looks at the first bytes (unpacked) and, where these leave
it open, at the name. The last entry is the page; before it stand the refusals: what looks like text and is no page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.acquire.archive import read_warc
from pipeline.acquire.pages import read_mhtml, read_page
from pipeline.acquire.records import CONTENT, read_jsonl, read_parquet
from pipeline.acquire.sniff import binary_kind
from pipeline.acquire.source import Source
from pipeline.document import Failure, Page


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of input: its name, usual suffixes, a line for the docs, how it is recognised and how it is read.

    `matches` takes the first bytes and the lower-case name without the suffix of compression.
    """

    name: str
    suffixes: tuple[str, ...]
    says: str
    matches: Callable[[bytes, str], bool]
    read: Callable[[Source], Iterator[Page | Failure]]


def _is_parquet(head: bytes, name: str) -> bool:  # noqa: ARG001  # the bytes tell
    return head.startswith(b"PAR1")


def _is_warc(head: bytes, name: str) -> bool:  # noqa: ARG001  # the bytes tell
    return head.startswith(b"WARC/")


def _is_mhtml(head: bytes, name: str) -> bool:
    """Mail headers of a web archive; mail itself (multipart/alternative, mixed) is none."""
    if not re.match(rb"[\w-]{1,60}:[ \t]", head):
        return False
    headers = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0].lower()
    related = re.search(rb"^content-type:\s*(multipart/related|text/html)", headers, re.MULTILINE)
    return bool(related) or (name.endswith((".mhtml", ".mht")) and b"mime-version:" in headers)


def _is_jsonl(head: bytes, name: str) -> bool:
    """By name, unless it is markup; or a first line that is an object with a key that holds pages."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if name.endswith((".jsonl", ".ndjson")):
        return not start.startswith(b"<") and binary_kind(head) is None
    if not start.startswith(b"{"):
        return False
    try:
        row = json.loads(start.split(b"\n", 1)[0])
    except (ValueError, RecursionError):
        return False
    return isinstance(row, dict) and any(str(key).lower() in CONTENT for key in row)


def _is_page(head: bytes, name: str) -> bool:  # noqa: ARG001  # whatever was not refused
    return True


FORMATS: tuple[Format, ...] = (
    Format("parquet", (".parquet",), "a column of markup or text, a page a row", _is_parquet, read_parquet),
    Format("warc", (".warc", ".warc.gz"), "a web archive, a page a response", _is_warc, read_warc),
    Format("mhtml", (".mhtml", ".mht"), "a page as a browser saves it in one file", _is_mhtml, read_mhtml),
    Format("jsonl", (".jsonl", ".jsonl.gz", ".jsonl.zst", ".ndjson"), "a page a line", _is_jsonl, read_jsonl),
    Format("page", (".html", ".htm", ".xhtml", ".txt", ".md"), "one page of HTML or one text", _is_page, read_page),
)

# Text that is no page, told by its name; the content is text like any other.
_NO_PAGES = {
    ".css": "a style sheet", ".js": "a script", ".mjs": "a script", ".map": "a source map", ".csv": "a table (CSV)",
    ".tsv": "a table (TSV)", ".svg": "a drawing (SVG)", ".eml": "a mail", ".ics": "a calendar", ".vcf": "contacts",
    ".json": "JSON", ".yaml": "YAML", ".yml": "YAML", ".toml": "TOML", ".ini": "a configuration", ".sql": "SQL",
    ".xsd": "a schema", ".xsl": "a style sheet", ".dtd": "a schema",
}  # fmt: skip
_ROOTS = {
    "rss": "a news feed", "feed": "a news feed", "rdf": "a news feed", "opml": "a list of feeds", "urlset": "a sitemap",
    "sitemapindex": "a sitemap", "svg": "a drawing (SVG)", "plist": "a property list",
}  # fmt: skip
# Atomic and possessive: a flood of comments must not be tried in every grouping.
_PROLOGUE = rb"(?>\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE(?! *html)[^\[>]*(?:\[.*?\]\s*)?>)*+"
_ROOT = re.compile(
    rb"(?:\xef\xbb\xbf)?" + _PROLOGUE + rb"<(?:[\w.-]{1,40}:)?([\w.-]{1,40})[\s/>]", re.DOTALL | re.IGNORECASE
)
_HTML_ROOTS = ("html", "head", "body", "frameset", "meta", "title", "base", "link", "script", "style", "div", "p")


def read_source(source: Source) -> Iterator[Page | Failure]:
    """The pages and failures of one input, whatever it is. Trouble with the file is a failure, never raised."""
    try:
        head = source.head()
        if refusal := _refusal(head, source.bare_name):
            yield source.failure("unsupported", f"{refusal}; thresher reads {readable()}")
            return
        form = next(form for form in FORMATS if form.matches(head, source.bare_name))
        yield from form.read(source)
    except EOFError:
        yield source.failure("truncated", "its compressed data end early; get the file again")
    except OSError as error:
        yield source.failure("unreadable", f"cannot be read ({error.strerror or error})")


def refusal(head: bytes, name: str = "") -> str:
    """What an input is that we do not read ("a PDF document"), told by its first bytes and name; "" if we do."""
    return _refusal(head, name.lower())


def _refusal(head: bytes, name: str) -> str:
    if any(form.matches(head, "") for form in FORMATS[:2]):  # these hold binary data, and their first bytes are certain
        return ""
    if words := binary_kind(head):
        return words
    root = _ROOT.match(head)
    tag = root[1].decode().lower() if root else ""
    if tag in _ROOTS:
        return _ROOTS[tag]
    if tag and tag not in _HTML_ROOTS and head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<?xml"):
        return "" if b"http://www.w3.org/1999/xhtml" in head[:4096] else f"XML (<{tag}>)"
    suffix = name[name.rfind(".") :] if "." in name else ""
    if tag in _HTML_ROOTS or any(form.matches(head, name) for form in FORMATS[:-1]):
        return ""
    return _NO_PAGES.get(suffix) or _json_value(head)


def _json_value(head: bytes) -> str:
    """Whether a whole small file is one JSON value, whatever its name; "" for all else."""
    start = head.strip()
    if start[:1] not in (b"{", b"[") or len(head) >= 65_536:
        return ""
    try:
        json.loads(start)
    except (ValueError, RecursionError):
        return ""
    return "JSON that is not one page a line"


def readable() -> str:
    """The suffixes of all formats, for messages and help."""
    return ", ".join(suffix for form in FORMATS for suffix in form.suffixes)
