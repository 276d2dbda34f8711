"""Tags and pictures in text without markup: what is left of a page, or what the text speaks of.

Observation: a text that was cut out of a page keeps a `<b>` or a `<p class="lead">` here and there, and pictures as
they were written. None of these is a word. But a text on HTML shows tags because it means them, and to take them away
destroys it. Such a text shows others as well, which no article holds: parts of forms, heads of pages, names that are
none of HTML (types of a program, components, places to fill in). Two of these are enough; without them a tag is spoken
of where it is in code, or stands in a sentence by itself.
"""

from __future__ import annotations

import re

from pipeline.segment.text.marks import PICTURE

# What is taken away.
_LOST = (
    "p|br|b|i|u|em|strong|span|div|a|font|center|small|sup|sub|li|ul|ol|h[1-6]|td|th|tr|thead|tbody|table|blockquote"
    "|figure|figcaption|picture|source|details|summary|kbd|code|pre|hr|section|article|abbr|cite|del|ins|mark|dl|dt|dd"
)
_TAG = re.compile(
    rf"""(?<!\w)`[^`]{{1,500}}+`   # code: what it says of tags stays
      | <(?P<end>/?)(?P<name>{_LOST})(?:\s[^<>]{{0,300}})?/?>
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ANY = re.compile(r"<([A-Za-z]\w{0,40})(?:\s[^<>]{0,300})?/?>")
_OF_ARTICLES = re.compile(
    rf"{_LOST}|tfoot|caption|col|colgroup|img|image|svg|g|path|video|audio|iframe|embed|object|param|script|style|noscript"
    "|aside|header|footer|nav|main|wbr|samp|tt|s|strike|q|acronym|address|big|dfn|time|var|ruby|rt|rp"
    "|ref|references|nowiki|gallery|poem|math",
    re.IGNORECASE,
)
_ENOUGH = 2  # names of tags that no article holds
_PICTURE = re.compile(rf"{PICTURE}|data:[a-z]+/[\w.+-]+[;,]\S*", re.IGNORECASE)
_ANY_PICTURE = re.compile(
    r"<(?:[\w-]{1,20}:)?image\b[^<>]*>[^<]*(?:<(?!/?(?:[\w-]{1,20}:)?image\b)[^<]*)*</(?:[\w-]{1,20}:)?image>|"
    rf"<img\b[^<>]*>|{_PICTURE.pattern}",
    re.IGNORECASE,
)
_FAR_PICTURE = re.compile(r"<img\b[^<>]*\ssrc=[\"']?(?:https?:)?//", re.IGNORECASE)
_NEAR = 400  # characters in which the other of two tags is looked for
_STOPS = frozenset(".,;:!?…)”’")
_BEFORE_WORD = frozenset(" (\"'“‘")
_BEHIND_WORD = re.compile(r"s?(?:\s+\w|[,.;:!?)\"'”’])")


def speaks_of_tags(text: str) -> bool:
    """Whether a whole text means the tags in it."""
    names: set[str] = set()
    for found in _ANY.finditer(text):
        if not _OF_ARTICLES.fullmatch(found[1]):
            names.add(found[1])
            if len(names) >= _ENOUGH:
                return True
    return False


def is_island(text: str) -> bool:
    """Whether some lines are HTML for the eye, as badges and a logo above a text: pictures with hardly a word.

    What a text on HTML shows has no pictures that lie elsewhere.
    """
    if text.lstrip()[:1] != "<" or not _FAR_PICTURE.search(text):
        return False
    return len(_TAG.sub(" ", _ANY_PICTURE.sub(" ", text)).split()) <= text.count("\n") + 1


def untagged(text: str) -> str:
    """A line without the tags that lost their page; those that it speaks of stay."""
    return _TAG.sub(_untagged, text)


def pictures_in(text: str, *, tags: bool) -> re.Pattern[str] | None:
    """What finds the markup of pictures in a line, in `tags` or else; None where there is none."""
    pattern = _ANY_PICTURE if tags else _PICTURE
    marked = "<" in text or "![" in text or "data:" in text or "DATA:" in text
    return pattern if marked and pattern.search(text) else None


def _untagged(found: re.Match[str]) -> str:
    """A space for a tag that lost its page, or nothing for its end before a stop.

    One that is spoken of stays: it is in code, or stands by itself in its line, without a partner.
    """
    if not found["name"]:
        return found[0]
    name, text = found["name"].lower(), found.string
    before, after = text[max(found.start() - _NEAR, 0) : found.start()], text[found.end() : found.end() + _NEAR]
    has_partner = f"<{name}" in before.lower() if found["end"] else f"</{name}" in after.lower()
    is_word = name != "br" and before[-1:] in _BEFORE_WORD and _BEHIND_WORD.match(after)
    is_type = before[-1:].isalnum() and after[:1] == "("  # sum<I>(…)
    if not has_partner and (is_word or is_type):
        return found[0]
    return "" if found["end"] and after[:1] in _STOPS else " "
