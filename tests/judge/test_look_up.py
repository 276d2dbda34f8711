"""The compiled look-ups equal the Python beside them, to the last bit, and refuse what they cannot take."""

from __future__ import annotations

import pickle
import random
import re
import sys
import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.document import Block, Page, Reason, Verdict
from pipeline.judge import View, judge
from pipeline.judge.compiled import COMPILED, look_up
from pipeline.judge.decide import UNSPOKEN, decide, decide_all
from pipeline.judge.fold import fold, fold_all, letter_alone, read_texts, terms
from pipeline.judge.headline import _recurring
from pipeline.judge.learned import _tell, _tell_in_python, _Told
from pipeline.judge.model import load_model
from pipeline.judge.rulebook import load_rulebook
from pipeline.judge.structure import _removed
from pipeline.judge.view import count_words
from pipeline.judge.ways import element_of, ways_of
from pipeline.segment import segment
from pipeline.settings import Settings

pytestmark = pytest.mark.skipif(not COMPILED, reason="there was no compiler")

SAMPLES = sorted((Path(__file__).parents[2] / "raw" / "samples").glob("*.*"))
SETTINGS = Settings()

READ = read_texts(["a text"]) if COMPILED else None
LETTERS = look_up and look_up.make_letters()
GATE = (0, 9, 1, 0.0, "", "", "", "")
BOOK = look_up and look_up.make_phrases([GATE], [], [("", 0)])
PLACED = look_up and look_up.make_phrases([(*GATE[:7], "aside")], [], [("", 0)])
AT_NO_PATH = Block(0, "line", "a", 1, path=1)  # type: ignore[arg-type]
SHAPES = (b"", [], b"", b"", b"")
WEIGHTS = look_up and look_up.make_weights([], bytes(48), 0, [], [], [], [], SHAPES)
WAYS = ((-1).to_bytes(8, "little", signed=True), bytes(8), ["p"])
ONE, FIRST = np.ones(1), np.zeros(1, dtype=np.int64)
HEARD = (ONE / 2, ONE, ONE, ONE, ONE, FIRST)
BY_LINKS = ("other", "nav", "related")
BOUNDS = (0.2, 1.0, 3)
TOLD: Any = (HEARD, [(0.0, "")], ([None], [0], [[]]), None, BY_LINKS, {"o": "element"}, BOUNDS)
letters = st.characters()  # of all scripts, with NUL, marks, and halves of pairs
awkward = st.sampled_from(
    "\x00 \n\t\r\x1c\x85\xa0\u2003 \u00adé e\u0301 ß ﬁ ½ … ™ № ㎂ ǆ İ ı \u0301 \u0345 \u0338 \ud800 \udfff \U0001f600 "
    "\U00016d67 А Α а α я й ё ü ẞ の が か\u3099 \u1161 \u11a8 \u1100 각 가 ㅏ 阅 読 中 文 ไ ทย ကာ ক া ি ক্ষ "
    "\u09be ุ ّ ي ى ک ة 0 ٣ ² "
    ": | - · « » “ ” ' \" ( ) / > < © _ __ a A b Z".split(" ")
)
text = st.lists(st.one_of(awkward, letters, st.text(max_size=8), st.just(" ")), max_size=40).map("".join)


@cache
def said() -> list[str]:
    """What rules look for: phrases of every place and language, and the words that wake patterns."""
    rules = load_rulebook(SETTINGS).rules
    shown = [shown for rule in rules for _, shown, _ in rule.match.phrases]
    return shown + [need for rule in rules for need in rule.match.needs] + [b.text for r in rules for b in r.drop]


prompt = st.tuples(
    st.sampled_from(("", "» ", "The ", "“", "«", "12 ", "  ")), st.deferred(lambda: st.sampled_from(said()))
)
line = st.tuples(
    prompt.map("".join), st.sampled_from(("", ":", ".", " - ", " – x", "»", "s", " 12", " " * 3, " it " * 160))
)
named = st.text(st.sampled_from("abcMenuShareRelated-_19.#[]é·>nav"), max_size=25)
name = st.one_of(
    named, st.sampled_from(("div.post-12#main", "ul.ShareLinks", "nav[navigation]", "p", "li.HTMLBoxes", ""))
)
path = st.lists(st.one_of(name, named), max_size=6).map(">".join)
blocks = st.lists(
    st.builds(
        Block,
        index=st.just(0),
        kind=st.sampled_from(("heading", "paragraph", "item", "row", "quote", "code", "line")),
        text=st.one_of(text, line.map("".join)).filter(bool),
        line=st.just(1),
        path=path,
        link_share=st.sampled_from((0.0, 0.4, 0.9, 1.0)),
        hidden=st.sampled_from(("", "", "style")),
    ),
    min_size=1,
    max_size=12,
)


