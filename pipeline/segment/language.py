"""The language of a text, without network and without guessing at scraps.

Observation: most texts need no model. Some scripts are written by one language, and in the others every fourth or fifth
word is one of a few that only their language has (`the`, `und`, `que`). So the script is looked at first, then those
words are counted in a sample; only where neither is plain, among close relatives or in languages without a list here, a
model of n-grams is asked. It knows about a hundred languages, and takes most of a second to load.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Any

_ASCII = string.ascii_letters.encode()
_FEWEST_LETTERS = 20  # fewer say nothing of a language
_SAMPLE = 1000  # characters are enough
_HEAD = 250  # of them from the start, which may be a headline or a list; the others are from the middle
_PLAIN = 0.11  # share of a language's own words that makes it plain
_FAINT = 0.05  # share that is enough where the page declares that language, as in lists and tables
_AHEAD = 1.6  # times as many as any other language has

# One script, one language (or one that is read by far the most). Han is Chinese unless kana stand between.
_SCRIPTS = (
    ("ja", "\u3040-\u30ff"), ("ko", "\uac00-\ud7a3\u1100-\u11ff"), ("zh", "\u4e00-\u9fff\u3400-\u4dbf"),
    ("th", "\u0e01-\u0e5b"), ("he", "\u05d0-\u05ea"), ("el", "\u0370-\u03ff\u1f00-\u1fff"), ("hy", "\u0531-\u058a"),
    ("ka", "\u10a0-\u10ff"), ("bn", "\u0980-\u09ff"), ("pa", "\u0a00-\u0a7f"), ("gu", "\u0a80-\u0aff"),
    ("ta", "\u0b80-\u0bff"), ("te", "\u0c00-\u0c7f"), ("kn", "\u0c80-\u0cff"), ("ml", "\u0d00-\u0d7f"),
    ("si", "\u0d80-\u0dff"), ("km", "\u1780-\u17ff"), ("lo", "\u0e80-\u0eff"), ("my", "\u1000-\u109f"),
    ("am", "\u1200-\u137f"),
)  # fmt: skip
_OF_A_SCRIPT = [(language, re.compile(f"[{ranges}]")) for language, ranges in _SCRIPTS]
_FOREIGN = re.compile("[" + "".join(ranges for _, ranges in _SCRIPTS) + "]")
# Two letters at least: single ones are abbreviations and variables more often than words. Vowel signs of Indian scripts
# are no letters for Python, so a word is what stands between spaces and signs.
_WORD = re.compile(r"[^\s\d_.,;:!?()\[\]{}<>|/\\*+=#%&@$€£~^`'\"´‘’‚“”„«»‹›…·•–—―।、。،؛؟-]{2,}")

# A language a line, then words that are frequent in it. Relatives share many: what counts is who has most.
_TABLE = """
en the of and to in is that for it with as was on are be this by you have from or an at not your but we can they which will has if more
de der die und das den von zu mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über so zum kann nur ihre oder ich wir
fr le la les de des et en un une du dans est que pour qui au sur par plus pas ne ce il avec sont ou aux son mais cette nous vous été ses être leur comme
es el la los las de que en un una del se por con para su al es como más pero sus le lo fue este ha desde si está son esta entre cuando muy sin sobre también hay
pt os as de que do da em um uma para com não no na por mais dos das se como mas foi ao ele pelo pela são seu sua ou quando muito também já está há
it il la di che un per non una in del della sono con si da le dei al come più lo gli ha nel delle alla anche ma ed questo dal nella se
nl de het een van en in is dat op te zijn met voor niet die aan er ook als bij om uit door maar naar wordt hebben ze nog deze dan heeft werd kan je worden
sv och att det en som är av på för med den till inte om har de ett var jag kan från men vi så eller när man under där efter nu sig också han
da og at det en af er til på for der med den som de ikke har et om var fra kan men vi så han eller når efter også blev hvor ud nu jeg sig
no og det er som på en til av for at med den har de ikke et om var fra kan men vi så eller når etter også ble hvor ut nå jeg seg mot
fi ja on ei se että oli hän ovat kun myös mutta joka sen ole jos voi tai sekä niin kuin mitä mukaan ollut vain olla jo tämä ne
is og að er sem um en við það til af með var hann ekki fyrir eru eða þar hún frá hafa því þess verið segir
pl na się nie do że jest to jak od po za ale oraz co dla są przez tym który już był tego czy być przy może jego które
cs se na je že to do si jako by ale za pro od po jsou jeho který jsem při už než tak také podle které nebo
sk sa na je že to do aj si ako by ale za pre od po sú jeho ktorý som pri už než tak podľa ktoré alebo bol
hu az és hogy nem is egy ez meg de van azt csak már mint volt ha el vagy még ki pedig után lehet sem aki minden
ro și de în la cu nu pe care că din să este un mai pentru au se ca sunt fost după sau prin dar lui fi între
tr ve bir bu için da de ile olarak çok daha olan gibi en ne kadar var ama sonra değil ise her mi ya göre ancak
id yang dan di ini untuk dengan dari dalam itu tidak pada akan juga ke bisa ada adalah oleh atau anda saya karena lebih telah sudah kami
vi và của là có cho không các được một trong với người những đã này để khi từ về đến cũng như ra sẽ tôi anh
ca el la els les de que en un una del amb per no és al més dels se com però aquest ha seva són també va des seu aquesta
hr je na da se za su od što kao iz to nije koji ne te bi će samo po više koja ali koje kako
sl in je na se da za so ki ne pa tudi pri ali kot bi po od bo še le do več ter iz
et ja on ei et see ka oli kui mis ta aga oma ning seda kes või välja mida siis nii nagu mitte
lt ir kad su yra iš ne tai kaip buvo apie per jis bet taip tik dar už nuo kuris savo bus
lv un ir ar no uz par ka kas tas lai nav bet arī kā pie vai pēc tiek gan jau kurš savu bija
af die van en in is het dat nie vir met om te op word aan wat sy hy was as deur by ook sal ons kan maar
sw ya na wa kwa ni katika za la kuwa hiyo cha kama hii huo yake alisema watu baada pia hivyo
ru не на что по как это из для его но от так же за то или был все бы она мы они при также только если
uk не на що та до як за це для його але від про або був так після при які щоб також через вони
bg на да се за от не са че по като до това или при как ще но има след които беше само
mk на во се да од за со не што како тоа ја ги го или при ќе но има по до беше само кој кои меѓу откако
be не на што да як гэта за для яго але ад пры або быў ёсць так пасля якія каб таксама праз яны былі паводле
sr је на да се за су од са што као из то није који не би ће само по али које како
ar في من على أن إلى عن التي هذا مع ما هذه كان الذي لا بعد أو قال كل بين قد لم كما وقد ذلك
fa در به از که این را با است برای آن یک خود تا بر هم نیز شده هر اما شد بود می ها
ur کے میں کی ہے اور سے کا کو نے پر کہ یہ ہیں اس بھی ایک نہیں کہا تو کر تھا لیے
hi के में है की और से को का पर कि यह हैं ने इस भी एक नहीं हो कर तो था लिए
mr आहे आणि या त्या हे ते तर होते की नाही केली मध्ये आहेत हा त्यांनी मात्र असून
ne को मा हो भने गर्न पनि यो लागि भएको छन् गरेको तथा थियो नेपाल
"""  # noqa: E501 - a table
_COMMON = {line[:2]: line[3:].split() for line in _TABLE.strip().split("\n")}
_LANGUAGES: dict[str, list[str]] = {}
for _language, _words in _COMMON.items():
    for _word in _words:
        _LANGUAGES.setdefault(_word, []).append(_language)


@cache
def _classifier() -> Any:
    """The model, loaded once."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - it takes most of a second

    return LanguageIdentifier.from_model_file(MODEL_FILE)


