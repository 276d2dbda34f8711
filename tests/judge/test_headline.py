"""The headline: of a page by its title, of a text by what stands around each line and comes back below it."""

# ruff: noqa: E501  # the cases are a table

from __future__ import annotations

import pytest

from pipeline import Document, Settings, clean

PROSE = "The ferry leaves at nine in the morning, and whoever misses it waits for the next one with a good book. "
STORY = """The harbour of Rivertown froze over on Tuesday night, and the ferry to the islands stays where it is.

"We have not seen ice like this since I was a boy," said the harbour master, who opened the log book for visitors.

The islands have food for two weeks. A doctor will be flown in when the wind allows it, the council announced.
"""
HEADLINE = "Ice keeps the island ferry in the harbour"


def page(settings: Settings) -> Document:
    return clean(f"<title>Ferry at nine</title><h1>Ferry at nine</h1><p>{PROSE}</p>", kind="html", settings=settings)


def test_the_headline_is_the_first_line() -> None:
    assert page(Settings()).text.splitlines()[0] == "Ferry at nine"


def test_the_headline_is_left_to_the_metadata() -> None:
    document = page(Settings(headline="metadata"))
    assert (document.text, document.metadata.title) == (PROSE.strip(), "Ferry at nine")


def test_a_headline_that_reads_like_clutter_stays() -> None:
    document = clean(
        f"<title>Log in</title><h1>Log in</h1><p>{PROSE * 8}</p>", kind="html", settings=Settings(model="none")
    )
    assert document.text.startswith("Log in\n")


TITLED = {
    "site-after": ("Rope - Harbour Wiki | The Rivertown Docs", "<h1>Rope</h1>", True),
    "site-before": ("Rivertown: Rope", "<h1>Rope</h1>", True),
    "shorter-title": ("Ropes of the harbour", "<h1>Guide: Ropes of the harbour</h1>", True),
    "another": ("Ropes of the harbour", "<h1>The Rivertown Post</h1>", False),
    "two-headings": ("Rope - Harbour Wiki", "<h1>Harbour Wiki</h1><h1>Rope</h1>", False),
    "sections-beside": ("How we mend ropes | Medium", "<h1>How we mend ropes</h1><h1>The knife</h1>", True),
    "a-short-one-of-several": ("Rope - Harbour Wiki", "<h1>Rope</h1><h1>The knife</h1>", False),
    "hidden": ("Rope - Harbour Wiki", "<h1 style='display:none'>Rope</h1>", False),
    "second-level": ("Rope - Harbour Wiki", "<h2>Rope</h2>", False),
    "a-sign": ("Rope - Harbour Wiki", "<h1>¶</h1>", False),
}


@pytest.mark.parametrize(("title", "heading", "found"), TITLED.values(), ids=TITLED)
def test_a_heading_of_the_first_level(title: str, heading: str, found: bool) -> None:
    document = clean(
        f"<meta property='og:title' content='{title}'>{heading}<p>{PROSE}</p>",
        kind="html",
        settings=Settings(model="none"),
    )
    rules = [reason.rule for verdict in document.verdicts for reason in verdict.reasons]
    assert ("headline" in rules) is found


ABOVE = {
    "nothing": HEADLINE,
    "menu": f"Skip to content\nHome\nWeather\nSports\n{HEADLINE}",
    "crumbs": f"News > Region > Islands\n{HEADLINE}",
    "date": f"2025.05.15 20:00\n{HEADLINE}",
    "byline": f"{HEADLINE}\nBy Ann Miller\n12 January 2025, 10:15",
    "rubric": f"Region\n{HEADLINE}",
    "standfirst": f"{HEADLINE}\nThe council flies in a doctor as the islands wait for a thaw that nobody expects before Sunday",
    "other-stories": f"Seals counted on the sandbank\nMayor opens the new library\n{HEADLINE}",
    "twice": f"{HEADLINE} | The Rivertown Post\nMenu\n{HEADLINE}",
    "markdown": f"# {HEADLINE}",
}


@pytest.mark.parametrize("above", ABOVE.values(), ids=ABOVE)
@pytest.mark.parametrize("model", ["learned", "none"])
def test_the_headline_of_a_text(above: str, model: str) -> None:
    document = clean(f"{above}\n\n{STORY}", kind="text", settings=Settings().with_values({"model": model}, "test"))
    assert document.metadata.title == HEADLINE
    assert [line for line in document.text.splitlines() if HEADLINE in line][-1].endswith(HEADLINE)
    again = clean(document.text, kind="text", settings=Settings().with_values({"model": model}, "test"))
    assert (again.metadata.title, again.text) == (HEADLINE, document.text)


