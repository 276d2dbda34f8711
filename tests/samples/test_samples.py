"""The samples of `raw/samples`, each against its labels: what must stay, what must go, and what becomes of the page.

A sample `a.html` has its labels in `a.html.expect.toml`: `says`, `outcome`, `must_keep`, `must_drop`. A file of many
pages has a table `[pages."<record id>"]` for each. `copy_of` and `near` name the sample that it repeats.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
SAMPLES = HERE.parents[1] / "raw" / "samples"
SUFFIX = ".expect.toml"


def _expectations() -> dict[str, dict[str, Any]]:
    """What is expected of each page, by its id."""
    pages: dict[str, dict[str, Any]] = {}
    for file in sorted(HERE.glob(f"*{SUFFIX}")):
        name = file.name.removesuffix(SUFFIX)
        labels = tomllib.loads(file.read_text(encoding="utf-8"))
        parts = labels.get("pages")
        pages |= {f"{name}/{part}": some for part, some in parts.items()} if parts else {name: labels}
    return pages


EXPECTED = _expectations()


@cache
def _cleaned() -> dict[str, Any]:
    """Every page of the samples, cleaned by the recipe alone: by id, its Document or Failure."""
    from pipeline import Page, Settings
    from pipeline.acquire import read
    from pipeline.recipe import clean_page, make_kit

    kit = make_kit(Settings())
    return {
        item.id: clean_page(item, kit) if isinstance(item, Page) else item for item in read([SAMPLES], kit.settings)
    }


def _text(page: str) -> str:
    return str(getattr(_cleaned()[page], "text", ""))


def _flat(text: str) -> str:
    return " ".join(text.split())


def _snippets(key: str) -> list[Any]:
    return [
        pytest.param(page, snippet, id=f"{page}-{number}")
        for page, labels in EXPECTED.items()
        for number, snippet in enumerate(labels.get(key, []), 1)
    ]


def test_no_orphans() -> None:
    labelled = {file.name.removesuffix(SUFFIX) for file in HERE.glob(f"*{SUFFIX}")}
    assert labelled == {file.name for file in SAMPLES.iterdir()}, "write the labels, or the sample, that is missing"
    assert set(EXPECTED) == set(_cleaned()), "each page of a file of many needs its table, and the reverse"


def test_samples_are_small() -> None:
    assert [file.name for file in SAMPLES.iterdir() if file.stat().st_size > 30_000] == []


@pytest.mark.parametrize("page", EXPECTED)
def test_outcome(page: str) -> None:
    assert _cleaned()[page].outcome == EXPECTED[page]["outcome"]


@pytest.mark.parametrize(("page", "snippet"), _snippets("must_keep"))
def test_keeps(page: str, snippet: str) -> None:
    exact = "\n" in snippet
    text, wanted = (_text(page), snippet) if exact else (_flat(_text(page)), _flat(snippet))
    assert wanted in text


@pytest.mark.parametrize(("page", "snippet"), _snippets("must_drop"))
def test_drops(page: str, snippet: str) -> None:
    assert _flat(snippet) not in _flat(_text(page))


@pytest.mark.parametrize("page", [page for page, labels in EXPECTED.items() if "copy_of" in labels])
def test_an_exact_copy_has_the_same_text(page: str) -> None:
    assert _flat(_text(page)) == _flat(_text(EXPECTED[page]["copy_of"]))


@pytest.mark.parametrize("page", [page for page, labels in EXPECTED.items() if "near" in labels])
def test_a_near_copy_shares_most_words_but_not_all(page: str) -> None:
    ours, theirs = (set(_text(one).lower().split()) for one in (page, EXPECTED[page]["near"]))
    assert 0.7 < len(ours & theirs) / len(ours | theirs) < 1


def test_every_category_is_shown() -> None:
    """Captions stay by default; with the setting that drops them, the samples show every category."""
    from pipeline import Page, Settings
    from pipeline.acquire import read
    from pipeline.document import CATEGORIES, Document
    from pipeline.recipe import clean_page, make_kit

    kit = make_kit(Settings(captions="drop"))
    cleaned = [clean_page(item, kit) for item in read([SAMPLES], kit.settings) if isinstance(item, Page)]
    removed = [verdict.reason for page in cleaned if isinstance(page, Document) for _, verdict in page.removed]
    assert sorted(set(CATEGORIES) - {reason.category for reason in removed if reason}) == []
