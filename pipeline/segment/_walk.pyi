from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet

def walk(
    source: str,
    until: int,
    hints: Sequence[str],
    names: AbstractSet[str],
    facts_of: Callable[[str], tuple[int, str]],
    unseen: Callable[[str, str, str, bool], tuple[str, bool]],
    number: Callable[[str, str, int], int],
    token: Callable[[str, str], str],
) -> list[tuple[object, ...]]: ...
