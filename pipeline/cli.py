"""The command line: thin. Every command builds an order from its flags, calls one function, and says what came of it.

Data goes to stdout, everything else to stderr. Exit codes: 0 all well; 1 some inputs failed (or `--check` found work);
2 usage or settings; 3 nothing usable; 130 interrupted. Heavy modules are imported by the commands that need them, so
that `--help` answers at once.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from pipeline.errors import ThresherError
from pipeline.settings import Settings, load_settings

if TYPE_CHECKING:
    from pipeline.document import Document, Kind
    from pipeline.publish import Summary

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


class _Thresher(click.Group):
    """A group whose errors are one clear line and an exit code, never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; translate our errors at this one border."""
        try:
            return super().invoke(ctx)
        except ThresherError as error:
            code = error.exit_code
            click.echo(f"thresher: {error}", err=True)
        except BrokenPipeError:
            code = 0
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - the reader of the pipe has gone
        sys.exit(code)


@click.group(cls=_Thresher, context_settings=_CONTEXT)
@click.version_option(package_name="thresher")
def main() -> None:
    """Clean, deduplicated, normalised text from raw web pages and noisy texts, with a reason for every line that went.

    \b
    thresher clean FOLDER          clean everything in a folder into ./clean
    thresher clean - < page.html   one page through a pipe
    thresher explain page.html     each line, kept or removed, with its reason
    thresher rules list            the rule book
    """  # noqa: D301 - click wants the backspace itself


def _settings(config: Path | None, preset: str | None, assignments: tuple[str, ...]) -> Settings:
    """Settings from file, then preset, then single flags."""
    settings = load_settings(config)
    if preset:
        settings = settings.with_values({"preset": preset}, "--preset")
    for assignment in assignments:
        name, _, value = assignment.partition("=")
        settings = settings.with_values({name.strip(): _typed(value.strip())}, f"--set {assignment}")
    return settings


def _typed(value: str) -> object:
    """A value from the command line, read as TOML where it is TOML, else as a plain string."""
    import tomllib  # noqa: PLC0415 - only for --set

    try:
        return tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return value


_CORES = os.cpu_count() or 1
_OUT = "Folder for the results."
_FORMATS = "Any of txt, md, jsonl, parquet, joined by commas."
_WORKERS = "Worker processes; 0 cleans in this one, without deadline."
_LABELS = "Parquet file for the labels; the work lies beside it, and the same command goes on with it."
_PORT = "Port on 127.0.0.1; 0 takes a free one."
_UNSURE = "Only pages that have an unsure block."
_MOST = "Pages at most."
_WEIGHTS = "Folder for the weights file and its certificate."
_CONFIG = "Settings file (default: thresher.toml, or [tool.thresher] in pyproject.toml, here)."
_PRESET = "Which error to avoid: clutter left, or content lost."
_SET = "Any setting, such as --set captions=drop; may be repeated."
_setting_options = [
    click.option("--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help=_CONFIG),
    click.option("--preset", type=click.Choice(["balanced", "precision", "recall"]), help=_PRESET),
    click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE", help=_SET),
]


def _with_settings(command: Any) -> Any:
    """Add the options that every cleaning command has."""
    for option in reversed(_setting_options):
        command = option(command)
    return command


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True), metavar="PATH...")
@click.option("-o", "--out", type=click.Path(path_type=Path), default=Path("clean"), show_default=True, help=_OUT)
@click.option("-f", "--format", "formats", default="txt,jsonl", show_default=True, help=_FORMATS)
@click.option("-j", "--workers", type=click.IntRange(0), default=_CORES, show_default="all cores", help=_WORKERS)
@click.option("--force", is_flag=True, help="Clean everything again, not only what changed.")
@click.option("--check", is_flag=True, help="Change nothing; exit 1 if a run would.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON to stdout.")
@_with_settings
def clean(
    paths: tuple[Path, ...], out: Path, formats: str, workers: int, config: Path | None, preset: str | None,
    assignments: tuple[str, ...], *, force: bool, check: bool, as_json: bool,
) -> None:  # fmt: skip
    """Clean files and folders into OUT: texts, records, manifest, ledger of removed lines, report.

    PATH is a file, a folder, or - for one page from stdin to stdout. A second run does only what changed.
    """
    settings = _settings(config, preset, assignments)
    names = tuple(name.strip() for name in formats.split(",") if name.strip())
    if paths == (Path("-"),):
        _clean_pipe(settings, names)
        return
    from pipeline.run.cleaning import Order, count_outdated  # noqa: PLC0415 - keeps --help fast
    from pipeline.watch import run_watched  # noqa: PLC0415 - likewise

    order = Order(paths, out, settings, names, workers, force)
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
    if not outcomes["kept"]:
        return 3
    return 1 if outcomes["failed"] else 0


def _clean_pipe(settings: Settings, formats: tuple[str, ...]) -> None:
    """One page from stdin to stdout."""
    from pipeline.publish.formats import TextFormat, chosen  # noqa: PLC0415 - keeps --help fast

    texts, _ = chosen(formats)
    document = _document(Path("-"), settings)
    renders: list[TextFormat] = texts or chosen(("txt",))[0]
    if document.outcome != "kept":
        click.echo(f"thresher: no text: {document.outcome}: {document.note}", err=True)
        sys.exit(3)
    click.echo(renders[0].render(document, settings))


def _document(path: Path, settings: Settings) -> Document:
    """The first page of one input, cleaned in this process; ends the program with a message if there is none."""
    from pipeline.acquire import read, read_stdin  # noqa: PLC0415 - keeps --help fast
    from pipeline.document import Failure  # noqa: PLC0415 - likewise
    from pipeline.recipe import clean_page, make_kit  # noqa: PLC0415 - likewise

    kit = make_kit(settings)
    page = read_stdin(sys.stdin.buffer, settings) if path == Path("-") else next(iter(read([path], settings)), None)
    if page is None:
        _fail(f"{path}: holds no page")
    cleaned = page if isinstance(page, Failure) else clean_page(page, kit)
    if isinstance(cleaned, Failure):
        _fail(f"{path}: {cleaned.kind}: {cleaned.message}")
    return cleaned


def _fail(message: str) -> NoReturn:
    """Nothing usable: say why, and end with 3."""
    click.echo(f"thresher: {message}", err=True)
    sys.exit(3)


@main.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--all-reasons", is_flag=True, help="Show every reason that was weighed, not only the loudest.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line of the page.")
@_with_settings
def explain(
    file: Path,
    config: Path | None,
    preset: str | None,
    assignments: tuple[str, ...],
    *,
    all_reasons: bool,
    as_json: bool,
) -> None:
    """Show each line of a page, kept or removed, with the reason."""
    from pipeline.explain import explain_json, explain_lines, paint  # noqa: PLC0415 - keeps --help fast

    document = _document(file, _settings(config, preset, assignments))
    if as_json:
        for line in explain_json(document):
            click.echo(line)
    elif sys.stdout.isatty():
        paint(document, all_reasons=all_reasons)
    else:
        for line in explain_lines(document, all_reasons=all_reasons):
            click.echo(line)


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option("-o", "--out", type=click.Path(path_type=Path), default=Path("labels.parquet"), help=_LABELS)
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help=_PORT)
@click.option("--only-unsure", is_flag=True, help=_UNSURE)
@click.option("--most", type=click.IntRange(1), default=500, show_default=True, help=_MOST)
@_with_settings
def label(
    paths: tuple[Path, ...], out: Path, port: int, most: int, config: Path | None, preset: str | None,
    assignments: tuple[str, ...], *, only_unsure: bool,
) -> None:  # fmt: skip
    """Review pages in the browser, correct verdicts, and write labels for `thresher train`."""
    from pipeline.label.command import label as run  # noqa: PLC0415 - keeps --help fast
    from pipeline.label.prepare import Order  # noqa: PLC0415 - likewise

    order = Order(paths, out, _settings(config, preset, assignments), only_unsure, most)
    if not run(order, port=port, told=lambda line: click.echo(line, err=True)):
        _fail("there is no page to label among the inputs")


@main.command()
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--kind", type=click.Choice(["html", "text"]), default="html", show_default=True, help="What to judge.")
@click.option("-o", "--out", type=click.Path(path_type=Path), default=Path("weights"), show_default=True, help=_WEIGHTS)
@click.option("--folds", type=click.IntRange(2, 20), default=5, show_default=True, help="Folds of cross-validation.")
@click.option("--date", default="", help="Date for the certificate (default: today).")
def train(data: Path, kind: Kind, out: Path, folds: int, date: str) -> None:
    """Learn to judge from labelled pages: a Parquet file with html (or text), gold_text, and url or domain."""
    from pipeline.train.command import train as run  # noqa: PLC0415 - keeps --help fast

    date = date or datetime.now(tz=UTC).date().isoformat()
    certificate = run(data, kind, out, date=date, folds=folds, told=lambda line: click.echo(line, err=True))
    click.echo(f"F1 {certificate['f1']} over {certificate['pages']} pages; weights in {out / kind}.npz", err=True)


@main.group()
def rules() -> None:
    """Look at the rule book, or try a rule on a folder."""


@rules.command("list")
@click.option("--category", help="Only rules of this category.")
def rules_list(category: str | None) -> None:
    """One line a rule: id, category, score, what it says."""
    from pipeline.judge.rulebook import load_rulebook  # noqa: PLC0415 - keeps --help fast

    for rule in load_rulebook(load_settings()).rules:
        if category in (None, rule.category):
            click.echo(f"{rule.id:<28} {rule.category:<13} {rule.score:>5.2f}  {rule.says}")


@rules.command("show")
@click.argument("rule_id")
def rules_show(rule_id: str) -> None:
    """A rule with its examples."""
    from pipeline.explain import rule_lines  # noqa: PLC0415 - keeps --help fast

    for line in rule_lines(rule_id, load_settings()):
        click.echo(line)


@rules.command("try")
@click.argument("rule_id")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--rules-folder", default="", help="A folder with more rules, where the rule is.")
def rules_try(rule_id: str, paths: tuple[Path, ...], rules_folder: str) -> None:
    """Print each line that would go because of this rule, and would stay without it."""
    from pipeline.explain import try_rule  # noqa: PLC0415 - keeps --help fast

    settings = load_settings()
    if rules_folder:
        settings = settings.with_values({"rules_folder": rules_folder}, "--rules-folder")
    found = 0
    for line in try_rule(rule_id, paths, settings):
        click.echo(line)
        found += 1
    click.echo(f"{found} lines", err=True)


if __name__ == "__main__":
    main()
