"""The statistics that days left, as checks read them: of a day before it is published, and of the days before it.

They are files beside the results (`draft_of`), so they outlive the history of whoever runs the days, and a day that was
held back is there too: a check that looked at published days alone could not tell a new layout from a passing fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.publish.statistics import Counts, read_statistics
from pipeline.run.days import draft_of

DAYS_BACK = 28
"""So many earlier days are read at most: enough for the habits of a source that comes twice a week."""


def counted_on(out: Path) -> Mapping[str, Counts]:
    """What a cleaned day amounts to by source; `out` is its folder. Raises `UsageError` if it is not cleaned."""
    found = read_statistics(draft_of(out))
    if found is None:
        raise UsageError(f"{out}: has no statistics; materialise clean_pages of that day first")
    return found.sources


def counted_before(out: Path) -> list[Mapping[str, Counts]]:
    """The same of the cleaned days before, beside the folder `out` of a day; the oldest first.

    A day whose file is damaged, or of another version, is left out: it counts again when it is cleaned again.
    """
    earlier = [day for day in _days(out.parent) if day < out.name][-DAYS_BACK:]
    return [found for day in earlier if (found := _counted(out.parent / day))]


def _counted(out: Path) -> Mapping[str, Counts]:
    """The statistics of a day; none if there are none that can be read."""
    try:
        found = read_statistics(draft_of(out))
    except UsageError:
        return {}
    return found.sources if found else {}


def _days(folder: Path) -> list[str]:
    """The names of the days in a folder of days, sorted."""
    return sorted(path.name for path in folder.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]") if path.is_dir())
