"""What only markup says is written as text: powers, formulas, cells that span, signs that are links to a heading."""

# the cases are a table

from __future__ import annotations

import pytest

from pipeline import clean
from pipeline.segment.html import segment_html

POWERS = {
    "power": ("10<sup>6</sup> m<sup>2</sup> s<sup>−1</sup>", "10⁶ m² s⁻¹"),
    "power-n": ("x<sup>n</sup>", "xⁿ"),
    "power-of-terms": ("e<sup>2x</sup> and e<sup>k+1</sup>, e<sup>n+1</sup>", "e^(2x) and e^(k+1), eⁿ⁺¹"),
    "ordinal": ("the 1<sup>st</sup>, le 1<sup>er</sup>, M<sup>me</sup>", "the 1st, le 1er, Mme"),
    "note": ("so they say.<sup><a href='#n12'>12</a></sup>", "so they say.¹²"),
    "notes": ("in 2019<sup>1,2</sup> and later<sup>3–5</sup>", "in 2019¹,² and later³–⁵"),
    "note-by-style": ("12<a class=footnote-anchor href=#f>2</a> are, <a class=note href=#n>3</a>", "12² are, 3"),
    "note-in-brackets": ("so they say<sup>[3]</sup> in 2019<sup>(4)</sup>", "so they say[3] in 2019(4)"),
    "note-with-a-letter": ("so they say<sup><a href='#n'>1a</a></sup>", "so they say1a"),
    "note-below": ("<sup>1</sup> Of all ferries.", "¹ Of all ferries."),
    "cents": ("$19<sup>99</sup>", "$19⁹⁹"),
    "sentence": ("Ferry<sup>new since 2019</sup>", "Ferrynew since 2019"),
    "trade-mark": ("Ferry<sup>TM</sup> ®<sup>®</sup>", "FerryTM ®®"),
    "formula-of-matter": ("CO<sub>2</sub>, C<sub>6</sub>H<sub>12</sub>O<sub>6</sub>", "CO2, C6H12O6"),
    "base": ("log<sub>2</sub>8, 101<sub>2</sub>", "log₂8, 101₂"),
    "index": ("x<sub>i</sub>, x<sub>1</sub>", "xi, x1"),
    "fraction": ("1<sup>1</sup>/<sub>2</sub> cups", "1¹/₂ cups"),
    "fraction-of-a-wiki": (
        "8<span class=frac><span class=num>1</span>⁄<span class=den>2</span></span>", "8¹⁄₂",
    ),
    "ratio-of-a-wiki": (
        "<b class=sfrac><i><i class=num>22</i><i class=sr-only>/</i><i class=den>7</i></i></b>", "²²⁄₇",
    ),
    "quotation": ("He said <q>so</q> and <q></q>", "He said “so” and “”"),
    "empty": ("x<sup></sup><sub></sub> <sup> </sup>", "x"),
    "other-digits": ("x<sup>٣</sup>", "x٣"),
    "deep": ("x<sup><b><i>2</i></b></sup>", "x²"),
}  # fmt: skip


def tex(written: str) -> str:
    return f"<annotation encoding='application/x-tex'>{written}</annotation>"


_MI = "<mi>E</mi><mo>=</mo><mi>m</mi><msup><mi>c</mi><mn>2</mn></msup>"
FORMULAS = {
    "tex": (f"<math><semantics><mrow>{_MI}</mrow>{tex('E = mc^2')}</semantics></math>", "$E = mc^2$"),
    "plain-tex": (f"<math><semantics><mi>x</mi>{tex('x = 2')}</semantics></math>", "x = 2"),
    "katex": (
        (f"<span class=katex><span class=katex-mathml><math><semantics>{_MI}{tex('E=mc^2')}</semantics></math></span>"
        "<span class=katex-html aria-hidden=true><span class=base>E=mc<span>2</span></span></span></span>"),
        "$E=mc^2$",
    ),
    "wiki": (
        "<span class=mwe-math-element><span style='display: none'><math alttext='{\\displaystyle a_{1}}'><mi>a</mi>"
        + tex("{\\displaystyle a_{1}}")
        + "</math></span><img alt='a'></span>",
        "$a_{1}$",
    ),
    "mathjax": (
        "<mjx-container><svg></svg><mjx-assistive-mml><math><mi>x</mi><mo>+</mo><mn>1</mn></math></mjx-assistive-mml></mjx-container>",
        "x+1",
    ),
    "picture": ("so <img class=latex alt='\\sqrt{gd}'> or <img class=latex> or <img alt=x>", "so $\\sqrt{gd}$ or or"),
    "alttext": ("<math alttext='\\frac{a}{b}'><mi>?</mi></math>", "$\\frac{a}{b}$"),
    "markup-alone": (f"<math>{_MI}</math>", "E=mc²"),
    "fraction-and-root": (
        "<math><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac><msqrt><mi>n</mi></msqrt><mroot><mi>n</mi><mn>3</mn></mroot></math>",
        "(a+b)/2√(n)n^(1/3)",
    ),
    "scripts": (
        "<math><msub><mi>x</mi><mn>1</mn></msub><msubsup><mi>y</mi><mi>i</mi><mn>2</mn></msubsup><munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover></math>",
        "x₁y_i²∑_(i=1)ⁿ",
    ),
    "matrix": (
        "<math><mfenced><mtable><mtr><mtd>a</mtd><mtd>b</mtd></mtr><mtr><mtd>c</mtd><mtd>d</mtd></mtr></mtable></mfenced></math>",
        "(a, b; c, d)",
    ),
    "nothing": ("<math></math>x", "x"),
    "too-deep": ("<math>" + "<mrow>" * 3000 + "<mi>x</mi>" + "</mrow>" * 3000 + "</math>", "x"),
    "formula-in-a-formula": ("<math><mtext><math><mi>x</mi></math></mtext></math>", "x"),
}  # fmt: skip

