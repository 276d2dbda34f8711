"""A page of HTML to blocks: every element that shapes the flow of text, and the hostile pages by their numbers.

A case is a piece of HTML and the blocks it must become, each written as `kind text`: `h2 Sub`, `p Words`, `- item`,
`3. item`, `row a | b`, `quote …`, `code …`; two blanks in front of a block that follows its sort tightly.
"""

# ruff: noqa: E501  # the cases are a table

from __future__ import annotations

import time

import pytest

from pipeline.document import Block
from pipeline.segment.html import TooComplexError, segment_html

ENOUGH = 1_000_000
FERRY = "The ferry leaves at nine in the morning, and whoever misses it waits for the next one."
LAST = "These last words must survive all that stands before them."


def shown(block: Block) -> str:
    head = {"heading": f"h{block.level}", "paragraph": "p", "item": block.marker}.get(block.kind, block.kind)
    return f"{'  ' if block.tight else ''}{head} {block.text}"


def blocks_of(html: str) -> list[str]:
    return [shown(block) for block in segment_html(html, ENOUGH)[0] if not block.hidden]


def text_of(html: str) -> str:
    return "\n".join(block.text for block in segment_html(html, ENOUGH)[0] if not block.hidden)


FLOW = {
    "emphasis-glues": ("<p>The <b>f</b>erry<i> leaves</i> at <em>nine</em>.</p>", ["p The ferry leaves at nine."]),
    "source-white-space": ("<p>one\n   two\t<b> three </b>\n</p>", ["p one two three"]),
    "touching-links": ("<p><a href=/a>Home</a><a href=/b>News</a></p>", ["p Home News"]),
    "touching-links-of-spans": ("<div><a><span>Home</span></a><a><span>News</span></a></div>", ["p Home News"]),
    "touching-spans": ("<p><span>ferr</span><span>y</span></p>", ["p ferry"]),
    "touching-words": (
        "<p><span>Weight</span><span>640 g</span> <b>HOKA</b><i>Clifton</i> <time>15:00</time><b>Tern</b></p>",
        ["p Weight 640 g HOKA Clifton 15:00 Tern"],
    ),
    "touching-sentences": (
        "<p><span>It rained.</span><span>We left</span> <del>4 May</del><ins>Tuesday</ins> <i>No:</i><i>7</i></p>",
        ["p It rained. We left 4 May Tuesday No: 7"],
    ),
    "touching-in-a-name": ("<p><i>gullwing.net.</i><b>Client</b></p>", ["p gullwing.net.Client"]),
    "touching-labels": ("<p><b>Price:</b><span>$5</span><i>now</i><i>$4</i></p>", ["p Price: $5now $4"]),
    "touching-parts-of-words": (
        "<p><b>Mc</b><i>Donald</i> <b>T</b><span>hresher</span> £<b>14</b>.<b>99</b> <i>4</i><i>K</i> <i>U.</i><i>S.</i></p>",
        ["p McDonald Thresher £14.99 4K U.S."],
    ),
    "touching-in-code": ("<pre><b>Weight</b><i>640</i></pre>", ["code Weight640"]),
    "words-drawn-as-boxes": (
        "<p>Click <button>Save</button> in the <x-term>dialog</x-term>, then type <label>Name</label>.</p>",
        ["p Click Save in the dialog, then type Name."],
    ),
    "a-heading-that-is-a-button": ("<h2><button>Opening <x-icon></x-icon>hours</button></h2>", ["h2 Opening hours"]),
    "buttons": ("<div><button>Yes</button><button>No</button></div>", ["p Yes", "p No"]),
    "link-before-a-stop": ("<p>See <a href=/a>here</a>.</p>", ["p See here."]),
    "wbr": ("<p>super<wbr>structure</p>", ["p superstructure"]),
    "soft-hyphen-and-nbsp": ("<p>a&nbsp;b&shy;c</p>", ["p a bc"]),
    "sub-and-sup": ("<p>H<sub>2</sub>O, x<sup>2</sup></p>", ["p H2O, x²"]),
    "comment-inside-a-word": ("<p>fer<!-- x -->ry</p>", ["p ferry"]),
    "text-around-blocks": ("pre<p>a</p>post<div>d</div>tail", ["p pre", "p a", "p post", "p d", "p tail"]),
    "custom-elements-are-boxes": ("<x-card>a</x-card><x-card>b</x-card>", ["p a", "p b"]),
    "a-link-around-blocks": ("<a href=/x><h2>Head</h2><p>Tease</p></a>", ["h2 Head", "p Tease"]),
    "unclosed-paragraphs": ("<p>a<p>b<div>c", ["p a", "p b", "p c"]),
    "headings": ("<h1>a</h1><h2>b</h2><h6>c</h6>", ["h1 a", "h2 b", "h6 c"]),
    "empty-elements": ("<p></p><p> &nbsp; </p><div><b></b></div>", []),
    "nothing": ("", []),
}
BREAKS = {
    "one-is-a-line": ("<p>one<br>two<br/>three</p>", ["p one\ntwo\nthree"]),
    "two-are-a-border": ("<p>one<br><br>two<br> <br>three</p>", ["p one", "p two", "p three"]),
    "three-are-one-border": ("<p>a<br><br><br>b</p>", ["p a", "p b"]),
    "nbsp-between": ("<div>x<br>&nbsp;<br>y</div>", ["p x", "p y"]),
    "at-the-ends": ("<p><br>a<br></p>", ["p a"]),
    "source-line-ends-are-spaces": ("<p>a\r\nb<br>\nc</p>", ["p a b\nc"]),
    "in-a-heading": ("<h1>One<br>Two</h1>", ["h1 One\nTwo"]),
    "address": ("<address>Quay 3<br>Rivertown</address>", ["p Quay 3\nRivertown"]),
}
LISTS = {
    "ul": ("<ul><li>a</li><li>b</li></ul>", ["- a", "  - b"]),
    "ol": ("<ol><li>a</li><li>b</li></ol>", ["1. a", "  2. b"]),
    "start-and-value": ("<ol start=3><li>a</li><li value=9>b</li><li>c</li></ol>", ["3. a", "  9. b", "  10. c"]),
    "a-value-that-is-none": ("<ol start=x><li value=-1>a</li></ol>", ["1. a"]),
    "a-value-beyond-reason": ("<ol start=99999999999999><li>a</li></ol>", ["1. a"]),
    "nested": ("<ul><li>a<ol><li>b</li></ol></li><li>c</li></ul>", ["- a", "  1. b", "  - c"]),
    "nested-as-sibling": ("<ul><li>a</li><ul><li>b</li></ul></ul>", ["- a", "  - b"]),
    "paragraphs-inside": ("<ul><li><p>one</p><p>two</p></li><li>three</li></ul>", ["- one", "p two", "  - three"]),
    "types": (
        "<ol type=a start=26><li>x<li>y</ol><ol type=I><li>v<li value=4>w</ol><ol type=i start=0><li>z</ol>",
        ["z. x", "  aa. y", "I. v", "  IV. w", "0. z"],
    ),
    "helper-before-the-text": ("<ul><li><span class=sr-only>box</span> flour</li></ul>", ["- flour"]),
    "two-lists": ("<ul><li>a</li></ul><ul><li>b</li></ul>", ["- a", "- b"]),
    "no-list-around": ("<li>a<li>b", ["- a", "  - b"]),
    "terms": ("<dl><dt>Term</dt><dd>Meaning</dd></dl>", ["p Term", "  p Meaning"]),
}
TABLES = {
    "data": ("<table><tr><th>Name<th>Points<tr><td>Ada<td>3</table>", ["row Name | Points", "  row Ada | 3"]),
    "caption": ("<table><caption>Scores</caption><tr><td>a<td>b</table>", ["p Scores", "row a | b"]),
    "head-and-foot": (
        "<table><thead><tr><th>a<th>1</thead><tbody><tr><td>b</tbody><tfoot><tr><td>c</table>",
        ["row a | 1", "  row b", "  row c"],
    ),
    "empty-cells": ("<table><tr><td>a<td><td>c<tr><td><td>b<td></table>", ["row a | | c", "  row | b |"]),
    "empty-row": ("<table><tr><td>a<td>b<tr><td><td></table>", ["row a | b"]),
    "one-column": ("<table><tr><th>a<tr><td>b</table>", ["p a", "p b"]),
    "icon-beside-a-note": (
        "<table><caption>x</caption><tr><td rowspan=2><img src=i.png alt=Note><th>Note<tr><td><p>one</p></table>",
        ["p x", "p Note", "p one"],
    ),
    "blank-cells-beside-one": ("<table><tr><td>&nbsp;<td>a<td> <tr><td><b>b</b><td></table>", ["p a", "p b"]),
    "boxes-in-cells": ("<table><tr><td><p>x</p><td><div>y</div><div>z</div></table>", ["row x | y z"]),
    "break-in-a-cell": ("<table><tr><td>a<br>b<td>c</table>", ["row a b | c"]),
    "layout": (
        "<table><tr><td><h1>Head</h1><p>one</p><p>two</p><td>side</table>",
        ["h1 Head", "p one", "p two", "p side"],
    ),
    "nested": ("<table><tr><td><table><tr><td>deep<td>x</table></table>", ["row deep | x"]),
    "names-in-a-cell": (
        "<table><tr><th>Genre<td><ul><li>Rock<li>Pop</ul><tr><th>Years<td>3</table>",
        ["row Genre | Rock; Pop", "  row Years | 3"],
    ),
    "sentences-in-a-cell": (
        f"<table><tr><th>Pro<td><ul><li>{'A long reason. ' * 4}<li>It is</ul></table>",
        ["p Pro", "- A long reason. A long reason. A long reason. A long reason.", "  - It is"],
    ),
    "two-tables": ("<table><tr><td>a<td>1</table><table><tr><td>b<td>2</table>", ["row a | 1", "row b | 2"]),
    "code-in-a-table": ("<table><tr><td><pre>1\n2</pre><td><pre>a\n  b</pre></table>", ["code 1\n2", "code a\n  b"]),
}
QUOTES_AND_CODE = {
    "quote": ("<blockquote><p>one</p><p>two</p></blockquote>", ["quote one", "quote two"]),
    "bare-quote": ("<blockquote>bare</blockquote>after", ["quote bare", "p after"]),
    "pre": ("<pre>\ndef f():\n    return 1\n\n\nx  \n</pre>", ["code def f():\n    return 1\n\n\nx"]),
    "pre-code-spans": ("<pre><code><span>a</span>\n<b>  b</b></code></pre>", ["code a\n  b"]),
    "pre-with-breaks": ("<pre>a<br>b<br><br>c</pre>", ["code a\nb\n\nc"]),
    "pre-with-a-box-a-line": ("<pre><div>def f():</div><div>    return 1</div></pre>", ["code def f():\n    return 1"]),
    "pre-with-an-item-a-line": ("x<pre><ol><li>one<li>  two</ol></pre>y", ["p x", "code one\n  two", "p y"]),
    "pre-with-a-table": (
        "<pre><table><tr><td class=hljs-ln-numbers>1<td>a<tr><td class=hljs-ln-numbers>2<td>  b</table></pre>"
        + FERRY * 9,
        ["code a\n  b", f"p {(FERRY * 9).strip()}"],
    ),
    "inline-code": ("<p>Call <code>a_b()</code> now</p>", ["p Call a_b() now"]),
    "tabs": ("<pre>\tx</pre>", ["code     x"]),
    "entities-in-code": ("<pre>a &lt; b &amp;&amp; c</pre>", ["code a < b && c"]),
}
FORMS_AND_SIDES = {
    "article-inside-a-form": (f"<form><h1>Ferry</h1><p>{FERRY}</p><input value=x></form>", ["h1 Ferry", f"p {FERRY}"]),
    "select-is-no-text": ("<p>Day <select><option>Mon<option>Tue</select> ok</p>", ["p Day ok"]),
    "image-words-are-no-text": ("<p>a <img src=x alt='a boat' title='boat'> b</p>", ["p a b"]),
    "figure": ("<figure><img alt=q><figcaption>The quay</figcaption></figure>", ["p The quay"]),
    "media-fallbacks": ("<video>no video</video><audio>no audio</audio><object>no object</object>", []),
    "script-and-style": ("<p>a</p><script>var x = '<p>b</p>'</script><style>p{}</style>", ["p a"]),
    "case54-noscript-holds-the-page": (f"<noscript><p>{FERRY}</p></noscript><p>x</p>", [f"p {FERRY}", "p x"]),
    "case54-noscript-beside-the-page": (
        f"<p>{FERRY * 20}</p><noscript><p>Switch on JavaScript</p></noscript>",
        [f"p {FERRY * 20}"],
    ),
    "case54-page-inside-aside": (f"<aside><h1>Ferry</h1><p>{FERRY}</p></aside>", ["h1 Ferry", f"p {FERRY}"]),
    "case55-frameset": (
        "<frameset cols='1,2'><frame src=a><noframes><p>Old</p> words</noframes></frameset>",
        ["p Old", "p words"],
    ),
    "case55-srcdoc-is-another-document": (
        "<p>a</p><iframe srcdoc='<p>inner</p>'>fallback</iframe><p>b</p>",
        ["p a", "p b"],
    ),
    "case56-template-holds-the-page": (f"<body><template><p>{FERRY}</p></template>", [f"p {FERRY}"]),
    "case56-template-beside-the-page": (f"<p>{FERRY * 20}</p><template><p>x</p></template>", [f"p {FERRY * 20}"]),
    "case56-shadow-root": (
        "<div><template shadowrootmode=open><p>Shadow</p></template><p>light</p></div>",
        ["p Shadow", "p light"],
    ),
    "case58-xhtml": (
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><?pi x?><body><p>caf&eacute; &copy;<br/>y</p></body></html>',
        ["p café ©\ny"],
    ),
    "case58-xhtml-empty-elements": (
        '<?xml version="1.0"?><html><head><title/><script src="a.js"/></head><body><a id="p1"/><p>a</p><div class="x"/><p>b</p></body></html>',
        ["p a", "p b"],
    ),
    "case59-two-documents": (
        "<html><body><p>one</p></body></html><html><body><p>two</p></body></html>",
        ["p one", "p two"],
    ),
    "case60-ruby": ("<p><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>字</p>", ["p 漢(かん)字"]),
    "case60-mathml": (
        "<p>So <math><mi>x</mi><mo>=</mo><mn>2</mn><annotation encoding='application/x-tex'>x=2</annotation></math> holds</p>",
        ["p So x=2 holds"],
    ),
    "case60-svg": ("<p>a <svg><title>icon</title><text>chart</text></svg>b</p>", ["p a b"]),
    "case61-lazy-image": ("<p>a</p><img src='data:image/gif;base64,R0lGOD' data-src=b.jpg alt='placeholder'>", ["p a"]),
}
# What never ends swallows the rest, as in a browser: a reader would not see it either.
UNCLOSED = {
    "case53-comment": ("<p>a</p><!-- never closed <p>b</p>", ["p a"]),
    "case53-script": ("<p>a</p><script>var x = 1; <p>b</p>", ["p a"]),
    "case53-style": ("<p>a</p><style>p {} <p>b</p>", ["p a"]),
    "case53-title": ("<title>t <p>a</p>", []),
    "case53-textarea": ("<p>a</p><textarea>b <i>c</i>", ["p a", "code b <i>c</i>"]),
    "case53-plaintext": ("<p>a</p><plaintext>b <i>c</i>", ["p a", "code b <i>c</i>"]),
    "case53-cdata": ("<p>a</p><![CDATA[ x ><p>b</p>", ["p a", "p b"]),
    "case53-tag": ("<p>a</p><p class='x", ["p a"]),
    "case53-attribute": ("<p>a</p><p title='x>b</p>", ["p a"]),
}
CASES = FLOW | BREAKS | LISTS | TABLES | QUOTES_AND_CODE | FORMS_AND_SIDES | UNCLOSED


