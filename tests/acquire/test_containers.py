"""Inputs that hold many pages: JSON Lines, Parquet, web archives; and MHTML, which holds one."""

# ruff: noqa: E501  # the cases are a table

from __future__ import annotations

import base64
import gzip
import json
import tracemalloc
import zlib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.acquire import read
from pipeline.acquire.inflate import Damaged, TooLarge, inflate
from pipeline.document import Failure, Page
from pipeline.settings import Settings

SETTINGS = Settings(max_page_bytes=100_000)
HTML = b"<!doctype html><p>The ferry leaves at nine.</p>"


def zstd(data: bytes) -> bytes:
    return pa.compress(data, codec="zstd", asbytes=True)


def items(path: Path, data: bytes | None = None, skipped: Counter[str] | None = None) -> list[Page | Failure]:
    if data is not None:
        path.write_bytes(data)
    return list(read([path], SETTINGS, skipped))


def told(values: list[Page | Failure]) -> list[tuple[str, str]]:
    return [(value.id, value.kind if isinstance(value, Failure) else value.data.decode()) for value in values]


LINES = b"""{"id": "a", "html": "<p>one</p>", "url": "https://ferry.example/a"}

{"text": "two", "link": "https://ferry.example/b"}
{"id": "a", "content": "three"}
{"id": 7, "Body": "four"}
{"id": "a", "text": null}
{"id": "a~2", "text": "twin of a twin"}
not json
[1, 2]
{"id": "none", "title": "x"}
{"text": "line\\u2028separator \\ud83d"}
"""
TOLD = [
    ("a.jsonl/a", "<p>one</p>"),
    ("a.jsonl/row-3", "two"),
    ("a.jsonl/a~2", "three"),
    ("a.jsonl/7", "four"),
    ("a.jsonl/a~3", ""),
    ("a.jsonl/a~2~2", "twin of a twin"),
    ("a.jsonl/row-8", "bad_record"),
    ("a.jsonl/row-9", "bad_record"),
    ("a.jsonl/none", "bad_record"),
]


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [("", bytes), (".gz", gzip.compress), (".zst", zstd), ("", lambda data: b"\xef\xbb\xbf" + data)],
    ids=["plain", "gzip", "zstd", "bom"],
)
def test_jsonl(tmp_path: Path, suffix: Any, pack: Any) -> None:
    found = items(tmp_path / f"a.jsonl{suffix}", pack(LINES))
    assert told(found[:-1]) == [(name.replace("a.jsonl/", f"a.jsonl{suffix}/"), what) for name, what in TOLD]
    assert [page.kind for page in found[:4]] == ["html", "text", None, None]
    assert [page.url for page in found[:2]] == ["https://ferry.example/a", "https://ferry.example/b"]
    assert {page.path for page in found} == {f"a.jsonl{suffix}"}
    assert found[0].charset == "utf-8"


def test_69_10_line_separators_and_lone_surrogates_stay_in_their_record(tmp_path: Path) -> None:
    last = items(tmp_path / "a.jsonl", LINES)[-1]
    assert last.data.decode("utf-8", "surrogatepass") == "line\u2028separator \ud83d"


def test_jsonl_messages_name_line_and_keys(tmp_path: Path) -> None:
    messages = [item.message for item in items(tmp_path / "a.jsonl", LINES) if isinstance(item, Failure)]
    assert messages[0].startswith("line 8 is not JSON")
    assert messages[2].startswith("line 10 holds no page: its keys are 'id', 'title'; name one html")


def test_jsonl_by_content_whatever_its_name(tmp_path: Path) -> None:
    assert told(items(tmp_path / "dump.txt", b'{"text": "one"}\n{"text": "two"}')) == [
        ("dump.txt/row-1", "one"),
        ("dump.txt/row-2", "two"),
    ]


def test_a_line_that_is_too_long_is_one_failure(tmp_path: Path) -> None:
    huge = b'{"text": "' + b"x" * 2_000_000 + b'"}\n'
    found = items(tmp_path / "a.jsonl", huge + b'{"text": "' + b"x" * 150_000 + b'"}\n{"text": "ok"}\n')
    assert told(found) == [("a.jsonl/row-1", "too_large"), ("a.jsonl/row-2", "too_large"), ("a.jsonl/row-3", "ok")]


def test_json_nested_too_deeply_is_one_failure(tmp_path: Path) -> None:
    found = items(tmp_path / "a.jsonl", b'{"text": ' + b"[" * 200_000 + b'\n{"text": "ok"}\n')
    assert [value for _, value in told(found)] == ["bad_record", "ok"]


