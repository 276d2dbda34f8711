"""Dates as pages write them."""

from __future__ import annotations

import pytest

from pipeline.segment.head.dates import date_of_address, iso_date

DAY = "2024-03-05"
WRITTEN = {
    "iso": (DAY, DAY),
    "moment": ("2024-03-05T09:08:07Z", "2024-03-05T09:08:07Z"),
    "moment-with-offset": ("2024-03-05 09:08 +01:00", "2024-03-05T09:08+01:00"),
    "fractions-go": ("2024-03-05T09:08:07.123456Z", "2024-03-05T09:08:07Z"),
    "iso-without-zeros": ("2024-3-5", DAY),
    "basic": ("20240305T090807Z", DAY),
    "mail": ("Tue, 05 Mar 2024 09:08:07 +0100", DAY),
    "unix": ("Tue Mar 5 09:08:07 2024", DAY),
    "en": ("March 5, 2024", DAY),
    "en-short": ("Mar. 5th, 2024", DAY),
    "en-british": ("5th of March 2024", DAY),
    "en-in-a-text": ("Last updated on Tuesday March 5, 2024 @09:08AM", DAY),
    "de": ("Dienstag, 5. März 2024", DAY),
    "de-dots": ("05.03.2024, 09:08 Uhr", DAY),
    "de-short-year": ("am 05.03.24", DAY),
    "at": ("5. Jänner 2024", "2024-01-05"),
    "fr": ("mardi 5 mars 2024", DAY),
    "fr-first": ("1er août 2024", "2024-08-01"),
    "es": ("5 de marzo de 2024", DAY),
    "es-del": ("5 de marzo del 2024", DAY),
    "pt": ("5 de março de 2024", DAY),
    "it": ("5 marzo 2024", DAY),
    "nl": ("5 maart 2024", DAY),
    "sv": ("5 mars 2024", DAY),
    "fi": ("5. maaliskuuta 2024", DAY),
    "pl": ("5 marca 2024", DAY),
    "cs": ("5. března 2024", DAY),
    "hu": ("2024. 03. 05.", DAY),
    "ro": ("5 martie 2024", DAY),
    "tr": ("5 Mart 2024", DAY),
    "ru": ("5 марта 2024", DAY),
    "uk": ("5 березня 2024", DAY),
    "el": ("5 Μαρτίου 2024", DAY),
    "ar": ("5 مارس 2024", DAY),
    "hi": ("5 मार्च 2024", DAY),
    "id": ("5 Maret 2024", ""),
    "vi": ("5 tháng 3, 2024", DAY),
    "ja": ("2024年3月5日", DAY),
    "ko": ("2024년 3월 5일", DAY),
    "with-dashes": ("05-Mar-2024", DAY),
    "slashes-one-reading": ("25/12/2024", "2024-12-25"),
    "year-first": ("2024/03/05", DAY),
    "no-such-day": ("2024-02-30", ""),
    "no-such-month": ("5. Gerste 2024", ""),
    "before-the-web": ("5 March 1816", ""),
    "far-away": ("2924-03-05", ""),
    "version": ("version 1.2.24", ""),
    "number": ("ISBN 9781234567897", ""),
    "a-day-without-year": ("March 5", ""),
    "words": ("yesterday", ""),
    "other-digits": ("²⁰²⁴-⁰³-⁰⁵ ٢٠٢٤-٠٣-٠٥", ""),
}


@pytest.mark.parametrize(("text", "date"), WRITTEN.values(), ids=WRITTEN)
def test_written_dates(text: str, date: str) -> None:
    assert iso_date(text) == date


@pytest.mark.parametrize(
    ("region", "date"),
    [("en-us", "2024-03-05"), ("en-gb", "2024-05-03"), ("en", ""), ("de", "2024-05-03"), ("", "")],
)
def test_what_slashes_mean_depends_on_the_region(region: str, date: str) -> None:
    assert iso_date("03/05/2024", region) == date


@pytest.mark.parametrize(
    ("url", "date"),
    [
        ("https://e.example/2024/03/05/ferry", DAY),
        ("https://e.example/news/2024/mar/05/ferry", DAY),
        ("https://e.example/2024-03-05-ferry", DAY),
        ("https://e.example/2024/03/ferry", ""),
        ("https://e.example/2024/13/05/ferry", ""),
        ("https://e.example/item/20240305", ""),
        ("", ""),
    ],
)
def test_days_in_addresses(url: str, date: str) -> None:
    assert date_of_address(url) == date


@pytest.mark.parametrize("piece", ["1.1.", "12 ", "5 March ", "/12", "2024-", "a", "年"])
def test_long_texts_cost_nothing(piece: str) -> None:
    assert iso_date(piece * 100_000)[:4] in ("", "2024")
