"""The judge with a part left out: the part is really gone, the rest stays, and nothing is left swapped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.ablation import (
    VARIANTS,
    difference,
    judged,
    main,
    measure,
    of_kind,
    page_table,
    part_table,
    text_table,
)
from benchmarks.metrics import WordScore, words
from benchmarks.packs import PACKS, Sample
from benchmarks.scores import Score
from pipeline import Settings, clean
from pipeline.judge import asked, learned, view
from pipeline.judge.model import Model, load_model

STORY = (
    "The ferry to Lower Brack sails again on Monday, the harbour office said, after nine weeks in the dock.",
    "Forty islanders stood on the quay when the engine was tried for the first time since the storm of October.",
    "Nobody had believed that the old shaft could be mended, least of all the man who mended it in the end.",
    "The captain will sleep aboard until spring, because the house on the hill has lost half of its roof.",
)
CLUTTER = "Subscribe to our newsletter and never miss a story!"
PAGE = (
    "<html><head><title>The ferry sails again</title></head><body><nav><ul><li><a href='/'>Home</a></li></ul></nav>"
    f"<article><h1>The ferry sails again</h1>{''.join(f'<p>{one}</p>' for one in STORY)}<p>{CLUTTER}</p>"
    "<p style='display:none'>A word for machines alone, which no reader will see.</p></article></body></html>"
)
SAMPLE = Sample(id="p1", data=PAGE.encode(), url="https://brack.example/1", language="en", gold="\n".join(STORY))
HTML = [name for name, variant in VARIANTS.items() if "html" in variant.kinds]


def model_of(name: str, scratch: Path) -> Model:
    model = load_model("html", VARIANTS[name].kit(Settings(), scratch).weights)
    assert model is not None
    return model


@pytest.mark.parametrize("name", HTML)
def test_every_variant_judges_pages_and_leaves_nothing_swapped(name: str, tmp_path: Path) -> None:
    before = (learned.asked_for, asked._BODY, view.names_little)
    assert STORY[0] in judged(SAMPLE, VARIANTS[name], tmp_path)
    assert (learned.asked_for, asked._BODY, view.names_little) == before


def test_the_first_variant_is_the_judge_as_users_have_it(tmp_path: Path) -> None:
    assert next(iter(VARIANTS)) == "as it comes"
    assert judged(SAMPLE, VARIANTS["as it comes"], tmp_path) == clean(SAMPLE.data, url=SAMPLE.url).text


def test_what_only_one_part_removes_comes_back_without_it(tmp_path: Path) -> None:
    kept = [name for name in HTML if "A word for machines" in judged(SAMPLE, VARIANTS[name], tmp_path)]
    assert kept == ["the model alone", "no hidden blocks"]


def test_no_rule_book_is_an_empty_one(tmp_path: Path) -> None:
    assert VARIANTS["no rule book"].kit(Settings(), tmp_path).book.rules == ()
    assert VARIANTS["as it comes"].kit(Settings(), tmp_path).book.rules


def test_weights_lose_the_kind_of_page_and_nothing_else(tmp_path: Path) -> None:
    whole, less = model_of("as it comes", tmp_path), model_of("no kind of page", tmp_path)
    assert (whole.kind is None, less.kind) == (False, None)
    assert less.tokens.weights == whole.tokens.weights
    np.testing.assert_array_equal(less.network.hidden, whole.network.hidden)


@pytest.mark.parametrize(("name", "left"), [("no networks", "trees"), ("no trees", "network")])
def test_what_is_left_of_two_speaks_for_both(name: str, left: str, tmp_path: Path) -> None:
    whole, less = model_of("as it comes", tmp_path), model_of(name, tmp_path)
    columns = np.random.default_rng(7).normal(size=(5, len(whole.network.mean))).astype(np.float32)
    both = (less.network.logits(columns) + less.trees.logits(columns)) / 2
    np.testing.assert_allclose(both, getattr(whole, left).logits(columns), rtol=1e-3, atol=1e-3)


def test_changed_weights_are_written_once(tmp_path: Path) -> None:
    folders = {VARIANTS["no trees"].kit(Settings(), tmp_path).weights for _ in range(2)}
    (folder,) = folders
    assert folder.is_relative_to(tmp_path)
    assert sorted(file.name for file in folder.glob("*.npz")) == ["html.npz", "text.npz"]


def test_presets_move_the_text_in_their_direction(tmp_path: Path) -> None:
    sizes = [len(words(judged(SAMPLE, VARIANTS[f"preset {name}"], tmp_path))) for name in ("precision", "recall")]
    assert sizes == sorted(sizes)


@pytest.mark.parametrize(("kind", "absent"), [("html", "clean texts judged like others"), ("text", "no witness")])
def test_a_variant_speaks_of_its_kind_of_page(kind: str, absent: str) -> None:
    assert absent not in of_kind(kind, list(VARIANTS))
    assert of_kind(kind, ["no rule book"]) == ["as it comes", "no rule book"]


def scored(*figures: float) -> list[Score]:
    return [Score(str(n), "", "", 1.0, WordScore(one, one)) for n, one in enumerate(figures)]


@pytest.mark.parametrize(
    ("some", "said"),
    [
        pytest.param(scored(0.5, 0.5, 0.5), "-0.1000 ± 0.0000", id="all-alike"),
        pytest.param(scored(0.6, 0.8, 0.4), "+0.0000 ± 0.1155", id="ups-and-downs"),
    ],
)
def test_a_difference_has_its_standard_error(some: list[Score], said: str) -> None:
    assert difference(some, scored(0.6, 0.6, 0.6)) == said


def test_tables_compare_with_the_first_variant(tmp_path: Path) -> None:
    scores = measure([SAMPLE, SAMPLE], ["as it comes", "no rule book"], tmp_path)
    head, _, first, second = page_table(scores).splitlines()
    assert head.startswith("| variant | F1 | difference | P | R |")
    assert ("±" in first, "±" in second) == (False, True)
    assert part_table(scores) == ""


def test_texts_are_cleaned_by_every_variant(tmp_path: Path) -> None:
    table = text_table([SAMPLE], ["as it comes", "no rule book"], tmp_path)
    assert table.startswith("1 regions, 1 extracts")
    assert table.count("\n| ") == 4  # head, rule, two variants


def test_the_command_prints_a_table_a_pack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = {"id": "p1", "url": SAMPLE.url, "language": "en", "html": SAMPLE.data, "gold_text": SAMPLE.gold}
    row |= {"with": [STORY[0]], "without": [CLUTTER]}
    for name in ("news", "snippets"):
        pq.write_table(pa.Table.from_pylist([row, row | {"id": "p2"}]), tmp_path / PACKS[name].file)
    arguments = ["--data", str(tmp_path), "--pack", "news,snippets,texts", "--variants", "no rule book,preset recall"]
    assert main(arguments) == 0
    printed = capsys.readouterr().out
    assert [line for line in printed.splitlines() if line.startswith("## ")] == [
        "## news: 2 pages", "## snippets: 2 pages", "## texts of the news: 2 regions, 2 extracts",
    ]  # fmt: skip
    assert printed.count("| preset recall |") == 3


def test_missing_packs_are_a_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path), "--pack", "news"]) == 2
    assert "--data" in capsys.readouterr().err


def test_names_of_variants_can_be_written_on_the_command_line() -> None:
    assert [name for name in VARIANTS if "," in name] == []
