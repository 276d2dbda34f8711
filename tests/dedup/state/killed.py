"""A process that publishes run after run until it is killed: `python -m tests.dedup.state.killed FOLDER`."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from pipeline.dedup.state.publishing import publish
from pipeline.dedup.state.reading import open_state
from tests.dedup.state.worlds import RULE, Story, prints_of


def stories_of(number: int) -> list[Story]:
    """The stories of a run: some new, some seen before."""
    return [(number % 7, number % 3), (number % 5, 4), (100 + number, 0)]


def main(folder: Path) -> None:
    """Publish until the end."""
    for number in itertools.count(len(open_state(folder).runs)):
        publish(folder, f"{number:05}", prints_of(stories_of(number)), RULE)
        print(number, flush=True)  # noqa: T201 - the test waits for it


if __name__ == "__main__":
    main(Path(sys.argv[1]))
