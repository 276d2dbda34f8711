"""Partitions begin where the days of these tests do; it is asked once, when the assets are first loaded."""

import os

os.environ["THRESHER_FIRST_DAY"] = "2026-01-01"
