"""The job that asks the network: what it brings, what it notes, how it fails, and that nothing else ever starts it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("dagster", reason="the assets need the extra: pip install -e '.[dagster]'")

import dagster as dg

from assets.defs.fetching import FETCHED, NETWORK, Asked, Fetching, describe, fetch, fetch_pages, network
from pipeline.acquire.web.tools import Tally
from pipeline.acquire.web.values import Visit
from tests.acquire.web.answers import Answer
from tests.acquire.web.server import Server
from tests.acquire.web.sites import archived, feed, site, story

HOST = "127.0.0.1"
SOURCES = """[fetch]
contact = "http://{at}/bot"
delay = 0.001
tries = 1
allow = ["loopback"]

[[source]]
name = "harbour"
feed = "http://{at}/feed"

[[source]]
name = "market"
feed = "http://{at}/missing"

[[source]]
name = "samples"
folder = "samples"
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    web = site(feed=feed("/s1", "/s2", "/gone"), s1=Answer(story(1)), s2=Answer(story(2)))
    with Server({HOST: web}) as started:
        yield started


@pytest.fixture
def fetching(server: Server, tmp_path: Path) -> Fetching:
    (tmp_path / "samples").mkdir()
    file = tmp_path / "sources.toml"
    file.write_text(SOURCES.format(at=f"{HOST}:{server.port}"), encoding="utf-8")
    return Fetching(sources=str(file), raw=str(tmp_path / "raw"))


def run(fetching: Fetching, **asked: Any) -> tuple[dg.ExecuteInProcessResult, dict[str, Any]]:
    """A run of the job, and what it noted of what came."""
    config = dg.RunConfig({"fetch_pages": Asked(**asked)})
    done = fetch.execute_in_process(config, resources={"fetching": fetching}, raise_on_error=False)
    noted = [
        event.step_materialization_data.materialization
        for event in done.all_events
        if event.event_type_value == "ASSET_MATERIALIZATION"
    ]
    assert [each.asset_key for each in noted] == [dg.AssetKey(FETCHED)] * len(noted)
    return done, {name: each.value for name, each in noted[0].metadata.items()} if noted else {}


def said(done: dg.ExecuteInProcessResult) -> str:
    """Why a run failed."""
    data = next(event for event in done.all_events if event.is_step_failure).step_failure_data
    return str(data.user_failure_data.description)


def test_brings_pages_and_notes_what_came(fetching: Fetching, tmp_path: Path) -> None:
    done, noted = run(fetching, names=["harbour"])
    assert done.success
    assert archived(tmp_path / "raw") == {"s1": 1, "s2": 1}
    wanted = {"dagster/row_count": 2, "asked": 3, "failed": 0, "blocked": 0, "waiting": 0, "troubles": 0}
    assert {name: noted[name] for name in wanted} == wanted
    assert noted["by_source"].splitlines()[0] == "| source | found | fetched | gone |"
    assert noted["by_source"].splitlines()[2] == "| harbour | 3 | 2 | 1 |"


def test_again_asks_start_points_that_are_not_due_only_by_force(fetching: Fetching, server: Server) -> None:
    run(fetching, names=["harbour"])
    before = len(server.asked(HOST, "/feed"))
    run(fetching, names=["harbour"])
    assert len(server.asked(HOST, "/feed")) == before
    run(fetching, names=["harbour"], force=True)
    assert len(server.asked(HOST, "/feed")) == before + 1


def test_limit_holds(fetching: Fetching) -> None:
    done, noted = run(fetching, names=["harbour"], limit=1)
    assert (done.success, noted["asked"], noted["waiting"]) == (True, 1, 2)


def test_a_run_that_had_nothing_is_red_and_says_why(fetching: Fetching) -> None:
    done, noted = run(fetching, names=["market"])
    assert not done.success
    assert said(done) == "nothing at all could be had; see what was wrong"
    assert "/missing |" in noted["trouble"]


@pytest.mark.parametrize(
    ("file", "names", "says"),
    [
        ("", [], "sources.toml is not there; docs/add-a-source.md shows how to write one"),
        ("[[source]]\nname = 'x'\n", [], "sources.toml:1: a source needs a start"),
        (SOURCES, ["habour"], "has no source 'habour'; did you mean 'harbour'?"),
        (SOURCES.replace("contact", "# contact"), [], "contact"),
    ],
    ids=["no file", "no start", "no such source", "no contact"],
)
def test_what_cannot_be_carried_out_teaches(tmp_path: Path, file: str, names: list[str], says: str) -> None:
    path = tmp_path / "sources.toml"
    (tmp_path / "samples").mkdir()
    if file:
        path.write_text(file.format(at=f"{HOST}:9"), encoding="utf-8")
    done, noted = run(Fetching(sources=str(path), raw=str(tmp_path / "raw")), names=names)
    assert not done.success
    assert says in said(done)
    assert noted == {}


def test_a_hostile_run_stays_small() -> None:
    tally = Tally(troubles={f"http://x.test/{number}": "x" * 5000 for number in range(5000)})
    for number in range(100):
        tally.add("harbour", replace(Visit(f"http://x.test/{number}", "failed", "error", "x" * 5000)))
        tally.passed_over["harbour"][f"why {number}"] += 1
    assert sum(len(str(value)) for value in describe(tally).values()) < 20_000


def test_steps_that_ask_the_network_take_turns() -> None:
    assert fetch_pages.pool == NETWORK


def test_making_everything_asks_nobody() -> None:
    """What came is noted as an asset that cannot be made, so that no selection of assets holds it."""
    graph = network().resolve_asset_graph()
    assert graph.executable_asset_keys == set()
    assert {key.to_user_string() for key in graph.get_all_asset_keys()} == {FETCHED}


@pytest.mark.parametrize("name", ["sources", "raw"])
def test_launchpad_explains_every_field(name: str) -> None:
    assert Fetching.to_config_schema().as_field().config_type.fields[name].description