def test_ids_are_unique() -> None:
    tables = (FLOW, BREAKS, LISTS, TABLES, QUOTES_AND_CODE, FORMS_AND_SIDES, UNCLOSED)
    cases = [(group, case) for group, table in enumerate(tables) for case in table]
    assert len(cases) == sum(map(len, tables))


@pytest.mark.parametrize(
    ("html", "blocks"),
    [
        pytest.param(*case, id=f"{group}-{name}")
        for group, table in {
            "flow": FLOW, "breaks": BREAKS, "lists": LISTS, "tables": TABLES, "quotes": QUOTES_AND_CODE,
            "sides": FORMS_AND_SIDES, "unclosed": UNCLOSED,
        }.items()
        for name, case in table.items()
    ],
)  # fmt: skip
def test_blocks(html: str, blocks: list[str]) -> None:
    assert blocks_of(html) == blocks


# Each of these must keep its words and end within seconds: (page, seconds).
DEPTHS = (255, 257, 260, 2_000, 20_000)
HUGE = {
    **{f"case44-nesting-{n}": ("<div>" * n + f"<p>{FERRY}</p>" + "</div>" * n, 10) for n in DEPTHS},
    **{f"case44-inline-nesting-{n}": ("<p>" + "<span>" * n + FERRY + "</span>" * n, 10) for n in DEPTHS},
    "case44-list-nesting": ("<ul><li>" * 2_000 + FERRY + "</li></ul>" * 2_000, 10),
    "case45-unclosed-b": ("<p>" + "<b>" * 5_000 + FERRY + "</p>", 5),
    "case45-unclosed-b-in-paragraphs": ("<p><b>word " * 5_000 + f"<p>{FERRY}", 10),
    "case46-nested-tables": ("<table><tr><td>" * 200 + f"<p>{FERRY}</p>" + "</table>" * 200, 5),
    "case46-nested-tables-2000": ("<table><tr><td>" * 2_000 + FERRY + "</table>" * 2_000, 15),
    "case47-spans-beyond-reason": (f"<table><tr><td colspan=9007199254740991 rowspan=100000000>{FERRY}</table>", 1),
    "case48-attributes-50000": (f"<p {' '.join(f'a{n}=x' for n in range(50_000))}>{FERRY}</p>", 20),
    "case49-attribute-5mb": (f"<p title='{'x' * 5_000_000}'>{FERRY}</p>", 5),
    "case49-data-uri-5mb": (f"<p><a href='data:image/png;base64,{'A' * 5_000_000}'>{FERRY}</a></p>", 5),
    "case49-classes-5mb": (f"<p class='{'c ' * 2_500_000}'>{FERRY}</p>", 5),
    "case49-style-5mb": (f"<p style='{'color:red;' * 500_000}'>{FERRY}</p>", 5),
    "case50-word-5mb": (f"<p>{'a' * 5_000_000}</p><p>{FERRY}</p>", 5),
    "case51-spaces-5mb": (f"<p>a{' ' * 5_000_000}b</p><p>{FERRY}</p>", 5),
    "case51-line-ends-5mb": (f"<p>a{chr(10) * 5_000_000}b</p><p>{FERRY}</p>", 5),
    "case52-breaks-100000": (f"<p>a{'<br>' * 100_000}{FERRY}</p>", 10),
    "case52-lines-100000": (f"<p>{'some words<br>' * 100_000}{FERRY}</p>", 10),
    "powers-in-powers": (f"<p>{FERRY}</p><p>" + "<sup>1 " * 20_000, 10),
    "formulas-in-formulas": (f"<p>{FERRY}</p><p>" + "<math><mtext>" * 20_000, 10),
    "tables-in-cells-that-span": (f"<p>{FERRY}</p>" + "<table><tr><td rowspan=2>" * 2_000, 10),
    "rows-that-span": ("<table>" + "<tr><td rowspan=3>a" * 20_000 + f"</table><p>{FERRY}</p>", 10),
    "rows-20000": ("<table>" + "<tr><td>a<td>b" * 20_000 + f"</table><p>{FERRY}</p>", 10),
    "unclosed-links": ("<a href=x>link " * 20_000 + f"<p>{FERRY}</p>", 10),
    "style-of-open-comments": (f"<style>{'/*' * 150_000}</style><p>{FERRY}</p>", 5),
    "style-without-braces": (f"<style>{'.a,' * 100_000}</style><p>{FERRY}</p>", 5),
    "style-of-open-blocks": (f"<style>{'@media x{' * 30_000}</style><p>{FERRY}</p>", 5),
    "json-ld-of-brackets": (f"<script type='application/ld+json'>{'[' * 100_000}</script><p>{FERRY}</p>", 5),
    "long-styles-3000": (
        "".join(f"<i style='background:url({n}{'x' * 2_000})'>a</i>" for n in range(3_000)) + f"<p>{FERRY}</p>", 5
    ),
    "less-than-signs": ("<" * 1_000_000 + f"<p>{FERRY}</p>", 5),
}  # fmt: skip


