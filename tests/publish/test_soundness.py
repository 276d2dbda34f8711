"""Texts and files of a day: sound ones pass, and each way to be unsound is found and named."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Document
from pipeline.publish import publish
from pipeline.publish.soundness import fault_of, sound_files, sound_texts, wrong_fields
from pipeline.segment.normalise import normalise
from tests.publish.made_up import RUN, failed, rendered, result

RESULTS = [
    result("a.html", "The ferry was late."),
    result("b.html", "Rain fell on the moor."),
    result("c.html", "", outcome="empty"),
    failed("d.html"),
]
OUTCOMES = {"kept": 2, "empty": 1, "failed": 1}
Damage = Callable[[Path], object]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    publish(RESULTS, tmp_path, ("txt", "jsonl", "parquet"), RUN)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", ""),
        ("Plain.\n\nTwo paragraphs.\tWith a tab.", ""),
        ("Müller, 東京, نان", ""),
        ("a\x00b", "holds U+0000, which nobody sees, 1 characters in"),
        ("a\x1bb", "holds U+001B"),
        ("née\x85", "holds U+0085"),
        ("lone \ud83d", "holds U+D83D"),
        ("line\u2028break", "holds U+2028"),
        ("e\u0301", "is not NFC"),
    ],
    ids=["empty", "plain", "scripts", "null", "escape", "c1", "surrogate", "separator", "decomposed"],
)
def test_fault(text: str, says: str) -> None:
    assert fault_of(text).startswith(says)
    assert bool(fault_of(text)) == bool(says)


@given(st.text())
def test_what_is_normalised_has_no_fault(text: str) -> None:
    encoded = normalise(text).encode("utf-8", "replace").decode()
    assert fault_of(encoded) == ""


def test_texts() -> None:
    assert sound_texts(map(rendered, RESULTS)).passed
    found = sound_texts(
        map(rendered, [*RESULTS, result("bad.html", "a\x07b"), result("wall.html", "a\x07b", outcome="blocked")])
    )
    assert (found.passed, found.severity, found.numbers) == (False, "error", {"texts": 3, "faults": 1})
    assert found.words.startswith("1 faults in 3 texts; the first: bad.html holds U+0007")


def test_many_faults_are_counted_and_some_shown() -> None:
    found = sound_texts(rendered(result(f"{number}.html", "a\x07b")) for number in range(500))
    assert found.numbers["faults"] == 500
    assert len(found.rows) == 20


def test_sound_files(out: Path) -> None:
    found = sound_files(out, OUTCOMES)
    assert (found.passed, found.words) == (True, "all 4 inputs are sound")


def lines(path: Path, change: Callable[[list[dict[str, Any]]], object]) -> None:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    change(rows)
    with opened(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def in_manifest(change: Callable[[list[dict[str, Any]]], object]) -> Damage:
    return lambda out: lines(out / "manifest.jsonl", change)


def in_documents(change: Callable[[list[dict[str, Any]]], object]) -> Damage:
    return lambda out: lines(out / "documents.jsonl.gz", change)


def parquet(out: Path) -> None:
    pq.write_table(pa.table({"id": ["a"]}), out / "documents.parquet")


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (in_manifest(lambda rows: rows[0].pop("key")), "manifest.jsonl, row 1 lacks 'key'"),
        (in_manifest(lambda rows: rows[0].update(more=1)), "manifest.jsonl, row 1 has the unknown field 'more'"),
        (
            in_manifest(lambda rows: rows[1].update(kept_words="5")),
            "manifest.jsonl, row 2 kept_words is of the type str",
        ),
        (in_manifest(lambda rows: rows[1].update(kept_words=True)), "kept_words is of the type bool, not int"),
        (in_manifest(lambda rows: rows.pop()), "manifest.jsonl 0 rows are failed; the statistics count 1"),
        (lambda out: (out / "manifest.jsonl").unlink(), "manifest.jsonl, row 1 lacks"),
        (lambda out: (out / "manifest.jsonl").write_bytes(b"[1]\n"), "manifest.jsonl, row 1 is no row"),
        (lambda out: (out / "manifest.jsonl").write_bytes(b"[" * 100_000), "manifest.jsonl, row 1 lacks"),
        (lambda out: (out / "text/a.html.txt").unlink(), "a.html text/a.html.txt is named in the manifest and is not"),
        (in_documents(lambda rows: rows[0].update(text="a\x07")), "documents.jsonl.gz, row 1 holds U+0007"),
        (in_documents(lambda rows: rows[0].update(text="e\u0301")), "documents.jsonl.gz, row 1 is not NFC"),
        (in_documents(lambda rows: rows[0].update(url=None)), "documents.jsonl.gz, row 1 url is of the type NoneType"),
        (in_documents(lambda rows: rows[0]["metadata"].pop("site")), "documents.jsonl.gz, row 1 lacks 'site'"),
        (in_documents(lambda rows: rows.pop()), "documents.jsonl.gz 1 rows; the manifest names 2 kept inputs"),
        (lambda out: (out / "documents.jsonl.gz").write_bytes(b"no gzip"), "documents.jsonl.gz, row 1 lacks"),
        (lambda out: cut(out / "documents.jsonl.gz"), "documents.jsonl.gz, row "),
        (lambda out: cut(out / "documents.parquet"), "documents.parquet, row 1 lacks"),
        (parquet, "documents.parquet, row 1 lacks"),
    ],
    ids="field more type bool row none list deep text control nfc null metadata rows packed cut short columns".split(),
)
def test_unsound_files(out: Path, damage: Damage, says: str) -> None:
    damage(out)
    found = sound_files(out, OUTCOMES)
    assert (found.passed, found.severity) == (False, "error")
    assert any(says in f"{where} {fault}" for where, fault in found.rows)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


@given(st.dictionaries(st.text(), st.none() | st.integers() | st.text()))
def test_any_row_is_looked_at(row: dict[str, object]) -> None:
    assert wrong_fields(row, {"id": str, "words": int})
    assert not wrong_fields({"id": "", "words": 0}, {"id": str, "words": int})


def test_statistics_of_other_results_do_not_fit(out: Path) -> None:
    assert not sound_files(out, {"kept": 4}).passed
    assert isinstance(RESULTS[0].value, Document)
