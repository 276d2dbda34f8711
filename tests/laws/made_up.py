"""Made-up pages for the laws: a strategy that builds what the web is built of, words and clutter of many languages."""

# ruff: noqa: E501  # the pieces are a table

from __future__ import annotations

import html
from pathlib import Path

from hypothesis import strategies as st

from pipeline.document import Document, Page
from pipeline.recipe import Kit, clean_page, make_kit
from pipeline.settings import Settings

ROOT = Path(__file__).parents[2]
PLAIN = Settings(witness="none")
"""Without the second witness, so that hundreds of pages take seconds; every other part is the one that users have."""

SENTENCES = (
    "The ferry leaves at nine in the morning, and whoever misses it waits for the next one.",
    "Die Fähre legt um neun Uhr ab, und wer sie verpasst, wartet mit einem Buch auf die nächste.",
    "Le bac part à neuf heures, et ceux qui le manquent attendent le suivant avec un livre.",
    "Паром отходит в девять утра, а кто опоздал, ждёт следующего с хорошей книгой.",
    "تغادر العبارة في التاسعة صباحا، ومن فاتته ينتظر التالية ومعه كتاب جيد.",
    "کشتی ساعت نه صبح می‌رود و هر که نرسد منتظر بعدی می‌ماند.",
    "नाव सुबह नौ बजे जाती है, और जो चूक जाए वह अगली की प्रतीक्षा करता है।",
    "渡船早上九点离开码头，错过的人要带着书等下一班。",
    "渡し船は朝の九時に出るので、乗り遅れた人は本を読んで次を待ちます。",
    "To log in you need a password, she says, and to subscribe to a newsletter you need none.",
    "A snake_case name, 2 * 3 = 6, <b>, [a], `b`, C#, 1. and ![x](y) are only words here.",
)
PROMPTS = (
    "Read also: Old mill reopens after forty years", "Lesen Sie auch: Die Mühle mahlt wieder", "À lire aussi : Le moulin rouvre",
    "Lea también: El molino vuelve a abrir", "Читайте также: Мельница снова работает", "اقرأ أيضا: الطاحونة تعود", "यह भी पढ़ें: चक्की फिर चली",
    "关联阅读", "あわせて読みたい", "Subscribe to our newsletter", "Share on Facebook", "Log in", "Leave a comment", "Accept all cookies",
    "Advertisement", "Home", "Menu", "Contact", "© 2026 All rights reserved", "By Ada Oat", "Tags: ferry, river", "1 2 3 Next", "4 min read",
)  # fmt: skip

sentence = st.sampled_from(SENTENCES)
prompt = st.sampled_from(PROMPTS)
odd = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=25)  # controls are for test_decode
prose = st.lists(sentence, min_size=1, max_size=3).map(" ".join)
words = st.one_of(prose, prose, prompt, odd)
ATTRIBUTES = (
    "",
    ' class="story"',
    ' id="nav" class="menu"',
    " hidden",
    ' style="display:none"',
    ' class="sr-only"',
    ' class="tab-pane" hidden',
    ' class="related"',
    ' style="opacity:0"',
)
attributes = st.sampled_from(ATTRIBUTES)
_tag = st.sampled_from(
    [
        "p",
        "p",
        "p",
        "div",
        "h1",
        "h2",
        "blockquote",
        "section",
        "aside",
        "nav",
        "footer",
        "li",
        "details",
        "figcaption",
        "pre",
        "form",
        "noscript",
        "template",
        "x-card",
        "span",
        "dialog",
    ]
)
_inline = st.sampled_from(
    [
        "{}",
        "{}",
        "<b>{}</b>",
        '<a href="/x">{}</a>',
        '<a href="/x">{}</a><a href="javascript:y">{}</a>',
        "{}<br>{}",
        "<span hidden>{}</span>{}",
        "<code>{}</code>",
        "{}<br><br>{}",
        "<!-- {} -->{}",
        '<img alt="{}">',
    ]
)


def _wrap(tag: str, some: str, inner: str) -> str:
    return f"<{tag}{some}>{inner}</{tag}>"


_leaf = st.builds(
    lambda tag, some, form, text: _wrap(tag, some, form.replace("{}", html.escape(text))),
    _tag,
    attributes,
    _inline,
    words,
)
_list = st.builds(
    lambda tag, items: f"<{tag}>{''.join(f'<li>{html.escape(item)}</li>' for item in items)}</{tag}>",
    st.sampled_from(["ul", "ol start=7"]),
    st.lists(words, min_size=1, max_size=4),
).map(lambda text: text.replace("</ol start=7>", "</ol>"))
_table = st.lists(st.lists(words, min_size=1, max_size=3), min_size=1, max_size=3).map(
    lambda rows: (
        f"<table>{''.join('<tr>' + ''.join(f'<td>{html.escape(cell)}</td>' for cell in row) + '</tr>' for row in rows)}</table>"
    )
)
_raw = st.sampled_from(
    [
        "<p>never closed",
        "<b><i>",
        "</div></p>",
        "<table><tr>",
        "text between",
        "<script>var x = '<p>no</p>'</script>",
        "<ruby>漢<rt>かん</rt></ruby>",
        "<math><mi>x</mi></math>",
    ]
)
_block = st.recursive(
    st.one_of(_leaf, _leaf, _list, _table, _raw),
    lambda inner: st.builds(_wrap, st.sampled_from(["div", "article", "main", "details", "blockquote", "ul", "td"]), attributes, st.lists(inner, max_size=4).map("".join)),
    max_leaves=8,
)  # fmt: skip

html_pages = st.builds(
    lambda title, blocks: (
        f"<!doctype html><html><head><title>{html.escape(title)}</title></head><body>{''.join(blocks)}</body></html>"
    ),
    words,
    st.lists(_block, max_size=12),
)
_line = st.one_of(
    words, words, prompt,
    st.sampled_from(["", "", "# Ferry", "- item one", "3. third", "> quoted", "| a | b |", "|---|---|", "```", "    x = f(1);", "![alt](pic.png)", "<image>data:image/png;base64,AA</image>", "<b>bold</b> &amp; plain", "---"]),
)  # fmt: skip
text_pages = st.lists(_line, max_size=25).map("\n".join)

_kits: dict[Settings, Kit] = {}


def kit(settings: Settings = PLAIN) -> Kit:
    """The kit for some settings, made once."""
    if settings not in _kits:
        _kits[settings] = make_kit(settings)
    return _kits[settings]


def cleaned(text: str, kind: str, settings: Settings = PLAIN) -> Document:
    """A page cleaned by the recipe."""
    page = Page("page", text.encode("utf-8", "replace"), kind="html" if kind == "html" else "text", charset="utf-8")
    document = clean_page(page, kit(settings))
    assert isinstance(document, Document), document
    return document
