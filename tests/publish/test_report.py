"""The report: nothing from outside comes alive, long things are cut and say so, the right pages are shown."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from pipeline.document import Metadata, Result
from pipeline.publish import publish
from pipeline.publish.report import BLOCKS_SHOWN, CHARACTERS_SHOWN, PAGES_PICKED, ROWS_SHOWN
from tests.publish.made_up import RUN, block, failed, gone, result


def report(tmp_path: Path, results: list[Result]) -> LexborHTMLParser:
    publish(results, tmp_path, ["txt"], RUN)
    return LexborHTMLParser((tmp_path / "report.html").read_text(encoding="utf-8"))


ATTACKS = {
    "script": "<script>alert(1)</script>",
    "closing": "</del></div></details><script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)" x=\'',
    "image": "<img src=x onerror=alert(1)>",
    "script-end": "</script><script>alert(1)",
    "style-end": "</style><link rel=stylesheet href=//x.example/>",
    "template": "{{ 7 * 7 }}{% raw %}{{ self }}",
    "javascript": "javascript:alert(1)",
    "data": "data:text/html,<script>alert(1)</script>",
    "ansi": "\x1b]0;title\x07\x9b2J\0",
    "surrogate": "\ud800\udfff",
    "bidi": "\u202eabc",
}
OUR_TAGS = {
    "html", "head", "meta", "title", "style", "script", "body", "header", "main", "footer", "nav", "section", "form",
    "p", "h1", "h2", "h3", "dl", "dt", "dd", "ul", "li", "svg", "rect", "table", "thead", "tbody", "tr", "th", "td",
    "details", "summary", "div", "span", "bdi", "del", "b", "a", "code", "label", "select", "option", "input", "output",
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_nothing_comes_alive(tmp_path: Path, attack: str) -> None:
    verdict = gone(rule=attack, evidence=attack)
    known = Metadata(attack, (attack,), attack, attack, attack)
    tree = report(
        tmp_path,
        [
            result(attack, attack, (block(attack, marker=attack), verdict), url=attack, metadata=known),
            result("b", (block(attack), verdict), url=attack, outcome="blocked", note=attack),
            result("c", attack, outcome="duplicate", duplicate_of=attack),
            failed(attack, kind=attack, message=attack),
        ],
    )
    assert {node.tag for node in tree.css("*")} <= OUR_TAGS
    assert len(tree.css("script")) == len(tree.css("style")) == 1
    for node in tree.css("*"):
        assert not any(name.startswith("on") for name in node.attributes)
        assert node.attributes.keys().isdisjoint({"src", "style", "action", "srcdoc"})
        assert (node.attributes.get("href") or "#").startswith("#")
    assert not set(tree.html or "") & set("\x1b\x07\x9b\0")
    assert "49" not in tree.css_first("#pages").text()


def test_links_lead_to_the_web_only(tmp_path: Path) -> None:
    tree = report(tmp_path, [result("a", "x", url="https://x.example/?a=1&b=<2>")])
    links = [link.attributes for link in tree.css(".about a")]
    assert links == [{"href": "https://x.example/?a=1&b=<2>", "rel": "noreferrer noopener"}] * 2


@pytest.mark.parametrize("tag", ["script", "style"])
def test_the_policy_names_what_is_inline_and_nothing_else(tmp_path: Path, tag: str) -> None:
    tree = report(tmp_path, [result("a", "x")])
    policy = tree.css_first("meta[http-equiv]").attributes["content"] or ""
    inline = tree.css_first(tag).text(deep=True)
    digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; ")
    assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_removed_text_stands_in_its_place_with_its_reason(tmp_path: Path) -> None:
    tree = report(tmp_path, [result("a", "First.", (block("Share this"), gone("share", "ask", "says share")), "Last.")])
    page = tree.css_first("#worst .page")
    assert [node.text(strip=True) for node in page.css(".text")] == ["First.", "Share this", "Last."]
    removed = page.css_first(".gone")
    assert removed.css_first("del").text() == "Share this"
    assert removed.css_first(".why").text() == "sharesays share (ask, 1.0)"
    assert removed.attributes["title"] == "share, rule ask: says share"
    assert page.attributes["data-categories"] == "share"


def test_what_is_cut_says_so(tmp_path: Path) -> None:
    many = ["x" * (CHARACTERS_SHOWN + 7), *["y"] * (BLOCKS_SHOWN + 2)]
    tree = report(tmp_path, [result("a", *many), *(failed(f"f{n}") for n in range(ROWS_SHOWN + 3))])
    assert len(tree.css("#sample .block")) == BLOCKS_SHOWN
    assert "… 7 more characters" in tree.css_first("#sample").text()
    assert "… 3 more blocks" in tree.css_first("#sample").text()
    assert "… 3 more, see manifest.jsonl" in tree.body.text()


def test_picks(tmp_path: Path) -> None:
    pages = [result(f"p{n:02}", "kept " * (100 - n), (block("gone " * n), gone())) for n in range(1, 31)]
    textless = [result(f"t{n:02}", outcome="empty") for n in range(20)]
    tree = report(tmp_path, [*pages, *textless])
    shown = {
        name: [node.text() for node in tree.css(f"#{name} .where")] for name in ("worst", "textless", "sample")
    }  # fmt: skip
    assert shown["worst"] == [f"p{n:02}" for n in range(30, 30 - PAGES_PICKED, -1)]
    assert shown["textless"] == [f"t{n:02}" for n in range(PAGES_PICKED)]
    assert len(set(shown["sample"])) == PAGES_PICKED


def test_an_interrupted_run_says_so(tmp_path: Path) -> None:
    publish([result("a", "x")], tmp_path, ["txt"], RUN, complete=False)
    assert "The run was interrupted." in (tmp_path / "report.html").read_text()
