"""thresher: clean text from raw web pages and noisy texts, with a reason for every line that went.

This is the door. `clean` cleans one page; everything else that a program may want to name is listed in `__all__`.
"""

from __future__ import annotations

from pipeline.document import Block, Document, Failure, Kind, Metadata, Page, Reason, Verdict
from pipeline.errors import ThresherError
from pipeline.settings import Settings

__all__ = [
    "Block",
    "Document",
    "Failure",
    "Metadata",
    "Page",
    "Reason",
    "Settings",
    "ThresherError",
    "Verdict",
    "clean",
]


class CleanError(ThresherError):
    """`clean` was given a page that cannot be cleaned; `failure` holds the stage, the kind and the message."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.stage}: {failure.kind}: {failure.message}")
        self.failure = failure


def clean(
    data: bytes | str, *, url: str | None = None, kind: Kind | None = None, settings: Settings | None = None
) -> Document:
    """Clean one page or text.

    `data` is the page as it came: bytes in any encoding, or characters. `url` helps with metadata only; nothing is
    fetched. `kind` is "html" or "text"; None looks at the content. Raises `CleanError` for a page that is too large
    or too complex, and `SettingsError` for settings that make no sense.
    """
    from pipeline.recipe import clean_page, make_kit  # noqa: PLC0415 - the door opens fast; the house loads on demand

    given = isinstance(data, str)
    page = Page(
        id="page",
        data=data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data,
        url=url,
        kind=kind,
        charset="utf-8" if given else None,
    )
    result = clean_page(page, make_kit(settings or Settings()))
    if isinstance(result, Failure):
        raise CleanError(result)
    return result
