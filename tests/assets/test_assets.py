"""The assets: they load, they give the same bytes as `run_clean`, and say what a person wants to know."""

import gzip
import json
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("dagster", reason="the assets need the extra: pip install -e '.[dagster]'")

import dagster as dg

from assets.definitions import defs
from assets.defs.corpus import corpus
from assets.defs.pages import clean_pages, raw_pages
from assets.defs.resources import PROJECT, Cleaning
from pipeline.errors import SettingsError, UsageError
from pipeline.run.cleaning import Order, run_clean

Made = tuple[Path, dict[str, dict[str, Any]]]
"""OUT, and the metadata of each asset."""
ALL = [raw_pages, clean_pages, corpus]
FORMATS = ["txt", "md", "jsonl", "parquet"]
STORY = "The ferry was late again on Tuesday, and nobody on the pier was surprised. It had been late all summer."
INPUTS = {
    "story.html": f"<html><body><nav><a href='/'>Home</a></nav><article><h1>Late again</h1><p>{STORY}</p>"
    "<p>Share this on Twitter</p></article></body></html>",
    "deep/story.txt": f"Late again\n\n{STORY}\n\nSubscribe to our newsletter\n",
    "deep/copy.txt": f"Late again\n\n{STORY}\n",
    "rows.jsonl": "".join(json.dumps({"id": number, "text": f"{STORY} {number} times."}) + "\n" for number in range(3)),
    "picture.pdf": "%PDF-1.7 and no page",
    "nothing.html": "<html><body></body></html>",
    ".hidden": "not for us",
}


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("raw")
    for name, text in INPUTS.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def materialised(raw: Path, out: Path, **config: str) -> dict[str, dict[str, Any]]:
    cleaning = Cleaning(raw=str(raw), out=str(out), formats=FORMATS, workers=0, **config)
    result = dg.materialize(ALL, resources={"cleaning": cleaning})
    return {
        event.asset_key.to_user_string(): {name: each.value for name, each in event.materialization.metadata.items()}
        for event in result.get_asset_materialization_events()
    }


