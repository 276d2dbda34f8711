"""Documents -> clusters: which documents say the same, and which copy stays. So far: the same text."""
