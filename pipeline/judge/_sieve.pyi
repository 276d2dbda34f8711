from collections.abc import Callable, Container, Sequence

from pipeline.document import Block

def suspects(
    blocks: Sequence[Block],
    kinds: Container[str],
    seconds: dict[str, frozenset[str]],
    known: dict[str, frozenset[str] | None],
    opens: Callable[[str], bool],
) -> list[int]: ...
