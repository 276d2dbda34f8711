"""The UI, from raw pages to what a person sees: `dg dev` is served, days are made through it, and Chromium looks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

pytest.importorskip("dagster_webserver", reason="the UI needs the extra: pip install -e '.[dagster]'")

from assets.demo import ASSETS, SAMPLES, SOURCES, lay_out, make_home
from tests.assets import days
from tests.assets.ui import PROJECT, Ui, served
from tests.label.browser import CHROMIUM, Tab, browser

DAYS = ["2026-03-01", "2026-03-02", "2026-03-03"]
GOOD, BAD = DAYS[1], "2026-03-09"


class Made(NamedTuple):
    """A run that is over: how it ended, metadata by asset, evaluations by check."""

    status: str
    assets: dict[str, dict[str, Any]]
    checks: dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The days of the demo, not cleaned yet, and a later one whose letters were lost on the way."""
    folder = tmp_path_factory.mktemp("ui")
    make_home(folder, PROJECT / "dagster.yaml")
    lay_out(folder / "raw", DAYS, sorted(SAMPLES.iterdir()))
    days.lay(folder / "raw", BAD, 4, **{SOURCES[0]: days.broken})
    return folder


@pytest.fixture(scope="module")
def ui(home: Path) -> Iterator[Ui]:
    with served(home) as opened:
        yield opened


@pytest.fixture(scope="module")
def runs(ui: Ui) -> dict[str, Made]:
    """Both days, started at once as two people would."""
    started = {day: ui.launch(day, *ASSETS) for day in (GOOD, BAD)}
    return {day: Made(ui.end_of(run), *ui.noted(run)) for day, run in started.items()}


def test_a_day_is_made_and_tells_what_happened(runs: dict[str, Made], home: Path) -> None:
    made = runs[GOOD]
    assert made.status == "SUCCESS"
    assert set(made.assets) == set(ASSETS)
    told = made.assets["corpus"]
    files = sum(1 for path in (home / "raw").glob(f"*/{GOOD}/*") if path.is_file())
    assert told["inputs"] >= files > told["kept"] > 0  # some files hold several pages
    assert all(f"| {name} |" in told["by_source"].replace("\\", "") for name in SOURCES)
    assert Path(told["report"]).is_file()
    assert "~~" in made.assets["clean_pages"]["sample"]


def test_all_checks_of_a_sound_day_are_green(runs: dict[str, Made]) -> None:
    from assets.defs.checks import CHECKS

    judged = runs[GOOD].checks
    assert {name: each["success"] for name, each in judged.items()} == {check.name: True for check in CHECKS}
    assert {each["partition"] for each in judged.values()} == {GOOD}


def test_a_broken_day_says_why_and_is_not_published(runs: dict[str, Made], home: Path) -> None:
    made = runs[BAD]
    assert made.status == "FAILURE"
    assert [name for name, each in made.checks.items() if not each["success"]] == ["broken_characters"]
    red = made.checks["broken_characters"]
    assert "of the characters are broken" in red["description"]
    assert red["metadata"]["what_to_do"] == "docs/checks.md, broken_characters"
    assert "corpus" not in made.assets
    assert not (home / "clean" / BAD / "report.html").exists()


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory, runs: dict[str, Made]) -> Iterator[Tab]:
    assert runs, "there must be something to see"
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        opened.screen(1400, 1000)
        yield opened


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")
@pytest.mark.parametrize(
    ("path", "shows"),
    [
        ("/asset-groups", [*ASSETS, "corpus_report", "fetched_pages"]),
        (
            f"/assets/clean_pages?view=partitions&partition={GOOD}",
            ["words_by_source", SOURCES[0], "left by cleaning", "sample"],
        ),
        ("/assets/clean_pages?view=checks", ["broken_characters", "balance", "kept_share"]),
        ("/automation", ["new_pages", "publishing", "forget"]),
    ],
    ids=["graph", "day", "checks", "automation"],
)
def test_a_person_sees(tab: Tab, ui: Ui, path: str, shows: list[str]) -> None:
    tab.open(ui.address + path)
    for text in shows:
        tab.wait(f"document.body?.innerText.includes({text!r})")
