"""Bytes to characters: the hostile byte cases by their numbers, and the laws as properties."""

# ruff: noqa: E501  # the cases are a table

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.segment.decode import decode, encoding_name

RUSSIAN = "Вчера вечером жители деревни собрались у реки, чтобы проводить зиму. Дети катались на санках. "
GERMAN = "Die Bäckerei öffnet früh, und wer süße Brötchen mag, muß sich beeilen. "
CHINESE = "昨天晚上，村民们聚集在河边庆祝春天的到来。孩子们在玩耍，大人们喝茶。"
PAGE = "<!doctype html><html><head>{head}</head><body><p>{text}</p></body></html>"


def page(text: str, head: str = "", lang: str = "") -> str:
    made = PAGE.format(text=text, head=head)
    return made.replace("<html>", f'<html lang="{lang}">') if lang else made


# id -> bytes, declared label, expected text, encoding, source, replaced
CASES = {
    "01-empty": (b"", None, "", "utf-8", "utf-8", 0),
    "02-one-byte": (b"a", None, "a", "utf-8", "utf-8", 0),
    "02-one-high-byte": (b"\xe9", None, "é", "windows-1252", "fallback", 0),
    "03-only-space": (b" \r\n\t", None, " \r\n\t", "utf-8", "utf-8", 0),
    "03-only-bom": (b"\xef\xbb\xbf", None, "", "utf-8", "bom", 0),
    "04-utf8-bom": (b"\xef\xbb\xbfgr\xc3\xbcn", "iso-8859-1", "grün", "utf-8", "bom", 0),
    "05-utf16le-bom": (b"\xff\xfe" + RUSSIAN.encode("utf-16-le"), None, RUSSIAN, "utf-16le", "bom", 0),
    "05-utf16be-bom": (b"\xfe\xff" + GERMAN.encode("utf-16-be"), "utf-8", GERMAN, "utf-16be", "bom", 0),
    "05-utf16-bom-half-a-character": (b"\xff\xfea\0b", None, "a\ufffd", "utf-16le", "bom", 1),
    "06-utf16le-no-bom": (page(GERMAN).encode("utf-16-le"), None, page(GERMAN), "utf-16le", "detector", 0),
    "06-utf16be-no-bom-russian": (RUSSIAN.encode("utf-16-be"), None, RUSSIAN, "utf-16be", "detector", 0),
    "06-utf16le-no-bom-chinese-page": (page(CHINESE).encode("utf-16-le"), None, page(CHINESE), "utf-16le", "detector", 0),
    "06-utf16-declared-short": ("да".encode("utf-16-le"), "utf-16", "да", "utf-16le", "declared", 0),
    "06-utf16-declared-is-ascii": (b"<p>plain text</p>", "utf-16", "<p>plain text</p>", "utf-8", "utf-8", 0),
    "07-utf32le-bom": (b"\xff\xfe\0\0" + GERMAN.encode("utf-32-le"), None, GERMAN, "utf-32le", "bom", 0),
    "07-utf32be-bom": (b"\0\0\xfe\xff" + RUSSIAN.encode("utf-32-be"), None, RUSSIAN, "utf-32be", "bom", 0),
    "07-utf32le-no-bom": (GERMAN.encode("utf-32-le"), None, GERMAN, "utf-32le", "detector", 0),
    "07-utf32be-no-bom": (GERMAN.encode("utf-32-be"), None, GERMAN, "utf-32be", "detector", 0),
    "08-cut-at-the-end": (RUSSIAN.strip(". ").encode()[:-1], None, RUSSIAN.strip(". ")[:-1] + "\ufffd", "utf-8", "utf-8", 1),
    "08-cut-in-front": ("жизнь и зима".encode()[1:], None, "\ufffdизнь и зима", "utf-8", "utf-8", 1),
    "08-cut-short-text": ("né à Pâqué".encode()[:-1], None, "né à Pâqu\ufffd", "utf-8", "utf-8", 1),
    "09-overlong": ("grün ".encode() * 9 + b"\xc0\xbcb\xc0\xbe", None, "grün " * 9 + "\ufffdb\ufffd", "utf-8", "utf-8", 2),
    "09-overlong-nul": ("grün ".encode() * 4 + b"\xc0\x80", None, "grün " * 4 + "\ufffd", "utf-8", "utf-8", 1),
    "09-cesu8": ("süß ".encode() + b"\xed\xa0\xbd\xed\xb8\x80!", None, "süß 😀!", "utf-8", "utf-8", 0),
    "09-encoded-surrogate": ("grüße ".encode() * 3 + b"\xed\xa0\xbd!", None, "grüße " * 3 + "\ufffd!", "utf-8", "utf-8", 1),
    "10-lone-surrogate-in-str": ("Über \ud83d süß".encode("utf-8", "surrogatepass"), "utf-8", "Über \ufffd süß", "utf-8", "declared", 1),
    "10-only-a-lone-surrogate": ("a \ud83d b".encode("utf-8", "surrogatepass"), "utf-8", "a \ufffd b", "utf-8", "declared", 1),
    "11-nuls": (b"a\0b\0\0 caf\xc3\xa9 and a longer line of words", None, "ab café and a longer line of words", "utf-8", "utf-8", 0),
    "11-only-nuls": (b"\0\0\0\0\0", None, "", "utf-8", "utf-8", 0),
    "12-declared-latin1-is-utf8": (GERMAN.encode(), "latin-1", GERMAN, "utf-8", "utf-8", 0),
    "12-meta-latin1-is-utf8": (
        page(GERMAN, "<meta charset=iso-8859-1>").encode(), None, page(GERMAN, "<meta charset=iso-8859-1>"), "utf-8", "utf-8", 0),
    "13-declared-utf8-is-cp1252": (GERMAN.encode("cp1252"), "utf-8", GERMAN, "windows-1252", "detector", 0),
    "13-declared-utf8-is-cp1252-short": (b"caf\xe9 \x93noir\x94", "utf-8", "café “noir”", "windows-1252", "fallback", 0),
    "13-latin1-means-cp1252": (b"\x84Na sch\xf6n\x93", "ISO-8859-1", "„Na schön“", "windows-1252", "declared", 0),
    "13-declared-wins-over-meta": (
        page(RUSSIAN, "<meta charset=koi8-r>").encode("cp1251"), "windows-1251",
        page(RUSSIAN, "<meta charset=koi8-r>"), "windows-1251", "declared", 0),
    "14-contradicting-metas": (
        page(CHINESE, "<meta charset=euc-kr><meta charset=gb2312>").encode("gb18030"), None,
        page(CHINESE, "<meta charset=euc-kr><meta charset=gb2312>"), "gbk", "meta", 0),
    "14-meta-says-utf16": (page("x", "<meta charset=utf-16>").encode(), None, page("x", "<meta charset=utf-16>"), "utf-8", "meta", 0),
    "15-meta-after-comments": (
        ("<!--" + "licence " * 700 + "-->\n" + page(RUSSIAN, "<meta charset='koi8-r'>")).encode("koi8-r"), None,
        "<!--" + "licence " * 700 + "-->\n" + page(RUSSIAN, "<meta charset='koi8-r'>"), "koi8-r", "meta", 0),
    "15-meta-in-a-comment": (
        page(RUSSIAN, "<!-- <meta charset=koi8-r> -->").encode("cp1251"), None,
        page(RUSSIAN, "<!-- <meta charset=koi8-r> -->"), "windows-1251", "detector", 0),
    "15-xml-declaration": (
        ("<?xml version='1.0' encoding='ISO-8859-2'?>" + page("Żółta łąka")).encode("iso-8859-2"), None,
        "<?xml version='1.0' encoding='ISO-8859-2'?>" + page("Żółta łąka"), "iso-8859-2", "meta", 0),
    "16-utf7": (b"+ADw-script+AD4- caf\xe9 \x93", "utf-7", "+ADw-script+AD4- café “", "windows-1252", "fallback", 0),
    "16-x-user-defined": (b"caf\xe9 \x93", "x-user-defined", "café “", "windows-1252", "fallback", 0),
    "16-unknown-label": (GERMAN.encode(), "klingon-8", GERMAN, "utf-8", "utf-8", 0),
    "17-iso-2022-jp": ("昨日の夕方".encode("iso-2022-jp"), None, "昨日の夕方", "iso-2022-jp", "detector", 0),
    "17-iso-2022-jp-declared": ("昨日の夕方".encode("iso-2022-jp"), "iso-2022-jp", "昨日の夕方", "iso-2022-jp", "declared", 0),
    "17-escape-that-is-none": (b"\x1b[31mred\x1b[0m", None, "\x1b[31mred\x1b[0m", "utf-8", "utf-8", 0),
    "18-mixed": (RUSSIAN.encode() + b"caf\xe9 \x93ok\x94", None, RUSSIAN + "café “ok”", "utf-8", "utf-8", 0),
    "19-short-gb18030": ("中文新闻".encode("gb18030"), "gb18030", "中文新闻", "gb18030", "declared", 0),
    "19-short-gbk-by-language": (page("中文新闻", lang="zh").encode("gbk"), None, page("中文新闻", lang="zh"), "gbk", "detector", 0),
    "19-short-big5-hkscs": ("香港嘅新聞".encode("big5hkscs"), "big5", "香港嘅新聞", "big5", "declared", 0),
    "19-short-euc-kr": ("한국 뉴스".encode("euc-kr"), "euc-kr", "한국 뉴스", "euc-kr", "declared", 0),
    "19-gbk-cut": (CHINESE.encode("gbk")[:-1], "gbk", CHINESE[:-1] + "\ufffd", "gbk", "declared", 1),
    "23-c1-in-utf8": ("Er sagte \x84nein\x93\x85".encode(), None, "Er sagte „nein“…", "utf-8", "utf-8", 0),
    "23-line-ends-stay": ("a\x85b\u2028c\u2029d\x0be\x0cf".encode(), None, "a\x85b\u2028c\u2029d\x0be\x0cf", "utf-8", "utf-8", 0),
    "24-cr-and-mixed-newlines": (b"a\rb\r\nc\nd", None, "a\rb\r\nc\nd", "utf-8", "utf-8", 0),
    "25-double-mojibake-is-left": ("cafÃƒÂ©".encode(), None, "cafÃƒÂ©", "utf-8", "utf-8", 0),
}  # fmt: skip


