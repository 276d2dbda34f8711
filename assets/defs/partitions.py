"""One partition a day: what came on that day, from all sources. `raw/<source>/<day>/` belongs to partition `<day>`.

The day is the one in the name of the folder (UTC, as fetching writes it), never a time of a file: that changes with
every copy. Files outside of such folders belong to no partition; `thresher clean` reads them. A source is a row in
the tables of a day, not a partition, so that the number of runs does not grow with the number of sources.
"""

import os
import warnings
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import dagster as dg

from assets.defs.resources import GROUP, OWNERS, RAW
from pipeline.run.days import days_in


def first_day(given: str, found: list[str], today: date) -> str:
    """The first partition: the `given` day, else the earliest one `found` in raw, else today. Raises `ValueError`."""
    return date.fromisoformat(given).isoformat() if given else min(found, default=today.isoformat())


FIRST_DAY = first_day(os.environ.get("THRESHER_FIRST_DAY", ""), days_in(RAW), datetime.now(UTC).date())
"""Set the environment variable THRESHER_FIRST_DAY where days before the earliest one in raw may still come."""
DAILY = dg.DailyPartitionsDefinition(start_date=FIRST_DAY, timezone="UTC", end_offset=1)
"""From the first day until today, today included: its pages may be cleaned as they come, and again tomorrow."""


def daily(**more: Any) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """An asset with a partition a day, as `dg.asset` makes it."""
    return whole(partitions_def=DAILY, **more)


def whole(**more: Any) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """An asset of ours, as `dg.asset` makes it. A range of days is one run, also where an asset about all days is part
    of it: a run costs more to start than a day of pages to clean.
    """  # noqa: D205 - the sentence is one
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)  # said of every backfill policy, at every start
        made: Callable[[Callable[..., Any]], dg.AssetsDefinition] = dg.asset(
            backfill_policy=dg.BackfillPolicy.single_run(), group_name=GROUP, owners=OWNERS, **more
        )
    return made
