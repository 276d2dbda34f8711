"""The assets: they load, they give the same bytes as `thresher clean`, and say what a person wants to know."""

import json
import shutil
from contextlib import chdir
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("dagster", reason="the assets need the extra: pip install -e '.[dagster]'")

import dagster as dg
from click.testing import CliRunner

from assets.definitions import defs
from assets.defs.corpus import corpus, corpus_report
from assets.defs.documents import unique_pages
from assets.defs.pages import clean_pages, raw_pages
from assets.defs.partitions import first_day
from assets.defs.resources import OUT, PROJECT, RAW, Cleaning, settings_of
from pipeline.cli import main
from pipeline.errors import SettingsError, UsageError

ALL = [raw_pages, clean_pages, unique_pages, corpus]
NAMES = ["raw_pages", "clean_pages", "unique_pages", "corpus", "corpus_report"]
FORMATS = ["txt", "md", "jsonl", "parquet"]
DAY = datetime.now(UTC).date().isoformat()  # a partition that exists whatever lies in raw
STORY = "The ferry was late again on Tuesday, and nobody on the pier was surprised. It had been late all summer."
OTHERS = [
    "The old bell of Ormsby was cast in the year of the flood, and it has a crack that nobody dares to mend now.",
    "Thyme gives a dark honey that sets by October. The hives stand on the slope above the quarry until then.",
    "On market days the square smells of cheese and rain. Stalls open at six, and close when the last bus goes.",
]
INPUTS = {
    "herald/story.html": f"<html><body><nav><a href='/'>Home</a></nav><article><h1>Late again</h1><p>{STORY}</p>"
    "<p>Share this on Twitter</p></article></body></html>",
    "herald/deep/story.txt": f"Late again\n\n{STORY}\n\nSubscribe to our newsletter\n",
    "gazette/copy.txt": f"Late again\n\n{STORY}\n",
    "gazette/rows.jsonl": "".join(
        json.dumps({"id": number, "text": text}) + "\n" for number, text in enumerate(OTHERS)
    ),
    "gazette/picture.pdf": "%PDF-1.7 and no page",
    "herald/nothing.html": "<html><body></body></html>",
    "herald/.hidden": "not for us",
}
Metadata = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("raw")
    for name, text in INPUTS.items():
        source, _, rest = name.partition("/")
        path = folder / source / DAY / rest
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text, encoding="utf-8")
    (folder / "loose.txt").write_text("It lies outside of any day.")
    return folder


def materialised(raw: Path, out: Path, **config: str) -> Metadata:
    """Materialise the day; the metadata of each asset."""
    cleaning = Cleaning(raw=str(raw), out=str(out), formats=FORMATS, workers=0, **config)
    days = dg.materialize(ALL, resources={"cleaning": cleaning}, partition_key=DAY)
    whole = dg.materialize([corpus_report], resources={"cleaning": cleaning})
    events = days.get_asset_materialization_events() + whole.get_asset_materialization_events()
    return {
        event.asset_key.to_user_string(): {name: each.value for name, each in event.materialization.metadata.items()}
        for event in events
    }


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("out")


@pytest.fixture(scope="module")
def made(raw: Path, out: Path) -> Metadata:
    return materialised(raw, out)


def published(out: Path) -> dict[str, object]:
    files = (path for path in out.rglob("*") if path.is_file() and ".thresher" not in path.parts)
    return {path.relative_to(out).as_posix(): _content(path) for path in files}


def _content(path: Path) -> object:
    if path.name == "manifest.jsonl":
        return [json.loads(line) | {"seconds": 0} for line in path.read_text(encoding="utf-8").splitlines()]
    return path.read_bytes()


@pytest.mark.usefixtures("made")
def test_same_bytes_as_the_command_line(raw: Path, out: Path, tmp_path: Path) -> None:
    options = ["--day", DAY, "-o", tmp_path / DAY, "--state", tmp_path / "state", "--set", "site_memory=off"]
    with chdir(PROJECT):
        done = CliRunner().invoke(
            main, ["clean", *map(str, [raw, *options]), "--format", ",".join(FORMATS), "--workers", "1"]
        )
    assert done.exit_code == 0, done.output
    assert f"text/gazette/{DAY}/copy.txt.txt" in published(out / DAY)
    assert published(out / DAY) == published(tmp_path / DAY)
    assert published(out / "state").keys() == published(tmp_path / "state").keys()


def test_definitions_are_made_once() -> None:
    """Dagster asks for them six times in one `dg launch`."""
    assert defs() is defs()


