"""Forgetting old runs: Dagster keeps the events and logs of every run for ever, one small database for each.

Nothing of the corpus is touched. A run stays, however old, while something that can be seen was made last by it:
without its events Dagster would take that day for missing, and automation would make it again.
"""

import time
from collections.abc import Iterator

import dagster as dg
from dagster import DagsterInstance
from pydantic import ConfigDict, Field

_PAGE = 500  # records that are asked of the storage at a time
_OVER = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


class Keeping(dg.Config):
    """How long runs are remembered."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    days: float = Field(default=90, ge=1)
    """Runs that ended longer ago are forgotten, with their logs."""


@dg.op(out=dg.Out(dg.Nothing))
def forget_old_runs(context: dg.OpExecutionContext, config: Keeping) -> None:
    """Delete the records and logs of old runs that made nothing which is still the latest."""
    gone, kept = forget_before(context.instance, time.time() - config.days * 86_400)
    context.add_output_metadata({"forgotten": gone, "kept": kept})
    context.log.info("%d runs forgotten; %d old ones stay, for they made what is the latest", gone, kept)


def forget_before(instance: DagsterInstance, moment: float) -> tuple[int, int]:
    """Forget the runs that ended before a moment (Unix seconds); how many went, and how many old ones had to stay."""
    needed = set(latest_runs(instance))
    old = [run_id for run_id, ended in _ended(instance) if ended < moment]
    for run_id in old:
        if run_id not in needed:
            instance.compute_log_manager.delete_logs(prefix=[run_id])
            instance.delete_run(run_id)
    gone = sum(run_id not in needed for run_id in old)
    return gone, len(old) - gone


def latest_runs(instance: DagsterInstance) -> Iterator[str]:
    """The runs that made the latest of something: of each asset, or each of its partitions."""
    for key in instance.all_asset_keys():
        seen: set[str | None] = set()
        cursor, more = None, True
        while more:
            page = instance.fetch_materializations(key, _PAGE, cursor)  # the newest first
            cursor, more = page.cursor, page.has_more
            for record in page.records:
                if record.partition_key not in seen:
                    seen.add(record.partition_key)
                    yield record.run_id


def _ended(instance: DagsterInstance) -> Iterator[tuple[str, float]]:
    """All runs that are over, and when they ended (Unix seconds)."""
    cursor, more = None, True
    while more:
        page = instance.get_run_records(dg.RunsFilter(statuses=_OVER), _PAGE, cursor=cursor)
        yield from ((each.dagster_run.run_id, each.end_time or each.update_timestamp.timestamp()) for each in page)
        more = len(page) == _PAGE
        cursor = page[-1].dagster_run.run_id if page else None


@dg.job(executor_def=dg.in_process_executor)
def forget_runs() -> None:
    """Forget what Dagster noted of old runs. The setting `days` says how old; the corpus is not touched."""
    forget_old_runs()


@dg.definitions
def retention() -> dg.Definitions:
    """The job, and its weekly schedule."""
    weekly = dg.ScheduleDefinition(
        name="forget",
        job=forget_runs,
        cron_schedule="40 3 * * 0",
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Forgets runs older than the setting `days`, once a week.",
    )
    return dg.Definitions(jobs=[forget_runs], schedules=[weekly])
