"""One block of inline text while it is being read: words, links and emphasis, then one normalised string.

Observation: words glue together where two links or buttons touch without white space, because the space between
them is drawn by the style sheet; elsewhere touching elements are one word ("<b>T</b>hresher"), so only those get one.
"""

from __future__ import annotations

import re

from pipeline.segment.normalise import normalise, normalise_code, normalise_lines

BREAK = "\x00"  # decoded text never holds it
_WHITE = re.compile(r"[ \t\r\n\f]+")
_ESCAPED = re.compile(r"([\\`*_\[\]<])")
_SAFE_TARGET = re.compile(r"(?i)^(?:https?://|mailto:|/(?!/)|#|\.{0,2}/|[\w%-]+(?:[/.?#]|$))(?!.*[\s<>])")


class Inline:
    """The pieces of one block, in order. A piece is text, or a mark that opens or closes a link or an emphasis."""

    __slots__ = ("link_characters", "marked", "pieces", "preformatted")

    def __init__(self, *, preformatted: bool = False) -> None:
        self.pieces: list[tuple[str, str]] = []
        self.preformatted = preformatted
        self.link_characters = 0
        self.marked = False

    def add(self, text: str, *, in_link: bool) -> None:
        """Append a text node as it stands in the source."""
        self.pieces.append(("", text))
        if in_link:
            self.link_characters += len(text.strip())

    def mark(self, side: str, mark: str) -> None:
        """Open ("<") or close (">") an emphasis, or a link whose mark is its target."""
        self.pieces.append((side, mark))
        self.marked = True

    def space(self) -> None:
        """Two things touch that are drawn apart."""
        self.pieces.append(("", " "))

    def line_break(self) -> bool:
        """A `<br>`; True if it is the second in a row, which ends the block."""
        for side, piece in reversed(self.pieces):
            if piece == BREAK:
                return True
            if not side and piece.strip():
                break
        self.pieces.append(("", BREAK))
        return False

    def text(self) -> str:
        """The normalised text; single line breaks stay lines."""
        joined = "".join(piece for side, piece in self.pieces if not side)
        if self.preformatted:
            return normalise_code(joined.replace(BREAK, "\n"))
        if BREAK in joined:
            return normalise_lines(_WHITE.sub(" ", joined).replace(BREAK, "\n"))
        return normalise(joined)

    def link_share(self) -> float:
        """Which share of the characters is link text, 0 to 1."""
        if not self.link_characters:
            return 0.0
        total = sum(len(piece.strip()) for side, piece in self.pieces if not side)
        return round(min(1.0, self.link_characters / max(total, 1)), 3)

    def markup(self) -> str:
        """The same words as Markdown, with links and emphasis; "" where there is none, or in code."""
        if not self.marked or self.preformatted:
            return ""
        open_marks: list[tuple[str, list[str]]] = [("", [])]
        for side, piece in self.pieces:
            if side == "<":
                open_marks.append((piece, []))
            elif not side:
                in_code = any(mark == "`" for mark, _ in open_marks)
                open_marks[-1][1].append(piece if in_code else _ESCAPED.sub(r"\\\1", piece))
            elif len(open_marks) > 1:
                _close(open_marks)
        while len(open_marks) > 1:
            _close(open_marks)
        joined = _WHITE.sub(" ", "".join(open_marks[0][1]))
        return normalise_lines(joined.replace(BREAK, "\n"))


def _close(open_marks: list[tuple[str, list[str]]]) -> None:
    """Wrap the innermost open mark around its words; spaces at their ends go outside, as Markdown wants them."""
    mark, parts = open_marks.pop()
    inner = "".join(parts)
    core = inner.strip(" \t\r\n\f" + BREAK)
    if core and BREAK not in core:
        start = inner.index(core)
        inner = inner[:start] + _wrap(mark, core) + inner[start + len(core) :]
    open_marks[-1][1].append(inner)


def _wrap(mark: str, core: str) -> str:
    """`core` with its emphasis, or as a link if its target is one that a reader may follow."""
    if mark in ("**", "*", "`"):
        return core if mark in core else f"{mark}{core}{mark}"
    return f"[{core}](<{mark}>)" if "(" in mark or ")" in mark else f"[{core}]({mark})"


def safe_target(target: str | None) -> str:
    """A link target that Markdown may carry: http(s), mail or relative; "" for scripts, data and the like."""
    target = (target or "").strip()
    return target if len(target) <= 2000 and _SAFE_TARGET.match(target) else ""
