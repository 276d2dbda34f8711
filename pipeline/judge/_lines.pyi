from collections.abc import Sequence
from typing import Any

def lines(
    classes: bytes,
    texts: Sequence[str],
    squeezed: Sequence[str],
    words: Any,
    length: Any,
    prose: Any,
    spoken: Any,
    kinds: Any,
    numbers: tuple[int, int, int],
) -> bytes: ...
def context(shapes: Any, texts: Any, words: Any) -> bytes: ...
