"""Every rule keeps its own promises: each drop and keep line is one test, named rule-drop-1 or rule-keep-1."""

from __future__ import annotations

import pytest

from pipeline.document import CATEGORIES, Block
from pipeline.judge.rulebook import OURS, Rule, RuleBook, check_examples, check_patterns, load_rulebook, read_rules
from pipeline.settings import Settings

RULES = read_rules(OURS)
BOOK = load_rulebook(Settings())
MADE_IN_CODE = {"repeat", "hidden"}


def cases(kind: str) -> list[object]:
    return [
        pytest.param(rule, block, id=f"{rule.id}-{kind}-{number}")
        for rule in RULES
        for number, block in enumerate(getattr(rule, kind), 1)
    ]


def line(text: str) -> Block:
    return Block(index=0, kind="line", text=text, line=1)


@pytest.mark.parametrize(("rule", "block"), cases("drop"))
def test_rule_speaks_of(rule: Rule, block: Block) -> None:
    reasons = RuleBook([rule]).find(block)
    assert [(reason.rule, reason.category, reason.score) for reason in reasons] == [
        (rule.id, rule.category, rule.score)
    ]
    assert reasons[0].evidence


@pytest.mark.parametrize(("rule", "block"), cases("keep"))
def test_rule_is_silent_about(rule: Rule, block: Block) -> None:
    assert RuleBook([rule]).find(block) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_is_in_order(rule: Rule) -> None:
    check_patterns(rule)
    assert check_examples(rule) == []
    assert rule.where.endswith(f"{rule.category}.toml"), "a rule lives in the file of its category"
    assert rule.keep, "a rule says what it must not touch"


def test_every_category_has_a_file() -> None:
    assert {file.stem for file in OURS.glob("*.toml")} == set(CATEGORIES) - MADE_IN_CODE


# One prompt in many languages (hostile case 43): it goes alone, with a colon and with an arrow.
READ_ALSO = {
    "en": "Read also", "de": "Lesen Sie auch", "fr": "À lire aussi", "es": "Lea también", "pt": "Leia também",
    "it": "Leggi anche", "nl": "Lees ook", "pl": "Czytaj także", "ru": "Читайте также", "uk": "Читайте також",
    "tr": "Bunu da okuyun", "ar": "اقرأ أيضاً", "fa": "بیشتر بخوانید", "he": "קראו גם", "hi": "यह भी पढ़ें",
    "bn": "আরও পড়ুন", "ta": "இதையும் படிக்க", "mr": "हेही वाचा", "id": "Baca juga", "ms": "Baca lagi", "vi": "Xem thêm",
    "th": "อ่านเพิ่มเติม", "zh-hans": "延伸阅读", "zh-hant": "延伸閱讀", "ja": "あわせて読みたい", "ko": "관련 기사",
    "sv": "Läs också", "da": "Læs også", "no": "Les også", "fi": "Lue myös", "cs": "Čtěte také", "ro": "Citește și",
    "hu": "Olvassa el", "el": "Διαβάστε επίσης", "et": "Loe ka", "sk": "Čítajte aj", "hr": "Pročitajte još",
    "sr": "Прочитајте и", "sl": "Preberite tudi", "bg": "Прочетете още", "mk": "Прочитајте повеќе",
    "be": "Чытайце таксама", "lv": "Lasi arī", "lt": "Taip pat skaitykite", "is": "Lesa meira", "ca": "Llegiu també",
    "gl": "Le tamén", "eu": "Irakurri ere", "sq": "Lexo edhe", "ur": "یہ بھی پڑھیں", "te": "ఇది కూడా చదవండి",
    "gu": "આ પણ વાંચો", "kn": "ಇದನ್ನೂ ಓದಿ", "ml": "ഇതും വായിക്കുക", "pa": "ਇਹ ਵੀ ਪੜ੍ਹੋ", "ne": "यो पनि पढ्नुहोस्",
    "sw": "Soma pia", "af": "Lees ook", "zu": "Funda futhi", "xh": "Funda ngakumbi", "so": "Akhri sidoo kale",
    "ha": "Karanta kuma", "am": "ተጨማሪ ያንብቡ", "ka": "ასევე წაიკითხეთ", "hy": "Կարդացեք նաև", "az": "Həmçinin oxuyun",
    "kk": "Тағы оқыңыз", "uz": "Shuningdek o'qing", "tl": "Basahin din", "cy": "Darllen mwy", "ga": "Léigh tuilleadh",
}  # fmt: skip


@pytest.mark.parametrize("prompt", READ_ALSO.values(), ids=READ_ALSO.keys())
def test_read_also_in_many_languages(prompt: str) -> None:
    for text in (prompt, f"{prompt}:", f"▶ {prompt.upper()}: Kafa 7", f"{prompt} | Kafa 7"):
        assert "related" in {reason.category for reason in BOOK.find(line(text))}, text


