"""Which library tells legacy encodings best: texts written for this, in many languages, encodings and lengths.

    python benchmarks/detectors.py            prints right answers and milliseconds of each candidate, by length

An answer is right when decoding under it gives the text back. Candidates that are not installed are left out.
"""

# ruff: noqa: E501, ISC004  # the texts are a table

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from pipeline.segment.decode import decode, encoding_name

TEXTS: dict[str, tuple[str, str]] = {
    "de": ("windows-1252 mac-roman", "Die Bäckerei öffnet früh. Wer süße Brötchen mag, muß sich beeilen, denn gegen zehn Uhr"
           " sind die größten Körbe schon leer. Für Gäste, die später kommen, gibt es Kaffee und ein Stück Käsekuchen."),
    "fr": ("windows-1252 iso-8859-15 mac-roman", "L’été dernier, la mairie a décidé de rénover le vieux théâtre. Les travaux dureront"
           " plusieurs années, précise le maire, mais les élèves pourront déjà répéter leurs pièces à côté, dans l’école."),
    "es": ("windows-1252", "El año pasado los niños plantaron árboles junto al río. Según la alcaldesa, la mayoría creció"
           " bien; ¿quién habría pensado que el jardín sería tan pequeño? Mañana volverán con más semillas."),
    "pt": ("windows-1252", "A estação abriu de manhã cedo. Não há mais comboios à noite, mas a câmara já anunciou que"
           " três linhas serão prolongadas até às praias; a população reagiu com satisfação."),
    "sv": ("windows-1252", "På våren går många ut på sjön när isen är tjock. Färjan kör inte, så öborna åker skidor över"
           " till fastlandet för att köpa mjölk, bröd och några tidningar."),
    "pl": ("iso-8859-2 windows-1250", "Wczoraj późnym wieczorem mieszkańcy wsi zobaczyli nad łąką żółte światło. Strażacy przyjechali"
           " szybko, lecz znaleźli tylko ognisko i dwóch chłopców, którzy piekli kiełbasę."),
    "cs": ("iso-8859-2 windows-1250", "Nejstarší most ve městě se příští týden uzavře. Dělníci opraví poškozené zábradlí a vymění"
           " dlažbu; řidiči budou muset jezdit přes nádraží, upozornil úřad."),
    "hu": ("iso-8859-2 windows-1250", "A könyvtár két hétig zárva lesz, mert új polcokat és fűtést kap. Az olvasók addig a művelődési"
           " házban vehetik át a könyveket, mondta az igazgatónő, aki köszöni a türelmet."),
    "tr": ("windows-1254", "Köydeki okulun bahçesine yeni ağaçlar dikildi. Öğrenciler her sabah çiçekleri suluyor, öğretmen"
           " ise yağmurun ne zaman yağacağını soruyor; güneş şimdilik çok sıcak."),
    "ru": ("windows-1251 koi8-r iso-8859-5 cp866 mac-cyrillic", "Вчера вечером жители деревни собрались у реки, чтобы проводить зиму. Дети катались"
           " на санках, взрослые пили чай с мёдом и рассказывали истории о том, как раньше строили лодки."),
    "uk": ("windows-1251 koi8-u", "Учора ввечері мешканці села зібралися біля річки, щоб провести зиму. Діти каталися на санчатах,"
           " дорослі пили чай із медом і згадували, як їхні діди будували човни."),
    "bg": ("windows-1251", "Вчера вечерта жителите на селото се събраха край реката, за да изпратят зимата. Децата се пързаляха"
           " с шейни, а възрастните пиеха чай с мед и разказваха стари истории."),
    "el": ("iso-8859-7 windows-1253", "Χθες το βράδυ οι κάτοικοι του χωριού μαζεύτηκαν δίπλα στο ποτάμι για να γιορτάσουν την άνοιξη."
           " Τα παιδιά έπαιζαν και οι μεγάλοι έλεγαν ιστορίες για τα παλιά καράβια."),
    "he": ("windows-1255", "אתמול בערב התאספו תושבי הכפר ליד הנהר כדי לחגוג את בוא האביב. הילדים שיחקו והמבוגרים"
           " סיפרו סיפורים על הסירות שבנו פעם."),
    "ar": ("windows-1256 iso-8859-6", "اجتمع سكان القرية مساء أمس قرب النهر للاحتفال بقدوم الربيع. لعب الأطفال بينما"
           " روى الكبار حكايات عن القوارب التي بناها أجدادهم."),
    "th": ("cp874", "เมื่อวานตอนเย็นชาวบ้านมารวมตัวกันริมแม่น้ำเพื่อฉลองฤดูใหม่ เด็ก ๆ เล่นน้ำ ส่วนผู้ใหญ่เล่าเรื่องเรือ"
           "ที่ปู่ย่าเคยสร้าง"),
    "ja": ("shift_jis euc-jp iso-2022-jp", "昨日の夕方、村の人々は川のほとりに集まり、春の訪れを祝いました。子どもたちは遊び、大人たちは昔の舟の"
           "話をしながらお茶を飲みました。"),
    "zh": ("gbk big5", "昨天晚上人們在河邊聚集慶祝春天的到來孩子們玩耍大人們喝茶講述過去造船的故事直到月亮升起"),
    "zh-cn": ("gb18030", "昨天晚上，村民们聚集在河边庆祝春天的到来。孩子们在玩耍，大人们一边喝茶，一边讲述过去造船的故事。"),
    "ko": ("euc-kr", "어제 저녁 마을 사람들은 봄을 맞이하기 위해 강가에 모였습니다. 아이들은 뛰어놀고 어른들은 차를 마시며"
           " 옛날에 배를 만들던 이야기를 나누었습니다."),
    "lt": ("windows-1257", "Vakar vakare kaimo žmonės susirinko prie upės švęsti pavasario. Vaikai žaidė, o suaugusieji gėrė"
           " arbatą ir pasakojo, kaip jų seneliai statė laivus; šįmet jų bus daugiau."),
}  # fmt: skip
LENGTHS = (20, 60, 1000)  # characters; the last is the whole text, several times


