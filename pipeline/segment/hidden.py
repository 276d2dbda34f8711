"""What no reader sees, and what a reader can open.

Observation: text is hidden for four reasons. Helpers for screen readers repeat what is on the screen ("opens in a new
window"). Tricks feed words to machines: zero font, off-screen, white on white. Windows wait for their moment: dialogs,
menus, prompts. And tabs or accordions fold away what the author did write. The first three are clutter; the last is
content, told by the vocabulary of its class names. Blocks keep the reason, and the judge decides.

A page that hides nearly everything in one way waits for its script to show it; `believable` says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

HELPERS = frozenset(
    "sr-only visually-hidden visuallyhidden visuallyHidden screen-reader-text screen-reader-only screen-reader "
    "screenreader screenreader-only a11y-hidden hidden-visually element-invisible offscreen off-screen "
    "u-hidden-visually u-visually-hidden sr-text accessibly-hidden show-for-sr assistive-text is-sr-only".split()
)
"""Classes for screen readers alone."""
_FOLDING = re.compile(
    r"(?i)\b(?:tabs?|tab-?pane|tabpanel|tab-?content|accordion|collaps\w*|panel|faq\w*|toggle\w*|answer|expand\w*|"
    r"spoiler|fold\w*|read-?more|show-?more|more-?text|full-?text)"
)
_NO_FOLDING = re.compile(r"(?i)menu|nav|modal|popup|dropdown|cookie|consent|search|login|share|comment")
_NOTHING = re.compile(r"display:none|visibility:(?:hidden|collapse)|content-visibility:hidden")
_TRICKS = {
    "zero font size": re.compile(r"font-size:0(?:px|em|rem|pt|%)?(?:;|!|$)"),
    "no opacity": re.compile(r"(?:^|;)opacity:0(?:\.0+)?(?:;|!|$)"),
    "off the screen": re.compile(r"(?:left|top|right|indent|margin-left):-\d{4,}(?:px|em)?|translate[xy]?\(-\d{4,}"),
    "clipped away": re.compile(r"clip:rect\((?:0|1)(?:px)?[, ](?:0|1)|clip-path:inset\((?:50|100)%"),
    "no size": re.compile(
        r"(?=.*overflow:hidden)(?:^|.*;)(?:max-)?(?:height|width):[01](?:px)?(?:;|!|$)"
    ),
}  # fmt: skip
_MAY_HIDE = re.compile(r"none|hidden|collapse|size:0|opacity:0|:-|translate|clip|background")  # any of these tricks
_SHOWN_LATER = re.compile(
    r"attribute hidden|style (?:that does not display it|with no opacity)|class \S+ is not displayed|"
    r"a template that waits|shown only without"
)
_COLOUR = re.compile(r"(?:^|;)color:([^;!]+)")
_BACKGROUND = re.compile(r"(?:^|;)background(?:-color)?:([^;! ]+)")
_SAME_COLOUR = {"white": "#fff", "#ffffff": "#fff", "rgb(255,255,255)": "#fff", "black": "#000", "#000000": "#000"}
_HIDES = (re.compile(r"display\s*:\s*none"), re.compile(r"visibility\s*:\s*(?:hidden|collapse)"))
_BEFORE_DISPLAY = frozenset("{; \t\r\n\f")  # else it is the end of another word
_CLASS_SELECTOR = re.compile(r"^\.([\w-]+)$")
_SHEET_CAP = 300_000
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
                return f"class {name} for screen readers"
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
    style = re.sub(r"\s+", "", style[:2000].lower())
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


def holds_everywhere(media: str | None) -> bool:
    """Whether a style sheet with this attribute holds on every screen: others hide for paper, or for small ones."""
    return (media or "all").strip().lower() in ("all", "screen")


def classes_that_hide(sheets: Iterable[str]) -> frozenset[str]:
    """Classes that a page's own style sheets simply do not display.

    Only selectors of one class outside @media and the like are believed: all else depends on screen or script.
    """
    names: set[str] = set()
    for sheet in sheets:
        for selectors in _hiding_selectors(sheet[:_SHEET_CAP]):
            names |= {found[1] for part in selectors.split(",") if (found := _CLASS_SELECTOR.match(part.strip()))}
    return frozenset(names)


def _hiding_selectors(sheet: str) -> Iterator[str]:
    """The selectors of the rules outside @media and the like that display nothing, in one pass, however broken."""
    if "/*" in sheet:
        first, *others = sheet.split("/*")
        sheet = first + "".join(part.partition("*/")[2] for part in others)
    lowered = sheet.lower()
    depth = last = 0
    for place in sorted(found.start() for pattern in _HIDES for found in pattern.finditer(lowered)):
        opening = sheet.rfind("{", last, place)
        if opening < 0:
            continue  # the second time in one rule, or in no rule at all
        depth = max(0, depth + sheet.count("{", last, opening) - sheet.count("}", last, opening))
        whole_word = lowered[place] == "v" or lowered[place - 1] in _BEFORE_DISPLAY
        if depth == 0 and whole_word and sheet.find("}", opening) > place:
            start = max(sheet.rfind("}", last, opening), sheet.rfind(";", last, opening), last - 1) + 1
            yield sheet[start:opening]
        depth, last = depth + 1, opening + 1


def believable(hidden: int, everything: int) -> bool:
    """Whether one reason for hiding is meant for readers, by the number of characters that it hides.

    Where it takes most of a long page, or all of a short one, a script will take it back.
    """
    return hidden < _MOST * everything or hidden < min(_MUCH, everything)
