"""Each check shown passing, failing, and holding its tongue; then laws over days of any numbers."""

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.acquire.web.storage.manifest import Row
from pipeline.document import Failure
from pipeline.publish import health
from pipeline.publish.finding import Finding
from pipeline.publish.health import Day, Drift, Share
from pipeline.publish.statistics import Counts

Numbers = dict[str, int]


def source(kept: int = 50, words: int = 500, removed: int = 300, **more: int) -> Counts:
    """A source of `kept` pages with so many words each; `more` are outcomes or fields of `Counts`."""
    outcomes = {name: more.pop(name, 0) for name in ("empty", "duplicate", "blocked", "unsupported", "failed")}
    counts = Counts(
        inputs=kept + sum(outcomes.values()),
        outcomes=Counter({"kept": kept} | outcomes),
        cleaned_words=kept * words,
        removed_words=kept * removed,
        cleaned_blocks=kept * 10,
        characters=kept * words * 6,
    )
    for name, value in more.items():
        setattr(counts, name, value)
    return counts


def day(**sources: Counts) -> Day:
    return sources


NAMES = {watched: name for name, watched in vars(health).items() if isinstance(watched, Drift | Share)}
WEEK = [day(moss=source(words=500 + step)) for step in (0, 8, -6, 12, -9, 3, 5)]
HABIT = [day(moss=source(30, empty=20))] * 7


def judged(watched: Drift | Share, today: Day, before: list[Day]) -> Finding:
    return health.drift(watched, today, before) if isinstance(watched, Drift) else health.share(watched, today, before)


@pytest.mark.parametrize(
    ("watched", "today", "before", "severity", "says"),
    [
        (health.KEPT, source(words=60, removed=740), WEEK, "error", "moss: 7.5% of the words kept, usually 62.6%"),
        (health.KEPT, source(words=795, removed=5), WEEK, "error", "moss: 99.4% of the words kept"),
        (health.KEPT, source(words=395, removed=405), WEEK, "warn", "moss: 49.4% of the words kept"),
        (health.LENGTH, source(words=30, removed=18), WEEK, "error", "moss: 30 words a page, usually 503"),
        (health.LENGTH, source(words=4000, removed=2400), WEEK, "error", "moss: 4,000 words a page"),
        (health.LENGTH, source(words=200, removed=120), WEEK, "warn", "moss: 200 words a page"),
        (health.LENGTH, source(4, empty=46), WEEK, "error", "moss: 40 words a page"),
        (health.EMPTY, source(5, empty=45), WEEK, "error", "moss: 90.0% of the pages are without text, usually 0.0%"),
        (health.EMPTY, source(40, empty=10), WEEK, "warn", "moss: 20.0% of the pages are without text"),
        (health.EMPTY, source(5, empty=45), HABIT, "error", "moss: 90.0% of the pages are without text, usually 40.0%"),
        (health.EMPTY, source(5, empty=45), [], "error", "moss: 90.0%"),
        (health.LOST, source(10, blocked=40), WEEK, "error", "moss: 80.0% of the inputs are blocked or failed"),
        (health.LOST, source(40, failed=10), WEEK, "warn", "moss: 20.0% of the inputs are blocked or failed"),
        (health.LOST, source(0, blocked=50), [], "error", "moss: 100.0% of the inputs are blocked or failed"),
        (health.CLUTTER, source(clutter_blocks=150), WEEK, "error", "moss: 30.0% of the lines that stayed"),
        (health.CLUTTER, source(clutter_blocks=40), WEEK, "warn", "moss: 8.0% of the lines that stayed"),
        (health.CLUTTER, source(clutter_blocks=150), [day(moss=source(clutter_blocks=150))] * 7, "error", "30.0%"),
        (health.BROKEN, source(damaged=1500), WEEK, "error", "moss: 1.0% of the characters are broken"),
        (health.BROKEN, source(damaged=150), WEEK, "warn", "moss: 0.1% of the characters"),
        (health.COPIES, source(20, duplicate=30), WEEK, "warn", "moss: 60.0% of the texts repeat others"),
        (health.COPIES, source(0, duplicate=50), WEEK, "warn", "moss: 100.0% of the texts repeat others"),
    ],
    ids=lambda value: NAMES.get(value, "") if isinstance(value, Drift | Share) else value if value == "warn" else "",
)
def test_red(watched: Drift | Share, today: Counts, before: list[Day], severity: str, says: str) -> None:
    found = judged(watched, day(moss=today, calm=source()), [{**old, "calm": source()} for old in before])
    assert (found.passed, found.severity) == (False, severity)
    assert found.words.startswith(says) or says in found.words
    assert found.rows[0][0] in ("moss", health.ALL)
    assert all(len(row) == len(found.columns) for row in found.rows)


