"""The benchmark of pages that a converter turned into Markdown: it measures what it says, on made-up pages."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.markdown import cleaned, converted, main
from benchmarks.packs import PACKS, Sample

pytest.importorskip("html2text", reason="needs the extra `bench`")

STORY = (
    "The ferry to Lower Brack sails again on Monday, the harbour office said, after nine weeks in the dock.",
    "Forty islanders stood on the quay when the engine was tried for the first time since the storm of October.",
    "Nobody had believed that the old shaft could be mended, least of all the man who mended it in the end.",
)
PAGE = (
    "<html><head><title>The ferry sails again</title></head><body><nav><ul><li><a href='/'>Home</a></li></ul></nav>"
    f"<article><h1>The ferry sails again</h1>{''.join(f'<p>{one}</p>' for one in STORY)}"
    "<p><a href='/join'>Subscribe to our newsletter and never miss a story!</a></p></article></body></html>"
)
SAMPLE = Sample("one", PAGE.encode(), language="en", gold=" ".join(STORY), headline="metadata")


def test_a_page_is_converted_with_its_links() -> None:
    markdown = converted(SAMPLE, 0).decode()
    assert "[Home](/)" in markdown
    assert STORY[0] in markdown.split("\n")
    assert max(map(len, converted(SAMPLE, 78).decode().split("\n"))) <= 78


@pytest.mark.parametrize("width", [0, 78])
def test_cleaning_is_measured_against_nothing_removed(width: int) -> None:
    (page,) = cleaned([SAMPLE], width)
    assert page.size == len(converted(SAMPLE, width))
    assert page.cleaned.words is not None
    assert page.whole.words is not None
    assert page.cleaned.words.f1 == 1.0
    assert page.whole.words.recall == 1.0
    assert page.whole.words.precision < 0.9


def test_the_command_prints_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = PACKS["news"]
    row = {
        "id": "one",
        "html": PAGE.encode(),
        "gold_text": " ".join(STORY),
        "url": "https://a.test/",
        "language": "en",
        "with": [],
        "without": [],
    }
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / pack.file)
    assert main(["--data", str(tmp_path), "--pack", "news"]) == 0
    assert "| news | wrapped at 78 | cleaned | 1 | 1.000 |" in capsys.readouterr().out
    assert main(["--data", str(tmp_path / "nothing"), "--pack", "news"]) == 2