@pytest.mark.parametrize(("data", "declared", "text", "encoding", "source", "replaced"), CASES.values(), ids=CASES)
def test_case(
    data: Any, declared: Any, text: Any, encoding: Any, source: Any, replaced: Any
) -> None:  # the columns of the table
    found = decode(data, declared)
    assert (found.text, found.encoding, found.source, found.replaced) == (text, encoding, source, replaced)


LEGACY = {
    "de": (GERMAN, "cp1252"), "ru-1251": (RUSSIAN, "cp1251"), "ru-koi8": (RUSSIAN, "koi8-r"), "ru-866": (RUSSIAN, "cp866"),
    "zh-gb18030": (CHINESE, "gb18030"), "ja-sjis": ("昨日の夕方、村の人々は川のほとりに集まりました。" * 2, "cp932"),
    "ja-euc": ("昨日の夕方、村の人々は川のほとりに集まりました。" * 2, "euc-jp"),
    "ko": ("어제 저녁 마을 사람들은 봄을 맞이하기 위해 강가에 모였습니다.", "cp949"),
    "el": ("Χθες το βράδυ οι κάτοικοι του χωριού μαζεύτηκαν δίπλα στο ποτάμι.", "cp1253"),
    "he": ("אתמול בערב התאספו תושבי הכפר ליד הנהר כדי לחגוג את בוא האביב.", "cp1255"),
    "th": ("เมื่อวานตอนเย็นชาวบ้านมารวมตัวกันริมแม่น้ำเพื่อฉลองฤดูใหม่", "cp874"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "encoding"), LEGACY.values(), ids=LEGACY)
