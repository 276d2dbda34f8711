"""Corrections and labels on disk: what is written survives, what is not finished is no label, what trains agrees."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.document import Reason, Verdict
from pipeline.errors import OutputError
from pipeline.label.export import COLUMNS, write_labels
from pipeline.label.sheet import SURE, UNSURE, domain_of, margin_of, pack, unpack
from pipeline.label.store import Store, Tally
from tests.label.made_up import FERRY, SEALS, STORY, line, sheet


def rows(file: Path) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    return list(pq.read_table(file).to_pylist())


def test_a_sheet_is_kept_whole() -> None:
    wild = sheet("wild", line("a\ud800b\0 “c”", kept=False), markup="<p>\ud800")
    assert unpack(pack(wild)) == wild


def test_work_goes_on_where_it_stopped(tmp_path: Path) -> None:
    with Store(tmp_path / "work") as store:
        store.put(FERRY, "kit")
        store.put(SEALS, "kit")
        store.correct("ferry", [3, 2], kept=True)
        store.correct("ferry", [2], kept=False)
        store.review("seals", done=True, page_type="")
    with Store(tmp_path / "work") as store:
        assert store.corrections("ferry") == {3: True}
        assert [each.done for each in store.standing(["ferry", "seals"])] == [False, True]
        assert store.tally() == Tally(done=1, begun=1, corrected=1)


def test_a_kill_costs_nothing_that_was_written(tmp_path: Path) -> None:
    script = (
        "import os, sys, pathlib\nfrom pipeline.label.store import Store\nfrom tests.label.made_up import FERRY\n"
        "store = Store(pathlib.Path(sys.argv[1]))\nstore.put(FERRY, 'kit')\nstore.correct('ferry', [3], kept=True)\n"
        "os._exit(9)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "work")], cwd=root, check=False)
    assert done.returncode == 9
    with Store(tmp_path / "work") as store:
        assert store.corrections("ferry") == {3: True}


def test_what_a_person_touched_stays_as_they_saw_it(tmp_path: Path) -> None:
    with Store(tmp_path / "work") as store:
        store.put(FERRY, "old")
        store.put(SEALS, "old")
        store.correct("ferry", [3], kept=True)
        assert [store.knows(key, "new") for key in ("ferry", "seals", "other")] == [True, False, False]
        store.forget_others([])
        assert [store.knows(key, "old") for key in ("ferry", "seals")] == [True, False]


@pytest.mark.parametrize(("key", "blocks", "error"), [("ferry", [9], IndexError), ("gone", [0], KeyError)])
def test_what_is_not_there_cannot_be_corrected(tmp_path: Path, key: str, blocks: list[int], error: type) -> None:
    with Store(tmp_path / "work") as store:
        store.put(FERRY, "kit")
        with pytest.raises(error):
            store.correct(key, [0, *blocks], kept=False)
        assert store.tally().corrected == 0


def test_one_session_at_a_time(tmp_path: Path) -> None:
    with Store(tmp_path / "work"), pytest.raises(OutputError, match="running there already"):
        Store(tmp_path / "work")


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "work").write_bytes(b"a diary" * 1000)
    with pytest.raises(OutputError, match="Move it away"):
        Store(tmp_path / "work")
    assert (tmp_path / "work").read_bytes() == b"a diary" * 1000


def test_only_finished_pages_become_labels(tmp_path: Path) -> None:
    with Store(tmp_path / "work") as store:
        store.put(FERRY, "kit")
        store.put(SEALS, "kit")
        store.correct("ferry", [0], kept=False)
        store.correct("seals", [1], kept=True)
        store.review("ferry", done=True, page_type="article")
        assert write_labels(tmp_path / "labels.parquet", store.done()) == 1
    (row,) = rows(tmp_path / "labels.parquet")
    assert tuple(row) == COLUMNS
    assert row == {
        "id": "ferry.html", "url": "https://ferry.example/ferry", "domain": "ferry.example", "language": "en",
        "page_type": "article", "html": FERRY.markup, "text": None, "gold_text": STORY,
    }  # fmt: skip


def test_the_same_labels_give_the_same_bytes(tmp_path: Path) -> None:
    labelled = [(FERRY, [True] * 4, ""), (SEALS, [False] * 2, "forum")]
    write_labels(tmp_path / "a", labelled)
    write_labels(tmp_path / "b", iter(labelled))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert [row["gold_text"] for row in rows(tmp_path / "a")][1] == ""


def test_a_broken_export_leaves_the_file_before(tmp_path: Path) -> None:
    write_labels(tmp_path / "labels", [(FERRY, [True] * 4, "")])
    before = (tmp_path / "labels").read_bytes()

    def breaking() -> Any:
        yield SEALS, [True] * 2, ""
        raise OSError(28, os.strerror(28))

    with pytest.raises(OutputError, match="cannot write"):
        write_labels(tmp_path / "labels", breaking())
    assert (tmp_path / "labels").read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["labels"]


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.harbour.example/a", "harbour.example"),
        ("http://News.Harbour.example:81/", "news.harbour.example"),
        ("", ""),
        ("http://[harbour", ""),
        ("mailto:a@harbour.example", ""),
    ],
)
def test_domains(url: str, domain: str) -> None:
    assert domain_of(url) == domain


def learned(likely: int, score: float) -> Reason:
    return Reason("learned", "other", score, f"{likely}% likely content, 55% asked for; word “ferry”")


RULE = Reason("read-also", "related", 1.0, "is labelled “read also”")
HEADLINE = Reason("headline", "other", -2.0, "says what the title says")


@pytest.mark.parametrize(
    ("reasons", "margin"),
    [
        pytest.param((), SURE, id="nobody-spoke"),
        pytest.param((learned(40, 1.0),), 0.15, id="the-model-doubts-a-removal"),
        pytest.param((learned(60, 0.9),), 0.05, id="the-model-doubts-a-keeping"),
        pytest.param((learned(1, 1.0),), 0.54, id="the-model-is-sure"),
        pytest.param((RULE,), SURE, id="a-rule-alone"),
        pytest.param((RULE, learned(2, 1.0)), SURE, id="a-rule-and-the-model"),
        pytest.param((RULE, learned(90, -0.1)), 0.1, id="a-rule-against-the-model"),
        pytest.param((RULE, HEADLINE), 2.0, id="a-rule-against-the-headline"),
    ],
)
def test_margins(reasons: tuple[Reason, ...], margin: float) -> None:
    assert margin_of(Verdict(kept=True, reasons=reasons)) == pytest.approx(margin)


def test_the_model_says_its_probability_where_we_look_for_it() -> None:
    """The margin is read from the evidence in words; this fails when the words change."""
    from pipeline import clean

    page = "<html><body>" + "".join(f"<div><a href=/{n}>Harbour {n}</a></div>" for n in range(9)) + f"<p>{STORY}</p>"
    document = clean(page, kind="html")
    alone = [v for v in document.verdicts if [reason.rule for reason in v.reasons] == ["learned"]]
    assert alone
    assert all(margin_of(verdict) <= 1 for verdict in alone)
    assert UNSURE < 1
