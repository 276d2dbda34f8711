"""What no reader sees, and what a reader can open.

Observation: text is hidden for four reasons. Helpers for screen readers repeat what is on the screen ("opens in a new
window"); others stand beside the text and are none of it (the numbers of lines of code, "¶", "[edit]"). Tricks feed
words to machines: zero font, off-screen, white on white. Windows wait for their moment: dialogs, menus, prompts. And
tabs or accordions fold away what the author did write. The first three are clutter; the last is content, told by the
vocabulary of its class names. Blocks keep the reason, and the judge decides.

A page that hides nearly everything in one way waits for its script to show it; `believable` says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

COMMENT, FRONT_MATTER = "comment", "front matter"
"""What hides parts of Markdown; unlike all else that is hidden, nobody ever shows these."""
LINK_TO_ITSELF = "headerlink"
"""The class of a link in a heading that leads to the heading, as widely used as any other."""
_FOR = {
    "for screen readers": "sr-only visually-hidden visuallyhidden visuallyHidden screen-reader-text screen-reader-only "
    "screen-reader screenreader screenreader-only a11y-hidden hidden-visually element-invisible offscreen off-screen "
    "u-hidden-visually u-visually-hidden sr-text accessibly-hidden show-for-sr assistive-text is-sr-only",
    "for links to this place": f"{LINK_TO_ITSELF} hash-link anchorjs-link",
    "for the way back from a note": "footnote-backref footnote-back reversefootnote mw-cite-backlink",
    "for who edits the page": "mw-editsection",
    "for the numbers of lines": "lineno linenos linenodiv linenumber line-number code-line-number source-line-no "
    "react-syntax-highlighter-line-number file-line-num lines-num rouge-gutter hljs-ln-numbers lnt crayon-nums",
}
HELPERS = {name: what for what, names in _FOR.items() for name in names.split()}
"""Classes of what stands beside the text or is read out only, and what it is for."""
_FOLDING = re.compile(
    r"(?i)collaps\w*|\b(?:tabs?|tab-?pane|tabpanel|tab-?content|accordion|panel|faq\w*|toggle\w*|answer|expand\w*|"
    r"spoiler|fold\w*|read-?more|show-?more|more-?text|full-?text)"
)
_NO_FOLDING = re.compile(r"(?i)menu|nav|modal|popup|dropdown|cookie|consent|search|login|share|comment")
_NOTHING = re.compile(r"display:none|visibility:(?:hidden|collapse)|content-visibility:hidden")
_TRICKS = {
    "zero font size": re.compile(r"font-size:0(?:px|em|rem|pt|%)?(?:;|!|$)"),
    "no opacity": re.compile(r"(?:^|;)opacity:0(?:\.0+)?(?:;|!|$)"),
    "off the screen": re.compile(r"(?:left|top|right|indent|margin-left):-\d{4,}(?:px|em)?|translate[xy]?\(-\d{4,}"),
    "clipped away": re.compile(r"clip:rect\((?:0|1)(?:px)?[, ](?:0|1)|clip-path:inset\((?:50|100)%"),
    "no size": re.compile(r"^(?=.*overflow:hidden)(?:.*;)?(?:max-)?(?:height|width):[01](?:px)?(?:;|!|$)"),
}
STYLES = (
    "display:none", "visibility:", "size:0", "opacity:0", ":-", "translate", "clip", "overflow:hidden", "background",
)  # fmt: skip
"""Of an inline style that hides its element, in small letters and without white space: it holds one of these."""
_MAY_HIDE = re.compile("|".join(STYLES))
_SHOWN_LATER = re.compile(
    r"attribute hidden|style (?:that does not display it|with no opacity)|class \S+ is not displayed|"
    r"a template that waits|shown only without"
)
_COLOUR = re.compile(r"(?:^|;)color:([^;!]+)")
_BACKGROUND = re.compile(r"(?:^|;)background(?:-color)?:([^;! ]+)")
_SAME_COLOUR = {"white": "#fff", "#ffffff": "#fff", "rgb(255,255,255)": "#fff", "black": "#000", "#000000": "#000"}
_MUCH = 900  # characters
_MOST = 0.4  # share of the characters of a page


def why_hidden(tag: str, attributes: Mapping[str, str | None], hiding_classes: frozenset[str]) -> str:
    """Why no reader sees an element, in words; "" if one does. `hiding_classes` comes from `classes_that_hide`."""
    if "hidden" in attributes and attributes["hidden"] != "until-found":
        return "attribute hidden"
    if tag == "dialog" and "open" not in attributes:
        return "closed dialog"
    style = attributes.get("style")
    if style and (trick := _style_hides(style)):
        return trick
    names = attributes.get("class")
    if names:
        for name in names.split():
            if name in HELPERS:
                return f"class {name} {HELPERS[name]}"
            if name in hiding_classes:
                return f"class {name} is not displayed by the page's own style"
    return ""


def may_be_shown(why: str) -> bool:
    """Whether a script may well show what is hidden for this reason, in the words of a block: it only waits.

    Pages fade in their sections and open tabs that no name gives away; helpers and tricks stay hidden for ever.
    """
    return _SHOWN_LATER.match(why) is not None


def may_hide(written: str, hiding_classes: frozenset[str]) -> bool:
    """Whether it is worth asking why: few elements have a style of their own, or a class that hides.

    `written` is a start tag; asked for all elements of a page, so it only looks for parts of words.
    """
    return (
        "style=" in written
        or "idden" in written  # hidden, visuallyHidden
        or "reader" in written
        or "sr-" in written
        or "-sr" in written
        or "screen" in written
        or "ssi" in written  # accessibly, assistive
        or "invisible" in written
        or "link" in written  # hash-link, mw-cite-backlink
        or "back" in written
        or "line" in written
        or "edit" in written
        or "lnt" in written
        or "nums" in written
        or "gutter" in written
        or (bool(hiding_classes) and "class=" in written)
    )


def can_be_opened(tag: str, attributes: Mapping[str, str | None]) -> bool:
    """Whether a hidden element is a tab, accordion or other fold that a reader opens."""
    if attributes.get("role") == "tabpanel" or tag == "details":
        return True
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    return bool(_FOLDING.search(names)) and not _NO_FOLDING.search(names)


@lru_cache(maxsize=4000)
def _style_hides(style: str) -> str:
    """Which trick of an inline style hides its element; "" if none."""
    style = "".join(style[:2000].lower().split())
    if not _MAY_HIDE.search(style):
        return ""
    if _NOTHING.search(style):
        return "style that does not display it"
    for name, pattern in _TRICKS.items():
        if pattern.search(style):
            return f"style with {name}"
    colour, ground = _COLOUR.search(style), _BACKGROUND.search(style)
    if colour and ground and _SAME_COLOUR.get(colour[1], colour[1]) == _SAME_COLOUR.get(ground[1], ground[1]):
        return "style with text in the colour of its ground"
    return ""


def believable(hidden: int, everything: int) -> bool:
    """Whether one reason for hiding is meant for readers, by the number of characters that it hides.

    Where it takes most of a long page, or all of a short one, a script will take it back.
    """
    return hidden < _MOST * everything or hidden < min(_MUCH, everything)
