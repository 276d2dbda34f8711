"""Rules that a person wrote for one site: where its content lies (`keep`), and what of it is clutter (`drop`).

Observation: no general rule knows that on one site the box `.in-kuerze` is a summary and on another an advertisement.
Whoever reads a site every day knows. But sites change, and a selector that once took a box may take the article
tomorrow; so a selector that finds nothing, or too much, is noted and ignored.

Nothing is cut. Elements are marked with an attribute that says why no reader is to see them; segmenting flags their
blocks, and the judge removes them with that reason. The page passes through no other writer: the marks are put into the
text that our own parser wrote, and beautifulsoup4 (for CSS) and lxml (for XPath) only say where.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.document import SITE_RULE
from pipeline.segment.elements import VOID

MARK = "data-hidden-by-site-rule"
"""The attribute of a marked element: why it is hidden, or "" where an element inside one is shown after all."""
TOO_MUCH = 0.4
"""The share of a page's text that one `drop` may take; one that takes more is ignored."""
MOST_ELEMENTS = 30_000
DEEPEST = 1_000
"""Elements, and elements within elements, of a page that rules are applied to: searching larger trees is too slow."""

_RAW = frozenset("script style iframe xmp noembed noframes plaintext".split())
_NUMBER = "data-number-of-element"


@dataclass(frozen=True, slots=True)
class SiteRules:
    """Selectors: CSS, or XPath where one begins with `/`, `.` + `/` or `(`.

    What lies outside all `keep` goes; with `first`, only the first of them that finds anything counts. What a `drop`
    finds goes too, wherever it lies.
    """

    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    first: bool = False

    def __bool__(self) -> bool:
        return bool(self.keep or self.drop)


NO_RULES = SiteRules()


class Marked(NamedTuple):
    """A page with its marks, and what was noted of rules that did not fit, one sentence each."""

    text: str
    notes: tuple[str, ...] = ()


def mark(text: str, rules: SiteRules) -> Marked:
    """Mark what the rules of a site hide, in a page as our parser wrote it (`LexborHTMLParser(…).html`).

    Never raises: a rule that does not fit is noted.
    """
    page = _Page(text.replace(MARK, "data-was"))  # a page that knows us must not mark itself
    if len(page.starts) > MOST_ELEMENTS or page.depth > DEEPEST:
        size = f"{len(page.starts):,} elements, {page.depth:,} deep"
        return Marked(page.text, (f"site rules are not applied to a page of {size}",))
    find = _finder(page)
    notes: list[str] = []
    kept = _kept(page, rules, find, notes)
    marks = dict.fromkeys(page.bodies if kept else (), f"{SITE_RULE}outside of {', '.join(kept)}")
    shown = {number for numbers in kept.values() for number in numbers}
    dropped: set[int] = set()
    for selector in rules.drop:
        numbers = _dropped(page, selector, find, notes)
        marks |= dict.fromkeys(numbers, f"{SITE_RULE}drop {selector}")
        dropped |= numbers
    marks |= dict.fromkeys(shown - page.within(dropped), "")
    return Marked(page.with_marks(marks), tuple(notes))


Find = Callable[[str], set[int]]
"""The numbers of the elements that a selector finds; raises `ValueError` for one that makes no sense."""


def _kept(page: _Page, rules: SiteRules, find: Find, notes: list[str]) -> dict[str, set[int]]:
    """The elements that each `keep` finds, of those that find any text."""
    kept: dict[str, set[int]] = {}
    for selector in rules.keep:
        try:
            numbers = find(selector)
        except ValueError as error:
            notes.append(f"keep {selector}: {error}; ignored")
            continue
        if page.letters(numbers):
            kept[selector] = numbers
            if rules.first:
                break
        elif not rules.first:
            notes.append(f"keep {selector}: finds {'no text' if numbers else 'nothing'} on this page; ignored")
    if rules.keep and rules.first and not kept:
        notes.append(f"keep {' or '.join(rules.keep)[:200]}: finds nothing on this page; ignored")
    return kept


def _dropped(page: _Page, selector: str, find: Find, notes: list[str]) -> set[int]:
    """The elements that a `drop` finds; none if they hold too much of the page."""
    try:
        numbers = find(selector)
    except ValueError as error:
        notes.append(f"drop {selector}: {error}; ignored")
        return set()
    share = page.letters(numbers) / max(page.all_letters, 1)
    if share > TOO_MUCH:
        notes.append(f"drop {selector}: takes {share:.0%} of the page's text, more than {TOO_MUCH:.0%}; ignored")
        return set()
    return numbers


