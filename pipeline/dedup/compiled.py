"""What of this room is compiled, where it could be built (`pipeline/native/dedup`).

`native` makes hashed words, shingles, their smallest hashes and the keys of bands, as `words.py` and `fingerprint.py`
do: for one text at a time, NumPy's calls cost more than its work. Without a compiler the package installs all the same,
and that Python runs; both give the same bits. What belongs here: whether the module is there.
"""

from __future__ import annotations

try:
    from pipeline.dedup import _fingerprint as native

    COMPILED = True
    """Whether it is there. A fingerprint may be made without it."""
except ImportError:  # where there was no compiler
    native = None  # type: ignore[assignment]
    COMPILED = False

__all__ = ["COMPILED", "native"]
