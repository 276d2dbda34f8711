"""Packs, systems and tables, on made-up packs: the real ones stay outside the project."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.compare import main, measure, names, report
from benchmarks.packs import PACKS, Sample, read_pack
from benchmarks.scores import run_one, summarise
from benchmarks.systems import SYSTEMS, markup
from benchmarks.worst import main as worst

STORY = "The ferry to Lower Brack sails again on Monday, the harbour office said, after nine weeks in the dock. " * 4
PAGE = f"<html><body><nav><a href='/'>Home</a></nav><article><p>{STORY}</p></article></body></html>".encode()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with all packs in small, outside the project."""
    row: dict[str, object] = {
        "id": "p1",
        "url": "https://brack.example/1",
        "page_type": "article",
        "language": "en",
        "html": PAGE,
        "gold_text": STORY,
        "with": ["sails again"],
        "without": ["Home"],
    }
    empty = row | {"id": "p2", "page_type": "forum", "language": None, "gold_text": None, "with": None, "without": []}
    for name in ("wcxb", "news", "snippets"):
        pq.write_table(pa.Table.from_pylist([row, empty]), tmp_path / PACKS[name].file)
    for folder in ("raw", "labels"):
        (tmp_path / "seeds" / folder).mkdir(parents=True)
    (tmp_path / "seeds/raw/s1.txt").write_text("A line of the story.\nREAD ALSO: more", encoding="utf-8")
    (tmp_path / "seeds/labels/s1.tsv").write_text(
        "line_no\tlabel\tcategory\ttext60\n1\tcontent\t\tA\n2\tclutter\trelated\tR\n", encoding="utf-8"
    )
    return tmp_path


def test_a_pack_without_full_text_has_no_gold(data: Path) -> None:
    first, second = read_pack(PACKS["snippets"], data)
    assert (first.gold, first.present, first.absent) == (None, ("sails again",), ("Home",))
    assert (second.language, second.present) == ("", ())


def test_seeds_are_text_with_labels(data: Path) -> None:
    (seed,) = read_pack(PACKS["seeds"], data)
    assert (seed.kind, seed.labels) == ("text", ((1, "content"), (2, "clutter")))


def test_limit_and_headline(data: Path) -> None:
    (page,) = read_pack(PACKS["news"], data, limit=1)
    assert (page.id, page.headline, page.gold) == ("p1", "metadata", STORY)


def test_a_missing_pack_names_the_flag(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="--data"):
        next(read_pack(PACKS["wcxb"], tmp_path))


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_system_finds_the_story(system: str) -> None:
    output, score = run_one(SYSTEMS[system], Sample(id="p1", data=PAGE, language="en", gold=STORY))
    assert score.failure == ""
    assert "Lower Brack" in output


def test_a_text_becomes_escaped_paragraphs() -> None:
    page = markup(Sample(id="t", data=b"a < b\n\n<image>", kind="text")).decode()
    assert "<p>a &lt; b</p>\n<p>&lt;image&gt;</p>" in page


def test_a_system_that_raises_is_empty_and_counted() -> None:
    def broken(_: Sample) -> str:
        raise ValueError("no")

    output, score = run_one(broken, Sample(id="p1", data=PAGE, gold="words"))
    figures = summarise([score])
    assert (output, score.failure) == ("", "ValueError: no")
    assert (figures["failures"], figures["f1"]) == (1, 0.0)


def test_rows_without_gold_are_left_out(data: Path) -> None:
    scores = measure(read_pack(PACKS["wcxb"], data), ["all-text"])["all-text"]
    assert [score.words is None for score in scores] == [False, True]
    assert summarise(scores)["recall"] == 1.0


def test_the_report_has_all_tables(data: Path) -> None:
    text = report(PACKS["wcxb"], measure(read_pack(PACKS["wcxb"], data), ["trafilatura", "all-text"]))
    assert "## wcxb: 2 pages, headline = metadata" in text
    assert "| system | F1 | P | R | with | leak | failures | CPU ms, median | mean | × trafilatura |" in text


def test_the_command_writes_figures(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "figures.json"
    assert main(["--data", str(data), "--systems", "all-text", "--json", str(file)]) == 0
    figures = json.loads(file.read_text(encoding="utf-8"))
    assert list(figures) == list(PACKS)
    assert figures["seeds"]["systems"]["all-text"]["left"] == 1.0
    assert capsys.readouterr().out.count("## ") == len(PACKS)


def test_missing_data_is_a_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path), "--systems", "all-text"]) == 2
    assert "no such pack" in capsys.readouterr().err


def test_an_unknown_name_lists_the_known() -> None:
    with pytest.raises(SystemExit, match="trafilatura"):
        names("trafilaturo", SYSTEMS, "system")


def test_worst_pages_are_written_outside_the_project(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "look"
    arguments = ["--data", str(data), "--system", "all-text", "--against", "trafilatura", "--count", "1"]
    assert worst([str(out), *arguments]) == 0
    (file,) = out.iterdir()
    assert "+ Home" in file.read_text(encoding="utf-8")
    assert worst([str(Path(__file__).parent / "look"), *arguments]) == 2
