"""What is kept of fetching.

archive    what came, as WARC; `warc` makes single records
manifest   one row for each address, with what became of it
state      what is known between runs; `database` and `hosts` are below it
aside      files that grow hidden and get their name when whole
"""
