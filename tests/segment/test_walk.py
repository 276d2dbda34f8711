"""The compiled walk over the tags of a page does what the walk in Python does, whatever comes."""

from __future__ import annotations

import gc
import html
import itertools
from dataclasses import replace
from typing import Any, NoReturn, cast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.document import Block
from pipeline.segment import walk as walk_module
from pipeline.segment.bare import bare
from pipeline.segment.drafts import taken_back, text_of
from pipeline.segment.elements import RAW, facts_of
from pipeline.segment.hidden import STYLES, why_hidden
from pipeline.segment.html import rewritten, segment_html
from pipeline.segment.inline import markup_of, target_of
from pipeline.segment.place import marker_of, number_in, token_of
from pipeline.segment.sites.siterules import MARK
from pipeline.segment.walk import TooComplexError, Walked, compiled, walk, walk_in_python

needs_compiled = pytest.mark.skipif(
    compiled is None,
    reason="the walk is not compiled here: install with a C++ compiler, then the two are compared",
)

_TAGS = (
    "div p dt span a b strong em code br li ul ol table tr td th h1 h3 pre blockquote dl dd rt noscript template "
    "details dialog select option button img textarea article section my-box body svg label"
).split()
_ATTRIBUTES = (
    "",
    ' class="a b"',
    ' class="story sr-only"',
    ' class=" x\t>y&amp;z "',
    ' class="gone"',
    ' id="main"',
    ' id=" n&gt;m "',
    ' role="navigation"',
    ' href="/x?a=1&amp;b=2"',
    ' hidden=""',
    ' style="display:none"',
    ' style="color:red"',
    ' start="7"',
    ' type="a" start="27"',
    ' type="I"',
    ' value="x"',
    f' {MARK}="site rule: teaser"',
    f' {MARK}=""',
    ' data-x="class="',
    " open",
    " a<b",
    ' x="&nbsp;&amp;"',
    ' class="c&nbsp;gone"',
    ' shadowrootmode="open"',
)
_TEXTS = st.sampled_from(
    [
        "word",
        "Word",
        "640 g",
        "9:30",
        "He said so.",
        "$5",
        " ",
        "\n  ",
        "Grüße, Welt",
        "“so”",
        "שלום",
        "漢字",
        "e\u0301",
        "a\xa0b",
        "\u200b",
        "x|y",
        "&amp;",
        "𝒳",
        "&nbsp;",
        "<!--c-->",
        "*_`",
        "й",
        "<?x>",
    ]
)
_OPEN = st.tuples(st.sampled_from(_TAGS), st.sampled_from(_ATTRIBUTES)).map(lambda both: f"<{both[0]}{both[1]}>")
_CLOSE = st.sampled_from(_TAGS).map(lambda tag: f"</{tag}>")
_SOUP = st.lists(st.one_of(_TEXTS, _OPEN, _CLOSE), max_size=40).map("".join)
_WILD = st.text(st.sampled_from('<>/"=& \tabcdhiprtul1\x00é漢𝒳'), max_size=80)
_HIDING = frozenset(["gone"])


_MOST = 1_000_000


def shown(walked: Walked | None) -> list[Block] | None:
    """The blocks of a walk with their Markdown; None for a page that the compiled walk leaves to Python."""
    return None if walked is None else walked.written(walked.blocks)


def alone(source: str, until: int | None = None, *, is_bare: bool = False) -> Walked | None:
    """What the compiled walk makes of a page by itself."""
    return walk_module._compiled(source, _HIDING, _MOST, until, is_bare=is_bare)


def in_python(source: str, until: int | None = None) -> list[Block] | None:
    return shown(walk_in_python(source, _HIDING, _MOST, until))