@dataclass(slots=True)
class _Page:
    """The elements of a page in the order of their start tags, by number; its text must be as the parser writes it."""

    text: str
    starts: list[int] = field(default_factory=list)  # where attributes may be put in
    before: list[int] = field(default_factory=list)  # letters of its body before each element
    behind: list[int] = field(default_factory=list)  # and before its end
    ends: list[int] = field(default_factory=list)  # the number of the first element behind it
    bodies: list[int] = field(default_factory=list)
    all_letters: int = 0
    depth: int = 0

    def __post_init__(self) -> None:
        open_elements: list[tuple[str, int]] = []
        for place, name, letters in _tags(self.text):
            if name[0] == "/":
                while open_elements and open_elements[-1][0] != name[1:]:
                    self._close(open_elements.pop()[1])  # cannot be, as the parser writes it
                if open_elements:
                    self._close(open_elements.pop()[1])
            else:
                number = len(self.starts)
                self.starts.append(place)
                self.before.append(self.all_letters)
                self.behind.append(self.all_letters)
                self.ends.append(number + 1)
                if name not in VOID and name not in _RAW:
                    open_elements.append((name, number))
                    self.depth = max(self.depth, len(open_elements))
                if name == "body":
                    self.bodies.append(number)
            self.all_letters += letters if self.bodies else 0
        for _, number in open_elements:
            self._close(number)

    def _close(self, number: int) -> None:
        self.behind[number] = self.all_letters
        self.ends[number] = len(self.starts)

    def letters(self, numbers: Iterable[int]) -> int:
        """How many letters elements hold together."""
        return sum(self.behind[number] - self.before[number] for number in self._outermost(numbers))

    def within(self, numbers: Iterable[int]) -> set[int]:
        """Elements and all that lies in them."""
        return {inner for number in self._outermost(numbers) for inner in range(number, self.ends[number])}

    def _outermost(self, numbers: Iterable[int]) -> Iterator[int]:
        """Those of the elements that lie in no other of them."""
        end = 0
        for number in sorted(numbers):
            if number >= end:
                yield number
                end = self.ends[number]

    def with_marks(self, marks: dict[int, str]) -> str:
        """The text with marks in the start tags of elements."""
        return self._with((number, MARK, marks[number]) for number in sorted(marks))

    def numbered(self) -> str:
        """The text with its number in every start tag."""
        return self._with((number, _NUMBER, str(number)) for number in range(len(self.starts)))

    def _with(self, attributes: Iterable[tuple[int, str, str]]) -> str:
        parts: list[str] = []
        at = 0
        for number, name, value in attributes:
            parts += [
                self.text[at : self.starts[number]],
                f' {name}="{html.escape(value, quote=False).replace(chr(34), "&quot;")}"',
            ]
            at = self.starts[number]
        return "".join((*parts, self.text[at:]))


def _tags(text: str) -> Iterator[tuple[int, str, int]]:
    """Every tag: where its name ends, its name (`/name` for an end tag), and the letters of the text behind it.

    Comments, and what stands in elements of raw text, are left out.
    """
    waiting = ""  # for what ends a comment or a raw text
    place = text.find("<") + 1
    for piece in text.split("<")[1:]:
        start, place = place, place + len(piece) + 1
        if waiting:
            if waiting not in piece or (waiting[0] == "/" and not piece.startswith(waiting)):
                continue
            waiting = ""
        elif piece.startswith("!--"):
            waiting = "" if "-->" in piece else "-->"
        elif found := _TAG_NAME.match(piece):
            name = found[0]
            waiting = f"/{name}" if name in _RAW else ""
            letters = 0 if waiting else len("".join(piece.partition(">")[2].split()))
            yield start + len(name), name, letters


_TAG_NAME = re.compile(r"/?[a-z][^\s/>]*")


def _finder(page: _Page) -> Find:
    """A search over a page that builds each tree only when a selector asks for it."""
    searches: dict[bool, Find] = {}

    def find(selector: str) -> set[int]:
        by_path = selector.startswith(("/", "./", "("))
        if by_path not in searches:
            numbered = page.numbered()
            searches[by_path] = _xpath_search(numbered) if by_path else _css_search(numbered)
        return searches[by_path](selector)

    return find


def _css_search(text: str) -> Find:
    import soupsieve  # noqa: PLC0415 - heavy, and few sites have rules
    from bs4 import BeautifulSoup  # noqa: PLC0415 - likewise

    soup = BeautifulSoup(text, "html.parser", multi_valued_attributes=None)

    def search(selector: str) -> set[int]:
        try:
            found: Sequence[object] = soup.select(selector)
        except (soupsieve.SelectorSyntaxError, NotImplementedError, ValueError) as error:
            raise ValueError(f"is no CSS selector ({str(error).splitlines()[0]})") from None
        return {int(element[_NUMBER]) for element in found if element.get(_NUMBER)}  # type: ignore[attr-defined, index]

    return search


def _xpath_search(text: str) -> Find:
    from lxml import etree  # type: ignore[import-untyped,unused-ignore] # noqa: PLC0415 - heavy, and few sites have rules
    from lxml import html as lxml_html  # noqa: PLC0415 - likewise

    tree = lxml_html.document_fromstring(text, parser=lxml_html.HTMLParser(huge_tree=True, no_network=True))

    def search(selector: str) -> set[int]:
        try:
            found = tree.xpath(selector, smart_strings=False)
        except etree.XPathError as error:
            raise ValueError(f"is no XPath ({error})") from None
        elements = found if isinstance(found, list) else []
        return {int(element.get(_NUMBER)) for element in elements if etree.iselement(element) and element.get(_NUMBER)}

    return search