@pytest.mark.parametrize(("html", "seconds"), HUGE.values(), ids=HUGE)
def test_huge_pages_keep_their_words_in_time(html: str, seconds: float) -> None:
    start = time.process_time()
    text = text_of(html + f"<p>{LAST}</p>")
    assert time.process_time() - start < seconds
    assert FERRY in text
    assert LAST in text


BEYOND = {"elements": "<p>a" * 2_000, "templates-in-templates": "<body>" + "<template>" * 2_000 + "a"}


@pytest.mark.parametrize(
    ("html", "cap"), [(BEYOND["elements"], 1_000), (BEYOND["templates-in-templates"], 1_000)], ids=BEYOND
)
def test_what_exceeds_a_cap_is_said_and_not_cut(html: str, cap: int) -> None:
    with pytest.raises(TooComplexError):
        segment_html(html, cap)


MARKUP = {
    "link": ("<p>See <a href='https://e.example/a'>here</a>.</p>", "See [here](https://e.example/a)."),
    "link-with-brackets": ("<p><a href='https://e.example/a_(b)'>x</a></p>", "[x](<https://e.example/a_(b)>)"),
    "emphasis": ("<p>a <b> bold </b>and <em>it</em></p>", "a **bold** and *it*"),
    "code": ("<p>Call <code>f()</code></p>", "Call `f()`"),
    "marks-of-the-page": ("<p><b>x</b> *y* [z] `w` a_b</p>", "**x** \\*y\\* \\[z\\] \\`w\\` a\\_b"),
    "emphasis-over-two-blocks": ("<div><b>one<p>two</p></b></div>", "**one**"),
    "empty-emphasis": ("<p>a <b></b>c</p>", ""),
    "plain": ("<p>plain words</p>", ""),
    "case64-script-link": ("<p>a <a href='javascript:alert(1)'>x</a></p>", ""),
    "case64-script-link-disguised": ("<p>a <a href=' JaVa&#9;script:alert(1)'>x</a></p>", ""),
    "case64-data-link": ("<p>a <a href='data:text/html,x'>x</a></p>", ""),
    "case64-vbscript-link": ("<p>a <a href='vbscript:x'>x</a></p>", ""),
    "case64-link-that-breaks-out": ("<p><a href='https://e.example/) [y](https://f.example/'>x</a></p>", ""),
}