def parquet(path: Path, **columns: object) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def test_parquet(tmp_path: Path) -> None:
    file = parquet(
        tmp_path / "a.parquet",
        id=["x", None, "x"],
        html=[b"\xe9", HTML, None],
        url=["https://ferry.example", None, None],
        n=[1, 2, 3],
    )
    found = items(file)
    assert [page.id for page in found] == ["a.parquet/x", "a.parquet/row-2", "a.parquet/x~2"]
    assert [page.data for page in found] == [b"\xe9", HTML, b""]
    assert (found[0].kind, found[0].charset, found[0].url) == ("html", None, "https://ferry.example")


PARQUET = {
    "text": ({"text": ["one", "two"]}, [("a.parquet/row-1", "one"), ("a.parquet/row-2", "two")]),
    "large-string": ({"Text": pa.array(["one"], pa.large_string())}, [("a.parquet/row-1", "one")]),
    "dictionary": ({"text": pa.array(["one"]).dictionary_encode()}, [("a.parquet/row-1", "one")]),
    "html-before-text": ({"text": ["t", "u"], "html": ["h", None]}, [("a.parquet/row-1", "h"), ("a.parquet/row-2", "u")]),
    "number-as-id": ({"id": [7], "text": ["one"]}, [("a.parquet/7", "one")]),
    "too-large": ({"text": ["x" * 100_001, "ok"]}, [("a.parquet/row-1", "too_large"), ("a.parquet/row-2", "ok")]),
    "101-wrong-type": ({"text": [1, 2]}, [("a.parquet", "bad_record")]),
    "101-list-type": ({"html": [["a"], ["b"]]}, [("a.parquet", "bad_record")]),
    "101-no-column": ({"title": ["a"]}, [("a.parquet", "bad_record")]),
    "101-id-of-wrong-type": ({"id": [[1]], "text": ["one"]}, [("a.parquet/row-1", "one")]),
    "no-rows": ({"text": pa.array([], pa.string())}, []),
}  # fmt: skip


@pytest.mark.parametrize(("columns", "wanted"), PARQUET.values(), ids=PARQUET)
def test_parquet_columns(tmp_path: Path, columns: Any, wanted: Any) -> None:
    assert told(items(parquet(tmp_path / "a.parquet", **columns))) == wanted


def test_101_a_message_names_the_columns(tmp_path: Path) -> None:
    (failure,) = items(parquet(tmp_path / "a.parquet", text=[1], title=["a"]))
    assert "Its columns are text (int64), title (string)" in failure.message


