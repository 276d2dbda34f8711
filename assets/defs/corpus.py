"""The corpus: what people and programs downstream read, day by day, and one page about all of it."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from assets.defs.automation import FRESH, PUBLISH, REPORT
from assets.defs.documents import unique_pages
from assets.defs.partitions import daily, whole
from assets.defs.resources import POOL, PUBLISH_VERSION, Cleaning
from assets.tables import categories_table, counts_table, inputs_table, numbers, table, words_table
from pipeline.publish.overview import write_overview
from pipeline.publish.place import REPORT as PAGE
from pipeline.publish.place import STATISTICS
from pipeline.publish.rows import METADATA, RECORD
from pipeline.publish.statistics import Statistics, read_statistics
from pipeline.run.cleaning import Order, check_order
from pipeline.run.days import write_day

_TYPES = {str: "string", int: "int", float: "float", dict: "struct", list: "list"}
SCHEMA = dg.TableSchema(
    [dg.TableColumn(name, _TYPES[kind]) for name, kind in RECORD.items() if kind is not dict]
    + [dg.TableColumn(f"metadata.{name}", _TYPES[kind]) for name, kind in METADATA.items()]
)
"""The columns of the published records (docs/data-formats.md)."""


@daily(
    deps=[unique_pages],
    automation_condition=PUBLISH,
    freshness_policy=FRESH,
    pool=POOL,
    kinds={"file", "json"},
    tags={"layer": "published"},
    code_version=PUBLISH_VERSION,
    metadata={"dagster/column_schema": SCHEMA},
)
def corpus(context: dg.AssetExecutionContext, cleaning: Cleaning) -> None:
    """Clean text of a day without duplicates: files and records, the manifest of all inputs, the ledger, the report.

    The ledger names every removed line and its reason; the report shows it struck through in its place. Published days
    whose documents repeat others than before are written again; their names stand in the metadata.
    """
    for day in context.partition_keys:
        context.add_asset_metadata(_published(cleaning.order(day)), partition_key=day)


def _published(order: Order) -> Mapping[str, Any]:
    """Publish a day, and tell what is there now."""
    done = write_day(order, check_order(order))
    statistics = read_statistics(order.out / STATISTICS) or Statistics()
    total = statistics.total
    return {
        "dagster/row_count": total.outcomes["kept"],
        **numbers(total),
        "by_source": inputs_table(statistics),
        "words_by_source": words_table(statistics),
        "removed_by_category": categories_table(total),
        "languages": counts_table(total.languages, "language"),
        "written_again": ", ".join(done.again) or "no other day",
        "to_be_run_again": ", ".join(done.waiting) or "no other day",
        "report": dg.MetadataValue.path(order.out / PAGE),
        "folder": dg.MetadataValue.path(order.out),
    }


@whole(
    deps=[corpus],
    automation_condition=REPORT,
    kinds={"html"},
    tags={"layer": "published"},
    code_version=PUBLISH_VERSION,
)
def corpus_report(cleaning: Cleaning) -> dg.MaterializeResult[None]:
    """One page about all published days: what came, what was kept and what went, by day and by source."""
    overview = write_overview(cleaning.out_folder)
    total = overview.total
    rows = [
        (day, counts.inputs, counts.outcomes["kept"], counts.kept_words, counts.kept_share)
        for day, counts in reversed(overview.by_day)
    ]
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": total.outcomes["kept"],
            "days": len(overview.days),
            **numbers(total),
            "by_day": table(("day", "inputs", "kept", "words kept", "left by cleaning"), rows),
            "by_source": inputs_table(overview.by_source),
            "words_by_source": words_table(overview.by_source),
            "removed_by_category": categories_table(total),
            "report": dg.MetadataValue.path(overview.file),
        }
    )
