"""The demo of fetching shows what it promises: two sites, a second run without anything new, and a report."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.fetch_demo import demo


def test_the_demo_fetches_twice_and_cleans(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demo(tmp_path)
    said = capsys.readouterr().err
    first, second = said.split("$ thresher fetch")[1:]
    assert "blocked" in first
    assert second.splitlines()[1].split() == ["source", "found", "unchanged", "next", "due"]
    assert (tmp_path / "clean" / "report.html").is_file()
    assert str(tmp_path / "clean" / "report.html") in second
    assert list((tmp_path / "clean" / "text").rglob("*.txt"))
