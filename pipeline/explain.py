"""Explanations for people: a page line by line, a rule with its examples, what a rule changes on real pages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.document import Block, Document, Page, Reason, Verdict
from pipeline.errors import UsageError
from pipeline.judge.rulebook import load_rulebook
from pipeline.settings import Settings

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def _shown(block: Block) -> str:
    """The text of a block on one line, safe for a terminal."""
    return _CONTROLS.sub("", " ".join(f"{block.marker} {block.text}".split()))


def _because(verdict: Verdict, *, all_reasons: bool) -> str:
    """The reasons of a verdict in words; "" where none speaks."""
    reasons: Sequence[Reason] = verdict.reasons if all_reasons else [verdict.reason] if verdict.reason else []
    return "; ".join(f"{reason.category}: {reason.rule} ({reason.evidence})" for reason in reasons)


def explain_lines(document: Document, *, all_reasons: bool) -> Iterator[str]:
    """Plain text: `+` before a kept line, `-` before a removed one, the reason behind it."""
    yield f"# {document.page.id}: {document.outcome}" + (f" ({document.note})" if document.note else "")
    for block, verdict in zip(document.blocks, document.verdicts, strict=True):
        because = _because(verdict, all_reasons=all_reasons) if all_reasons or not verdict.kept else ""
        sign = "+" if verdict.kept else "-"
        yield f"{sign} {block.line:>4}  {_shown(block)}" + (f"    [{_CONTROLS.sub('', because)}]" if because else "")


def explain_json(document: Document) -> Iterator[str]:
    """One JSON object a line of the page."""
    for block, verdict in zip(document.blocks, document.verdicts, strict=True):
        reasons = [
            {"rule": reason.rule, "category": reason.category, "score": reason.score, "evidence": reason.evidence}
            for reason in verdict.reasons
        ]
        row = {"line": block.line, "kept": verdict.kept, "kind": block.kind, "text": block.text, "reasons": reasons}
        yield json.dumps(row, ensure_ascii=False)


def paint(document: Document, *, all_reasons: bool) -> None:
    """The page in a terminal: removed lines dimmed, the reason beside each."""
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
    from rich.text import Text  # noqa: PLC0415 - likewise

    console = Console(highlight=False)
    console.print(Text(f"{document.page.id}: {document.outcome} {document.note}", style="bold"))
    for block, verdict in zip(document.blocks, document.verdicts, strict=True):
        line = Text(f"{block.line:>4} ", style="cyan" if verdict.kept else "dim")
        line.append(_shown(block), style="" if verdict.kept else "dim strike")
        because = _because(verdict, all_reasons=all_reasons) if all_reasons or not verdict.kept else ""
        if because:
            line.append(f"  {_CONTROLS.sub('', because)}", style="yellow")
        console.print(line)


def rule_lines(rule_id: str, settings: Settings) -> Iterator[str]:
    """A rule with its examples; raises `UsageError` for an id that the book does not have."""
    rule = load_rulebook(settings).get(rule_id)
    if rule is None:
        raise UsageError(f"no rule '{rule_id}'; `thresher rules list` shows all")
    yield f"{rule.id}  ({rule.category}, score {rule.score:g})"
    yield f"  {rule.says}"
    yield f"  from {rule.where}"
    for name, examples in (("drops", rule.drop), ("keeps", rule.keep)):
        for block in examples:
            yield f"  {name}  {block.text}"


def try_rule(rule_id: str, paths: Sequence[Path], settings: Settings) -> Iterator[str]:
    """Every line of the inputs that a rule alone removes: with it the line goes, without it the line stays."""
    from pipeline.acquire import read  # noqa: PLC0415 - `rules list` does not need it
    from pipeline.recipe import clean_page, make_kit  # noqa: PLC0415 - likewise

    if load_rulebook(settings).get(rule_id) is None:
        raise UsageError(f"no rule '{rule_id}'; `thresher rules list` shows all")
    with_rule = make_kit(settings)
    without = make_kit(replace(settings, rules_off=(*settings.rules_off, rule_id)))
    for page in read(paths, settings):
        if not isinstance(page, Page):
            continue
        after, before = clean_page(page, with_rule), clean_page(page, without)
        if not isinstance(after, Document) or not isinstance(before, Document):
            continue
        for block, now, then in zip(after.blocks, after.verdicts, before.verdicts, strict=True):
            if then.kept and not now.kept:
                yield f"{page.id}:{block.line}: {_shown(block)}"
