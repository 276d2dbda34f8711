"""`thresher fetch` and `sources`: what is new on the web, politely, into `raw`."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from pipeline.cli.shared import Folder, fail, settings_of, with_settings

_SOURCES = "File that names the sources."
_RAW = "Folder for the archives."
_LIMIT = "Pages at most, over all sources; 0 for no limit."
_DRY = "Ask only the start points; say what would be asked for, write nothing down."
_SINCE = "Leave out addresses that say they changed before this day."
_FORCE = "Ask start points though they are not due."
_file_option = click.option(
    "--sources", "file", type=click.Path(path_type=Path), default=Path("sources.toml"), show_default=True, help=_SOURCES
)


@click.command()
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@_file_option
@click.option("-r", "--raw", type=Folder(), default=Path("raw"), show_default=True, help=_RAW)
@click.option("-n", "--limit", type=click.IntRange(0), default=0, help=_LIMIT)
@click.option("--since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help=_SINCE)
@click.option("--dry-run", is_flag=True, help=_DRY)
@click.option("--force", is_flag=True, help=_FORCE)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON to stdout.")
@with_settings
def fetch(
    names: tuple[str, ...], file: Path, raw: Path, limit: int, since: datetime | None, config: Path | None,
    preset: str | None, assignments: tuple[str, ...], *, dry_run: bool, force: bool, as_json: bool,
) -> None:  # fmt: skip
    """Fetch what is new from the sources named (all of them without names), and keep it under RAW as it came.

    Then `thresher clean RAW` reads it. A run that was stopped or killed goes on where it was.
    """
    from pipeline.acquire.web.sources.file import load_sources  # noqa: PLC0415 - keeps --help fast
    from pipeline.acquire.web.tools import Wish  # noqa: PLC0415 - likewise
    from pipeline.run.fetching import FetchOrder, find_only  # noqa: PLC0415 - likewise
    from pipeline.watch import fetch_watched  # noqa: PLC0415 - likewise

    wish = Wish(limit, since.replace(tzinfo=UTC) if since else None, force or dry_run, dry_run)
    order = FetchOrder(load_sources(file), raw, names, wish, settings_of(config, preset, assignments))
    if not any(source.starts or source.folder for source in order.sources.named(names)):
        fail(f"{file}: none of these sources names anything to fetch; see `thresher sources list`")
    if dry_run:
        _show_found(*find_only(order))
        return
    tally, interrupted = fetch_watched(order)
    if as_json:
        click.echo(json.dumps(tally.as_json(), ensure_ascii=False))
    for line in tally.lines():
        click.echo(line, err=True)
    sys.exit(130 if interrupted else tally.exit_code)


def _show_found(found: list[Any], tally: Any) -> None:
    """What a dry run found, one address a line."""
    for source, each in found:
        click.echo(f"{source}\t{each.url}\t{each.modified.isoformat() if each.modified else ''}")
    for line in tally.lines():
        click.echo(line, err=True)


@click.group()
def sources() -> None:
    """Look at the sources, and check that they are written right."""


@sources.command("check")
@_file_option
def sources_check(file: Path) -> None:
    """Check the file; nothing is asked for."""
    from pipeline.acquire.web.sources.command import check_lines  # noqa: PLC0415 - keeps --help fast

    for line in check_lines(file):
        click.echo(line)


@sources.command("list")
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@_file_option
def sources_list(names: tuple[str, ...], file: Path) -> None:
    """A few lines for each source."""
    from pipeline.acquire.web.sources.command import list_lines  # noqa: PLC0415 - keeps --help fast
    from pipeline.acquire.web.sources.file import load_sources  # noqa: PLC0415 - likewise

    for line in list_lines(load_sources(file), names):
        click.echo(line)