DISGUISES = {
    "zero-width": "Re\u200bad al\u200dso: Old mill reopens",
    "soft-hyphen": "Read al\u00adso: Old mill reopens",
    "cyrillic": "Rеаd аlsо: Old mill reopens",
    "greek": "Reαd αlsο: Old mill reopens",
    "latin-in-cyrillic": "Читaйте тaкже: Старая мельница",
    "fullwidth": "ＲＥＡＤ　ＡＬＳＯ：Old mill reopens",
    "small-caps": "ʀᴇᴀᴅ ᴀʟꜱᴏ: Old mill reopens",
    "mathematical": "𝗥𝗲𝗮𝗱 𝗮𝗹𝘀𝗼: Old mill reopens",
    "no-break-space": "Read\u00a0also: Old mill reopens",
    "bidi": "\u202aRead also\u202c: Old mill reopens",
    "nfd": "A\u0300 lire aussi : Le moulin",
    "no-accent": "A LIRE AUSSI : Le moulin",
    "turkish-capitals": "İLGİLİ HABERLER",
    "greek-capitals": "ΔΙΑΒΑΣΤΕ ΕΠΙΣΗΣ",
    "emoji": "👉👉 Read also 👈",
    "stars": "*** READ ALSO ***",
    "tag-characters": "Read\U000e0041 also: Old mill reopens",
    "persian-kaf": "كپی لينك",
}


@pytest.mark.parametrize("text", DISGUISES.values(), ids=DISGUISES.keys())
def test_disguised_clutter_is_seen(text: str) -> None:
    assert BOOK.find(line(text)) != []


# Lines that only mention what rules look for, or that are short by nature. No rule says a word about them.
CONTENT = """
The newsletter has 3 million subscribers.
A newsletter reader costs the publisher nine cents a month.
Der Newsletter erreicht drei Millionen Leser in ganz Europa.
La newsletter compte trois millions d’abonnés.
Users should log in with a second factor.
Whoever can log in can also log out, the guard said.
He forgot his password and lost the fortune.
Share prices fell on Friday.
Shares in the shipyard rose by 4 percent.
Read also the second chapter of Genesis, he said.
“Read more books,” my grandmother used to say.
Lesen Sie auch das Kleingedruckte, rät die Anwältin.
Lea también las notas al pie, aconseja la maestra.
Читайте также старые письма, советует он.
The court held that cookies may only be set with consent.
Let the cookies cool on a rack for ten minutes.
Advertisement spending fell for the third year in a row.
The advertisement showed a mill in winter.
They followed us on foot as far as the river.
Comments by the minister caused an uproar.
Kommentare des Ministers sorgten für Unruhe.
Tags on the crates gave the ship away.
Home is where the herd is.
The menu changes every week.
Her photo won the prize.
He donated his library to the town.
More than forty people came to the harbour.
Next to the mill stands a small chapel.
By Friday the harbour had frozen.
Von Anfang an war klar, dass es regnen würde.
Par temps de pluie, le moulin reste fermé.
Published in 1851, the novel failed at first.
Copyright law protects her songs for seventy years.
The privacy of the reader is at stake, the author argues.
Subscribe to no theory that you cannot test.
Never trust a captain who will not swim.
2 eggs
250 g flour
1 tbsp olive oil
Salt and pepper to taste
Simmer for 5 minutes
180 °C, 25 Min.
3 : 2
Rovers 2–1 United
1-0 (34') Okafor
6-4, 3-6, 7-6
The rain it raineth every day,
O mill, O winter wheel,
and turn, and turn again
Miller: We ground rye until midnight.
Q: When did the wheel stop?
A: In the spring of that year.
INTERVIEWER
Anna Beispiel
Prof. Dr. Lena Okafor
return x > 3
for line in lines:
SELECT name FROM mills;
$ make install
E = mc²
(1) The tenant pays the rent in advance.
§ 3 Absatz 2
今年の冬はとても寒い。
他说，水车明年春天会重新转动。
चक्की सर्दियों में बंद रहती है।
توقفت الطاحونة في الشتاء.
Değirmen kışın çalışmaz.
Mlyn v zime nemelie.
Mlin zimi ne radi, rekla je mlinarica.
Старият мелничар чете вестник всяка сутрин.
Veski ei jahvata talvel.
Dzirnavas ziemā nestrādā.
Malūnas žiemą nemala.
Myllan malar ekki á veturna.
El molí no mol a l’hivern.
Errota ez dabil neguan.
Mulliri nuk punon në dimër.
הטחנה אינה פועלת בחורף.
কলটি শীতে বন্ধ থাকে।
ஆலை குளிர்காலத்தில் இயங்காது.
Kinu hakifanyi kazi wakati wa baridi.
Die meul maal nie in die winter nie.
Isigayo asisebenzi ebusika.
Dəyirman qışda işləmir.
Диірмен қыста жұмыс істемейді.
წისქვილი ზამთარში არ მუშაობს.
Ջրաղացը ձմռանը չի աշխատում.
방앗간은 겨울에 쉰다.
Tema: el invierno en el molino
Vasta, Gotland
Rudi, Zaidi und Yana
Hore, a signpost says
""".strip().splitlines()


@pytest.mark.parametrize("text", CONTENT)
def test_content_is_left_alone(text: str) -> None:
    assert BOOK.find(line(text)) == []


def test_code_is_never_spoken_of() -> None:
    assert BOOK.find(Block(index=0, kind="code", text="Login", line=1)) == []
