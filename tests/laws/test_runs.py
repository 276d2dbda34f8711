"""The laws of a whole run: one outcome per input, nothing overwritten, duplicates that name a kept one."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.dedup.fingerprint import entry_of, fingerprint
from pipeline.dedup.similar import Sameness, compare
from pipeline.document import OUTCOMES, Document
from pipeline.recipe import clean_page
from pipeline.run.cleaning import Order, run_clean
from tests.laws.made_up import PLAIN, html_pages, kit, text_pages

calm = settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
TWINS = (b"<p>The ferry leaves at nine.</p>", b"The ferry leaves at nine.\n", b"<div>The ferry  leaves at nine.</div>")
OTHERS = (b"", b" \n", b"%PDF-1.7\n%\xe2\xe3", b"\x89PNG\r\n\x1a\n\0\0", b"\xff\xfe", b"PK\x03\x04aaaa")
names = st.sampled_from(
    [
        "a.html",
        "a.txt",
        "a",
        "A.html",
        "b/a.html",
        "b/a.html.txt",
        "b/c.md",
        "ä.txt",
        "a.html.txt",
        "con.txt",
        "d e.txt",
    ]
)
contents = st.one_of(
    html_pages.map(lambda text: text.encode("utf-8")),
    text_pages.map(lambda text: text.encode("utf-8")),
    st.sampled_from(TWINS),
    st.sampled_from(OTHERS),
)
folders = st.dictionaries(names, contents, min_size=1, max_size=8)


def lay(folder: Path, files: dict[str, bytes]) -> int:
    """Write the files; a name that another one needs as a folder is left out. How many were written."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return len(files)


def run(folder: Path, out: Path) -> list[dict[str, Any]]:
    run_clean(Order((folder,), out, PLAIN, formats=("txt", "md", "jsonl"), workers=0))
    return [json.loads(line) for line in (out / "manifest.jsonl").read_text(encoding="utf-8").split("\n") if line]


def files_of(out: Path) -> dict[str, bytes]:
    """Every published file that a second run must repeat."""
    files = [path for path in sorted(out.rglob("*")) if path.is_file() and ".thresher" not in path.parts]
    return {str(path.relative_to(out)): path.read_bytes() for path in files if path.parent.name == "text"}


@calm
@given(folders)
def test_one_outcome_for_each_input(files: dict[str, bytes]) -> None:
    """Law 5: every input has one row with one outcome; no output is written twice."""
    with tempfile.TemporaryDirectory() as place:
        folder, out = Path(place) / "in", Path(place) / "out"
        count = lay(folder, files)
        rows = run(folder, out)
        assert len(rows) == count
        assert max(Counter(row["id"] for row in rows).values()) == 1
        assert {row["outcome"] for row in rows} <= set(OUTCOMES)
        assert all(row["reason"] for row in rows if row["outcome"] != "kept")
        outputs = [name for row in rows for name in (row["output"], *row["copies"]) if name]
        assert len(outputs) == len(set(outputs))
        assert [name for name in outputs if not (out / name).is_file()] == []
        assert {row["outcome"] for row in rows if row["output"]} <= {"kept"}


@calm
@given(folders)
def test_duplicates_name_a_kept_one_that_matches(files: dict[str, bytes]) -> None:
    """Law 6: of every cluster one stays, and it really matches."""
    from pipeline.acquire import read
    from pipeline.document import Page

    with tempfile.TemporaryDirectory() as place:
        folder, out = Path(place) / "in", Path(place) / "out"
        lay(folder, files)
        rows = {row["id"]: row for row in run(folder, out)}
        pages = [item for item in read([folder], PLAIN) if isinstance(item, Page)]
        documents = [value for page in pages if isinstance(value := clean_page(page, kit()), Document)]
        prints = fingerprint([entry_of(document) for document in documents])
        place_of = {name: number for number, name in enumerate(prints.ids)}
        for name, row in rows.items():
            leader = row["duplicate_of"]
            assert bool(leader) is (row["outcome"] == "duplicate")
            if leader:
                assert rows[leader]["outcome"] == "kept"
                found = compare(prints, place_of[name], prints, place_of[leader], Sameness())
                assert found is not None
                assert found[0] == row["likeness"]
        kept = [place_of[name] for name, row in rows.items() if row["outcome"] == "kept"]
        same = [prints.exact[number].tobytes() for number in kept if prints.words[number]]
        assert len(same) == len(set(same))
        named = Counter(row["duplicate_of"] for row in rows.values() if row["duplicate_of"])
        assert all(row["dup_count"] == named[name] for name, row in rows.items())


@calm
@given(folders)
def test_a_second_run_gives_the_same_files(files: dict[str, bytes]) -> None:
    """Law 4 over runs: cleaned again, or taken from the store, the text is the same."""
    with tempfile.TemporaryDirectory() as place:
        folder, first, second = Path(place) / "in", Path(place) / "first", Path(place) / "second"
        lay(folder, files)
        one, two = run(folder, first), run(folder, second)
        assert [row | {"seconds": 0} for row in one] == [row | {"seconds": 0} for row in two]
        assert files_of(first) == files_of(second)
        run(folder, first)
        assert files_of(first) == files_of(second)
