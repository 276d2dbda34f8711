"""Runs of fetching over a made-up web: what comes, what stays the same, what goes wrong, and what is left in `raw`."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.acquire.web.http.client import Library
from pipeline.acquire.web.sources.model import Source, Sources
from pipeline.acquire.web.tools import Tally, Wish
from pipeline.errors import OutputError, SettingsError, StateError
from pipeline.run.cleaning import Order, run_clean
from pipeline.run.fetching import FetchOrder, find_only, run_fetch
from tests.acquire.web.answers import Answer, Does, redirect
from tests.acquire.web.server import Server, Site
from tests.acquire.web.sites import archived, feed, listing, order, outcomes, rows, site, sitemap, story

CONSENT = b"<title>Before you continue</title><p>We value your privacy.</p><button>Accept all cookies</button>"
LOGIN = b"<title>Log in</title><form><p>Please log in to read this.</p><p>Forgot your password?</p></form>"
SOFT_404 = b"<title>Oh dear</title><h1>Page not found</h1><p>Try the home page.</p>"
PDF = Answer(b"%PDF-1.7 " + bytes(range(256)) * 20, headers={"Content-Type": "application/pdf"})
NOAI = {"X-Robots-Tag": "noai", "Content-Type": "text/html"}
TEXT = {"Content-Type": "text/plain; charset=utf-8"}


def harbour(server: Server, **more: object) -> Source:
    """A source with one feed."""
    return replace(Source("harbour", feed=(server.url("harbour.test", "/feed"),)), **more)  # type: ignore[arg-type]


def stories(*numbers: int) -> dict[str, Does]:
    return {f"s{number}": Answer(story(number), etag=f'"{number}"') for number in numbers}


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_all_kinds_of_start_points_lead_to_pages(tmp_path: Path, library: Library) -> None:
    web = site(
        feed=feed("/s1"), map=sitemap("http://harbour.test/s2"), all=listing("/s3", "/s1"), **stories(1, 2, 3, 4)
    )
    with Server({"harbour.test": web}) as server:
        at = server.url
        web.paths["/map"] = sitemap(at("harbour.test", "/s2"))  # type: ignore[index]
        source = harbour(
            server,
            sitemap=(at("harbour.test", "/map"),),
            listing=(at("harbour.test", "/all"),),
            urls=(at("harbour.test", "/s4"),),
        )
        tally = run_fetch(replace(order(server, tmp_path, source), library=library))
    assert (dict(tally.counts()), tally.exit_code, tally.left) == ({"fetched": 4}, 0, 0)
    assert archived(tmp_path) == {"s1": 1, "s2": 1, "s3": 1, "s4": 1}
    found_in = {row.url[-2:]: row.found_in.rsplit("/", 1)[-1] for row in rows(tmp_path)}
    assert found_in == {"s1": "feed", "s2": "map", "s3": "all", "s4": "sources.toml"}
    assert {row.robots for row in rows(tmp_path)} == {"robots.txt line 2: Allow: /"}
    assert [line.target for line in server.log].count("/robots.txt") == 1


CASES: dict[str, tuple[Does, str, str]] = {
    "page": (Answer(story(1)), "fetched", ""),
    "text": (Answer(b"The ferry left at nine.\n\nIt was late.\n" * 9, headers=TEXT), "fetched", ""),
    "gone": (Answer(b"no", 410), "gone", "http-410"),
    "not-there": (Answer(b"no", 404), "gone", "http-404"),
    "consent": (Answer(CONSENT), "blocked", "consent"),
    "login": (Answer(LOGIN), "blocked", "login"),
    "soft-404": (Answer(SOFT_404), "blocked", "not-found"),
    "pdf": (PDF, "wrong_type", "wrong-type"),
    "broken": (Answer(b"oops", 500), "failed", "http-500"),
    "cut": (Answer(story(1), cut=100), "failed", "cut"),
    "loop": (redirect("/loop"), "failed", "redirect-loop"),
    "to-a-file": (redirect("file:///etc/passwd"), "failed", "redirect"),
    "elsewhere": (lambda request: redirect("http://other.test:" + request.headers["host"].rpartition(":")[2] + "/s9"),
                  "fetched", ""),
    "large": (Answer(story(1) + b" " * 60_000, packed=("gzip",)), "too_large", "too_large"),
    "secret": (Answer(story(1)), "disallowed", "robots"),
    "noai": (Answer(story(1), headers=NOAI), "skipped", "rights"),
}  # fmt: skip
"""Name of a path: what it does, and the outcome and kind that it must have."""


def test_every_address_has_an_outcome_and_only_pages_become_text(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    web = site("User-agent: *\nDisallow: /secret", feed=feed(*(f"/{name}" for name in CASES)))
    web.paths.update({f"/{name}": does for name, (does, _, _) in CASES.items()})  # type: ignore[attr-defined]
    with Server({"harbour.test": web, "other.test": site(s9=Answer(story(9)))}) as server:
        tally = run_fetch(order(server, raw, harbour(server, max_page_bytes=50_000, respect=("noai",))))
        assert server.asked("harbour.test", "/secret") == []
    assert outcomes(raw) == {name: (outcome, kind) for name, (_, outcome, kind) in CASES.items()}
    assert (tally.exit_code, tally.left) == (1, 0)
    by_name = {row.url.split("/", 3)[3]: row for row in rows(raw)}
    assert by_name["secret"].reason == "robots.txt line 2: Disallow: /secret"
    assert by_name["noai"].reason == "x-robots-tag says noai"
    assert by_name["noai"].rights == {"x-robots-tag": "noai"}
    assert by_name["elsewhere"].final_url.startswith("http://other.test:")
    assert {name for name, row in by_name.items() if row.record} == {
        name for name, (_, outcome, _) in CASES.items() if outcome in ("fetched", "blocked")
    }
    run_clean(Order((raw,), tmp_path / "clean", workers=1))
    cleaned = [json.loads(line) for line in (tmp_path / "clean" / "manifest.jsonl").read_text().splitlines()]
    blocked = sorted(row["reason"].partition(":")[0] for row in cleaned if row["outcome"] == "blocked")
    assert blocked == ["blocked-consent", "blocked-login", "blocked-not-found"]
    assert len(cleaned) == 6
    assert {row["outcome"] for row in cleaned} <= {"blocked", "kept", "duplicate"}
    texts = " ".join(path.read_text() for path in (tmp_path / "clean" / "text").rglob("*.txt"))
    assert "ferry" in texts
    assert not any(word in texts for word in ("privacy", "log in", "not found"))


def test_what_did_not_change_is_not_kept_again(tmp_path: Path) -> None:
    web = site(
        feed=feed("/s1", "/plain", "/new"), plain=Answer(story(2)), new=Answer(story(3), etag='"3"'), **stories(1)
    )
    with Server({"harbour.test": web}) as server:
        run_fetch(order(server, tmp_path, harbour(server)))
        assert dict(run_fetch(order(server, tmp_path, harbour(server))).counts()) == {}, "nothing is due"
        web.paths["/new"] = Answer(story(4), etag='"4"')  # type: ignore[index]
        tally = run_fetch(order(server, tmp_path, harbour(server), days=8))
        assert dict(tally.counts()) == {"unchanged": 2, "fetched": 1}
        assert [line.status for line in server.asked("harbour.test", "/s1")] == [200, 304]
        assert [line.status for line in server.asked("harbour.test", "/plain")] == [200, 200]
        assert [line.status for line in server.asked("harbour.test", "/feed")] == [200, 304]
        assert dict(run_fetch(order(server, tmp_path, harbour(server), days=16)).counts()) == {"unchanged": 3}
    assert archived(tmp_path) == {"s1": 1, "plain": 1, "new": 2}


def test_a_page_that_is_said_to_have_changed_is_asked_before_its_time(tmp_path: Path) -> None:
    with Server({"harbour.test": (web := site(**stories(1, 2)))}) as server:
        one, two = (server.url("harbour.test", f"/s{number}") for number in (1, 2))
        source = Source("harbour", sitemap=(server.url("harbour.test", "/map"),))
        web.paths["/map"] = sitemap(one, two, modified="2020-01-01")  # type: ignore[index]
        run_fetch(order(server, tmp_path, source))
        tomorrow = datetime.fromtimestamp(datetime.now(UTC).timestamp() + 86_400, UTC).isoformat()
        web.paths["/map"] = sitemap(one, modified=tomorrow)  # type: ignore[index]
        tally = run_fetch(order(server, tmp_path, source, days=2))
        assert dict(tally.counts()) == {"unchanged": 1}
        assert len(server.asked("harbour.test", "/s1")) == 2
        assert len(server.asked("harbour.test", "/s2")) == 1


def test_a_host_that_asks_for_time_is_left_alone_and_the_others_go_on(tmp_path: Path) -> None:
    busy = site(feed=feed("/s1", "/s2", "/s3"), **stories(1, 2, 3))
    busy.paths["/s2"] = Answer(b"later", 429, headers={"Retry-After": "7200"})  # type: ignore[index]
    quiet = site(feed=feed("/s4", "/s5"), **stories(4, 5))
    with Server({"harbour.test": busy, "quiet.test": quiet}) as server:
        two = Source("quiet", feed=(server.url("quiet.test", "/feed"),))
        tally = run_fetch(order(server, tmp_path, harbour(server), two))
        assert dict(tally.counts()) == {"fetched": 3, "deferred": 1}
        assert (tally.left, tally.exit_code) == (2, 0)
        assert len(server.asked("harbour.test", "/s3")) == 0
        busy.paths["/s2"] = Answer(story(2))  # type: ignore[index]
        assert dict(run_fetch(order(server, tmp_path, harbour(server), two, days=1 / 24)).counts()) == {"deferred": 1}
        assert dict(run_fetch(order(server, tmp_path, harbour(server), two, days=0.1)).counts()) == {"fetched": 2}
    assert archived(tmp_path) == {f"s{number}": 1 for number in range(1, 6)}


def test_what_a_site_respects_can_be_said_in_its_robots_txt(tmp_path: Path) -> None:
    web = site("User-agent: *\nContent-Signal: ai-train=no\nAllow: /\n", feed=feed("/s1"), **stories(1))
    with Server({"harbour.test": web}) as server:
        tally = run_fetch(order(server, tmp_path / "a", harbour(server, respect=("ai-train=no",))))
        assert dict(tally.counts()) == {"skipped": 1}
        assert server.asked("harbour.test", "/s1") == []
        run_fetch(order(server, tmp_path / "b", harbour(server)))
    assert [row.rights for row in rows(tmp_path / "b")] == [{"content-signal": "ai-train=no"}]


@pytest.mark.parametrize(
    ("wish", "asked"),
    [(Wish(limit=2), 2), (Wish(since=datetime(2026, 1, 1, tzinfo=UTC)), 0), (Wish(), 5)],
    ids=["limit", "since", "all"],
)
def test_a_run_can_be_held_small(tmp_path: Path, wish: Wish, asked: int) -> None:
    with Server({"harbour.test": (web := site(**stories(1, 2, 3, 4, 5)))}) as server:
        pages = [server.url("harbour.test", f"/s{number}") for number in range(1, 6)]
        web.paths["/map"] = sitemap(*pages, modified="2025-06-01")  # type: ignore[index]
        source = Source("harbour", sitemap=(server.url("harbour.test", "/map"),))
        tally = run_fetch(order(server, tmp_path, source, wish=wish))
    assert (tally.asked, sum(archived(tmp_path).values())) == (asked, asked)
    assert tally.left == (5 - asked if wish.limit else 0)


def test_a_limit_holds_over_many_hosts_at_once(tmp_path: Path) -> None:
    hosts = [f"h{number}.test" for number in range(8)]
    with Server({host: site(feed=feed("/s1", "/s2"), **stories(1, 2)) for host in hosts}) as server:
        sources = [Source(host[:2], feed=(server.url(host, "/feed"),)) for host in hosts]
        tally = run_fetch(order(server, tmp_path, *sources, wish=Wish(limit=5)))
        assert sum(line.target.startswith("/s") for line in server.log) == 5
    assert (tally.asked, tally.left) == (5, 11)


def test_a_dry_run_asks_start_points_alone_and_keeps_nothing(tmp_path: Path) -> None:
    with Server({"harbour.test": site(feed=feed("/s1", "/s2"), **stories(1, 2))}) as server:
        dry = order(server, tmp_path, harbour(server), wish=Wish(force=True, dry_run=True))
        found, tally = find_only(dry)
        assert [(name, each.url[-2:]) for name, each in found] == [("harbour", "s1"), ("harbour", "s2")]
        assert {line.target for line in server.log} == {"/robots.txt", "/feed"}
        assert [path.name for path in tmp_path.iterdir()] == [".fetch"]
        run_fetch(order(server, tmp_path, harbour(server), wish=Wish(limit=1)))
        again, tally = find_only(dry)
        assert [each.url[-2:] for _, each in again] == ["s2"]
        assert (tally.passed_over["harbour"]["not due"], tally.left) == (1, 1)


def test_two_sources_with_one_feed_share_it_and_no_page_is_asked_twice(tmp_path: Path) -> None:
    with Server({"harbour.test": site(feed=feed("/s1", "/s2", "/s3"), **stories(1, 2, 3))}) as server:
        one = harbour(server, include=("/s1", "/s2"))
        two = replace(harbour(server, include=("/s2", "/s3")), name="quay")
        for days in (0.0, 8.0):
            run_fetch(order(server, tmp_path, one, two, days=days))
        assert [len(server.asked("harbour.test", f"/s{number}")) for number in (1, 2, 3)] == [2, 2, 2]
    assert archived(tmp_path) == {"s1": 1, "s2": 1, "s3": 1}


@pytest.mark.parametrize("shared", [False, True], ids=["alone", "beside-a-faster-one"])
def test_the_delay_of_a_source_holds_for_its_hosts(tmp_path: Path, shared: bool) -> None:
    with Server({"harbour.test": site(feed=feed("/s1", "/s2", "/s3"), **stories(1, 2, 3))}) as server:
        slow = harbour(server, delay=0.25)
        others = [Source("fast", urls=(server.url("harbour.test", "/s1"),))] if shared else []
        run_fetch(order(server, tmp_path, *others, slow))
        log = sorted(server.log, key=lambda line: line.started)
    gaps = [after.started - before.sent for before, after in itertools.pairwise(log)]
    assert len(gaps) >= 4
    assert min(gaps[1:]) >= 0.25  # the first request may be that of the faster source


def test_a_run_that_is_stopped_begins_no_page_and_the_next_one_goes_on(tmp_path: Path) -> None:
    with Server({"harbour.test": site(feed=feed("/s1", "/s2", "/s3"), **stories(1, 2, 3))}) as server:
        seen: list[int] = []
        tally = run_fetch(
            order(server, tmp_path, harbour(server, delay=0.1)),
            watch=lambda tally: seen.append(tally.asked),
            stopped=lambda: bool(seen),
        )
        assert (dict(tally.counts()), tally.left) == ({"fetched": 1}, 2)
        assert dict(run_fetch(order(server, tmp_path, harbour(server))).counts()) == {"fetched": 2}
    assert archived(tmp_path) == {"s1": 1, "s2": 1, "s3": 1}


def test_who_waits_for_a_turn_hears_of_the_end(tmp_path: Path) -> None:
    """With a pause of a minute, a run that is stopped ends within a second, and no request was made for it."""
    with Server({"harbour.test": site(feed=feed("/s1", "/s2"), **stories(1, 2))}) as server:
        stopped: Callable[[], bool] = lambda: len(server.log) >= 1  # noqa: E731
        tally = run_fetch(order(server, tmp_path, harbour(server, delay=50.0)), stopped=stopped)
        assert [line.target for line in server.log] == ["/robots.txt"]
    assert tally.counts() == {}


def test_trouble_of_the_disk_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "harbour").write_text("a file where the folder should be")
    with (
        Server({"harbour.test": site(feed=feed("/s1"), **stories(1))}) as server,
        pytest.raises(OutputError, match="nothing can be written there"),
    ):
        run_fetch(order(server, tmp_path, harbour(server)))


def test_a_damaged_state_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / ".fetch").mkdir()
    (tmp_path / ".fetch" / "state.sqlite").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    with Server({}) as server, pytest.raises(StateError, match="Move it away"):
        run_fetch(order(server, tmp_path, harbour(server)))


def test_without_a_contact_nobody_is_asked(tmp_path: Path) -> None:
    with Server({"harbour.test": site()}) as server:
        source = harbour(server)
        with pytest.raises(SettingsError, match="contact"):
            run_fetch(FetchOrder(Sources(sources=(source,)), tmp_path))
        assert server.log == []


def test_a_page_that_the_judge_stumbles_over_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr("pipeline.run.fetching.stands_in", stumble)
    with Server({"harbour.test": site(feed=feed("/s1"), **stories(1))}) as server:
        assert dict(run_fetch(order(server, tmp_path, harbour(server))).counts()) == {"fetched": 1}


def test_a_source_without_addresses_asks_nobody(tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    tally = run_fetch(FetchOrder(Sources(sources=(Source("papers", folder=(tmp_path / "papers",)),)), tmp_path / "raw"))
    assert isinstance(tally, Tally)
    assert [line.split() for line in tally.lines()] == [["source", "found"], ["papers", "0"]]


def test_what_a_dead_web_leaves_to_say(tmp_path: Path) -> None:
    with Server({"harbour.test": Site({})}) as server:
        tally = run_fetch(order(server, tmp_path, harbour(server)))
    assert tally.exit_code == 3
    assert [line.split() for line in tally.lines()] == [
        ["source", "found", "next", "due"],
        ["harbour", "0", "next", "run"],
        [server.url("harbour.test", "/feed:"), "the", "server", "answered", "404", "Not", "Found"],
    ]


def test_a_summary_says_when_sources_are_due_and_where_pages_are(tmp_path: Path) -> None:
    with Server({"harbour.test": site(feed=feed("/s1"), **stories(1, 2))}) as server:
        papers = Source("papers", urls=(server.url("harbour.test", "/s2"),))
        first, second, third = (
            run_fetch(order(server, tmp_path, harbour(server), papers, days=days)) for days in (0, 0.9, 2)
        )
    apart = first.next_due["papers"] - first.next_due["harbour"]
    assert (round(apart / 86_400), len(first.written)) == (6, 2), "pages are due after a week, feeds after a day"
    assert all(Path(name).is_file() for name in first.written)
    assert second.next_due == first.next_due
    assert second.start_points == {"harbour": {"not due": 1}}
    assert (second.written, second.as_json()["passed_over"]) == ([], {})
    assert [line.split()[:2] for line in second.lines()] == [
        ["source", "found"],
        ["harbour", "not"],
        ["papers", "1"],
        ["not", "due:"],
    ]
    assert third.start_points == {"harbour": {"asked": 1}}
    assert third.lines()[1].split()[:2] == ["harbour", "0"], "unchanged, and nothing of it was due"
