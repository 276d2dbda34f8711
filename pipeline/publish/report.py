"""The report: one page to look at, with the totals and some pages in full, the removed text struck through in place.

While results pass, a few pages are picked by their numbers; at the end their blocks are loaded, turned into views of
bounded size, and made one self-contained file by the template `report.html`. What the page says of numbers comes from
`Summary`. Everything from outside is escaped by the template, and the browser is told to load nothing and to run
nothing but our script.
"""

from __future__ import annotations

import base64
import hashlib
import re
from bisect import insort
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.document import Block, Document, Failure, Verdict
from pipeline.publish.amounts import loudest
from pipeline.publish.clusters import Clusters
from pipeline.publish.entries import why
from pipeline.publish.leaf import Leaf, Rendered
from pipeline.publish.rows import score_of, scrub
from pipeline.publish.summary import RunInfo, Summary

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

PAGES_PICKED = 12
"""Pages of each pick: without text, worst, sample."""
BLOCKS_SHOWN = 250
"""Blocks of a page at most; the rest is counted."""
CHARACTERS_SHOWN = 1500
"""Characters of a block at most; the rest is counted."""
ROWS_SHOWN = 200
"""Failures and duplicates at most; the rest is counted."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class BlockView:
    """A block as the report shows it; `more` counts the characters that were left out."""

    kind: str
    text: str
    more: int
    kept: bool
    category: str = ""
    rule: str = ""
    score: float = 0.0
    evidence: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class PageView:
    """A page as the report shows it; `more` counts the blocks that were left out, `share` is that of removed words."""

    id: str
    title: str
    url: str
    outcome: str
    reason: str
    language: str
    kept_words: int
    removed_words: int
    categories: tuple[str, ...]
    blocks: tuple[BlockView, ...]
    more: int
    share: float


def visible(text: str) -> str:
    """`text` with control characters replaced by signs one can see; a browser would drop or obey them."""
    if text.isprintable():
        return text
    return _CONTROL.sub(lambda match: chr(0x2400 + ord(match[0])) if match[0] < " " else "\ufffd", scrub(text))


def _clip(text: str) -> tuple[str, int]:
    """At most `CHARACTERS_SHOWN` characters, and how many are missing."""
    return visible(text[:CHARACTERS_SHOWN]), max(0, len(text) - CHARACTERS_SHOWN)


def _block_view(block: Block, verdict: Verdict, before: BlockView | None) -> BlockView:
    """One block; what goes for the same reason as the one before says so, instead of all again."""
    text, more = _clip(f"{block.marker} {block.text}" if block.marker else block.text)
    if verdict.kept:
        return BlockView(block.kind, text, more, kept=True)
    reason = loudest(verdict)
    rule, evidence = visible(reason.rule), visible(reason.evidence[:CHARACTERS_SHOWN])
    again = before is not None and not before.kept and (before.rule, before.evidence) == (rule, evidence)
    return BlockView(block.kind, text, more, False, reason.category, rule, score_of(verdict), evidence, again)


def _views(document: Document) -> Iterator[BlockView]:
    """The first blocks."""
    view: BlockView | None = None
    for block, verdict in zip(document.blocks[:BLOCKS_SHOWN], document.verdicts, strict=False):
        view = _block_view(block, verdict, view)
        yield view


def page_view(leaf: Leaf, document: Document) -> PageView:
    """A view of bounded size, however large the document of the leaf is."""
    return PageView(
        id=visible(leaf.page.id[:300]),
        title=visible(leaf.metadata.title[:300]),
        url=visible((leaf.page.url or "")[:500]),
        outcome=leaf.outcome,
        reason=visible(why(leaf)[:500]),
        language=visible(leaf.metadata.language),
        kept_words=leaf.amounts.words,
        removed_words=leaf.amounts.removed_words,
        categories=tuple(leaf.amounts.categories),
        blocks=tuple(_views(document)),
        more=max(0, len(document.blocks) - BLOCKS_SHOWN),
        share=leaf.amounts.share,
    )


class _Pick:
    """The pages with the smallest keys among all that pass; never more than `PAGES_PICKED`."""

    def __init__(self) -> None:
        self._best: list[tuple[tuple[Any, ...], Leaf, Callable[[], Document | Failure]]] = []

    def offer(self, key: tuple[Any, ...], leaf: Leaf, load: Callable[[], Document | Failure]) -> None:
        if len(self._best) == PAGES_PICKED and key >= self._best[-1][0]:
            return
        insort(self._best, (key, leaf, load), key=lambda entry: entry[0])
        del self._best[PAGES_PICKED:]

    @property
    def pages(self) -> list[PageView]:
        return [page_view(leaf, page) for _, leaf, load in self._best if isinstance(page := load(), Document)]


class _Rows:
    """The first rows of a table, and how many more there were."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, ...]] = []
        self.more = 0

    def add(self, *cells: str) -> None:
        if len(self.rows) < ROWS_SHOWN:
            self.rows.append(tuple(visible(cell[:500]) for cell in cells))
        else:
            self.more += 1