def both(view: View) -> tuple[View, View]:
    return replace(view, compiled=True), replace(view, compiled=False)


def view_of(some: list[Block]) -> View:
    return View("html", some, "A title", SETTINGS, load_rulebook(SETTINGS), model=load_model("html"))


@given(st.lists(text, max_size=8))
@example(["", " ", "\n", "a\nb", "a  b", "ΑB Γ", "caf\u00e9 \u0301x", "\x00é", "é\x00"])
def test_texts(texts: list[str]) -> None:
    read = read_texts(texts)
    folded = fold_all(texts)
    assert look_up.folded(read) == folded
    assert look_up.terms(read) == terms(folded)
    assert look_up.squeezed(read) == ["".join(some) for some in terms(folded)]
    plain = [text.isascii() and "\n" not in text for text in texts]
    counted = [t.count(" ") + 1 if blanks else count_words(t) for t, blanks in zip(texts, plain, strict=True)]
    assert look_up.words(read) == counted


@given(st.lists(text, min_size=1, max_size=8), st.data())
def test_words_that_come_back(texts: list[str], data: st.DataObject) -> None:
    some = [Block(index, "line", text, index + 1) for index, text in enumerate(texts)]
    places = st.lists(st.sampled_from(range(len(some))), max_size=6)
    lines, paragraphs = data.draw(places), data.draw(places)
    one, other = (_recurring(view, lines, paragraphs) for view in both(view_of(some)))
    assert one == other


@given(text, text)
def test_letters_that_fold_alone_fold_so_everywhere(before: str, after: str) -> None:
    """The sum of what letters fold to is what their text folds to, wherever no letter asks for its neighbours."""
    whole = before + "é" + after
    alone = [letter_alone(letter)[0] for letter in whole]
    if None not in alone and not whole.isascii():
        joined = "".join(filter(None, alone))
        assert fold(joined) == fold(whole)


def test_letters_that_join_the_one_before_are_never_alone() -> None:
    """Whatever Unicode puts together from two: the second of them asks for its neighbours."""
    parts = (unicodedata.decomposition(chr(code)).split(" ") for code in range(sys.maxunicode + 1))
    seconds = {chr(int(pair[1], 16)) for pair in parts if len(pair) == 2 and not pair[0].startswith("<")}
    hangul = {chr(code) for code in (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))}
    alone = {second: folded for second in seconds | hangul if (folded := letter_alone(second)[0]) is not None}
    assert {second: fold("中" + second) for second in alone} == {second: "中" + alone[second] for second in alone}
    assert [unicodedata.name(second) for second in alone if alone[second]] == ["COMBINING GREEK YPOGEGRAMMENI"], (
        "it is a letter of its own before anything else is done; the others vanish"
    )


@settings(deadline=None)  # the first loads rules and weights
@given(blocks)
def test_rules(some: list[Block]) -> None:
    compiled, plain = both(view_of(some))
    assert compiled.spoken == plain.spoken


@pytest.mark.parametrize("rule", load_rulebook(SETTINGS).rules, ids=lambda rule: rule.id)
def test_rules_speak_of_their_examples(rule: Any) -> None:
    compiled, plain = both(view_of([*rule.drop, *rule.keep]))
    assert compiled.spoken == plain.spoken
    assert all(rule.id in [reason.rule for reason in reasons] for reasons in compiled.spoken[: len(rule.drop)])


