"""Pages that are not the page: log-in walls, consent forms, robot checks, "not found".

Observation: such a page says little, and says one of a few things. An article may say the same things, but says much
more; so a phrase counts only on a page that shows no more words than its kind ever needs, and reads like no article.
Short pages are pages too, and carry the same banners, forms and notices as long ones, in boxes of their own. So the
phrase must be what the page is about, in its title or a large heading outside such a box, or hardly a word may stand
outside them that is neither link nor known clutter.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.document import Reason
from pipeline.judge.fold import fold
from pipeline.judge.view import View

_TABLE = Path(__file__).parent / "blocked.toml"
_MOST_PROSE = 3  # blocks of prose that a notice may have
_FEW = 30  # words of its own that a page that is not the page may have
_LARGE = 2  # level of a heading that says what a page is about
_BOX = re.compile(  # around banners, forms and menus; names that builders of sites put around all text are none
    r"(?i)(?:^|>)(?:nav|footer|aside|dialog|button|label|noscript)\b|[#.][\w-]*(?:cookie|consent|gdpr|dsgvo|cmp|onetrust|"
    r"privacy|modal|dialog|popup|login|log-in|signin|sign-in|sidebar|side-bar|menu|footer)"
)
_AGAINST_ALL = 10.0  # score; nothing speaks for a line of a page that is not the page


@dataclass(frozen=True, slots=True)
class BlockedKind:
    """One kind of blocked page: its id, what to say of it, and the folded phrases that give it away.

    `teases` says that the beginning of the page's own text may stand beside the phrase.
    """

    id: str
    says: str
    max_words: int
    phrases: tuple[str, ...]
    teases: bool = False


@cache
def blocked_kinds() -> tuple[BlockedKind, ...]:
    """The table, in the order in which the kinds are tried."""
    stanzas = tomllib.loads(_TABLE.read_text(encoding="utf-8"))["kind"]
    return tuple(
        BlockedKind(s["id"], s["says"], s["max_words"], tuple(map(fold, s["phrases"])), s.get("teases", False))
        for s in stanzas
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
    lines = {index: view.folded[index] for index in visible}
    title = fold(view.title)
    for kind in kinds:
        said = {phrase: [i for i, line in lines.items() if phrase in line] for phrase in kind.phrases}
        told = [phrase for phrase, saying in said.items() if saying or phrase in title]
        if not told:
            continue
        clear = [phrase for phrase in told if phrase in title or _is_headed(view, said[phrase])]
        if clear or kind.teases or _own_words(view, kind, lines) <= _FEW:
            return Reason(f"blocked-{kind.id}", "other", _AGAINST_ALL, f'{kind.says}: "{(clear or told)[0]}"')
    return None


def _is_headed(view: View, saying: Iterable[int]) -> bool:
    """Whether one of these blocks is a large heading of the page itself."""
    blocks = (view.blocks[index] for index in saying)
    return any(block.kind == "heading" and block.level <= _LARGE and not _BOX.search(block.path) for block in blocks)


def _own_words(view: View, kind: BlockedKind, lines: dict[int, str]) -> int:
    """How many words stand outside boxes and links, in blocks that neither a rule nor a phrase of this kind knows."""
    return sum(
        view.words[index]
        for index, line in lines.items()
        if view.blocks[index].link_share <= 0.5
        and not _BOX.search(view.blocks[index].path)
        and sum(reason.score for reason in view.spoken[index]) < 1
        and not any(phrase in line for phrase in kind.phrases)
    )
