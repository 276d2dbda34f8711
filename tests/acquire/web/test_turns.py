"""Turns: who waits, who is refused, and that no host ever sees two of us at once. All in virtual time."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.acquire.web import ports
from pipeline.acquire.web.politeness.gate import Pace
from pipeline.acquire.web.politeness.robots import MAX_BYTES, RobotsFile
from pipeline.acquire.web.politeness.turns import Manners, Turns
from pipeline.acquire.web.ports import Refused, Trouble
from pipeline.acquire.web.values import HostRecord, Reply
from tests.acquire.web.memory_book import MemoryBook
from tests.acquire.web.virtual import NOW, VirtualClock, run

DAY = 86_400.0
MANNERS = Manners("farmbot", pace=Pace(delay=2.0, jitter=0.0, latency_factor=1.0), patience=30.0)


def reply(url: str, status: int = 200, retry_after: str = "", seconds: float = 0.0) -> Reply:
    headers = (("Retry-After", retry_after),) if retry_after else ()
    return Reply(url, status, "", headers, b"", b"", seconds=seconds)


Answer = tuple[int, bytes, dict[str, str]] | Trouble


@dataclass
class World:
    """Hosts that take a second to answer; what they say of robots is data, and all that they are asked is logged."""

    clock: VirtualClock
    robots: dict[str, list[Answer]] = field(default_factory=dict)
    """What an address answers, one after the other, the last for ever; others have no robots.txt."""
    seconds: float = 1.0
    log: list[tuple[str, float, float]] = field(default_factory=list)
    """(address, start, end) in seconds since the start."""
    turns: list[Turns] = field(default_factory=list)

    def sees(
        self,
        manners: Manners = MANNERS,
        book: MemoryBook | None = None,
        files: dict[str, RobotsFile] | None = None,
        owner: str = "one",
    ) -> Turns:
        chance = random.Random(len(self.turns)).random
        book = MemoryBook() if book is None else book
        self.turns.append(Turns(book, self.fetch, self.clock, chance, manners, robots=files, owner=owner))
        return self.turns[-1]

    async def fetch(self, url: str) -> Reply:
        began = self.clock.time()
        await self.clock.sleep(self.seconds)
        self.log.append((url, began - NOW, self.clock.time() - NOW))
        answers = self.robots.get(url, [(404, b"", {})])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Trouble):
            raise answer
        status, body, headers = answer
        return Reply(url, status, "", tuple(headers.items()), body, body, seconds=self.seconds)

    async def visit(self, turns: ports.Turns, url: str, status: int = 200, retry_after: str = "") -> str:
        """Ask for a page as a visitor would; gives "ok", or outcome and kind of the refusal."""
        try:
            async with turns.turn(url) as turn:
                began = self.clock.time()
                await self.clock.sleep(self.seconds)
                self.log.append((url, began - NOW, self.clock.time() - NOW))
                turn.done(reply(url, status, retry_after, self.seconds))
        except Refused as refused:
            return f"{refused.outcome} {refused.kind}"
        return "ok"

    def asked(self, suffix: str = "") -> list[str]:
        return [url for url, _, _ in self.log if url.endswith(suffix)]


def host(url: str) -> str:
    return url.split("/")[2]


def gaps(world: World) -> dict[str, list[float]]:
    """Of each host, the pauses between the end of a request and the start of the next; negative if they overlap."""
    by_host: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for url, start, end in world.log:
        by_host[host(url)].append((start, end))
    ordered = {name: sorted(times) for name, times in by_host.items()}
    return {name: [later[0] - earlier[1] for earlier, later in pairwise(times)] for name, times in ordered.items()}


def in_world(test: Callable[[World], Awaitable[None]]) -> None:
    async def main(clock: VirtualClock) -> None:
        await test(World(clock))

    run(main)


def test_fifty_hosts_with_forty_tasks_each() -> None:
    """No host has two requests in flight or sees us before its delay; one robots.txt each; the ceiling holds."""
    done: list[str] = []

    async def main(clock: VirtualClock) -> World:
        world = World(clock)
        turns = world.sees(replace(MANNERS, together=16))
        urls = [f"https://host{number}.test/{page}" for page in range(40) for number in range(50)]
        random.Random(1).shuffle(urls)
        done.extend(await asyncio.gather(*(world.visit(turns, url) for url in urls)))
        return world

    world = run(main)
    assert done == ["ok"] * 2000
    assert len(world.asked("/robots.txt")) == 50
    assert min(gap for pauses in gaps(world).values() for gap in pauses) >= 2.0 - 1e-6
    moments = sorted([(start, 1) for _, start, _ in world.log] + [(end, -1) for _, _, end in world.log])
    flying = [sum(step for _, step in moments[: index + 1]) for index in range(0, len(moments), 7)]
    assert max(flying) <= 16
    assert run(main).log == world.log, "the same again: nothing is left to luck"


def test_two_processes_share_a_book() -> None:
    async def test(world: World) -> None:
        book = MemoryBook()
        both = [world.sees(replace(MANNERS, patience=1e6), book, owner=owner) for owner in ("one", "two")]
        visits = [world.visit(turns, f"https://h{n % 3}.test/{n}") for n in range(30) for turns in both]
        assert await asyncio.gather(*visits) == ["ok"] * 60
        assert min(gap for pauses in gaps(world).values() for gap in pauses) >= 2.0 - 1e-6

    in_world(test)


def test_http_and_https_of_a_name_are_one_host_and_other_ports_are_others() -> None:
    async def test(world: World) -> None:
        turns = world.sees()
        urls = ["https://a.test/1", "http://a.test/1", "https://A.test./2", "https://a.test:8443/1"]
        await asyncio.gather(*(world.visit(turns, url) for url in urls))
        starts = {url: start for url, start, _ in world.log}
        assert starts["https://a.test:8443/robots.txt"] == starts["https://a.test/robots.txt"] == 0.0
        ours = sorted((start, end) for url, start, end in world.log if ":8443" not in url)
        assert all(later[0] >= earlier[1] + 2.0 for earlier, later in pairwise(ours))

    in_world(test)


CLOSED = b"User-agent: *\nDisallow: /private\nCrawl-delay: 7\n"
ROBOTS = "https://a.test/robots.txt"


def test_robots_rules_hold_and_cost_one_request() -> None:
    async def test(world: World) -> None:
        world.robots[ROBOTS] = [(200, CLOSED, {})]
        turns = world.sees(replace(MANNERS, patience=1e6))
        urls = [f"https://a.test/{'private' if n % 2 else 'open'}/{n}" for n in range(50)]
        assert await asyncio.gather(*(world.visit(turns, url) for url in urls)) == ["ok", "disallowed robots"] * 25
        assert len(world.asked("/robots.txt")) == 1
        assert world.asked("private") == []
        assert min(gaps(world)["a.test"]) >= 7.0 - 1e-6, "the crawl delay holds from the first page on"

    in_world(test)


ROBOTS_FILES: dict[str, tuple[list[Answer], str, int]] = {
    "not found": ([(404, b"", {})], "ok", 1),
    "forbidden": ([(403, b"", {})], "deferred robots-unreachable", 1),
    "server error": ([(500, b"", {})], "deferred robots-unreachable", 2),
    "server error once": ([(500, b"", {}), (200, b"", {})], "ok", 2),
    "timeout": ([Trouble("timeout", "")], "deferred robots-unreachable", 2),
    "no such name": ([Trouble("dns", "")], "deferred robots-unreachable", 2),
    "private address": ([Trouble("address", "")], "failed address", 1),
    "reset once": ([Trouble("reset", ""), (200, CLOSED, {})], "ok", 2),
    "too many requests": ([(429, b"", {"Retry-After": "3600"})], "deferred host-blocked", 1),
    "too many, for a short time": ([(429, b"", {"Retry-After": "9"}), (200, b"", {})], "ok", 2),
    "unavailable for a garbled time": ([(503, b"", {"Retry-After": "soon"})], "deferred host-blocked", 1),
    "a web page": ([(200, b"<html>User-agent: * Disallow: /</html>", {})], "ok", 1),
    "a redirect to itself": ([(302, b"", {"Location": "/robots.txt"})], "ok", 6),
    "a redirect to nowhere": ([(302, b"", {})], "ok", 1),
    "a redirect to a file": ([(302, b"", {"Location": "file:///etc/robots.txt"})], "ok", 1),
    "ten megabytes": ([(200, b"User-agent: *\nDisallow: /\n" + b"#" * 10_000_000, {})], "disallowed robots", 1),
}


@pytest.mark.parametrize(("answers", "outcome", "requests"), ROBOTS_FILES.values(), ids=ROBOTS_FILES.keys())
def test_what_becomes_of_robots_files(answers: list[Answer], outcome: str, requests: int) -> None:
    async def test(world: World) -> None:
        world.robots[ROBOTS] = list(answers)
        files: dict[str, RobotsFile] = {}
        assert await world.visit(world.sees(files=files), "https://a.test/page") == outcome
        assert len(world.asked("/robots.txt")) == requests
        assert all(len(file.body) <= MAX_BYTES + 1 for file in files.values())
        assert min([*gaps(world)["a.test"], 2.0]) >= 2.0 - 1e-6, "robots files are asked for through the gate too"

    in_world(test)


def test_a_redirect_of_robots_to_another_host_waits_there_and_rules_here() -> None:
    async def test(world: World) -> None:
        world.robots[ROBOTS] = [(301, b"", {"Location": "https://b.test/r.txt"})]
        world.robots["https://b.test/r.txt"] = [(200, CLOSED, {})]
        turns = world.sees()
        visits = [world.visit(turns, url) for url in ("https://a.test/private", "https://b.test/private")]
        assert await asyncio.gather(*visits) == ["disallowed robots", "ok"]
        assert min(gaps(world)["b.test"]) >= 2.0 - 1e-6

    in_world(test)


def test_robots_files_are_kept_and_asked_again_when_they_are_old() -> None:
    async def test(world: World) -> None:
        world.robots[ROBOTS] = [(200, CLOSED, {}), (500, b"", {}), (500, b"", {}), (404, b"", {})]
        files: dict[str, RobotsFile] = {}
        assert await world.visit(world.sees(files=files), "https://a.test/private") == "disallowed robots"
        assert files["https://a.test"].expires_at == files["https://a.test"].fetched_at + DAY
        await world.clock.sleep(DAY - 2)
        turns = world.sees(files=files)  # the next run
        assert await world.visit(turns, "https://a.test/private") == "disallowed robots"
        assert len(world.asked("/robots.txt")) == 1
        await world.clock.sleep(2)
        assert await world.visit(turns, "https://a.test/open") == "deferred robots-unreachable"
        assert files["https://a.test"].expires_at == files["https://a.test"].fetched_at + MANNERS.robots_retry
        await world.clock.sleep(MANNERS.robots_retry)
        assert await world.visit(turns, "https://a.test/private") == "ok"

    in_world(test)


def test_a_crawl_delay_of_a_day_defers_and_never_starves() -> None:
    """Robots file and delay expire together; if the file took the slot each day, no page would ever be asked."""

    async def test(world: World) -> None:
        world.robots[ROBOTS] = [(200, b"User-agent: *\nCrawl-delay: 86400\n", {})]
        turns = world.sees()
        for day in range(3):
            assert await world.visit(turns, f"https://a.test/{day}") == "ok"
            assert await world.visit(turns, "https://a.test/more") == "deferred host-delay"
            await world.clock.sleep(DAY)
        pages = [start for url, start, _ in world.log if not url.endswith("robots.txt")]
        assert all(later - earlier >= DAY for earlier, later in pairwise(pages))

    in_world(test)


def test_a_blocked_host_refuses_all_who_wait_and_says_when_to_come_back() -> None:
    async def test(world: World) -> None:
        turns = world.sees()
        first = asyncio.create_task(world.visit(turns, "https://a.test/0", 429, "3600"))
        others = [world.visit(turns, f"https://a.test/{n}") for n in range(1, 20)]
        assert await asyncio.gather(*others) == ["deferred host-blocked"] * 19
        assert await first == "ok"
        now = world.clock.time()
        with pytest.raises(Refused, match=r"a\.test is left alone until .*: answered 429, Retry-After 3600") as caught:
            async with turns.turn("https://a.test/again"):
                pass
        assert caught.value.wait_until == pytest.approx(now + 3600, abs=1)
        assert world.clock.time() == now, "refused without waiting"
        await world.clock.sleep(3600)
        assert await world.visit(turns, "https://a.test/again") == "ok"

    in_world(test)


def test_done_says_when_the_host_may_be_asked_again() -> None:
    async def test(world: World) -> None:
        turns = world.sees()
        async with turns.turn("https://a.test/1") as turn:
            now = world.clock.time()
            assert turn.done(reply("https://a.test/1")) == now + 2.0
        async with turns.turn("https://a.test/2") as turn:
            now = world.clock.time()
            head = reply("https://a.test/2", 503, "100")
            assert turn.done(trouble=Trouble("cut", "", head)) == now + 100.0

    in_world(test)


@pytest.mark.parametrize("how", ["silent", "error", "cancelled"])
def test_a_turn_left_without_a_word_gives_the_host_back(how: str) -> None:
    async def leave(world: World, turns: Turns) -> None:
        async with turns.turn("https://a.test/1"):
            await world.clock.sleep(1)
            if how == "error":
                raise ValueError
            if how == "cancelled":
                raise asyncio.CancelledError

    async def test(world: World) -> None:
        turns = world.sees(replace(MANNERS, together=1))
        task = asyncio.create_task(leave(world, turns))
        await asyncio.wait([task])
        assert task.cancelled() == (how == "cancelled")
        assert task.cancelled() or bool(task.exception()) == (how == "error")
        left = world.clock.time()
        assert await world.visit(turns, "https://a.test/2") == "ok"
        assert world.log[-1][1] + NOW >= left + 2.0 - 1e-6

    in_world(test)


def test_waiting_tasks_may_be_cancelled_anywhere() -> None:
    """Cancel at every moment of the queue; the others go on, and no place in flight is lost."""

    async def test(world: World) -> None:
        turns = world.sees(replace(MANNERS, together=2, patience=1e6))
        tasks = [asyncio.create_task(world.visit(turns, f"https://h{n % 3}.test/{n}")) for n in range(30)]
        for task in tasks[::2]:
            await world.clock.sleep(0.7)
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert results[1::2] == ["ok"] * 15
        assert await asyncio.gather(*(world.visit(turns, f"https://n{n}.test/") for n in range(9))) == ["ok"] * 9

    in_world(test)


def test_a_host_that_another_process_holds_is_refused_after_patience_or_free_when_the_claim_runs_out() -> None:
    async def test(world: World) -> None:
        book = MemoryBook()
        book.claim("a.test", "a dead process", world.clock.time(), 100.0)
        assert await world.visit(world.sees(book=book), "https://a.test/") == "deferred host-busy"
        assert await world.visit(world.sees(replace(MANNERS, patience=100.0), book=book), "https://a.test/") == "ok"

    in_world(test)


def test_a_host_that_is_only_waited_for_is_free_for_others() -> None:
    async def test(world: World) -> None:
        book = MemoryBook({"a.test": HostRecord("a.test", next_at=NOW + 20)})
        waiting = asyncio.create_task(world.visit(world.sees(book=book), "https://a.test/"))
        await world.clock.sleep(10)
        assert book.claim("a.test", "another process", world.clock.time(), 1.0) is not None
        assert await waiting == "ok"

    in_world(test)


def test_a_claim_outlives_a_dead_process_by_request_and_pause() -> None:
    async def test(world: World) -> None:
        world.robots[ROBOTS] = [(200, CLOSED, {})]
        book = MemoryBook()
        async with world.sees(book=book).turn("https://a.test/"):
            assert book.claims["a.test"] == ("one", world.clock.time() + MANNERS.lease + 7.0)

    in_world(test)


def test_a_book_that_fails_keeps_no_place_in_flight() -> None:
    class TornBook(MemoryBook):
        def release(self, record: HostRecord, owner: str) -> None:
            super().release(record, owner)
            if record.host == "torn.test":
                raise OSError("disk full")

    async def test(world: World) -> None:
        turns = world.sees(replace(MANNERS, together=1), TornBook())
        with pytest.raises(OSError, match="disk full"):
            await world.visit(turns, "https://torn.test/")
        assert await world.visit(turns, "https://a.test/") == "ok"

    in_world(test)


def test_what_an_earlier_run_was_told_still_holds() -> None:
    async def test(world: World) -> None:
        book = MemoryBook({"a.test": HostRecord("a.test", blocked_until=NOW + 20, why="answered 503")})
        assert await world.visit(world.sees(book=book), "https://a.test/") == "ok"
        assert min(start for _, start, _ in world.log) == 20.0

    in_world(test)


@pytest.mark.parametrize("url", ["", "a.test/1", "https://", "file:///etc/passwd", "https://[::1/"])
def test_what_is_no_address_is_refused(url: str) -> None:
    async def test(world: World) -> None:
        assert (await world.visit(world.sees(), url)).startswith("failed url")
        assert world.log == []

    in_world(test)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from([200, 404, 429, 500, 503]), st.floats(0, 50)), max_size=25),
    st.integers(1, 4),
    st.floats(0.0, 10.0),
)
def test_any_crowd_is_polite(crowd: list[tuple[int, int, float]], together: int, seconds: float) -> None:
    """Tasks come when they like and meet what they meet: the pauses and blocks of every host hold."""

    async def test(world: World) -> None:
        world.seconds = seconds + 0.01
        turns = world.sees(replace(MANNERS, together=together))
        blocks: dict[str, float] = {}

        async def come(number: int, status: int, when: float) -> None:
            await world.clock.sleep(when + 0.001)
            url = f"https://h{number}.test/"
            if await world.visit(turns, url, status, "25") == "ok" and status in (429, 503):
                blocks[host(url)] = max(blocks.get(host(url), 0.0), world.clock.time() + 25 - NOW)

        await asyncio.gather(*(come(*one) for one in crowd))
        assert all(gap >= max(2.0, world.seconds) - 1e-6 for pauses in gaps(world).values() for gap in pauses)
        last_end = {host(url): end for url, _, end in world.log}
        for name, until in blocks.items():
            ends = [end for url, _, end in world.log if host(url) == name]
            starts = [start for url, start, _ in world.log if host(url) == name]
            assert not any(until - 25 < start < until - 1e-6 for start in starts), (ends, starts, last_end)

    in_world(test)
