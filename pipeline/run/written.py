"""What a published folder was written from, noted beside its results: enough to tell whether it would be the same now.

A folder follows from its results and from the repeats found among them. A later run may change the repeats (an earlier
day came late) without touching the folder; then it is written again. If the results themselves are others by now,
they were not published yet, perhaps for a good reason, and nobody but a run of that folder may do it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple, Self

_FILE = "written.json"


class Written(NamedTuple):
    """Digests of the inputs (`Store.inputs_digest`) and of the repeats (`Repeats.digest`) of a folder.

    `made_by` is one of the settings, formats and name that it was written with.
    """

    inputs: str
    repeats: str
    made_by: str = ""

    def note(self, store: Path) -> None:
        """Note it in the folder of the store, in one step."""
        aside = store / f"{_FILE}.new"
        aside.write_text(json.dumps(self._asdict()), encoding="utf-8")
        aside.replace(store / _FILE)

    @classmethod
    def read(cls, store: Path) -> Self | None:
        """What was noted there; None if nothing was, or it cannot be read."""
        try:
            return cls(**json.loads((store / _FILE).read_bytes()))
        except (OSError, ValueError, TypeError):
            return None
