"""The README's table of figures, written by a command and not by hand.

    python -m benchmarks.figures FIGURES.json [--folder FOLDER.json]

Reads what `benchmarks.compare --json --process` (and `benchmarks.folder --json`) wrote and prints the section as
Markdown, to be pasted between its headings. The best figure of a column is bold; systems that give all text of a page
stand last, for scale.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.systems import BASELINE
from benchmarks.tables import table

_ALL_TEXT = ("inscriptis", "html2text", "all-text")


class Column(NamedTuple):
    """A column of the table: its head, what it asks the figures for, how it is written, and whether less is better."""

    head: str
    ask: Callable[[Mapping[str, Any], str], float]
    form: str = ".3f"
    less: bool = False


def _of(pack: str, measure: str) -> Callable[[Mapping[str, Any], str], float]:
    return lambda figures, system: float(figures["packs"][pack]["systems"][system]["all"][measure])


def _process(measure: str) -> Callable[[Mapping[str, Any], str], float]:
    return lambda figures, system: float(figures["process"][system][measure])


COLUMNS = (
    Column("WCXB F1", _of("wcxb", "f1")),
    Column("leak", _of("wcxb", "leak"), less=True),
    Column("news F1", _of("news", "f1")),
    Column("snippets F1", _of("snippets", "f1")),
    Column("leak", _of("snippets", "leak"), less=True),
    Column("CPU ms a page: WCXB", _of("wcxb", "ms_median"), ".1f", less=True),
    Column("news", _of("news", "ms_median"), ".1f", less=True),
    Column("snippets", _of("snippets", "ms_median"), ".1f", less=True),
    Column("start-up, s", _process("start_up"), ".2f", less=True),
    Column("memory, MB", _process("memory"), ".0f", less=True),
)


def readme_table(figures: Mapping[str, Any]) -> str:
    """All systems beside each other; a column whose figures were not measured is left out."""
    systems = list(figures["versions"])
    columns = [column for column in COLUMNS if _measured(figures, column, systems)]
    rows = {system: [format(column.ask(figures, system), column.form) for column in columns] for system in systems}
    rivals = [system for system in systems if system not in _ALL_TEXT] or systems
    for place, column in enumerate(columns):
        values = {system: float(rows[system][place]) for system in rivals}
        best = (min if column.less else max)(values.values())
        for system in (name for name, value in values.items() if value == best):
            rows[system][place] = f"**{rows[system][place]}**"
    return table(["system", *(column.head for column in columns)], [[name, *cells] for name, cells in rows.items()])


def _measured(figures: Mapping[str, Any], column: Column, systems: Sequence[str]) -> bool:
    try:
        return all(column.ask(figures, system) >= 0 for system in systems)
    except KeyError:
        return False


def sentences(figures: Mapping[str, Any]) -> str:
    """What the table was measured with, and how our time compares with the baseline's on each pack."""
    shown = {name: version for name, version in figures["versions"].items() if not name.startswith(f"{BASELINE}-")}
    said = [f"Measured on {figures['date']} with {', '.join(f'{name} {text}' for name, text in shown.items())}."]
    said += [f"On {name} {pack['judged']}." for name, pack in figures["packs"].items() if pack.get("judged")]
    times = [
        f"{name} {1 / ratio:.1f}" if ratio < 1 else f"{name} 1/{ratio:.1f}"
        for name, pack in figures["packs"].items()
        if name != "seeds" and (ratio := pack["systems"].get("thresher", {}).get("all", {}).get("ratio"))
    ]
    if times:
        said.append(f"Pages in the time that {BASELINE} takes for one (median over pages): {', '.join(times)}.")
    return " ".join(said)


def folder_sentence(folder: Mapping[str, Any]) -> str:
    """How a whole folder compares, in one sentence."""
    times = [pair[BASELINE]["cpu"] / pair["thresher"]["cpu"] for pair in folder["rounds"]]
    speed = statistics.median(folder["pages"] / pair["thresher"]["cpu"] for pair in folder["rounds"])
    return (
        f"`thresher clean` of a folder of {folder['pages']:,} pages, with every output and the report: {speed:.0f} "
        f"pages per CPU second, {statistics.median(times):.1f} times as many as {BASELINE}'s own folder command on the "
        f"same files (median of {len(times)} pairs)."
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the section."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.figures", description=__doc__.split("\n")[0])
    parser.add_argument("figures", type=Path, help="what benchmarks.compare --json wrote")
    parser.add_argument("--folder", type=Path, help="what benchmarks.folder --json wrote")
    options = parser.parse_args(arguments)
    figures = json.loads(options.figures.read_text(encoding="utf-8"))
    print(sentences(figures), readme_table(figures), sep="\n\n")
    if options.folder:
        print("\n" + folder_sentence(json.loads(options.folder.read_text(encoding="utf-8"))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