@pytest.mark.parametrize("above", ["Log in\nMenu\n", "# ", "Menu\n\n# "], ids=["line", "heading", "heading-below"])
def test_the_headline_of_a_text_is_left_to_the_metadata(above: str) -> None:
    document = clean(f"{above}{HEADLINE}\n\n{STORY}", kind="text", settings=Settings(headline="metadata"))
    assert (document.metadata.title, HEADLINE in document.text) == (HEADLINE, False)
    (verdict,) = (verdict for block, verdict in document.removed if block.text == HEADLINE)
    assert "headline" in [reason.rule for reason in verdict.reasons]


NO_HEADLINE = {
    "story-alone": STORY,
    "menu": f"Skip to content\nHome\nWeather\nSports\n\n{STORY}",
    "dates": f"2025.05.15 20:00\n\n{STORY}",
    "log-in": f"Log in\nSubscribe to our newsletter\n\n{STORY}",
    "a-sentence": f"It snowed.\nHarbour news every morning, written by people who live there, read by people who do not.\n\n{STORY}",
    "a-word-without-end": f"{'ferry' * 100}\n\n{STORY}",
    "a-colon": "To bring:\n\nbread\n\nwater",
}


@pytest.mark.parametrize("text", NO_HEADLINE.values(), ids=NO_HEADLINE)
def test_texts_without_headline(text: str) -> None:
    assert clean(text, kind="text").metadata.title == ""


WITHOUT_PARAGRAPH = {
    "recipe": ("Pancakes\n\n200 g flour\n2 eggs\n300 ml milk", "Pancakes"),
    "verse": ("The tide\n\nIt comes at six\nand leaves at noon", "The tide"),
}


@pytest.mark.parametrize(("text", "title"), WITHOUT_PARAGRAPH.values(), ids=WITHOUT_PARAGRAPH)
def test_without_a_paragraph_it_is_the_first_line(text: str, title: str) -> None:
    assert clean(text, kind="text").metadata.title == title


DENSE = {
    "ja": (
        "港の氷でフェリー欠航が続く",
        "火曜の夜、港に氷が張り、島へのフェリーは欠航が続いている。島の食料は二週間分あるという。\n\n「こんな氷は子どものころ以来だ」と港の責任者は話し、フェリーの再開は風しだいだと説明した。",
    ),
    "zh": (
        "海港结冰渡轮停航",
        "星期二夜里海港结冰，开往群岛的渡轮停航，岛上的食物还够两个星期，医生将乘飞机前往。\n\n港务长说，自从他小时候以来就没有见过这样的冰，渡轮什么时候恢复还不知道。",
    ),
}


@pytest.mark.parametrize(("title", "story"), DENSE.values(), ids=DENSE)
def test_scripts_without_spaces(title: str, story: str) -> None:
    for above in (title, f"2025年1月14日 01時28分\n{title}"):
        assert clean(f"{above}\n\n{story}", kind="text").metadata.title == title


FIRST = STORY.partition("\n")[0]
SHORT = {
    "copied-with-its-page": f"{HEADLINE}\n\n{HEADLINE}\n\nRead also: Seals on the sandbank\n\n{FIRST}",
    "below-a-menu": f"Home\n\nNews\n\n{HEADLINE}\n\nBy Anna Beispiel\n\n{FIRST}",
}


@pytest.mark.parametrize("text", SHORT.values(), ids=SHORT)
def test_a_text_of_one_paragraph_has_a_headline(text: str) -> None:
    assert clean(text, kind="text").metadata.title == HEADLINE


HEADED = {
    "alone": (f"# Rope\n\n{PROSE}", "Rope"),
    "sections": (f"# Rope\n\nOn this page\n\n## A knot in it\n\n{PROSE}\n\n## The knife\n\n{PROSE}", "Rope"),
    "below-front-matter": (f"---\nlayout: page\n---\n# Rope\n\n{PROSE}", "Rope"),
    "below-prose": (f"{PROSE}\n\n# Rope\n\n{PROSE}", ""),
}


@pytest.mark.parametrize(("text", "title"), HEADED.values(), ids=HEADED)
def test_the_one_heading_of_the_first_level_is_the_headline_of_markdown(text: str, title: str) -> None:
    assert clean(text, kind="text", settings=Settings(model="none")).metadata.title == title


@pytest.mark.parametrize("line", ["> The rope of the harbour", "    ropes.mend(harbour='north')\n    ropes.sell()"])
def test_a_quotation_and_code_are_no_headline(line: str) -> None:
    assert clean(f"{line}\n\n{STORY}", kind="text").metadata.title == ""
