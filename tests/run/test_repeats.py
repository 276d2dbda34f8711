"""Repeats over runs: a state remembers what was kept, in whatever order days are run, and what sites repeat."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from pipeline.dedup.state.reading import open_state
from pipeline.errors import UsageError
from pipeline.run.cleaning import STORE, Order, count_outdated, run_clean
from pipeline.run.store import Store
from pipeline.settings import Settings

PLAIN = Settings(witness="none", model="none", site_memory="off")
FERRY = (
    "The ferry to the islands left at nine with forty people, two dogs and the post, and came back in the evening with "
    "fewer people but more dogs, as it does every year when summer ends and the shops close their shutters."
)
OATS = (
    "Oats grow best where nothing else wants to, said the farmer, who has grown them on the same slope for thirty "
    "years and never once wished for a better field, because a better field would have had neighbours."
)
DAYS: dict[str, dict[str, str]] = {
    "2026-11-20": {"harbour/ferry.txt": FERRY},
    "2026-11-21": {"harbour/ferry-again.txt": FERRY.replace("evening", "night"), "fields/oats.txt": OATS},
    "2026-11-22": {"fields/ferry.txt": FERRY, "fields/oats.txt": OATS},
}
KEPT = {"2026-11-20": ["harbour/2026-11-20/ferry.txt"], "2026-11-21": ["fields/2026-11-21/oats.txt"], "2026-11-22": []}


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    for day, files in DAYS.items():
        for name, text in files.items():
            source, file = name.split("/")
            path = tmp_path / "raw" / source / day / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return tmp_path / "raw"


def clean(raw: Path, day: str, settings: Settings = PLAIN, **more: Any) -> list[dict[str, Any]]:
    out = raw.parent / "clean"
    run_clean(Order((raw,), out / day, settings, workers=0, state=out / "state", day=day, **more))
    return rows(out / day)


def rows(out: Path) -> list[dict[str, Any]]:
    lines = (out / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    return [{**json.loads(line), "seconds": 0} for line in lines]


def kept(manifest: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in manifest if row["outcome"] == "kept"]


def test_what_an_earlier_day_kept_is_a_duplicate_later(raw: Path) -> None:
    found = {day: clean(raw, day) for day in DAYS}
    assert {day: kept(manifest) for day, manifest in found.items()} == KEPT
    ferry = found["2026-11-22"][0]
    assert (ferry["duplicate_of"], ferry["duplicate_run"]) == ("harbour/2026-11-20/ferry.txt", "2026-11-20")
    assert (ferry["likeness"], ferry["similarity"]) == ("exact", 1.0)
    near = next(row for row in found["2026-11-21"] if row["outcome"] == "duplicate")
    assert near["likeness"] == "near"


@pytest.mark.parametrize("order", list(permutations(DAYS)), ids=lambda order: "-".join(day[-2:] for day in order))
def test_days_in_any_order_end_alike(raw: Path, order: tuple[str, ...]) -> None:
    for day in order:
        clean(raw, day)
    assert {day: kept(clean(raw, day)) for day in sorted(DAYS)} == KEPT


def test_a_run_says_which_later_ones_it_made_stale(raw: Path) -> None:
    clean(raw, "2026-11-22")
    out = raw.parent / "clean"
    order = Order((raw,), out / "2026-11-20", PLAIN, workers=0, state=out / "state", day="2026-11-20")
    assert any("2026-11-22" in note for note in run_clean(order).notes)


@pytest.mark.parametrize("ask", [run_clean, count_outdated], ids=["run", "check"])
def test_a_run_of_another_folder_is_refused_before_a_page_is_cleaned(raw: Path, ask: Callable[[Order], Any]) -> None:
    news, blogs = (raw.parent / name / "clean" for name in ("news", "blogs"))
    run_clean(Order((raw,), news, PLAIN, workers=0, state=raw.parent / "state"))
    order = Order((raw,), blogs, PLAIN, workers=0, state=raw.parent / "state")
    with pytest.raises(UsageError, match=r"holds run 'clean' of .*/news/clean, .*/blogs/clean\. Name it .* --run"):
        ask(order)
    assert not blogs.exists()
    for other in (replace(order, label="blogs"), replace(order, settings=replace(PLAIN, dedup="off"))):
        assert run_clean(other).complete
    news.rename(raw.parent / "moved")
    assert run_clean(replace(order, force=True)).complete


def test_a_run_again_is_not_a_duplicate_of_itself(raw: Path) -> None:
    assert kept(clean(raw, "2026-11-20")) == kept(clean(raw, "2026-11-20")) == KEPT["2026-11-20"]


def test_an_interrupted_run_leaves_the_state_as_it_was(raw: Path) -> None:
    out = raw.parent / "clean"
    order = Order((raw,), out / "2026-11-20", PLAIN, workers=0, state=out / "state", day="2026-11-20")
    assert not run_clean(order, stopped=lambda: True).complete
    assert kept(clean(raw, "2026-11-21")) == ["fields/2026-11-21/oats.txt", "harbour/2026-11-21/ferry-again.txt"]


def test_marked_copies_stay_in_the_output(raw: Path) -> None:
    clean(raw, "2026-11-20")
    marked = clean(raw, "2026-11-22", Settings(witness="none", model="none", dedup="mark"))
    assert kept(marked) == [row["id"] for row in marked]
    assert marked[0]["duplicate_run"] == "2026-11-20"


def test_without_dedup_nothing_is_looked_for(raw: Path) -> None:
    run_clean(Order((raw,), raw.parent / "all", Settings(witness="none", model="none", dedup="off"), workers=0))
    assert len(kept(rows(raw.parent / "all"))) == 5


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "../2026-11-20"])
def test_what_is_no_day_is_said(raw: Path, day: str) -> None:
    with pytest.raises(UsageError, match="is no day"):
        clean(raw, day)


WIDGET = "The harbour office keeps 12 umbrellas for visitors"


def site_page(number: int, day: str) -> str:
    words = " ".join(f"{word}{number}" for word in FERRY.split())
    link = f'<link rel="canonical" href="https://harbour.example/{day}/{number}">'
    return f"<html><head><title>T{number}</title>{link}</head><body><p>{words}</p><p>{WIDGET}</p></body></html>"


def test_a_line_that_came_back_on_a_site_is_evidence_from_the_second_run_on(tmp_path: Path) -> None:
    """It is a reason with counts, and no cut."""
    raw, settings = tmp_path / "raw", Settings(witness="none", model="none", site_memory="auto")
    for day in ("2026-11-20", "2026-11-21"):
        table = raw / "harbour" / day / "pages.jsonl"
        table.parent.mkdir(parents=True)
        numbers = range(8) if day.endswith("20") else range(100, 108)
        address = f"https://harbour.example/{day}"
        lines = [json.dumps({"id": n, "url": f"{address}/{n}", "html": site_page(n, day)}) for n in numbers]
        table.write_text("\n".join(lines), encoding="utf-8")
    reasons = {}
    for day in ("2026-11-20", "2026-11-21"):
        clean(raw, day, settings)
        with Store(tmp_path / "clean" / day / STORE) as store:
            reasons[day] = {
                (reason.evidence, verdict.kept)
                for result in store.results()
                for verdict in getattr(result.value, "verdicts", ())
                for reason in verdict.reasons
                if reason.rule == "repeat-on-site"
            }
    assert reasons == {"2026-11-20": set(), "2026-11-21": {("on 8 of 8 pages of this site", True)}}


@pytest.mark.parametrize("memory", ["auto", "off"])
def test_a_state_may_come_to_a_folder_later(tmp_path: Path, memory: Any) -> None:
    """What only a state needs is then made of the results that are there; lines only where they are remembered."""
    table = tmp_path / "raw" / "pages.jsonl"
    table.parent.mkdir()
    pages = [{"id": n, "url": f"https://harbour.example/{n}", "html": site_page(n, "x")} for n in range(3)]
    table.write_text("\n".join(map(json.dumps, pages)), encoding="utf-8")
    settings = Settings(witness="none", model="none", site_memory=memory)
    alone = Order((table.parent,), tmp_path / "out", settings, workers=0)
    run_clean(alone)
    run_clean(replace(alone, state=tmp_path / "late"))
    run_clean(replace(alone, state=tmp_path / "early", out=tmp_path / "fresh" / "out"))
    (late, late_lines), (early, early_lines) = (
        state.documents(state.run("out")) for state in map(open_state, (tmp_path / "late", tmp_path / "early"))
    )
    assert late == early
    assert late_lines.sites == early_lines.sites == ("harbour.example" if memory == "auto" else "",) * 3
    assert late_lines.hashes.tobytes() == early_lines.hashes.tobytes()
    assert len(late_lines.hashes) == (6 if memory == "auto" else 0)
