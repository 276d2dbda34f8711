"""The language of a text; scraps say nothing."""

# ruff: noqa: E501  # sentences

from __future__ import annotations

import pytest

from pipeline.segment.language import _by_script, _by_words, detect_language

TEXTS = {
    "en": "The ferry leaves at nine in the morning, and whoever misses it waits for the next one with a good book.",
    "de": "Die Fähre legt um neun Uhr ab, und wer sie verpasst, wartet mit einem guten Buch auf die nächste.",
    "fr": "Le bac part à neuf heures du matin, et ceux qui le manquent attendent le suivant avec un bon livre.",
    "es": "El transbordador sale a las nueve de la mañana, y quien lo pierde espera el siguiente con un buen libro.",
    "pt": "A balsa parte às nove da manhã, e quem não chega a tempo espera pela próxima com um bom livro.",
    "it": "Il traghetto parte alle nove del mattino, e chi lo perde aspetta il prossimo con un buon libro.",
    "nl": "De veerboot vertrekt om negen uur, en wie hem mist wacht met een goed boek op de volgende.",
    "sv": "Färjan går klockan nio på morgonen, och den som missar den väntar på nästa med en bra bok.",
    "da": "Færgen sejler klokken ni om morgenen, og den, som ikke når den, venter på den næste med en god bog.",
    "no": "Ferga går klokka ni om morgenen, og den som ikke rekker den, venter på den neste med ei god bok.",
    "fi": "Lautta lähtee yhdeksältä aamulla, ja se joka myöhästyy, odottaa seuraavaa hyvän kirjan kanssa.",
    "is": "Ferjan fer klukkan níu að morgni og sá sem missir af henni bíður eftir þeirri næstu með góða bók.",
    "pl": "Prom odpływa o dziewiątej rano, a kto się spóźni, czeka na następny z dobrą książką w ręku.",
    "cs": "Přívoz odjíždí v devět hodin ráno a kdo ho nestihne, čeká s dobrou knihou na další.",
    "sk": "Trajekt odchádza o deviatej hodine ráno a kto ho zmešká, čaká s dobrou knihou na ďalší.",
    "hu": "A komp reggel kilenckor indul, és aki lekési, az egy jó könyvvel várja a következőt.",
    "ro": "Feribotul pleacă la ora nouă dimineața, iar cine îl pierde așteaptă următorul cu o carte bună.",
    "tr": "Feribot sabah dokuzda kalkıyor ve onu kaçıran iyi bir kitapla bir sonrakini bekliyor.",
    "id": "Feri berangkat pukul sembilan pagi, dan siapa yang tertinggal menunggu yang berikutnya dengan buku yang bagus.",
    "vi": "Chuyến phà rời bến lúc chín giờ sáng, và ai lỡ chuyến thì đợi chuyến sau với một cuốn sách hay.",
    "ca": "El transbordador surt a les nou del matí, i qui el perd espera el següent amb un bon llibre.",
    "hr": "Trajekt polazi u devet ujutro, a tko ga propusti čeka sljedeći s dobrom knjigom u ruci.",
    "sl": "Trajekt odpelje ob devetih zjutraj, in kdor ga zamudi, čaka na naslednjega z dobro knjigo.",
    "et": "Praam väljub kell üheksa hommikul ja kes maha jääb, ootab järgmist hea raamatuga.",
    "lt": "Keltas išplaukia devintą valandą ryto, o kas pavėluoja, laukia kito su gera knyga.",
    "lv": "Prāmis atiet deviņos no rīta, un kas to nokavē, gaida nākamo ar labu grāmatu.",
    "ru": "Паром отходит в девять часов утра, а кто опоздал, ждёт следующего с хорошей книгой на пристани.",
    "uk": "Пором відходить о дев'ятій ранку, а хто запізнився, чекає на наступний із гарною книжкою.",
    "bg": "Фериботът тръгва в девет сутринта, а който го изпусне, чака следващия с хубава книга.",
    "mk": "Траектот тргнува во девет наутро, а кој ќе го пропушти го чека следниот со добра книга.",
    "sr": "Трајект полази у девет ујутру, а ко га пропусти чека следећи са добром књигом у руци.",
    "ar": "تغادر العبارة في التاسعة صباحا، ومن فاتته ينتظر العبارة التالية ومعه كتاب جيد في غرفة المسافرين.",
    "fa": "کشتی ساعت نه صبح حرکت می‌کند و هر کس که به آن نرسد با یک کتاب خوب منتظر بعدی می‌ماند.",
    "ur": "کشتی صبح نو بجے روانہ ہوتی ہے اور جو رہ جائے وہ ایک اچھی کتاب کے ساتھ اگلی کا انتظار کرتا ہے۔",
    "hi": "नाव सुबह नौ बजे जाती है, और जो चूक जाए वह अगली नाव की प्रतीक्षा एक अच्छी किताब के साथ करता है।",
    "mr": "फेरी सकाळी नऊ वाजता सुटते आणि ज्याची चुकते तो चांगले पुस्तक घेऊन पुढच्या फेरीची वाट पाहतो.",
    "ne": "डुङ्गा बिहान नौ बजे छुट्छ, र जसले छुटाउँछ उसले राम्रो किताब लिएर अर्को डुङ्गा पर्खन्छ।",
    "zh": "渡船早上九点离开码头，错过的人要带着一本好书在旅客休息室里等下一班船。",
    "ja": "渡し船は朝の九時に出るので、乗り遅れた人は待合室で本を読みながら次の船を待ちます。",
    "ko": "나룻배는 아침 아홉 시에 떠나고, 놓친 사람은 좋은 책을 읽으며 다음 배를 기다립니다.",
    "th": "เรือข้ามฟากออกเวลาเก้าโมงเช้า และใครที่พลาดก็ต้องรอลำถัดไปพร้อมหนังสือดีๆ สักเล่ม",
    "he": "המעבורת יוצאת בתשע בבוקר, ומי שמפספס אותה מחכה לבאה אחריה עם ספר טוב.",
    "el": "Το πλοίο φεύγει στις εννέα το πρωί και όποιος το χάσει περιμένει το επόμενο με ένα καλό βιβλίο.",
    "bn": "ফেরি সকাল নয়টায় ছাড়ে, আর যে ধরতে পারে না সে ভালো বই নিয়ে পরেরটির জন্য অপেক্ষা করে।",
    "ta": "படகு காலை ஒன்பது மணிக்குப் புறப்படும், தவறவிட்டவர் நல்ல புத்தகத்துடன் அடுத்ததற்குக் காத்திருப்பார்.",
    "ka": "ბორანი დილის ცხრა საათზე გადის, და ვინც დააგვიანებს, შემდეგს კარგი წიგნით ელოდება.",
    "af": "Die veerboot vertrek nege-uur in die oggend, en wie dit mis, wag met 'n goeie boek vir die volgende een.",
    "sw": "Kivuko huondoka saa tatu asubuhi, na anayekikosa husubiri kingine akiwa na kitabu kizuri cha kusoma.",
    "gl": "O transbordador sae ás nove da mañá, e quen o perde agarda polo seguinte cun bo libro na man.",
    "eu": "Ferrya goizeko bederatzietan ateratzen da, eta galtzen duenak hurrengoari itxaroten dio liburu on batekin.",
    "sq": "Trageti niset në orën nëntë të mëngjesit, dhe kush e humb pret tjetrin me një libër të mirë.",
    "cy": "Mae'r fferi yn gadael am naw o'r gloch y bore, ac mae pwy bynnag sy'n ei cholli yn aros am y nesaf gyda llyfr da.",
}