signs = st.sampled_from(
    [*"ab1-_ .:|é中ſ", "\\w", "\\W", "\\d", "\\D", "\\s", "\\S", "\\.", "\\b", "\\B", "^", "$", "."]
)
sets = st.sampled_from(["[ab]", "[^a-f]", "[a-é]", "[\\w-]", "[^\\W\\d_]", "[.$|]", "[]a]", "[^]a]", "[+-]", "[\\d,]"])
counts = st.sampled_from(
    ["", "", "", "?", "*", "+", "{2}", "{1,2}", "{,2}", "{2,}", "{5}", "{0,40}", "??", "*?", "+?", "{3}?"]
)
groups = st.sampled_from(["({})", "(?:{})", "(?={})", "(?!{})", "(?i:{})", "(?P<name>{})", "(?>{})"])
expressions = st.recursive(
    signs | sets,
    lambda inner: st.one_of(
        st.tuples(inner, counts).map("".join),
        st.tuples(groups, inner).map(lambda pair: pair[0].format(pair[1])),
        st.lists(inner, max_size=4).map("".join),
        st.lists(inner, max_size=4).map("|".join).map("({})".format),
    ),
    max_leaves=12,
)
searched = st.one_of(st.text(st.sampled_from("aAbB1 -_.:|$é中ſſKK\n\t])"), max_size=12), text)


def may_find(source: str, where: str, some: str) -> bool:
    """Whether the automaton of a rule with this one pattern lets a text through."""
    gate = (0, 1_000, 1, 0.0, "", *(source if where == place else "" for place in ("text", "raw", "path")))
    book = look_up.make_phrases([gate], [], [("", 0)])
    read = read_texts(["a" if where == "path" else some])
    block = Block(0, "heading", "a", 1, path=some if where == "path" else "")
    return bool(look_up.search(book, read, LETTERS, letter_alone, [block], FIRST, ONE))


@settings(max_examples=500)
@given(expressions, searched, st.sampled_from(("text", "raw", "path")))
@example("^", "a", "raw")
@example("$", "a\n", "raw")
@example("(?i)^k$", "\u212a", "raw")
@example("^a.{2,80}b$", "a" + "c" * 50 + "b", "raw")
def test_the_automaton_of_a_pattern_never_says_no_where_it_finds(source: str, some: str, where: str) -> None:
    try:
        pattern = re.compile(source)
    except (re.error, FutureWarning):
        return
    folded = look_up.folded(read_texts([some]))[0]
    if pattern.search(folded if where == "text" else some) and (folded or where == "path"):
        assert may_find(source, where, some)


AUTOMATA: dict[str, tuple[str, str, bool]] = {
    "another-beginning": (r"^\W*(page|seite) \d+", "12 pages", False),
    "the-same": (r"^\W*(page|seite) \d+", "» page 12", True),
    "to-the-end": (r"\d+\W*$", "12 pages", False),
    "somewhere": (r"©.{0,40}\d{4}", "all © of 2031", True),
    "of-any-case": (r"(?i)\.jpe?g\b", "a.JPEG", True),
    "nowhere": (r"(?i)\.jpe?g\b", "a.PNG", False),
    "not-read-at-all": (r"(a)\1", "b", True),
    "look-behind": (r"(?<!a)b", "ab", True),
    "a-flag-that-is-not-read": (r"(?s)a.b", "c", True),
    "too-many-steps": ("(((((((a{3}){3}){3}){3}){3}){3}){3}){3}" * 9, "b", True),
    "too-deep": ("(" * 60 + "a" + ")" * 60, "b", True),
}


@pytest.mark.parametrize(("source", "some", "wanted"), AUTOMATA.values(), ids=AUTOMATA)
def test_automata(source: str, some: str, wanted: bool) -> None:
    assert may_find(source, "raw", some) == wanted


def test_an_automaton_with_too_many_states_may_find_and_begins_anew() -> None:
    """Texts made to ask for ever new states cost memory up to a bound, and what is found stays found."""
    gate = (0, 10_000, 1, 0.0, "", "", "(a|b)*a(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)c", "")
    book = look_up.make_phrases([gate], [], [("", 0)])
    chance = random.Random(1)
    texts = ["".join(chance.choice("ab") for _ in range(500)) + sign for _ in range(40) for sign in ("", "c")]
    some = [Block(0, "heading", text, 1) for text in texts]
    found = look_up.search(book, read_texts(texts), LETTERS, letter_alone, some, np.zeros(80, dtype=int), np.zeros(80))
    wanted = {index for index, text in enumerate(texts) if re.search(gate[6], text)}
    assert wanted <= {index for index, _, _ in found}


