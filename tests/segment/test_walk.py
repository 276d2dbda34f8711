"""The compiled walk over the tags of a page does what the walk in Python does, whatever comes."""

from __future__ import annotations

import itertools
from typing import Any, NoReturn, cast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.segment.elements import facts_of
from pipeline.segment.html import rewritten, segment_html
from pipeline.segment.inline import markup_of
from pipeline.segment.normalise import normalise
from pipeline.segment.place import number_in, token_of
from pipeline.segment.siterules import MARK
from pipeline.segment.walk import Draft, compiled, walk, walk_in_python

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
    ' shadowrootmode="open"',
)
_TEXTS = st.sampled_from(
    ["word", " ", "\n  ", "Grüße, Welt", "“so”", "שלום", "漢字", "e\u0301", "a\xa0b", "\u200b", "x|y", "&amp;", "𝒳"]
)
_OPEN = st.tuples(st.sampled_from(_TAGS), st.sampled_from(_ATTRIBUTES)).map(lambda both: f"<{both[0]}{both[1]}>")
_CLOSE = st.sampled_from(_TAGS).map(lambda tag: f"</{tag}>")
_SOUP = st.lists(st.one_of(_TEXTS, _OPEN, _CLOSE), max_size=40).map("".join)
_WILD = st.text(st.sampled_from('<>/"=& \tabcdhiprtul1\x00é漢𝒳'), max_size=80)
_HIDING = frozenset(["gone"])


def texts(drafts: list[Draft]) -> list[tuple[object, ...]]:
    """Drafts with their text normalised, if that was not done yet, and with Markdown in place of its parts."""
    shown = []
    for draft in drafts:
        raw, done, *rest, pieces, marks = draft
        plain = "&" not in raw and "\x00" not in raw and draft.kind != "code"
        text = raw if done else normalise(raw) if plain else raw
        shown.append((text, *rest, markup_of(pieces, marks)))
    return shown


@needs_compiled
@given(_SOUP)
@example("<table><tr><td>a<td>b<tr><td><p>x</p><p>y</table>")
@example("<ol start=7><li>a<li value=3>b<ul><li>c</ul></ol>")
@example("<select><option>a</select><p>b<br>c<br><br>d")
@settings(max_examples=400, deadline=None)
def test_pages_as_the_parser_writes_them(soup: str) -> None:
    source = rewritten(soup)
    assert texts(walk(source, _HIDING)) == texts(walk_in_python(source, _HIDING))


@needs_compiled
@given(_WILD, st.none() | st.integers(0, 9))
@example("a>b<c", None)
@example("<a<b>>x", None)
@example("<>x</>", None)
@example('<p class="x>y</p>', None)
@settings(max_examples=400, deadline=None)
def test_what_no_parser_writes(source: str, until: int | None) -> None:
    assert texts(walk(source, _HIDING, until)) == texts(walk_in_python(source, _HIDING, until))


@needs_compiled
def test_tags_read_are_counted_alike() -> None:
    source = rewritten("<p>a<p>b<ul><li>c<li>d</ul>")
    for until in range(12):
        assert texts(walk(source, frozenset(), until)) == texts(walk_in_python(source, frozenset(), until)), until


@needs_compiled
@pytest.mark.parametrize("depth", [10, 1_000, 100_000])
def test_deep_pages_are_walked_and_let_go(depth: int) -> None:
    (draft,) = walk("<div>" * depth + "deep" + "</div>" * depth, frozenset())
    assert draft.raw == "deep"
    assert draft.path.count(">") == min(depth, 12) - 1


@needs_compiled
@pytest.mark.parametrize("failing", ["facts_of", "unseen", "number", "token"])
def test_an_error_in_python_comes_through(failing: str) -> None:
    def refuse(*_: object) -> NoReturn:
        raise KeyError(failing)

    asked: dict[str, Any] = {
        "facts_of": facts_of,
        "unseen": lambda *_: ("", False),
        "number": number_in,
        "token": token_of,
    }
    asked[failing] = refuse
    page = '<ol start="7"><li class="a&amp;b">x</li></ol>'
    with pytest.raises(KeyError, match=failing):
        cast("Any", compiled)(page, 99, ("start",), frozenset(), *asked.values())


def test_attributes_whose_names_hold_a_bracket_are_read_in_python() -> None:
    html = '<div a<b="1" class=x>one<p>two</div>'
    assert [block.text for block in segment_html(html, 100).blocks] == ["one", "two"]


@needs_compiled
def test_every_kind_of_string_is_read() -> None:
    for letter, kind in itertools.product("aé漢𝒳", ("p", "li", "td", "h2", "pre")):
        source = f"<{kind}>{letter} {letter}</{kind}>"
        assert texts(walk(source, frozenset())) == texts(walk_in_python(source, frozenset()))
        assert walk(source, frozenset())[0].raw == f"{letter} {letter}"
