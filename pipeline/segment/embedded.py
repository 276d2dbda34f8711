"""The article that a page holds only as data for its script.

Observation: pages that are drawn in the browser carry what they draw along, as JSON in a `<script>`: the article is
one long string in it, mostly of HTML, under a name such as `content`, `bodyHtml` or `articleBody`. Other long strings
are style sheets, scripts, translations and terms of use; their names say so, or they are no prose. Only the string with
most prose is taken, and only where the page itself shows next to nothing: who asks sees to that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser

LEAST = 500
"""Characters of prose below which a string is no article."""
_MOST = 3_000_000  # characters of scripts that are looked through
_STRING = r'"((?:[^"\\]++|\\.)*+)"'  # possessive: a long string is read once, and leaves nothing to go back to
_MEMBER = re.compile(rf'"([\w-]{{2,40}}+)"\s*+:\s*+{_STRING}', re.DOTALL)
_ANY_STRING = re.compile(_STRING, re.DOTALL)
_NAME = re.compile(r"(?:html|body|content|text|story|article)$")
_NO_ARTICLE = re.compile(
    r"footer|header|legal|consent|cookie|privacy|terms|policy|error|css|style|script|embed|advert|newsletter|paywall|"
    r"template|disclaimer|imprint|help|faq"
)
_HEX = re.compile(r"\\x([0-9a-fA-F]{2})")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_MARKUP = re.compile(r"(?i)<(?:p|div|br|h[1-6]|ul|ol|section|article|figure)\b")
_END = re.compile(r"[.!?。！？।؟]")
_SENTENCE = 12  # characters of the shortest that counts
_CODE = re.compile(r"[{};]")


def embedded_article(page: str) -> str:
    """The article of a page as its scripts hold it, HTML or plain text; "" where none is found."""
    found = max((text for script in _scripts(page) for text in _texts(script, 1)), key=_prose, default="")
    return found if _prose(found) >= LEAST else ""


def is_markup(text: str) -> bool:
    """Whether a text that a script held is HTML."""
    return _MARKUP.search(text) is not None


def _scripts(page: str) -> Iterator[str]:
    """The scripts of a page that may hold data, up to a cap."""
    left = _MOST
    for node in LexborHTMLParser(page).css("script"):
        script = "" if node.attributes.get("type") == "application/ld+json" else node.text()[:left]
        left -= len(script)
        if len(script) >= LEAST:
            yield script


def _texts(script: str, deeper: int) -> Iterator[str]:
    """The long strings of a script that may be an article by their names; data may be written as a string once more."""
    for name, written in _MEMBER.findall(script):
        bare = name.replace("_", "").replace("-", "").lower()
        if len(written) >= LEAST and _NAME.search(bare) and not _NO_ARTICLE.search(bare):
            yield _read(written)
    if deeper and '\\"' in script:
        for written in _ANY_STRING.findall(script):
            if len(written) > 2 * LEAST and '\\"' in written:
                yield from _texts(_read(written), deeper - 1)


def _read(written: str) -> str:
    """A string as it stands in a script, read; "" where it is no string of JSON."""
    try:
        text = str(json.loads(f'"{_HEX.sub(_unicode, written)}"', strict=False))
    except ValueError:
        return ""
    return text.encode("utf-8", "replace").decode()  # half a character is none


def _unicode(found: re.Match[str]) -> str:
    return f"\\u00{found[1]}"


def _prose(text: str) -> int:
    """How many characters of a text stand in sentences; 0 for code."""
    bare = _TAG.sub(" ", text)
    if len(_CODE.findall(bare)) * 50 > len(bare):
        return 0
    *sentences, _ = _END.split(bare)
    return sum(len(sentence) for sentence in sentences if len(sentence.strip()) >= _SENTENCE)
