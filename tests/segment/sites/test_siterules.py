"""Rules for single sites: what they mark, what they must not take, and that the page stays as it was."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from pipeline.errors import SettingsError
from pipeline.segment.sites.ftr import MOST_RULES, find_ftr, read_ftr
from pipeline.segment.sites.sitebook import SiteBook, make_sitebook
from pipeline.segment.sites.siterules import DEEPEST, MARK, MOST_ELEMENTS, NO_RULES, SITE_RULE, Marked, SiteRules, mark

PAGE = (
    "<!DOCTYPE html><html><head><title>Ferry</title></head><body><nav>menu</nav><article id='story'><h1>Ferry</h1>"
    "<p>The ferry sails at nine, and again when the tide has turned.</p><div class='promo big'>Buy <b>now</b></div>"
    "<p>Children travel free.</p></article><footer>about us</footer></body></html>"
)
_MARKED = re.compile(rf'<([a-z0-9]+) {MARK}="([^"]*)"')


def written(html: str) -> str:
    """A page as segmenting hands it to `mark`."""
    return LexborHTMLParser(html).html or ""


def marks(marked: Marked) -> list[tuple[str, str]]:
    """(element, why) for every mark, in order."""
    return [(tag, why.removeprefix(SITE_RULE)) for tag, why in _MARKED.findall(marked.text)]


FOUND = {
    "class": (SiteRules(drop=(".promo",)), [("div", "drop .promo")]),
    "xpath": (SiteRules(drop=("//div[@class='promo big']",)), [("div", "drop //div[@class='promo big']")]),
    "xpath-in-brackets": (SiteRules(drop=("(id('story')/div)",)), [("div", "drop (id('story')/div)")]),
    "several": (SiteRules(drop=("nav", "footer")), [("nav", "drop nav"), ("footer", "drop footer")]),
    "sibling": (SiteRules(drop=("p + div",)), [("div", "drop p + div")]),
    "child": (SiteRules(drop=("article > div",)), [("div", "drop article &gt; div")]),
    "with-quotes": (SiteRules(drop=('[class="promo big"]',)), [("div", "drop [class=&quot;promo big&quot;]")]),
    "by-words": (SiteRules(drop=(":-soup-contains-own('Buy')",)), [("div", "drop :-soup-contains-own('Buy')")]),
    "keep": (SiteRules(keep=("article",)), [("body", "outside of article"), ("article", "")]),
    "keep-two": (
        SiteRules(keep=("h1", "footer")),
        [("body", "outside of h1, footer"), ("h1", ""), ("footer", "")],
    ),
    "keep-the-first": (
        SiteRules(keep=("//main", "//article", "//footer"), first=True),
        [("body", "outside of //article"), ("article", "")],
    ),
    "drop-within-keep": (
        SiteRules(keep=("article",), drop=(".promo",)),
        [("body", "outside of article"), ("article", ""), ("div", "drop .promo")],
    ),
    "drop-is-stronger": (
        SiteRules(keep=("article", "b"), drop=(".promo",)),
        [("body", "outside of article, b"), ("article", ""), ("div", "drop .promo")],
    ),
    "what-the-head-holds-is-no-text": (SiteRules(drop=("title",)), [("title", "drop title")]),
}


@pytest.mark.parametrize(("rules", "expected"), FOUND.values(), ids=FOUND)
def test_what_is_marked(rules: SiteRules, expected: list[tuple[str, str]]) -> None:
    marked = mark(written(PAGE), rules)
    assert marks(marked) == expected
    assert marked.notes == ()


IGNORED = {
    "keep-of-nothing": (SiteRules(keep=(".gone",)), "keep .gone: finds nothing on this page; ignored"),
    "keep-of-no-text": (SiteRules(keep=("head",)), "keep head: finds no text on this page; ignored"),
    "keep-first-of-nothing": (SiteRules(keep=("//a", "//i"), first=True), "keep //a or //i: finds nothing"),
    "drop-of-the-article": (SiteRules(drop=("article",)), "drop article: takes 88% of the page's text"),
    "drop-of-everything": (SiteRules(drop=("*",)), "drop *: takes 100% of the page's text, more than 40%; ignored"),
    "drop-of-many-pieces": (SiteRules(drop=("p",)), "drop p: takes 76% of the page's text"),
    "no-selector": (SiteRules(drop=("p[",)), "drop p[: is no CSS selector"),
    "no-path": (SiteRules(drop=("//[",)), "drop //[: is no XPath"),
    "unknown-function": (SiteRules(keep=("//p[nothing()]",)), "keep //p[nothing()]: is no XPath"),
    "a-number": (SiteRules(keep=("(count(//p))",)), "keep (count(//p)): finds nothing on this page; ignored"),
}


@pytest.mark.parametrize(("rules", "note"), IGNORED.values(), ids=IGNORED)
def test_what_does_not_fit_is_noted_and_ignored(rules: SiteRules, note: str) -> None:
    page = written(PAGE)
    text, notes = mark(page, rules)
    assert text == page
    assert len(notes) == 1
    assert note in notes[0]


def test_a_drop_that_finds_nothing_is_no_news() -> None:
    assert mark(written(PAGE), SiteRules(drop=(".gone",))).notes == ()


def test_a_page_does_not_mark_itself() -> None:
    page = written(f'<p {MARK}="site rule: drop p">One line of text.</p><p>And another.</p>')
    assert MARK not in mark(page, SiteRules(drop=(".gone",))).text


BEYOND = {"too-many": "<p>a" * (MOST_ELEMENTS + 1), "too-deep": "<div>" * (DEEPEST + 1) + "a"}


@pytest.mark.parametrize("html", BEYOND.values(), ids=BEYOND)
def test_pages_too_large_for_rules(html: str) -> None:
    text, notes = mark(written(html), SiteRules(drop=("p",)))
    assert text == written(html)
    assert "not applied" in notes[0]


ODD = {
    "comment": "<!-- <p class=a> --><p class=a>x</p>",
    "script": "<script>if (a<b) '<p class=a>'</script><p class=a>x</p>",
    "style": "<style>p<a {}</style><p class=a>x</p>",
    "attribute": '<i title="<p class=a>"></i><p class=a>x</p>',
    "textarea": "<textarea><p class=a></textarea><p class=a>x</p>",
    "template": "<template><i>t</i></template><p class=a>x</p>",
    "frame": "<iframe><p class=a></iframe><p class=a>x</p>",
    "drawing": "<svg><path d='M0'/><text>t</text></svg><p class=a>x</p>",
    "void": "<br><img src=x><hr><p class=a>x</p>",
    "unclosed": "<ul><li>1<li>2</ul><p class=a>x",
    "table": "<table><tr><td>1<p class=a>x</table>",
    "foster": "<table><p class=a>x</p><tr><td>1</table>",
}


@pytest.mark.parametrize("selector", [".a", "//*[@class='a']"], ids=["css", "xpath"])
@pytest.mark.parametrize("html", ODD.values(), ids=ODD)
def test_the_mark_lands_where_it_should(html: str, selector: str) -> None:
    page = written(html + f"<div>{'filler ' * 9}</div>")
    marked = mark(page, SiteRules(drop=(selector,)))
    assert [tag for tag, _ in marks(marked)] == ["p"]
    tree = LexborHTMLParser(marked.text)
    assert [node.text() for node in tree.css(f"[{MARK}]")] == ["x"]


PIECES = st.sampled_from(
    ["<p class=a>", "</p>", "<div>", "</div>", "<!--", "-->", "<script>", "</script>", "text ", "<b", ">", "<table>",
     "<td>", '"', "<svg>", "<title>", "<body class=a>", "&lt;", "<br>", "<template>", "<select>", "<option>"]
)  # fmt: skip


@settings(max_examples=150)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_marks_are_all_that_changes(html: str) -> None:
    page = written(html)
    rules = SiteRules(keep=(".a", "//div"), drop=("b", "//td"))
    text, notes = mark(page, rules)
    assert re.sub(rf' {MARK}="[^"]*"', "", text) == page
    assert all(note.endswith("ignored") for note in notes)


FTR = """
# made for the harbour
title: //h1
body: //div[@id='story']
body: id('old-story')
strip: //p[@class='more']
strip_id_or_class: share-bar
strip_id_or_class: "quoted"
strip_id_or_class: it's
prune: no
  strip : //aside
