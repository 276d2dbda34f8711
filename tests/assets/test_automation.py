"""What starts runs: schedules of sources, the eye on the landing zone, publishing by state, forgetting old runs."""

import itertools
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("dagster", reason="the assets need the extra: pip install -e '.[dagster]'")

import dagster as dg

from assets.definitions import defs
from assets.defs import automation
from assets.defs.automation import (
    AT_ONCE,
    LOOK_EVERY,
    PUBLISH,
    QUIET,
    REPORT,
    cleaned_from,
    cron_of,
    is_turn,
    look_for_days,
    schedules_of,
)
from assets.defs.automation import step_of as step
from assets.defs.checks import Check, latest, result_of
from assets.defs.fetching import Fetching
from assets.defs.pages import clean_pages, raw_pages
from assets.defs.partitions import DAILY
from assets.defs.resources import POOL, PROJECT, Cleaning
from assets.defs.retention import forget_before, forget_runs, retention
from pipeline.acquire.web.sources.model import Source
from pipeline.publish.finding import Finding
from pipeline.run.landing import Memory

HOUR, DAY = 3600, 86_400
NOW = datetime.now(UTC).timestamp()
TODAY = datetime.fromtimestamp(NOW, UTC).date().isoformat()


@pytest.mark.parametrize(
    ("every", "wanted", "cron"),
    [
        (60, 60, "*/1 * * * *"), (300, 300, "*/5 * * * *"), (90, 60, "*/1 * * * *"), (90 * 60, 1800, "*/30 * * * *"),
        (HOUR, HOUR, "10 * * * *"), (6 * HOUR, HOUR, "10 * * * *"), (DAY, DAY, "10 20 * * *"),
        (3 * DAY, DAY, "10 20 * * *"), (7 * DAY, DAY, "10 20 * * *"), (31 * HOUR, HOUR, "10 * * * *"),
    ],
)  # fmt: skip
def test_ticks(every: float, wanted: int, cron: str) -> None:
    assert (step(every), cron_of("harbour", every)) == (wanted, cron)


@given(st.integers(60, 60 * DAY), st.integers(0, 10**4), st.text(max_size=5))
def test_a_source_is_never_asked_more_often_than_it_allows(every: float, start: int, name: str) -> None:
    """And hardly less often: once in each span, over all ticks of cron."""
    offset = sum(
        number * unit for number, unit in zip(map(int, cron_of(name, every).split()[:2]), (60, HOUR), strict=True)
    ) if step(every) == DAY else 0  # fmt: skip
    ticks = [start * step(every) + offset + number * step(every) for number in range(200)]
    turns = [tick for tick in ticks if is_turn(datetime.fromtimestamp(tick, UTC), every)]
    gaps = {later - earlier for earlier, later in itertools.pairwise(turns)}
    assert all(every <= gap < every + 60 for gap in gaps)
    assert len(turns) >= 200 * step(every) // (every + 60)


def source(name: str, every: float = DAY) -> Source:
    return Source(name, feed=(f"http://{name}.test/feed",), every=every)


def test_every_source_has_its_own_schedule_and_none_is_on() -> None:
    made = schedules_of((source("harbour-news"), source("harbour_news"), source("market")))
    assert [each.name for each in made] == ["fetch_harbour_news", "fetch_harbour_news_335d96e1", "fetch_market"]
    assert {each.default_status for each in made} == {dg.DefaultScheduleStatus.STOPPED}
    assert {each.job_name for each in made} == {"fetch"}


@pytest.mark.parametrize(("hour", "asks"), [(hour, hour % 6 == 0) for hour in range(0, 24, 3)], ids=str)
def test_a_tick_asks_one_source_when_it_is_its_turn(hour: int, asks: bool) -> None:
    moment = datetime(2026, 11, 22, hour, 10, tzinfo=UTC)
    schedule = schedules_of((source("harbour", 6 * HOUR),))[0]
    told = schedule.evaluate_tick(dg.build_schedule_context(scheduled_execution_time=moment))
    if asks:
        (request,) = told.run_requests or ()
        wanted = {"names": ["harbour"], "limit": 0, "force": True}
        assert request.run_config["ops"]["fetch_pages"]["config"] == wanted
    else:
        assert not told.run_requests
        assert told.skip_message == "not its turn; it is asked every 6:00:00"


