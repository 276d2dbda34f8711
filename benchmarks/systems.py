"""The systems that stand side by side: thresher, its peers, and all text of the page as the floor.

Each is one short function from a `Sample` to text, with the settings its own documentation advises. Everything is
imported where it is used, so that start-up and memory of a system are its own. A new peer is one function.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

from benchmarks.packs import Sample

# ruff: noqa: PLC0415 - imports inside functions, as said above

System = Callable[[Sample], str]

# jusText names its stop word lists in English; a language without a list falls back to English.
_STOPLISTS = {
    "ar": "Arabic", "bg": "Bulgarian", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French", "hi": "Hindi",
    "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "lt": "Lithuanian", "lv": "Latvian",
    "mk": "Macedonian", "ms": "Malay", "nl": "Dutch", "no": "Norwegian_Bokmal", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sq": "Albanian", "sr": "Serbian",
    "sv": "Swedish", "ta": "Tamil", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese",
}  # fmt: skip


def thresher(sample: Sample) -> str:
    """Ours, with the default preset; the headline setting alone follows the pack."""
    from pipeline import Settings, clean

    settings = Settings(headline=sample.headline)
    return clean(sample.data, url=sample.url, kind=sample.kind, settings=settings).text


def trafilatura(sample: Sample) -> str:
    """Trafilatura as it comes."""
    return _trafilatura(sample)


def trafilatura_no_comments(sample: Sample) -> str:
    """Trafilatura without the comments under an article: what most people call."""
    return _trafilatura(sample, include_comments=False)


def trafilatura_fast(sample: Sample) -> str:
    """Trafilatura without its fallbacks."""
    return _trafilatura(sample, fast=True)


def _trafilatura(sample: Sample, **options: Any) -> str:
    """Never with `deduplicate`: its memory is process-wide, and a page would depend on those before it."""
    from trafilatura import extract

    text = extract(markup(sample), url=sample.url, deduplicate=False, **options)
    return str(text or "")


def resiliparse(sample: Sample) -> str:
    """Resiliparse, main content only."""
    return _resiliparse(markup(sample), main_content=True)


def all_text(sample: Sample) -> str:
    """All visible text of the page, the floor of every comparison."""
    return _resiliparse(markup(sample), main_content=False)


def _resiliparse(data: bytes, *, main_content: bool) -> str:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import detect_encoding
    from resiliparse.parse.html import HTMLTree

    tree = HTMLTree.parse_from_bytes(data, detect_encoding(data, from_html_meta=True) or "utf-8")
    return str(extract_plain_text(tree, main_content=main_content))


def justext(sample: Sample) -> str:
    """The jusText heuristics, with the stop words of the language that the page declares."""
    from justext import get_stoplist, justext

    paragraphs = justext(markup(sample), get_stoplist(_STOPLISTS.get(sample.language, "English")))
    return "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)


def readability(sample: Sample) -> str:
    """Readability, the summary turned into text by resiliparse (it gives HTML only)."""
    from readability import Document

    return _resiliparse(Document(markup(sample)).summary().encode(), main_content=False)


def markup(sample: Sample) -> bytes:
    """The page itself; a text becomes a page of one paragraph a line, for systems that read nothing but HTML."""
    if sample.kind == "html":
        return sample.data
    lines = sample.data.decode("utf-8", "replace").split("\n")
    body = "\n".join(f"<p>{html.escape(line)}</p>" for line in lines if line.strip())
    return f'<html><head><meta charset="utf-8"></head><body><article>\n{body}\n</article></body></html>'.encode()


BASELINE = "trafilatura"
"""The system whose time is the unit."""

SYSTEMS: dict[str, System] = {
    "thresher": thresher,
    BASELINE: trafilatura,
    "trafilatura-no-comments": trafilatura_no_comments,
    "trafilatura-fast": trafilatura_fast,
    "resiliparse": resiliparse,
    "justext": justext,
    "readability": readability,
    "all-text": all_text,
}
