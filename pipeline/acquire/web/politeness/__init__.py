"""What we may ask, and when.

robots     RFC 9309: what a site lets us ask
patterns   its paths and wildcards
gate       when a host may be asked again, as a pure state machine
turns      tasks wait for their turn at a host
rights     what a page says about its use
"""
