"""The gate on its fixed sample, as `make gate` runs it, where the packs are present."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.packs import DATA, PACKS

ROOT = Path(__file__).parents[2]
MISSING = [pack.file for pack in PACKS.values() if not (DATA / pack.file).exists()]


@pytest.mark.skipif(bool(MISSING), reason=f"not in {DATA}: {', '.join(MISSING)}")
def test_nothing_fell_below_its_floor() -> None:
    command = [sys.executable, "-m", "benchmarks.gate"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "have no floor yet" not in done.stderr
