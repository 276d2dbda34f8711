"""Sheets and a desk for tests: pages written for them, and a server that answers while a block lasts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.label.desk import Desk
from pipeline.label.server import Server
from pipeline.label.sheet import SURE, Line, Sheet
from pipeline.label.store import Store

STORY = "The ferry between Oddry and Lower Brack will sail again on Monday, the harbour office said on Sunday."


def line(text: str, *, kept: bool = True, margin: float = SURE, rule: str = "read-also", says: str = "seen") -> Line:
    """A block; a removed one with a reason."""
    why = ("", "", 0.0, "") if kept else ("related", rule, 2.0, says)
    return Line("paragraph", text, 0, "", kept, *why, margin)


def sheet(key: str, *lines: Line, markup: str | None = None, kind: str = "html", title: str = "") -> Sheet:
    """A sheet of a page whose markup says what its blocks say."""
    made = "".join(f"<p>{each.text}</p>" for each in lines) if markup is None else markup
    name = f"{key}.{'html' if kind == 'html' else 'txt'}"
    return Sheet(key, name, f"https://{key}.example/ferry", f"{key}.example", "en", kind, title, "kept", made, lines)


FERRY = sheet(
    "ferry",
    line("Ferry sails again"),
    line(STORY),
    line("Read also: Seals counted on the sandbank", kept=False),
    line("Nobody wants to hear the word bearing again.", kept=False, margin=0.05),
    title="Ferry sails again",
)
SEALS = sheet("seals", line("Seals counted"), line("There are forty, and two have names.", kept=False, margin=0.1))


@contextmanager
def served(folder: Path, *sheets: Sheet) -> Iterator[Server]:
    """A server for a desk with these sheets; labels go to `folder / "labels.parquet"`."""
    with Store(folder / "labels.parquet.work") as store:
        desk = Desk(store, folder / "labels.parquet")
        for each in sheets:
            store.put(each, "kit")
            desk.add(each.key)
        desk.ready = True
        with Server(desk) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.02,))
            thread.start()
            yield server
            server.shutdown()
            thread.join()
