"""Mixed blocks: what is cut out of a paragraph, what an author keeps, and that nothing is lost on the way."""

# ruff: noqa: E501  # the cases are a table

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from pipeline import Document, clean
from pipeline.document import Block, whole
from pipeline.judge.mixed import split_mixed
from pipeline.judge.rulebook import load_rulebook
from pipeline.publish.markdown import markdown
from pipeline.segment.html import segment_html
from pipeline.segment.text.reader import segment_text
from pipeline.settings import Settings

BOOK = load_rulebook(Settings())
SECOND = "Its miller smiled at the crowd, and nobody spoke of the price of rye."
SENTENCE = "The council opened the old mill on Monday after forty years of quarrels."


def blocks_of(html: str) -> list[Block]:
    blocks, _, written = segment_html(f"<body>{html}</body>", 1_000_000)
    return written(blocks)


def texts(blocks: list[Block]) -> list[str]:
    return [piece.text for piece in split_mixed(blocks, BOOK)]


def page(body: str, **choices: object) -> Document:
    settings = Settings(witness="none", model="none").with_values(choices, "test")
    return clean(f"<title>Rivertown</title><h1>Rivertown</h1>{body}", kind="html", settings=settings)


# What goes stands between ‹ and ›. A link is written [so].
CUT = {
    "link-at-end": "The mill grinds again after forty years. ‹Read also: [Harbour freezes over]›",
    "label-in-link": "The mill grinds again after forty years. ‹[Read also: Harbour freezes over]›",
    "link-without-colon": "The mill grinds again after forty years. ‹Read also [Harbour freezes over]›",
    "list-of-links": "The mill grinds again after forty years. ‹Read also: [Harbour freezes], [Ferry late] | [Bridge shut]›",
    "bold-label": "The mill grinds again after forty years. ‹<b>Read also:</b> [Harbour freezes over]›",
    "all-bold": "The mill grinds again after forty years. ‹<b>Read also: [Harbour freezes over]</b>›",
    "link-in-the-middle": "The mill grinds again. ‹Read also: [Harbour freezes over]› The miller smiled at the crowd.",
    "link-at-start": "‹Read also: [Harbour freezes over]› The mill grinds again, and the miller smiled at the crowd on Monday.",
    "brackets": "The mill grinds again after forty years ‹(Read also: [Harbour freezes over])›",
    "brackets-in-the-middle": "The mill grinds again. ‹(Read also: Harbour freezes over.)› The miller smiled at the crowd.",
    "square-brackets": "The council opened the old mill on Monday after forty years of quarrels, and … ‹[[Continue reading]]›",
    "line": "The mill grinds again after forty years.<br>‹Read also: Harbour freezes over›",
    "line-in-the-middle": "The mill grinds again.<br>‹Read also: Harbour freezes over›<br>The miller smiled at the crowd.",
    "lines-of-links": "The mill grinds again after forty years.<br>‹Read also:<br>[Harbour freezes]<br>[Ferry late]›",
    "glued": "On Monday the old mill of Rivertown grinds again after forty years.‹[Read more]›",
    "button": "On Monday the old mill of Rivertown grinds again after forty years and … ‹[Read more]›",
    "no-link": "The mill grinds again after forty years. ‹Read also: Harbour freezes over›",
    "headline-of-two-sentences": "The mill grinds again after forty years. ‹Read also: Harbour frozen? Ask St. Olaf of the Ferry›",
    "newsletter": "The mill grinds again after forty years. ‹Subscribe to our [newsletter] for more.›",
    "newsletter-link": "The mill grinds again after forty years. ‹[Sign up for our newsletter]›",
    "channel": "The mill grinds again after forty years. ‹Join our [WhatsApp channel]›",
    "share": "The mill grinds again after forty years. ‹Share this on [Facebook]›",
    "two-prompts": "The mill grinds again after forty years. ‹Read also: [Harbour freezes]. [Sign up for our newsletter]›",
    "after-speech": "“The mill grinds,” she said, “and grinds again.” ‹Read also: [Harbour freezes over]›",
    "after-german-speech": "„Die Mühle mahlt“, sagte sie, „und mahlt wieder.“ ‹Lesen Sie auch: [Der Hafen friert zu]›",
    "link-in-a-headline": "The mill grinds again after forty years. ‹Read more: [Harbour freezes] and what came of it.›",
    "arrow": "The mill grinds again after forty years. ‹► Read also: [Harbour freezes over]›",
}  # fmt: skip


