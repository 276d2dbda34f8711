"""OUT, the folder that results go to: whether we may write there, how files become whole, what is stale.

Everything of a run is written aside, into one folder `OUT/.thresher-<pid>`, and renamed into place when the run is
whole; the manifest goes last. A run that breaks leaves OUT as it was, and no file is ever seen half written. Only files
that a manifest of an earlier run names are ever deleted: what people put into OUT themselves stays.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pipeline.errors import OutputError
from pipeline.publish.formats import FORMATS, RecordFormat

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.publish.names import Names

TEXTS = "text"
MANIFEST = "manifest.jsonl"
LEDGER = "removed.jsonl"
REPORT = "report.html"
STATISTICS = "statistics.json"
LEFT = ".left.jsonl"
"""Texts that stand in OUT though the manifest does not name them, because the last run was interrupted."""
_ASIDE = ".thresher-"
_RECORDS = tuple(f.name for f in FORMATS.values() if isinstance(f, RecordFormat))
_OURS = (TEXTS, MANIFEST, LEDGER, REPORT, STATISTICS, LEFT, *_RECORDS)

_ADVICE = {
    errno.ENOSPC: "the disk is full; free some space, or choose another folder with -o",
    errno.EDQUOT: "your disk quota is used up; free some space, or choose another folder with -o",
    errno.EROFS: "the file system is read-only; choose another folder with -o",
    errno.EACCES: "you may not write there; change its permissions, or choose another folder with -o",
    errno.EPERM: "you may not write there; change its permissions, or choose another folder with -o",
    errno.ENOTDIR: "a file stands where a folder is needed; move it away, or choose another folder with -o",
    errno.EEXIST: "a file stands where a folder is needed; move it away, or choose another folder with -o",
    errno.EISDIR: "a folder stands where a file is needed; move it away, or choose another folder with -o",
    errno.EXDEV: "OUT/text lies on another disk than OUT; put them on one, or choose another folder with -o",
}


def check_out(out: Path, inputs: Sequence[Path]) -> None:
    """Raise `OutputError` if writing to `out` would harm an input, or cannot work. Links are followed; writes nothing.

    OUT may not be an input, nor lie inside an input folder (the next run would read its own output). An input may
    not lie where we write: a file of ours, or `OUT/text`, from which stale texts are deleted. An input elsewhere in
    OUT is fine, as in `thresher clean raw -o .`.
    """
    place = out.resolve()
    for given in inputs:
        source = given.resolve()
        if place == source:
            raise OutputError(f"OUT {out} is itself an input; choose another folder with -o")
        if source in place.parents:
            raise OutputError(
                f"OUT {out} lies inside the input {given}, so the next run would clean its own output; "
                f"choose a folder beside it with -o, such as {given.parent / 'clean'}"
            )
        for name in _OURS:
            if source.is_relative_to(place / name):
                raise OutputError(f"the input {given} lies in {out / name}, which this run writes; choose another -o")
    _check_writable(out, place)


def _check_writable(out: Path, place: Path) -> None:
    """Raise unless `place`, or the nearest folder above it that exists, is a folder that we may write to."""
    nearest = next(path for path in (place, *place.parents) if path.exists())
    if not nearest.is_dir():
        raise OutputError(f"OUT {out}: {nearest} is a file, not a folder; choose another folder with -o")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise OutputError(f"OUT {out}: cannot write to {nearest}: {_ADVICE[errno.EACCES]}")


@contextmanager
def teaching(out: Path) -> Iterator[None]:
    """Turn trouble of the file system inside the block into an `OutputError` that says what to do."""
    try:
        yield
    except OSError as error:
        advice = _ADVICE.get(error.errno or 0, "choose another folder with -o")
        raise OutputError(f"cannot write {error.filename or out}: {error.strerror or error}; {advice}") from error


class Place:
    """OUT during one run. Use as a context: an exception removes what was written aside and nothing else.

    `aside` is the folder for what is not whole yet; a file `aside / name` becomes `out / name` in `commit`.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        self.aside = out / f"{_ASIDE}{os.getpid()}"
        self._folders: set[str] = set()  # that were made, so that nobody asks for them again

    def __enter__(self) -> Self:
        """Make OUT and the folder aside, and sweep up what killed runs left."""
        with teaching(self.out):
            self.out.mkdir(parents=True, exist_ok=True)
            for left in self.out.glob(f"{_ASIDE}*"):
                if not _runs(left.name.removeprefix(_ASIDE)):
                    shutil.rmtree(left)
            self.aside.mkdir()
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.aside, ignore_errors=True)

    def write(self, name: str, data: bytes) -> None:
        """Write a text aside, unless the same bytes stand in OUT already."""
        if not _holds(f"{self.out}/{name}", data):
            path = self._with_folder(self.aside, name)
            with open(path, "wb") as file:  # noqa: PTH123 - thousands of files, and a Path costs as much
                file.write(data)

    def commit(self, names: Names, *, complete: bool) -> None:
        """Delete what earlier runs left and this one no longer makes, put everything into place, the manifest last.

        An incomplete run deletes nothing: it notes such texts in `LEFT`, for a complete one to delete.
        """
        stale = (name for name in self._earlier() if not names.holds(name.removeprefix(f"{TEXTS}/")))
        if complete:
            self._delete(stale, earlier=(self.out / MANIFEST).exists())
        else:
            with (self.aside / LEFT).open("w", encoding="utf-8") as file:
                file.writelines(json.dumps(name) + "\n" for name in stale)
        for name in _files(self.aside):
            if name != MANIFEST:
                self._move(name)
        self._move(MANIFEST)

    def _move(self, name: str) -> None:
        """Put a file that is whole into its place."""
        os.replace(f"{self.aside}/{name}", self._with_folder(self.out, name))  # noqa: PTH105 - as in `write`

    def _with_folder(self, top: Path, name: str) -> str:
        """The path of a file below `top`, whose folder is there."""
        path = f"{top}/{name}"
        folder = os.path.dirname(path)  # noqa: PTH120 - as in `write`
        if folder not in self._folders:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - likewise
            self._folders.add(folder)
        return path

    def _earlier(self) -> Iterator[str]:
        """The texts, relative to OUT, that earlier runs wrote; what lies elsewhere is never named."""
        for name in (MANIFEST, LEFT):
            for row in _json_rows(self.out / name):
                outputs = [row] if isinstance(row, str) else _outputs(row)
                yield from (output for output in outputs if _is_text(output))

    def _delete(self, stale: Iterator[str], *, earlier: bool) -> None:
        """Delete stale texts with the folders they leave empty, and earlier files of records not made again."""
        for name in stale:
            path = self.out / name
            with suppress(FileNotFoundError, NotADirectoryError):
                path.unlink()
            _prune(path.parent, self.out / TEXTS)
        if earlier:
            for each in FORMATS.values():
                if isinstance(each, RecordFormat) and not (self.aside / each.name).exists():
                    (self.out / each.name).unlink(missing_ok=True)
        (self.out / LEFT).unlink(missing_ok=True)


