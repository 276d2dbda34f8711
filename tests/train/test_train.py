"""Training on made-up pages: labels by alignment, the same file twice, weights that do what they learned."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import UsageError
from pipeline.train.labels import label
from pipeline.train.pages import fold_of, read_labelled, render

pytest.importorskip("rapidfuzz", reason="training needs the extra `train`")

SENTENCES = [
    "The ferry sails again on Monday, the harbour office said, after nine weeks in the dock.",
    "Nobody wants to hear the word bearing again, said the harbour master on Sunday evening.",
    "The council will talk about a second boat in April, if there is money left for it.",
]
CLUTTER = ["Home", "News", "Subscribe to our newsletter", "Read also", "Privacy policy"]


def page(number: int) -> tuple[str, str]:
    """A page of its own site, and its gold text."""
    content = [f"{sentence[:-1]} of harbour {number}." for sentence in SENTENCES]
    boxes = "".join(f"<li><a href=/{line[:3]}>{line}</a></li>" for line in CLUTTER)
    body = "".join(f"<p>{line}</p>" for line in content)
    return f"<nav class=menu><ul>{boxes}</ul></nav><article class=story>{body}</article>", "\n".join(content)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = tmp_path_factory.mktemp("train") / "pages.parquet"
    made = [page(number) for number in range(40)]
    rows = {
        "id": [str(number) for number in range(40)],
        "url": [f"https://harbour-{number}.example/ferry" for number in range(40)],
        "html": [html.encode() for html, _ in made],
        "gold_text": [gold for _, gold in made],
    }
    pq.write_table(pa.table(rows), file)
    return file


def test_the_same_data_gives_the_same_weights_and_they_judge_as_they_learned(data: Path, tmp_path: Path) -> None:
    from threadpoolctl import threadpool_limits

    from pipeline import Settings, clean
    from pipeline.train.command import train

    folders = [tmp_path / "one", tmp_path / "two"]
    for threads, folder in enumerate(folders, 1):
        with threadpool_limits(limits=threads):
            certificate = train(data, "html", folder, date="2026-01-01", folds=2, told=lambda _: None)
    assert (folders[0] / "html.npz").read_bytes() == (folders[1] / "html.npz").read_bytes()
    assert json.loads((folders[0] / "html.json").read_text(encoding="utf-8")) == certificate
    assert certificate["f1"] > 0.95
    assert certificate["pages"] == 40
    html, gold = page(99)
    document = clean(html, settings=Settings(witness="none", weights_folder=str(folders[0])))
    assert document.text.split() == gold.split()


def test_texts_are_learned_too(data: Path, tmp_path: Path) -> None:
    from pipeline import Settings, clean
    from pipeline.train.command import train

    for folder in (tmp_path / "one", tmp_path / "two"):
        certificate = train(data, "text", folder, date="2026-01-01", folds=2, told=lambda _: None)
    assert (tmp_path / "one" / "text.npz").read_bytes() == (tmp_path / "two" / "text.npz").read_bytes()
    assert certificate["pages"] == 40
    assert certificate["f1"] > 0.9
    text = "\n".join(["Home", "News", "Subscribe to our newsletter", *SENTENCES, "Read also", "Privacy policy"])
    document = clean(text, kind="text", settings=Settings(weights_folder=str(tmp_path / "one")))
    assert [block.text for block in document.kept] == SENTENCES


def test_too_few_pages_are_refused(data: Path, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    from pipeline.train.command import train

    few = tmp_path / "few.parquet"
    pq.write_table(pq.read_table(data).slice(0, 5), few)
    with pytest.raises(UsageError, match="20 domains at least"):
        train(few, "html", tmp_path, date="2026-01-01", folds=2, told=lambda _: None)


def test_data_without_gold_is_refused(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"html": ["<p>x</p>"]}), tmp_path / "bare.parquet")
    with pytest.raises(UsageError, match="gold_text"):
        list(read_labelled(tmp_path / "bare.parquet", "html"))


def test_pages_can_be_read_as_text(data: Path) -> None:
    first = next(iter(read_labelled(data, "text")))
    assert [block.text for block in first.view.blocks][:2] == ["Home", "News"]
    assert first.labels[-3:].tolist() == [1, 1, 1]
    assert render(list(first.view.blocks)).startswith("- Home\n- News\n")


@pytest.mark.parametrize(
    ("texts", "gold", "labels"),
    [
        pytest.param(["one two three", "menu"], "one two three", [1, 0], id="plain"),
        pytest.param(["x y z w v u t s", "a b c d e f g"], "a b c d e f g x y z w v u t s", [1, 1], id="moved"),
        pytest.param(["one two three four"], "one two", [0.5], id="half"),
        pytest.param(["one"], "", [0], id="empty-gold"),
        pytest.param(["!!"], "one", [0], id="no-words"),
    ],
)
def test_labels(texts: list[str], gold: str, labels: list[float]) -> None:
    assert np.allclose(label(texts, gold)[0], labels)


def test_folds_depend_on_the_domain_alone() -> None:
    assert [fold_of("harbour.example", 5) for _ in range(3)] == [fold_of("harbour.example", 5)] * 3
    assert {fold_of(f"harbour-{number}.example", 5) for number in range(100)} == set(range(5))
