"""The archive: what is written is read again, by us and by others; nothing is half there; no name leaves its folder."""

from __future__ import annotations

import gzip
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from pipeline.acquire import read
from pipeline.acquire.web.storage.archive import Record, WarcWriter, recover
from pipeline.acquire.web.storage.aside import Aside
from pipeline.acquire.web.values import Reply, Visit
from pipeline.document import Failure, Page
from pipeline.errors import OutputError, SettingsError
from pipeline.settings import Settings
from tests.acquire.web.made_up import BODY, NOON, Clock, reply

ABOUT = {"software": "thresher/0", "operator": "mailto:desk@ferry.example"}
PLACE = "ferry/2026-11-22/120000.warc.gz"


def numbered() -> Iterator[UUID]:
    number = 0
    while True:
        number += 1
        yield UUID(int=number)


def writer(raw: Path, source: str = "ferry", **more: Any) -> WarcWriter:
    ids = numbered()
    return WarcWriter(raw, source, Clock(), ABOUT, new_id=lambda: next(ids), **more)


def visit(answer: Reply | None, outcome: Any = "fetched", *hops: Reply, **more: Any) -> Visit:
    return Visit(answer.url if answer else "https://ferry.example/a", outcome, reply=answer, hops=hops, **more)


def kept(raw: Path, *visits: Visit, **more: Any) -> Path:
    with writer(raw) as archive:
        for each in visits:
            archive.keep(each, **more)
    (file,) = raw.glob("*/*/*.warc.gz")
    return file


def pages(raw: Path, skipped: Counter[str] | None = None) -> list[Page | Failure]:
    return list(read([raw], Settings(), skipped))


def records(file: Path) -> list[tuple[str, dict[str, str], bytes]]:
    """Type, headers and block of each record, as another library reads them."""
    with file.open("rb") as stream:
        return [
            (record.rec_type, dict(record.rec_headers.headers), record.raw_stream.read())
            for record in ArchiveIterator(stream, no_record_parse=True)
        ]


def checks(file: Path) -> bool:
    """Whether warcio's own checker finds every digest right."""
    return Checker(SimpleNamespace(inputs=[str(file)], verbose=False)).process_all() == 0


PAGES = {
    "plain": reply(),
    "packed": reply(packed=True),
    "empty": reply(body=b""),
    "chunked": reply("https://ferry.example/a", BODY, ("Transfer-Encoding", "chunked")),
    "looks-like-chunks": reply("https://ferry.example/a", b"5\r\n<p>on\r\n0\r\n\r\n", ("transfer-encoding", "chunked")),
    "lies-about-its-length": reply("https://ferry.example/a", BODY, ("Content-Length", "7")),
    "no-reason": reply(reason=""),
    "second-protocol": replace(reply(), http_version="HTTP/2"),
}


@pytest.mark.parametrize("answer", PAGES.values(), ids=PAGES)
def test_what_is_kept_is_read_again(tmp_path: Path, answer: Reply) -> None:
    file = kept(tmp_path, visit(answer))
    (page,) = pages(tmp_path)
    assert (page.data, page.url, page.fetched_at) == (answer.body, answer.url, NOON)
    assert page.id == f"{PLACE}/00000000-0000-0000-0000-000000000002"
    assert checks(file)


def test_a_visit_is_a_group_of_records(tmp_path: Path) -> None:
    hop = reply("https://ferry.example/old", b"", ("Location", "/a"), status=301, reason="Moved")
    file = kept(tmp_path, visit(reply(packed=True), "fetched", hop), rights={"x-robots-tag": "noai"})
    found = records(file)
    assert [kind for kind, _, _ in found] == ["warcinfo", "request", "response", "request", "response", "metadata"]
    assert b"software: thresher/0\r\noperator: mailto:desk@ferry.example\r\n" in found[0][2]
    assert found[3][2] == (
        b"GET /a HTTP/1.1\r\nHost: ferry.example\r\nUser-Agent: thresher/0 (+mailto:desk@ferry.example)\r\n\r\n"
    )
    assert found[4][2].endswith(b"Content-Encoding: gzip\r\n\r\n" + reply(packed=True).wire)
    assert found[4][1]["WARC-IP-Address"] == "192.0.2.7"
    assert found[3][1]["WARC-Concurrent-To"] == found[5][1]["WARC-Concurrent-To"] == found[4][1]["WARC-Record-ID"]
    assert found[5][2] == b"rights-x-robots-tag: noai\r\n"
    assert {len(data) for data in members(file)} == {1}


