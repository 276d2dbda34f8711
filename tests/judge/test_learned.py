"""The learned model as evidence: probabilities, what is asked for, and reasons that a person understands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import numpy as np
import pytest

from pipeline import Document, Settings, clean
from pipeline.document import Reason
from pipeline.errors import SettingsError
from pipeline.judge.categories import category
from pipeline.judge.compiled import COMPILED
from pipeline.judge.features import COLUMNS, features_of
from pipeline.judge.learned import find_learned
from pipeline.judge.model import WEIGHTS, columns_of, load_model
from pipeline.judge.rulebook import RuleBook
from pipeline.judge.tokens import path_tokens, shape_tokens, word_tokens
from pipeline.judge.view import Opinion, View
from pipeline.segment.html import segment_html
from pipeline.segment.text.reader import segment_text

PROSE = "The ferry between the islands sails again on Monday, the harbour office said, after nine weeks in the dock."
PAGE = (
    "<title>Ferry sails</title><nav class=main-menu><a href=/>Home</a> <a href=/s>Sport</a></nav>"
    f"<article><h1>Ferry sails</h1><p>{PROSE}</p>"
    + "".join(f"<p>{PROSE[:-1]}, and crossing number {n} took {n} hours.</p>" for n in range(6))
    + "</article><div class=related-posts><ul><li><a href=/a>Seals counted on a sandbank</a></li>"
    "<li><a href=/b>Bakery wins a prize</a></li></ul></div><footer>Harbour Herald Press</footer>"
)


def view(html: str = PAGE, **settings: str) -> View:
    blocks, head, _ = segment_html(html, 10_000)
    chosen = Settings(witness="none").with_values(settings, "test")
    return View("html", blocks, head.title, chosen, RuleBook([]), None, load_model("html"))


def reasons(document: Document) -> dict[str, str]:
    return {block.text: verdict.reason.evidence for block, verdict in document.removed if verdict.reason}


def test_the_columns_are_those_that_the_weights_were_made_for() -> None:
    page, model = view(), load_model("html")
    assert model is not None
    paths, words = model.tokens.path_scores(page), model.tokens.word_scores(page)
    assert columns_of(features_of(page), paths, words.scores).shape == (len(page.blocks), COLUMNS)


def test_scores_of_a_page_at_once_are_the_sums_of_its_tokens() -> None:
    """What is looked up in tables at work is what training spells out."""
    page, model = view(), load_model("html")
    assert model is not None
    weights = model.tokens.weights

    def score(tokens: list[str]) -> float:
        found = [weights[token] for token in tokens if token in weights]
        return sum(found) / max(len(found), 1) ** 0.5

    both = list(zip(page.blocks, page.words, page.terms, strict=True))
    paths = [score(path_tokens(block.path) + shape_tokens(block, words)) for block, words, _ in both]
    assert model.tokens.path_scores(page) - model.tokens.bias == pytest.approx(np.array(paths))
    assert model.tokens.word_scores(page).scores == pytest.approx(np.array([score(word_tokens(t)) for *_, t in both]))


def test_prose_is_likely_and_menus_are_not() -> None:
    page = view()
    assert page.model is not None
    likely = dict(zip([block.text[:11] for block in page.blocks], page.model.read(page).likely, strict=True))
    assert likely["The ferry b"] > 0.8
    assert likely["Home Sport"] < 0.1


def test_words_of_another_language_that_happen_to_be_known_do_not_speak_against_its_prose() -> None:
    model = load_model("html")
    assert model is not None
    against = [
        token[2:] for token in sorted(model.tokens.weights, key=model.tokens.weights.__getitem__) if token[:2] == "W:"
    ]

    def page(words: Sequence[str]) -> View:
        lines = [" ".join([f"zq{n}x{i}yr" for n in range(12)] + [*words]) for i in range(9)]
        return view("<title>Zqirr</title><article>" + "".join(f"<p>{line}.</p>" for line in lines) + "</article>")

    known, unknown = page(against[:4]), page(["vqa", "vqi", "vqo", "vqu"])
    assert max(model.tokens.word_scores(known).scores) < 0
    assert not model.read(known).at_home
    assert model.read(known).likely == pytest.approx(model.read(unknown).likely, abs=0.01)


def test_reasons_name_the_probability_and_what_spoke_loudest() -> None:
    said = reasons(clean(PAGE, settings=Settings(witness="none")))["Seals counted on a sandbank"]
    assert "likely content" in said
    assert "asked for" in said
    assert "link share 1.00" in said


def test_of_a_text_no_reason_names_an_element() -> None:
    document = clean(
        "Log in\n\nThe ferry sails again on Monday, the harbour office said.\n\nRead also\n\nShare on Facebook"
    )
    told = [reason.evidence for verdict in document.verdicts for reason in verdict.reasons if reason.rule == "learned"]
    assert len(told) >= 3
    assert not [evidence for evidence in told if "element" in evidence]


class Counting:
    """A model that finds each block the likelier the later it stands."""

    def read(self, page: View) -> Opinion:
        count = len(page.blocks)
        return Opinion(np.linspace(0.05, 0.95, count), [(0.0, "")] * count, at_home=True)

    def strongest(self, _: View, places: Sequence[int]) -> list[list[tuple[float, str]]]:
        return [[] for _ in places]


# (markup, the blocks that are as likely as one another)
SERIES = {
    "rows": ("<p>a</p><table><tr><td>b<td>c<tr><td>d<td>e</table><p>f</p>", ["a", "b | cd | e", "f"]),
    "rows-and-their-caption": (
        "<p>a</p><table><caption>b</caption><tr><td>c<td>d<tr><td>e<td>f</table>",
        ["a", "bc | de | f"],
    ),
    "a-helper-in-a-list": (
        "<ul><li>a<li>b<i class=sr-only>c</i><li>d</ul>" + "<p>e</p>" * 9,
        ["ab", "c", "d", *"e" * 9],
    ),
    "items": ("<ul><li>a<li>b</ul><ul><li>c<li>d</ul>", ["ab", "cd"]),
    "items-within": ("<ol><li>a<ul><li>b</ul><li>c</ol><p>d", ["abc", "d"]),
    "an-item-of-two": ("<ul><li><p>a</p><p>b</p><li>c<li>d</ul>", ["a", "b", "cd"]),
    "definitions": ("<dl><dt>a<dd>b<dt>c<dd><p>d</dl><p>e</p>", ["abcd", "e"]),
    "definitions-in-boxes": ("<dl><div><dt>a<dd>b</div><div><dt>c<dd>d</div></dl>", ["abcd"]),
    "two-lists-of-definitions": ("<dl><dt>a<dd>b</dl><p>c</p><dl><dt>d<dd>e</dl>", ["ab", "c", "de"]),
    "what-is-hidden": ("<ul><li>a<li hidden>b<li>c<li>d</ul>" + "<p>e</p>" * 9, ["a", "b", "cd", *"e" * 9]),
    "paragraphs": ("<p>a</p><p>b</p>", ["a", "b"]),
}


@pytest.mark.parametrize(("html", "together"), SERIES.values(), ids=SERIES)
@pytest.mark.parametrize("compiled", [True, False])
def test_what_belongs_together_is_equally_likely(html: str, together: list[str], compiled: bool) -> None:
    page = replace(view(f"<body><main>{html}</main>"), model=Counting(), compiled=compiled and COMPILED)
    assert runs_of(page) == together


def runs_of(page: View) -> list[str]:
    """The texts of blocks in a row that are said to be as likely as one another."""
    said = [(Reason("x", "other", -0.1, "so that all are told"),)] * len(page.blocks)
    told = [reason.evidence.partition("%")[0] for _, reason in find_learned(page, said)]
    pairs = zip([block.text for block in page.blocks], told, strict=True)
    return ["".join(text for text, _ in run) for _, run in groupby(pairs, key=itemgetter(1))]


TEXTS = {
    "items": ("- a\n- b\n\n- c\n- d\n\ne", ["ab", "cd", "e"]),
    "a-heading-above-prose": ("# a\n\n## b\n\n{}\n\nc", ["ab{}", "c"]),
    "a-heading-above-a-line": ("# a\n\nb", ["a", "b"]),
    "a-heading-at-the-end": ("a\n\n# b", ["a", "b"]),
}


@pytest.mark.parametrize(("text", "together"), TEXTS.values(), ids=TEXTS)
def test_what_belongs_together_in_a_text(text: str, together: list[str]) -> None:
    blocks = segment_text(text.format(PROSE))
    assert runs_of(View("text", blocks, "", Settings(), RuleBook([]), model=Counting())) == [
        one.format(PROSE) for one in together
    ]


def test_precision_removes_no_less_than_balanced_and_recall_no_more() -> None:
    counts = [
        len(clean(PAGE, settings=Settings(witness="none").with_values({"preset": preset}, "test")).removed)
        for preset in ("recall", "balanced", "precision")
    ]
    assert counts == sorted(counts)


def test_the_same_page_gives_the_same_probabilities() -> None:
    page = view()
    assert page.model is not None
    assert np.array_equal(page.model.read(page).likely, page.model.read(view()).likely)


def test_without_the_model_the_reasons_are_others() -> None:
    document = clean(PAGE, settings=Settings(witness="none", model="none"))
    assert {verdict.reason.rule for _, verdict in document.removed if verdict.reason}.isdisjoint({"learned"})


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="thresher train"):
        clean(PAGE, settings=Settings(weights_folder=str(tmp_path)))


def test_weights_for_other_columns_are_refused(tmp_path: Path) -> None:
    with np.load(WEIGHTS / "html.npz") as data:
        np.savez_compressed(tmp_path / "html.npz", **{**data, "mean": data["mean"][:-1]})
    with pytest.raises(ValueError, match="train it again"):
        load_model("html", tmp_path)


def test_the_weights_are_small_and_have_a_birth_certificate() -> None:
    assert (WEIGHTS / "html.npz").stat().st_size < 1_000_000
    certificate = json.loads((WEIGHTS / "html.json").read_text(encoding="utf-8"))
    assert {"data_digest", "seeds", "f1_by_page_type", "f1_by_language", "date", "command"} <= set(certificate)


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        pytest.param("body>div.related-posts", "related", id="related"),
        pytest.param("body>footer", "nav", id="footer"),
        pytest.param("body>div.post>figure>figcaption", "caption", id="caption"),
        pytest.param("body>section#comments>p", "comments", id="comments"),
        pytest.param("body>div.newsletter-box", "promo", id="newsletter"),
        pytest.param("body>div.x>p", "other", id="unknown"),
    ],
)
def test_categories(path: str, wanted: str) -> None:
    from dataclasses import replace

    page = view("<p>Anything that stands there</p>")
    page = replace(page, blocks=[replace(page.blocks[0], path=path)])
    assert category(page, 0) == wanted


def test_tokens_split_names_and_fold_digits() -> None:
    assert path_tokens("div#main>p.leadText.entry-content")[:3] == ["o:p", "oc:lead", "oc:text"]
    assert "ac:main" in path_tokens("div#main>p")
    assert "b:page 0" in word_tokens(["page", "12"])
