"""Work that misbehaves as pages do: it hangs, crashes, or eats memory. Worker processes import it by name."""

from __future__ import annotations

import os
import time

from pipeline.document import Failure, Page, Result
from pipeline.run.work import NOTHING, Work, finished
from pipeline.settings import Settings


def work(page: Page, key: str) -> Work:
    """Do what the page says: `hang`, `crash`, `eat`, `raise`; tell its `process`; else answer at once."""
    word = page.data.decode()
    if word == "hang":
        time.sleep(60)
    elif word == "crash":
        os._exit(11)
    elif word == "eat":
        bytearray(50_000_000_000)
    elif word == "raise":
        raise ValueError(word)
    elif word == "process":
        word = str(os.getpid())
    return finished(Result(Failure(page.id, page.path, "test", "answered", word), key), Settings(), NOTHING)
