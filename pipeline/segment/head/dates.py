"""Dates as pages write them, to ISO 8601. A string in, a string out, "" where it is not plain which day is meant.

Observation: machines write `2024-03-05T09:00:00Z`, people `March 5, 2024`, `5. März 2024`, `5 de marzo de 2024`,
`2024年3月5日` or `05.03.2024`. The order of day and month is known wherever the month is a word, dots stand between, or
the year comes first. `03/05/2024` is two days, one in the United States and one elsewhere: only the region tells.
"""

from __future__ import annotations

import re
from datetime import date

_CAP = 120  # characters in which a written date must stand
_YEARS = range(1990, 2100)
_MONTH_FIRST = ("en-us",)
_UNCLEAR = ("", "en")  # which may be in the United States

# A month a line: its names and abbreviations in some thirty languages. A name that means one month here and another
# there (listopad) stands where the larger language has it.
_NAMES = """
january jan jän jänner januar janvier janv enero ene janeiro gennaio gen januari ianuarie ian stycznia styczeń sty leden ledna январь января янв січня січень ocak oca tammikuuta tammikuu január ιανουαρίου ιαν يناير ינואר जनवरी janúar januára janvāris sausio jaanuar јануар
february feb februar février févr fév fevrier febrero fevereiro fev febbraio februari februarie lutego luty lut únor února февраль февраля фев февр лютого лютий şubat şub helmikuuta helmikuu február φεβρουαρίου φεβ فبراير פברואר फरवरी फ़रवरी febrúar februára vasario veebruar фебруар
march mar mär märz marz mars marzo março marco maart mrt martie marca marzec březen března март марта мар березня березень mart maaliskuuta maaliskuu március márc μαρτίου μαρ مارس מרץ मार्च marts márz märts kovo
april apr avril avr abril abr aprile aprilie kwietnia kwiecień kwi duben dubna апрель апреля апр квітня квітень nisan nis huhtikuuta huhtikuu április ápr απριλίου απρ أبريل ابريل אפריל अप्रैल apríl apríla balandžio
may mai mayo maio maggio mag mei maj maja май мая травня травень mayıs toukokuuta toukokuu május máj μαΐου μαϊ مايو מאי मई maí mája květen května gegužės
june jun juni juin junio junho giugno giu iunie czerwca czerwiec cze červen června июнь июня июн червня червень haziran haz kesäkuuta kesäkuu június jún ιουνίου ιουν يونيو יוני जून júní júna birželio juuni
july jul juli juillet juil julio julho luglio lug iulie lipca lipiec lip červenec července июль июля июл липня липень temmuz tem heinäkuuta heinäkuu július júl ιουλίου ιουλ يوليو יולי जुलाई júlí júla liepos juuli
august aug août aout agosto ago augustus sierpnia sierpień sie srpen srpna август августа авг серпня серпень ağustos ağu elokuuta elokuu augusztus αυγούστου αυγ أغسطس اغسطس אוגוסט अगस्त ágúst augusta rugpjūčio
september sep sept septembre septiembre setembro set settembre septembrie września wrzesień wrz září сентябрь сентября сен сент вересня вересень eylül eyl syyskuuta syyskuu szeptember szept σεπτεμβρίου σεπ سبتمبر ספטמבר सितंबर सितम्बर septembra rugsėjo
october oct oktober okt octobre octubre outubro out ottobre ott octombrie października październik paź říjen října октябрь октября окт жовтня жовтень ekim eki lokakuuta lokakuu október οκτωβρίου οκτ أكتوبر اكتوبر אוקטובר अक्टूबर अक्तूबर októbra spalio oktoober
november nov novembre noviembre novembro noiembrie listopada listopad lis ноябрь ноября ноя нояб листопада kasım kas marraskuuta marraskuu νοεμβρίου νοε نوفمبر נובמבר नवंबर नवम्बर nóvember novembra lapkričio
december dec dez dezember décembre déc decembre diciembre dic dezembro dicembre decembrie grudnia grudzień gru prosinec prosince декабрь декабря дек грудня грудень aralık ara joulukuuta joulukuu δεκεμβρίου δεκ ديسمبر דצמבר दिसंबर दिसम्बर desember decembra gruodžio detsember
"""  # noqa: E501 - a table: one month a line
MONTHS = {name: number for number, line in enumerate(_NAMES.strip().split("\n"), 1) for name in line.split()}

