"""Tables as Markdown."""

import pytest

pytest.importorskip("dagster", reason="the assets need the extra: pip install -e '.[dagster]'")

from assets.tables import table


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ([], "(none)"),
        ([("jsonl", 1234)], "| format | pages |\n| :-- | --: |\n| jsonl | 1,234 |"),
        ([("page", 0), ("warc", 2)], "| format | pages |\n| :-- | --: |\n| page | 0 |\n| warc | 2 |"),
    ],
    ids=["none", "one", "two"],
)
def test_table(rows: list[tuple[str, int]], wanted: str) -> None:
    assert table(("format", "pages"), rows).value == wanted
