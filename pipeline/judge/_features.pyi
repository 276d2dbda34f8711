from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.document import Block
from pipeline.judge.columns import Columns
from pipeline.judge.ways import Ways

# Arrays given are NumPy's, contiguous and of the type that the twin in Python makes; bytes given back are read by it.

def read_blocks(
    blocks: Sequence[Block], words: Sequence[int], ways: Ways, kinds: Mapping[Any, int], ends: str, closing: str
) -> tuple[bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes]: ...
def features(
    columns: Columns,
    ways: Ways,
    blocks: Sequence[Block],
    squeezed: Sequence[str],
    title: str,
    kinds: Sequence[str] | Mapping[Any, int],
    boxes: Sequence[str],
) -> tuple[bytes, bytes, bytes]: ...
def context(paths: Any, texts: Any, words: Any, groupings: Sequence[Any], groups: int) -> bytes: ...
def logits(rows: Any, known: int, columns: Any, thresholds: Any, depth: int, leaves: Any, bias: float) -> bytes: ...
def kind_numbers(likely: Any, columns: Columns, ways: Ways, kinds: int) -> bytes: ...
def body(likely: Any, columns: Columns, ways: Ways) -> tuple[float, int, float, bytes]: ...
def promise(likely: Any, words: Any) -> float: ...
