"""Documents that are there once: `unique_pages` says which ones of a day repeat others, of that day or earlier ones."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import dagster as dg

from assets.defs.automation import PUBLISH
from assets.defs.pages import clean_pages
from assets.defs.partitions import daily
from assets.defs.resources import POOL, PUBLISH_VERSION, Cleaning
from assets.tables import counts_table, numbers, table
from pipeline.run.cleaning import Order, check_order
from pipeline.run.days import find_day

_LIKENESS = ("exact", "near", "contained", "update")
_SHOWN = 10  # repeats as examples


@daily(
    deps=[clean_pages],
    automation_condition=PUBLISH,
    pool=POOL,
    kinds={"numpy", "arrow"},
    tags={"layer": "clean"},
    code_version=PUBLISH_VERSION,
)
def unique_pages(context: dg.AssetExecutionContext, cleaning: Cleaning) -> None:
    """Which documents of a day repeat another one, and which of them stay.

    A day is compared with all that stayed of the days before it. Only fingerprints are kept, for all days together, in
    the folder `state`. An early day that comes late makes later ones stale; publishing any day puts them right.
    """
    for day in context.partition_keys:
        context.add_asset_metadata(_found(cleaning.order(day)), partition_key=day)


def _found(order: Order) -> Mapping[str, Any]:
    """Find the repeats of a day, and tell what they are."""
    repeats, looked = find_day(order, check_order(order))
    total = looked.statistics.total
    leaders = Counter(match.leader_label or order.day for match in repeats.matches)
    rows: list[tuple[str | int | float, ...]] = [
        (name, *(counts.likeness[kind] for kind in _LIKENESS), counts.duplicate_share)
        for name, counts in sorted(looked.statistics.sources.items())
    ]
    examples = [
        (match.id, match.kind, match.similarity, match.leader, match.leader_label)
        for match in sorted(repeats.matches, key=lambda match: (match.similarity, match.id))[:_SHOWN]
    ]
    return {
        "dagster/row_count": total.outcomes["kept"],
        "duplicate_share": round(total.duplicate_share, 4),
        **numbers(total),
        "by_source": table(("source", *_LIKENESS, "share of documents"), rows),
        "repeats_of_day": counts_table(leaders, "day of the original"),
        "least_alike": table(("document", "how", "alike", "original", "its day"), examples),
        "state": dg.MetadataValue.path(order.state or order.out),
    }
