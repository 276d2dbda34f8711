"""The docs say what the code does: nothing that a person can name is missing, and what they show runs.

`PLACES` says where each kind of name must be described; a test that fails names the page to mend. Links, commands and
examples are taken from the pages themselves.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from collections.abc import Collection, Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.document import CATEGORIES, OUTCOMES
from pipeline.judge import MADE_IN_CODE
from pipeline.judge.blocked import blocked_kinds
from pipeline.judge.rulebook import load_rulebook
from pipeline.publish.formats import FORMATS, RecordFormat
from pipeline.publish.place import LEDGER, LEFT, MANIFEST, REPORT, TEXTS
from pipeline.segment import language
from pipeline.settings import Settings

ROOT = Path(__file__).parents[1]
README = "README.md"
DECIDES = "docs/how-it-decides.md"
DATA_FORMATS = "docs/data-formats.md"
PAGES = [README, "CHANGELOG.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in sorted(ROOT.glob("docs/*.md")))]
ROOMS = ["raw/README.md", "clean/README.md", "benchmarks/README.md"]

FILES = [f"{TEXTS}/…", MANIFEST, LEDGER, REPORT, *(f.name for f in FORMATS.values() if isinstance(f, RecordFormat))]
PLACES = {
    "categories": (README, CATEGORIES),
    "settings that move what is kept": (README, ("preset", "headline", "captions", "bylines", "links", "rules_off")),
    "files": (README, FILES),
    "files, field by field": (DATA_FORMATS, [*FILES, LEFT]),
    "formats": (DATA_FORMATS, list(FORMATS)),
    "outcomes": (DATA_FORMATS, OUTCOMES),
    "settings": (DECIDES, [field.name for field in fields(Settings)]),
    "rules made in code": (DECIDES, sorted(MADE_IN_CODE)),
    "blocked pages": (DECIDES, [f"blocked-{kind.id}" for kind in blocked_kinds()]),
}
"""What must be named, as code, on which page."""

_OF_PHRASES = {one for rule in load_rulebook(Settings()).rules for one in rule.languages} - {"any"}
LANGUAGES = [
    (DECIDES, "phrases in {} languages", _OF_PHRASES),
    ("CHANGELOG.md", "prompts of {} languages", _OF_PHRASES),
    (DECIDES, "frequent words of {} languages", language._COMMON),
]
"""Which languages are counted where, and in which words."""

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_COMMAND = re.compile(r"^(?:    |\$ )(?:\S*/)?thresher (.+)$|`thresher ([^`]+)`", re.MULTILINE)


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def fences(page: str, language: str) -> list[str]:
    """The fenced blocks of a page in one language."""
    return [body for name, body in _FENCE.findall(read(page)) if name == language]


def commands(group: click.Group, *names: str) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by its full name."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *names, name)
        else:
            yield " ".join((*names, name)), command


COMMANDS = dict(commands(main))
OPTIONS = [
    pytest.param(name, option.opts, id=f"{name}{option.opts[-1]}")
    for name, command in COMMANDS.items()
    for option in command.params
    if isinstance(option, click.Option)
]


@pytest.mark.parametrize(
    ("page", "name"),
    [pytest.param(page, name, id=f"{kind}-{name}") for kind, (page, names) in PLACES.items() for name in names],
)
def test_everything_is_described(page: str, name: str) -> None:
    assert f"`{name}`" in read(page), f"{page} does not say what `{name}` is"


@pytest.mark.parametrize("field", fields(Settings), ids=lambda field: field.name)
def test_defaults_are_right(field: object) -> None:
    value = getattr(Settings(), field.name)  # type: ignore[attr-defined]
    shown = {bool: str(value).lower(), tuple: "[]", int: f"{value:_}" if isinstance(value, int) else ""}
    default = shown.get(type(value), str(value) or '""')
    row = f"| `{field.name}` | `{default}` |"  # type: ignore[attr-defined]
    assert row in read(DECIDES), f"{DECIDES}: the table of settings needs a row that begins with {row}"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_shown(name: str) -> None:
    assert f"thresher {name}" in read(README), f"{README} does not show `thresher {name}`"


@pytest.mark.parametrize(("name", "options"), OPTIONS)
def test_every_option_is_shown(name: str, options: list[str]) -> None:
    text = read(README)
    seen = [option for option in options if re.search(rf"(?<![\w-]){option}(?![\w-])", text)]
    assert seen, f"{README} does not show {' or '.join(options)} of `thresher {name}`"


@pytest.mark.parametrize(("page", "words", "languages"), LANGUAGES, ids=["phrases", "changelog", "words"])
def test_languages_are_counted(page: str, words: str, languages: Collection[str]) -> None:
    wanted = words.format(len(languages))
    assert wanted in " ".join(read(page).split()), f"{page} should say: {wanted}"


@pytest.mark.parametrize("page", [*PAGES, *ROOMS])
def test_links_lead_somewhere(page: str) -> None:
    broken = []
    for target in _LINK.findall(re.sub(r"`[^`\n]*`", "", _FENCE.sub("", read(page)))):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (ROOT / page).parent / path if path else ROOT / page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == [], f"{page}: links to nowhere"


def anchors(file: Path) -> set[str]:
    """The anchors of the headings of a page, as code hosts make them."""
    heads = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def shown_commands(page: str) -> Iterator[list[str]]:
    """The arguments of every thresher command that a page shows, in examples and inline."""
    for pair in _COMMAND.findall(read(page)):
        line = re.split(r"\s#\s|\s<\s", "".join(pair))[0]
        yield shlex.split(line)


SHOWN = [pytest.param(page, words, id=f"{page}: {' '.join(words)}") for page in PAGES for words in shown_commands(page)]


def find_command(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that words on a command line name, and the words behind it; a group where they name none."""
    command: click.Command = main
    while words and isinstance(command, click.Group) and words[0] in command.commands:
        command, *words = command.commands[words[0]], *words[1:]
    if words and not words[0].startswith("-"):
        command = getattr(command, "otherwise", command)
    return command, words


