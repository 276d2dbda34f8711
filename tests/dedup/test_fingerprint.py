"""The fingerprint is frozen: vectors pin every bit, and a text gives the same alone, in company and anywhere."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dedup import fingerprint as room
from pipeline.dedup.fingerprint import Entry, entry_of, fingerprint, minhash, seconds_of, url_key
from pipeline.dedup.prints import NO_DATE, Prints, concat
from pipeline.dedup.similar import estimate
from pipeline.dedup.words import LETTER, SLOW, constants, table, words_of
from pipeline.document import Document, Metadata, PageInfo
from tests.dedup import make_v1
from tests.dedup.made_up import printed, story

VECTORS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("vectors.json").read_text(encoding="utf-8"))


def bits(prints: Prints) -> dict[str, Any]:
    """All that version 1 freezes of one document, as it stands in vectors.json."""
    return {
        "words": int(prints.words[0]),
        "exact": prints.exact.tobytes().hex(),
        "shingles": prints.shingles.astype(">u4").tobytes().hex(),
        "bands": prints.bands.astype(">u8").tobytes().hex(),
        "signature": prints.signatures.tobytes().hex(),
    }


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_vectors_pin_every_bit(vector: dict[str, Any]) -> None:
    expected = {key: value for key, value in vector.items() if key not in ("name", "text")}
    assert bits(fingerprint([Entry("x", vector["text"])])) == expected


def test_a_text_gives_the_same_alone_and_in_company(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [Entry(vector["name"], vector["text"]) for vector in VECTORS]
    alone = concat([fingerprint([entry]) for entry in entries])
    assert fingerprint(entries) == alone
    monkeypatch.setattr(room, "CHUNK", 50)
    monkeypatch.setattr(room, "TOGETHER", 7)
    assert fingerprint(entries) == alone


@settings(max_examples=60)
@given(st.lists(st.text(max_size=60), max_size=6))
def test_any_texts_give_the_same_alone_and_in_company(texts: list[str]) -> None:
    entries = [Entry(str(number), text) for number, text in enumerate(texts)]
    assert fingerprint(entries) == concat([fingerprint([entry]) for entry in entries])


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_hash_seeds_change_nothing(seed: str) -> None:
    script = (
        "import sys, json; from pipeline.dedup.fingerprint import *\n"
        "sys.stdout.buffer.write(fingerprint(Entry(n, t) for n, t in json.load(sys.stdin)).to_bytes())"
    )
    pairs = [(vector["name"], vector["text"]) for vector in VECTORS]
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps(pairs).encode(),
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        check=True,
    )
    assert (
        hashlib.sha256(done.stdout).digest()
        == hashlib.sha256(fingerprint(Entry(*pair) for pair in pairs).to_bytes()).digest()
    )


SAME = {
    "capitals": ("The Mill Is Open", "the mill is open"),
    "white space and punctuation": ("The mill,\u00a0is — open!", "the mill is\n\nopen"),
    "both normal forms": ("Crème brûlée à Ångström", unicodedata.normalize("NFD", "Crème brûlée à Ångström")),
    "full width": ("Ｔｈｅ Ｍｉｌｌ １２", "the mill 12"),
    "quotation marks": ("it’s “open”", 'it\'s "open"'),
    "soft hyphens and joiners": ("wind\u00admill\u200b \ufeffopen", "windmill open"),
    "emoji and their variants": ("open ❤️ 👍🏽 now", "open now"),
    "sharp s": ("Straße GROẞ", "STRASSE gross"),
    "ligatures": ("ﬁnd the oﬃce", "find the office"),
    "final sigma": ("ΟΔΟΣ", "οδος"),
    "Hangul jamo": ("한글", unicodedata.normalize("NFD", "한글")),
    "half-width Kana": ("ｶﾞｷﾞ", "ガギ"),
    "lone surrogates": ("open \ud800 now", "open now"),
    "characters that Unicode 14 does not know": ("open \U0001fae8\U0001e4d0\U00031350 now", "open now"),
    "control characters": ("open\x00now", "open now"),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_what_reads_the_same_has_the_same_words(one: str, other: str) -> None:
    first, second = words_of([one]), words_of([other])
    assert first.hashes.tolist() == second.hashes.tolist()
    assert first.exact.tobytes() == second.exact.tobytes()


DIFFERENT = {
    "another word": ("the mill is open", "the mill is shut"),
    "another order": ("the mill is open", "the open is mill"),
    "another border": ("air port", "airport"),
    "another number": ("on 12 May", "on 13 May"),
    "an accent": ("résumé", "resume"),
    "a vowel sign": ("कि", "का"),
    "letters in another order": ("the form", "the from"),
}


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_what_reads_otherwise_has_another_hash(one: str, other: str) -> None:
    exact = words_of([one, other]).exact
    assert exact[0].tobytes() != exact[1].tobytes()


COUNTS = {
    "": 0,
    " …—! 👍🏽": 0,
    "It's 3.5 km": 5,
    "हिन्दी में लिखा": 3,
    "我们在这里": 5,
    "ประเทศ": 6,
    "ที่นี่": 2,
    "한국어 말": 4,
    "カタカナとkana": 6,
    "كِتَاب جديد": 2,
    "x²": 1,
}


@pytest.mark.parametrize(("text", "count"), COUNTS.items(), ids=list(COUNTS.values()))
def test_words_are_counted_by_script(text: str, count: int) -> None:
    assert len(words_of([text]).hashes) == count


def test_digits_are_seen_in_every_script() -> None:
    assert words_of(["a1 b ٣ ½ c"]).digits.tolist() == [True, False, True, True, True, False]


@given(st.text(max_size=30))
def test_folding_settles(text: str) -> None:
    folded = unicodedata.normalize("NFKC", text).casefold()
    plain = all(table()[ord(character)] & LETTER or character.isspace() for character in text)
    if plain:
        assert words_of([folded]).exact.tobytes() == words_of([text]).exact.tobytes()


@settings(max_examples=300)
@given(st.text(st.characters(codec="utf-8"), max_size=12))
def test_the_fast_way_and_the_slow_way_agree(text: str) -> None:
    """A ligature behind a space sends the whole text the slow way; its words are then cut off again."""
    fast, slow = words_of([text]), words_of([text + " ﬁ"])
    assert slow.hashes.tolist()[:-1] == fast.hashes.tolist()


def test_the_table_is_what_its_maker_makes() -> None:
    if unicodedata.unidata_version == "14.0.0":
        assert (make_v1.table() == table()).all()
    assert hashlib.sha256(table().astype("<u4").tobytes()).hexdigest() == TABLE_DIGEST
    for name, count in make_v1.NUMBERS.items():
        assert (constants()[name] == make_v1.numbers(name, count)).all()


TABLE_DIGEST = "ebf4a4161151d3d0566288bbc5a4e8af4faf5597e3393f4b49e010149c2efc10"


def test_few_everyday_characters_need_the_slow_way() -> None:
    everyday = "".join(map(chr, range(0x20, 0x17F))) + "‘’“”„…–—•€абвя中文あア한ةي"
    slow = [character for character in everyday if table()[ord(character)] & SLOW]
    assert set(slow) <= set("\xadª²³¹º¼½¾ßİŉĲĳĿŀſ"), slow


def test_estimates_follow_the_truth() -> None:
    words = story(3, 3000)
    prints = printed(words, words[:1500] + story(4, 1500), story(5, 3000))
    first, second = (set(part.tolist()) for part in np.split(prints.shingles, prints.offsets[1:-1])[:2])
    truth = len(first & second) / len(first | second)
    assert estimate(prints.signatures[0], prints.signatures[1:]).tolist() == pytest.approx([truth, 0], abs=0.12)


def test_an_empty_set_has_no_minimum() -> None:
    assert minhash(np.zeros(0, np.uint32), np.array([0, 0])).tolist() == [[0] * 128]


DATES = {
    "1970-01-02": 86_400,
    "1970-01-01T02:00:00+02:00": 0,
    "1970-01-01T00:00:09.2Z": 9,
    "": NO_DATE,
    "yesterday": NO_DATE,
    "0001-01-01T00:00:00+14:00": -62_135_647_200,
}


@pytest.mark.parametrize(("date", "seconds"), DATES.items(), ids=list(DATES))
def test_dates_are_seconds(date: str, seconds: int) -> None:
    assert seconds_of(date) == seconds


def test_addresses_are_compared_without_their_dress() -> None:
    assert url_key("https://www.mill.example/news/7/#top") == url_key("http://mill.example/news/7") != 0
    assert url_key("http://mill.example/news/8") != url_key("http://mill.example/news/7")
    assert url_key("") == url_key("#top") == url_key("mill.txt") == 0


def test_an_entry_takes_what_a_page_says_of_itself_first() -> None:
    page = PageInfo(
        "x", "x.html", "mill", "http://mill.example/7?ref=home", "html", "utf-8", 9, "2031-05-06T07:00:00+00:00"
    )
    said = Metadata(date="2031-05-04", canonical_url="http://mill.example/7")
    assert entry_of(Document(page, said, (), ())) == Entry("x", "", "mill", "2031-05-04", "http://mill.example/7")
    assert entry_of(Document(page, Metadata(), (), ())) == Entry("x", "", "mill", page.fetched_at, page.url or "")
