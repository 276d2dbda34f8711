"""`thresher clean` and `explain`: pages in, text out, and why."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from pipeline.cli.shared import CORES, Folder, fail, settings_of, with_settings
from pipeline.errors import UsageError
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.document import Document, Failure, Page
    from pipeline.publish import Summary

_OUT = "Folder for the results."
_FORMATS = "Any of txt, md, jsonl, parquet, joined by commas."
_STATE = "Folder that remembers what earlier runs kept; documents are compared with those too."
_RUN = "Name of this run there; runs come in the order of their names (default: the day, or the name of OUT)."
_DAY = "Only what came on this day: PATH/<source>/<day>/, as `thresher fetch` lays it down."
_PIPE = Path("-")
_OF_OUT = {
    "out": "out", "workers": "workers", "state": "state", "label": "run", "day": "day", "force": "force",
    "check": "check", "as_json": "json",
}  # fmt: skip
"""Parameters of `clean` that speak of OUT, and the options that give them."""
_WORKERS = "Worker processes; 0 cleans in this one, without deadline."


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True), metavar="PATH...")
@click.option("-o", "--out", type=Folder(), default=Path("clean"), show_default=True, help=_OUT)
@click.option("-f", "--format", "formats", default="txt,jsonl", show_default=True, help=_FORMATS)
@click.option("-j", "--workers", type=click.IntRange(0), default=CORES, show_default="all cores", help=_WORKERS)
@click.option("--state", type=Folder(), help=_STATE)
@click.option("--run", "label", default="", help=_RUN)
@click.option("--day", default="", metavar="YYYY-MM-DD", help=_DAY)
@click.option("--force", is_flag=True, help="Clean everything again, not only what changed.")
@click.option("--check", is_flag=True, help="Change nothing; exit 1 if a run would.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON to stdout.")
@with_settings
def clean(
    paths: tuple[Path, ...], out: Path, formats: str, workers: int, state: Path | None, label: str, day: str,
    config: Path | None, preset: str | None,
    assignments: tuple[str, ...], *, force: bool, check: bool, as_json: bool,
) -> None:  # fmt: skip
    """Clean files and folders into OUT: texts, records, manifest, ledger of removed lines, report.

    PATH is a file, a folder, or - for one page from stdin to stdout. A second run does only what changed.
    """
    settings = settings_of(config, preset, assignments)
    names = tuple(name.strip() for name in formats.split(",") if name.strip())
    if _PIPE in paths:
        _check_pipe(paths, names)
        _clean_pipe(settings, names)
        return
    from pipeline.run.cleaning import Order, count_outdated  # noqa: PLC0415 - keeps --help fast
    from pipeline.watch import run_watched  # noqa: PLC0415 - likewise

    order = Order(paths, out, settings, names, workers, force, state, label, day)
    if check:
        outdated = count_outdated(order)
        click.echo(f"{outdated:,} would change" if outdated else "nothing would change", err=True)
        sys.exit(1 if outdated else 0)
    summary, interrupted = run_watched(order)
    if as_json:
        click.echo(json.dumps(summary.as_json(), ensure_ascii=False))
    for line in summary.lines():
        click.echo(line, err=True)
    click.echo(f"report: {out / 'report.html'}", err=True)
    sys.exit(130 if interrupted else _exit_code(summary))


def _exit_code(summary: Summary) -> int:
    """What a finished run says to scripts."""
    outcomes = summary.outcomes
    if not outcomes["kept"] + outcomes["duplicate"]:
        return 3
    return 1 if outcomes["failed"] else 0


def _check_pipe(paths: tuple[Path, ...], formats: tuple[str, ...]) -> None:
    """Raise `UsageError` for what has no effect on one page that goes from stdin to stdout."""
    context = click.get_current_context()
    given = [name for name in _OF_OUT if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    if len(paths) > 1:
        raise UsageError("- is one page from stdin, and stands alone; clean files and folders by another command")
    if given:
        options = ", ".join(f"--{_OF_OUT[name]}" for name in given)
        raise UsageError(f"{options}: no effect on -, which goes to stdout; leave it out, or name a file")
    chosen = context.get_parameter_source("formats") is ParameterSource.COMMANDLINE
    if chosen and (len(formats) != 1 or formats[0] not in ("txt", "md")):
        raise UsageError(f"--format {','.join(formats)}: what goes to stdout is one text; write txt or md")


def _clean_pipe(settings: Settings, formats: tuple[str, ...]) -> None:
    """One page from stdin to stdout."""
    from pipeline.publish.formats import TextFormat, chosen  # noqa: PLC0415 - keeps --help fast

    texts, _ = chosen(formats)
    document = _document(_PIPE, settings)
    renders: list[TextFormat] = texts or chosen(("txt",))[0]
    if document.outcome != "kept":
        click.echo(f"thresher: no text: {document.outcome}: {document.note}", err=True)
        sys.exit(3)
    click.echo(renders[0].render(document, settings))


def _document(path: Path, settings: Settings) -> Document:
    """One page of an input, cleaned in this process; ends the program with a message if there is none."""
    from pipeline.acquire import read_stdin  # noqa: PLC0415 - keeps --help fast
    from pipeline.document import Failure  # noqa: PLC0415 - likewise
    from pipeline.recipe import clean_page, make_kit  # noqa: PLC0415 - likewise

    kit = make_kit(settings)
    page = read_stdin(sys.stdin.buffer, settings) if path == _PIPE else _page(path, settings)
    cleaned = page if isinstance(page, Failure) else clean_page(page, kit)
    if isinstance(cleaned, Failure):
        fail(f"{path}: {cleaned.kind}: {cleaned.message}")
    return cleaned


def _page(path: Path, settings: Settings) -> Page | Failure:
    """The first page of an input, or the one of an archive that is named by its id: `pages.warc.gz/<record>`."""
    from pipeline.acquire import read  # noqa: PLC0415 - keeps --help fast

    file = next((place for place in (path, *path.parents) if place.is_file()), path)
    pages = read([file], settings)
    if file != path:
        wanted = path.relative_to(file.parent).as_posix()
        found = next((page for page in pages if page.id == wanted), None)
        return found or fail(f"{file} holds no page '{wanted}'; manifest.jsonl has the ids of all")
    first, second = next(pages, None), next(pages, None)
    if first is None:
        fail(f"{path}: holds no page")
    if second is not None:
        other = (path if path.is_dir() else path.parent) / second.id
        click.echo(f"{first.id} is the first of several pages; name another by its id, as {other}", err=True)
    return first


@click.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--all-reasons", is_flag=True, help="Show every reason that was weighed, not only the loudest.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line of the page.")
@with_settings
def explain(
    file: Path,
    config: Path | None,
    preset: str | None,
    assignments: tuple[str, ...],
    *,
    all_reasons: bool,
    as_json: bool,
) -> None:
    """Show each line of a page, kept or removed, with the reason.

    FILE is a page, - for stdin, or an archive and the id of one of its pages: pages.warc.gz/ID.
    """
    from pipeline.explain import explain_json, explain_lines, paint  # noqa: PLC0415 - keeps --help fast

    document = _document(file, settings_of(config, preset, assignments))
    if as_json:
        for line in explain_json(document):
            click.echo(line)
    elif sys.stdout.isatty():
        paint(document, all_reasons=all_reasons)
    else:
        for line in explain_lines(document, all_reasons=all_reasons):
            click.echo(line)