class Report:
    """Collects what the page shows while results pass by; `render` makes the page.

    `clusters` are the ids of the leaders whose clusters are shown side by side.
    """

    def __init__(self, clusters: Collection[str] = ()) -> None:
        self._clusters = Clusters(clusters)
        self._textless, self._worst, self._sample = _Pick(), _Pick(), _Pick()
        self._failures, self._duplicates = _Rows(), _Rows()

    def add(self, rendered: Rendered) -> None:
        """Look at one result: keep a row of it, or where to load it from, if it belongs on the page."""
        value = rendered.value
        if isinstance(value, Failure):
            self._failures.add(value.path, value.kind, value.stage, value.message)
            return
        self._clusters.add(value)
        if value.outcome == "duplicate":
            same = f"{value.likeness} {value.similarity:.2f}"
            self._duplicates.add(value.page.id, same, value.duplicate_of)
        else:
            self._pick(value, rendered.load)

    def _pick(self, leaf: Leaf, load: Callable[[], Document | Failure]) -> None:
        """Worst is who lost the largest share of its words; the sample has the smallest hashes of ids, so that the
        same run shows the same pages and no page can be chosen by hand.
        """  # noqa: D205 - the sentence is one
        name = leaf.page.id
        lot = hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=8).digest()
        self._sample.offer((lot, name), leaf, load)
        (self._worst if leaf.outcome == "kept" else self._textless).offer((-leaf.amounts.share, name), leaf, load)

    def render(self, summary: Summary, run: RunInfo) -> str:
        """The page as one string of HTML; the same results give the same page."""
        picks = [
            ("Worst", "worst", "The pages that lost the largest share of their words.", self._worst.pages),
            ("Without text", "textless", "Pages that gave no text, and why.", self._textless.pages),
            ("A sample", "sample", "Pages drawn by the hash of their id, good and bad alike.", self._sample.pages),
        ]
        page: str = page_template("report.html").render(
            summary=summary,
            run=run,
            settings=asdict(run.settings),
            tables=[
                ("Failures", "failures", ("input", "kind", "stage", "message"), self._failures),
                ("Duplicates", "duplicates", ("page", "likeness", "repeats"), self._duplicates),
            ],
            picks=picks,
            clusters=self._clusters.views(),
            categories=sorted({name for *_, pages in picks for page in pages for name in page.categories}),
            outcomes=sorted({page.outcome for *_, pages in picks for page in pages}),
        )
        return page


def page_template(name: str) -> Any:
    """A template beside this file, escaping by default, and strict about names."""
    import jinja2  # noqa: PLC0415 - only a run that writes needs it

    source = Path(__file__).with_name(name).read_text(encoding="utf-8")
    world = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    world.filters["csp"] = _csp
    world.filters["visible"] = visible
    world.filters["number"] = "{:,}".format
    world.filters["percent"] = "{:.1%}".format
    world.tests["web"] = lambda url: re.match(r"https?://", url) is not None
    return world.from_string(source)


def _csp(text: str) -> str:
    """The digest by which a content security policy names an inline style or script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(str(text).encode()).digest()).decode()
