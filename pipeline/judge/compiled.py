"""What of this room is compiled, where it could be built (`pipeline/native/judge`).

`look_up` looks up words, phrases and paths; `counted` makes the columns of blocks, `counted_lines` those of lines;
`sieve` finds the blocks that may hold a prompt. All do what the Python beside them does, for a page at once. Without a
compiler the package installs all the same, and that Python runs; both give the same documents. What belongs here:
whether the modules are there.
"""

from __future__ import annotations

try:
    from pipeline.judge import _features as counted
    from pipeline.judge import _lines as counted_lines
    from pipeline.judge import _look_up as look_up
    from pipeline.judge import _sieve as sieve

    COMPILED = True
    """Whether all that is compiled is there. A `View` may be made to do without it."""
except ImportError:  # where there was no compiler
    counted = counted_lines = look_up = sieve = None  # type: ignore[assignment]
    COMPILED = False

__all__ = ["COMPILED", "counted", "counted_lines", "look_up", "sieve"]
