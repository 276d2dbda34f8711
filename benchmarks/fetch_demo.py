"""`thresher fetch` from end to end without the internet: two sites on loopback, fetched twice, cleaned, reported.

    python -m benchmarks.fetch_demo [OUT]          # make fetch-demo

The sites are the samples of `raw/samples`: the pages of HTML behind a feed, the texts behind a sitemap, each with a
robots.txt. OUT (a new folder under the system's temporary one, if none is named) gets what a person would have: the
file of sources, `raw/` with the archives, `clean/` with texts and report. Each step is printed as one would type it.
"""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path
from xml.sax.saxutils import escape

from benchmarks.serving import Serving, Site
from pipeline.cli import main

_SAMPLES = Path(__file__).resolve().parents[1] / "raw" / "samples"
_ROBOTS = b"User-agent: *\nDisallow: /unsupported\n"
_ABOUT = b"<title>About</title><p>Who fetches here: the demo of thresher, on this very machine.</p>"
_SOURCES = """[fetch]
contact = "{news}/about.html"   # a page that answers, as a real one must
delay   = 0.05                  # seconds; the usual 5 would make a long demo
allow   = ["loopback"]          # for demos and tests only

[[source]]
name = "pages"
feed = "{news}/feed.xml"
note = "written for this project"

[[source]]
name    = "texts"
sitemap = "{texts}/sitemap.xml"
note    = "written for this project"
"""


def news(_origin: str) -> Site:
    """The HTML samples behind a feed."""
    pages = {f"/{path.name}": path.read_bytes() for path in sorted(_SAMPLES.glob("*.html"))}
    items = "".join(f"<item><title>{escape(path[1:])}</title><link>{escape(path)}</link></item>" for path in pages)
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Samples</title>{items}</channel></rss>'
    return Site({**pages, "/feed.xml": feed.encode(), "/robots.txt": _ROBOTS, "/about.html": _ABOUT})


def texts(origin: str) -> Site:
    """The texts among the samples behind a sitemap."""
    pages = {f"/{path.name}": path.read_bytes() for path in sorted(_SAMPLES.glob("*.txt"))}
    entries = "".join(f"<url><loc>{escape(origin + path)}</loc></url>" for path in pages)
    root = "http://www.sitemaps.org/schemas/sitemap/0.9"
    sitemap = f'<?xml version="1.0"?><urlset xmlns="{root}">{entries}</urlset>'
    return Site({**pages, "/sitemap.xml": sitemap.encode(), "/robots.txt": _ROBOTS})


def run(*arguments: str) -> None:
    """One command, printed as one would type it; ends the demo where it fails."""
    sys.stderr.write(f"\n$ thresher {' '.join(arguments)}\n")
    sys.stderr.flush()
    try:
        main(arguments, standalone_mode=False)
    except SystemExit as end:
        if end.code not in (0, None):
            raise


def demo(out: Path) -> None:
    """All of it, into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    file, raw, clean = (str(out / name) for name in ("sources.toml", "raw", "clean"))
    with Serving([news, texts]) as web:
        origins = dict(zip(("news", "texts"), web.origins, strict=True))
        again = _SOURCES.replace("note ", "again = 0\nevery = 60\nnote ")  # else the second run would find nothing due
        Path(file).write_text(again.format(**origins), encoding="utf-8")
        fetch = partial(run, "fetch", "--sources", file, "--raw", raw)
        run("sources", "check", "--sources", file)
        fetch()
        fetch("--force")
    run("clean", raw, "-o", clean)


if __name__ == "__main__":
    demo(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp(prefix="thresher-demo-")))
