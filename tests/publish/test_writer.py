"""The writer: a small folder as it must be, and the laws that hold for every folder."""

from __future__ import annotations

import gc
import gzip
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline.document import Metadata, Result
from pipeline.errors import UsageError
from pipeline.publish import FORMATS, publish
from pipeline.publish.rows import LEDGER, MANIFEST, METADATA, RECORD
from tests.publish.made_up import RUN, block, document, failed, field_of_results, gone, result

ALL = tuple(FORMATS)


def small() -> list[Result]:
    return [
        result("a.html", (block("Home | Contact"), gone()), block("Oats", "heading", level=1), "Oats are *good*."),
        result("b.html", "Oats are good.", outcome="duplicate", duplicate_of="a.html"),
        result("c.jsonl/x/1", "Rye.", path="c.jsonl", url=None, metadata=Metadata()),
        result("d.html", outcome="empty"),
        failed("e.pdf", "unsupported", "PDF is not read"),
    ]


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows(path: Path) -> list[dict[str, Any]]:
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in raw.decode().split("\n")[:-1]]


def manifest_without_time(folder: Path) -> list[dict[str, Any]]:
    return [row | {"seconds": 0} for row in rows(folder / "manifest.jsonl")]


def test_small_folder(tmp_path: Path) -> None:
    summary = publish(small(), tmp_path, ALL, RUN)
    assert set(files(tmp_path)) == {
        "text/a.html.txt", "text/a.html.md", "text/c.jsonl/x%2F1.txt", "text/c.jsonl/x%2F1.md",
        "documents.jsonl.gz", "documents.parquet", "manifest.jsonl", "removed.jsonl", "report.html",
        "statistics.json",
    }  # fmt: skip
    assert (tmp_path / "text/a.html.txt").read_text() == "Oats\n\nOats are *good*.\n"
    assert (tmp_path / "text/a.html.md").read_text() == "# Oats\n\nOats are \\*good\\*.\n"
    assert [(row["id"], row["outcome"], row["output"]) for row in rows(tmp_path / "manifest.jsonl")] == [
        ("a.html", "kept", "text/a.html.txt"),
        ("b.html", "duplicate", ""),
        ("c.jsonl/x/1", "kept", "text/c.jsonl/x%2F1.txt"),
        ("d.html", "empty", ""),
        ("e.pdf", "unsupported", ""),
    ]
    assert summary.outcomes == {"kept": 2, "empty": 1, "duplicate": 1, "blocked": 0, "unsupported": 1, "failed": 0}
    assert (summary.kept_words, summary.removed_words, summary.unpublished_words) == (5, 3, 3)
    assert summary.lines()[0] == "5 inputs: 2 kept, 1 empty, 1 duplicate, 1 unsupported"


def test_manifest_and_ledger_rows(tmp_path: Path) -> None:
    publish(small(), tmp_path, ["txt"], RUN)
    first, *_, last = rows(tmp_path / "manifest.jsonl")
    assert first == {
        "path": "a.html", "id": "a.html", "outcome": "kept", "reason": "", "kind": "", "duplicate_of": "",
        "duplicate_run": "", "likeness": "", "similarity": 0.0, "dup_count": 0,
        "output": "text/a.html.txt", "copies": [], "kept_words": 4, "removed_words": 3, "kept_blocks": 2,
        "removed_blocks": 1, "encoding": "utf-8", "language": "en", "key": "c0ffee", "seconds": 0.25,
    }  # fmt: skip
    assert (last["kind"], last["reason"]) == ("unsupported", "acquire: PDF is not read")
    assert rows(tmp_path / "removed.jsonl") == [
        {
            "id": "a.html", "line": 1, "text": "Home | Contact", "category": "nav", "rule": "menu", "score": 1.0,
            "evidence": "a list of links",
            "reasons": [{"rule": "menu", "category": "nav", "score": 1.0, "evidence": "a list of links"}],
        }
    ]  # fmt: skip