def members(file: Path) -> list[list[bytes]]:
    """What each gzip member holds: the records that begin in it."""
    data, found = file.read_bytes(), []
    starts = [match.start() for match in re.finditer(rb"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", data)]
    for start, end in zip(starts, [*starts[1:], len(data)], strict=True):
        found.append(re.findall(rb"WARC/1\.1\r\n", gzip.decompress(data[start:end])))
    return found


def test_the_record_says_where_it_is(tmp_path: Path) -> None:
    with writer(tmp_path) as archive:
        found = [archive.keep(visit(reply(f"https://ferry.example/{n}", f"page {n}".encode()))) for n in range(3)]
    data = (tmp_path / PLACE).read_bytes()
    for number, record in enumerate(found):
        assert record is not None
        assert record.file == PLACE
        with gzip.open(io.BytesIO(data[record.start : record.end])) as stream:
            assert stream.read().rstrip().endswith(f"page {number}".encode())
    assert found[-1] is not None
    assert found[-1].end == len(data)


def test_headers_stay_as_they_came(tmp_path: Path) -> None:
    odd = (
        ("X-Name", "caf\xe9"),
        ("x-NAME", "twice"),
        ("X-Wide", "茶"),
        ("X-Break", "a\r\nX-Evil: b\0"),
        ("X-Empty", ""),
    )
    kept(tmp_path, visit(reply("https://ferry.example/a", BODY, *odd)))
    block = records(tmp_path / PLACE)[2][2]
    head = block.partition(b"\r\n\r\n")[0].split(b"\r\n")[2:]
    assert head == [
        b"X-Name: caf\xe9",
        b"x-NAME: twice",
        "X-Wide: 茶".encode(),
        b"X-Break: a X-Evil: b ",
        b"X-Empty: ",
    ]


@pytest.mark.parametrize(
    "url",
    [
        "https://ferry.example/a b\r\nWARC-Type: evil",
        "https://ferry.example/\ud83d\x00",
        "https://ferry.example?q=é",
        "https://ferry.example/%2e%2e/[x]|{y}",
        "https://[::1",
    ],
    ids=ascii,
)
def test_no_address_breaks_a_record(tmp_path: Path, url: str) -> None:
    file = kept(tmp_path, visit(reply(url)))
    assert [kind for kind, _, _ in records(file)] == ["warcinfo", "request", "response"]
    assert checks(file)
    assert [page.data for page in pages(tmp_path)] == [BODY]


def first(raw: Path, answer: Reply) -> Record:
    with writer(raw) as archive:
        record = archive.keep(visit(answer))
    assert record is not None
    return record


NOT_MODIFIED = reply(body=b"", status=304, reason="Not Modified")
UNCHANGED = {
    "the-server-says": (NOT_MODIFIED, "server-not-modified", b"HTTP/1.1 304 Not Modified"),
    "the-same-bytes": (reply(packed=True), "identical-payload-digest", b"HTTP/1.1 200 OK"),
    "packed-in-another-way": (reply(), "identical-payload-digest", b""),
}


@pytest.mark.parametrize(("answer", "profile", "head"), UNCHANGED.values(), ids=UNCHANGED)
def test_an_unchanged_page_refers_to_the_one_before(tmp_path: Path, answer: Any, profile: Any, head: Any) -> None:
    earlier = first(tmp_path, reply(packed=True))
    with writer(tmp_path, "later") as archive:
        archive.keep(visit(answer, "unchanged"), earlier=earlier)
    (file,) = tmp_path.glob("later/*/*")
    kind, headers, block = records(file)[-1]
    assert (kind, block.partition(b"\r\n")[0]) == ("revisit", head)
    assert headers["WARC-Profile"].endswith(f"/revisit/{profile}")
    assert headers["WARC-Refers-To"] == f"<urn:uuid:{earlier.id}>"
    assert headers["WARC-Refers-To-Target-URI"] == "https://ferry.example/a"
    assert headers["WARC-Refers-To-Date"] == "2026-11-22T12:00:00.000000Z"
    assert headers["WARC-Payload-Digest"] == earlier.digest
    assert checks(file)
    assert len(pages(tmp_path)) == 1


def test_without_the_record_before_an_unchanged_body_is_kept_again(tmp_path: Path) -> None:
    kept(tmp_path, visit(reply(), "unchanged"), visit(NOT_MODIFIED, "unchanged"))
    assert [kind for kind, _, _ in records(tmp_path / PLACE)][2::2] == ["response", "revisit"]
    assert len(pages(tmp_path)) == 1


