"""The web becomes pages: what sources name is found, asked for politely, and kept as it came.

sources     what a person asks for
discovery   where addresses are found
politeness  what we may ask, and when
http        one address asked
storage     what is kept

`values` holds what flows between them, `ports` what they ask of one another. `finding` goes from start points to
addresses, `asking` from addresses to kept pages, `crawl` is a whole run of both, with the `tools` that it is given;
`folders` takes files of this machine. `pipeline/run/fetching.py` puts the tools together.
"""
