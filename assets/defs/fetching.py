"""Fetching as a job: what the sources have that is new, into `raw/<source>/<day>/`. The network is asked here only.

It is a job of its own, not an asset that can be made with the others: "make everything" must never ask the network.
What came is noted under `fetched_pages`, so that its numbers are drawn over time like those of the assets.
"""

from collections.abc import Iterator, Mapping

import dagster as dg
from pydantic import ConfigDict

from assets.defs.resources import GROUP, OWNERS, PROJECT, RAW
from assets.tables import table
from pipeline.acquire.web.sources.file import load_sources
from pipeline.acquire.web.sources.model import Source
from pipeline.acquire.web.tools import Tally, Wish
from pipeline.errors import ThresherError
from pipeline.run.fetching import FetchOrder, run_fetch
from pipeline.settings import load_settings

FETCHED = "fetched_pages"
NETWORK = "network"
"""The pool of all that asks the network. One run at a time: hosts are paced within a run, and a run owns the state."""
Noted = dg.AssetMaterialization | dg.Output[None]
_SAY_EVERY = 50  # pages between two lines in the log of a run

fetched_pages = dg.AssetSpec(
    FETCHED,
    description="What the job `fetch` brought into the landing zone, noted by each of its runs; made by nothing else.",
    group_name=GROUP,
    owners=OWNERS,
    kinds={"http", "warc"},
)


class Fetching(dg.ConfigurableResource[None]):
    """Whom to ask and where to put it. Every field can be changed for one run in the launchpad."""

    model_config = ConfigDict(use_attribute_docstrings=True)  # the launchpad shows what follows each field

    sources: str = "sources.toml"
    """File that names the sources, relative to the project."""
    raw: str = str(RAW)
    """The landing zone."""

    def network_sources(self) -> tuple[Source, ...]:
        """The sources that have an address; raises `SettingsError` for a file that is missing or wrong."""
        return tuple(source for source in load_sources(PROJECT / self.sources).sources if source.starts)

    def order(self, names: list[str], limit: int = 0, *, force: bool = False) -> FetchOrder:
        """The order for `pipeline.run.fetching`; raises `SettingsError` as `network_sources`."""
        sources, settings = load_sources(PROJECT / self.sources), load_settings(folder=PROJECT)
        return FetchOrder(sources, PROJECT / self.raw, tuple(names), Wish(limit, force=force), settings)


class Asked(dg.Config):
    """What one run asks for."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    names: list[str] = []  # noqa: RUF012 - the base class copies it
    """Sources by name; none means all."""
    limit: int = 0
    """Pages at most, over all sources; 0 for no limit."""
    force: bool = False
    """Ask start points though they are not due."""


@dg.op(pool=NETWORK, out=dg.Out(dg.Nothing))
def fetch_pages(context: dg.OpExecutionContext, config: Asked, fetching: Fetching) -> Iterator[Noted]:
    """Fetch what is new, politely, and note what came of every address.

    Single requests are tried again within; the step is not, for a run that was stopped goes on where it was.
    """

    def watch(tally: Tally) -> None:
        if tally.asked % _SAY_EVERY == 0:
            context.log.info("%d pages asked for", tally.asked)

    try:
        tally = run_fetch(fetching.order(config.names, config.limit, force=config.force), watch=watch)
    except ThresherError as error:
        raise dg.Failure(str(error), allow_retries=False) from None
    metadata = describe(tally)
    yield dg.AssetMaterialization(FETCHED, metadata=metadata)  # before it may fail: what is yielded stays
    for line in tally.lines():
        context.log.info(line)
    if tally.exit_code == 3:
        raise dg.Failure("nothing at all could be had; see what was wrong", metadata=metadata, allow_retries=False)
    yield dg.Output(None)


def describe(tally: Tally) -> dict[str, dg.MetadataValue | int]:
    """What a run of fetching brought, as metadata: numbers to draw, and tables by source."""
    counts = tally.counts()
    columns = [outcome for outcome, count in sorted(counts.items()) if count]
    names = sorted(tally.found.keys() | tally.outcomes.keys())
    rows = [_counts(name, tally.found[name], tally.outcomes[name], columns) for name in names]
    passed = [(name, why, count) for name in names for why, count in tally.passed_over[name].most_common(5)]
    return {
        "dagster/row_count": counts["fetched"],
        "asked": tally.asked,
        "bytes": tally.bytes,
        "waiting": tally.left,
        "failed": counts["failed"],
        "blocked": counts["blocked"],
        "troubles": len(tally.troubles),
        "by_source": table(("source", "found", *columns), rows),
        "passed_over": table(("source", "why", "addresses"), passed),
        "trouble": table(("start point", "what was wrong"), sorted(tally.troubles.items())),
    }


def _counts(name: str, found: int, outcomes: Mapping[str, int], columns: list[str]) -> list[str | int]:
    """The row of a source."""
    return [name, found, *(outcomes[each] for each in columns)]


@dg.job(executor_def=dg.in_process_executor)
def fetch() -> None:
    """Ask the sources for what is new. The schedules of `automation` start it, once they are switched on."""
    fetch_pages()


@dg.definitions
def network() -> dg.Definitions:
    """The job, what it notes, and its resource."""
    return dg.Definitions(assets=[fetched_pages], jobs=[fetch], resources={"fetching": Fetching()})