OUTCOMES = {
    "too-large": (reply(body=b"half of a pa"), "too_large", "length"),
    "wrong-type": (reply("https://ferry.example/a.mp4", b""), "wrong_type", "unspecified"),
}


@pytest.mark.parametrize(("answer", "outcome", "word"), OUTCOMES.values(), ids=OUTCOMES)
def test_a_body_that_was_not_read_to_its_end_is_no_page(tmp_path: Path, answer: Any, outcome: Any, word: Any) -> None:
    kept(tmp_path, visit(answer, outcome, kind="size", reason="beyond\nthe cap"))
    response, about = records(tmp_path / PLACE)[2:]
    assert response[1]["WARC-Truncated"] == word
    assert about[2] == f"outcome: {outcome}\r\nkind: size\r\nreason: beyond the cap\r\n".encode()
    skipped: Counter[str] = Counter()
    assert pages(tmp_path, skipped) == []
    assert skipped["record whose body was not fetched"] == 1


def test_a_visit_without_an_answer_leaves_its_redirects(tmp_path: Path) -> None:
    hop = reply("https://ferry.example/old", b"", ("Location", "/a"), status=302, reason="Found")
    with writer(tmp_path) as archive:
        assert archive.keep(visit(None, "failed")) is None
        assert list(tmp_path.rglob("*")) == [], "a file is made when it is needed"
        assert archive.keep(visit(None, "failed", hop)) is None
    assert [kind for kind, _, _ in records(tmp_path / PLACE)] == ["warcinfo", "request", "response"]


def test_nothing_is_seen_before_it_is_whole(tmp_path: Path) -> None:
    archive = writer(tmp_path)
    archive.keep(visit(reply()))
    assert [path.name for path in tmp_path.rglob("*.gz")] == [".120000.warc.gz"]
    skipped: Counter[str] = Counter()
    assert pages(tmp_path, skipped) == []
    assert skipped == {"hidden": 1}
    archive.close()
    archive.close()
    assert [path.name for path in tmp_path.rglob("*.gz")] == ["120000.warc.gz"]


def test_no_name_is_given_twice(tmp_path: Path) -> None:
    for _ in range(2):
        first(tmp_path, reply())
    one, two = writer(tmp_path), writer(tmp_path)
    for archive in (one, two, two, one):
        archive.keep(visit(reply()))
    one.close()
    two.close()
    names = sorted(path.name for path in tmp_path.rglob("*.gz"))
    assert names == ["120000-2.warc.gz", "120000-3.warc.gz", "120000-4.warc.gz", "120000.warc.gz"]
    assert len({page.id for page in pages(tmp_path)}) == 6


def test_a_large_archive_goes_on_in_another_file(tmp_path: Path) -> None:
    with writer(tmp_path, largest=2_000) as archive:
        found = [archive.keep(visit(reply())) for _ in range(9)]
    files = sorted(tmp_path.rglob("*.gz"))
    assert len(files) > 2
    assert {record.file for record in found if record} == {file.relative_to(tmp_path).as_posix() for file in files}
    assert all(checks(file) and records(file)[0][0] == "warcinfo" for file in files)
    assert len(pages(tmp_path)) == 9


BAD_NAMES = ["", ".", "..", "../up", "a/b", "/etc", ".hidden", "a\\b", "a\0b", "a\nb", "x" * 101, "con ", "a.", "-rf"]


@pytest.mark.parametrize("source", BAD_NAMES, ids=ascii)
def test_no_name_of_a_source_leaves_its_folder(tmp_path: Path, source: str) -> None:
    with pytest.raises(SettingsError, match="no name for a source"):
        writer(tmp_path / "raw", source)
    assert list(tmp_path.iterdir()) == []


def test_a_link_does_not_lead_out_of_raw(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "ferry").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SettingsError, match="leads out of"):
        writer(tmp_path / "raw")


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "ferry").write_text("a file in the way")
    with pytest.raises(OutputError, match="nothing can be written there"):
        writer(tmp_path).keep(visit(reply()))


def test_what_somebody_else_put_there_is_not_overwritten(tmp_path: Path) -> None:
    archive = writer(tmp_path)
    archive.keep(visit(reply()))
    (tmp_path / PLACE).write_text("theirs")
    with pytest.raises(OutputError, match="appeared while it was being written"):
        archive.close()
    assert (tmp_path / PLACE).read_text() == "theirs"
    assert [path.name for path in tmp_path.rglob(".*.gz")] == [".120000.warc.gz"]


