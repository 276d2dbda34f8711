"""The systems that stand side by side: thresher, its peers, and all text of the page as the floor.

Each is one short function from a `Sample` to text, with the settings its own documentation advises. Everything is
imported where it is used, so that start-up and memory of a system are its own. A new peer is one function.
"""

from __future__ import annotations

import html
import re
import sys
import warnings
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
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
    """Ours, with the default preset; the headline setting alone follows the pack, and the weights the fold."""
    from pipeline import Settings, clean

    settings = Settings(headline=sample.headline, weights_folder=sample.weights)
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


def newspaper4k(sample: Sample) -> str:
    """Newspaper, the page handed over and its pictures left where they are."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it misses a library for keywords, which nobody asks for
        from newspaper import Article

    article = Article(sample.url or "https://page.example/", fetch_images=False)
    article.download(input_html=characters(sample))
    article.parse()
    return str(article.text)


def goose3(sample: Sample) -> str:
    """Goose as it comes."""
    from goose3 import Goose

    with Goose() as goose:
        return str(goose.extract(raw_html=characters(sample)).cleaned_text)


def pagesift(sample: Sample) -> str:
    """The main content as pagesift sees it; it writes Markdown, of which the targets of links and images go."""
    import pagesift

    return _LINK.sub(r"\1", _IMAGE.sub("", pagesift.convert(characters(sample), sample.url).markdown or ""))


_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def html2text(sample: Sample) -> str:
    """All text of the page as html2text writes it, without links and images."""
    from html2text import HTML2Text

    writer = HTML2Text(bodywidth=0)
    writer.ignore_links = writer.ignore_images = writer.ignore_emphasis = True
    return str(writer.handle(characters(sample)))


def inscriptis(sample: Sample) -> str:
    """All text of the page, laid out by inscriptis."""
    from inscriptis import get_text

    return str(get_text(characters(sample)))


def characters(sample: Sample) -> str:
    """The page decoded, for systems that do not read bytes."""
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    data = markup(sample)
    return str(bytes_to_str(data, detect_encoding(data, from_html_meta=True) or "utf-8"))


def stay_offline() -> None:
    """Refuse every connection of this process from now on: a system that asks for the network has failed.

    For programs, not for libraries: it cannot be undone.
    """

    def refuse(event: str, _: tuple[Any, ...]) -> None:
        if event in ("socket.connect", "socket.getaddrinfo"):
            raise ConnectionRefusedError("a benchmark fetches nothing")

    sys.addaudithook(refuse)


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
    "readability-lxml": readability,
    "justext": justext,
    "newspaper4k": newspaper4k,
    "goose3": goose3,
    "pagesift": pagesift,
    "inscriptis": inscriptis,
    "html2text": html2text,
    "all-text": all_text,
}
"""In the order of the tables; the last three give all text of a page and choose nothing."""


def package(system: str) -> str:
    """The name of the package that a system comes from."""
    if system == "all-text":
        return "resiliparse"
    return BASELINE if system.startswith(BASELINE) else system


def version_of(system: str) -> str:
    """The version of the package of a system; "" where it is not installed."""
    try:
        return version(package(system))
    except PackageNotFoundError:
        return ""


def installed() -> list[str]:
    """The systems that can run here."""
    return [name for name in SYSTEMS if version_of(name)]