def test_records_are_the_same_in_both_formats(tmp_path: Path) -> None:
    publish(small(), tmp_path, ["jsonl", "parquet"], RUN)
    lines = rows(tmp_path / "documents.jsonl.gz")
    assert pq.read_table(tmp_path / "documents.parquet").to_pylist() == lines
    assert lines[0] == {
        "id": "a.html", "text": "Oats\n\nOats are *good*.", "source": "fields",
        "url": "https://fields.example/a.html", "title": "About a.html", "author": "Ada Oat; Bo Rye",
        "date": "2026-01-01", "language": "en", "added": "2026-01-02T03:04:05+00:00", "created": "2026-01-01",
        "metadata": {
            "site": "Fields", "canonical_url": "", "kind": "html", "encoding": "utf-8", "words": 4, "removed_words": 3,
            "dup_count": 0, "duplicate_of": "",
            "settings_digest": "aa" * 16, "rules_digest": "bb" * 16, "version": "0.1.0", "path": "a.html",
        },
    }  # fmt: skip
    assert lines[1]["url"] == ""


def hold(row: dict[str, Any], fields: Any) -> bool:
    return list(row) == list(fields) and all(type(row[name]) is kind for name, kind in fields.items())


def test_every_row_has_every_field_with_its_type(tmp_path: Path) -> None:
    publish(field_of_results(30), tmp_path, ["jsonl"], RUN)
    records = rows(tmp_path / "documents.jsonl.gz")
    assert all(hold(row, RECORD) and hold(row["metadata"], METADATA) for row in records)
    assert all(hold(row, MANIFEST) for row in rows(tmp_path / "manifest.jsonl"))
    assert all(hold(row, LEDGER) for row in rows(tmp_path / "removed.jsonl"))


HOSTILE_TEXT = {
    "line-separator": "one\u2028two\u2029three",
    "ansi": "\x1b[31mred\x1b[0m \x9b2J bell\x07",
    "surrogate": "half \ud800 a pair",
    "formula": '=HYPERLINK("http://x.example")',
    "yaml": "---\ntitle: x\n---",
    "json": '"}\n{"id": "forged"}',
}


@pytest.mark.parametrize("text", HOSTILE_TEXT.values(), ids=HOSTILE_TEXT)
def test_hostile_text_stays_in_its_row(tmp_path: Path, text: str) -> None:
    hostile = result("a.html", text, (block(text), gone(evidence=text, rule=text)), metadata=Metadata(text, (text,)))
    publish([hostile, failed(text, message=text)], tmp_path, ALL, RUN)
    clean = text.replace("\ud800", "\ufffd")
    for name, count in {"documents.jsonl.gz": 1, "manifest.jsonl": 2, "removed.jsonl": 1}.items():
        path = tmp_path / name
        raw = gzip.decompress(path.read_bytes()) if name.endswith(".gz") else path.read_bytes()
        assert len(raw.decode().splitlines()) == count
        assert not set(raw.decode()) & set("\x1b\x9b\x07\u2028\u2029\ud800")
    assert rows(tmp_path / "documents.jsonl.gz")[0]["title"] == clean
    assert rows(tmp_path / "removed.jsonl")[0]["evidence"] == clean
    assert pq.read_table(tmp_path / "documents.parquet").column("title").to_pylist() == [clean]


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        publish(field_of_results(60), tmp_path / name, ALL, RUN)
    one, two = files(tmp_path / "one"), files(tmp_path / "two")
    assert manifest_without_time(tmp_path / "one") == manifest_without_time(tmp_path / "two")
    del one["manifest.jsonl"], two["manifest.jsonl"]
    assert one == two


