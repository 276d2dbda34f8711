"""What others say of a page beside it, such as the columns of the row that held it; its own markup comes first."""

from __future__ import annotations

import re
from dataclasses import fields

from pipeline.document import Metadata
from pipeline.segment.head.dates import iso_date
from pipeline.segment.head.names import split_names
from pipeline.segment.normalise import normalise

_FIELD = 500  # characters, as of what a page says itself
_LANGUAGE = re.compile(r"([a-z]{2})(?![a-z])")


def read_hints(hints: Metadata, latest: str = "") -> Metadata:
    """Hints as they were written, in the form in which a page's own metadata are told; what is doubtful is left out.

    `latest` is the last day that can be true (ISO 8601), as for the dates of a page.
    """
    date, language = iso_date(hints.date), _LANGUAGE.match(hints.language.strip().lower())
    return Metadata(
        title=_line(hints.title),
        authors=tuple(dict.fromkeys(name for text in hints.authors for name in split_names(_line(text)))),
        date="" if latest and date[:10] > latest[:10] else date,
        language=language[1] if language else "",
        site=_line(hints.site),
        canonical_url=_line(hints.canonical_url),
    )


def filled(said: Metadata, hints: Metadata) -> Metadata:
    """What the page says, and the hints where it says nothing."""
    return Metadata(**{field.name: getattr(said, field.name) or getattr(hints, field.name) for field in fields(said)})


def _line(text: str) -> str:
    """One field: without lone surrogates, which JSON can hold and no file can; normalised and capped."""
    return normalise(text.encode("utf-8", "ignore").decode())[:_FIELD]