@needs_compiled
@given(_SOUP)
@example("<table><tr><td>a<td>b<tr><td><p>x</p><p>y</table>")
@example("<table><tr><td><p>x</p>&nbsp;<!--c-->\xa0<p>y</table>")
@example("<ol start=7><li>a<li value=3>b<ul><li>c</ul></ol>")
@example("<p>a <button>b</button> c <label>d <x-y>e</x-y></label></p><h2><button><div>f</div>g</button>")
@example("<ul><li><span hidden>x</span>a</ul><ul hidden><li><i hidden>x</i>b</ul><ol type=A><li>c</ol>")
@example(
    "<table><tr><th>a<td><ul><li>b<li>c</ul><tr><td>d</table><table><tr><th>e<td><ul><li>" + "f " * 30 + "</table>"
)
@example("<p><span>Weight</span><b>640 g</b><i>Mar</i><s>Kelm</s><u>HOKA</u><a>Clifton</a><span>a</span><b>b</b><p>c")
@example(
    "<p><b>~~a~~ ~5 &amp;lt; &amp;#60; A&amp;B; &amp;lt&semi; &amp;#; &amp;</b><code>a`b</code><code>~~ &amp;lt;</code>"
)
@example("<select><option>a</select><p>b<br>c<br><br>d")
@example("<div><a class='x&amp;y' href=1><li>a</li></a><a href=/accessibility><li>b</li></a></div>")
@example("<div><a style='color:red' href=1><li>a</li></a><a style='color:red' href=2><li>b</li></a></div>")
@example("<p>a <!--b--> c<!---->d<!-->e--> <b>f</b> <!x> <?y?>g")
@example("<p><b><i>*a</i></b> `b` <code>c_d `</code> <a href='x(y)'> z </a><a href='javascript:x'>n</a>&amp;&lt;")
@example("<div a<b='1' <class='x' c</d=2>one<p e<f>two")
@example("<template><style>a</style><xmp><b></xmp></template>x<noembed><i></noembed><script-x>y</script-x>")
@example("<div hidden>hidden words</div><div hidden>more words</div><p>seen")
@settings(max_examples=600, deadline=None)
def test_pages_as_the_parser_writes_them(soup: str) -> None:
    source = rewritten(soup)
    told = in_python(source)
    assert shown(alone(source)) in (told, None)
    assert shown(alone(bare(source), is_bare=True)) in (told, None)
    assert shown(walk(source, _HIDING, _MOST)) == told


@needs_compiled
@given(_WILD, st.none() | st.integers(0, 9))
@example("a>b<c", None)
@example("<a<b>>x", None)
@example("<>x</>", None)
@example("<><>x", None)
@example('<p class="x>y</p>', None)
@example("<!--><p>x-->y<!--", None)
@example('<p a&nbsp;class="x">y&nbsp;&nbsp;z&am<!---->p;', None)
@settings(max_examples=600, deadline=None)
def test_what_no_parser_writes(source: str, until: int | None) -> None:
    told = in_python(source, until)
    assert shown(alone(source, until)) in (told, None)
    assert shown(walk(source, _HIDING, _MOST, until)) == told


_LEFT = {
    "raw-text": "<template><xmp>a</xmp></template>b",
    "comment-in-a-script": "<template><script>'<!--'</script></template>b",
    "bracket-in-the-tag-of-a-script": "<template><script a<b></script></template>b",
    "bracket-in-a-name-before-a-script": "<p a<b><template><script>'>'</script></template>c",
    "bracket-in-a-name-after-a-script": "<template><script>'>'</script></template><p a<b>c",
    "text-without-frames": "<p>a<noframes><b></noframes>b",
    "entity-in-a-name": '<p a&nbsp;class="x">b',
}


@needs_compiled
@pytest.mark.parametrize("page", _LEFT.values(), ids=_LEFT)
def test_odd_pages_are_left_to_python(page: str) -> None:
    source = rewritten(page)
    assert alone(source) is None
    assert shown(walk(source, _HIDING, _MOST)) == in_python(source)


@needs_compiled
def test_common_pages_are_not() -> None:
    source = rewritten("<!--a--><p>a&nbsp;b &amp; <a <b=1 c&d=2 href=/c?d&e>f</a><!--g--> h<table><tr><td>i</table>")
    assert shown(alone(source)) == in_python(source) != []


