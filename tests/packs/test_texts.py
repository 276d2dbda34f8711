"""Texts without markup: what must survive however short its lines are, and the first texts of the news pack."""

from __future__ import annotations

import pytest

from benchmarks.packs import DATA, PACKS, read_pack
from benchmarks.texts import cleaned, regions
from pipeline import clean
from pipeline.judge.model import WEIGHTS
from pipeline.recipe import make_kit
from pipeline.settings import Settings

PAGES = 20

RECIPE = """Lemon cake for a rainy day

200 g flour
3 eggs
150 g sugar
1 lemon
A pinch of salt
2 tsp baking powder

Heat the oven to 180 degrees and butter a tin.
Beat the eggs with the sugar until pale.
Fold in the flour, the zest and the juice.
Bake for forty minutes and let it cool in the tin."""

VERSE = """The lamp upon the harbour wall
Has burned for sixty years,
It saw the boats go one and all
And would not dry its tears.

The keeper climbs the winding stair
With oil and wick and flame,
And every evening she is there
And every night the same."""

SCORES = """Results of the second round

Northport 3 - 1 Easton
Millbrook 0 - 0 Highdale
Westhaven 2 - 4 Oakley
Fernhill 1 - 0 Stonebridge

Northport lead the table with seven points, two more than Oakley."""

INTERVIEW = """A talk with the lighthouse keeper

Reporter: How long have you lived here?
Keeper: Since the winter of the great storm.
Reporter: Were you afraid?
Keeper: Never.
Reporter: Not even once?
Keeper: Once, of the stairs, when my knee was bad and the oil ran low in the tank."""

CODE = """How to count the boats

The script reads the log and prints one line for each pier.

```
def count(log):
    return len(log.split())
```

Run it every evening; it needs nothing but the log."""

LISTING = """What to bring to the island

- warm socks
- a torch
- two litres of water
- rope
- the tide table

The ferry does not wait, so pack the evening before and come early."""


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(RECIPE, id="recipe"),
        pytest.param(VERSE, id="verse"),
        pytest.param(SCORES, id="scores"),
        pytest.param(INTERVIEW, id="interview"),
        pytest.param(CODE, id="code"),
        pytest.param(LISTING, id="list"),
    ],
)
def test_short_lines_that_are_content_stay(text: str) -> None:
    document = clean(text, kind="text")
    assert [block.text for block, _ in document.removed] == []


def test_news_texts_lose_little_and_settle() -> None:
    if not (WEIGHTS / "text.npz").is_file() or not (DATA / PACKS["news"].file).is_file():
        pytest.skip("no weights for texts, or no pack")
    kit = make_kit(Settings())
    samples = [sample for sample in read_pack(PACKS["news"], DATA, PAGES) if sample.gold]
    some = [cleaned(text, kit) for sample in samples for text in regions(sample, loose=True)]
    lines = sum((one.lines.lines for one in some[1:]), some[0].lines.lines)
    words = sum((one.lines.words for one in some[1:]), some[0].lines.words)
    assert lines.f1 >= 0.9
    assert words.recall >= 0.985
    assert sum(one.lost_again for one in some) == 0
    titled = [one.titled for one in some if one.titled is not None]
    assert sum(titled) >= 0.5 * len(titled)
