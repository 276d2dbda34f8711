"""Settings: wrong ones fail before the first page, with the field and the file in the message."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import SettingsError
from pipeline.settings import Settings, load_settings

WRONG = {
    "preset": ({"preset": "best"}, "balanced, precision, recall"),
    "unknown": ({"presets": "recall"}, "unknown setting 'presets'"),
    "number-as-text": ({"min_words": "3"}, "a whole number above 0"),
    "negative": ({"page_seconds": -1}, "a number above 0"),
    "zero": ({"max_elements": 0}, "a whole number above 0"),
    "no-number": ({"page_seconds": float("nan")}, "a number above 0"),
    "for-ever": ({"page_seconds": float("inf")}, "a number above 0"),
    "more-than-all": ({"dedup_similarity": 5}, "a number above 0, and at most 1"),
    "no-language": ({"language": "klingon"}, "two small letters"),
    "true-is-no-number": ({"min_words": True}, "min_words = true; write a whole number above 0"),
    "fraction-of-a-word": ({"min_words": 1.5}, "a whole number above 0"),
    "yes-is-no-truth": ({"links": "yes"}, "true or false"),
    "list-of-numbers": ({"rules_off": [1]}, "a list of strings"),
    "no-list": ({"rules_off": "share-line"}, 'such as rules_off = ["share-line"]'),
}


@pytest.mark.parametrize(("values", "words"), WRONG.values(), ids=WRONG)
def test_wrong_values_are_named(values: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsError, match=r"^here\.toml: ") as error:
        Settings().with_values(values, "here.toml")
    assert words in str(error.value)
    assert next(iter(values)) in str(error.value)


def test_every_field_changes_the_digest() -> None:
    other: dict[str, Any] = {
        "preset": "recall", "headline": "metadata", "captions": "drop", "bylines": "keep", "links": False,
        "witness": "none", "model": "none", "weights_folder": "w", "language": "de", "min_words": 2,
        "rules_off": ("a",), "rules_folder": "x", "max_page_bytes": 1, "max_elements": 1, "page_seconds": 1.0,
        "page_megabytes": 1, "dedup": "mark", "dedup_similarity": 0.6, "dedup_words": 5, "dedup_keep": "longest",
        "dedup_sources": ("a",), "sources_file": "s.toml", "site_memory": "off",
    }  # fmt: skip
    assert set(other) == set(Settings.__dataclass_fields__)
    digests = {Settings(**{name: value}).digest() for name, value in other.items()} | {Settings().digest()}
    assert len(digests) == len(other) + 1
    pages = {Settings(**{name: value}).page_digest() for name, value in other.items()}
    assert len(pages) == len([name for name in other if not name.startswith("dedup")]) + 1


FILES = {
    "thresher.toml": ("preset = 'recall'\nrules_off = ['share-line']", "recall"),
    "pyproject.toml": ("[tool.thresher]\npreset = 'precision'", "precision"),
}


@pytest.mark.parametrize("name", FILES)
def test_files(tmp_path: Path, name: str) -> None:
    text, preset = FILES[name]
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert load_settings(folder=tmp_path).preset == preset
    assert load_settings(tmp_path / name).preset == preset


@pytest.mark.parametrize("name", ["weights_folder", "rules_folder", "sources_file"])
@pytest.mark.parametrize(
    ("value", "wanted"),
    [("mine", "conf/mine"), ("../mine", "mine"), ("../../mine", "{above}/mine"), ("/mine", "/mine"), ("", "")],
    ids=["beside", "above", "outside", "absolute", "none"],
)
def test_paths_count_from_the_file(
    name: str, value: str, wanted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever way the file is named, so that the digest is the same."""
    file = tmp_path / "here" / "conf" / "thresher.toml"
    file.parent.mkdir(parents=True)
    file.write_text(f"{name} = '{value}'", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "here")
    for loaded in (load_settings(file), load_settings(Path("conf/thresher.toml")), load_settings(folder=file.parent)):
        assert getattr(loaded, name) == wanted.format(above=tmp_path)


NOT_OURS = {
    "no-table": ("[project]\nname = 'x'", r"has no \[tool\.thresher\]"),
    "another-tool": ("[tool.ruff]", r"has no \[tool\.thresher\]"),
    "tool-is-no-table": ("tool = 5", "tool = 5 is no table"),
    "thresher-is-no-table": ("[tool]\nthresher = 'x'", "thresher = 'x' is no table"),
}


@pytest.mark.parametrize(("text", "words"), NOT_OURS.values(), ids=NOT_OURS)
def test_a_named_pyproject_must_hold_settings(text: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=rf"pyproject\.toml: {words}"):
        load_settings(file)


def test_the_nearer_file_wins(tmp_path: Path) -> None:
    for name, (text, _) in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert load_settings(folder=tmp_path).preset == "recall"


def test_no_file_means_defaults(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'", encoding="utf-8")
    assert load_settings(folder=tmp_path) == Settings()


@pytest.mark.parametrize("data", [b"preset = ", b"\xff\xfe", b"preset = 'best'"], ids=["toml", "bytes", "value"])
def test_a_broken_file_is_named(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "thresher.toml"
    file.write_bytes(data)
    with pytest.raises(SettingsError, match=r"thresher\.toml"):
        load_settings(folder=tmp_path)