@needs_compiled
@pytest.mark.parametrize("tag", ["script", "style", "iframe", "noembed"])
def test_what_machines_read_is_passed_over(tag: str) -> None:
    hidden = f"<{tag} a='>'>if (a<b) '</{tag[:-1]}>' </{tag.upper()}>"
    source = rewritten(f"<div><template>{hidden}a{hidden}{hidden} b<table><tr><td>c</p>{hidden} <p>d</template>")
    assert source.count(f"<{tag}") == 4
    blocks = shown(alone(source))
    assert blocks == in_python(source)
    assert [block.text for block in blocks or ()] == ["a b", "c", "d"]


_STYLES = st.lists(
    st.sampled_from(
        "display visibility opacity clip clip-path overflow height width color background left text-indent font-size "
        "transform NONE Hidden collapse 0 0.0 1px -9999px rect(0 inset(50% translateX(-9999px) red white #fff : : : : "
        "; ; ; ; &amp; \xa0 \u212a \u3000 /**/ !important".split()
    ),
    max_size=12,
)


@needs_compiled
@given(_STYLES, st.sampled_from(["", " ", "\t"]))
@example(["display", ":", "NONE"], " ")
@example(["overflow", ":", "Hidden", ";", "height", ":", "0"], "")
@example(["left", ":", "-9999px"], "")
@example(["color", ":", "red", ";", "background", ":", "red"], " ")
@example(["clip", ":", "rect(0", "0"], " ")
@example(["transform", ":", "translateX(-9999px)"], " ")
@settings(max_examples=600, deadline=None)
def test_styles_are_asked_for_where_they_may_hide(style: list[str], between: str) -> None:
    source = f'<div style="{between.join(style)}">a</div><p>b</p>'
    assert shown(alone(source)) == in_python(source)
    assert not why_hidden("div", {"style": html.unescape(between.join(style))}, _HIDING) or any(
        part in "".join(between.join(style).lower().split()) for part in STYLES
    )


@needs_compiled
def test_tags_read_are_counted_alike() -> None:
    source = rewritten("<!--x--><p>a<!--y--><p>b<ul><li>c<li>d</ul>")
    for until in range(12):
        assert shown(alone(source, until)) == in_python(source, until), until


@pytest.mark.parametrize("reading", [walk, walk_in_python])
def test_elements_are_counted_alike(reading: Any) -> None:
    source = "<body><p>a<!--<p>--></p><p <i=''>b</p></body>"
    assert len(reading(source, _HIDING, 5).blocks) == 2
    with pytest.raises(TooComplexError):
        reading(source, _HIDING, 4)


@needs_compiled
@pytest.mark.parametrize("depth", [10, 1_000, 100_000])
def test_deep_pages_are_walked_and_let_go(depth: int) -> None:
    (block,) = walk("<div>" * depth + "deep" + "</div>" * depth, frozenset(), _MOST).blocks
    assert block.text == "deep"
    assert block.path.count(">") == min(depth, 12) - 1


@pytest.mark.parametrize("reading", [walk, walk_in_python])
def test_marks_that_never_close_are_not_carried_without_end(reading: Any) -> None:
    opened = "".join(f"<b><a href='{number}'>" for number in range(3_000)).replace("'", '"')
    blocks, written = reading(f"<p>{opened}" + "x<br><br>" * 3_000, frozenset(), _MOST)
    assert len(blocks) == 3_000
    assert written(blocks[-1:])[0].markup.count("](") == 50


_ASKED: dict[str, Any] = {
    "facts_of": facts_of,
    "unseen": lambda *_: ("by me", False),
    "number": number_in,
    "marker": marker_of,
    "token": token_of,
    "text": text_of,
    "taken_back": taken_back,
}
_ODD_PAGE = '<ol start="7" type="i"><li class="a&amp;b">x\u0301</li></ol>'


def raw_walk(asked: dict[str, Any], block: Any = Block, hints: Any = ("start",), page: str = _ODD_PAGE) -> Any:
    """The compiled walk with other callables than ours."""
    return compiled.walk(page, 99, True, False, 99, (hints, (), frozenset()), block, tuple(asked.values()))


