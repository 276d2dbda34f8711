"""Pages -> training labels, made by a person: what `thresher label` shows and writes. Nothing here runs when cleaning.

sheet     a cleaned page as a person reviews it: its blocks, the verdict over each, how near it was to turning
store     sheets and corrections, in one SQLite file beside the labels; a correction is on disk before it is answered
export    what is labelled -> the Parquet file that `thresher train` reads
prepare   inputs -> sheets, in the background, by a worker that survives its pages
desk      the pages of a session, by number, and what can be done with them
server    the desk over HTTP, for one person on this machine (page.html, page.css, page.js are what they see)
command   all of it, from the first page to Ctrl-C
"""
