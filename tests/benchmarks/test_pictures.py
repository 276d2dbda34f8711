"""The plot, the README's table and the folder race, on made-up figures and pages."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.figures import folder_sentence, readme_table, sentences
from benchmarks.folder import Spent, changed, copies, folder_table
from benchmarks.folder import main as folder
from benchmarks.packs import PACKS
from benchmarks.plot import HEIGHT, WIDTH
from benchmarks.plot import main as plot

_SPEEDS = {
    "thresher": (0.88, 7.0),
    "trafilatura": (0.818, 62.0),
    "trafilatura-fast": (0.82, 60.0),
    "all-text": (0.68, 2.6),
}
FIGURES = {
    "date": "2026-11-22",
    "versions": {"thresher": "0.1.0", "trafilatura": "2.3.1", "trafilatura-fast": "2.3.1", "all-text": "2.0.1"},
    "packs": {
        "wcxb": {
            "judged": "thresher by cross-validation over domains",
            "systems": {
                name: {"all": {"pages": 1358, "f1": f1, "leak": 0.04, "ms_mean": ms, "ms_median": ms, "ratio": ms / 62}}
                for name, (f1, ms) in _SPEEDS.items()
            },
        }
    },
}
PAGE = b"<html><body><p>One story of the sea.</p><P>And its end.</P ></body></html>"


def test_the_plot_names_every_system_inside_the_picture(tmp_path: Path) -> None:
    figures, picture = tmp_path / "figures.json", tmp_path / "speed.svg"
    figures.write_text(json.dumps(FIGURES), encoding="utf-8")
    assert plot([str(figures), str(picture)]) == 0
    tree = ET.fromstring(picture.read_text(encoding="utf-8"))
    texts = {one.text: one for one in tree.iter("{http://www.w3.org/2000/svg}text")}
    assert set(_SPEEDS) <= set(texts)
    circles = list(tree.iter("{http://www.w3.org/2000/svg}circle"))
    assert [one.get("class") for one in circles].count("ours") == 1
    places = [(float(one.get("cx", 0)), float(one.get("cy", 0))) for one in circles]
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in places)
    assert places[0] == min(places, key=lambda place: place[1])
    assert "prefers-color-scheme: dark" in picture.read_text(encoding="utf-8")


def test_the_table_marks_the_best_and_leaves_out_what_was_not_measured() -> None:
    table = readme_table(FIGURES)
    assert table.splitlines()[0] == "| system | WCXB F1 | leak | CPU ms a page: WCXB |"
    assert "| thresher | **0.880** | **0.040** | **7.0** |" in table
    assert "| all-text | 0.680 | 0.040 | 2.6 |" in table


def test_the_sentences_say_what_was_measured() -> None:
    assert sentences(FIGURES) == (
        "Measured on 2026-11-22 with thresher 0.1.0, trafilatura 2.3.1, all-text 2.0.1. On wcxb thresher by "
        "cross-validation over domains. Pages in the time that trafilatura takes for one (median over pages): wcxb 8.9."
    )


def test_copies_differ_in_every_paragraph() -> None:
    assert changed(PAGE, 0) == PAGE
    assert changed(PAGE, 7).count(b" copy7<") == 2


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Three packs of a page each."""
    row = {"id": "p", "url": None, "language": None, "html": PAGE, "gold_text": None, "with": [], "without": []}
    for name in ("wcxb", "news", "snippets"):
        pq.write_table(pa.Table.from_pylist([row]), tmp_path / PACKS[name].file)
    return tmp_path


def test_pages_repeat_under_other_names(data: Path) -> None:
    pages = dict(copies(data, 5))
    assert list(pages) == ["00-00000.html", "00-00001.html", "00-00002.html", "01-00000.html", "01-00001.html"]
    assert pages["00-00000.html"] != pages["01-00000.html"]


def test_a_missing_pack_ends_the_race(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert folder(["--data", str(tmp_path), "--pages", "2"]) == 2
    assert "no such pack" in capsys.readouterr().err


ROUNDS = [
    {"thresher": Spent(10.0, 6.0, 100), "trafilatura": Spent(30.0, 16.0, 99)},
    {"thresher": Spent(20.0, 11.0, 100), "trafilatura": Spent(50.0, 26.0, 99)},
    {"thresher": Spent(10.0, 6.0, 100), "trafilatura": Spent(40.0, 21.0, 99)},
]


def test_the_race_counts_pages_for_a_second_of_cpu() -> None:
    lines = folder_table(100, ROUNDS).splitlines()
    assert lines[2] == "| 1 | 10.00 | 3.33 | 3.00 | 100 / 99 | 6 / 16 |"
    assert lines[-1] == "| median | 10.00 | 2.50 | 3.00 |  |  |"


def test_the_folder_in_a_sentence() -> None:
    figures = {"pages": 100, "rounds": [{name: one._asdict() for name, one in pair.items()} for pair in ROUNDS]}
    assert "10 pages per CPU second, 3.0 times as many as trafilatura's own folder command" in folder_sentence(figures)


def test_both_commands_write_their_texts(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert folder(["--data", str(data), "--pages", "3", "--rounds", "1", "--workers", "1"]) == 0
    assert "| 1 / 1 |" in capsys.readouterr().out
