"""Small worlds for the tests of the state: documents made of words, and the rule that resolves them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.dedup.fingerprint import Entry, fingerprint
from pipeline.dedup.leaders import resolve
from pipeline.dedup.lines import Lines, join_lines
from pipeline.dedup.prints import Match, Prints
from pipeline.dedup.similar import Sameness
from pipeline.dedup.state.disk import Disk
from pipeline.dedup.state.publishing import Rule
from pipeline.dedup.state.reading import State, open_state

SAMENESS = Sameness(short_words=3)
FAST = Disk(durable=False)
RULE = Rule("near", lambda new, kept: resolve(new, SAMENESS, kept).matches)
NO_RULE = Rule("nothing", lambda *_: [])

Story = tuple[int, int]
"""A story, and how many of its 40 words an editor changed."""


def text_of(story: Story) -> str:
    number, edits = story
    words = [f"w{number}x{place}" for place in range(40)]
    words[:edits] = [f"edit{edits}y{place}" for place in range(edits)]
    return " ".join(words)


def prints_of(stories: Sequence[Story], prefix: str = "d") -> Prints:
    return fingerprint(Entry(f"{prefix}{place}", text_of(story)) for place, story in enumerate(stories))


def lines_of(stories: Sequence[Story]) -> Lines:
    return join_lines([f"site{number % 2}" for number, _ in stories], [[7, 1000 + number] for number, _ in stories])


def verdicts(state: State) -> dict[str, list[Match]]:
    return {run.label: state.matches(run) for run in state.runs}


def verdicts_in(folder: Path) -> dict[str, list[Match]]:
    return verdicts(open_state(folder))


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}