def test_graph() -> None:
    graph = defs().resolve_asset_graph()
    parents = {
        name: {key.to_user_string() for key in graph.get(dg.AssetKey(name)).parent_keys} - {"fetched_pages"}
        for name in NAMES
    }
    assert parents == {
        "raw_pages": set(),
        "clean_pages": {"raw_pages"},
        "unique_pages": {"clean_pages"},
        "corpus": {"unique_pages"},
        "corpus_report": {"corpus"},
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_asset_is_described(name: str) -> None:
    spec = {spec.key.to_user_string(): spec for spec in defs().resolve_all_asset_specs()}[name]
    assert spec.description
    assert spec.group_name == "thresher"
    assert spec.owners == ["team:thresher"]
    assert spec.kinds
    assert spec.code_version
    assert spec.tags["layer"]
    assert (spec.partitions_def is None) == (name == "corpus_report")


@pytest.mark.parametrize(
    ("asset", "name", "wanted"),
    [
        ("raw_pages", "sources", 2),
        ("raw_pages", "files", 6),
        ("raw_pages", "bytes", sum(len(text) for name, text in INPUTS.items() if ".hidden" not in name)),
        ("raw_pages", "pages", 7),
        ("raw_pages", "failures", 1),
        ("raw_pages", "dagster/row_count", 8),
        ("clean_pages", "dagster/row_count", 8),
        ("clean_pages", "inputs", 8),
        ("clean_pages", "cleaned_now", 7),
        ("clean_pages", "reused", 0),
        ("clean_pages", "unsupported", 1),
        ("clean_pages", "empty", 1),
        ("clean_pages", "duplicate", 0),
        ("clean_pages", "preset", "balanced"),
        ("unique_pages", "dagster/row_count", 4),
        ("unique_pages", "duplicate", 2),
        ("unique_pages", "duplicate_share", 0.3333),
        ("corpus", "inputs", 8),
        ("corpus", "dagster/row_count", 4),
        ("corpus", "duplicate", 2),
        ("corpus", "failed", 0),
        ("corpus", "written_again", "no other day"),
        ("corpus_report", "days", 1),
        ("corpus_report", "dagster/row_count", 4),
    ],
)
def test_numbers(made: Metadata, asset: str, name: str, wanted: object) -> None:
    assert made[asset][name] == wanted


@pytest.mark.parametrize(
    ("asset", "name", "row"),
    [
        ("raw_pages", "by_source", "| gazette | jsonl | 1 |"),
        ("raw_pages", "by_source", "| gazette | unsupported | 1 |"),
        ("raw_pages", "by_failure", "| unsupported | 1 |"),
        ("raw_pages", "skipped", "| hidden | 1 |"),
        ("clean_pages", "by_source", "| herald | 3 | 2 | 0 | 1 |"),
        ("clean_pages", "removed_by_category", "| share | 4 | 1 |"),
        ("clean_pages", "sample", "| ~~"),
        ("clean_pages", "most_removed", f"| herald/{DAY}/story.html | 5 |"),
        ("unique_pages", "by_source", "| herald | "),
        ("unique_pages", "repeats_of_day", f"| {DAY} | 2 |"),
        ("corpus", "by_source", "| gazette | 5 | "),
        ("corpus", "words_by_source", "| gazette | "),
        ("corpus", "languages", "| en | 4 |"),
        ("corpus_report", "by_day", f"| {DAY} | 8 | 4 | "),
    ],
)
def test_tables(made: Metadata, asset: str, name: str, row: str) -> None:
    assert row in made[asset][name]


@pytest.mark.parametrize("asset", ["clean_pages", "unique_pages", "corpus", "corpus_report"])
def test_shares_are_those_of_the_words_beside_them(made: Metadata, asset: str) -> None:
    told = made[asset]
    left = told["kept_words"] + told["duplicate_words"]
    assert told["kept_share"] == round(left / (left + told["removed_words"]), 4)
    assert bool(told["duplicate_words"]) == (asset != "clean_pages"), "it is not looked for before"
    assert "removed_share" not in told, "it has other words in its whole"


@pytest.mark.parametrize("asset", NAMES)
def test_tables_are_whole(made: Metadata, asset: str) -> None:
    """Markdown shows rows of another width as plain text."""
    tables = [value.splitlines() for value in made[asset].values() if str(value).startswith("| ")]
    assert tables
    for lines in tables:
        assert len({line.replace("\\|", "").count("|") for line in lines if line.startswith("|")}) == 1, lines[0]


@pytest.mark.parametrize("asset", NAMES)
def test_metadata_is_small(made: Metadata, asset: str) -> None:
    """It lies in the event log for ever."""
    assert len(str(made[asset])) < 8_000


@pytest.mark.parametrize("asset", ["corpus", "corpus_report"])
def test_report_is_where_the_metadata_says(made: Metadata, asset: str) -> None:
    assert "</html>" in Path(made[asset]["report"]).read_text(encoding="utf-8")


def test_second_run_reuses(raw: Path, tmp_path: Path) -> None:
    materialised(raw, tmp_path)
    again = materialised(raw, tmp_path)["clean_pages"]
    assert (again["reused"], again["cleaned_now"]) == (7, 0)


def test_a_range_of_days_is_one_run(raw: Path, tmp_path: Path) -> None:
    """With metadata for each day; here the one day that is certain to be a partition."""
    with dg.DagsterInstance.ephemeral() as instance:
        done = dg.materialize(
            ALL,
            instance=instance,
            resources={"cleaning": Cleaning(raw=str(raw), out=str(tmp_path), workers=0)},
            tags={"dagster/asset_partition_range_start": DAY, "dagster/asset_partition_range_end": DAY},
        )
        assert done.success
        assert instance.get_materialized_partitions(dg.AssetKey("corpus")) == {DAY}


def test_preset_reaches_the_records(raw: Path, tmp_path: Path, made: Metadata) -> None:
    assert materialised(raw, tmp_path, preset="recall")["clean_pages"]["kit"] != made["clean_pages"]["kit"]


@pytest.mark.parametrize("name", ["raw", "out", "preset", "formats", "workers"])
def test_launchpad_explains_every_field(name: str) -> None:
    assert Cleaning.to_config_schema().as_field().config_type.fields[name].description


def test_folders_are_those_of_the_project(tmp_path: Path) -> None:
    with chdir(tmp_path):
        order = Cleaning().order(DAY)
    assert order.paths == (RAW,)
    assert (order.out, order.state) == (OUT / DAY, OUT / "state")
    assert PROJECT in RAW.parents


def test_the_site_memory_is_off_so_that_order_does_not_matter() -> None:
    assert settings_of("recall").site_memory == "off"


@pytest.mark.parametrize(
    ("given", "found", "wanted"),
    [
        ("2025-01-02", ["2026-01-01"], "2025-01-02"),
        ("", ["2026-02-01", "2026-01-01"], "2026-01-01"),
        ("", [], "2026-11-22"),
    ],
    ids=["given", "found", "today"],
)
def test_first_day(given: str, found: list[str], wanted: str) -> None:
    assert first_day(given, found, date(2026, 11, 22)) == wanted


def test_a_first_day_that_is_none() -> None:
    with pytest.raises(ValueError, match="yesterday"):
        first_day("yesterday", [], date(2026, 11, 22))


@pytest.mark.parametrize(
    ("config", "error", "says"),
    [
        ({"preset": "best"}, SettingsError, "resource cleaning: preset = 'best'; write one of balanced"),
        ({"formats": ["docx"]}, UsageError, "unknown format 'docx'"),
    ],
    ids=["preset", "format"],
)
def test_wrong_configuration_teaches(
    raw: Path, tmp_path: Path, config: dict[str, Any], error: type[Exception], says: str
) -> None:
    cleaning = Cleaning(**{"raw": str(raw), "out": str(tmp_path), "workers": 0} | config)
    with pytest.raises(error, match=says):
        dg.materialize(ALL, resources={"cleaning": cleaning}, partition_key=DAY)


def test_a_day_on_which_nothing_came(tmp_path: Path) -> None:
    made = materialised(tmp_path / "raw", tmp_path / "out")
    assert {made[name]["dagster/row_count"] for name in NAMES} == {0}


def test_a_page_of_a_stranger_cannot_break_the_log(raw: Path, tmp_path: Path) -> None:
    """Lone surrogates from JSON, marks of Markdown and line breaks in names end up as plain cells."""
    copy = shutil.copytree(raw, tmp_path / "raw")
    row = {"id": "\ud800|[x](y)\n", "text": f"\udc00 {STORY} | `x` <b>\n\nShare this on Twitter\n\nSubscribe now"}
    (copy / "herald" / DAY / "odd.jsonl").write_text(json.dumps(row))
    made = materialised(copy, tmp_path / "out")
    assert str(made).encode()
    assert made["corpus"]["inputs"] == 9