@pytest.mark.parametrize(("language", "text"), TEXTS.items(), ids=TEXTS)
def test_language(language: str, text: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize("scrap", ["", "Hello there", "1234 5678 9012 3456 7890 1234", "— … —"])
def test_a_scrap_says_nothing(scrap: str) -> None:
    assert (detect_language(scrap), detect_language(scrap, "fi")) == ("", "fi")


def test_the_text_overrules_what_is_declared() -> None:
    assert detect_language(TEXTS["de"], "en") == "de"


PLAIN = "en de fr es pt nl fi pl tr ar fa hi ja zh ko th he el".split()


@pytest.mark.parametrize("language", PLAIN)
def test_common_languages_need_no_model(language: str) -> None:
    assert _by_words_or_script(3 * TEXTS[language]) == language


def _by_words_or_script(text: str) -> str:
    return _by_words(text, "") or _by_script(text)


def test_names_and_models_of_a_shop_are_believed_to_be_what_the_page_declares() -> None:
    goods = "Oat Flakes 500g | 3.49\nRye Bread 750g | 4.20\nBarley Groats 1kg | 2.99\n" * 3
    assert detect_language(f"{goods}Delivery is free for you and the goods are in stock\n{goods}", "en") == "en"


def test_a_relative_without_a_list_is_asked_of_the_model() -> None:
    assert detect_language(TEXTS["gl"], "gl") == "gl"


def test_the_middle_counts_more_than_the_start() -> None:
    assert detect_language("Home News Sport Weather Culture " * 5 + 20 * TEXTS["de"]) == "de"


@pytest.mark.parametrize("piece", ["\ud7a3", "a", "the ", ".", "\u0301", " "])
def test_long_texts_cost_nothing(piece: str) -> None:
    assert detect_language(piece * 1_000_000, "xx") in ("ko", "en", "tl", "xx")