@pytest.mark.parametrize(
    "text", ["[[source]]\nname = 7\n", "\x00", None, "[[source]]\nname = 'a'\nfolder = 'missing'\n"],
    ids=["wrong", "no TOML", "missing", "no folder"],
)  # fmt: skip
def test_a_bad_file_of_sources_stops_nothing_else(
    text: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "sources.toml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    monkeypatch.setattr(automation, "Fetching", lambda: Fetching(sources=str(file)))
    made = automation.automation()
    assert not list(made.schedules or [])
    assert {each.name for each in made.sensors or []} == {"new_pages", "publishing"}
    assert "no schedules for sources" in caplog.text


def put(raw: Path, day: str, name: str = "a.html") -> None:
    path = raw / "harbour" / day / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("<p>a page", encoding="utf-8")


def looks(raw: Path, *times: float) -> Iterator[dg.SensorResult]:
    """Look at these times, seconds from now; the cursor goes from one to the next."""
    cursor = None
    for later in times:
        result = look_for_days(Memory.from_json(cursor), Cleaning(raw=str(raw)), NOW + later, lambda _: "")
        cursor = result.cursor
        yield result


def keys(result: dg.SensorResult) -> list[str | None]:
    return [each.partition_key for each in result.run_requests or ()]


def test_a_day_at_rest_is_cleaned_once(tmp_path: Path) -> None:
    put(tmp_path, TODAY)
    results = list(looks(tmp_path, 0, QUIET - 1, QUIET, QUIET + LOOK_EVERY))
    assert [keys(each) for each in results] == [[], [], [TODAY], []]
    assert str(results[0].skip_reason) != "nothing new"
    (request,) = results[2].run_requests or ()
    day, digest, since = str(request.run_key).split(":")
    assert (day, len(digest), since) == (TODAY, 16, f"{NOW:.0f}")


@pytest.mark.parametrize(("changed", "starts"), [(False, []), (True, [TODAY])], ids=["same files", "another file"])
def test_a_day_that_was_cleaned_by_hand_is_not_cleaned_again(tmp_path: Path, changed: bool, starts: list[str]) -> None:
    """As in the demo, or after a backfill: the books say which files a day was cleaned from."""
    raw, out = tmp_path / "raw", tmp_path / "out"
    put(raw, TODAY)
    cleaning = Cleaning(raw=str(raw), out=str(out), workers=0)
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        assert cleaned_from(instance, TODAY) == ""
        made = [raw_pages, clean_pages]
        assert dg.materialize(made, instance=instance, resources={"cleaning": cleaning}, partition_key=TODAY).success
        if changed:
            put(raw, TODAY, "b.html")
        cursor = None
        for later in (0, QUIET, QUIET + LOOK_EVERY):
            memory = Memory.from_json(cursor)
            result = look_for_days(memory, cleaning, NOW + later, lambda day: cleaned_from(instance, day))
            cursor = result.cursor
            assert keys(result) == (starts if later == QUIET else [])
        assert set(Memory.from_json(cursor).told) == {TODAY}
    assert result.skip_reason == dg.SkipReason("nothing new")


def test_many_days_come_a_few_at_a_time_and_all_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    days = dg.DailyPartitionsDefinition("2026-01-01", end_date="2026-01-20")
    monkeypatch.setattr(automation, "DAILY", days)
    for day in days.get_partition_keys():
        put(tmp_path, day)
    results = list(looks(tmp_path, 0, *[QUIET + each for each in range(10)]))
    assert max(len(keys(each)) for each in results) == AT_ONCE
    assert [key for each in results for key in keys(each)] == list(days.get_partition_keys())


@pytest.mark.parametrize("day", ["1999-12-31", "2999-01-01"], ids=["before the first", "to come"])
def test_days_without_a_partition_start_nothing(tmp_path: Path, day: str) -> None:
    put(tmp_path, day)
    assert [keys(each) for each in looks(tmp_path, 0, QUIET)] == [[], []]


def test_the_sensor_looks_where_cleaning_reads(tmp_path: Path) -> None:
    put(tmp_path, TODAY)
    resources = {"cleaning": Cleaning(raw=str(tmp_path))}
    with (
        dg.DagsterInstance.ephemeral() as instance,
        dg.build_sensor_context(instance=instance, resources=resources) as context,
    ):
        result = automation.new_pages(context)
    assert isinstance(result, dg.SensorResult)
    assert list(Memory.from_json(result.cursor).waiting) == [TODAY]


def publishing(red: str) -> dg.Definitions:
    """A graph as that of the days, where the day `red` fails its blocking check."""
    days, one_run = dg.DailyPartitionsDefinition("2026-11-01", end_offset=1), dg.BackfillPolicy.single_run()

    @dg.asset(partitions_def=days, backfill_policy=one_run)
    def unique_pages() -> None: ...

    spec = dg.AssetCheckSpec("sound", asset="unique_pages", partitions_def=days, blocking=True)

    @dg.multi_asset_check(specs=[spec])
    def sound(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckEvaluation | dg.Output[None]]:
        check = Check("unique_pages", "sound", True, lambda _: Finding(True, "error", ""), "")
        for day in context.partition_keys:
            finding = Finding(day != red, "error", "")
            yield result_of(check, day, finding, latest(context.instance, "unique_pages", day))
        yield dg.Output(None, output_name=spec.get_python_identifier())

    @dg.asset(deps=[unique_pages], partitions_def=days, automation_condition=PUBLISH, backfill_policy=one_run)
    def corpus() -> None: ...

    @dg.asset(deps=[corpus], automation_condition=REPORT)
    def corpus_report() -> None: ...

    return dg.Definitions([unique_pages, corpus, corpus_report], asset_checks=[sound])


class Publishing:
    """Days that are cleaned in some order, and what is asked to be published after each."""

    def __init__(self, red: str, instance: dg.DagsterInstance) -> None:
        self.defs, self.instance = publishing(red), instance
        self.evaluated, self.reported = self._evaluate(None), False

    def _evaluate(self, cursor: object) -> dg.EvaluateAutomationConditionsResult:
        now = datetime(2026, 11, 10, 12, tzinfo=UTC)
        return dg.evaluate_automation_conditions(self.defs, self.instance, cursor=cursor, evaluation_time=now)  # type: ignore[arg-type]

    def clean(self, *days: str) -> set[str]:
        """Clean these days; the days that are then published."""
        job = self.defs.resolve_implicit_global_asset_job_def()
        keys = [dg.AssetKey("unique_pages")]
        for day in days:
            job.execute_in_process(
                instance=self.instance, partition_key=day, asset_selection=keys, raise_on_error=False
            )
        return self.publish()

    def run(self, first: str, last: str) -> bool:
        """One run over these days that is to clean and to publish them; whether it did."""
        span = {f"dagster/asset_partition_range_{end}": day for end, day in (("start", first), ("end", last))}
        job = self.defs.resolve_implicit_global_asset_job_def()
        keys = [dg.AssetKey(name) for name in ("unique_pages", "corpus")]
        done = job.execute_in_process(instance=self.instance, tags=span, asset_selection=keys, raise_on_error=False)
        return done.success

    def publish(self) -> set[str]:
        """Publish what is asked for now; these days."""
        job = self.defs.resolve_implicit_global_asset_job_def()
        self.evaluated = self._evaluate(self.evaluated.cursor)
        wanted = self.evaluated.get_requested_partitions(dg.AssetKey("corpus"))
        for day in wanted:
            job.execute_in_process(instance=self.instance, partition_key=day, asset_selection=[dg.AssetKey("corpus")])
        self.evaluated = self._evaluate(self.evaluated.cursor)
        self.reported = bool(self.evaluated.total_requested)
        return {str(day) for day in wanted}


@pytest.mark.filterwarnings("ignore:Parameter `(include_sources|backfill_policy)`")  # of Dagster: "in beta"
@pytest.mark.filterwarnings("ignore:Specifying a partitions_def on an AssetCheckSpec")  # of Dagster: "in preview"
def test_days_are_published_when_they_are_clean_and_sound(tmp_path: Path) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        days = Publishing(red="2026-11-03", instance=instance)
        assert days.clean() == set(), "nothing is clean"
        assert days.clean("2026-11-05") == {"2026-11-05"}, "days before it are missing"
        assert days.clean("2026-11-02", "2026-11-03") == {"2026-11-02"}, "a red check holds back its day alone"
        assert days.clean() == set(), "once is enough"
        assert not days.reported
        assert days.clean("2026-11-02") == {"2026-11-02"}, "cleaned anew"
        assert days.reported, "though most days are missing"


@pytest.mark.filterwarnings("ignore:Parameter `(include_sources|backfill_policy)`")  # of Dagster: "in beta"
@pytest.mark.filterwarnings("ignore:Specifying a partitions_def on an AssetCheckSpec")  # of Dagster: "in preview"
def test_days_of_a_run_that_a_red_day_ended_are_published(tmp_path: Path) -> None:
    """Each of them, also the last; the run had been meant to publish them itself. What a run did publish stays so."""
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        days = Publishing(red="2026-11-03", instance=instance)
        assert not days.run("2026-11-01", "2026-11-05")
        assert days.publish() == {"2026-11-01", "2026-11-02", "2026-11-04", "2026-11-05"}
        assert days.publish() == set(), "once is enough"
        assert days.run("2026-11-06", "2026-11-08")
        assert days.publish() == set(), "nothing is left to do"


def test_old_runs_are_forgotten_and_what_is_the_latest_stays(tmp_path: Path) -> None:
    days = dg.StaticPartitionsDefinition(["a", "b"])

    @dg.asset(partitions_def=days)
    def pages() -> None: ...

    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        runs = [dg.materialize([pages], instance=instance, partition_key=key).run_id for key in "aaba"]
        last = instance.get_run_record_by_id(runs[-1])
        assert last
        moment = last.end_time or 0.0
        assert forget_before(instance, moment - DAY) == (0, 0)
        assert forget_before(instance, moment) == (2, 1)
        assert [instance.has_run(run) for run in runs] == [False, False, True, True]
        assert instance.get_materialized_partitions(dg.AssetKey("pages")) == {"a", "b"}
        assert forget_before(instance, moment + 1) == (0, 2)


def test_forgetting_has_a_setting_and_says_what_it_did(tmp_path: Path) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        config = {"ops": {"forget_old_runs": {"config": {"days": 30}}}}
        assert forget_runs.execute_in_process(config, instance=instance).success
        with pytest.raises(dg.DagsterInvalidConfigError):
            forget_runs.execute_in_process({"ops": {"forget_old_runs": {"config": {"days": "x"}}}}, instance=instance)


@pytest.mark.parametrize("name", ["new_pages", "publishing", "forget"])
def test_what_stays_on_this_machine_is_on(name: str) -> None:
    parts = [*(automation.automation().sensors or []), *(retention().schedules or [])]
    part = next(each for each in parts if each.name == name)
    assert isinstance(part, dg.SensorDefinition | dg.ScheduleDefinition)
    assert part.default_status.value == "RUNNING"


def test_a_day_counts_from_its_first_minute() -> None:
    """Pages that came today have a partition today: nobody waits until midnight."""
    assert TODAY in DAILY.get_partition_keys(current_time=datetime.fromtimestamp(NOW, UTC) + timedelta(seconds=1))
    assert os.environ.get("THRESHER_FIRST_DAY", TODAY) <= TODAY


def test_steps_that_open_the_results_of_days_take_turns() -> None:
    """Publishing a day may write its neighbours again: nobody else has a store of theirs open then."""
    made = defs()
    steps = [made.get_assets_def(name).op for name in ("clean_pages", "unique_pages", "corpus")]
    assert {step.pool for step in steps} == {POOL}


def test_the_books_are_kept_as_the_house_says(tmp_path: Path) -> None:
    text = (PROJECT / "dagster.yaml").read_text(encoding="utf-8")
    (tmp_path / "dagster.yaml").write_text(
        text.replace("base_dir: .dagster", f"base_dir: {tmp_path}"), encoding="utf-8"
    )
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        pools = instance.get_concurrency_config().pool_config
        assert (pools.default_pool_limit, pools.pool_granularity.value) == (1, "op")  # type: ignore[union-attr]
        assert not instance.telemetry_enabled
        assert not instance.nux_enabled
        assert instance.run_monitoring_enabled
