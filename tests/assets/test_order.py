"""Days in any order, and any of them again, end in the same bytes. The assets are these functions; no Dagster here."""

import json
import shutil
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import UsageError
from pipeline.publish.statistics import read_statistics
from pipeline.recipe import Kit
from pipeline.run.cleaning import Order, Progress, check_order, run_clean
from pipeline.run.days import DayWritten, clean_day, days_in, draft_of, find_day, write_day
from pipeline.settings import Settings

ORDERED = Settings(site_memory="off")
FERRY = "The ferry was late again on Tuesday, and nobody on the pier was surprised. It had been late all summer long."
BELLS = "The old bell of Ormsby was cast in the year of the flood, and it has a crack that nobody dares to mend now."
HONEY = "Thyme gives a dark honey that sets by October. The hives stand on the slope above the quarry until then."
MARKET = "On market days the square smells of cheese and rain. Stalls open at six, and close when the last bus goes."
DAYS = {
    "2026-03-01": {"herald/a.txt": FERRY, "gazette/b.txt": BELLS},
    "2026-03-02": {"herald/a.txt": FERRY, "herald/c.txt": HONEY, "gazette/empty.txt": ""},
    "2026-03-03": {"gazette/copy.txt": f"{HONEY} {MARKET}", "herald/b.txt": BELLS, "herald/m.txt": MARKET},
    "2026-03-04": {
        "herald/late.txt": f"Again and again. {FERRY}",
        "dropped/h.txt": HONEY,
        "dropped/no.pdf": "%PDF-1.7",
    },
}
Tree = dict[str, object]


def lay(raw: Path, day: str, files: dict[str, str]) -> None:
    for name, text in files.items():
        source, file = name.split("/")
        path = raw / source / day / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("raw")
    for day, files in DAYS.items():
        lay(folder, day, files)
    return folder