@needs_compiled
@pytest.mark.parametrize("failing", _ASKED)
def test_an_error_in_python_comes_through(failing: str) -> None:
    def refuse(*_: object) -> NoReturn:
        raise KeyError(failing)

    with pytest.raises(KeyError, match=failing):
        raw_walk(_ASKED | {failing: refuse})


@needs_compiled
@pytest.mark.parametrize("failing", _ASKED)
def test_an_answer_of_another_sort_is_an_error(failing: str) -> None:
    with pytest.raises((TypeError, SystemError)):
        raw_walk(_ASKED | {failing: lambda *_: 1.5})


@needs_compiled
@pytest.mark.parametrize("block", [str, int, Walked, 7, pytest.fail])
def test_blocks_are_made_of_our_class_alone(block: Any) -> None:
    with pytest.raises((TypeError, AttributeError)):
        raw_walk(_ASKED, block)


@needs_compiled
def test_blocks_of_elsewhere_are_written_as_they_are() -> None:
    source = "<p>a <b>b</b></p><pre>c <b>d</b></pre>"
    for walked in (walk(source, frozenset(), _MOST), walk_in_python(source, frozenset(), _MOST)):
        block = walked.blocks[0]
        assert [made.markup for made in walked.written([*walked.blocks, block])] == ["a **b**", "", "a **b**"]
        others = [replace(block, line=line) for line in (3, 2**40)]
        assert walked.written(others) == others


_LINK = '<p>a <a href="x.html">\u200cb</a></p>'


@needs_compiled
@pytest.mark.parametrize(
    "given",
    ["x", [7], [Block.__new__(Block)], [Block(0, "row", "x", cast("int", None))]],
    ids=["text", "numbers", "empty", "of-no-line"],
)
def test_what_is_no_block_is_not_written(given: Any) -> None:
    with pytest.raises((TypeError, AttributeError)):
        walk(_LINK, frozenset(), _MOST).written(given)


@needs_compiled
@pytest.mark.parametrize("failing", [0, 1])
def test_an_error_in_the_writing_of_markdown_comes_through(failing: int) -> None:
    def refuse(*_: object) -> NoReturn:
        raise KeyError(failing)

    blocks, held = raw_walk(_ASKED, page=_LINK)
    asked: list[Any] = [target_of, markup_of]
    assert [block.markup for block in compiled.written(held, Block, tuple(asked), blocks)] == ["a [b](x.html)"]
    for answer, error in ((refuse, KeyError), (lambda *_: 1.5, TypeError)):
        asked[failing] = answer
        with pytest.raises(error):
            compiled.written(held, Block, tuple(asked), blocks)
    with pytest.raises(ValueError, match="PyCapsule"):
        compiled.written(object(), Block, tuple(asked), blocks)


@needs_compiled
def test_parts_outlive_their_page() -> None:
    blocks, written = walk(rewritten("<p>a <b>b</b> <a href='x'>c</a></p>"), frozenset(), _MOST)
    gc.collect()
    assert written(blocks)[0].markup == "a **b** [c](x)"


def test_attributes_whose_names_hold_a_bracket_are_passed_over() -> None:
    page = '<div a<b="1" class=x>one<p>two</div>'
    assert [block.text for block in segment_html(page, 100).blocks] == ["one", "two"]


@needs_compiled
def test_every_kind_of_string_is_read() -> None:
    for letter, kind in itertools.product("aé漢𝒳", ("p", "li", "td", "h2", "pre", "b")):
        source = f"<{kind}>{letter} {letter}</{kind}>"
        assert shown(alone(source)) == in_python(source)
        assert walk(source, frozenset(), _MOST).blocks[0].text == f"{letter} {letter}"


@needs_compiled
def test_every_character_is_set_as_in_python() -> None:
    letters = [chr(code) for code in range(1, 0x11000) if not 0xD800 <= code < 0xE000 and chr(code) not in '<>&"']
    source = "".join(f"<p>a{letter} {letter}b</p>" for letter in letters)
    assert shown(alone(source)) == in_python(source)


def test_names_of_raw_elements_are_facts() -> None:
    assert all(facts_of(name)[0] & (1 << 15) for name in (*RAW, "script-x"))
    assert not facts_of("p")[0] & (1 << 15)