@pytest.mark.parametrize("declared", [None, "utf-8", "klingon-8"])
def test_nobody_declares_a_legacy_encoding(text: Any, encoding: Any, declared: Any) -> None:
    assert decode(page(text).encode(encoding), declared).text == page(text)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("latin-1", "windows-1252"), ("US-ASCII", "windows-1252"), (" UTF8 ", "utf-8"), ("GB2312", "gbk"), ("x-sjis", "shift_jis"),
        ("ks_c_5601-1987", "euc-kr"), ("windows-874", "windows-874"), ("tis-620", "windows-874"), ("'utf-8'", "utf-8"),
        ("macintosh", "macintosh"), ("utf-7", None), ("x-user-defined", None), ("rot13", None), ("hex", None), ("", None),
        ("a\0b", None), ("z" * 10_000, None), ("ütf-8", None),
    ],
)  # fmt: skip
def test_labels_mean_what_the_web_means(label: Any, name: Any) -> None:
    assert encoding_name(label) == name


def assert_clean(text: str) -> None:
    assert not re.search("[\0\ud800-\udfff]", text)


@given(
    st.binary(max_size=400),
    st.sampled_from([None, "utf-8", "utf-16", "gbk", "shift_jis", "iso-2022-jp", "x"]) | st.text(max_size=9),
)
def test_any_bytes_decode_to_clean_text(data: Any, declared: Any) -> None:
    assert_clean(decode(data, declared).text)


