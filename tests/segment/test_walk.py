"""The compiled walk over the tags of a page does what the walk in Python does, whatever comes."""

from __future__ import annotations

import gc
import itertools
from typing import Any, NoReturn

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.document import Block
from pipeline.segment import walk as walk_module
from pipeline.segment.bare import bare
from pipeline.segment.drafts import taken_back, text_of
from pipeline.segment.elements import RAW, facts_of
from pipeline.segment.html import rewritten, segment_html
from pipeline.segment.inline import target_of
from pipeline.segment.place import number_in, token_of
from pipeline.segment.siterules import MARK
from pipeline.segment.walk import TooComplexError, Walked, compiled, walk, walk_in_python

needs_compiled = pytest.mark.skipif(
    compiled is None,
    reason="the walk is not compiled here: install with a C++ compiler, then the two are compared",
)

_TAGS = (
    "div p span a b strong em code br li ul ol table tr td th h1 h3 pre blockquote dl dd rt noscript template details "
    "dialog select option button img textarea article section my-box body svg label"
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


def shown(walked: Walked | None) -> list[tuple[Block, str]] | None:
    """The blocks of a walk with their Markdown; None for a page that the compiled walk leaves to Python."""
    if walked is None:
        return None
    return [(block, "" if block.kind == "code" else walked.markup(block.index)) for block in walked.blocks]


def alone(source: str, until: int | None = None, *, is_bare: bool = False) -> Walked | None:
    """What the compiled walk makes of a page by itself."""
    return walk_module._compiled(source, _HIDING, _MOST, until, is_bare=is_bare)


def in_python(source: str, until: int | None = None) -> list[tuple[Block, str]] | None:
    return shown(walk_in_python(source, _HIDING, _MOST, until))


@needs_compiled
@given(_SOUP)
@example("<table><tr><td>a<td>b<tr><td><p>x</p><p>y</table>")
@example("<table><tr><td><p>x</p>&nbsp;<!--c-->\xa0<p>y</table>")
@example("<ol start=7><li>a<li value=3>b<ul><li>c</ul></ol>")
@example("<select><option>a</select><p>b<br>c<br><br>d")
@example("<div><a class='x&amp;y' href=1><li>a</li></a><a href=/accessibility><li>b</li></a></div>")
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
@example('<p class="x>y</p>', None)
@example("<!--><p>x-->y<!--", None)
@example('<p a&nbsp;class="x">y&nbsp;&nbsp;z&am<!---->p;', None)
@settings(max_examples=600, deadline=None)
def test_what_no_parser_writes(source: str, until: int | None) -> None:
    told = in_python(source, until)
    assert shown(alone(source, until)) in (told, None)
    assert shown(walk(source, _HIDING, _MOST, until)) == told


_LEFT = {
    "raw-text": "<template><style>a</style></template>b",
    "text-without-frames": "<p>a<noframes><b></noframes>b",
    "entity-in-a-name": '<p a&nbsp;class="x">b',
}


@needs_compiled
@pytest.mark.parametrize("html", _LEFT.values(), ids=_LEFT)
def test_odd_pages_are_left_to_python(html: str) -> None:
    source = rewritten(html)
    assert alone(source) is None
    assert shown(walk(source, _HIDING, _MOST)) == in_python(source)


@needs_compiled
def test_common_pages_are_not() -> None:
    source = rewritten("<!--a--><p>a&nbsp;b &amp; <a <b=1 href=/c?d&e>f</a><!--g--> h<table><tr><td>i</table>")
    assert shown(alone(source)) == in_python(source) != []


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
    blocks, markup = reading(f"<p>{opened}" + "x<br><br>" * 3_000, frozenset(), _MOST)
    assert len(blocks) == 3_000
    assert markup(2_999).count("](") == 50


_ASKED: dict[str, Any] = {
    "facts_of": facts_of,
    "unseen": lambda *_: ("by me", False),
    "number": number_in,
    "token": token_of,
    "text": text_of,
    "taken_back": taken_back,
}
_ODD_PAGE = '<ol start="7"><li class="a&amp;b">x\u0301</li></ol>'


def raw_walk(asked: dict[str, Any], block: Any = Block, hints: Any = ("start",)) -> Any:
    """The compiled walk with other callables than ours."""
    return compiled.walk(_ODD_PAGE, 99, True, False, 99, hints, frozenset(), block, tuple(asked.values()))


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
def test_parts_are_asked_for_by_number() -> None:
    _, parts = raw_walk(_ASKED)
    assert compiled.parts(parts, 0) == ([], [])
    assert compiled.markup(parts, target_of, 0) == ""
    for number in (1, 2**62, -1):
        with pytest.raises(IndexError):
            compiled.parts(parts, number)
        with pytest.raises(IndexError):
            compiled.markup(parts, target_of, number)
    with pytest.raises(ValueError, match="PyCapsule"):
        compiled.parts(object(), 0)


@needs_compiled
def test_parts_outlive_their_page() -> None:
    walked = walk(rewritten("<p>a <b>b</b> <a href='x'>c</a></p>"), frozenset(), _MOST)
    gc.collect()
    assert walked.markup(0) == "a **b** [c](x)"


def test_attributes_whose_names_hold_a_bracket_are_passed_over() -> None:
    html = '<div a<b="1" class=x>one<p>two</div>'
    assert [block.text for block in segment_html(html, 100).blocks] == ["one", "two"]


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
    assert all(facts_of(name)[0] & 8192 for name in (*RAW, "script-x"))
    assert not facts_of("p")[0] & 8192
