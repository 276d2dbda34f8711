"""The last room: documents to files. Text, Markdown, JSON lines, Parquet; the manifest, the ledger, the report.

    writer     one pass over the results; reads top to bottom
    place      OUT itself: may we write there, write aside and rename, delete what is stale
    names      page ids to file names
    formats    the table of formats, and how files of records are written
    markdown   blocks to Markdown
    leaf       what all files need of one page, made while its document is at hand
    amounts    how much of a page stayed and went, counted once
    rows       the fields of the files of rows, and how a row becomes a line
    entries    what stands for one input in them
    summary    what a run amounts to
    statistics the counts of a run by source, to compare days
    highlights the few lines and pages that a person looks at first
    clusters   what repeats what, side by side
    overview   all days on one page (overview.html is its template)
    report     the page to look at (report.html is its template)

What a block or a document is worth was decided before; here nothing is judged.
"""

from pipeline.publish.formats import FORMATS
from pipeline.publish.place import check_out
from pipeline.publish.summary import RunInfo, Summary
from pipeline.publish.writer import publish

__all__ = ["FORMATS", "RunInfo", "Summary", "check_out", "publish"]
