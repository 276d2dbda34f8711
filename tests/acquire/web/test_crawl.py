"""A run as its tally tells it, and what the crawl does beside the visits themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.acquire.web.sources.model import Source
from pipeline.acquire.web.tools import Tally, host_of
from pipeline.acquire.web.values import FetchOutcome, Visit
from pipeline.run.fetching import run_fetch
from tests.acquire.web.answers import Answer, redirect
from tests.acquire.web.server import Server
from tests.acquire.web.sites import archived, feed, order, outcomes, rows, site, story

HOST = "harbour.test"
PAGES = {f"s{number}": Answer(story(number)) for number in range(1, 6)}


def tally_of(*visits: FetchOutcome, trouble: str = "") -> Tally:
    tally = Tally()
    for number, outcome in enumerate(visits):
        tally.add("harbour", Visit(f"http://h{number}.test:81/", outcome))
    tally.troubles.update({"http://h.test/feed": trouble} if trouble else {})
    return tally


@pytest.mark.parametrize(
    ("tally", "code"),
    [
        (tally_of(), 0),
        (tally_of("fetched", "gone", "blocked", "deferred"), 0),
        (tally_of("fetched", "failed"), 1),
        (tally_of("unchanged", trouble="is not XML"), 1),
        (tally_of("failed", "gone"), 3),
        (tally_of(trouble="the server answered 404"), 3),
    ],
    ids=["nothing", "well", "one-failed", "a-bad-feed", "all-failed", "no-start"],
)
def test_exit_codes_are_honest(tally: Tally, code: int) -> None:
    assert tally.exit_code == code


def test_a_tally_counts_by_source_and_host() -> None:
    tally = tally_of("fetched", "failed")
    assert tally.asked == 2
    assert dict(tally.hosts) == {"h0.test:81": {"fetched": 1}, "h1.test:81": {"failed": 1}}
    assert tally.as_json()["outcomes"] == {"harbour": {"fetched": 1, "failed": 1}}
    assert [line.split() for line in tally.lines()] == [
        ["source", "found", "fetched", "failed"],
        ["harbour", "0", "1", "1"],
    ]
    assert [host_of(url) for url in ("http://a.test:81/x", "https://b.test", "nonsense")] == ["a.test:81", "b.test", ""]


def test_only_what_a_source_wants_is_asked(tmp_path: Path) -> None:
    with Server({HOST: site(feed=feed(*(f"/{name}" for name in PAGES), "mailto:x@y.test"), **PAGES)}) as server:
        source = Source(
            "harbour",
            feed=(server.url(HOST, "/feed"),),
            urls=(server.url(HOST, "/s5"),),
            include=("/s1", "/s2", "/s3"),
            exclude=("*3$",),
        )
        tally = run_fetch(order(server, tmp_path, source))
    assert set(outcomes(tmp_path)) == {"s1", "s2", "s5"}, "what a source names itself is always wanted"
    assert tally.passed_over["harbour"]["exclude = *3$"] == 1
    assert tally.passed_over["harbour"]["fits no include"] == 2
    assert "passed over" in " ".join(tally.lines())


def test_where_a_redirect_led_is_not_asked_again(tmp_path: Path) -> None:
    with Server({HOST: site(feed=feed("/old", "/s1"), old=redirect("/s1", 301), **PAGES)}) as server:
        run_fetch(order(server, tmp_path, Source("harbour", feed=(server.url(HOST, "/feed"),))))
        assert len(server.asked(HOST, "/s1")) == 1
    assert [(row.url[-3:], row.final_url[-3:]) for row in rows(tmp_path)] == [("old", "/s1")]
    assert archived(tmp_path) == {"s1": 1}


def test_max_pages_is_of_a_run_and_the_rest_waits(tmp_path: Path) -> None:
    closed = "User-agent: *\nDisallow: /s1$\nDisallow: /s2$"
    with Server({HOST: site(closed, feed=feed(*(f"/{name}" for name in PAGES)), **PAGES)}) as server:
        source = Source("harbour", feed=(server.url(HOST, "/feed"),), max_pages=2)
        tallies = [run_fetch(order(server, tmp_path, source)) for _ in range(2)]
    assert [dict(tally.counts()) for tally in tallies] == [{"disallowed": 2, "fetched": 2}, {"fetched": 1}]
    assert [tally.left for tally in tallies] == [1, 0]


def test_a_source_that_is_switched_off_keeps_what_waits_for_it(tmp_path: Path) -> None:
    with Server({HOST: site(feed=feed("/s1", "/s2"), **PAGES)}) as server:
        one = Source("one", feed=(server.url(HOST, "/feed"),), max_pages=1)
        two = Source("two", urls=(server.url(HOST, "/s5"),))
        run_fetch(order(server, tmp_path, one))
        tally = run_fetch(order(server, tmp_path, two))
        assert (dict(tally.counts()), tally.left) == ({"fetched": 1}, 0)
        assert dict(run_fetch(order(server, tmp_path, one)).counts()) == {"fetched": 1}
