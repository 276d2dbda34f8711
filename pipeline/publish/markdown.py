"""Markdown: kept blocks as CommonMark with tables, which renders to the words of the page and to nothing else.

Text of the web is full of characters that Markdown takes for marks: a paragraph that starts with `#`, a snake_case
name, `<script>` in a lesson on scripts. Each is escaped where it would be taken for a mark, and only there, since
escapes that nobody needs make a text ugly. A renderer must never run, load or follow anything that was plain text
on the page: raw HTML, images and links to scripts stay text (hostile case 64).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.document import Block, join, whole

# Emphasis needs a mark at the border of a word; `snake_case` and `2 * 3` are none. An entity needs its semicolon,
# a tag its letter. `[` is always escaped: links, images, footnotes and reference definitions all begin with it.
_INLINE = re.compile(
    r"""[\\`*\[\]]          # marks wherever they stand
    | (?<![^\W_])_ | _(?![^\W_])  # an underscore at the border of a word, or beside another
    | ~(?=~) | (?<=~)~      # strike-through
    | <(?=[A-Za-z/!?])      # a tag, comment or autolink
    | &(?=\#?\w+;)          # an entity""",
    re.VERBOSE,
)
_MARKS = tuple("\\`*[]_~<&")
_START = re.compile(
    r"""(?P<before>[ \t]*\d{0,9}?) (?P<mark>
      (?<!\d)\#{1,6}(?=\s|$)        # heading
    | (?<!\d)>                      # quote
    | (?<!\d)[-+](?=\s|$)           # list
    | (?<=\d)[.)](?=\s|$)           # numbered list
    | (?<!\d)~{3,}                  # fence
    | (?<!\d)=+(?=\s*$)             # heading underlined
    | (?<!\d)[|:]?-+[-|:\s]*$       # rule, heading underlined, row under a table's head
    )""",
    re.VERBOSE,
)
# The first character stands before what must not stand before it: a search for it is quick.
_MARKUP_TAG = re.compile(r"<(?<!\\<)(?<![^\\]\]\(<)")  # but not the `<` around a target with brackets in it
_MARKUP_IMAGE = re.compile(r"!(?<!\\!)(?=\[)")
_CODE = re.compile(r"((?<![\\`])`[^`]+`(?!`))")
# Emphasis begins and ends with a word, or Markdown sees none where a word touches it: punctuation goes outside.
_EMPHASIS = re.compile(r"(?<![\\*])(\*{1,2})(?!\*)([^*`]+)\1(?!\*)")
_TOUCHING = re.compile(r"(?<=[^\s*\\])\*{4}(?=[^\s*])")
_FIRST, _LAST = re.compile(r"[^\w\s]*"), re.compile(r"[^\w\s]*\Z")
_NEAR = 8  # characters of punctuation at an end
_SINGLE_BREAK = re.compile(r"\n(?<![\n ]\n)(?!\n)")
_LINK = re.compile(
    r"\[(?<!\\\[)(?P<label>(?:\\.|[^\[\]\\])*)\]\(<?(?P<target>[^()<>\s]*(?:\([^()<>\s]*\)[^()<>\s]*)*)>?\)"
)
# A target of which a look at its beginning does not tell that it is safe, as most do: finding none spares `_LINK`.
_UNSURE_TARGET = re.compile(r"\]\((?!<?(?:https?:|[/#?.]))")
_SAFE_TARGET = re.compile(r"(https?:|mailto:|tel:|[^:]*$|[/#?.])", re.IGNORECASE)
_CLOSING = re.compile(r"(#+)$")
_CELL_BORDER = re.compile(r"(?:^| )\|(?= |$)|\t")  # a cell may be empty
_BAR = re.compile(r"(?<!\\)\|")
_NUMBERED = re.compile(r"\d{1,9}[.)]$")
_BULLETS = frozenset("-*+•◦▪‣·–—●○■□")
_INNER = frozenset(("paragraph", "code", "quote"))  # kinds of blocks that a list item may hold


def markdown(blocks: Sequence[Block], *, links: bool = True) -> str:
    """Kept blocks as one Markdown text, without the line break at its end; `links` keeps the targets of links."""
    inline = _markup if links else _plain
    return "\n\n".join(_RENDER[run[0].kind](run, inline) for run in _runs(whole(blocks)))


def _runs(blocks: Sequence[Block]) -> Iterator[tuple[Block, ...]]:
    """Blocks of one kind in a row; what goes on in an item of a list belongs to the list."""
    run: list[Block] = []
    for block in blocks:
        goes_on = run and (
            block.kind == run[0].kind or (run[0].kind == "item" and block.level and block.kind in _INNER)
        )
        if run and not goes_on:
            yield tuple(run)
            run = []
        run.append(block)
    if run:
        yield tuple(run)


def escape(text: str) -> str:
    """Plain text with a backslash before every character that Markdown would take for a mark inside a line."""
    for mark in _MARKS:  # most texts have none, and a look for each costs far less than the pattern
        if mark in text:
            return _INLINE.sub(lambda match: "\\" + match[0], text)
    return text


def _plain(block: Block) -> str:
    return escape(block.text)


def _markup(block: Block) -> str:
    """The inline Markdown of a block, made harmless: no raw HTML, no image, no link but to the web, mail or phone."""
    if not block.markup:
        return escape(block.text)
    text = block.markup  # most have only one sort of mark, and looking for a sign is quick
    if "<" in text or "![" in text:
        parts = _CODE.split(text)  # every other one is code, where nothing is a mark
        parts[::2] = [_MARKUP_IMAGE.sub(r"\\!", _MARKUP_TAG.sub(r"\\<", part)) for part in parts[::2]]
        text = "".join(parts)
    text = _EMPHASIS.sub(_flanked, _TOUCHING.sub("", text)) if "*" in text else text
    if not _UNSURE_TARGET.search(text):
        return text
    return _LINK.sub(lambda link: link[0] if _SAFE_TARGET.match(link["target"]) else link["label"], text)


def _flanked(found: re.Match[str]) -> str:
    """An emphasis whose marks a renderer sees for what they are."""
    sign, core = found.groups()
    text, start, end = found.string, found.start(), found.end()
    touched = text[start - 1 : start].isalnum() and start > 0, text[end : end + 1].isalnum()
    if not any(touched) or "](" in core:
        return found[0]
    size = len(core)
    first = _FIRST.match(core).end() if touched[0] else 0  # type: ignore[union-attr]  # it always matches
    last = _LAST.search(core, max(size - _NEAR, first)).start() if touched[1] else size  # type: ignore[union-attr]
    return f"{core[:first]}{sign}{core[first:last]}{sign}{core[last:]}" if first < last else core


def _guard(line: str) -> str:
    """A line whose beginning is no mark: `# 1`, `1. x`, `- x`, `> x`, `---` get a backslash."""
    match = None if line[:1].isalpha() else _START.match(line)  # most lines begin with a letter, and no mark does
    return f"{match['before']}\\{line[match.end('before') :]}" if match else line


def _lines(text: str) -> str:
    """Lines of text that stay lines: each guarded, with two blanks (Markdown's line break) before the next."""
    if "\n" not in text:
        return _guard(text.strip())
    return "  \n".join([_guard(line.strip()) for line in text.split("\n")])


_Inline = Callable[[Block], str]
_OTHER = {".": ")", ")": "."}  # what ends the numbers of a list, and of the next one


class _Listed(NamedTuple):
    """An item of a list that may go on: its level, the width of its marker with the blank, and the marker."""

    level: int
    width: int
    marker: str


def _prose(run: tuple[Block, ...], inline: _Inline) -> str:
    """Paragraphs and lines; a tight line breaks after two blanks, or verse would run together."""
    text = join(run, lambda block: _lines(inline(block)))
    return _SINGLE_BREAK.sub("  \n", text) if "\n" in text else text


def _headings(run: tuple[Block, ...], inline: _Inline) -> str:
    """`## Heading`; a `#` at its end would be taken for the closing of the heading. Never tight: one a line."""
    texts = [" ".join(inline(block).split()) for block in run]
    texts = [_CLOSING.sub(r"\\\1", text) if text.endswith("#") else text for text in texts]
    return "\n\n".join(f"{'#' * min(block.level or 2, 6)} {text}" for block, text in zip(run, texts, strict=True))


def _quotes(run: tuple[Block, ...], inline: _Inline) -> str:
    """What is quoted in a row is one quotation, whose lines break after two blanks."""
    return "\n>\n".join("> " + _lines(inline(block)).replace("\n", "\n> ") for block in run)


def _codes(run: tuple[Block, ...], _inline: _Inline) -> str:
    """Fenced code; the fence is longer than any run of backticks inside it."""

    def fenced(block: Block) -> str:
        fence = "`" * max(3, 1 + max((len(ticks) for ticks in re.findall("`+", block.text)), default=0))
        return f"{fence}\n{block.text.strip(chr(10))}\n{fence}"

    return "\n\n".join(fenced(block) for block in run)


def _items(run: tuple[Block, ...], inline: _Inline) -> str:
    """List items and what goes on in them, indented to where the text of the parent begins, however wide its marker.

    A renderer counts on from the first number of a list, so one that does not follow begins a list with other marks.
    """
    open_lists: list[_Listed] = []

    def item(block: Block) -> str:
        level = max(block.level, 1)
        before = None
        while open_lists and open_lists[-1].level >= level + (block.kind != "item"):
            before = open_lists.pop()
        indent = " " * sum([listed.width for listed in open_lists])
        if block.kind != "item":
            lines = _RENDER[block.kind]((block,), inline).split("\n")
            return "\n".join([indent + line if line else line for line in lines])
        marker, label = _marker(block.marker)
        if before is not None and before.level == level and marker[:-1].isdecimal():
            follows = before.marker[:-1].isdecimal() and int(marker[:-1]) == int(before.marker[:-1]) + 1
            marker = marker[:-1] + (before.marker[-1] if follows else _OTHER.get(before.marker[-1], "."))
        open_lists.append(_Listed(level, len(marker) + 1, marker))
        return f"{indent}{marker} {label}{_guard(' '.join(inline(block).split()))}"

    return join(run, item)


def _marker(marker: str) -> tuple[str, str]:
    """The marker that Markdown knows, and what of the page's own (`a.`, `§ 3`) has to stay as text."""
    if not marker or marker in _BULLETS:
        return "-", ""
    return (marker, "") if _NUMBERED.match(marker) else ("-", escape(marker) + " ")


def _tables(run: tuple[Block, ...], inline: _Inline) -> str:
    """Tables: a row that is not tight begins a new one; its first row is the head, as Markdown knows no other way."""
    starts = [0, *(n for n, row in enumerate(run) if n and not row.tight), len(run)]
    return "\n\n".join(_table(run[start:end], inline) for start, end in pairwise(starts))


def _table(rows: tuple[Block, ...], inline: _Inline) -> str:
    """One table, every row as wide as the widest: Markdown drops cells beyond the head."""
    cells = [[_cell(cell) for cell in _CELL_BORDER.split(inline(row))] for row in rows]
    width = max(map(len, cells))
    lines = [f"| {' | '.join(row + [''] * (width - len(row)))} |" for row in cells]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def _cell(text: str) -> str:
    return _BAR.sub(r"\\|", " ".join(text.split()))


_RENDER: dict[str, Callable[[tuple[Block, ...], _Inline], str]] = {
    "heading": _headings,
    "paragraph": _prose,
    "line": _prose,
    "item": _items,
    "row": _tables,
    "quote": _quotes,
    "code": _codes,
}
