"""Files and folders become pages: what each input must come out as, the hostile ones by their numbers."""

# ruff: noqa: E501  # the cases are a table

from __future__ import annotations

import gzip
import json
import os
import random
import socket
from collections import Counter
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline.acquire import FORMATS, read, read_stdin
from pipeline.document import Failure, Page
from pipeline.errors import UsageError
from pipeline.settings import Settings

HTML = b"<!doctype html><title>Ferry</title><p>The ferry leaves at nine.</p>"
SMALL = Settings(max_page_bytes=10_000)


def zstd(data: bytes) -> bytes:
    return pa.compress(data, codec="zstd", asbytes=True)


def lay(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def ids(items: Iterable[Page | Failure]) -> list[str]:
    return [item.id for item in items]


def only(folder: Path, name: str, data: bytes, settings: Settings = SMALL) -> Page | Failure:
    lay(folder, {name: data})
    (item,) = read([folder], settings)
    return item


KINDS = {
    "01-empty-file": ("a.html", b"", "page"),
    "02-one-byte": ("a.html", b"x", "page"),
    "02-one-odd-byte": ("a.txt", b"\xff", "page"),
    "03-only-white-space": ("a.txt", b" \n\t\n", "page"),
    "03-only-a-bom": ("a.txt", b"\xef\xbb\xbf", "page"),
    "05-utf16-with-bom": ("a.html", HTML.decode().encode("utf-16"), "page"),
    "06-utf16-without-bom": ("a.html", HTML.decode().encode("utf-16-le"), "page"),
    "07-utf32": ("a.txt", HTML.decode().encode("utf-32"), "page"),
    "11-some-nuls": ("a.html", HTML.replace(b"nine", b"n\0ine"), "page"),
    "17-iso-2022-jp": ("a.txt", "昨日の夕方".encode("iso-2022-jp"), "page"),
    "18-mixed-encodings": ("a.txt", "日曜".encode() + "日曜".encode("shift_jis"), "page"),
    "20-binary-named-html": ("a.html", random.Random(1).randbytes(3000), "binary data"),
    "21-jpeg-named-html": ("a.html", b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(90), "a JPEG image"),
    "21-pdf-named-html": ("a.html", b"%PDF-1.7\n1 0 obj", "a PDF document"),
    "21-zip-named-html": ("a.html", b"PK\x03\x04\x14\0\0\0" + bytes(40), "a zip archive"),
    "22-html-named-txt": ("a.txt", HTML, "page"),
    "22-text-named-html": ("a.html", b"Just words.\n", "page"),
    "text-that-begins-like-a-bitmap": ("a.txt", b"BMW and MZ and RIFF are letters.", "page"),
    "no-suffix": ("page", HTML, "page"),
    "odd-suffix": ("view.php", HTML, "page"),
    "json": ("a.json", b'{"a": [1, 2]}', "JSON"),
    "json-named-html": ("a.html", b'{"a": [1, 2]}', "JSON"),
    "rss-named-html": ("a.html", b"<?xml version='1.0'?><rss version='2.0'><channel/></rss>", "a news feed"),
    "atom": ("a.xml", b"<?xml version='1.0'?><!-- x --><feed xmlns='http://www.w3.org/2005/Atom'/>", "a news feed"),
    "sitemap": ("a.xml", b"<urlset xmlns='x'><url/></urlset>", "a sitemap"),
    "other-xml": ("a.xml", b"<?xml version='1.0'?><library><book/></library>", "XML (<library>)"),
    "58-xhtml": ("a.xml", b"<?xml version='1.0'?><!DOCTYPE html><html xmlns='http://www.w3.org/1999/xhtml'/>", "page"),
    "comment-flood": ("a.html", b"<!-- x -->" * 900 + b"words", "page"),
    "csv": ("a.csv", b"a,b\n1,2\n", "a table (CSV)"),
    "css": ("a.css", b"p { color: red }", "a style sheet"),
    "mail": ("a.eml", b"From: a\nContent-Type: text/plain\n\nHello", "a mail"),
    "tar-gz": ("a.tar.gz", gzip.compress(b"a.txt".ljust(257, b"\0") + b"ustar" + bytes(300)), "a tar archive"),
    "gzip-page": ("a.html.gz", gzip.compress(HTML), "page"),
    "broken-gzip": ("a.jsonl.gz", b"\x1f\x8b\x08" + bytes(6) + b"\xff" * 50, "unreadable"),
    "cut-zstd": ("a.html.zst", zstd(HTML)[:-3], "truncated"),
    "cut-gzip": ("a.html.gz", gzip.compress(random.Random(1).randbytes(4000).hex().encode())[:-900], "truncated"),
    "zstd-page": ("a.html.zst", zstd(HTML), "page"),
    "broken-zstd": ("a.jsonl.zst", b"\x28\xb5\x2f\xfd" + b"\xff" * 20, "unreadable"),
    "70-gzip-bomb": ("a.html.gz", gzip.compress(b"<p>" + b"x" * 5_000_000), "too_large"),
    "too-large": ("a.html", b"x" * 10_001, "too_large"),
    "just-not-too-large": ("a.html", b"x" * 10_000, "page"),
    "empty-jsonl": ("a.jsonl", b"", "nothing"),
    "broken-parquet": ("a.parquet", b"PAR1 and no more", "unreadable"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "data", "wanted"), KINDS.values(), ids=KINDS)
def test_one_input_one_outcome(tmp_path: Path, name: Any, data: Any, wanted: Any) -> None:
    lay(tmp_path, {name: data})
    items = list(read([tmp_path], SMALL))
    if wanted == "nothing":
        assert items == []
    elif wanted == "page":
        (item,) = items
        assert isinstance(item, Page)
        assert (item.id, item.path, item.source) == (name, name, "")
    else:
        (item,) = items
        assert isinstance(item, Failure)
        assert item.id == name
        assert wanted == item.kind or (item.kind == "unsupported" and item.message.startswith(wanted))


def test_bytes_come_as_they_are(tmp_path: Path) -> None:
    page = only(tmp_path, "a.html", HTML)
    assert (page.data, page.kind, page.charset, page.url) == (HTML, None, None, None)


def test_a_message_of_an_unsupported_type_teaches(tmp_path: Path) -> None:
    failure = only(tmp_path, "a.pdf", b"%PDF-1.7")
    assert failure.message.startswith("a PDF document; thresher reads .parquet")
    assert failure.outcome == "unsupported"


FILES = {
    "b.txt": b"b",
    "a/z.txt": b"z",
    "a/b/c.txt": b"c",
    "a.txt": b"a",
    "a b/x.txt": b"x",
    "Z.txt": b"Z",
    "é.txt": b"e",
}
ORDER = ["Z.txt", "a/b/c.txt", "a/z.txt", "a b/x.txt", "a.txt", "b.txt", "é.txt"]


def test_order_is_that_of_path_components(tmp_path: Path) -> None:
    assert ids(read([lay(tmp_path, FILES)], SMALL)) == ORDER


def test_source_is_the_first_folder(tmp_path: Path) -> None:
    assert {page.id: page.source for page in read([lay(tmp_path, FILES)], SMALL)}["a/b/c.txt"] == "a"


PATHS = {
    "a-file": (["a/z.txt"], ["z.txt"]),
    "a-file-twice": (["a/z.txt", "a/../a/z.txt"], ["z.txt"]),
    "two-files": (["a/z.txt", "a/b/c.txt"], ["b/c.txt", "z.txt"]),
    "two-folders": (["a b", "a"], ["a/b/c.txt", "a/z.txt", "a b/x.txt"]),
    "folder-within-folder": (["a/b", "."], ORDER),
    "file-within-folder": ([".", "b.txt"], ORDER),
    "folder-twice": (["a", "a/", "a/."], ["b/c.txt", "z.txt"]),
}


@pytest.mark.parametrize(("paths", "wanted"), PATHS.values(), ids=PATHS)
def test_names_whatever_the_order_of_paths(tmp_path: Path, paths: Any, wanted: Any) -> None:
    lay(tmp_path, FILES)
    named = [tmp_path / path for path in paths]
    assert ids(read(named, SMALL)) == ids(read(named[::-1], SMALL)) == wanted


def test_a_hidden_file_that_is_named_is_read(tmp_path: Path) -> None:
    lay(tmp_path, {".draft.txt": b"x", "a.txt": b"a"})
    assert ids(read([tmp_path, tmp_path / ".draft.txt"], SMALL)) == ["a.txt", ".draft.txt"]


def test_a_missing_path_stops_before_anything_is_read(tmp_path: Path) -> None:
    lay(tmp_path, {"a.txt": b"a"})
    with pytest.raises(UsageError, match=r"nope: no such file or folder"):
        read([tmp_path, tmp_path / "nope"], SMALL)


def test_94_99_what_is_skipped_is_counted(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {"a.html": HTML, "a_files/ad.html": HTML, "court_files/b.txt": b"b", ".hidden/c.txt": b"c", ".d.txt": b"d"},
    )
    (tmp_path / "link.html").symlink_to(tmp_path / "a.html")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.txt")
    skipped: Counter[str] = Counter()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(tmp_path / "socket.txt"))
        found = ids(read([tmp_path], SMALL, skipped))
    assert found == ["a.html", "court_files/b.txt"]
    assert skipped == {"hidden": 2, "link": 2, "parts of a saved page": 1, "pipe or device": 2}


