"""Each check turns red for the day that deserves it, says why, and holds the corpus back where it must."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("dagster", reason="the assets need the extra: pip install -e '.[dagster]'")

import dagster as dg

from assets.definitions import defs
from assets.defs.checks import CHECKS, checks, held_back, result_of, unbroken
from assets.defs.corpus import corpus
from assets.defs.documents import unique_pages
from assets.defs.pages import clean_pages, raw_pages
from assets.defs.partitions import DAILY
from assets.defs.resources import Cleaning
from pipeline.acquire.web.storage.manifest import Row
from pipeline.dedup.state.reading import open_state
from pipeline.document import Document
from pipeline.errors import UsageError
from pipeline.publish.finding import Finding
from pipeline.run.cleaning import STORE
from pipeline.run.counted import counted_before, counted_on, draft_of
from pipeline.run.days import days_in
from pipeline.run.store import Store
from tests.assets import days

Run = Callable[..., dg.ExecuteInProcessResult]
Red = dict[str, str]
"""Names of checks that did not pass, with their severity."""
PAST = [f"2026-01-{number:02}" for number in range(1, 5)]
TODAY = "2026-01-05"
ASSETS = [raw_pages, clean_pages, unique_pages, corpus]
RANGE = "dagster/asset_partition_range_"


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def materialised(
    folder: Path, instance: dg.DagsterInstance, *days_: str, only: Any = None, assets: Any = ASSETS
) -> Any:
    """Run all assets and checks over a day, or a range of days."""
    first, last = days_[0], days_[-1]
    which: dict[str, Any] = {"tags": {f"{RANGE}start": first, f"{RANGE}end": last}}
    return dg.materialize(
        [*assets, *(checks().asset_checks or [])],
        instance=instance,
        resources={"cleaning": Cleaning(raw=str(folder / "raw"), out=str(folder / "out"), workers=0)},
        selection=only,
        raise_on_error=False,
        **({"partition_key": first} if first == last else which),
    )


def red_of(result: Any) -> Red:
    found = result.get_asset_check_evaluations()
    return {each.check_name: each.severity.value for each in found if not each.passed}


def said(result: Any, name: str) -> str:
    return next(str(each.description) for each in result.get_asset_check_evaluations() if each.check_name == name)


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four days as they should be, of two sources."""
    folder = tmp_path_factory.mktemp("past")
    for day in PAST:
        days.lay(folder / "raw", day, moss=days.article, fern=days.article)
    with dg.DagsterInstance.ephemeral() as instance:
        result = materialised(folder, instance, *PAST)
    assert (result.success, red_of(result)) == (True, {})
    return folder


@pytest.fixture
def folder(past: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(past, tmp_path / "copy"))


