"""The survey of inputs that `raw_pages` shows. It needs no Dagster."""

import gzip
from pathlib import Path

import pytest

from pipeline.acquire import read
from pipeline.acquire.survey import Holding, survey
from pipeline.document import Failure
from pipeline.errors import UsageError
from pipeline.settings import Settings

SAMPLES = Path(__file__).parents[2] / "raw/samples"
ROWS = b'{"id": 1, "text": "One sentence."}\n{"id": 2, "text": "Another one."}\n'
CUT = gzip.compress(ROWS)[:-4]


@pytest.mark.parametrize(
    ("name", "data", "format_name", "pages", "failures"),
    [
        ("a.html", b"<p>One sentence.</p>", "page", 1, {}),
        ("a.txt", b"One sentence.", "page", 1, {}),
        ("a.jsonl", ROWS, "jsonl", 2, {}),
        ("a.jsonl.gz", gzip.compress(ROWS), "jsonl", 2, {}),
        ("a.jsonl.gz", CUT, "jsonl", 2, {"truncated": 1}),
        ("a.jsonl", ROWS + b"no row\n", "jsonl", 2, {"bad_record": 1}),
        ("a.pdf", b"%PDF-1.7", "unsupported", 0, {"unsupported": 1}),
        ("a.png", b"\x89PNG\r\n\x1a\n\x00\x00", "unsupported", 0, {"unsupported": 1}),
    ],
    ids=["html", "text", "rows", "packed", "cut", "one-bad-row", "pdf", "png"],
)
def test_one_file(
    tmp_path: Path, name: str, data: bytes, format_name: str, pages: int, failures: dict[str, int]
) -> None:
    (tmp_path / name).write_bytes(data)
    found = survey([tmp_path], Settings())
    assert found.formats == {format_name: Holding(1, len(data), pages, sum(failures.values()))}
    assert dict(found.failures) == failures


def test_a_page_too_large_is_a_failure_of_its_format(tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text("word " * 100)
    found = survey([tmp_path], Settings(max_page_bytes=100))
    assert found.formats["page"] == Holding(1, 500, 0, 1)
    assert dict(found.failures) == {"too_large": 1}


def test_skipped_is_counted_and_not_held(tmp_path: Path) -> None:
    (tmp_path / ".hidden").write_text("not for us")
    (tmp_path / "link.txt").symlink_to(tmp_path / ".hidden")
    found = survey([tmp_path], Settings())
    assert dict(found.skipped) == {"hidden": 1, "link": 1}
    assert found.total == Holding()


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        survey([tmp_path / "none"], Settings())


def test_counts_what_a_run_reads() -> None:
    inputs = list(read([SAMPLES], Settings()))
    found = survey([SAMPLES], Settings())
    failed = sum(isinstance(item, Failure) for item in inputs)
    assert (found.total.pages, found.total.failures) == (len(inputs) - failed, failed)
    assert found.total.files == sum(path.is_file() for path in SAMPLES.iterdir())
