"""What each HTML element means for the flow of text. The table decides; `html.py` only walks.

An element that is not listed is inline, unless its name has a hyphen: custom elements are used as boxes.
"""

from __future__ import annotations

# Their content is for machines, or stands for something that is not text.
SKIPPED = frozenset(
    "head title meta link base style svg object embed applet canvas audio video map datalist select option optgroup "
    "colgroup col param source track progress meter frame rp annotation annotation-xml".split()
)
# Never even walked: removed by the parser before we look.
STRIPPED = ["script", "style", "svg", "iframe"]

BLOCKS = frozenset(
    "address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html label legend li listing main menu nav "
    "noframes noscript ol p plaintext pre search section summary table tbody td template textarea tfoot th thead tr ul "
    "xmp".split()
)
HEADINGS = {f"h{level}": level for level in range(1, 7)}
LISTS = frozenset(("ul", "menu", "dir"))
PREFORMATTED = frozenset(("pre", "listing", "xmp", "plaintext", "textarea"))
EMPHASIS = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`", "kbd": "`", "samp": "`"}

# A table that holds one of these lays out the page; any other table holds data, and is read row by row.
LAYOUT_CONTENT = "table, h1, h2, h3, h4, ul, ol, blockquote, pre, form, article, section, p + p"


def is_block(tag: str) -> bool:
    """Whether an element of that name starts and ends a block of text."""
    return tag in BLOCKS or "-" in tag
