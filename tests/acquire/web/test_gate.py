"""The gate of one host: slots, blocks, strikes and forgiveness, over any sequence of answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.acquire.web.politeness.gate import Pace, after_failure, after_reply, after_silence, opens_at
from pipeline.acquire.web.values import HostRecord, Reply
from tests.acquire.web.memory_book import MemoryBook

NOW = 1_767_268_800.0  # Thu, 01 Jan 2026 12:00:00 GMT
DAY = 86_400.0
PACE = Pace()
FRESH = HostRecord("harbour.test")


def reply(status: int, retry_after: str = "", seconds: float = 0.5) -> Reply:
    headers = (("Retry-After", retry_after),) if retry_after else ()
    return Reply("https://harbour.test/a", status, "", headers, b"", b"", seconds=seconds)


def blocked(record: HostRecord, since: float = NOW) -> float:
    return max(0.0, record.blocked_until - since)


@pytest.mark.parametrize(
    ("crawl_delay", "latency", "chance", "wait"),
    [(0, 0.5, 0, 5), (0, 4, 0, 8), (30, 4, 0, 30), (DAY, 0.5, 0, DAY), (0, 0.5, 0.5, 5.625), (30, 0.5, 0.8, 36)],
    ids=["delay", "slow host", "crawl delay", "a day of crawl delay", "jitter", "jitter on crawl delay"],
)
def test_next_slot_after_a_good_answer(crawl_delay: float, latency: float, chance: float, wait: float) -> None:
    record = replace(FRESH, crawl_delay=crawl_delay)
    assert opens_at(after_reply(record, reply(200, seconds=latency), NOW, chance, PACE)) == NOW + wait


@pytest.mark.parametrize(
    ("status", "retry_after", "seconds"),
    [
        (429, "", 60),
        (503, "", 60),
        (429, "7", 7),
        (429, "3600", 3600),
        (503, "Thu, 01 Jan 2026 13:00:00 GMT", 3600),
        (429, "0", 60),
        (429, "-1", 60),
        (429, "Thu, 01 Jan 2026 11:00:00 GMT", 60),
        (429, "later", 60),
        (429, "1000000000", DAY),
        (503, "Fri, 01 Jan 2100 00:00:00 GMT", DAY),
        (500, "", 0),
        (502, "120", 120),
        (408, "", 0),
        (404, "3600", 0),
        (200, "3600", 0),
    ],
)
def test_first_block(status: int, retry_after: str, seconds: float) -> None:
    assert blocked(after_reply(FRESH, reply(status, retry_after), NOW, 0, PACE)) == seconds


def test_blocks_double_to_a_day() -> None:
    record, lengths, now = FRESH, [], NOW
    for _ in range(13):
        record = after_reply(record, reply(429), now, 0, PACE)
        lengths.append(record.blocked_until - now)
        now = record.blocked_until
    assert lengths == [min(60.0 * 2**power, DAY) for power in range(13)]
    assert record.why == "answered 429"


def test_a_host_that_names_a_short_time_again_and_again_is_not_believed() -> None:
    record = after_reply(FRESH, reply(429, "1"), NOW, 0, PACE)
    again = after_reply(record, reply(429, "1"), NOW + 6, 0, PACE)
    assert (blocked(record), blocked(again, NOW + 6)) == (1, 120)


def test_a_shorter_block_does_not_end_a_longer_one() -> None:
    record = replace(FRESH, blocked_until=NOW + 3600)
    assert blocked(after_reply(record, reply(429, "10"), NOW, 0, PACE)) == 3600


def test_one_good_answer_does_not_forgive_but_quiet_does() -> None:
    record = after_reply(FRESH, reply(429), NOW, 0, PACE)
    soon = after_reply(record, reply(200), NOW + 61, 0, PACE)
    assert (soon.strikes, soon.why) == (1, "answered 429")
    late = after_reply(soon, reply(200), NOW + 60 + PACE.quiet, 0, PACE)
    assert (late.strikes, late.why, late.blocked_until) == (0, "", 0.0)
    assert blocked(after_reply(soon, reply(429), NOW + 60 + PACE.quiet, 0, PACE), NOW + 60 + PACE.quiet) == 60


def test_troubles_in_a_row_block_and_a_good_answer_ends_the_row() -> None:
    row = [FRESH]
    for kind in ("timeout", "reset", "connect", "dns"):
        row.append(after_failure(row[-1], kind, NOW, 1.0, 0, PACE))
    assert [blocked(record) for record in row] == [0, 0, 0, 60, 120]
    assert row[-1].why == "no answer (dns)"
    assert after_reply(row[2], reply(404), NOW, 0, PACE).strikes == 0


@pytest.mark.parametrize("kind", ["too_large", "encoding", "url", "address"])
def test_trouble_with_one_page_is_no_strike(kind: str) -> None:
    troubled = replace(FRESH, strikes=2)
    record = after_failure(troubled, kind, NOW, 1.0, 0, PACE)
    assert (record.strikes, record.blocked_until, record.next_at) == (2, 0.0, NOW + 5)


def test_silence_moves_the_slot_and_nothing_else() -> None:
    troubled = replace(FRESH, strikes=2, why="no answer (reset)", blocked_until=NOW - 1e6)
    assert after_silence(troubled, NOW, 1.0, 0, PACE) == replace(troubled, next_at=NOW + 5)


EVENTS = st.tuples(
    st.sampled_from([200, 304, 404, 429, 500, 503, 999, "timeout", "reset", "too_large", ""]),
    st.sampled_from(["", "0", "-1", "30", "1000000000", "rubbish", "Thu, 01 Jan 2026 11:00:00 GMT"]),
    st.floats(0, 60),  # seconds that the request took
    st.floats(0, 5_000),  # seconds that we came later than we might have
    st.floats(0, 1, exclude_max=True),
    st.sampled_from([0.0, 1.0, 20.0, DAY]),  # crawl delay
)


@given(st.lists(EVENTS, max_size=30))
def test_no_slot_comes_too_early(events: list[tuple[int | str, str, float, float, float, float]]) -> None:
    """Whatever a host answers: pauses are kept, blocks are kept, and a block is never longer than a day."""
    record, now = FRESH, NOW
    for what, header, latency, idle, chance, crawl_delay in events:
        start = max(now, opens_at(record)) + idle
        assert start >= record.blocked_until
        now = start + latency
        before = replace(record, crawl_delay=crawl_delay)
        if isinstance(what, int):
            record = after_reply(before, reply(what, header, latency), now, chance, PACE)
        elif what:
            record = after_failure(before, what, now, latency, chance, PACE)
        else:
            record = after_silence(before, now, latency, chance, PACE)
        assert opens_at(record) >= now + max(PACE.delay, crawl_delay, PACE.latency_factor * latency)
        assert record.blocked_until <= now + PACE.longest_block
        if what in (429, 503):
            asked = {"30": 30.0, "1000000000": DAY}.get(header, 60.0)
            assert record.blocked_until >= now + asked


def test_a_claim_keeps_others_out_until_it_runs_out() -> None:
    book = MemoryBook()
    assert book.claim("h", "one", NOW, 10) == HostRecord("h")
    assert book.claim("h", "two", NOW + 9, 10) is None
    assert book.claim("h", "two", NOW + 10, 10) == HostRecord("h")


def test_who_lost_a_claim_does_not_overwrite_the_next_holder() -> None:
    book = MemoryBook()
    book.claim("h", "one", NOW, 10)
    book.claim("h", "two", NOW + 10, 10)
    book.release(HostRecord("h", next_at=1), "one")
    assert book.claim("h", "three", NOW + 11, 10) is None, "the claim of two still holds"
    book.release(HostRecord("h", next_at=2), "two")
    book.release(HostRecord("h", next_at=1), "one")
    assert book.claim("h", "three", NOW + 12, 10) == HostRecord("h", next_at=2)
