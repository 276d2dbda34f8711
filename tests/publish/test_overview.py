"""The page about all days, from their statistics."""

from pathlib import Path

import pytest

from pipeline.errors import OutputError, UsageError
from pipeline.publish.overview import DAYS_SHOWN, is_day, published_days, write_overview
from pipeline.publish.statistics import Counts, Statistics
from tests.publish.made_up import block, counted, gone, result

ONE = counted([result("a", "Four words stay here", (block("Home"), gone()))])


def day(out: Path, name: str, statistics: Statistics = ONE) -> None:
    (out / name).mkdir(parents=True)
    (out / name / "statistics.json").write_bytes(statistics.as_bytes())


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("2026-03-01", True), ("2026-02-30", False), ("20260301", False), ("2026-W10-1", False), ("state", False)],
)
def test_is_day(name: str, wanted: bool) -> None:
    assert is_day(name) == wanted


def test_days_in_their_order(tmp_path: Path) -> None:
    for name in ("2026-03-02", "2026-03-01", "2026-02-30", "state"):
        day(tmp_path, name)
    (tmp_path / "2026-03-03").mkdir()
    assert [name for name, _ in published_days(tmp_path)] == ["2026-03-01", "2026-03-02"]


def test_the_page(tmp_path: Path) -> None:
    day(tmp_path, "2026-03-01")
    day(tmp_path, "2026-03-02", Statistics({"<b>odd</b>": ONE.total, "fields": ONE.total}))
    overview = write_overview(tmp_path)
    page = overview.file.read_text(encoding="utf-8")
    assert "<h1>3 texts of 2 days, 12 words</h1>" in page
    assert '<a href="2026-03-01/report.html">' in page
    assert "&lt;b&gt;odd&lt;/b&gt;" in page
    assert "<b>odd" not in page
    assert overview.by_source.sources["fields"].inputs == 2
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["overview.html"]


def test_words_in_duplicates_have_a_column(tmp_path: Path) -> None:
    text = "Nine words of a story that another day had"
    day(tmp_path, "2026-03-01", counted([result("a", text, outcome="duplicate", likeness="exact")]))
    page = write_overview(tmp_path).file.read_text(encoding="utf-8")
    assert page.count('<td class="n">0</td><td class="n">9</td><td class="n">0</td><td class="bar">') == 3


def test_the_same_days_give_the_same_page(tmp_path: Path) -> None:
    for name in ("2026-03-01", "2026-03-02"):
        day(tmp_path, name)
    first = write_overview(tmp_path).file.read_bytes()
    assert write_overview(tmp_path).file.read_bytes() == first


def test_no_day_yet(tmp_path: Path) -> None:
    overview = write_overview(tmp_path / "new")
    assert overview.total == Counts()
    assert "0 texts of 0 days" in overview.file.read_text(encoding="utf-8")


def test_many_days_are_counted_and_not_all_shown(tmp_path: Path) -> None:
    for number in range(DAYS_SHOWN + 2):
        day(tmp_path, f"{2000 + number // 28:04}-01-{number % 28 + 1:02}")
    overview = write_overview(tmp_path)
    page = overview.file.read_text(encoding="utf-8")
    assert overview.total.inputs == DAYS_SHOWN + 2
    assert "2 earlier days not shown" in page
    assert page.count("report.html") == DAYS_SHOWN


def test_a_damaged_day_teaches(tmp_path: Path) -> None:
    day(tmp_path, "2026-03-01")
    (tmp_path / "2026-03-01/statistics.json").write_text("{")
    with pytest.raises(UsageError, match=r"2026-03-01/statistics\.json: no statistics of ours"):
        write_overview(tmp_path)


def test_a_file_in_the_way_teaches(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="file"):
        write_overview(tmp_path / "file")
