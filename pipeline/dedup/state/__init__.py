"""The memory of deduplication on disk: fingerprints and verdicts of all runs.

reading    the state as it is published, opened once
publishing  changing it: publish, refresh, forget, compact
query      what a person asks of it
memory     what it knows of the lines of sites, for the judge
manifest   what belongs to it; publishing by rename
segments, sorted_keys, verdicts, storing, disk    its files
"""
