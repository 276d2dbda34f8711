"""Where Dagster begins: everything in `assets/defs` becomes one set of definitions. New assets need no line here."""

from functools import cache
from pathlib import Path

import dagster as dg

import pipeline  # noqa: F401 - Dagster loads `defs` later, when the checkout may no longer be on the import path


@dg.definitions
@cache  # `dg launch` asks six times in a run; to make them once saves a second of its start
def defs() -> dg.Definitions:
    """All definitions of the project."""
    return dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