def _holds(path: str, data: bytes) -> bool:
    """Whether a file is there and holds these bytes."""
    try:
        if os.stat(path).st_size != len(data):  # noqa: PTH116 - as in `Place.write`
            return False
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - likewise
            return file.read() == data
    except OSError:
        return False


def _files(top: Path) -> Iterator[str]:
    """All files under a folder, however deep, by their names relative to it."""
    for root, _, names in os.walk(top):
        folder = os.path.relpath(root, top)
        yield from (name if folder == "." else f"{folder}/{name}" for name in names)


def _json_rows(path: Path) -> Iterator[object]:
    """The values of a file of JSON lines; a broken line is skipped, since it names nothing we could trust."""
    with suppress(FileNotFoundError), path.open("rb") as file:
        for line in file:
            with suppress(ValueError):
                yield json.loads(line)


def _outputs(row: object) -> list[str]:
    """The texts that a row of a manifest names."""
    if not isinstance(row, dict):
        return []
    copies = row.get("copies")
    named = [row.get("output"), *(copies if isinstance(copies, list) else [])]
    return [name for name in named if isinstance(name, str)]


def _is_text(name: str) -> bool:
    """Whether a name lies in the folder of texts: a manifest that someone wrote by hand deletes nothing elsewhere."""
    parts = name.split("/")
    return len(parts) > 1 and parts[0] == TEXTS and not {"", ".", ".."} & set(parts)


def _prune(folder: Path, top: Path) -> None:
    """Remove folders that are empty, from `folder` up to `top`."""
    while folder != top and top in folder.parents:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def _runs(pid: str) -> bool:
    """Whether another process of this number is alive; our own number can only be a dead one's."""
    if not pid.isdigit():
        return True  # not a name of ours
    if int(pid) == os.getpid():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
