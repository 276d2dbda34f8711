from collections.abc import Callable, Iterable
from typing import Any, Literal

from pipeline.document import Block, BlockKind

def read(
    text: str,
    first: int,
    brackets: bool,
    blocks: list[Block],
    block: type[Block],
    group: Callable[[list[tuple[int, str]]], Iterable[tuple[Any, ...]]],
    line: Callable[[int, str, str], tuple[BlockKind, Iterable[tuple[Any, ...]]]],
    normalise: Callable[[str], str],
    normalised: Callable[[Literal["NFC"], str], bool],
) -> None: ...