@pytest.mark.parametrize(
    ("watched", "today", "before"),
    [
        (health.KEPT, source(words=480), WEEK),
        (health.KEPT, source(words=800, removed=0), [day(moss=source(words=799, removed=1))] * 5),
        (health.LENGTH, source(words=900, removed=540), WEEK),
        (health.LENGTH, source(words=60, removed=36), [day(moss=source(words=w)) for w in (40, 700, 60, 900, 50)]),
        (health.EMPTY, source(25, empty=25), HABIT),
        (health.EMPTY, source(48, empty=2), []),
        (health.LOST, source(48, blocked=2), []),
        (health.CLUTTER, source(clutter_blocks=5), []),
        (health.BROKEN, source(damaged=3), []),
        (health.COPIES, source(40, duplicate=5), []),
        (health.COPIES, source(10, duplicate=40), [day(moss=source(10, duplicate=40))] * 4),
    ],
    ids=lambda value: NAMES.get(value, "") if isinstance(value, Drift | Share) else value if value == "warn" else "",
)
def test_green(watched: Drift | Share, today: Counts, before: list[Day]) -> None:
    found = judged(watched, day(moss=today), before)
    assert found.passed, found.words
    assert found.words == f"as it should be in {len(found.rows)} of {len(found.rows)}"


@pytest.mark.parametrize("watched", [health.KEPT, health.LENGTH], ids=["kept", "length"])
@pytest.mark.parametrize(
    ("today", "before", "why"),
    [
        (source(5, words=1), WEEK, "too few pages to judge"),
        (source(words=1), WEEK[:2], "too few days to compare"),
        (source(words=1), [day(moss=source(5))] * 7, "too few days to compare"),
        (source(words=1), [day(other=source())] * 7, "too few days to compare"),
    ],
    ids=["few-pages", "few-days", "small-days", "new-source"],
)
def test_too_new_to_judge(watched: Drift, today: Counts, before: list[Day], why: str) -> None:
    found = health.drift(watched, day(moss=today), before)
    assert found.passed
    assert found.words.startswith("nothing to judge yet")
    assert found.rows[0][-1] == why


def test_odd_days_in_the_window_do_not_move_the_median() -> None:
    odd = day(moss=source(words=795, removed=5))
    assert not health.drift(health.KEPT, odd, [*WEEK[:4], odd, odd, odd]).passed


def test_a_new_layout_is_usual_after_four_days() -> None:
    new = day(moss=source(words=795, removed=5))
    assert not health.drift(health.KEPT, WEEK[0], [*WEEK[:3], new, new, new, new]).passed
    assert health.drift(health.KEPT, new, [*WEEK[:3], new, new, new, new]).passed


@pytest.mark.parametrize(
    ("watched", "names"),
    [
        (health.KEPT, ["kept_share"]),
        (health.LENGTH, ["words_a_page"]),
        (health.EMPTY, ["pages_without_text", "pages", "share_of_pages"]),
        (health.LOST, ["blocked_or_failed", "inputs", "share_of_inputs"]),
        (health.CLUTTER, ["clutter_lines", "lines", "share_of_lines"]),
        (health.BROKEN, ["broken_characters", "characters", "share_of_characters"]),
        (health.COPIES, ["repeating_texts", "texts", "share_of_texts"]),
    ],
    ids=lambda value: NAMES.get(value, "") if isinstance(value, Drift | Share) else "",
)
def test_numbers_say_what_they_are(watched: Drift | Share, names: list[str]) -> None:
    found = judged(watched, day(moss=source()), WEEK)
    assert list(found.numbers) == [*names, "sources_red", "sources_warned"]


def test_red_sources_are_counted_and_all_together_are_no_source() -> None:
    today = day(moss=source(5, empty=45), fern=source(4, empty=46), calm=source(48, empty=2), slow=source(40, empty=10))
    found = health.share(health.EMPTY, today, WEEK)
    told = {name: found.numbers[name] for name in ("pages_without_text", "pages", "sources_red", "sources_warned")}
    assert told == {"pages_without_text": 103, "pages": 200, "sources_red": 2, "sources_warned": 1}
    assert [row[-1] for row in found.rows] == ["red", "red", "red", "warning", "fine"]
    assert health.ALL in [row[0] for row in found.rows]


