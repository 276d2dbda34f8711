"""The Dagster side of thresher: every asset is a few lines that call `pipeline` and attach what a person wants to read.

Nothing is cleaned, decided or written here; `thresher clean` does the same work and gives the same bytes.

definitions  where Dagster begins
defs         the assets and what they share
tables       tables and samples as people read them
demo         three days to look at, made of the samples
"""
