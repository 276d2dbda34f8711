"""What is asked of each block: more of links around an article, half the promised F1 elsewhere, less of long lines."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pipeline.document import Block, Kind
from pipeline.judge.asked import asked_for, half_of_promise
from pipeline.judge.kind import KINDS_OF_PAGE
from pipeline.judge.rulebook import load_rulebook
from pipeline.judge.view import Opinion, View
from pipeline.settings import Preset, Settings

PROSE = "The ferry between the islands sails again on Monday, the harbour office said, after nine weeks in the dock."
LINK = "Seals counted on a sandbank"


PROMPT = "Read the full story"
BOOK = load_rulebook(Settings())


def view(texts: list[str], kind: Kind = "html", preset: Preset = "balanced") -> View:
    path = "body>main>{}" if kind == "html" else ""
    blocks = [
        Block(index, "paragraph", text, index + 1, path=path.format("p" if text == PROSE else "a"))
        for index, text in enumerate(texts)
    ]
    blocks = [replace(block, link_share=1.0) if kind == "html" and block.text == LINK else block for block in blocks]
    return View(kind, blocks, "", Settings(preset=preset), BOOK)


def asked(texts: list[str], likely: list[float], **how: Any) -> list[float]:
    return np.asarray(asked_for(np.array(likely), view(texts, **how))).round(3).tolist()


ARTICLE = [LINK, *[PROSE] * 8, LINK]
SURE = [0.3, *[0.95] * 8, 0.3]


def test_an_article_asks_more_of_links_outside_its_body() -> None:
    told = asked(ARTICLE, SURE)
    assert set(told[1:-1]) == {0.65}
    assert told[0] == told[-1] == 0.9


def test_where_nothing_is_likely_nothing_is_content() -> None:
    assert asked([LINK] * 5, [0.05] * 5) == [0.25] * 5


def test_elsewhere_half_of_the_promise_is_asked() -> None:
    likely = [0.9, 0.8, 0.5, 0.2]
    words = np.full(4, 5.0)
    assert asked([LINK] * 4, likely) == [round(half_of_promise(np.array(likely), words), 3)] * 4


@pytest.mark.parametrize(("texts", "likely"), [(ARTICLE, SURE), ([LINK] * 4, [0.9, 0.8, 0.5, 0.2])])
@pytest.mark.parametrize("kind", ["html", "text"])
def test_presets_ask_more_or_less(texts: list[str], likely: list[float], kind: Kind) -> None:
    least, middle, most = (
        np.array(asked(texts, likely, kind=kind, preset=preset)) for preset in ("recall", "balanced", "precision")
    )
    assert (least <= middle).all()
    assert (middle <= most).all()


def test_of_the_lines_of_an_article_the_longer_are_asked_for_less() -> None:
    told = asked([PROSE] * 6 + [LINK] * 2 + [PROMPT], [0.95] * 6 + [0.1] * 3, kind="text")
    assert told[0] < 0.7 < told[-1] < 0.8


def test_a_sentence_is_asked_for_even_odds_and_an_unfinished_line_of_its_length_for_more() -> None:
    sentence = "The company will send a newsletter to islanders when the timetable changes."
    told = asked([PROSE] * 6 + [sentence, sentence[:-1], PROMPT], [0.95] * 6 + [0.1] * 3, kind="text")
    assert told[6] == 0.5
    assert told[7] > 0.65


def test_of_links_that_markdown_knows_more_is_asked_beside_an_article() -> None:
    seen = view([PROSE] * 6 + [LINK] * 2 + [PROMPT], kind="text")
    blocks = [replace(block, link_share=float(block.text == LINK)) for block in seen.blocks]
    likely = np.array([0.95] * 6 + [0.1] * 3)
    assert np.asarray(asked_for(likely, replace(seen, blocks=blocks))).tolist()[6:8] == [0.9, 0.9]
    assert max(asked([PROSE] * 6 + [LINK] * 2 + [PROMPT], likely.tolist(), kind="text")) < 0.9
    few = replace(seen, blocks=blocks[4:])
    assert max(np.asarray(asked_for(likely[4:], few)).tolist()) < 0.9


def test_a_text_of_which_little_would_go_is_asked_for_less() -> None:
    dirty = asked([PROSE] * 6 + [LINK] * 2 + [PROMPT], [0.95] * 6 + [0.1] * 3, kind="text")
    clean = asked([PROSE] * 12 + [PROMPT], [0.95] * 12 + [0.1], kind="text")
    assert clean[-1] < dirty[-1] - 0.2


def test_of_a_text_in_which_no_rule_names_clutter_hardly_anything_is_asked() -> None:
    assert max(asked([PROSE] * 6 + [LINK] * 3, [0.95] * 6 + [0.1] * 3, kind="text")) == 0.02


PROMISES = {
    "all-alike": ([0.5, 0.5], [5.0, 5.0], 1 / 3),
    "sure": ([1.0, 0.0], [5.0, 5.0], 0.5),
    "one-long": ([0.9, 0.1], [90.0, 10.0], 0.9 * 90 / (90 + 0.9 * 90 + 0.1 * 10)),
}


@pytest.mark.parametrize(("likely", "words", "half"), PROMISES.values(), ids=PROMISES)
def test_half_of_promise(likely: list[float], words: list[float], half: float) -> None:
    assert half_of_promise(np.array(likely), np.array(words)) == pytest.approx(half, abs=1e-6)


class Told:
    """A model that knows nothing but the kind of the page."""

    def __init__(self, **kinds: float) -> None:
        self.kinds = np.array([kinds.get(kind, 0.0) for kind in KINDS_OF_PAGE])

    def read(self, view: View) -> Opinion:
        return Opinion(np.zeros(len(view.blocks)), [(0.0, "")] * len(view.blocks), at_home=True, kinds=self.kinds)


def asked_of(**kinds: float) -> float:
    """What is asked of the blocks of a page of these kinds."""
    page = replace(view([PROMPT] * 4), model=Told(**kinds))  # type: ignore[arg-type]
    told = asked_for(np.array([0.9, 0.8, 0.5, 0.2]), page)
    assert len(set(told)) == 1
    return float(told[0])


def test_lists_are_asked_for_less_than_threads_and_products() -> None:
    told = [asked_of(**{kind: 1.0}) for kind in ("collection", "listing", "service", "forum", "product", "article")]
    assert told == sorted(told)
    assert told[-1] == 0.65


def test_a_page_of_two_kinds_lies_between_them() -> None:
    both = asked_of(article=0.5, listing=0.5)
    assert both == pytest.approx((asked_of(article=1.0) + asked_of(listing=1.0)) / 2)


@pytest.mark.parametrize(("kind", "less"), [("documentation", True), ("article", False)])
def test_a_manual_asks_less_of_prose_and_its_headings_and_of_code(kind: str, less: bool) -> None:
    page = replace(view([PROMPT, PROSE, LINK, PROMPT, PROMPT]), model=Told(**{kind: 1.0}))  # type: ignore[arg-type]
    for index, of in ((0, "heading"), (3, "code"), (4, "heading")):
        page.blocks[index] = replace(page.blocks[index], kind=of)  # type: ignore[arg-type]
    above, prose, link, code, alone = asked_for(np.array([0.9, 0.8, 0.5, 0.2, 0.1]), page)
    assert above == prose == code
    assert link == alone
    assert (prose < 0.5 * link) == less
