"""What happens by itself: fetching by the clock, cleaning what has come, publishing what is clean, forgetting old runs.

    schedule `fetch_<source>`   its `every` is over      -> job `fetch`         off until you switch it on
    sensor   `new_pages`        a day came to rest       -> job `clean_days`    raw_pages to unique_pages of that day
    sensor   `publishing`       a day is clean and sound -> unique_pages and corpus of that day
    schedule `forget`           once a week              -> job `forget_runs`

Runs may overlap, and days come in any order. Three things make that harmless. What is found out about repeats follows
from the documents of the days and not from the order of runs, and publishing an early day publishes the later ones that
it changed. Steps that open the results of days share one pool, so they take turns; each uses all cores by itself, so
nothing is lost. And publishing is asked for by state, not by the clock: a red blocking check holds back its day alone,
also where it ended a run over many days.
"""

import logging
import math
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import dagster as dg

from assets.defs.fetching import Asked, Fetching, fetch
from assets.defs.partitions import DAILY
from assets.defs.resources import RAW_DIGEST, Cleaning
from pipeline.acquire.web.sources.model import Source
from pipeline.errors import SettingsError
from pipeline.run.landing import Memory, look, passed_on
from pipeline.saying import count_of

QUIET = 120.0
"""Seconds that the files of a day must stay the same before it is cleaned."""
LOOK_EVERY = 60
"""Seconds between two looks at the landing zone."""
AT_ONCE = 5
"""Days that one look starts; the others follow with the next. For a long past, a backfill is the better way."""
STEPS = (86_400, 3_600, 1_800, 900, 300, 60)
"""Seconds between two ticks that cron can say evenly, the longest first."""

PUBLISH = (
    dg.AutomationCondition.eager()
    .without(dg.AutomationCondition.in_latest_time_window())
    .replace(
        "any_deps_updated",
        dg.AutomationCondition.any_deps_match(
            dg.AutomationCondition.newly_updated() | dg.AutomationCondition.will_be_requested()
        ),
    )
    & dg.AutomationCondition.all_deps_blocking_checks_passed()
).with_label("clean and sound")
"""Go on with a day, early or late, when what it is made of is new, complete, at rest, and passed its blocking checks.

What a run under way will make itself is left to it. `eager` leaves more to it: of what was made in a run that was to go
on by itself it takes no notice, even if a red day ended that run. Hence the part that is replaced.
"""
REPORT = dg.AutomationCondition.eager().without(~dg.AutomationCondition.any_deps_missing()).with_label("any day is new")
"""Of what tells about all days: make it anew after any of them. Days that nothing came on are missing for ever."""
FRESH = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=3), warn_window=timedelta(hours=36))
"""A corpus that is fed daily. A day is late by a day at most before it is worth a look."""

clean_days = dg.define_asset_job(
    "clean_days",
    dg.AssetSelection.assets("raw_pages", "clean_pages", "unique_pages"),
    description="Clean the pages of days and find what repeats, with all checks. Publishing follows by itself.",
    executor_def=dg.in_process_executor,
)


@dg.sensor(job=clean_days, minimum_interval_seconds=LOOK_EVERY, default_status=dg.DefaultSensorStatus.RUNNING)
def new_pages(context: dg.SensorEvaluationContext, cleaning: Cleaning) -> dg.SensorResult | dg.SkipReason:
    """Start a run for each day of the landing zone that has changed and come to rest.

    Not for one that was cleaned from the very same files already, by hand or in a backfill.
    """
    cleaned = partial(cleaned_from, context.instance)
    return look_for_days(Memory.from_json(context.cursor), cleaning, time.time(), cleaned)


def look_for_days(memory: Memory, cleaning: Cleaning, now: float, cleaned: Callable[[str], str]) -> dg.SensorResult:
    """One look at `now` (Unix seconds): what to run, or why nothing, and the cursor for the next.

    `cleaned` gives the digest of the files that a day was last cleaned from (`cleaned_from`). The key of a run holds
    the moment, too: Dagster drops a key that it has ever seen, and files can change there and back again. A look that
    is repeated after a crash gives the same keys.
    """
    keys = set(DAILY.get_partition_keys(current_time=datetime.fromtimestamp(now, UTC)))
    ready, seen = look(cleaning.raw_folder, memory, now, QUIET, keys)
    done = [each for each in ready if cleaned(each.day) == each.digest]
    seen = passed_on(seen, done)
    taken = [each for each in ready if each not in done][:AT_ONCE]
    wanted = [
        dg.RunRequest(run_key=f"{each.day}:{each.digest}:{each.since:.0f}", partition_key=each.day) for each in taken
    ]
    waiting = len(seen.waiting) - len(taken)
    why = None if taken else f"nothing new at rest; waiting: {count_of(waiting, 'day')}" if waiting else "nothing new"
    return dg.SensorResult(wanted, cursor=passed_on(seen, taken).as_json(), skip_reason=why)


