"""One address asked: a request, and a visit to its end.

client     one request: the only place that knows the HTTP library
wire       the bytes below it, counted as they come
address    whom we may call
visit      one address to its end: redirects, retries, what came back
retry      when to try again
page_type  what an answer is, if it is no page
"""
