"""Made-up documents for the tests of this room: blocks in a few words, verdicts beside them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pipeline.document import Block, Document, Failure, Metadata, PageInfo, Reason, Result, Verdict
from pipeline.publish import RunInfo
from pipeline.publish.leaf import Rendered, render
from pipeline.publish.statistics import Statistics
from pipeline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

RUN = RunInfo("0.1.0", Settings(), "aa" * 16, "bb" * 16, "thresher clean raw")
KEPT = Verdict(kept=True)


def block(text: str, kind: Any = "paragraph", **more: Any) -> Block:
    """A block whose place `document` fills in."""
    return Block(0, kind, text, 0, **more)


def gone(category: Any = "nav", rule: str = "menu", evidence: str = "a list of links", score: float = 1.0) -> Verdict:
    return Verdict(kept=False, reasons=(Reason(rule, category, score, evidence),))


def document(name: str, *parts: Block | tuple[Block, Verdict] | str, **more: Any) -> Document:
    """A document of blocks; a string is a kept paragraph, a pair a block with its verdict."""
    pairs = [
        part if isinstance(part, tuple) else (block(part) if isinstance(part, str) else part, KEPT) for part in parts
    ]
    blocks = tuple(replace(part, index=n, line=n + 1) for n, (part, _) in enumerate(pairs))
    path, url = more.pop("path", name), more.pop("url", f"https://fields.example/{name}")
    page = PageInfo(name, path, "fields", url, "html", "utf-8", 1000, "2026-01-02T03:04:05+00:00")
    known = more.pop("metadata", Metadata(f"About {name}", ("Ada Oat", "Bo Rye"), "2026-01-01", "en", "Fields"))
    return Document(page, known, blocks, tuple(verdict for _, verdict in pairs), **more)


def result(*args: Any, **more: Any) -> Result:
    return Result(document(*args, **more), key="c0ffee", seconds=0.25)


def failed(path: str, kind: str = "unreadable", message: str = "the file ends in the middle") -> Result:
    return Result(Failure(path, path, "acquire", kind, message), seconds=0.01)


def rendered(result: Result) -> Rendered:
    """A result as publishing needs it, with its plain text."""
    return render(result, (), RUN.settings)


def counted(results: Iterable[Result]) -> Statistics:
    """The statistics of results."""
    statistics = Statistics()
    for each in results:
        statistics.add(rendered(each).value)
    return statistics


def field_of_results(count: int) -> Iterator[Result]:
    """Many results, one at a time; every tenth a failure."""
    for number in range(count):
        if number % 10 == 9:
            yield failed(f"field/{number}.pdf", "unsupported")
        else:
            yield result(f"field/{number}.html", f"Row {number} of the field. " * 20, (block("Home | Contact"), gone()))
