"""The desk: the pages of a session, by number, and what a person can do with them. The server only carries its words.

What goes out is plain JSON values, what comes in is checked here. `Refused` is a request that makes no sense.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import Any

from pipeline.judge.kind import KINDS_OF_PAGE
from pipeline.label.export import write_labels
from pipeline.label.sheet import UNSURE, Line
from pipeline.label.store import Store
from pipeline.publish.report import visible

_SHOWN = 20_000  # characters of a block; the rest is counted


class Refused(Exception):  # noqa: N818 - it is no error of ours
    """A request that makes no sense; the message says why."""


class Desk:
    """The pages of a session. Pages are added while they are prepared, and keep their number. Threads may share it."""

    def __init__(self, store: Store, out: Path) -> None:
        self._store = store
        self._out = out
        self._keys: list[str] = []
        self._saving = Lock()
        self.ready = False
        """Whether all pages are there."""

    def __len__(self) -> int:
        """How many pages there are so far."""
        return len(self._keys)

    @property
    def keys(self) -> list[str]:
        """The keys of the pages so far, in order."""
        return list(self._keys)

    def add(self, key: str) -> None:
        """Put a page on the desk, behind the others."""
        self._keys.append(key)

    def pages(self) -> dict[str, Any]:
        """The list of pages, each with how far its review is."""
        standing = [asdict(each) for each in self._store.standing(self.keys)]
        for each in standing:
            each["title"] = visible(each.pop("title") or each["id"])[:200]
            each["id"] = visible(each["id"])
            del each["key"]
        return {"ready": self.ready, "pages": standing, "types": KINDS_OF_PAGE, "out": visible(str(self._out))}

    def page(self, number: int) -> dict[str, Any]:
        """A page with its blocks: the verdict of each with its reason, and what the person said."""
        key = self._key(number)
        sheet, said = self._store.sheet(key), self._store.corrections(key)
        (standing,) = self._store.standing([key])
        return {
            "id": visible(sheet.id),
            "url": visible(sheet.url[:500]),
            "title": visible((sheet.title or sheet.id)[:300]),
            "outcome": sheet.outcome,
            "language": visible(sheet.language),
            "kind": sheet.kind,
            "done": standing.done,
            "page_type": standing.page_type,
            "blocks": [_shown(line) | {"now": said.get(n, line.kept)} for n, line in enumerate(sheet.lines)],
        }

    def correct(self, number: int, told: Any) -> dict[str, Any]:
        """Blocks that stay, or go: `{"blocks": [3, 4], "kept": true}`. Written when this returns."""
        blocks, kept = _fields(told, blocks=list, kept=bool)
        if not all(type(block) is int for block in blocks):
            raise Refused("blocks must be a list of whole numbers")
        try:
            self._store.correct(self._key(number), blocks, kept=kept)
        except IndexError as error:
            raise Refused(str(error)) from None
        return {"written": len(blocks)}

    def review(self, number: int, told: Any) -> dict[str, Any]:
        """A page is labelled, or not yet: `{"done": true, "page_type": "article"}`. Written when this returns."""
        done, page_type = _fields(told, done=bool, page_type=str)
        if page_type not in ("", *KINDS_OF_PAGE):
            raise Refused(f"page_type must be empty or one of {', '.join(KINDS_OF_PAGE)}")
        self._store.review(self._key(number), done=done, page_type=page_type)
        return {"done": done}

    def save(self) -> dict[str, Any]:
        """Write the Parquet file: every labelled page, also of earlier sessions. Raises `OutputError`."""
        with self._saving:
            return {"rows": write_labels(self._out, self._store.done()), "out": visible(str(self._out))}

    def _key(self, number: int) -> str:
        if not 0 <= number < len(self._keys):
            raise Refused(f"there is no page {number}")
        return self._keys[number]


def _shown(line: Line) -> dict[str, Any]:
    """A block as the browser gets it: nothing that a terminal or browser would obey, and not without bound."""
    more = max(0, len(line.text) - _SHOWN)
    words = {"text": line.text[:_SHOWN], "marker": line.marker, "rule": line.rule, "evidence": line.evidence[:1500]}
    shown = asdict(line) | {name: visible(value) for name, value in words.items()}
    return shown | {"more": more, "unsure": line.margin < UNSURE}


def _fields(told: Any, **wanted: type) -> list[Any]:
    """The fields of a JSON object in the order asked for; `Refused` where one is missing or of another type."""
    if not isinstance(told, dict):
        raise Refused("the body must be a JSON object")
    for name, kind in wanted.items():
        if type(told.get(name)) is not kind:
            raise Refused(f"{name} is missing, or is no {kind.__name__}")
    return [told[name] for name in wanted]
