"""What `thresher sources check` and `thresher sources list` say: plain lines, for a terminal or a log."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.acquire.web.sources.file import load_sources
from pipeline.acquire.web.sources.model import Source, Sources, user_agent
from pipeline.saying import count_of

_UNITS = ((604_800, "w"), (86_400, "d"), (3_600, "h"), (60, "m"))


def check_lines(file: Path) -> list[str]:
    """What a right file amounts to. Raises `SettingsError`, with a line for each mistake, for a wrong one."""
    sources = load_sources(file)
    asking = [source for source in sources.sources if source.starts]
    lines = [f"{file}: {count_of(len(sources.sources), 'source')}; asking the network: {len(asking)}"]
    if asking:
        lines.append(f"  they are told: User-Agent: {user_agent(sources.fetch)}")
    lines += [f"  {source.name}: no note says why you may use it" for source in asking if not source.note]
    return lines


def list_lines(sources: Sources, names: Sequence[str] = ()) -> list[str]:
    """A few lines for each source: where it starts, how often, what of it is wanted. Raises `UsageError`."""
    chosen = sources.named(names)
    return [line for source in chosen for line in _source_lines(source)] or [f"{sources.file} holds no sources"]


def _source_lines(source: Source) -> list[str]:
    starts = {
        "feed": source.feed, "sitemap": source.sitemap, "listing": source.listing, "urls": source.urls,
        "folder": tuple(map(str, source.folder)),
    }  # fmt: skip
    others = {
        "include": source.include, "exclude": source.exclude, "respect": source.respect, "keep": source.keep,
        "drop": source.drop, "note": (source.note,) if source.note else (),
    }  # fmt: skip
    pace = f"every {span(source.every)}, {count_of(source.max_pages, 'page')} a run, {span(source.delay)} between two"
    lines = [f"{source.name}  {pace}" if source.starts else source.name]
    lines += [f"  {kind:8} {where}" for kind, places in starts.items() for where in places]
    return lines + [f"  {kind:8} {', '.join(words)}" for kind, words in others.items() if words]


def span(seconds: float) -> str:
    """Seconds as the file may have them: 21600 is "6h", 90 is "90s"."""
    for size, unit in _UNITS:
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size:.0f}{unit}"
    return f"{seconds:g}s"
