"""The rules of the house: which room may open which door, how long things may be, how fast the front door opens."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(path for top in ("pipeline", "assets") for path in (ROOT / top).rglob("*.py"))
IDS = [str(path.relative_to(ROOT)) for path in MODULES]
ROOMS = ["document", "acquire", "segment", "judge", "dedup", "publish", "recipe", "run"]
"""In the order in which data flows; imports point back. What is not listed stands above all rooms."""
FREE = {"errors", "saying", "settings", "document", ""}
"""What every room shares, and the door itself, which everyone may name."""
EXCEPTIONS = {
    ("pipeline/segment/decode.py", "pipeline.acquire.sniff"): "what bytes are is told once, for files and for pages",
    ("pipeline/judge/kind.py", "pipeline.segment.head.signs"): "how many signs a page gives is told where it is read",
    ("pipeline/judge/structure.py", "pipeline.segment.hidden"): "the ways of hiding are told apart where they are read",
    ("pipeline/dedup/lines.py", "pipeline.judge.repeated"): "the state keeps the lines that the judge remembers",
    ("pipeline/dedup/state/memory.py", "pipeline.judge.repeated"): "and makes what the judge is told of a site",
}
"""Imports that skip what `document` gives to reach into an earlier room; each with its reason."""
HEAVY = {"pyarrow", "trafilatura", "lxml", "numpy", "dagster", "rich", "selectolax", "warcio", "pebble", "py3langid"}


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write the whole name, relative imports hide where they point"
            yield node.module or ""


def room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def height(name: str) -> int:
    """How high a room stands; what is not in the list stands with the command line, above all."""
    return ROOMS.index(name) if name in ROOMS else len(ROOMS)


INSIDE = [path for path in MODULES if (ROOT / "pipeline") in path.parents]
INSIDE_IDS = [str(path.relative_to(ROOT)) for path in INSIDE]


@pytest.mark.parametrize(
    "path",
    [path for path in INSIDE if path.parent.name != "pipeline" or path.stem != "__init__"],
    ids=lambda p: f"{p.parent.name}-{p.stem}",
)
def test_imports_point_back(path: Path) -> None:
    here = path.relative_to(ROOT / "pipeline").parts[0].removesuffix(".py")
    ours = [module for module in imports(path) if module.startswith("pipeline") and room(module) not in FREE]
    assert [module for module in ours if height(room(module)) > height(here)] == [], "it opens a door ahead of it"


@pytest.mark.parametrize("path", INSIDE, ids=INSIDE_IDS)
def test_the_pipeline_knows_nothing_of_its_users(path: Path) -> None:
    tops = {module.split(".")[0] for module in imports(path)}
    assert tops & {"dagster", "assets", "benchmarks", "tests"} == set()


@pytest.mark.parametrize("early", ["acquire", "segment", "judge", "dedup"])
def test_rooms_reach_into_earlier_ones_only_by_agreement(early: str) -> None:
    """Values flow through `document`; a room that calls an earlier one does so for a reason written above."""
    reaching = {
        (str(path.relative_to(ROOT)), module)
        for path in (ROOT / "pipeline" / early).rglob("*.py")
        for module in imports(path)
        if room(module) in ROOMS and room(module) not in (early, "document")
    }
    assert reaching == {exception for exception in EXCEPTIONS if exception[0].startswith(f"pipeline/{early}/")}


def test_document_imports_nothing_of_ours() -> None:
    assert [name for name in imports(ROOT / "pipeline" / "document.py") if name.startswith("pipeline")] == []


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_a_sign_at_every_door(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if tree.body or path.parent.name not in ("rules", "defs"):
        assert ast.get_docstring(tree), "say what the module is for, and what belongs in it"


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 350, "350 lines a file at most: make two rooms of it"
    long = [
        f"{node.name}: {lines} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > 60
    ]
    assert long == [], "60 lines a function at most"


def test_half_of_the_functions_are_within_ten_lines() -> None:
    lengths = sorted(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    )
    assert lengths[len(lengths) // 2] <= 10
    assert lengths[int(len(lengths) * 0.95)] <= 40


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["clean", "--help"]], ids=" ".join)
def test_help_opens_no_heavy_door(arguments: list[str]) -> None:
    script = (
        "import sys, json\nfrom pipeline.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "click" in loaded
    assert loaded & HEAVY == set()