def test_a_damaged_parquet_keeps_what_came_before(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    pq.write_table(
        pa.table({"text": [f"{n} " * 50 for n in range(2000)]}),
        file,
        row_group_size=100,
        compression="none",
        use_dictionary=False,
    )
    data = bytearray(file.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 9000] = bytes(9000)
    found = items(file, bytes(data))
    assert len(found) > 100
    assert isinstance(found[0], Page)
    assert any(isinstance(item, Failure) and item.kind == "truncated" for item in found) or len(found) == 2000


def warc(*records: bytes, pack: bool = False) -> bytes:
    return b"".join(gzip.compress(record) if pack else record for record in records)


def record(
    body: bytes,
    kind: str = "response",
    uid: str = "1",
    http: str = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=koi8-r\r\n",
    **more: str,
) -> bytes:
    block = (http + "\r\n").encode() + body if kind in ("response", "request") else body
    headers = {
        "WARC-Type": kind, "WARC-Record-ID": f"<urn:uuid:{uid}>", "WARC-Target-URI": "https://ferry.example/a",
        "WARC-Date": "2026-11-02T10:00:00Z", "Content-Type": "application/http; msgtype=response", "Content-Length": str(len(block)),
    } | {name.replace("_", "-"): value for name, value in more.items()}  # fmt: skip
    return (
        b"WARC/1.0\r\n"
        + "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()
        + b"\r\n"
        + block
        + b"\r\n\r\n"
    )


def http(*headers: str, status: str = "200 OK", kind: str = "text/html") -> str:
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n" + "".join(f"{header}\r\n" for header in headers)


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize("pack", [False, True], ids=["plain", "gzip"])
def test_warc(tmp_path: Path, pack: Any) -> None:
    data = warc(
        record(b"software: x", "warcinfo", Content_Type="application/warc-fields"),
        record(HTML), record(HTML, "request"), record(HTML), record(b"gone", http=http(status="404 Not Found")),
        record(b"\x89PNG", http=http(kind="image/png")), record(b"plain", "resource", "2", Content_Type="text/plain"), pack=pack,
    )  # fmt: skip
    skipped: Counter[str] = Counter()
    found = items(tmp_path / "a.warc.gz", data, skipped)
    assert told(found) == [("a.warc.gz/1", HTML.decode()), ("a.warc.gz/1~2", HTML.decode()), ("a.warc.gz/2", "plain")]
    page = found[0]
    assert (page.url, page.charset, page.content_type) == (
        "https://ferry.example/a",
        "koi8-r",
        "text/html; charset=koi8-r",
    )
    assert page.fetched_at == datetime(2026, 11, 2, 10, tzinfo=UTC)
    assert page.headers == (("Content-Type", "text/html; charset=koi8-r"),)
    assert skipped == {"record without a page": 3, "record with a status other than 2xx": 1}


BODIES = {
    "gzip": (gzip.compress(HTML), "Content-Encoding: gzip", None),
    "gzip-two-members": (gzip.compress(HTML[:9]) + gzip.compress(HTML[9:]), "Content-Encoding: gzip", None),
    "says-gzip-is-plain": (HTML, "Content-Encoding: gzip", None),
    "says-gzip-is-rubbish": (b"\x01\x02rubbish\x03", "Content-Encoding: gzip", "unreadable"),
    "says-gzip-is-a-picture": (b"\x89PNG\r\n\x1a\n", "Content-Encoding: gzip", "unreadable"),
    "says-deflate-is-plain": (HTML, "Content-Encoding: deflate", None),
    "says-zstd-is-plain": (HTML, "Content-Encoding: zstd", None),
    "says-gzip-is-empty": (b"", "Content-Encoding: gzip", None),
    "deflate": (zlib.compress(HTML), "Content-Encoding: deflate", None),
    "raw-deflate": (raw_deflate(HTML), "Content-Encoding: deflate", None),
    "zstd": (zstd(HTML), "Content-Encoding: zstd", None),
    "chunked": (b"5\r\n" + HTML[:5] + b"\r\n" + f"{len(HTML) - 5:x}".encode() + b"\r\n" + HTML[5:] + b"\r\n0\r\n\r\n", "Transfer-Encoding: chunked", None),
    "says-chunked-is-plain": (HTML, "Transfer-Encoding: chunked", None),
    "70-gzip-bomb": (gzip.compress(bytes(9_000_000)), "Content-Encoding: gzip", "too_large"),
    "70-deflate-bomb": (zlib.compress(bytes(9_000_000)), "Content-Encoding: deflate", "too_large"),
    "70-zstd-bomb": (zstd(bytes(9_000_000)), "Content-Encoding: zstd", "too_large"),
    "71-stacked": (gzip.compress(gzip.compress(HTML)), "Content-Encoding: gzip, gzip", "unreadable"),
    "72-cut-gzip": (gzip.compress(HTML)[:-12], "Content-Encoding: gzip", "truncated"),
    "unknown-packing": (HTML, "Content-Encoding: rot13", "unreadable"),
    "83-html-that-is-pdf": (b"%PDF-1.7", "X: y", "unsupported"),
    "too-large": (b"x" * 1_200_000, "X: y", "too_large"),
    "too-large-by-a-byte": (b"x" * 100_001, "X: y", "too_large"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "header", "kind"), BODIES.values(), ids=BODIES)
def test_bodies_of_archives(tmp_path: Path, body: Any, header: Any, kind: Any) -> None:
    found = items(tmp_path / "a.warc", warc(record(body, http=http(header)), record(b"next", uid="2")))
    assert told(found) == [("a.warc/1", kind or (HTML if body else b"").decode()), ("a.warc/2", "next")]


def test_brotli_is_bounded() -> None:
    brotli = pytest.importorskip("brotli")
    assert inflate(brotli.compress(HTML), "br", 1000) == HTML
    with pytest.raises(TooLarge):
        inflate(brotli.compress(bytes(9_000_000)), "br", 1000)
    with pytest.raises(Damaged, match="end early"):
        inflate(brotli.compress(HTML)[:-3], "br", 1000)


@pytest.mark.parametrize(
    ("pack", "cut", "kept"),
    [(False, 5, 1), (False, 40, 1), (True, 40, 1), (True, 5, 2)],
    ids=["plain", "plain-more", "gzip", "gzip-trailer-only"],
)
def test_a_cut_archive_keeps_what_came_before(tmp_path: Path, pack: Any, cut: Any, kept: Any) -> None:
    data = warc(record(HTML), record(HTML, uid="2"), pack=pack)[:-cut]
    pages = [(f"a.warc/{number}", HTML.decode()) for number in (1, 2)]
    assert told(items(tmp_path / "a.warc", data)) == [*pages[:kept], ("a.warc", "truncated")]


DAMAGED = {
    "rubbish-between": warc(record(HTML), b"rubbish\r\nmore\r\n\r\n", record(HTML)),
    "no-length": warc(record(HTML), record(HTML).replace(b"Content-Length", b"Content-Breadth")),
    "bad-length": warc(record(HTML), record(HTML, Content_Length="many")),
    "no-newline-for-long": warc(record(HTML), b"WARC/1.0" + b"x" * 300_000),
}


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_archive_keeps_what_came_before(tmp_path: Path, data: Any) -> None:
    assert told(items(tmp_path / "a.warc", data)) == [("a.warc/1", HTML.decode()), ("a.warc", "truncated")]


@pytest.mark.parametrize(
    "more",
    [{"WARC_Date": "soon"}, {"WARC_Target_URI": ""}, {"WARC_Record_ID": ""}, {"Content_Type": "text/html"}],
    ids=lambda more: next(iter(more)),
)
def test_odd_headers_of_records_do_no_harm(tmp_path: Path, more: Any) -> None:
    (page,) = items(tmp_path / "a.warc", record(HTML, "resource", **({"Content_Type": "text/html"} | more)))
    assert page.data == HTML


def mhtml(*parts: str, top: str = 'type="text/html"', boundary: str = "b1") -> bytes:
    head = f'From: <Saved by Browser>\r\nSnapshot-Content-Location: https://ferry.example/s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\t{top};\r\n\tboundary="{boundary}"\r\n\r\n'
    return (head + "".join(f"--b1\r\n{part}\r\n" for part in parts) + "--b1--\r\n").encode()


def part(body: str, kind: str = "text/html; charset=utf-8", *headers: str) -> str:
    return "\r\n".join([f"Content-Type: {kind}", *headers, "", body])


IMAGE = part("AAAA", "image/png", "Content-Transfer-Encoding: base64")
BASE64 = "Content-Transfer-Encoding: base64"
MHTML = {
    "first-html": (mhtml(IMAGE, part("<p>one"), part("<p>frame")), "<p>one"),
    "start": (mhtml(part("<p>frame"), part("<p>one", "text/html", "Content-ID: <r@x>"), top='start="<r@x>"'), "<p>one"),
    "quoted-printable": (mhtml(part("<p>caf=C3=A9=\r\n!", "text/html; charset=utf-8", "Content-Transfer-Encoding: quoted-printable")), "<p>café!"),
    "base64": (mhtml(part(base64.b64encode(b"<p>one").decode(), "text/html", BASE64)), "<p>one"),
    "100-base64-garbage": (mhtml(part("!A!", "text/html", BASE64)), "unreadable"),
    "100-wrong-boundary": (mhtml(part("<p>one"), boundary="other"), "unreadable"),
    "100-no-html": (mhtml(IMAGE), "unreadable"),
    "100-cut": (mhtml(part("<p>one and more"))[:-20], "truncated"),
    "100-cut-in-an-image": (mhtml(part("<p>one"), IMAGE)[:-12], "<p>one"),
    "100-only-headers": (mhtml().split(b"\r\n\r\n")[0], "unreadable"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "wanted"), MHTML.values(), ids=MHTML)
def test_mhtml(tmp_path: Path, data: Any, wanted: Any) -> None:
    (item,) = items(tmp_path / "a.mhtml", data)
    assert told([item]) == [("a.mhtml", wanted)]


def test_mhtml_knows_url_and_charset(tmp_path: Path) -> None:
    (page,) = items(tmp_path / "a.html", mhtml(part("<p>one")))
    assert (page.url, page.charset, page.content_type) == ("https://ferry.example/s", "utf-8", "text/html")


def peak(path: Path) -> tuple[int, int]:
    """The number of pages of a file, and the most memory in bytes that reading it took."""
    tracemalloc.start()
    number = sum(1 for _ in read([path], SETTINGS))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return number, most


def test_a_big_jsonl_is_never_in_memory(tmp_path: Path) -> None:
    line = json.dumps({"text": "The ferry leaves at nine. " * 400}).encode() + b"\n"
    for suffix, pack in (("", bytes), (".gz", lambda data: gzip.compress(data, 1)), (".zst", zstd)):
        file = tmp_path / f"a.jsonl{suffix}"
        file.write_bytes(pack(line * 4000))
        number, most = peak(file)
        assert number == 4000
        assert most < 4_000_000, f"{suffix}: 42 MB of pages took {most:,} bytes"


def test_a_big_parquet_is_never_in_memory(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    schema = pa.schema([("text", pa.string()), ("other", pa.string())])
    with pq.ParquetWriter(file, schema, use_dictionary=False) as writer:
        for group in range(4):
            rows = [f"{group} {row} " * 1000 for row in range(1000)]
            writer.write_table(pa.table({"text": rows, "other": rows}, schema), row_group_size=1000)
    pool = pa.default_memory_pool()
    before, most, number = pool.bytes_allocated(), 0, 0
    for _ in read([file], SETTINGS):
        number += 1
        most = max(most, pool.bytes_allocated() - before)
    assert number == 4000
    assert most < 12_000_000, f"{file.stat().st_size:,} bytes of file took {most:,} bytes"