SPANS = {
    "rows": (
        "<tr><th>Day<th>At<tr><td rowspan=2>Mon<td>9<tr><td>10<tr><td>Tue<td>8",
        ["Day | At", "Mon | 9", "Mon | 10", "Tue | 8"],
    ),
    "last-column": ("<tr><td>a<td rowspan=2>x<tr><td>b", ["a | x", "b | x"]),
    "columns": ("<tr><td colspan=2>closed<td>x<tr><td>1<td>2<td>3", ["closed | | x", "1 | 2 | 3"]),
    "whole-row": ("<tr><th colspan=2>Berlin<tr><td>a<td>b", ["Berlin", "a | b"]),
    "both": ("<tr><td rowspan=2 colspan=2>a<td>b<tr><td>c", ["a | | b", "a | | c"]),
    "links": ("<tr><td rowspan=2><a href=x>Mon</a><td>9<tr><td>10", ["Mon | 9", "Mon | 10"]),
    "long": (f"<tr><td rowspan=2>{'long ' * 20}<td>b<tr><td>c", [f"{('long ' * 20).strip()} | b", "| c"]),
    "sign": ("<tr><td rowspan=2>“<td>b<tr><td>c", ["“ | b", "| c"]),
    "maybe-unseen": ("<tr><td rowspan=2>a<span class=key>k</span><td>b<tr><td>c", ["ak | b", "| c"]),
    "unseen": ("<tr><td rowspan=2 style='display:none'>a<td>b<tr><td>c", ["| b", "| c"]),
    "layout": ("<tr><td rowspan=2>Menu<td><p>One.</p><p>Two.</p><tr><td>c", ["Menu", "One.", "Two.", "c"]),
    "list": ("<tr><td rowspan=2>Menu<td><ul><li>One</ul><tr><td>c", ["Menu", "One", "c"]),
    "no-number": ("<tr><td rowspan=x colspan=-1>a<td>b<tr><td>c", ["a | b", "c"]),
    "beyond-the-end": ("<tr><td rowspan=999999>a<td>b<tr><td>c", ["a | b", "a | c"]),
    "empty-row": ("<tr><td rowspan=3>a<td>b<tr></tr><tr><td>c", ["a | b", "a | c"]),
    "empty-cell": ("<tr><td rowspan=2>a<td>b<tr><td>", ["a | b", "a |"]),
}  # fmt: skip

SIGNS = {
    "class": ("<h2>Usage<a class=headerlink href=#u>¶</a></h2>", ["Usage"]),
    "sign-alone": ("<h2><a class='anchor x' href=#u>#</a> Usage</h2>", ["Usage"]),
    "words": ("<h2><a class=anchor href=#u>Usage</a></h2>", ["Usage"]),
    "sharp": ("<h2><a href=/c>C#</a></h2><h2>Learn C #</h2>", ["C#", "Learn C #"]),
    "outside-headings": ("<p>See <a href=#p>§</a> 3</p>", ["See § 3"]),
}  # fmt: skip


def seen(html: str) -> list[str]:
    return [block.text for block in segment_html(html, 100_000).blocks if not block.hidden]


@pytest.mark.parametrize(("html", "text"), (POWERS | FORMULAS).values(), ids=POWERS | FORMULAS)
def test_inline(html: str, text: str) -> None:
    assert seen(f"<p>{html}</p>") == [text]


@pytest.mark.parametrize(("rows", "texts"), SPANS.values(), ids=SPANS)
def test_spans(rows: str, texts: list[str]) -> None:
    assert seen(f"<table>{rows}</table>") == texts


@pytest.mark.parametrize(("html", "texts"), SIGNS.values(), ids=SIGNS)
def test_signs(html: str, texts: list[str]) -> None:
    assert seen(f"{html}<p>{'The ferry leaves at nine. ' * 40}</p>")[: len(texts)] == texts


def test_what_a_table_is_filled_with_is_bounded() -> None:
    row = "<tr>" + "<td rowspan=1000 colspan=100>a" * 10
    texts = seen(f"<table>{row * 200}</table><p>end</p>")
    assert texts[-1] == "end"
    assert sum(map(len, texts)) < 200_000


def test_a_power_in_a_headline_is_one_in_the_title() -> None:
    page = f"<title>x</title><h1>10<sup>6</sup> ferries</h1><p>{'The ferry leaves at nine in the morning. ' * 9}</p>"
    document = clean(page, kind="html")
    assert document.metadata.title == "10⁶ ferries"
    assert document.text.count("ferries") == 1
