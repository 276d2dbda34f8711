"""The values that flow through thresher, and nothing else.

Every room takes and gives the values of this file: a `Page` comes in, its `Block`s are segmented, each gets a
`Verdict` made of `Reason`s, and together they are a `Document`. What cannot be read is a `Failure`, a value too.
Nothing here imports anything of ours, and nothing here computes more than a view of what it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, get_args

Kind = Literal["html", "text"]
Outcome = Literal["kept", "empty", "duplicate", "blocked", "unsupported", "failed"]
Category = Literal[
    "related", "promo", "ad", "login", "comment-form", "comments", "share", "nav", "image", "byline", "tags",
    "notice", "repeat", "legal", "pagination", "consent", "caption", "hidden", "other",
]  # fmt: skip
Likeness = Literal["", "exact", "near", "contained", "update"]
BlockKind = Literal["heading", "paragraph", "item", "row", "quote", "code", "line"]

SITE_RULE = "site rule: "
"""How `Block.hidden` begins where not the page hides a block, but a rule that a person wrote for its site."""

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
CATEGORIES: tuple[Category, ...] = get_args(Category)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of the whole: empty where the page does not say.

    `date` is ISO 8601 (a day, or a moment with its offset). `language` is a two-letter code, "" when undecided.
    """

    title: str = ""
    authors: tuple[str, ...] = ()
    date: str = ""
    language: str = ""
    site: str = ""
    canonical_url: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Bytes as they came, plus where and when.

    `id` names the page within a run and is unique there; `path` is the input it came from, relative to what the
    user named (several pages of an archive share it). `kind`, `content_type`, `charset` and `hints` (the other columns
    of the row that held it, as written there) are what the outside world claims, never trusted over the bytes.
    """

    id: str
    data: bytes = field(repr=False)
    path: str = ""
    source: str = ""
    url: str | None = None
    kind: Kind | None = None
    content_type: str | None = None
    charset: str | None = None
    fetched_at: datetime | None = None
    headers: tuple[tuple[str, str], ...] = ()
    hints: Metadata = Metadata()


@dataclass(frozen=True, slots=True)
class Failure:
    """A page that gave no document: where it stopped, what kind of trouble, and a message that teaches.

    `stage` is the room in which it happened (acquire, segment, judge, run). `kind` is a short fixed word such as
    `unsupported`, `unreadable`, `too_large`, `timeout`, `crash`, `memory`, `error`.
    """

    id: str
    path: str
    stage: str
    kind: str
    message: str

    @property
    def outcome(self) -> Outcome:
        """The word of the manifest: a type that we do not read is `unsupported`, all else `failed`."""
        return "unsupported" if self.kind == "unsupported" else "failed"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item, table row, quote, code block or text line, with its place.

    `text` is normalised and holds line breaks only where lines mean something, as in code and verse. `markup` is the
    same text with Markdown for links and emphasis, or "" where there is none. `line` counts from 1: the source line of
    a text, the number of the block in a page of HTML, which all share that were one before. `level` is the depth of a
    heading (1 to 6), or of a list item and of what goes on in it (from 1). `marker` is what stood before a list item
    ("-", "3."), or in a text before a heading or a quotation ("##", ">"). A `tight` block follows its sort without a
    blank line. `path` is the chain of elements around an HTML block, outermost first, as `div#main.story>p`.
    `link_share` is the share of its characters that are link text, 0 to 1. `hidden` says why no reader sees it, "" if
    one does; `closed` says that it lies in a tab or accordion that a reader can open. A block that was cut in pieces
    shares kind, place and `line` with them; `joint` is what stood between a piece and the one before it (a space, a
    line break, or nothing), and None where a block begins.
    """

    index: int
    kind: BlockKind
    text: str
    line: int
    level: int = 0
    marker: str = ""
    tight: bool = False
    markup: str = ""
    path: str = ""
    link_share: float = 0.0
    hidden: str = ""
    closed: bool = False
    joint: str | None = None

    @property
    def words(self) -> int:
        """How many words the block has, by white space."""
        return len(self.text.split())


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence about one block, from one rule.

    `score` speaks for removal when positive, for keeping when negative; 1.0 alone is enough to remove.
    `evidence` is what was seen, in words a person understands.
    """

    rule: str
    category: Category
    score: float
    evidence: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided of one block, with every reason that was weighed."""

    kept: bool
    reasons: tuple[Reason, ...] = ()

    @property
    def reason(self) -> Reason | None:
        """The reason that spoke loudest for the verdict; None where nothing was said."""
        sign = -1 if self.kept else 1
        if len(self.reasons) == 1:
            return self.reasons[0] if self.reasons[0].score * sign > 0 else None
        speaking = [reason for reason in self.reasons if reason.score * sign > 0]
        return max(speaking, key=lambda reason: abs(reason.score), default=None)


