from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet

from pipeline.document import Block

def walk(
    source: str,
    until: int,
    whole: bool,
    bare: bool,
    most: int,
    telling: tuple[Sequence[str], Sequence[str], AbstractSet[str]],
    block: type[Block],
    asked: tuple[object, ...],
) -> tuple[list[Block], object] | None: ...
def written(
    held: object,
    block: type[Block],
    asked: tuple[Callable[[str], str], Callable[[list[str], list[tuple[int, str]]], str]],
    blocks: Sequence[Block],
) -> list[Block]: ...
