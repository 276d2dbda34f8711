"""`thresher rules`: the rule book, and a rule tried on pages."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.shared import CONFIG, Folder
from pipeline.document import CATEGORIES
from pipeline.saying import count_of
from pipeline.settings import Settings, load_settings

_config_option = click.option("--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help=CONFIG)
_folder_option = click.option("--rules-folder", type=Folder(), help="A folder with more rules.")


@click.group()
def rules() -> None:
    """Look at the rule book, or try a rule on a folder."""


@rules.command("list")
@click.option("--category", type=click.Choice(CATEGORIES), metavar="CATEGORY", help="Only rules of this category.")
@_config_option
@_folder_option
def rules_list(category: str | None, config: Path | None, rules_folder: Path | None) -> None:
    """One line a rule: id, category, score, what it says."""
    from pipeline.judge.rulebook import load_rulebook  # noqa: PLC0415 - keeps --help fast

    for rule in load_rulebook(_book_settings(config, rules_folder)).rules:
        if category in (None, rule.category):
            click.echo(f"{rule.id:<28} {rule.category:<13} {rule.score:>5.2f}  {rule.says}")


@rules.command("show")
@click.argument("rule_id")
@_config_option
@_folder_option
def rules_show(rule_id: str, config: Path | None, rules_folder: Path | None) -> None:
    """A rule with its examples."""
    from pipeline.explain import rule_lines  # noqa: PLC0415 - keeps --help fast

    for line in rule_lines(rule_id, _book_settings(config, rules_folder)):
        click.echo(line)


@rules.command("try")
@click.argument("rule_id")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@_config_option
@_folder_option
def rules_try(rule_id: str, paths: tuple[Path, ...], config: Path | None, rules_folder: Path | None) -> None:
    """Print each line that would go because of this rule, and would stay without it."""
    from pipeline.explain import try_rule  # noqa: PLC0415 - keeps --help fast

    settings = _book_settings(config, rules_folder)
    found = 0
    for line in try_rule(rule_id, paths, settings):
        click.echo(line)
        found += 1
    click.echo(count_of(found, "line"), err=True)


def _book_settings(config: Path | None, rules_folder: Path | None) -> Settings:
    """The settings that say which rules there are."""
    settings = load_settings(config)
    return settings.with_values({"rules_folder": str(rules_folder)}, "--rules-folder") if rules_folder else settings
