"""Settings: one frozen value, built at the door and passed on. The defaults are the documentation.

A settings file (`thresher.toml`, or `[tool.thresher]` in `pyproject.toml`), command line flags and Dagster
configuration all end in `Settings`; nothing else reads the environment. Wrong settings fail before the first page.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from pipeline.errors import SettingsError

Preset = Literal["balanced", "precision", "recall"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How pages are cleaned. Every field changes the output, and so belongs to the digest of a run.

    Fields whose names begin with `dedup` say what becomes of documents that repeat others; a page that is cleaned alone
    does not depend on them.
    """

    preset: Preset = "balanced"
    """Which error to avoid: `precision` leaves less clutter, `recall` loses less content."""
    headline: Literal["keep", "metadata"] = "keep"
    """Keep the headline as first line of the text, or leave it to the field `title` alone."""
    captions: Literal["auto", "keep", "drop"] = "auto"
    """Captions and image credits: judged like any other block, kept, or dropped; a repeated one goes in any case."""
    bylines: Literal["keep", "drop"] = "drop"
    """Lines of names and dates around an article; the metadata holds them in either case."""
    links: bool = True
    """Whether Markdown output keeps the targets of links."""
    model: Literal["learned", "none"] = "learned"
    """Judge by the learned model; without it the witness (of HTML) and the rules decide."""
    weights_folder: str = ""
    """A folder with weights of your own (`thresher train`), used in place of ours."""
    witness: Literal["trafilatura", "none"] = "trafilatura"
    """The second opinion on pages of HTML, asked where the model does not know the language, or there is no model."""
    language: str = ""
    """Two-letter language of all pages, where it is known; "" detects it page by page."""
    min_words: int = 1
    """A document with fewer words than this is `empty`."""
    dedup: Literal["drop", "mark", "off"] = "drop"
    """What becomes of documents that repeat another: dropped as `duplicate`, kept with a mark, or not looked for."""
    dedup_similarity: float = 0.5
    """Documents are near copies if they share this much of their word 3-grams (Jaccard, 0 to 1)."""
    dedup_words: int = 20
    """Documents with fewer words are copies only if they say exactly the same."""
    dedup_keep: Literal["first", "longest", "source"] = "first"
    """Which copy stays: the earliest, the longest, or that of the first source in `dedup_sources`."""
    dedup_sources: tuple[str, ...] = ()
    """Sources in the order in which their copies are preferred."""
    rules_off: tuple[str, ...] = ()
    """Ids of rules that are not applied."""
    rules_folder: str = ""
    """A folder with more rules (*.toml), read after our own."""
    site_memory: Literal["auto", "off"] = "auto"
    """Whether a line that earlier runs of the state saw on many pages of its site counts as evidence against it. What a
    run gives then depends on the runs before it."""
    sources_file: str = ""
    """A `sources.toml` whose rules for single sites (`keep`, `drop`, `site_rules`) are applied; "" for none."""
    max_page_bytes: int = 20_000_000
    """A larger page is `failed` (too_large): never a cut text."""
    max_elements: int = 1_000_000
    """A page with more elements or lines than this is `failed` (too_complex)."""
    page_seconds: float = 20.0
    """A page that takes longer is `failed` (timeout)."""
    page_megabytes: int = 2_000
    """A page that needs more memory than this is `failed` (memory)."""

    def __post_init__(self) -> None:
        """Check every value; raise `SettingsError` naming the field and what it may be."""
        for name, wanted in _TYPES.items():
            value = getattr(self, name)
            if wish := _wish(name, value, wanted):
                raise SettingsError(f"{name} = {_toml(value)}; write {wish}")

    def digest(self) -> str:
        """128-bit hexadecimal digest over all fields, stable over time and machines."""
        return _digest(asdict(self))

    def page_digest(self) -> str:
        """The digest over what a page cleaned alone depends on."""
        return _digest({name: value for name, value in asdict(self).items() if not name.startswith("dedup")})

    def with_values(self, values: Mapping[str, Any], where: str) -> Settings:
        """A copy with some fields changed; `where` (a file or flag) is named in the `SettingsError` of a wrong one."""
        known = {field.name for field in fields(self)}
        for name in values:
            if name not in known:
                raise SettingsError(f"{where}: unknown setting '{name}'; the settings are {', '.join(sorted(known))}")
        plain: dict[str, Any] = {n: tuple(value) if isinstance(value, list) else value for n, value in values.items()}
        try:
            return replace(self, **plain)
        except SettingsError as error:
            raise SettingsError(f"{where}: {error}") from None