def test_94_a_named_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (item,) = read([tmp_path / "pipe.txt"], SMALL)
    assert (item.kind, item.id) == ("unsupported", "pipe.txt")


def test_95_a_file_that_vanishes_is_a_failure(tmp_path: Path) -> None:
    stream = read([lay(tmp_path, {"a.txt": b"a", "b.txt": b"b"})], SMALL)
    first = next(stream)
    (tmp_path / "b.txt").unlink()
    (second,) = stream
    assert (first.id, second.id, second.kind) == ("a.txt", "b.txt", "unreadable")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_95_an_unreadable_file_is_a_failure(tmp_path: Path) -> None:
    lay(tmp_path, {"a.txt": b"a"}).joinpath("a.txt").chmod(0)
    (item,) = read([tmp_path], SMALL)
    assert item.kind == "unreadable"


def test_95_a_dangling_link_that_is_named_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "gone.html").symlink_to(tmp_path / "nowhere")
    (item,) = read([tmp_path / "gone.html"], SMALL)
    assert (item.id, item.kind) == ("gone.html", "unreadable")


ODD_NAMES = [b"new\nline.txt", b"CON.txt", b"dot..txt", b" space .txt", b"\xff\xfe.txt", b"%FF%FE.txt", "😀.txt".encode(),
             "é.txt".encode(), "e\u0301.txt".encode(), b"A.TXT", b"a.txt", b"-rf.txt", b"x" * 250 + b".txt"]  # fmt: skip


