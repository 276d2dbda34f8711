"""The language of a text; scraps say nothing."""

from __future__ import annotations

import pytest

from pipeline.segment.language import detect_language

TEXTS = {
    "en": "The ferry leaves at nine in the morning, and whoever misses it waits for the next one with a good book.",
    "de": "Die Fähre legt um neun Uhr ab, und wer sie verpasst, wartet mit einem guten Buch auf die nächste.",
    "fr": "Le bac part à neuf heures du matin, et ceux qui le manquent attendent le suivant avec un bon livre.",
    "ru": "Паром отходит в девять часов утра, а кто опоздал, ждёт следующего с хорошей книгой на пристани.",
    "ar": "تغادر العبارة في التاسعة صباحا، ومن فاتته ينتظر العبارة التالية ومعه كتاب جيد في غرفة المسافرين.",
    "hi": "नाव सुबह नौ बजे जाती है, और जो चूक जाए वह अगली नाव की प्रतीक्षा एक अच्छी किताब के साथ करता है।",
    "zh": "渡船早上九点离开码头，错过的人要带着一本好书在旅客休息室里等下一班船。",
    "ja": "渡し船は朝の九時に出るので、乗り遅れた人は待合室で本を読みながら次の船を待ちます。",
}


@pytest.mark.parametrize(("language", "text"), TEXTS.items(), ids=TEXTS)
def test_language(language: str, text: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize("scrap", ["", "Hello there", "1234 5678 9012 3456 7890 1234", "— … —"])
def test_a_scrap_says_nothing(scrap: str) -> None:
    assert (detect_language(scrap), detect_language(scrap, "fi")) == ("", "fi")


def test_the_text_overrules_what_is_declared() -> None:
    assert detect_language(TEXTS["de"], "en") == "de"
