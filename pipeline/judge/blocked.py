"""Pages that are not the page: log-in walls, consent forms, robot checks, "not found".

Observation: such a page says little, and says one of a few things. An article may say the same things, but says much
more; so a phrase counts only on a page that shows no more words than its kind ever needs, and reads like no article.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.document import Reason
from pipeline.judge.fold import fold
from pipeline.judge.view import View

_TABLE = Path(__file__).parent / "blocked.toml"
_MOST_PROSE = 3  # blocks of prose that a notice may have
_AGAINST_ALL = 10.0  # score; nothing speaks for a line of a page that is not the page


@dataclass(frozen=True, slots=True)
class BlockedKind:
    """One kind of blocked page: its id, what to say of it, and the folded phrases that give it away."""

    id: str
    says: str
    max_words: int
    phrases: tuple[str, ...]


@cache
def blocked_kinds() -> tuple[BlockedKind, ...]:
    """The table, in the order in which the kinds are tried."""
    stanzas = tomllib.loads(_TABLE.read_text(encoding="utf-8"))["kind"]
    return tuple(
        BlockedKind(s["id"], s["says"], s["max_words"], tuple(fold(phrase) for phrase in s["phrases"])) for s in stanzas
    )


@cache
def most_words() -> int:
    """How many words a page that stands in for another shows at most."""
    return max(kind.max_words for kind in blocked_kinds())


def _says_much(view: View) -> bool:
    """Whether a page shows more words than any that stands in for one: most do so in their beginning."""
    room = most_words()
    for block, words in zip(view.blocks, view.words, strict=True):
        room -= 0 if block.hidden else words
        if room < 0:
            return True
    return False


def find_blocked(view: View) -> Reason | None:
    """A reason against the whole page, if something stands in for it. Rule ids are `blocked-<kind>`."""
    if _says_much(view):
        return None
    visible = [index for index, block in enumerate(view.blocks) if not block.hidden]
    words = sum(view.words[index] for index in visible)
    off = view.settings.rules_off
    kinds = [kind for kind in blocked_kinds() if words <= kind.max_words and f"blocked-{kind.id}" not in off]
    if not kinds or sum(view.prose[index] for index in visible) > _MOST_PROSE:
        return None
    lines = [fold(view.title), *(fold(view.blocks[index].text) for index in visible)]
    for kind in kinds:
        for phrase in kind.phrases:
            if any(phrase in line for line in lines):
                return Reason(f"blocked-{kind.id}", "other", _AGAINST_ALL, f'{kind.says}: "{phrase}"')
    return None
