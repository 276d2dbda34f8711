"""The web becomes pages: what sources name is found, asked for politely, and kept as it came.

sources      what a person asks for: `sources.toml`
urls         when two addresses are one, and which may be asked at all
feeds, sitemaps, links    where addresses are found
robots, gate, turns       what we may ask, and when
http, address             one request: the only place that knows the HTTP library, and whom it may call
visit        one address to its end: redirects, retries, what came back
rights       what a page says about its use
archive      what came, as WARC
state        what is known between runs

`values` holds what flows between them. `pipeline/run/fetching.py` puts them together.
"""
