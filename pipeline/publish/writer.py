"""The writer: one pass over the results, every file of OUT at the end. Memory does not grow with the results.

Only the order of writing belongs here. Formats, names, rows and the report have their own files.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from pipeline.document import Failure, Result
from pipeline.publish import formats as form
from pipeline.publish.entries import manifest_row, record
from pipeline.publish.leaf import Rendered, render
from pipeline.publish.names import Names
from pipeline.publish.place import LEDGER, MANIFEST, REPORT, STATISTICS, TEXTS, Place, teaching
from pipeline.publish.report import Report
from pipeline.publish.rows import json_lines
from pipeline.publish.statistics import Statistics
from pipeline.publish.summary import RunInfo, Summary, Tally

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path


def publish(
    results: Iterable[Result | Rendered],
    out: Path,
    formats: Sequence[str],
    run: RunInfo,
    *,
    complete: bool = True,
    clusters: Collection[str] = (),
) -> Summary:
    """Write everything that a run leaves in `out`, and say what it was.

    `results` come in canonical order and deduplicated, and are read once; those that are not rendered yet are rendered
    here. `formats` are names of `FORMATS`. A run that was interrupted passes `complete=False`: what earlier runs wrote
    then stays. `clusters` are the ids of the leaders whose clusters the report shows side by side. An exception, from
    `results` or ours, leaves `out` as it was. Raises `OutputError` if the disk does not take it, `UsageError` for an
    unknown format.
    """
    texts, records = form.chosen(formats)
    started = time.perf_counter()
    tally, statistics, report = Tally(), Statistics(), Report(clusters)
    with Place(out) as place:
        names = Names(tuple(each.suffix for each in texts))
        with ExitStack() as open_files:
            with teaching(out):
                manifest = open_files.enter_context(form.opened(place.aside / MANIFEST))
                ledger = open_files.enter_context(form.opened(place.aside / LEDGER))
                sinks = [open_files.enter_context(each.sink(place.aside / each.name)) for each in records]
            for each in results:
                result = render(each, texts, run.settings) if isinstance(each, Result) else each
                tally.add(result.value)
                statistics.add(result.value)
                report.add(result)
                with teaching(out):
                    manifest.write(json_lines([manifest_row(result, _write(result, place, names, texts, sinks, run))]))
                    ledger.write(result.ledger)
            with teaching(out):
                open_files.close()
        summary = tally.summary(run.version, time.perf_counter() - started, complete=complete)
        with teaching(out):
            (place.aside / REPORT).write_bytes(report.render(summary, run).encode("utf-8", "replace"))
            (place.aside / STATISTICS).write_bytes(statistics.as_bytes())
            place.commit(names, complete=complete)
    return summary


def _write(
    result: Rendered,
    place: Place,
    names: Names,
    texts: Sequence[form.TextFormat],
    sinks: Sequence[form.Sink],
    run: RunInfo,
) -> list[str]:
    """Write the texts and the record of a kept document; give the names of the texts, relative to OUT."""
    leaf = result.value
    if isinstance(leaf, Failure) or leaf.outcome != "kept":
        return []
    if sinks:
        row = record(leaf, run)
        for sink in sinks:
            sink(row)
    if not texts:
        return []
    stem = names.take(leaf.page.id, leaf.page.path)
    outputs = [f"{TEXTS}/{stem}{each.suffix}" for each in texts]
    for output, each in zip(outputs, texts, strict=True):
        place.write(output, (leaf.texts[each.suffix] + "\n").encode())
    return outputs