@given(st.lists(path, max_size=12))
def test_ways(paths: list[str]) -> None:
    compiled, plain = ways_of(paths, compiled=True), ways_of(paths, compiled=False)
    assert compiled.spellings == plain.spellings
    assert compiled.named == plain.named
    for column in ("of_blocks", "outer", "number", "boxes", "depth", "rank", "spelt"):
        assert getattr(compiled, column).tolist() == getattr(plain, column).tolist(), column


@given(named)
def test_elements(written: str) -> None:
    element = written.replace(">", "")
    ways = ways_of([element], compiled=True)
    assert (ways.spellings, ways.rank.tolist(), ways.boxes.tolist()) == (
        [element_of(element).spelt], [element_of(element).rank], [element_of(element).boxes],
    )  # fmt: skip


def test_a_page_of_many_words_and_elements() -> None:
    """Tables grow while a page is read, and parts of names that come back count once for each element."""
    chance = random.Random(2)
    words = ["".join(chance.choices("abß9яé_", k=chance.randint(1, 9))) for _ in range(4_000)]
    texts = [" ".join(words[at : at + 20]) for at in range(0, len(words), 20)]
    read = read_texts(texts)
    assert look_up.folded(read) == fold_all(texts)
    assert look_up.terms(read) == terms(fold_all(texts))
    assert look_up.words(read) == [count_words(text) for text in texts]
    names = ["".join(chance.choices("abAB-3", k=chance.randint(1, 25))) for _ in range(600)]
    paths = [">".join(f"div.{'.'.join(chance.choices(names, k=8))}" for _ in range(20)) for _ in range(100)]
    compiled, plain = ways_of(paths, compiled=True), ways_of(paths, compiled=False)
    assert (compiled.spellings, compiled.named) == (plain.spellings, plain.named)
    assert compiled.number.tolist() == plain.number.tolist()
    model = load_model("html")
    assert model is not None
    one, other = both(
        view_of([Block(n, "paragraph", text, n + 1, path=paths[n % 100]) for n, text in enumerate(texts)])
    )
    assert np.array_equal(model.tokens.word_scores(one).scores, model.tokens.word_scores(other).scores)
    assert np.array_equal(model.tokens.path_scores(one), model.tokens.path_scores(other))
    assert model.strongest(one, range(300)) == model.strongest(other, range(300))


@pytest.mark.parametrize("named", ["comment", "login"])
def test_only_the_innermost_elements_name_a_category(named: str) -> None:
    paths = [f"body.{named}" + ">div" * more for more in range(9)]
    compiled, plain = ways_of(paths, compiled=True), ways_of(paths, compiled=False)
    assert compiled.named == plain.named
    assert [name is not None for name in compiled.named] == [True] * 6 + [False] * 3


@settings(deadline=None)  # the first loads rules and weights
@given(blocks)
def test_scores(some: list[Block]) -> None:
    compiled, plain = both(view_of(some))
    model = load_model("html")
    assert model is not None
    for scores in ("scores", "loudest", "known"):
        one, other = (getattr(model.tokens.word_scores(view), scores) for view in (compiled, plain))
        assert np.array_equal(one, other) if scores == "scores" else one == other
    one, other = (model.tokens.path_scores(view) for view in (compiled, plain))
    assert np.array_equal(one, other)
    wanted = list(range(len(compiled.ways.outers)))
    assert model.strongest(compiled, wanted) == model.strongest(plain, wanted)


@settings(deadline=None)  # the first loads rules and weights
@given(blocks)
@example([Block(0, "paragraph", "a", 1, path="dl>dd", hidden="style")])
def test_verdicts(some: list[Block]) -> None:
    compiled, plain = both(view_of(some))
    assert judge(compiled) == judge(plain)


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.name)
def test_samples(file: Path) -> None:
    segmented = segment(Page(file.name, file.read_bytes()), SETTINGS)
    model = load_model(segmented.kind)
    compiled, plain = both(View(segmented.kind, segmented.blocks, "", SETTINGS, load_rulebook(SETTINGS), model=model))
    assert judge(compiled) == judge(plain)


