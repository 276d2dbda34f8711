"""Lines that come back on a site: what is counted, what is remembered, and what the judge says of it."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from pipeline.dedup.lines import Lines, join_lines, lines_of
from pipeline.dedup.state.memory import PAGES, load_memory
from pipeline.dedup.state.publishing import forget, publish, refresh
from pipeline.dedup.state.reading import open_state
from pipeline.document import Block, Document, Metadata, PageInfo, Verdict
from pipeline.judge.fold import fold_all
from pipeline.judge.repeated import RULE as RULE_ID
from pipeline.judge.repeated import SiteLines, SiteMemory, find_on_site, hash_lines, site_of
from tests.dedup.state.worlds import FAST, RULE, prints_of

NOTICE = "Sign up for the morning letter"


def page(url: str | None, *texts: str, kept: bool = True) -> Document:
    blocks = tuple(Block(number, "line", text, number + 1) for number, text in enumerate(texts))
    info = PageInfo("id", "id", "", url, "html", "utf-8", 1)
    return Document(info, Metadata(), blocks, tuple(Verdict(kept=kept) for _ in blocks))


def run(folder: Path, label: str, pages: Sequence[tuple[str, list[str]]], story: int = 0) -> None:
    """Publish a run of pages (site, lines), each with a story of its own."""
    lines = join_lines([site for site, _ in pages], [hash_lines(texts) for _, texts in pages])
    stories = [(story + number, 0) for number in range(len(pages))]
    publish(folder, label, prints_of(stories, f"{label}/"), RULE, lines, disk=FAST)


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.Garden.example/a?b#c", "garden.example"),
        ("http://user@news.garden.example:8080/", "news.garden.example"),
        ("https://[half", ""),
        ("no address", ""),
        (None, ""),
    ],
)
def test_the_site_of_a_page(url: str | None, site: str) -> None:
    assert site_of(page(url).page.url) == site


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("12 comments", "340 comments", True),
        ("Read  ALSO", "read also", True),
        ("Read also", "Read more", False),
        ("Café", "Cafe\u0301", True),
        ("٣ تعليقات", "٤٥ تعليقات", True),
    ],
    ids=["digits", "case and space", "words", "normal forms", "digits of other scripts"],
)
def test_which_lines_are_the_same(one: str, other: str, *, same: bool) -> None:
    assert (hash_lines([one]) == hash_lines([other])) is same


@pytest.mark.parametrize("text", ["", "12.30", "***", "– 7 –"])
def test_lines_without_words_are_none(text: str) -> None:
    assert hash_lines([text]) == [0]
    assert not any(lines_of(page("https://a.example/", text))[1])


def test_kept_and_removed_lines_count_alike_and_each_once_a_page() -> None:
    kept, removed = (page("https://a.example/", NOTICE, NOTICE, "A line", kept=kept) for kept in (True, False))
    lines = join_lines(*zip(*map(lines_of, (kept, removed)), strict=True))
    assert lines.offsets.tolist() == [0, 2, 4]
    assert lines.hashes[:2].tolist() == lines.hashes[2:].tolist() == sorted(hash_lines([NOTICE, "A line"]))


def test_rows_of_lines_can_be_taken() -> None:
    lines = join_lines(["a", "b", "c"], [[3, 1, 3, 0], [], [7]])
    taken = lines.take(np.array([2, 0, 1], np.int64))
    assert (taken.sites, taken.offsets.tolist(), taken.hashes.tolist()) == (("c", "a", "b"), [0, 1, 3, 3], [7, 1, 3])
    assert len(Lines(("",), np.zeros(2, np.int64), np.zeros(0, np.uint64))) == 1


def test_a_line_on_many_pages_of_a_site_is_remembered(tmp_path: Path) -> None:
    garden = [
        ("garden.example", [NOTICE, f"{number} comments", f"Story of page {chr(97 + number)}"]) for number in range(6)
    ]
    run(tmp_path, "1", [*garden, ("other.example", [NOTICE]), ("", [NOTICE])])
    memory = load_memory(open_state(tmp_path))
    assert memory.lookup("garden.example", NOTICE) == (6, 6)
    assert memory.lookup("garden.example", "99 comments") == (6, 6)
    assert memory.lookup("garden.example", "Story of page a") is None
    assert memory.lookup("other.example", NOTICE) is None
    assert memory.lookup("", NOTICE) is None
    assert memory.digest == load_memory(open_state(tmp_path)).digest != SiteMemory().digest
    assert pickle.loads(pickle.dumps(memory)).digest == memory.digest


@pytest.mark.parametrize(("on", "of", "remembered"), [(4, 10, False), (5, 10, True), (7, 40, False), (8, 40, True)])
def test_how_often_is_often(tmp_path: Path, on: int, of: int, *, remembered: bool) -> None:
    run(tmp_path, "1", [("garden.example", [NOTICE] if number < on else ["Else"]) for number in range(of)])
    found = load_memory(open_state(tmp_path)).lookup("garden.example", NOTICE)
    assert found == ((on, of) if remembered else None)


def test_a_page_that_is_fetched_every_day_does_not_make_its_lines_common(tmp_path: Path) -> None:
    for day in range(8):
        run(tmp_path, str(day), [("garden.example", ["A sentence of the story"])])
    assert load_memory(open_state(tmp_path), min_docs=1).lookup("garden.example", "A sentence of the story") == (1, 1)


def test_the_memory_of_a_day_knows_only_the_days_before(tmp_path: Path) -> None:
    for day in range(3):
        run(tmp_path, str(day), [("garden.example", [NOTICE])] * 5, story=10 * day)
    state = open_state(tmp_path)
    counts = [load_memory(state, before).lookup("garden.example", NOTICE) for before in ("0", "1", "2", None)]
    assert counts == [None, (5, 5), (10, 10), (15, 15)]
    forget(tmp_path, RULE, labels=["0"], disk=FAST)
    assert load_memory(open_state(tmp_path), "2").lookup("garden.example", NOTICE) == (5, 5)


def test_only_the_newest_pages_of_a_site_count(tmp_path: Path) -> None:
    run(tmp_path, "1", [("garden.example", ["The old dress"])] * 150)
    run(tmp_path, "2", [("garden.example", ["The new dress"])] * 150, story=1000)
    memory = load_memory(open_state(tmp_path))
    assert memory.lookup("garden.example", "The new dress") == (150, PAGES)
    assert memory.lookup("garden.example", "The old dress") == (PAGES - 150, PAGES)


def test_the_memory_does_not_depend_on_the_order_of_runs(tmp_path: Path) -> None:
    for name, order in (("a", "012"), ("b", "201")):
        for day in order:
            run(tmp_path / name, day, [("garden.example", [NOTICE, f"Of {day}"])] * 5, story=3 * int(day))
        refresh(tmp_path / name, RULE, disk=FAST)
    digests = {load_memory(open_state(tmp_path / name)).digest for name in "ab"}
    assert len(digests) == 1


def test_the_judge_hears_a_count_and_never_enough_to_remove_alone() -> None:
    lines = SiteLines(50, {hash_lines([NOTICE])[0]: 41, hash_lines(["Everywhere"])[0]: 50})
    found = list(find_on_site(fold_all(["A story", NOTICE.upper(), "Everywhere", "..."]), lines))
    assert [(index, reason.rule, reason.category) for index, reason in found] == [
        (1, RULE_ID, "repeat"),
        (2, RULE_ID, "repeat"),
    ]
    assert found[0][1].evidence == "on 41 of 50 pages of this site"
    assert all(0 < reason.score <= 0.5 for _, reason in found)
    assert list(find_on_site([NOTICE], SiteLines(50, {}))) == []
