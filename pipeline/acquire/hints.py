"""What a row says of its page: its columns of metadata, under the names that common tools give them.

They stand in the row itself or, as dolma and datatrove write them, in an object `metadata` within it. Nothing is judged
here: a value is taken as it is written, and capped.
"""

from __future__ import annotations

from typing import Any

from pipeline.document import Metadata

HINTS: dict[str, tuple[str, ...]] = {
    "title": ("title", "headline"),
    "authors": ("authors", "author", "creator"),
    "date": (
        "date", "date_published", "date_publish", "publish_date", "published_date", "publishing_date", "published_at",
        "published", "created",
    ),
    "language": ("language", "lang"),
    "site": ("site", "site_name", "sitename"),
    "canonical_url": ("canonical_url", "canonical"),
}  # fmt: skip
"""The columns of each field of `Metadata`, the likeliest first; the first that says something is taken."""
INNER = "metadata."
_CAP = 2000  # characters of one value
_MANY = 20  # authors
_PLACES = {field: [*names, *(INNER + name for name in names)] for field, names in HINTS.items()}


def flat(row: dict[Any, Any]) -> dict[str, Any]:
    """A row with lower-case keys, those of its object `metadata` beside the others as `metadata.title`."""
    lower = {str(key).lower(): value for key, value in row.items()}
    inner = lower.get("metadata")
    return (
        lower | {f"{INNER}{key}".lower(): value for key, value in inner.items()} if isinstance(inner, dict) else lower
    )


def hints_of(row: dict[str, Any]) -> Metadata:
    """What a row, made flat, says of its page."""
    found = {
        field: next((texts for name in names if (texts := _texts(row.get(name)))), [""])
        for field, names in _PLACES.items()
    }
    authors = tuple(filter(None, found.pop("authors")))
    return Metadata(authors=authors, **{field: texts[0] for field, texts in found.items()})


def _texts(value: Any) -> list[str]:
    """The strings of a value: a string, a list of them, or objects with a name."""
    values = value[:_MANY] if isinstance(value, list) else [value]
    names = (item.get("name") if isinstance(item, dict) else item for item in values)
    return [text for name in names if isinstance(name, str) and (text := name[:_CAP].strip())]