def detect_language(text: str, declared: str = "") -> str:
    """Two-letter code of the language of `text`; `declared` (two letters) where it is too short to tell."""
    sample = _sample(text)
    foreign = 0 if sample.isascii() else len(_FOREIGN.findall(sample))
    letters = _count_latin(sample)
    if foreign or letters < _FEWEST_LETTERS:
        letters = sum(map(str.isalpha, sample))
    if letters < _FEWEST_LETTERS:
        return declared
    if foreign and 2 * foreign >= letters:
        return _by_script(sample)
    return _by_words(sample, declared) or _by_model(sample, declared)


def _count_latin(text: str) -> int:
    """How many letters of ASCII: enough to know of most texts, and many times as fast as to count all."""
    data = text.encode("utf-8", "replace")
    return len(data) - len(data.translate(None, _ASCII))


def _sample(text: str) -> str:
    """What is looked at: the start and the middle, cut anywhere."""
    if len(text) <= _SAMPLE:
        return text
    middle = (len(text) - _SAMPLE) // 2 + _HEAD
    return f"{text[:_HEAD]} {text[middle : middle + _SAMPLE - _HEAD]}"


def _by_script(sample: str) -> str:
    """The language whose script holds most letters."""
    counts = {language: len(pattern.findall(sample)) for language, pattern in _OF_A_SCRIPT}
    counts["ja"] += counts["zh"] if 20 * counts["ja"] > counts["zh"] else 0
    return max(counts, key=counts.__getitem__)


def _by_words(sample: str, declared: str) -> str:
    """The language of which most common words stand in the sample; "" where that is not plain."""
    if declared and declared not in _COMMON:
        return ""  # perhaps a relative of one that is
    words = _WORD.findall(sample.lower())
    counts = Counter(chain.from_iterable(filter(None, map(_LANGUAGES.get, words))))
    if not counts:
        return ""
    (first, most), (_, second) = (*sorted(counts.items(), key=itemgetter(1), reverse=True), ("", 0))[:2]
    if most < max(4, _PLAIN * len(words)):
        faint = first == declared and most >= max(3, _FAINT * len(words)) and most >= 2 * second
        return first if faint else ""
    if most >= _AHEAD * second:
        return first
    return declared if first == declared and most > 1.15 * second else ""


def _by_model(sample: str, declared: str) -> str:
    """What the model of n-grams says; `declared` where it names a language that has no two letters."""
    language = str(_classifier().classify(sample)[0])
    return language if len(language) == 2 else declared
