"""The second witness: what trafilatura would keep, said of our blocks.

It gives text, not reasons, loses joiners, leaks hidden text and may stop in the middle; so its text is never taken,
only compared. A block is kept if its letters stand in the witness's text, in order: long blocks wherever they are,
short ones only near the place that the long ones around them have found. Where the witness has nothing at all, next to
nothing of the page's own prose, or text that the page does not show, it is not believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.document import Reason
from pipeline.judge.categories import category
from pipeline.judge.view import View, count_words, squeeze

_LONG = 25  # letters; a longer run is found by itself
_WINDOW = 400  # letters around the last find in which a short block may stand
_BLIND = 0.25  # share of the witness's words found on the page below which it is not believed
_FEW_WORDS = 250  # with fewer words it has missed a page
_MUCH_MORE = 3  # whose prose has so many times more
_FRAME = re.compile(
    r"(?i)(?:^|>)(?:nav|header|footer|aside)\b|[#.](?:nav|menu|footer|header|sidebar|breadcrumb|comment|related)"
)
_WEIGHT = {"precision": 1.5, "balanced": 1.0, "recall": 0.5}


def ask_trafilatura(html: str, url: str | None) -> str | None:
    """The text that trafilatura would extract, or None if it finds none or fails. Always without its memory."""
    import trafilatura  # noqa: PLC0415 - it costs a quarter of a second to import

    try:
        return trafilatura.extract(
            html, url=url, deduplicate=False, include_comments=False, include_tables=True, with_metadata=False
        )
    except Exception:  # noqa: BLE001 - a stranger's page in a stranger's code: the witness is silent
        return None


def find_left_out(view: View) -> Iterator[tuple[int, Reason]]:
    """A reason for every block that the witness left out; where it is blind, for what looks like a frame of links.

    Only where there is no learned model: with one, the witness is heard by `learned`.
    """
    if view.kind != "html" or view.model is not None:
        return
    kept = believed(view)
    yield from _frame(view) if kept is None else _left_out(view, kept)


def _left_out(view: View, kept: list[bool]) -> Iterator[tuple[int, Reason]]:
    """Against what the witness left out; weakly where it is prose within the article, which the witness may miss."""
    weight = _WEIGHT[view.settings.preset]
    told = [index for index, is_kept in enumerate(kept) if is_kept and view.prose[index]]
    inside = range(_start_of_article(view, told), told[-1]) if told else range(0)
    for index, block in enumerate(view.blocks):
        if kept[index]:
            continue
        if index in inside and view.prose[index] and block.link_share < 0.2 and not _FRAME.search(block.path):
            evidence = "trafilatura leaves it out, though it is prose within the article"
            yield index, Reason("left-out-by-witness", category(view, index), 0.4 * weight, evidence)
        else:
            yield index, Reason("left-out-by-witness", category(view, index), weight, "trafilatura leaves it out")


def _start_of_article(view: View, told: list[int]) -> int:
    """The headline, if it stands before the prose that the witness kept; else that prose."""
    return told[0] if view.headline is None else min(view.headline, told[0])


def _frame(view: View) -> Iterator[tuple[int, Reason]]:
    """Against links, and what stands in the frame of the page, where there is no witness."""
    weight = _WEIGHT[view.settings.preset]
    for index, block in enumerate(view.blocks):
        if view.prose[index]:
            continue
        if block.link_share > 0.6:
            yield index, Reason("frame-of-links", category(view, index), weight, f"link share {block.link_share:.2f}")
        elif _FRAME.search(block.path):
            yield index, Reason("frame-of-links", category(view, index), weight, "in the frame of the page")


def believed(view: View) -> list[bool] | None:
    """Ask the witness: which blocks it kept; None if it is silent, or speaks of what the page does not show."""
    text = view.witness() if view.witness is not None else None
    if not text:
        return None
    told = count_words(text)
    shown = [index for index, block in enumerate(view.blocks) if not block.hidden]
    if told < _FEW_WORDS and sum(view.words[index] for index in shown if view.prose[index]) > _MUCH_MORE * told:
        return None
    kept = align(view.squeezed, squeeze(text))
    found = sum(view.words[index] for index in shown if kept[index])
    return kept if found >= _BLIND * told else None


def align(blocks: list[str], text: str) -> list[bool]:
    """Whether each squeezed block stands in the squeezed text, in order as far as they can be told apart."""
    kept = [False] * len(blocks)
    place = 0
    for index, letters in enumerate(blocks):
        if not letters:
            kept[index] = True
            continue
        if len(letters) >= _LONG:
            found = text.find(letters, place)
            found = text.find(letters) if found < 0 else found
            if found < 0:
                found = _partly(letters, text, place)
        else:
            found = text.find(letters, place, place + len(letters) + _WINDOW)
        if found >= 0:
            kept[index] = True
            if len(letters) >= _LONG or found - place < _WINDOW // 4:
                place = found + len(letters)
    return kept


def _partly(letters: str, text: str, place: int) -> int:
    """Where most of a long block stands, though not all of it; -1 if it does not."""
    size = 20
    pieces = [letters[start : start + size] for start in range(0, len(letters) - size + 1, size)]
    finds = [text.find(piece, max(0, place - size)) for piece in pieces]
    there = [found for found in finds if found >= 0]
    return there[0] if 2 * len(there) > len(pieces) else -1
