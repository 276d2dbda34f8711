"""Pages, before and after cleaning: `raw_pages` is what lies in the landing zone, `clean_pages` what became of it."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import dagster as dg

from assets.defs.partitions import daily
from assets.defs.resources import CLEAN_VERSION, POOL, RAW_DIGEST, Cleaning
from assets.tables import (
    categories_table,
    counts_table,
    inputs_table,
    losers_table,
    numbers,
    struck,
    table,
    words_table,
)
from pipeline.acquire.survey import survey
from pipeline.acquire.walk import day_folders
from pipeline.recipe import Kit
from pipeline.run.cleaning import STORE, Order, Progress, check_order, workers_for
from pipeline.run.days import clean_day
from pipeline.run.landing import digest_of_day
from pipeline.run.workers import Spread

_SAY_EVERY = 1000  # pages between two lines in the log of a run


@daily(
    kinds={"html", "text"},
    tags={"layer": "raw"},
    code_version=CLEAN_VERSION,
)
def raw_pages(context: dg.AssetExecutionContext, cleaning: Cleaning) -> None:
    """What came on a day: web pages and texts, as files, tables and archives. Nothing is changed.

    Fetched pages and files that people put into `raw/<source>/<day>/` are alike here.
    """
    for day in context.partition_keys:
        context.add_asset_metadata(_found(cleaning.order(day)), partition_key=day)


def _found(order: Order) -> Mapping[str, Any]:
    """What a survey of a day says."""
    sources = {
        folder.parent.name: survey([folder], order.settings) for folder in day_folders(order.paths[0], order.day)
    }
    totals = [each.total for each in sources.values()]
    rows = [
        (source, name, held.files, held.bytes, held.pages, held.failures)
        for source, each in sources.items()
        for name, held in sorted(each.formats.items())
    ]
    return {
        "dagster/row_count": sum(each.pages + each.failures for each in totals),
        "sources": len(sources),
        "files": sum(each.files for each in totals),
        "bytes": sum(each.bytes for each in totals),
        "pages": sum(each.pages for each in totals),
        "failures": sum(each.failures for each in totals),
        "by_source": table(("source", "format", "files", "bytes", "pages", "failures"), rows),
        "by_failure": counts_table(sum((each.failures for each in sources.values()), Counter()), "failure"),
        "skipped": counts_table(sum((each.skipped for each in sources.values()), Counter()), "skipped"),
        "folder": dg.MetadataValue.path(order.paths[0]),
    }


@daily(
    deps=[raw_pages],
    pool=POOL,
    kinds={"python", "sqlite"},
    tags={"layer": "clean"},
    code_version=CLEAN_VERSION,
)
def clean_pages(context: dg.AssetExecutionContext, cleaning: Cleaning) -> None:
    """Every page of a day as a document: all its blocks, and a verdict with reasons for each.

    They lie in the store beside the output. Pages that were cleaned before with the same settings and rules are
    reused; a page that cannot be cleaned is a failure with its reason, and stops nothing.
    """
    orders = [cleaning.order(day) for day in context.partition_keys]
    kit = check_order(orders[0])
    with workers_for(orders[0], kit) as spread:  # for all days: to start them takes longer than many a day of pages
        for order in orders:
            context.add_asset_metadata(_cleaned(context, order, kit, spread), partition_key=order.day)


def _cleaned(context: dg.AssetExecutionContext, order: Order, kit: Kit, spread: Spread) -> Mapping[str, Any]:
    """Clean a day, and tell what came of it."""
    progress = Progress()
    came = digest_of_day(order.paths[0], order.day)  # before it is read: what changes meanwhile is new

    def watch(progress: Progress) -> None:
        if progress.cleaned % _SAY_EVERY == 0:
            context.log.info("%s: %d pages cleaned, %d failed", order.day, progress.cleaned, progress.failed)

    looked = clean_day(order, kit, progress, watch, spread)
    total = looked.statistics.total
    return {
        "dagster/row_count": progress.inputs,
        "reused": progress.reused,
        "cleaned_now": progress.cleaned,
        **numbers(total),
        "by_source": inputs_table(looked.statistics),
        "words_by_source": words_table(looked.statistics),
        "removed_by_category": categories_table(total),
        "failures": counts_table(total.failures, "failure"),
        "sample": struck(looked.highlights),
        "most_removed": losers_table(looked.highlights),
        "preset": order.settings.preset,
        "kit": kit.digest,
        RAW_DIGEST: came,
        "store": dg.MetadataValue.path(order.out / STORE),
    }