reasons = st.builds(
    Reason,
    rule=st.sampled_from(("a", "b")),
    category=st.sampled_from(("nav", "related", "other")),
    score=st.sampled_from((-2.0, -0.3, 0.0, 0.1, 0.3, 0.6, 0.7, 1.0, 1 - 1e-9, 1 - 1e-10, 2.0)),
    evidence=text,
)
tuples = st.lists(reasons, max_size=4).map(tuple)


@given(st.lists(tuples, max_size=8))
def test_what_reasons_add_up_to(said: list[tuple[Reason, ...]]) -> None:
    verdicts = decide_all(said, SETTINGS)
    assert verdicts == tuple(decide(some, SETTINGS) for some in said)
    assert [hash(one) for one in verdicts] == [hash(decide(some, SETTINGS)) for some in said]
    assert pickle.loads(pickle.dumps(verdicts)) == verdicts
    compiled, plain = both(view_of([]))
    assert _removed(compiled, said) == _removed(plain, said)


@settings(deadline=None)  # the first loads rules and weights
@given(blocks, st.data())
def test_what_is_told_of_the_likely_and_the_unlikely(some: list[Block], data: st.DataObject) -> None:
    def column(values: Any) -> Any:
        return data.draw(st.lists(values, min_size=len(some), max_size=len(some)))

    likely, asked = (np.array(column(st.floats(0, 1) | st.sampled_from((0.005, 0.015, 0.5)))) for _ in range(2))
    scores = np.array(column(st.floats(-1.5, 1.5).map(lambda score: round(score, 3))))
    told = _Told(likely, asked, scores, data.draw(st.sampled_from((None, np.array(column(st.booleans()))))))
    said = column(tuples)
    compiled, plain = both(view_of(some))
    assert _tell(compiled, said, told) == list(_tell_in_python(plain, said, told))


@dataclass(frozen=True)
class WithDict:
    kept: int
    reasons: int


