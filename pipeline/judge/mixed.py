"""Mixed blocks: content and clutter in one paragraph, cut so that each can be judged by itself.

Observation: sites put prompts not only between paragraphs but into them: "Read also: …" after the last sentence, in
brackets, on a line after a `<br>`, as a link that stands where a sentence could begin. Authors write the same words in
sentences of their own, and of what stands in a good paragraph nearly all is theirs. So a cut needs four things: a
border where a prompt can begin; one where it ends (a link, a bracket, a line, the end of the block); a rule that knows
the beginning (`prompts`); and content that is left and does not go on in the middle of a sentence.

What belongs here: finding the borders, and saying where a piece stood. How prompts begin is the rule book's, the
cutting is done in `pieces`, and what becomes of the pieces is decided like everything else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from pipeline.document import Block, BlockKind, Reason
from pipeline.judge.columns import is_sentence
from pipeline.judge.compiled import COMPILED, sieve
from pipeline.judge.pieces import Layout, cut, layout_of
from pipeline.judge.prompts import Form, Prompts, prompts_of
from pipeline.judge.rulebook import RuleBook
from pipeline.judge.view import View, count_words

RULE = "mixed-block"
"""Id of the reason, for `rules_off`: with it no block is cut."""

_SCORE = 1.0  # with the rule that knows the prompt it outweighs a model that is sure of the paragraph
_KINDS: dict[BlockKind, str] = {"paragraph": "paragraph", "line": "line", "item": "list item", "quote": "quote"}
_SHORTEST, _SHORTEST_ASCII = 24, 60  # characters of a block that can hold both, by the width of its words
_LONGEST = 10_000  # characters; what is longer is no paragraph
_LINKED = 0.85  # share of link text; above it there is no content
_LEFT, _LEFT_SURE = 6, 12  # words of content that must be left; the second where a rule speaks of the whole block
_MOST = 16  # places in one block where a prompt may begin; with more it is a list of them
_BRACKETED = 400  # characters
_LABEL = 60  # characters that lead to the link of a prompt

_END = r"[.!?…؟۔।॥။។][\"'“”‘’«»)\]]*"
_END_SPACELESS = r"[。！？][」』”）]*"
_BORDER = re.compile(
    rf"(?<=[.!?…؟۔।॥။។\"'“”‘’«»)\]\u0e00-\u0eff])\s+|{_END_SPACELESS}\s*|\s*\n\s*|\s(?=[(\[])|(?=[（【])|(?<=[.!?…])(?=[^\W\d_])"
)
_SENTENCE = re.compile(rf"{_END}(?=\s|$)|{_END_SPACELESS}|\n|$")
_CLOSING = {"(": ")", "[": "]", "（": "）", "【": "】"}
_GOES_ON = re.compile(r"\s*[,;:&%)]")
_all_but_index = attrgetter(*(field.name for field in fields(Block)[1:]))
_QUOTES = (("«", "»"), ("「", "」"), ("『", "』"))


class _Span(NamedTuple):
    """A stretch of a text that may be a prompt, and what marks its borders."""

    start: int
    end: int
    form: Form


def split_mixed(
    blocks: Sequence[Block],
    book: RuleBook,
    written: Callable[[Sequence[Block]], list[Block]] = list,
    *,
    compiled: bool = COMPILED,
) -> list[Block]:
    """The blocks of a page with those cut that hold content and a prompt; numbered anew, all else as it was.

    `written` gives blocks with their Markdown, where they do not hold it yet; pieces hold theirs. The
    texts of the pieces, each after its `joint`, are the text of the block. Cutting again changes nothing.
    """
    prompts = prompts_of(book)
    cuts: dict[int, list[Block]] = {}
    suspects = _suspects(blocks, prompts, compiled=compiled)
    for block, marked in zip(suspects, written(suspects), strict=True):
        parts = _pieces(marked, prompts)
        if len(parts) > 1:
            cuts[id(block)] = parts
    if not cuts:
        return list(blocks)
    pieces = [piece for block in blocks for piece in cuts.get(id(block), (block,))]
    return [
        piece if piece.index == index else Block(index, *_all_but_index(piece)) for index, piece in enumerate(pieces)
    ]


def _suspects(blocks: Sequence[Block], prompts: Prompts, *, compiled: bool) -> list[Block]:
    """The blocks that are long enough to hold both, and by their first words may."""
    if compiled:
        places = sieve.suspects(blocks, _KINDS, prompts.seconds, prompts.known, prompts.opens)
        return [blocks[place] for place in places]
    return [
        block
        for block in blocks
        if (size := len(block.text)) >= _SHORTEST
        and (size >= _SHORTEST_ASCII or not block.text.isascii())
        and block.link_share < _LINKED
        and block.kind in _KINDS
        and prompts.sift(block)
    ]


def find_mixed(view: View) -> Iterator[tuple[int, Reason]]:
    """A reason for every piece that was cut out as a prompt, with its place in the block that it came from."""
    joints = [block.joint for block in view.blocks]
    if joints.count(None) < len(joints):
        starts = [index for index, joint in enumerate(joints) if joint is None]
        for start, end in pairwise([*starts, len(joints)]):
            if end - start > 1:
                yield from _find_in(view, start, end)


def _find_in(view: View, start: int, end: int) -> Iterator[tuple[int, Reason]]:
    """The reasons for the prompts among the pieces of one block."""
    prompts = prompts_of(view.book)
    sentences = [_count_sentences(piece.text) for piece in view.blocks[start:end]]
    for index in range(start, end):
        proof = prompts.proof(view.blocks[index], view.settings.rules_off)
        if proof:
            before = sum(sentences[: index - start])
            place = f"after sentence {before} of {sum(sentences)}" if before else "at the start"
            yield (
                index,
                Reason(
                    RULE,
                    proof.category,
                    _SCORE,
                    f"“{proof.phrase[:60]}” {place} of the {_KINDS[view.blocks[index].kind]}",
                ),
            )


def _count_sentences(text: str) -> int:
    """How many sentences or lines a text has."""
    ends = (found.end() for found in _SENTENCE.finditer(text))
    return sum(bool(text[start:end].strip()) for start, end in pairwise([0, *ends]))


def _pieces(block: Block, prompts: Prompts) -> list[Block]:
    """A block cut at its prompts, until nothing is left to cut."""
    done: list[Block] = []
    left = [block]
    while left:
        piece = left.pop()
        parts = _cut_once(piece, prompts)
        if parts:
            left += reversed(parts)
        else:
            done.append(piece)
    return done


def _cut_once(block: Block, prompts: Prompts) -> list[Block]:
    """A block cut at its first prompt; empty if it has none, or no place where its markup can be cut."""
    text = block.text
    starts = [at for at in _starts(text) if prompts.may_begin(text, at)] if len(text) <= _LONGEST else []
    layout = layout_of(block) if 0 < len(starts) <= _MOST else None
    if layout is None:
        return []
    for start in starts:
        for span in _spans(text, start, layout):
            if _leaves_content(text, span, _LEFT) and _can_cut(text, span, layout):
                parts = cut(block, layout, [at for at in span[:2] if 0 < at < len(text)])
                if _is_prompt(parts[1 if start else 0], span, layout, prompts):
                    spoken_of = any(reason.score >= 1 for reason in prompts.book.find(block))
                    if not spoken_of or _leaves_content(text, span, _LEFT_SURE):
                        return parts
    return []


def _starts(text: str) -> list[int]:
    """Where a prompt could begin: at the start, after a sentence or line, at a bracket."""
    return [0, *(found.end() for found in _BORDER.finditer(text) if 0 < found.end() < len(text))]


def _spans(text: str, start: int, layout: Layout) -> Iterator[_Span]:
    """How far a prompt that begins at `start` could reach."""
    if text[start] in _CLOSING:
        close = text.find(_CLOSING[text[start]], start, start + _BRACKETED)
        if close > 0:
            yield _Span(start, _past_signs(text, close + 1), "bracket")
        return
    linked = _end_of_links(text, start, layout)
    if linked:
        yield _Span(start, _past_signs(text, linked), "link")
    line = text.find("\n", start)
    line = len(text) if line < 0 else line
    sentence = _SENTENCE.search(text, start)
    if text[:start].endswith("\n") or (start == 0 and line < len(text)):
        yield _Span(start, line, "line")
    elif (sentence and sentence.end() >= line) or _is_unfinished(text[start:line]):
        yield _Span(start, line, "end")


def _is_unfinished(text: str) -> bool:
    """Whether a text ends like a headline: with a word, no sign."""
    return text[-1:].isalnum() and not is_sentence(text)


def _end_of_links(text: str, start: int, layout: Layout) -> int:
    """Where the links end that begin at `start` or follow a label there, with only signs between; 0 without."""
    end = 0
    for first, last in layout.links:
        if first >= start:
            if _has_letter(text[end:first]) if end else first - start > _LABEL:
                break
            end = last
    return end


def _past_signs(text: str, at: int) -> int:
    """The end of the signs that stand at a place: what closes a prompt belongs to it."""
    while at < len(text) and not text[at].isspace() and not text[at].isalnum() and text[at] not in _CLOSING:
        at += 1
    return at


def _leaves_content(text: str, span: _Span, words: int) -> bool:
    """Whether what a cut leaves is content: words enough, whole sentences, and no quotation that goes on.

    What stands below a prompt is often its list of headlines, so after one at the start there must be prose.
    """
    head, tail = text[: span.start], text[span.end :]
    if (head and not _has_letter(head)) or (tail and not _has_letter(tail)):
        return False
    if _GOES_ON.match(tail) or tail.lstrip()[:1].islower() or _in_speech(head):
        return False
    if not head:
        return is_sentence(tail.rstrip()) and count_words(tail) >= _LEFT_SURE
    return count_words(head) + count_words(tail) >= words


def _can_cut(text: str, span: _Span, layout: Layout) -> bool:
    """Whether no link or emphasis crosses a border of a stretch."""
    before, after = len(text[: span.start].rstrip()), len(text) - len(text[span.end :].lstrip())
    return all(layout.allows(at) for at in (before, span.start, span.end, after))


def _is_prompt(piece: Block, span: _Span, layout: Layout, prompts: Prompts) -> bool:
    """Whether a rule knows how a piece begins, and its form says that it goes no further."""
    proof = prompts.proof(piece)
    if proof is None:
        return False
    link = next((first for first, _ in layout.links if first >= span.start), span.start)
    return proof.holds(span.form, piece.text[: link - span.start] if span.form == "link" else "")


def _has_letter(text: str) -> bool:
    return any(map(str.isalnum, text))


def _in_speech(head: str) -> bool:
    """Whether a quotation is open at the end of a text."""
    line = head[head.rfind("\n") + 1 :]
    low, open_, close = (line.count(sign) for sign in "„“”")
    curly = low > open_ + close if low else open_ > close  # „so“, „so” and “so”
    return curly or line.count('"') % 2 == 1 or any(line.count(left) > line.count(right) for left, right in _QUOTES)