def linked(written: str) -> str:
    written = written.replace("[[", "\0").replace("]]", "\1").replace("[", "<a href=/x>").replace("]", "</a>")
    return written.replace("\0", "[<a href=/x>").replace("\1", "</a>]")


@pytest.mark.parametrize("written", CUT.values(), ids=CUT)
def test_cut(written: str) -> None:
    tagged = f"<p>{linked(written)}</p>"
    marked = "".join(block.text for block in blocks_of(tagged))
    expected = [part.strip() for part in marked.replace("›", "‹").split("‹") if part.strip()]
    assert texts(blocks_of(tagged.replace("‹", "").replace("›", ""))) == expected


KEPT = {
    "author-imperative": "The sermon was short. Read also the second chapter of Genesis, he said to us.",
    "author-link": "The sermon was short that day. Read more about it in [the chronicle] of the parish.",
    "link-goes-on": "[Read more] and learn what came of it when the harbour froze in the forties.",
    "bracket-of-author": "The Nitro has 16 gigabytes (read more about memory in a later chapter) and a good screen.",
    "one-word-label": "System of the mill: two stones.<br>Recommended: 16 bags of rye<br>Minimum: four bags of rye and a mule.",
    "one-word-line": "He ran the mill, then the ferry. Previously: a baker in the harbour street.",
    "sign-up-of-author": "You can help the mill. [Sign up] to take action in your parish council now.",
    "brand": "We sell on three sites that you know: [Facebook] allows shops, and X (Twitter) does not.",
    "speech": "“Come to the mill. Read also: the notice on the door,” the miller told the children.",
    "list-below-a-label": "Read also in the Rivertown Herald<br>The harbour freezes over for the first time in forty years",
    "little-left": "The mill. Read also: [Harbour freezes over]",
    "no-border": "They told us to read also: [the psalms of David] in the long winter evenings.",
    "call-to-act": "We help you to keep your mill in order. [Contact us today]",
    "credit-card": "Try the mill for thirty days with your own rye. No credit card required.",
    "instructions": "It takes three steps to find your miller. Download the app and book a first call.",
    "clause": "The ferry waits for nobody. See more of the harbour, and you will know why it does.",
    "sentences-after-label": "The mill grinds again. Read also: Harbour freezes over. The miller smiled at the crowd.",
    "code": "<code>read. Read also: x</code>",
}  # fmt: skip


@pytest.mark.parametrize("written", KEPT.values(), ids=KEPT)
def test_an_author_keeps(written: str) -> None:
    blocks = blocks_of(f"<p>{linked(written)}</p>")
    assert split_mixed(blocks, BOOK) == blocks