_MOST = {"dedup_similarity": 1.0}
_LANGUAGE = re.compile(r"[a-z]{2}")
_PATHS = frozenset(("weights_folder", "rules_folder", "sources_file"))
_TYPES = get_type_hints(Settings)  # read once: that takes longer than checking all, and `clean` makes settings a page


def _digest(values: Mapping[str, Any]) -> str:
    return hashlib.blake2b(json.dumps(values, sort_keys=True).encode(), digest_size=16).hexdigest()


def _wish(name: str, value: object, wanted: Any) -> str:
    """What to write in place of a wrong value; "" for a right one."""
    if get_origin(wanted) is Literal:
        return "" if value in get_args(wanted) else f"one of {', '.join(map(str, get_args(wanted)))}"
    if get_origin(wanted) is tuple:
        right = isinstance(value, tuple) and all(isinstance(item, str) for item in value)
        return "" if right else f'a list of strings, such as {name} = ["{value if isinstance(value, str) else "a"}"]'
    if wanted in (int, float):
        most = _MOST.get(name, sys.float_info.max)
        right = isinstance(value, (int, wanted)) and not isinstance(value, bool) and 0 < value <= most
        number = "a whole number" if wanted is int else "a number"
        return "" if right else f"{number} above 0" + (f", and at most {most:g}" if name in _MOST else "")
    if not isinstance(value, wanted):
        return "true or false" if wanted is bool else "a string"
    if name == "language" and value and not _LANGUAGE.fullmatch(str(value)):
        return 'a code of two small letters, such as "en"'
    return ""


def _toml(value: object) -> str:
    """A value as a settings file has it."""
    return str(value).lower() if isinstance(value, bool) else repr(value)


def load_settings(file: Path | None = None, folder: Path | None = None) -> Settings:
    """The settings of `file`, or of the `thresher.toml` or `pyproject.toml` in `folder`, or the defaults.

    Paths in a file count from its folder. Raises `SettingsError` naming file and field when the file cannot be read,
    says something impossible, or, being named, holds no settings.
    """
    named = file is not None
    if file is None:
        folder = folder or Path.cwd()
        candidates = [folder / "thresher.toml", folder / "pyproject.toml"]
        file = next((path for path in candidates if path.is_file()), None)
    if file is None:
        return Settings()
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{file}: cannot be read as TOML ({error})") from None
    if file.name == "pyproject.toml":
        table = _ours(table, file, named=named)
    return Settings().with_values({name: _placed(name, value, file.parent) for name, value in table.items()}, str(file))


def _ours(table: dict[str, Any], file: Path, *, named: bool) -> dict[str, Any]:
    """The table `[tool.thresher]` of a `pyproject.toml`; where a person `named` the file there must be one."""
    for name in ("tool", "thresher"):
        if name not in table and named:
            raise SettingsError(
                f"{file}: has no [tool.thresher]; write one, or leave the file unnamed for the defaults"
            )
        table = table.get(name, {})
        if not isinstance(table, dict):
            raise SettingsError(f"{file}: {name} = {table!r} is no table; write the settings under [tool.thresher]")
    return table


def _placed(name: str, value: object, folder: Path) -> object:
    """A value of a file in `folder`; a path below the current folder is written from there, wherever the file is."""
    if name not in _PATHS or not isinstance(value, str) or not value:
        return value
    path = Path(os.path.normpath(folder.absolute() / value))
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