@pytest.mark.parametrize(("html", "markup"), MARKUP.values(), ids=MARKUP)
def test_markup(html: str, markup: str) -> None:
    blocks, _, written = segment_html(html, ENOUGH)
    assert written(blocks)[0].markup == markup


SHARES = {
    "none": ("<p>words</p>", 0.0),
    "all": ("<p><a href=x>words</a></p>", 1.0),
    "half": ("<p>four<a href=x>five</a></p>", 0.5),
    "all-with-spaces": ("<p> <a href=x> a </a> <a href=y> b </a> </p>", 1.0),
}


@pytest.mark.parametrize(("html", "share"), SHARES.values(), ids=SHARES)
def test_link_share(html: str, share: float) -> None:
    assert segment_html(html, ENOUGH)[0][0].link_share == share


PATHS = {
    "ids-and-classes": ("<div id=main class='story big'><p>x</p></div>", "div#main.story.big>p"),
    "role": ("<div role=navigation>x</div>", "div[navigation]"),
    "no-emphasis-no-links": ("<p><b><a href=x>x</a></b></p>", "p"),
}


@pytest.mark.parametrize(("html", "path"), PATHS.values(), ids=PATHS)
def test_path(html: str, path: str) -> None:
    assert segment_html(html, ENOUGH)[0][0].path.removeprefix("body>") == path


def test_blocks_are_numbered_in_order() -> None:
    blocks, *_ = segment_html("<h1>a</h1><p>b<span hidden>c</span></p><ul><li>d</ul>", ENOUGH)
    assert [(block.index, block.line) for block in blocks] == [(0, 1), (1, 2), (2, 3), (3, 4)]
