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
from functools import lru_cache

from pipeline.document import Block

_WORD = re.compile(r"\w+")
_DIGITS = re.compile(r"\d+")
_NAME_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_]+")
_ELEMENT_PARTS = re.compile(r"[.#\[\]]")
_SHORT = 6  # words; a shorter text is read whole
_FIRST, _LAST, _INSIDE = 8, 6, 60  # words of a long text


def path_tokens(path: str) -> list[str]:
    """Tokens of the elements around a block: `o:` and `oc:` for the innermost, `a:` and `ac:` for those around it."""
    *around, own = path.split(">")
    tokens = dict.fromkeys(f"o{token}" for token in _element_tokens(own))
    for element in around:
        tokens.update(dict.fromkeys(f"a{token}" for token in _element_tokens(element)))
    return list(tokens)


@lru_cache(maxsize=50_000)
def _element_tokens(element: str) -> tuple[str, ...]:
    """The tag, and the words of its class and id names; sites repeat their elements, so they are remembered."""
    tag, *names = _ELEMENT_PARTS.split(element)
    parts = [part.lower() for name in names for part in _NAME_PARTS.findall(name)]
    return (f":{tag}", *(f"c:{part}" for part in parts if 1 < len(part) < 20))


def shape_tokens(block: Block, words: int) -> list[str]:
    """Tokens of a block's kind, length, link share, last character, and whether readers see it."""
    tokens = [
        f"k:{block.kind}",
        f"len:{min(9, int(math.log2(words + 1) * 1.5))}",
        f"ls:{int(block.link_share * 4.99)}",
        f"end:{block.text[-1:]}",
    ]
    return [*tokens, "hidden"] if block.hidden else tokens


def word_tokens(text: str) -> list[str]:
    """Tokens of the words, each once."""
    words = _WORD.findall(_DIGITS.sub("0", text[:2000].lower()))
    if not words:
        return []
    if len(words) <= _SHORT:
        pairs = [f"b:{one} {two}" for one, two in itertools.pairwise(words)]
        tokens = [*(f"w:{word}" for word in words), *pairs, f"t:{' '.join(words)}", f"f:{words[0]}", f"l:{words[-1]}"]
    else:
        last = _WORD.findall(_DIGITS.sub("0", text[-100:].lower()))[-_LAST:]
        tokens = [f"F:{word}" for word in words[:_FIRST]]
        tokens += [f"L:{word}" for word in last]
        tokens += [f"W:{word}" for word in words[:_INSIDE]]
        tokens.append(f"f2:{words[0]} {words[1]}")
    return list(dict.fromkeys(tokens))