REFUSED: dict[str, tuple[str, tuple[Any, ...], type[Exception]]] = {
    "no-arguments": ("read", (), TypeError),
    "another-capsule": ("read", (READ, letter_alone, fold, []), ValueError),
    "no-capsule": ("folded", (1,), ValueError),
    "no-text": ("read", (LETTERS, letter_alone, fold, [1]), TypeError),
    "no-list": ("read", (LETTERS, letter_alone, fold, 1), TypeError),
    "a-letter-told-badly": ("read", (LETTERS, str, fold, ["é"]), TypeError),
    "a-gate-too-short": ("make_phrases", ([(1, 2)], [], []), ValueError),
    "a-rule-that-is-none": ("make_phrases", ([GATE], [(1, "is", "a", "A", "a")], []), IndexError),
    "an-empty-phrase": ("make_phrases", ([GATE], [(0, "is", "", "", "")], []), ValueError),
    "a-pattern-of-a-rule-that-is-none": ("make_phrases", ([GATE], [], [("", -1)]), IndexError),
    "a-table-too-small": ("make_weights", (["a"], b"", 1, [], [], [], [], SHAPES), ValueError),
    "shapes-too-few": ("make_weights", ([], bytes(48), 1, [], [], [], [], SHAPES[:4]), ValueError),
    "too-few-kinds": ("search", (BOOK, READ, LETTERS, letter_alone, [1], FIRST[:0], ONE), ValueError),
    "other-kinds": ("search", (BOOK, READ, LETTERS, letter_alone, [1], ONE, ONE), ValueError),
    "too-few-blocks": ("search", (BOOK, READ, LETTERS, letter_alone, [], FIRST, ONE), ValueError),
    "a-block-that-is-none": ("search", (PLACED, READ, LETTERS, letter_alone, [1], FIRST, ONE), AttributeError),
    "a-path-that-is-no-text": ("search", (PLACED, READ, LETTERS, letter_alone, [AT_NO_PATH], FIRST, ONE), TypeError),
    "shapes-of-other-blocks": ("score_paths", (WEIGHTS, READ, (b"", b"", b""), bytes(8), *WAYS), ValueError),
    "a-kind-that-is-none": ("score_paths", (WEIGHTS, READ, (bytes(8), b"\1", bytes(8)), bytes(8), *WAYS), RuntimeError),
    "a-way-that-is-none": ("score_paths", (WEIGHTS, READ, (bytes(8), b"\1", bytes(8)), b"\1" * 8, *WAYS), RuntimeError),
    "told-of-no-block": ("tell", (Reason, "", [], *TOLD), ValueError),
    "told-of-no-way": ("tell", (Reason, "", [()], *TOLD[:2], ([None], [], []), *TOLD[3:]), KeyError),
    "told-of-a-way-that-is-none": (
        "tell",
        (Reason, "", [()], *TOLD[:2], ([None], [-1], [[]]), *TOLD[3:]),
        RuntimeError,
    ),
    "told-in-no-words": ("tell", (Reason, "", [()], *TOLD[:2], ([None], [0], [[(-1.0, 1)]]), *TOLD[3:]), TypeError),
    "told-of-no-side": ("tell", (Reason, "", [()], *TOLD[:2], ([None], [0], [[(-1.0, "x:y")]]), *TOLD[3:]), KeyError),
    "left-out-too-few": ("tell", (Reason, "", [()], *TOLD[:3], np.zeros(0, bool), *TOLD[4:]), ValueError),
    "no-sides": ("tell", (Reason, "", [()], *TOLD[:5], [], BOUNDS), TypeError),
    "said-in-a-list": ("tell", (Reason, "", [[]], *TOLD), TypeError),
    "a-line-that-is-none": ("recurring", (READ, [1], [], 4, 0), ValueError),
    "a-paragraph-that-is-none": ("recurring", (READ, [0], [-1], 4, 0), ValueError),
    "no-reason": ("decide", (Verdict, Reason, [(1,)], 1.0, UNSPOKEN), TypeError),
    "another-reason": ("removed", (Reason, [(UNSPOKEN,)], 1.0), TypeError),
    "no-reasons": ("removed", (Reason, [1], 1.0), TypeError),
    "no-class": ("decide", (1, Reason, [], 1.0, UNSPOKEN), TypeError),
    "no-slots": ("decide", (WithDict, Reason, [], 1.0, UNSPOKEN), TypeError),
    "no-dataclass": ("decide", (str, Reason, [], 1.0, UNSPOKEN), TypeError),
    "other-fields": ("removed", (Verdict, [], 1.0), TypeError),
    "a-bit-that-is-none": ("make_elements", ([("a", 63)], [], [], [], [], [], 1), ValueError),
}


@pytest.mark.parametrize(("name", "given", "error"), REFUSED.values(), ids=REFUSED)
def test_refusals(name: str, given: tuple[Any, ...], error: type[Exception]) -> None:
    with pytest.raises(error):
        getattr(look_up, name)(*given)


def test_what_python_raises_comes_through() -> None:
    def fails(_: str) -> tuple[str | None, bool]:
        raise KeyError("nobody knows")

    with pytest.raises(KeyError, match="nobody knows"):
        look_up.read(look_up.make_letters(), fails, fold, ["é"])


def test_long_texts_and_many() -> None:
    """A page at the edge of what is read: nothing is quadratic, nothing overflows."""
    texts = ["wort " * 20_000, "字" * 50_000, "a" * 100_000, *(f"word{number} x" for number in range(20_000))]
    read = read_texts(texts)
    assert look_up.folded(read) == fold_all(texts)
    assert look_up.terms(read) == terms(fold_all(texts))


def test_what_is_remembered_of_elements_is_forgotten_in_time() -> None:
    """More elements than are remembered, and then the first again: they are read as if nothing had been."""
    digits = str.maketrans("0123456789", "abcdefghij")
    many = [f"p.{str(number).translate(digits)}x" for number in range(100_000, 151_000)]
    model = load_model("html")
    assert model is not None
    for paths in (many, many[:3], ["nav.menu>a", *many[:3]]):
        view = view_of([Block(0, "item", "more", 1, path=path) for path in paths])
        compiled, plain = both(view)
        assert compiled.ways.spellings == plain.ways.spellings
        assert np.array_equal(model.tokens.path_scores(compiled), model.tokens.path_scores(plain))
