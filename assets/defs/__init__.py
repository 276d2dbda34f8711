"""What Dagster loads: everything in this folder that is an asset or a set of definitions.

resources  `Cleaning`, the one place where a run of the assets is configured
pages      `raw_pages` and `clean_pages`
corpus     `corpus`, the published folder
"""
