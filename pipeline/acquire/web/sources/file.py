"""Reading `sources.toml`: every mistake of the file at once, each with its line and what to write, before any request.

tomllib gives values without their lines, so `_Lines` finds the line of a key in the text; the values are tomllib's.
What each field may be is in `sources_values`.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.acquire.web.sources.model import HOW_TO_CONTACT, FetchSettings, Source, Sources
from pipeline.acquire.web.sources.values import FETCH, SOURCE, Reader
from pipeline.errors import SettingsError

_STARTS = ("feed", "sitemap", "listing", "urls", "folder")
_INHERITED = ("delay", "max_pages", "max_page_bytes", "respect")


def load_sources(file: Path) -> Sources:
    """The sources of a file, every field checked.

    Raises `SettingsError` with one line for each mistake, as `sources.toml:7: …`.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
        table = tomllib.loads(text)
    except FileNotFoundError:
        raise SettingsError(f"{file} is not there; docs/add-a-source.md shows how to write one") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{file}: cannot be read as TOML ({error})") from None
    reading = _Reading(file, _Lines(text))
    sources = reading.file_of(table)
    if reading.mistakes:
        ordered = sorted(reading.mistakes, key=lambda mistake: mistake[0])
        raise SettingsError("\n".join(f"{file}:{line}: {words}" for line, words in ordered))
    return sources


class _Lines:
    """Which line of a file a key stands on: tables in order, keys within them."""

    _HEADER = re.compile(r"\s*\[\[?\s*([\w-]+)\s*\]\]?\s*(?:#.*)?$")
    _KEY = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))\s*[.=]""")

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines()
        self.places: dict[tuple[str, int, str], int] = {}
        counts: dict[str, int] = {}
        table, number, quoted = "", 0, ""
        for line_number, line in enumerate(self.lines, 1):
            if not quoted:
                if header := self._HEADER.match(line):
                    table = header[1]
                    number = counts.get(table, 0)
                    counts[table] = number + 1
                    self.places[table, number, ""] = line_number
                elif key := self._KEY.match(line):
                    self.places.setdefault((table, number, key[1] or key[2] or key[3]), line_number)
            for mark in ('"""', "'''"):
                if line.count(mark) % 2 and quoted in ("", mark):
                    quoted = "" if quoted else mark

    def find(self, table: str, number: int, key: str = "", value: object = None) -> int:
        """The line of a key of the `number`-th table of a name, or of a word in its value; else that of the table."""
        start = self.places.get((table, number, key)) or self.places.get((table, number, "")) or 1
        if isinstance(value, str) and value:
            for line in range(start, min(start + 500, len(self.lines) + 1)):
                if value in self.lines[line - 1]:
                    return line
        return start


class _Reading:
    """One reading of a file, and the mistakes seen on the way: (line, what is wrong and what to write)."""

    def __init__(self, file: Path, lines: _Lines) -> None:
        self.file = file
        self.lines = lines
        self.mistakes: list[tuple[int, str]] = []

    def file_of(self, table: Mapping[str, Any]) -> Sources:
        """All of the file; what is wrong is left out and noted."""
        for key in table:
            if key not in ("fetch", "source"):
                line = self.lines.find(key, 0) if self.lines.find(key, 0) > 1 else self.lines.find("", 0, key)
                self.note(line, f"'{key}' is unknown; write a table [fetch] and stanzas [[source]]")
        given, stanzas = table.get("fetch", {}), table.get("source", [])
        if (
            not isinstance(given, dict)
            or not isinstance(stanzas, list)
            or not all(isinstance(s, dict) for s in stanzas)
        ):
            self.note(1, "write [fetch] as a table, and each source under [[source]] with two brackets")
            return Sources()
        values = self.fields("fetch", 0, given, FETCH)
        if values.get("site_rules"):
            values["site_rules"] = str(self.file.parent / values["site_rules"])
        fetch = FetchSettings(**values)
        sources = [self.source(number, stanza, fetch) for number, stanza in enumerate(stanzas)]
        self.names(sources)
        asked = next((number for number, source in enumerate(sources) if source.starts), None)
        if asked is not None and "contact" not in given:
            line = self.lines.find("fetch" if given else "source", 0 if given else asked)
            self.note(
                line, f"source '{sources[asked].name}' asks the network, so [fetch] needs a contact; {HOW_TO_CONTACT}"
            )
        return Sources(fetch, tuple(sources), self.file)

    def source(self, number: int, stanza: Mapping[str, Any], fetch: FetchSettings) -> Source:
        """One stanza, with what it takes over from `[fetch]`."""
        values = self.fields("source", number, stanza, SOURCE)
        line = self.lines.find("source", number)
        if "name" not in stanza:
            self.note(line, 'a source needs a name: write name = "…", which becomes its folder')
        if not any(start in stanza for start in _STARTS):
            self.note(line, f"a source needs a start: write one of {', '.join(_STARTS)}")
        inherited = {name: getattr(fetch, name) for name in _INHERITED}
        folders = tuple(self.file.parent / folder for folder in values.pop("folder", ()))
        for folder in folders:
            if not folder.exists():
                self.note(self.lines.find("source", number, "folder"), f"folder {folder} is not there")
        return Source(**{"name": "", **inherited, **values, "folder": folders})

    def names(self, sources: list[Source]) -> None:
        """No two sources have one folder."""
        seen: dict[str, int] = {}
        for number, source in enumerate(sources):
            if source.name and source.name in seen:
                first = self.lines.find("source", seen[source.name], "name")
                line = self.lines.find("source", number, "name")
                self.note(line, f"name = '{source.name}' is taken (line {first}); write another")
            seen.setdefault(source.name, number)

    def fields(
        self, table: str, number: int, given: Mapping[str, Any], readers: Mapping[str, Reader]
    ) -> dict[str, Any]:
        """The values of a table that are right."""
        values: dict[str, Any] = {}
        for key, value in given.items():
            if key not in readers:
                near = difflib.get_close_matches(key, readers, 1)
                guess = f"did you mean '{near[0]}'?" if near else f"the settings are {', '.join(readers)}"
                self.note(self.lines.find(table, number, key), f"'{key}' is unknown; {guess}")
                continue
            try:
                values[key] = readers[key](value)
            except ValueError as why:
                quoted = re.match(r"'([^']*)'", str(why))
                line = self.lines.find(table, number, key, quoted[1] if quoted else None)
                shown = "" if quoted else f" = {value!r:.60}"
                self.note(line, f"{key}{shown}: {why}")
        return values

    def note(self, line: int, words: str) -> None:
        """Remember a mistake."""
        self.mistakes.append((line, words))
