"""Packs, systems and tables, on made-up packs: the real ones stay outside the project."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.compare import main, measure, names, report
from benchmarks.packs import PACKS, Sample, digest_of_pack, fixed_sample, read_pack
from benchmarks.scores import Score, ratio, run_one, slices, summarise
from benchmarks.systems import SYSTEMS, installed, markup, version_of
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
    if not version_of(system):
        pytest.skip(f"{system} is not installed")
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
    systems = "thresher,trafilatura,all-text"
    assert main(["--data", str(data), "--systems", systems, "--in-sample", "--json", str(file)]) == 0
    figures = json.loads(file.read_text(encoding="utf-8"))
    assert list(figures["packs"]) == list(PACKS)
    assert "IN-SAMPLE" in figures["packs"]["wcxb"]["judged"]
    assert figures["packs"]["seeds"]["systems"]["all-text"]["all"]["left"] == 1.0
    assert set(figures["packs"]["wcxb"]["systems"]["thresher"]) == {"all", "page type article", "page type forum"}
    assert figures["packs"]["news"]["systems"]["trafilatura"]["all"]["ratio"] == 1.0
    assert capsys.readouterr().out.count("## ") == len(PACKS)


def test_missing_data_is_a_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path), "--systems", "all-text"]) == 2
    assert "no such pack" in capsys.readouterr().err


def test_an_unknown_name_lists_the_known() -> None:
    with pytest.raises(SystemExit, match="trafilatura"):
        names("trafilaturo", SYSTEMS, "system")


def test_what_runs_here_is_installed() -> None:
    assert {"thresher", "trafilatura", "resiliparse", "all-text"} <= set(installed())


def scored(name: str, page_type: str, language: str, milliseconds: float = 1.0) -> Score:
    return Score(name, page_type, language, milliseconds)


def test_small_groups_come_together() -> None:
    scores = [scored(str(n), "", language) for n, language in enumerate(["de", "de", "de", "fr", "it", ""])]
    parts = {name: len(some) for name, some in slices(scores, fewest=2).items()}
    assert parts == {"all": 6, "language de": 3, "language others": 2}


def test_one_group_says_nothing_new() -> None:
    assert list(slices([scored("a", "forum", "en"), scored("b", "forum", "en")])) == ["all"]


def test_times_are_compared_page_by_page() -> None:
    ours = [scored(str(n), "", "", milliseconds) for n, milliseconds in enumerate([1.0, 9.0, 30.0])]
    theirs = [scored(str(n), "", "", milliseconds) for n, milliseconds in enumerate([4.0, 18.0, 10.0])]
    assert ratio(ours, theirs) == 0.5


def test_the_fixed_sample_does_not_depend_on_the_rest() -> None:
    pages = [Sample(id=f"p{n}", data=b"", page_type="forum" if n % 3 else "article") for n in range(60)]
    chosen = fixed_sample(pages, 5)
    assert [sum(one.page_type == name for one in chosen) for name in ("forum", "article")] == [5, 5]
    assert fixed_sample(reversed(pages), 5) == chosen
    assert {one.id for one in fixed_sample(pages[:30], 5)} >= {one.id for one in chosen} & {
        one.id for one in pages[:30]
    }


def test_the_digest_of_a_pack_is_of_its_bytes(data: Path) -> None:
    before = {name: digest_of_pack(PACKS[name], data) for name in ("news", "seeds")}
    (data / "seeds/raw/s1.txt").write_text("Another story.\nREAD ALSO: more", encoding="utf-8")
    after = {name: digest_of_pack(PACKS[name], data) for name in ("news", "seeds")}
    assert (before["news"], before["seeds"] == after["seeds"]) == (after["news"], False)


def test_worst_pages_are_written_outside_the_project(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "look"
    arguments = ["--data", str(data), "--system", "all-text", "--against", "trafilatura", "--count", "1"]
    assert worst([str(out), *arguments]) == 0
    (file,) = out.iterdir()
    assert "+ Home" in file.read_text(encoding="utf-8")
    assert worst([str(Path(__file__).parent / "look"), *arguments]) == 2
