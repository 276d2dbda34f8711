"""What Dagster loads: everything in this folder that is an asset or a set of definitions.

resources   `Cleaning`, the one place where a run of the assets is configured
partitions  the days
pages       `raw_pages` and `clean_pages`
documents   `unique_pages`
corpus      `corpus`, the published days, and `corpus_report` about all of them
checks      is a day fit to be published
automation  what starts by itself
fetching    the sources on the network
retention   forgetting old runs
"""
