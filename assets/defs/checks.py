"""The checks of the days: a table of what is asked of which asset, and how an answer is shown.

What is measured, and where the limits lie, is in `pipeline.publish.health` (numbers) and `soundness` (texts, files);
docs/checks.md says what each check means and what to do when it is red. All checks of an asset are one step, which
reads what it needs once. A day is evaluated alone, also in a run over many. The numbers come from the statistics that
the days themselves left, not from the history of runs, which people delete.

Dagster can stop a run, and not a day of it: a step that is over has made all days of the run. So one red day ends a run
over many before anything of it is published, and says which day it was; then `publishing` takes the others on
(automation.py), for it asks for each day alone whether its checks are green.
"""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import dagster as dg

# Without the target, Dagster takes an evaluation for one of an older materialisation; it has no public name yet.
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData as Target,
)

from assets.defs.partitions import DAILY
from assets.defs.resources import POOL, Cleaning
from assets.tables import table
from pipeline.acquire.web.storage.manifest import Row, read_manifests
from pipeline.document import Failure
from pipeline.publish import health
from pipeline.publish.finding import Finding
from pipeline.publish.health import Day, Drift, Share
from pipeline.publish.place import STATISTICS
from pipeline.publish.soundness import sound_files, sound_texts
from pipeline.publish.statistics import read_statistics
from pipeline.run.cleaning import STORE, Order
from pipeline.run.counted import counted_before, counted_on
from pipeline.run.store import Store

_LONGEST = 1000  # characters of a description: it lies in the event log
_HELP = "docs/checks.md"
FOLLOWING = {"clean_pages": "unique_pages,corpus"}
"""What is made of an asset once its blocking checks are green, as `dg launch --assets` takes it."""


class Case:
    """One day before its judges: what it left, and what the days before left, each read once and only if asked for."""

    def __init__(self, order: Order) -> None:
        self.order = order

    @cached_property
    def today(self) -> Day:
        """The statistics of the day."""
        return counted_on(self.order.out)

    @cached_property
    def before(self) -> list[Day]:
        """The statistics of the days before, the oldest first."""
        return counted_before(self.order.out)

    @cached_property
    def inputs(self) -> int:
        """How many inputs lie in raw, counted anew."""
        return sum(1 for _ in self.order.inputs())

    def fetched(self) -> Iterator[Row | Failure]:
        """What fetching says of the day."""
        return read_manifests(self.order.paths[0], self.order.day)

    def sound_texts(self) -> Finding:
        """Whether the texts in the store are sound."""
        with Store(self.order.out / STORE) as store:
            return sound_texts(store.rendered(self.order.formats, self.order.settings))

    def sound_files(self) -> Finding:
        """Whether the files in OUT are sound."""
        found = read_statistics(self.order.out / STATISTICS)
        return sound_files(self.order.out, found.total.outcomes if found else {})


def _drift(watched: Drift) -> Callable[[Case], Finding]:
    return lambda case: health.drift(watched, case.today, case.before)


def _share(watched: Share) -> Callable[[Case], Finding]:
    return lambda case: health.share(watched, case.today, case.before)


class Check(NamedTuple):
    """One row of the table: of which asset, under which name, whether red stops the run, how it is found out."""

    asset: str
    name: str
    blocking: bool
    find: Callable[[Case], Finding]
    says: str


CHECKS = (
    Check(
        "raw_pages", "fetch_failures", False, lambda case: health.fetching(case.fetched()),
        "Addresses that were asked gave pages: few failed, few are blocked.",
    ),
    Check(
        "clean_pages", "balance", True, lambda case: health.balance(case.today, case.inputs),
        "Every input has one outcome; none is lost, none counted twice.",
    ),
    Check(
        "clean_pages", "sound_texts", True, Case.sound_texts,
        "Texts are NFC, without control characters or lone surrogates.",
    ),
    Check(
        "clean_pages", "kept_share", True, _drift(health.KEPT),
        "As large a share of the words stayed as is usual for each source, no less and no more.",
    ),
    Check(
        "clean_pages", "page_length", True, _drift(health.LENGTH),
        "As many words are left of a page as is usual for each source, no less and no more.",
    ),
    Check(
        "clean_pages", "clutter_left", True, _share(health.CLUTTER),
        "The rule book, asked again, names few of the lines that stayed.",
    ),
    Check(
        "clean_pages", "empty_pages", True, _share(health.EMPTY),
        "No more pages are without text than is usual for each source.",
    ),
    Check(
        "clean_pages", "broken_characters", True, _share(health.BROKEN),
        "Bytes were read in their encoding: few characters are U+FFFD.",
    ),
    Check(
        "clean_pages", "lost_pages", False, _share(health.LOST),
        "No more inputs are blocked or failed than is usual for each source.",
    ),
    Check(
        "clean_pages", "missing_sources", False, lambda case: health.missing(case.today, case.before),
        "Sources that come on most days came on this one.",
    ),
    Check(
        "unique_pages", "copies", False, _share(health.COPIES),
        "No more texts repeat others than is usual for each source.",
    ),
    Check(
        "corpus", "sound_files", True, Case.sound_files,
        "The files of the day have all fields and types, and as many rows as were counted.",
    ),
)  # fmt: skip
"""All checks. A blocking one that is red stops the run before the next asset, so that nothing wrong is published."""


