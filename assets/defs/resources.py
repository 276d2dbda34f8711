"""What the assets share: `Cleaning`, which says what a run reads, where it writes and how; and the executor.

Folders are relative to the project, not to the folder that Dagster was started in. A resource hands out plain values
of `pipeline` and does nothing itself.
"""

import os
from pathlib import Path

import dagster as dg
from pydantic import ConfigDict

from pipeline.recipe import make_kit
from pipeline.run.cleaning import DEFAULT_FORMATS, Order
from pipeline.settings import load_settings

PROJECT = Path(__file__).resolve().parents[2]
"""The folder of the project; its `thresher.toml` or `pyproject.toml` holds the settings, as for the command line."""
CODE_VERSION = make_kit(load_settings(folder=PROJECT)).digest
"""Of code, settings and rules: Dagster marks what was made with another one as out of date."""
GROUP = "thresher"
OWNERS = ["team:thresher"]


class Cleaning(dg.ConfigurableResource[None]):
    """What is cleaned, where to and how. Every field can be changed for one run in the launchpad."""

    model_config = ConfigDict(use_attribute_docstrings=True)  # the launchpad shows what follows each field

    raw: str = "raw/samples"
    """Folder or file to read."""
    out: str = "clean"
    """Folder to write to."""
    preset: str = ""
    """Which error to avoid: balanced, precision or recall; "" leaves it to the settings file."""
    formats: list[str] = list(DEFAULT_FORMATS)  # noqa: RUF012 - the base class copies it
    """Any of txt, md, jsonl, parquet."""
    workers: int = os.cpu_count() or 1
    """Worker processes; 0 cleans in the process of the run, without deadline and limit of memory."""

    def order(self) -> Order:
        """The order for `pipeline.run.cleaning`; raises `SettingsError` for settings that make no sense."""
        settings = load_settings(folder=PROJECT)
        if self.preset:
            settings = settings.with_values({"preset": self.preset}, "resource cleaning")
        return Order((PROJECT / self.raw,), PROJECT / self.out, settings, tuple(self.formats), self.workers)


@dg.definitions
def shared() -> dg.Definitions:
    """The resource, and steps in one process: pages are spread by `pipeline.run`, so a process a step only costs."""
    return dg.Definitions(resources={"cleaning": Cleaning()}, executor=dg.in_process_executor)
