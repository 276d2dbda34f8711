"""The source of a page as the walk reads it: tags and the texts between them, and nothing else.

Observation: what the parser writes falls into its tags at each `<`, but for comments and for the few elements whose
text it writes unescaped. The compiled walk passes over comments by itself and gives up where such an element begins,
which hardly any page has; then, and where nothing is compiled, this makes the source plain first.
"""

from __future__ import annotations

import html
import re

from selectolax.lexbor import LexborHTMLParser

from pipeline.segment.elements import RAW

_COMMENT = re.compile(r"<!--.*?-->|<[!?][^>]*>", re.DOTALL)
_RAW = re.compile(rf"<({'|'.join(RAW)})\b([^>]*)>(.*?)</\1>", re.DOTALL)
_ANY_RAW = re.compile(rf"<(?:{'|'.join(RAW)})\b")


def bare(source: str) -> str:
    """A page without its comments; elements of raw text as the parser writes others, or left out."""
    source = _COMMENT.sub("", source) if "<!" in source or "<?" in source else source
    if _ANY_RAW.search(source):
        source = _RAW.sub(_written, source)
    return source.replace("&nbsp;", "\xa0")


def _written(found: re.Match[str]) -> str:
    """An element of raw text as the parser writes others: escaped, parsed (for those without frames), or left out."""
    tag, attributes, content = found.groups()
    if tag == "noframes":
        body = LexborHTMLParser(content).body
        return (body.html or "") if body is not None else ""
    kept = tag in ("xmp", "plaintext")
    return f"<{tag}{attributes}>{html.escape(content, quote=False)}</{tag}>" if kept else ""