def test_93_odd_names_are_read_and_stay_apart(tmp_path: Path) -> None:
    for name in ODD_NAMES:
        Path(os.fsdecode(bytes(tmp_path) + b"/" + name)).write_bytes(name)
    pages = list(read([tmp_path], SMALL))
    assert sorted(page.data for page in pages) == sorted(ODD_NAMES)
    assert len({page.id.encode() for page in pages}) == len(ODD_NAMES)
    assert {page.data: page.id for page in pages}[b"\xff\xfe.txt"] == "%FF%FE.txt~2"


@pytest.fixture
def pit(tmp_path: Path) -> Iterator[Path]:
    """A folder to dig deep in; it is filled up afterwards, since what tidies temporary folders is recursive."""
    yield tmp_path
    top, spare = tmp_path / "d", tmp_path / "e"
    while (top / "d").exists():
        (top / "d").rename(spare)
        for file in top.iterdir():
            file.unlink()
        top.rmdir()
        spare.rename(top)


def dig(folder: Path, depth: int) -> None:
    here = os.open(folder, os.O_RDONLY)
    for _ in range(depth):  # step by step: the whole path may be longer than the system takes at once
        os.mkdir("d", dir_fd=here)
        here, above = os.open("d", os.O_RDONLY, dir_fd=here), here
        os.close(above)
    os.close(here)


def test_96_a_file_deeper_than_python_may_call(pit: Path) -> None:
    dig(pit, 1500)
    lay(pit.joinpath(*["d"] * 1500), {"a.txt": b"a"})
    assert ids(read([pit], SMALL)) == ["d/" * 1500 + "a.txt"]


def test_96_folders_deeper_than_a_path_may_be_long_end_in_a_failure(pit: Path) -> None:
    dig(pit, 10_000)
    (item,) = read([pit], SMALL)
    assert isinstance(item, Failure)
    assert (item.kind, item.message.partition(" (")[0]) == ("unreadable", "the folder cannot be listed")


def test_96_many_files_are_read_lazily(tmp_path: Path) -> None:
    lay(tmp_path, {f"{number:05}.txt": b"x" for number in range(2000)})
    stream = read([tmp_path], SMALL)
    first = next(stream)
    for path in tmp_path.iterdir():
        path.write_bytes(b"changed")
    assert first.data == b"x"
    assert {page.data for page in stream} == {b"changed"}


SAVED = {
    "browser": (b"<!-- saved from url=(0029)https://ferry.example/a?b=1 -->" + HTML, "https://ferry.example/a?b=1"),
    "single-file": (b"<html><!--\n Page saved with SingleFile \n url: https://ferry.example/x \n saved date: now\n-->", "https://ferry.example/x"),
    "about": (b"<!-- saved from url=(0014)about:internet -->" + HTML, None),
    "in-the-text": (HTML + b"saved from url=(0029)https://ferry.example/", None),
}  # fmt: skip


@pytest.mark.parametrize(("data", "url"), SAVED.values(), ids=SAVED)
def test_a_saved_page_knows_its_url(tmp_path: Path, data: Any, url: Any) -> None:
    assert only(tmp_path, "a.html", data).url == url


def test_stdin_is_one_page() -> None:
    assert read_stdin(BytesIO(HTML)) == Page("stdin", HTML, "stdin")


@pytest.mark.parametrize(("data", "kind"), [(b"x" * 10_001, "too_large"), (b"%PDF-1.7", "unsupported")])
def test_stdin_that_is_no_page_is_a_failure(data: Any, kind: Any) -> None:
    assert read_stdin(BytesIO(data), SMALL).kind == kind


def test_the_table_of_formats_is_whole() -> None:
    names = [form.name for form in FORMATS]
    suffixes = [suffix for form in FORMATS for suffix in form.suffixes]
    assert len(set(names)) == len(names)
    wanted = ".html .htm .xhtml .mhtml .mht .txt .md .jsonl .jsonl.gz .jsonl.zst .ndjson .parquet .warc .warc.gz"
    assert sorted(suffixes) == sorted(wanted.split())
    assert json.dumps([form.says for form in FORMATS])
