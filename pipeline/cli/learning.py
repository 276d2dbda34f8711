"""`thresher label` and `train`: labels by hand, and weights from labels."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.shared import Folder, fail, settings_of, with_settings

if TYPE_CHECKING:
    from pipeline.document import Kind

_LABELS = "Parquet file for the labels; the work lies beside it, and the same command goes on with it."
_PORT = "Port on 127.0.0.1; 0 takes a free one."
_UNSURE = "Only pages that have an unsure block."
_MOST = "Pages at most."
_WEIGHTS = "Folder for the weights file and its certificate."


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), default=Path("labels.parquet"), show_default=True, help=_LABELS
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help=_PORT)
@click.option("--only-unsure", is_flag=True, help=_UNSURE)
@click.option("--most", type=click.IntRange(1), default=500, show_default=True, help=_MOST)
@with_settings
def label(
    paths: tuple[Path, ...], out: Path, port: int, most: int, config: Path | None, preset: str | None,
    assignments: tuple[str, ...], *, only_unsure: bool,
) -> None:  # fmt: skip
    """Review pages in the browser, correct verdicts, and write labels for `thresher train`."""
    from pipeline.label.command import label as run  # noqa: PLC0415 - keeps --help fast
    from pipeline.label.prepare import Order  # noqa: PLC0415 - likewise

    order = Order(paths, out, settings_of(config, preset, assignments), only_unsure, most)
    if not run(order, port=port, told=lambda line: click.echo(line, err=True)):
        fail("there is no page to label among the inputs")


@click.command()
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--kind", type=click.Choice(["html", "text"]), default="html", show_default=True, help="What to judge.")
@click.option("-o", "--out", type=Folder(), default=Path("weights"), show_default=True, help=_WEIGHTS)
@click.option("--folds", type=click.IntRange(2, 20), default=5, show_default=True, help="Folds of cross-validation.")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="Day for the certificate (default: today).")
def train(data: Path, kind: Kind, out: Path, folds: int, date: datetime | None) -> None:
    """Learn to judge from labelled pages: a Parquet file with html (or text), gold_text, and url or domain."""
    from pipeline.train.command import train as run  # noqa: PLC0415 - keeps --help fast

    day = (date or datetime.now(tz=UTC)).date().isoformat()
    certificate = run(data, kind, out, date=day, folds=folds, told=lambda line: click.echo(line, err=True))
    click.echo(f"F1 {certificate['f1']} over {certificate['pages']} pages; weights in {out / kind}.npz", err=True)
