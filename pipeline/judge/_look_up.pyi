from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pipeline.document import Block, Category, Reason, Verdict

class Letters: ...
class Texts: ...
class Phrases: ...
class Weights: ...
class Elements: ...

def make_letters() -> Letters: ...
def read(
    letters: Letters, alone: Callable[[str], tuple[str | None, bool]], fold: Callable[[str], str], texts: Sequence[str]
) -> Texts: ...
def folded(texts: Texts) -> list[str]: ...
def terms(texts: Texts) -> list[list[str]]: ...
def squeezed(texts: Texts) -> list[str]: ...
def words(texts: Texts) -> list[int]: ...
def recurring(
    texts: Texts, lines: Sequence[int], paragraphs: Sequence[int], least: int, dense: int
) -> list[tuple[int, int, int]]: ...
def make_phrases(
    gates: Sequence[tuple[int, int, int, float, str, str, str, str]],
    entries: Sequence[tuple[int, str, str, str, str]],
    woken: Sequence[tuple[str, int]],
) -> Phrases: ...
def search(
    phrases: Phrases,
    texts: Texts,
    letters: Letters,
    alone: Callable[[str], tuple[str | None, bool]],
    blocks: Sequence[Block],
    kinds: Any,
    links: Any,
) -> list[tuple[int, list[int], list[int]]]: ...
def make_weights(
    rows: Iterable[str],
    table: bytes,
    alone: int,
    keys: Sequence[int],
    told: Sequence[tuple[float, str]],
    wholes: Iterable[tuple[str, float]],
    parts: Iterable[tuple[str, float, float]],
    shapes: tuple[bytes, Sequence[tuple[str, float]], bytes, bytes, bytes],
) -> Weights: ...
def score(weights: Weights, texts: Texts) -> tuple[bytes, bytes, list[tuple[float, str]], int, int]: ...
def score_paths(
    weights: Weights,
    texts: Texts,
    shapes: tuple[bytes, bytes, bytes],
    of_blocks: bytes,
    outer: bytes,
    spelt: bytes,
    spellings: Sequence[str],
) -> bytes: ...
def strongest(
    weights: Weights, outer: bytes, spelt: bytes, spellings: Sequence[str], wanted: Sequence[int], most: int
) -> list[list[tuple[float, str]]]: ...
def tell(
    made: type[Reason],
    rule: str,
    said: Sequence[tuple[Reason, ...]],
    blocks: tuple[Any, Any, Any, Any, Any, Any],
    loudest: Sequence[tuple[float, str]],
    around: tuple[Sequence[str | None], Sequence[int], Sequence[Sequence[tuple[float, str]]]],
    left_out: Any,
    by_links: tuple[str, str, str],
    sides: dict[str, str],
    bounds: tuple[float, float, int],
) -> list[tuple[int, Reason]]: ...
def decide(
    made: type[Verdict], reasons: type[Reason], said: Sequence[tuple[Reason, ...]], least: float, unspoken: Verdict
) -> tuple[Verdict, ...]: ...
def removed(reasons: type[Reason], said: Sequence[tuple[Reason, ...]], enough: float) -> list[Category | None]: ...
def make_elements(
    tags: Iterable[tuple[str, int]],
    roles: Iterable[tuple[str, int]],
    box_parts: Iterable[tuple[str, int]],
    box_words: Iterable[tuple[str, int]],
    category_parts: Iterable[tuple[str, int]],
    category_words: Iterable[tuple[str, int]],
    none: int,
) -> Elements: ...
def read_ways(
    elements: Elements, element_of: Callable[[str], tuple[str, tuple[str, ...], int, int, str]], paths: Sequence[str]
) -> tuple[bytes, bytes, bytes, bytes, bytes, bytes, bytes, list[str]]: ...
