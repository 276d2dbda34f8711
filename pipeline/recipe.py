"""The stages of one page, readable top to bottom: a `Page` goes in, a `Document` or a `Failure` comes out.

The recipe has no options of its own and keeps nothing between pages: same page, same settings, same document.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from pipeline.document import Block, Document, Failure, Metadata, Outcome, Page, PageInfo, Reason, Verdict
from pipeline.errors import SettingsError
from pipeline.judge import MADE_IN_CODE, View, judge
from pipeline.judge.blocked import blocked_kinds, find_blocked, most_words
from pipeline.judge.decide import decide
from pipeline.judge.mixed import RULE as MIXED
from pipeline.judge.mixed import split_mixed
from pipeline.judge.model import WEIGHTS, digest_of_weights, load_model
from pipeline.judge.repeated import SiteMemory, site_of
from pipeline.judge.rulebook import RuleBook, load_rulebook
from pipeline.judge.view import count_words
from pipeline.judge.witness import ask_trafilatura
from pipeline.segment import Segmented, TooComplexError, opening, segment
from pipeline.segment.head.hints import filled, read_hints
from pipeline.segment.head.metadata import metadata_of
from pipeline.segment.head.signs import signs_of
from pipeline.segment.language import detect_language
from pipeline.segment.sites.sitebook import SiteBook, make_sitebook
from pipeline.segment.sites.siterules import SiteRules
from pipeline.settings import Settings

VERSION = "0.1.0"
"""Of the code that cleans: part of every key, so that results of another version are made again."""


@dataclass(frozen=True, slots=True)
class Kit:
    """What the recipe needs beside a page, made once for a run by `make_kit`.

    `memory` is what earlier runs saw come back on sites, `sites` are the rules that people wrote for some.
    """

    settings: Settings
    book: RuleBook
    weights: Path = WEIGHTS
    memory: SiteMemory = field(default_factory=SiteMemory)
    sites: SiteBook = field(default_factory=SiteBook)

    @property
    def digest(self) -> str:
        """128-bit hexadecimal digest of all that can change a document but the page itself."""
        parts = [VERSION, self.settings.page_digest(), self.book.digest, digest_of_weights(self.weights)]
        parts += [self.memory.digest] if self.memory.sites else []
        parts += [f"rules of sites {self.sites.digest}"] if self.sites.digest else []
        return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()


def make_kit(settings: Settings, memory: SiteMemory | None = None) -> Kit:
    """The kit of a run; without `memory` no site was ever seen.

    Raises `RuleError` for rules that are wrong, `SettingsError` for a rule or a folder of weights that does not exist.
    """
    book = load_rulebook(replace(settings, rules_off=()))
    known = {rule.id for rule in book.rules} | MADE_IN_CODE | {f"blocked-{kind.id}" for kind in blocked_kinds()}
    for rule_id in settings.rules_off:
        if rule_id not in known:
            raise SettingsError(f"rules_off names '{rule_id}', which is no rule; `thresher rules list` shows all")
    weights = Path(settings.weights_folder) if settings.weights_folder else WEIGHTS
    if not any(weights.glob("*.npz")):
        raise SettingsError(f"weights_folder {settings.weights_folder!r} holds no weights; `thresher train` makes them")
    return Kit(settings, book, weights, memory or SiteMemory(), _site_book(settings))


def _site_book(settings: Settings) -> SiteBook:
    """The rules for single sites that the sources file of the settings holds."""
    if not settings.sources_file:
        return SiteBook()
    from pipeline.acquire.web.sources.file import load_sources  # noqa: PLC0415 - few runs need it

    sources = load_sources(Path(settings.sources_file))
    rules = {source.name: SiteRules(source.keep, source.drop) for source in sources.sources}
    return make_sitebook(rules, sources.fetch.site_rules)


def key_of(page: Page, kit_digest: str) -> str:
    """128-bit hexadecimal digest of a page and a kit (`Kit.digest`): the same key means the same document."""
    known = (page.id, page.path, page.source, page.url, page.kind, page.content_type, page.charset, page.fetched_at)
    # Unlike all else it is taken of whole pages, and processors have instructions of their own for this one.
    digest = hashlib.sha256(repr((kit_digest, known, page.headers, page.hints)).encode("utf-8", "replace"))
    digest.update(page.data)
    return digest.hexdigest()[:32]


def clean_page(page: Page, kit: Kit) -> Document | Failure:
    """Clean one page: characters, blocks, metadata, verdicts, and what is said of the whole."""
    settings = kit.settings
    if len(page.data) > settings.max_page_bytes:
        message = f"{len(page.data):,} bytes; the setting max_page_bytes allows {settings.max_page_bytes:,}"
        return Failure(page.id, page.path, "segment", "too_large", message)
    try:
        segmented = segment(page, settings, kit.sites.rules_for(page.source, page.url))
    except TooComplexError:
        message = f"more than {settings.max_elements:,} elements or lines (the setting max_elements)"
        return Failure(page.id, page.path, "segment", "too_complex", message)
    if MIXED not in settings.rules_off:
        segmented = replace(segmented, blocks=split_mixed(segmented.blocks, kit.book, segmented.written))
    said, metadata = _metadata(page, segmented)
    view = View(
        segmented.kind,
        segmented.blocks,
        said.title,
        settings,
        kit.book,
        _witness(page, segmented, settings),
        load_model(segmented.kind, kit.weights) if settings.model == "learned" else None,
        kit.memory.sites.get(site_of(page.url)),
        signs_of(segmented.head, page.url),
        language=partial(_language, segmented, metadata, settings),
    )
    verdicts = judge(view)
    blocked = find_blocked(view)
    if blocked:
        verdicts = tuple(decide((*verdict.reasons, blocked), settings) for verdict in verdicts)
    if not metadata.title and not blocked and view.headline is not None:
        metadata = replace(metadata, title=view.blocks[view.headline].text.lstrip("/›»> "))
    return _document(page, segmented, metadata, verdicts, blocked, settings)


def stands_in(page: Page, kit: Kit) -> Reason | None:
    """What stands in for a page (a log-in wall, a consent form, a robot check, "not found"), None if it is the page.

    The same verdict as `clean_page` gives, without judging a single block. Most pages show more words in their
    beginning than anything that stands in for one has in all; they are not looked at further.
    """
    try:
        if sum(map(count_words, opening(page, kit.settings))) > most_words():
            return None
        segmented = segment(page, kit.settings)
    except TooComplexError:
        return None
    title = _metadata(page, segmented)[0].title
    return find_blocked(View(segmented.kind, segmented.blocks, title, kit.settings, kit.book))


def _language(segmented: Segmented, metadata: Metadata, settings: Settings) -> str:
    """The language of all that stands on a page, clutter included."""
    if settings.language:
        return settings.language
    return detect_language("\n".join(block.text for block in segmented.blocks), metadata.language)


def _metadata(page: Page, segmented: Segmented) -> tuple[Metadata, Metadata]:
    """What the page says of itself, and the same with its hints where it says nothing.

    No page is younger than its fetch (a day's grace for time zones). A day in the address is only a guess: a hint is
    better.
    """
    latest = (page.fetched_at + timedelta(days=1)).date().isoformat() if page.fetched_at else ""
    hints = read_hints(page.hints, latest)
    said = metadata_of(segmented.head, None if hints.date else page.url, latest)
    return said, filled(said, hints)


def _witness(page: Page, segmented: Segmented, settings: Settings) -> Callable[[], str | None] | None:
    """The second opinion on a page of HTML; None for texts, which trafilatura cannot read."""
    if segmented.kind != "html" or settings.witness == "none" or not segmented.blocks:
        return None
    return partial(ask_trafilatura, segmented.text, page.url)


def _document(
    page: Page,
    segmented: Segmented,
    metadata: Metadata,
    verdicts: tuple[Verdict, ...],
    blocked: Reason | None,
    settings: Settings,
) -> Document:
    """Put together what is known of a page, and say what became of the whole."""
    info = PageInfo(
        id=page.id,
        path=page.path or page.id,
        source=page.source,
        url=page.url,
        kind=segmented.kind,
        encoding=segmented.encoding,
        size=len(page.data),
        fetched_at=page.fetched_at.isoformat() if page.fetched_at else "",
    )
    draft = Document(info, metadata, _written(segmented, verdicts), verdicts)
    text = draft.text
    language = settings.language or detect_language(text, metadata.language)
    outcome, note = _outcome(segmented.blocks, text, blocked, settings)
    note = "; ".join((*filter(None, (note,)), *segmented.notes))
    return replace(draft, metadata=replace(metadata, language=language), outcome=outcome, note=note)


def _written(segmented: Segmented, verdicts: tuple[Verdict, ...]) -> tuple[Block, ...]:
    """All blocks, those that stay with their Markdown."""
    blocks = list(segmented.blocks)
    kept = [
        block
        for block, verdict in zip(blocks, verdicts, strict=True)
        if verdict.kept and block.joint is None and not block.markup
    ]
    for block in segmented.written(kept):
        blocks[block.index] = block
    return tuple(blocks)


def _outcome(blocks: Sequence[Block], text: str, blocked: Reason | None, settings: Settings) -> tuple[Outcome, str]:
    """What is said of the whole page, and why."""
    if blocked:
        return "blocked", f"{blocked.rule}: {blocked.evidence}"
    if not blocks:
        return "empty", "the page holds no text"
    words = len(text.split(None, settings.min_words))  # more need no counting
    if words < settings.min_words:
        return "empty", f"{words} words are left, fewer than the setting min_words = {settings.min_words}"
    return "kept", ""
