"""`thresher dedup`: repeats among documents, and the memory of earlier runs."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from pipeline.cli.shared import Folder, fail, settings_of, with_settings
from pipeline.errors import SettingsError

_OUT = "Folder for what stays, and duplicates.jsonl."
_STATE = "Folder of the memory of earlier runs."
_RUN = "Name of this run in the memory; runs come in the order of their names (default: that of the file)."
_MARK = "Drop nothing: write all rows, and beside each what it repeats."
_TABLE = "A table that holds the texts, to show the words that differ; may be repeated."
_JSON = "One JSON object a line."
_state_option = click.option("--state", type=Folder(), default=Path("clean/state"), show_default=True, help=_STATE)


class _Table(click.Command):
    """A command under a group whose usage names the path already."""

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The options alone."""
        return super().collect_usage_pieces(ctx)[:1]


@click.command(cls=_Table)
@click.argument("path", type=click.Path(path_type=Path))
@click.option("-o", "--out", type=Folder(), default=Path("unique"), show_default=True, help=_OUT)
@click.option("--state", type=Folder(), help=_STATE)
@click.option("--run", "label", default="", help=_RUN)
@click.option("--mark", is_flag=True, help=_MARK)
@with_settings
def table(
    path: Path, out: Path, state: Path | None, label: str, config: Path | None, preset: str | None,
    assignments: tuple[str, ...], *, mark: bool,
) -> None:  # fmt: skip
    """Drop repeats from PATH: JSON lines (also gzip, zstd) or Parquet with `id` and `text`."""
    from pipeline.dedup.command import dedup_path  # noqa: PLC0415 - keeps --help fast
    from pipeline.run.repeats import sameness  # noqa: PLC0415 - likewise

    settings = settings_of(config, preset, assignments)
    if settings.dedup == "off":
        raise SettingsError("dedup = 'off' leaves nothing to do; write dedup = 'drop', or 'mark' to drop no row")
    mark = mark or settings.dedup == "mark"
    summary = dedup_path(path, out, sameness(settings), state=state, label=label or path.name, mark=mark)
    for line in summary.lines():
        click.echo(line, err=True)
    if not (summary.rows if mark else summary.kept):
        fail(f"{path}: no row stayed")
    sys.exit(1 if summary.unreadable else 0)


class _PathOrCommand(click.Group):
    """A group in which the first word is a command, or else the path of a table."""

    otherwise: click.Command = table
    """What runs where the first word is no command."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first word names, or the one that takes a path."""
        if args and args[0] not in self.commands:
            return "PATH", self.otherwise, args
        return super().resolve_command(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Both ways to call it."""
        formatter.write_usage(ctx.command_path, "PATH [OPTIONS]")
        formatter.write_usage(ctx.command_path, "COMMAND [ARGS]...", prefix="       ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options of the command that takes a path, and the others by name."""
        self.otherwise.format_options(ctx, formatter)
        self.format_commands(ctx, formatter)


@click.group(cls=_PathOrCommand, context_settings={"ignore_unknown_options": True})
def dedup() -> None:
    """Drop repeats from a table (`thresher dedup documents.parquet`), or look into the memory of earlier runs."""


@dedup.command()
@_state_option
@click.option("--json", "as_json", is_flag=True, help=_JSON)
def stats(state: Path, *, as_json: bool) -> None:
    """What the memory holds."""
    from pipeline.dedup.command import stats_lines  # noqa: PLC0415 - keeps --help fast

    _say(stats_lines(state, as_json=as_json))


@dedup.command()
@click.argument("id_", metavar="ID")
@_state_option
@click.option("--table", "tables", type=click.Path(path_type=Path), multiple=True, help=_TABLE)
def why(id_: str, state: Path, tables: tuple[Path, ...]) -> None:
    """Why the document ID stayed or went."""
    from pipeline.dedup.command import why_lines  # noqa: PLC0415 - keeps --help fast

    _say(why_lines(state, id_, tables))


@dedup.command()
@_state_option
@click.option("--most", type=click.IntRange(1), default=20, show_default=True, help="Clusters at most.")
@click.option("--json", "as_json", is_flag=True, help=_JSON)
def clusters(state: Path, most: int, *, as_json: bool) -> None:
    """The largest groups of documents that repeat one another."""
    from pipeline.dedup.command import clusters_lines  # noqa: PLC0415 - keeps --help fast

    _say(clusters_lines(state, most, as_json=as_json))


@dedup.command()
@_state_option
@click.option("--run", "labels", multiple=True, help="A run to forget, or with --id: where; may be repeated.")
@click.option("--id", "ids", multiple=True, help="A document to forget, of --run or of all runs; may be repeated.")
@with_settings
def forget(
    state: Path, labels: tuple[str, ...], ids: tuple[str, ...], config: Path | None, preset: str | None,
    assignments: tuple[str, ...],
) -> None:  # fmt: skip
    """Withdraw runs or documents from the memory; what they had made repeats of is decided again.

    --run alone names whole runs, --id alone documents in whatever run, both the documents of those runs.
    """
    from pipeline.dedup.command import forget_lines  # noqa: PLC0415 - keeps --help fast
    from pipeline.run.repeats import sameness  # noqa: PLC0415 - likewise

    _say(forget_lines(state, sameness(settings_of(config, preset, assignments)), labels=labels, ids=ids))


@dedup.command()
@_state_option
@click.option("--everything", is_flag=True, help="Also runs that were decided with other settings.")
@with_settings
def refresh(
    state: Path, config: Path | None, preset: str | None, assignments: tuple[str, ...], *, everything: bool
) -> None:
    """Decide runs again whose earlier runs have changed since; says which documents that moves."""
    from pipeline.dedup.command import refresh_lines  # noqa: PLC0415 - keeps --help fast
    from pipeline.run.repeats import sameness  # noqa: PLC0415 - likewise

    _say(refresh_lines(state, sameness(settings_of(config, preset, assignments)), everything=everything))


@dedup.command()
@_state_option
def compact(state: Path) -> None:
    """Merge the files of the memory; no answer changes."""
    from pipeline.dedup.command import compact_lines  # noqa: PLC0415 - keeps --help fast

    _say(compact_lines(state))


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)
