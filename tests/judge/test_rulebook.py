"""The rule book as a machine: stanzas that are wrong teach, examples are checked, folding is stable, ends are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Block
from pipeline.errors import RuleError
from pipeline.judge.fold import fold
from pipeline.judge.rule_match import LONG
from pipeline.judge.rulebook import RuleBook, check_examples, load_rulebook, parse_rule, read_rules
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

GOOD: dict[str, Any] = {
    "id": "mill-line",
    "category": "other",
    "says": "the mill's own clutter",
    "score": 1.0,
    "match": {"label": {"en": "mill news | more mill"}},
    "drop": ["Mill news: it turns"],
    "keep": ["Mill news spread fast."],
}

STANZA = """
[[rule]]
id = "mill-line"
category = "other"
says = "the mill's own clutter"
score = 1.0
drop = ["Mill news: it turns"]
[rule.match.label]
en = "mill news"
"""


def book(**match: Any) -> RuleBook:
    return RuleBook([parse_rule(GOOD | {"match": match}, "mill.toml")])


def line(text: str, **more: Any) -> Block:
    return Block(**{"index": 0, "kind": "line", "text": text, "line": 1} | more)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"id": "Mill Line"}, "lower-case words joined by hyphens", id="id"),
        pytest.param({"category": "spam"}, "write one of related, promo", id="category"),
        pytest.param({"says": ""}, "`says` is a few words", id="says"),
        pytest.param({"score": "high"}, "write a number", id="score"),
        pytest.param({"score": True}, "write a number", id="score-bool"),
        pytest.param({"drop": []}, "`drop` is empty", id="no-drop"),
        pytest.param({"drop": "Mill news"}, "write a list of lines", id="drop-not-a-list"),
        pytest.param({"drop": [{"txt": "Mill"}]}, "unknown field 'txt'", id="example-field"),
        pytest.param({"drop": [{"text": 7}]}, "write a str", id="example-type"),
        pytest.param({"match": {}}, "`match` is a table", id="no-match"),
        pytest.param({"match": {"max_word": 3}}, "unknown field 'max_word'", id="misspelt-gate"),
        pytest.param({"match": {"is": ["mill"]}}, "write a table of languages", id="phrases-not-a-table"),
        pytest.param({"match": {"is": {"en": "mill | | news"}}}, "an empty phrase", id="empty-phrase"),
        pytest.param({"match": {"is": {"en": "mill | >>"}}}, "an empty phrase", id="phrase-of-symbols"),
        pytest.param({"match": {"text": "mill", "kinds": ["div"]}}, "the kinds of blocks are", id="kinds"),
        pytest.param({"match": {"text": 3}}, "write a string", id="text-type"),
        pytest.param({"colour": "red"}, "unknown field 'colour'", id="unknown-field"),
    ],
)
def test_a_wrong_stanza_teaches(change: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_rule(GOOD | change, "mill.toml")
    assert message in str(caught.value)
    assert "mill.toml" in str(caught.value)


@pytest.mark.parametrize("missing", ["id", "category", "says", "score", "match", "drop"])
def test_a_missing_field_is_named(missing: str) -> None:
    with pytest.raises(RuleError, match=f"`{missing}` is missing"):
        parse_rule({name: value for name, value in GOOD.items() if name != missing}, "mill.toml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("[[rule", "cannot be read as TOML", id="toml"),
        pytest.param("[rule]\nid = 'x'", "two brackets", id="one-bracket"),
        pytest.param("[[rules]]\nid = 'x'", "unknown field 'rules'", id="wrong-table"),
        pytest.param(STANZA + STANZA, "exists already", id="twins"),
        pytest.param(STANZA.replace("mill-line", "read-also"), "exists already", id="taken-by-ours"),
        pytest.param(STANZA.replace('"Mill news: it turns"', '"Rain"'), "does not speak of its drop line", id="drop"),
        pytest.param(
            STANZA.replace("[rule.m", 'keep = ["Mill news: no"]\n[rule.m'), "speaks of its keep line", id="keep"
        ),
        pytest.param(STANZA + "[rule.match]\ntext = '(mill'", "is not a regular expression", id="regex"),
    ],
)
def test_a_wrong_file_teaches(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "mill.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        load_rulebook(Settings(rules_folder=str(tmp_path)))
    assert message in str(caught.value)
    assert "mill.toml" in str(caught.value)


def test_a_missing_folder_is_named() -> None:
    with pytest.raises(RuleError, match="no such folder of rules"):
        load_rulebook(Settings(rules_folder="/nowhere/at/all"))


def test_rules_of_a_folder_join_ours(tmp_path: Path) -> None:
    (tmp_path / "mill.toml").write_text(STANZA, encoding="utf-8")
    ours, joined = load_rulebook(Settings()), load_rulebook(Settings(rules_folder=str(tmp_path)))
    assert [rule.id for rule in joined.rules] == [*(rule.id for rule in ours.rules), "mill-line"]
    assert joined.digest != ours.digest
    assert [reason.evidence for reason in joined.find(line("Mill news: it turns"))] == ["is labelled “mill news”"]


def test_a_rule_switched_off_is_silent() -> None:
    off = load_rulebook(Settings(rules_off=("read-also", "read-also-headline")))
    assert off.get("read-also") is None
    assert off.find(line("Read also: Old mill reopens")) == []
    assert off.digest != load_rulebook(Settings()).digest


def test_the_digest_does_not_know_examples() -> None:
    other = parse_rule(GOOD | {"drop": ["More mill"]}, "elsewhere.toml")
    assert RuleBook([other]).digest == RuleBook([parse_rule(GOOD, "mill.toml")]).digest


def test_a_failed_example_is_told() -> None:
    rule = parse_rule(GOOD | {"drop": ["Rain"], "keep": ["Mill news: it turns"]}, "mill.toml")
    assert check_examples(rule) == [
        "does not speak of its drop line 'Rain'",
        "speaks of its keep line 'Mill news: it turns': it is labelled “mill news”",
    ]


MATCHES = [
    (
        "is",
        {"is": {"en": "join now"}},
        ["Join now", "- JOIN NOW! -", "→ Join now:"],
        ["Join now, sailor", "Do join now"],
    ),
    ("label", {"label": {"en": "read also"}}, ["Read also", "Read also – Rain"], ["Read also Rain", "read alsorain:"]),
    ("starts", {"starts": {"en": "stay ahead"}}, ["Stay ahead of rain"], ["Stay aheads", "We stay ahead"]),
    ("ends", {"ends": {"en": "read on"}}, ["It rains … read on »"], ["To read on is to live", "spread on"]),
    ("has", {"has": {"en": "to your inbox"}}, ["Rain, to your inbox."], ["to your inboxes", "onto your inbox"]),
    ("has-spaceless", {"has": {"zh": "转载请注明"}}, ["本文转载请注明出处"], ["转载"]),
    ("starts-spaceless", {"starts": {"ja": "次の記事"}}, ["次の記事へ"], ["この次の記事"]),
    ("text", {"text": "^rain$"}, ["RAIN"], ["Rain!"]),
    ("raw", {"raw": "^RAIN$"}, ["RAIN"], ["Rain"]),
    ("needs", {"text": "rain", "needs": "drops 0"}, ["rain drops", "rain 3"], ["rain"]),
    ("speech", {"starts": {"en": "stay"}}, ["Stay tuned"], ["“Stay here,” she said", "«Stay»"]),
    ("max-words", {"starts": {"en": "stay"}, "max_words": 2}, ["Stay here"], ["Stay here now"]),
    ("min-words", {"starts": {"en": "stay"}, "min_words": 3}, ["Stay here now"], ["Stay here"]),
    ("unfinished", {"starts": {"en": "stay"}, "unfinished": True}, ["Stay dry"], ["Stay dry.", "Stay dry?"]),
    ("spaceless-words", {"starts": {"zh": "关注我们"}, "max_words": 4}, ["关注我们的频道"], ["关注我们的频道吧朋友们"]),
]


@pytest.mark.parametrize(("match", "seen", "unseen"), [case[1:] for case in MATCHES], ids=[case[0] for case in MATCHES])
def test_match_language(match: dict[str, Any], seen: list[str], unseen: list[str]) -> None:
    rules = book(**match)
    assert [text for text in seen if not rules.find(line(text))] == []
    assert [text for text in unseen if rules.find(line(text))] == []


@pytest.mark.parametrize(
    ("match", "seen", "unseen"),
    [
        pytest.param({"kinds": ["item"]}, {"kind": "item"}, {"kind": "line"}, id="kinds"),
        pytest.param({"class_or_id": r"\bshare"}, {"path": "div.share>p"}, {"path": "div#main>p"}, id="class-or-id"),
        pytest.param({"min_link_share": 0.9}, {"link_share": 1.0}, {"link_share": 0.5}, id="link-share"),
    ],
)
def test_gates_of_place(match: dict[str, Any], seen: dict[str, Any], unseen: dict[str, Any]) -> None:
    rules = book(**match)
    assert [reason.evidence for reason in rules.find(line("Rain", **seen))] == [
        "is recognised by its place on the page"
    ]
    assert rules.find(line("Rain", **unseen)) == []


def test_only_the_ends_of_a_long_block_are_read() -> None:
    rules = book(starts={"en": "stay dry"}, has={"en": "to your inbox"}, max_words=1000)
    filler = "rain " * LONG
    assert rules.find(line(f"Stay dry {filler}")) != []
    assert rules.find(line(f"{filler} to your inbox {filler}")) == []


def test_our_book_is_read_once() -> None:
    assert load_rulebook(Settings()) is load_rulebook(Settings())


def test_files_are_read_in_order(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.toml").write_text(STANZA.replace("mill-line", f"mill-{name}"), encoding="utf-8")
    assert [rule.id for rule in read_rules(tmp_path)] == ["mill-a", "mill-b"]


@given(st.text())
def test_folding_settles(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_the_book_survives_any_text(text: str) -> None:
    reasons = load_rulebook(Settings()).find(line(text))
    assert len({reason.rule for reason in reasons}) == len(reasons)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        pytest.param("Привет, мир", "привет, мир", id="plain-russian-stays"),
        pytest.param("Ελλάδα", "ελλαδα", id="plain-greek-stays"),
        pytest.param("Straße", "strasse", id="sharp-s"),
        pytest.param("“Don’t”", '"don\'t"', id="quotes"),
        pytest.param("KAYIT  OL", "kayit ol", id="capital-i"),
        pytest.param("kayıt\nol", "kayit ol", id="dotless-i"),
        pytest.param("ガイド", "ガイド", id="kana-marks-stay"),
        pytest.param("هٰذا كتابٌ", "هذا کتاب", id="arabic-vowels-go"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_a_book_knows_the_languages_of_which_it_has_many_phrases() -> None:
    book = load_rulebook(Settings())
    assert [language for language in ("de", "is", "nb", "bs", "yo", "qq", "") if book.knows(language)] == [
        "de", "is", "nb", "bs",
    ]  # fmt: skip