class Sample(NamedTuple):
    """A text, its bytes in a legacy encoding, and where it came from."""

    language: str
    encoding: str
    length: int
    text: str
    data: bytes


def samples(*, html: bool) -> Iterator[Sample]:
    """All samples, as bare text or within a small page that names its language."""
    for language, (encodings, prose) in TEXTS.items():
        for encoding in encodings.split():
            for length in LENGTHS:
                text = (prose + " ") * 6 if length == LENGTHS[-1] else prose[:length]
                if html:
                    text = f"<html lang={language[:2]}><title>.</title><body class=page><p>{text}</p></body></html>"
                yield Sample(language, encoding, length, text, text.encode(encoding, "ignore"))


def candidates() -> dict[str, Callable[[bytes], str | None]]:
    """The detectors that are installed, by name, each as a function from bytes to a label."""
    found: dict[str, Callable[[bytes], str | None]] = {"thresher": lambda data: decode(data).encoding}
    asks: dict[str, Callable[[object, bytes], str | None]] = {
        "cchardet": lambda module, data: module.detect(data)["encoding"],  # type: ignore[attr-defined]
        "chardet": lambda module, data: module.detect(data)["encoding"],  # type: ignore[attr-defined]
        "charset_normalizer": lambda module, data: module.detect(data)["encoding"],  # type: ignore[attr-defined]
        "resiliparse.parse.encoding": lambda module, data: module.detect_encoding(data),  # type: ignore[attr-defined]
    }
    for name, ask in asks.items():
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        found[name] = lambda data, ask=ask, module=module: ask(module, data)  # type: ignore[misc]
    return found


def right(sample: Sample, label: str | None) -> bool:
    """Whether decoding under a label gives the text back."""
    if not label:
        return False
    name = encoding_name(label) or label
    try:
        return decode_as(sample.data, name) == sample.data.decode(sample.encoding)
    except (LookupError, UnicodeDecodeError):
        return False


def decode_as(data: bytes, name: str) -> str:
    """The text under a web name, strictly."""
    return data.decode({"gbk": "gb18030", "shift_jis": "cp932", "euc-kr": "cp949", "big5": "big5hkscs"}.get(name, name))


def main() -> None:
    """Print the table."""
    for html in (False, True):
        pool = list(samples(html=html))
        print(f"\n{'pages that name their language' if html else 'bare text'}: {len(pool)} samples")
        print(f"{'':28}" + "".join(f"{length:>10}" for length in LENGTHS) + f"{'all':>10}{'ms':>9}")
        for name, detect in candidates().items():
            start = time.perf_counter()
            answers = [detect(sample.data) for sample in pool]
            spent = (time.perf_counter() - start) * 1000
            good = [right(sample, answer) for sample, answer in zip(pool, answers, strict=True)]
            cells = [
                [ok for ok, sample in zip(good, pool, strict=True) if sample.length == length] for length in LENGTHS
            ]
            shares = "".join(f"{sum(cell):>6}/{len(cell):<3}" for cell in cells)
            print(f"{name:28}{shares}{sum(good):>10}{spent:>9.1f}")


if __name__ == "__main__":
    main()