def test_dates_are_those_of_the_answer_in_utc(tmp_path: Path) -> None:
    local = datetime.fromisoformat("2026-11-22T23:30:00.5+09:00")
    late = replace(reply(), started=local), replace(reply(), started=None)
    kept(tmp_path, *(visit(each) for each in late))
    found = [page.fetched_at for page in pages(tmp_path)]
    assert found == [NOON + timedelta(hours=2, minutes=30, seconds=0.5), NOON]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[int]]:
    """An archive of two pages, and where its records end."""
    raw = tmp_path_factory.mktemp("raw")
    file = kept(raw, visit(reply()), visit(reply("https://ferry.example/b", b"second " * 9)))
    data = file.read_bytes()
    starts = [match.start() for match in re.finditer(rb"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", data)]
    return data, [0, *starts[1:], len(data)]


def recovered(raw: Path, data: bytes) -> tuple[list[tuple[str, int]], Path]:
    """What recovery says of a hidden file with this content, and where it put it."""
    folder = raw / "ferry" / "2026-11-22"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    (folder / ".120000.warc.gz").write_bytes(data)
    told: list[tuple[str, int]] = []

    def forget(name: str, size: int) -> None:
        assert (folder / ".120000.warc.gz").exists(), "told before the file gets its name"
        told.append((name, size))

    assert recover(raw, forget) == [PLACE]
    return told, raw / PLACE


def test_an_archive_torn_at_any_byte_keeps_what_was_whole(tmp_path: Path, whole: tuple[bytes, list[int]]) -> None:
    data, ends = whole
    around = {end + step for end in ends for step in (-1, 0, 1)} & {*range(len(data) + 1)}
    for size in sorted(around | {*range(ends[-2], len(data) + 1)}):
        told, file = recovered(tmp_path, data[:size])
        wanted = max(end for end in ends if end <= size)
        assert told == [(PLACE, wanted)]
        assert (file.stat().st_size if wanted else file.exists()) == wanted
        found = pages(tmp_path)
        assert [type(page) for page in found] == [Page] * sum(wanted >= ends[place] for place in (3, 5))


@given(size=st.integers(0, 3_000), noise=st.binary(max_size=200))
def test_rubbish_at_the_end_is_cut(
    tmp_path_factory: pytest.TempPathFactory, whole: tuple[bytes, list[int]], size: int, noise: bytes
) -> None:
    data, ends = whole
    _, file = recovered(tmp_path_factory.mktemp("raw"), data[:size] + noise + bytes(40))
    left = file.read_bytes() if file.exists() else b""
    wanted = max(end for end in ends if end <= size)
    assert left[:wanted] == data[:wanted]
    assert not left or gzip.decompress(left).startswith(b"WARC/1.1"), "what is left is whole"


def test_a_torn_archive_under_its_own_name_is_one_failure(tmp_path: Path, whole: tuple[bytes, list[int]]) -> None:
    data, ends = whole
    file = tmp_path / PLACE
    file.parent.mkdir(parents=True)
    for size in range(ends[-2] + 1, len(data)):
        file.write_bytes(data[:size])
        page, *others = pages(tmp_path)
        assert page.data == BODY
        assert (others[-1].path, others[-1].kind) == (PLACE, "truncated")


def test_the_file_of_a_living_run_is_left_alone(tmp_path: Path) -> None:
    alive = writer(tmp_path)
    alive.keep(visit(reply()))
    assert recover(tmp_path, lambda *_: None) == []
    alive.close()
    assert len(pages(tmp_path)) == 1


def test_an_orphan_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "ferry" / "2026-11-22"
    folder.mkdir(parents=True)
    (folder / ".120000.warc.gz").symlink_to(tmp_path / "nowhere")
    with pytest.raises(OutputError, match=r"\.120000\.warc\.gz: was left by a killed run and cannot be opened"):
        recover(tmp_path, lambda *_: None)


def test_recovery_that_takes_a_fresh_file_away_costs_its_owner_nothing(tmp_path: Path) -> None:
    """A file without content is removed by recovery; whoever made it a moment ago then finds another name."""
    file = Aside.create(tmp_path / "ferry" / "2026-11-22", "120000", ".warc.gz")
    file.finish()
    assert list(tmp_path.rglob("*.gz")) == []
    assert len(pages(kept(tmp_path, visit(reply())).parents[2])) == 1
