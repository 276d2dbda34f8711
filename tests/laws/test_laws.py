"""The laws of the house as properties: whatever a page holds, these hold of its document."""

from __future__ import annotations

import html
import re
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.document import CATEGORIES, Document, Failure, Page, Result, whole
from pipeline.judge.decide import replay
from pipeline.publish.markdown import markdown
from pipeline.recipe import clean_page
from pipeline.run.codec import decode, encode
from pipeline.segment import segment
from pipeline.settings import Settings
from tests.laws.made_up import PLAIN, ROOT, cleaned, html_pages, kit, text_pages

calm = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
pages = st.one_of(
    st.tuples(html_pages, st.just("html")),
    st.tuples(text_pages, st.just("text")),
    st.tuples(html_pages, st.just("text")),
)
policies = st.builds(
    Settings,
    preset=st.sampled_from(["balanced", "precision", "recall"]),
    headline=st.sampled_from(["keep", "metadata"]),
    captions=st.sampled_from(["auto", "keep", "drop"]),
    bylines=st.sampled_from(["keep", "drop"]),
    witness=st.just("none"),
)


def letters(text: str) -> str:
    """A text without anything that white space, marks and dressing could change: its letters and digits."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKD", html.unescape(html.unescape(text))))


def words_of(text: str) -> list[str]:
    return [found for word in re.findall(r"\w+", text) if (found := letters(word))]


@calm
@given(pages, policies)
def test_conservation(page: tuple[str, str], policy: Settings) -> None:
    """Law 1: kept + removed = all blocks, each once, in order."""
    document = cleaned(*page, policy)
    segmented = segment(
        Page("page", page[0].encode("utf-8", "replace"), kind=document.page.kind, charset="utf-8"), policy
    )
    assert [(block.kind, block.text, block.path, block.line) for block in whole(document.blocks)] == [
        (block.kind, block.text, block.path, block.line) for block in segmented.blocks
    ]
    assert [block.index for block in document.blocks] == list(range(len(document.blocks)))
    assert len(document.verdicts) == len(document.blocks)
    both = sorted([*document.kept, *(block for block, _ in document.removed)], key=lambda block: block.index)
    assert both == list(document.blocks)
    assert [block.line for block in document.blocks] == sorted(block.line for block in document.blocks)


@calm
@given(pages)
def test_no_invention(page: tuple[str, str]) -> None:
    """Law 2: every word of the output was on the page. Numbers of list items are drawn by the browser."""
    document = cleaned(*page)
    source = letters(page[0])
    numbers = {letters(block.marker) for block in document.kept}
    plain = "\n".join(block.text for block in document.kept)
    rendered = markdown(document.kept, links=False)
    assert [word for word in words_of(plain) if word not in source] == []
    assert [word for word in words_of(document.text) if word not in source and word not in numbers] == []
    assert [word for word in words_of(rendered) if word not in source and word not in numbers] == []


@calm
@given(pages)
def test_markdown_says_the_same(page: tuple[str, str]) -> None:
    """Law 2 for the other rendering: without its marks, Markdown holds the words of the text."""
    document = cleaned(*page)
    assert sorted(letters(markdown(document.kept, links=False))) == sorted(letters(document.text))


@calm
@given(pages, policies)
def test_every_removal_has_a_reason(page: tuple[str, str], policy: Settings) -> None:
    """Law 3: a removal is explained, and the reasons replayed give the verdict."""
    document = cleaned(*page, policy)
    for verdict in document.verdicts:
        assert replay(verdict.reasons) is verdict.kept
    for _, verdict in document.removed:
        reason = verdict.reason
        assert reason is not None
        assert reason.score > 0
        assert reason.category in CATEGORIES
        assert reason.rule
        assert reason.evidence


@calm
@given(pages)
def test_the_same_page_gives_the_same_bytes(page: tuple[str, str]) -> None:
    """Law 4, within a process; and what is stored is what was decided."""
    once, again = (encode(Result(cleaned(*page), "key")) for _ in range(2))
    assert once == again
    assert encode(decode(once)) == once


@calm
@given(st.binary(max_size=400))
def test_any_bytes_have_an_outcome(data: bytes) -> None:
    """Law 5, for one page: a document or a failure that says why, never an exception."""
    value = clean_page(Page("page", data), kit(PLAIN))
    assert isinstance(value, Document | Failure)
    assert value.outcome in ("kept", "empty", "blocked", "failed")


@calm
@given(pages)
def test_what_is_kept_is_settled(page: tuple[str, str]) -> None:
    """Law 7, the half that always holds: text is normalised, and normalising it again changes nothing."""
    from pipeline.segment.normalise import normalise_code

    text = cleaned(*page).text
    assert "\n\n\n" not in text
    assert normalise_code(text) == text.strip("\n")


DIGEST = """
import hashlib, pathlib, sys
from pipeline import Page, Settings
from pipeline.acquire import read
from pipeline.document import Result
from pipeline.recipe import clean_page, make_kit
from pipeline.run.codec import encode
kit = make_kit(Settings())
digest = hashlib.sha256()
for item in read([pathlib.Path("raw/samples")], kit.settings):
    digest.update(encode(Result(clean_page(item, kit) if isinstance(item, Page) else item)))
print(digest.hexdigest())
"""


def test_the_hash_seed_changes_nothing() -> None:
    """Law 4, between processes: with the witness, over all samples."""
    digests = {
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", DIGEST],
            cwd=ROOT, env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin"}, capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("0", "1")
    }  # fmt: skip
    assert len(digests) == 1
    assert len(digests.pop().strip()) == 64


def sample_texts() -> dict[str, str]:
    """The clean texts of the samples that are kept."""
    from pipeline.acquire import read

    items = [item for item in read([ROOT / "raw" / "samples"], PLAIN) if isinstance(item, Page)]
    documents = [(item.id, clean_page(item, kit(Settings()))) for item in items]
    return {name: d.text for name, d in documents if isinstance(d, Document) and d.outcome == "kept"}


def test_cleaning_settles() -> None:
    """Law 7: cleaning the clean samples again loses no line of content, and changes next to none."""
    lost = {}
    texts = sample_texts()
    assert len(texts) >= 20
    for name, text in texts.items():
        again = cleaned(text, "text")
        gone = [(block.text, verdict.reason and verdict.reason.rule) for block, verdict in again.removed]
        if gone or again.outcome != "kept":
            lost[name] = gone or again.note
    assert lost == {}


@pytest.mark.parametrize("kind", ["html", "text"])
def test_a_page_alone_and_a_page_in_company_are_alike(kind: str) -> None:
    """Law 4: the recipe keeps nothing between pages."""
    page = "<h1>Ferry</h1><p>The ferry leaves at nine.</p>" if kind == "html" else "Ferry\n\nThe ferry leaves at nine."
    alone = encode(Result(cleaned(page, kind)))
    for other in ("<p>Read also: x</p>" * 50, "The ferry leaves at nine.\n" * 50):
        cleaned(other, "text")
    assert encode(Result(cleaned(page, kind))) == alone