# A sentence, a prompt with its headline. One book of rules serves all; no language has code of its own.
LANGUAGES = {
    "en": (SENTENCE, "Read also: Harbour freezes over"),
    "de": ("Der Rat hat die alte Mühle am Montag nach vierzig Jahren wieder geöffnet.", "Lesen Sie auch: Der Hafen friert zu"),
    "fr": ("Le conseil a rouvert lundi le vieux moulin après quarante ans de querelles.", "À lire aussi : Le port gelé"),
    "es": ("El concejo reabrió el lunes el viejo molino después de cuarenta años.", "Lea también: El puerto se hiela"),
    "pt": ("O conselho reabriu na segunda o velho moinho depois de quarenta anos.", "Leia também: O porto congela"),
    "it": ("Il consiglio ha riaperto lunedì il vecchio mulino dopo quarant'anni di liti.", "Leggi anche: Il porto gela"),
    "nl": ("De raad heeft maandag na veertig jaar de oude molen weer geopend.", "Lees ook: De haven vriest dicht"),
    "pl": ("Rada otworzyła w poniedziałek stary młyn po czterdziestu latach sporów.", "Czytaj także: Port zamarza"),
    "ru": ("Совет открыл в понедельник старую мельницу после сорока лет споров.", "Читайте также: Гавань замерзает"),
    "uk": ("Рада відкрила в понеділок старий млин після сорока років суперечок.", "Читайте також: Гавань замерзає"),
    "tr": ("Meclis kırk yıl sonra eski değirmeni pazartesi günü yeniden açtı.", "Bunu da okuyun: Liman donuyor"),
    "ar": ("فتح المجلس الطاحونة القديمة يوم الاثنين بعد أربعين عاما من الخلاف.", "اقرأ أيضا: الميناء يتجمد"),
    "fa": ("شورا روز دوشنبه آسیاب کهنه را پس از چهل سال دوباره گشود.", "بیشتر بخوانید: بندر یخ می‌زند"),
    "ur": ("کونسل نے پیر کو چالیس سال بعد پرانی چکی دوبارہ کھول دی۔", "یہ بھی پڑھیں: بندرگاہ جم گئی"),
    "he": ("המועצה פתחה ביום שני את הטחנה הישנה אחרי ארבעים שנות מריבה.", "קראו גם: הנמל קופא"),
    "hi": ("परिषद ने चालीस साल बाद सोमवार को पुरानी चक्की फिर से खोल दी।", "यह भी पढ़ें: बंदरगाह जम गया"),
    "bn": ("পরিষদ চল্লিশ বছর পরে সোমবার পুরোনো কলটি আবার খুলে দিল।", "আরও পড়ুন: বন্দর জমে গেছে"),
    "id": ("Dewan membuka kembali kincir tua pada hari Senin setelah empat puluh tahun.", "Baca juga: Pelabuhan membeku"),
    "vi": ("Hội đồng đã mở lại cối xay cũ vào thứ Hai sau bốn mươi năm.", "Đọc thêm: Bến cảng đóng băng"),
    "th": ("สภาเปิดโรงสีเก่าอีกครั้งเมื่อวันจันทร์หลังจากปิดมาสี่สิบปี", "อ่านเพิ่มเติม: ท่าเรือเป็นน้ำแข็ง"),
    "zh": ("议会在四十年的争吵之后于星期一重新开放了老磨坊。", "延伸阅读：港口结冰"),
    "ja": ("評議会は四十年の争いの末、月曜日に古い水車小屋を再び開いた。", "あわせて読みたい：港が凍る"),
    "ko": ("의회는 사십 년의 다툼 끝에 월요일에 오래된 방앗간을 다시 열었다.", "함께 읽기: 항구가 얼다"),
    "sv": ("Rådet öppnade på måndagen den gamla kvarnen efter fyrtio år av gräl.", "Läs också: Hamnen fryser"),
    "da": ("Rådet åbnede mandag den gamle mølle efter fyrre års strid.", "Læs også: Havnen fryser"),
    "no": ("Rådet åpnet mandag den gamle møllen etter førti års krangel.", "Les også: Havnen fryser"),
    "fi": ("Neuvosto avasi maanantaina vanhan myllyn neljänkymmenen vuoden jälkeen.", "Lue myös: Satama jäätyy"),
    "cs": ("Rada v pondělí po čtyřiceti letech znovu otevřela starý mlýn.", "Čtěte také: Přístav zamrzá"),
    "ro": ("Consiliul a redeschis luni moara veche după patruzeci de ani de certuri.", "Citește și: Portul îngheață"),
    "hu": ("A tanács hétfőn negyven év után újra megnyitotta a régi malmot.", "Olvassa el: Befagy a kikötő"),
    "el": ("Το συμβούλιο άνοιξε ξανά τη Δευτέρα τον παλιό μύλο μετά από σαράντα χρόνια.", "Διαβάστε επίσης: Το λιμάνι παγώνει"),
}  # fmt: skip


@pytest.mark.parametrize(("sentence", "prompt"), LANGUAGES.values(), ids=LANGUAGES)
def test_languages_in_a_page(sentence: str, prompt: str) -> None:
    blocks = blocks_of(f"<p>{sentence} <a href=/x>{prompt}</a></p>")
    assert texts(blocks) == [sentence, prompt]