def test_many_small_sources_are_judged_together() -> None:
    today = {f"small-{number}": source(1, empty=4) for number in range(10)}
    found = health.share(health.EMPTY, today, [])
    assert (found.passed, found.severity) == (False, "error")
    assert found.rows[0][:3] == (health.ALL, 50, "80.0%")


@pytest.mark.parametrize(
    ("outcomes", "found", "passed", "says"),
    [
        ({"kept": 50}, 50, True, "as it should be in 2 of 2"),
        ({"kept": 50}, 53, False, "53 inputs lie in raw, 50 have an outcome"),
        ({"kept": 50}, 49, False, "49 inputs lie in raw, 50 have an outcome"),
        ({"kept": 47}, 50, False, "moss: 50 inputs, 47 outcomes"),
        ({"kept": 50, "failed": 1}, 50, False, "moss: 50 inputs, 51 outcomes"),
    ],
    ids=["whole", "lost", "came-from-nowhere", "without-outcome", "twice"],
)
def test_balance(outcomes: Numbers, found: int, passed: bool, says: str) -> None:
    told = health.balance(day(moss=Counts(inputs=50, outcomes=Counter(outcomes))), found)
    assert (told.passed, told.words) == (passed, says)
    assert passed or told.severity == "error"


def test_nothing_came_is_balanced() -> None:
    assert health.balance({}, 0).passed
    assert not health.balance({}, 1).passed


@pytest.mark.parametrize(
    ("came", "passed"),
    [(["moss"] * 7, False), (["moss"] * 4 + ["other"] * 3, False), (["moss"] * 3 + ["other"] * 4, True), ([], True)],
    ids=["daily", "mostly", "now-and-then", "first-day"],
)
def test_missing(came: list[str], passed: bool) -> None:
    found = health.missing(day(other=source()), [{name: source()} for name in came])
    assert found.passed == passed
    assert passed or (found.severity, found.rows[0][0]) == ("warn", "moss")


def rows(**outcomes: int) -> list[Row | Failure]:
    return [
        Row(f"http://moss.example/{name}/{number}", "", "moss", name)  # type: ignore[arg-type]
        for name, count in outcomes.items()
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("given_rows", "passed", "severity", "says"),
    [
        (rows(fetched=20, unchanged=20, gone=5, failed=1), True, "warn", "as it should be in 1 of 1"),
        (rows(fetched=20, failed=5, deferred=500, disallowed=9), False, "warn", "moss: 5 of 25 addresses failed, 0 ar"),
        (rows(blocked=20, failed=5), False, "error", "moss: 5 of 25 addresses failed, 20 are blocked"),
        (rows(failed=5), True, "warn", "nothing to judge yet"),
        ([], True, "warn", "nothing was fetched on this day"),
        ([*rows(fetched=20), Failure("a", "a", "acquire", "bad_record", "")], False, "warn", "lines of manifests that"),
    ],
    ids=["good", "some", "most", "few", "none", "damaged"],
)
def test_fetching(given_rows: list[Row | Failure], passed: bool, severity: str, says: str) -> None:
    found = health.fetching(given_rows)
    assert (found.passed, found.severity) == (passed, severity)
    assert found.words.startswith(says)


numbers = st.builds(
    source,
    st.integers(0, 60),
    st.integers(0, 900),
    st.integers(0, 900),
    empty=st.integers(0, 60),
    blocked=st.integers(0, 60),
    duplicate=st.integers(0, 60),
    clutter_blocks=st.integers(0, 60),
    damaged=st.integers(0, 60),
)
days = st.dictionaries(st.sampled_from(["moss", "fern", ""]), numbers, max_size=3)
ALL_CHECKS: list[Callable[[Day, list[Day]], Finding]] = [
    *(lambda today, before, w=w: judged(w, today, before) for w in (health.KEPT, health.LENGTH, health.EMPTY)),
    *(lambda today, before, w=w: judged(w, today, before) for w in (health.LOST, health.CLUTTER, health.BROKEN)),
    lambda today, before: judged(health.COPIES, today, before),
    health.missing,
]


@given(days, st.lists(days, max_size=9))
def test_any_numbers_give_a_finding(today: Day, before: list[Day]) -> None:
    for check in ALL_CHECKS:
        found = check(today, before)
        assert found == check(dict(reversed(list(today.items()))), before)
        assert found.words
        assert all(len(row) == len(found.columns) for row in found.rows)


@given(numbers, st.integers(3, 7))
def test_a_day_like_all_others_never_drifts(counts: Counts, many: int) -> None:
    for watched in (health.KEPT, health.LENGTH):
        assert health.drift(watched, day(moss=counts), [day(moss=counts)] * many).passed
