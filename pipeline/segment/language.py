"""The language of a text, without network and without guessing at scraps."""

from __future__ import annotations

from functools import cache
from typing import Any

_FEWEST_LETTERS = 20  # fewer say nothing of a language
_SAMPLE = 3000  # characters are enough


@cache
def _classifier() -> Any:
    """The model, loaded once: it takes most of a second."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - see above

    return LanguageIdentifier.from_model_file(MODEL_FILE)


def detect_language(text: str, declared: str = "") -> str:
    """Two-letter code of the language of `text`; `declared` where it is too short to tell."""
    sample = text[:_SAMPLE]
    if sum(map(str.isalpha, sample)) < _FEWEST_LETTERS:
        return declared
    return str(_classifier().classify(sample)[0])