@pytest.mark.parametrize(("sentence", "prompt"), LANGUAGES.values(), ids=LANGUAGES)
def test_languages_in_a_text(sentence: str, prompt: str) -> None:
    assert texts(segment_text(f"{sentence} {prompt}\n")) == [sentence, prompt]


def test_the_sentence_stays_and_the_prompt_goes() -> None:
    document = page(f"<p>{SENTENCE} Read also: <a href=/x>Harbour freezes over</a></p>")
    assert document.text == f"Rivertown\n\n{SENTENCE}"


def test_what_stood_around_a_prompt_is_one_paragraph_again() -> None:
    document = page(f"<p>{SENTENCE} Read also: <a href=/x>Harbour freezes over</a> {SECOND}</p>")
    assert document.text == f"Rivertown\n\n{SENTENCE} {SECOND}"


def test_pieces_are_not_glued_to_the_paragraph_before() -> None:
    document = page(f"<p>{SENTENCE}</p><p>Read also: <a href=/x>Harbour freezes over</a> {SECOND}</p>")
    assert document.text == f"Rivertown\n\n{SENTENCE}\n\n{SECOND}"


PLACES = {
    "last": (f"{SENTENCE} {SECOND} Read also: [Harbour]", "“read also” after sentence 2 of 3 of the paragraph"),
    "first": (f"Read also: [Harbour freezes] {SENTENCE}", "“read also” at the start of the paragraph"),
    "line": (
        f"{SENTENCE}<br>Read also: Harbour freezes<br>{SECOND}",
        "“read also” after sentence 1 of 3 of the paragraph",
    ),
}


@pytest.mark.parametrize(("written", "place"), PLACES.values(), ids=PLACES)
def test_the_reason_names_the_place(written: str, place: str) -> None:
    document = page(f"<p>{linked(written)}</p>")
    ((block, verdict),) = document.removed
    assert block.text.startswith("Read also")
    assert verdict.reason is not None
    assert (verdict.reason.rule, verdict.reason.category, verdict.reason.evidence) == ("mixed-block", "related", place)


def test_a_list_item_keeps_its_marker() -> None:
    document = page(
        f"<ol><li>{SENTENCE} Read also: <a href=/x>Harbour</a></li><li>Read also: <a href=/x>Ferry late</a> {SECOND}</li></ol>"
    )
    assert document.text == f"Rivertown\n\n1. {SENTENCE}\n2. {SECOND}"


def test_switched_off_nothing_is_cut() -> None:
    document = page(f"<p>{SENTENCE} Read also: <a href=/x>Harbour</a></p>", rules_off=("mixed-block",))
    assert f"{SENTENCE} Read also: Harbour" in document.text


def test_a_rule_that_is_off_proves_nothing() -> None:
    document = page(
        f"<p>{SENTENCE} Read also: <a href=/x>Harbour</a></p>", rules_off=("read-also", "read-also-headline")
    )
    assert f"{SENTENCE} Read also: Harbour" in document.text


def test_links_and_their_share_follow_the_pieces() -> None:
    html = "<p>The <a href=/m>mill</a> grinds <b>again</b>, at last. <i>Read also:</i> <a href='/h(1)'>Harbour * freezes</a></p>"
    content, prompt = split_mixed(blocks_of(html), BOOK)
    assert (content.markup, prompt.markup) == (
        "The [mill](/m) grinds **again**, at last.",
        "*Read also:* [Harbour \\* freezes](</h(1)>)",
    )
    assert (content.link_share, prompt.link_share) == (0.129, 0.607)


def made_up(seed: int) -> str:
    """A paragraph of sentences, prompts, marks and brackets in any order."""
    chance = random.Random(seed)
    parts = [
        SENTENCE, "The miller smiled.", "Read also: <a href=/x>Harbour freezes</a>", "(Read also: Ferry late)", "<br>", "„Ja“, sagte er.",
        "<b>Read also:</b>", "[<a href=/y>Continue reading</a>]", "議会は再開した。", "関連記事：港", "Subscribe to our newsletter.", "(", "]", "\\*", "he said",
        "<i>The ferry is late.</i>", "“Read also: the psalms.”", "<a href=/z>Read more</a>", "3.5", "Lesen Sie auch: Der Hafen", "*", "_", "`", "<code>a_b</code>",
    ]  # fmt: skip
    return f"<p>{chance.choice(['', ' ']).join(chance.choices(parts, k=chance.randint(2, 9)))}</p>"


