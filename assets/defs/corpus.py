"""The corpus: what people and programs downstream read."""

import dagster as dg

from assets.defs.pages import clean_pages
from assets.defs.resources import CODE_VERSION, GROUP, OWNERS, Cleaning
from assets.tables import table
from pipeline.publish import Summary
from pipeline.run.cleaning import STORE, check_order, publish_from
from pipeline.run.store import Store


@dg.asset(deps=[clean_pages], group_name=GROUP, owners=OWNERS, kinds={"file", "json"}, code_version=CODE_VERSION)
def corpus(cleaning: Cleaning) -> dg.MaterializeResult[None]:
    """Clean text without duplicates, as files and records, with the manifest of all inputs, the ledger and the report.

    The ledger names every removed line and its reason; the report shows it struck through in its place.
    """
    order = cleaning.order()
    kit = check_order(order)
    with Store(order.out / STORE) as store:
        summary = publish_from(store, order, kit)
    return dg.MaterializeResult(
        metadata={
            "folder": dg.MetadataValue.path(order.out),
            "report": dg.MetadataValue.path(order.out / "report.html"),
            "dagster/row_count": summary.outcomes["kept"],
            **_numbers(summary),
            "outcomes": table(("outcome", "inputs"), summary.outcomes.items()),
            "removed_by_category": table(
                ("category", "words", "blocks"),
                [(name, count.words, count.blocks) for name, count in summary.by_category.items()],
            ),
        }
    )


def _numbers(summary: Summary) -> dict[str, int | float]:
    """What is worth a curve over the runs."""
    return {
        "inputs": summary.inputs,
        "duplicates": summary.outcomes["duplicate"],
        "failed": summary.outcomes["failed"],
        "kept_words": summary.kept_words,
        "removed_words": summary.removed_words,
        "removed_share": round(summary.removed_share, 4),
    }
