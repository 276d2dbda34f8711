"""Whether a text is HTML or plain text: by what it holds, and only where that leaves it open, by its name.

Observation: a page begins with a doctype or a document tag, or, when it is a fragment, with a block tag, and its tags
close. A text may hold a few stray tags (`<b>`, `<image>…`), or be about HTML and quote it, but between them lie long
stretches of words, and it begins with words. To take a text for HTML glues its lines; the reverse leaves tags in it.
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
    if sample.startswith("<") and blocks and (hint is None or blocks >= 3):
        return "html" if _TAG.match(sample) or _dense(sample, blocks) else "text"
    if hint is None and _DOCUMENT.search(sample[:2000]):
        return "html"
    return "html" if _dense(sample, blocks) else "text"


def _hint(name: str, content_type: str) -> Kind | None:
    """What the outside says; a content type before a name."""
    if "html" in content_type:
        return "html"
    if content_type.startswith(("text/plain", "text/markdown")):
        return "text"
    if name.endswith(_HTML_NAMES):
        return "html"
    return "text" if name.endswith(_TEXT_NAMES) else None


def _dense(sample: str, blocks: int) -> bool:
    """Whether block tags are as frequent as in markup: six at least, and one in every 250 characters."""
    return blocks >= 6 and blocks * 250 >= len(sample)