@pytest.mark.parametrize("seed", range(0, 600, 100))
def test_nothing_is_lost_or_added_and_cutting_settles(seed: int) -> None:
    for number in range(seed, seed + 100):
        blocks = blocks_of(made_up(number))
        pieces = split_mixed(blocks, BOOK)
        again = whole(pieces)
        assert [block.text for block in again] == [block.text for block in blocks]
        assert markdown(pieces) == markdown(blocks)
        assert [piece.index for piece in pieces] == list(range(len(pieces)))
        assert split_mixed(pieces, BOOK) == pieces
        assert all(piece.text.strip() == piece.text != "" for piece in pieces)


def test_the_made_up_paragraphs_are_cut_often_enough_to_tell() -> None:
    assert sum(len(texts(blocks_of(made_up(seed)))) > 1 for seed in range(600)) > 100


def test_markup_is_asked_for_only_where_a_prompt_may_stand() -> None:
    blocks, _, written = segment_html(
        f"<p>{SENTENCE} Read also: <a href=/x>Harbour</a></p><p>{SECOND} <b>Well.</b></p>", 1000
    )
    asked: list[int] = []

    def asking(some: Sequence[Block]) -> list[Block]:
        asked.extend(block.index for block in some)
        return written(some)

    pieces = split_mixed(blocks, BOOK, asking)
    assert [piece.markup for piece in pieces] == [SENTENCE, "Read also: [Harbour](/x)", ""]
    assert asked == [0]


def test_kept_pieces_and_the_blocks_after_them_get_their_own_markup() -> None:
    document = page(f"<p>{SENTENCE} Read also: <a href=/x>Harbour</a></p><p>{SECOND[:-1]} in <b>autumn</b>.</p>")
    assert markdown(document.kept) == f"# Rivertown\n\n{SENTENCE}\n\n{SECOND[:-1]} in **autumn**."


def test_whole_blocks_are_as_they_were() -> None:
    blocks = blocks_of(f"<p>{SENTENCE}</p><p>{SENTENCE}</p>")
    assert list(whole(blocks)) == blocks


HOSTILE = {
    "no-spaces": "<p>" + "x" * 100_000 + "</p>",
    "one-paragraph": "<p>" + f"{SENTENCE} Read also: " * 2_000 + "</p>",
    "links": "<p>" + "Read also: <a href=/x>Harbour</a> " * 10_000 + "</p>",
    "short-paragraphs": f"<p>{SENTENCE} Read also: <a href=/x>Harbour</a></p>" * 500,
    "brackets": "<p>" + "(Read also: [" * 10_000 + "</p>",
    "brackets-in-size": "<p>" + "Well. (Read also: [ " * 490 + "</p>",
    "marks": "<p>" + "`*[**" * 1_990 + "<a href=/x>Read more</a></p>",
    "signs": "<p>" + "Read also: x y " + "»" * 9_000 + "</p>",
    "lines": "<p>" + "Read more<br>" * 1_000 + "</p>",
    "quotes": "<p>" + '" Read also: ' * 700 + "</p>",
}


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE)
def test_hostile_pages_take_linear_time(html: str) -> None:
    blocks = blocks_of(html)
    start = time.process_time()
    pieces = split_mixed(blocks, BOOK)
    assert time.process_time() - start < 2.0
    assert [block.text for block in whole(pieces)] == [block.text for block in blocks]


def test_markup_that_says_something_else_is_left_alone() -> None:
    (block,) = blocks_of(f"<p>{SENTENCE} Read also: <a href=/x>Harbour</a></p>")
    strange = replace(block, markup="Another text. [Read also](/x)")
    assert split_mixed([strange], BOOK) == [strange]