@pytest.fixture(scope="module")
def wanted(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """What the command line leaves that cleans the days one after the other."""
    out = tmp_path_factory.mktemp("wanted")
    for day in DAYS:
        run_clean(order(raw, out, day))
    return tree(out)


def order(raw: Path, out: Path, day: str, chosen: Settings = ORDERED) -> Order:
    return Order((raw,), out / day, chosen, workers=0, state=out / "state", day=day)


def tree(out: Path) -> Tree:
    """All published files of all days, without the time that a page took."""
    files = [path for path in sorted(out.glob("2*/**/*")) if path.is_file() and ".thresher" not in path.parts]
    return {path.relative_to(out).as_posix(): content(path) for path in files}


def content(path: Path) -> object:
    if path.name != "manifest.jsonl":
        return path.read_bytes()
    return [json.loads(line) | {"seconds": 0} for line in path.read_text(encoding="utf-8").splitlines()]


def clean(order: Order, kit: Kit | None = None) -> None:
    clean_day(order, kit or check_order(order), Progress(), lambda _: None)


def publish(order: Order) -> DayWritten:
    kit = check_order(order)
    clean(order, kit)
    find_day(order, kit)
    return write_day(order, kit)


def test_days_in_raw(raw: Path, tmp_path: Path) -> None:
    for name in ("a/2026-02-30", "a/2026-3-1", "a/notes", ".hidden/2026-01-01", "a/2026-03-09/deep"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "a/2026-03-08").write_text("a file, no folder")
    assert days_in(raw) == list(DAYS)
    assert days_in(tmp_path) == ["2026-03-09"]
    assert days_in(tmp_path / "none") == []


def test_the_days_repeat_each_other(wanted: Tree) -> None:
    runs = {row["duplicate_run"] for name, rows in wanted.items() if isinstance(rows, list) for row in rows}
    assert runs == {"", "2026-03-01", "2026-03-02"}, "else the tests below would show nothing"


@pytest.mark.parametrize("days", list(permutations(DAYS))[1::5], ids=lambda days: "-".join(day[-1] for day in days))
def test_any_order(raw: Path, tmp_path: Path, wanted: Tree, days: tuple[str, ...]) -> None:
    for day in days:
        publish(order(raw, tmp_path, day))
    assert tree(tmp_path) == wanted


@settings(max_examples=8, deadline=None)
@given(
    first=st.permutations(list(DAYS)),
    found=st.permutations(list(DAYS)),
    written=st.permutations(list(DAYS)),
    again=st.lists(st.sampled_from(list(DAYS)), max_size=3),
)
def test_any_order_of_every_step(
    raw: Path,
    tmp_path_factory: pytest.TempPathFactory,
    wanted: Tree,
    first: list[str],
    found: list[str],
    written: list[str],
    again: list[str],
) -> None:
    """As runs over ranges do it: all days cleaned, then all found, then all written; then some days again."""
    out = tmp_path_factory.mktemp("out")
    for day in first:
        clean(order(raw, out, day))
    for day in found:
        find_day(order(raw, out, day), check_order(order(raw, out, day)))
    for day in written:
        write_day(order(raw, out, day), check_order(order(raw, out, day)))
    for day in again:
        publish(order(raw, out, day))
    assert tree(out) == wanted


def test_a_late_day_says_which_days_it_changed(raw: Path, tmp_path: Path) -> None:
    for day in list(DAYS)[1:]:
        publish(order(raw, tmp_path, day))
    assert publish(order(raw, tmp_path, "2026-03-01")).again == ("2026-03-02", "2026-03-03", "2026-03-04")
    assert publish(order(raw, tmp_path, "2026-03-01")).again == ()


def test_a_day_that_changes_and_changes_back(raw: Path, tmp_path: Path, wanted: Tree) -> None:
    copy = shutil.copytree(raw, tmp_path / "raw")
    out = tmp_path / "out"
    for day in DAYS:
        publish(order(copy, out, day))
    (copy / "herald/2026-03-01/a.txt").write_text(MARKET)
    publish(order(copy, out, "2026-03-01"))
    assert tree(out) != wanted
    (copy / "herald/2026-03-01/a.txt").write_text(FERRY)
    publish(order(copy, out, "2026-03-01"))
    assert tree(out) == wanted


def test_what_was_held_back_is_not_published_by_another_day(raw: Path, tmp_path: Path) -> None:
    """A red check stops a day after cleaning; then an earlier day comes that would have it written again."""
    copy = shutil.copytree(raw, tmp_path / "raw")
    out = tmp_path / "out"
    publish(order(copy, out, "2026-03-02"))
    before = tree(out)
    (copy / "herald/2026-03-02/bad.txt").write_text("Menu Home About us Contact " * 9)
    clean(order(copy, out, "2026-03-02"))
    assert publish(order(copy, out, "2026-03-01")).waiting == ("2026-03-02",)
    assert {name: content for name, content in tree(out).items() if name.startswith("2026-03-02")} == before


def test_days_of_other_settings_wait_for_a_run(raw: Path, tmp_path: Path) -> None:
    other = replace(ORDERED, preset="recall")
    publish(order(raw, tmp_path, "2026-03-02"))
    assert publish(order(raw, tmp_path, "2026-03-01", other)).waiting == ("2026-03-02",)
    publish(order(raw, tmp_path, "2026-03-02", other))
    done = publish(order(raw, tmp_path, "2026-03-01", other))
    assert (done.again, done.waiting) == ((), ())


def test_without_deduplication_days_know_nothing_of_each_other(raw: Path, tmp_path: Path) -> None:
    off = replace(ORDERED, dedup="off")
    done = [publish(order(raw, tmp_path, day, off)) for day in reversed(DAYS)]
    assert [each.again for each in done] == [()] * len(DAYS)
    assert not (tmp_path / "state").exists()


def test_a_day_without_anything_is_a_day(raw: Path, tmp_path: Path) -> None:
    assert publish(order(raw, tmp_path, "2026-05-05")).summary.inputs == 0
    assert (tmp_path / "2026-05-05/manifest.jsonl").read_bytes() == b""


def test_the_draft_lies_there_before_anything_is_published(raw: Path, tmp_path: Path) -> None:
    this = order(raw, tmp_path, "2026-03-02")
    clean(this)
    draft = read_statistics(draft_of(this.out))
    assert draft is not None
    assert (draft.total.outcomes["kept"], draft.total.outcomes["empty"]) == (2, 1)
    assert not (this.out / "manifest.jsonl").exists()


@pytest.mark.parametrize(("steps", "says"), [(0, "cleaning has not come to its end"), (1, "find them first")])
def test_steps_come_in_their_order(raw: Path, tmp_path: Path, steps: int, says: str) -> None:
    this = order(raw, tmp_path, "2026-03-02")
    kit = check_order(this)
    if steps:
        clean(this, kit)
    with pytest.raises(UsageError, match=says):
        write_day(this, kit)
