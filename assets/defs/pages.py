"""Pages, before and after cleaning: `raw_pages` is what lies in the landing zone, `clean_pages` what became of it."""

import dagster as dg

from assets.defs.resources import CODE_VERSION, GROUP, OWNERS, Cleaning
from assets.tables import table
from pipeline.acquire.survey import survey
from pipeline.run.cleaning import STORE, Progress, check_order, clean_into
from pipeline.run.store import Store

_SAY_EVERY = 1000  # pages between two lines in the log of a run


@dg.asset(group_name=GROUP, owners=OWNERS, kinds={"html", "text"}, code_version=CODE_VERSION)
def raw_pages(cleaning: Cleaning) -> dg.MaterializeResult[None]:
    """What there is to clean: web pages and texts, as files, tables and archives, by format. Nothing is changed."""
    order = cleaning.order()
    found = survey(order.paths, order.settings)
    total = found.total
    rows = [(name, held.files, held.bytes, held.pages, held.failures) for name, held in sorted(found.formats.items())]
    return dg.MaterializeResult(
        metadata={
            "folder": dg.MetadataValue.path(order.paths[0]),
            "files": total.files,
            "bytes": total.bytes,
            "dagster/row_count": total.pages + total.failures,
            "pages": total.pages,
            "failures": total.failures,
            "by_format": table(("format", "files", "bytes", "pages", "failures"), rows),
            "by_failure": table(("failure", "inputs"), sorted(found.failures.items())),
            "skipped": table(("skipped", "files"), sorted(found.skipped.items())),
        }
    )


@dg.asset(deps=[raw_pages], group_name=GROUP, owners=OWNERS, kinds={"python", "sqlite"}, code_version=CODE_VERSION)
def clean_pages(context: dg.AssetExecutionContext, cleaning: Cleaning) -> dg.MaterializeResult[None]:
    """Every page as a document: all its blocks, and a verdict with reasons for each.

    They lie in the store beside the output. Pages that were cleaned before with the same settings and rules are
    reused; a page that cannot be cleaned is a failure with its reason, and stops nothing.
    """
    order, progress = cleaning.order(), Progress()
    kit = check_order(order)

    def watch(progress: Progress) -> None:
        if progress.cleaned % _SAY_EVERY == 0:
            context.log.info("%d pages cleaned, %d failed", progress.cleaned, progress.failed)

    with Store(order.out / STORE) as store:
        clean_into(store, order, kit, progress, watch=watch)
    return dg.MaterializeResult(
        metadata={
            "store": dg.MetadataValue.path(order.out / STORE),
            "dagster/row_count": progress.inputs,
            "reused": progress.reused,
            "cleaned": progress.cleaned,
            "failed": progress.failed,
            "preset": order.settings.preset,
            "kit": kit.digest,
        }
    )
