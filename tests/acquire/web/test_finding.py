"""From start points to addresses: what is asked, what is remembered, and when it is asked again."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.acquire.web.sources.model import Source
from pipeline.acquire.web.storage.manifest import Row, read_manifests
from pipeline.run.fetching import run_fetch
from tests.acquire.web.answers import Answer, redirect
from tests.acquire.web.server import Server
from tests.acquire.web.sites import feed, order, outcomes, site, sitemap, story

HOST = "harbour.test"
PAGES = {f"s{number}": Answer(story(number), etag=f'"{number}"') for number in range(1, 6)}


def statuses(server: Server, target: str) -> list[int]:
    return [line.status for line in server.asked(HOST, target)]


def test_what_an_index_names_is_looked_at_though_the_index_did_not_change(tmp_path: Path) -> None:
    with Server({HOST: (web := site(**PAGES))}) as server:
        web.paths["/index"] = sitemap(server.url(HOST, "/map"), kind="sitemap")  # type: ignore[index]
        web.paths["/map"] = sitemap(server.url(HOST, "/s1"))  # type: ignore[index]
        source = Source("harbour", sitemap=(server.url(HOST, "/index"),))
        run_fetch(order(server, tmp_path, source))
        web.paths["/map"] = sitemap(server.url(HOST, "/s1"), server.url(HOST, "/s2"))  # type: ignore[index]
        run_fetch(order(server, tmp_path, source, days=2))
        assert statuses(server, "/index") == [200, 200]
        assert statuses(server, "/map") == [200, 200]
    assert outcomes(tmp_path) == {"s1": ("fetched", ""), "s2": ("fetched", "")}


def test_feeds_that_a_page_declares_are_looked_at_though_the_page_did_not_change(tmp_path: Path) -> None:
    link = b'<!doctype html><link rel="alternate" type="application/rss+xml" href="/feed"><p>Hello.</p>'
    with Server({HOST: (web := site(home=Answer(link, etag='"h"'), feed=feed("/s1"), **PAGES))}) as server:
        source = Source("harbour", feed=(server.url(HOST, "/home"),))
        run_fetch(order(server, tmp_path, source))
        web.paths["/feed"] = feed("/s1", "/s2")  # type: ignore[index]
        run_fetch(order(server, tmp_path, source, days=2))
        run_fetch(order(server, tmp_path, source, days=4))
        assert statuses(server, "/feed") == [200, 200, 304]
    assert set(outcomes(tmp_path)) == {"s1", "s2"}


def test_pages_of_a_feed_that_moved_are_due_again_though_it_did_not_change(tmp_path: Path) -> None:
    with Server({HOST: site(old=redirect("/feed"), feed=feed("/s1"), **PAGES)}) as server:
        source = Source("harbour", feed=(server.url(HOST, "/old"),))
        run_fetch(order(server, tmp_path, source))
        run_fetch(order(server, tmp_path, source, days=9))
        assert statuses(server, "/feed") == [200, 304]
        assert statuses(server, "/s1") == [200, 304]


def test_a_robots_txt_may_be_a_start_point(tmp_path: Path) -> None:
    with Server({HOST: (web := site(**PAGES))}) as server:
        web.paths["/robots.txt"] = Answer(f"Sitemap: {server.url(HOST, '/map')}\n".encode())  # type: ignore[index]
        web.paths["/map"] = sitemap(server.url(HOST, "/s1"))  # type: ignore[index]
        run_fetch(order(server, tmp_path, Source("harbour", sitemap=(server.url(HOST, "/robots.txt"),))))
    assert set(outcomes(tmp_path)) == {"s1"}


def test_a_run_that_ends_among_sitemaps_asks_for_none_of_them_twice(tmp_path: Path) -> None:
    with Server({HOST: (web := site(**PAGES))}) as server:
        for number in range(1, 6):
            web.paths[f"/map{number}"] = sitemap(server.url(HOST, f"/s{number}"))  # type: ignore[index]
        maps = tuple(server.url(HOST, f"/map{number}") for number in range(1, 6))
        source = Source("harbour", sitemap=maps)
        run_fetch(order(server, tmp_path, source), stopped=lambda: bool(server.asked(HOST, "/map3")))
        assert [len(statuses(server, f"/map{number}")) for number in range(1, 6)] == [1, 1, 1, 0, 0]
        run_fetch(order(server, tmp_path, source))
        assert [len(statuses(server, f"/map{number}")) for number in range(1, 6)] == [1, 1, 1, 1, 1]
    assert set(outcomes(tmp_path)) == {f"s{number}" for number in range(1, 6)}


@pytest.mark.parametrize(
    ("answer", "outcome", "kind", "trouble"),
    [
        (feed("/s1"), "fetched", "", ""),
        (Answer(b"no", 404), "gone", "http-404", "the server answered 404"),
        (Answer(b"later", 429, headers={"Retry-After": "90"}), "deferred", "http-429", "429"),
        (
            Answer(b"<rss><channel><item><link>/s1</l"),
            "fetched",
            "",
            "not well-formed",
        ),
        (Answer(b"\0\1\2" * 500), "fetched", "", "not well-formed"),
    ],
    ids=["good", "gone", "parked", "torn", "noise"],
)
def test_the_manifest_tells_of_start_points_too(
    tmp_path: Path, answer: Answer, outcome: str, kind: str, trouble: str
) -> None:
    with Server({HOST: site(feed=answer, **PAGES)}) as server:
        tally = run_fetch(order(server, tmp_path, Source("harbour", feed=(server.url(HOST, "/feed"),))))
    found = [row for row in read_manifests(tmp_path) if isinstance(row, Row)]
    (row,) = (row for row in found if row.found_in == "sources.toml: feed")
    assert (row.outcome, row.kind, row.record) == (outcome, kind, None)
    assert len(tally.troubles) == bool(trouble)
    assert trouble in " ".join(tally.troubles.values())