@pytest.mark.parametrize(("page", "words"), SHOWN)
def test_shown_commands_are_known(page: str, words: list[str]) -> None:
    command, rest = find_command(words)
    named = not isinstance(command, click.Group) or all(word.startswith("-") for word in rest)
    assert named, f"{page}: there is no command `thresher {' '.join(words)}`"
    known = {name for option in command.params for name in option.opts} | {"--help"}
    unknown = [word for word in rest if re.match(r"--?[a-z]", word) and word.split("=")[0] not in known]
    assert unknown == [], f"{page}: `thresher {command.name} --help` does not know these"


@pytest.mark.parametrize(
    "line", [line.removeprefix("$ thresher ") for body in fences(README, "console") for line in body.splitlines()]
)
def test_example_commands_parse(line: str) -> None:
    command, rest = find_command(shlex.split(line.partition(" < ")[0]))
    with contextlib.chdir(ROOT):
        context = command.make_context(command.name, rest)
    assert not context.args, f"{README}: too many arguments in `thresher {line}`"


@pytest.mark.parametrize("code", fences(README, "python"))
def test_python_examples_run(code: str) -> None:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(code, README, "exec"), {})
    assert said.getvalue().strip(), f"{README}: the example prints nothing"


def test_the_first_example_is_real(tmp_path: Path) -> None:
    text, explained = fences(README, "text")[:2]
    file = tmp_path / "harbour.txt"
    file.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["explain", str(file)])
    assert result.stdout == explained, f"{README}: paste the output of `thresher explain` anew"


def test_the_index_names_every_page() -> None:
    missing = [path.name for path in ROOT.glob("docs/*.md") if f"({path.name})" not in read("docs/README.md")]
    assert missing == ["README.md"], "docs/README.md does not name these"