@pytest.mark.parametrize(
    ("make", "red", "says"),
    [
        (days.article, [], "as it should be in 2 of 2"),
        (
            days.menu_only,
            ["kept_share", "page_length", "empty_pages"],
            r"moss: 0.0% of the words kept, usually 9\d.\d%",
        ),
        (days.list_only, ["kept_share", "page_length"], r"moss: 100.0% of the words kept, usually 9\d.\d%"),
        (
            days.new_layout,
            ["kept_share", "page_length", "empty_pages"],
            r"moss: 0.0% of the words kept, usually 9\d.\d%",
        ),
        (days.credited, ["clutter_left"], r"moss: [2-9]\d.\d% of the lines that stayed are clutter, usually 0.0%"),
        (days.broken, ["broken_characters"], r"moss: [1-9].\d% of the characters are broken, usually 0.0%"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_day_that_went_wrong_is_not_published(
    folder: Path, instance: dg.DagsterInstance, make: days.Make, red: list[str], says: str
) -> None:
    days.lay(folder / "raw", TODAY, moss=make, fern=days.article)
    result = materialised(folder, instance, TODAY)
    assert [name for name, severity in red_of(result).items() if severity == "ERROR"] == red
    assert re.match(says, said(result, red[0] if red else "kept_share"))
    assert result.success == (not red)
    assert (folder / "out" / TODAY / "manifest.jsonl").exists() == (not red)
    assert (TODAY in {run.label for run in open_state(folder / "out/state").runs}) == (not red)


@pytest.mark.parametrize(
    ("sources", "red"),
    [
        ({"moss": days.wall, "fern": days.article}, {"lost_pages": "ERROR"}),
        ({"fern": days.article}, {"missing_sources": "WARN"}),
    ],
    ids=["wall", "silent"],
)
def test_what_is_only_lost_holds_nothing_up(
    folder: Path, instance: dg.DagsterInstance, sources: dict[str, days.Make], red: Red
) -> None:
    days.lay(folder / "raw", TODAY, **sources)
    result = materialised(folder, instance, TODAY)
    assert (result.success, red_of(result)) == (True, red)
    assert (folder / "out" / TODAY / "manifest.jsonl").exists()


def test_copies_only_warn(folder: Path, instance: dg.DagsterInstance) -> None:
    for source in ("moss", "fern"):
        shutil.copytree(folder / "raw" / source / PAST[0], folder / "raw" / source / TODAY)
    result = materialised(folder, instance, TODAY)
    assert (result.success, red_of(result)) == (True, {"copies": "WARN"})
    assert "100.0% of the texts repeat others, usually 0.0%" in said(result, "copies")


def test_fetching_that_failed(folder: Path, instance: dg.DagsterInstance) -> None:
    days.lay(folder / "raw", TODAY, moss=days.article, fern=days.article)
    rows = [
        Row(f"http://moss.example/{n}", "", "moss", "failed" if n < 15 else "fetched", fetched_at=f"{TODAY}T04:00:00Z")
        for n in range(20)
    ]
    old = [replace(row, outcome="fetched", fetched_at=f"{PAST[0]}T04:00:00Z") for row in rows]
    for day, told in ((TODAY, rows), (PAST[0], old)):
        lines = "".join(json.dumps(asdict(row)) + "\n" for row in told)
        (folder / "raw/moss" / day / "x.manifest.jsonl").write_text(lines)
    result = materialised(folder, instance, TODAY)
    assert (result.success, red_of(result)) == (True, {"fetch_failures": "ERROR"})
    assert said(result, "fetch_failures") == "moss: 15 of 20 addresses failed, 0 are blocked"


def test_a_file_that_comes_while_the_day_is_cleaned_unbalances_it(folder: Path, instance: dg.DagsterInstance) -> None:
    days.lay(folder / "raw", TODAY, moss=days.article, fern=days.article)
    made = dg.AssetSelection.assets("raw_pages", "clean_pages").without_checks()
    materialised(folder, instance, TODAY, only=made)
    (folder / "raw/moss" / TODAY / "late.html").write_text("<p>Late.</p>")
    rest = dg.AssetSelection.all() - made | dg.AssetSelection.checks_for_assets("clean_pages")
    result = materialised(folder, instance, TODAY, only=rest)
    assert (result.success, red_of(result)) == (False, {"balance": "ERROR"})
    assert said(result, "balance") == "25 inputs lie in raw, 24 have an outcome"
    assert not (folder / "out" / TODAY / "manifest.jsonl").exists()


def test_texts_that_hold_what_nobody_sees(folder: Path, instance: dg.DagsterInstance) -> None:
    days.lay(folder / "raw", TODAY, moss=days.article, fern=days.article)
    made = dg.AssetSelection.assets("raw_pages", "clean_pages").without_checks()
    materialised(folder, instance, TODAY, only=made)
    with Store(folder / "out" / TODAY / STORE) as store:
        first = next(iter(store.results()))
        assert isinstance(first.value, Document)
        blocks = tuple(replace(block, text=f"{block.text}\x07") for block in first.value.blocks)
        store.put(replace(first, value=replace(first.value, blocks=blocks)))
    rest = dg.AssetSelection.all() - made | dg.AssetSelection.checks_for_assets("clean_pages")
    result = materialised(folder, instance, TODAY, only=rest)
    assert (result.success, red_of(result)) == (False, {"sound_texts": "ERROR"})
    assert not (folder / "out" / TODAY / "manifest.jsonl").exists()


def test_files_that_somebody_changed(folder: Path, instance: dg.DagsterInstance) -> None:
    @dg.asset(name="corpus", partitions_def=DAILY)
    def meddled() -> None:
        manifest = folder / "out" / PAST[0] / "manifest.jsonl"
        manifest.write_bytes(b"".join(manifest.read_bytes().splitlines(keepends=True)[:-1]))

    only = dg.AssetSelection.assets("corpus")
    result = materialised(folder, instance, PAST[0], only=only, assets=[*ASSETS[:-1], meddled])
    assert (result.success, red_of(result)) == (False, {"sound_files": "ERROR"})
    assert said(result, "sound_files").startswith("2 faults in 23 inputs; the first: manifest.jsonl 23 rows are kept")


def wanted_after(instance: dg.DagsterInstance, cursor: Any = None) -> tuple[dict[str, list[str]], Any]:
    """The days that the sensor `publishing` asks for now, by asset; and what it remembers."""
    made = dg.Definitions(ASSETS, asset_checks=checks().asset_checks, resources={"cleaning": Cleaning()})
    names = ("unique_pages", "corpus")
    told = dg.evaluate_automation_conditions(made, instance, dg.AssetSelection.assets(*names), cursor=cursor)
    wanted = {name: told.get_requested_partitions(dg.AssetKey(name)) for name in names}
    return {name: sorted(str(day) for day in found) for name, found in wanted.items()}, told.cursor


def published(folder: Path) -> dict[str, object]:
    """All that stands published, without the seconds that a page took."""
    paths = [path for path in (folder / "out").glob("2*/**/*") if path.is_file() and ".thresher" not in path.parts]
    return {path.relative_to(folder).as_posix(): content(path) for path in paths}


def content(path: Path) -> object:
    if path.name != "manifest.jsonl":
        return path.read_bytes()
    return [json.loads(line) | {"seconds": 0} for line in path.read_text(encoding="utf-8").splitlines()]


NEXT = ["2026-01-06", "2026-01-07"]


def test_the_good_days_around_a_red_one_are_published_and_it_is_not(
    folder: Path, tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    """One run over many: it ends with the red day, and whoever publishes takes the others. As if each had run alone."""
    days.lay(folder / "raw", TODAY, moss=days.list_only, fern=days.article)
    for day in NEXT:
        days.lay(folder / "raw", day, moss=days.article, fern=days.article)
    alone = Path(shutil.copytree(folder, tmp_path / "alone"))
    nothing, cursor = wanted_after(instance)
    assert nothing == {"unique_pages": [], "corpus": []}

    result = materialised(folder, instance, PAST[0], NEXT[-1])
    assert not result.success
    found = [each for each in result.get_asset_check_evaluations() if each.check_name == "kept_share"]
    assert [each.partition for each in found if not each.passed] == [TODAY]
    assert instance.get_materialized_partitions(dg.AssetKey("unique_pages")) == set()

    good = [*PAST, *NEXT]
    wanted, cursor = wanted_after(instance, cursor)
    assert wanted == {"unique_pages": good, "corpus": good}
    only = dg.AssetSelection.assets("unique_pages", "corpus")
    for first, last in ((PAST[0], PAST[-1]), (NEXT[0], NEXT[-1])):
        assert materialised(folder, instance, first, last, only=only).success
    assert wanted_after(instance, cursor)[0] == nothing
    assert instance.get_materialized_partitions(dg.AssetKey("corpus")) == set(good)
    with dg.DagsterInstance.ephemeral() as other:
        assert [materialised(alone, other, day).success for day in good] == [True] * len(good)
    assert published(folder) == published(alone)
    assert not (folder / "out" / TODAY / "manifest.jsonl").exists()


def test_a_run_that_is_held_back_says_which_days_and_how_the_others_go_on(
    folder: Path, instance: dg.DagsterInstance
) -> None:
    days.lay(folder / "raw", TODAY, moss=days.list_only, fern=days.article)
    for day in NEXT:
        days.lay(folder / "raw", day, moss=days.article, fern=days.article)
    result = materialised(folder, instance, PAST[-1], NEXT[-1])
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    says = str(failure.event_specific_data.user_failure_data.description)
    assert says.startswith(f"held back: {TODAY} (kept_share, page_length). ")
    ends = (
        f"dg launch --assets unique_pages,corpus --partition-range {PAST[-1]}...{PAST[-1]}; "
        f"dg launch --assets unique_pages,corpus --partition-range {NEXT[0]}...{NEXT[1]}"
    )
    assert says.endswith(ends)


@pytest.mark.parametrize(
    ("chosen", "wanted"),
    [("", []), ("a", ["a...a"]), ("abc", ["a...c"]), ("acd", ["a...a", "c...d"]), ("ace", ["a...a", "c...c", "e...e"])],
)
def test_unbroken_ranges(chosen: str, wanted: list[str]) -> None:
    assert unbroken(list(chosen), list("abcde")) == wanted


@pytest.mark.parametrize(
    ("days_", "following", "says"),
    [
        (["a"], "corpus", "held back: a (kept_share). The checks of the day say why, docs/checks.md what to do."),
        (["a", "b"], "", "held back: a (kept_share). The checks of the day say why, docs/checks.md what to do."),
    ],
    ids=["one day", "nothing follows"],
)
def test_nothing_else_goes_on(days_: list[str], following: str, says: str) -> None:
    assert held_back({"a": ["kept_share"]}, days_, following) == says


def test_dagster_knows_which_day_was_judged(folder: Path, instance: dg.DagsterInstance) -> None:
    materialised(folder, instance, *PAST[:2])
    key = dg.AssetCheckKey(dg.AssetKey("clean_pages"), "balance")
    found = instance.event_log_storage.get_asset_check_partition_info([key])
    assert sorted((str(each.partition_key), each.is_current) for each in found) == [(day, True) for day in PAST[:2]]


def test_a_person_may_publish_a_red_day(folder: Path, instance: dg.DagsterInstance) -> None:
    days.lay(folder / "raw", TODAY, moss=days.list_only, fern=days.article)
    assert not materialised(folder, instance, TODAY).success
    assert materialised(folder, instance, TODAY, only=dg.AssetSelection.assets("unique_pages", "corpus")).success
    assert (folder / "out" / TODAY / "manifest.jsonl").exists()


def test_days_before_are_those_on_disk(folder: Path) -> None:
    out = folder / "out"
    assert days_in(folder / "raw") == PAST
    assert len(counted_before(out / TODAY)) == 4
    assert counted_before(out / PAST[1]) == [counted_on(out / PAST[0])]
    draft_of(out / PAST[0]).write_text("no statistics")
    assert len(counted_before(out / TODAY)) == 3
    assert counted_before(out / PAST[0]) == []
    with pytest.raises(UsageError, match="has no statistics; materialise clean_pages"):
        counted_on(out / TODAY)


HOSTILE = Finding(False, "error", "x" * 9999, {"sources_red": 1}, ("source", "n"), (("<b>|\n[a](b)", 1),) * 999)


def test_what_is_shown_is_small_and_plain() -> None:
    shown = result_of(CHECKS[0], TODAY, HOSTILE)
    table = str(shown.metadata["by_source"].value)
    assert len(str(shown.description)) <= 1000
    assert "<b>" not in table.replace("\\<", "")
    assert len(table) < 5000
    assert shown.metadata["sources_red"].value == 1.0


def test_the_page_says_all() -> None:
    text = (Path(__file__).parents[2] / "docs/checks.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+)` \| `(\w+)` \| (yes|no) \|", text, re.MULTILINE)
    assert listed == [(check.name, check.asset, "yes" if check.blocking else "no") for check in CHECKS]
    headings = {name for line in re.findall(r"^### (.+)$", text, re.MULTILINE) for name in line.split(", ")}
    assert headings == {check.name for check in CHECKS}


def test_all_checks_are_loaded() -> None:
    keys = defs().resolve_asset_graph().asset_check_keys
    assert {(key.asset_key.to_user_string(), key.name) for key in keys} == {(c.asset, c.name) for c in CHECKS}
