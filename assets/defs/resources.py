"""What the assets share: `Cleaning`, which says what a run reads, where it writes and how; and the executor.

Folders are relative to the project, not to the folder that Dagster was started in. A resource hands out plain values
of `pipeline` and does nothing itself.

    RAW/<source>/<day>/   what came on a day         environment THRESHER_RAW, else raw
    OUT/<day>/            its published texts        environment THRESHER_OUT, else clean
    OUT/<day>/.thresher/  its cleaned pages
    OUT/state/            fingerprints of all days
"""

import hashlib
import os
from pathlib import Path

import dagster as dg
from pydantic import ConfigDict

from pipeline.recipe import make_kit
from pipeline.run.cleaning import DEFAULT_FORMATS, Order
from pipeline.settings import Settings, load_settings

PROJECT = Path(__file__).resolve().parents[2]
"""The folder of the project; its `thresher.toml` or `pyproject.toml` holds the settings, as for the command line."""
RAW = PROJECT / os.environ.get("THRESHER_RAW", "raw")
"""The landing zone."""
OUT = PROJECT / os.environ.get("THRESHER_OUT", "clean")
"""Where the days of the corpus are written."""
GROUP = "thresher"
OWNERS = ["team:thresher"]
POOL = "publish"
"""The pool of what reads or writes the fingerprints of all days: one step at a time (dagster.yaml)."""

RAW_DIGEST = "raw_digest"
"""Metadata of a cleaned day: the digest of the files that it was cleaned from (`pipeline.run.landing`)."""


def settings_of(preset: str = "") -> Settings:
    """The settings of the project, for days in any order. Raises `SettingsError` for settings that make no sense.

    The site memory of a day is made of the days before it, so that a page would come out otherwise when an earlier day
    is fetched late. The assets promise the same bytes for days in any order, and so go without.
    """
    settings = load_settings(folder=PROJECT).with_values({"site_memory": "off"}, "the assets")
    return settings.with_values({"preset": preset}, "resource cleaning") if preset else settings


CLEAN_VERSION = make_kit(settings_of()).digest
"""Of code, settings, rules and weights: Dagster marks pages that were cleaned with others as out of date."""
PUBLISH_VERSION = hashlib.blake2b(f"{CLEAN_VERSION} {settings_of().digest()}".encode(), digest_size=16).hexdigest()
"""Of these and of the settings for repeats."""


class Cleaning(dg.ConfigurableResource[None]):
    """What is cleaned, where to and how. Every field can be changed for one run in the launchpad."""

    model_config = ConfigDict(use_attribute_docstrings=True)  # the launchpad shows what follows each field

    raw: str = str(RAW)
    """Folder with what came: <source>/<day>/... ."""
    out: str = str(OUT)
    """Folder to write to, one folder a day."""
    preset: str = ""
    """Which error to avoid: balanced, precision or recall; "" leaves it to the settings file."""
    formats: list[str] = list(DEFAULT_FORMATS)  # noqa: RUF012 - the base class copies it
    """Any of txt, md, jsonl, parquet."""
    workers: int = os.cpu_count() or 1
    """Worker processes; 0 cleans in the process of the run, without deadline and limit of memory."""

    @property
    def raw_folder(self) -> Path:
        """The landing zone."""
        return PROJECT / self.raw

    @property
    def out_folder(self) -> Path:
        """Where the days are written."""
        return PROJECT / self.out

    def order(self, day: str) -> Order:
        """The order for one day (YYYY-MM-DD), as `thresher clean RAW --day D -o OUT/D --state OUT/state` makes it.

        Raises `SettingsError` for settings that make no sense.
        """
        settings, out = settings_of(self.preset), self.out_folder
        return Order(
            (self.raw_folder,), out / day, settings, tuple(self.formats), self.workers, state=out / "state", day=day
        )


@dg.definitions
def shared() -> dg.Definitions:
    """The resource, and steps in one process: pages are spread by `pipeline.run`, so a process a step only costs."""
    return dg.Definitions(resources={"cleaning": Cleaning()}, executor=dg.in_process_executor)
