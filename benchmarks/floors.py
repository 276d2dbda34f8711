"""Pinned floors: what was reached once and must not be lost, as data in `floors.toml`.

What belongs here: reading and writing that file, and comparing measured rows with it. Nothing here measures.

A floor is a little below what was measured when it was pinned (`SLACK`): a change elsewhere in the judge moves a slice
by a page or two, and a gate that fails for that is soon ignored. Floors go up with `--raise`; down they go by hand,
with a line in CHANGELOG.md.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

FILE = Path(__file__).parent / "floors.toml"
SLACK = {100: 0.002, 25: 0.005, 0: 0.01}
"""From how many pages on a floor lies how far below the measured value: the fewer pages, the more one of them moves."""
CEILINGS = frozenset(("leak", "failures", "changed", "lost"))
"""Measures of which less is better; all others are floors."""
COUNTS = frozenset(("failures", "lost"))
"""Measures that are counted, not averaged: they have no slack."""
LAWS = {"failures": 0.0, "changed": 0.01, "lost": 0.0}
"""What the laws of the house ask for, whatever was reached: the table says so until it is."""

Run = Literal["sample", "whole"]

_HEAD = """\
# The floors of the gate: python -m benchmarks.gate. See floors.py for what they mean.
# A floor goes up with --raise. It goes down only by hand, with a line in CHANGELOG.md that says why.
"""


class Key(NamedTuple):
    """What a figure is about: the pack, the slice of it (`all`, `page type forum`, `language de`), the measure."""

    pack: str
    slice: str
    measure: str


@dataclass(frozen=True, slots=True)
class Row:
    """A measured figure, and over how many pages."""

    key: Key
    value: float
    pages: int


@dataclass(frozen=True, slots=True)
class Floor:
    """A pinned figure: the least (or, of `CEILINGS`, the most) that a measured one may be."""

    value: float
    pages: int
    date: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Floors:
    """All that is pinned: digests of the packs, floors of both runs, and figures of the peer that ours must reach."""

    data: dict[str, str] = field(default_factory=dict)
    sample: dict[Key, Floor] = field(default_factory=dict)
    whole: dict[Key, Floor] = field(default_factory=dict)
    peer: dict[Key, Floor] = field(default_factory=dict)

    def of(self, run: Run) -> dict[Key, Floor]:
        """The floors of a run."""
        return self.sample if run == "sample" else self.whole


def read_floors(file: Path = FILE) -> Floors:
    """The floors of a file, none where there is no file; raises `ValueError` naming the file where it is wrong."""
    if not file.is_file():
        return Floors()
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        parts = {name: dict(map(_floor, table.get(name, ()))) for name in ("sample", "whole", "peer")}
    except (tomllib.TOMLDecodeError, TypeError, KeyError) as error:
        raise ValueError(f"{file}: {error}; git has the last version that could be read") from None
    return Floors(dict(table.get("data", {})), **parts)


def _floor(row: Mapping[str, Any]) -> tuple[Key, Floor]:
    rest = {name: value for name, value in row.items() if name not in Key._fields}
    return Key(row["pack"], row["slice"], row["measure"]), Floor(**rest)


def write_floors(floors: Floors, file: Path = FILE) -> None:
    """Write the file aside and rename it: one line a floor, in a fixed order."""
    parts = [_HEAD]
    for name in ("peer", "sample", "whole"):
        parts += [f"{name} = [", *(_line(*item) for item in sorted(getattr(floors, name).items())), "]\n"]
    parts += ["[data]  # sha256", *(f'{name} = "{digest}"' for name, digest in sorted(floors.data.items()))]
    aside = file.with_suffix(".new")
    aside.write_text("\n".join(parts) + "\n", encoding="utf-8")
    aside.replace(file)


def _line(key: Key, floor: Floor) -> str:
    fields = key._asdict() | asdict(floor)
    return f"  {{ {', '.join(f'{name} = {_toml(value)}' for name, value in fields.items())} }},"


def _toml(value: object) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if isinstance(value, str) else repr(value)


def margin(row: Row, floor: float) -> float:
    """By how much a row is better than a floor or ceiling; below 0 it is not good enough."""
    return round(floor - row.value if row.key.measure in CEILINGS else row.value - floor, 6)


def pinned(row: Row, date: str, note: str) -> Floor:
    """The floor that a measured row earns: a little slack, and never beyond what a share can be."""
    if row.key.measure in COUNTS:
        return Floor(row.value, row.pages, date, note)
    slack = next(slack for pages, slack in SLACK.items() if row.pages >= pages)
    value = row.value + slack if row.key.measure in CEILINGS else row.value - slack
    return Floor(round(min(1.0, max(0.0, value)), 4), row.pages, date, note)


def raised(floors: Floors, run: Run, rows: Iterable[Row], date: str, note: str) -> tuple[Floors, list[Key]]:
    """The floors with those that went up or are new, and which ones those are; none is ever lowered."""
    now, changed = dict(floors.of(run)), []
    for row in rows:
        earned, old = pinned(row, date, note), now.get(row.key)
        if old is None or margin(Row(row.key, earned.value, row.pages), old.value) > 0:
            now[row.key] = earned if old is None or note else replace(earned, note=old.note)
            changed.append(row.key)
    return replace(floors, sample=now) if run == "sample" else replace(floors, whole=now), changed
