"""The command line: thin. Every command builds an order from its flags, calls one function, and says what came of it.

Data goes to stdout, everything else to stderr. Exit codes: 0 all well; 1 some inputs failed (or `--check` found work);
2 usage or settings; 3 nothing usable; 130 interrupted. Heavy modules are imported by the commands that need them, so
that `--help` answers at once.
"""

from __future__ import annotations

import click

from pipeline.cli.cleaning import clean, explain
from pipeline.cli.dedup import dedup
from pipeline.cli.fetching import fetch, sources
from pipeline.cli.learning import label, train
from pipeline.cli.rules import rules
from pipeline.cli.shared import Thresher

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


@click.group(cls=Thresher, context_settings=_CONTEXT)
@click.version_option(package_name="thresher")
def main() -> None:
    """Clean, deduplicated, normalised text from raw web pages and noisy texts, with a reason for every line that went.

    \b
    thresher clean FOLDER          clean everything in a folder into ./clean
    thresher clean - < page.html   one page through a pipe
    thresher explain page.html     each line, kept or removed, with its reason
    thresher rules list            the rule book
    """  # noqa: D301 - click wants the backspace itself


for command in (clean, explain, fetch, sources, dedup, rules, label, train):
    main.add_command(command)
