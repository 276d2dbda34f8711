"""Blocks to tokens: what the token model reads of a block's words and of the elements around it.

Observation: sites name their boxes for themselves ("related-posts", "entry-content"), and prompts begin and end alike.
So class and id names are split into words, the innermost element apart from those around it; of long texts the first
and last words count, of short ones every word and pair. Digits are folded: a number is a number.

Training and judging both come through here. A changed token needs new weights.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence

from pipeline.document import Block
from pipeline.judge.ways import Element, element_of

SHORT = 6
"""Words; a shorter text is read whole."""
FIRST, LAST, INSIDE = 8, 6, 60
"""How many words count at the beginning of a long text, at its end, and in it."""

_DIGITS = re.compile(r"\d+")


def path_tokens(path: str) -> list[str]:
    """Tokens of the elements around a block: `o:` and `oc:` for the innermost, `a:` and `ac:` for those around it."""
    *around, own = path.split(">")
    tokens = [f"o{token}" for token in element_tokens(element_of(own))]
    return tokens + [f"a{token}" for element in around for token in element_tokens(element_of(element))]


def element_tokens(element: Element) -> list[str]:
    """The tag, and the parts of its class and id names."""
    return [f":{element.tag}", *(f"c:{part}" for part in element.parts)]


def shape_tokens(block: Block, words: int) -> list[str]:
    """Tokens of a block's kind, length, link share, last character, and whether readers see it."""
    tokens = [f"k:{block.kind}", f"len:{length_class(words)}", f"ls:{int(block.link_share * 4.99)}"]
    tokens.append(f"end:{block.text[-1:]}")
    return [*tokens, "hidden"] if block.hidden else tokens


def length_class(words: int) -> int:
    """Lengths that say the same: 0 to 9."""
    return min(9, int(math.log2(words + 1) * 1.5))


def number_folded(term: str) -> str:
    """A word with its digits as one 0."""
    return term if term.isalpha() else _DIGITS.sub("0", term)


def word_tokens(terms: Sequence[str]) -> list[str]:
    """Tokens of the folded words of a block."""
    words = [number_folded(term) for term in terms]
    if not words:
        return []
    if len(words) <= SHORT:
        pairs = [f"b:{one} {two}" for one, two in itertools.pairwise(words)]
        return [*(f"w:{word}" for word in words), *pairs, f"t:{' '.join(words)}", f"f:{words[0]}", f"l:{words[-1]}"]
    tokens = [f"F:{word}" for word in words[:FIRST]]
    tokens += [f"L:{word}" for word in words[-LAST:]]
    tokens += [f"W:{word}" for word in words[:INSIDE]]
    return [*tokens, f"f2:{words[0]} {words[1]}"]