def result_of(check: Check, day: str, finding: Finding, target: Target | None = None) -> dg.AssetCheckEvaluation:
    """A finding as Dagster shows it: numbers to plot, a table to read, and where it says what to do."""
    shown: dict[str, dg.MetadataValue] = {}
    shown |= {name: dg.MetadataValue.float(float(value)) for name, value in finding.numbers.items()}
    shown |= {"by_source": table(finding.columns, finding.rows)} if finding.rows else {}
    shown |= {"what_to_do": dg.MetadataValue.text(f"{_HELP}, {check.name}")}
    return dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey(check.asset),
        check_name=check.name,
        passed=finding.passed,
        severity=dg.AssetCheckSeverity[finding.severity.upper()],
        description=finding.words[:_LONGEST],
        metadata=shown,
        blocking=check.blocking,
        partition=day,
        target_materialization_data=target,
    )


def _checks_of(asset: str) -> dg.AssetChecksDefinition:
    """All checks of an asset, as one step."""
    checks = [check for check in CHECKS if check.asset == asset]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.PreviewWarning)  # a result for each day is worth a feature in preview
        specs = [
            dg.AssetCheckSpec(
                check.name, asset=asset, description=check.says, blocking=check.blocking, partitions_def=DAILY
            )
            for check in checks
        ]

    @dg.multi_asset_check(name=f"{asset}_checks", specs=specs, can_subset=True, pool=POOL)
    def evaluate(
        context: dg.AssetCheckExecutionContext, cleaning: Cleaning
    ) -> Iterator[dg.AssetCheckEvaluation | dg.Output[None]]:
        chosen = {key.name for key in context.selected_asset_check_keys}
        red: dict[str, list[str]] = {}
        for day in context.partition_keys:
            case = Case(cleaning.order(day))
            for check in checks:
                if check.name in chosen:
                    finding = check.find(case)
                    yield result_of(check, day, finding, latest(context.instance, asset, day))
                    if check.blocking and not finding.passed and finding.severity == "error":
                        red.setdefault(day, []).append(check.name)
        for spec in specs:
            if spec.name in chosen:
                yield dg.Output(None, output_name=spec.get_python_identifier())
        if red:  # Dagster would end the step by itself, and not say which days it was
            raise dg.Failure(held_back(red, context.partition_keys, FOLLOWING.get(asset, "")), allow_retries=False)

    return evaluate


def held_back(red: Mapping[str, Sequence[str]], days: Sequence[str], following: str) -> str:
    """Why a run over `days` ends here: the `red` ones with their checks; and how the others come to what follows."""
    told = "; ".join(f"{day} ({', '.join(names)})" for day, names in red.items())
    says = f"held back: {told}. The checks of the day say why, {_HELP} what to do."
    sound = unbroken([day for day in days if day not in red], days) if following else []
    if not sound:
        return says
    by_hand = "; ".join(f"dg launch --assets {following} --partition-range {span}" for span in sound)
    others = "The other days of this run are sound. The sensor `publishing` goes on with them; where no daemon runs:"
    return f"{says} {others} {by_hand}"


def unbroken(chosen: Sequence[str], days: Sequence[str]) -> list[str]:
    """The chosen ones of `days`, both in order, as ranges that nothing else lies in: `first...last`."""
    spans: list[tuple[str, str]] = []
    before = dict(zip(days[1:], days, strict=False))
    for day in chosen:
        follows = bool(spans) and before.get(day) == spans[-1][1]
        spans[-1:] = [(spans[-1][0], day)] if follows else [*spans[-1:], (day, day)]
    return ["...".join(span) for span in spans]


def latest(instance: dg.DagsterInstance, asset: str, day: str) -> Target | None:
    """The last materialisation of a day, which is the one that is judged; None if there is none."""
    filter_ = dg.AssetRecordsFilter(asset_key=dg.AssetKey(asset), asset_partitions=[day])
    for found in instance.fetch_materializations(filter_, limit=1).records:
        return Target(run_id=found.event_log_entry.run_id, storage_id=found.storage_id, timestamp=found.timestamp)
    return None


@dg.definitions
def checks() -> dg.Definitions:
    """The checks of all assets."""
    return dg.Definitions(asset_checks=[_checks_of(asset) for asset in dict.fromkeys(check.asset for check in CHECKS)])
