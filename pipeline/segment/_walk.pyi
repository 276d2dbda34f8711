from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet

from pipeline.document import Block

def walk(
    source: str,
    until: int,
    whole: bool,
    bare: bool,
    most: int,
    hints: Sequence[str],
    names: AbstractSet[str],
    block: type[Block],
    asked: tuple[object, ...],
) -> tuple[list[Block], object] | None: ...
def parts(held: object, block: int) -> tuple[list[str], list[tuple[int, str]]]: ...
def markup(held: object, target_of: Callable[[str], str], block: int) -> str | None: ...
