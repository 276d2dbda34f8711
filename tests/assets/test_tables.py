"""Tables and samples as Markdown: what strangers wrote is shown and does nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("dagster", reason="the assets need the extra: pip install -e '.[dagster]'")

from assets.tables import ROWS_SHOWN, inputs_table, losers_table, numbers, plain, struck, table, words_table
from pipeline.publish.highlights import Highlights
from pipeline.publish.statistics import Statistics
from tests.publish.made_up import block, counted, failed, gone, rendered, result


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ([], "(none)"),
        ([("jsonl", 1234)], "| format | pages |\n| :-- | --: |\n| jsonl | 1,234 |"),
        ([("page", 0), ("warc", 2)], "| format | pages |\n| :-- | --: |\n| page | 0 |\n| warc | 2 |"),
        ([("page", 0.1234)], "| format | pages |\n| :-- | --: |\n| page | 12.3% |"),
        ([("page", "a|b")], "| format | pages |\n| :-- | :-- |\n| page | a\\|b |"),
    ],
    ids=["none", "one", "two", "share", "text"],
)
def test_table(rows: list[tuple[str, int]], wanted: str) -> None:
    assert table(("format", "pages"), rows).value == wanted


def test_a_long_table_says_what_it_leaves_out() -> None:
    shown = str(table(("page", "words"), [("a", number) for number in range(ROWS_SHOWN + 3)]).value)
    assert shown.endswith(f"| a | {ROWS_SHOWN - 1} |\n\n… and 3 more")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("en-ferry.html", "en-ferry.html"),
        ("a\nb\r\n\tc", "a b c"),
        ("<script>", r"\<script\>"),
        ("[x](javascript:y)", r"\[x\]\(javascript\:y\)"),
        ("https://fields.example", r"https\://fields.example"),
        ("www.fields.example", r"www\.fields.example"),
        ("~~x~~ `y` **z**", r"\~\~x\~\~ \`y\` \*\*z\*\*"),
        ("\u202eback", " back"),
        ("a\udcffb", "a\ufffdb"),
        ("x" * 300, "x" * 199 + "…"),
    ],
)
def test_plain(text: str, wanted: str) -> None:
    assert plain(text) == wanted


@given(st.text())
def test_plain_is_one_cell_of_utf8(text: str) -> None:
    shown = plain(text)
    assert shown.encode().decode() == shown
    assert len(shown.splitlines()) <= 1
    assert "|" not in shown.replace("\\|", "")


def looked(*results: object) -> Highlights:
    highlights = Highlights()
    for each in results:
        highlights.add(rendered(each))  # type: ignore[arg-type]
    return highlights


def test_the_sample_strikes_through_what_went() -> None:
    page = result("a.html", (block("Home | Contact"), gone("nav")), "The ferry was late.", (block(""), gone()))
    assert struck(looked(page)).value == (
        "| a.html | went as |\n| :-- | :-- |\n| ~~Home \\| Contact~~ | nav |\n| The ferry was late. | |"
    )


@pytest.mark.parametrize(
    "results",
    [
        [],
        [failed("a.pdf")],
        [result("a.html", "Nothing went.")],
        [result("a", (block("x"), gone()), outcome="blocked")],
    ],
    ids=["nothing", "failure", "nothing-went", "not-kept"],
)
def test_no_sample(results: list[object]) -> None:
    assert struck(looked(*results)).value == "(nothing was removed from any kept page)"


def test_losers() -> None:
    pages = [result(f"{number}.html", "It stays.", (block("x " * number), gone())) for number in range(9)]
    rows = str(losers_table(looked(*pages)).value).splitlines()[2:]
    assert rows == [f"| {number}.html | {number} | 2 | kept |" for number in (8, 7, 6, 5, 4)]


def test_sources() -> None:
    statistics = counted([result("a", "Four words stay here"), failed("b.pdf", "unsupported")])
    assert str(inputs_table(statistics).value).splitlines()[2:] == [
        "| \\(no folder\\) | 1 | 0 | 0 | 0 | 0 | 1 |",
        "| fields | 1 | 1 | 0 | 0 | 0 | 0 |",
    ]


LINES = "One line of seven words stays here.", (block("Home Contact Jobs"), gone("nav"))


def test_words_add_up_where_texts_repeat_others() -> None:
    """What cleaning left is what is kept and what repeats another; the share beside them says so."""
    statistics = counted([result("a", *LINES), result("b", *LINES, outcome="duplicate", likeness="exact")])
    (row,) = str(words_table(statistics).value).splitlines()[2:]
    assert row == "| fields | 7 | 7 | 6 | 70.0% |"
    told = numbers(statistics.total)
    left = told["kept_words"] + told["duplicate_words"]
    assert told["kept_share"] == left / (left + told["removed_words"]) == 0.7


def test_numbers_are_numbers() -> None:
    assert all(isinstance(value, (int, float)) for value in numbers(Statistics().total).values())