def cleaned_from(instance: dg.DagsterInstance, day: str) -> str:
    """The digest of the files that a day was last cleaned from; "" if it was not, or nobody noted it."""
    wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey("clean_pages"), asset_partitions=[day])
    for record in instance.fetch_materializations(wanted, limit=1).records:
        noted = record.asset_materialization.metadata.get(RAW_DIGEST) if record.asset_materialization else None
        return str(noted.value) if noted else ""
    return ""


publishing = dg.AutomationConditionSensorDefinition(
    "publishing",
    target=dg.AssetSelection.all(),
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Goes on with days that are clean and sound: finds what they repeat, and publishes them.",
)


def step_of(every: float) -> int:
    """Seconds between the ticks of a source that is asked `every` so many: the longest step that divides it.

    Cron cannot say "each 90 minutes" or "each 7 hours", so a schedule may tick more often than it asks.
    """
    minutes = math.ceil(every / 60) * 60
    return next(step for step in STEPS if minutes % step == 0)


def cron_of(name: str, every: float) -> str:
    """When the schedule of a source ticks, UTC. Its name decides the minute, so that not all sources ask at once."""
    step, spread = step_of(every), zlib.crc32(name.encode())
    if step == STEPS[0]:
        return f"{spread % 60} {spread // 60 % 24} * * *"
    if step == STEPS[1]:
        return f"{spread % 60} * * * *"
    return f"*/{step // 60} * * * *"


def is_turn(moment: datetime, every: float) -> bool:
    """Whether a source is asked at a tick: the first one in each span of `every` seconds since 1970."""
    step, span = step_of(every), max(step_of(every), math.ceil(every / 60) * 60)
    now = math.floor(moment.timestamp())
    return now // span != (now - step) // span


def schedules_of(sources: tuple[Source, ...]) -> list[dg.ScheduleDefinition]:
    """A schedule for each source of the network, all of them off: only a person lets this machine ask others."""
    named: dict[str, Source] = {}
    for source in sources:
        name = f"fetch_{source.name.replace('-', '_')}"
        named[name if name not in named else f"{name}_{zlib.crc32(source.name.encode()):08x}"] = source
    return [
        dg.ScheduleDefinition(
            name=name,
            job=fetch,
            cron_schedule=cron_of(source.name, source.every),
            execution_timezone="UTC",
            default_status=dg.DefaultScheduleStatus.STOPPED,
            description=f"Asks the source {source.name} for news every {timedelta(seconds=source.every)}.",
            execution_fn=partial(_tick, source),
        )
        for name, source in named.items()
    ]


def _tick(source: Source, context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Ask one source, if it is its turn.

    Its start points are asked due or not: a tick that is a second early would else find nothing due, and leave the
    source alone for one more round.
    """
    moment = context.scheduled_execution_time
    if is_turn(moment, source.every):
        asked = Asked(names=[source.name], force=True)
        yield dg.RunRequest(f"{moment.timestamp():.0f}", dg.RunConfig({"fetch_pages": asked}))
    else:
        yield dg.SkipReason(f"not its turn; it is asked every {timedelta(seconds=source.every)}")


def _sources() -> tuple[Source, ...]:
    """The sources that want a schedule; a file that is missing or wrong is said in the log, and stops nothing else."""
    try:
        return Fetching().network_sources()
    except SettingsError as error:
        logging.getLogger(__name__).warning("no schedules for sources: %s", error)
        return ()


@dg.definitions
def automation() -> dg.Definitions:
    """All that starts runs."""
    return dg.Definitions(jobs=[clean_days], sensors=[new_pages, publishing], schedules=schedules_of(_sources()))