nonsense
"""


def test_rules_of_other_people() -> None:
    assert read_ftr(FTR) == SiteRules(
        keep=("//div[@id='story']", "(id('old-story'))"),
        drop=(
            "//p[@class='more']",
            "//*[contains(@id, 'share-bar') or contains(@class, 'share-bar')]",
            "//*[contains(@id, 'quoted') or contains(@class, 'quoted')]",
            "//aside",
        ),
        first=True,
    )


def test_rules_of_other_people_are_capped() -> None:
    rules = read_ftr("strip: //p\n" * 100_000)
    assert len(rules.drop) == MOST_RULES


HOSTS = {
    "own": ("harbour.test", "harbour.test.txt"),
    "www": ("WWW.Harbour.test.", "harbour.test.txt"),
    "below": ("old.quay.test", ".quay.test.txt"),
    "far-below": ("a.b.quay.test", ".quay.test.txt"),
    "not-below": ("old.harbour.test", None),
    "path": ("../../etc", None),
    "slashes": ("a.b/../../harbour.test", None),
    "empty": ("", None),
    "bare": ("localhost", None),
}


@pytest.mark.parametrize(("host", "name"), HOSTS.values(), ids=HOSTS)
def test_which_file_holds_for_a_host(host: str, name: str | None, tmp_path: Path) -> None:
    for file in ("harbour.test.txt", ".quay.test.txt", "localhost.txt"):
        (tmp_path / file).write_text("body: //main")
    found = find_ftr(tmp_path, host)
    assert (found and found.name) == name


def test_the_book_asks_the_source_first_and_the_folder_then(tmp_path: Path) -> None:
    (tmp_path / "harbour.test.txt").write_text("strip: //aside")
    own = SiteRules(drop=(".promo",))
    book = make_sitebook({"harbour": own, "bare": NO_RULES}, str(tmp_path))
    assert book.rules_for("harbour", "https://harbour.test/a") == own
    assert book.rules_for("bare", "https://harbour.test/a").drop == ("//aside",)
    assert book.rules_for("", "https://www.harbour.test:8080/a").drop == ("//aside",)
    assert book.rules_for("", "https://quay.test/") == NO_RULES
    assert book.rules_for("", "http://[broken") == NO_RULES
    assert book.rules_for("", None) == NO_RULES


def test_the_digest_of_a_book_is_that_of_its_rules(tmp_path: Path) -> None:
    file = tmp_path / "harbour.test.txt"
    file.write_text("strip: //aside")
    first = make_sitebook({}, str(tmp_path)).digest
    file.write_text("strip: //nav")
    digests = {first, make_sitebook({}, str(tmp_path)).digest, make_sitebook({"a": SiteRules(("p",))}).digest}
    assert len(digests) == 3
    assert make_sitebook({"a": NO_RULES}) == SiteBook()


def test_a_folder_that_is_not_there_is_told() -> None:
    with pytest.raises(SettingsError, match="site_rules = 'nowhere'"):
        make_sitebook({}, "nowhere")
