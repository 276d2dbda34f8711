"""docs/data-formats.md names every file and every field, in the order of the code, and no other."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from pipeline.document import OUTCOMES
from pipeline.publish import FORMATS
from pipeline.publish.rows import LEDGER, MANIFEST, METADATA, RECORD
from pipeline.publish.statistics import Counts

PAGE = (Path(__file__).parents[2] / "docs/data-formats.md").read_text(encoding="utf-8")
TABLES = {"Documents": RECORD, "Metadata": METADATA, "Manifest": MANIFEST, "Ledger": LEDGER}


def first_column(heading: str) -> list[str]:
    section = re.split(r"^#+ ", PAGE.split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"^\| `([^`]+)` \|", section, flags=re.MULTILINE)


@pytest.mark.parametrize("heading", TABLES)
def test_fields(heading: str) -> None:
    assert first_column(heading) == list(TABLES[heading])


def test_statistics() -> None:
    assert first_column("Statistics") == [field.name for field in fields(Counts)]


def test_formats() -> None:
    assert first_column("Formats") == list(FORMATS)


def test_outcomes() -> None:
    assert first_column("Outcomes") == list(OUTCOMES)
