"""Who wrote a page and when, read from what stands near its headline, where the page's head does not say.

Observation: a byline stands within a few elements of the headline, and is short. Names are marked (`rel=author`, a
class that says author or byline, a link to an author's page) or announced (`By`, `von`); a date stands by itself, in a
`<time>` or a text that says little else. So the search goes outward from the headline, nearest first, and ends where
prose begins. Far from a headline the same marks belong to teasers of other pages, and are believed only if all of them
say the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.segment.head.dates import iso_date
from pipeline.segment.head.names import announcement, find_names, split_names
from pipeline.segment.normalise import normalise

_TEXT = 2  # lexbor's number of a text node
_LEVELS = 6  # elements around the headline whose other children are looked at
_NODES = 160  # at most, in all
_PROSE = 160  # characters; a longer text is the article
_SHORT = 80  # characters of a text that may be a byline
_LONG = 1000  # characters of a text that are looked at
_LABEL = 25  # characters of a text that may say what stands after it
_PIECES = 8  # texts in an element that names an author
_FAR = 40  # marked elements looked at
_TOGETHER = 40  # nodes after a name in which others are named in the same way

_AUTHOR = (
    "author",
    "byline",
    "autor",
    "auteur",
    "verfasser",
    "posted-by",
    "postedby",
    "written-by",
    "username",
    "starter",
)
_NOT_AUTHOR = re.compile(
    r"avatar|image|img|photo|picture|thumb|bio|social|about|count|job|role|position|mail|related|comment|widget"
)
_AUTHOR_PAGE = re.compile(
    r"/(?:authors?|autor|autoren|auteurs?|contributors?|by|people|profiles?|staff|users?|members?)/[^/]"
)
_JOINER = re.compile(r"(?i)(?:,|;|&|/|,? ?and|und|et|y|e|en|og|och|ja|i)$")
_UPDATED = re.compile(
    r"(?i)updat|modif|aktualis|geändert|actuali|mis à jour|mise à jour|aggiorn|bijgewerkt|revis|reviewed|oppdater|"
    r"zaktualiz|обновл|更新|stand:"
)
_SAYS_DATE = re.compile(
    r"(?i)publi|posted|date|datum|veröff|erstell|updat|written|on |am |started|created|fecha|geplaatst"
)
_WORD = re.compile(r"[^\W\d_]+")

Attributes = dict[str, str | None]


@dataclass(slots=True)
class Byline:
    """What was found: names, and dates in ISO 8601. `marked` is published too, and said so by its markup."""

    authors: list[str] = field(default_factory=list)
    marked: str = ""
    published: str = ""
    updated: str = ""


def find_headline(tree: Any, headings: Sequence[Any], titles: Sequence[str]) -> Any | None:
    """The element that shows the title: of the `h1`, else of other headings; else the only `h1`; None if none does."""
    wanted = [title.lower() for title in titles if title]
    for nodes in (headings, () if len(headings) == 1 and not wanted else tree.css("h2,h3")[:20]):
        for node in nodes:
            if _same(normalise(node.text()[:500]).lower(), wanted):
                return node
    return headings[0] if len(headings) == 1 else None


def _same(text: str, wanted: list[str]) -> bool:
    """Whether a heading says what a title says, or a good part of it."""
    return bool(text) and any(
        text == title or (len(text) > 8 and text in title) or (len(title) > 8 and title in text) for title in wanted
    )


def read_byline(tree: Any, headline: Any | None, region: str = "", *, dated: bool = False) -> Byline:
    """The byline of a page: what is marked as such for machines, what is near the headline, what all else agree on."""
    found = Byline()
    _read_marked(tree, found, region)
    if headline is not None and not (found.authors and found.marked):
        _read_near(headline, found, region)
    if not (dated or found.marked or found.published or found.updated):
        said = [iso_date(node.attributes["datetime"] or "", region) for node in tree.css("time[datetime]")[:_FAR]]
        found.published = said[0] if _agreed(date[:10] for date in said) else ""
    if not found.authors and (dated or found.marked or found.published or found.updated):
        nodes = tree.css("[class*=author],a[rel~=author]")[:_FAR]
        found.authors = _agreed(names_within(node) for node in nodes if names_author(node.tag, node.attributes)) or []
    return found


def _agreed(said: Iterable[Any]) -> Any:
    """What all that say something say alike; None if they do not."""
    values = [value for value in said if value]
    return values[0] if values and all(value == values[0] for value in values) else None


def _read_marked(tree: Any, found: Byline, region: str) -> None:
    """The first author and the first date that elements of the body mark for machines (microdata)."""
    unseen = True
    for node in tree.css("[itemprop=author],[itemprop^=date]")[:_FAR]:
        attributes = node.attributes
        mark = attributes["itemprop"]
        if mark == "author" and unseen:
            inner = node.css_first("[itemprop~=name]") or node.css_first("a") or node
            said = (attributes.get("content") or inner.attributes.get("content") or "")[:_SHORT]
            found.authors = split_names(said) or names_within(inner) or names_within(node)
            unseen = False
        elif not found.marked and mark in ("datePublished", "dateCreated"):
            said = attributes.get("content") or attributes.get("datetime") or " ".join(_pieces(node))
            found.marked = iso_date(said, region)


def _read_near(headline: Any, found: Byline, region: str) -> None:
    """Go outward from the headline until there is a name and a day."""
    names = _Names(found.authors)
    before = ""
    for node, text in _around(headline):
        if text:
            names.announced(text)
            if not found.published:
                _read_date(text, before, found, region)
            before = text
        elif attributes := node.attributes:
            tag = node.tag
            if tag == "time" and not found.published and attributes.get("datetime"):
                _read_time(attributes, before, found, region)
            names.marked(tag, node, attributes)
        if names.complete() and (found.published or found.marked):
            break
    found.authors = names.found


class _Names:
    """The names found near a headline: those of the first element that names any, and of others beside it like it."""

    def __init__(self, found: list[str]) -> None:
        self.found = found
        self.kind: tuple[str, str | None, str | None] | None = None
        self.left = _TOGETHER
        self.expected = False  # the text before only announced a name

    def announced(self, text: str) -> None:
        """Names in a text that announces them (`By Ada Oat`), or that follows a text which only announces."""
        if self.found:
            return
        begins = announcement(text)
        if begins or self.expected:
            names = find_names(text)
            if all(not name[0].islower() and len(name.split()) < 5 for name in names):
                self.found = names
        self.expected = begins == text

    def marked(self, tag: str, node: Any, attributes: Attributes) -> None:
        """Names in an element that is marked as naming an author."""
        if self.complete() or not names_author(tag, attributes):
            return
        kind = (tag, attributes.get("class"), attributes.get("rel"))
        if not self.found:
            self.found, self.kind = names_within(node), kind
        elif kind == self.kind:
            self.found += [name for name in names_within(node) if name not in self.found]

    def complete(self) -> bool:
        """Whether no more names are to come."""
        if not self.found:
            return False
        self.left -= 1
        return self.kind is None or self.left < 0


def _read_time(attributes: Attributes, before: str, found: Byline, region: str) -> None:
    """Note the day of a `<time>`."""
    marks = attributes.get("class") or ""
    if day := iso_date(attributes["datetime"] or "", region):
        if ("updat" in marks and "publish" not in marks) or _says_updated(before):
            found.updated = found.updated or day
        else:
            found.published = day


def _read_date(text: str, before: str, found: Byline, region: str) -> None:
    """Note the day in a text that says little else; what stands before it tells whether it is that of a change."""
    day = iso_date(text, region)
    if not day:
        return
    words = len(_WORD.findall(text))
    if words > 12 or (words > 5 and not _SAYS_DATE.search(text)):
        return
    if _UPDATED.search(text) or _says_updated(before):
        found.updated = found.updated or day
    else:
        found.published = day


def _says_updated(before: str) -> bool:
    """Whether a text is the label of a date of change."""
    return len(before) < _LABEL and _UPDATED.search(before) is not None and not any(map(str.isdigit, before))


def names_author(tag: str, attributes: Attributes) -> bool:
    """Whether an element says by its attributes that it names an author."""
    if "author" in (attributes.get("rel") or "") or "author" in (attributes.get("itemprop") or ""):
        return True
    marks = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"[:300].lower()
    if any(map(marks.__contains__, _AUTHOR)):
        return not _NOT_AUTHOR.search(marks)
    return tag == "a" and _AUTHOR_PAGE.search((attributes.get("href") or "")[:300].lower()) is not None


def names_within(node: Any) -> list[str]:
    """The names in an element that is marked as naming authors; [] where it says much more than that."""
    names: list[str] = []
    joined = True
    for piece in _pieces(node):
        if _JOINER.match(piece):
            joined = True
        elif joined or not names:
            names += find_names(piece)
            joined = piece.endswith((",", " and", "&"))
        else:
            break
    return list(dict.fromkeys(names))


def _pieces(node: Any) -> list[str]:
    """The texts in an element, [] if they are more or longer than names are."""
    pieces: list[str] = []
    for number, inner in enumerate(node.traverse(include_text=True)):
        if inner.tag_id == _TEXT and (text := " ".join((inner.text_content or "")[:_LONG].split())):
            pieces.append(text)
            if len(pieces) > _PIECES or len(text) > _SHORT:
                return []
        if number >= _NODES:
            return []
    return pieces


def _around(headline: Any) -> Iterator[tuple[Any, str]]:
    """The elements and short texts around a headline, nearest first, each with its text, "" for an element.

    What follows comes before what precedes, then one level further out; prose ends what follows.
    """
    left, prose, node = _NODES, False, headline
    for _ in range(_LEVELS):
        for inner, text in _beside(node, forward=True):
            left -= 1
            prose = prose or (len(text) > _PROSE and inner.parent.tag not in ("script", "style"))
            if prose or left < 0:
                break
            if len(text) <= _SHORT:
                yield inner, text
        for inner, text in _beside(node, forward=False):
            left -= 1
            if left < 0:
                return
            if len(text) <= _SHORT:
                yield inner, text
        node = node.parent
        if left < 0 or node is None or node.tag in ("body", "html", "main"):
            return


def _beside(node: Any, *, forward: bool) -> Iterator[tuple[Any, str]]:
    """The elements and texts in the siblings after a node, or before it; blank texts are passed over."""
    sibling = node.next if forward else node.prev
    while sibling is not None:
        for inner in sibling.traverse(include_text=True, skip_empty=True):
            if inner.tag_id != _TEXT:
                yield inner, ""
            elif text := " ".join((inner.text_content or "")[:_LONG].split()):
                yield inner, text
        sibling = sibling.next if forward else sibling.prev
