"""thresher: clean text from raw web pages and noisy texts, with a reason for every line that went.

This is the door. `clean` cleans one page; everything else that a program may want to name is listed in `__all__`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.document import Block, Document, Failure, Kind, Metadata, Page, Reason, Verdict
from pipeline.errors import ThresherError
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.recipe import Kit

__all__ = [
    "Block",
    "CleanError",
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


_HEAD = 1024  # bytes that tell a page from what is none


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
    or too complex, and for bytes that are no page (a PDF, a picture, an archive); `SettingsError` for settings that
    make no sense; `TypeError` for what is neither bytes nor characters. Files that the settings name are read once.
    """
    from pipeline.recipe import clean_page  # noqa: PLC0415 - the door opens fast; the house loads on demand

    if not isinstance(data, bytes | str):
        raise TypeError(f"clean() takes the bytes or the characters of a page, not {type(data).__name__}")
    given = isinstance(data, str)
    page = Page(
        id="page",
        data=data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data,
        url=url,
        kind=kind,
        charset="utf-8" if given else None,
    )
    if kind is None and not given and (failure := _no_page(page)):
        raise CleanError(failure)
    result = clean_page(page, _kit(settings or Settings()))
    if isinstance(result, Failure):
        raise CleanError(result)
    return result


@lru_cache(maxsize=8)
def _kit(settings: Settings) -> Kit:
    """The kit for these settings, made once: who cleans one page cleans many. So their files are read once, too."""
    from pipeline.recipe import make_kit  # noqa: PLC0415 - as above

    return make_kit(settings)


def _no_page(page: Page) -> Failure | None:
    """Why bytes are no page, None if they are one. An archive of pages is none either."""
    from pipeline.acquire.formats import FORMATS, refusal  # noqa: PLC0415 - as above

    head = page.data[:_HEAD]
    form = next(form for form in FORMATS if form.matches(head, ""))
    words = refusal(head) or ("" if form is FORMATS[-1] else form.says)
    message = f"{words}; clean() takes one page or text, `thresher clean FILE` reads more"
    return Failure(page.id, page.path, "acquire", "unsupported", message) if words else None
