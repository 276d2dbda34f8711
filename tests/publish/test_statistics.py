"""statistics.json: counts by source that can be compared from day to day."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Reason, Verdict
from pipeline.errors import UsageError
from pipeline.publish import publish
from pipeline.publish.statistics import Counts, Statistics, read_statistics, total_of
from tests.publish.made_up import KEPT, RUN, block, counted, failed, gone, result

RULE = Reason("share-line", "share", 0.6, "says share")
PROSE = Reason("prose", "other", -0.9, "is prose")
LEARNED = Reason("learned", "nav", 0.8, "looks like a menu")
RESULTS = [
    result("herald/d/a.html", "four words stay here", (block("Home | Contact"), gone("nav"))),
    result(
        "herald/d/b.html", "three words here", (block("Share"), gone("share")), outcome="duplicate", likeness="near"
    ),
    result("herald/d/c.html", (block("Log in"), gone("login")), outcome="blocked"),
    result("herald/d/e.html", outcome="empty"),
    failed("gazette/d/x.pdf", "unsupported"),
    failed("gazette/d/y.html", "timeout"),
    failed("loose.pdf", "unsupported"),
]


def total(*results: Any) -> Counts:
    return counted(results).total


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("inputs", 7),
        ("outcomes", {"kept": 1, "empty": 1, "duplicate": 1, "blocked": 1, "unsupported": 2, "failed": 1}),
        ("failures", {"unsupported": 2, "timeout": 1}),
        ("languages", {"en": 1}),
        ("likeness", {"near": 1}),
        ("kept_words", 4),
        ("cleaned_words", 7),
        ("cleaned_blocks", 2),
        ("removed_words", 6),
        ("removed_blocks", 3),
        ("category_words", {"nav": 3, "share": 1, "login": 2}),
        ("category_blocks", {"nav": 1, "share": 1, "login": 1}),
        ("characters", 36),
        ("damaged", 0),
        ("kept_share", 7 / 13),
        ("duplicate_share", 0.5),
        ("clutter_share", 0),
    ],
)
def test_counts(name: str, value: object) -> None:
    assert getattr(total(*RESULTS), name) == value


def test_sources() -> None:
    found = counted(RESULTS)
    assert {name: counts.inputs for name, counts in found.sources.items()} == {"fields": 4, "gazette": 2, "": 1}


@pytest.mark.parametrize(
    ("reasons", "clutter"),
    [((), 0), ((RULE,), 1), ((RULE, PROSE), 0), ((LEARNED,), 0), ((LEARNED, RULE), 1), ((PROSE,), 0)],
    ids=["nothing-said", "a-rule", "a-rule-outvoted", "the-model-alone", "model-and-rule", "for-keeping"],
)
def test_clutter_left(reasons: tuple[Reason, ...], clutter: int) -> None:
    found = total(result("a", (block("Share this on Birdsite"), Verdict(kept=True, reasons=reasons))))
    assert (found.clutter_blocks, found.clutter_words) == (clutter, 4 * clutter)
    assert found.clutter_rules == ({"share-line": 1} if clutter else {})


@pytest.mark.parametrize(("text", "damaged"), [("whole", 0), ("br\ufffdken", 1), ("\ufffd\ufffd", 2)])
def test_damage(text: str, damaged: int) -> None:
    found = total(result("a", (block(text), KEPT)))
    assert (found.damaged, found.damaged_share) == (damaged, damaged / len(text))


def test_nothing_came() -> None:
    found = total()
    shares = (found.kept_share, found.duplicate_share, found.clutter_share, found.damaged_share)
    assert (found.inputs, *shares) == (0, 0, 0, 0, 0)


@given(st.lists(st.sampled_from(RESULTS), max_size=12), st.randoms())
def test_the_order_of_inputs_does_not_matter(results: list[Any], random: Any) -> None:
    shuffled = random.sample(results, len(results))
    assert counted(shuffled).as_bytes() == counted(results).as_bytes()


@given(st.lists(st.sampled_from(RESULTS), max_size=8), st.lists(st.sampled_from(RESULTS), max_size=8))
def test_days_add_up(one: list[Any], other: list[Any]) -> None:
    assert total_of([total(*one), total(*other)]) == total(*one, *other)


@given(st.lists(st.sampled_from(RESULTS), max_size=8))
def test_file_and_back(tmp_path_factory: pytest.TempPathFactory, results: list[Any]) -> None:
    file = tmp_path_factory.mktemp("statistics") / "statistics.json"
    file.write_bytes(counted(results).as_bytes())
    assert read_statistics(file) == counted(results)


def test_publishing_writes_it(tmp_path: Path) -> None:
    publish(iter(RESULTS), tmp_path, ["txt"], RUN)
    assert read_statistics(tmp_path / "statistics.json") == counted(RESULTS)


def test_every_field_is_explained() -> None:
    for field in dataclasses.fields(Counts):
        assert field.name in (Counts.__doc__ or "")


@pytest.mark.parametrize("name", ["\udcff", 'a"b', "\u2028", "x" * 500])
def test_strange_sources(tmp_path: Path, name: str) -> None:
    file = tmp_path / "statistics.json"
    file.write_bytes(Statistics({name: total(*RESULTS)}).as_bytes())
    found = read_statistics(file)
    assert found is not None
    assert found.total == total(*RESULTS)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"format": 2, "sources": {}}', '{"format": 1, "sources": {"a": {"grains": 1}}}',
     '{"format": 1, "sources": {"a": 1}}', '{"format": 1, "sources": {"a": {"inputs": "many"}}}', "\udcff"],
    ids=["empty", "list", "no-format", "other-format", "unknown-field", "no-counts", "no-number", "no-text"],
)  # fmt: skip
def test_damaged_files_teach(tmp_path: Path, text: str) -> None:
    file = tmp_path / "statistics.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(UsageError, match=r"statistics\.json: no statistics of ours .*publish the run again"):
        read_statistics(file)


def test_no_file_is_none(tmp_path: Path) -> None:
    assert read_statistics(tmp_path / "statistics.json") is None


def test_counts_are_plain_numbers() -> None:
    told = json.loads(counted(RESULTS).as_bytes())
    assert all(isinstance(value, (int, dict)) for row in told["sources"].values() for value in row.values())