@dataclass(frozen=True, slots=True)
class PageInfo:
    """A page without its bytes: what a document remembers of where it came from."""

    id: str
    path: str
    source: str
    url: str | None
    kind: Kind
    encoding: str
    size: int
    fetched_at: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A page after judging: ALL its blocks for ever, and a verdict for each.

    `outcome` is kept, empty or blocked here; `duplicate` is said later, of the whole, with `duplicate_of`, the
    `likeness` of the two and their `similarity` (0 to 1); `duplicate_run` is the earlier run that kept the other, ""
    for this one. `dup_count` says of a kept document how many of this run name it.
    `note` says in words what the outcome alone does not.
    """

    page: PageInfo
    metadata: Metadata
    blocks: tuple[Block, ...]
    verdicts: tuple[Verdict, ...]
    outcome: Outcome = "kept"
    note: str = ""
    duplicate_of: str = ""
    duplicate_run: str = ""
    likeness: Likeness = ""
    similarity: float = 0.0
    dup_count: int = 0

    @property
    def kept(self) -> tuple[Block, ...]:
        """The blocks that stayed, in order."""
        return tuple(block for block, verdict in zip(self.blocks, self.verdicts, strict=True) if verdict.kept)

    @property
    def removed(self) -> tuple[tuple[Block, Verdict], ...]:
        """The blocks that went, each with its verdict, in order."""
        return tuple((b, v) for b, v in zip(self.blocks, self.verdicts, strict=True) if not v.kept)

    @property
    def text(self) -> str:
        """The clean text: kept blocks, a blank line between, or a line break within a list, table or verse."""
        return join(whole(self.kept), lambda block: f"{block.marker} {block.text}" if block.marker else block.text)


def whole(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Blocks with the pieces of one put together again, as far as they are among them."""
    result: list[Block] = []
    for block in blocks:
        before = result[-1] if result and block.joint is not None and result[-1].line == block.line else None
        if before is None:
            result.append(block)
        else:
            glue = block.joint or ""
            markup = before.markup and before.markup + glue + block.markup
            result[-1] = replace(before, text=before.text + glue + block.text, markup=markup)
    return tuple(result)


def join(blocks: tuple[Block, ...], render: Callable[[Block], str]) -> str:
    """Blocks as one text: a line break before a tight block that follows its sort, else a blank line.

    A tight paragraph (what a term is defined as) is tight to the block right before it, and to no other if that went.
    """
    parts: list[str] = []
    before: Block | None = None
    for block in blocks:
        if before is not None:
            follows = block.kind == before.kind and (block.kind != "paragraph" or block.index == before.index + 1)
            parts.append("\n" if block.tight and follows else "\n\n")
        parts.append(render(block))
        before = block
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one input: its document or failure, the key of what it was made from, and the time it took.

    `key` is the hexadecimal digest of the page's bytes and hints, settings, rules and version: the same key means
    the same value. `seconds` is wall time in the worker.
    """

    value: Document | Failure
    key: str = ""
    seconds: float = 0.0
