"""What commands share: the group whose errors teach, the settings options, and the end without a result."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from pipeline.errors import SettingsError, ThresherError
from pipeline.settings import Settings, load_settings

CORES = os.cpu_count() or 1


class Thresher(click.Group):
    """A group whose errors are one clear line and an exit code, never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; translate our errors at this one border."""
        try:
            return super().invoke(ctx)
        except ThresherError as error:
            code = error.exit_code
            click.echo(f"thresher: {error}", err=True)
        except KeyboardInterrupt:
            code = 130
            click.echo("thresher: stopped at once; what was written is whole", err=True)
        except BrokenPipeError:
            code = 0
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - the reader of the pipe has gone
        except OSError as error:
            code = 2
            place = f" {error.filename}" if error.filename else ""
            click.echo(f"thresher: cannot read or write{place}: {error.strerror or error}", err=True)
        sys.exit(code)


class Folder(click.Path):
    """A folder that is made if it is not there: no file, and not an empty name, which would mean the current one."""

    def __init__(self) -> None:
        super().__init__(file_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path; a usage error for what cannot be one."""
        if value == "":
            self.fail("the name of a folder is empty; . is the current one", param, ctx)
        return super().convert(value, param, ctx)


def settings_of(config: Path | None, preset: str | None, assignments: tuple[str, ...]) -> Settings:
    """Settings from file, then preset, then single flags."""
    settings = load_settings(config)
    if preset:
        settings = settings.with_values({"preset": preset}, "--preset")
    for assignment in assignments:
        name, sign, value = assignment.partition("=")
        if not sign:
            raise SettingsError(f"--set {assignment}: write --set {assignment.strip() or 'NAME'}=VALUE")
        settings = settings.with_values({name.strip(): _typed(value.strip())}, f"--set {assignment}")
    return settings


def _typed(value: str) -> object:
    """A value from the command line, read as TOML where it is TOML, else as a plain string."""
    import tomllib  # noqa: PLC0415 - only for --set

    try:
        return tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return value


CONFIG = "Settings file (default: thresher.toml, or [tool.thresher] in pyproject.toml, here)."
_PRESET = "Which error to avoid: clutter left, or content lost."
_SET = "Any setting, such as --set captions=drop; may be repeated."
_setting_options = [
    click.option("--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help=CONFIG),
    click.option("--preset", type=click.Choice(["balanced", "precision", "recall"]), help=_PRESET),
    click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE", help=_SET),
]


def with_settings(command: Any) -> Any:
    """Add the options that every cleaning command has."""
    for option in reversed(_setting_options):
        command = option(command)
    return command


def fail(message: str) -> NoReturn:
    """Nothing usable: say why, and end with 3."""
    click.echo(f"thresher: {message}", err=True)
    sys.exit(3)
