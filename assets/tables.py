"""Tables as Markdown, for metadata that people read in the Dagster UI."""

from collections.abc import Iterable, Sequence

from dagster import MarkdownMetadataValue


def table(columns: Sequence[str], rows: Iterable[Sequence[str | int]]) -> MarkdownMetadataValue:
    """Rows under named columns: text to the left, whole numbers to the right with commas between thousands.

    Cells are names of ours (formats, outcomes, categories), so nothing needs escaping.
    """
    lines = [[f"{cell:,}" if isinstance(cell, int) else cell for cell in row] for row in rows]
    if not lines:
        return MarkdownMetadataValue("(none)")
    rule = [":--", *["--:"] * (len(columns) - 1)]
    return MarkdownMetadataValue("\n".join(f"| {' | '.join(cells)} |" for cells in (columns, rule, *lines)))