@pytest.fixture(scope="module")
def made(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    out = tmp_path_factory.mktemp("made")
    return out, materialised(raw, out)


@pytest.fixture(scope="module")
def ran(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("ran")
    run_clean(Order((raw,), out, formats=tuple(FORMATS), workers=0))
    return out


def published(out: Path) -> dict[str, object]:
    files = (path for path in out.rglob("*") if path.is_file() and ".thresher" not in path.parts)
    return {path.relative_to(out).as_posix(): _content(path) for path in files}


def _content(path: Path) -> object:
    if path.name == "manifest.jsonl":
        return [json.loads(line) | {"seconds": 0} for line in path.read_text(encoding="utf-8").splitlines()]
    return path.read_bytes()


def test_same_bytes_as_run_clean(made: Made, ran: Path) -> None:
    ours, theirs = published(made[0]), published(ran)
    assert {
        "removed.jsonl",
        "report.html",
        "documents.parquet",
        "text/deep/copy.txt.txt",
        "text/rows.jsonl/0.md",
    } <= theirs.keys()
    assert ours == theirs


def test_graph() -> None:
    graph = defs().resolve_asset_graph()
    parents = {key.to_user_string(): graph.get(key).parent_keys for key in graph.get_all_asset_keys()}
    assert {name: {key.to_user_string() for key in keys} for name, keys in parents.items()} == {
        "raw_pages": set(),
        "clean_pages": {"raw_pages"},
        "corpus": {"clean_pages"},
    }


@pytest.mark.parametrize("name", ["raw_pages", "clean_pages", "corpus"])
def test_every_asset_is_described(name: str) -> None:
    spec = {spec.key.to_user_string(): spec for spec in defs().resolve_all_asset_specs()}[name]
    assert spec.description
    assert spec.group_name == "thresher"
    assert spec.owners == ["team:thresher"]
    assert spec.kinds
    assert spec.code_version


def test_nothing_runs_by_itself() -> None:
    loaded = defs()
    assert not list(loaded.schedules or [])
    assert not list(loaded.sensors or [])


@pytest.mark.parametrize(
    ("asset", "name", "wanted"),
    [
        ("raw_pages", "files", 6),
        ("raw_pages", "bytes", sum(len(text) for name, text in INPUTS.items() if name != ".hidden")),
        ("raw_pages", "pages", 7),
        ("raw_pages", "failures", 1),
        ("raw_pages", "dagster/row_count", 8),
        ("clean_pages", "dagster/row_count", 8),
        ("clean_pages", "cleaned", 7),
        ("clean_pages", "reused", 0),
        ("clean_pages", "failed", 0),
        ("clean_pages", "preset", "balanced"),
        ("corpus", "inputs", 8),
        ("corpus", "dagster/row_count", 4),
        ("corpus", "duplicates", 2),
        ("corpus", "failed", 0),
    ],
)
def test_numbers(made: Made, asset: str, name: str, wanted: object) -> None:
    assert made[1][asset][name] == wanted


@pytest.mark.parametrize(
    ("asset", "name", "row"),
    [
        ("raw_pages", "by_format", "| jsonl | 1 |"),
        ("raw_pages", "by_format", "| unsupported | 1 |"),
        ("raw_pages", "by_failure", "| unsupported | 1 |"),
        ("raw_pages", "skipped", "| hidden | 1 |"),
        ("corpus", "outcomes", "| duplicate | 2 |"),
        ("corpus", "removed_by_category", "| share | 4 | 1 |"),
    ],
)
def test_tables(made: Made, asset: str, name: str, row: str) -> None:
    assert row in made[1][asset][name]


def test_report_is_where_the_metadata_says(made: Made) -> None:
    assert "</html>" in Path(made[1]["corpus"]["report"]).read_text(encoding="utf-8")


def test_second_run_reuses(raw: Path, tmp_path: Path) -> None:
    materialised(raw, tmp_path)
    again = materialised(raw, tmp_path)["clean_pages"]
    assert (again["reused"], again["cleaned"]) == (7, 0)


def test_preset_reaches_the_records(raw: Path, tmp_path: Path, made: Made) -> None:
    materialised(raw, tmp_path, preset="recall")
    assert _settings_digest(tmp_path) != _settings_digest(made[0])


def _settings_digest(out: Path) -> str:
    first = gzip.decompress((out / "documents.jsonl.gz").read_bytes()).splitlines()[0]
    return str(json.loads(first)["metadata"]["settings_digest"])


@pytest.mark.parametrize("name", ["raw", "out", "preset", "formats", "workers"])
def test_launchpad_explains_every_field(name: str) -> None:
    assert Cleaning.to_config_schema().as_field().config_type.fields[name].description


def test_folders_are_those_of_the_project(tmp_path: Path) -> None:
    with chdir(tmp_path):
        order = Cleaning().order()
    assert order.paths == (PROJECT / "raw/samples",)
    assert order.out == PROJECT / "clean"


@pytest.mark.parametrize(
    ("config", "error", "says"),
    [
        ({"preset": "best"}, SettingsError, "resource cleaning: preset = 'best'; write one of balanced"),
        ({"formats": ["docx"]}, UsageError, "unknown format 'docx'"),
        ({"raw": "no-such-folder"}, UsageError, "no such file or folder"),
    ],
    ids=["preset", "format", "folder"],
)
def test_wrong_configuration_teaches(
    raw: Path, tmp_path: Path, config: dict[str, Any], error: type[Exception], says: str
) -> None:
    cleaning = Cleaning(**{"raw": str(raw), "out": str(tmp_path), "workers": 0} | config)
    with pytest.raises(error, match=says):
        dg.materialize(ALL, resources={"cleaning": cleaning})
