"""Where addresses are found, and when two of them are one.

urls       addresses: fit to be asked, and their identity
gather     the one sieve that every found address goes through
feeds, sitemaps, links    the places
"""
