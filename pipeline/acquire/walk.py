"""Which files a run reads: from the paths a person names to a stream of files with stable names, in a canonical order.

The order is that of the path's components, compared as text; it depends neither on the order of the arguments nor on
the file system. One folder's names are in memory at a time (and those of its parents that are still to come), never the
files. What is not meant to be read is skipped and counted; nothing is opened here.
"""

# Strings until a file is found: a Path for each name costs more than the listing.
# ruff: noqa: PTH100, PTH112, PTH116, PTH118, PTH120, PTH206, PTH208

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from pipeline.document import Failure
from pipeline.errors import UsageError

FETCH_MANIFEST = ".manifest.jsonl"
"""How the names of manifests end that fetching writes beside its archives: rows about pages, no pages."""
_SAVED_PAGE = (".html", ".htm", ".xhtml", ".shtml", ".php", ".asp", ".aspx", ".mht", ".mhtml")


class Found(NamedTuple):
    """A file to read: where it is, and its name within the run (relative, `/` between components, plain UTF-8)."""

    path: Path
    name: str


def walk(paths: Sequence[Path], skipped: Counter[str], base: Path | None = None) -> Iterator[Found | Failure]:
    """The files under `paths`, each once, in canonical order; what was passed over is counted in `skipped` by its kind.

    Names are relative to `base`; without one to the one folder, or to the common parent of several paths, and a single
    file has its own name.
    Links that are named are followed, links that are found are skipped. Raises `UsageError` at once, before anything
    is read, when a path does not exist.
    """
    for path in paths:
        if not os.path.lexists(path):
            raise UsageError(f"{path}: no such file or folder; check the spelling, or quote a name with spaces")
    roots = _roots(paths)
    start = os.path.abspath(base) if base else _base(roots)
    return (item for root in roots for item in _under(root, start, skipped))


def day_folders(raw: Path, day: str) -> list[Path]:
    """What came on a day (YYYY-MM-DD): the folders `raw/<source>/<day>`, sorted. Raises `UsageError` for no day."""
    try:
        date.fromisoformat(day)
    except ValueError:
        raise UsageError(f"{day!r} is no day; write one such as 2026-11-22") from None
    return sorted(path for path in raw.glob(f"[!.]*/{day}") if path.is_dir() and not path.is_symlink())


def portable(name: str) -> str:
    """A file name as plain UTF-8: bytes that are not UTF-8 (lone surrogates in Python) become %XX."""
    if not any("\ud800" <= char <= "\udfff" for char in name):
        return name
    return "".join(_percent(char) if "\ud800" <= char <= "\udfff" else char for char in name)


def _percent(surrogate: str) -> str:
    """The byte behind an escaped surrogate as %XX; other lone surrogates by the bytes of their code."""
    errors = "surrogateescape" if "\udc80" <= surrogate <= "\udcff" else "surrogatepass"
    return "".join(f"%{byte:02X}" for byte in surrogate.encode("utf-8", errors))


def _roots(paths: Sequence[Path]) -> list[str]:
    """Absolute paths, sorted by component, without those that another one reaches anyway."""
    by_place: dict[str, str] = {}
    for path in sorted((os.path.abspath(path) for path in paths), key=_components):
        by_place.setdefault(os.path.realpath(path), path)
    return [path for place, path in by_place.items() if not _reached(place, by_place.keys() - {place})]


def _reached(place: str, others: set[str]) -> bool:
    """Whether walking one of the other places comes by this one: no folder in between is passed over."""
    for other in others:
        if place.startswith(other.rstrip(os.sep) + os.sep) and os.path.isdir(other):
            at, names = other, os.path.relpath(place, other).split(os.sep)
            for name in names:
                if name.startswith(".") or _beside_page(
                    name, set(os.listdir(at)) if name.endswith("_files") else set()
                ):
                    break
                at = os.path.join(at, name)
            else:
                return True
    return False


def _base(roots: list[str]) -> str:
    """The folder that names are relative to."""
    if len(roots) == 1:
        return roots[0] if os.path.isdir(roots[0]) else os.path.dirname(roots[0])
    return os.path.commonpath(roots) if roots else ""


def _under(root: str, base: str, skipped: Counter[str]) -> Iterator[Found | Failure]:
    """The files at or below one path. A stack of our own: folders may be nested deeper than Python may call."""
    prefix = "" if root == base else portable(os.path.relpath(root, base)).replace(os.sep, "/")
    if not os.path.isdir(root):
        yield _named(root, prefix)
        return
    stack = [iter(_listing(root, prefix, skipped))]
    while stack:
        entry = next(stack[-1], None)
        if entry is None:
            stack.pop()
        elif isinstance(entry, Failure) or not entry.folder:
            yield entry if isinstance(entry, Failure) else Found(Path(entry.path), entry.name)
        else:
            stack.append(iter(_listing(entry.path, entry.name, skipped)))


def _named(path: str, name: str) -> Found | Failure:
    """A single path that is no folder: a file, or something that cannot be read as one."""
    try:
        mode = os.stat(path).st_mode
    except OSError as error:
        return Failure(
            name, name, "acquire", "unreadable", f"cannot be opened ({error.strerror}); check its permissions"
        )
    if stat.S_ISREG(mode):
        return Found(Path(path), name)
    return Failure(name, name, "acquire", "unsupported", "a pipe or device; send its content with `thresher clean -`")


class _Entry(NamedTuple):
    """A file or folder of a listing: where it is, and its name within the run."""

    path: str
    name: str
    folder: bool


def _listing(folder: str, prefix: str, skipped: Counter[str]) -> list[_Entry | Failure]:
    """The files and folders of a folder that are to be read, sorted by name."""
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        message = f"the folder cannot be listed ({error.strerror}); check its permissions"
        return [Failure(prefix or ".", prefix or ".", "acquire", "unreadable", message)]
    names = {entry.name for entry in found}
    listing: list[_Entry | Failure] = []
    for entry in found:
        if why := _passed_over(entry, names):
            skipped[why] += 1
            continue
        name = portable(entry.name)
        while name != entry.name and name in names:  # a twin that is spelled like the escaped name
            name += "~2"
        path = f"{prefix}/{name}" if prefix else name
        listing.append(_Entry(os.path.join(folder, entry.name), path, entry.is_dir(follow_symlinks=False)))
    return listing


def _passed_over(entry: os.DirEntry[str], names: set[str]) -> str:
    """Why an entry is not read, as a word for the count; "" if it is."""
    if entry.name.startswith("."):
        return "hidden"
    if entry.is_symlink():
        return "link"
    if entry.is_dir(follow_symlinks=False):
        return "parts of a saved page" if _beside_page(entry.name, names) else ""
    if entry.name.endswith(FETCH_MANIFEST):
        return "fetch manifest"
    return "" if entry.is_file(follow_symlinks=False) else "pipe or device"


def _beside_page(name: str, names: set[str]) -> bool:
    """Whether a folder holds the parts (images, frames) of a page that a browser saved beside it."""
    stem = name.removesuffix("_files")
    return stem != name and any(stem + suffix in names for suffix in _SAVED_PAGE)


def _components(path: str) -> list[str]:
    return path.split(os.sep)