_ISO = re.compile(
    r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)"
    r"(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d{1,9})?\s?(Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_MONTH = r"([^\s\d_.,:;/()@|-]{3,12})"
_WRITTEN = tuple((re.compile(pattern), order) for order, pattern in (
    ("ymd", r"(?<!\d)(\d{4})\s?[年년/.]\s?(\d{1,2})\s?[月월/.]\s?(\d{1,2})(?!\d)"),
    ("dmy", r"(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?![\d.])"),
    ("dmy", r"(?<![\d.])(\d\d)\.(\d\d)\.(\d\d)(?![\d.])"),
    ("dmy", rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er|º)?[.\s]\s?(?:de |of )?{_MONTH}[.,]?\s(?:del? )?(\d{{4}})(?!\d)"),
    ("mdy", rf"{_MONTH}\.?\s(\d{{1,2}})(?:st|nd|rd|th)?,?\s(?:\d\d:\d\d(?::\d\d)? )?(\d{{4}})(?!\d)"),
    ("dmy", rf"(?<!\d)(\d{{1,2}})-{_MONTH}-(\d{{4}})(?!\d)"),
    ("dmy", r"(?<!\d)(\d{1,2}) (?:tháng |thg )(\d{1,2}),? (?:năm )?(\d{4})(?!\d)"),
    ("ymd", r"(?<!\d)(\d{4})(\d{2})(\d{2})(?:T\d{4,6}Z?)?(?!\d)"),
))  # fmt: skip
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?![\d/])")
_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2}|[a-z]{3})[/-](\d{1,2})(?=[/-]|$)")


def iso_date(text: str, region: str = "") -> str:
    """The first date in a short text: a day or a moment in ISO 8601, "" where there is none or it could be two.

    `region` is the language the page declares (`en-us`): it says what `03/05/2024` means.
    """
    text = text[:_CAP]
    if not any(map(str.isdigit, text)):
        return ""
    found = _ISO.search(text)
    if found and (day := _day(found[1], found[2], found[3])):
        return f"{day}T{found[4]}{found[5] or ''}" if found[4] else day
    for pattern, order in _WRITTEN:
        for written in pattern.finditer(text):
            if day := _day(*(written[1 + order.index(part)] for part in "ymd")):
                return day
    slashed = _SLASHED.search(text)
    return _unslash(slashed, region) if slashed else ""


def date_of_address(url: str) -> str:
    """The day that an address carries in its path, as `/2024/03/05/`; "" if it does not."""
    found = _ADDRESS.search(url[:500].lower())
    return _day(found[1], found[2], found[3]) if found else ""


def _unslash(found: re.Match[str], region: str) -> str:
    """A date with slashes, where only one reading is a date, or the region says which is meant."""
    first, second, year = found.groups()
    readings = {_day(year, second, first), _day(year, first, second)} - {""}
    if len(readings) < 2:
        return min(readings, default="")
    if region in _UNCLEAR:
        return ""
    return _day(year, first, second) if region in _MONTH_FIRST else _day(year, second, first)


def _day(year: str, month: str, day: str) -> str:
    """An ISO day from digits or a month's name; "" if there is no such day, or no page of that year."""
    number = int(month) if month.isdecimal() else MONTHS.get(month.lower(), 0)
    whole = int(year) + (2000 if len(year) == 2 else 0)
    try:
        return date(whole, number, int(day)).isoformat() if whole in _YEARS else ""
    except ValueError:
        return ""
