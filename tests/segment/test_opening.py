"""The beginning of a page tells the truth: its texts are those of the whole page, and nobody is blocked for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Page
from pipeline.recipe import make_kit, stands_in
from pipeline.segment import TooComplexError, opening, segment
from pipeline.segment.html import first_texts, segment_html
from pipeline.settings import Settings

SAMPLES = sorted((Path(__file__).parents[2] / "raw" / "samples").glob("*.html"))
PIECES = st.sampled_from(
    "<p> </p> <div> </div> <b> </b> <td>a <table> <tr> </table> <br> <ul><li> </ul> <span&nbsp;hidden> </span> <pre> "
    "</pre> <noscript> </noscript> <template> </template> <style>.a{display:none}</style> <i&nbsp;class=a> <details> "
    "</details> one two,&nbsp;three. &amp; <script>x</script> <!--c--> <a&nbsp;href=x> </a> <h2> </h2>".split()
)


def is_within(few: list[str], many: list[str]) -> bool:
    """Whether all of `few` are in `many`, in that order."""
    rest = iter(many)
    return all(text in rest for text in few)


@given(st.lists(PIECES, max_size=60), st.integers(0, 70))
def test_the_first_texts_are_visible_blocks_of_the_page(pieces: list[str], tags: int) -> None:
    html = " ".join(pieces).replace("&nbsp;", " ")
    whole = [block.text for block in segment_html(html, 10_000).blocks if not block.hidden]
    assert is_within([text for text in first_texts(html, 10_000, tags) if text], whole)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("tags", [10, 40, 1_000])
def test_so_it_is_with_the_samples(path: Path, tags: int) -> None:
    html = path.read_text(encoding="utf-8", errors="replace")
    whole = [block.text for block in segment_html(html, 10_000).blocks if not block.hidden]
    assert is_within([text for text in first_texts(html, 10_000, tags) if text], whole)


def test_texts_have_no_opening_and_what_is_too_complex_is_told_as_ever() -> None:
    assert opening(Page("a", b"One line.\n\nAnother line.", kind="text"), Settings()) == []
    with pytest.raises(TooComplexError):
        opening(Page("a", b"<p>" * 500, kind="html"), Settings(max_elements=100))
    with pytest.raises(TooComplexError):
        segment(Page("a", b"<p>" * 500, kind="html"), Settings(max_elements=100))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_look_at_the_opening_changes_no_answer(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page, kit = Page("a", path.read_bytes()), make_kit(Settings())
    quick = stands_in(page, kit)
    monkeypatch.setattr("pipeline.recipe.opening", lambda *_: [])
    assert quick == stands_in(page, kit)
