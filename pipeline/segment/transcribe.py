"""What only markup says, written as text: powers, formulas, cells that span rows or columns, links to a heading itself.

Observation: some markup changes what a text says when it goes. `10<sup>6</sup>` becomes 106. A formula stands on a page
twice, once for the eye and once for machines, or as a picture for the eye and hidden for machines. Where a cell spans
two rows, all cells of the second move to the left. And "Usage ¶" is no heading: the sign is a link to where it stands.
So the tree is told in text what it says in markup, before anybody reads it. Only texts are put in and taken out, or a
class put on: elements keep what may hide them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice
from typing import Any

from pipeline.segment.elements import LAYOUT
from pipeline.segment.hidden import LINK_TO_ITSELF, why_hidden

_TELLING = (
    "sup,sub,q,math,img:is(.latex,.tex),[class*=frac],"  # which is found in half the time of a class
    "a:is(.footnote-anchor,.footnote-ref),:is(td,th):is([rowspan],[colspan]),:is(h1,h2,h3,h4,h5,h6)>:is(a,button)"
)

_RAISED = str.maketrans("0123456789+-−n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿ")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_POWER = re.compile(r"(?=.*\d|n$)[\d+\-−–,n]{1,12}", re.ASCII)
_TERM = re.compile(r"(?=.*[\d+−*/-])(?=.*[^\W\d_])[\w+−*/-]{2,20}")  # of letters and more than letters
_OVER = frozenset("/⁄")
_FRACTION = frozenset(("frac", "sfrac"))
_INDEX = re.compile(r"\d{1,12}", re.ASCII)

_FEW = 9  # nodes of an element that holds a number or a sign

_TEX = re.compile(r"(?i)(?:application/x-|text/)?(?:la)?tex")
_STYLE = re.compile(r"\{?\s*\\(?:display|text)style\s*(.*?)\s*\}?", re.DOTALL)
_SIGNS = re.compile(r"[\\^_{}]")
_WHOLE = frozenset(("katex", "mwe-math-element", "MathJax"))  # classes of boxes that hold all forms of a formula
_AROUND = 4  # elements around the form for machines that may be such a box
_DEEP = 40  # elements of a formula within each other that are told apart
_SCRIPTS = {"msup": "^", "mover": "^", "msub": "_", "munder": "_", "msubsup": "_^", "munderover": "_^"}
_BETWEEN = {"mtable": "; ", "mtr": ", ", "mfenced": ", "}

_HERE = frozenset("¶ # § 🔗 ⚓ ⚓︎".split())  # what a link to its own heading shows

_PLAIN = frozenset(("a", "abbr", "b", "br", "em", "i", "small", "strong"))
_HIDING = frozenset(("class", "hidden", "style"))  # attributes
_REPEATED = 60  # characters of a cell that stands in all rows that it spans; a longer one is told once
_MOST_COLUMNS = 100
_MOST_FILLED = 5000  # cells of a page


def transcribe(tree: Any) -> None:
    """Write into a tree (a selectolax parser) what its markup says beside its words."""
    tables: dict[int, Any] = {}
    told: set[int] = set()  # formulas within others
    for node in tree.body.css(_TELLING) if tree.body is not None else ():
        tag = node.tag
        if tag == "math":
            if node.mem_id not in told:
                told.update(one.mem_id for one in _tell_formula(node))
        elif tag not in ("td", "th"):
            _TELL.get(tag, _tell_fraction)(node)
        elif (table := _table_of(node)) is not None:
            tables[table.mem_id] = table
    left = _MOST_FILLED
    for table in tables.values():
        left -= _fill(table, left) if _holds_data(table) else 0


def _raise(node: Any) -> None:
    """Raised digits stay raised. Letters go on as they are (1st, Mme), and so does what stands in brackets."""
    text, links = _within(node)
    if _POWER.fullmatch(text):
        _translate(node, _RAISED)
    elif _TERM.fullmatch(text) and not links and _character(node.prev, -1).isalnum():
        _say(node, f"^({text})")


def _lower(node: Any) -> None:
    """Lowered digits stay so beside digits and in fractions: everybody writes CO2 and H2O, but log₂8 is not log28."""
    if _INDEX.fullmatch(_within(node)[0]):
        before, after = _character(node.prev, -1), _character(node.next, 0)
        if before.isdigit() or after.isdigit() or before in _OVER:
            _translate(node, _LOWERED)


def _tell_fraction(node: Any) -> None:
    """The parts of a fraction, between which the style sheet draws the line."""
    if _FRACTION.isdisjoint(_classes(node)):
        return
    for part in node.css(".num,.den"):
        if "num" in _classes(part):
            _translate(part, _RAISED)
        else:
            _translate(part, _LOWERED)
            if _character(part.prev, -1) not in _OVER or part.prev is None or not part.prev.is_text_node:
                _put(part, "⁄")


def _classes(node: Any) -> list[str]:
    """The classes of an element."""
    return (node.attributes.get("class") or "").split()


def _quote(node: Any) -> None:
    """What a browser draws around a quotation."""
    _put(node, "“")
    node.insert_child("”")


def _tell_picture(node: Any) -> None:
    """A formula that is a picture for the eye, and TeX for who cannot see it."""
    if tex := _tidy(node.attributes.get("alt") or ""):
        node.insert_before(_marked(tex))


def _tell_link(node: Any) -> None:
    """The number of a footnote is raised, by a style sheet if by nothing else.

    And a link or button that shows a sign alone leads to the heading that it stands in: it gets a class that says so.
    """
    if _INDEX.fullmatch(_within(node)[0]) and "footnote" in (node.attributes.get("class") or ""):
        _translate(node, _RAISED)
    elif _within(node)[0] in _HERE:
        node.attrs["class"] = f"{node.attributes.get('class') or ''} {LINK_TO_ITSELF}"


_TELL: dict[str, Callable[[Any], None]] = {
    "sup": _raise, "sub": _lower, "q": _quote, "img": _tell_picture, "a": _tell_link, "button": _tell_link,
}  # fmt: skip
"""By the tag; what has another may be a fraction."""


def _tell_formula(node: Any) -> list[Any]:
    """A formula is told once, as the TeX that it was written in, or as well as a line can tell it; all its forms."""
    found = (said.text() for said in node.css("annotation") if _TEX.fullmatch(said.attributes.get("encoding") or ""))
    tex = next(found, None) or node.attributes.get("alttext") or ""
    text = _marked(_tidy(tex)) or _line(node)
    whole = node
    for _ in range(_AROUND):
        whole = whole.parent
        if whole is None:
            break
        if whole.tag == "mjx-container" or not _WHOLE.isdisjoint(_classes(whole)):
            node = whole
            break
    _say(node, text)
    return list(node.css("math"))


def _tidy(tex: str) -> str:
    """TeX on one line, without the style that it is set in."""
    return " ".join((_STYLE.fullmatch(tex.strip()) or [tex, tex])[1].split())


def _marked(tex: str) -> str:
    """TeX as running text shows it: between dollars, unless it says no more than it shows."""
    return f"${tex}$" if _SIGNS.search(tex) else tex


def _line(node: Any, depth: int = 0) -> str:
    """A formula of MathML on one line."""
    inner = [] if depth > _DEEP else list(node.iter())
    if not inner:
        return " ".join(node.text().split())
    tag = node.tag
    parts = [_line(one, depth + 1) for one in inner if not one.tag.startswith("annotation")]
    signs = _SCRIPTS.get(tag, "")
    if signs and len(parts) == len(signs) + 1:
        return parts[0] + "".join(map(_script, signs, parts[1:]))
    if tag == "mfrac" and len(parts) == 2:
        return f"{_grouped(parts[0])}/{_grouped(parts[1])}"
    if tag == "mroot" and len(parts) == 2:
        return f"{_grouped(parts[0])}^(1/{parts[1]})"
    joined = _BETWEEN.get(tag, "").join(parts)
    return f"√({joined})" if tag == "msqrt" else f"({joined})" if tag == "mfenced" else joined


def _script(sign: str, part: str) -> str:
    """What stands above or below the line."""
    if (_POWER if sign == "^" else _INDEX).fullmatch(part):
        return part.translate(_RAISED if sign == "^" else _LOWERED)
    return sign + _grouped(part)


def _grouped(part: str) -> str:
    """A part of a formula that is one thing."""
    return part if len(part) < 2 or part.isalnum() else f"({part})"


def _table_of(cell: Any) -> Any:
    """The table that a cell is in."""
    node = cell.parent
    while node is not None and node.tag != "table":
        node = node.parent
    return node


def _holds_data(table: Any) -> bool:
    """Whether a table holds data, as the walk sees it; what only lays out a page is no row that could be filled."""
    for node in table.traverse():
        if node.mem_id != table.mem_id and (node.tag in LAYOUT or (node.tag == "p" and _element_before(node) == "p")):
            return False
    return True


def _element_before(node: Any) -> str:
    """The tag of the element right before a node, with no more than white space between."""
    before = node.prev
    if before is not None and before.is_text_node and not before.text().strip():
        before = before.prev
    return "" if before is None else before.tag


def _fill(table: Any, most: int) -> int:
    """Put into each row the cells that reach into it from above or from the left, `most` of them; how many these are.

    A row is told as its cells with a bar between, so what it lacks stands in the text of the cell behind, bars and all.
    Where no row has two cells with words, none is told as a row.
    """
    parts = (row for part in table.iter() for row in ([part] if part.tag == "tr" else part.iter()) if row.tag == "tr")
    rows = [[cell for cell in row.iter() if cell.tag in ("td", "th")] for row in parts]
    if not any(sum(1 for cell in cells if cell.text().strip()) > 1 for cells in rows):
        return 0
    above: dict[int, tuple[int, str]] = {}  # column -> the last row that a cell reaches, and its text
    filled = 0
    for number, cells in enumerate(rows):
        column = 0
        lacking: list[str] = []
        for cell in cells:
            column = _reach(above, number, column, lacking)
            filled += len(lacking)
            if filled > most:
                return filled
            _put(cell, "".join(f"{text} | " for text in lacking))
            wide, high = _span(cell, "colspan", _MOST_COLUMNS), _span(cell, "rowspan", len(rows))
            lacking = [""] * (wide - 1)
            if high > 1:
                text = _repeated(cell)
                above |= {column + n: (number + high - 1, "" if n else text) for n in range(wide)}
            column += wide
        _reach(above, number, column, lacking)
        while lacking and not lacking[-1]:
            lacking.pop()
        filled += len(lacking)
        if cells and lacking and filled <= most:
            cells[-1].insert_child("".join(f" | {text}" for text in lacking))
    return filled


def _reach(above: dict[int, tuple[int, str]], row: int, column: int, lacking: list[str]) -> int:
    """Add the cells from above that stand in a row from this column on; the first column without one."""
    while above.get(column, (-1,))[0] >= row:
        lacking.append(above[column][1])
        column += 1
    return column


def _span(cell: Any, side: str, most: int) -> int:
    """How many rows or columns a cell spans."""
    written = (cell.attributes.get(side) or "").strip()
    return min(max(int(written), 1), most) if written.isascii() and written.isdecimal() and len(written) < 7 else 1


def _repeated(cell: Any) -> str:
    """The text of a cell for the rows that it reaches into; "" where it is long, a mere sign, or maybe unseen."""
    text = " ".join(cell.text().split())
    if len(text) > _REPEATED or not any(map(str.isalnum, text)) or why_hidden(cell.tag, cell.attributes, frozenset()):
        return ""
    inner = (node for node in cell.css("*") if node.mem_id != cell.mem_id)
    return text if all(node.tag in _PLAIN and _HIDING.isdisjoint(node.attributes) for node in inner) else ""


def _put(cell: Any, text: str) -> None:
    """Put a text before all else in an element."""
    if text and cell.first_child is not None:
        cell.first_child.insert_before(text)
    elif text:
        cell.insert_child(text)


def _say(node: Any, text: str) -> None:
    """Put a text in the place of all that an element says."""
    for part in _texts(node):
        part.remove()
    node.insert_child(text)


def _translate(node: Any, signs: dict[int, int]) -> None:
    """Write all texts of an element in other signs."""
    for part in _texts(node):
        part.replace_with(part.text().translate(signs))


def _texts(node: Any) -> list[Any]:
    """All pieces of text in an element."""
    return [part for part in node.traverse(include_text=True) if part.is_text_node]


def _within(node: Any) -> tuple[str, bool]:
    """The text of an element that holds only few others, "" for more; and whether it holds a link."""
    parts = list(islice(node.traverse(include_text=True), _FEW + 1))
    if len(parts) > _FEW:
        return "", False
    return "".join([part.text() for part in parts if part.is_text_node]).strip(), any(part.tag == "a" for part in parts)


def _character(node: Any, place: int) -> str:
    """The first (0) or last (-1) character of a neighbour, "" for none."""
    for _ in range(_FEW):
        if node is None or node.is_text_node:
            break
        node = node.last_child if place else node.first_child
    return node.text()[place:][:1] if node is not None and node.is_text_node else ""
