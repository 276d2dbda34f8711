"""Words for people that every room needs: a count with its noun. Only what is the same everywhere belongs here."""

from __future__ import annotations


def count_of(number: int, noun: str, many: str = "") -> str:
    """A count and its noun: "1 copy", "1,200 copies". `many` is the noun for all numbers but 1; "" adds an s."""
    return f"{number:,} {noun if number == 1 else many or f'{noun}s'}"