@given(st.text(max_size=80), st.binary(max_size=6), st.text(max_size=80))
def test_damaged_utf8_decodes_to_clean_text(before: Any, damage: Any, after: Any) -> None:
    assert_clean(decode(before.encode("utf-8", "surrogatepass") + damage + after.encode("utf-8", "surrogatepass")).text)


WORDS = {
    "utf-8": "grün süß 春天 зима café 😀", "utf-16": "grün süß 春天 зима 😀", "utf-16-le": "green meadow зима",
    "utf-32": "grün 春天", "utf-8-sig": "grün 春天", "cp1252": "grün süß weiß über Mädchen", "cp1251": "зима весна мёд лодка",
    "koi8-r": "зима весна мёд лодка", "iso-8859-2": "żółta łąka kiełbasa późno", "gb18030": "春天 村民 河边 孩子们 喝茶",
    "big5": "春天 河邊 孩子們 慶祝", "shift_jis": "昨日 夕方 子ども", "euc-jp": "昨日 夕方 子ども", "euc-kr": "어제 저녁 사람들",
    "iso-2022-jp": "昨日 夕方 子ども", "cp874": "เมื่อวาน ชาวบ้าน แม่น้ำ", "cp1256": "القرية مساء النهر",
}  # fmt: skip
SANE = st.sampled_from(sorted(WORDS)).flatmap(
    lambda encoding: st.tuples(
        st.just(encoding),
        st.lists(st.sampled_from(WORDS[encoding].split()), min_size=1, max_size=40).map(" ".join),
    )
)


@given(SANE)
def test_what_was_encoded_and_declared_comes_back(sample: Any) -> None:
    encoding, text = sample
    assert decode(text.encode(encoding), encoding).text == text


def test_plain_utf8_costs_next_to_nothing() -> None:
    data = page(GERMAN * 4000, "<meta charset=utf-8>").encode()[:300_000].rsplit(b".", 1)[0]
    spent = []
    for _ in range(20):
        start = time.perf_counter()
        decode(data)
        spent.append(time.perf_counter() - start)
    plain = min(spent)
    assert plain < 0.01  # 0.3 ms on a quiet machine; the floor only catches another order of magnitude


def test_a_flood_of_bad_bytes_takes_no_time() -> None:
    start = time.perf_counter()
    decode("é".encode() * 500_000 + b"\xff a" * 200_000)
    assert time.perf_counter() - start < 5


def test_a_stray_nul_does_not_make_ascii_utf_16() -> None:
    decoded = decode(b"Read also: Old mill reopens after forty years\n\x00")
    assert decoded.text == "Read also: Old mill reopens after forty years\n"
