"""Many hosts at once, proved from the server's own log: manners, killed runs, two runs, memory.

The suite runs a small web; `THRESHER_LONG=1` runs 2,000 pages on 50 hosts.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acquire.web.many_hosts import CLOSED, asked_pages, start, too_close, web_of
from tests.acquire.web.server import Server
from tests.acquire.web.sites import archived

LONG = bool(os.environ.get("THRESHER_LONG"))
HOSTS, PAGES = (50, 40) if LONG else (12, 8)
KILLS = 12 if LONG else 4


@pytest.fixture
def server() -> Iterator[Server]:
    with Server({}) as server:
        server.sites.update(web_of(HOSTS, PAGES, server.port))
        yield server


def wanted() -> set[str]:
    targets = [*(f"s{page}" for page in range(PAGES - 1)), "closed/but-open"]
    return {f"h{number}.test/{target}" for number in range(HOSTS) for target in targets}


def ended(run: Any) -> dict[str, Any]:
    out, _ = run.communicate(timeout=300)
    assert run.returncode == 0
    return dict(json.loads(out))


def test_no_host_is_hurried_and_every_robots_txt_obeyed(tmp_path: Path, server: Server) -> None:
    with start(tmp_path, server.port, HOSTS) as run:
        said = ended(run)
    assert said["outcomes"] == {"fetched": HOSTS * PAGES, "disallowed": 2 * HOSTS}
    assert said["left"] == 0
    assert too_close(server.log) == []
    assert asked_pages(server.log) == dict.fromkeys(wanted(), 1), CLOSED
    assert sum(archived(tmp_path).values()) == HOSTS * PAGES
    for host in server.sites:
        assert [line.target for line in server.asked(host)][:2] == ["/robots.txt", "/feed"]


def test_killed_again_and_again_nothing_is_lost_or_fetched_twice(tmp_path: Path, server: Server) -> None:
    """Asked again is at most what was in flight at a kill: the last page of a host, and of four hosts at most."""
    chance, in_flight = random.Random(7), Counter[str]()
    for _ in range(KILLS):
        with start(tmp_path, server.port, HOSTS, together=4) as run:
            enough = asked_pages(server.log).total() + chance.randrange(3, HOSTS * PAGES // KILLS)
            while run.poll() is None and asked_pages(server.log).total() < enough:
                time.sleep(0.002)
            assert run.poll() is None, "it was killed in the middle"
            run.send_signal(signal.SIGKILL)
        in_flight.update({line.host: f"{line.host}{line.target}" for line in server.log}.values())
    with start(tmp_path, server.port, HOSTS) as run:
        said = ended(run)
    times = asked_pages(server.log)
    again = times - Counter(wanted())
    assert set(times) == wanted()
    assert said["left"] == 0
    assert again <= in_flight
    assert again.total() <= 4 * KILLS
    assert Counter(archived(tmp_path).keys()) == Counter({each.split("/", 1)[1] for each in wanted()})
    assert too_close(server.log) == []
    assert list(tmp_path.glob("*/*/.*")) == []


def test_two_runs_at_once_are_as_polite_as_one(tmp_path: Path, server: Server) -> None:
    with start(tmp_path, server.port, HOSTS) as one, start(tmp_path, server.port, HOSTS) as two:
        both = [ended(one), ended(two)]
    assert sum(said["outcomes"].get("fetched", 0) for said in both) == HOSTS * PAGES
    assert asked_pages(server.log) == dict.fromkeys(wanted(), 1)
    assert too_close(server.log) == []
    assert sum(archived(tmp_path).values()) == HOSTS * PAGES


@pytest.mark.skipif(not LONG, reason="THRESHER_LONG=1: several minutes")
def test_memory_is_flat(tmp_path: Path) -> None:
    """Ten times the pages take no more memory, but for a little of each page's bookkeeping."""
    used = []
    for pages in (40, 400):
        with Server({}) as server:
            server.sites.update(web_of(10, pages, server.port))
            with start(tmp_path / str(pages), server.port, 10, 0.0) as run:
                used.append(ended(run)["memory"])
    assert used[1] < used[0] * 1.15
