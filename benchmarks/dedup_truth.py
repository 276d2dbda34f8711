"""Documents whose duplicates are known: the development texts, cut into stories, with copies made of them.

A story is a piece of a gold text of about `WORDS` words, cut at paragraphs. About half of the stories get copies of
some of the kinds below. Edits put words of the whole vocabulary in place of others, so they are random and no
paraphrase. Pieces that already share a third of their 3-grams with another are left out, or the truth would be false.

Two sorts of pages must NOT be taken for copies: those of a `template` (the same lines, over half of the page, around
different facts; Jaccard .42 to .45) and those of a `form` (a report of the same sentences with other numbers).
Everything follows from the seed and the packs. Texts are made in memory and never written into the project.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

WORDS = 450
MASTHEADS = 60
SITES, PAGES = 10, 50
FACTS = 800  # pieces that the template pages are made of
SYNDICATION = (
    "copy", "masthead", "big masthead", "edit 1 %", "edit 2 %", "edit 5 %", "edit 10 %", "drop 10 %", "drop 20 %",
    "masthead + edit 2 %",
)  # fmt: skip
"""Kinds of copies that one finds between newspapers."""
FRONTIER = ("mixed", "drop 40 %", "edit 20 %")
"""Kinds that are hard to tell from other stories."""


@dataclass(frozen=True, slots=True)
class Doc:
    """One document: `story` names what it tells; `kind` is `base`, a kind of copy, `template` or `form`."""

    id: str
    story: str
    kind: str
    text: str


def make(folder: Path, seed: int = 1, limit: int | None = None) -> list[Doc]:
    """All documents, in an order that follows from the seed; `limit` stories at most."""
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    stories = list(_apart(_pieces(folder)))
    rng.shuffle(stories)
    facts, stories = stories[:FACTS], stories[FACTS : limit and FACTS + limit]
    vocabulary = [word for story in stories[:500] for word in story.split()]
    mastheads = [_masthead(rng, vocabulary, rng.randint(8, 40)) for _ in range(MASTHEADS)]
    big = [_masthead(rng, vocabulary, rng.randint(90, 150)) for _ in range(MASTHEADS)]
    docs: list[Doc] = []
    for number, text in enumerate(stories):
        docs.append(Doc("", f"s{number}", "base", text))
        if rng.random() < 0.55:
            kinds = rng.sample(SYNDICATION + FRONTIER, rng.randint(1, 5))
            docs += [Doc("", f"s{number}", kind, _copy(kind, text, rng, vocabulary, mastheads, big)) for kind in kinds]
    docs += _templates(rng, facts) + _forms(rng, vocabulary)
    rng.shuffle(docs)
    return [Doc(f"d{number:06}", doc.story, doc.kind, doc.text) for number, doc in enumerate(docs)]


def grams(text: str, size: int = 3) -> set[tuple[str, ...]]:
    """The word 3-grams of a text, by the plainest means: the benchmark does not ask the code that it measures."""
    words = re.findall(r"\w+", text.lower())
    return set(zip(*(words[i:] for i in range(size)), strict=False))


def jaccard(one: str, other: str) -> float:
    """The share of 3-grams that two texts have in common."""
    mine, theirs = grams(one), grams(other)
    return len(mine & theirs) / (len(mine | theirs) or 1)


def _pieces(folder: Path) -> Iterator[str]:
    """The gold texts in pieces of at least a third of `WORDS` words, cut at lines."""
    for name in ("wcxb-dev", "news-multilingual-dev"):
        for text in pq.read_table(folder / f"{name}.parquet", columns=["gold_text"])["gold_text"].to_pylist():
            piece: list[str] = []
            for line in (text or "").splitlines():
                piece.append(line)
                if sum(len(part.split()) for part in piece) >= WORDS:
                    yield "\n".join(piece)
                    piece = []
            if sum(len(part.split()) for part in piece) >= WORDS // 3:
                yield "\n".join(piece)


def _apart(pieces: Iterator[str]) -> Iterator[str]:
    """The pieces that share few 3-grams with any one before."""
    holders: dict[tuple[str, ...], list[int]] = {}
    for number, piece in enumerate(pieces):
        mine = grams(piece)
        shared = Counter(holder for gram in mine for holder in holders.get(gram, ()))
        if not shared or shared.most_common(1)[0][1] < 0.33 * len(mine):
            for gram in mine:
                holders.setdefault(gram, []).append(number)
            yield piece


def _masthead(rng: random.Random, vocabulary: Sequence[str], words: int) -> str:
    """What a paper puts around each story: a line above, a line below."""
    line = " ".join(rng.choices(vocabulary, k=words))
    return f"{line[: len(line) // 3]}\n\0\n{line[len(line) // 3 :]}"


def _edit(text: str, share: float, rng: random.Random, vocabulary: Sequence[str]) -> str:
    """Replace, remove or add words at random places, `share` of them in all."""
    lines = []
    for line in text.split("\n"):
        words: list[str] = []
        for word in line.split(" "):
            if rng.random() >= share:
                words.append(word)
                continue
            chance = rng.random()
            words += [rng.choice(vocabulary)] * (chance > 0.2) + [word] * (chance > 0.8)
        lines.append(" ".join(words))
    return "\n".join(lines)


def _drop(text: str, share: float, rng: random.Random) -> str:
    """Remove lines until about `share` of the words are gone, and never more than that and a tenth."""
    lines = text.split("\n")
    sizes = [len(line.split()) for line in lines]
    left = share * sum(sizes)
    for number in rng.sample(range(len(lines)), len(lines)):
        if sizes[number] <= left + 0.1 * share * sum(sizes):
            left -= sizes[number]
            lines[number] = ""
    return "\n".join(line for line in lines if line)


def _copy(
    kind: str, text: str, rng: random.Random, words: Sequence[str], mastheads: Sequence[str], big: Sequence[str]
) -> str:
    """A copy of a kind."""
    ways: dict[str, Callable[[], str]] = {
        "copy": lambda: unicodedata.normalize("NFD", text).upper().replace("\n", " \n\n"),
        "masthead": lambda: rng.choice(mastheads).replace("\0", text),
        "big masthead": lambda: rng.choice(big).replace("\0", text),
        "masthead + edit 2 %": lambda: rng.choice(mastheads).replace("\0", _edit(text, 0.02, rng, words)),
        "mixed": lambda: rng.choice(mastheads).replace("\0", _edit(_drop(text, 0.1, rng), 0.05, rng, words)),
    }
    if kind in ways:
        return ways[kind]()
    what, share, _ = kind.split()
    return _edit(text, int(share) / 100, rng, words) if what == "edit" else _drop(text, int(share) / 100, rng)


def _templates(rng: random.Random, facts: Sequence[str]) -> list[Doc]:
    """Ten sites of fifty pages: half of the site's lines, the facts of the page, the other half."""
    pool = [lines for lines in map(_dozens, facts) if len(lines) >= 20]
    pool = [lines for lines in pool if len(grams(" ".join(lines))) > 11 * len(lines)]  # lines that say no thing twice
    docs = []
    for site in range(SITES):
        frame = pool.pop()[:20]
        for page in range(PAGES):
            own = pool.pop()[: rng.choice((13, 13, 13, 12))]
            docs.append(Doc("", f"t{site}-{page}", "template", "\n".join((*frame[:10], *own, *frame[10:]))))
    return docs


def _dozens(text: str) -> list[str]:
    """A text in lines of twelve words."""
    return re.findall(r"\S+(?:\s+\S+){11}", text)


def _forms(rng: random.Random, vocabulary: Sequence[str]) -> list[Doc]:
    """Ten forms of fifty reports: a sentence of twelve words, a number, and so on."""
    docs = []
    for form in range(SITES):
        parts = [" ".join(rng.choices(vocabulary, k=rng.randint(10, 30))) for _ in range(rng.randint(6, 16))]
        for page in range(PAGES):
            text = "\n".join(f"{part} {rng.randint(10, 9999)} ." for part in parts)
            docs.append(Doc("", f"f{form}-{page}", "form", text))
    return docs