def test_only_the_seconds_of_the_manifest_may_vary(tmp_path: Path) -> None:
    slow = [Result(each.value, each.key, each.seconds + 9) for each in small()]
    publish(small(), tmp_path / "one", ALL, RUN)
    publish(slow, tmp_path / "two", ALL, RUN)
    one, two = files(tmp_path / "one"), files(tmp_path / "two")
    assert {name for name in one if one[name] != two[name]} == {"manifest.jsonl"}
    assert manifest_without_time(tmp_path / "one") == manifest_without_time(tmp_path / "two")


def test_a_text_that_did_not_change_is_not_rewritten(tmp_path: Path) -> None:
    publish(small(), tmp_path, ["txt"], RUN)
    before = (tmp_path / "text/a.html.txt").stat()
    publish([result("a.html", "New."), *small()[2:]], tmp_path, ["txt"], RUN)
    publish(small(), tmp_path / "other", ["txt"], RUN)
    assert (tmp_path / "text/a.html.txt").stat().st_ino != before.st_ino
    same = (tmp_path / "text/c.jsonl/x%2F1.txt").stat()
    publish(small(), tmp_path, ["txt"], RUN)
    assert (tmp_path / "text/c.jsonl/x%2F1.txt").stat() == same


def breaks(after: int, error: BaseException) -> Iterator[Result]:
    yield from list(field_of_results(after))
    raise error


@pytest.mark.parametrize("error", [RuntimeError("boom"), OSError("not ours"), KeyboardInterrupt()], ids=repr)
@pytest.mark.parametrize("formats", [("txt",), ALL], ids="+".join)
def test_a_run_that_breaks_leaves_all_as_it_was(tmp_path: Path, error: BaseException, formats: tuple[str, ...]) -> None:
    publish(small(), tmp_path, formats, RUN)
    before = files(tmp_path)
    with pytest.raises(type(error)) as caught:
        publish(breaks(25, error), tmp_path, formats, RUN)
    assert caught.value is error
    assert files(tmp_path) == before
    assert not list(tmp_path.glob(".*"))


def test_unknown_format(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'docx'; the formats are txt, md, jsonl, parquet"):
        publish([], tmp_path / "out", ["docx"], RUN)
    assert not (tmp_path / "out").exists()


def test_nothing_in_nothing_out(tmp_path: Path) -> None:
    summary = publish([], tmp_path, ALL, RUN)
    assert summary.inputs == 0
    assert rows(tmp_path / "manifest.jsonl") == []
    assert pq.read_table(tmp_path / "documents.parquet").num_rows == 0


def test_every_text_is_in_the_manifest_and_every_input_has_one_row(tmp_path: Path) -> None:
    hostile = [result(name, f"Text of {n}.") for n, name in enumerate(("A", "a", "a.txt/b", "..", "x" * 400, "con"))]
    publish([*hostile, *field_of_results(50)], tmp_path, ["txt", "md"], RUN)
    manifest = rows(tmp_path / "manifest.jsonl")
    named = {name for row in manifest for name in [row["output"], *row["copies"]] if name}
    assert named == {name for name in files(tmp_path) if name.startswith("text/")}
    assert len(manifest) == 56


def peak(folder: Path, count: int) -> int:
    gc.collect()
    tracemalloc.start()
    publish(field_of_results(count), folder, ["txt"], RUN)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def test_memory_is_flat(tmp_path: Path) -> None:
    _, few, many = (peak(tmp_path / str(count), count) for count in (50, 2000, 3600))  # all tables of the report full
    assert many - few < 1600 * 100  # a name in the set of names, not the text of a document


def test_a_removal_without_reason_shows(tmp_path: Path) -> None:
    from pipeline.document import Verdict

    summary = publish([Result(document("a", (block("x"), Verdict(kept=False))))], tmp_path, ["txt"], RUN)
    assert list(summary.by_rule) == ["unexplained"]


def test_the_summary_is_plain_json(tmp_path: Path) -> None:
    told = json.loads(json.dumps(publish(small(), tmp_path, ["txt"], RUN).as_json()))
    assert told["by_category"] == {"nav": {"words": 3, "blocks": 1}}
    assert told["inputs"] == 5
