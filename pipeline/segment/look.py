"""Whether a text is HTML or plain text: by what it holds, and only where that leaves it open, by its name.

Observation: a page begins with a doctype or a document tag, or, when it is a fragment, with a block tag, and its tags
close. A text may hold a few stray tags (`<b>`, `<image>…`), or be about HTML and quote it, but between them lie long
stretches of words. Markdown holds islands of HTML, for a logo, badges or a table, often at its very beginning; most of
its paragraphs hold no tag. To take a text for HTML glues its lines; the reverse leaves tags in it.
"""

from __future__ import annotations

import re

from pipeline.document import Kind

_SAMPLE = 65_536
_PROLOGUE = re.compile(r"(?:[\s\ufeff]|<\?[^>]{0,2000}\?>|<!--.*?-->)*", re.DOTALL)
_DOCUMENT = re.compile(r"<!doctype\s+html|<(?:html|head|body|frameset)\b[^<>]*>", re.IGNORECASE)
_ELEMENTS = (
    "a|abbr|article|aside|b|blockquote|br|button|center|code|dd|div|dl|dt|em|figcaption|figure|font|footer|form|h[1-6]|"
    "header|hr|i|iframe|img|input|label|li|link|main|meta|nav|ol|option|p|pre|script|section|select|small|span|strong|"
    "style|sub|sup|svg|table|tbody|td|template|textarea|th|thead|title|tr|u|ul|video"
)
_TAG = re.compile(rf"</?({_ELEMENTS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_BLOCKS = frozenset({
    "article", "aside", "blockquote", "center", "div", "dl", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5",
    "h6", "header", "iframe", "li", "link", "main", "meta", "nav", "ol", "p", "pre", "script", "section", "style",
    "table", "tbody", "td", "template", "th", "thead", "title", "tr", "ul",
})  # fmt: skip
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)
_BLANK_LINES = re.compile(r"\n[ \t\r]*\n")
_SIGNS = str.maketrans("", "", '{}=;<>"')  # of scripts, style sheets and data, which hold no tags either
_FEW = 33  # characters of words among which one is such a sign
_HTML_NAMES = (".html", ".htm", ".xhtml", ".shtml", ".php", ".asp", ".aspx", ".mhtml", ".mht")
_TEXT_NAMES = (".txt", ".md", ".markdown", ".text", ".rst", ".log")


def look(text: str, name: str = "", content_type: str | None = None) -> Kind:
    """The kind of a text; `name` (of the file) and `content_type` (as declared) are hints that content overrules."""
    start = _PROLOGUE.match(text, 0, _SAMPLE)
    begin = start.end() if start else 0
    if _DOCUMENT.match(text, begin):
        return "html"
    sample = text[begin : begin + _SAMPLE]
    hint = _hint(name.lower(), (content_type or "").lower())
    if hint == "text" and ("```" in sample or "~~~" in sample):  # to look for lines takes longer
        sample = _FENCE.sub("", sample)
    tags = [match[1].lower() for match in _TAG.finditer(sample)]
    blocks = sum(tag in _BLOCKS for tag in tags)
    if hint == "html":
        return "html" if tags or not sample.strip() else "text"
    if hint is None and _DOCUMENT.search(sample[:2000]):
        return "html"
    begins = blocks >= (1 if hint is None else 3) and _TAG.match(sample) is not None
    return "html" if (begins or _dense(sample, blocks)) and not _holds_plain(sample, hint) else "text"


def _hint(name: str, content_type: str) -> Kind | None:
    """What the outside says; a content type before a name."""
    if "html" in content_type:
        return "html"
    if content_type.startswith(("text/plain", "text/markdown")):
        return "text"
    if name.endswith(_HTML_NAMES):
        return "html"
    return "text" if name.endswith(_TEXT_NAMES) else None


def _holds_plain(sample: str, hint: Kind | None) -> bool:
    """Whether half of the words, or a third where the name says text, stand in paragraphs of words without a tag."""
    plain = words = 0
    for paragraph in _BLANK_LINES.split(sample):
        signs = len(paragraph) - len(paragraph.translate(_SIGNS))
        count = len(_TAG.sub(" ", paragraph).split())
        words += count
        plain += count if signs * _FEW <= len(paragraph) and not _TAG.search(paragraph) else 0
    return (3 if hint == "text" else 2) * plain >= words > 0


def _dense(sample: str, blocks: int) -> bool:
    """Whether block tags are as frequent as in markup: six at least, and one in every 250 characters."""
    return blocks >= 6 and blocks * 250 >= len(sample)
